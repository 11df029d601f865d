"""``call``: log, show, set, delete, list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from planhat_tui.commands import deleting, lookup, record_verbs
from planhat_tui.commands.registry import Effect, flag, option, records, verb, word, words
from planhat_tui.commands.results import Column, Done, Listing, Single
from planhat_tui.commands.settling import settle
from planhat_tui.commands.typed import values_of
from planhat_tui.commands.waiting import answer
from planhat_tui.config import guardrails
from planhat_tui.errors import AmbiguousError, InputError, NotFoundError
from planhat_tui.model import calls
from planhat_tui.model.calls import CallDraft
from planhat_tui.model.days import spoken
from planhat_tui.model.fields import label_of
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Contact, Kind, text_of
from planhat_tui.model.text import fold, visible
from planhat_tui.workspace.matching import instead, match_of, mismatch, not_meant, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import LoggedCall
    from planhat_tui.workspace.begun import Begun, Partner
    from planhat_tui.workspace.matching import Match

KIND = Kind.CALL
ONE_WAY = "The open endpoint tells no id: once Planhat has the call, undo can't take it back."
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
FOR_PEOPLE = (
    Column("_id", "ID"),
    Column("started", "STARTED"),
    Column("talk", "MIN", right=True),
    Column("contact", "CONTACT"),
    Column("company", "COMPANY"),
    Column("nr", "NUMBER"),
    Column("agent", "AGENT"),
    Column("note", "NOTE"),
)
"""What people read of a call; programs get the ids."""
MEANT = "If so, give --start {start} and its --end, or --talk."
"""How to mean a call that is longer than one that is guessed."""


@verb(
    "call log",
    word("contact", "an id, exact name or e-mail; or give --nr", required=False),
    option("--nr", "the number that was called", "N"),
    option("--agent", "who called: the id in your system; else the profile's", "A"),
    option("--start", "14:05, -10m or ISO 8601", "T"),
    option("--end", "likewise; now, where --start or --talk is given", "T"),
    option("--talk", "how long was talked: 10m, 90s, 1h5m", "LENGTH"),
    option("--waiting", "how long it rang: seconds, 90s or 5m", "S"),
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
    """Log a call that has ended; on the screen, with the contact under the cursor.

    Without --end it ended just now. Nothing known about the times: none is sent.
    """
    draft = _whom(ctx, contact, nr)
    draft = draft._replace(
        external_user_id=agent or ctx.workspace().profile.external_user_id,
        note=note,
        open_endpoint=open,
    )
    draft = _timed(ctx, draft, start, end, talk, waiting)
    calls.check_over(draft, ctx.now())
    ends_now = bool(start) and not (end or talk)
    calls.check_guess(draft, start, ctx.now(), ends_now=ends_now, advice=MEANT)
    if draft.open_endpoint and ctx.workspace().profile.tenant_uuid:
        ctx.tell(ONE_WAY)
    if note:
        _load(ctx, draft.company_id)
    entries = ctx.workspace().writes.log_call(draft)
    done = settle(ctx, entries, f"Call to {visible(draft.nr)}")
    done = done._replace(text="\n".join([done.text, *_matched(ctx, entries[0])]))
    if draft.start is not None and " " in (day := spoken(draft.start, ctx.now())):
        done = done._replace(text=f"{done.text}\nIt started {day}.")
    field = ctx.workspace().profile.call_note_field
    if note and not (field and draft.company_id):
        why = _nowhere(ctx, draft) if field else "the profile names no call_note_field"
        done = done._replace(text=f"{done.text}\nThe note stays on this machine: {why}.")
    only = tuple(record for record in done.records if "nr" in record)
    return done._replace(records=only)


def _load(ctx: Context, company_id: str) -> None:
    """Have the company whole that a note goes to: what it has now isn't overwritten unseen."""
    if company_id and ctx.workspace().profile.call_note_field:
        lookup.load(ctx, Kind.COMPANY, [company_id])


def _nowhere(ctx: Context, draft: CallDraft) -> str:
    """Return why there's no company that the note of a call can go to."""
    if draft.contact_id:
        return "the contact is at no company"
    whose = ctx.workspace().reads.whose_number(draft.nr)
    if not (whose.contacts or whose.companies):
        return "nobody here has this number"
    if not whose.company_ids:
        return f"the {len(whose.contacts)} contacts who have this number are at no company"
    shared = f"{len(whose.company_ids)} companies share this number"
    return f"{shared}, name the contact" if whose.contacts else shared


