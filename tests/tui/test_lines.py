"""Bars, the rule, the toggle, the footer: widgets of one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from planhat_tui.model.text import visible
from planhat_tui.tui.keys import Where
from planhat_tui.tui.part import Part
from planhat_tui.tui.presentation.cells import settled
from planhat_tui.tui.presentation.glyphs import ASCII, UNICODE, Glyphs
from planhat_tui.tui.widgets.bars import Bar
from planhat_tui.tui.widgets.keybar import KeyBar
from planhat_tui.tui.widgets.line import FormField
from planhat_tui.tui.widgets.rule import Rule
from planhat_tui.tui.widgets.toggle import Toggle
from planhat_tui.tui.widgets.words import Words
from tests.tui.stage import Stage, drawn
from tests.tui.texts import TEXTS

if TYPE_CHECKING:
    from textual import events

# -- bars


async def test_a_bar_has_pieces_at_both_ends() -> None:
    bar = Bar(id="bar")
    app = Stage(bar)
    async with app.run_test(size=(30, 3)):
        bar.show([("143 left", "$muted")], [("2 queued · ", "$pending"), ("online", "")])
        assert bar.text == " 143 left   2 queued · online"
        assert len(bar.text) == 29


async def test_what_does_not_fit_goes_from_the_middle_and_leaves_a_sign() -> None:
    bar = Bar(id="bar")
    app = Stage(bar)
    async with app.run_test(size=(24, 3)):
        bar.show([("143 left", "")], [("2 queued · ", ""), ("1 conflict · ", ""), ("online", "")])
        assert bar.text == " 143 left      … online"
        bar.show([("143 of 200 left · reset in 12 s", "")], [("online", "")])
        assert bar.text == " 143 of 200 left · rese…"
        bar.show([("143 of 200 left", "")], [("reading all", "")])
        assert bar.text == " 143 of 200 left      …"


async def test_the_left_and_the_right_stand_apart_where_there_is_hardly_room() -> None:
    bar = Bar(id="bar")
    app = Stage(bar)
    async with app.run_test(size=(24, 3)):
        for right in ("online", "offline", "off line"):
            bar.show([("143 left: soon", "")], [(right, "")], kept=1)
            assert f"  {right}" in f" {bar.text} ", bar.text


async def test_the_most_urgent_stays_and_the_left_is_cut() -> None:
    bar = Bar(id="bar")
    app = Stage(bar)
    async with app.run_test(size=(40, 3)):
        left = [("143 of 200 left · reset in 12 s", ""), (" · 5 waiting", "")]
        bar.show(left, [("2 queued · ", ""), ("1 conflict · ", ""), ("online", "")], "~", kept=3)
        assert bar.text == " 143 of 200 left~  ~ 1 conflict · online"
        bar.show(left[:1], [("online", "")], "~", kept=1)
        assert bar.text == " 143 of 200 left · reset in 12 s  online"


async def test_all_that_is_kept_outranks_the_end_of_the_left() -> None:
    bar = Bar(id="bar")
    app = Stage(bar)
    async with app.run_test(size=(51, 3)):
        left = [("143 of 200 left · reset in 12 s · 12 s old", "")]
        right = [("reading · ", ""), ("2 queued · ", ""), ("1 conflict · ", ""), ("online", "")]
        bar.show(left, right, "~", kept=3)
        assert bar.text == " 143 of 200 left~  ~ 2 queued · 1 conflict · online"


async def test_a_bar_follows_what_it_is_told() -> None:
    bar = Bar(id="bar")
    app = Stage(bar)
    async with app.run_test(size=(24, 3)) as pilot:
        bar.show([("one", "")])
        await pilot.pause()
        assert app.lines[0].strip() == "one"
        bar.show([("[bold]two[/]", "bold $accent")])
        await pilot.pause()
        assert app.lines[0].strip() == "[bold]two[/]"


SAFE = TEXTS.map(visible).map(settled)
PIECES = st.lists(st.tuples(SAFE, st.just("$muted")), max_size=4)


async def test_a_bar_never_exceeds_its_line_where_the_left_fits() -> None:
    bar = Bar(id="bar")
    app = Stage(bar)

    @given(PIECES, PIECES)
    def law(left: list[tuple[str, str]], right: list[tuple[str, str]]) -> None:
        bar.show(left, right)
        assert cell_len(bar.text) <= 60
        if sum(cell_len(text) for text, _ in left) <= 59:
            assert bar.text.startswith(" " + "".join(text for text, _ in left))

    async with app.run_test(size=(60, 3)):
        law()


# -- the rule


async def test_a_rule_has_a_title_and_a_note() -> None:
    rule = Rule("1 Companies")
    app = Stage(rule)
    async with app.run_test(size=(40, 3)) as pilot:
        rule.show(note="37 of 12,480 · 2 min")
        await pilot.pause()
        assert app.lines[0] == "─ 1 Companies ─── 37 of 12,480 · 2 min ─"


async def test_the_focused_rule_is_heavy() -> None:
    rule = Rule("Acme", heavy=True)
    app = Stage(rule)
    async with app.run_test(size=(20, 3)) as pilot:
        assert app.lines[0] == "━ Acme ━━━━━━━━━━━━━"
        rule.show(corner=True)
        await pilot.pause()
        assert app.lines[0] == "┏ Acme ━━━━━━━━━━━━━"
        rule.show(heavy=False)
        await pilot.pause()
        assert app.lines[0] == "┌ Acme ─────────────"


async def test_a_rule_shows_the_panes_as_tabs() -> None:
    rule = Rule()
    app = Stage(rule)
    async with app.run_test(size=(50, 3)) as pilot:
        rule.show(("1 Companies", "2 Detail", "3 Contacts 14"), 1, heavy=True)
        await pilot.pause()
        assert app.lines[0] == "━ 1 Companies ──[2 Detail]━━ 3 Contacts 14 ──━━━━━"
        await pilot.click(rule, offset=(18, 0))
        await pilot.click(rule, offset=(3, 0))
        await pilot.click(rule, offset=(48, 0))
        clicked = cast("list[Rule.Clicked]", app.all_heard(Rule.Clicked))
        assert [message.place for message in clicked] == [1, 0]


TABS = "━ 1 Companies ── 2 Detail ──[3 Contacts 8]━━ 4 Call ──"
CLOSE = "━ 1 Companies  2 Detail [3 Contacts 8] 4 Call "
GLOBEX = "Globex Services International"


@pytest.mark.parametrize(
    ("width", "name", "note", "drawn"),
    [
        (80, "Acme Inc", "30 s", f"{TABS}━━━━━━━━ Acme Inc · 30 s ━"),
        (80, GLOBEX, "30 s", f"{TABS} Globex Services… · 30 s ━"),
        (80, GLOBEX, "2 marked · 30 s", f"{TABS} Globex Serv… · 2 marked ━"),
        (60, GLOBEX, "30 s", f"{CLOSE} Globex Ser… ━"),
        (60, "3M", "30 s", f"{TABS}━ 3M ━"),
        (50, "Acme Inc", "30 s", f"{CLOSE}━━━━"),
    ],
)
async def test_the_name_stands_beside_the_tabs_and_cuts_no_word_of_them(
    width: int, name: str, note: str, drawn: str
) -> None:
    rule = Rule()
    app = Stage(rule)
    async with app.run_test(size=(width, 3)) as pilot:
        tabs = ("1 Companies", "2 Detail", "3 Contacts 8", "4 Call")
        rule.show(tabs, 2, note, name=name, heavy=True)
        await pilot.pause()
        assert app.lines[0] == drawn


async def test_a_note_that_does_not_fit_gets_shorter_and_goes() -> None:
    rule = Rule("Acme")
    app = Stage(rule)
    async with app.run_test(size=(24, 3)) as pilot:
        rule.show(note="37 of 40 · 2 min")
        await pilot.pause()
        assert "37 of 40 ─" in app.lines[0]
        assert "min" not in app.lines[0]
        await pilot.resize_terminal(14, 3)
        await pilot.pause()
        assert app.lines[0] == "─ Acme ───────"


@pytest.mark.parametrize(
    ("width", "drawn"),
    [
        (80, "━[1 Companies]━━ 2 Detail ── 3 Contacts 8 ── 4 Call ──━━━ 37 of 12,480 · 2 min ━"),
        (62, "━[1 Companies] 2 Detail  3 Contacts 8  4 Call ━ 37 of 12,480 ━"),
        (60, "━[1 Companies]━━ 2 Detail ── 3 Contacts 8 ── 4 Call ──━ 37 ━"),
    ],
)
async def test_how_many_there_are_stands_beside_the_tabs_though_their_gaps_go(
    width: int, drawn: str
) -> None:
    rule = Rule()
    app = Stage(rule)
    async with app.run_test(size=(width, 3)) as pilot:
        tabs = ("1 Companies", "2 Detail", "3 Contacts 8", "4 Call")
        rule.show(tabs, 0, "37 of 12,480 · 2 min", least="37", heavy=True)
        await pilot.pause()
        assert app.lines[0] == drawn


async def test_the_rule_is_drawn_with_the_signs_of_the_theme() -> None:
    rule = Rule("Globex Services", heavy=True)
    app = Stage(rule, glyphs=ASCII)
    async with app.run_test(size=(16, 3)):
        assert app.lines[0].isascii()
        assert app.lines[0].startswith("= Globex Serv~ =")


async def test_a_rule_is_exactly_as_wide_as_its_line() -> None:
    rule = Rule()
    app = Stage(rule)

    @given(
        titles=st.lists(SAFE, min_size=1, max_size=4),
        here=st.integers(0, 3),
        note=SAFE,
        heavy=st.booleans(),
        corner=st.booleans(),
    )
    @example(titles=["x" * 90] * 4, here=0, note="", heavy=True, corner=True)
    @example(titles=["東京" * 40] * 4, here=1, note="", heavy=True, corner=True)
    @example(titles=["a\u200d", "\u200d"], here=0, note="\u200d", heavy=False, corner=False)
    def law(*, titles: list[str], here: int, note: str, heavy: bool, corner: bool) -> None:
        rule.show(tuple(titles), here, note, heavy=heavy, corner=corner)
        assert cell_len(rule.render().plain) == 60

    async with app.run_test(size=(60, 3)):
        law()


# -- the toggle


async def test_a_box_is_ticked_by_keys_and_by_a_click() -> None:
    toggle = Toggle("open endpoint", id="toggle")
    app = Stage(toggle)
    async with app.run_test(size=(30, 3)) as pilot:
        assert app.lines[0].strip() == "[ ] open endpoint"
        toggle.focus()
        await pilot.press("space")
        assert app.lines[0].strip() == "[x] open endpoint"
        await pilot.press("enter")
        await pilot.click(toggle)
        changed = cast("list[Toggle.Changed]", app.all_heard(Toggle.Changed))
        assert [message.value for message in changed] == [True, False, True]
        assert toggle.value
        assert app.focused is toggle


async def test_a_box_that_is_set_tells_nothing_and_is_drawn() -> None:
    toggle = Toggle("open", id="toggle")
    app = Stage(toggle)
    async with app.run_test(size=(30, 3)) as pilot:
        toggle.value = True
        await pilot.pause()
        assert app.lines[0].strip() == "[x] open"
        assert app.all_heard(Toggle.Changed) == []


# -- words


async def test_words_are_shown_as_they_are() -> None:
    words = Words(id="words")
    app = Stage(words)
    async with app.run_test(size=(40, 3)) as pilot:
        for text in ("list incomplete: 62% loaded", "[red]Acme[/]", ""):
            words.say(text)
            await pilot.pause()
            assert app.lines[0].strip() == text
            assert words.said.plain == text


# -- the footer


class Companies(Part, can_focus=True):
    """Stands for the list of companies; some of its keys can't be used now."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.COMPANIES,)

    def __init__(self, **reasons: str) -> None:
        super().__init__()
        self.reasons = reasons
        self.pressed: list[str] = []

    def why_not(self, name: str) -> str:
        return self.reasons.get(name, "")

    def on_key(self, event: events.Key) -> None:
        self.pressed.append(event.key)


