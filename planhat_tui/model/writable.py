"""What of a record may be written, and what it's called where it's written about. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.errors import InputError
from planhat_tui.model.edits import COMPANY_NAME, custom_key
from planhat_tui.model.fields import FIELDS, field_of
from planhat_tui.model.records import Contact, Kind, text_of
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.values import Json, Raw


def editable(kind: Kind, path: str) -> str:
    """Return the field's own name. Raises :class:`InputError` if it can't be edited."""
    found = field_of(kind, path)
    if not found.editable:
        raise InputError(
            f"{found.label} is set by Planhat.", "It can't be edited.", field=found.name
        )
    return found.name


def clearable(kind: Kind, path: str) -> str:
    """Return the field's own name. Raises :class:`InputError` if it can't be emptied."""
    found = field_of(kind, path)
    if found.required:
        raise InputError(
            f"{found.label} can't be empty.", "Give it a value instead.", field=found.name
        )
    return editable(kind, path)


def body_of_new(kind: Kind, values: Mapping[str, Json]) -> dict[str, Json]:
    """Return the object that makes a company or a contact; ``custom.KEY`` paths are taken too.

    So is the name of a contact's company. Raises :class:`InputError` with the field that can't be
    set or is missing.
    """
    body: dict[str, Json] = {}
    custom: dict[str, Json] = {}
    for path, value in values.items():
        along = kind is Kind.CONTACT and path == COMPANY_NAME
        name = path if along else editable(kind, path)
        if value is None:
            continue
        key = custom_key(name)
        if key is not None:
            custom[key] = value
        else:
            body[name] = value
    if custom:
        body["custom"] = custom
    for known in FIELDS[kind]:
        if known.required and not body.get(known.name):
            raise InputError(f"A {kind} needs {known.label}.", "Give it a value.", field=known.name)
    if kind is Kind.CONTACT and not any(body.get(name) for name in ("name", "email", "phone")):
        raise InputError("A contact needs a name, an e-mail or a phone.", field="name")
    return body


def title_of(kind: Kind, raw: Raw) -> str:
    """Return what a record is called, fit for a screen."""
    if kind is Kind.CONTACT:
        return visible(Contact.from_raw(raw).title)
    if kind is Kind.CALL:
        return f"call to {visible(text_of(raw, 'nr'))}"
    return visible(text_of(raw, "name") or text_of(raw, "_id"))
