"""A plan at the doors: shown, kept as a file, confirmed, run, and what became of each record.

Every verb that ends in a plan (bulk, plan run, and those that read tables and texts) ends here.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from planhat_tui.commands import deleting
from planhat_tui.commands.context import Door
from planhat_tui.commands.course import Course, lasting
from planhat_tui.commands.results import Column, Done, Listing, Planned
from planhat_tui.commands.settling import status_of, why_open
from planhat_tui.commands.waiting import LOOK, used_up
from planhat_tui.errors import InputError
from planhat_tui.model.edits import Change, custom_key
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.planfile import encode
from planhat_tui.model.records import Kind, count_of, texts_of
from planhat_tui.model.tables import cell
from planhat_tui.model.tags import tag_diff
from planhat_tui.model.text import plural, visible
from planhat_tui.workspace.wholefile import named, whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.plans import Plan, Row
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.planning import Progress

COLUMNS: Final = (
    Column("name", "NAME"),
    Column("does", "DOES"),
    Column("why", "LEFT ALONE BECAUSE"),
)
RUN: Final = "run"
"""The word that confirms a plan for which the profile asks no other."""
TOLD_AT_MOST: Final = 20
"""Records that failed and are named; the outbox has all of them."""
_AGAIN: Final = 5.0
"""Seconds between two sentences on how far a plan has come."""


def carry_out(ctx: Context, plan: Plan, *, keep: str = "", look: bool = False) -> Result:
    """Show a plan, keep it in a file, or run it after a question: as it is wished, at any door.

    ``keep`` is a file's name, ``look`` shows it and does nothing. On the screen it is shown in any
    case, and run from there.
    """
    if keep:
        save(plan, keep)
    shown = listing(ctx, plan, f"Saved in {keep}." if keep else "")
    if ctx.door is Door.LINE:
        return Planned(plan, shown)
    if keep or look or not plan.acting:
        return shown
    plans = ctx.workspace().plans
    plans.check(plan)
    ctx.confirm(question(ctx, plan), plans.word(plan) or RUN)
    return run(ctx, plan)


def question(ctx: Context, plan: Plan) -> str:
    """Return what is asked before a plan runs: what it comes to, and what can't come back."""
    gone = [row.body or {} for row in plan.acting if row.action is Action.DELETE]
    profile = ctx.workspace().profile
    asked = deleting.question(profile, plan.kind, gone, ctx.now().tzinfo) if gone else "Run it?"
    return f"{summary(ctx, plan)} {asked}"


def listing(ctx: Context, plan: Plan, note: str = "") -> Listing:
    """Return a plan's rows, with what it comes to as a sentence."""
    told = " ".join(filter(None, [summary(ctx, plan), note, ctx.workspace().plans.why_not(plan)]))
    return Listing(tuple(_told(plan.kind, row) for row in plan.rows), COLUMNS, told)


def summary(ctx: Context, plan: Plan) -> str:
    """Return ``tag +x: 112 companies will change in acme, 31 already so. Up to 3 calls ...``."""
    acting, name = len(plan.acting), ctx.workspace().profile.name
    deed = "be deleted" if plan.deletes == acting and acting else "change"
    counts = [f"{count_of(plan.kind, acting)} will {deed} in {name}"]
    counts += [f"{plan.already_so:,} already so"] if plan.already_so else []
    counts += [f"{len(plan.skipped):,} skipped"] if plan.skipped else []
    return f"{visible(plan.title)}: {', '.join(counts)}. {calls(ctx, plan)}".strip()


def calls(ctx: Context, plan: Plan) -> str:
    """Return what a plan costs: ``Up to 12 calls, about 4 s.``; empty if it does nothing."""
    from planhat_tui.sync.outlook import seconds_for
    from planhat_tui.sync.prospects import LATENCY

    workspace = ctx.workspace()
    cost = workspace.plans.cost(plan)
    if not cost.calls:
        return ""
    limits = workspace.status().limits
    seconds = seconds_for(cost.calls, replace(limits, latency=limits.latency or LATENCY)) or 0.0
    bulk = " in bulk" if cost.calls < cost.singly else ""
    head = plural(cost.calls, "call") if cost.calls == 1 else f"Up to {cost.calls:,} calls"
    return f"{head}{bulk}, {lasting(seconds)}."


