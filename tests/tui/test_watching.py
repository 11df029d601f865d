from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Call, Kind
from planhat_tui.store.rows import LoggedCall
from planhat_tui.tui.keys import keyed
from planhat_tui.tui.watching import Told, Watched, Watching, outcome
from tests.tui.records import HARMLESS, HOSTILE, entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.outbox import Entry
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.workspace.queries import Queries

GOLD = Change("tags", [], ["gold"])
CALL = {"kind": Kind.CALL, "action": Action.CREATE, "title": "call to +46 70", "record_id": "new-1"}
LATER = "Tag gold on Acme Inc is delivered.  {undo} takes it back"
LOST = "Not sure whether Planhat saved the call: the answer was lost.  Look at it."


class Reads:
    """What became of edits, and a call whose answer names nobody, or a company that isn't here."""

    def __init__(self, *entries: Entry, logged: bool = True, company: str = "") -> None:
        self._logged = logged
        self._company = company
        self._entries = {one.n: one for one in entries}

    def entry(self, n: int) -> Entry:
        return self._entries[n]

    def call(self, call_id: str) -> LoggedCall | None:
        if not self._logged:
            return None
        raw = {"_id": call_id, "nr": "1", "companyId": self._company}
        return LoggedCall(Call.from_raw(raw), "", "", "", None, 0.0)

    def company(self, _id: str) -> None:
        return None

    def users(self) -> tuple[()]:
        return ()


def told(*entries: Entry, note: str = "", text: str = "text", company: str = "") -> Told | None:
    watched = Watched(tuple(one.n for one in entries), text, LATER, note)
    return outcome(cast("Queries", Reads(*entries, company=company)), watched)


def test_while_it_goes_on_nothing_is_said() -> None:
    for state in (State.QUEUED, State.SENDING, State.HELD, State.DROPPED):
        assert told(entry(GOLD, state=state)) is None
    half = entry(GOLD, n=2, state=State.QUEUED)
    assert told(entry(GOLD, state=State.DELIVERED), half) is None


def test_what_planhat_has_is_said_with_what_it_left_out() -> None:
    assert told(entry(GOLD, state=State.DELIVERED)) == Told(LATER)
    lost = entry(GOLD, state=State.DELIVERED, reason="Planhat didn't keep Slug.")
    lost = lost._replace(attempts=1)
    assert told(lost) == Told(f"{LATER}  Planhat didn't keep Slug.")


def test_what_was_left_out_of_an_undo_is_said_and_not_that_it_goes_back() -> None:
    out = entry(
        Change("phase", "won", None), state=State.DROPPED, reason="Left out: Phase."
    )._replace(takes_back=1)
    assert told(out) == Told("Acme Inc: Left out: Phase.")
    assert told(out, entry(GOLD, n=2, state=State.SENDING)) is None
    done = entry(GOLD, n=2, state=State.DELIVERED)
    assert told(out, done) == Told("Acme Inc: Left out: Phase.  The rest is delivered")
    many = [out._replace(n=n) for n in range(1, 5)]
    assert str(told(*many)).count("Left out") == 2
    assert "2 more like it" in str(told(*many))


def test_what_never_left_isnt_called_delivered() -> None:
    folded = entry(GOLD, state=State.DELIVERED, reason="There was nothing to send.")
    assert told(folded._replace(attempts=0)) == Told("There was nothing to send.")
    assert told(folded._replace(attempts=1)) == Told(f"{LATER}  There was nothing to send.")


def test_one_that_needs_a_hand_is_said_before_the_others_have_arrived() -> None:
    refused = entry(GOLD, n=2, state=State.REFUSED, reason="This token may not (403).")
    assert told(entry(GOLD, state=State.SENDING), refused) == Told(
        "Not saved in Planhat: this token may not (403). "
        "Tag gold on Acme Inc is kept here.  {outbox} shows it",
        bad=True,
    )


def test_an_edit_that_settles_itself_by_reading_back_says_so_once() -> None:
    unsure = entry(GOLD, state=State.NOT_SURE, reason=LOST)
    doubt = (
        "Not sure whether Planhat saved the call: the answer was lost.  It is read back by itself"
    )
    assert told(unsure) == Told(doubt, goes_on=True)
    assert told(unsure, text=doubt) is None


def test_a_call_whose_answer_is_lost_is_for_a_person_to_decide() -> None:
    assert told(entry(state=State.NOT_SURE, reason=LOST, **CALL)) == Told(
        "Not sure whether Planhat saved the call: the answer was lost.  {outbox} decides", bad=True
    )


def test_of_a_call_it_is_said_whom_planhat_matched() -> None:
    assert told(entry(state=State.DELIVERED, **CALL), note="The note stays") == Told(
        "Planhat has the call; its answer names nobody for this number and no agent  The note stays"
    )


def test_what_data_says_in_a_sentence_is_visible_and_names_no_key() -> None:
    name, done = f"{HOSTILE}{{undo}}", State.DELIVERED
    call = entry(state=done, **CALL)
    lost = entry(GOLD, state=done, reason=name)._replace(attempts=1)
    out = entry(GOLD, state=State.DROPPED, reason=name)._replace(takes_back=1, title=name)
    for said, times in (
        (told(call, company=name), 1),
        (told(lost), 1),
        (told(out), 2),
    ):
        assert said is not None
        own = said.text.removeprefix(LATER)
        assert own.count(HARMLESS) == times
        assert keyed(own) == own


def test_why_an_edit_arrived_that_was_let_go_is_visible_and_names_no_key() -> None:
    name, said = f"{HOSTILE}{{undo}}", []
    done = entry(GOLD, state=State.DELIVERED, reason=name)._replace(title=name)

    def ask(_key: str, look: Callable[[], object], then: Callable[[object], None]) -> None:
        then(look())

    def say(text: str, *, bad: bool) -> None:
        said.append((text, bad))

    reads = SimpleNamespace(let_go=iter([(done.n,), ()]).__next__, entry=lambda _: done)
    explorer = SimpleNamespace(workspace=SimpleNamespace(reads=reads), ask=ask, say=say)
    watching = Watching(cast("Explorer", explorer))
    watching.look_for_let_go()
    watching.look_for_let_go()
    ((text, bad),) = said
    assert (text.count(HARMLESS), keyed(text), bad) == (2, text, True)


def test_of_a_call_that_the_log_hasnt_got_yet_nothing_is_said() -> None:
    done = entry(state=State.DELIVERED, **CALL)
    watched = Watched((done.n,), "text", LATER)
    assert outcome(cast("Queries", Reads(done, logged=False)), watched) is None


def test_a_sentence_goes_on_while_it_stands_and_its_edits_are_not_settled() -> None:
    message = SimpleNamespace(said="")

    def say(text: str, *, bad: bool = False) -> None:
        message.said = keyed(f"{text}!" if bad else text)

    explorer = SimpleNamespace(message=message, say=say, keyed=keyed, call_later=lambda _: None)
    watching = Watching(cast("Explorer", explorer))
    seen = [watching.goes_on]
    for edits in ([entry(GOLD)], []):
        watching.queued(edits)
        seen.append(watching.goes_on)
    watching.queued([entry(GOLD)])
    say("Copied: Acme Inc")
    assert [*seen, watching.goes_on] == [False, True, False, False]
