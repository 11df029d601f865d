"""Whether a record still stands as it did when it was to be deleted. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.edits import custom_path, diff, value_at
from planhat_tui.model.fields import FIELDS, are_several, label_of
from planhat_tui.model.records import map_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Raw

_LEAN: Final = frozenset({"_id", "slug", "sourceId"})
_SENT: Final = frozenset({"custom", "companyId", "companyName", "enduserId", "direction"})
"""What a list of names tells, and what is sent to make a record, beside what people edit."""


def changed_since(kind: Kind, stood: Raw, now: Raw) -> tuple[str, ...]:
    """Return the labels of what people have changed in a record since it stood so.

    What Planhat computes is left out, and so is what wasn't known: where only a company's name was
    here, or only what was sent to make the record, a field that it lacks needn't have been empty.
    """
    paths = [field.name for field in FIELDS[kind] if field.editable]
    paths += map(custom_path, dict.fromkeys((*map_of(stood, "custom"), *map_of(now, "custom"))))
    if not _is_whole(kind, stood):
        paths = [path for path in paths if value_at(stood, path) is not None]
    return tuple(
        label_of(kind, change.field)
        for change in diff(stood, now, paths)
        if not (_is_empty(change.before) and _is_empty(change.after))
    )


def why_kept(labels: Sequence[str]) -> str:
    """Say why a record isn't deleted in which these were changed since."""
    verb = "were" if are_several(labels) else "was"
    told = f"It is still there, and {', '.join(labels)} {verb} changed since."
    return f"{told} Delete it again if that is still meant."


def _is_whole(kind: Kind, stood: Raw) -> bool:
    """Tell whether this is all that Planhat had of a record: it has what Planhat alone can tell."""
    editable = {field.name for field in FIELDS[kind] if field.editable}
    return not stood.keys() <= editable | _LEAN | _SENT


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [])
