"""The keys as the screen takes them: Textual's bindings, and the choice for the footer.

The table itself is :mod:`planhat_tui.config.keys`, which the config and the shell read too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.binding import Binding

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
    written,
)
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual import events

__all__ = [
    "KEYS",
    "Key",
    "Sentence",
    "Where",
    "all_written",
    "bindings",
    "effective",
    "footer",
    "has",
    "is_letter",
    "is_typed",
    "joined",
    "keyed",
    "keys_of",
    "on",
    "pressed",
    "sentence",
    "shown",
    "typed_key",
]


_NAMED: Final = re.compile(r"\{(\w+)\}")
_BY_NAME: Final = {key.name: key for key in reversed(KEYS)}

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


class Sentence(NamedTuple):
    """A sentence, and where keys stand in it: start, end, and Textual's name of what they press."""

    text: str
    presses: tuple[tuple[int, int, str], ...] = ()


def keyed(text: str, changed: Mapping[str, str] | None = None) -> str:
    """Return a sentence with the keys that it names: ``{undo} takes it back``.

    Braces that name none are part of what it tells.
    """
    return sentence(text, changed).text


def sentence(text: str, changed: Mapping[str, str] | None = None) -> Sentence:
    """Return such a sentence, of which it's known where its keys are clicked."""
    if "{" not in text:
        return Sentence(text)
    told, presses, done = "", [], 0
    for found in _NAMED.finditer(text):
        if (key := _BY_NAME.get(found[1])) is not None:
            told += text[done : found.start()]
            start, done = len(told), found.end()
            told += shown(key, changed)
            presses.append((start, len(told), pressed(key, changed)))
    return Sentence(told + text[done:], tuple(presses))


def joined(*told: Sentence) -> Sentence:
    """Return sentences one behind the other, two blanks between; empty ones are left out."""
    text, presses = "", []
    for one in filter(lambda one: one.text, told):
        text += "  " if text else ""
        presses += [(len(text) + start, len(text) + end, key) for start, end, key in one.presses]
        text += one.text
    return Sentence(text, tuple(presses))


def is_typed(key: Key, changed: Mapping[str, str] | None = None) -> bool:
    """Whether an input that has the focus takes the key as a letter of its text."""
    return is_letter(pressed(key, changed))


def is_letter(name: str) -> bool:
    """Whether an input that has the focus takes a key, by Textual's name of it, for itself."""
    return len(name) == 1 or name in CHARACTERS or name in {"space", "enter"}


def typed_key(event: events.Key) -> str:
    """Return the character that a key types, as a sentence names it; empty if it types none."""
    if not event.is_printable:
        return ""
    return visible((event.character or "").strip()) or written(event.key)


def footer(keys: Iterable[Key]) -> list[Key]:
    """Return at most ten keys, in the order of use; one name once. Eight fit into 80 columns."""
    ranked = sorted((key for key in keys if key.rank), key=lambda key: key.rank)
    once: dict[str, Key] = {}
    for key in ranked:
        once.setdefault(key.name, key)
    chosen = list(once.values())
    return chosen if len(chosen) <= MOST else [*chosen[: MOST - 2], *chosen[-2:]]
