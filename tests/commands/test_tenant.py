from __future__ import annotations

import json
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands import tenant
from planhat_tui.commands.context import Wishes
from planhat_tui.commands.output import Style, write
from planhat_tui.commands.results import Single
from planhat_tui.errors import InputError, OfflineError, TokenError
from planhat_tui.model.limits import Lane, Limits
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.sync.outlook import Outlook
from planhat_tui.sync.status import SyncStatus
from planhat_tui.sync.tries import MOST_IN_A_ROW
from tests.sync.rig import Line, Server, answer, lost_answer

if TYPE_CHECKING:
    import httpx

    from tests.commands.conftest import Desk


# -- whoami


def test_who_we_are_is_asked_each_time(desk: Desk) -> None:
    asked = desk.network.count("GET /myprofile")
    result = desk.shell("whoami")
    assert isinstance(result, Single)
    assert result.record == desk.server.ask("GET", "/myprofile")
    assert (result.note, result.exit_status) == ("acme at sandbox.planhat", 0)
    assert desk.network.count("GET /myprofile") > asked


def test_offline_it_says_that_this_is_remembered_and_since_when(desk: Desk) -> None:
    desk.network.cut = True
    desk.time.leap(600)
    result = desk.shell("whoami")
    assert isinstance(result, Single)
    assert result.record["_id"] == desk.server.ask("GET", "/myprofile")["_id"]
    assert result.exit_status == 6
    assert result.note.startswith(
        "acme at sandbox.planhat. Planhat can't be reached: this is remembered"
        " (local copy, 10 min old).  "
    )


def test_a_token_that_is_no_longer_good_isnt_covered_by_memory(desk: Desk) -> None:
    desk.network.token = "nobodys"
    with pytest.raises(TokenError):
        desk.shell("whoami")


def test_people_see_what_the_profile_holds_and_json_all_of_it(desk: Desk) -> None:
    result = desk.one("whoami")
    empty = Single({**result, "isHidden": False, "image": {}}, Kind.USER, brief=True)
    lines: list[str] = []
    write(empty, Style(), lines.append, lines.append)
    assert "Hidden" not in "\n".join(lines)
    assert "Picture" not in "\n".join(lines)
    write(empty, Style("json"), lines.append, lines.append)
    assert '"isHidden": false' in lines[-1]


def test_who_we_are_isnt_known_offline_before_the_first_contact(bare: Desk) -> None:
    bare.network.cut = True
    with pytest.raises(OfflineError):
        bare.shell("whoami")


# -- sync


def test_a_first_sync_reads_everything(bare: Desk) -> None:
    done = bare.do("sync")
    people = len(bare.server.ids(Kind.CONTACT))
    assert done.text.startswith(f"6 companies, {people} contacts; local copy, just read.")
    assert done.exit_status == 0


def test_a_later_one_reads_what_has_changed(desk: Desk) -> None:
    desk.server.put(desk.company(), phase="renamed-since")
    desk.do("sync")
    assert desk.one("company", "show", "Acme Inc")["phase"] == "renamed-since"


def test_a_full_one_forgets_what_isnt_there_any_more(desk: Desk) -> None:
    gone = desk.server.ids()[-1]
    desk.server.delete(gone)
    done = desk.do("sync", "--full")
    assert done.text.startswith("5 companies")
    assert gone not in {company["_id"] for company in desk.rows("company", "find")}


def test_it_asks_before_a_list_takes_much_away_and_a_flag_answers(desk: Desk) -> None:
    kept, people = desk.company(), len(desk.server.ids(Kind.CONTACT))
    gone = {*desk.server.ids()} - {kept}
    for one in gone:
        desk.server.delete(one)
    done = desk.do("sync")
    assert done.text.startswith("6 companies")
    assert done.text.endswith(
        "Planhat's list lacks 5 of 6 companies: none was removed here.  sync --accept-deletions"
        " removes them"
    )
    done = desk.do("sync", "--accept-deletions")
    assert done.text.startswith("1 companies")
    along = people - len(desk.contact_ids("Acme Inc"))
    assert f" 5 companies and {along} contacts were taken out." in done.text
    assert done.records[0]["takenOut"] == {"companies": 5, "contacts": along, "users": 0}
    assert [company["_id"] for company in desk.rows("company", "find")] == [kept]


