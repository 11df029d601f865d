"""A plan as rows and sentences: before and after, with only what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from planhat_tui.model.edits import custom_path
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind, map_of, texts_of
from planhat_tui.model.tags import tag_diff
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.columns import Column
from planhat_tui.tui.presentation.rows import Row, mood_of
from planhat_tui.tui.presentation.values import field_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.model.edits import Change
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.plans import Plan
    from planhat_tui.model.plans import Row as Planned
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.tui.presentation.glyphs import Glyphs
    from planhat_tui.workspace.planning import Cost, Progress

MOST_COLUMNS: Final = 12
"""Fields that get a column of their own; the row under the cursor is told in full anyway."""
NAMED: Final = 3
"""Records that have moved and are named."""
_DOES: Final = "does"
_WHY: Final = "why"


def plan_columns(plan: Plan) -> tuple[Column, ...]:
    """Return the columns of a plan: the name, each field that changes, what else is to be said."""
    fields = [*dict.fromkeys([*plan.fields, *_made_fields(plan)])][:MOST_COLUMNS]
    found = [Column("name", plan.kind.value.upper(), 16, rank=0, grow=2, most=36)]
    if any(row.acts and row.action is not Action.UPDATE for row in plan.rows):
        found.append(Column(_DOES, "", 8, rank=1))
    found += [
        Column(field, visible(label_of(plan.kind, field)).upper(), 16, rank=2 + n, grow=3, most=60)
        for n, field in enumerate(fields)
    ]
    if any(row.why for row in plan.rows):
        found.append(Column(_WHY, "LEFT ALONE BECAUSE", 24, rank=1, grow=3))
    return tuple(found)


def plan_row(  # noqa: PLR0917 -- a row, and all that it is drawn with
    kind: Kind,
    row: Planned,
    entry: Entry | None,
    glyphs: Glyphs,
    users: Mapping[str, str],
    colours: Mapping[str, str],
) -> Row:
    """Return a row of the grid; while a plan runs, ``entry`` is what has become of it."""
    cells: dict[str, str | Text] = {"name": row.title}
    for change in row.changes:
        cells[change.field] = change_text(kind, change, users, glyphs, colours)
    if row.action is not Action.UPDATE and row.acts:
        cells[_DOES] = row.action.value
    if row.action is Action.CREATE:
        for path, value in _flat(row.body or {}).items():
            cells[path] = Text(field_text(kind, path, value, users), colours["added"])
    cells[_WHY] = visible(row.why)
    if entry is not None:
        cells[_WHY] = visible(entry.reason) or cells[_WHY]
        return Row(row.record_id, cells, glyphs.state(entry.state), mood_of(entry.state))
    state = "!" if row.why else " "
    return Row(row.record_id, cells, state, "refused", dim=not row.acts)


def change_text(
    kind: Kind,
    change: Change,
    users: Mapping[str, str],
    glyphs: Glyphs,
    colours: Mapping[str, str],
) -> Text:
    """Return ``[+gold] [-old] vip`` for tags, else ``onboarding → won``; what changes first."""
    if change.field == "tags":
        return _tags_text(change, colours)
    before, after = (
        field_text(kind, change.field, v, users) for v in (change.before, change.after)
    )
    text = Text(f"{before} {glyphs.arrow} ")
    text.append(after, colours["changed"])
    return text


def row_told(
    kind: Kind, row: Planned, entry: Entry | None, users: Mapping[str, str], glyphs: Glyphs
) -> str:
    """Return all that becomes of a record, in full."""
    parts = [
        f"{visible(label_of(kind, c.field))}: {_plain(kind, c, users, glyphs)}" for c in row.changes
    ]
    if row.acts and row.action is not Action.UPDATE:
        parts = [f"{row.action} {kind}"]
    told = [f"{row.title}. ", f" {glyphs.dot} ".join(parts)]
    if row.why:
        told.append(
            f"  Left alone: {visible(row.why)}" if not row.acts else f"  {visible(row.why)}"
        )
    if entry is not None:
        told.append(f"  {glyphs.word(entry.state)}. {visible(entry.reason)}".rstrip())
    return "".join(told)


def plan_sum(plan: Plan, glyphs: Glyphs) -> str:
    """Return ``112 will change · 31 already so · 1 skipped``."""
    acting = len(plan.acting)
    parts = [f"{acting:,} {_deed(plan)}"]
    parts += [f"{plan.already_so:,} already so"] if plan.already_so else []
    parts += [f"{len(plan.skipped):,} skipped"] if plan.skipped else []
    return f" {glyphs.dot} ".join(parts)


def plan_cost(cost: Cost, *, seconds: float | None, left: tuple[int, int] | None, dot: str) -> str:
    """Return ``up to 3 calls in bulk (or 224, ~45 s) · leaves 140 of 200``.

    ``seconds`` is about how long the calls take one by one, ``left`` what is left of the rate limit
    and the limit; ``None`` where that isn't known.
    """
    if not cost.calls:
        return ""
    about = f", ~{max(1, round(seconds)):,} s" if seconds is not None else ""
    told = "1 call" if cost.calls == 1 else f"up to {cost.calls:,} calls"
    if cost.calls < cost.singly:
        told += f" in bulk (or {cost.singly:,}{about})"
    else:
        told += about
    if left is not None and cost.calls <= left[0]:
        told += f" {dot} leaves {left[0] - cost.calls} of {left[1]}"
    return told


def moved_told(titles: Sequence[str]) -> str:
    """Return which records have changed since a plan was made."""
    named = ", ".join(visible(one) for one in titles[:NAMED])
    more = f" and {len(titles) - NAMED:,} more" if len(titles) > NAMED else ""
    return f"Changed since: {named}{more}. Look again, then run it once more."


def progress_told(progress: Progress, glyphs: Glyphs) -> str:
    """Return ``412 of 10,000 delivered · ! 2 refused · ● 9,586 queued``."""
    parts = [f"{progress.delivered:,} of {progress.total:,} delivered"]
    waiting = progress.total - progress.queued
    parts += [
        f"{glyphs.state(state)} {progress.counts[state]:,} {state.value}"
        for state in (State.REFUSED, State.NOT_SURE, State.CONFLICT, State.SENDING, State.HELD)
        if progress.counts.get(state)
    ]
    if queued := waiting + progress.counts.get(State.QUEUED, 0):
        parts.append(f"{glyphs.state(State.QUEUED)} {queued:,} queued")
    if progress.dropped:
        parts.append(f"{progress.dropped:,} taken back")
    if progress.counts.get(State.NOT_SURE):
        parts.append("what isn't sure is looked up by itself")
    return f" {glyphs.dot} ".join(parts)


def failed_told(failed: int, progress: Progress) -> str:
    """Return ``5 failed: these. The others are delivered.``, or what became of those."""
    if not progress.dropped:
        return f"{failed:,} failed: these." + (
            " The others are delivered." if progress.delivered else ""
        )
    others = f"{progress.dropped:,} taken back"
    others += f", {progress.delivered:,} delivered" if progress.delivered else ""
    return f"{failed:,} failed: these. {others}."


def nothing_refused(progress: Progress) -> str:
    """Return why nothing of a plan can be sent again."""
    if progress.refused:
        return "What was refused is damaged on this disk, and is never sent"
    waits = progress.counts.get(State.CONFLICT)
    return "Nothing was refused" + (".  {outbox} shows what is in conflict" if waits else "")


def _deed(plan: Plan) -> str:
    actions = {row.action for row in plan.acting}
    if actions == {Action.DELETE}:
        return "will go"
    return "will be made" if actions == {Action.CREATE} else "will change"


def _tags_text(change: Change, colours: Mapping[str, str]) -> Text:
    before, after = (texts_of({"tags": v}, "tags") for v in (change.before, change.after))
    added, removed = tag_diff(before, after)
    text = Text()
    for sign, tags, colour in (("+", added, "added"), ("-", removed, "removed")):
        for tag in tags:
            text.append(f"[{sign}{visible(tag)}]", colours[colour])
            text.append(" ")
    text.append(" ".join(visible(tag) for tag in before if tag not in removed))
    text.rstrip()
    return text


def _plain(kind: Kind, change: Change, users: Mapping[str, str], glyphs: Glyphs) -> str:
    if change.field == "tags":
        return _tags_text(change, dict.fromkeys(("added", "removed"), "")).plain
    before, after = (
        field_text(kind, change.field, v, users) for v in (change.before, change.after)
    )
    return f"{before} {glyphs.arrow} {after}"


def _both(kind: Kind, change: Change, users: Mapping[str, str]) -> tuple[str, str]:
    path = change.field
    return field_text(kind, path, change.before, users), field_text(kind, path, change.after, users)


def _made_fields(plan: Plan) -> list[str]:
    bodies = (row.body or {} for row in plan.rows if row.action is Action.CREATE)
    return [*dict.fromkeys(path for body in bodies for path in _flat(body) if path != "name")]


def _flat(body: Raw) -> dict[str, Json]:
    """Return a body's fields, those of ``custom`` one by one."""
    flat = {path: value for path, value in body.items() if path != "custom"}
    return flat | {custom_path(key): value for key, value in map_of(body, "custom").items()}
