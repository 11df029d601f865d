from __future__ import annotations

import sys
import unicodedata

import pytest

from planhat_tui.model.text import (
    REPLACEMENT,
    _marks,
    fold,
    nearest,
    plural,
    visible,
    visible_block,
)

SHOWN_FORMATS = {
    *range(0x0600, 0x0606),
    0x06DD,
    0x070F,
    0x0890,
    0x0891,
    0x08E2,
    0x110BD,
    0x110CD,
}
"""Format characters that have a glyph: signs that go before Arabic, Syriac and Kaithi numbers."""
JOINERS = {0x200C, 0x200D}


def test_plain_text_is_shown_as_it_is() -> None:
    for text in ("", "Acme Ltd.", "Ångström & Søn", "東京会社", "बैंक", "عربي", "עברית"):
        assert visible(text) == text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[31mb", "a␛[31mb"),
        ("one\ttwo\nthree\r", "one␉two␊three␍"),
        ("\x00\x07\x7f", "␀␇␡"),
        ("a\x9b31m", f"a{REPLACEMENT}31m"),
        ("abc\u202ecba", f"abc{REPLACEMENT}cba"),
        ("pay\u200bpal", f"pay{REPLACEMENT}pal"),
        ("\ud83d!", f"{REPLACEMENT}!"),
        ("x\U000e0041y", f"x{REPLACEMENT}y"),
        ("\u3164", REPLACEMENT),
    ],
)
def test_what_could_mislead_becomes_a_mark(raw: str, shown: str) -> None:
    assert visible(raw) == shown


def test_scripts_and_emoji_keep_their_joiners() -> None:
    for text in ("👩\u200d🚀", "می\u200cخواهم", "❤\ufe0f", "葛\U000e0100城"):
        assert visible(text) == text


def test_every_control_and_format_character_of_unicode_is_marked() -> None:
    unmarked = {
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and visible(chr(code)) == chr(code)
    }
    assert unmarked == SHOWN_FORMATS | JOINERS


def test_folding_any_character_leaves_nothing_to_mark_and_nothing_to_fold() -> None:
    unstable = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if (folded := fold(chr(code))) != fold(folded) or visible(folded) != folded
    ]
    assert unstable == []


def test_a_block_keeps_its_line_ends_and_nothing_else() -> None:
    assert visible_block("one\r\ntwo\nthree") == "one\ntwo\nthree"
    assert visible_block("a\rb\tc\x1b\u202e") == f"a␍b␉c␛{REPLACEMENT}"
    assert visible_block("a\r\r\nb") == "a␍\nb"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("angstrom", "Ångström"),
        ("STRASSE", "Straße"),
        ("istanbul", "İstanbul"),
        ("acme  ltd", " Acme\u00a0Ltd "),
        ("office", "oﬃce"),
        ("12", "①②"),
        ("abc", "ＡＢＣ"),
        ("σας", "ΣΑΣ"),
        ("e\u0301lan", "\u00c9lan"),
        ("❤", "❤\ufe0f"),
        ("葛城", "葛\U000e0100城"),
        ("oresund", "Øresund"),
        ("lodz dorde", "Łódź Đorđe"),
        ("aesir oeuvre thor", "Æsir Œuvre Þór"),
        ("isiklar", "Işıklar"),
        ("o'reilly", "O\u2019Reilly"),
        ("north-south", "North\u2013South"),
        ("میخواهم", "می\u200cخواهم"),
    ],
)
def test_what_people_type_finds_what_is_stored(typed: str, stored: str) -> None:
    assert fold(typed) == fold(stored)


def test_different_letters_stay_different() -> None:
    assert len({fold(text) for text in ("a", "b", "東", "京", "ä b", "ab", "þ", "l")}) == 8


def test_marks_are_searched_as_marks() -> None:
    assert fold("A\x1bB") == "a␛b"
    assert fold("a\u200bb") == f"a{REPLACEMENT}b"
    assert fold("two\nlines") == "two␊lines"


def test_text_of_accents_alone_folds_to_nothing() -> None:
    assert fold("\u0301\u0308") == ""
    assert fold(" \u00a0 ") == ""


@pytest.mark.parametrize(
    ("word", "meant"),
    [("phse", "phase"), ("STATUSS", "Status"), ("wner", "owner"), ("phase", "phase")],
)
def test_a_mistyped_word_finds_the_nearest_name(word: str, meant: str) -> None:
    assert nearest(word, ["phase", "Status", "owner"]) == meant


def test_a_word_that_is_near_to_nothing_finds_nothing() -> None:
    assert nearest("zzz", ["phase", "owner"]) == ""
    assert nearest("", ["phase"]) == ""
    assert nearest("phase", []) == ""


def test_the_nearest_of_several_wins_and_any_iterable_will_do() -> None:
    assert nearest("tags", iter(["tag", "tags.all", "stage"])) == "tag"


def test_words_follow_the_number() -> None:
    assert plural(1, "edit") == "1 edit"
    assert plural(0, "edit") == "0 edits"
    assert plural(1200, "company", "companies") == "1,200 companies"


def test_each_mark_is_found_alone_and_among_plain_text_of_any_script() -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        marked = _marks().get(code)
        if marked is not None:
            assert visible(f"Åsa{char}b") == f"Åsa{marked}b", hex(code)
            assert visible(char) == marked, hex(code)
            if char not in "\n\r":
                assert visible_block(f"a\n{char}") == f"a\n{marked}", hex(code)
        elif char.isprintable():
            assert visible(char) == char
