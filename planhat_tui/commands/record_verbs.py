"""What companies and contacts have in common: find, show, set, tag, untag, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import deleting, lookup
from planhat_tui.commands.results import Column, Done, Listing, Single
from planhat_tui.commands.settling import settle
from planhat_tui.commands.typed import values_of
from planhat_tui.config import guardrails
from planhat_tui.model.edits import custom_key
from planhat_tui.model.fields import label_of
from planhat_tui.model.records import MANY, Kind, texts_of
from planhat_tui.model.text import visible
from planhat_tui.model.writable import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.commands.context import Context

COLUMNS = {
    Kind.COMPANY: (
        Column("_id", "ID"),
        Column("name", "NAME"),
        Column("phase", "PHASE"),
        Column("h", "HEALTH", right=True),
        Column("arr", "ARR", right=True),
        Column("renewalDate", "RENEWAL"),
        Column("externalId", "EXTERNAL ID"),
        Column("tags", "TAGS"),
    ),
    Kind.CONTACT: (
        Column("_id", "ID"),
        Column("name", "NAME"),
        Column("position", "POSITION"),
        Column("phone", "PHONE"),
        Column("email", "E-MAIL"),
        Column("companyName", "COMPANY"),
        Column("tags", "TAGS"),
    ),
}
"""What a list shows; ``--fields`` shows others."""


def listing(ctx: Context, kind: Kind, ids: Iterable[str], note: str) -> Listing:
    """Return records by their ids."""
    return Listing(ctx.workspace().reads.raws(kind, ids), COLUMNS[kind], note, kind=kind)


def show(ctx: Context, kind: Kind, ids: Sequence[str]) -> Single | Listing:
    """Return all fields of a record, or a list of several."""
    wanted = lookup.ids_of(ctx, kind, ids)
    note = "just read" if ctx.wishes.fresh and ids else lookup.age(ctx)
    if len(wanted) > 1:
        return listing(ctx, kind, wanted, note)
    return Single(lookup.raw(ctx, kind, wanted[0]) or {}, kind, note)


def change(
    ctx: Context,
    kind: Kind,
    ids: Sequence[str],
    pairs: Sequence[str],
    *,
    new_field: bool = False,
) -> Done:
    """Set fields of records."""
    wanted = lookup.ids_of(ctx, kind, ids)
    current = lookup.raw(ctx, kind, wanted[0]) if len(wanted) == 1 else None
    values = values_of(ctx, kind, pairs, current, new_field=new_field)
    entries = ctx.workspace().writes.edit(kind, wanted, values)
    fields = ", ".join(visible(label_of(kind, path)) for path in values)
    removed = all(custom_key(path) is not None and new is None for path, new in values.items())
    deed = f"Removal of {fields} from" if removed else f"{fields} of"
    return settle(ctx, entries, f"{deed} {whom(ctx, kind, wanted)}", many=len(wanted) > 1)


def tag(
    ctx: Context,
    kind: Kind,
    ids: Sequence[str],
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> Done:
    """Add tags to records, or remove tags from them."""
    wanted = lookup.ids_of(ctx, kind, ids)
    before = [texts_of(lookup.raw(ctx, kind, one) or {}, "tags") for one in wanted]
    named = [*dict.fromkeys(one.strip() for one in add), *dict.fromkeys(remove)]
    so = [t for t in named if all((t in tags) == bool(add) for tags in before)]
    entries = ctx.workspace().writes.tag(kind, wanted, add, remove)
    changed = [one for one in named if one not in so] or named
    noun = "Tag" if len(changed) == 1 else "Tags"
    where = "on" if add else "off"
    deed = f"{noun} {_listed(changed)} {where} {whom(ctx, kind, wanted)}"
    done = settle(ctx, entries, deed, many=len(wanted) > 1)
    if not (so and entries):
        return done
    verb = "was" if len(so) == 1 else "were"
    there = "there already" if add else "not there"
    return done._replace(text=f"{done.text}\n{_listed(so)} {verb} {there}.")


def _listed(tags: Iterable[str]) -> str:
    return ", ".join(visible(one) for one in tags)


def delete(ctx: Context, kind: Kind, ids: Sequence[str]) -> Done:
    """Delete records, after the word that confirms it."""
    wanted = lookup.ids_of(ctx, kind, ids)
    profile = ctx.workspace().profile
    guardrails.check_delete(profile, len(wanted))
    subject = whom(ctx, kind, wanted)
    raws = [lookup.raw(ctx, kind, one) or {"_id": one} for one in wanted]
    ctx.confirm(
        deleting.question(profile, kind, raws, ctx.now().tzinfo),
        deleting.word(profile, len(wanted)),
    )
    entries = ctx.workspace().writes.delete(kind, wanted)
    if not entries:
        return Done(f"{subject}: taken out; Planhat never had it.", many=len(wanted) > 1)
    return settle(ctx, entries, f"Deletion of {subject}", many=len(wanted) > 1)


def whom(ctx: Context, kind: Kind, ids: Sequence[str]) -> str:
    """Return the name of one record, or how many they are."""
    if len(ids) != 1:
        return f"{len(ids)} {MANY[kind]}"
    title = title_of(kind, lookup.raw(ctx, kind, ids[0]) or {"_id": ids[0]})
    return f"the {title}" if kind is Kind.CALL else title