def run(ctx: Context, plan: Plan) -> Done:
    """Run a plan and, where that is wished, wait until nothing of it goes on by itself."""
    plans = ctx.workspace().plans
    plans.go_on()  # what a process that ended has left comes first
    step = plans.begin(plan)
    while plans.advance(step):
        progress = plans.progress(step)
        if ctx.draw:
            ctx.draw(Course("queued", progress.queued, progress.total))
        else:
            ctx.tell(f"{progress.queued:,} of {progress.total:,} queued")
    if not ctx.wishes.wait:
        back = f"{'planhat-tui undo' if Door.SHELL in ctx.door else 'u'} takes all of it back."
        count = count_of(plan.kind, len(plan.acting))
        return Done(f"{visible(plan.title)} on {count}: queued. {back}", many=True)
    return settle(ctx, step, plan.title)


def settle(ctx: Context, step: str, title: str) -> Done:
    """Wait for a plan that runs; what became of its records, each as one record."""
    workspace = ctx.workspace()
    plans, net = workspace.plans, workspace.net
    while (last := plans.last_open(step)) is not None:
        future = net.deliver([last.n])
        (settled,) = _answer(ctx, future, step)
        if settled.state in {State.QUEUED, State.SENDING}:
            break  # offline, or paused: it goes on later
    entries = plans.results(step)
    return Done(
        _outcome(ctx, plans.progress(step), entries, title),
        tuple(map(_result, entries)),
        status_of(ctx, entries),
        many=True,
    )


def _answer(ctx: Context, future: Future[tuple[Entry, ...]], step: str) -> tuple[Entry, ...]:
    """Return what the engine answers; meanwhile tell how far it is, or why it stands still."""
    plans, net = ctx.workspace().plans, ctx.workspace().net
    told_at = ctx.monotonic()
    while True:
        try:
            return future.result(LOOK)
        except TimeoutError:
            if future.done():
                raise
        now, progress = ctx.monotonic(), plans.progress(step)
        told = f"{progress.delivered:,} of {progress.total:,} delivered"
        if ctx.draw:
            ctx.draw(Course("delivered", progress.delivered, progress.total))
            told = ""
        if now - told_at >= _AGAIN and (sentence := used_up(net.status.limits, now) or told):
            told_at = now
            ctx.tell(sentence)


def _outcome(ctx: Context, progress: Progress, entries: Iterable[Entry], title: str) -> str:
    counts = {**progress.counts}
    told = ", ".join(f"{counts[state]:,} {state}" for state in State if counts.get(state))
    lines = [f"{visible(title)}: {told}."]
    stuck = [e for e in entries if e.state not in {State.DELIVERED, State.DROPPED}]
    lines += [f"{e.title}: {e.state}. {why_open(ctx, e)}".rstrip() for e in stuck[:TOLD_AT_MOST]]
    if len(stuck) > TOLD_AT_MOST:
        lines.append(f"{len(stuck) - TOLD_AT_MOST:,} more: outbox list")
    if progress.failed:
        lines.append("plan retry sends again what has failed.")
    return "\n".join(lines)


def _result(entry: Entry) -> dict[str, Json]:
    return {
        "_id": entry.result_id or entry.record_id,
        "name": entry.title,
        "n": entry.n,
        "state": entry.state.value,
        "reason": entry.reason,
    }


def _told(kind: Kind, row: Row) -> dict[str, Json]:
    return {
        "_id": row.record_id,
        "name": row.title,
        "action": row.action.value if row.acts else None,
        "does": does(kind, row),
        "changes": [{"field": c.field, "before": c.before, "after": c.after} for c in row.changes],
        "why": row.why,
    }


def does(kind: Kind, row: Row) -> str:
    """Return what becomes of a record: ``tags +x -y; phase onboarding → renewal``."""
    if not row.acts:
        return ""
    if row.action is not Action.UPDATE:
        return f"{row.action} {kind}"
    return "; ".join(_change(kind, change) for change in row.changes)


def _change(kind: Kind, change: Change) -> str:
    label = label_of(kind, change.field)
    label = label.lower() if custom_key(change.field) is None else visible(label)
    if change.field == "tags":
        before, after = (texts_of({"tags": v}, "tags") for v in (change.before, change.after))
        added, removed = tag_diff(before, after)
        words = [*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed)]
        return f"{label} {' '.join(map(visible, words))}"
    old, new = (visible(cell(value)) or "-" for value in (change.before, change.after))
    return f"{label} {old} → {new}"


def save(plan: Plan, file: str) -> None:
    """Write a plan's file, whole, for its owner alone.

    Raises :class:`InputError` and :class:`StorageError`.
    """
    with whole_file(named(file)) as opened:
        opened.write(encode(plan).encode())


def read(ctx: Context, file: str) -> Plan:
    """Read a plan's file. Raises :class:`InputError`."""
    try:
        text = Path(file).expanduser().read_text(encoding="utf-8")
    except OSError as why:
        raise InputError(f"{file} can't be read: {why.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} isn't a plan.", "Save one with --save.") from None
    return ctx.workspace().plans.read(text)
