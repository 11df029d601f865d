"""The word before something can't be taken back: asked for, or answered before it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planhat_tui.config.guardrails import is_plain
from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.commands.context import Context


def answered(ctx: Context, given: Mapping[str, Any]) -> Context:
    """Return a context in which ``--yes`` and ``--confirm NAME`` answer before the door asks."""
    if not given.get("yes"):
        return ctx
    name = str(given.get("confirm") or "")

    def confirm(question: str, word: str) -> None:
        """Say yes to what a plain word confirms, else only if the profile was named."""
        if not is_plain(word) and name.casefold() != word.casefold():
            raise unconfirmed(question, word)

    return ctx._replace(confirm=confirm)


def unconfirmed(question: str, word: str) -> InputError:
    """Return the error for a question that nobody can be asked; it says what was asked."""
    needed = "--yes" if is_plain(word) else f"--yes --confirm {word}"
    told = f"{question}\nThis has to be confirmed, and nothing was done."
    return InputError(told, f"Add {needed}.")
