"""``user find``: who is in the team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup
from planhat_tui.commands.registry import verb, words
from planhat_tui.commands.results import Column, Listing
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context

COLUMNS = (
    Column("_id", "ID"),
    Column("firstName", "FIRST NAME"),
    Column("lastName", "LAST NAME"),
    Column("email", "E-MAIL"),
    Column("externalId", "EXTERNAL ID"),
)


@verb(
    "user find",
    words("parts", "parts of a name or an e-mail", "QUERY", required=False),
    kind=Kind.USER,
    aliases=("list",),
)
def find(ctx: Context, parts: tuple[str, ...]) -> Listing:
    """Find people of your own team, such as owners of companies."""
    note = lookup.ready(ctx)
    users = ctx.workspace().reads.users(" ".join(parts))
    if not users:
        of = f" matches {visible(' '.join(parts))}" if parts else " is here yet"
        note = f"Nobody of the team{of}.\n{note}"
    return Listing(tuple(user.raw for user in users), COLUMNS, note)
