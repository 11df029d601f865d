from __future__ import annotations

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model import columns
from planhat_tui.model.columns import Match, kind_of, matches
from planhat_tui.model.fields import FIELDS
from planhat_tui.model.records import Kind
from planhat_tui.model.tables import columns_of


def _paths(kind: Kind, *names: str, own: tuple[str, ...] = (), **given: str) -> list[str]:
    return [match.path for match in matches(kind, names, own, given)]


def test_columns_are_found_by_field_word_other_word_and_custom_name() -> None:
    names = ("ID", "Company", "external_id", "Renewal date", "CSM", "plan tier", "custom.Seats")
    assert _paths(Kind.COMPANY, *names, own=("Plan Tier", "Seats")) == [
        "_id",
        "name",
        "externalId",
        "renewalDate",
        "owner",
        "custom.Plan Tier",
        "custom.Seats",
    ]
    assert _paths(Kind.CONTACT, "Full name", "Company", "E-Mail", "Job title", "Mobile") == [
        "name",
        "companyName",
        "email",
        "position",
        "phone",
    ]


def test_a_near_name_is_a_guess_and_gives_way_to_a_sure_one() -> None:
    (guess,) = matches(Kind.COMPANY, ["Phasee"], ())
    assert guess == Match("Phasee", "phase", guessed=True)
    assert matches(Kind.COMPANY, ["Phasee", "Phase"], ())[0].path == ""


def test_what_planhat_sets_and_what_is_unknown_is_left_out_with_the_reason() -> None:
    arr, shoe = matches(Kind.COMPANY, ["ARR", "Shoe size"], ())
    assert arr.told == "left out: set by Planhat"
    assert shoe.told == "left out: no such field"


def test_a_person_can_say_which_field_a_column_is() -> None:
    found = matches(
        Kind.COMPANY,
        ["Shoe size", "Name", "Phase"],
        ("Plan",),
        {"shoe size": "custom.Shoe", "Name": "externalId", "Phase": ""},
    )
    assert [match.path for match in found] == ["custom.Shoe", "externalId", ""]
    assert _paths(Kind.COMPANY, "Was", Was="plan", own=("Plan",)) == ["custom.Plan"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"nme": "name"}, "The file has no column nme.  Did you mean name?"),
        ({"name": "fase"}, "There is no column fase.  Did you mean phase?"),
        ({"name": "arr"}, "arr is set by Planhat."),
    ],
)
def test_what_cant_be_said_is_told(given: dict[str, str], why: str) -> None:
    with pytest.raises(InputError) as error:
        matches(Kind.COMPANY, ["name"], (), given)
    assert str(error.value).startswith(why)


def test_two_columns_cant_be_one_field() -> None:
    with pytest.raises(InputError, match="Name and Company are both name"):
        matches(Kind.COMPANY, ["Name", "Company"], ())
    assert _paths(Kind.COMPANY, "Name", "Company", Company="") == ["name", ""]


def test_something_must_tell_which_record_a_row_is() -> None:
    with pytest.raises(InputError, match="No column tells which record a row is"):
        columns.check(Kind.COMPANY, matches(Kind.COMPANY, ["phase"], ()))
    columns.check(Kind.CONTACT, matches(Kind.CONTACT, ["email"], ()))


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["Name", "E-mail"], Kind.CONTACT),
        (["Name", "Company"], Kind.CONTACT),
        (["Company name", "Phase"], Kind.COMPANY),
        (["_id", "name", "arr"], Kind.COMPANY),
    ],
)
def test_what_a_file_is_about_is_told_by_its_columns(names: list[str], kind: Kind) -> None:
    assert kind_of(names) is kind


@pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.CONTACT])
def test_every_column_of_an_export_is_its_own_field_or_one_that_planhat_sets(kind: Kind) -> None:
    paths = columns_of(kind, ["all"], ["Plan", "Kick-off"])
    editable = {field.name for field in FIELDS[kind] if field.editable}
    for match in matches(kind, paths, ["Plan", "Kick-off"]):
        own = match.column in {*editable, *columns.KEYS[kind]} or match.column.startswith("custom.")
        own = own or match.column == "companyName"  # it names the company that is set
        assert match.path == (match.column if own else ""), match
        assert not match.guessed
    assert {path for path, _ in columns.choices(kind, ["Plan"])} >= editable


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        (Kind.CONTACT, "email", "email"),
        (Kind.CONTACT, "E mail", "email"),
        (Kind.CONTACT, "Title", "position"),
        (Kind.COMPANY, "website", "web"),
        (Kind.COMPANY, "RENEWS", "renewalDate"),
        (Kind.COMPANY, "renewal dat", "renewalDate"),
        (Kind.COMPANY, "email", ""),
        (Kind.COMPANY, "Tier", ""),
    ],
)
def test_a_new_name_is_taken_for_the_field_that_is_called_nearly_so(
    kind: Kind, name: str, path: str
) -> None:
    assert columns.like(kind, name) == path
