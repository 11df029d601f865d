"""Where in a text the letters stand that a search has matched, whatever their case and accents."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from planhat_tui.model.edits import custom_key
from planhat_tui.model.phone import dialled
from planhat_tui.model.query import Group, Not, parse
from planhat_tui.model.query.fields import located
from planhat_tui.model.query.slips import may_slip
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planhat_tui.model.query import Node, Query

Span: TypeAlias = tuple[int, int]
"""From and to, in characters of the text that is shown."""

Sought: TypeAlias = Mapping[str, Sequence[str]]
"""What is looked for in the cells, by the column's key; folded."""

ANYWHERE: Final = ("name", "domain", "tags", "external")
"""The cells in which a word without a field may have been found."""

_CELLS: Final = {
    "name": "name",
    "domain": "domain",
    "tag": "tags",
    "external": "external",
    "phase": "phase",
    "status": "status",
}
_PEOPLE: Final = ("name", "email", "phone", "tags")
"""The cells of a contact in which a word without a field may have been found."""

_CELLS_OF_PEOPLE: Final = {
    "name": "name",
    "title": "position",
    "email": "email",
    "phone": "phone",
    "tag": "tags",
}
_SHORT: Final = 3
_CLOSED: Final = re.compile("[a-z0-9\u00df-\u024f\u0370-\u0530]")
"""Scripts with blanks between words: a word of one or two letters is found where one starts."""


def neighbour(ids: Sequence[str], here: str, found: Collection[str], *, back: bool) -> str:
    """Return the next of ``ids`` after ``here`` that is among those found, round their end.

    With ``back`` the one before; empty if there is none.
    """
    at = ids.index(here) if here in ids else -1
    turned = [*reversed(ids[: max(at, 0)]), *reversed(ids[max(at, 0) :])]
    if not back:
        turned = [*ids[at + 1 :], *ids[: at + 1]]
    return next((one for one in turned if one in found), "")


def is_found(query: Query, texts: Iterable[str]) -> bool:
    """Tell whether texts have all words of a query; what is asked of a field isn't in them."""
    folded = "\n".join(map(fold, texts))
    words = [fold(value) for field, value in _terms(query.parts) if not field]
    return bool(words) and all(word in folded for word in words)


def sought(query: Query, meant: str = "") -> Sought:
    """Return what a query looks for in cells; ``meant`` has the terms that were asked for instead.

    What is negated isn't looked for.
    """
    found: dict[str, list[str]] = {}
    terms = [one for one in _terms(query.parts) if not (meant and may_slip(one[0]))]
    for field, value in (*terms, *_terms(parse(meant).parts)):
        for cell in (_cell_of(field),) if field else ANYWHERE:
            if cell and fold(value):
                found.setdefault(cell, []).append(fold(value))
    return found


def sought_in_people(query: Query, company: str) -> Sought:
    """Return what a query for companies looks for in the contacts of one, by its name.

    A word that is in that name is meant for the company. Of a phone its digits are sought.
    """
    name, found = fold(company), dict[str, list[str]]()
    for field, value in _terms(query.parts):
        word = fold(value)
        side, of_side = located(Kind.COMPANY, field) if field else (Kind.CONTACT, "")
        if not word or side is not Kind.CONTACT or (not field and word in name):
            continue
        cell = of_side if custom_key(of_side) else _CELLS_OF_PEOPLE.get(of_side, "")
        for one in (cell,) if field else _PEOPLE:
            if sought_there := _digits_of(word) if one == "phone" else word:
                found.setdefault(one, []).append(sought_there)
    found.pop("", None)
    return found


def _digits_of(word: str) -> str:
    """Return the digits that a word has in any way of writing a number; empty if it's no number."""
    return "" if any(map(str.isalpha, word)) else dialled(word).lstrip("0")


def by_digits(sought: Sought, phone: str) -> Sought:
    """Return the same for one contact: a number is found however it is written."""
    words = [_written(phone, word) for word in sought.get("phone", ())]
    return {**sought, "phone": [word for word in words if word]} if words else sought


def _written(phone: str, wanted: str) -> str:
    """Return the piece of a number, as it's written, that has these digits; empty: none has."""
    places = [place for place, letter in enumerate(phone) if letter.isdigit()]
    at = "".join(phone[place] for place in places).find(wanted)
    return fold(phone[places[at] : places[at + len(wanted) - 1] + 1]) if at >= 0 else ""


def _cell_of(field: str) -> str:
    """Return the cell that shows a query's field; empty if none does."""
    return field if custom_key(field) else _CELLS.get(field, "")


def spans(text: str, words: Sequence[str]) -> list[Span]:
    """Return where the folded words stand in a text, in order, apart from each other."""
    folded, places = _folded(text)
    hit: set[int] = set()
    for word in words:
        for start in _starts(folded, word):
            hit.update(places[start : start + len(word)])
    return [*_runs(sorted(hit))] if hit else []


def _terms(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, Group):
            yield from _terms(node.parts)
        elif not isinstance(node, Not) and isinstance(node.value, str):
            yield node.field, node.value


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Return a text as it is searched, and for each letter of it the place that it comes from."""
    if text.isascii():
        return text.lower(), range(len(text))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for one in fold(letter) or (" " if letter.isspace() else ""):
            letters.append(one)
            places.append(place)
    return "".join(letters), places


def _starts(folded: str, word: str) -> Iterator[int]:
    start = folded.find(word) if word else -1
    while start >= 0:
        inside = start > 0 and folded[start - 1].isalnum() and _CLOSED.match(word)
        if len(word) >= _SHORT or not inside:
            yield start
        start = folded.find(word, start + 1)


def _runs(places: Sequence[int]) -> Iterator[Span]:
    """Join places that stand side by side."""
    first = last = -1
    for place in places:
        if place != last + 1 or first < 0:
            if first >= 0:
                yield first, last + 1
            first = place
        last = place
    if first >= 0:
        yield first, last + 1
