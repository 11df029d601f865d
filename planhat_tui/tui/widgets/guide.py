"""A few words between header and panes, for those who are new: the welcome, the tour."""

from __future__ import annotations

from textual.content import Content

from planhat_tui.tui.widgets.words import Told


class Guide(Told):
    """Words that take no focus and no key; where there are none, it takes no line."""

    def __init__(self) -> None:
        super().__init__("", id="guide")
        self.said = ""

    def say(self, title: str, text: str = "") -> None:
        """Show a title and a text; empty: go."""
        self.said = f"{title}  {text}".strip()
        self.set_class(bool(self.said), "-shown")
        self.update(Content.assemble((title, "bold $accent"), "  ", text))
