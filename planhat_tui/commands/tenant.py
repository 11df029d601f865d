"""``whoami``, ``sync``, ``limits``: the tenant as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.commands.context import Door
from planhat_tui.commands.course import Course, lasting
from planhat_tui.commands.lookup import age
from planhat_tui.commands.registry import flag, verb
from planhat_tui.commands.results import Done, Single, Watching
from planhat_tui.commands.settling import delivered, status_of
from planhat_tui.commands.waiting import AGAIN, LEAVE, LOOK, Stops, answer, kept
from planhat_tui.errors import (
    InputError,
    OfflineError,
    PartialError,
    RateLimitedError,
    UnknownOutcomeError,
)
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import MANY, Kind, count_of, text_of
from planhat_tui.model.text import ago, plural, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.commands.context import Context
    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.rows import Progress
    from planhat_tui.sync.outlook import Outlook
    from planhat_tui.workspace.queries import Queries

_MOST_NAMED: Final = 3
"""Companies that are named where Planhat fails at some."""


@verb("whoami")
def whoami(ctx: Context) -> Single:
    """Show whom the token of the profile stands for.

    Planhat is asked. Where it can't be reached, what is remembered is shown, and the exit status
    is 6.
    """
    workspace = ctx.workspace()
    where = f"{workspace.profile.name} at {workspace.host}"
    try:
        asked = workspace.net.ask(lambda planhat: planhat.my_profile(lane=Lane.USER), reads=True)
        return Single(answer(ctx, asked).data, Kind.USER, where, brief=True)
    except OfflineError as error:
        me = workspace.me
        if me is None:
            raise
        told = f"{where}. Planhat can't be reached: this is remembered ({age(ctx)}).  {error}"
        return Single(me.raw, Kind.USER, told, brief=True, exit_status=error.exit_status)


@verb(
    "sync",
    flag("--full", "read everything again"),
    flag("--accept-deletions", "take out here what Planhat's lists no longer have"),
    key="refresh",
)
def sync(ctx: Context, full: bool, accept_deletions: bool) -> Done:  # noqa: FBT001 -- flags of the command line
    """Bring the local copy up to date, and send what is queued.

    What is asked anew meanwhile, or of more records than before, waits for the next answer.
    """
    from planhat_tui.store.absences import LISTED_KINDS
    from planhat_tui.sync.status import question

    workspace = ctx.workspace()
    queued = [entry.n for entry in workspace.reads.outbox()]
    asked = workspace.reads.doubts()
    failing, error = _fill(ctx, full=full)
    gone = workspace.accept_deletions(asked) if accept_deletions and error is None else {}
    left = delivered(ctx, queued) if queued else ()
    waiting = sum(entry.state.is_open for entry in left)
    progress = workspace.reads.progress()
    told = f"{progress.companies_known} companies, {progress.contacts_done} contacts; {age(ctx)}."
    if error is not None:
        told += f" {error.message} What was read before is kept: sync goes on from there."
    elif failing:
        told += f" Planhat fails at {_named(workspace.reads, failing)} just now: sync tries again."
    elif progress.lacking:
        told += " Planhat fails at the rest just now: sync goes on from there."
    if gone:
        each = " and ".join(count_of(kind, number) for kind, number in gone.items())
        told += f" {each} {'was' if [*gone.values()] == [1] else 'were'} taken out."
    if progress.unreadable:
        told += f" {plural(progress.unreadable, 'record')} can't be read: doctor tells which."
    if waiting:
        verb = "isn't" if waiting == 1 else "aren't"
        told += f" {plural(waiting, 'edit')} {verb} delivered: outbox list"
    told += f" {more}" if (more := question(workspace.reads.doubts())) else ""
    counts: dict[str, Json] = {
        "companies": progress.companies_known,
        "contacts": progress.contacts_done,
        "complete": not (progress.lacking or failing or error),
        "takenOut": {MANY[kind]: gone.get(kind, 0) for kind in LISTED_KINDS},
        "unreadable": progress.unreadable,
        "notDelivered": waiting,
    }
    unread = PartialError.exit_status if failing else 0
    if error is not None:
        unread = error.exit_status
    return Done(told, (counts,), exit_status=status_of(ctx, left) or unread)


def _named(reads: Queries, failing: frozenset[str]) -> str:
    """Return how many companies these are, and the names of the first of them."""
    shown = [reads.company(one) for one in sorted(failing)[:_MOST_NAMED]]
    names = ", ".join(visible(text_of(one.raw, "name")) for one in shown if one is not None)
    more = ", ..." if len(failing) > _MOST_NAMED else ""
    return f"{count_of(Kind.COMPANY, len(failing))} ({names}{more})"


def _fill(ctx: Context, *, full: bool) -> tuple[frozenset[str], PlanhatTuiError | None]:
    """Read what is left to read, and tell meanwhile how far that is and what it waits for.

    Returns the companies at which Planhat fails still, and what ended it too early. Raises that
    where nothing was read.
    """
    from concurrent.futures import wait

    workspace = ctx.workspace()
    net, before = workspace.net, workspace.reads.progress()
    filling = net.fill(anew=full, patient=True)
    stops, told, pausing, kept_at = Stops(), "", "", float("-inf")
    while not filling.done():
        status, progress, told_last = net.status, workspace.reads.progress(), told
        if ctx.draw:
            ctx.draw(course_of(progress, status.outlook))
        elif (
            progress.companies_known and (told := _progress(progress, status.outlook)) != told_last
        ):
            ctx.tell(told)
        now = ctx.monotonic()
        if stopped := stops.sentence(status.limits, now):
            ctx.tell(f"{stopped}{LEAVE}")
        elif (why := kept(status.limits, now)) and now - kept_at >= AGAIN:
            ctx.tell(f"{why}{LEAVE}")
            kept_at = now
        elif status.pausing != pausing and (pausing := status.pausing):
            ctx.tell(f"{pausing}{LEAVE}")
        wait([filling], timeout=LOOK / 2 if ctx.draw else LOOK * 2)
    try:
        return filling.result(), None
    except (OfflineError, UnknownOutcomeError, RateLimitedError) as error:
        if workspace.reads.progress() == before:
            raise
        return frozenset(), error


def course_of(progress: Progress, ahead: Outlook) -> Course:
    """Return how far a pull is: with the companies first, then with the contacts.

    Its note says how far the others are.
    """
    of_all = (ahead.calls, ahead.seconds)
    companies, contacts = _counts(progress)
    if progress.companies_left:
        done, known = progress.companies_complete, progress.companies_known
        note = ", ".join([contacts, *_lists(progress)])
        return Course("companies", done, known, *of_all, at_least=ahead.at_least, note=note)
    known_at = progress.contacts_done if progress.contacts_complete else progress.contacts_known
    about = not progress.contacts_complete
    note = ", ".join([companies, *_lists(progress)])
    return Course(
        "contacts", progress.contacts_done, known_at, *of_all, about, ahead.at_least, note
    )


def _progress(progress: Progress, ahead: Outlook) -> str:
    """Return how far a pull has come, and what is left of it, as far as anybody knows.

    As in ``60 of 100 companies (1 call left), 0 contacts (at least 1 call left), team; 2 s or
    more``.
    """
    companies, contacts = _counts(progress)
    if ahead.calls is not None:
        companies += _left(ahead.companies)
        contacts += _left(ahead.contacts, "at least " if ahead.at_least else "")
    told = ", ".join([companies, contacts, *_lists(progress)])
    if ahead.calls and ahead.seconds is not None:
        told += f"; {lasting(ahead.seconds, at_least=ahead.at_least)}"
    return told


def _counts(progress: Progress) -> tuple[str, str]:
    """Return ``60 of 100 companies`` and ``0 of about 220 contacts``."""
    known = progress.contacts_known
    about = f" of about {known}" if known is not None and not progress.contacts_complete else ""
    companies = f"{progress.companies_complete} of {progress.companies_known} companies"
    return companies, f"{progress.contacts_done}{about} contacts"


def _lists(progress: Progress) -> list[str]:
    """Return a word for each of the short lists that is here."""
    return ["team"] * progress.team + ["custom fields"] * progress.definitions


def _left(calls: int, least: str = "") -> str:
    return f" ({least}{plural(calls, 'call')} left)" if calls else ""


@verb("limits", flag("--watch", "go on, a line a second, until ctrl+c"))
def limits(ctx: Context, watch: bool) -> Single | Watching:  # noqa: FBT001 -- a flag of the command line
    """Show what is left of the rate limit; asks Planhat where nobody on this machine knows it.

    For whom calls go is told by lane: what you wait for, edits, what is on screen, what is read
    ahead. "used" counts this machine's calls since the reset, "waiting" this program's requests.

    With --watch a line a second: what all windows and commands on this machine know. It costs a
    call only where nobody else has asked for as long as the limit's window.
    """
    if watch:
        if ctx.door is not Door.SHELL:
            raise InputError(
                "The gauge on the screen shows it all the while.",
                "In a shell: planhat-tui limits --watch",
            )
        return Watching(_watched(ctx), _line)
    net = ctx.workspace().net
    known = answer(ctx, net.ask(lambda planhat: planhat.shared_limits(), reads=True))
    if _outlived(known, ctx.monotonic()) or ctx.wishes.fresh:
        answer(ctx, net.ask(lambda planhat: planhat.my_profile(lane=Lane.USER), reads=True))
        known = net.status.limits
    told = _told(known, ctx.monotonic())
    return Single(told, table=Single(_in_words(told), labels=_LIMIT_WORDS))


EACH: Final = 1.0
"""Seconds between two lines of a watch."""

LONGEST: Final = 120.0
"""Seconds after which every window has ended, where nothing more exact is known."""


def _watched(ctx: Context) -> Iterator[dict[str, Json]]:
    """Yield the rate limit once a second; ask Planhat when what is known has outlived itself."""
    net, again_at = ctx.workspace().net, 0.0
    while True:
        known = answer(ctx, net.ask(lambda planhat: planhat.shared_limits(), reads=True))
        now = ctx.monotonic()
        if _outlived(known, now) and now >= again_at:
            asked = net.ask(lambda planhat: planhat.my_profile(lane=Lane.BACKGROUND), reads=True)
            answer(ctx, asked)
            known = net.status.limits
            if _outlived(known, ctx.monotonic()):  # what answers tells nothing of it
                again_at = now + LONGEST
        yield _told(known, ctx.monotonic())
        ctx.sleep(EACH)


def _outlived(known: Limits, now: float) -> bool:
    if known.as_of is None or known.remaining is None:
        return True
    return now - known.as_of > (known.reset_in[1] if known.reset_in else LONGEST)


def _line(told: Raw) -> str:
    """Return one line for people of what :func:`_told` gives."""
    pieces = [f"{_known(told['remaining'])} of {_known(told['limit'])} left"]
    if reset := _reset(told):
        pieces.append(f"reset {reset}")
    if told["stoppedFor"]:
        pieces.append(f"stopped for {told['stoppedFor']} s")
    if used := _used(told["lanes"]):
        pieces.append(f"used here: {used}")
    if told["others"]:
        pieces.append(f"others use {told['others']} a minute")
    pieces.append(f"told {_known(told['age'])} s ago")
    return " · ".join(pieces)


def _used(lanes: Json) -> str:
    """Return whose calls went since the reset: ``3 yours, 12 read ahead``."""
    used = {
        _LIMIT_WORDS[name].lower(): lane["used"]
        for name, lane in (lanes.items() if isinstance(lanes, dict) else ())
        if isinstance(lane, dict)
    }
    return ", ".join(f"{calls} {whose}" for whose, calls in used.items() if calls)


def _reset(told: Raw) -> str:
    """Return when the count starts anew: ``in 24-99 s``; empty where nobody knows."""
    reset = told["resetIn"]
    if not isinstance(reset, list):
        return ""
    least, most = (f"{bound:.0f}" for bound in reset if isinstance(bound, int | float))
    return f"in {least}-{most} s" if least != most else f"in {most} s"


def _in_words(told: Raw) -> dict[str, Json]:
    """Return as people read it what :func:`_told` gives: each number with its unit."""
    since, others, latency = told["age"], told["others"], told["latency"]
    lanes = told["lanes"] if isinstance(told["lanes"], dict) else {}
    words: dict[str, Json] = {
        **told,
        **{name: _lane(lane) for name, lane in lanes.items()},
        "resetIn": _reset(told),
        "age": ago(since) if isinstance(since, float) else "",
        "others": "" if others is None else f"{others} calls a minute",
        "stoppedFor": f"{told['stoppedFor']} s" if told["stoppedFor"] else "",
        "latency": "" if latency is None else f"{latency} s",
    }
    return {name: words[name] for name in _LIMIT_WORDS}


def _known(value: Json) -> str:
    return "?" if value is None else str(value)


def _lane(told: Json) -> str:
    """Return what a lane has used and what waits in it: ``12 used, 3 waiting``."""
    if not isinstance(told, dict):
        return ""
    return f"{told['used']} used" + (f", {told['waiting']} waiting" if told["waiting"] else "")


_LANES: Final = {lane: lane.name.lower() for lane in Lane}
"""What the lanes are called in data: ``user``, ``outbox``, ``screen``, ``background``."""

_LIMIT_WORDS: Final = {
    "limit": "Limit",
    "remaining": "Left",
    "resetIn": "Reset",
    "age": "Told",
    "user": "Yours",
    "outbox": "Edits",
    "screen": "On screen",
    "background": "Read ahead",
    "others": "Others use",
    "stoppedFor": "Stopped for",
    "queue": "Waiting",
    "inFlight": "On their way",
    "latency": "Last answer",
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
        "lanes": {
            name: {"used": known.used.get(lane, 0), "waiting": known.waiting.get(lane, 0)}
            for lane, name in _LANES.items()
        },
        "queue": sum(known.waiting.values()),
        "inFlight": known.in_flight,
        "latency": round(known.latency, 3) if known.latency is not None else None,
        "lastError": known.last_error,
    }
