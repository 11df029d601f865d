"""What becomes of edits, and the exit status that a script sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands import waiting
from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Done
from planhat_tui.commands.settling import STATUS
from planhat_tui.commands.waiting import InterruptedWait
from planhat_tui.errors import GuardrailError, OfflineError, UnknownOutcomeError
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from tests.sync.rig import answer, changed_answer, lost_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.commands.course import Course
    from planhat_tui.model.outbox import Entry
    from tests.commands.conftest import Desk


def test_every_state_has_its_status() -> None:
    assert set(STATUS) == set(State)
    assert all((STATUS[state] == 0) is not state.is_open for state in State)


def test_a_write_waits_for_delivery(desk: Desk) -> None:
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert (done.exit_status, done.text) == (0, "Phase of Acme Inc: delivered.")
    assert desk.server.get(desk.company())["phase"] == "won"
    assert done.records[0]["phase"] == "won"
    assert desk.queue() == ()


def test_one_that_is_queued_returns_when_its_on_disk(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert (done.exit_status, done.text) == (
        0,
        "Phase of Acme Inc: queued. planhat-tui undo takes it back.",
    )
    assert done.records[0]["phase"] == "won"
    assert not desk.network.sent("PUT *")
    assert desk.states() == [State.QUEUED]


def test_on_the_screen_a_key_takes_it_back(desk: Desk) -> None:
    (done,) = desk.colon("set phase=won", Kind.COMPANY, desk.company())
    assert isinstance(done, Done)
    assert done.text == "Phase of Acme Inc: queued.  {undo} takes it back."
    assert done.later == "Phase of Acme Inc: delivered.  {undo} takes it back."
    assert done.queued == desk.queue()


def test_in_a_script_a_word_does(desk: Desk) -> None:
    desk.typed, desk.wishes = ["company set phase=won --id 'Acme Inc'"], Wishes(wait=False)
    desk.do("repl")
    (done,) = desk.shown
    assert isinstance(done, Done)
    assert done.text == "Phase of Acme Inc: queued. undo takes it back."


@pytest.mark.parametrize("words", [["set", "Acme Inc", "phase=won"], ["tag", "Acme Inc", "gold"]])
def test_what_is_so_already_is_no_edit(desk: Desk, words: list[str]) -> None:
    desk.do("company", *words)
    done = desk.do("company", *words)
    assert (done.exit_status, done.text) == (0, "Nothing to change: it is so already.")
    assert [record["name"] for record in done.records] == ["Acme Inc"], "programs get it as it is"


def test_offline_the_edit_is_kept(desk: Desk) -> None:
    desk.network.cut = True
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert done.exit_status == 6
    assert "Phase of Acme Inc: queued." in done.text
    assert "Edit 1 is kept here: outbox list" in done.text
    assert done.records[0]["phase"] == "won"
    assert desk.states() == [State.QUEUED]


def test_values_that_planhat_refuses(desk: Desk) -> None:
    desk.network.once("PUT *", answer(400, "phase is not valid"))
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert done.exit_status == 4
    assert "Phase of Acme Inc: refused." in done.text
    assert desk.states() == [State.REFUSED]


def test_a_token_that_isnt_good_any_more(desk: Desk) -> None:
    desk.network.token = "nobodys"
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert done.exit_status == 4
    assert "token" in done.text
    assert desk.states() == [State.QUEUED]


def test_the_same_field_changed_by_somebody_else_is_a_conflict(desk: Desk) -> None:
    acme = desk.company()
    desk.server.put(acme, phase="churned")
    desk.time.leap(3600)
    done = desk.do("company", "set", "Acme Inc", "phase=won", "custom.Plan=Free")
    assert done.exit_status == 5
    assert desk.states() == [State.CONFLICT]
    assert desk.server.get(acme)["phase"] == "churned"


def test_an_answer_that_was_lost_where_nothing_can_be_read_back(desk: Desk) -> None:
    desk.network.once("POST /calls", lost_answer)
    done = desk.do("call", "log", "--nr", "+46 70 1", "--talk", "5m")
    assert done.exit_status == 7
    assert desk.states() == [State.NOT_SURE]


def killed(desk: Desk) -> tuple[Entry, ...]:
    """Leave edits of five companies as a process does that was killed while it sent a list."""
    desk.wishes = Wishes(wait=False)
    desk.shell("bulk", "company", "--all", "--set", "phase=won")
    desk.wishes = Wishes()
    entries = desk.queue()
    assert len(entries) > 4
    assert desk.workspace._store.outbox.mark_sending([entry.n for entry in entries])
    return entries


def test_what_a_list_left_unsettled_is_told_with_the_time_and_the_command(desk: Desk) -> None:
    entries = killed(desk)
    done = desk.do("outbox", "send")
    assert done.exit_status == UnknownOutcomeError.exit_status
    assert done.text == (
        f"{len(entries)} not sure yet: looked up in 120 s, by an explorer or a sync that runs,"
        " or by: planhat-tui outbox send"
    )
    assert desk.states() == [State.NOT_SURE] * len(entries)
    desk.time.leap(GRACE)
    done = desk.do("outbox", "send")
    assert (done.exit_status, done.text) == (0, "Edits: delivered.")
    assert {desk.server.get(entry.record_id)["phase"] for entry in entries} == {"won"}
    assert len(desk.network.sent("PUT /companies")) == 1


def test_what_is_behind_an_unsettled_one_isnt_told_as_done(desk: Desk) -> None:
    killed(desk)
    done = desk.do("company", "set", "Acme Inc", "phase=lost")
    assert done.exit_status == OfflineError.exit_status
    assert "It waits for edit" in done.text


class Terminal(list["Course"]):
    """A terminal's last line; ``then`` happens whenever something is drawn on it."""

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self._then = then

    def append(self, course: Course) -> None:
        super().append(course)
        self._then()