class Everywhere(Part):
    """Stands for the explorer."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.EXPLORER,)


class Form(Part):
    """Stands for a form."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.FORM,)


class Footer:
    """The footer on a stage, under a part that has the focus."""

    def __init__(self, *parts: Part) -> None:
        self.bar = KeyBar()
        self.parts = parts
        self.app = Stage(self.bar, *parts)

    @property
    def text(self) -> str:
        return self.app.lines[0].strip()


async def test_the_footer_shows_the_keys_of_what_has_the_focus() -> None:
    one = Footer(Companies(), Everywhere())
    async with one.app.run_test(size=(90, 6)) as pilot:
        one.bar.show(one.parts, {})
        await pilot.pause()
        assert one.text == "/ find  t tags  e field  C log call  space mark  o queue  ? keys"


async def test_the_footer_shows_the_keys_of_the_config() -> None:
    one = Footer(Companies())
    async with one.app.run_test(size=(90, 6)) as pilot:
        one.bar.show(one.parts, {"tags": "ctrl+t", "field": "question_mark,E"})
        await pilot.pause()
        assert one.text == "ctrl+t tags  ? field  C log call  space mark"


async def test_where_it_is_narrow_the_last_two_stay() -> None:
    one = Footer(Companies(), Everywhere())
    async with one.app.run_test(size=(40, 6)) as pilot:
        one.bar.show(one.parts, {})
        await pilot.pause()
        assert one.text == "/ find  t tags  o queue  ? keys"


