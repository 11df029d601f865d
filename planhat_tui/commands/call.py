"""``call``: log, show, set, delete, list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from planhat_tui.commands import lookup, record_verbs
from planhat_tui.commands.registry import Effect, flag, option, records, verb, word, words
from planhat_tui.commands.results import Column, Listing, Single
from planhat_tui.commands.settling import settle
from planhat_tui.commands.waiting import answer
from planhat_tui.config import guardrails
from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model import calls
from planhat_tui.model.calls import CallDraft
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Contact, Kind
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Done
    from planhat_tui.model.values import Json

KIND = Kind.CALL
COLUMNS = (
    Column("_id", "ID"),
    Column("start", "START"),
    Column("end", "END"),
    Column("nr", "NUMBER"),
    Column("externalUserId", "AGENT"),
    Column("companyId", "COMPANY ID"),
    Column("enduserId", "CONTACT ID"),
    Column("note", "NOTE"),
)


@verb(
    "call log",
    word("contact", "an id, exact name or e-mail; or give --nr", required=False),
    option("--nr", "the number that was called", "N"),
    option("--agent", "who called: the id in your system; else the profile's", "A"),
    option("--start", "14:05, -10m or ISO 8601", "T"),
    option("--end", "likewise; now, where --start or --talk is given", "T"),
    option("--talk", "how long was talked: 10m, 90s, 1h5m", "LENGTH"),
    option("--waiting", "how long it rang", "S"),
    option("--note", "kept in the company's call_note_field, else on this machine"),
    flag("--open", "through the open endpoint, without the token"),
    effect=Effect.WRITE,
    kind=KIND,
    key="log_call",
)
def log(  # noqa: PLR0917 -- the words of one command
    ctx: Context,
    contact: str,
    nr: str,
    agent: str,
    start: str,
    end: str,
    talk: str,
    waiting: str,
    note: str,
    open: bool,  # noqa: A002, FBT001 -- the option's name
) -> Done:
    """Log a call that has ended.

    Without --end it ended just now. Nothing known about the times: none is sent.
    """
    draft = _whom(ctx, contact, nr)
    draft = replace(
        draft,
        external_user_id=agent or ctx.workspace().profile.external_user_id,
        note=note,
        open_endpoint=open,
    )
    draft = _timed(ctx, draft, start, end, talk, waiting)
    entries = ctx.workspace().writes.log_call(draft)
    done = settle(ctx, entries, f"Call to {visible(draft.nr)}")
    field = ctx.workspace().profile.call_note_field
    if note and not (field and draft.company_id):
        why = "nobody here has this number" if field else "the profile names no call_note_field"
        done = done._replace(text=f"{done.text}\nThe note stays on this machine: {why}.")
    only = tuple(record for record in done.records if "nr" in record)
    return done._replace(records=only)


@verb("call show", records(), kind=KIND, aliases=("get",))
def show(ctx: Context, ids: tuple[str, ...]) -> Single:
    """Show a call; one that isn't in the list is asked for at Planhat and kept there."""
    return Single(_known(ctx, ids), KIND)


@verb(
    "call set",
    records(),
    words("values", "such as waiting=20 or end=2026-03-01T14:05:00Z", "FIELD=VALUE"),
    effect=Effect.WRITE,
    kind=KIND,
    key="field",
)
def set_(ctx: Context, ids: tuple[str, ...], values: tuple[str, ...]) -> Done:
    """Change fields of a call."""
    call = _known(ctx, ids)
    return record_verbs.change(ctx, KIND, [str(call["_id"])], values)


@verb("call delete", records(), effect=Effect.DELETE, kind=KIND, key="delete")
def delete(ctx: Context, ids: tuple[str, ...]) -> Done:
    """Delete a call; asks first."""
    call = _known(ctx, ids)
    profile = ctx.workspace().profile
    guardrails.check_delete(profile)
    ctx.confirm(
        f"Delete the call to {visible(str(call.get('nr', '')))} in {profile.name}?",
        guardrails.typed_word(profile, 1, deleting=True),
    )
    entries = ctx.workspace().writes.delete(KIND, [str(call["_id"])])
    return settle(ctx, entries, "Deletion of the call")


@verb("call list", kind=KIND, aliases=("find",))
def list_(ctx: Context) -> Listing:
    """List the calls that were logged from here, or shown by their id: Planhat has no such list."""
    logged = ctx.workspace().reads.calls()
    records = tuple({**one.call.raw, **({"note": one.note} if one.note else {})} for one in logged)
    return Listing(records, COLUMNS, "calls logged from here")


def _whom(ctx: Context, contact: str, nr: str) -> CallDraft:
    """Return a draft with the contact's number, or with the one that was given."""
    if nr and not contact:
        reads = ctx.workspace().reads
        owners = reads.who_has_number(nr)
        known = owners[0] if len(owners) == 1 else None
        return CallDraft(
            nr=nr,
            contact_id=known.id if known else "",
            company_id=known.company_id if known else "",
        )
    if not contact and ctx.selection.kind is not Kind.CONTACT:
        raise InputError("Whom was the call with?", "Name a contact, or give --nr.", field="nr")
    contact_id = lookup.one_of(ctx, Kind.CONTACT, [contact] if contact else [])
    person = Contact.from_raw(lookup.raw(ctx, Kind.CONTACT, contact_id) or {})
    if not (nr or person.phone):
        raise InputError(f"{visible(person.title)} has no number.", "Give one with --nr.")
    return CallDraft(nr=nr or person.phone, contact_id=contact_id, company_id=person.company_id)


def _timed(  # noqa: PLR0917 -- the words of one command
    ctx: Context, draft: CallDraft, start: str, end: str, talk: str, waiting: str
) -> CallDraft:
    """Complete the times: two of start, end and talk give the third."""
    now = ctx.now()
    begun = calls.parse_when(start, now=now) if start else None
    ended = calls.parse_when(end, now=now) if end else None
    seconds = _seconds(waiting) if waiting else None
    if talk:
        length = calls.parse_duration(talk)
        if begun is not None and ended is not None:
            raise InputError("Start, end and talk are one too many.", "Leave one out.")
        if begun is not None:
            ended = begun + length + timedelta(seconds=seconds or 0)
        else:
            begun, ended = calls.finished(ended or now, length, seconds)
    elif begun is not None:
        ended = ended or now
    return replace(draft, start=begun, end=ended, waiting=seconds)


def _seconds(text: str) -> float:
    """Read seconds: a bare number is seconds here, not minutes."""
    try:
        return float(text)
    except ValueError:
        return calls.parse_duration(text).total_seconds()


def _known(ctx: Context, ids: Sequence[str]) -> dict[str, Json]:
    """Return a call from the log, or from Planhat, which puts it into the log."""
    try:
        call_id = lookup.one_of(ctx, KIND, ids)
    except NotFoundError:
        workspace = ctx.workspace()
        wanted = ids[0]
        asked = workspace.net.ask(lambda planhat: planhat.call(wanted, lane=Lane.USER))
        received = answer(ctx, asked)
        workspace.writes.keep_call(received.data)
        return received.data
    return lookup.raw(ctx, KIND, call_id) or {}
