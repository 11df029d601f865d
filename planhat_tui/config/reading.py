"""YAML, read strictly, with the place of everything.

PyYAML reads YAML 1.1, where ``on``, ``no`` and ``012`` change their meaning and a duplicate key
wins silently. Here duplicates, aliases and tags are refused, only ``true``, ``false``, ``null``
and decimal numbers are resolved, and everything else is text, as it's written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

import yaml

from planhat_tui.errors import ConfigError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"

_INT: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]+")
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}
_DEEPEST: Final = 20


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands: file, line and column, both from 1.

    ``content`` is a scalar, a list of nodes, or a mapping of nodes whose keys stand at ``keys``.
    ``written`` is a scalar as it's written, ``name`` the key it belongs to, ``fault`` a mistake
    that leaves the value without a meaning.
    """

    path: Path
    line: int
    column: int
    content: str | int | float | bool | list[Node] | dict[str, Node] | None
    keys: Mapping[str, tuple[int, int]]
    written: str = ""
    name: str = "This"
    fault: ConfigError | None = None

    @property
    def value(self) -> str | int | float | bool | list[Node] | dict[str, Node] | None:
        """The content; raises its :class:`ConfigError` if there is a fault."""
        if self.fault:
            raise self.fault
        return self.content

    def error(self, message: str, advice: str) -> ConfigError:
        """Return an error that points here."""
        return ConfigError(message, advice, path=self.path, line=self.line, column=self.column)

    def key_error(self, key: str, message: str, advice: str) -> ConfigError:
        """Return an error that points at one of the keys."""
        line, column = self.keys.get(key, (self.line, self.column))
        return ConfigError(message, advice, path=self.path, line=line, column=column)

    def mapping(self, what: str) -> dict[str, Node]:
        """Return the mapping, or raise :class:`ConfigError`."""
        if isinstance(self.value, dict):
            return self.value
        raise self.error(
            f"{what} must be a mapping, with a key and a colon on each line.",
            "Write it like key: value.",
        )

    def known_keys(self, what: str, allowed: Iterable[str]) -> dict[str, Node]:
        """Return the mapping if all its keys are allowed; else name the nearest."""
        entries, names = self.mapping(what), tuple(allowed)
        for error in self.unknown_keys(what, names):
            raise error
        return entries

    def unknown_keys(self, what: str, allowed: tuple[str, ...]) -> list[ConfigError]:
        """Return an error for each key of the mapping that isn't allowed."""
        return [
            self.unknown_key(what, key, allowed) for key in self.mapping(what) if key not in allowed
        ]

    def unknown_key(self, what: str, key: str, allowed: tuple[str, ...]) -> ConfigError:
        """Return the error for a key that isn't allowed; it names the nearest."""
        near = nearest(key, allowed)
        advice = f"Did you mean {near}?" if near else f"Allowed are {', '.join(allowed)}."
        return self.key_error(key, f"{what} has no key {key}.", advice)

    def plain(self) -> Plain:
        """Return the value without places."""
        value = self.value
        if isinstance(value, dict):
            return {key: node.plain() for key, node in value.items()}
        if isinstance(value, list):
            return [node.plain() for node in value]
        return value


def read_by_part(path: Path) -> Node:
    """Read a file as :func:`parse_by_part` does. Raises for one that can't be read as well."""
    text = read_text(path)
    if text is None:
        raise ConfigError("There is no such file.", "Make it, or name another.", path=path)
    return parse_by_part(text, path)


def read_text(path: Path) -> str | None:
    """Return what a file holds, ``None`` if there is none. Raises :class:`ConfigError`."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise ConfigError("This file isn't UTF-8 text.", "Save it as UTF-8.", path=path) from None
    except OSError as error:
        raise ConfigError(
            f"It can't be read: {error.strerror}.", "Look at its permissions.", path=path
        ) from None


def parse(text: str, path: Path) -> Node:
    """Read a text that came from ``path``. Raises :class:`ConfigError`."""
    root = parse_by_part(text, path)
    for fault in _faults(root):
        raise fault
    return root


def parse_by_part(text: str, path: Path) -> Node:
    """Read a text whose good parts are of use without the others.

    Raises :class:`ConfigError` for what isn't YAML; every other mistake is the fault of one node,
    and raised when that node's value is asked for.
    """
    root = _compose(text, path)
    return Node(path, 1, 1, {}, {}) if root is None else _convert(root, path, "This")


class _Refused(yaml.MarkedYAMLError):
    """What is YAML and isn't taken here; the note is the advice."""


