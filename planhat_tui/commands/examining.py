"""What ``doctor`` looks at: each look is a function that gives findings."""

from __future__ import annotations

import platform
import shlex
import stat
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from urllib.parse import urlsplit

from planhat_tui.errors import OfflineError, PlanhatTuiError, TokenError
from planhat_tui.model.records import MANY
from planhat_tui.model.text import plural, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from planhat_tui.commands.context import Reach
    from planhat_tui.config.profiles import Config, Profile
    from planhat_tui.model.abilities import Abilities
    from planhat_tui.model.limits import Limits
    from planhat_tui.workspace.queries import Queries

REGIONS: Final = (
    "https://api.planhat.com",
    "https://api-eu.planhat.com",
    "https://api-us2.planhat.com",
    "https://api-eu2.planhat.com",
    "https://api-eu3.planhat.com",
    "https://api.planhatdemo.com",
)
"""Where Planhat keeps its tenants; a token is good in one of them."""

UNKNOWN_TOKEN: Final = 401
"""The status of an address that doesn't know a token; one that can't be had was sent nowhere."""

PATIENCE: Final = 60.0
"""Seconds that two clocks may differ; ages and times of calls would be wrong by more."""

_SCARCE: Final = 0.1
_MOST_NAMED: Final = 10
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_ABILITIES: Final = {"by_company": "company of contacts"}
_PACKAGES: Final = ("planhat-tui", "textual", "httpx", "click", "msgspec", "starlette")
_SOURCES: Final = {
    "env": "from the environment variable {}",
    "command": "from a command",
    "text": "plain text in the config",
    "file": "from a file",
    "keyring": "from the keyring",
}


class Finding(NamedTuple):
    """What one look found. ``todo`` says what to do about it; empty where nothing is to do."""

    area: str
    subject: str
    state: Literal["ok", "warn", "bad"]
    text: str
    todo: str = ""


def config(known: Config) -> Iterator[Finding]:
    """Look at what the config says."""
    for problem in known.problems:
        place = f":{problem.line}:{problem.column}" if problem.line else ""
        where = f"{problem.path}{place}"
        yield Finding("config", where, "bad", problem.message, problem.advice or "Mend that line.")
    for warning in known.warnings:
        told, _, todo = warning.partition(". ")
        yield Finding("config", str(known.path), "warn", f"{told}.", todo)
    if not known.path.exists():
        todo = "planhat-tui profile add NAME makes it; --demo needs none."
        yield Finding("config", str(known.path), "ok", "there is none yet", todo)
    elif not known.problems and not known.warnings:
        told = f"{plural(len(known.profiles), 'profile')}, default {known.default or 'none'}"
        yield Finding("config", str(known.path), "ok", told)


def permissions(paths: Iterable[Path]) -> Iterator[Finding]:
    """Look whether others on this machine can read what is ours."""
    found = 0
    for path in paths:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:  # it isn't there yet
            continue
        found += 1
        if mode & _OTHERS:
            right = "700" if path.is_dir() else "600"
            told = f"others on this machine may look into it ({mode:o})"
            todo = f"Run: chmod {right} {shlex.quote(str(path))}"
            yield Finding("permissions", str(path), "bad", told, todo)
    if found:
        yield Finding("permissions", "files", "ok", f"{found} files and folders looked at")


def changeable(file: Path, writable: Callable[[Path], bool]) -> Iterator[Finding]:
    """Look whether the config can be changed from here: it is replaced, so its folder counts."""
    folder = file.resolve().parent
    while not folder.exists():
        folder = folder.parent
    if not writable(folder):
        told = "it can't be written: profiles, views and themes can't be kept in the config"
        todo = "Check its rights, or name another file with PLANHAT_TUI_CONFIG."
        yield Finding("permissions", str(folder), "warn", told, todo)


def secret(profile: Profile, hold: Callable[[Profile], Profile]) -> tuple[Finding, Profile | None]:
    """Tell where a token comes from, never what it is, and whether it can be had.

    Returns the profile with the token itself, ``None`` where it can't be had. A plain one is a
    warning of the config.
    """
    try:
        held = hold(profile)
    except TokenError as error:
        return Finding("token", profile.name, "bad", error.message, error.advice), None
    how = profile.token.how
    named = profile.token.value if how == "env" else ""
    told = "the practice data's own" if profile.demo else _SOURCES.get(how, how).format(named)
    return Finding("token", profile.name, "ok", told), held


def reach(profile: Profile, examine: Callable[[Profile], Reach]) -> Iterator[Finding]:
    """Ask Planhat about a profile; where the token isn't good, ask in the other regions."""
    host = urlsplit(profile.base_url).hostname or profile.base_url
    try:
        told = examine(profile)
    except TokenError as error:
        yield Finding("reach", profile.name, "bad", error.message, error.advice)
        if error.status == UNKNOWN_TOKEN:
            yield from _region(profile, examine)
        return
    except PlanhatTuiError as error:
        todo = error.advice or "planhat-tui whoami asks again."
        yield Finding("reach", profile.name, "bad", error.message, todo)
        return
    who = visible(told.user.name) or visible(told.user.email)
    yield Finding("reach", profile.name, "ok", f"{who} at {host}")
    yield clock(profile.name, told.skew)
    if told.limits is not None:
        yield rate_limit(profile.name, told.limits)


def _region(profile: Profile, examine: Callable[[Profile], Reach]) -> Iterator[Finding]:
    """Look for the region in which a token is good; asked of Planhat's own addresses alone."""
    if profile.base_url not in REGIONS:
        return
    unreached = 0
    for base_url in REGIONS:
        if base_url == profile.base_url:
            continue
        try:
            examine(profile._replace(base_url=base_url))
        except OfflineError:
            unreached += 1
        except PlanhatTuiError:
            continue
        else:
            told = f"the token is good at {base_url}, not at {profile.base_url}"
            todo = f"Write base_url: {base_url} into the profile {profile.name}."
            yield Finding("region", profile.name, "bad", told, todo)
            return
    told = "the token is good in no region"
    told += f"; {unreached} weren't reached" if unreached else ""
    yield Finding("region", profile.name, "bad", told, "Make another token in Planhat's settings.")


