"""``edit``: records as YAML in the person's editor."""

from __future__ import annotations

import contextlib
import os
from itertools import count
from typing import TYPE_CHECKING, Final

from planhat_tui.commands import lookup, planned
from planhat_tui.commands.record_verbs import whom
from planhat_tui.commands.registry import Effect, records, verb
from planhat_tui.commands.results import Planned
from planhat_tui.commands.settling import settle
from planhat_tui.commands.waiting import InterruptedWait
from planhat_tui.config import guardrails
from planhat_tui.errors import InputError, NotFoundError, PlanhatTuiError
from planhat_tui.model.numbers import told_fraction
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.workspace.documents import Mistake

_MOST: Final = 200
"""Records that are opened at once: more is no text that anybody reads."""


@verb("edit", records(many=True), effect=Effect.TYPED, key="editor", guarded=True)
def edit(ctx: Context, ids: tuple[str, ...]) -> Result:
    """Edit companies or contacts as YAML in $VISUAL or $EDITOR; what differs is changed.

    A mistake comes back as a comment above its line, with the text as it was left. Left without a
    change, nothing is done. Changes of several records are a plan, which is shown or asked about
    first; the text is kept where it isn't run. What others change meanwhile is merged, or becomes a
    conflict.
    """
    kind, wanted = _which(ctx, ids)
    if len(wanted) > _MOST:
        raise InputError(f"{len(wanted)} records are too many for a text.", "bulk changes many.")
    guardrails.check_write(ctx.workspace().profile)
    lookup.load(ctx, kind, wanted)
    raws = ctx.workspace().reads.raws(kind, wanted)
    text, values = _asked(ctx, kind, raws)
    try:
        result = _carried_out(ctx, kind, raws, values)
    except PlanhatTuiError as error:
        error.advice = f"{error.advice} What you typed is in {_kept(ctx, text)}.".strip()
        raise
    except InterruptedWait:  # it is queued
        raise
    except KeyboardInterrupt:
        ctx.tell(f"What you typed is in {_kept(ctx, text)}.")
        raise
    if isinstance(result, Planned):  # a person looks at it, and may leave it
        path = _kept(ctx, text)
        ctx.tell(f"What you typed is in {path} until the plan runs.")
        return result._replace(typed=path)
    return result


def _carried_out(
    ctx: Context, kind: Kind, raws: Sequence[Raw], values: Mapping[str, Mapping[str, Json]]
) -> Result:
    """Change one record at once, several by a plan."""
    from planhat_tui.model.plans import edited as row_of
    from planhat_tui.model.plans import gather

    rows = [row_of(kind, raw, values[text_of(raw, "_id")]) for raw in raws if raw["_id"] in values]
    changed = [row for row in rows if row.changes]
    if len(changed) > 1:
        plan = gather(kind, f"edit {plural(len(changed), 'record')}", changed, source="edit")
        return planned.carry_out(ctx, ctx.workspace().plans.stamped(plan))
    entries = ctx.workspace().writes.change(kind, changed)
    fields = len({change.field for row in changed for change in row.changes})
    deed = f"{plural(fields, 'field')} of {whom(ctx, kind, [row.record_id for row in changed])}"
    return settle(ctx, entries, deed, many=len(raws) > 1)


def _which(ctx: Context, typed: Sequence[str]) -> tuple[Kind, tuple[str, ...]]:
    """Return the records that are meant, all of one kind: what was typed, or the selection."""
    if not typed:
        kind = ctx.selection.kind
        if kind not in {Kind.COMPANY, Kind.CONTACT}:
            raise InputError("No company or contact is selected.", "Name it with --id ID.")
        return kind, lookup.ids_of(ctx, kind, ())
    if lookup.kind_of(ctx, typed, Kind.COMPANY, Kind.CONTACT) is Kind.CONTACT:
        return Kind.CONTACT, lookup.ids_of(ctx, Kind.CONTACT, typed)
    try:
        return Kind.COMPANY, lookup.ids_of(ctx, Kind.COMPANY, typed)
    except NotFoundError as none:
        try:
            return Kind.CONTACT, lookup.ids_of(ctx, Kind.CONTACT, typed)
        except NotFoundError:
            if len(typed) > 1:
                none.advice = "All must be companies, or all contacts."
            raise none from None


def _asked(ctx: Context, kind: Kind, raws: Sequence[Raw]) -> tuple[str, dict[str, dict[str, Json]]]:
    """Have the records edited until they can be read; the text, and new values of those touched.

    Raises :class:`InputError` if a person leaves the mistakes as they are; the text is kept.
    """
    from planhat_tui.workspace import documents
    from planhat_tui.workspace.valuing import Valuing

    valuing = Valuing(ctx.workspace().reads, kind, ctx.now())
    given = documents.write(kind, raws, valuing.users)
    while True:
        text = ctx.editor(given)
        read = documents.read(kind, text, raws, valuing)
        if not read.mistakes:
            for fraction in valuing.fractions.values():
                ctx.tell(told_fraction(fraction))
            return text, read.values
        if text == given:  # what was wrong was looked at, and left so
            raise _left(ctx, text, read.mistakes)
        given = documents.marked(text, read.mistakes)


def _left(ctx: Context, text: str, mistakes: Sequence[Mistake]) -> InputError:
    first = mistakes[0]
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    path = _kept(ctx, text)
    return InputError(
        f"Nothing was changed. Line {first.line}: {first.text}{more}", f"The text is in {path}."
    )


def _kept(ctx: Context, text: str) -> Path:
    """Keep a text that couldn't be used with the tenant's files, for its owner alone; where."""
    folder, begun = ctx.workspace().folder, f"edit-{ctx.now():%Y-%m-%d-%H%M%S}"
    for n in count(1):
        path = folder / (f"{begun}.yaml" if n == 1 else f"{begun}-{n}.yaml")
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            break
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return path
