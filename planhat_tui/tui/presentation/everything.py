"""What a search finds beside companies: how much of it is said, and its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planhat_tui.model import calls
from planhat_tui.model.query import parse
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold, plural, visible
from planhat_tui.tui.presentation import amounts, moments
from planhat_tui.tui.presentation.cells import NAME, clipped
from planhat_tui.tui.presentation.rows import Row

if TYPE_CHECKING:
    from datetime import datetime

    from planhat_tui.store.rows import CompanyRow, ContactRow, LoggedCall
    from planhat_tui.tui.presentation.glyphs import Glyphs
    from planhat_tui.workspace.queries import Elsewhere, Found

SHOWN = 50
"""Of each kind so many are shown; of more it's said how many there are."""


class Hit(NamedTuple):
    """A record that was found, by its id; a tag, without a ``kind``, by its name."""

    kind: Kind | None
    id: str


def counted(found: Elsewhere) -> str:
    """Return ``14 contacts, 2 calls, 1 tag``; empty if there is nothing."""
    contacts = f"{amounts.count(found.contacts, capped=found.capped)} contact"
    told = (
        contacts + "s" * (found.contacts != 1 or found.capped) if found.contacts else "",
        plural(found.calls, "call") if found.calls else "",
        plural(found.tags, "tag") if found.tags else "",
    )
    return ", ".join(filter(None, told))


def also(found: Elsewhere) -> tuple[str, ...]:
    """Return what stands beside a search that finds companies, from long to short; perhaps none."""
    if not found.total:
        return ()
    told, number = counted(found), amounts.count(found.total, capped=found.capped)
    return (
        f"also {told}  {{everything}} shows all",
        f"also {told}  {{everything}}",
        f"also {number} others  {{everything}}" if found.total > 1 else "also 1 more  {everything}",
    )


def instead(found: Elsewhere) -> str:
    """Return what is found where no company is, as a sentence with its key."""
    return f"Found: {counted(found)}.  {{everything}} shows them" if found.total else ""


def title(searched: str, found: Found) -> str:
    """Return ``Found by ada: 14 contacts, 2 calls, 1 company``, the numbers of all."""
    contacts, companies = found.contacts, found.companies
    told = (
        (len(found.tags), False, "tag", "tags"),
        (contacts.total, contacts.capped, "contact", "contacts"),
        (len(found.calls), False, "call", "calls"),
        (companies.total, companies.capped, "company", "companies"),
    )
    numbers = [
        f"{amounts.count(number, capped=capped)} {one if number == 1 and not capped else many}"
        for number, capped, one, many in told
        if number
    ]
    return f"Found by {clipped(visible(searched), NAME)}: {', '.join(numbers) or 'nothing'}"


def rows(searched: str, found: Found, now: datetime, glyphs: Glyphs) -> list[tuple[Hit, Row]]:
    """Return what is found in groups, each with its row.

    Tags stand first, since they are few, and companies last, since the list has them.
    """
    words = [fold(word) for word in parse(searched).words]
    sought = {"name": words, "what": words}
    told = (
        *((Hit(None, tag), _tag(tag, uses)) for tag, uses in found.tags[:SHOWN]),
        *((Hit(Kind.CONTACT, one.id), _contact(one, glyphs)) for one in found.contacts.rows),
        *((Hit(Kind.CALL, one.call.id), _call(one, now, glyphs)) for one in found.calls[:SHOWN]),
        *((Hit(Kind.COMPANY, one.id), _company(one, glyphs)) for one in found.companies.rows),
    )
    return [
        (hit, Row(str(n), {"kind": hit.kind or "tag", "name": name, "what": what}, sought=sought))
        for n, (hit, (name, what)) in enumerate(told)
    ]


def cut(found: Found) -> str:
    """Return a sentence about groups of which only the first are shown; empty if all are."""
    told = (
        ("tags", len(found.tags), len(found.tags[:SHOWN])),
        ("contacts", found.contacts.total, len(found.contacts.rows)),
        ("calls", len(found.calls), len(found.calls[:SHOWN])),
        ("companies", found.companies.total, len(found.companies.rows)),
    )
    several = [many for many, total, shown in told if shown < total]
    return f"Shown are the first {SHOWN} {' and '.join(several)}" if several else ""


def _tag(tag: str, uses: int) -> tuple[str, str]:
    return visible(tag), plural(uses, "use")


def _contact(row: ContactRow, glyphs: Glyphs) -> tuple[str, str]:
    return visible(row.title), _dotted(
        (row.company_name, row.position, row.phone, row.email), glyphs
    )


def _call(logged: LoggedCall, now: datetime, glyphs: Glyphs) -> tuple[str, str]:
    call = logged.call
    moment = calls.parse_iso(call.start) or calls.parse_iso(call.end)
    when = moments.clock(moment, now) if moment is not None else ""
    return visible(call.nr), _dotted((when, logged.note, call.external_user_id), glyphs)


def _company(row: CompanyRow, glyphs: Glyphs) -> tuple[str, str]:
    return visible(row.name or row.id), _dotted((row.domain, row.phase), glyphs)


def _dotted(parts: tuple[str, ...], glyphs: Glyphs) -> str:
    return f" {glyphs.dot} ".join(visible(part) for part in parts if part)
