"""Whose number it is: any text will do as a number, so what it dials is compared."""

from __future__ import annotations

import re

_SHORTEST, _LONGEST = 7, 15
"""Digits of a number with its country (E.164)."""
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
    """Tell whether two numbers dial the same.

    Two that are written with their countries are compared whole; otherwise the shorter one, of
    seven digits at least, has to end the longer one.
    """
    if (abroad := _abroad(a)) and (other := _abroad(b)):
        return abroad == other
    short, long = sorted((digits(a).lstrip("0"), digits(b).lstrip("0")), key=len)
    return len(short) >= 7 and long.endswith(short)


def _abroad(text: str) -> str:
    """Return the digits of a number that is written with its country; empty for another."""
    plus, dialled = text.strip()[:1] in {"+", "\uff0b"}, digits(text)
    whole = dialled if plus else dialled.removeprefix("00") if dialled.startswith("00") else ""
    return whole if _SHORTEST <= len(whole) <= _LONGEST else ""
