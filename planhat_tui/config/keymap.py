"""``settings.keymap``: which keys do what, checked against the table of keys.

A keymap with a mistake changes nothing beyond its preset: half of it would put commands where
nobody expects them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.config import keys
from planhat_tui.config.values import choice, text
from planhat_tui.errors import ConfigError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planhat_tui.config.reading import Node

ALLOWED: Final = "Allowed are a character, F1 to F24, ctrl and a letter, and names such as space."
TAKEN: Final[Mapping[str, str]] = {
    "ctrl+a": "screen takes it",
    "ctrl+b": "tmux takes it",
    "ctrl+c": "it interrupts",
    "ctrl+z": "it suspends",
    "ctrl+p": "it opens the palette",
    "ctrl+q": "it quits",
    "tab": "it goes to what is next",
    "shift+tab": "it goes to what is before",
    "ctrl+h": "terminals send it as Backspace",
    "ctrl+i": "terminals send it as Tab",
    "ctrl+j": "terminals send it as Enter",
    "ctrl+m": "terminals send it as Enter",
    "ctrl+left_square_bracket": "terminals send it as Escape",
}
"""Keys that no command can have, and why."""

FIXED: Final = (
    keys.Key(keys.Where.EXPLORER, "", "ctrl+p", "palette", "find a command by its name"),
    keys.Key(keys.Where.EXPLORER, "", "ctrl+q", "quit", "quit"),
    keys.Key(
        keys.Where.EXPLORER, "", "ctrl+r", "history", "after : search its history for a piece"
    ),
)
"""Keys that are no command's and stay as they are."""

LEAVING: Final = ("back", "close")
"""The commands that Escape has beside any other key: whoever is somewhere must get out again."""

OF_SHEETS: Final = ("close", "help", "stamp")
"""The commands that every sheet has beside its own."""
AMID_TYPING: Final = frozenset(key.name for key in keys.KEYS if key.priority)
"""The commands that have their keys while something is typed."""

_MOVES: Final = (
    "left", "right", "up", "down", "home", "end", "pageup", "pagedown", "insert", "delete",
)  # fmt: skip
_ALONE: Final = (*_MOVES, "escape", "enter", "space", "tab", "backspace")
_TYPED: Final = frozenset((*keys.CHARACTERS, *_ALONE))
_UNTYPED: Final = "Allowed are F1 to F24, and ctrl and a letter."
_FUNCTIONS: Final = tuple(f"f{number}" for number in range(1, 25))
_CONTROLLED: Final = (
    *"abcdefghijklmnopqrstuvwxyz",
    *(
        "backslash",
        "left_square_bracket",
        "right_square_bracket",
        "circumflex_accent",
        "underscore",
    ),
    *_MOVES,
    *_FUNCTIONS,
)
POSSIBLE: Final = frozenset(
    (
        *keys.CHARACTERS,
        *_ALONE,
        *_FUNCTIONS,
        *(f"ctrl+{name}" for name in _CONTROLLED),
        *(f"shift+{name}" for name in (*_MOVES, "tab")),
        *(f"ctrl+shift+{name}" for name in _MOVES),
    )
)
"""Textual's names of what terminals can send, beside letters and digits."""

_OTHER_NAMES: Final = {"esc": "escape", "return": "enter", "page up": "pageup"} | {
    "page down": "pagedown", "del": "delete", "ins": "insert",
}  # fmt: skip


def read_keymap(node: Node, problems: list[ConfigError]) -> tuple[str, dict[str, str]]:
    """Return the preset, and Textual's names of the keys that differ from the table, by command.

    What is wrong is added to ``problems``.
    """
    preset, own = "default", {}
    before = len(problems)
    try:
        parts = node.mapping("keymap")
        problems += node.unknown_keys("keymap", ("preset", "keys"))
    except ConfigError as error:
        problems.append(error)
        return preset, {}
    if "preset" in parts:
        try:
            preset = choice(*keys.PRESETS)(parts["preset"])
        except ConfigError as error:
            problems.append(error)
    if "keys" in parts and parts["keys"].content is not None:
        own = _own(parts["keys"], keys.PRESETS[preset], problems)
    kept = own if len(problems) == before else {}
    return preset, {**keys.PRESETS[preset], **kept}