def _matched(ctx: Context, logged: Entry) -> list[str]:
    """Return sentences on whom Planhat matched a call to; none while it isn't delivered."""
    entry = ctx.workspace().reads.entry(logged.n)
    if not ctx.wishes.wait or entry.state is not State.DELIVERED:
        return []
    match = match_of(ctx.workspace().reads, entry)
    if match is None:
        return []
    told = [f"{sentence(match)}."]
    return [*told, f"Its agent is {match.agent}."] if match.agent else told


@verb("call show", records(), kind=KIND, aliases=("get",))
def show(ctx: Context, ids: tuple[str, ...]) -> Single:
    """Show a call; one that isn't in the list is asked for at Planhat and kept there.

    Where Planhat matched somebody else than was meant, that is said, and the ids that were meant
    are ``meantEnduserId`` and ``meantCompanyId``.
    """
    call = _known(ctx, ids)
    reads = ctx.workspace().reads
    logged = reads.call(str(call["_id"]))
    other = mismatch(reads, logged) if logged is not None else None
    if logged is None or other is None:
        return Single(call, KIND)
    note = f"Planhat matched {instead(other)}."
    return Single({**call, **_meant(logged)}, KIND, note)


@verb(
    "call set",
    records(),
    words("values", "such as waiting=20 or end=14:05", "FIELD=VALUE", required=False),
    option("--talk", "how long was talked, which is the end: 10m, 90s, 1h5m", "LENGTH"),
    option("--note", "another note, kept where the one before is"),
    flag("--no-note", "take the note out"),
    effect=Effect.WRITE,
    kind=KIND,
    key="field",
)
def set_(  # noqa: PLR0917 -- the words of one command
    ctx: Context,
    ids: tuple[str, ...],
    values: tuple[str, ...],
    talk: str,
    note: str,
    no_note: bool,  # noqa: FBT001 -- the option's name
) -> Done:
    """Change fields of a call, how long was talked, or its note.

    A note stays on this machine; where the company's call_note_field still holds it, it changes
    there too.
    """
    if not (values or talk or note or no_note):
        raise InputError("What is to change?", "Give FIELD=VALUE, --talk, --note or --no-note.")
    if note and no_note:
        raise InputError("A note can't come and go at once.", "Give --note or --no-note.")
    call = _known(ctx, ids)
    call_id = str(call["_id"])
    wanted = values_of(ctx, KIND, values, call)
    if talk and "end" in wanted:
        raise InputError("The end and the talk are one too many.", "Leave one out.", field="end")
    if talk:
        wanted["end"] = calls.end_with({**call, **wanted}, calls.parse_duration(talk))
    labels = [label_of(KIND, path) for path in wanted]
    entries = ctx.workspace().writes.edit(KIND, [call_id], wanted) if wanted else ()
    if note or no_note:
        logged = ctx.workspace().reads.call(call_id)
        _load(ctx, logged.company_id or logged.call.company_id if logged else "")
        entries = (*entries, *ctx.workspace().writes.note_call(call_id, note))
        labels.append("Note")
    done = settle(ctx, entries, f"{', '.join(labels)} of {record_verbs.whom(ctx, KIND, [call_id])}")
    if not entries and (note or no_note):
        done = Done("The note is kept on this machine, where undo doesn't reach it.")
    if any(entry.kind is KIND for entry in entries):
        return done
    return record_verbs.as_it_was(ctx, KIND, [call_id], done)


@verb("call delete", records(), effect=Effect.DELETE, kind=KIND, key="delete")
def delete(ctx: Context, ids: tuple[str, ...]) -> Done:
    """Delete a call; asks first."""
    call = _known(ctx, ids)
    profile = ctx.workspace().profile
    guardrails.check_delete(profile)
    ctx.confirm(
        deleting.question(profile, KIND, [call], ctx.now().tzinfo),
        deleting.word(profile, 1),
    )
    entries = ctx.workspace().writes.delete(KIND, [str(call["_id"])])
    return settle(ctx, entries, "Deletion of the call")


