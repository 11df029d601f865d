"""What a query means, said slowly and simply: for tests to hold the fast answer against."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from planhat_tui.model import custom
from planhat_tui.model.phone import SHARED, dialled
from planhat_tui.model.query import Days, Group, Not, Numbers, Query, Relative, Term, located
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planhat_tui.model.query import Node, Sort
    from planhat_tui.model.query.values import Value
    from planhat_tui.model.values import Json, Raw

NAMES = {
    "health": "h",
    "csmscore": "csmScore",
    "renewal": "renewalDate",
    "lastrenewal": "lastRenewal",
    "customerfrom": "customerFrom",
    "customerto": "customerTo",
    "lastactive": "lastActive",
    "created": "createDate",
    "updated": "updatedAt",
    "external": "externalId",
    "title": "position",
}


class World(NamedTuple):
    """All that a query can speak of; what isn't in a record by its id.

    ``moments`` are of the fields ``lastcall`` and ``changed``, ``states`` of edits by the words
    after ``is:``. ``names`` are the team's.
    """

    companies: Mapping[str, Raw]
    contacts: Mapping[str, Raw]
    owners: Callable[[str], set[str]]
    moments: Mapping[str, Mapping[str, datetime]]
    states: Mapping[str, frozenset[str]]
    has_word: Callable[[Kind, Raw, str], bool]
    today: date
    names: Mapping[str, str] = {}


def finds(world: World, kind: Kind, query: Query) -> set[str]:
    """Return the ids of the records that meet the query; order and limit aside."""
    records = world.companies if kind is Kind.COMPANY else world.contacts
    if query.where is None:
        return set(records)
    found = {one for one, raw in records.items() if meets(world, kind, raw, query.where)}
    if found or kind is Kind.CONTACT or not query.words:
        return found
    return {one for one, raw in records.items() if _meets_by_somebody(world, raw, query)}


def _meets_by_somebody(world: World, raw: Raw, query: Query) -> bool:
    """Tell whether somebody at a company has all words in what tells who they are."""
    rest = [part for part in query.parts if not (isinstance(part, Term) and not part.field)]
    theirs = [one for one in world.contacts.values() if one.get("companyId") == raw["_id"]]
    return all(meets(world, Kind.COMPANY, raw, part) for part in rest) and any(
        all(_is_called(world, one, word) for word in query.words) for one in theirs
    )


def _is_called(world: World, raw: Raw, word: str) -> bool:
    tags = raw.get("tags")
    who = [raw.get("name"), raw.get("email"), raw.get("externalId"), dialled(_text(raw["phone"]))]
    who += tags if isinstance(tags, list) else []
    told = any(fold(word) in fold(_text(one)) for one in who)
    return told and world.has_word(Kind.CONTACT, raw, word)


def meets(world: World, kind: Kind, raw: Raw, node: Node) -> bool:
    if isinstance(node, Not):
        return not meets(world, kind, raw, node.part)
    if isinstance(node, Group):
        each = (meets(world, kind, raw, part) for part in node.parts)
        return all(each) if node.every else any(each)
    if not node.field:
        return _has_word(world, kind, raw, str(node.value))
    if node.field == "is":
        return str(node.value) in world.states.get(str(raw["_id"]), ())
    return _field(world, kind, raw, node)


def _has_word(world: World, kind: Kind, raw: Raw, word: str) -> bool:
    """Tell whether a record has a word; or one of its contacts, if it may be theirs."""
    asked = [(kind, raw)]
    if kind is Kind.COMPANY and ("@" in word or sum(map(str.isdecimal, word)) >= 4):
        theirs = (one for one in world.contacts.values() if one.get("companyId") == raw["_id"])
        asked += [(Kind.CONTACT, one) for one in theirs]
    return any(world.has_word(side, one, word) for side, one in asked)


def _those_asked(world: World, kind: Kind, raw: Raw, side: Kind) -> list[Raw]:
    """Return whose field is meant: the record's own, its contacts', or its company's."""
    if side is kind:
        return [raw]
    if side is Kind.CONTACT:
        return [one for one in world.contacts.values() if one.get("companyId") == raw["_id"]]
    return [one for i, one in world.companies.items() if i == raw.get("companyId")]


