from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands import output
from planhat_tui.commands.context import Wishes
from planhat_tui.commands.output import Style
from planhat_tui.commands.results import Listing
from planhat_tui.errors import GuardrailError, InputError, NotFoundError, PartialError
from planhat_tui.model.days import spoken
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.outbox import State
from planhat_tui.model.plans import created, gather
from planhat_tui.model.records import Kind
from planhat_tui.store.lease import SEND_LEASE
from tests.sync.rig import answer, lost_answer, lost_request

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """Return a desk where two edits are queued."""
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won", "custom.Plan=Gold")
    desk.do("company", "create", "New Ltd")
    desk.wishes = Wishes()
    return desk


def in_two_minutes(desk: Desk) -> str:
    """Return what the clock on the wall shows when what was just lost can't land any more."""
    sent = max(entry.state_at for entry in desk.workspace.reads.outbox())
    return spoken(datetime.fromtimestamp(sent + GRACE, UTC), desk.context.now())


def test_what_is_sent_is_a_list_for_programs_though_there_is_nothing(desk: Desk) -> None:
    assert list(output.lines(desk.do("outbox", "send"), Style("json"))) == ["[]"]


def test_what_isnt_delivered_is_listed_oldest_first(waiting: Desk) -> None:
    first, second = waiting.rows("outbox", "list")
    assert (first["n"], first["state"], first["title"], first["what"]) == (
        1,
        "queued",
        "Acme Inc",
        "Phase, Plan",
    )
    assert (second["n"], second["what"]) == (2, "create company")
    assert waiting.rows("outbox", "find") == waiting.rows("outbox", "list")


def test_an_empty_outbox_is_an_answer_too(desk: Desk) -> None:
    assert desk.rows("outbox", "list") == ()
    assert desk.do("outbox", "send").text == "Everything is delivered."


def test_an_edit_is_shown_with_its_values(waiting: Desk) -> None:
    shown = waiting.one("outbox", "show", "1")
    assert isinstance(shown["changes"], list)
    assert shown["changes"][0] == {"field": "phase", "before": "", "after": "won"}
    assert (shown["kind"], shown["action"], shown["attempts"]) == ("company", "update", 0)
    assert str(shown["createdAt"]).endswith("Z")


def test_people_read_an_edit_in_words_and_local_times(waiting: Desk) -> None:
    shown = waiting.shell("outbox", "show", "1")
    lines = dict(re.split(r"  +", line) for line in output.lines(shown, Style()))
    clock = spoken(datetime.fromtimestamp(waiting.time.now, UTC), waiting.context.now())
    assert re.fullmatch(r"Phase: - → won; Plan: .* → Gold", lines["Changes"])
    assert lines["Typed"] == lines["So since"] == clock
    assert lines["Waits"].endswith(".")
    assert not {"Because", "Taken back"} & set(lines)  # nothing of it is so
    journal = waiting.shell("journal", "show", "1")
    assert f"Changes   {lines['Changes']}" in [*output.lines(journal, Style())]


def test_one_that_is_delivered_is_still_shown(waiting: Desk) -> None:
    waiting.do("outbox", "send")
    assert waiting.rows("outbox", "list") == ()
    assert waiting.one("outbox", "get", "2")["state"] == "delivered"
    assert waiting.one("outbox", "show", "2")["id"] == waiting.server.named("New Ltd")[0]


def test_all_that_is_queued_is_sent(waiting: Desk) -> None:
    done = waiting.do("outbox", "send")
    assert (done.exit_status, done.text, done.many) == (0, "Edits: delivered.", True)
    assert waiting.server.get(waiting.company())["phase"] == "won"
    assert len(waiting.server.named("New Ltd")) == 1


def test_a_held_edit_waits_until_its_retried(waiting: Desk) -> None:
    assert waiting.do("outbox", "hold", "1").text == "Edit 1 is held: Acme Inc"
    waiting.do("outbox", "send")
    assert waiting.states() == [State.HELD]
    assert waiting.do("outbox", "retry", "1").text == "Edit 1 (Acme Inc): delivered."
    assert waiting.states() == []


def test_a_refused_edit_is_sent_again(waiting: Desk) -> None:
    waiting.network.once("PUT *", answer(400, "not today"))
    waiting.do("outbox", "send")
    assert waiting.states() == [State.REFUSED]
    assert waiting.do("outbox", "retry", "1").exit_status == 0


