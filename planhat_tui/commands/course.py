"""How far a long work has come, as one line for a terminal. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from planhat_tui.model.text import plural

_LEAST: Final = 8
_MOST: Final = 30
"""Cells of a bar: with fewer it says nothing."""
_MINUTE: Final = 60.0
_HOUR: Final = 3600.0


class Course(NamedTuple):
    """``done`` of ``known`` are through, ``None`` where nobody knows how many there are.

    ``what`` says what they are and what became of them: ``companies``, ``edits delivered``.
    ``calls`` are left to make, and take about ``seconds``; ``None`` where nobody knows. ``about``:
    ``known`` is an estimate. ``at_least``: more calls may come to light. ``note`` is what else
    there is to say.
    """

    what: str
    done: int
    known: int | None = None
    calls: int | None = None
    seconds: float | None = None
    about: bool = False
    at_least: bool = False
    note: str = ""


def drawn(course: Course, width: int) -> str:
    """Return the line in at most ``width`` cells; what doesn't fit goes from its end.

    As in ``[######----] 60 of 100 companies, 4 calls left, about 2 s``.
    """
    told, *more = _pieces(course)
    for piece in more:
        if len(told) + len(piece) + 2 > width:
            break
        told += f", {piece}"
    room = min(_MOST, width - len(told) - 3)
    if course.known and room >= _LEAST:
        return f"[{_bar(course.done, course.known, room)}] {told}"
    return told[:width]


def _pieces(course: Course) -> list[str]:
    of = ""
    if course.known is not None:
        of = f" of {'about ' if course.about else ''}{course.known:,}"
    pieces = [f"{course.done:,}{of} {course.what}"]
    if course.calls:
        least = "at least " if course.at_least else ""
        pieces.append(f"{least}{plural(course.calls, 'call')} left")
    if course.seconds is not None:
        pieces.append(lasting(course.seconds, at_least=course.at_least))
    return [*pieces, course.note] if course.note else pieces


def _bar(done: int, known: int, cells: int) -> str:
    """Return a bar that is full only when all is done."""
    full = cells * min(done, known) // known
    return "#" * full + "-" * (cells - full)


def lasting(seconds: float, *, at_least: bool = False) -> str:
    """Return ``about 2 min``, or ``2 min or more``."""
    if seconds < _MINUTE:
        told = f"{max(1, round(seconds))} s"
    elif seconds < _HOUR:
        told = f"{round(seconds / _MINUTE)} min"
    else:
        told = f"{seconds / _HOUR:.1f} h"
    return f"{told} or more" if at_least else f"about {told}"
