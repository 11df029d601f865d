"""Numbers: short in lists, whole in the detail."""

from __future__ import annotations

import math
from typing import Final

STEPS: Final = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def short(number: float | None) -> str:
    """Return at most five cells: ``64k``, ``1.2M``, ``-3.4M``; ``-`` for none."""
    if number is None:
        return "-"
    if not _is_finite(number):
        return "?"
    size = abs(number)
    sign = "-" if number < 0 else ""
    if size >= 999.5e12:
        return "<-99T" if sign else ">999T"
    for index, (step, letter) in enumerate(STEPS):
        if size < step and not (size >= step * 0.9995 and letter != "k"):
            continue
        return _rounded(sign, size / step, letter, index)
    return f"{sign}{size:.0f}" if size >= 99.95 or size == int(size) else f"{sign}{size:.1f}"


def _rounded(sign: str, value: float, letter: str, index: int) -> str:
    """Write ``value`` with a decimal below ten; 999.6k is 1.0M, never 1000k."""
    if value < 9.95:
        return f"{sign}{value:.1f}".removesuffix(".0") + letter
    if value >= 999.5:
        return f"{sign}1{STEPS[index - 1][1]}"
    return f"{sign}{value:.0f}{letter}"


def whole(number: float | None) -> str:
    """Return every digit, thousands apart: ``1,234,567.5``; ``-`` for none."""
    if number is None:
        return "-"
    if not _is_finite(number):
        return "?"
    if number == int(number):
        return f"{int(number):,}"
    text = f"{number:,.6f}".rstrip("0").rstrip(".")
    return f"{number:g}" if text in {"0", "-0"} else text


def _is_finite(number: float) -> bool:
    """Whether it has digits. Unlike :func:`math.isfinite`, for whole numbers of any size too."""
    return -math.inf < number < math.inf


def count(number: int, *, capped: bool = False) -> str:
    """Return a count for a title: ``12,480``, or ``1,000+`` where counting stopped."""
    return f"{number:,}+" if capped else f"{number:,}"