class _Strict(yaml.SafeLoader):
    """Composes nodes without aliases, tags and abysses."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML's own
        if isinstance(event, yaml.AliasEvent):
            _refuse(event, "An alias (*name) isn't taken here.", "Write the value out.")
        if getattr(event, "tag", None) is not None:
            _refuse(event, "A tag (!name) isn't taken here.", "Leave it out, or use quotes.")
        if self._depth > _DEEPEST:
            _refuse(event, "This is nested too deep.", "Nothing here needs so many levels.")
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def _refuse(event: yaml.Event, message: str, advice: str) -> NoReturn:
    mark = event.start_mark
    raise _Refused(problem=message, problem_mark=mark, note=advice)  # type: ignore[arg-type] # never the C loader's mark


def _compose(text: str, path: Path) -> yaml.Node | None:
    try:
        loader = _Strict(text)
    except yaml.reader.ReaderError as error:
        at = int(error.position)
        raise ConfigError(
            f"The character U+{int(error.character):04X} can't stand in YAML.",
            "Take it out.",
            path=path,
            line=text.count("\n", 0, at) + 1,
            column=at - text.rfind("\n", 0, at),
        ) from None
    try:
        return loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, path) from None
    except (ValueError, OverflowError):  # PyYAML lets chr and int fail
        raise ConfigError(
            "This isn't YAML: a number that is too large.",
            "Put it into quotes, or take it out.",
            path=path,
            line=loader.line + 1,
            column=loader.column + 1,
        ) from None
    finally:
        loader.dispose()


def _not_yaml(error: yaml.MarkedYAMLError, path: Path) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    if isinstance(error, _Refused):
        return ConfigError(
            str(error.problem), error.note or "", path=path, line=line, column=column
        )
    return ConfigError(
        f"This isn't YAML: {error.problem or error.context}.",
        "Indent with blanks; quote a value that holds a colon.",
        path=path,
        line=line,
        column=column,
    )


def _faults(node: Node) -> Iterator[ConfigError]:
    if node.fault:
        yield node.fault
    elif isinstance(node.content, dict | list):
        inside = node.content.values() if isinstance(node.content, dict) else node.content
        for part in inside:
            yield from _faults(part)


def _convert(node: yaml.Node, path: Path, name: str) -> Node:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, name)
    if isinstance(node, yaml.SequenceNode):
        items = [_convert(item, path, "This") for item in node.value]
        return Node(path, line, column, items, {}, name=name)
    return Node(path, line, column, _scalar(node), {}, str(node.value), name)


def _mapping(node: yaml.MappingNode, path: Path, name: str) -> Node:
    entries: dict[str, Node] = {}
    keys: dict[str, tuple[int, int]] = {}
    fault: ConfigError | None = None
    for key_node, value_node in node.value:
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        if not isinstance(key_node, yaml.ScalarNode):
            fault = fault or ConfigError(
                "A key must be text.",
                "Write it like key: value.",
                path=path,
                line=line,
                column=column,
            )
            continue
        key = str(key_node.value)
        if key in entries:
            twice = ConfigError(
                f"The key {key} stands here twice; the first is on line {keys[key][0]}.",
                "Keep one of them.",
                path=path,
                line=line,
                column=column,
            )
            entries[key] = replace(entries[key], fault=entries[key].fault or twice)
        else:
            keys[key] = (line, column)
            entries[key] = _convert(value_node, path, key)
    mark = node.start_mark
    return Node(path, mark.line + 1, mark.column + 1, entries, keys, name=name, fault=fault)


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    text = str(node.value)
    return text if getattr(node, "style", None) in {"'", '"', "|", ">"} else resolve(text)


def resolve(text: str) -> str | int | float | bool | None:
    """Return what a scalar without quotes means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
