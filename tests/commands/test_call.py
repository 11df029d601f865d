from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands import output
from planhat_tui.commands.output import Style
from planhat_tui.commands.results import Done, Listing, Single
from planhat_tui.errors import AmbiguousError, GuardrailError, InputError, NotFoundError
from planhat_tui.model.calls import parse_iso
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.workspace.begun import Partner
from tests.sync.rig import lost_answer

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
    from tests.commands.conftest import Desk

NUMBER = "+46 70 765 43 21"


def _person(desk: Desk) -> dict[str, str]:
    """Return a contact of Acme Inc who has a number that nobody else has."""
    words = ["--company", "Acme Inc", f"phone={NUMBER}", "email=a@n.example"]
    desk.do("contact", "create", "Ada New", *words)
    return {key: str(value) for key, value in desk.one("contact", "show", "Ada New").items()}


def _sent(desk: Desk) -> dict[str, object]:
    (body,) = desk.network.sent("POST /calls")
    return dict(body)


def _minutes(call: dict[str, object], waiting: float = 0) -> tuple[datetime, float]:
    """Return when a call ended, and how many minutes were talked."""
    start, end = parse_iso(str(call["start"])), parse_iso(str(call["end"]))
    assert start is not None
    assert end is not None
    return end, (end - start).total_seconds() / 60 - waiting


# -- whom, and who


def test_a_call_with_a_contact_has_the_contacts_number(desk: Desk) -> None:
    person = _person(desk)
    done = desk.do("call", "log", "Ada New", "--talk", "10m")
    assert (done.exit_status, done.text.splitlines()) == (
        0,
        [
            f"Call to {NUMBER}: delivered.",
            "Planhat has the call and matched Ada New at Acme Inc.",
            "Its agent is Max Berg.",
        ],
    )
    (record,) = done.records
    assert (record["enduserId"], record["companyId"]) == (person["_id"], desk.company())
    assert _sent(desk)["nr"] == NUMBER
    (logged,) = desk.workspace.reads.calls()
    assert (logged.contact_id, logged.company_id) == (person["_id"], desk.company())


def test_another_number_goes_before_the_contacts(desk: Desk) -> None:
    _person(desk)
    desk.do("call", "log", "a@n.example", "--nr", "+46 8 1", "--talk", "10m")
    assert _sent(desk)["nr"] == "+46 8 1"


def test_a_number_alone_finds_whose_it_is(desk: Desk) -> None:
    person = _person(desk)
    desk.do("call", "log", "--nr", NUMBER.replace(" ", ""), "--talk", "10m")
    (logged,) = desk.workspace.reads.calls()
    assert logged.contact_id == person["_id"]


def test_a_number_that_nobody_has_is_logged_all_the_same(desk: Desk) -> None:
    desk.do("call", "log", "--nr", "+46 99 999 99 99", "--talk", "10m")
    (logged,) = desk.workspace.reads.calls()
    assert (logged.contact_id, logged.company_id) == ("", "")


def test_on_the_screen_the_selected_contact_is_meant(desk: Desk) -> None:
    person = _person(desk)
    (done,) = desk.colon("call log --talk 10m", Kind.CONTACT, person["_id"])
    assert isinstance(done, Done)
    assert done.text.startswith(f"Call to {NUMBER}: queued.")


def test_of_several_that_are_marked_the_one_under_the_cursor_is_meant(desk: Desk) -> None:
    person = _person(desk)
    others = [one for one in desk.contact_ids() if one != person["_id"]]
    desk.colon("call log --talk 10m", Kind.CONTACT, person["_id"], *others)
    assert [entry.contact_id for entry in desk.workspace.reads.calls()] == [person["_id"]]


def test_a_call_with_nobody_is_told(desk: Desk) -> None:
    with pytest.raises(InputError, match="Whom was the call with") as told:
        desk.shell("call", "log", "--talk", "10m")
    assert told.value.field == "nr"


def test_a_contact_without_a_number_is_told(desk: Desk) -> None:
    desk.do("contact", "create", "Mute", "--company", "Acme Inc", "email=m@x.example")
    with pytest.raises(InputError, match="Mute has no number"):
        desk.shell("call", "log", "Mute")


