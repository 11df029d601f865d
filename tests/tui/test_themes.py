from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual.color import Color
from textual.widgets import Static

from planhat_tui.config.themes import COLOURS, GROUNDS, LEAST_CONTRAST, Theme, contrast
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.themes import ANSI, FALLBACK, OWN, colour, convert, is_terminal
from planhat_tui.tui.widgets.bars import Bar
from planhat_tui.tui.widgets.keybar import KeyBar
from planhat_tui.tui.widgets.line import FormField
from planhat_tui.tui.widgets.messageline import MessageLine
from planhat_tui.tui.widgets.picker import Choice, Picker
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.rule import Rule
from planhat_tui.tui.widgets.toggle import Toggle
from tests.tui.stage import SHIPPED, TUI, Stage

EACH = pytest.mark.parametrize("theme", SHIPPED.values(), ids=SHIPPED)
SHEETS = sorted(TUI.rglob("*.tcss"))
CODE = sorted(TUI.rglob("*.py"))
VARIABLE = re.compile(r"\$([a-z][a-z-]*)")


def variables_in(paths: list[Path]) -> set[str]:
    return {name for path in paths for name in VARIABLE.findall(path.read_text("utf-8"))}


def is_near(one: str, other: str) -> bool:
    """Whether two colours can't be told apart; Textual rounds some on their way."""
    a, b = Color.parse(one), Color.parse(other)
    distance = max(abs(x - y) for x, y in zip(a.rgb, b.rgb, strict=True))
    return (a.ansi, a.a) == (b.ansi, b.a) and distance <= 1


def test_the_themes_that_are_shipped_are_found() -> None:
    assert set(SHIPPED) >= {"planhat-dark", "planhat-light", "high-contrast", "terminal"}
    assert all(set(theme.colors) == set(COLOURS) for theme in SHIPPED.values())


@EACH
def test_a_theme_is_converted_colour_by_colour(theme: Theme) -> None:
    made = convert(theme)
    assert (made.name, made.dark) == (theme.name, theme.dark)
    plain = ("background", "surface", "foreground", "accent", "success", "warning", "error")
    for name in plain:
        assert getattr(made, name) == theme.colors[name].lower(), name
    for name in OWN:
        assert made.variables[name] == theme.colors[name].lower(), name
    assert made.ansi == is_terminal(theme) == theme.name.startswith("terminal")


@EACH
async def test_every_variable_of_the_style_sheets_and_styles_exists(theme: Theme) -> None:
    app = Stage(Static("x"), theme=theme.name)
    async with app.run_test():
        known = app.get_css_variables()
        assert variables_in(SHEETS) - set(known) == set()
        assert variables_in(CODE) - set(known) == set()
        for name in COLOURS:
            assert is_near(known[name], theme.colors[name]), name


@EACH
async def test_every_widget_can_be_drawn_in_a_theme(theme: Theme) -> None:
    bar, keys, rule = Bar(id="bar"), KeyBar(), Rule("Acme", heavy=True)
    rows, picker = Rows(columns.COMPANIES, id="rows"), Picker([Choice("a", "Acme", "note")])
    message, toggle = MessageLine(), Toggle("open", id="toggle")
    app = Stage(bar, rule, rows, keys, message, toggle, picker, theme=theme.name)
    async with app.run_test(size=(80, 30)) as pilot:
        await app.floor.mount(FormField("talk", "Minutes"))
        bar.show([("left", "bold $accent")], [("right", "$muted")])
        message.say("Not saved.", bad=True)
        rows.fill(1, [Row("c1", {"name": "Globex"}, state="≠", mood="conflict", dim=True)])
        await pilot.pause()
        shown = "\n".join(app.lines)
        for words in (
            "left",
            "right",
            "Acme",
            "NAME",
            "Globex",
            "Not saved.",
            "[ ] open",
            "Minutes",
        ):
            assert words in shown