async def test_keys_that_would_be_typed_are_not_shown_while_one_types() -> None:
    one = Footer(Companies(), Everywhere())
    async with one.app.run_test(size=(110, 6)) as pilot:
        one.bar.show(one.parts, {"tags": "ctrl+t", "outbox": "f2"}, typing=True)
        await pilot.pause()
        assert one.text.startswith("esc back  ctrl+f everything  ctrl+t tags")
        assert "F2 queue" in one.text
        for words in ("find", "mark", "log call", "? keys"):
            assert words not in one.text


async def test_a_form_shows_its_own_keys_and_those_that_stay() -> None:
    one = Footer(Form(), Companies(), Everywhere())
    async with one.app.run_test(size=(110, 6)) as pilot:
        one.bar.show(one.parts, {"tags": "ctrl+t", "outbox": "f2"})
        await pilot.pause()
        assert one.text == (
            "ctrl+s save  esc close, draft kept  F8 stamp the next stage  F9 drop  F2 queue  ? keys"
        )


async def test_where_enter_leads_is_said_while_one_types() -> None:
    one = Footer(Everywhere())
    async with one.app.run_test(size=(90, 6)) as pilot:
        one.bar.show(one.parts, {}, typing=True, leads="list")
        await pilot.pause()
        assert one.text == "enter list  esc back"