def test_the_agent_is_the_profiles_unless_another_is_named(desk: Desk) -> None:
    desk.do("call", "log", "--nr", NUMBER)
    desk.do("call", "log", "--nr", NUMBER, "--agent", "anna7")
    agents = [body["externalUserId"] for body in desk.network.sent("POST /calls")]
    assert agents == ["max123", "anna7"]


def test_without_any_agent_it_is_told(desk: Desk) -> None:
    desk.reopen(external_user_id="")
    with pytest.raises(InputError, match="A call needs the agent"):
        desk.shell("call", "log", "--nr", NUMBER)


# -- whom Planhat made of it


def test_a_shared_number_is_warned_of(desk: Desk) -> None:
    _person(desk)
    words = ["--company", desk.server.ids()[1], f"phone={NUMBER}"]
    desk.do("contact", "create", "Bo Twin", *words)
    told = [desk.do("call", "log", name, "--talk", "10m").text for name in ("Ada New", "Bo Twin")]
    (warned,) = [text for text in told if ", but matched " in text]  # Planhat took one of them
    assert "not Ada New at Acme Inc" in warned or "not Bo Twin at " in warned
    assert ": they share the number." in warned
    (call,) = [call for call in desk.rows("call", "list") if "meantEnduserId" in call]
    assert call["meantEnduserId"] != call["enduserId"]
    assert call["meantCompanyId"] != call["companyId"]
    shown = desk.shell("call", "show", str(call["_id"]))
    assert isinstance(shown, Single)
    assert shown.note in warned.replace("Planhat has the call, but matched", "Planhat matched")
    assert shown.record["meantEnduserId"] == call["meantEnduserId"]
    listed = desk.shell("call", "list")
    assert isinstance(listed, Listing)
    assert listed.table is not None
    (row,) = [row for row in listed.table.records if row["_id"] == call["_id"]]
    assert str(row["contact"]) in warned
    assert ", not " in str(row["contact"])


def test_an_agent_that_nobody_is_is_told(desk: Desk) -> None:
    done = desk.do("call", "log", "--nr", "+46 99 999 99 99", "--agent", "nobody")
    assert done.text.splitlines()[1:] == [
        "Planhat has the call; its answer names nobody for this number and no agent."
    ]


def test_the_open_endpoint_doesnt_tell(desk: Desk) -> None:
    desk.reopen(tenant_uuid=desk.server.options.tenant)
    done = desk.do("call", "log", "--nr", NUMBER, "--open")
    assert any("undo can't take it back" in told for told in desk.told)
    assert done.text.splitlines()[1:] == [
        "Planhat has the call; the open endpoint doesn't tell whom it matched."
    ]


def test_of_a_call_that_hasnt_arrived_nothing_is_told(desk: Desk) -> None:
    desk.network.cut = True
    assert "Planhat has the call" not in desk.do("call", "log", "--nr", NUMBER).text


# -- when


def test_a_call_of_some_length_ended_just_now(desk: Desk) -> None:
    desk.do("call", "log", "--nr", NUMBER, "--talk", "10m", "--waiting", "30")
    call = _sent(desk)
    end, minutes = _minutes(call, waiting=0.5)
    assert abs(end - datetime.fromtimestamp(desk.time.now, UTC)) < timedelta(minutes=1)
    assert (minutes, call["waiting"]) == (10, 30)


def test_a_call_of_some_length_that_ended_then(desk: Desk) -> None:
    desk.do("call", "log", "--nr", NUMBER, "--talk", "1h5m", "--end", "2025-06-01T14:05:00Z")
    assert _sent(desk)["start"] == "2025-06-01T13:00:00.000Z"


def test_a_call_of_some_length_that_began_then(desk: Desk) -> None:
    words = ["--talk", "90s", "--start", "2025-06-01T14:05:00Z", "--waiting", "10"]
    desk.do("call", "log", "--nr", NUMBER, *words)
    assert _sent(desk)["end"] == "2025-06-01T14:06:40.000Z"


def test_a_call_that_began_some_minutes_ago_ended_now(desk: Desk) -> None:
    desk.do("call", "log", "--nr", NUMBER, "--start", "-12m")
    assert _minutes(_sent(desk))[1] == 12


