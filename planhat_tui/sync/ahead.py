"""Reading ahead for deletions: what comes next of them is read by one list, if that is cheaper.

Each record is read before it is deleted, and a reading holds for seconds. So of thousands that are
to go, those that can go in these seconds are read together, and then the next ones.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import PlanhatTuiError, StorageError
from planhat_tui.model.outbox import Action
from planhat_tui.model.records import Kind
from planhat_tui.sync.delivery import stops_all
from planhat_tui.sync.gathering import IDS_OF_A_CALL, Way
from planhat_tui.sync.leaving import is_fresh

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from planhat_tui.model.records import Received
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.aside import Record
    from planhat_tui.sync.delivery import Parcel
    from planhat_tui.sync.gathering import Gathering
    from planhat_tui.sync.learned import Learned

_GO_MEANWHILE: Final = 5
"""Deletions that leave while a reading holds, at the least: one a second. A list that takes more
calls than these isn't worth its calls."""


class _Read(NamedTuple):
    """What a list was to have, what it had, and when that came, in seconds since the epoch."""

    wanted: Collection[str]
    records: Mapping[str, Received]
    at: float


_NOTHING: Final = _Read((), {}, float("-inf"))


class Ahead:
    """Reads what is to be deleted. ``wall`` gives seconds since the epoch."""

    def __init__(
        self,
        store: TenantStore,
        wall: Callable[[], float],
        *,
        gathering: Gathering,
        learned: Learned,
    ) -> None:
        self._store = store
        self._wall = wall
        self._gathering = gathering
        self._learned = learned
        self._next: list[Parcel] = []
        self._places: dict[Record, int] = {}
        self._read: dict[Kind, _Read] = {}
        self._without_lists: set[Kind] = set()

    def expect(self, parcels: Iterable[Parcel]) -> None:
        """Know what goes next, in its order."""
        self._next = [one for one in parcels if one.action is Action.DELETE]
        self._places = {one.record: place for place, one in enumerate(self._next)}
        self._without_lists.clear()

    def known(self, parcel: Parcel) -> tuple[Received, float] | None:
        """Return a record as a list had it just now, and when; ``None`` if none had it."""
        read = self._listed(parcel)
        record = read.records.get(parcel.record_id)
        return None if record is None else (record, read.at)

    async def read(self, parcel: Parcel) -> tuple[Received, float] | None:
        """Read a record together with those that are deleted next; return it as :meth:`known`.

        ``None`` where a list isn't cheaper, fails, or lacks it: then it is read alone. Raises what
        concerns every request.
        """
        kind = parcel.kind
        if parcel.record_id in self._listed(parcel).wanted or not self._has_lists(kind):
            return None
        wanted = self._gathering.wanted(kind, self._coming(parcel))
        way, calls = self._gathering.reading(kind, wanted)
        if way is Way.EACH or calls > _GO_MEANWHILE:
            return None
        asked_at = self._wall()
        try:
            there = await self._gathering.records(kind, wanted, way)
        except StorageError:
            raise
        except PlanhatTuiError as error:
            if stops_all(error):
                raise
            self._without_lists.add(kind)
            return None
        self._read[kind] = _Read(wanted, there, self._wall())
        self._store.take_in(kind, [*there.values()], asked_at)
        return self.known(parcel)

    def _listed(self, parcel: Parcel) -> _Read:
        """Return what was read by a list of its kind, as long as that holds."""
        read = self._read.get(parcel.kind, _NOTHING)
        return read if is_fresh(read.at, self._wall()) else _NOTHING

    def _has_lists(self, kind: Kind) -> bool:
        has = kind is not Kind.CALL and self._learned.edition == "modern"
        return has and kind not in self._without_lists

    def _coming(self, parcel: Parcel) -> list[str]:
        """Return the ids of a deletion and of those of its kind that come next."""
        first = self._places.get(parcel.record)
        if first is None:
            return [parcel.record_id]
        alike = (p.record_id for p in islice(self._next, first, None) if p.kind is parcel.kind)
        return list(islice(alike, IDS_OF_A_CALL))
