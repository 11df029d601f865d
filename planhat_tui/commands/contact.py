"""``contact``: find, show, create, set, tag, untag, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup, record_verbs
from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import Effect, option, records, verb, word, words
from planhat_tui.commands.settling import settle
from planhat_tui.commands.typed import NEW_FIELD, query_of, values_of
from planhat_tui.commands.unfound import tell_unknown, unfound
from planhat_tui.commands.waiting import answer
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.taken import told_of
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Done, Exported, Listing, Result, Single

KIND = Kind.CONTACT
_ALL = 1_000_000


@verb(
    "contact find",
    words("query", "words, and terms such as tag:champion", required=False),
    option("--company", "only of this company", "ID"),
    kind=KIND,
    aliases=("list",),
)
def find(ctx: Context, query: tuple[str, ...], company: str) -> Listing | Exported:
    """Find contacts by any part of a name, e-mail, phone number or tag."""
    note = lookup.ready(ctx)
    at = lookup.one_of(ctx, Kind.COMPANY, [company]) if company else ""
    if at:
        _have_contacts(ctx, at)
    wanted = query_of(query)
    tell_unknown(ctx, wanted, KIND)
    stream = ctx.wishes.stream and not at  # those of a company are few, and have their own order
    found = ctx.workspace().reads.contacts_found(wanted, 1 if stream else _ALL, at)
    if not found.rows:
        note = f"{_none(ctx, at, wanted)}\n{note}"
    if stream:
        return record_verbs.streamed(ctx, KIND, wanted, note)
    return record_verbs.listing(ctx, KIND, (row.id for row in found.rows), note)


@verb("contact show", records(), kind=KIND, aliases=("get",))
def show(ctx: Context, ids: tuple[str, ...]) -> Single | Listing:
    """Show all fields of a contact."""
    return record_verbs.show(ctx, KIND, ids)


@verb(
    "contact create",
    word("name", "the contact's name"),
    option("--company", "the company: its id, extid-... or exact name", "ID"),
    words("values", "such as email=ada@acme.example", "FIELD=VALUE", required=False),
    NEW_FIELD,
    effect=Effect.WRITE,
    kind=KIND,
    key="add",
)
def create(
    ctx: Context, name: str, company: str, values: tuple[str, ...], *, new_field: bool
) -> Done:
    """Make a contact at a company: --company, or the selected one, or whose contacts are shown."""
    company_id = _company(ctx, company)
    at = lookup.raw(ctx, Kind.COMPANY, company_id) or {}
    given = values_of(ctx, KIND, [f"name={name}", *values], new_field=new_field)
    given = {"companyId": company_id, "companyName": text_of(at, "name"), **given}
    email, phone = text_of(given, "email"), text_of(given, "phone")
    same = ctx.workspace().reads.same_contacts(email, phone)
    entry = ctx.workspace().writes.create(KIND, given)
    if same and ctx.door is not Door.LINE:
        ctx.tell(told_of(same, email, phone))
    return settle(ctx, [entry], f"New contact {visible(name)}")


@verb(
    "contact set",
    records(),
    words("values", "such as position=CTO; empty clears", "FIELD=VALUE"),
    NEW_FIELD,
    effect=Effect.WRITE,
    kind=KIND,
    key="field",
)
def set_(ctx: Context, ids: tuple[str, ...], values: tuple[str, ...], *, new_field: bool) -> Result:
    """Change fields of a contact."""
    return record_verbs.change(ctx, KIND, ids, values, new_field=new_field)


@verb(
    "contact tag",
    records(),
    words("tags", "a tag", "TAG"),
    effect=Effect.WRITE,
    kind=KIND,
    key="tags",
)
def tag(ctx: Context, ids: tuple[str, ...], tags: tuple[str, ...]) -> Result:
    """Add tags to a contact."""
    return record_verbs.tag(ctx, KIND, ids, add=tags)


@verb("contact untag", records(), words("tags", "a tag", "TAG"), effect=Effect.WRITE, kind=KIND)
def untag(ctx: Context, ids: tuple[str, ...], tags: tuple[str, ...]) -> Result:
    """Remove tags from a contact."""
    return record_verbs.tag(ctx, KIND, ids, remove=tags)


@verb("contact delete", records(), effect=Effect.DELETE, kind=KIND, key="delete")
def delete(ctx: Context, ids: tuple[str, ...]) -> Result:
    """Delete a contact; asks first."""
    return record_verbs.delete(ctx, KIND, ids)


def _company(ctx: Context, typed: str) -> str:
    """Return the id of the company that is meant: named, shown by the list, or selected."""
    if not typed and ctx.showing is not None and ctx.showing.company_id:
        return ctx.showing.company_id
    return lookup.one_of(ctx, Kind.COMPANY, [typed] if typed else [], "--company")


def _none(ctx: Context, company_id: str, query: str) -> str:
    """Return why no contact was found, of one company if it's given."""
    if not company_id:
        return unfound(ctx, KIND, query)
    at = record_verbs.whom(ctx, Kind.COMPANY, [company_id])
    return f"No contact at {at} matches {visible(query)}." if query else f"No contacts at {at} yet."


def _have_contacts(ctx: Context, company_id: str) -> None:
    """Read the contacts of a company now if they were never read."""
    from planhat_tui.model.events import Topic

    workspace = ctx.workspace()
    if not workspace.reads.contacts(company_id).known:
        answer(ctx, workspace.net.refresh(Topic.CONTACT, frozenset({company_id})))
