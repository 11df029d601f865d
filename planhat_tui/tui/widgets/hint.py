"""The line under the ``:`` line: which argument is due, and what it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.commands.completing import Lines
    from planhat_tui.commands.values import Choice

GAP = "  "


class Hint(Static):
    """What is due, then as many choices as fit, each with its note; the one that is in is bold."""

    def __init__(self) -> None:
        super().__init__("", id="hint", classes="bar")

    def tell(self, offered: Lines, reason: str = "") -> None:
        """Show what can stand at the end of a line; why its verb can't run now goes first."""
        current = _current(offered)
        choices = offered.choices[current or 0 :]
        shown = [(reason, "$warning")] if reason else []
        due = offered.due if reason or not choices else offered.due.partition(GAP)[0]
        parts = [Content.assemble(one) for one in [*shown, (visible(due), "$muted")] if one[0]]
        for place, choice in enumerate(choices):
            told = _told(choice, bold=current is not None and place == 0)
            if sum(part.cell_length + len(GAP) for part in [*parts, told]) > self.size.width:
                break
            parts.append(told)
        line = Content.assemble(" ", Content(GAP).join(parts))
        self.update(line.truncate(self.size.width))

    def say(self, text: str) -> None:
        """Show a sentence."""
        self.update(Content.styled(f" {text}", "$muted"))


def _current(offered: Lines) -> int | None:
    return offered.lines.index(offered.text) if offered.text in offered.lines else None


def _told(choice: Choice, *, bold: bool) -> Content:
    name = (visible(choice.text), "bold $accent" if bold else "$foreground")
    return Content.assemble(name, (f" {visible(choice.note)}" if choice.note else "", "$muted"))
