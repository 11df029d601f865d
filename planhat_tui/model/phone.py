"""Phone numbers: any text will do for the API, so they are compared by what they dial."""

from __future__ import annotations

import re

SHARED = 7
"""Digits at the end by which two numbers may be the same, where one lacks its country."""
_TRUNK = re.compile(r"\(0+\)")
_NO_DIGIT = {code: None for code in range(128) if not chr(code).isdecimal()}
_ABROAD = re.compile(r"^\s*00")
_EXTENSION = re.compile(r"(?:ext|x|#)\.?\s*\d+\s*$", re.IGNORECASE)


def digits(text: str) -> str:
    """Return the digits of a number, in any script, as ASCII; an extension is left out."""
    has_extension = "x" in text or "X" in text or "#" in text
    bare = _EXTENSION.sub("", text) if has_extension else text
    if bare.isascii():  # nearly all of them
        return bare.translate(_NO_DIGIT)
    return "".join(str(int(char)) for char in bare if char.isdecimal())


def dialled(text: str) -> str:
    """Return the digits without the zero that is dialled only inside its country: ``+46 (0)70``."""
    if not text:
        return ""
    return digits(_TRUNK.sub("", text) if "(" in text else text)


def matches(a: str, b: str, region: str | None = None) -> bool:
    """Tell whether two texts dial the same number.

    As E.164 if both can be read so (``region``, such as ``SE``, completes national ones); else when
    the shorter one's digits, seven at least, end the longer one's.
    """
    first, second = _e164(a, region), _e164(b, region)
    if first and second:
        return first == second
    short, long = sorted((dialled(a).lstrip("0"), dialled(b).lstrip("0")), key=len)
    return len(short) >= SHARED and long.endswith(short)


def _e164(text: str, region: str | None) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(_ABROAD.sub("+", text), region)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
