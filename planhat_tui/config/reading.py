"""YAML, read strictly, with the place of everything.

PyYAML reads YAML 1.1, where ``on``, ``no`` and ``012`` change their meaning and a duplicate key
wins silently. Here duplicates and aliases are refused, only ``true``, ``false``, ``null`` and
decimal numbers are resolved, and everything else is text: the same that ruamel.yaml reads as
YAML 1.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from planhat_tui.errors import ConfigError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"

_INT: Final = re.compile(r"[-+]?(0|[1-9]\d*)")
_FLOAT: Final = re.compile(r"[-+]?(0|[1-9]\d*)\.\d+")
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}
_DEEPEST: Final = 20


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands: file, line and column, both from 1.

    ``value`` is a scalar, a list of nodes, or a mapping of nodes whose keys stand at ``keys``.
    """

    path: Path
    line: int
    column: int
    value: str | int | float | bool | list[Node] | dict[str, Node] | None
    keys: Mapping[str, tuple[int, int]]

    def error(self, message: str, advice: str = "") -> ConfigError:
        """Return an error that points here."""
        return ConfigError(message, advice, path=self.path, line=self.line, column=self.column)

    def key_error(self, key: str, message: str, advice: str = "") -> ConfigError:
        """Return an error that points at one of the keys."""
        line, column = self.keys.get(key, (self.line, self.column))
        return ConfigError(message, advice, path=self.path, line=line, column=column)

    def mapping(self, what: str) -> dict[str, Node]:
        """Return the mapping, or raise :class:`ConfigError`."""
        if isinstance(self.value, dict):
            return self.value
        raise self.error(f"{what} must be a mapping, with a key and a colon on each line.")

    def known_keys(self, what: str, allowed: Iterable[str]) -> dict[str, Node]:
        """Return the mapping if all its keys are allowed; else name the nearest."""
        entries, names = self.mapping(what), tuple(allowed)
        for key in entries:
            if key not in names:
                near = nearest(key, names)
                advice = f"Did you mean {near}?" if near else f"Allowed are {', '.join(names)}."
                raise self.key_error(key, f"{what} has no key {key}.", advice)
        return entries

    def plain(self) -> Plain:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def read(path: Path) -> Node:
    """Read a file. Raises :class:`ConfigError`, for a file that can't be read as well."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError("This file isn't UTF-8 text.", "Save it as UTF-8.", path=path) from None
    except OSError as error:
        raise ConfigError(f"It can't be read: {error.strerror}.", path=path) from None
    return parse(text, path)


def parse(text: str, path: Path) -> Node:
    """Read a text that came from ``path``. Raises :class:`ConfigError`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigError(
            f"This isn't YAML: {error.problem or error.context}.",
            "Indent with blanks; quote a value that holds a colon.",
            path=path,
            line=mark.line + 1 if mark else 0,
            column=mark.column + 1 if mark else 0,
        ) from None
    except yaml.YAMLError as error:
        raise ConfigError(f"This isn't YAML: {error}.", path=path) from None
    if root is None:
        return Node(path, 1, 1, {}, {})
    return _convert(root, path, set(), 0)


def _convert(node: yaml.Node, path: Path, seen: set[int], depth: int) -> Node:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if id(node) in seen:
        raise ConfigError(
            "An alias (*name) isn't taken here.",
            "Write the value out.",
            path=path,
            line=line,
            column=column,
        )
    seen.add(id(node))
    if depth > _DEEPEST:
        raise ConfigError("This is nested too deep.", path=path, line=line, column=column)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, seen, depth)
    if isinstance(node, yaml.SequenceNode):
        items = [_convert(item, path, seen, depth + 1) for item in node.value]
        return Node(path, line, column, items, {})
    return Node(path, line, column, _scalar(node), {})


def _mapping(node: yaml.MappingNode, path: Path, seen: set[int], depth: int) -> Node:
    entries: dict[str, Node] = {}
    keys: dict[str, tuple[int, int]] = {}
    for key_node, value_node in node.value:
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ConfigError("A key must be text.", path=path, line=line, column=column)
        key = str(key_node.value)
        if key in entries:
            raise ConfigError(
                f"The key {key} stands here twice; the first is on line {keys[key][0]}.",
                "Keep one of them.",
                path=path,
                line=line,
                column=column,
            )
        keys[key] = (line, column)
        entries[key] = _convert(value_node, path, seen, depth + 1)
    mark = node.start_mark
    return Node(path, mark.line + 1, mark.column + 1, entries, keys)


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    text = str(node.value)
    if getattr(node, "style", None) in {"'", '"', "|", ">"}:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
