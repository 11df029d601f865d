"""From a tree to text: the one way to write a query, which reads back as the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from planhat_tui.model.query.tree import Group, Not, Term
from planhat_tui.model.query.values import Days, Numbers, Relative, looks_like_a_span

if TYPE_CHECKING:
    from planhat_tui.model.query.tree import Node, Query
    from planhat_tui.model.query.values import Value

_PLAIN: Final = re.compile(r'(?!OR$)[^\s()"<>:\-][^\s()"<>:]*')
_PLAIN_KEY: Final = re.compile(r'[^\s:<>"(),.]+(?:\.[^\s:<>"(),.]+)*')
_CUSTOM: Final = re.compile(r"((?:[a-z]+\.)?custom\.)(.+)", re.DOTALL)


def write(query: Query) -> str:
    """Write a query: words, fields, then order and limit."""
    parts = [_node(part, inside=len(query.parts) > 1) for part in query.parts]
    if query.sort:
        by = (("-" if one.descending else "") + path(one.field) for one in query.sort)
        parts.append(f"sort:{','.join(by)}")
    if query.limit is not None:
        parts.append(f"limit:{query.limit}")
    if len(query.parts) == 1 and isinstance(query.parts[0], Group) and len(parts) > 1:
        parts[0] = f"({parts[0]})"  # so that the order isn't taken for a part of the last one
    return " ".join(parts)


def _node(node: Node, *, inside: bool) -> str:
    if isinstance(node, Term):
        return _term(node)
    if isinstance(node, Not):
        part = _node(node.part, inside=False)
        return f"-{part}" if isinstance(node.part, Term) else f"-({part})"
    joined = (" " if node.every else " OR ").join(_node(part, inside=True) for part in node.parts)
    return f"({joined})" if inside and not node.every else joined


def _term(term: Term) -> str:
    if not term.field:
        return quoted(str(term.value))
    if term.field == "has":
        return f"has:{path(str(term.value))}"
    return f"{path(term.field)}:{_value(term.value)}"


def quoted(text: str) -> str:
    """Return a text as it is typed: in quotes if it could be taken for something else."""
    if _PLAIN.fullmatch(text) and not looks_like_a_span(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def path(field: str) -> str:
    """Return the name of a field as it is typed: a custom one in quotes where it needs them."""
    custom = _CUSTOM.fullmatch(field)
    if custom is None or _PLAIN_KEY.fullmatch(custom[2]):
        return field
    return f"{custom[1]}{quoted_key(custom[2])}"


def quoted_key(key: str) -> str:
    """Return the name of a custom field in quotes."""
    return '"' + key.replace('"', '""') + '"'


def _value(value: Value) -> str:
    match value:
        case Numbers(low, high, True):
            return f">{_number(low)}" if low is not None else f"<{_number(high)}"
        case Numbers(low, high):
            one = low is not None and low == high
            return _number(low) if one else f"{_number(low)}..{_number(high)}"
        case Days(low, high):
            one = low is not None and low == high
            return str(low) if one else f"{low or ''}..{high or ''}"
        case Relative(way, count, unit):
            return f"{way}{count}{unit}"
        case text:
            return quoted(text)


def _number(number: float | None) -> str:
    if number is None:
        return ""
    return str(int(number)) if number.is_integer() else f"{number:.9f}".rstrip("0")
