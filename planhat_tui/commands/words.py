"""The words of a line, whole ones and the one that is being typed."""

from __future__ import annotations

import re
import shlex
from typing import Final, NamedTuple

from planhat_tui.errors import InputError

_TOKEN: Final = re.compile(r"""(?:\\.?|'[^']*'?|"(?:\\.|[^"\\])*"?|[^\s\\'"])+""", re.DOTALL)
_BLANKS: Final = " \t\r\n"
"""What parts the words of a line."""
_SAFE: Final = re.compile(r"[\w@%+=:,./-]*")
_CLOSINGS: Final = ("", "\\", "'", '"', '\\"')
"""What may be missing at the end of a word that is being typed."""


class Cursor(NamedTuple):
    """The whole words before the cursor, and what is typed of the next, which starts at ``start``.

    ``typed`` is without its quotes; ``start`` counts characters of the line.
    """

    before: tuple[str, ...]
    typed: str
    start: int


def without_comment(text: str) -> str:
    """Return a line up to a word that begins with ``#``; in quotes or within a word it's none."""
    for token in _TOKEN.finditer(text):
        start = token.start()
        if text[start] == "#" and (start == 0 or text[start - 1] in _BLANKS):
            return text[:start]
    return text


def split(text: str) -> list[str]:
    """Return the words of a line up to its comment; quotes keep blanks together.

    Raises :class:`InputError`.
    """
    try:
        return shlex.split(without_comment(text))
    except ValueError:
        raise InputError("A quote isn't closed.", "Close it, or put a \\ before it.") from None


def at_end(text: str) -> Cursor:
    """Return what stands at the end of a line that is being typed, with its quotes open or not."""
    tokens = list(_TOKEN.finditer(text))
    last = tokens[-1] if tokens and tokens[-1].end() == len(text) else None
    whole = tokens[:-1] if last else tokens
    before = tuple(_plain(token[0]) for token in whole)
    return Cursor(before, _plain(last[0]), last.start()) if last else Cursor(before, "", len(text))


def quoted(word: str) -> str:
    """Return a word as it has to be typed, in quotes where it needs them."""
    name, equals, value = word.partition("=")
    if equals and _SAFE.fullmatch(name):
        return f"{name}={_quoted(value)}"
    return _quoted(word)


def _quoted(word: str) -> str:
    return word if _SAFE.fullmatch(word) else shlex.quote(word)


def _plain(token: str) -> str:
    for closing in _CLOSINGS:
        try:
            return "".join(shlex.split(token + closing))
        except ValueError:
            continue
    return token
