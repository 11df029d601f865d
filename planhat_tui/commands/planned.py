"""A plan at the doors: shown, kept as a file, confirmed, run, and what became of each record.

Every verb that ends in a plan (bulk, plan run, and those that read tables and texts) ends here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planhat_tui.commands import deleting
from planhat_tui.commands.context import Door
from planhat_tui.commands.course import Course, lasting
from planhat_tui.commands.registry import flag
from planhat_tui.commands.results import Column, Done, Listing, Planned
from planhat_tui.commands.settling import patient, status_of, undo_of, unsettled, why_open
from planhat_tui.commands.waiting import InterruptedWait, answer
from planhat_tui.errors import InputError
from planhat_tui.model.edits import Change, custom_key
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import Action, State, can_go_again, decides_itself
from planhat_tui.model.planfile import encode, is_plan
from planhat_tui.model.records import Kind, count_of, texts_of
from planhat_tui.model.tables import cell
from planhat_tui.model.tags import tag_diff
from planhat_tui.model.text import plural, visible
from planhat_tui.workspace.exporting import check_free
from planhat_tui.workspace.wholefile import named, whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.plans import Plan, Row
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.planning import Progress

COLUMNS: Final = (
    Column("name", "NAME"),
    Column("does", "DOES"),
    Column("why", "LEFT ALONE BECAUSE", prose=True),
)
FORCE: Final = flag("--force", "let --save replace a file that isn't a plan")
RUN: Final = "run"
"""The word that confirms a plan for which the profile asks no other."""
NAMED_AT_MOST: Final = 5
"""Records that have moved and are named."""
_START: Final = 64
"""Characters by which a plan's file is known."""
TOLD_AT_MOST: Final = 20
"""Records that failed and are named; the outbox has all of them."""


def carry_out(
    ctx: Context, plan: Plan, *, keep: str = "", force: bool = False, look: bool = False
) -> Result:
    """Show a plan, keep it in a file, or run it after a question: as it is wished, at any door.

    ``keep`` is a file's name, which ``force`` replaces whatever it is; ``look`` shows it and does
    nothing. On the screen it is shown in any case, and run from there unless ``look`` forbids it.
    """
    if keep:
        path = named(keep)
        check_free(path, replace=force or _is_plan(path))
        save(plan, keep)
    shown = listing(ctx, plan, f"Saved in {keep}." if keep else "")
    if ctx.door is Door.LINE:
        return Planned(plan, shown, asks=bool(plan.acting) and not (keep or look), dry=look)
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
    """Run a plan and, where that is wished, wait until nothing of it goes on by itself.

    What has moved since it was shown is told; what is so by now isn't done again.
    """
    plans = ctx.workspace().plans
    for stuck in go_on(ctx):  # what a process that ended has left comes first
        ctx.tell(stuck)
    step, now, titles = plans.begin(plan)
    if titles:
        ctx.tell(moved(titles))
    left = [row for row in now.skipped if row not in plan.skipped]
    for row in left[:TOLD_AT_MOST]:
        ctx.tell(f"{row.title}: {visible(row.why)}")
    if not step:
        told = "skipped, or so by now" if left else "all of it is so by now"
        return Done(f"{visible(plan.title)}: nothing was done, {told}.", many=True)
    while plans.advance(step):
        progress = plans.progress(step)
        if ctx.draw:
            ctx.draw(Course("queued", progress.queued, progress.total))
        else:
            ctx.tell(f"{progress.queued:,} of {progress.total:,} queued")
    if not ctx.wishes.wait:
        back = f"{undo_of(ctx)} takes all of it back."
        count = count_of(plan.kind, len(now.acting))
        return Done(f"{visible(plan.title)} on {count}: queued. {back}", many=True)
    return settle(ctx, step, plan.title)


def go_on(ctx: Context) -> tuple[str, ...]:
    """Go on with the plans that a process has left; a sentence for each that can't go.

    Which records have changed since, and are left out, is told.
    """
    plans = ctx.workspace().plans
    stuck = plans.go_on()
    tell_left_out(ctx)
    return stuck


