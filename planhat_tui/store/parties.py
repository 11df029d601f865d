"""Companies and contacts, as far as duplicates are told by it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from planhat_tui.model.duplicates import Party
from planhat_tui.model.records import Kind, texts_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


def of(connection: sqlite3.Connection, kind: Kind) -> Iterator[Party]:
    """Give all of a kind, in the order of their names."""
    return _companies(connection) if kind is Kind.COMPANY else _contacts(connection)


def _companies(connection: sqlite3.Connection) -> Iterator[Party]:
    rows = connection.execute("SELECT id, name, domain, domains_key FROM company ORDER BY name_key")
    for record_id, name, domain, domains in rows:
        yield Party(record_id, name, domain, tuple(domains.split()))


def _contacts(connection: sqlite3.Connection) -> Iterator[Party]:
    others = dict(_other_emails(connection))
    rows = connection.execute(
        "SELECT id, name, email, company_name, email_key, digits FROM contact ORDER BY name_key"
    )
    for record_id, name, email, company, email_key, digits in rows:
        emails = dict.fromkeys((email_key, *others.get(record_id, ())))
        yield Party(record_id, name or email, company, tuple(filter(None, emails)), (digits,))


def _other_emails(connection: sqlite3.Connection) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the further e-mails of those who have some: they stand in no column."""
    rows = connection.execute(
        "SELECT id, coalesce(shown, json) FROM contact_body"
        " WHERE instr(coalesce(shown, json), 'otherEmails')"
    )
    for record_id, text in rows:
        if emails := texts_of(json.loads(text), "otherEmails"):
            yield record_id, emails