def test_a_yes_takes_nothing_out_that_nobody_was_asked_about(desk: Desk) -> None:
    everybody = set(desk.server.ids())
    for one in sorted(everybody)[:2]:
        desk.server.delete(one)
    assert "lacks 2 of 6 companies" in desk.do("sync").text
    for path in ("leancompanies", "companies[?]"):  # for a moment its lists are empty
        desk.network.once(f"GET /{path}*", answer(200, "[]"))
    desk.time.leap(60)
    done = desk.do("sync", "--accept-deletions")
    assert "lacks 6 of 6 companies: none was removed here" in done.text
    assert {company["_id"] for company in desk.rows("company", "find")} == everybody
    desk.time.leap(60)
    assert " 2 companies and " in desk.do("sync", "--accept-deletions").text


def test_lost_answers_and_500s_are_tried_again(bare: Desk) -> None:
    for path in ("myprofile", "leancompanies*", "companies[?]*", "endusers[?]*"):
        bare.network.once(f"GET /{path}", lost_answer)
        bare.network.once(f"GET /{path}", answer(500))
    assert bare.do("sync").exit_status == 0
    assert bare.workspace.reads.progress().lacking == ""


def test_a_look_for_changes_goes_on_where_its_answer_was_lost(desk: Desk) -> None:
    desk.server.put(desk.company(), phase="renamed-since")
    for path in ("leancompanies*", "companies[?]*"):
        desk.network.once(f"GET /{path}", lost_answer)
    assert desk.do("sync").exit_status == 0
    assert desk.one("company", "show", "Acme Inc")["phase"] == "renamed-since"


def test_what_was_read_before_it_failed_is_told_and_that_sync_goes_on(bare: Desk) -> None:
    for _ in range(MOST_IN_A_ROW):
        bare.network.once("GET /endusers[?]*", lost_answer)
    done = bare.do("sync")
    assert done.text.startswith("6 companies, 0 contacts; local copy, just read; incomplete")
    assert done.text.endswith(
        "The answer was lost. What it held isn't read. What was read before is kept: sync goes on"
        " from there."
    )
    assert done.exit_status == 7
    assert done.records[0]["complete"] is False
    asked = bare.network.count("GET /companies*")
    assert bare.do("sync").exit_status == 0
    assert bare.network.count("GET /companies/*") == 0
    assert bare.network.count("GET /companies*") <= asked + 1
    assert bare.workspace.reads.progress().lacking == ""


def test_at_which_companies_planhat_goes_on_failing_is_told_also_where_all_are_here(
    bare: Desk,
) -> None:
    bare.network = Line((server := Server(bare.time, dialect="seed")).app)
    assert bare.do("sync").exit_status == 0
    bare.time.leap(4000.0)
    bad = bare.company()
    for _ in range(100):
        bare.network.once(f"GET /companies/{bad}", answer(500))
    bare.reopen()
    done = bare.do("sync")
    server.close()
    assert done.text.endswith(" Planhat fails at 1 company (Acme Inc) just now: sync tries again.")
    assert (done.exit_status, done.records[0]["complete"]) == (8, False)