def _field(world: World, kind: Kind, raw: Raw, term: Term) -> bool:
    has = term.field == "has"
    side, name = located(kind, str(term.value) if has else term.field)
    asked = _those_asked(world, kind, raw, side)
    test = _filled if has else _compared
    return any(test(world, side, one, name, term.value) for one in asked)


def _filled(world: World, _side: Kind, raw: Raw, name: str, _value: Value) -> bool:  # noqa: PLR0911 -- a table
    if name == "contacts":
        return any(one.get("companyId") == raw["_id"] for one in world.contacts.values())
    if name == "featured":
        return raw.get("featured") is True
    if name == "id":
        return True
    if name in world.moments:
        return raw["_id"] in world.moments[name]
    if name == "phone":
        return bool(dialled(_text(raw.get("phone"))))
    found = _values(raw, name)
    if name in DATES:
        return any(_moment(one) is not None for one in found)
    return any(one is not None and one not in ("", []) for one in found)


DATES = frozenset("renewal lastrenewal customerfrom customerto lastactive created updated".split())


def _values(raw: Raw, name: str) -> list[Json]:
    if name.startswith("custom."):
        key, held = fold(name.partition(".")[2]), raw.get("custom")
        assert isinstance(held, dict)
        values = [value for mine, value in held.items() if fold(mine) == key]
        return [one for v in values for one in (v if isinstance(v, list) and v else [v])]
    if name == "owner":
        return [raw.get("owner"), raw.get("coOwner")]
    if name == "coowner":
        return [raw.get("coOwner")]
    if name in {"tag", "domain"}:
        held = raw.get({"tag": "tags", "domain": "domains"}[name])
        return list(held) if isinstance(held, list) else []
    return [raw.get(NAMES.get(name, name))]


def _compared(world: World, side: Kind, raw: Raw, name: str, value: Value) -> bool:  # noqa: C901, PLR0911 -- a table
    if name in world.moments:
        at = world.moments[name].get(str(raw["_id"]))
        return at is not None and _in_days(world, at, value)
    if name == "id":
        return value in {raw["_id"], raw.get("externalId") or raw["_id"]}
    if name == "featured":
        return (raw.get("featured") is True) == (value == "true")
    found = _values(raw, name)
    if name.startswith("custom."):
        return any(_custom(world, one, value) for one in found)
    if isinstance(value, Numbers):
        return any(_in_numbers(one, value) for one in found)
    if not isinstance(value, str):
        return any((at := _moment(one)) is not None and _in_days(world, at, value) for one in found)
    if name in {"owner", "coowner"}:
        return any(one in world.owners(value) for one in found)
    if name == "phone":
        wanted, kept = dialled(value).lstrip("0"), dialled(_text(found[0]))
        bare = kept.lstrip("0")
        return wanted in kept or (len(bare) >= SHARED and wanted.endswith(bare))
    texts = [fold(_text(one)) for one in found]
    if name in {"tag", "phase", "status", "city", "country", "external"}:
        return fold(value) in texts and (name == "tag" or fold(value) != "")
    if name == "name" and side is Kind.CONTACT:
        texts = [texts[0] or fold(_text(raw.get("email")))]
    return fold(value) in fold(" ".join(texts))


def _custom(world: World, held: Json, value: Value) -> bool:
    if isinstance(value, str):
        same = fold(value)[:200] == _as_text(held) != ""
        number, day = _number(value), _moment(value)
        if number is not None and _in_numbers(held, Numbers(number, number)):
            return True
        at = _moment(held)
        return same or (day is not None and at is not None and at.date() == day.date())
    if isinstance(value, Numbers):
        return _in_numbers(held, value)
    at = _moment(held)
    return at is not None and _in_days(world, at, value)


