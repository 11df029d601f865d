"""What has been learned of a server, kept with the tenant's copy."""

from __future__ import annotations

import asyncio
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
"""Seconds after which a server that couldn't do something is asked again: it may have been renewed,
or one odd answer was taken for its habit."""
_ASKED_OF: Final = 13
"""Companies that the question is made of: some that were made here may be left out."""
_BY_EDITION: Final = ("contacts_at", "contacts_complete", "contacts_check", "contacts_read")
"""What is noted of the list of contacts, which each edition gives in another way."""
TRUSTED_FOR: Final = 300.0
"""Seconds for which a probe is believed rather than an answer that contradicts it, or a person who
wants all to be read anew."""


class Learned:
    """The edition and the abilities of one tenant's server.

    ``dialect`` is what the profile says: ``seed`` and ``modern`` are believed, ``auto`` is probed.
    """

    def __init__(self, mirror: Mirror, dialect: str, wall: Callable[[], float]) -> None:
        self._mirror = mirror
        self._wall = wall
        self._auto = dialect not in {"seed", "modern"}
        if not self._auto:
            self._speaks(dialect)

    @property
    def edition(self) -> str:
        """``seed``, ``modern``, or empty while it isn't known."""
        return self._mirror.noted("edition")

    @property
    def abilities(self) -> Abilities:
        """What is known."""
        return Abilities.from_text(self._mirror.noted("abilities"))

    @property
    def gives_all_at_once(self) -> bool:
        """Whether lists are to hold all there is, whatever is asked for, as in the 2016 edition.

        A server that may not list companies, or failed to once, may well give contacts in pages.
        """
        return self.edition == "seed" and self.abilities.offset is not True

    @property
    def probe_is_due(self) -> bool:
        """Whether the server is to be asked what it can do: once, and again what it couldn't."""
        known = self.abilities
        lacks = known.lists is not True or bool(known.lacking)
        return self._auto and lacks and self._age_of("probed_at") > PROBE_EVERY

    @property
    def takes_lists(self) -> bool:
        """Whether many changes may go as one list: not where such a call was just unknown."""
        return self._age_of("bulk_refused_at") > PROBE_EVERY

    def takes_no_lists(self) -> None:
        """Note that the server knows no call that changes many records."""
        self._mirror.note("bulk_refused_at", str(self._wall()))

    def doubt(self) -> None:
        """Ask soon again for what the server couldn't do: a person reads anew."""
        if self.abilities.lacking and self._age_of("probed_at") > TRUSTED_FOR:
            self._mirror.note("probed_at", "")
        if PROBE_EVERY > self._age_of("bulk_refused_at") > TRUSTED_FOR:
            self._mirror.note("bulk_refused_at", "")

    async def probe(self, api: Planhat) -> None:
        """Ask once. A server that chokes on the question is judged by its lists as they come."""
        ids = await asyncio.to_thread(self._mirror.some_company_ids, _ASKED_OF)
        asked = probe.question(ids)
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
        self._mirror.note("abilities", self.abilities.asked_again(found).to_text())
        self._mirror.note("probed_at", str(self._wall()))
        if found.lists is not None:
            self._speaks("modern" if found.lists else "seed")

    def learn(self, **abilities: bool) -> None:
        """Note what an answer has proved."""
        known = self.abilities
        learned = known._replace(**abilities)
        if learned != known:
            self._mirror.note("abilities", learned.to_text())

    def has_no_lists(self) -> None:
        """Note that a list was refused: the server has none, or a probe shall say what it has."""
        if self._auto and self._age_of("probed_at") > TRUSTED_FOR:
            self._mirror.note("abilities", "")
            self._mirror.note("probed_at", "")
        else:
            self.learn(lists=False)
            self._speaks("seed")

    def _speaks(self, edition: str) -> None:
        """Note the edition. What was read of the contacts by another's rules may not be all."""
        before = self.edition
        if before == edition:
            return
        for key in _BY_EDITION if before else ():
            self._mirror.note(key, "")
        self._mirror.note("edition", edition)

    def _age_of(self, moment: str) -> float:
        """Seconds since something was noted; endless if it wasn't, or by a clock that was wrong."""
        noted = self._mirror.noted(moment)
        age = self._wall() - float(noted) if noted else float("inf")
        return age if age >= 0 else float("inf")
