"""The question before records are deleted, in the same words at every door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.config import guardrails
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, count_of, number_of, text_of
from planhat_tui.model.writable import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Raw


def question(profile: Profile, kind: Kind, raws: Sequence[Raw], zone: tzinfo | None) -> str:
    """Return ``Delete Acme Inc in demo? Its contacts go with it. Undo makes it again ...``.

    A call is told with its time in ``zone``: several have the same number.
    """
    many = len(raws) != 1
    subject = count_of(kind, len(raws)) if many else _name(kind, raws[0], zone)
    told = [f"Delete {subject} in {profile.name}?"]
    if kind is Kind.COMPANY:
        told.append("Their contacts go with them." if many else "Its contacts go with it.")
    told.append(f"Undo makes {'them again with new ids' if many else 'it again with a new id'}.")
    return " ".join(told)


def word(profile: Profile, count: int) -> str:
    """Return the word to type: ``delete``, ``delete 300``, or the profile's name."""
    return guardrails.typed_word(profile, count, deleting=True)


def going(ids: Sequence[str], entries: Sequence[Entry]) -> str:
    """Return how many of these were to be deleted already, as a sentence; empty if none was."""
    left = count_going(ids, entries)
    return f"{left} of them {'was' if left == 1 else 'were'} to be deleted already" if left else ""


def count_going(ids: Sequence[str], entries: Sequence[Entry]) -> int:
    """Return how many of these were to be deleted already.

    ``entries`` are the deletions that were made. What Planhat doesn't have yet needs none.
    """
    made = {entry.record_id for entry in entries}
    return sum(one not in made and not one.startswith(NEW_ID_PREFIX) for one in {*ids})


def _name(kind: Kind, raw: Raw, zone: tzinfo | None) -> str:
    """Return what one record is called."""
    title = title_of(kind, raw)
    return f"the {title}{called_at(raw, zone)}" if kind is Kind.CALL else title


def called_at(call: Raw, zone: tzinfo | None) -> str:
    """Return `` of 2026-03-02 14:05, talk 9:30,``, as far as it's known."""
    from planhat_tui.model import calls

    start, end = calls.parse_iso(text_of(call, "start")), calls.parse_iso(text_of(call, "end"))
    moment = start or end
    told = f" of {moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment is not None else ""
    talk = calls.talk_time(start, end, number_of(call, "waiting"))
    if talk is None:
        return told
    minutes, seconds = divmod(round(talk.total_seconds()), 60)
    return f"{told}, talk {minutes}:{seconds:02},"
