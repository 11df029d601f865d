"""``duplicates``: companies and contacts that may be the same, in groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup
from planhat_tui.commands.registry import Param, verb
from planhat_tui.commands.results import Column, Groups
from planhat_tui.errors import InputError
from planhat_tui.model.records import Kind
from planhat_tui.model.text import nearest, plural

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context

COLUMNS = (
    Column("group", "GROUP", right=True),
    Column("why", "WHY"),
    Column("_id", "ID"),
    Column("name", "NAME"),
    Column("at", "AT"),
)
_KINDS = ("company", "contact")


@verb("duplicates", Param("what", "word", "company or contact", "WHAT", required=False))
def duplicates(ctx: Context, what: str) -> Groups:
    """Find companies by domain and similar name, contacts by e-mail and phone, in groups.

    Legal forms don't count, and one slip in a name is forgiven, two in a long one. Nothing is
    changed: look at a group, keep one, and delete the others.
    """
    kind = _kind(ctx, what)
    note = lookup.ready(ctx)
    groups = ctx.workspace().reads.duplicates(kind)
    told = plural(len(groups), "group") if groups else f"No {kind} is there twice"
    return Groups(kind, groups, COLUMNS, f"{told}; {note}.")


def _kind(ctx: Context, what: str) -> Kind:
    if not what:
        here = ctx.showing.kind if ctx.showing is not None else None
        return Kind.CONTACT if here is Kind.CONTACT else Kind.COMPANY
    if what not in _KINDS:
        near = nearest(what, _KINDS)
        advice = f"Did you mean {near}?" if near else f"There are: {', '.join(_KINDS)}."
        raise InputError(f"{what} has no duplicates here.", advice, field="what")
    return Kind(what)
