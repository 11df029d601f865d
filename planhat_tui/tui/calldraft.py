"""From what is typed into the call form to a call: which times follow from which.

The form has minutes, waiting, start and end; two of them give the third. Nothing known about the
times: none is sent (API reference 2016, "Calls": waiting + talk = end - start).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from planhat_tui.errors import InputError
from planhat_tui.model import calls
from planhat_tui.model.calls import CallDraft, CallTimer, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from planhat_tui.model.values import Json

T = TypeVar("T")

TIMES: Final = ("start", "end")
"""The fields that hold a moment."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The texts of the form. Empty texts are unknown."""

    nr: str = ""
    agent: str = ""
    talk: str = ""
    waiting: str = ""
    start: str = ""
    end: str = ""
    note: str = ""


def draft_of(typed: Typed, now: datetime, *, over: datetime | None) -> CallDraft:
    """Return the call; its rules aren't checked yet.

    ``over`` is when one that has ended did, unless the texts say it; ``None`` for one that goes on.
    Raises :class:`InputError` with the form's field: ``talk``, ``waiting``, ``start``, ``end``.
    """
    waiting = _at("waiting", calls.parse_waiting, typed.waiting) if typed.waiting.strip() else None
    start = _when("start", typed.start, now)
    end = _when("end", typed.end, now)
    draft = CallDraft(
        nr=typed.nr.strip(),
        external_user_id=typed.agent.strip(),
        start=start,
        end=end,
        waiting=waiting,
        note=typed.note.strip(),
    )
    if not typed.talk.strip():
        return draft
    talk = _at("talk", calls.parse_duration, typed.talk)
    return _with_talk(draft, talk, over)


def at_save(typed: Typed, timer: CallTimer, now: datetime) -> Typed:
    """Return the texts of a call that is saved while its timer runs.

    A talk ends now. Minutes of 0 while it rings: nobody answered, so it has rung until now.
    """
    if typed.end.strip():
        return typed
    if timer.stage is Stage.TALKING and not typed.talk.strip():
        return replace(typed, end=stamp(now, now))
    if timer.stage is Stage.RINGING and _is_nothing(typed.talk) and not typed.waiting.strip():
        return replace(typed, waiting=f"{timer.waiting(now) // timedelta(seconds=1)}")
    return typed


def check_told(draft: CallDraft, timer: CallTimer, stamps: str, *, finished: bool) -> None:
    """Raise :class:`InputError`, with the form's field, if the form doesn't know the call's times.

    Planhat would take the call without any, which nobody means who opens a form. ``stamps`` is the
    key that ends a stage.
    """
    if draft.start is not None and draft.end is not None:
        return
    if finished:
        raise InputError(
            "How many minutes?", "Type 5, 90s or 1h5m; 0 if nobody answered", field="talk"
        )
    if draft.start is None:
        raise InputError("When did it start?", "Type 14:05 or -10m", field="start")
    if timer.stage is Stage.RINGING:
        raise InputError(
            "It still rings.",
            f"{stamps} when somebody answers; type 0 if nobody did",
            field="talk",
        )
    raise InputError("When did it end?", "Type 14:05 or now", field="end")


def stamp(moment: datetime, now: datetime) -> str:
    """Return a moment as the form shows it: ``14:05:20``, with the date where it isn't today's.

    What the clock shows for the second time has its zone: else it would be read as the first.
    """
    local = moment.astimezone(now.tzinfo)
    if local.fold:
        return local.isoformat(" ", timespec="seconds")
    whole = local.replace(tzinfo=None).isoformat(" ", timespec="seconds")
    return whole.partition(" ")[2] if local.date() == now.date() else whole


def at_clock(text: str, now: datetime) -> str:
    """Return what is told from now on, ``now`` or ``-10m``, as the clock's time; the rest as it is.

    It would mean another moment with each minute that goes by.
    """
    words = text.strip()
    if words.casefold() == "now" or words.startswith("-"):
        with contextlib.suppress(InputError):
            return stamp(calls.parse_when(words, now=now), now)
    return text


def kept(typed: Typed, now: datetime) -> dict[str, Json]:
    """Return what a draft keeps: the texts, and moments whole, since ``14:05`` is tomorrow's soon.

    A text that is no time yet stays as it is.
    """
    texts: dict[str, Json] = {field.name: getattr(typed, field.name) for field in fields(typed)}
    for name in TIMES:
        with contextlib.suppress(InputError):
            texts[name] = calls.parse_when(getattr(typed, name), now=now).isoformat()
    return texts


def recalled(draft: Mapping[str, Json], now: datetime) -> Typed:
    """Return the texts of a draft, its moments as the form shows them."""
    texts = {field.name: str(draft.get(field.name) or "") for field in fields(Typed)}
    for name in TIMES:
        moment = calls.parse_iso(texts[name])
        if moment is not None:
            texts[name] = stamp(moment, now)
    return Typed(**texts)


def _with_talk(draft: CallDraft, talk: timedelta, over: datetime | None) -> CallDraft:
    """Complete start and end from the talk time."""
    if draft.start is not None and draft.end is None:
        wait = timedelta(seconds=draft.waiting or 0)
        return draft._replace(end=draft.start + wait + talk)
    end = draft.end or over
    if end is None or draft.start is not None:
        return draft
    start, end = calls.finished(end, talk, draft.waiting)
    return draft._replace(start=start, end=end)


def _is_nothing(talk: str) -> bool:
    """Tell whether the talk is typed as none at all."""
    with contextlib.suppress(InputError):
        return calls.parse_duration(talk) == timedelta()
    return False


def _when(field: str, text: str, now: datetime) -> datetime | None:
    if not text.strip():
        return None
    return _at(field, lambda value: calls.parse_when(value, now=now), text)


def _at(field: str, parse: Callable[[str], T], text: str) -> T:
    """Parse, and say at which field it fails."""
    try:
        return parse(text)
    except InputError as error:
        raise InputError(error.message, error.advice, field=field) from None