def _own(node: Node, preset: Mapping[str, str], problems: list[ConfigError]) -> dict[str, str]:
    try:
        entries = node.mapping("keys")
    except ConfigError as error:
        problems.append(error)
        return {}
    known = {key.name for key in keys.KEYS}
    read: dict[str, str] = {}
    unsure: set[str] = set()
    for name, value in entries.items():
        try:
            if name not in known:
                near = nearest(name, known)
                advice = f"Did you mean {near}?" if near else "planhat-tui keys lists them."
                raise node.key_error(name, f"There is no command {name} for a key.", advice)
            read[name] = ",".join(_with_escape(name, tuple(_names(name, value))))
        except ConfigError as error:
            problems.append(error)
            unsure.add(name)
    problems += _conflicts(node, {**preset, **read}, read, unsure)
    return read


def _names(command: str, value: Node) -> Iterator[str]:
    whole = text(value)
    for part in [","] if whole.strip() == "," else whole.split(","):
        if not part.strip():
            raise value.error(f"{command} needs a key.", ALLOWED)
        name = textual_name(part)
        if name not in POSSIBLE and len(name) > 1:
            near = nearest(name, sorted(POSSIBLE - TAKEN.keys()))
            advice = f"Did you mean {keys.written(near)}? {ALLOWED}" if near else ALLOWED
            raise value.error(f"{part.strip()} is no key that every terminal sends.", advice)
        if name in TAKEN:
            raise value.error(
                f"{command} can't be on {keys.written(name)}: {TAKEN[name]}.", ALLOWED
            )
        if name == "escape" and command not in LEAVING:
            raise value.error(f"{command} can't be on esc: it goes one level back.", ALLOWED)
        if command in AMID_TYPING and _is_typed(name):
            raise value.error(
                f"{command} can't be on {keys.written(name)}: fields of a form take it.", _UNTYPED
            )
        yield name


def _with_escape(command: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys of a command; escape comes first where the first is a letter to an input."""
    if command not in LEAVING or "escape" in names:
        return names
    return ("escape", *names) if _is_typed(names[0]) else (*names, "escape")


def _is_typed(name: str) -> bool:
    return len(name) == 1 or name in _TYPED


def textual_name(written: str) -> str:
    """Return Textual's name of a key as people write it: ``/``, ``F8``, ``Ctrl+T``, ``page up``."""
    plain = written.strip() or written
    if len(plain) == 1:
        return keys.name_of(plain)
    held, plus, last = plain.rpartition("+")
    if not last:  # the plus itself is held with something
        held, plus, last = plain[:-2], "+", "+"
    held = held.lower()
    if held == "shift" and len(last) == 1 and last.isalpha():
        return last.upper()
    last = _OTHER_NAMES.get(last.lower(), last.lower())
    return f"{held}{plus}{keys.name_of(last) if len(last) == 1 else last}"


def _conflicts(
    node: Node, changed: Mapping[str, str], own: Mapping[str, str], unsure: set[str]
) -> Iterator[ConfigError]:
    """Yield an error for each two commands that would be on one key at one time.

    Commands that are ``unsure``, because their own entry is wrong, aren't held against others.
    """
    intended = {frozenset((one, other)) for one, other, _, _ in clashes({})}
    told: set[frozenset[str]] = set()
    for one, other, name, where in clashes(changed):
        pair = frozenset((one, other))
        if pair in intended | told or pair & unsure:
            continue
        told.add(pair)
        later = max(pair & own.keys(), key=lambda command: node.keys[command])
        rest = other if later == one else one
        yield node.key_error(
            later,
            f"{later} is on {keys.written(name)}, and so is {rest} in {where}.",
            f"Give one of them another key. {ALLOWED}",
        )


def clashes(changed: Mapping[str, str]) -> Iterator[tuple[str, str, str, keys.Where]]:
    """Yield each two commands of different names on one key at one time, the key and the place."""
    for chain in keys.CHAINS:
        taken: dict[str, str] = {}
        if keys.Where.EXPLORER not in chain:
            for key in (one for one in keys.KEYS if one.name in OF_SHEETS):
                taken |= dict.fromkeys(keys.effective(key, changed), key.name)
        for where in chain:
            for key in keys.keys_of(where):
                for name in keys.effective(key, changed):
                    first = taken.setdefault(name, key.name)
                    if first != key.name:
                        yield first, key.name, name, where
