"""Whose number it is: any text will do as a number, so digits are compared."""

from __future__ import annotations


def digits(text: str) -> str:
    """Return the digits of a number as ASCII."""
    return "".join(str(int(char)) for char in text if char.isdecimal())


def same_number(a: str, b: str) -> bool:
    """Tell whether the shorter one, of seven digits at least, ends the longer one."""
    short, long = sorted((digits(a).lstrip("0"), digits(b).lstrip("0")), key=len)
    return len(short) >= 7 and long.endswith(short)
