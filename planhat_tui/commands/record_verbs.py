"""What companies and contacts have in common: find, show, set, tag, untag, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planhat_tui.commands import deleting, lookup
from planhat_tui.commands.entries import may_arrive
from planhat_tui.commands.results import Column, Done, Exported, Listing, Single
from planhat_tui.commands.settling import settle
from planhat_tui.commands.typed import readers_of, values_of
from planhat_tui.config import guardrails
from planhat_tui.model.edits import custom_key
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind, count_of, texts_of
from planhat_tui.model.text import visible
from planhat_tui.model.writable import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result

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


def listing(
    ctx: Context, kind: Kind, ids: Iterable[str], note: str, paths: Sequence[str] = ()
) -> Listing:
    """Return records by their ids, in columns of these fields if they are named."""
    columns = tuple(Column(path, visible(label_of(kind, path)).upper()) for path in paths)
    raws = ctx.workspace().reads.raws(kind, ids)
    return Listing(raws, columns or COLUMNS[kind], note, kind=kind)


def streamed(ctx: Context, kind: Kind, query: str, note: str) -> Exported:
    """Return what a query finds, read as it is written."""
    records = ctx.workspace().reads.stream(kind, query)
    return Exported(kind, records, (), note=note)


def show(ctx: Context, kind: Kind, ids: Sequence[str]) -> Single | Listing:
    """Return all fields of a record, or a list of several."""
    wanted = lookup.ids_of(ctx, kind, ids)
    lookup.load(ctx, kind, wanted)
    note = "just read" if ctx.wishes.fresh and ids else lookup.age(ctx, kind, wanted)
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
) -> Result:
    """Set fields of records; of many as a plan."""
    wanted = lookup.ids_of(ctx, kind, ids)
    clears = any(pair.endswith("=") for pair in pairs)  # that is refused of what isn't here
    lookup.load(ctx, kind, wanted, waits=_waits(ctx, wanted) or clears)
    if _are_many(ctx, wanted):
        each = readers_of(ctx, kind, pairs, new_field=new_field)
        return _as_plan(ctx, kind, wanted, values=each)
    current = lookup.raw(ctx, kind, wanted[0]) if len(wanted) == 1 else None
    values = values_of(ctx, kind, pairs, current, new_field=new_field)
    entries = ctx.workspace().writes.edit(kind, wanted, values)
    fields = ", ".join(visible(label_of(kind, path)) for path in values)
    removed = all(custom_key(path) is not None and new is None for path, new in values.items())
    deed = f"Removal of {fields} from" if removed else f"{fields} of"
    done = settle(ctx, entries, f"{deed} {whom(ctx, kind, wanted)}", many=len(wanted) > 1)
    return done if entries else as_it_was(ctx, kind, wanted, done)


def _waits(ctx: Context, ids: Sequence[str]) -> bool:
    """Tell whether what is not loaded is read first: who only queues waits for a plan alone."""
    return ctx.wishes.wait or _are_many(ctx, ids)


def _are_many(ctx: Context, ids: Sequence[str]) -> bool:
    return guardrails.is_many(ctx.workspace().profile, len(ids))


def _as_plan(ctx: Context, kind: Kind, ids: Sequence[str], **change: Any) -> Result:  # noqa: ANN401 -- those of wanted
    """Show what becomes of many records, or ask, as bulk does."""
    from planhat_tui.commands.planned import carry_out
    from planhat_tui.model.plans import wanted

    plan = ctx.workspace().plans.make(wanted(kind, **change), ids, whom(ctx, kind, ids))
    return carry_out(ctx, plan)


def as_it_was(ctx: Context, kind: Kind, ids: Sequence[str], done: Done) -> Done:
    """Return an answer with the records that nothing has changed: programs get what they would."""
    raws = (lookup.raw(ctx, kind, one) for one in ids)
    return done._replace(records=tuple(raw for raw in raws if raw is not None))


def tag(
    ctx: Context,
    kind: Kind,
    ids: Sequence[str],
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> Result:
    """Add tags to records, or remove tags from them; of many as a plan."""
    wanted = lookup.ids_of(ctx, kind, ids)
    unknown = lookup.load(ctx, kind, wanted, waits=_waits(ctx, wanted))
    if _are_many(ctx, wanted):
        return _as_plan(ctx, kind, wanted, tag=add, untag=remove)
    before = [texts_of(lookup.raw(ctx, kind, one) or {}, "tags") for one in wanted]
    named = [*dict.fromkeys(one.strip() for one in add), *dict.fromkeys(remove)]
    so = [t for t in named if not unknown and all((t in tags) == bool(add) for tags in before)]
    entries = ctx.workspace().writes.tag(kind, wanted, add, remove)
    changed = [one for one in named if one not in so] or named
    noun = "Tag" if len(changed) == 1 else "Tags"
    where = "on" if add else "off"
    deed = f"{noun} {_listed(changed)} {where} {whom(ctx, kind, wanted)}"
    done = settle(ctx, entries, deed, many=len(wanted) > 1)
    if not entries:
        return as_it_was(ctx, kind, wanted, done)
    if not so:
        return done
    verb = "was" if len(so) == 1 else "were"
    there = "there already" if add else "not there"
    return done._replace(text=f"{done.text}\n{_listed(so)} {verb} {there}.")


def _listed(tags: Iterable[str]) -> str:
    return ", ".join(visible(one) for one in tags)


def delete(ctx: Context, kind: Kind, ids: Sequence[str]) -> Result:
    """Delete records, after the word that confirms it; many as a plan."""
    wanted = lookup.ids_of(ctx, kind, ids)
    profile = ctx.workspace().profile
    guardrails.check_delete(profile, len(wanted))
    if _are_many(ctx, wanted):
        return _as_plan(ctx, kind, wanted, delete=True)
    subject = whom(ctx, kind, wanted)
    raws = [lookup.raw(ctx, kind, one) or {"_id": one} for one in wanted]
    ctx.confirm(
        deleting.question(profile, kind, raws, ctx.now().tzinfo),
        deleting.word(profile, len(wanted)),
    )
    unsure = [
        entry.n
        for entry in ctx.workspace().reads.outbox()
        if (entry.kind, entry.action, entry.state) == (kind, Action.CREATE, State.NOT_SURE)
        and entry.record_id in wanted
    ]
    entries = ctx.workspace().writes.delete(kind, wanted)
    going = deleting.going(wanted, entries)
    if entries:
        subject = count_of(kind, len(entries)) if going else subject
        done = settle(ctx, entries, f"Deletion of {subject}", many=len(wanted) > 1)
    else:
        dropped = len({*wanted}) - deleting.count_going(wanted, entries)
        subject = count_of(kind, dropped) if going else subject
        done = Done(_taken_out(ctx, subject, unsure), many=len(wanted) > 1)
    return done._replace(text=f"{done.text}\n{going}.") if going else done


def _taken_out(ctx: Context, subject: str, unsure: Sequence[int]) -> str:
    """Say that what Planhat doesn't have is no longer here; what is unsure of it may arrive."""
    if not unsure:
        return f"{subject}: taken out; Planhat never had it."
    told = (may_arrive(ctx.workspace().reads.entry(n), ctx.now()) for n in unsure)
    return "\n".join([f"{subject}: taken out.", *told])


def whom(ctx: Context, kind: Kind, ids: Sequence[str]) -> str:
    """Return the name of one record, or how many they are."""
    if len(ids) != 1:
        return count_of(kind, len(ids))
    title = title_of(kind, lookup.raw(ctx, kind, ids[0]) or {"_id": ids[0]})
    return f"the {title}" if kind is Kind.CALL else title
