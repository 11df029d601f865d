"""Phone calls before they are logged: times, their arithmetic, and the timer of a call now.

API reference 2016, "Calls": ``waiting + talk_duration = end - start``; ``nr`` and
``externalUserId`` are required.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import InputError
from planhat_tui.model.days import placed, spoken
from planhat_tui.model.records import number_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from planhat_tui.model.values import Json, Raw

TIMES: Final = frozenset({"start", "end", "waiting"})
"""The fields of a call that have to go together."""
CLOCKS_APART: Final = timedelta(minutes=1)
"""So far may a call's end be ahead: clocks differ, and seconds are rounded."""

LONG: Final = timedelta(hours=4)
"""A call of which a time is guessed isn't logged unasked if it would be longer."""
LONGEST: Final = timedelta(days=7)
"""More than this is a slip of the finger, in what is typed of a talk or of waiting."""
SECONDS: Final = "seconds, 90s, 5m"
"""How waiting is typed: a bare number means seconds there, unlike minutes of talk."""

_MARGIN = timedelta(days=31)
_LONGEST_WORD = 40
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DURATION = re.compile(r"(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+)\s*s)?", re.IGNORECASE)


class CallDraft(NamedTuple):
    """A call as it is filled in. ``start`` and ``end`` are aware; ``waiting`` is in seconds.

    ``contact_id`` and ``company_id`` say whom the person meant: the API can't be told, it matches
    the number by itself. ``note`` has no place in a call either.
    """

    nr: str = ""
    external_user_id: str = ""
    start: datetime | None = None
    end: datetime | None = None
    waiting: float | None = None
    note: str = ""
    open_endpoint: bool = False
    contact_id: str = ""
    company_id: str = ""


def check(draft: CallDraft) -> None:
    """Raise :class:`InputError`, with the field, if the call can't be sent as it is."""
    if not draft.nr.strip():
        raise InputError("A call needs the number.", "Type the contact's number.", field="nr")
    checked_number(draft.nr)
    if not draft.external_user_id.strip():
        raise InputError(
            "A call needs the agent.",
            "Type your id, or set external_user_id in the profile.",
            field="external_user_id",
        )
    check_times(draft.start, draft.end, draft.waiting)


def checked_number(text: str) -> str:
    """Return what can be dialled: Planhat takes any text, and matches calls by their digits.

    Raises :class:`InputError` with the field ``nr``.
    """
    if not any(char.isdecimal() for char in text):
        raise InputError(
            f"{text} is no phone number.", "Type one like +46 70 123 45 67.", field="nr"
        )
    return text


def check_times(start: datetime | None, end: datetime | None, waiting: float | None) -> None:
    """Raise :class:`InputError`, with the field, if the times of a call don't go together."""
    if waiting is not None and not 0 <= waiting < math.inf:
        raise InputError("Waiting is no number of seconds.", "Type one from 0 on.", field="waiting")
    if start is None or end is None:
        return
    if end < start:
        raise InputError("The call ends before it starts.", "Correct the end.", field="end")
    if talk_time(start, end, waiting) is None:
        raise InputError(
            "Waiting is longer than the call.", "Correct waiting or the times.", field="waiting"
        )


def check_over(draft: CallDraft, now: datetime) -> None:
    """Raise :class:`InputError`, with the field, if a call that is logged isn't over yet."""
    if draft.end is not None and draft.end - now.astimezone(UTC) > CLOCKS_APART:
        raise InputError(
            f"The call would end {spoken(draft.end, now)}, which is still to come.",
            "Correct the minutes, the start or the end.",
            field="end",
        )


def check_guess(
    draft: CallDraft,
    typed_start: str,
    now: datetime,
    *,
    ends_now: bool = False,
    advice: str = "If so, type {start}.",
) -> None:
    """Raise :class:`InputError`, at the start, if a guess would make a call very long.

    Guessed are the day of a start that is typed as a time of day, where today's is still to come,
    and an end that nobody typed (``ends_now``). ``{start}`` in the advice is it with its day.
    """
    if draft.start is None or draft.end is None or draft.end - draft.start <= LONG:
        return
    local = draft.start.astimezone(now.tzinfo)
    other_day = _CLOCK.fullmatch(typed_start.strip()) and local.date() != now.date()
    if not (other_day or ends_now):
        return
    minutes = (draft.end - draft.start) // timedelta(minutes=1)
    raise InputError(
        f"The call would have begun {spoken(draft.start, now)} and lasted"
        f" {minutes // 60} h {minutes % 60} min.",
        advice.format(start=f"{local:%Y-%m-%dT%H:%M}"),
        field="start",
    )


