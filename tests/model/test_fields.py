from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model.fields import (
    FIELDS,
    FieldType,
    are_several,
    field_of,
    label_of,
    parse_value,
    typed_text,
)
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=1)))
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
        parse_value(COMPANY, "_id", "c2", now=NOW)
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
        (COMPANY, "renewalDate", "in 2 days", f"{NOW + timedelta(days=2):%Y-%m-%d}"),
        (COMPANY, "renewalDate", "2026-03-01 14:05", "2026-03-01T13:05:00.000Z"),
        (COMPANY, "tags", "vip,  at risk ,, vip", ["vip", "at risk"]),
        (COMPANY, "domains", "acme.com, acme.se", ["acme.com", "acme.se"]),
        (CONTACT, "featured", "yes", True),
        (CALL, "waiting", "12", 12),
    ],
)
def test_what_was_typed_is_read_by_the_fields_type(
    kind: Kind, path: str, text: str, value: Json
) -> None:
    assert parse_value(kind, path, text, now=NOW) == value


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
    assert parse_value(kind, path, "  ", current="x", now=NOW) == cleared


def test_a_required_field_cannot_be_cleared() -> None:
    with pytest.raises(InputError, match="empty") as refusal:
        parse_value(COMPANY, "name", " ", now=NOW)
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
    read = parse_value(COMPANY, "custom.Plan", text, current, now=NOW)
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
        parse_value(kind, path, text, current, now=NOW)
    assert refusal.value.field == path
    assert refusal.value.advice


def test_only_fields_whose_type_can_be_typed_are_editable() -> None:
    for known in FIELDS.values():
        assert not any(field.editable and field.type is FieldType.MAP for field in known)


@pytest.mark.parametrize("text", ["ada@acme.com", " ada@acme.com ", "ådä@企業.例", "a@localhost"])
def test_an_address_is_taken_as_it_is_typed(text: str) -> None:
    assert parse_value(Kind.CONTACT, "email", text, now=NOW) == text.strip()


@pytest.mark.parametrize("text", ["ada", "ada@", "@acme.com", "ada @acme.com", "a@b, c@d", "a@b@c"])
def test_what_is_no_address_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(InputError, match="no e-mail address") as caught:
        parse_value(Kind.CONTACT, "email", text, now=NOW)
    assert caught.value.field == "email"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("09:30", "2026-03-02T08:30:00.000Z"),
        ("-10m", "2026-03-02T08:50:00.000Z"),
        ("2026-03-01 14:05", "2026-03-01T13:05:00.000Z"),
        ("2026-03-01T14:05:00Z", "2026-03-01T14:05:00.000Z"),
    ],
)
def test_a_moment_of_a_call_is_read_as_in_the_form(text: str, moment: str) -> None:
    assert parse_value(CALL, "end", text, now=NOW) == moment


def test_what_is_no_moment_is_refused_at_its_field() -> None:
    with pytest.raises(InputError, match="soon is no time") as told:
        parse_value(CALL, "start", "soon", now=NOW)
    assert told.value.field == "start"


def test_verbs_follow_the_number_of_what_they_are_about() -> None:
    assert are_several(["Tags"])
    assert are_several(["Domains"])
    assert are_several(["Phase", "Owner"])
    assert not are_several(["Phase"])
    assert not are_several(["Status"])
    assert not are_several(["Any custom field"])


def test_a_custom_date_may_be_words_too() -> None:
    tomorrow = f"{NOW + timedelta(days=1):%Y-%m-%d}"
    assert parse_value(COMPANY, "custom.Kickoff", "tomorrow", "2026-01-01", now=NOW) == tomorrow
    assert parse_value(COMPANY, "custom.Plan", "tomorrow", "Gold", now=NOW) == "tomorrow"


@pytest.mark.parametrize(
    ("kind", "path", "value", "text"),
    [
        (COMPANY, "renewalDate", "2026-03-01T00:00:00.000Z", "2026-03-01"),
        (COMPANY, "customerFrom", "2024-04-15T03:19:50.790Z", "2024-04-15 05:19:50"),
        (CALL, "start", "2026-03-02T09:48:00.000Z", "2026-03-02 11:48:00"),
        (COMPANY, "custom.Kickoff", "2026-03-01T00:00:00.000Z", "2026-03-01"),
        (COMPANY, "externalId", "2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"),
        (COMPANY, "custom.Seats", 1200.5, "1200.5"),
        (COMPANY, "renewalDate", None, ""),
        (COMPANY, "unknown", "x", "x"),
    ],
)
def test_a_value_stands_in_a_box_as_people_type_it(
    kind: Kind, path: str, value: Json, text: str
) -> None:
    assert typed_text(kind, path, value, timezone(timedelta(hours=2))) == text


@pytest.mark.parametrize("text", ["+46 70 123", "112", " (030) 1 ext. 4 ", "٠١٢٣", "ask reception"])
def test_a_phone_number_is_kept_as_it_is_written(text: str) -> None:
    for kind in (Kind.COMPANY, Kind.CONTACT):
        assert parse_value(kind, "phone", text, now=NOW) == text.strip()


@pytest.mark.parametrize("text", ["hello", "-", "n/a"])
def test_what_has_no_digit_was_not_dialled(text: str) -> None:
    with pytest.raises(InputError, match=f"{text} is no phone number") as caught:
        parse_value(Kind.CALL, "nr", text, now=NOW)
    assert caught.value.field == "nr"
