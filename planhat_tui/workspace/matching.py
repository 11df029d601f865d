"""Whom Planhat hung a logged call on, as far as its answer tells.

Planhat goes by the number alone and can't be told who was meant: where several people share one, a
call may end up with another of them (API reference 2016, "Calls").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planhat_tui.model.phone import matches
from planhat_tui.model.records import NEW_ID_PREFIX, Contact, text_of
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.rows import LoggedCall
    from planhat_tui.workspace.queries import Queries


class Match(NamedTuple):
    """What an answer tells of a call. Empty texts: nobody.

    ``silent``: the open endpoint tells a stranger nothing of whom it matched. ``whom`` is the
    contact with the company, or the company alone; ``agent`` the one in the team. ``meant`` is
    who was meant, where that is somebody else; ``shared`` tells whether they have the same number.
    """

    silent: bool = False
    whom: str = ""
    agent: str = ""
    meant: str = ""
    shared: bool = False


def match_of(reads: Queries, entry: Entry) -> Match | None:
    """Return what the answer to a call that is delivered tells; names come from the local copy.

    ``None`` while the log hasn't got the answer: it isn't known yet.
    """
    logged = reads.call(entry.result_id or entry.record_id)
    if logged is None:
        return Match(silent=True) if entry.open_tenant else None
    call = logged.call
    agent = visible(text_of(call.raw, "agentName")) or _user(reads, call.agent_id)
    if not (call.contact_id or call.company_id):
        return Match(silent=bool(entry.open_tenant), agent=agent)
    other = mismatch(reads, logged)
    if other is not None:
        return other._replace(agent=agent)
    return Match(whom=_whom(reads, call.contact_id, call.company_id), agent=agent)


def mismatch(reads: Queries, logged: LoggedCall) -> Match | None:
    """Return whom Planhat hung a call of the log on, where that isn't who was meant."""
    call = logged.call
    if not (call.contact_id or call.company_id) or _as_meant(logged):
        return None
    person = reads.contact(logged.contact_id) if logged.contact_id else None
    return Match(
        whom=_whom(reads, call.contact_id, call.company_id),
        meant=_whom(reads, logged.contact_id, logged.company_id),
        shared=person is not None and matches(text_of(person.raw, "phone"), call.nr),
    )


def sentence(match: Match) -> str:
    """Return what became of a call at Planhat, and a warning where it hangs on somebody else."""
    if match.silent:
        return "Planhat has the call; the open endpoint doesn't tell whom it matched"
    if not match.whom:
        nor = "" if match.agent else " and no agent"
        return f"Planhat has the call; its answer names nobody for this number{nor}"
    nor = "" if match.agent else "; its answer names no agent"
    if not match.meant:
        return f"Planhat has the call and matched {match.whom}{nor}"
    return f"Planhat has the call, but matched {instead(match)}{nor}"


def not_meant(match: Match) -> str:
    """Return ``Olga Nguyen at Initech, not Ines D'Angelo at Acme Inc``."""
    return f"{match.whom}, not {match.meant}"


def instead(match: Match) -> str:
    """Return whom Planhat matched in place of who was meant, and why."""
    why = "they share the number" if match.shared else "it goes by the number"
    return f"{not_meant(match)}: {why}"


def _as_meant(logged: LoggedCall) -> bool:
    call = logged.call
    if logged.contact_id:
        return logged.contact_id == call.contact_id
    return logged.company_id in {"", call.company_id}


def _whom(reads: Queries, contact_id: str, company_id: str) -> str:
    shown = reads.contact(contact_id) if contact_id else None
    if shown is not None:
        person = Contact.from_raw(shown.raw)
        return visible(f"{person.title} at {person.company_name}")
    company = reads.company(company_id) if company_id else None
    name = visible(text_of(company.raw, "name")) if company is not None else _by_id(company_id)
    if not contact_id:
        return f"company {name}" if name else "a company that was dropped here"
    known = _by_id(contact_id)
    return f"{f'contact {known}' if known else 'a contact dropped here'} at {name or '-'}"


def _by_id(record_id: str) -> str:
    """Return the id of a record that isn't here; one that never was at Planhat has none."""
    return "" if record_id.startswith(NEW_ID_PREFIX) else visible(record_id)


def _user(reads: Queries, user_id: str) -> str:
    known = next((user.name for user in reads.users() if user.id == user_id), "")
    return visible(known or user_id)