def _as_text(held: Json) -> str:
    if isinstance(held, float) and held.is_integer():
        held = int(held)
    return fold(custom.format(held))[:200]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _in_numbers(held: Json, wanted: Numbers) -> bool:
    if isinstance(held, bool) or not isinstance(held, int | float):
        return False
    low = -float("inf") if wanted.low is None else wanted.low
    high = float("inf") if wanted.high is None else wanted.high
    return low < held < high if wanted.strict else low <= held <= high


def _in_days(world: World, at: datetime, value: Value) -> bool:
    day = at.astimezone(UTC).date()
    if isinstance(value, Relative):
        if value.way == "next":
            return world.today <= day <= _moved(world.today, value.many, value.unit)
        first = _moved(world.today, -value.many, value.unit)
        return first <= day <= world.today if value.way == "last" else day < first
    assert isinstance(value, Days)
    return (value.low or date.min) <= day <= (value.high or date.max)


def _moved(day: date, many: int, unit: str) -> date:
    if unit in "dw":
        return day + timedelta(days=many * (7 if unit == "w" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + many * (12 if unit == "y" else 1), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _moment(held: Json) -> datetime | None:
    if not isinstance(held, str) or not custom.is_date(held):
        return None
    at = datetime.fromisoformat(held)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _text(held: Json) -> str:
    return held if isinstance(held, str) else ""


def in_order(world: World, kind: Kind, ids: Sequence[str], by: Sort) -> bool:
    """Tell whether records are sorted by a field, those without it last."""
    records = world.companies if kind is Kind.COMPANY else world.contacts
    values = [_sorted_by(world, kind, records[one], by) for one in ids]
    known = [value for value in values if value is not None]
    return values[: len(known)] == known and known == sorted(known, reverse=by.descending)


def _sorted_by(world: World, kind: Kind, raw: Raw, by: Sort) -> tuple[int, float, str] | None:
    """Return what is compared; of several that others have, the one that comes first."""
    side, name = located(kind, by.field)
    asked = _those_asked(world, kind, raw, side)
    keys = [key for one in asked if (key := _order_key(world, side, one, name)) is not None]
    return (max if by.descending else min)(keys, default=None)


def _order_key(  # noqa: PLR0911 -- a table
    world: World, side: Kind, raw: Raw, name: str
) -> tuple[int, float, str] | None:
    """Return the place of one record: numbers and moments before texts; ``None``: it has none."""
    if name in world.moments:
        at = world.moments[name].get(str(raw["_id"]))
        return None if at is None else (0, at.timestamp(), "")
    if name == "featured":
        return 0, float(raw.get("featured") is True), ""
    if name == "id":
        return 1, 0, str(raw["_id"])
    held = _values(raw, name)
    if name.startswith("custom."):
        keys = [key for one in held if (key := _typed_key(one, _as_text(one))) is not None]
        return min(keys, default=None)
    if name in {"owner", "coowner"}:
        (one,) = held[:1]
        return _typed_key(None, fold(world.names.get(_text(one), _text(one))))
    if name == "phone":
        return _typed_key(None, dialled(_text(held[0])))
    if name == "name":
        return (
            1,
            0,
            fold(_text(held[0]) or (_text(raw.get("email")) if side is Kind.CONTACT else "")),
        )
    (first, *_) = held or [""]
    text = "" if name in DATES else fold(" ".join(map(_text, held)))
    return _typed_key(first if name in DATES or not isinstance(first, str) else None, text)


def _typed_key(held: Json, text: str) -> tuple[int, float, str] | None:
    if isinstance(held, int | float) and not isinstance(held, bool):
        return 0, float(held), ""
    if isinstance(held, str):
        at = _moment(held)
        if at is not None:
            return 0, at.timestamp(), ""
    return (1, 0, text) if text else None
