from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.widgets import Input, Label, Static

from planhat_tui.model.text import visible
from planhat_tui.tui.hostile import HOSTILE, HostileText, harmless
from tests.hostile.corpus import CORPUS
from tests.hostile.screen import is_unseen
from tests.tui.stage import Stage
from tests.tui.texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

BLACK = Color(0, 0, 0)
ATTACKS = {
    "OSC 52, the clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "OSC 8, a link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "CSI, colours and movement": "\x1b[31m\x1b[2J\x1b[H",
    "DCS": "\x1bP1$tx\x1b\\",
    "APC": "\x1b_G\x1b\\",
    "C1": "\x9b2J\x9d52;c;x\x9c\x90q\x84",
    "bidi": "abc\u202egpj.exe\u202c \u2066x\u2069 \u200f\u061c",
    "controls": "a\x00b\x07c\x08d\x0ee\x7f",
    "line ends": "a\rb\nc\u2028d\u2029e\x0bf",
    "of no width": "pay\u200bpal\u2060\ufeff",
    "tags": "x\U000e0041\U000e007f",
    "surrogates": "\ud800x\udfff",
}


def apply(*segments: Segment) -> list[Segment]:
    return HostileText().apply(list(segments), BLACK)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_what_a_terminal_would_act_upon_does_not_reach_it(attack: str) -> None:
    ((text, _, _),) = apply(Segment(attack))
    assert not HOSTILE.search(text)
    assert cell_len(text) == cell_len(attack)
    assert all(character.isprintable() for character in text)


@pytest.mark.parametrize("clean", [harmless, visible])
def test_of_a_thousand_hostile_strings_nothing_is_left_that_acts_or_hides(
    clean: Callable[[str], str],
) -> None:
    assert len(CORPUS) >= 1_000
    left = {one.mark for one in CORPUS if any(map(is_unseen, clean(one.text)))}
    assert left == set()


@given(TEXTS)
@example("a\u200d\x1bb")
@example("❤\u200b\ufe0f")
@example("\ud800\ufe0f")
@example("\x1b\u200d👩")
@example("\u200d\x1b[31m\u200d")
def test_any_text_keeps_its_cells_and_loses_its_teeth(text: str) -> None:
    shown = harmless(text)
    assert not HOSTILE.search(shown)
    assert cell_len(shown) == cell_len(text)


@given(TEXTS)
def test_what_was_made_visible_passes_as_it_is(text: str) -> None:
    assert harmless(visible(text)) == visible(text)


@given(st.text())
def test_text_without_controls_passes_as_it_is(text: str) -> None:
    assume(text == visible(text))
    assert harmless(text) == text


def test_scripts_and_emoji_pass_with_their_joiners() -> None:
    for text in ("👩\u200d🚀", "می\u200cخواهم", "עברית", "e\u0301", "❤\ufe0f", "東京"):
        assert harmless(text) == text


def test_links_go_and_the_rest_of_the_style_stays() -> None:
    style = Style(bold=True, color="red", link="https://evil.example")
    ((text, cleaned, _),) = apply(Segment("click", style))
    assert text == "click"
    assert cleaned is not None
    assert cleaned.link is None
    assert cleaned.bold
    assert cleaned.color == style.color
    assert "evil" not in cleaned.render("click")


def test_what_is_harmless_is_handed_on_untouched() -> None:
    plain, styled = Segment("Acme"), Segment("Acme", Style(bold=True))
    control = Segment("\x1b[H", None, [(ControlType.HOME,)])
    given_segments = (plain, styled, control)
    for before, after in zip(given_segments, apply(*given_segments), strict=True):
        assert before is after


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
async def test_no_widget_lets_it_through(attack: str) -> None:
    app = Stage(
        Static(attack, markup=False),
        Static(Text(attack, Style(link="https://evil.example"))),
        Label("[link='https://evil.example']x[/link]"),
    )
    async with app.run_test(size=(60, 20)) as pilot:
        await app.floor.mount(Input(attack), Input(placeholder=attack))
        await pilot.pause()
        strips = app.screen._compositor.render_strips(app.size)
        drawn = [segment for strip in strips for segment in strip if not segment.control]
        assert not HOSTILE.search("".join(segment.text for segment in drawn))
        assert not any(segment.style and segment.style.link for segment in drawn)
        assert {strip.cell_length for strip in strips} == {60}
        assert {cell_len(line) for line in app.lines} == {60}
