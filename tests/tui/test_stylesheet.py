from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.css.errors import UnresolvedVariableError
from textual.css.parse import parse
from textual.widget import Widget

from planhat_tui.tui.stylesheet import KeptStylesheet

ACCENT = {"accent": "red"}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is parsed, as it goes."""
    texts: list[str] = []

    def counted(scope: str, css: str, *given: Any, **more: Any) -> Any:  # noqa: ANN401 -- its own
        texts.append(css)
        return parse(scope, css, *given, **more)

    monkeypatch.setattr("textual.css.stylesheet.parse", counted)
    return texts


def test_each_source_is_parsed_once_for_a_theme(parsed: list[str]) -> None:
    styles = KeptStylesheet(variables=ACCENT)
    styles.add_source("Screen { color: $accent; }", ("a", ""))
    styles.reparse()
    styles.add_source("Input { height: 1; }", ("b", ""))
    styles.set_variables({**ACCENT})
    styles.reparse()
    assert parsed == ["Screen { color: $accent; }", "Input { height: 1; }"]
    assert [*styles.rules_map] == ["Screen", "Input"]


def test_other_colours_are_taken_up() -> None:
    styles = KeptStylesheet(variables=ACCENT)
    styles.add_source("Screen { color: $accent; }", ("a", ""))
    before = styles.css
    styles.set_variables({"accent": "blue"})
    styles.reparse()
    assert styles.css != before


def test_a_mistake_leaves_the_rules_as_they_were() -> None:
    styles = KeptStylesheet()
    styles.add_source("Screen { height: 1; }", ("a", ""))
    before = styles.rules
    styles.add_source("Screen { height: $nothing; }", ("b", ""))
    with pytest.raises(UnresolvedVariableError):
        styles.reparse()
    assert styles._rules == before


class Parted(Widget, can_focus=True):
    COMPONENT_CLASSES = {"parted--one"}  # noqa: RUF012 -- as Textual has it


class PartedApp(App[None]):
    CSS = """
    Parted:focus > .parted--one { color: red; }
    Parted.lit > .parted--one { color: blue; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())

    def compose(self) -> ComposeResult:
        yield Parted()


async def test_the_parts_of_a_widget_are_styled_by_the_same_nodes() -> None:
    app = PartedApp()
    async with app.run_test() as pilot:
        widget = app.query_one(Parted)
        before = widget.get_component_styles("parted--one").node
        colours = []
        for focused, lit in ((True, False), (True, True), (False, True), (False, False)):
            app.screen.set_focus(widget if focused else None)
            widget.set_class(lit, "lit")
            await pilot.pause()
            styles = widget.get_component_styles("parted--one")
            colours.append(styles.color if styles.has_rule("color") else None)
        red, blue = Color.parse("red"), Color.parse("blue")
        assert colours == [red, blue, blue, None]
        assert widget.get_component_styles("parted--one").node is before
