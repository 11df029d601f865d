"""The keys as the screen takes them: Textual's bindings, and the choice for the footer.

The table itself is :mod:`planhat_tui.config.keys`, which the config and the shell read too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.content import Content
from textual.style import Style

from planhat_tui.config.keys import (
    CHARACTERS,
    KEYS,
    Key,
    Where,
    all_written,
    effective,
    has,
    keys_of,
    on,
    pressed,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "KEYS",
    "Key",
    "Where",
    "all_written",
    "bindings",
    "effective",
    "footer",
    "has",
    "is_typed",
    "keyed",
    "keyed_content",
    "keys_of",
    "on",
    "pressed",
    "shown",
]


_NAMED: Final = re.compile(r"\{(\w+)\}")
_BY_NAME: Final = {key.name: key for key in reversed(KEYS)}

PRESSES: Final = "presses"
"""What the style of a key in a sentence tells the mouse by: Textual's name of the key."""

MOST: Final = 10
"""Keys in the footer of a wide terminal."""


def bindings(*places: Where) -> list[Binding]:
    """Return Textual's bindings: ``tags`` runs the action ``do('tags')`` of the widget."""
    return [
        Binding(
            key.keys,
            f"do('{key.name}')",
            key.words,
            show=False,
            priority=key.priority,
            id=key.name,
        )
        for key in keys_of(*places)
    ]


def keyed(text: str, changed: Mapping[str, str] | None = None) -> str:
    """Return a sentence with the keys that it names: ``{undo} takes it back``.

    Braces that name none are part of what it tells.
    """
    return "".join(piece for piece, _ in _pieces(text, changed)) if "{" in text else text


def keyed_content(text: str, changed: Mapping[str, str] | None = None) -> Content:
    """Return such a sentence as it's drawn: each key that it names knows what a click presses."""
    return Content.assemble(
        *(
            (piece, Style.from_meta({PRESSES: pressed(key, changed)})) if key else piece
            for piece, key in _pieces(text, changed)
        )
    )


def _pieces(text: str, changed: Mapping[str, str] | None) -> Iterator[tuple[str, Key | None]]:
    """Give the pieces of a sentence, and of those that are keys which ones."""
    done = 0
    for found in _NAMED.finditer(text):
        if (key := _BY_NAME.get(found[1])) is not None:
            yield text[done : found.start()], None
            yield shown(key, changed), key
            done = found.end()
    yield text[done:], None


def is_typed(key: Key, changed: Mapping[str, str] | None = None) -> bool:
    """Whether an input that has the focus takes the key as a letter of its text."""
    first = pressed(key, changed)
    return len(first) == 1 or first in CHARACTERS or first in {"space", "enter"}


def footer(keys: Iterable[Key]) -> list[Key]:
    """Return at most ten keys, in the order of use; one name once. Eight fit into 80 columns."""
    ranked = sorted((key for key in keys if key.rank), key=lambda key: key.rank)
    once: dict[str, Key] = {}
    for key in ranked:
        once.setdefault(key.name, key)
    chosen = list(once.values())
    return chosen if len(chosen) <= MOST else [*chosen[: MOST - 2], *chosen[-2:]]