def test_at_a_terminal_one_sees_how_long_it_takes_and_waits_for_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = killed(desk)
    monkeypatch.setattr(waiting, "LOOK", 0.02)

    def time_goes_by() -> None:
        desk.time.leap(10)
        desk.workspace.net.wake()

    desk.drawn = Terminal(time_goes_by)
    done = desk.do("outbox", "send")
    assert (done.exit_status, done.text) == (0, "Edits: delivered.")
    notes = [course.note for course in desk.drawn if course.note]
    assert f"{len(entries)} not sure yet: looked up in 100 s" in {
        note[: note.index("in ")] + "in 100 s" for note in notes if "in " in note
    }


def test_who_leaves_meanwhile_is_told_what_isnt_sure(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = killed(desk)
    monkeypatch.setattr(waiting, "LOOK", 0.02)

    def leaves() -> None:
        if desk.states() == [State.NOT_SURE] * len(entries):
            raise KeyboardInterrupt

    desk.drawn = Terminal(leaves)
    with pytest.raises(InterruptedWait) as left:
        desk.do("outbox", "send")
    assert set(left.value.ns) >= {entry.n for entry in entries}  # whoever caught it tells of these
    assert desk.states() == [State.NOT_SURE] * len(entries)


def test_a_plan_that_is_let_go_on_isnt_done_before_it_is_settled(desk: Desk) -> None:
    entries = killed(desk)
    outbox = desk.workspace._store.outbox
    outbox.recover()
    outbox.mark([entries[0].n], State.HELD)
    done = desk.do("plan", "resume")
    assert done.exit_status == UnknownOutcomeError.exit_status
    first, last = done.text.splitlines()
    assert first.endswith(f"{len(entries) - 1} not sure, 1 delivered.")
    assert last.startswith(f"{len(entries) - 1} not sure yet: looked up in 120 s, by an explorer")
    assert "plan retry" not in done.text


def test_a_profile_that_says_no_queues_nothing(desk: Desk) -> None:
    desk.reopen(read_only=True, reason="Ask in #cs-ops first.")
    with pytest.raises(GuardrailError, match=r"acme is read-only\.  Ask in #cs-ops first\."):
        desk.shell("company", "set", "Acme Inc", "phase=won")
    assert desk.queue() == ()


def test_a_bulk_above_the_limit_queues_nothing(desk: Desk) -> None:
    desk.reopen(max_bulk=2)
    with pytest.raises(GuardrailError, match="acme allows 2 records at once; these are 3"):
        desk.colon("tag brand-new", Kind.COMPANY, *desk.server.ids()[:3])
    assert desk.queue() == ()


def test_of_several_some_fail(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    first, second, *_ = desk.server.ids()
    desk.shell("company", "set", first, "phase=won")
    desk.shell("company", "set", second, "phase=won")
    desk.wishes = Wishes()
    desk.network.once(f"PUT /companies/{second}", answer(422, "no"))
    done = desk.do("outbox", "send")
    assert done.exit_status == 8
    assert done.many
    assert desk.states() == [State.REFUSED]


def test_of_several_that_fail_alike_the_status_is_theirs(desk: Desk) -> None:
    desk.network.cut = True
    desk.shell("company", "set", "Acme Inc", "phase=won")
    desk.shell("company", "set", "Acme Inc", "status=lost")
    assert desk.do("outbox", "send").exit_status == 6


def test_what_planhat_didnt_keep_is_named(desk: Desk) -> None:
    desk.network.once("PUT *", changed_answer(lambda company: {**company, "phase": "churned"}))
    done = desk.do("company", "set", "Acme Inc", "phase=won")
    assert done.exit_status == 4
    assert "didn't keep Phase" in done.text