async def test_a_theme_reaches_the_screen() -> None:
    for name in ("planhat-dark", "planhat-light"):
        text = Static("x")
        app = Stage(text, theme=name)
        async with app.run_test():
            colors = SHIPPED[name].colors
            assert text.background_colors[1] == Color.parse(colors["background"])
            assert text.colors[3] == Color.parse(colors["foreground"])


def test_the_accent_of_a_profile_replaces_the_themes() -> None:
    made = convert(SHIPPED["planhat-dark"], "#FF8A65")
    assert (made.accent, made.primary, made.variables["border"]) == ("#ff8a65",) * 3
    assert made.name == "planhat-dark@#FF8A65"
    assert made.name != convert(SHIPPED["planhat-dark"], "#00ff00").name


@EACH
@pytest.mark.parametrize("accent", ["#1b1b1b", "#ff8a65", "#f4f4f4", "#00008b", "#ffff00"])
def test_the_accent_of_a_profile_can_be_read_in_each_theme(theme: Theme, accent: str) -> None:
    made = convert(theme, accent)
    if is_terminal(theme):
        return
    assert made.accent is not None
    grounds = [theme.colors[name] for name in GROUNDS]
    assert min(contrast(made.accent, ground) for ground in grounds) >= LEAST_CONTRAST
    if min(contrast(accent, ground) for ground in grounds) >= LEAST_CONTRAST:
        assert made.accent == accent


def test_a_theme_of_the_terminal_keeps_to_its_colours() -> None:
    theme = SHIPPED["terminal"]
    made = convert(theme, "#ff0000")
    assert made.ansi
    assert made.accent == theme.colors["accent"]
    assert {value for value in made.variables.values() if value.startswith("#")} == set()


def test_what_a_theme_leaves_out_falls_back() -> None:
    bare = Theme("bare", dark=True, colors={}, glyphs="auto", borders="line", path=Path("/x"))
    made = convert(bare)
    assert made.background == FALLBACK["background"]
    assert made.variables["conflict"] == FALLBACK["conflict"]
    assert set(FALLBACK) == set(COLOURS)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("#5BB8CF", "#5bb8cf"),
        (" #5bb8cf ", "#5bb8cf"),
        ("default", "ansi_default"),
        ("ansi_default", "ansi_default"),
        ("ansi_blue", "ansi_blue"),
        ("bright_blue", "ansi_bright_blue"),
        ("ansi_bright_blue", "ansi_bright_blue"),
        ("blue", "blue"),
        ("", ""),
    ],
)
def test_a_colour_is_written_as_textual_writes_it(written: str, read: str) -> None:
    assert colour(written) == read


def test_every_colour_of_a_terminal_can_be_drawn() -> None:
    for name in ANSI:
        assert Color.parse(colour(f"ansi_{name}")).ansi is not None


def test_only_the_ground_decides_whether_a_theme_is_the_terminals() -> None:
    theme = SHIPPED["terminal"]
    mixed = replace(theme, colors={**theme.colors, "background": "#000000"})
    assert is_terminal(theme)
    assert not is_terminal(mixed)


@pytest.mark.parametrize("own", ["background", "foreground", "accent", "selection", "error"])
async def test_one_colour_of_the_terminal_among_others_can_be_drawn(own: str) -> None:
    theme = SHIPPED["planhat-dark"]
    mixed = replace(theme, name="mixed", colors={**theme.colors, own: "ansi_green"})
    app = Stage(Static("Acme"), Toggle("open", id="toggle"))
    async with app.run_test() as pilot:
        app.register_theme(convert(mixed))
        app.theme = "mixed"
        await pilot.pause()
        assert "Acme" in app.lines[0]


async def test_themes_can_be_changed_while_the_explorer_runs() -> None:
    app = Stage(Static("Acme"), Toggle("open", id="toggle"))
    async with app.run_test() as pilot:
        for theme in [*SHIPPED.values(), SHIPPED["planhat-dark"]]:
            app.register_theme(convert(theme, "#ff8800"))
            app.theme = f"{theme.name}@#ff8800"
            await pilot.pause()
            assert "[ ] open" in app.lines[1]
