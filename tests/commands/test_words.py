from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.commands.words import at_end, quoted, split
from planhat_tui.errors import InputError


def test_quotes_keep_blanks_together() -> None:
    assert split('tag "east coast" it\\\'s') == ["tag", "east coast", "it's"]


def test_a_quote_that_isnt_closed_is_told() -> None:
    with pytest.raises(InputError, match="A quote isn't closed"):
        split('tag "east')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tag gold # VIP customer, isn't it", ["tag", "gold"]),
        ("tag gold #VIP ; tag vip", ["tag", "gold"]),
        ("# the morning", []),
        ("tag a#b C#", ["tag", "a#b", "C#"]),
        ("tag '#1' \"a # b\" \\#2", ["tag", "#1", "a # b", "#2"]),
        ("tag it\\'s # it's", ["tag", "it's"]),
        ("tag a\u00a0#1", ["tag", "a\u00a0#1"]),
    ],
)
def test_a_line_ends_at_a_word_that_begins_with_a_hash(text: str, words: list[str]) -> None:
    assert split(text) == words


@pytest.mark.parametrize(
    ("text", "before", "typed", "start"),
    [
        ("", (), "", 0),
        ("tag", (), "tag", 0),
        ("tag ", ("tag",), "", 4),
        ("tag 'east co", ("tag",), "east co", 4),
        ('tag "east co', ("tag",), "east co", 4),
        ('tag "a \\" b', ("tag",), 'a " b', 4),
        ("tag east\\ co", ("tag",), "east co", 4),
        ("tag 'a b' c", ("tag", "a b"), "c", 10),
        ("set custom.Plan='Go ld", ("set",), "custom.Plan=Go ld", 4),
        ("tag gold\\", ("tag",), "gold", 4),
    ],
)
def test_the_word_at_the_end_is_known_with_its_quotes_open_or_not(
    text: str, before: tuple[str, ...], typed: str, start: int
) -> None:
    found = at_end(text)
    assert (found.before, found.typed.rstrip("\\"), found.start) == (before, typed, start)


@given(st.lists(st.text(min_size=1, max_size=8), max_size=4), st.text(max_size=8))
def test_whole_words_come_back_as_they_were_quoted(words: list[str], last: str) -> None:
    text = "".join(f"{shlex.quote(word)} " for word in words)
    found = at_end(text + (shlex.quote(last) if last else ""))
    assert found.before == tuple(words)
    assert found.typed == last


@given(st.text(max_size=30))
def test_whatever_is_typed_has_an_end(text: str) -> None:
    assert 0 <= at_end(text).start <= len(text)


@given(st.text(min_size=1, max_size=12))
def test_a_quoted_word_is_one_word_again(word: str) -> None:
    assert split(quoted(word)) == [word]


def test_a_value_is_quoted_behind_its_equals_sign() -> None:
    assert quoted("custom.Plan=Gold plus") == "custom.Plan='Gold plus'"
    assert quoted("phase=") == "phase="
