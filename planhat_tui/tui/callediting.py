"""What of a logged call is edited by other words than Planhat's: how long was talked, the note.

Minutes of talk are the call's end in other words; a note has no place in a call of Planhat's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model import calls
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.moments import lasting
from planhat_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.rows import LoggedCall

TALK: Final = "talk"
NOTE: Final = "note"
LABELS: Final = {TALK: "Talk (min)", NOTE: "Note"}
"""What can be edited of a call and is no field of it, with its words for people."""


def choices(logged: LoggedCall) -> list[Choice]:
    """Return the choices for talk and note, with what they are now."""
    talk = calls.talk_of(logged.call.raw)
    said = lasting(talk) if talk is not None else "-"
    note = visible(logged.note) or "-"
    return [Choice(TALK, LABELS[TALK], said), Choice(NOTE, LABELS[NOTE], note)]


def typed_talk(call: Raw) -> str:
    """Return the talk as a person types it: ``5:20``; empty where the times don't tell."""
    talk = calls.talk_of(call)
    if talk is None:
        return ""
    minutes, seconds = divmod(round(talk.total_seconds()), 60)
    return f"{minutes}:{seconds:02}"


def end_of(call: Raw, text: str) -> Json:
    """Return the end that a call gets by its talk. Raises :class:`InputError`."""
    return calls.end_with(call, calls.parse_duration(text))
