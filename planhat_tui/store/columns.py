"""The columns by which records are listed, sorted and searched: texts in them fit a screen."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.model.custom import CustomType, moment_of, type_of
from planhat_tui.model.custom import format as format_custom
from planhat_tui.model.phone import dialled
from planhat_tui.model.records import Company, Contact, Kind, number_of, text_of, texts_of
from planhat_tui.model.text import fold, visible
from planhat_tui.store.indexing import fold_once, search_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planhat_tui.model.values import Json, Raw

Value: TypeAlias = "str | float | None"


class CustomRow(NamedTuple):
    """A value of a custom field as it is compared: ``name`` and ``text`` are folded."""

    name: str
    text: str
    key: str
    type: str
    number: float | None


MOST_COMPARED: Final = 200
"""Characters of a custom value that are compared."""

_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode


def columns_of(kind: Kind, data: Raw) -> tuple[dict[str, Value], Company | Contact]:
    """Return the columns of a company or contact as it is shown, and the record itself."""
    if kind is Kind.COMPANY:
        company = Company.from_raw(data)
        return _company_row(company), company
    contact = Contact.from_raw(data)
    return _contact_row(contact), contact


def _company_row(company: Company) -> dict[str, Value]:
    raw = company.raw
    name_key, external_key = fold(company.name), fold(company.external_id)
    slug_key, digits = fold(company.slug), dialled(text_of(raw, "phone"))
    source_key, domains_key = fold(text_of(raw, "sourceId")), fold(" ".join(company.domains))
    tags = map(fold_once, company.tags)
    rest = (slug_key, external_key, source_key, domains_key, *tags, digits)
    return {
        "name": visible(company.name),
        "name_key": name_key,
        "phase": visible(company.phase),
        "phase_key": fold_once(company.phase),
        "status": visible(company.status),
        "status_key": fold_once(company.status),
        "owner": visible(company.owner),
        "co_owner": visible(company.co_owner),
        "health": _real(company.health),
        "arr": _real(company.arr),
        "mrr": _real(number_of(raw, "mrr")),
        "mr": _real(number_of(raw, "mr")),
        "nrr30": _real(number_of(raw, "nrr30")),
        "csm_score": _real(number_of(raw, "csmScore")),
        "renewal_date": visible(company.renewal_date),
        "renewal": seconds(company.renewal_date),
        "last_renewal": seconds(raw.get("lastRenewal")),
        "customer_from": seconds(raw.get("customerFrom")),
        "customer_to": seconds(raw.get("customerTo")),
        "last_active": seconds(raw.get("lastActive")),
        "created": seconds(raw.get("createDate")),
        "updated": seconds(company.updated_at),
        "external_id": visible(company.external_id),
        "external_key": external_key,
        "slug_key": slug_key,
        "domain": visible(company.domains[0]) if company.domains else "",
        "domains_key": domains_key,
        "web_key": fold(text_of(raw, "web")),
        "digits": digits,
        "city_key": fold_once(text_of(raw, "city")),
        "country_key": fold_once(text_of(raw, "country")),
        "tags": _texts(company.tags),
        "search": search_text(name_key, rest),
    }


def _contact_row(contact: Contact) -> dict[str, Value]:
    raw = contact.raw
    email_key, external_key = fold(contact.email), fold(contact.external_id)
    name_key = fold(contact.name) if contact.name else email_key
    title_key, digits = fold_once(contact.position), dialled(contact.phone)
    rest = [email_key, digits, external_key, fold(text_of(raw, "sourceId")), title_key]
    rest += map(fold_once, contact.tags)
    rest += map(fold, texts_of(raw, "otherEmails"))
    return {
        "company_id": storable(contact.company_id),
        "company_name": visible(contact.company_name),
        "name": visible(contact.name),
        "name_key": name_key,
        "email": visible(contact.email),
        "email_key": email_key,
        "phone": visible(contact.phone),
        "digits": digits,
        "position": visible(contact.position),
        "title_key": title_key,
        "featured": int(contact.featured),
        "external_id": visible(contact.external_id),
        "external_key": external_key,
        "last_active": seconds(raw.get("lastActive")),
        "created": seconds(raw.get("createDate")),
        "updated": seconds(contact.updated_at),
        "tags": _texts(contact.tags),
        "search": search_text(name_key, rest),
    }


def custom_rows(custom: Mapping[str, Json]) -> Iterator[CustomRow]:
    """Return the rows of the custom fields of a record; a list has one for each item."""
    for key, value in custom.items():
        name, kept, wanted = fold_once(key), storable(key), type_of(value)
        for item in _items(value):
            yield CustomRow(name, custom_text(item), kept, wanted, custom_number(item))


def written(custom: Json, name: str, text: str) -> str:
    """Return how the custom fields of a record write a value, by the two of its row."""
    fields = custom.items() if isinstance(custom, dict) else ()
    items = (item for key, value in fields if fold_once(key) == name for item in _items(value))
    return next((_written(item) for item in items if custom_text(item) == text), text)


def custom_text(value: Json) -> str:
    """Return a custom value as it is compared; a long one by its beginning."""
    return fold_once(_written(value))[:MOST_COMPARED]


def _items(value: Json) -> Iterable[Json]:
    several = isinstance(value, list) and value and type_of(value) is CustomType.LIST
    return value if several and isinstance(value, list) else (value,)


def _written(value: Json) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return format_custom(value)


def custom_number(value: Json) -> float | None:
    """Return a number, or a moment in seconds; ``None`` for everything else."""
    if isinstance(value, bool):
        return None
    return _real(value) if isinstance(value, int | float) else seconds(value)


def seconds(value: Json) -> float | None:
    """Return the seconds since the epoch of an ISO 8601 date or moment; UTC if it doesn't say."""
    return _moment(value) if isinstance(value, str) and value else None


@lru_cache(maxsize=1024)
def _moment(value: str) -> float | None:
    """Return the seconds of a text; a record's own moments are often the same ones."""
    moment = moment_of(value)
    return None if moment is None else moment.timestamp()


def _texts(texts: Sequence[str]) -> str:
    """Write texts as a JSON list, one by one: for a list, the encoder sets up much each time."""
    return f"[{', '.join(_AS_JSON(visible(text)) for text in texts)}]" if texts else "[]"


def storable(text: str) -> str:
    """Return the text itself, unless it holds half a surrogate pair: no database takes that."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return visible(text)
    return text


def _real(number: float | None) -> float | None:
    """Return the number as far as SQLite can hold it; JSON's whole numbers have no end."""
    try:
        return None if number is None else float(number)
    except OverflowError:
        return None
