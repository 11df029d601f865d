"""What of the outbox can go next, and what an answer means for it. Pure.

Order per record is kept; edits of one record that wait together go as one request. An edit that is
parked (refused, in conflict, held) blocks its own fields only, of later edits too: those are split
(:func:`splits`), so that their other fields go; one that isn't sure blocks all that goes under the
same keys of the body, such as every custom field; a create that isn't done, its record and its
company's contacts. A deletion that stays here (:func:`past_deletions`) blocks nothing. Across
records the steps take turns, one request each: what one key press did isn't kept waiting by the
hundreds of edits of another.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import ForbiddenError, NotFoundError, PlanhatTuiError, TokenError
from planhat_tui.model import outcomes
from planhat_tui.model.edits import SAY_ONE, fold, sent_under
from planhat_tui.model.outbox import ALREADY_GONE, Action, State
from planhat_tui.model.outcomes import READ_BACK
from planhat_tui.model.records import NEW_ID_PREFIX, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.model.edits import Change
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json

BY_SOMEBODY_ELSE: Final = "It was deleted by somebody else."

_PARKED: Final = frozenset({State.REFUSED, State.CONFLICT, State.HELD, State.NOT_SURE})


class WithdrawnError(Exception):
    """What was to be sent isn't any more: somebody changed its state, or another process sends."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes as one request. ``again`` says that part of it may have been sent before.

    ``turn`` counts the requests of its own step that go before it.
    """

    kind: Kind
    action: Action
    record_id: str
    entries: tuple[Entry, ...]
    again: bool
    turn: int = 0

    @property
    def ns(self) -> tuple[int, ...]:
        """The numbers of its entries."""
        return tuple(entry.n for entry in self.entries)

    @property
    def record(self) -> tuple[Kind, str]:
        """The record that it is about."""
        return self.kind, self.record_id

    @property
    def changes(self) -> tuple[Change, ...]:
        """What an update changes, folded."""
        return fold(change for entry in self.entries for change in entry.changes)

    @property
    def body(self) -> Mapping[str, Json]:
        """What a create sends; of a deletion, the record as it stood."""
        return self.entries[0].body or {}


def past_deletions(entries: Iterable[Entry], barred: Callable[[Entry], str]) -> tuple[Entry, ...]:
    """Return these without the deletions that stay here: refused, held, or kept by a guardrail.

    ``barred`` says why guardrails keep an edit here, empty if they don't.
    """
    return tuple(entry for entry in entries if not _stays(entry, barred))


def _stays(entry: Entry, barred: Callable[[Entry], str]) -> bool:
    if entry.action is not Action.DELETE:
        return False
    kept = entry.state is State.QUEUED and barred(entry)
    return bool(kept) or entry.state in {State.REFUSED, State.HELD}


def parcels(entries: Iterable[Entry]) -> tuple[Parcel, ...]:
    """Return what can go now, at most one parcel for each record, one of each step in a turn.

    Within a turn the oldest is first.
    """
    found = (_parcel(queue) for queue in _by_record(entries).values())
    return _in_turns(sorted((p for p in found if p is not None), key=lambda p: p.ns[0]))


def splits(entries: Iterable[Entry]) -> tuple[tuple[Entry, frozenset[str]], ...]:
    """Return the updates of which a part alone is kept back, each with the fields that can go."""
    return tuple(
        (entry, frozenset(can_go))
        for record, queue in _by_record(entries).items()
        if not _is_new(record[1]) and all(one.state is not State.SENDING for one in queue)
        for entry, can_go in _updates(queue).parts
    )


def _by_record(entries: Iterable[Entry]) -> dict[tuple[Kind, str], list[Entry]]:
    records: dict[tuple[Kind, str], list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.place, entry.n)):
        records.setdefault((entry.kind, entry.record_id), []).append(entry)
    return records


def _in_turns(oldest_first: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """Order parcels by turns: one that serves several steps goes in the first turn of any."""
    taken: Counter[str] = Counter()
    found: list[Parcel] = []
    for parcel in oldest_first:
        steps = {entry.step or f"edit {entry.n}" for entry in parcel.entries}
        found.append(replace(parcel, turn=min(taken[step] for step in steps)))
        taken.update(steps)
    return tuple(sorted(found, key=lambda parcel: parcel.turn))


def _parcel(queue: Sequence[Entry]) -> Parcel | None:
    if any(entry.state is State.SENDING for entry in queue):
        return None
    first = queue[0]
    if first.action is Action.CREATE:
        waits = _is_new((first.body or {}).get("companyId"))
        return None if waits or first.state is not State.QUEUED else _pack([first])
    if first.record_id.startswith(NEW_ID_PREFIX):
        return None
    updates = _updates(queue)
    if updates.ready:
        return _pack(updates.ready)
    delete = next((entry for entry in queue if entry.action is Action.DELETE), None)
    if delete is not None and delete.state is State.QUEUED and not updates.keeps:
        return _pack([delete])
    return None


class _Updates(NamedTuple):
    """A record's updates: those that can go together, and those of which a part can.

    ``keeps``: something is kept back.
    """

    ready: list[Entry]
    parts: list[tuple[Entry, set[str]]]
    keeps: bool


def _updates(queue: Sequence[Entry]) -> _Updates:
    """Tell what of a record's updates can go.

    One that may have arrived before goes without later edits of its fields: what has arrived is
    known by its own value, not by what came after. One that isn't sure keeps back all that goes
    under its keys, later or not: it may still land, and a custom field lands with the whole map.
    What of an update can go waits until the update is split, and later edits of it wait behind it.
    """
    ready: list[Entry] = []
    parts: list[tuple[Entry, set[str]]] = []
    blocked: set[str] = set()
    unsplit: set[str] = set()
    tried = {key for entry in queue if entry.state is State.NOT_SURE for key in keys_of(entry)}
    for entry in queue:
        if entry.action is not Action.UPDATE:
            break
        fields = {change.field for change in entry.changes}
        waits = any(c.field == "companyId" and _is_new(c.after) for c in entry.changes)
        if waits or entry.state in _PARKED:
            blocked |= fields
            continue
        kept = {field for field in fields if field in blocked or sent_under(field) in tried}
        if kept & SAY_ONE:  # they say one thing
            kept |= fields & SAY_ONE
        can_go = fields - kept
        blocked |= kept
        if kept and can_go:
            parts.append((entry, can_go))
            unsplit |= can_go
        elif can_go and not can_go & unsplit:
            ready.append(entry)
        else:
            unsplit |= can_go
        tried |= {sent_under(field) for field in can_go} if entry.attempts else set()
    return _Updates(ready, parts, bool(blocked or unsplit))


def keys_of(entry: Entry) -> set[str]:
    """Return the keys of the body under which an update is sent."""
    return {sent_under(change.field) for change in entry.changes}


def _is_new(company_id: Json) -> bool:
    """Tell whether this names a company that Planhat doesn't have yet."""
    return isinstance(company_id, str) and company_id.startswith(NEW_ID_PREFIX)


