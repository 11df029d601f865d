"""What can be asked of a company, as short tokens: conditions become look-ups in an index.

Each company has a token for its phase, for each tag, for the custom fields' texts, and for the
coarse places of its numbers and moments. A query of conditions is an expression over them, which
FTS5 answers from its lists of row numbers without reading a row. Where tokens are coarse, or a
condition has none, the expression finds too much, and the conditions are asked of what it finds.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.query import Group, Not, Numbers, located
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold
from planhat_tui.store.conditions import bounds_of, custom_texts
from planhat_tui.store.people import called

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planhat_tui.model.query import Node, Term
    from planhat_tui.model.query.values import Days, Relative
    from planhat_tui.store.asking import Asking
    from planhat_tui.store.columns import Value

_NUMBERS: Final = {"arr": "arr", "health": "health"}
_MOMENTS: Final = {
    "renewal": "renewal",
    "created": "created",
    "updated": "updated",
    "lastactive": "last_active",
}
_WHOLES: Final = {
    "phase": "phase_key",
    "status": "status_key",
    "city": "city_key",
    "country": "country_key",
}
COLUMNS: Final = (
    *(*_NUMBERS.values(), *_MOMENTS.values(), *_WHOLES.values()), "owner", "co_owner", "state",
)  # fmt: skip
"""What a company's facts are worked out from, besides its tags and custom fields."""
_DAY: Final = 86_400
_LAST_DAY: Final = 0xFFFF
_LAST_SIZE: Final = 160
_DAY_STEPS: Final = (0, 3, 6, 9, 12)
_SIZE_STEPS: Final = (0, 3)
_MOST_BLOCKS: Final = 21
_BYTES: Final = 5


class Expression(NamedTuple):
    """What to ask the index. ``exact``: it finds nothing but what is wanted."""

    text: str
    exact: bool


@lru_cache(maxsize=16_384)
def token(name: str, value: str | int = "") -> bytes:
    """Return the token of a fact: five bytes."""
    return blake2b(f"{name}\x00{value}".encode("utf-8", "replace"), digest_size=_BYTES).digest()


def indexed(facts: bytes) -> str:
    """Return the facts of a company as text for the index: a word for each."""
    return facts.hex(" ", _BYTES)


def facts_of(
    row: Mapping[str, Value], tags: Iterable[str], custom: Iterable[tuple[str, str]]
) -> bytes:
    """Return the tokens of a company, from its columns, folded tags, custom names and texts.

    They are worked out anew of what stands in the tables, to take them out of the index again: who
    changes what they are makes all rows anew with a migration.
    """
    facts = [token("tag", tag) for tag in tags]
    for name, column in _WORDS:
        if value := row[column]:
            facts.append(token(name, str(value)))
    for name, column, place, steps in _PLACED:
        value = row[column]
        if isinstance(value, float):
            facts += _placed(name, place(value), steps)
    if row["state"]:
        facts += token("pending"), token("state", str(row["state"]))
    for name, text in custom:
        if text:
            facts += token("custom", f"{name}\x00{text}"), token("has custom", name)
    return b"".join(sorted({*facts}))


def expression_of(
    asking: Asking, parts: Sequence[Node]
) -> tuple[Expression, tuple[Node, ...]] | None:
    """Return the expression for all parts, and those that must be asked of what it finds.

    ``None`` if no part is a fact.
    """
    found = _all(asking, parts)
    if found is None:
        return None
    return found, tuple(part for part in parts if not _is_exact(asking, part))


def _is_exact(asking: Asking, part: Node) -> bool:
    found = _of(asking, part.part if isinstance(part, Not) else part)
    return found is not None and found.exact


@lru_cache(maxsize=8_192)
def _placed(name: str, place: int, steps: Sequence[int]) -> tuple[bytes, ...]:
    """Return the tokens of a field that has a value at a place, in blocks of each size."""
    return token("has", name), *(token(f"{name} {step}", place >> step) for step in steps)


def _size(number: float) -> int:
    """Return the place of a number: four to each doubling."""
    if number < 1:
        return 0
    return min(1 + int(math.log2(number) * 4), _LAST_SIZE) if number < math.inf else _LAST_SIZE


