"""Some words on the screen, laid out again only when they have changed."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Words(Static):
    """A static text. What is said again costs nothing."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- Textual's word
        self.said = Content("")
        super().__init__(self.said, id=id)

    def say(self, said: Content | str, *, layout: bool = True) -> None:
        """Show other words; ``layout=False`` where they can't change the place that they take."""
        content = said if isinstance(said, Content) else Content(said)
        if content.is_same(self.said):
            return
        self.said = content
        self.update(content, layout=layout)
