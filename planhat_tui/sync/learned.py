"""What has been learned of a server, kept with the tenant's copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import UnknownOutcomeError
from planhat_tui.model.abilities import Abilities
from planhat_tui.model.limits import Lane
from planhat_tui.sync import probe

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.ports import Planhat
    from planhat_tui.store.mirror import Mirror

PROBE_EVERY: Final = 86_400.0
"""Seconds after which a server that could do nothing is asked again: it may have been renewed."""
TRUSTED_FOR: Final = 300.0
"""Seconds for which a probe is believed rather than an answer that contradicts it."""


class Learned:
    """The edition and the abilities of one tenant's server.

    ``dialect`` is what the profile says: ``seed`` and ``modern`` are believed, ``auto`` is probed.
    """

    def __init__(self, mirror: Mirror, dialect: str, wall: Callable[[], float]) -> None:
        self._mirror = mirror
        self._wall = wall
        self._auto = dialect not in {"seed", "modern"}
        if not self._auto and mirror.noted("edition") != dialect:
            mirror.note("edition", dialect)

    @property
    def edition(self) -> str:
        """``seed``, ``modern``, or empty while it isn't known."""
        return self._mirror.noted("edition")

    @property
    def abilities(self) -> Abilities:
        """What is known."""
        return Abilities.from_text(self._mirror.noted("abilities"))

    @property
    def probe_is_due(self) -> bool:
        """Whether the server is to be asked what it can do: once, and again where it's doubted."""
        return self._auto and self.abilities.lists is not True and self._age > PROBE_EVERY

    async def probe(self, api: Planhat) -> None:
        """Ask once. A server that chokes on the question is judged by its lists as they come."""
        asked = probe.question(self._mirror.company_ids())
        try:
            page = await api.companies(
                limit=probe.LIMIT,
                offset=probe.OFFSET,
                sort=probe.SORT,
                select=probe.SELECT,
                company_ids=asked.company_ids,
                lane=Lane.BACKGROUND,
            )
            piece = next(iter(page.slices()), None)
            found = probe.judge(asked, piece.records if piece else ())
        except probe.NO_SUCH_LIST:
            found = Abilities(lists=False)
        except UnknownOutcomeError:
            found = Abilities()
        self._mirror.note("abilities", found.to_text())
        self._mirror.note("probed_at", str(self._wall()))
        if found.lists is not None:
            self._mirror.note("edition", "modern" if found.lists else "seed")

    def learn(self, **abilities: bool) -> None:
        """Note what an answer has proved."""
        known = self.abilities
        learned = replace(known, **abilities)
        if learned != known:
            self._mirror.note("abilities", learned.to_text())

    def has_no_lists(self) -> None:
        """Note that a list was refused: the server has none, or a probe shall say what it has."""
        if self._auto and self._age > TRUSTED_FOR:
            self._mirror.note("abilities", "")
            self._mirror.note("probed_at", "")
            self._mirror.note("edition", "")
        else:
            self.learn(lists=False)
            self._mirror.note("edition", "seed")

    @property
    def _age(self) -> float:
        """Seconds since the last probe; endless if there was none."""
        noted = self._mirror.noted("probed_at")
        return self._wall() - float(noted) if noted else float("inf")
