"""The smallest Textual program with a list, an input and a footer: start is held against it."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Footer, Input, OptionList


class BareApp(App[None]):
    """One Input, one OptionList of 50, one Footer."""

    def compose(self) -> ComposeResult:
        """Lay out the three."""
        yield Input(placeholder="find")
        yield OptionList(*(f"Company number {n}" for n in range(50)))
        yield Footer()


if __name__ == "__main__":
    BareApp().run()
