"""Under the contacts, where the pane stands alone: e-mail, tags, custom fields of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from planhat_tui.model.records import map_of, text_of, texts_of
from planhat_tui.model.text import visible
from planhat_tui.tui.panes.preview import labelled
from planhat_tui.tui.part import InExplorer
from planhat_tui.tui.presentation.cells import join_fitting
from planhat_tui.tui.presentation.values import value_text
from planhat_tui.tui.widgets.rule import Rule
from planhat_tui.tui.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from planhat_tui.model.values import Raw
    from planhat_tui.store.rows import Shown


class PersonLines(Vertical, InExplorer):
    """A rule and two lines about a contact: what the list has no room for in a small terminal."""

    def __init__(self) -> None:
        super().__init__(id="person")
        self.rule = Rule()
        self._lines = Words(id="person-lines")
        self._raw: Raw = {}

    def compose(self) -> ComposeResult:
        """Draw the rule and the lines."""
        yield self.rule
        yield self._lines

    def point(self, contact_id: str) -> None:
        """Tell about another contact; an empty id is nobody."""
        reads = self.workspace.reads
        self.ask("person", lambda: reads.contact(contact_id) if contact_id else None, self._show)

    def on_resize(self) -> None:
        """Lay the lines out again."""
        self._draw()

    def _show(self, shown: Shown | None) -> None:
        self._raw = shown.raw if shown is not None else {}
        self._draw()

    def _draw(self) -> None:
        name = visible(text_of(self._raw, "name") or text_of(self._raw, "email"))
        glyphs, width = self.planhat.glyphs, max(20, self.size.width - 11)
        uncut = [
            visible(text) for key in ("email", "position") if (text := text_of(self._raw, key))
        ]
        self.rule.show((name or "no contact",), note=f" {glyphs.dot} ".join(uncut))
        tags = [visible(tag) for tag in texts_of(self._raw, "tags")]
        own = map_of(self._raw, "custom")
        fields = [f"{visible(key)}: {value_text(value)}" for key, value in own.items()]
        lines = [
            labelled(label, join_fitting(parts, width, f" {glyphs.dot} ", ellipsis=glyphs.ellipsis))
            for label, parts in (("tags", tags or ["-"]), ("fields", fields or ["-"]))
        ]
        self._lines.say(Content("\n").join(lines), layout=False)
