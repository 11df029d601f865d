"""Themes: chosen by config, flag and palette; each draws; bad files are told; NO_COLOR holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.config.themes import themes_folder
from planhat_tui.runtime import Start
from tests.journeys.conftest import BOTH, Journey
from tests.journeys.servers import configure

if TYPE_CHECKING:
    from pathlib import Path

    from rich.style import Style

    from tests.journeys.conftest import Person

SHIPPED = sorted(path.stem for path in themes_folder().glob("*.yaml"))
BAD = """\
name: mine
dark: perhaps
colors:
  acent: "#5bb8cf"
"""


def _styles(person: Person) -> list[Style]:
    """Return the styles that go to the terminal."""
    found = []
    for screen in person.app.screen_stack[1:]:
        for strip in screen._compositor.render_strips(person.app.size):
            for filter_ in person.app.get_line_filters():
                strip = strip.apply_filter(filter_, screen.background_colors[1])  # noqa: PLW2901 -- filtered on
            found += [segment.style for segment in strip if segment.style is not None]
    return found


@BOTH
@pytest.mark.parametrize("theme", SHIPPED)
def test_each_shipped_theme_draws(journey: Journey, size: tuple[int, int], theme: str) -> None:
    async def look(person: Person) -> None:
        assert person.app.theme == theme
        await person.find("acme inc")
        await person.press("space", "k", "t")
        await person.type("gold")
        person.sees("Tags of Acme Inc")

    journey(look, size, start=Start(theme=theme))


@BOTH
def test_the_config_names_a_theme(journey: Journey, home: Path, size: tuple[int, int]) -> None:
    async def look(person: Person) -> None:
        assert person.app.theme == "fjord"
        assert person.focus == "company-rows"

    configure(home, "settings: {theme: fjord}\n")
    journey(look, size, picture=False)


@BOTH
def test_the_flag_goes_before_the_config(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        assert person.app.theme == "high-contrast"

    configure(home, "settings: {theme: fjord}\n")
    journey(look, size, picture=False, start=Start(theme="high-contrast"))


@BOTH
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


@BOTH
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
            "The theme mine can't be used. planhat-dark is used",
        )
        await person.press("escape")
        assert person.focus == "company-rows"

    (home / "themes").mkdir()
    (home / "themes" / "mine.yaml").write_text(BAD, encoding="utf-8")
    configure(home, "settings: {theme: mine}\n")
    journey(look, size, picture=False)


@BOTH
def test_a_theme_of_ones_own_is_used(journey: Journey, home: Path, size: tuple[int, int]) -> None:
    async def look(person: Person) -> None:
        assert person.app.theme == "mine"
        colours = {style.color.get_truecolor().hex for style in _styles(person) if style.color}
        assert "#123456" in colours

    text = (themes_folder() / "planhat-light.yaml").read_text(encoding="utf-8")
    own = ["name: mine" if line.startswith("name:") else line for line in text.splitlines()]
    at = next(n for n, line in enumerate(own) if line.strip().startswith("muted:"))
    own[at] = '  muted: "#123456"'
    (home / "themes").mkdir()
    (home / "themes" / "mine.yaml").write_text("\n".join(own), encoding="utf-8")
    journey(look, size, picture=False, start=Start(theme="mine"))


@BOTH
def test_no_color_gives_no_colours_and_the_states_are_still_seen(
    journey: Journey, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

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

    journey(look, size)
