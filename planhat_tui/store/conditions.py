"""A query as SQL: each part a condition on one row, with its values.

Which rows are asked is decided elsewhere (:mod:`planhat_tui.store.leads`). A condition is never
NULL, so that ``NOT`` means what it says: a record without a value doesn't meet it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import QueryError
from planhat_tui.model.outbox import State
from planhat_tui.model.phone import SHARED, dialled
from planhat_tui.model.query import Days, Group, Not, Numbers, Relative, located, type_of
from planhat_tui.model.query.values import looks_like_a_span, read_days, read_numbers
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold
from planhat_tui.store.asking import ALWAYS, Condition, all_of, any_of
from planhat_tui.store.columns import MOST_COMPARED
from planhat_tui.store.indexing import finds_contacts, is_phrase, may_name_country, needle, typed
from planhat_tui.store.people import called

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.model.query import Node, Term
    from planhat_tui.model.query.values import Value
    from planhat_tui.store.asking import Asking
    from planhat_tui.store.indexing import Words

COLUMNS: Final = {
    Kind.COMPANY: {
        "name": "name_key",
        "phase": "phase_key",
        "status": "status_key",
        "arr": "arr",
        "mrr": "mrr",
        "mr": "mr",
        "nrr30": "nrr30",
        "health": "health",
        "csmscore": "csm_score",
        "renewal": "renewal",
        "lastrenewal": "last_renewal",
        "customerfrom": "customer_from",
        "customerto": "customer_to",
        "lastactive": "last_active",
        "created": "created",
        "updated": "updated",
        "domain": "domains_key",
        "web": "web_key",
        "phone": "digits",
        "city": "city_key",
        "country": "country_key",
        "slug": "slug_key",
        "external": "external_key",
        "owner": "owner",
        "coowner": "co_owner",
        "id": "id",
    },
    Kind.CONTACT: {
        "name": "name_key",
        "title": "title_key",
        "email": "email_key",
        "phone": "digits",
        "featured": "featured",
        "lastactive": "last_active",
        "created": "created",
        "updated": "updated",
        "external": "external_key",
        "id": "id",
    },
}
"""The column that each field is kept in; the others have tables of their own."""

_PHRASED: Final = {
    Kind.COMPANY: ("name_key", "slug_key", "external_key"),
    Kind.CONTACT: ("name_key", "email_key", "external_key", "title_key"),
}
"""Columns in which words stand side by side, besides tags."""

_DAY: Final = 86_400
_EPOCH: Final = 719_163  # the ordinal of 1970-01-01
_STATES: Final = {
    "pending": Condition("state IS NOT NULL"),
    "new": Condition("known = 0"),
}
_IN_STATE: Final = {"unsure": State.NOT_SURE}
"""States whose word isn't the one of the query; the others are called alike."""


def of_node(asking: Asking, node: Node) -> Condition:
    """Demand what a part of a query says."""
    if isinstance(node, Not):
        part = of_node(asking, node.part)
        return Condition(f"NOT ({part.sql})", part.values)
    if isinstance(node, Group):
        parts = (of_node(asking, part) for part in node.parts)
        return all_of(parts) if node.every else any_of(parts)
    if not node.field:
        return _of_word(asking.kind, str(node.value))
    if node.field == "is":
        return _of_state(asking, str(node.value))
    return _of_field(asking, node)


def _of_word(kind: Kind, word: str) -> Condition:
    readings = typed([word]).readings
    if not readings:
        return ALWAYS
    if kind is Kind.CONTACT:
        return reads_as(kind, readings)
    return have_or_employ(readings)


def have_or_employ(readings: Iterable[Words]) -> Condition:
    """Demand of companies one of the readings: each word is theirs, or one of their contacts'."""
    return any_of(all_of(map(has_or_somebody_there, words)) for words in readings)


def has_or_somebody_there(word: str) -> Condition:
    """Demand that a company has a word itself; or a contact there, if it may be one's."""
    itself = reads_as(Kind.COMPANY, ((word,),))
    if not finds_contacts(word):
        return itself
    return any_of([itself, somebody_there(reads_as(Kind.CONTACT, ((word,),)))])


def somebody_there(condition: Condition) -> Condition:
    """Demand of a company that one of its contacts meets a condition."""
    theirs = f"SELECT 1 FROM contact WHERE company_id = company.id AND ({condition.sql})"  # noqa: S608 -- our names
    return Condition(f"EXISTS ({theirs})", condition.values)