def test_nothing_known_about_the_times_none_is_sent(desk: Desk) -> None:
    desk.do("call", "log", "--nr", NUMBER)
    assert _sent(desk) == {"nr": NUMBER, "externalUserId": "max123"}


@pytest.mark.parametrize(
    "words",
    [
        ["--talk", "5m", "--start", "14:00", "--end", "14:05"],
        ["--talk", "soon"],
        ["--start", "noon"],
        ["--start", "2025-06-01T15:00:00Z", "--end", "2025-06-01T14:00:00Z"],
        ["--waiting", "nan"],
        ["--waiting", "-5"],
    ],
)
def test_times_that_dont_fit_log_nothing(desk: Desk, words: list[str]) -> None:
    with pytest.raises(InputError):
        desk.shell("call", "log", "--nr", NUMBER, *words)
    assert desk.queue() == ()
    assert desk.rows("call", "list") == ()


# -- the note


def test_a_note_goes_into_the_field_that_the_profile_names(desk: Desk) -> None:
    person = _person(desk)
    desk.reopen(call_note_field="Last call note")
    done = desk.do("call", "log", person["_id"], "--talk", "10m", "--note", "Wants more")
    assert done.text.startswith(f"Call to {NUMBER}: delivered.")
    assert "stays on this machine" not in done.text
    assert desk.server.get(desk.company())["custom"]["Last call note"] == "Wants more"
    assert [record["nr"] for record in done.records] == [NUMBER]


def test_without_such_a_field_it_stays_on_this_machine_and_says_so(desk: Desk) -> None:
    done = desk.do("call", "log", "--nr", NUMBER, "--note", "Wants more")
    assert "The note stays on this machine: the profile names no call_note_field." in done.text
    assert [call["note"] for call in desk.rows("call", "list")] == ["Wants more"]


def test_so_does_that_of_a_call_with_a_stranger(desk: Desk) -> None:
    desk.reopen(call_note_field="Last call note")
    done = desk.do("call", "log", "--nr", "+46 99 999 99 99", "--note", "Who was that?")
    assert "The note stays on this machine: nobody here has this number." in done.text


@pytest.mark.parametrize("others", [0, 1, 4])
def test_a_note_goes_to_the_company_whose_people_share_the_number(desk: Desk, others: int) -> None:
    _person(desk)
    for n in range(others):
        desk.do("contact", "create", f"Bo {n}", "--company", "Acme Inc", f"phone={NUMBER}")
    desk.reopen(call_note_field="Last call note")
    done = desk.do("call", "log", "--nr", NUMBER, "--talk", "10m", "--note", "Wants more")
    assert "stays on this machine" not in done.text
    assert desk.server.get(desk.company())["custom"]["Last call note"] == "Wants more"
    (logged,) = desk.workspace.reads.calls()
    assert (bool(logged.contact_id), logged.company_id) == (others == 0, desk.company())


