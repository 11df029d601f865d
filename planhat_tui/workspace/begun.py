"""Calls that were begun, or told, and aren't saved yet: drafts, by whom they are with.

They stand on the disk with each key press, so that they are there again after a restart. Whom a
call is with may get another id meanwhile, or go: it stays the same call.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import InputError
from planhat_tui.model.calls import CallTimer, Stage, parse_iso, parse_waiting
from planhat_tui.model.records import Kind, map_of, text_of
from planhat_tui.model.text import visible
from planhat_tui.workspace.unsaved import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from planhat_tui.model.values import Json
    from planhat_tui.store.tenant import TenantStore

RUNNING: Final = "running call:"
ENDED: Final = "ended call:"
"""How the keys begin; then the contact's id, or the company's. A call that ran isn't one that is
told afterwards."""
TOLD: Final = ("talk", "waiting", "start", "end", "note")
"""What a person tells of a call, beside what its form is filled with."""
TYPED_AT: Final = "typed_at"
"""Where a draft has the moment at which its form was opened, in ISO form; of a call that runs, the
moment of its last key press.

One that is taken up again keeps it: a call that had ended by then didn't end later.
"""
PARTNER: Final = "partner"
"""Where a draft has whom it's with, beside what is typed."""


class Partner(NamedTuple):
    """With whom a call is. Any of them may be empty."""

    company_id: str = ""
    company_name: str = ""
    contact_id: str = ""
    name: str = ""
    phone: str = ""

    @property
    def key(self) -> str:
        """By what the call is told from others: the contact's id, else the company's."""
        return self.contact_id or self.company_id

    @property
    def whom(self) -> str:
        """The name for a sentence: the person's, else the company's."""
        return visible(self.name or self.company_name) or "somebody"


class Begun(NamedTuple):
    """A call that isn't saved. ``draft`` is what the form keeps; ``finished``: it had ended."""

    partner: Partner
    draft: Mapping[str, Json]
    finished: bool

    @property
    def key(self) -> str:
        """Under which key its draft is kept."""
        return key_of(self.partner, finished=self.finished)

    @property
    def timer(self) -> CallTimer | None:
        """The timer of a call that goes on; ``None`` if none does."""
        timer = None if self.finished else timer_of(self.draft)
        goes_on = timer is not None and timer.stage in {Stage.RINGING, Stage.TALKING}
        return timer if goes_on else None

    @property
    def is_left(self) -> bool:
        """Whether something is told of it, no timer of it runs, and it isn't saved."""
        return self.timer is None and any(self.draft.get(name) for name in TOLD)

    @property
    def when(self) -> datetime | None:
        """When it was, as far as that is told; else when it was typed."""
        texts = (text_of(self.draft, name) for name in ("start", "end", TYPED_AT))
        return next((moment for text in texts if (moment := parse_iso(text))), None)


class BegunCalls:
    """Those of one tenant. ``told`` is called when one is no longer there."""

    def __init__(self, store: TenantStore, told: Callable[[], None]) -> None:
        self._store = store
        self._told = told

    def followed(self, partner: Partner) -> Partner:
        """Return a partner by the ids that contact and company have by now."""
        now_called = self._store.outbox.now_called
        return partner._replace(
            contact_id=now_called(Kind.CONTACT, partner.contact_id),
            company_id=now_called(Kind.COMPANY, partner.company_id),
        )

    def keep(self, partner: Partner, draft: Mapping[str, Json], *, finished: bool) -> None:
        """Keep what is typed of a call."""
        partner = self.followed(partner)
        kept: dict[str, Json] = {PARTNER: partner._asdict()}
        with self._store.at_once():
            self._drop(partner, finished=finished)
            self._store.drafts.save(key_of(partner, finished=finished), {**draft, **kept})

    def load(self, partner: Partner, *, finished: bool) -> Mapping[str, Json] | None:
        """Return what was kept of a call, ``None`` if nothing is."""
        keys = self._keys(self.followed(partner), finished=finished)
        return self._store.drafts.load(keys[0]) if keys else None

    def drop(self, partner: Partner, *, finished: bool) -> None:
        """Forget a call: it's saved, or dropped."""
        self._drop(self.followed(partner), finished=finished)
        self._store.once_written(self._told)

    def list(self) -> tuple[Begun, ...]:
        """Return all of them, those that went on first."""
        found = []
        for start in (RUNNING, ENDED):
            for key in self._store.drafts.keys(start):
                draft = self._store.drafts.load(key) or {}
                if PARTNER in draft:
                    partner = self.followed(_partner_of(draft))
                    found.append(Begun(partner, draft, start == ENDED))
        return tuple(found)

    def called(self, key: str) -> Begun | None:
        """Return the call whose draft had a key: its contact may have another id by now.

        ``None`` if it's there no more.
        """
        for one in self.list():
            start, kind = _start(finished=one.finished), _kind_of(one.partner)
            partner = self._store.outbox.now_called(kind, key.removeprefix(start))
            if key.startswith(start) and partner == one.partner.key:
                return one
        return None

    def _drop(self, partner: Partner, *, finished: bool) -> None:
        for key in self._keys(partner, finished=finished):
            self._store.drafts.drop(key)

    def _keys(self, partner: Partner, *, finished: bool) -> tuple[str, ...]:
        start = _start(finished=finished)
        return keys_of(self._store, start, _kind_of(partner), partner.key)


def is_of_call(key: str) -> bool:
    """Tell whether the draft that is kept under a key is a call's."""
    return key.startswith((RUNNING, ENDED))


def key_of(partner: Partner, *, finished: bool) -> str:
    """Return the key under which the draft of a call is kept."""
    return _start(finished=finished) + partner.key


def timer_of(draft: Mapping[str, Json]) -> CallTimer | None:
    """Return the timer that a draft tells of; ``None`` if it has no start."""
    start, waiting, end = (str(draft.get(name) or "") for name in ("start", "waiting", "end"))
    rang = parse_iso(start)
    if rang is None:
        return None
    ended = answered = parse_iso(end)
    if waiting:
        with contextlib.suppress(InputError):  # it's no time yet
            answered = rang + timedelta(seconds=parse_waiting(waiting))
    return CallTimer(rang, answered, ended)


def _partner_of(draft: Mapping[str, Json]) -> Partner:
    known = map_of(draft, PARTNER)
    return Partner(**{name: text_of(known, name) for name in Partner._fields})


def _kind_of(partner: Partner) -> Kind:
    return Kind.CONTACT if partner.contact_id else Kind.COMPANY


def _start(*, finished: bool) -> str:
    return ENDED if finished else RUNNING