def clock(name: str, skew: float | None) -> Finding:
    """Compare this clock with the server's."""
    if skew is None:
        return Finding("clock", name, "ok", "the server doesn't tell its time")
    if abs(skew) <= PATIENCE:
        return Finding("clock", name, "ok", f"within {abs(skew):.0f} s of the server's")
    way = "behind" if skew > 0 else "ahead of"
    told = f"this clock is {abs(skew):.0f} s {way} the server's"
    return Finding("clock", name, "bad", told, "Set the clock: ages and times of calls are wrong.")


def rate_limit(name: str, limits: Limits) -> Finding:
    """Tell how much of the rate limit is left."""
    if limits.remaining is None or not limits.limit:
        return Finding("rate limit", name, "ok", "the server doesn't tell; calls are counted here")
    told = f"{limits.remaining} of {limits.limit} calls left"
    if limits.remaining < _SCARCE * limits.limit:
        todo = "Wait for the reset; planhat-tui limits shows it and what others use."
        return Finding("rate limit", name, "warn", told, todo)
    return Finding("rate limit", name, "ok", told)


def files(name: str, reads: Queries) -> Iterator[Finding]:
    """Look into the files of a profile, and at what was learned of its server."""
    for file, fault in reads.check().items():
        if fault:
            yield Finding("files", f"{name} {file}", "bad", visible(fault), _mending(file))
        else:
            yield Finding("files", f"{name} {file}", "ok", "whole")
    for path in reads.damaged_copies():
        told = "a damaged file that was set aside: customer data is in it, and nothing reads it"
        yield Finding("files", str(path), "warn", told, f"Run: rm {shlex.quote(str(path))}")
    yield edition(name, reads.edition, reads.abilities)
    yield from _unreadable(name, reads)
    waiting = reads.outbox()
    stuck = sum(entry.state.value not in {"queued", "sending"} for entry in waiting)
    told = f"{plural(len(waiting), 'edit')} not delivered" if waiting else "everything is delivered"
    todo = "planhat-tui outbox list shows them, and why." if stuck else ""
    yield Finding("outbox", name, "warn" if stuck else "ok", told, todo)


def _unreadable(name: str, reads: Queries) -> Iterator[Finding]:
    """Tell which records Planhat has that can't be kept, the first few by their ids.

    Whom a list lacks can't be told of one that has somebody without an id.
    """
    found = reads.unreadable()
    for one in found[:_MOST_NAMED]:
        what = f"{one.kind} {visible(one.id)}" if one.id else f"a {one.kind} without an id"
        told = f"{what} can't be read: {one.reason}"
        told += "" if one.id else f"; which {MANY[one.kind]} are gone may not be noticed meanwhile"
        todo = "Correct it in Planhat, then: planhat-tui sync"
        yield Finding("records", name, "warn", told, todo)
    if (more := len(found) - _MOST_NAMED) > 0:
        yield Finding("records", name, "warn", f"{more} more can't be read")


def _mending(file: str) -> str:
    if file.startswith("outbox"):
        return "Keep a copy of it before anything else: edits that aren't delivered may be in it."
    return "End all planhat-tui, then delete it: it is filled again from Planhat."


def edition(name: str, spoken: str, abilities: Abilities) -> Finding:
    """Tell which edition of the API the server speaks, what it heeds and what it ignores."""
    if not spoken:
        return Finding("API edition", name, "ok", "not known yet", "planhat-tui sync finds it out.")
    pieces = [spoken]
    if heeded := ", ".join(_ABILITIES.get(one, one) for one in abilities.heeded):
        pieces.append(f"knows {heeded}")
    ignored = [_ABILITIES.get(one, one) for one in abilities.lacking if one != "lists"]
    if not ignored:
        return Finding("API edition", name, "ok", "; ".join(pieces))
    pieces.append(f"ignores {', '.join(ignored)}")
    todo = "Lists take more calls without. planhat-tui sync asks it again."
    return Finding("API edition", name, "warn", "; ".join(pieces), todo)


def versions() -> Iterator[Finding]:
    """Tell the versions of what it is made of."""
    yield Finding("versions", "Python", "ok", platform.python_version())
    for package in _PACKAGES:
        try:
            yield Finding("versions", package, "ok", version(package))
        except PackageNotFoundError:
            todo = "Install it again: pip install --force-reinstall planhat-tui"
            yield Finding("versions", package, "bad", "it isn't installed", todo)


def terminal(env: Mapping[str, str], encoding: str, *, attached: bool) -> Iterator[Finding]:
    """Tell what the terminal is able to, by what it says of itself."""
    term = env.get("TERM", "")
    if not attached or term in {"", "dumb"}:
        todo = "planhat-tui repl and all commands work without one."
        yield Finding("terminal", term or "none", "ok", "the explorer can't be shown here", todo)
    else:
        depth = env.get("COLORTERM", "") or ("256color" if "256color" in term else "16 colours")
        colour = "no colour (NO_COLOR)" if env.get("NO_COLOR") else depth
        yield Finding("terminal", term, "ok", colour)
    if encoding.lower().replace("-", "") != "utf8":
        todo = "Set a UTF-8 locale, such as LANG=C.UTF-8, or glyphs: ascii in a theme."
        yield Finding("terminal", "encoding", "warn", f"{encoding or 'unknown'}, not UTF-8", todo)