def tell_left_out(ctx: Context) -> None:
    """Tell what was left out of plans that went on."""
    if told := moved(ctx.workspace().plans.left_out()):
        ctx.tell(told)


def moved(titles: Sequence[str]) -> str:
    """Return which records have changed since a plan was made; empty if none has."""
    if not titles:
        return ""
    names = [visible(one) for one in titles[:NAMED_AT_MOST]]
    more = len(titles) - len(names)
    told = ", ".join([*names, *([f"{more:,} more"] if more else [])])
    return f"Changed since the plan was made: {told}."


def settle(ctx: Context, step: str, title: str) -> Done:
    """Wait for a plan that runs; what became of its records, each as one record."""
    plans = ctx.workspace().plans
    try:
        _wait(ctx, step)
    except KeyboardInterrupt:
        raise InterruptedWait(ns=(entry.n for entry in plans.results(step))) from None
    entries = plans.results(step)
    return Done(
        _outcome(ctx, plans.progress(step), entries, title),
        results(ctx, step),
        status_of(ctx, entries),
        many=True,
    )


def results(ctx: Context, step: str) -> tuple[dict[str, Json], ...]:
    """Return what became of the records of a plan, each as one record."""
    return tuple(map(_result, ctx.workspace().plans.window(step, 0, -1)))


def _wait(ctx: Context, step: str) -> None:
    """Wait until nothing of a plan goes on by itself; tell how far it is."""
    from planhat_tui.sync.prospects import unsure

    plans, net, waits = ctx.workspace().plans, ctx.workspace().net, patient(ctx)

    def course() -> Course:
        progress = plans.progress(step)
        doubts = (
            plans.results(step, [State.NOT_SURE]) if progress.counts.get(State.NOT_SURE) else ()
        )
        note = unsure(doubts, ctx.now().timestamp())
        return Course("delivered", progress.delivered, progress.total, note=note)

    def told(_now: float) -> str:
        if ctx.draw:  # it's drawn
            return ""
        progress = plans.progress(step)
        return f"{progress.delivered:,} of {progress.total:,} delivered."

    last = plans.last_open(step, unsure=True)
    while last is not None:
        (settled,) = answer(ctx, net.deliver([last.n], settled=waits), why=told, course=course)
        if settled.state in {State.QUEUED, State.SENDING} or (waits and decides_itself(settled)):
            return  # offline, or paused: it goes on later
        last = plans.last_open(step, unsure=waits)


def _outcome(ctx: Context, progress: Progress, entries: Sequence[Entry], title: str) -> str:
    counts = {**progress.counts}
    told = ", ".join(f"{counts[state]:,} {state}" for state in State if counts.get(state))
    lines = [f"{visible(title)}: {told}."]
    stuck = [e for e in entries if e.state.is_open and not decides_itself(e)]
    lines += [f"{e.title}: {e.state}. {why_open(ctx, e)}".rstrip() for e in stuck[:TOLD_AT_MOST]]
    if len(stuck) > TOLD_AT_MOST:
        lines.append(f"{len(stuck) - TOLD_AT_MOST:,} more: outbox list")
    lines += filter(None, [unsettled(ctx, entries)])
    if any(map(can_go_again, entries)):
        plan = f" {entries[0].n}" if entries[0].step != ctx.workspace().plans.last() else ""
        lines.append(f"plan retry{plan} sends again what was refused.")
    if progress.counts.get(State.CONFLICT):
        lines.append("conflict list shows what is in conflict.")
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
    """Write a plan's file, whole, for its owner alone; what is there is replaced.

    Raises :class:`InputError` and :class:`StorageError`.
    """
    with whole_file(named(file)) as opened:
        opened.write(encode(plan).encode())


def _is_plan(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            return is_plan(file.read(_START))
    except (OSError, UnicodeDecodeError):
        return False


def read(ctx: Context, file: str) -> Plan:
    """Read a plan's file. Raises :class:`InputError`."""
    try:
        text = named(file, "file").read_text(encoding="utf-8")
    except OSError as why:
        raise InputError(f"{file} can't be read: {why.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} isn't a plan.", "Save one with --save.") from None
    return ctx.workspace().plans.read(text)
