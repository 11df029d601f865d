"""Whose number it is: any text will do as a number, so what it dials is compared."""

from __future__ import annotations

import re

_TRUNK = re.compile(r"\(0+\)")
_EXTENSION = re.compile(r"(?:ext|x|#)\.?\s*\d+\s*$", re.IGNORECASE)


def digits(text: str) -> str:
    """Return what a number dials as ASCII digits.

    Neither an extension is among them nor the zero that is dialled only inside a country:
    ``+46 (0)70``.
    """
    dialled = _TRUNK.sub("", _EXTENSION.sub("", text))
    return "".join(str(int(char)) for char in dialled if char.isdecimal())


def same_number(a: str, b: str) -> bool:
    """Tell whether the shorter one, of seven digits at least, ends the longer one."""
    short, long = sorted((digits(a).lstrip("0"), digits(b).lstrip("0")), key=len)
    return len(short) >= 7 and long.endswith(short)
