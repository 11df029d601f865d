"""``company``: find, show, create, set, tag, untag, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup, record_verbs
from planhat_tui.commands.registry import Effect, records, verb, word, words
from planhat_tui.commands.settling import settle
from planhat_tui.commands.typed import NEW_FIELD, query_of, values_of
from planhat_tui.commands.unfound import tell_unknown, unfound
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Done, Exported, Listing, Result, Single

KIND = Kind.COMPANY
_ALL = 1_000_000


@verb(
    "company find",
    words("query", "words, and terms such as tag:vip or -phase:churned", required=False),
    kind=KIND,
    key="find",
    aliases=("list",),
)
def find(ctx: Context, query: tuple[str, ...]) -> Listing | Exported:
    """Find companies by any part of a name, domain, e-mail, phone, id or tag, or by a contact.

    Terms: any field, as in tag:vip, owner:me, arr:10000.., renewal:next90d, updated:over30d,
    custom.Plan:gold, contacts.title:cfo, has:phone, is:pending; -tag:x or not:tag:x for those
    without; OR and parentheses; sort:-arr, limit:50.
    """
    note = lookup.ready(ctx)
    wanted = query_of(query)
    stream = ctx.wishes.stream
    found = ctx.workspace().reads.companies(wanted, limit=1 if stream else _ALL)
    tell_unknown(ctx, wanted)
    if not found.rows:
        note = f"{unfound(ctx, KIND, wanted)}\n{note}"
    if stream:
        return record_verbs.streamed(ctx, KIND, wanted, note)
    return record_verbs.listing(ctx, KIND, (row.id for row in found.rows), note)


@verb("company show", records(), kind=KIND, aliases=("get",))
def show(ctx: Context, ids: tuple[str, ...]) -> Single | Listing:
    """Show all fields of a company."""
    return record_verbs.show(ctx, KIND, ids)


@verb(
    "company create",
    word("name", "the company's name"),
    words("values", "such as phase=onboarding or custom.Plan=Gold", "FIELD=VALUE", required=False),
    NEW_FIELD,
    effect=Effect.WRITE,
    kind=KIND,
    key="add",
)
def create(ctx: Context, name: str, values: tuple[str, ...], *, new_field: bool) -> Done:
    """Make a company."""
    given = values_of(ctx, KIND, [f"name={name}", *values], new_field=new_field)
    entry = ctx.workspace().writes.create(KIND, given)
    return settle(ctx, [entry], f"New company {visible(name)}")


@verb(
    "company set",
    records(),
    words(
        "values", "such as phase=won, owner=Anna Lind, custom.Plan=; empty clears", "FIELD=VALUE"
    ),
    NEW_FIELD,
    effect=Effect.WRITE,
    kind=KIND,
    key="field",
)
def set_(ctx: Context, ids: tuple[str, ...], values: tuple[str, ...], *, new_field: bool) -> Result:
    """Change fields of a company."""
    return record_verbs.change(ctx, KIND, ids, values, new_field=new_field)


@verb(
    "company tag",
    records(),
    words("tags", "a tag", "TAG"),
    effect=Effect.WRITE,
    kind=KIND,
    key="tags",
)
def tag(ctx: Context, ids: tuple[str, ...], tags: tuple[str, ...]) -> Result:
    """Add tags to a company."""
    return record_verbs.tag(ctx, KIND, ids, add=tags)


@verb("company untag", records(), words("tags", "a tag", "TAG"), effect=Effect.WRITE, kind=KIND)
def untag(ctx: Context, ids: tuple[str, ...], tags: tuple[str, ...]) -> Result:
    """Remove tags from a company."""
    return record_verbs.tag(ctx, KIND, ids, remove=tags)


@verb("company delete", records(), effect=Effect.DELETE, kind=KIND, key="delete")
def delete(ctx: Context, ids: tuple[str, ...]) -> Result:
    """Delete a company; asks first."""
    return record_verbs.delete(ctx, KIND, ids)