def _dim(one: Footer, word: str) -> bool:
    (segment,) = (s for s in one.bar.render_line(0) if word in s.text)
    return bool(segment.style and segment.style.dim)


async def test_a_key_that_cannot_be_used_is_dim() -> None:
    one = Footer(Companies(tags="demo is read-only."))
    async with one.app.run_test(size=(90, 6)) as pilot:
        one.bar.show(one.parts, {})
        await pilot.pause()
        assert _dim(one, "tags")
        assert not _dim(one, "field")


@pytest.mark.parametrize("width", [90, 40])
async def test_a_click_presses_the_key_that_is_drawn_there(width: int) -> None:
    part = Companies()
    one = Footer(part, Everywhere())
    async with one.app.run_test(size=(width, 6)) as pilot:
        part.focus()
        one.bar.show(one.parts, {"tags": "ctrl+t"})
        await pilot.pause()
        for words in ("tags", "queue", "keys"):
            await pilot.click(one.bar, offset=(one.app.lines[0].index(words) + 1, 0))
        await pilot.pause()
        assert part.pressed == ["ctrl+t", "o", "question_mark"]


async def test_a_click_beside_the_keys_presses_nothing() -> None:
    part = Companies()
    one = Footer(part)
    async with one.app.run_test(size=(90, 6)) as pilot:
        part.focus()
        one.bar.show(one.parts, {})
        await pilot.pause()
        await pilot.click(one.bar, offset=(80, 0))
        assert part.pressed == []


# -- what can stand in a line


@pytest.mark.parametrize(
    ("width", "glyphs", "seen"),
    [
        (40, UNICODE, "seconds, 90s or 5m"),
        (24, UNICODE, "seconds, 9…"),
        (24, ASCII, "seconds, 9~"),
    ],
    ids=["whole", "unicode", "ascii"],
)
async def test_a_hint_that_has_no_room_ends_in_an_ellipsis(
    width: int, glyphs: Glyphs, seen: str
) -> None:
    field = FormField("waiting", "waiting", hint="seconds, 90s or 5m")
    app = Stage(field, glyphs=glyphs)
    async with app.run_test(size=(30, 3)) as pilot:
        await pilot.resize_terminal(width, 3)
        await drawn(app, pilot)
        assert app.lines[0].split("waiting", 1)[1].strip() == seen