@verb(
    "call drop",
    word("contact", "whom it is with: the name or the id", required=False),
    effect=Effect.HERE,
    kind=KIND,
    key="drop",
    asks=True,
)
def drop(ctx: Context, contact: str) -> Done:
    """Throw away a call that was begun and not saved; asks first.

    Its times go with what is typed of it: nothing is logged.
    """
    begun = ctx.workspace().begun
    found = [one for one in begun.list() if _is_with(one.partner, contact)]
    if not found:
        whom = f" with {visible(contact)}" if contact else ""
        raise NotFoundError(f"No call{whom} is begun.", "call list shows those that were logged.")
    if len({one.partner.key for one in found}) > 1:
        known = tuple((one.partner.key, f"{one.partner.whom}, {_stage(one)}") for one in found)
        raise AmbiguousError(f"{len(found)} calls are begun.", known)
    one = found[0]  # the one that runs, where another with the same has ended
    ctx.confirm(
        f"The call with {one.partner.whom} ({_stage(one)}) goes with all that is typed of it.",
        "drop",
    )
    begun.drop(one.partner, finished=one.finished)
    return Done(f"The call with {one.partner.whom} is dropped: nothing was logged.")


def _is_with(partner: Partner, text: str) -> bool:
    """Tell whether a text names whom a call is with; an empty one names anybody."""
    words = fold(text).split()
    name = fold(f"{partner.name} {partner.company_name}")
    return text == partner.key or all(word in name for word in words)


def _stage(one: Begun) -> str:
    return "it runs" if one.timer is not None else "it has ended"


@verb("call list", kind=KIND, aliases=("find",))
def list_(ctx: Context) -> Listing:
    """List the calls that were logged from here, or shown by their id: Planhat has no such list."""
    reads = ctx.workspace().reads
    logged = [(one, mismatch(reads, one)) for one in reads.calls()]
    records = tuple(
        {
            **one.call.raw,
            **({"note": one.note} if one.note else {}),
            **(_meant(one) if other is not None else {}),
        }
        for one, other in logged
    )
    people = Listing(tuple(_named(ctx, one, other) for one, other in logged), FOR_PEOPLE)
    return Listing(records, COLUMNS, "calls logged from here", kind=KIND, table=people)


def _meant(logged: LoggedCall) -> dict[str, Json]:
    """Return the ids of who was meant, for a call of which Planhat matched somebody else."""
    return {"meantEnduserId": logged.contact_id, "meantCompanyId": logged.company_id}


def _named(ctx: Context, logged: LoggedCall, other: Match | None) -> dict[str, Json]:
    """Return a call as people read it: names for ids, times by the clock on the wall.

    ``other`` is whom Planhat matched in place of who was meant.
    """
    call, reads, now = logged.call, ctx.workspace().reads, ctx.now()
    person = reads.contact(logged.contact_id or call.contact_id)
    company = reads.company(logged.company_id or call.company_id)
    started, talk = calls.parse_iso(call.start), calls.talk_of(call.raw)
    contact = Contact.from_raw(person.raw).title if person is not None else ""
    return {
        "_id": call.id,
        "started": spoken(started, now) if started is not None else "",
        "talk": f"{talk.total_seconds() / 60:.0f}" if talk is not None else "",
        "contact": contact if other is None else not_meant(other),
        "company": text_of(company.raw, "name") if company is not None else "",
        "nr": call.nr,
        "agent": call.external_user_id,
        "note": logged.note,
    }


def _whom(ctx: Context, contact: str, nr: str) -> CallDraft:
    """Return a draft with the contact's number, or with the one that was given."""
    if nr and not contact:
        whose = ctx.workspace().reads.whose_number(nr)
        known = whose.contact.id if whose.contact else ""
        return CallDraft(nr=nr, contact_id=known, company_id=whose.company_id)
    contact_id = ctx.selection.here if ctx.selection.kind is Kind.CONTACT else ""
    if contact:
        contact_id = lookup.one_of(ctx, Kind.CONTACT, [contact])
    elif not contact_id:
        raise InputError("Whom was the call with?", "Name a contact, or give --nr.", field="nr")
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
    seconds = calls.parse_waiting(waiting) if waiting else None
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
    return draft._replace(start=begun, end=ended, waiting=seconds)


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