def test_a_note_goes_to_the_company_whose_own_number_it_is(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phone=+46 (0)8 765 43 21")
    desk.reopen(call_note_field="Last call note")
    done = desk.do("call", "log", "--nr", "08-7654321", "--note", "The switchboard")
    assert "stays on this machine" not in done.text
    assert desk.server.get(desk.company())["custom"]["Last call note"] == "The switchboard"


def test_a_note_that_may_be_of_several_companies_says_so(desk: Desk) -> None:
    _person(desk)
    words = ["--company", desk.server.ids()[1], f"phone={NUMBER}"]
    desk.do("contact", "create", "Bo Twin", *words)
    desk.reopen(call_note_field="Last call note")
    done = desk.do("call", "log", "--nr", NUMBER, "--note", "Which one?")
    assert (
        "The note stays on this machine: 2 companies share this number, name the contact."
    ) in done.text


# -- the open endpoint


def test_a_call_may_be_logged_without_the_token(desk: Desk) -> None:
    desk.reopen(tenant_uuid=desk.server.options.tenant)
    assert desk.do("call", "log", "--nr", NUMBER, "--open").exit_status == 0
    assert desk.network.count(f"POST /{desk.server.options.tenant}/calls") == 1
    assert desk.network.tokens[-1] == ""


def test_for_that_the_profile_has_to_know_the_tenants_id(desk: Desk) -> None:
    with pytest.raises(InputError, match="The open endpoint needs the tenant's id"):
        desk.shell("call", "log", "--nr", NUMBER, "--open")


# -- the list of calls


def test_calls_logged_from_here_are_listed_newest_first(desk: Desk) -> None:
    for moment in ("2025-06-01T14:00:00Z", "2025-06-02T14:00:00Z"):
        desk.do("call", "log", "--nr", NUMBER, "--talk", "5m", "--end", moment)
    assert [call["end"] for call in desk.rows("call", "list")] == [
        "2025-06-02T14:00:00.000Z",
        "2025-06-01T14:00:00.000Z",
    ]
    assert desk.rows("call", "find") == desk.rows("call", "list")


def test_one_that_isnt_delivered_is_there_too(desk: Desk) -> None:
    desk.network.cut = True
    assert desk.do("call", "log", "--nr", NUMBER).exit_status == 6
    assert [call["nr"] for call in desk.rows("call", "list")] == [NUMBER]


def test_a_call_of_somebody_else_is_shown_by_its_id_and_kept(desk: Desk) -> None:
    theirs = desk.server.post(Kind.CALL, nr=NUMBER, externalUserId="anna7")
    assert desk.one("call", "show", theirs) == desk.server.get(theirs, Kind.CALL)
    assert [call["_id"] for call in desk.rows("call", "list")] == [theirs]
    asked = len(desk.network.asked)
    assert desk.one("call", "show", theirs)["nr"] == NUMBER
    assert len(desk.network.asked) == asked


def test_a_call_that_isnt_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        desk.shell("call", "show", "f" * 24)


def test_fields_of_a_call_are_set(desk: Desk) -> None:
    theirs = desk.server.post(Kind.CALL, nr=NUMBER, externalUserId="anna7")
    done = desk.do("call", "set", theirs, "externalUserId=max123")
    assert done.exit_status == 0
    assert f"the call to {NUMBER}: delivered." in done.text
    assert desk.server.get(theirs, Kind.CALL)["externalUserId"] == "max123"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["end=2025-06-01T13:59:00Z"], "end"),
        (["waiting=301"], "waiting"),
        (["start=2025-06-01T14:03:00Z", "end=2025-06-01T14:02:00Z"], "end"),
        (["end=soon"], "end"),
    ],
)
def test_times_that_dont_fit_are_refused_as_in_the_form(
    desk: Desk, words: list[str], field: str
) -> None:
    ends = "2025-06-01T14:05:00Z"
    (logged,) = desk.do("call", "log", "--nr", NUMBER, "--talk", "5m", "--end", ends).records
    with pytest.raises(InputError) as told:
        desk.shell("call", "set", str(logged["_id"]), *words)
    assert told.value.field == field
    assert desk.queue() == ()
    assert desk.do("sync", "--full").exit_status == 0


def test_a_moment_is_read_as_in_the_form(desk: Desk) -> None:
    (logged,) = desk.do("call", "log", "--nr", NUMBER, "--talk", "5m").records
    desk.do("call", "set", str(logged["_id"]), "end=-1m")
    end = parse_iso(desk.server.get(str(logged["_id"]), Kind.CALL)["end"])
    assert end is not None
    assert abs(end.timestamp() - (desk.time.now - 60)) < 1


def _logged(desk: Desk, *words: str) -> str:
    ends = "2025-06-01T14:05:00Z"
    (record,) = desk.do(
        "call", "log", "--nr", NUMBER, "--talk", "5m", "--end", ends, *words
    ).records
    return str(record["_id"])


def test_how_long_was_talked_is_the_end_in_other_words(desk: Desk) -> None:
    call = _logged(desk, "--waiting", "20")
    done = desk.do("call", "set", call, "--talk", "3m")
    assert done.text == f"End of the call to {NUMBER}: delivered."
    there = desk.server.get(call, Kind.CALL)
    assert (there["start"], there["end"]) == (
        "2025-06-01T13:59:40.000Z",
        "2025-06-01T14:03:00.000Z",
    )
    desk.do("call", "set", call, "waiting=0", "--talk", "1m30s")
    assert desk.server.get(call, Kind.CALL)["end"] == "2025-06-01T14:01:10.000Z"


