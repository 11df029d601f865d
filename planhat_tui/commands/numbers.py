"""Numbers as they are typed: of edits, and whole ones of options."""

from __future__ import annotations

from typing import Final

from planhat_tui.errors import InputError

_DIGITS: Final = 18
"""More than any edit's number has, and all that fit into the file."""


def number(text: str) -> int:
    """Return the number of an edit. Raises :class:`InputError`."""
    if not text.isdecimal() or len(text) > _DIGITS:
        raise InputError(f"{text} is no number of an edit.", "journal list shows them.", field="n")
    return int(text)


def whole(option: str, text: str, *, least: int = 0, most: int = 10_000_000) -> int:
    """Return the whole number of an option such as ``--port``. Raises :class:`InputError`."""
    digits = text.isdecimal() and len(text) <= _DIGITS
    if not digits or not least <= int(text) <= most:
        raise InputError(
            f"{option} {text} is no whole number from {least} to {most}.", "Give another."
        )
    return int(text)
