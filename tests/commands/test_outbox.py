from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands import output
from planhat_tui.commands.context import Wishes
from planhat_tui.commands.output import Style
from planhat_tui.errors import GuardrailError, InputError, NotFoundError, PartialError
from planhat_tui.model.days import spoken
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.store.lease import SEND_LEASE
from tests.sync.rig import answer, lost_answer

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
    assert told == (
        "Edit 2 (New Ltd): not sure."
        " It is looked up in Planhat first, and sent again if it isn't there."
    )
    waiting.wishes = Wishes()
    assert waiting.do("outbox", "retry", "2").exit_status == 0
    assert outbox.get(2).state is State.DELIVERED
    assert len(waiting.server.named("New Ltd")) == 1


def test_a_dropped_edit_is_never_sent(waiting: Desk) -> None:
    assert waiting.do("outbox", "discard", "1").text == "Edit 1 is dropped: Acme Inc"
    assert waiting.one("company", "show", "Acme Inc")["phase"] != "won"
    waiting.do("outbox", "send")
    assert waiting.server.get(waiting.company())["phase"] != "won"


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
