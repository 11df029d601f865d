"""Why a verb can't run now: one sentence for the palette, the keys and the ``:`` line. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.commands.registry import Effect
from planhat_tui.config import guardrails
from planhat_tui.errors import GuardrailError

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.commands.context import Selection
    from planhat_tui.commands.registry import Command
    from planhat_tui.config.profiles import Profile

UNWRITABLE: Final = "Nothing can be changed: this disk can't be written, so no edit would be kept"
_CHANGING: Final = frozenset({Effect.WRITE, Effect.DELETE})


def why_not(
    command: Command, profile: Profile, selection: Selection, *, unwritable: bool = False
) -> str:
    """Return why a verb can't run on what is selected; empty if it can."""
    takes = any(param.how == "records" for param in command.params)
    if unwritable and (command.guarded or (command.effect in _CHANGING and command.needs_profile)):
        return UNWRITABLE
    if command.guarded:
        count, deletes = len(selection.ids) if takes else 1, command.effect is Effect.DELETE
        if reason := forbidden(profile, count, deletes=deletes):
            return reason
    if takes and not (command.kind in {None, selection.kind} and selection.ids):
        return f"No {command.kind or 'record'} is selected"
    return ""


def refuse_first(command: Command, profile: Callable[[], Profile]) -> None:
    """Raise :class:`GuardrailError` if not even one record may be changed so.

    Said before anything is read: a tenant that may only be looked at costs no calls for a refusal.
    """
    if command.effect in _CHANGING and command.kind is not None:
        check = guardrails.check_write
        if command.effect is Effect.DELETE:
            check = guardrails.check_delete
        check(profile(), 1)


def forbidden(profile: Profile, count: int = 1, *, deletes: bool) -> str:
    """Return what the profile has against changing or deleting records; empty for nothing."""
    check = guardrails.check_delete if deletes else guardrails.check_write
    try:
        check(profile, max(1, count))
    except GuardrailError as error:
        return str(error)
    return ""