def _day(moment: float) -> int:
    return min(max(int(moment // _DAY), 0), _LAST_DAY)


_WORDS: Final = (*_WHOLES.items(), ("owner", "owner"), ("owner", "co_owner"))
_PLACED: Final = (
    *((name, column, _size, _SIZE_STEPS) for name, column in _NUMBERS.items()),
    *((name, column, _day, _DAY_STEPS) for name, column in _MOMENTS.items()),
)
"""How the columns of numbers and moments are told: by name, with how coarse each is."""


def _all(asking: Asking, parts: Sequence[Node]) -> Expression | None:
    """Join what must hold, and then take out what must not."""
    wanted = [_of(asking, part) for part in parts if not isinstance(part, Not)]
    known = [one for one in wanted if one is not None]
    if not known:
        return None
    exact = len(known) == len(wanted) and all(one.exact for one in known)
    text = " AND ".join(f"({one.text})" for one in known)
    without = [_of(asking, part.part) for part in parts if isinstance(part, Not)]
    told = [one.text for one in without if one is not None and one.exact]
    if told:  # all at once: one behind the other would be nested, and FTS5 takes few such levels
        text = f"({text}) NOT ({' OR '.join(f'({one})' for one in told)})"
    exact = exact and len(told) == len(without)
    return Expression(text, exact)


def _of(asking: Asking, node: Node) -> Expression | None:
    if isinstance(node, Not):
        return None
    if isinstance(node, Group):
        if node.every:
            return _all(asking, node.parts)
        each = [_of(asking, part) for part in node.parts]
        known = [one for one in each if one is not None]
        if len(known) < len(each):
            return None
        return Expression(
            " OR ".join(f"({one.text})" for one in known), all(one.exact for one in known)
        )
    return _of_term(asking, node)


def _of_term(asking: Asking, term: Term) -> Expression | None:
    if term.field == "is":
        return _any([token("pending")], exact=True) if term.value == "pending" else None
    field = str(term.value) if term.field == "has" else term.field
    side, name = located(Kind.COMPANY, field or "contacts")
    if side is not Kind.COMPANY:
        return None
    if term.field == "has":
        return _filled(name)
    if not isinstance(term.value, str):
        return _within(asking, name, term.value)
    return _is(asking, name, term.value)


def _filled(name: str) -> Expression | None:
    if name.startswith("custom."):
        return _any([token("has custom", fold(name.partition(".")[2]))], exact=True)
    return _any([token("has", name)], exact=True) if name in {**_NUMBERS, **_MOMENTS} else None


def _is(asking: Asking, name: str, value: str) -> Expression | None:
    if name in _WHOLES:
        return _any([token(name, fold(value))], exact=True)
    if name == "tag":
        return _any([token("tag", fold(value))], exact=True)
    if name == "owner":
        ids = [value, *called(asking, fold(value))]
        return _any([token("owner", one) for one in ids], exact=True)
    if name.startswith("custom.") and (texts := custom_texts(value)):
        key = fold(name.partition(".")[2])
        return _any([token("custom", f"{key}\x00{text}") for text in texts], exact=True)
    return None


def _within(asking: Asking, name: str, value: Numbers | Days | Relative) -> Expression | None:
    low, high = -math.inf, math.inf
    for bound in bounds_of(asking, value):
        if bound.sql.startswith(">"):
            low = bound.values[0]
        else:
            high = bound.values[0]
    if name in _NUMBERS:
        return _blocks(name, _size(low), _size(high), _SIZE_STEPS)
    if name in _MOMENTS:
        first = 0 if low == -math.inf else _day(low)
        last = _LAST_DAY if high == math.inf else _day(high - _DAY)
        exact = (low == -math.inf or first > 0) and (high == math.inf or 0 < last < _LAST_DAY)
        if first > last or not exact:
            return None
        return _any(_cover(name, first, last), exact=True)
    return None


def _blocks(name: str, first: int, last: int, steps: Sequence[int]) -> Expression:
    """Cover the places from first to last with blocks of the finest size of which few do."""
    step = next((s for s in steps if (last >> s) - (first >> s) < _MOST_BLOCKS), steps[-1])
    return _any(
        (token(f"{name} {step}", one) for one in range(first >> step, (last >> step) + 1)),
        exact=False,
    )


def _cover(name: str, first: int, last: int) -> Iterator[bytes]:
    """Cover days exactly: with days at the edges, and ever larger blocks between them."""
    for step, wider in itertools.pairwise(_DAY_STEPS):
        ragged = (1 << wider - step) - 1
        while first <= last and first >> step & ragged:
            yield token(f"{name} {step}", first >> step)
            first += 1 << step
        while first <= last and (last + 1) >> step & ragged:
            yield token(f"{name} {step}", last >> step)
            last -= 1 << step
    step = _DAY_STEPS[-1]
    if first <= last:
        for block in range(first >> step, (last >> step) + 1):
            yield token(f"{name} {step}", block)


def _any(tokens: Iterable[bytes], *, exact: bool) -> Expression:
    return Expression(" OR ".join(f'"{one.hex()}"' for one in tokens), exact)