def test_what_may_have_been_made_is_looked_up_before_it_is_sent_again(waiting: Desk) -> None:
    outbox = waiting.workspace._store.outbox
    assert outbox.mark_sending([2])
    waiting.server.post(name="New Ltd")  # and its answer was lost
    outbox.mark([2], State.NOT_SURE, "The answer was lost.")
    waiting.wishes = Wishes(wait=False)
    told = waiting.do("outbox", "retry", "2").text
    assert told.startswith("Edit 2 (New Ltd): not sure. It is looked up in Planhat first.")
    assert f"sent again at {in_two_minutes(waiting)}, since the first try may" in told
    waiting.wishes = Wishes()
    assert waiting.do("outbox", "retry", "2").exit_status == 0
    assert outbox.get(2).state is State.DELIVERED
    assert len(waiting.server.named("New Ltd")) == 1


def test_what_is_dropped_while_it_may_still_arrive_is_told_if_it_does(waiting: Desk) -> None:
    waiting.network.once("PUT *", lost_request)
    waiting.do("outbox", "send")
    told = waiting.do("outbox", "discard", "1").text
    assert told == (
        "Edit 1 is dropped: Acme Inc. Its first try may still arrive until"
        f" {in_two_minutes(waiting)}. Whether it did: outbox show 1"
    )
    assert waiting.one("company", "show", "Acme Inc")["phase"] != "won"
    waiting.server.put(waiting.company(), phase="won", custom={"Plan": "Gold"})  # now it lands
    waiting.time.leap(GRACE)
    waiting.do("outbox", "send")
    assert waiting.states() == []
    assert waiting.one("outbox", "show", "1")["reason"] == (
        "It was dropped, and arrived all the same. undo 1 takes it back."
    )
    waiting.do("undo", "1")
    assert waiting.server.get(waiting.company())["phase"] != "won"


def test_a_plan_that_is_paused_is_not_called_delivered(desk: Desk) -> None:
    plans = desk.workspace.plans
    rows = [created(Kind.COMPANY, f"new-{n}", {"name": f"Made {n}"}) for n in range(3)]
    step = plans.begin(gather(Kind.COMPANY, "import", rows)).step
    plans.pause(step)
    told = "3 records of a plan are kept back: plan resume lets it go on."
    assert desk.do("outbox", "send").text == told
    shown = desk.shell("outbox", "list")
    assert isinstance(shown, Listing)
    assert (shown.records, shown.note) == ((), told)


def test_a_dropped_edit_is_never_sent(waiting: Desk) -> None:
    assert waiting.do("outbox", "discard", "1").text == "Edit 1 is dropped: Acme Inc"
    assert waiting.one("company", "show", "Acme Inc")["phase"] != "won"
    waiting.do("outbox", "send")
    assert waiting.server.get(waiting.company())["phase"] != "won"


def test_what_goes_along_with_a_dropped_edit_is_named(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "create", "Newcomer AB")
    desk.do("company", "set", "Newcomer AB", "city=Oslo")
    told = "Edit 1 is dropped: Newcomer AB, and 1 later edit of it: 2"
    assert desk.do("outbox", "discard", "1").text == told


def test_what_a_state_doesnt_allow_is_told(waiting: Desk) -> None:
    with pytest.raises(InputError):
        waiting.shell("outbox", "retry", "1")  # it's queued already
    waiting.do("outbox", "send")
    with pytest.raises(InputError):
        waiting.shell("outbox", "hold", "1")


@pytest.mark.parametrize("verb", ["show", "hold", "retry", "discard"])
def test_a_number_of_no_edit_is_told(waiting: Desk, verb: str) -> None:
    with pytest.raises(NotFoundError):
        waiting.shell("outbox", verb, "99")
    for word in ("first", "1.0", "99999999999999999999999"):
        with pytest.raises((InputError, NotFoundError)):
            waiting.shell("outbox", verb, word)


def test_edits_outlive_the_program(waiting: Desk) -> None:
    waiting.reopen()
    assert len(waiting.rows("outbox", "list")) == 2
    assert waiting.do("outbox", "send").exit_status == 0


def test_each_edit_says_what_it_waits_for(waiting: Desk) -> None:
    waiting.do("outbox", "hold", "1")
    held, queued = waiting.rows("outbox", "list")
    assert held["waits"] == "It stays here until it is sent again."
    assert (queued["waits"], queued["goesIn"]) == (
        "It goes out when an explorer or a sync runs.",
        None,
    )
    waiting.workspace._store.outbox.claim(SEND_LEASE, "elsewhere/1/explorer", 1e9)
    queued = waiting.rows("outbox", "list")[1]
    assert (queued["waits"], queued["goesIn"]) == ("It goes out now.", [0.0, 0.0])
    waiting.time.leap(600)
    assert queued["since"] == "just now"
    assert waiting.rows("outbox", "list")[1]["since"] == "10 min ago"
    assert waiting.one("outbox", "show", "1")["goesIn"] is None


