"""Themes: chosen by config, flag and palette; each draws; bad files are told; NO_COLOR holds."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Final

import pytest

from planhat_tui.config.themes import themes_folder
from planhat_tui.runtime import Start
from tests.journeys.conftest import BOTH, EITHER, SMALL, Journey
from tests.journeys.doing import run_line
from tests.journeys.servers import configure
from tests.journeys.terminal import running

if TYPE_CHECKING:
    from pathlib import Path

    from rich.style import Style

    from tests.journeys.conftest import Person

SHIPPED = sorted(path.stem for path in themes_folder().glob("*.yaml"))
SGR: Final = re.compile(rb"\x1b\[([0-9;]*)m")
COLOURS: Final = {*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108)}
"""What sets a colour, of the sixteen or of more; 39 and 49 take one off."""

BAD = """\
name: mine
dark: perhaps
colors:
  acent: "#5bb8cf"
"""


def _styles(person: Person) -> list[Style]:
    """Return the styles that go to the terminal."""
    found = []
    for screen in person.app.screen_stack:
        for strip in screen._compositor.render_strips(person.app.size):
            for filter_ in person.app.get_line_filters():
                strip = strip.apply_filter(filter_, screen.background_colors[1])  # noqa: PLW2901 -- filtered on
            found += [segment.style for segment in strip if segment.style is not None]
    return found


@pytest.mark.parametrize("size", [SMALL], ids=["80x24"])
@pytest.mark.parametrize("theme", SHIPPED)
def test_each_shipped_theme_draws(journey: Journey, size: tuple[int, int], theme: str) -> None:
    async def look(person: Person) -> None:
        assert person.app.theme == theme
        await person.find("acme inc")
        await person.press("space", "k", "t")
        await person.type("gold")
        person.sees("Tags of Acme Inc")

    journey(look, size, start=Start(theme=theme))


@pytest.mark.parametrize("theme", SHIPPED)
def test_what_brings_its_own_colours_is_drawn_in_each_theme(journey: Journey, theme: str) -> None:
    async def look(person: Person) -> None:
        await person.press("0")
        person.sees("Overview", "expansion")
        await person.press("escape")
        await person.find("acme")
        await person.press("V", "t")
        await person.type("spring\n")
        person.sees("+spring")
        await person.press("ctrl+s")
        person.sees("Plan: tag +spring", "[+spring]")

    journey(look, SMALL, picture=False, start=Start(theme=theme))


@EITHER
def test_the_config_names_a_theme(journey: Journey, home: Path, size: tuple[int, int]) -> None:
    async def look(person: Person) -> None:
        assert person.app.theme == "fjord"
        assert person.focus == "company-rows"

    configure(home, "settings: {theme: fjord}\n")
    journey(look, size, picture=False)


@EITHER
def test_the_flag_goes_before_the_config(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        assert person.app.theme == "high-contrast"

    configure(home, "settings: {theme: fjord}\n")
    journey(look, size, picture=False, start=Start(theme="high-contrast"))


def test_a_theme_that_isnt_there_is_told_with_its_place_and_the_nearest(
    journey: Journey, home: Path
) -> None:
    async def look(person: Person) -> None:
        assert person.app.theme == "planhat-dark"
        person.reads(
            "config.yaml:1:19: There is no theme fjrod. Did you mean fjord?",
            "planhat-dark is the theme meanwhile",
        )

    configure(home, "settings: {theme: fjrod}\n")
    journey(look, SMALL, picture=False)


def test_a_theme_is_kept_by_palette_and_line(journey: Journey, home: Path) -> None:
    async def choose(person: Person) -> None:
        await person.press("ctrl+p")
        await person.type("theme: fjord")
        await person.press("enter")
        assert person.app.theme == "fjord"
        assert person.message == "fjord is the theme from now on."
        await run_line(person, "theme use high-contrast")
        assert person.app.theme == "high-contrast"

    async def come_back(person: Person) -> None:
        assert person.app.theme == "high-contrast"

    journey(choose, SMALL, picture=False)
    assert "theme: high-contrast" in (home / "config.yaml").read_text(encoding="utf-8")
    journey(come_back, SMALL, picture=False)


@EITHER
def test_the_palette_changes_the_theme_of_every_tenant(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def choose(person: Person) -> None:
        await person.press("ctrl+p")
        await person.type("theme light")
        await person.press("enter")
        assert person.app.theme == "planhat-light"
        assert person.focus == "company-rows"
        await person.press("p", "enter")
        person.sees("DEMO-2")
        assert person.app.theme == "planhat-light"

    journey(choose, size, picture=False)


@EITHER
def test_a_theme_file_with_mistakes_tells_all_of_them_with_their_places(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        assert person.app.theme == "planhat-dark"
        person.sees("What can't be used")
        person.reads(
            "mine.yaml:2:7: dark must be true or false.",
            "mine.yaml:4:3: colors has no key acent. Did you mean accent?",
            "mine.yaml:4:3: colors has no background, surface, selection, foreground, muted",
            "The theme mine can't be used. planhat-tui theme check mine tells why.",
            "planhat-dark is the theme meanwhile",
        )
        await person.press("escape")
        assert person.focus == "company-rows"

    (home / "themes").mkdir()
    (home / "themes" / "mine.yaml").write_text(BAD, encoding="utf-8")
    configure(home, "settings: {theme: mine}\n")
    journey(look, size, picture=False)


@EITHER
def test_a_theme_of_ones_own_is_used_and_read_again_when_it_is_saved(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    def colours(person: Person) -> set[str]:
        return {style.color.get_truecolor().hex for style in _styles(person) if style.color}

    async def look(person: Person) -> None:
        assert person.app.theme == "mine"
        assert "#123456" in colours(person)
        mine, text = home / "themes" / "mine.yaml", "\n".join(own)
        mine.write_text(text.replace("#123456", "#1234567"), encoding="utf-8")
        await person.waits_a_second()
        assert "mine.yaml:7:" in person.message
        assert "#123456" in colours(person)
        mine.write_text(text.replace("#123456", "#654321") + "\nborders: none", encoding="utf-8")
        await person.waits_a_second()
        assert person.message == "Read again: theme mine"
        assert "#654321" in colours(person)
        assert "#123456" not in colours(person)
        person.sees_no("━", "─", "┏", "┌")
        person.sees("1 Companies")
        mine.unlink()
        await person.waits_a_second()
        assert person.app.theme == "planhat-dark"
        assert person.message == "The theme mine is gone: planhat-dark is on screen meanwhile"
        mine.write_text(text, encoding="utf-8")
        await person.waits_a_second()
        assert person.message == "Read again: theme mine"
        assert person.app.theme == "mine"

    text = (themes_folder() / "planhat-light.yaml").read_text(encoding="utf-8")
    own = ["name: mine" if line.startswith("name:") else line for line in text.splitlines()]
    at = next(n for n, line in enumerate(own) if line.strip().startswith("muted:"))
    own[at] = '  muted: "#123456"'
    own = [line for line in own if not line.startswith("borders")]
    (home / "themes").mkdir()
    (home / "themes" / "mine.yaml").write_text("\n".join(own), encoding="utf-8")
    journey(look, size, picture=False, start=Start(theme="mine"))


@EITHER
def test_a_theme_that_is_made_while_it_runs_is_chosen_by_config_and_palette(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    def save(name: str) -> None:
        text = (themes_folder() / "planhat-light.yaml").read_text(encoding="utf-8")
        own = text.replace("name: planhat-light", f"name: {name}")
        (home / "themes").mkdir(exist_ok=True)
        (home / "themes" / f"{name}.yaml").write_text(own, encoding="utf-8")

    async def choose(person: Person) -> None:
        save("mine")
        await person.waits_a_second()
        configure(home, "settings: {theme: mine}\n")
        await person.until("The config has changed: theme as it says now")
        assert person.app.theme == "mine"

        configure(home, "settings: {theme: in the dark}\n")
        await person.until("mine stays on screen: it was chosen, or in the dark isn't there")
        save("in the dark")
        await person.waits_a_second()
        assert person.app.theme == "in the dark"

        await run_line(person, "theme use fjord")
        await person.press("ctrl+p")
        await person.type("theme: in the")
        await person.press("enter")
        assert person.app.theme == "in the dark"

    configure(home, "settings: {theme: planhat-dark}\n")
    journey(choose, size, picture=False)


@BOTH
def test_no_color_gives_no_colours_and_the_states_are_still_seen(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await person.find("acme inc")
        await person.press("space", "k", "t")
        await person.type("gold")
        styles = _styles(person)
        assert styles
        colours = [colour for style in styles for colour in (style.color, style.bgcolor) if colour]
        assert all(colour.is_default for colour in colours)
        assert any(style.reverse for style in styles)
        person.sees("Tags of Acme Inc", "▸x")

    journey(look, size, env={"NO_COLOR": "1"})


@EITHER
def test_a_no_color_that_is_set_to_nothing_leaves_the_colours(
    journey: Journey, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "")

    async def look(person: Person) -> None:
        colours = [style.color for style in _styles(person) if style.color]
        assert any(not colour.is_default for colour in colours)

    journey(look, size, picture=False, env={"NO_COLOR": ""})


def test_no_color_sends_no_colour_to_a_terminal(
    template: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(template, home)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("COLORTERM", raising=False)
    with running(home, "--demo") as terminal:
        terminal.see("online")
        drawn = terminal.drawn
        terminal.press("0")
        terminal.see("Overview")
        drawn += terminal.drawn
        terminal.press("\x11")
        assert terminal.end() == 0
    codes = {int(one) for told in SGR.findall(drawn) for one in told.split(b";") if one}
    assert 7 in codes  # reversed, bold: these are no colours
    assert not codes & COLOURS