def check_record(call: Raw, changed: Iterable[str]) -> None:
    """Raise :class:`InputError` if a call can't become so; ``changed`` are the fields that do.

    Times that were wrong before and aren't touched hinder no other edit.
    """
    if TIMES.isdisjoint(changed):
        return
    start, end = parse_iso(text_of(call, "start")), parse_iso(text_of(call, "end"))
    check_times(start, end, number_of(call, "waiting"))


def talk_of(call: Raw) -> timedelta | None:
    """Return how long was talked in a call of the API; ``None`` if its times don't tell."""
    start, end = parse_iso(text_of(call, "start")), parse_iso(text_of(call, "end"))
    return talk_time(start, end, number_of(call, "waiting"))


def end_with(call: Raw, talk: timedelta) -> str:
    """Return the end of a call of the API that was talked so long. Raises :class:`InputError`."""
    start = parse_iso(text_of(call, "start"))
    if start is None:
        raise InputError("The call has no start.", "Give it one first.", field="start")
    return iso(start + timedelta(seconds=number_of(call, "waiting") or 0) + talk)


def talk_time(
    start: datetime | None, end: datetime | None, waiting: float | None
) -> timedelta | None:
    """Return ``end - start - waiting``; ``None`` if a time is unknown or it would be negative."""
    if start is None or end is None:
        return None
    try:
        talk = end.astimezone(UTC) - start.astimezone(UTC) - timedelta(seconds=waiting or 0)
    except (ValueError, OverflowError):  # Planhat may send any number
        return None
    return talk if talk >= timedelta() else None


def finished(end: datetime, talk: timedelta, waiting: float | None) -> tuple[datetime, datetime]:
    """Return start and end of a call that ended at ``end`` after that much talk and waiting."""
    ended = end.astimezone(UTC)
    return ended - talk - timedelta(seconds=waiting or 0), ended


def body_of(draft: CallDraft) -> dict[str, Json]:
    """Return the JSON to POST; what isn't known isn't sent."""
    body: dict[str, Json] = {
        "nr": draft.nr.strip(),
        "externalUserId": draft.external_user_id.strip(),
    }
    if draft.start is not None:
        body["start"] = iso(draft.start)
    if draft.end is not None:
        body["end"] = iso(draft.end)
    if draft.waiting is not None:
        whole = int(draft.waiting)
        body["waiting"] = whole if whole == draft.waiting else draft.waiting
    return body


