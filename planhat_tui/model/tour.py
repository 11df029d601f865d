"""The guided tour of the practice data: five jobs, each done by doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planhat_tui.model.outbox import Entry

FIELD: Final = "phase"
"""The field that the tour has changed, and that a colleague changes at the same time."""

THEIRS: Final = ("at risk", "renewal")
MINE: Final = ("lost", "won")
"""What the colleague sets it to, and the person: the first that it isn't already."""


class Seen(NamedTuple):
    """What has happened since a step began.

    ``found``: the list shows what was looked for, and has the focus. ``edits`` are those made from
    here. ``conflicts`` are the ids of records that wait for a decision, ``met`` whether any did.
    """

    found: bool = False
    edits: tuple[Entry, ...] = ()
    conflicts: frozenset[str] = frozenset()
    met: bool = False


class Step(NamedTuple):
    """One job. ``words`` name keys in braces, and ``{company}`` and ``{value}`` if it has them."""

    name: str
    words: str
    done: Callable[[Seen], bool]


def _found(seen: Seen) -> bool:
    return seen.found


def _edited(seen: Seen) -> bool:
    return any(_changes(one, FIELD) for one in seen.edits)


def _called(seen: Seen) -> bool:
    return any(one.kind is Kind.CALL and one.action is Action.CREATE for one in seen.edits)


def _tagged(seen: Seen) -> bool:
    return len({one.record_id for one in seen.edits if _changes(one, "tags")}) > 1


def _settled(seen: Seen) -> bool:
    return seen.met and not seen.conflicts


def _changes(entry: Entry, field: str) -> bool:
    return entry.kind is Kind.COMPANY and any(change.field == field for change in entry.changes)


STEPS: Final = (
    Step("find", "{find}, then acme, then Enter: any piece of a name, domain or phone.", _found),
    Step(
        "edit",
        "{field}, then phase, Enter, won, Enter. It is on disk before you see it.",
        _edited,
    ),
    Step("call", "{log_call} logs a call that just ended: its minutes, then {save}.", _called),
    Step(
        "many at once",
        "{companies} for the list, {mark} on three rows, then {tags}, tour, {save}.",
        _tagged,
    ),
    Step(
        "conflict",
        "A colleague has just set the phase of {company}. Set it too: {field}, phase, Enter, "
        "{value}, Enter.",
        _settled,
    ),
)
"""The steps in their order; a tour is over when the last is done."""

MET: Final = (
    "Yours isn't sent over theirs. {outbox}, then Enter on {company}; 1, 2 or 3 says which stands."
)
"""What stands instead of the last step once the conflict is there."""

OVER: Final = "That was the tour. {undo} takes the last edit back, {help} shows all keys."


def other(values: Iterable[str], now: object) -> str:
    """Return the first of some values that isn't the one of now."""
    return next(one for one in values if one != now)


def missed(seen: Seen, company: str) -> bool:
    """Whether the edit of a company went through: its copy was so new that nobody looked again."""
    return not seen.met and any(
        _changes(one, FIELD) and one.record_id == company and one.state is State.DELIVERED
        for one in seen.edits
    )


def sentence(words: str, keys: Mapping[str, str], company: str = "", value: str = "") -> str:
    """Return a step's words with the keys as a person has them."""
    return words.format_map({**keys, "company": company, "value": value})


def next_step(at: int, seen: Seen) -> int:
    """Return the step that is to be done, given the one before and what has happened since."""
    return at + 1 if at < len(STEPS) and STEPS[at].done(seen) else at


def since(entries: Iterable[Entry], n: int) -> tuple[Entry, ...]:
    """Return the edits that were made after the one with number ``n``."""
    return tuple(one for one in entries if one.n > n)
