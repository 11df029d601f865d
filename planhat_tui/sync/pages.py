"""How many records of a list are asked for at once: fewer after an answer that was too much.

What a server managed is noted with the tenant's copy, so that the next try, or the next start,
doesn't begin with the page that failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import TooMuchError
from planhat_tui.model.records import Kind
from planhat_tui.sync import plan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from planhat_tui.model.ports import Page
    from planhat_tui.store.mirror import Mirror

_STEADY: Final = 4
"""Pages that must come before one of twice the size is tried: one that fails is a call lost."""
_SLOWEST: Final = 20
"""Records that any server lists in time: if not, it's the network, and fewer won't help."""
_MOST_IN_A_ROW: Final = 3
"""Records, one behind the other, that may be too large; then the server ignores the size."""
_LEAST: Final = {Kind.COMPANY: 1, Kind.CONTACT: 2}
"""Contacts are asked for with the last one of the page before."""


class _Size(NamedTuple):
    """Records of a page, and how many pages of that size have come."""

    records: int
    come: int = 0


class PageSizes:
    """The sizes of the pages of companies and contacts, noted in a mirror."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._skipped = dict.fromkeys(_LEAST, 0)
        self._short: dict[Kind, int] = {}

    def of(self, kind: Kind) -> int:
        """Return how many records to ask for."""
        return self._noted(kind).records

    def calls(self, kind: Kind, records: int) -> int:
        """Return how many calls a list of so many records takes, as far as that's known."""
        return -(-max(records, 1) // self.of(kind))

    async def read(
        self, kind: Kind, ask: Callable[[int], Awaitable[Page]], most: int | None = None
    ) -> tuple[Page | None, int]:
        """Read a page, ``most`` records at most, or fewer where that's too much; and the size.

        ``None`` says that the first record that wasn't read yet is too large, and to be passed
        over. Raises what ``ask`` does; :class:`TooMuchError` where fewer records don't help.
        """
        while True:
            size = min(self.of(kind), most or full(kind))
            try:
                page = await ask(size)
            except TooMuchError as error:
                if self._shrinks(kind, size, slow=error.slow):
                    continue
                if error.slow or self._skipped[kind] >= _MOST_IN_A_ROW:
                    raise
                self._skipped[kind] += 1
                return None, size
            self._came(kind)
            return page, size

    def follow(self, kind: Kind, size: int, came: int, *, goes_on: bool) -> None:
        """Learn from pages, one after the other, how many records a server gives at once.

        One that had fewer than the ``size`` asked for was clamped if the list ``goes_on``: if the
        page behind it holds something that wasn't there yet. Else it was the last one.
        """
        short = self._short.pop(kind, 0)
        if short and goes_on and short < self.of(kind):
            self._note(kind, _Size(max(_LEAST[kind], short)))
        if came < size:
            self._short[kind] = came

    def _shrinks(self, kind: Kind, size: int, *, slow: bool) -> bool:
        """Note a smaller size, if there is one. A slow answer costs a minute: fewer tries."""
        least = _SLOWEST if slow else _LEAST[kind]
        if size <= least:
            return False
        self._note(kind, _Size(max(least, size // (4 if slow else 2))))
        return True

    def _came(self, kind: Kind) -> None:
        """Note that a page came: at times it's worth a try whether more come again."""
        now, most = self._noted(kind), full(kind)
        if self._skipped[kind]:  # what was too large is behind
            self._skipped[kind] = 0
            self._note(kind, _Size(most))
        elif now.records < most:
            steady = now.come + 1 >= _STEADY
            self._note(kind, _Size(min(most, 2 * now.records)) if steady else _more(now))

    def _noted(self, kind: Kind) -> _Size:
        noted = self._mirror.noted(f"{kind}_page")
        if not noted:
            return _Size(full(kind))
        records, come = map(int, noted.split())
        return _Size(min(records, full(kind)), come)

    def _note(self, kind: Kind, size: _Size) -> None:
        told = "" if size.records >= full(kind) else f"{size.records} {size.come}"
        self._mirror.note(f"{kind}_page", told)


def _more(size: _Size) -> _Size:
    return size._replace(come=size.come + 1)


def full(kind: Kind) -> int:
    """Return how many records a page has where nothing is too much."""
    return plan.COMPANY_PAGE if kind is Kind.COMPANY else plan.CONTACT_PAGE
