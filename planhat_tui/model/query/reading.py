"""From text to a tree. Every error is a :class:`QueryError` that points at the column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import QueryError
from planhat_tui.model.query import fields
from planhat_tui.model.query.tree import Group, Not, Query, Sort, Term
from planhat_tui.model.query.values import looks_like_a_span, read_days, read_numbers, read_span
from planhat_tui.model.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planhat_tui.model.query.tree import Node
    from planhat_tui.model.query.values import Value

# Patterns are compiled when they are first used: most queries are words.
_QUOTED: Final = r'"(?:[^"]|"")*"'
_CUSTOM: Final = rf"""(?:[A-Za-z]+\.)?[Cc][Uu][Ss][Tt][Oo][Mm]\.(?:{_QUOTED}|[^\s:<>"()]+)"""
_OPENED: Final = rf"""(?:[A-Za-z]+\.)?[Cc][Uu][Ss][Tt][Oo][Mm]\.(?!{_QUOTED})\"""" ""
_PATH: Final = rf"{_CUSTOM}|[A-Za-z_][A-Za-z0-9_.]*"
_FIELD: Final = rf"({_PATH})(?::(?!//)|(?=[<>]))"
_DIGITS: Final = r"\((?=[\s+-]*\d)[\d\s+-]*\)"
_LIMIT: Final = r"[1-9][0-9]{0,6}"
_EXAMPLES: Final = {"number": "1000..5000", "date": "last30d", "boolean": "true", "phone": "070123"}
_EXAMPLES_BY_NAME: Final = {
    "limit": "50",
    "is": "new",
    "has": "phone",
    "owner": "me",
    "coowner": "me",
    "health": "1..5",
    "csmscore": "1..3",
    **dict.fromkeys(fields.AHEAD, "next90d"),
}
"""What a value looks like, by the type of its field, or by its name; others may be any text."""
_BOOLEANS: Final = {"true": "true", "yes": "true", "false": "false", "no": "false"}
_COMMON: Final = "Others are phase, owner, arr, renewal and tag; tab completes them."
_MOST_OPENED: Final = 50
DEEPEST: Final = 12
"""Groups and negations around a condition; SQLite's parser takes a few more."""
MOST_TERMS: Final = 250
"""Conditions of a query; twice as many would be too many for one statement of SQLite's."""
MOST_SORTED: Final = 16
LONGEST: Final = 10_000


def parse(text: str) -> Query:
    """Read a query. Raises :class:`QueryError` with the column, and nothing else."""
    if len(text) > LONGEST:
        raise QueryError(
            f"A query has at most {LONGEST:,} characters.", "Shorten it.", column=LONGEST
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QueryError(
            "There are bytes here that are no text.", "Type it in UTF-8.", column=error.start
        ) from None
    reader = _Reader(text)
    where = reader.alternatives(depth=0)
    _bounded(where)
    return Query(text, where, tuple(reader.sort), reader.limit)


def without_order(text: str) -> str:
    """Return a query without the words that say its order. Raises :class:`QueryError`."""
    reader = _Reader(text)
    reader.alternatives(depth=0)
    for start, end in reversed(reader.ordered):
        text = f"{text[:start].rstrip()} {text[end:].lstrip()}"
    return text.strip() if reader.ordered else text


class _Reader:
    """Reads one text from left to right. ``at`` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.sort: list[Sort] = []
        self.ordered: list[tuple[int, int]] = []
        self.limit: int | None = None
        self.misplaced: QueryError | None = None

    def alternatives(self, depth: int) -> Node | None:
        """Read what stands between ORs, to the end or to the parenthesis that closes."""
        found = [self._side_by_side(depth)]
        while self._skips_or():
            before = self.at - 2
            found.append(self._side_by_side(depth))
            if found[-1] is None or found[-2] is None:
                raise QueryError(
                    "OR needs something on both sides.",
                    'To find the word itself, type "OR".',
                    column=before,
                )
        return _group(found, every=False)

    def _side_by_side(self, depth: int) -> Node | None:
        found: list[Node | None] = []
        while self._blank() and not self._next_is_or():
            if self.text[self.at] == ")" and (depth or self._alone()):
                if depth:
                    break
                raise QueryError("Nothing was opened here.", "Take the ) out.", column=self.at)
            found.append(self._factor(depth))
        return _group(found, every=True)

    def _factor(self, depth: int) -> Node | None:
        start, negated = self.at, self._negates()
        if self.text.startswith("(", self.at) and self._match(_DIGITS) is None:
            part: Node | None = self._in_parentheses(depth + 1)
        else:
            part = self._term(start, depth, negated=negated)
        return Not(part) if negated and part is not None else part

    def _in_parentheses(self, depth: int) -> Node:
        start = self.at
        if depth > _MOST_OPENED:
            raise _too_deep(start)
        self.at += 1
        part = self.alternatives(depth)
        if not self.text.startswith(")", self.at):
            raise QueryError("A parenthesis isn't closed.", "Add a ).", column=start)
        if self.misplaced is not None:
            raise self.misplaced
        if part is None:
            raise QueryError("There's nothing in here.", "Type a word between.", column=start)
        self.at += 1
        return part

    def _term(self, start: int, depth: int, *, negated: bool) -> Node | None:
        self._no_open_quote()
        found = self._match(_FIELD)
        if found is None or not self._is_field(found):
            value, _ = self._value(depth)
            if not fold(value):
                raise QueryError(
                    "There's nothing to look for here.", "Type a word, or take it out.",
                    column=start,
                )  # fmt: skip
            return Term("", value, start)
        name, at = found[1], self.at
        self.at = found.end()
        if name.casefold() in {"sort", "limit"}:
            misplaced = QueryError(
                f"{name}: stands outside of parentheses, without a minus.", "Move it.", column=start
            )
            if negated:
                raise misplaced
            if depth:  # unless it's a parenthesis that isn't closed: that is told at its end
                self.misplaced = self.misplaced or misplaced
            self._order(name.casefold(), start, depth)
            return None
        return self._of_field(name, at, start, depth)

    def _is_field(self, found: re.Match[str]) -> bool:
        """Tell whether it's a field: ``a>b`` is one only if ``a`` is known to be compared."""
        if found[0].endswith(":"):
            return True
        known = fields.canonical(_unquoted_path(found[1]))
        return bool(known) and fields.type_of(known) in {"number", "date", "custom"}

    def _of_field(self, name: str, at: int, start: int, depth: int) -> Node:
        low = name.casefold()
        if low == "has":
            return Term("has", self._path(start, depth), start)
        if low == "is":
            value, _ = self._needed(name, start, depth)
            return Term("is", _known_state(value, self._began), start)
        known = _known(name, at, fields.names())
        if fields.type_of(known) == "any":
            advice = f"Try has:{known}, or contacts.title:cfo."
            raise QueryError(f"{known} has no value of its own.", advice, column=self.at)
        value, quoted = self._needed(name, start, depth)
        return Term(known, _read(known, value, self._began, quoted=quoted), start)

    def _needed(self, name: str, start: int, depth: int) -> tuple[str, bool]:
        value, quoted = self._value(depth)
        if not value.strip():
            advice = f"Type one, as in {name}:{_example(name)}."
            raise QueryError(f"{name}: needs a value.", advice, column=start)
        return value, quoted

    def _no_open_quote(self) -> None:
        """Refuse a custom field whose quote isn't closed: it would be taken for a word."""
        opened = self._match(_OPENED)
        if opened is not None:
            raise QueryError("A quote isn't closed.", 'Add a ".', column=opened.end() - 1)

    def _path(self, start: int, depth: int) -> str:
        self._no_open_quote()
        found = self._match(_PATH)
        if found is None:
            at = self.at
            value, _ = self._needed("has", start, depth)
            return _known(value, at, fields.field_names())
        at, self.at = self.at, found.end()
        known = _known(found[0], at, fields.field_names())
        if not self._at_an_end():
            raise QueryError(
                f"{found[0]} is followed by something else.", "Type a blank.", column=self.at
            )
        return known

    def _order(self, name: str, start: int, depth: int) -> None:
        if name == "limit":
            value, _ = self._needed(name, start, depth)
            if re.fullmatch(_LIMIT, value) is None:
                raise QueryError(f"{value} is no limit.", "Type one like 50.", column=self._began)
            self.limit = int(value)
            return
        while True:
            minus = self.text.startswith("-", self.at)
            self.at += minus
            at, field = self.at, self._sorted_by(start)
            if not fields.orders(field):
                raise QueryError(f"{field} can't be sorted by.", "Try sort:name.", column=at)
            if len(self.sort) == MOST_SORTED:
                raise QueryError(
                    f"A list is sorted by at most {MOST_SORTED} fields.",
                    "Leave the last ones out.",
                    column=at,
                )
            self.sort.append(Sort(field, minus))
            if not self.text.startswith(",", self.at):
                break
            self.at += 1
        if not self._at_an_end():
            raise QueryError("Fields to sort by are parted by commas.", column=self.at)
        self.ordered.append((start, self.at))

    def _sorted_by(self, start: int) -> str:
        self._no_open_quote()
        found = self._match(_PATH)
        if found is None:
            raise QueryError("sort: needs a field.", "Type one, as in sort:-arr.", column=start)
        path = found[0]
        if "," in path and not path.endswith('"'):  # a name of a custom field, and the next one
            path = path.partition(",")[0]
        at, self.at = self.at, self.at + len(path)
        return _known(path, at, fields.field_names())

    # -- characters

    _began = 0

    def _value(self, depth: int) -> tuple[str, bool]:
        """Read a value, quoted or to the next blank, and tell whether it was quoted."""
        self._began = self.at
        if self.text.startswith('"', self.at):
            found = self._match(_QUOTED)
            if found is None:
                raise QueryError("A quote isn't closed.", 'Add a ".', column=self.at)
            self.at = found.end()
            return found[0][1:-1].replace('""', '"'), True
        opened = 0
        while self.at < len(self.text) and not (char := self.text[self.at]).isspace():
            opened += (char == "(") - (char == ")")
            if depth and opened < 0:
                break
            self.at += 1
        return self.text[self._began : self.at], False

    def _negates(self) -> bool:
        text, at = self.text, self.at
        if text[at : at + 4].casefold() == "not:":
            self.at += 4
            return True
        if text[at] == "-" and at + 1 < len(text) and not (text[at + 1].isspace()):
            self.at += 1
            return True
        return False

    def _blank(self) -> bool:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def _at_an_end(self) -> bool:
        return (
            self.at >= len(self.text) or self.text[self.at].isspace() or self.text[self.at] == ")"
        )

    def _alone(self) -> bool:
        return self.at + 1 >= len(self.text) or self.text[self.at + 1].isspace()

    def _match(self, pattern: str) -> re.Match[str] | None:
        return re.compile(pattern).match(self.text, self.at)

    def _next_is_or(self) -> bool:
        after = self.text[self.at + 2 : self.at + 3]
        return self.text.startswith("OR", self.at) and (after.isspace() or after in {"", "(", ")"})

    def _skips_or(self) -> bool:
        if self._blank() and self._next_is_or():
            self.at += 2
            return True
        return False


def _read(field: str, value: str, column: int, *, quoted: bool) -> Value:
    wanted = fields.type_of(field)
    if wanted == "number":
        return read_numbers(value.strip(), column)
    if wanted == "date":
        return read_days(value.strip(), column, "next" if field in fields.AHEAD else "last")
    if wanted == "custom" and not quoted and looks_like_a_span(value):
        return read_span(value, column)
    if wanted == "phone" and not any(char.isdecimal() for char in value):
        raise QueryError(f"{field} is found by its digits.", "Type some.", column=column)
    if wanted == "boolean":
        known = _BOOLEANS.get(value.strip().casefold())
        if known is None:
            raise QueryError(f"{field} is true or false.", "Type one of them.", column=column)
        return known
    return value


def _example(name: str) -> str:
    """Return a value that what stands before a colon may have."""
    field = fields.canonical(_unquoted_path(name)) or name.casefold()
    if field in _EXAMPLES_BY_NAME:
        return _EXAMPLES_BY_NAME[field]
    return _EXAMPLES.get(fields.type_of(field), "x")


def _known(name: str, column: int, likely: Sequence[str]) -> str:
    """Return the field that a name stands for; one of ``likely`` may be what a slip meant."""
    path = _unquoted_path(name)
    found = fields.canonical(path)
    if found:
        return found
    if path.casefold().endswith("custom."):
        raise QueryError(
            f"{path} needs the name of a field.", f"Type one, as in {path}Plan.", column=column
        )
    others = [one for one in likely if one != path.casefold()]
    near = _near_side(path) or _begun(path.casefold(), others) or nearest(path, others)
    custom = f"A custom field is written custom.{path}: here."
    advice = f"Did you mean {near}: ?" if near else f"{custom} {_COMMON}"
    raise QueryError(f"There's no field {path} to find by.", advice, column=column)


def _begun(typed: str, likely: Sequence[str]) -> str:
    """Return the first field that begins as typed; empty if none does, or only a letter is there.

    A short alias is nearer to what is begun than the field itself.
    """
    return next((one for one in likely if len(typed) > 1 and one.startswith(typed)), "")


def _near_side(path: str) -> str:
    """Return a field with what was meant before its point, as in ``custm.Plan``; or nothing."""
    side, point, name = path.partition(".")
    near = nearest(side, fields.SIDES) if point else ""
    meant = f"{near}.{name}"
    return meant if near and near != side.casefold() and fields.canonical(meant) else ""


def _unquoted_path(name: str) -> str:
    head, quote, rest = name.partition('"')
    return head + rest[:-1].replace('""', '"') if quote and rest.endswith('"') else name


def _known_state(value: str, column: int) -> str:
    state = value.casefold()
    if state in fields.STATES:
        return state
    near = nearest(state, fields.STATES)
    advice = f"Did you mean {near}?" if near else f"Known are {', '.join(fields.STATES)}."
    raise QueryError(f"Nothing is {value}.", advice, column=column)


def _bounded(where: Node | None) -> None:
    """Refuse what is too deep or too much: by the tree, so that it's the same however written."""
    for number, (term, depth) in enumerate(_terms(where, 0)):
        if depth > DEEPEST:
            raise _too_deep(term.column)
        if number == MOST_TERMS:
            raise QueryError(
                f"A query has at most {MOST_TERMS} words and conditions.",
                "Ask in several.",
                column=term.column,
            )


def _terms(node: Node | None, depth: int) -> Iterator[tuple[Term, int]]:
    """Give the terms from left to right, each with the number of groups and negations around it."""
    if isinstance(node, Term):
        yield node, depth
    elif isinstance(node, Not):
        yield from _terms(node.part, depth + 1)
    elif node is not None:
        for part in node.parts:
            yield from _terms(part, depth + 1)


def _too_deep(column: int) -> QueryError:
    return QueryError("Too many parentheses around this.", "Write it flatter.", column=column)


def _group(found: list[Node | None], *, every: bool) -> Node | None:
    """Return one node for all; groups of the same sort are merged."""
    parts: list[Node] = []
    for node in found:
        if isinstance(node, Group) and node.every == every:
            parts += node.parts
        elif node is not None:
            parts.append(node)
    if len(parts) > 1:
        return Group(every, tuple(parts))
    return parts[0] if parts else None
