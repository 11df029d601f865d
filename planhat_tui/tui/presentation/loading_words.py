"""What a list lacks while the local copy isn't whole: a list never looks whole that isn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.query.sides import asks_contacts
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.store.rows import Progress
    from planhat_tui.tui.looking import Found


def beside(found: Found) -> str:
    """Return what stands beside a search: what else was meant, by whom it's found, what lacks.

    As in ``incomplete: contacts 62% loaded``; empty if the list says all.
    """
    rows, progress = found.rows, found.progress
    if rows.hint:
        return rows.hint
    if rows.meant:
        return f"not found, shown is {rows.meant}"
    lacks = contacts(progress)
    if rows.through:
        by = f"found by a contact: {visible(found.by)}" if found.by else "found by contacts"
        return f"{by} ({lacks})" if lacks else by
    if progress.companies_left:
        return f"list incomplete: {progress.companies_percent}% loaded"
    return "" if is_whole(found) else f"incomplete: contacts {lacks}"


def is_whole(found: Found) -> bool:
    """Tell whether all is here that a list hangs on: companies, and contacts if it asks them."""
    if found.progress.companies_left or found.progress.contacts_complete:
        return not found.progress.companies_left
    nobody = not found.rows.total and bool(found.query.words)
    return not (nobody or asks_contacts(found.query, found.looking.view.sort))


def contacts(progress: Progress) -> str:
    """Return how much of the contacts is here, as in ``62% loaded``; empty if all are."""
    if progress.contacts_complete:
        return ""
    percent = progress.contacts_percent
    return "not all loaded" if percent is None else f"{percent}% loaded"
