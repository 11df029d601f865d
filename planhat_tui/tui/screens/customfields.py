"""Picking a custom field by a piece of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.edits import custom_path
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.values import WORDS
from planhat_tui.tui.screens.pick import Pick
from planhat_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.tui.screens.sheet import R, Sheet
    from planhat_tui.workspace.queries import Queries


def pick_custom(
    sheet: Sheet[R], reads: Queries, then: Callable[[str], None], kind: Kind = Kind.COMPANY
) -> None:
    """Let one be picked of those that occur; ``then`` gets its path, such as ``custom.Plan``."""

    def picked(choice: Choice | None) -> None:
        if choice is not None:
            then(choice.value)

    def offer(known: tuple[tuple[str, str], ...]) -> None:
        if not known:
            sheet.tell(f"No {kind} here has a custom field")
            return
        choices = [
            Choice(custom_path(key), visible(key), WORDS.get(used, "other")) for key, used in known
        ]
        sheet.app.push_screen(Pick("A custom field", choices, hint="a piece of its name"), picked)

    sheet.ask("custom fields", lambda: reads.custom_names(kind), offer, opens=True)
