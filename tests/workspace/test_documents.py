from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planhat_tui.model.records import Kind
from planhat_tui.workspace import documents
from planhat_tui.workspace.documents import Mistake
from planhat_tui.workspace.valuing import Valuing

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.workspace import Workspace

ACME: dict[str, Any] = {
    "_id": "a1",
    "name": "Acme Inc",
    "phase": "on",
    "arr": 1200,
    "renewalDate": "2026-03-01T00:00:00.000Z",
    "tags": ["vip", "east, west"],
    "description": "one\n  two\nthree",
    "externalId": "007",
    "custom": {"Plan": "Gold", "Seats": 5, "Beta": True, "Deep": {"a": 1}, "no": "yes"},
}
LUND: dict[str, Any] = {"_id": "b2", "name": "Lund: AB", "tags": []}


@pytest.fixture
def valuing(workspace: Workspace) -> Valuing:
    return Valuing(workspace.reads, Kind.COMPANY, datetime(2026, 3, 2, tzinfo=UTC))


def _text(*raws: dict[str, Any]) -> str:
    return documents.write(Kind.COMPANY, raws, {})


def _read(valuing: Valuing, text: str, *raws: dict[str, Any]) -> documents.Wanted:
    return documents.read(Kind.COMPANY, text, raws, valuing)


def test_a_record_reads_as_people_write() -> None:
    text = _text(ACME)
    assert "\n_id: a1  # which record this is: leave it\nname: Acme Inc\nphase: on\n" in text
    assert "\nrenewalDate: 2026-03-01  # a date\n" in text
    assert '\ntags: [vip, "east, west"]\n' in text
    assert "\ndescription: |-\n  one\n    two\n  three\n" in text
    assert "\nexternalId: 007\n" in text
    assert (
        "\ncustom:\n  Plan: Gold\n  Seats: 5  # a number\n  Beta: true  # true or false\n" in text
    )
    assert '  # Deep: {"a":1}  (too deep to be edited here)\n' in text
    assert "\n# Set by Planhat:\n# arr: 1200\n" in text
    assert "\nowner:  # of the team\n" in text


def test_what_was_not_touched_changes_nothing(valuing: Valuing) -> None:
    assert _read(valuing, _text(ACME), ACME) == ({}, ())
    both = _text(ACME, LUND)
    assert "\n- _id: a1" in both
    assert _read(valuing, both, ACME, LUND) == ({}, ())


def test_what_was_touched_is_a_value_of_its_field(valuing: Valuing) -> None:
    text = _text(ACME)
    text = text.replace("phase: on", "phase: won").replace("Seats: 5", "Seats: 6")
    text = text.replace("name: Acme Inc\n", "").replace("  Plan: Gold\n", "  Plan:\n  New: 3\n")
    text = text.replace('[vip, "east, west"]', "[vip]").replace("007", "008")
    text = text.replace("  three", "  four\n\n  five")
    assert _read(valuing, text, ACME) == (
        {
            "a1": {
                "phase": "won",
                "tags": ["vip"],
                "description": "one\n  two\nfour\n\nfive",
                "externalId": "008",
                "custom.Plan": None,
                "custom.New": 3,
                "custom.Seats": 6,
            }
        },
        (),
    )


def test_of_several_each_is_told_by_its_id(valuing: Valuing) -> None:
    text = _text(ACME, LUND).replace('name: "Lund: AB"', "name: Lund").replace("vip,", "gold,")
    assert _read(valuing, text, ACME, LUND).values == {
        "a1": {"tags": ["gold", "east, west"]},
        "b2": {"name": "Lund"},
    }


@pytest.mark.parametrize(
    ("old", "new", "line_of", "why"),
    [
        ("phase: on", "phase: [a, b]", "phase:", "Phase takes one value"),
        ("phase: on", "fase: on", "fase:", "Did you mean phase?"),
        ("phase: on", "phase: on\nphase: won", "phase: won", "stands here twice"),
        ("phase: on", "arr: 5", "arr: 5", "ARR is set by Planhat"),
        ("name: Acme Inc", "name:", "name:", "Name can't be empty"),
        ("Seats: 5", "Seats: many", "Seats:", "many is no number"),
        ("renewalDate: 2026-03-01", "renewalDate: soon", "renewalDate:", "no date"),
        ("name: Acme Inc", "name: [", "", "isn't YAML"),
        ("_id: a1", "_id: a9", "", "There was no record a9"),
        ("_id: a1", "id: a1", "", "has no _id"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    valuing: Valuing, old: str, new: str, line_of: str, why: str
) -> None:
    text = _text(ACME).replace(old, new, 1)
    mistakes = _read(valuing, text, ACME).mistakes
    assert mistakes
    assert why in mistakes[0].text
    if line_of:
        assert text.split("\n")[mistakes[0].line - 1].strip().startswith(line_of)


def test_all_mistakes_are_told_at_once_above_their_lines_and_older_ones_go(
    valuing: Valuing,
) -> None:
    text = _text(ACME).replace("Seats: 5", "Seats: many").replace("name: Acme Inc", "name:")
    read = _read(valuing, text, ACME)
    once = documents.marked(text, read.mistakes)
    lines = once.split("\n")
    assert lines[lines.index("name:") - 1].startswith("#! Name can't be empty")
    assert lines[lines.index("  Seats: many  # a number") - 1].startswith("  #! many is no number")
    again = _read(valuing, once, ACME)
    assert documents.marked(once, again.mistakes) == once
    assert documents.marked(once, ()) == text
    assert documents.marked("a\nb", [Mistake(0, "x\x1b"), Mistake(9, "y")]) == (
        "#! x\u241b\na\nb\n#! y"
    )


_TEXT = st.text(max_size=20) | st.sampled_from(
    [
        "yes",
        "null",
        "~",
        "1",
        "-1",
        "1.5",
        "a: b",
        "a #b",
        "- a",
        "#x",
        "|-",
        "a\nb",
        " a",
        "a\n\nb",
    ]
)
_VALUE = _TEXT | st.integers(-9, 9) | st.booleans() | st.lists(_TEXT, max_size=3) | st.none()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=_TEXT,
    tags=st.lists(_TEXT, max_size=3),
    custom=st.dictionaries(_TEXT, _VALUE, max_size=3),
)
def test_whatever_a_record_holds_it_can_be_read_again_and_changes_nothing(
    valuing: Valuing, name: str, tags: list[str], custom: dict[str, Json]
) -> None:
    raws: list[dict[str, Json]] = [
        {"_id": "x1", "name": name, "tags": [*tags], "custom": custom},
        {"_id": "x2"},
    ]
    for given_ in (raws, raws[:1]):
        text = documents.write(Kind.COMPANY, given_, {})
        assert documents.read(Kind.COMPANY, text, given_, valuing) == ({}, ())
