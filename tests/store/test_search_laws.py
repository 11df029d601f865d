"""The index finds what a slow and simple search finds: for any names, in any script."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.query import Group, Query, Term
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold
from planhat_tui.store.indexing import match_grams, needle, search_text, start_grams, typed
from planhat_tui.store.places import place
from planhat_tui.store.tenant import TenantStore
from tests.memory import MEMORY
from tests.store.conftest import received, tick

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTERS = "abcdeéüßñ İıſŁ-_.@'\"/0123 東京会社ーかガ한국ไทยבגהежз😀\u200b\u0301"
NAMES = st.text(LETTERS, min_size=1, max_size=14) | st.text(min_size=1, max_size=8)
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=5), min_size=1, max_size=2)
UNBROKEN = re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u4e00-\u9fff]")


def has(name: str, word: str) -> bool:
    """Three letters and more anywhere; fewer where a word, or a part of one, starts."""
    text, wanted = f" {fold(name)} ", fold(word)
    if len(wanted) >= 3 or not wanted:
        return wanted in text
    starts = {0, *(m.end() for m in re.finditer(r"\W", text))}
    starts |= {m.start() for m in re.finditer(r"(?<=\W)\w|(?<=\s)\S", text)}
    starts |= {m.start() for m in UNBROKEN.finditer(text) if m.start() + len(wanted) <= len(text)}
    return any(text.startswith(wanted, start) for start in starts)


def reference(names: list[str], words: list[str]) -> set[str]:
    readings = typed(words).readings
    return {
        f"c{n}"
        for n, name in enumerate(names)
        if any(all(has(name, word.replace("  ", " ")) for word in words) for words in readings)
    }


def _all(terms: tuple[Term, ...]) -> Term | Group:
    return terms[0] if len(terms) == 1 else Group(every=True, parts=terms)


def search(
    names: list[str], words: list[str], sizes: Sequence[int | None] | None = None
) -> list[str]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        store = TenantStore.open(Path(folder) / "t", wall=tick)
        try:
            pairs = zip(names, sizes or [None] * len(names), strict=True)
            records = [received(f"c{n}", name=name, arr=arr) for n, (name, arr) in enumerate(pairs)]
            store.mirror.put(Kind.COMPANY, records, 1.0)
            terms = tuple(Term("", word) for word in words)
            rows = store.mirror.search_companies(Query(" ".join(words), _all(terms))).rows
            return [row.id for row in rows]
        finally:
            store.close()


@given(st.lists(NAMES, min_size=1, max_size=6), WORDS)
def test_the_index_finds_what_reading_everything_finds(names: list[str], words: list[str]) -> None:
    if typed(words).readings:
        assert set(search(names, words)) == reference(names, words)


@given(st.lists(NAMES, min_size=1, max_size=6), st.data())
def test_any_piece_of_three_letters_of_a_word_finds_the_name(
    names: list[str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(names))
    words = fold(name).split()
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    start = data.draw(st.integers(0, max(0, len(word) - 3)))
    assert f"c{names.index(name)}" in search(names, [word[start : start + 3]])


PLAIN = st.text("ab ", min_size=1, max_size=8).filter(str.strip)
SIZES = st.none() | st.integers(0, 3)


@given(
    st.lists(st.tuples(PLAIN, SIZES), min_size=1, max_size=12),
    st.text("ab", min_size=1, max_size=3),
)
def test_the_order_is_rank_then_arr_then_name(
    companies: list[tuple[str, int | None]], word: str
) -> None:
    def key(number: int) -> tuple[int, bool, int, str]:
        name, arr = fold(companies[number][0]), companies[number][1]
        starts = any(part.startswith(word) for part in name.split())
        rank = 0 if name == word else 1 if name.startswith(word) else 2 if starts else 3
        return rank, arr is None, -(arr or 0), name

    order = search([name for name, _ in companies], [word], [arr for _, arr in companies])
    keys = [key(int(one[1:])) for one in order]
    assert keys == sorted(keys)


@given(NAMES, NAMES, st.floats(0, 1e13), st.floats(0, 1e13))
def test_a_place_never_puts_a_smaller_arr_before_a_much_larger_one(
    one: str, two: str, small: float, large: float
) -> None:
    if large > small * 1.01 + 1 and small < 1e12:
        assert place(fold(two), large) <= place(fold(one), small)
    assert place(fold(one), small) < place(fold(one), None)


@given(st.text(LETTERS, max_size=5))
def test_a_needle_has_a_trigram_at_least(word: str) -> None:
    assert len(needle(word)) >= 3


@given(st.lists(st.text("ab é", min_size=1, max_size=6), min_size=1, max_size=4), st.data())
def test_a_start_of_two_letters_says_that_of_one(words: list[str], data: st.DataObject) -> None:
    text = search_text(fold(words[0]), map(fold, words[1:]))
    word = data.draw(st.sampled_from(["ab", "ba", "aab", "eb"]))
    held = {text[at : at + 3] for at in range(len(text) - 2)}
    asked = match_grams(start_grams(word))
    assert f'"  {word[0]}"' not in asked
    assert (f" {word[:2]}" in held) <= (f"  {word[0]}" in held)


def test_a_start_of_one_letter_is_asked_for_alone() -> None:
    assert match_grams(start_grams("a")) == '"  a"'
    assert match_grams(["  a", " ba", "bar"]) == '"  a" AND " ba" AND "bar"'
