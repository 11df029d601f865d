"""How an order is told: ``by ARR, largest first``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.query import type_of
from planhat_tui.model.records import Kind
from planhat_tui.tui.presentation.columns import COMPANIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.model.query import Query, Sort

_OTHERS: Final = {"created": "Created", "lastcall": "Last call", "customerfrom": "Customer since"}
_OF_CONTACTS: Final = {
    "title": "Position",
    "phone": "Phone",
    "email": "E-mail",
    "featured": "Featured",
}
_LABELS: Final = {
    **{
        column.field: column.title if column.title in {"ARR", "MRR"} else column.title.capitalize()
        for column in COMPANIES
        if column.field
    },
    **_OTHERS,
}
SORTABLE: Final = {
    Kind.COMPANY: tuple(_LABELS),
    Kind.CONTACT: ("name", *_OF_CONTACTS, "lastactive", "updated", "created"),
}
"""The fields that are offered to sort by; a query can name others."""


def label(field: str) -> str:
    """Return what a field is called on the screen."""
    return {**_LABELS, **_OF_CONTACTS}.get(field, field.partition("custom.")[2] or field)


def direction(sort: Sort) -> str:
    """Return which end of a field stands first: ``largest first``, ``A to Z``."""
    match type_of(sort.field):
        case "number":
            return "largest first" if sort.descending else "smallest first"
        case "date":
            return "latest first" if sort.descending else "earliest first"
        case "boolean":
            return "yes first" if sort.descending else "no first"
        case "custom":  # texts, numbers, dates: one field may have all of them
            return "downwards" if sort.descending else "upwards"
        case _:
            return "Z to A" if sort.descending else "A to Z"


def order(sort: Sequence[Sort], query: Query) -> str:
    """Return how a list is sorted: ``by name``, ``best match first``, ``by Phase, then ARR``."""
    wanted = query.sort or sort
    if not wanted:
        return "best match first" if query.words else "by name"
    if len(wanted) == 1:
        return f"by {label(wanted[0].field)}, {direction(wanted[0])}"
    return f"by {', then '.join(label(one.field) for one in wanted)}"