def _pack(entries: Sequence[Entry]) -> Parcel:
    first = entries[0]
    again = any(entry.attempts for entry in entries)
    return Parcel(first.kind, first.action, first.record_id, tuple(entries), again)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a parcel that failed.

    ``pause``: nothing else should be sent now. ``alone``: unless it is this record alone.
    """

    state: State
    reason: str
    pause: bool = False
    alone: bool = False


def stops_all(error: PlanhatTuiError) -> bool:
    """Tell whether an error concerns every request, whichever record it is about."""
    return outcomes.may_resend(error) or isinstance(error, TokenError | ForbiddenError)


def outcome(
    error: PlanhatTuiError,
    action: Action,
    kind: Kind = Kind.COMPANY,
    *,
    sent: bool = True,
    gone: str = BY_SOMEBODY_ELSE,
) -> Outcome:
    """Tell what an error means for an edit: ``sent`` or, as far as was read for it, not yet.

    ``gone`` says who has deleted the record of an update or a deletion, if it is gone.
    """
    if stops_all(error):
        return Outcome(State.QUEUED, str(error), pause=True)
    if isinstance(error, NotFoundError):
        if action is Action.DELETE:
            told = "" if gone == BY_SOMEBODY_ELSE else gone
            return Outcome(State.DELIVERED, f"{ALREADY_GONE}  {told}".rstrip())
        return Outcome(State.REFUSED, gone if action is Action.UPDATE else str(error))
    if outcomes.outcome_of(error) is not outcomes.Outcome.UNKNOWN:
        return Outcome(State.REFUSED, str(error))
    if not sent:
        return Outcome(State.QUEUED, error.message, pause=True, alone=True)
    found_out = action is not Action.CREATE or kind is not Kind.CALL
    return Outcome(State.NOT_SURE, f"{error.message}  {READ_BACK}" if found_out else str(error))
