"""What a contact that is about to be made has in common with one that is there. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.text import fold, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.model.records import Contact


def told_of(same: Sequence[Contact], email: str, phone: str) -> str:
    """Say who has the e-mail or the phone of a new contact already; empty if nobody does."""
    if not same:
        return ""
    who = same[0]
    is_email = bool(email) and fold(who.email) == fold(email)
    what = f"the e-mail {email}" if is_email else f"the number {phone}"
    at = f" at {who.company_name}" if who.company_name else ""
    if len(same) == 1:
        return visible(f"{who.title}{at} has {what} already.")
    return visible(f"{who.title}{at} and {len(same) - 1:,} more have {what} already.")
