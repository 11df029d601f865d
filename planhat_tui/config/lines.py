"""The config's text as ruamel.yaml's tree: lines and comments, changed one by one.

ruamel.yaml is loaded here, when something is edited. It takes every scalar as it's written, so that
it and the strict reader can't disagree about what one means.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.config.reading import resolve
from planhat_tui.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BESIDE: Final = 2
_ABOVE: Final = 3
"""Where ruamel.yaml keeps the comments of a key: beside and below it, and above its mapping."""


def change_entry(entry: Any, intended: dict[str, Any], path: Path) -> None:  # noqa: ANN401 -- ruamel's own mapping
    """Let a profile's lines say what is intended."""
    for key in [key for key in entry if key not in intended]:
        _drop(entry, key, path)
    for key, value in intended.items():
        if key in entry and _reads(entry[key]) == value:
            continue
        below = "" if key in entry else take_comment(entry, list(entry)[-1])
        entry[key] = commented({key: value})[key]
        give_comment(entry, key, below)


def _drop(entry: Any, key: str, path: Path) -> None:  # noqa: ANN401 -- ruamel's own mapping
    """Take a line out; the comments below it stay, under the line before."""
    names = list(entry)
    at, below = names.index(key), take_comment(entry, key)
    if below and not at:
        raise ConfigError(
            f"{key} is the first line here, with a comment below it that has no other place.",
            "Edit it by hand.",
            path=path,
        )
    entry.pop(key)
    if at:
        give_comment(entry, names[at - 1], below)


def _reads(node: Any) -> Any:  # noqa: ANN401 -- ruamel's own node
    """Return what a node means to the strict reader."""
    from ruamel.yaml.scalarstring import ScalarString

    if isinstance(node, dict):
        return {key: _reads(value) for key, value in node.items()}
    return str(node) if isinstance(node, ScalarString) else resolve(str(node))


def rewritten(before: str, path: Path, change: Callable[[Any], None]) -> str:
    """Return a text with its tree changed. Raises :class:`ConfigError` if it can't be edited."""
    from ruamel.yaml.error import YAMLError

    yaml, out = _yaml(), io.StringIO()
    text = before.replace("\r\n", "\n")
    try:
        tree = yaml.load(text)
        if tree is None:  # only comments, which ruamel.yaml would lose
            out.write(text if text.endswith("\n") or not text else f"{text}\n")
            tree = commented({})
        change(tree)
        yaml.dump(tree, out)
    except YAMLError:  # its text would quote the file
        raise ConfigError("It can't be edited here.", "Edit it by hand.", path=path) from None
    after = out.getvalue()
    return after.replace("\n", "\r\n") if "\r\n" in before else after


def _yaml() -> Any:  # noqa: ANN401 -- loaded late
    from ruamel.yaml import YAML
    from ruamel.yaml.resolver import VersionedResolver

    class AsWritten(VersionedResolver):
        """Finds no meaning in a scalar; the strict reader does that."""

        @property
        def versioned_resolver(self) -> dict[str, Any]:
            return {}

    yaml = YAML()
    yaml.Resolver = AsWritten
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def commented(entry: dict[str, Any]) -> Any:  # noqa: ANN401 -- ruamel's own mapping
    """Return a mapping as ruamel.yaml keeps it; what stands inside goes on one line."""
    from ruamel.yaml.comments import CommentedMap

    made = CommentedMap()
    for key, value in entry.items():
        if isinstance(value, dict):
            made[key] = commented(value)
            made[key].fa.set_flow_style()
        else:
            made[key] = scalar(value)
    return made


def scalar(value: str | bool | int) -> str:  # noqa: FBT001 -- a value, not a switch
    """Return how a value is written so that the strict reader reads it."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, str):
        is_plain = resolve(value) == value and value.isprintable()
        return value if is_plain else DoubleQuotedScalarString(value)
    return str(value).lower()


def remove_entry(tree: Any, part: str, name: str) -> None:  # noqa: ANN401 -- ruamel's own tree
    """Take an entry out of a part; the comments below it belong to what follows, and stay."""
    entries = tree[part]
    names = list(entries)
    at = names.index(name)
    below = take_comment(entries, name)
    entries.pop(name)
    if at:
        give_comment(entries, names[at - 1], below)
        return
    slots = tree.ca.items.setdefault(part, [None] * 4)
    if entries:
        slots[_ABOVE] = [*(slots[_ABOVE] or ()), *((_comment(below),) if below else ())]
        return
    above = "".join(token.value for token in slots[_ABOVE] or ())
    slots[_ABOVE] = None
    tree[part] = ""  # written as nothing, which is null
    give_comment(tree, part, above + below)


def _last_line(mapping: Any, key: str) -> tuple[Any, str]:  # noqa: ANN401 -- ruamel's own mapping
    """Return the mapping and the key on the last line of what stands at a key."""
    value = mapping[key]
    while isinstance(value, dict) and value and not value.fa.flow_style():  # type: ignore[attr-defined] # a CommentedMap
        mapping, key = value, list(value)[-1]
        value = mapping[key]
    return mapping, key


def take_comment(mapping: Any, key: str) -> str:  # noqa: ANN401 -- ruamel's own mapping
    """Take away the comment lines below what stands at a key; the one beside it stays."""
    mapping, key = _last_line(mapping, key)
    slots = mapping.ca.items.get(key)
    if slots is None or slots[_BESIDE] is None:
        return ""
    beside, _, below = slots[_BESIDE].value.partition("\n")
    if beside.strip():
        slots[_BESIDE].value = beside + "\n"
    else:
        slots[_BESIDE] = None
    return str(below)


def give_comment(mapping: Any, key: str, below: str) -> None:  # noqa: ANN401 -- ruamel's own mapping
    """Write comment lines below what stands at a key."""
    if not below:
        return
    mapping, key = _last_line(mapping, key)
    slots = mapping.ca.items.setdefault(key, [None] * 4)
    if slots[_BESIDE] is None:
        slots[_BESIDE] = _comment("\n" + below)
    else:
        slots[_BESIDE].value += below


def _comment(lines: str) -> Any:  # noqa: ANN401 -- ruamel's own token
    from ruamel.yaml.error import CommentMark
    from ruamel.yaml.tokens import CommentToken

    return CommentToken(lines, CommentMark(0), None)
