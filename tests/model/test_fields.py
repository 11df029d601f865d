from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model.fields import FIELDS, FieldType, field_of, label_of, parse_value
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

COMPANY, CONTACT, CALL, USER = Kind.COMPANY, Kind.CONTACT, Kind.CALL, Kind.USER


@pytest.mark.parametrize("kind", Kind)
def test_names_and_labels_of_a_kind_name_one_field_each(kind: Kind) -> None:
    known = FIELDS[kind]
    assert len({field.name for field in known}) == len(known)
    assert len({field.label.casefold() for field in known}) == len(known)
    for field in known:
        assert field_of(kind, field.name) is field
        assert field_of(kind, field.name.upper()) is field
        assert field_of(kind, field.label.upper()) is field
        assert label_of(kind, field.name) == field.label


@pytest.mark.parametrize(
    ("kind", "required"),
    [
        (COMPANY, {"name"}),
        (CONTACT, {"companyId"}),
        (CALL, {"nr", "externalUserId"}),
        (USER, set()),
    ],
)
def test_what_the_reference_requires_is_required(kind: Kind, required: set[str]) -> None:
    assert {field.name for field in FIELDS[kind] if field.required} == required


def test_what_planhat_makes_itself_cannot_be_edited() -> None:
    for kind in Kind:
        assert not field_of(kind, "_id").editable
    assert not any(field.editable for field in FIELDS[USER])
    with pytest.raises(InputError, match="set by Planhat") as refusal:
        parse_value(COMPANY, "_id", "c2")
    assert refusal.value.field == "_id"


def test_a_custom_field_is_known_by_its_path_and_called_by_its_key() -> None:
    for kind in (COMPANY, CONTACT):
        field = field_of(kind, "custom.Last call. Note")
        assert (field.name, field.label) == ("custom.Last call. Note", "Last call. Note")
        assert field.editable
    assert label_of(COMPANY, "custom.Plan") == "Plan"


def test_a_custom_field_without_a_name_is_refused() -> None:
    with pytest.raises(InputError, match="name"):
        field_of(COMPANY, "custom. ")


@pytest.mark.parametrize("kind", [CALL, USER])
def test_kinds_without_custom_fields_refuse_them(kind: Kind) -> None:
    with pytest.raises(InputError):
        field_of(kind, "custom.Plan")


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(InputError, match="has no field phse") as refusal:
        field_of(COMPANY, "phse")
    assert "phase" in refusal.value.advice
    assert refusal.value.field == "phse"
    assert label_of(COMPANY, "phse") == "phse"


@pytest.mark.parametrize(
    ("kind", "path", "text", "value"),
    [
        (COMPANY, "name", "  Acme Ltd ", "Acme Ltd"),
        (COMPANY, "Phase", "renewal", "renewal"),
        (COMPANY, "owner", " u1 ", "u1"),
        (COMPANY, "renewalDate", "2026-03-01", "2026-03-01"),
        (COMPANY, "tags", "vip,  at risk ,, vip", ["vip", "at risk"]),
        (COMPANY, "domains", "acme.com, acme.se", ["acme.com", "acme.se"]),
        (CONTACT, "featured", "yes", True),
        (CALL, "waiting", "12", 12),
    ],
)
def test_what_was_typed_is_read_by_the_fields_type(
    kind: Kind, path: str, text: str, value: Json
) -> None:
    assert parse_value(kind, path, text) == value


@pytest.mark.parametrize(
    ("kind", "path", "cleared"),
    [
        (COMPANY, "phase", None),
        (COMPANY, "renewalDate", None),
        (COMPANY, "tags", []),
        (COMPANY, "domains", []),
        (COMPANY, "custom.Plan", None),
        (CONTACT, "featured", None),
    ],
)
def test_empty_text_clears_a_field(kind: Kind, path: str, cleared: Json) -> None:
    assert parse_value(kind, path, "  ", current="x") == cleared


def test_a_required_field_cannot_be_cleared() -> None:
    with pytest.raises(InputError, match="empty") as refusal:
        parse_value(COMPANY, "name", " ")
    assert refusal.value.field == "name"


@pytest.mark.parametrize(
    ("current", "text", "value"),
    [
        (None, "12", 12),
        (None, "+46701234567", "+46701234567"),
        (None, "0701234567", "0701234567"),
        (None, "١٢", "١٢"),
        (None, "yes", True),
        (None, "gold", "gold"),
        ("gold", "12", "12"),
        ("gold", "2026-03-01", "2026-03-01"),
        (5, "12", 12),
        (True, "0", False),
        (["a"], "b, c", ["b", "c"]),
        ("2026-01-01", "2026-03-01", "2026-03-01"),
    ],
)
def test_a_custom_field_keeps_the_type_that_it_has(current: Json, text: str, value: Json) -> None:
    read = parse_value(COMPANY, "custom.Plan", text, current)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "path", "text", "current"),
    [
        (COMPANY, "custom.Seats", "many", 5),
        (COMPANY, "custom.Since", "soon", "2026-03-01"),
        (COMPANY, "custom.Deep", "{}", {"a": 1}),
        (COMPANY, "renewalDate", "soon", None),
        (CONTACT, "featured", "perhaps", None),
        (CALL, "waiting", "x", None),
    ],
)
def test_a_value_of_another_type_is_refused_with_the_field(
    kind: Kind, path: str, text: str, current: Json
) -> None:
    with pytest.raises(InputError) as refusal:
        parse_value(kind, path, text, current)
    assert refusal.value.field == path
    assert refusal.value.advice


def test_only_fields_whose_type_can_be_typed_are_editable() -> None:
    for known in FIELDS.values():
        assert not any(field.editable and field.type is FieldType.MAP for field in known)


@pytest.mark.parametrize("text", ["ada@acme.com", " ada@acme.com ", "ådä@企業.例", "a@localhost"])
def test_an_address_is_taken_as_it_is_typed(text: str) -> None:
    assert parse_value(Kind.CONTACT, "email", text) == text.strip()


@pytest.mark.parametrize("text", ["ada", "ada@", "@acme.com", "ada @acme.com", "a@b, c@d", "a@b@c"])
def test_what_is_no_address_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(InputError, match="no e-mail address") as caught:
        parse_value(Kind.CONTACT, "email", text)
    assert caught.value.field == "email"