def test_a_note_that_stays_here_is_changed_here(desk: Desk) -> None:
    call = _logged(desk, "--note", "Wants more")
    asked = len(desk.network.asked)
    assert desk.do("call", "set", call, "--note", "Wants less").text == (
        "The note is kept on this machine, where undo doesn't reach it."
    )
    assert [logged.note for logged in desk.workspace.reads.calls()] == ["Wants less"]
    desk.do("call", "set", call, "--no-note")
    assert [logged.note for logged in desk.workspace.reads.calls()] == [""]
    assert len(desk.network.asked) == asked


def test_a_call_of_which_nothing_changes_is_the_answer_too(desk: Desk) -> None:
    call = _logged(desk, "--note", "Wants more")
    there = desk.server.get(call, Kind.CALL)
    so = desk.do("call", "set", call, f"externalUserId={there['externalUserId']}")
    noted = desk.do("call", "set", call, "--note", "Wants less")
    assert so.text == "Nothing to change: it is so already."
    assert [record["_id"] for record in (*so.records, *noted.records)] == [call, call]


def test_a_note_that_the_company_holds_is_corrected_there_with_the_fields(desk: Desk) -> None:
    desk.reopen(call_note_field="Last note")
    _person(desk)
    (record, *_) = desk.do("call", "log", "Ada New", "--talk", "5m", "--note", "Wnats").records
    done = desk.do("call", "set", str(record["_id"]), "externalUserId=anna7", "--note", "Wants")
    assert done.text == f"Agent, Note of the call to {NUMBER}: delivered."
    assert desk.server.get(desk.company())["custom"]["Last note"] == "Wants"
    assert desk.server.get(str(record["_id"]), Kind.CALL)["externalUserId"] == "anna7"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "What is to change"),
        (["--talk", "3m", "end=14:05"], "one too many"),
        (["--note", "x", "--no-note"], "can't come and go"),
        (["--talk", "soon"], "no length of time"),
        (["--note", "x", "waiting=301"], "longer"),
    ],
)
def test_what_cant_be_set_changes_nothing(desk: Desk, words: list[str], said: str) -> None:
    call = _logged(desk, "--note", "as it was")
    before = desk.server.get(call, Kind.CALL)
    with pytest.raises(InputError, match=said):
        desk.shell("call", "set", call, *words)
    assert desk.queue() == ()
    assert [logged.note for logged in desk.workspace.reads.calls()] == ["as it was"]
    assert desk.server.get(call, Kind.CALL) == before


def test_a_call_is_deleted_after_the_question(desk: Desk) -> None:
    theirs = desk.server.post(Kind.CALL, nr=NUMBER, externalUserId="anna7")
    done = desk.do("call", "delete", theirs)
    asked = f"Delete the call to {NUMBER} in acme? Undo makes it again with a new id."
    assert desk.asked == [(asked, "delete")]
    assert done.text == "Deletion of the call: delivered."
    assert desk.server.get(theirs, Kind.CALL) is None
    assert desk.rows("call", "list") == ()


def test_a_profile_that_forbids_deleting_keeps_calls_too(desk: Desk) -> None:
    theirs = desk.server.post(Kind.CALL, nr=NUMBER, externalUserId="anna7")
    desk.reopen(no_delete=True)
    with pytest.raises(GuardrailError):
        desk.shell("call", "delete", theirs)
    assert desk.asked == []


def test_a_call_that_may_have_arrived_isnt_sent_again_by_itself(desk: Desk) -> None:
    desk.network.once("POST /calls", lost_answer)
    done = desk.do("call", "log", "--nr", NUMBER)
    assert done.exit_status == 7
    desk.do("outbox", "send")
    assert desk.network.count("POST /calls") == 1
    assert desk.states() == [State.NOT_SURE]
    with pytest.raises(InputError, match="may still arrive"):
        desk.do("outbox", "retry", "1")
    desk.time.leap(GRACE)
    assert desk.do("outbox", "retry", "1").exit_status == 0  # somebody said so
    assert desk.network.count("POST /calls") == 2