def _of_state(asking: Asking, state: str) -> Condition:
    if state in _STATES:
        return _STATES[state]
    if state == "changed":
        ids = asking.unseen(asking.kind)
    else:
        ids = asking.in_state(asking.kind, _IN_STATE.get(state) or State(state))
    return Condition("id IN (SELECT value FROM json_each(?))", (json.dumps([*ids]),))


def reads_as(kind: Kind, readings: Iterable[Words], *, starts: bool = False) -> Condition:
    """Demand one of the readings of what a record is found by; ``starts``: where words start."""
    return any_of(all_of(_reads_as(kind, word, starts) for word in words) for words in readings)


def _reads_as(kind: Kind, word: str, starts: bool) -> Condition:  # noqa: FBT001 -- private
    if is_phrase(word):
        return in_one_field(kind, _PHRASED[kind], " " * starts + word.replace("  ", " "))
    if starts:
        return Condition(f"instr({kind}.search, ?)", (f"  {word}",))
    return any_of(
        [
            Condition(f"instr({kind}.search, ?)", (needle(word),)),
            *ends_number(f"{kind}.digits", word),
        ]
    )


def ends_number(digits: str, number: str) -> tuple[Condition, ...]:
    """Demand that a number which is kept without its country ends one that may name it."""
    if not may_name_country(number):
        return ()
    kept = f"ltrim({digits}, '0')"
    ends = f"length({kept}) >= {SHARED} AND substr(?, -length({kept})) = {kept}"
    return (Condition(f"({ends})", (number,)),)


def in_one_field(kind: Kind, columns: Iterable[str], text: str) -> Condition:
    """Demand that a text stands within one of these columns, or within a tag."""
    fields = " || char(1) || ".join(f"' ' || {kind}.{column}" for column in columns)
    return any_of(
        [
            Condition(f"instr({fields}, ?)", (text,)),
            _beside(kind, "tag", Condition(f"instr(' ' || {kind}_tag.key, ?)", (text,))),
        ]
    )


def bounds_of(asking: Asking, value: Numbers | Days | Relative) -> tuple[Condition, ...]:
    """Return what a number, or a moment in seconds, must meet; ``?`` stands for the column."""
    if isinstance(value, Numbers):
        low, high = (">", "<") if value.strict else (">=", "<=")
        bounds: list[tuple[str, float | None]] = [(low, value.low), (high, value.high)]
    else:
        days = value.days(asking.today, asking.utc) if isinstance(value, Relative) else value
        bounds = [
            (">=", None if days.low is None else _seconds(days.low.toordinal())),
            ("<", None if days.high is None else _seconds(days.high.toordinal() + 1)),
        ]
    return tuple(Condition(sign, (bound,)) for sign, bound in bounds if bound is not None)


def _seconds(ordinal: int) -> float:
    return float((ordinal - _EPOCH) * _DAY)


def _of_field(asking: Asking, term: Term) -> Condition:
    field = str(term.value) if term.field == "has" else term.field
    side, name = located(asking.kind, field)
    if term.field == "has":
        condition = _filled(asking.of(side), name)
    else:
        condition = _compared(asking.of(side), name, term.value)
    if side is asking.kind:
        return condition
    if side is Kind.CONTACT:
        return somebody_there(condition)
    theirs = f"SELECT 1 FROM company WHERE id = contact.company_id AND ({condition.sql})"  # noqa: S608 -- our names
    return Condition(f"EXISTS ({theirs})", condition.values)


def _filled(asking: Asking, name: str) -> Condition:  # noqa: PLR0911 -- a table of types
    wanted = _type(asking.kind, name)
    column = COLUMNS[asking.kind].get(name, "")
    match wanted:
        case "custom":
            return _custom(asking.kind, name, Condition("text <> ''"))
        case "tags":
            return Condition("tags <> '[]'")
        case "any":
            return Condition("EXISTS (SELECT 1 FROM contact WHERE company_id = company.id)")
        case "boolean":
            return Condition(f"{column} = 1")
        case "id":
            return ALWAYS
        case "number" | "date" if column:
            return Condition(f"{column} IS NOT NULL")
        case "date":
            return _moment(asking, name, ())
    if name == "owner":
        return Condition("(owner <> '' OR co_owner <> '')")
    return Condition(f"{column} <> ''")


