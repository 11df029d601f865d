"""The columns by which records are listed, sorted and searched: texts in them fit a screen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from planhat_tui.model.custom import CustomType, is_date, type_of
from planhat_tui.model.custom import format as format_custom
from planhat_tui.model.phone import dialled
from planhat_tui.model.records import Company, Contact, Kind, number_of, text_of
from planhat_tui.model.text import fold, visible
from planhat_tui.store.indexing import company_text, contact_text, fold_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from planhat_tui.model.values import Json, Raw

Value: TypeAlias = "str | float | None"

MOST_COMPARED: Final = 200
"""Characters of a custom value that are compared."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def columns_of(kind: Kind, data: Raw) -> tuple[dict[str, Value], Company | Contact]:
    """Return the columns of a company or contact as it is shown, and the record itself."""
    if kind is Kind.COMPANY:
        company = Company.from_raw(data)
        return _company_row(company), company
    contact = Contact.from_raw(data)
    return _contact_row(contact), contact


def _company_row(company: Company) -> dict[str, Value]:
    raw = company.raw
    return {
        "name": visible(company.name),
        "name_key": (name_key := fold(company.name)),
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
        "external_key": fold(company.external_id),
        "slug_key": fold(company.slug),
        "domain": visible(company.domains[0]) if company.domains else "",
        "domains_key": fold(" ".join(company.domains)),
        "web_key": fold(text_of(raw, "web")),
        "digits": dialled(text_of(raw, "phone")),
        "city_key": fold_once(text_of(raw, "city")),
        "country_key": fold_once(text_of(raw, "country")),
        "tags": _texts(company.tags),
        "search": company_text(company, name_key),
    }


def _contact_row(contact: Contact) -> dict[str, Value]:
    return {
        "company_id": storable(contact.company_id),
        "company_name": visible(contact.company_name),
        "name": visible(contact.name),
        "name_key": (name_key := fold(contact.name or contact.email)),
        "email": visible(contact.email),
        "email_key": fold(contact.email),
        "phone": visible(contact.phone),
        "digits": dialled(contact.phone),
        "position": visible(contact.position),
        "title_key": fold_once(contact.position),
        "featured": int(contact.featured),
        "external_id": visible(contact.external_id),
        "external_key": fold(contact.external_id),
        "last_active": seconds(contact.raw.get("lastActive")),
        "created": seconds(contact.raw.get("createDate")),
        "updated": seconds(contact.updated_at),
        "tags": _texts(contact.tags),
        "search": contact_text(contact, name_key),
    }


def custom_rows(
    kind: Kind, record_id: str, custom: Mapping[str, Json]
) -> Iterator[tuple[Value, ...]]:
    """Return the rows of the custom fields of a record; a list has one for each item."""
    for key, value in custom.items():
        wanted = type_of(value)
        items: Iterable[Json] = value if isinstance(value, list) and value else (value,)
        for item in items if wanted is CustomType.LIST else (value,):
            text, number = custom_text(item), custom_number(item)
            yield kind, fold_once(key), text, record_id, storable(key), wanted, number


def custom_text(value: Json) -> str:
    """Return a custom value as it is compared; a long one by its beginning."""
    if value is None or value == []:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return fold_once(format_custom(value))[:MOST_COMPARED]


def custom_number(value: Json) -> float | None:
    """Return a number, or a moment in seconds; ``None`` for everything else."""
    if isinstance(value, bool):
        return None
    return _real(value) if isinstance(value, int | float) else seconds(value)


def seconds(value: Json) -> float | None:
    """Return the seconds since the epoch of an ISO 8601 date or moment; UTC if it doesn't say."""
    if not isinstance(value, str) or not is_date(value):
        return None
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH).total_seconds()


def _texts(texts: Iterable[str]) -> str:
    return json.dumps([visible(text) for text in texts], ensure_ascii=False)


def storable(text: str) -> str:
    """Return the text itself, unless it holds half a surrogate pair: no database takes that."""
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
