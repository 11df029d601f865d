"""``whoami``, ``sync``, ``limits``: the tenant as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.commands.lookup import age
from planhat_tui.commands.registry import flag, verb
from planhat_tui.commands.results import Done, Single
from planhat_tui.commands.settling import status_of
from planhat_tui.commands.waiting import answer, used_up
from planhat_tui.model.events import Topic
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.values import Json


@verb("whoami")
def whoami(ctx: Context) -> Single:
    """Show whom the token of the profile stands for."""
    workspace = ctx.workspace()
    me = workspace.me
    if me is None or ctx.wishes.fresh:
        asked = workspace.net.ask(lambda planhat: planhat.my_profile(lane=Lane.USER))
        received = answer(ctx, asked)
        return Single(received.data, Kind.USER, f"{workspace.profile.name} at {workspace.host}")
    return Single(me.raw, Kind.USER, f"{workspace.profile.name} at {workspace.host}")


@verb("sync", flag("--full", "read everything again"), key="refresh")
def sync(ctx: Context, full: bool) -> Done:  # noqa: FBT001 -- a flag of the command line
    """Bring the local copy up to date, and send what is queued."""
    from concurrent.futures import wait

    workspace = ctx.workspace()
    net = workspace.net
    queued = [entry.n for entry in workspace.reads.outbox()]
    if not full and workspace.reads.progress().seen_at is not None:
        answer(ctx, net.refresh(Topic.SYNC))
    filling = net.fill(anew=full)
    while not filling.done():
        progress = workspace.reads.progress()
        ctx.tell(
            f"{progress.companies_complete} of {progress.companies_known} companies,"
            f" {progress.contacts_done} contacts"
        )
        if stopped := used_up(net.status.limits, ctx.monotonic()):
            ctx.tell(stopped)
        wait([filling], timeout=2.0)
    filling.result()
    left = answer(ctx, net.deliver(queued)) if queued else ()
    waiting = sum(entry.state.is_open for entry in left)
    progress = workspace.reads.progress()
    told = f"{progress.companies_known} companies, {progress.contacts_done} contacts; {age(ctx)}."
    told += f" {waiting} edits aren't delivered: outbox list" if waiting else ""
    return Done(told, exit_status=status_of(ctx, left))


@verb("limits")
def limits(ctx: Context) -> Single:
    """Show what is left of the rate limit; asks Planhat if nothing is known yet."""
    net = ctx.workspace().net
    known = net.status.limits
    if known.as_of is None or ctx.wishes.fresh:
        answer(ctx, net.ask(lambda planhat: planhat.my_profile(lane=Lane.USER)))
        known = net.status.limits
    return Single(_told(known, ctx.monotonic()), labels=_LIMIT_WORDS)


_LIMIT_WORDS: Final = {
    "limit": "Limit",
    "remaining": "Left",
    "resetIn": "Reset in (s)",
    "age": "Told (s ago)",
    "others": "Others use (calls/min)",
    "stoppedFor": "Stopped for (s)",
    "queue": "Waiting",
    "inFlight": "On their way",
    "latency": "Last answer (s)",
    "lastError": "Last error",
}


def _told(known: Limits, now: float) -> dict[str, Json]:
    """Return the limit as JSON: seconds, counted from now; ``others`` in calls a minute."""
    gone = now - known.as_of if known.as_of is not None else 0.0
    reset: Json = None
    if known.reset_in is not None:
        reset = [round(max(0.0, bound - gone), 1) for bound in known.reset_in]
    stopped = max(0.0, known.stopped_until - now) if known.stopped_until is not None else 0.0
    return {
        "limit": known.limit,
        "remaining": known.remaining,
        "resetIn": reset,
        "age": round(gone, 1) if known.as_of is not None else None,
        "others": round(known.others, 1) if known.others is not None else None,
        "stoppedFor": round(stopped, 1),
        "queue": sum(known.waiting.values()),
        "inFlight": known.in_flight,
        "latency": round(known.latency, 3) if known.latency is not None else None,
        "lastError": known.last_error,
    }
