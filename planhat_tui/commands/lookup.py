"""From what was typed to records: the local copy first, Planhat when it isn't there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from planhat_tui.commands.context import Door
from planhat_tui.commands.waiting import answer
from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import Progress

_ID: Final = re.compile(r"[0-9a-f]{24}|extid-.+")
_PATIENCE: Final = 20.0
"""Seconds that a read waits for a first copy of the tenant; the names are there after one call."""


def ready(ctx: Context) -> str:
    """Have a local copy, a fresh one if that is wished; return how old it is, as a sentence."""
    workspace = ctx.workspace()
    progress = workspace.reads.progress()
    if progress.seen_at is None:
        ctx.tell("Nothing is here yet: reading from Planhat ...")
        answer(ctx, workspace.net.refresh(Topic.COMPANY))
        try:
            answer(ctx, workspace.net.fill(), _PATIENCE)
        except TimeoutError:
            ctx.tell("The rest is loaded by: planhat-tui sync")
        progress = workspace.reads.progress()
    elif ctx.wishes.fresh:
        answer(ctx, workspace.net.refresh(Topic.SYNC))
        progress = workspace.reads.progress()
    return _told(ctx, progress)


def age(ctx: Context) -> str:
    """Return how old the local copy is, and how much of the tenant it holds."""
    return _told(ctx, ctx.workspace().reads.progress())


def _told(ctx: Context, progress: Progress) -> str:
    if progress.seen_at is None:
        return "Nothing is here yet."
    minutes = max(0.0, ctx.now().timestamp() - progress.seen_at) / 60
    old = f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.0f} h"
    text = f"local copy, {old} old" if minutes >= 1 else "local copy, just read"
    if progress.lacking:
        text += f"; incomplete: {progress.lacking}"
    return text


def ids_of(ctx: Context, kind: Kind, typed: Sequence[str], option: str = "--id") -> tuple[str, ...]:
    """Return the ids of what was typed, or of the selection where nothing was.

    ``option`` is the one that names it instead. Raises :class:`NotFoundError`, or
    :class:`AmbiguousError` with the candidates.
    """
    if typed:
        return _named(ctx, kind, typed)
    if ctx.selection.kind is kind and ctx.selection.ids:
        return ctx.selection.ids
    if Door.SHELL in ctx.door:
        raise InputError(f"Which {kind}?", f"Name it with {option} ID.")
    raise InputError(f"No {kind} is selected.", f"Select one, or name it with {option} ID.")


def one_of(ctx: Context, kind: Kind, typed: Sequence[str], option: str = "--id") -> str:
    """Return one id. Raises :class:`InputError` if several are selected."""
    ids = ids_of(ctx, kind, typed, option)
    if len(ids) > 1:
        raise InputError(f"{len(ids)} are selected, and this takes one.", f"Name it: {option} ID.")
    return ids[0]


def raw(ctx: Context, kind: Kind, record_id: str) -> dict[str, Json] | None:
    """Return a record as it is shown, ``None`` if it isn't here."""
    reads = ctx.workspace().reads
    if kind is Kind.CALL:
        logged = reads.call(record_id)
        return dict(logged.call.raw) if logged else None
    if kind is Kind.USER:
        return next((dict(user.raw) for user in reads.users() if user.id == record_id), None)
    shown = reads.company(record_id) if kind is Kind.COMPANY else reads.contact(record_id)
    return shown.raw if shown else None


def _named(ctx: Context, kind: Kind, typed: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of what is named; where fresh ones are wished, these are read by their ids."""
    fresh = ctx.wishes.fresh
    if not fresh or not all(_ID.fullmatch(text) for text in typed):
        ready(ctx)  # a name may have got to another record since, or to two
    found = tuple(_resolve(ctx, kind, text) for text in typed)
    if fresh and kind is not Kind.USER:
        answer(ctx, ctx.workspace().net.read((kind, one) for one in found))
    return found


def _resolve(ctx: Context, kind: Kind, text: str) -> str:
    workspace = ctx.workspace()
    try:
        return workspace.reads.resolve(kind, text)
    except NotFoundError:
        if kind is not Kind.COMPANY or not _ID.fullmatch(text):
            raise
        answer(ctx, workspace.net.refresh(Topic.COMPANY, frozenset({text})))
        return workspace.reads.resolve(kind, text)
