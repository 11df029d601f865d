"""From what was typed to records: the local copy first, Planhat when it isn't there."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from planhat_tui.commands.context import Door
from planhat_tui.commands.waiting import answer
from planhat_tui.errors import InputError, NotFoundError, PlanhatTuiError
from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind
from planhat_tui.model.writable import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import Progress

_ID: Final = re.compile(r"[0-9a-f]{24}|extid-.+")
_READ_BY_ID: Final = frozenset({Kind.COMPANY, Kind.CONTACT})
"""What is asked of Planhat by its id where it isn't here."""
_READ_AT_MOST: Final = 20
"""Records that are read for a verb one by one; of more, those that aren't loaded are left out."""
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


def age(ctx: Context, kind: Kind = Kind.COMPANY, ids: Iterable[str] = ()) -> str:
    """Return how old the local copy is, and how much of the tenant it holds.

    Where it was never read as a whole, it's how old these records are that were read by their ids.
    """
    reads = ctx.workspace().reads
    progress = reads.progress()
    if progress.seen_at is None and kind in _READ_BY_ID:
        read = reads.company if kind is Kind.COMPANY else reads.contact
        seen = [shown.seen_at for one in ids if (shown := read(one)) and shown.seen_at]
        if seen:
            return how_old(ctx.now().timestamp() - min(seen))
    return _told(ctx, progress)


def _told(ctx: Context, progress: Progress) -> str:
    if progress.seen_at is None:
        return "Nothing is here yet."
    text = how_old(ctx.now().timestamp() - progress.seen_at)
    if progress.lacking:
        text += f"; incomplete: {progress.lacking}"
    return text


def how_old(seconds: float) -> str:
    """Return how old a copy is that was read so many seconds ago; endless if it never was."""
    if math.isinf(seconds):
        return "local copy, not read yet"
    minutes = max(0.0, seconds) / 60
    old = f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.0f} h"
    return f"local copy, {old} old" if minutes >= 1 else "local copy, just read"


def ids_of(ctx: Context, kind: Kind, typed: Sequence[str], option: str = "--id") -> tuple[str, ...]:
    """Return the ids of what was typed, or of the selection where nothing was.

    ``option`` is the one that names it instead. Raises :class:`NotFoundError`, or
    :class:`AmbiguousError` with the candidates.
    """
    if typed:
        return _named(ctx, kind, typed)
    if ctx.selection.kind is kind and ctx.selection.ids:
        return ctx.selection.ids
    if ctx.door is Door.LINE:
        raise InputError(f"No {kind} is selected.", f"Select one, or name it with {option} ID.")
    raise InputError(f"Which {kind}?", f"Name it with {option} ID.")


def one_of(ctx: Context, kind: Kind, typed: Sequence[str], option: str = "--id") -> str:
    """Return one id. Raises :class:`InputError` if several are selected."""
    ids = ids_of(ctx, kind, typed, option)
    if len(ids) > 1:
        raise InputError(f"{len(ids)} are selected, and this takes one.", f"Name it: {option} ID.")
    return ids[0]


def kind_of(ctx: Context, typed: Sequence[str], first: Kind, other: Kind) -> Kind:
    """Return of which kind the records are that are named; by the local copy, as far as it knows.

    Planhat is asked for an id that isn't here only by what takes the kind that is returned.
    """
    for kind in (first, other):
        try:
            for text in typed:
                ctx.workspace().reads.resolve(kind, text)
        except NotFoundError:
            continue
        return kind
    return first


def load(ctx: Context, kind: Kind, ids: Sequence[str], *, waits: bool = True) -> frozenset[str]:
    """Read those of which only the name is here, if they are few; return which stay so.

    Why one can't be read is told. With ``waits`` off nothing is read: an edit that is only queued
    is on the disk at once, and its delivery reads first.
    """
    reads = ctx.workspace().reads
    lean = reads.names_only(kind, ids)
    if not (waits and 0 < len(lean) <= _READ_AT_MOST):
        return lean
    why = ""
    try:
        answer(ctx, ctx.workspace().net.read((kind, one) for one in lean), _PATIENCE)
    except (PlanhatTuiError, TimeoutError) as error:
        why = str(error)
    if lean := reads.names_only(kind, lean):
        ctx.tell(" ".join(filter(None, [f"Only the name is here of {_titles(ctx, lean)}.", why])))
    return lean


def _titles(ctx: Context, ids: Iterable[str]) -> str:
    raws = ctx.workspace().reads.raws(Kind.COMPANY, ids)
    return ", ".join(title_of(Kind.COMPANY, one) for one in raws)


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
    by_id = all(_ID.fullmatch(text) for text in typed)
    if not by_id or not (fresh or kind in _READ_BY_ID):
        ready(ctx)  # a name may have got to another record since, or to two
    found = tuple(dict.fromkeys(_resolve(ctx, kind, text) for text in typed))
    if fresh and kind is not Kind.USER:
        answer(ctx, ctx.workspace().net.read((kind, one) for one in found))
    return found


def _resolve(ctx: Context, kind: Kind, text: str) -> str:
    workspace = ctx.workspace()
    try:
        return workspace.reads.resolve(kind, text)
    except NotFoundError:
        if kind not in _READ_BY_ID or not _ID.fullmatch(text):
            raise
        if kind is Kind.COMPANY:
            answer(ctx, workspace.net.refresh(Topic.COMPANY, frozenset({text})))
        else:
            answer(ctx, workspace.net.read([(kind, text)]))
        return workspace.reads.resolve(kind, text)
