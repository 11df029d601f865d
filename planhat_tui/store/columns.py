"""The columns by which records are listed, sorted and searched: texts in them fit a screen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from planhat_tui.model.records import Company, Contact, Kind
from planhat_tui.model.text import fold, visible
from planhat_tui.store.indexing import company_text, contact_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.model.values import Raw

Value: TypeAlias = "str | float | None"


def columns_of(kind: Kind, data: Raw) -> tuple[dict[str, Value], Company | Contact]:
    """Return the columns of a company or contact as it is shown, and the record itself."""
    if kind is Kind.COMPANY:
        company = Company.from_raw(data)
        return _company_row(company), company
    contact = Contact.from_raw(data)
    return _contact_row(contact), contact


def _company_row(company: Company) -> dict[str, Value]:
    return {
        "name": visible(company.name),
        "name_key": (name_key := fold(company.name)),
        "slug": visible(company.slug),
        "external_id": visible(company.external_id),
        "phase": visible(company.phase),
        "status": visible(company.status),
        "owner": visible(company.owner),
        "co_owner": visible(company.co_owner),
        "health": _real(company.health),
        "arr": _real(company.arr),
        "renewal_date": visible(company.renewal_date),
        "domain": visible(company.domains[0]) if company.domains else "",
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
        "phone": visible(contact.phone),
        "position": visible(contact.position),
        "featured": int(contact.featured),
        "external_id": visible(contact.external_id),
        "tags": _texts(contact.tags),
        "search": contact_text(contact, name_key),
    }


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