def iso(moment: datetime) -> str:
    """Write a moment as the API does: UTC, milliseconds, ``Z``."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def parse_iso(text: str) -> datetime | None:
    """Read an ISO 8601 moment; one without a zone is UTC. ``None`` if it's something else.

    Nor is one read that lies so near to the calendar's ends that another zone couldn't show it.
    """
    return _moment(text, UTC)


def _moment(text: str, zone: tzinfo | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else placed(moment, zone)
        return moment if moment - _MARGIN < moment < moment + _MARGIN else None
    except (ValueError, OverflowError):
        return None


def parse_when(text: str, *, now: datetime) -> datetime:
    """Read a moment as a person types it, in the zone of ``now``.

    It is returned in UTC: in a zone, two moments differ by what the clock on the wall shows.

    ``now``, ``14:05`` (the last time that the clock showed it: yesterday's, if today's lies more
    than an hour ahead), ``-10m``, or ISO 8601. Raises :class:`InputError`.
    """
    words = text.strip()
    if words.casefold() == "now":
        return now.astimezone(UTC)
    if words.startswith("-"):
        return now.astimezone(UTC) - parse_duration(words[1:])
    if clock := _CLOCK.fullmatch(words):
        return _clock_time(clock, now)
    moment = _moment(words, now.tzinfo)
    if moment is None:
        raise InputError(
            f"{words or 'Nothing'} is no time.", "Type 14:05, -10m, now or 2026-03-01T14:05."
        )
    return moment.astimezone(UTC)


def _clock_time(clock: re.Match[str], now: datetime) -> datetime:
    hour, minute, second = (int(part or 0) for part in clock.groups())
    try:
        wanted = time(hour, minute, second)
    except ValueError:
        raise InputError(f"{clock[0]} is no time of day.", "Type one like 14:05.") from None
    moment = placed(datetime.combine(now.date(), wanted), now.tzinfo)
    if moment > now.astimezone(UTC) + timedelta(hours=1):
        yesterday = now.date() - timedelta(days=1)
        moment = placed(datetime.combine(yesterday, wanted), now.tzinfo)
    return moment


def parse_duration(text: str) -> timedelta:
    """Read ``10m``, ``90s``, ``1h5m``, ``5:30``; a bare number is minutes. Raises InputError."""
    words = text.strip()
    if len(words) > _LONGEST_WORD:
        raise InputError("That is no length of time.", "Type 10m, 90s or 1h5m.")
    if words.isdecimal():
        return _duration(minutes=int(words))
    if clock := re.fullmatch(r"(\d+):([0-5]\d)", words):
        return _duration(minutes=int(clock[1]), seconds=int(clock[2]))
    match = _DURATION.fullmatch(words)
    if not words or match is None:
        raise InputError(f"{words or 'Nothing'} is no length of time.", "Type 10m, 90s or 1h5m.")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return _duration(hours=hours, minutes=minutes, seconds=seconds)


def parse_waiting(text: str) -> float:
    """Read how long it rang, as seconds: a bare number is seconds here. Raises InputError."""
    words = text.strip()
    try:
        seconds = float(words.replace(",", ".").replace("_", "?"))  # Python's, nobody else's
    except ValueError:
        try:
            return parse_duration(words).total_seconds()
        except InputError as error:
            raise InputError(error.message, f"Type {SECONDS}.") from None
    if not 0 <= seconds <= LONGEST.total_seconds():  # neither holds for nan
        raise InputError("Waiting is no number of seconds up to a week.", f"Type {SECONDS}.")
    return seconds


def _duration(hours: int = 0, minutes: int = 0, seconds: int = 0) -> timedelta:
    try:
        length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        length = timedelta.max
    if length > LONGEST:
        raise InputError("That is longer than a week.", "Type 10m, 90s or 1h5m.")
    return length


class Stage(StrEnum):
    """Where a call that is made now stands."""

    IDLE = "idle"
    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"


class CallTimer(NamedTuple):
    """The stamps of a call that is made now: it rings, somebody answers, it ends."""

    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def stage(self) -> Stage:
        """Where the call stands."""
        if self.ended_at:
            return Stage.ENDED
        if self.answered_at:
            return Stage.TALKING
        return Stage.RINGING if self.rang_at else Stage.IDLE

    def next(self, now: datetime) -> CallTimer:
        """Go on to the next stage; an ended call stays as it is.

        Stamps are whole seconds, as the form shows them: so all that is told of them agrees.
        """
        now = now.astimezone(UTC).replace(microsecond=0)
        if self.stage is Stage.IDLE:
            return self._replace(rang_at=now)
        if self.stage is Stage.RINGING:
            return self._replace(answered_at=now)
        if self.stage is Stage.TALKING:
            return self._replace(ended_at=now)
        return self

    def lasted(self, now: datetime) -> timedelta | None:
        """Return how long the stage that runs has lasted; ``None`` if none does."""
        if self.stage is Stage.RINGING:
            return self.waiting(now)
        return self.talk(now) if self.stage is Stage.TALKING else None

    def waiting(self, now: datetime) -> timedelta:
        """Return how long it rang, or has been ringing."""
        if self.rang_at is None:
            return timedelta()
        return (self.answered_at or self.ended_at or now) - self.rang_at

    def talk(self, now: datetime) -> timedelta:
        """Return how long was talked, or has been."""
        if self.answered_at is None:
            return timedelta()
        return (self.ended_at or now) - self.answered_at
