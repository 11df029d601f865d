"""What an empty list says: what was searched, how much of it is here, and what may be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.query import parse
from planhat_tui.model.records import Kind
from planhat_tui.model.text import plural, visible
from planhat_tui.workspace.queries import NOT_ALL_LOADED

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.store.rows import Progress
    from planhat_tui.workspace.queries import Queries


def tell_unknown(ctx: Context, query: str, kind: Kind = Kind.COMPANY) -> None:
    """Say what a query asks for that isn't known here, such as who ``me`` is, if anything is."""
    if told := ctx.workspace().reads.hint(kind, query):
        ctx.tell(told)


def unfound(ctx: Context, kind: Kind | None, query: str) -> str:
    """Return why a query found nothing of a kind, ``None`` for all kinds; two or three sentences.

    As in ``No company matches acmee among 1,200 companies. Did you mean acme?``
    """
    reads = ctx.workspace().reads
    progress = reads.progress()
    what = "Nothing" if kind is None else f"No {kind}"
    if not query.strip():
        return f"{what} is here yet."
    told = [f"{what} matches {visible(query)} among {_searched(kind, progress)}."]
    if progress.lacking:
        told.append(NOT_ALL_LOADED)
    if meant := _meant(reads, kind, query):
        told.append(f"Did you mean {visible(meant)}?")
    return " ".join(filter(None, (*told, parse(query).advice)))


def _searched(kind: Kind | None, progress: Progress) -> str:
    """Return ``1,200 companies and 9,000 contacts``, and how much of them is here."""
    known, whole = progress.companies_known, progress.companies_complete
    companies = plural(known, "company", "companies")
    if whole < known:
        companies += f" (of {whole:,} more than the name)"
    contacts = plural(progress.contacts_done, "contact")
    if not progress.contacts_complete:
        percent = progress.contacts_percent
        contacts += f" ({f'{percent}%' if percent is not None else 'not all'} loaded)"
    return contacts if kind is Kind.CONTACT else f"{companies} and {contacts}"


def _meant(reads: Queries, kind: Kind | None, query: str) -> str:
    """Return the nearest query that finds something; empty if none is near."""
    meant = ""
    if kind is not Kind.CONTACT:
        meant = reads.companies(query, limit=1, guess=True).meant
    if not meant and kind is not Kind.COMPANY:
        meant = reads.contacts_found(query, limit=1, guess=True).meant
    return meant