def test_people_read_names_and_local_times_where_programs_get_ids(desk: Desk) -> None:
    person = _person(desk)
    desk.do("call", "log", "Ada New", "--start", "-30m", "--talk", "10m", "--note", "Renews")
    listing = desk.shell("call", "list")
    assert isinstance(listing, Listing)
    style = Style("table")
    titles, row = output.lines(listing, style)
    assert titles.split() == "ID STARTED MIN CONTACT COMPANY NUMBER AGENT NOTE".split()
    assert "Ada New" in row
    assert "Acme Inc" in row
    assert str(person["_id"]) not in row
    (record,) = listing.records
    assert record["enduserId"] == person["_id"]
    (as_json,) = output.lines(listing, Style("jsonl"))
    assert str(person["_id"]) in as_json


def test_a_start_that_is_later_today_says_that_it_was_taken_for_yesterday(desk: Desk) -> None:
    later = (desk.context.now() + timedelta(hours=2)).strftime("%H:%M")
    done = desk.do("call", "log", "--nr", "+1 555 0100", "--start", later, "--talk", "5m")
    assert f"It started yesterday {later}." in done.text.splitlines()


def test_a_guess_that_makes_a_call_very_long_is_refused_before_it_is_logged(desk: Desk) -> None:
    now = desk.context.now()
    later = now + timedelta(hours=2)
    with pytest.raises(InputError) as caught:
        desk.do("call", "log", "--nr", "+1 555 0100", "--start", later.strftime("%H:%M"))
    begun = f"{later - timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert caught.value.advice == f"If so, give --start {begun} and its --end, or --talk."
    assert not desk.workspace.reads.calls()
    desk.do("call", "log", "--nr", "+1 555 0100", "--start", begun, "--end", "now")
    assert len(desk.workspace.reads.calls()) == 1


def test_waiting_is_typed_in_seconds_or_as_a_length(desk: Desk) -> None:
    desk.do("call", "log", "--nr", NUMBER, "--talk", "5m", "--waiting", "90s")
    assert _sent(desk)["waiting"] == 90
    with pytest.raises(InputError, match="no length of time"):
        desk.do("call", "log", "--nr", NUMBER, "--talk", "5m", "--waiting", "soon")


# -- calls that were begun


def _begin(desk: Desk, *partners: Partner, finished: bool = False) -> None:
    for partner in partners:
        draft: dict[str, Json] = {"start": "2026-03-02T10:00:00+00:00"}
        desk.workspace.begun.keep(partner, draft, finished=finished)


ADA = Partner("c1", "Acme Inc", "p1", "Ada Jensen")
BO = Partner("c2", "Globex", "p2", "Bo Lind")


def test_a_call_that_was_begun_is_dropped(desk: Desk) -> None:
    _begin(desk, ADA)
    done = desk.do("call", "drop")
    assert done.text == "The call with Ada Jensen is dropped: nothing was logged."
    assert desk.workspace.begun.list() == ()
    with pytest.raises(NotFoundError, match="No call is begun"):
        desk.do("call", "drop")


def test_it_can_be_confirmed_where_nobody_is_asked_and_on_a_tenant_that_is_only_read(
    desk: Desk,
) -> None:
    desk.reopen(read_only=True)
    _begin(desk, ADA)
    desk.script("call drop --yes")
    assert desk.asked == []
    assert desk.workspace.begun.list() == ()


@pytest.mark.parametrize("word", ["bo", "globex", "p2"])
def test_of_several_the_one_is_dropped_that_is_named(desk: Desk, word: str) -> None:
    _begin(desk, ADA, BO)
    with pytest.raises(AmbiguousError) as caught:
        desk.do("call", "drop")
    assert dict(caught.value.candidates) == {
        "p1": "Ada Jensen, it runs",
        "p2": "Bo Lind, it runs",
    }
    desk.do("call", "drop", word)
    assert [one.partner for one in desk.workspace.begun.list()] == [ADA]
    with pytest.raises(NotFoundError, match=f"No call with {word} is begun"):
        desk.do("call", "drop", word)


def test_of_two_with_one_contact_that_which_runs_goes_first(desk: Desk) -> None:
    _begin(desk, ADA)
    _begin(desk, ADA, finished=True)
    desk.do("call", "drop", "ada")
    (left,) = desk.workspace.begun.list()
    assert left.finished
