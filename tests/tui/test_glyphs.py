from __future__ import annotations

import pytest
from rich.cells import cell_len

from planhat_tui.model.outbox import State
from planhat_tui.tui.presentation.glyphs import ASCII, UNICODE, Glyphs, choose

BOTH = pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
WIDE = {"checked", "unchecked", "blocks", "levels"}


@BOTH
def test_every_sign_is_one_cell(glyphs: Glyphs) -> None:
    names = [name for name in Glyphs._fields if name not in {"states", *WIDE}]
    assert [name for name in names if cell_len(getattr(glyphs, name)) != 1] == []
    assert {cell_len(sign) for sign in glyphs.states.values()} == {1}
    assert cell_len(glyphs.checked) == cell_len(glyphs.unchecked)
    assert {cell_len(part) for part in glyphs.blocks + glyphs.levels} == {1}


@BOTH
def test_every_open_state_has_a_sign_of_its_own(glyphs: Glyphs) -> None:
    assert set(glyphs.states) == {state for state in State if state.is_open}
    assert len(set(glyphs.states.values())) == len(glyphs.states)
    others = {glyphs.caret, glyphs.marked, glyphs.featured, glyphs.read_only, glyphs.not_loaded}
    others.add(glyphs.changed)
    assert len(others) == 6
    assert others.isdisjoint(glyphs.states.values())


def test_the_ascii_signs_are_ascii() -> None:
    signs = [getattr(ASCII, name) for name in Glyphs._fields if name != "states"]
    assert "".join([*signs, *ASCII.states.values()]).isascii()


def test_what_is_delivered_has_no_sign() -> None:
    assert UNICODE.state(State.DELIVERED) == " "
    assert UNICODE.state(None) == " "
    assert UNICODE.word(State.DELIVERED) == "delivered"
    assert UNICODE.word(State.QUEUED) == "● queued"
    assert ASCII.word(State.CONFLICT) == "# conflict"


@pytest.mark.parametrize(
    ("setting", "env", "chosen"),
    [
        ("unicode", {"LANG": "ja_JP.UTF-8"}, UNICODE),
        ("ascii", {"LANG": "sv_SE.UTF-8"}, ASCII),
        ("auto", {}, UNICODE),
        ("auto", {"LANG": "sv_SE.UTF-8"}, UNICODE),
        ("auto", {"LANG": "zh_CN.UTF-8"}, ASCII),
        ("auto", {"LANG": "ja_JP.UTF-8"}, ASCII),
        ("auto", {"LANG": "ko_KR.UTF-8"}, ASCII),
        ("auto", {"LANG": "ja_JP.UTF-8", "LC_CTYPE": "en_GB.UTF-8"}, UNICODE),
        ("auto", {"LC_ALL": "ko_KR.UTF-8", "LC_CTYPE": "en_GB.UTF-8"}, ASCII),
        ("auto", {"LC_ALL": "", "LANG": "zh_TW"}, ASCII),
    ],
)
def test_signs_follow_the_theme_and_then_the_locale(
    setting: str, env: dict[str, str], chosen: Glyphs
) -> None:
    assert choose(setting, env) is chosen


def test_without_borders_nothing_is_only_drawn() -> None:
    signs = choose("unicode", {}, "none")
    lines = [name for name in Glyphs._fields if name.startswith(("thin", "heavy"))]
    assert len(lines) == 6
    assert {getattr(signs, name) for name in lines} == {" "}
    assert signs.blocks == ""
    assert signs.states == UNICODE.states
    assert choose("unicode", {}, "line") == UNICODE