def test_it_sends_what_is_queued(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won")
    assert desk.do("sync").exit_status == 0
    assert desk.queue() == ()
    assert desk.server.get(desk.company())["phase"] == "won"


def test_what_couldnt_be_sent_is_told(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.network.once("PUT *", answer(400, "no"))
    done = desk.do("sync")
    assert done.text.endswith("1 edit isn't delivered: outbox list")
    assert done.exit_status == 4
    assert desk.states() == [State.REFUSED]


class _Standing:
    """An engine that stands still for three looks: what is left of the rate limit is kept."""

    def __init__(self) -> None:
        self.filling: Future[frozenset[str]] = Future()
        self.looks = 0

    @property
    def status(self) -> SyncStatus:
        self.looks += 1
        if self.looks == 3:
            self.filling.set_result(frozenset())
        limits = Limits(10, 2, as_of=0.0, waiting={Lane.BACKGROUND: 1})
        return SyncStatus("online", limits=limits, outlook=Outlook(4, 90.0, 3, at_least=True))

    def fill(self, *, anew: bool, patient: bool) -> Future[frozenset[str]]:
        assert anew
        assert patient
        return self.filling


def test_what_a_sync_waits_for_is_told_and_how_far_it_is_told_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant, "LOOK", 0.001)
    monkeypatch.setattr(type(desk.context.workspace()), "net", _Standing())
    desk.do("sync", "--full")
    how_far, why = desk.told
    assert how_far.startswith("6 of 6 companies (3 calls left), ")
    assert how_far.endswith("contacts (at least 1 call left), team, custom fields; 2 min or more")
    assert why.startswith("The last 2 calls are kept for what people ask for: reading goes on")


def test_offline_is_told(desk: Desk) -> None:
    desk.network.cut = True
    with pytest.raises(OfflineError):
        desk.shell("sync")


# -- limits


def test_the_limit_is_asked_for_where_nothing_is_known_yet(desk: Desk) -> None:
    asked = len(desk.network.asked)
    told = desk.one("limits")
    assert told["limit"] == 1_000_000
    assert isinstance(told["remaining"], int)
    assert told["queue"] == told["inFlight"] == 0
    assert told["stoppedFor"] == 0
    lanes = ("user", "outbox", "screen", "background")
    assert told["lanes"] == {lane: {"used": int(lane == "user"), "waiting": 0} for lane in lanes}
    assert len(desk.network.asked) > asked


def test_where_something_is_known_it_costs_nothing_unless_its_to_be_fresh(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    asked = len(desk.network.asked)
    desk.one("limits")
    assert len(desk.network.asked) == asked
    desk.wishes = Wishes(fresh=True)
    desk.one("limits")
    assert len(desk.network.asked) == asked + 1


def test_for_people_limits_and_who_one_is_are_said_in_words(desk: Desk) -> None:
    for verb, words in (("limits", ("Left", "Yours", "Edits")), ("whoami", ("Tenant", "Roles"))):
        lines: list[str] = []
        write(desk.shell(verb), Style(), lines.append, print)
        titles = {line.partition("  ")[0] for line in lines}
        assert titles >= set(words)
        assert not titles & {"remaining", "resetIn", "tenantName", "isHidden"}
        assert not any(mark in line for line in lines for mark in "[]{}"), lines


def test_a_watch_tells_a_line_a_second_until_somebody_interrupts(desk: Desk) -> None:
    desk.naps = 2
    lines: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        write(desk.shell("limits", "--watch"), Style(), lines.append, print)
    assert len(lines) == 3
    assert all(" of 1000000 left · " in line and line.endswith("s ago") for line in lines)


def test_a_watch_costs_a_call_only_when_what_is_known_has_outlived_itself(desk: Desk) -> None:
    desk.one("limits")
    asked = len(desk.network.asked)
    desk.naps = 20
    records: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        write(desk.shell("limits", "--watch"), Style("jsonl"), records.append, print)
    assert len(desk.network.asked) == asked
    desk.naps = 140
    with pytest.raises(KeyboardInterrupt):
        write(desk.shell("limits", "--watch"), Style("jsonl"), records.append, print)
    assert asked < len(desk.network.asked) <= asked + 2
    ages = [json.loads(record)["age"] for record in records]
    assert ages[1] > ages[0]


def test_a_watch_of_a_server_that_tells_nothing_asks_it_now_and_then(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = desk.network._inner
    answering = inner.handle_async_request

    async def silent(request: httpx.Request) -> httpx.Response:
        response = await answering(request)
        for name in [one for one in response.headers if "rate-limit" in one.lower()]:
            del response.headers[name]
        return response

    monkeypatch.setattr(inner, "handle_async_request", silent)
    asked = len(desk.network.asked)
    desk.naps = 200
    with pytest.raises(KeyboardInterrupt):
        write(desk.shell("limits", "--watch"), Style("jsonl"), print, print)
    assert asked < len(desk.network.asked) <= asked + 4


def test_what_never_ends_is_no_document(desk: Desk) -> None:
    with pytest.raises(InputError, match="--jsonl"):
        write(desk.shell("limits", "--watch"), Style("json"), print, print)


def test_on_the_screen_the_gauge_is_the_watch(desk: Desk) -> None:
    with pytest.raises(InputError, match="gauge"):
        desk.colon("limits --watch")
