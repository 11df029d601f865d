"""What became of the edits that were just queued, from whichever door they came.

It is told while the sentence that says they are queued still stands on the screen: what one did
since isn't talked over, and the line of state counts what needs a hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.outbox import Action, State, decides_itself, left_out
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.sentences import STUCK, delivered, queued, stuck, unsure
from planhat_tui.workspace.matching import match_of, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.workspace.queries import Queries


SAID: Final = 2
"""How many edits that were left out are named."""
MARKS_OFF: Final = "Their marks are off"
"""Behind the sentence of what took all marks: the next key is about the row under the cursor."""


class Watched(NamedTuple):
    """Edits, the sentence that says they are queued, and the one for when Planhat has them.

    ``note`` is said behind either.
    """

    ns: tuple[int, ...]
    text: str
    later: str
    note: str = ""


class Watching:
    """Tells what becomes of the edits of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._watched: Watched | None = None
        self._let_go: tuple[int, ...] = ()

    def look_for_let_go(self) -> None:
        """Tell of what arrived though it was dropped, whatever else is said by then."""
        reads, before = self._explorer.workspace.reads, self._let_go

        def look() -> tuple[tuple[int, ...], list[Entry]]:
            now = reads.let_go()
            return now, [reads.entry(n) for n in before if n not in now]

        self._explorer.ask("let go", look, lambda found: self._tell_of_let_go(*found))

    def _tell_of_let_go(self, now: tuple[int, ...], known: Sequence[Entry]) -> None:
        self._let_go = now
        for entry in known:
            if entry.state is State.DELIVERED:
                self._explorer.say(_left_so(entry), bad=True)

    def queued(self, entries: Sequence[Entry], note: str = "") -> None:
        """Say that edits are queued, and later what became of them."""
        text = queued(entries)
        self.tell(entries, text, delivered(text), note)

    def tell(self, entries: Sequence[Entry], text: str, later: str, note: str = "") -> None:
        """Say ``text`` of edits now, and ``later`` or what keeps them once that is known."""
        said = _with(text, note)
        self._explorer.say(said)
        self._watched = Watched(tuple(entry.n for entry in entries), said, later, note)
        self._explorer.call_later(self.look)  # it may have been delivered by now

    def look(self) -> None:
        """Look what became of the last edits, if their sentence still stands."""
        watched = self._watched
        if watched is None or not watched.ns or not self._stands(watched):
            return
        reads = self._explorer.workspace.reads
        self._explorer.ask(
            "watched",
            lambda: outcome(reads, watched),
            lambda told: self._settled(watched, told),
        )

    @property
    def goes_on(self) -> bool:
        """Whether the sentence on the screen is of edits that aren't settled yet."""
        watched = self._watched
        if watched is None or not watched.ns:
            return False
        return self._stands(watched)

    def _stands(self, watched: Watched) -> bool:
        """Whether its sentence is the one on the screen."""
        return self._explorer.message.said == self._explorer.keyed(watched.text)

    def _settled(self, watched: Watched, told: Told | None) -> None:
        """Say it, if nothing else has been said meanwhile."""
        stands = self._watched is watched and self._stands(watched)
        if told is None or not stands:
            return
        self._watched = watched._replace(text=told.text) if told.goes_on else None
        self._explorer.say(told.text, bad=told.bad)


class Told(NamedTuple):
    """What is to be said. ``bad``: it needs a hand. ``goes_on``: more will be known."""

    text: str
    bad: bool = False
    goes_on: bool = False


def outcome(reads: Queries, watched: Watched) -> Told | None:
    """Return what became of edits; ``None`` while nothing new is known."""
    entries = [reads.entry(n) for n in watched.ns]
    held = [entry for entry in entries if entry.state in STUCK]
    for entry in held:
        if not decides_itself(entry):
            return Told(stuck(entry), bad=True)
    if held:
        doubt = _with(unsure(held[0]), watched.note)
        return Told(doubt, goes_on=True) if doubt != watched.text else None
    left = [entry for entry in entries if left_out(entry)]
    if any(e.state is not State.DELIVERED and not left_out(e) for e in entries):
        return None
    return _left_out(left, entries, watched.note) if left else _arrived(reads, entries, watched)


def _left_out(left: Sequence[Entry], entries: Sequence[Entry], note: str) -> Told:
    """Return what somebody has changed before it was taken back."""
    told = [_left_so(entry) for entry in left[:SAID]]
    told += [f"{len(left) - SAID} more like it"] if len(left) > SAID else []
    told += ["The rest is delivered"] if len(left) < len(entries) else []
    return Told(_with("  ".join(told), note))


def _arrived(reads: Queries, entries: Sequence[Entry], watched: Watched) -> Told | None:
    calls = [e for e in entries if e.kind is Kind.CALL and e.action is Action.CREATE]
    matches = [match_of(reads, call) for call in calls]
    known = [match for match in matches if match is not None]
    if len(known) < len(matches):
        return None  # the log hasn't got an answer yet: the next change looks again
    told = literal("  ".join(map(sentence, known))) or watched.later
    reasons = dict.fromkeys(literal(visible(e.reason)) for e in entries if e.reason)
    if reasons and not any(entry.attempts for entry in entries):  # nothing of it ever left
        return Told(_with("  ".join(reasons), watched.note))
    return Told(_with("  ".join([told, *reasons]), watched.note))


def _left_so(entry: Entry) -> str:
    """Return why an edit isn't as one left it."""
    return literal(visible(f"{entry.title}: {entry.reason}"))


def _with(text: str, note: str) -> str:
    return f"{text}  {note}" if note else text
