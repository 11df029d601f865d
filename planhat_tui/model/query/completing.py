"""What stands at the cursor of a query that is being typed, and what it becomes."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from planhat_tui.model.query import fields
from planhat_tui.model.query.writing import quoted

_TOKEN: Final = re.compile(r'(?:[^\s"]|"(?:[^"]|"")*(?:"|$))+')
_HEAD: Final = re.compile(r"(?:-|\(|not:)*", re.IGNORECASE)
_FIELD: Final = re.compile(
    r"""((?:[A-Za-z]+\.)?custom\.(?:"(?:[^"]|"")*"|[^\s:<>"()]+)|[A-Za-z_][A-Za-z0-9_.]*):""",
    re.IGNORECASE,
)
_UNFINISHED: Final = re.compile(
    rf"""{_HEAD.pattern}(?:{_FIELD.pattern}|(?:[A-Za-z]+\.)?custom\.(?:"[^"]*"?|[^\s:<>"()]*))""",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[A-Za-z_][^\s:<>()]*")
_DAYS: Final = tuple("last7d last30d last90d over30d over90d next30d next90d".split())
_CUSTOM: Final = "custom."
ME: Final = "me"
"""Who the token stands for, wherever a member of the team is asked for."""
_LISTED: Final = {"has", "sort"}


class Completing(NamedTuple):
    """What is being typed: ``typed`` stands from ``start`` to ``end`` and would be replaced.

    ``field`` is empty for a name of a field (or a word); else it is the field whose value is typed:
    one that :func:`planhat_tui.model.query.fields.canonical` gave, ``has``, ``is`` or ``sort``.
    """

    field: str
    typed: str
    start: int
    end: int


def at(text: str, cursor: int) -> Completing | None:
    """Return what can be completed at the cursor; ``None`` where there's nothing."""
    token = next((t for t in _TOKEN.finditer(text) if t.start() < cursor <= t.end()), None)
    if token is None:
        return None
    head = _HEAD.match(text, token.start())
    start = head.end() if head else token.start()
    named = _FIELD.match(text, start, token.end())
    if named and named.end() <= cursor:
        return _value(named[1], text, named.end(), cursor, token.end())
    typed = text[start:cursor]
    if _NAME.fullmatch(typed) is None:
        return None
    return Completing("", typed, start, named.end() if named else token.end())


def finished(text: str, cursor: int) -> str:
    """Return a query without the field that is being typed at the cursor: it says nothing yet.

    That is one whose colon has no value yet, or the beginning of a custom one. A word that isn't a
    field before its colon comes is a word.
    """
    token = next((t for t in _TOKEN.finditer(text) if t.start() < cursor == t.end()), None)
    if token is None or _UNFINISHED.fullmatch(token[0]) is None:
        return text
    return (text[: token.start()] + text[token.end() :]).strip()


def custom_typed(completing: Completing) -> str | None:
    """Return what is typed of the name of a custom field, ``None`` if none is being typed."""
    typed = completing.typed.strip().removeprefix("-" if completing.field == "sort" else "")
    if completing.field not in {"", *_LISTED} or not typed.casefold().startswith(_CUSTOM):
        return None
    return typed[len(_CUSTOM) :].strip('"')


def known(completing: Completing) -> tuple[str, ...]:
    """Return what it may become as far as the grammar knows; values of records aside."""
    match completing.field:
        case "":
            candidates: tuple[str, ...] = (*(n for n in fields.names() if n != "not"), _CUSTOM)
        case "has":
            candidates = (*fields.field_names(), _CUSTOM)
        case "sort":
            candidates = (*(one for one in fields.field_names() if _is_order(one)), _CUSTOM)
        case "is":
            candidates = fields.STATES
        case field if fields.type_of(field) == "boolean":
            candidates = ("true", "false")
        case field if fields.type_of(field) == "date":
            candidates = _DAYS
        case field if fields.type_of(field) == "user":
            return (ME,) if ME.startswith(completing.typed.casefold()) else ()
        case _:
            return ()
    typed = completing.typed.casefold().lstrip("-")
    starting = [one for one in candidates if one.startswith(typed)]
    return (*starting, *(one for one in candidates if typed in one and one not in starting))


def done(text: str, completing: Completing, chosen: str) -> tuple[str, int]:
    """Return the text with what was chosen in it, and where the cursor stands then."""
    if not completing.field:
        written = chosen if chosen.endswith(".") else f"{chosen}:"
    elif completing.field in _LISTED:
        sign = "-" if completing.typed.startswith("-") else ""
        written = f"{sign}{chosen}" if chosen.endswith(".") else f"{sign}{chosen} "
    else:
        written = f"{quoted(chosen) if chosen not in _DAYS else chosen} "
    after = text[completing.end :]
    if written.endswith(" ") and after.startswith(" "):
        written = written[:-1]
    return text[: completing.start] + written + after, completing.start + len(written)


def _is_order(name: str) -> bool:
    """Tell whether a list is sorted by it, under its own name: another word is found by none."""
    return fields.canonical(name) == name and fields.orders(name)


def _is_chosen(field: str) -> bool:
    """Tell whether there may be few enough values of a field to choose from."""
    return field in fields.SCORES or fields.type_of(field) not in {"number", "any"}


def _value(name: str, text: str, start: int, cursor: int, end: int) -> Completing | None:
    low = name.casefold()
    path = name.replace('"', "")
    field = low if low in {*_LISTED, "is"} else fields.canonical(path)
    if not field or not (field in {*_LISTED, "is"} or _is_chosen(field)):
        return None
    if field == "sort":
        start = max(start, text.rfind(",", start, cursor) + 1)
    closing = end
    while closing > cursor and text[closing - 1] == ")":
        closing -= 1
    return Completing(field, text[start:cursor].strip('"'), start, closing)
