from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.values import (
    AUTO,
    copied_text,
    field_text,
    is_user,
    type_word,
    value_text,
    word_for,
)
from tests.tui.texts import TEXTS

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
JSON: st.SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        ("", "-"),
        ([], "-"),
        ({}, "-"),
        (0, "0"),
        (False, "no"),
        (True, "yes"),
        (1234567.5, "1,234,567.5"),
        ("onboarding", "onboarding"),
        ("2026-02-03T00:00:00.000Z", "2026-02-03"),
        ("2026-02-03T00:00:00Z", "2026-02-03"),
        ("2026-02-03T00:00Z", "2026-02-03"),
        ("2026-02-03T00:00:01Z", "2026-02-03 00:00Z"),
        ("2026-02-03T10:30:59.123Z", "2026-02-03 10:30Z"),
        ("2026-02-03T10:30:00+01:00", "2026-02-03T10:30:00+01:00"),
        ("T00:00:00Z", "T00:00:00Z"),
        (["a", None, 2], "a, -, 2"),
        ({"city": "Oslo", "open": True}, "city: Oslo, open: yes"),
        ("a\x1b[31mb", "a␛[31mb"),
        ({"\x07": ["\u202e"]}, "␇: \ufffd"),
    ],
)
def test_a_value_is_one_line_of_text(value: Json, shown: str) -> None:
    assert value_text(value) == shown


@given(JSON)
def test_any_value_is_safe_and_never_blank(value: Json) -> None:
    text = value_text(value)
    assert text
    assert text == visible(text)


def test_a_value_nested_without_end_is_cut_off() -> None:
    value: Json = "core"
    for _ in range(900):
        value = [value]
    assert value_text(value) == "..."
    assert value_text([["a"], {"b": {"c": [1]}}]) == "a, b: c: 1"


def test_an_owner_is_shown_by_name() -> None:
    users = {"u1": "Anna \x1bLind"}
    assert field_text(Kind.COMPANY, "owner", "u1", users) == "Anna ␛Lind"
    assert field_text(Kind.COMPANY, "owner", "u2", users) == "u2"
    assert field_text(Kind.COMPANY, "owner", None, users) == "-"
    assert field_text(Kind.COMPANY, "phase", "u1", users) == "u1"
    assert field_text(Kind.COMPANY, "custom.owner", "u1", users) == "u1"


def test_only_fields_of_the_team_hold_people() -> None:
    assert is_user(Kind.COMPANY, "coOwner")
    assert not is_user(Kind.CONTACT, "coOwner")
    assert not is_user(Kind.COMPANY, "custom.owner")


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        ("phase", None, "text"),
        ("arr", None, "number"),
        ("renewalDate", None, "date"),
        ("owner", None, "person"),
        ("tags", None, "tags"),
        ("domains", None, "list"),
        ("custom", None, "map"),
        ("nobody.knows", None, "other"),
        ("custom.Plan", "Gold", "text"),
        ("custom.Seats", 4, "number"),
        ("custom.Paid", True, "yes/no"),
        ("custom.Since", "2026-02-03", "date"),
        ("custom.Zones", ["a"], "list"),
        ("custom.Deep", {"a": 1}, "other"),
    ],
)
def test_a_type_has_a_word(path: str, value: Json, word: str) -> None:
    assert type_word(Kind.COMPANY, path, value) == word


@pytest.mark.parametrize(
    ("word", "text", "told"),
    [
        (AUTO, "", AUTO),
        (AUTO, "2026-03-06", "date"),
        (AUTO, "1200", "number"),
        (AUTO, "yes", "yes/no"),
        (AUTO, "gold", "text"),
        ("text", "1200", "text"),
    ],
)
def test_a_guessed_type_is_told_as_what_it_is(word: str, text: str, told: str) -> None:
    assert word_for(word, text) == told


def test_a_text_of_several_lines_is_copied_as_it_is_without_control_characters() -> None:
    assert copied_text("one\u240atwo", "one\r\ntwo\x1b") == "one\ntwo\u241b"
    assert copied_text("one", "one") == "one"
    assert copied_text("Gold", "u1") == "Gold"
    assert copied_text("1,200", 1200) == "1,200"