def test_a_call_that_is_not_sure_is_settled_by_a_person(desk: Desk) -> None:
    desk.network.once("POST *", lost_answer)
    desk.do("call", "log", "--nr", "+46 70 123 45 67")
    assert desk.states() == [State.NOT_SURE]
    assert "say whether it is there" in str(desk.rows("outbox", "list")[0]["waits"])
    found = desk.server.post(Kind.CALL, nr="+46 70 123 45 67", externalUserId="max123")
    assert desk.do("outbox", "there", "1", "--id", found).text.startswith("Edit 1 is settled")
    assert desk.states() == []
    assert desk.one("outbox", "show", "1")["id"] == found
    assert [row["_id"] for row in desk.rows("call", "list")] == [found]
    with pytest.raises(InputError, match="nothing to settle"):
        desk.shell("outbox", "there", "1")


def test_what_planhat_doesnt_have_under_the_id_that_is_given_is_not_settled(desk: Desk) -> None:
    desk.network.once("POST *", lost_answer)
    desk.do("call", "log", "--nr", "+46 70 123 45 67")
    for wrong in ("nonsense", "5f0c1c0e3f1a2b0011223344", desk.company()):
        with pytest.raises(InputError, match=f"Planhat has no call {wrong}, so nothing was"):
            desk.shell("outbox", "there", "1", "--id", wrong)
    desk.network.cut = True  # nobody can say whether it's there
    with pytest.raises(InputError, match="nonsense is no id of a call"):
        desk.shell("outbox", "there", "1", "--id", "nonsense")
    assert desk.states() == [State.NOT_SURE]
    known = "5F0c1c0e3f1a2b0011223344"
    assert desk.do("outbox", "there", "1", "--id", known).exit_status == 0
    assert [row["_id"] for row in desk.rows("call", "list")] == [known]


def test_a_contact_that_is_said_to_be_there_is_shown_as_planhat_has_it(desk: Desk) -> None:
    desk.network.once("POST *", lost_request)
    desk.do("contact", "create", "Eve Gray", "--company", desk.company())
    n = desk.queue()[-1].n
    there = desk.server.post(Kind.CONTACT, name="Eve Grey", companyId=desk.company())
    desk.do("outbox", "there", str(n), "--id", there)
    asked = desk.network.count(f"GET /endusers/{there}")
    assert (desk.one("contact", "show", "Eve Grey")["_id"], asked) == (there, 1)


def test_one_that_is_deleted_while_it_may_still_be_made_says_so(desk: Desk) -> None:
    desk.network.once("POST *", lost_request)
    desk.do("contact", "create", "Eve Gray", "--company", desk.company())
    n = desk.queue()[-1].n
    assert desk.do("contact", "delete", "Eve Gray").text == (
        "Eve Gray: taken out.\nIts first try may still arrive until"
        f" {in_two_minutes(desk)}. Whether it did: outbox show {n}"
    )


def test_one_that_waits_behind_another_says_so(waiting: Desk) -> None:
    waiting.do("outbox", "hold", "1")
    done = waiting.do("company", "set", "Acme Inc", "phase=lost")
    assert done.exit_status == 6
    assert "Phase of Acme Inc: queued. It waits" in done.text, done.text


def test_what_came_to_be_forbidden_since_it_was_queued_stays_here_and_says_why(
    desk: Desk,
) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.do("company", "create", "New Ltd")
    desk.do("company", "delete", "Zürich Materials Ltd")
    desk.wishes = Wishes()
    desk.reopen(read_only=True, reason="Ask Ada.")
    desk.network.asked.clear()
    done = desk.do("outbox", "send")
    assert done.exit_status == GuardrailError.exit_status
    assert "queued. acme is read-only.  Ask Ada." in done.text
    assert not [one for one in desk.network.asked if not one.startswith("GET")]
    assert {row["waits"] for row in desk.rows("outbox", "list")} == {
        "It stays here: acme is read-only.  Ask Ada."
    }
    desk.reopen(read_only=False, no_delete=True, reason="")
    done = desk.do("outbox", "send")
    assert done.exit_status == PartialError.exit_status
    assert "acme allows no deleting." in done.text
    assert desk.server.named("New Ltd")
    assert desk.server.named("Zürich Materials Ltd")
    desk.reopen(no_delete=False)
    assert desk.do("outbox", "send").exit_status == 0
    assert not desk.server.named("Zürich Materials Ltd")