def _compared(asking: Asking, name: str, value: Value) -> Condition:  # noqa: PLR0911 -- likewise
    wanted = _type(asking.kind, name)
    column = COLUMNS[asking.kind].get(name, "")
    if wanted == "custom":
        return _custom(asking.kind, name, any_of(custom_meant(asking, value)))
    if not isinstance(value, str):
        bounds = bounds_of(asking, value)
        return _within(column, bounds) if column else _moment(asking, name, bounds)
    match wanted:
        case "tags":
            return _beside(asking.kind, "tag", Condition("key = ?", (fold(value),)))
        case "user":
            return _owned(asking, name, value)
        case "id":
            external = "(external_key <> '' AND external_key = ? AND external_id = ?)"
            return Condition(f"(id = ? OR {external})", (value, fold(value), value))
        case "boolean":
            return Condition(f"{column} = ?", (int(value == "true"),))
        case "whole":
            return Condition(f"({column} <> '' AND {column} = ?)", (fold(value),))
        case "phone":
            number = phone_digits(value)
            return any_of(
                [Condition(f"instr({column}, ?)", (number,)), *ends_number(column, number)]
            )
        case _:
            return Condition(f"(instr({column}, ?) > 0)", (fold(value),))


def phone_digits(value: str) -> str:
    """Return the digits by which a phone number is looked for, however it is written."""
    return dialled(value).lstrip("0")


def _type(kind: Kind, name: str) -> str:
    return type_of(name if kind is Kind.COMPANY else f"contacts.{name}")


def _within(column: str, bounds: Iterable[Condition]) -> Condition:
    known = Condition(f"{column} IS NOT NULL")
    return all_of([known, *(Condition(f"{column} {b.sql} ?", b.values) for b in bounds)])


def _moment(asking: Asking, name: str, bounds: Iterable[Condition]) -> Condition:
    within = [(bound.sql, float(bound.values[0])) for bound in bounds]
    ids = asking.moments[name].within(asking.kind, within)
    return Condition("id IN (SELECT value FROM json_each(?))", (json.dumps(ids),))


def _owned(asking: Asking, name: str, value: str) -> Condition:
    ids = [value, *called(asking, fold(value))]
    marks = ", ".join("?" * len(ids))
    co_owned = Condition(f"(co_owner <> '' AND co_owner IN ({marks}))", tuple(ids))
    if name == "coowner":
        return co_owned
    return any_of([Condition(f"(owner <> '' AND owner IN ({marks}))", tuple(ids)), co_owned])


def custom_meant(asking: Asking, value: Value) -> list[Condition]:
    """Return what a row of a custom field may be to be meant: a text, a number, a day."""
    if not isinstance(value, str):
        return [_typed_within(asking, value)]
    meant = [Condition("text <> '' AND text = ?", (fold(value)[:MOST_COMPARED],))]
    for read in (read_numbers, read_days):
        try:
            exactly = read(value.strip(), 0)
        except QueryError:
            continue
        if not looks_like_a_span(value.strip()):
            meant.append(_typed_within(asking, exactly))
    return meant


def custom_texts(value: str) -> tuple[str, ...]:
    """Return the text that a custom value must have; none if a number or a day may be meant."""
    is_plain = fold(value) and not any(char.isdecimal() for char in value)
    return (fold(value)[:MOST_COMPARED],) if is_plain else ()


def custom_named(name: str) -> Condition:
    """Demand the rows of a custom field."""
    return Condition("name = ?", (fold(name.partition(".")[2]),))


def _custom(kind: Kind, name: str, condition: Condition) -> Condition:
    return _beside(kind, "custom", all_of([custom_named(name), condition]))


def _beside(kind: Kind, table: str, wanted: Condition) -> Condition:
    """Demand that a record has such a row in its side table."""
    side = f"{kind}_{table}"
    return Condition(
        f"EXISTS (SELECT 1 FROM {side} WHERE {side}.row = {kind}.row AND {wanted.sql})",  # noqa: S608 -- our names
        wanted.values,
    )


def _typed_within(asking: Asking, value: Numbers | Days | Relative) -> Condition:
    type_ = "number" if isinstance(value, Numbers) else "date"
    return all_of([Condition(f"type = '{type_}'"), _within("number", bounds_of(asking, value))])
