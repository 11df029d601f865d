from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model.records import Kind
from planhat_tui.workspace.valuing import Valuing

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.workspace import Workspace

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def valuing(workspace: Workspace) -> Valuing:
    return Valuing(workspace.reads, Kind.COMPANY, NOW)


@pytest.mark.parametrize(
    ("path", "written", "present", "meant"),
    [
        ("phase", "won", "onboarding", "won"),
        ("phase", " won ", None, "won"),
        ("phase", "", "won", None),
        ("phase", "'=1", "=1", "=1"),  # as it was defused
        ("phase", "a\ufffdb", "a\u200bb", "a\u200bb"),  # as it was shown
        ("tags", "vip, gold", ["vip", "gold"], ["vip", "gold"]),
        ("tags", "a,b", [], ["a", "b"]),
        ("tags", "", ["a"], []),
        ("tags", '["a, b", "c", "d"]', ["a, b", "c"], ["a, b", "c", "d"]),  # as it was exported
        ("tags", '[" sp ", "d, e"]', [" sp "], [" sp ", "d, e"]),
        ("tags", '["a", b]', [], ['["a"', "b]"]),  # what is no list is a text
        ("tags", ["a", "b, c", "a"], [], ["a", "b, c"]),
        ("tags", [" sp ", "new "], [" sp "], [" sp ", "new"]),  # as it is there
        ("tags", ["sp"], [" sp "], [" sp "]),
        ("tags", [" sp ", "sp"], [" sp ", "sp"], [" sp ", "sp"]),
        ("renewalDate", "2026-03-01", "2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"),
        ("renewalDate", "2026-03-02", "2026-03-01T00:00:00.000Z", "2026-03-02"),
        ("custom.X", "007", "007", "007"),
        ("custom.X", "12", "x", "12"),
        ("custom.X", "12", 5, 12),
        ("custom.X", True, False, True),
        ("custom.X", None, "x", None),
        ("custom.X", "2026-01-01", "x", "2026-01-01"),
        ("custom.Never seen", 5, None, 5),
        ("externalId", 12, None, "12"),
        ("custom.X", 2**53, 2**53, 2**53),  # as it is there
        ("custom.X", "x" * 32_767, "x" * 40_000, "x" * 40_000),  # as a sheet has cut it
        ("custom.X", "x" * 32_766, "x" * 40_000, "x" * 32_766),
    ],
)
def test_a_value_is_what_is_meant(
    valuing: Valuing, path: str, written: Json, present: Json, meant: Json
) -> None:
    assert valuing.value(path, written, present) == meant


def test_a_company_is_named_as_people_do_and_another_word_is_refused(workspace: Workspace) -> None:
    valuing = Valuing(workspace.reads, Kind.CONTACT, NOW)
    (company,) = workspace.reads.companies("", 1).rows
    for name in (company.id, company.name.upper()):
        assert valuing.value("companyId", name, None) == company.id
    with pytest.raises(InputError, match="There is no company Nowhere here") as error:
        valuing.value("companyId", "Nowhere", company.id)
    assert error.value.field == "companyId"


def test_an_owner_is_named_as_people_are(valuing: Valuing, workspace: Workspace) -> None:
    user = workspace.reads.users()[0]
    for name in (user.id, user.name, user.email.upper()):
        assert valuing.value("owner", name, None) == user.id
    assert valuing.value("owner", user.name, user.id) == user.id
    with pytest.raises(InputError, match="Nobody of the team is called Nemo"):
        valuing.value("owner", "Nemo", None)


@pytest.mark.parametrize(
    ("path", "written", "present", "why"),
    [
        ("name", "", "Acme", "can't be empty"),
        ("arr", "5", 4, "is set by Planhat"),
        ("renewalDate", "soon", None, "soon is no date"),
        ("custom.X", "soon", 5, "soon is no number"),
        ("custom.X", "x", {"a": 1}, "too deep"),
        ("custom.X", 2**53, 5, "too large to be kept exactly"),
        ("custom.X", float("inf"), 5, "too large to be kept exactly"),
        ("custom.X", {"a": [-(2**60)]}, {"a": [1]}, "too large to be kept exactly"),
        ("custom.X", 5, "text", "X is a text, and this is a number"),
        ("fase", "won", None, "no field fase"),
        ("phase", ["a"], None, "takes one value"),
        ("tags", ["a", 1], None, "Tags takes texts"),
    ],
)
def test_what_cant_be_meant_says_why(
    valuing: Valuing, path: str, written: Json, present: Json, why: str
) -> None:
    with pytest.raises(InputError, match=why):
        valuing.value(path, written, present)
