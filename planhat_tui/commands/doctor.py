"""``doctor``: what is wrong, and what to do about each of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from planhat_tui.commands import deciding, examining
from planhat_tui.commands.examining import Finding
from planhat_tui.commands.registry import flag, verb
from planhat_tui.commands.results import Column, Listing
from planhat_tui.config.profiles import DEMO_NAMES
from planhat_tui.config.schemafile import SCHEMA_FILE
from planhat_tui.errors import PlanhatTuiError
from planhat_tui.store.disk import writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from planhat_tui.commands.context import Context
    from planhat_tui.config.profiles import Config, Profile

COLUMNS = (
    Column("state", "STATE"),
    Column("area", "AREA"),
    Column("subject", "OF"),
    Column("text", "FOUND", prose=True),
    Column("todo", "WHAT TO DO", prose=True),
)


@verb("doctor", flag("--offline", "ask Planhat nothing"), needs_profile=False)
def doctor(ctx: Context, offline: bool) -> Listing:  # noqa: FBT001 -- a flag of the command line
    """Look at config, files, tokens, network and terminal, and say what to do.

    It looks at all profiles; -p NAME or --demo has it look at that one alone. Each costs one call
    of the rate limit; one whose token isn't good, up to six. Exit status 1 if something is wrong.
    """
    found = list(_looked(ctx, offline=offline))
    wrong = [one for one in found if one.state == "bad"]
    told = [
        f"{one.area} {one.subject}: {one.text}  {one.todo}" for one in found if one.state != "ok"
    ]
    end = f"{len(wrong)} to mend" if wrong else "nothing to mend"
    records = tuple(one._asdict() for one in found)
    return Listing(records, COLUMNS, "\n".join([*told, end]), exit_status=1 if wrong else 0)


def _looked(ctx: Context, *, offline: bool) -> Iterator[Finding]:
    from planhat_tui.config.theme_files import with_theme_checked

    config = ctx.config()
    yield from examining.config(with_theme_checked(config, ctx.paths.user_themes))
    yield from deciding.chosen(ctx.paths, config, ctx.env, ctx.flags)
    yield from examining.permissions(_ours(ctx))
    yield from examining.changeable(ctx.paths.config_file, writable)
    for profile in _meant(ctx, config):
        token, held = examining.secret(profile, ctx.hold)
        yield token
        if held is None:  # without it, it isn't known either which files are the profile's
            continue
        if not offline:
            yield from examining.reach(held, ctx.examine)
        try:
            with ctx.inspect(held) as reads:
                yield from examining.files(profile.name, reads)
        except PlanhatTuiError as error:
            yield Finding("files", profile.name, "bad", error.message, error.advice)
    yield from examining.versions()
    screen = sys.__stdout__  # behind the colon, Textual stands in for sys.stdout
    encoding, attached = (screen.encoding, screen.isatty()) if screen else ("", False)
    yield from examining.terminal(ctx.env, encoding, attached=attached)


def _meant(ctx: Context, config: Config) -> Iterable[Profile]:
    """Return the profiles to look at: the one that was named, as long as it is the one at hand.

    Else all, or the demo where there is none. What is wrong with a name is told where it was given.
    """
    named = DEMO_NAMES[0] if ctx.flags.get("demo") else ctx.flags.get("profile", "")
    if not named or ctx.wanted() != named:
        return [*config.profiles.values()] or [ctx.profile(DEMO_NAMES[0])]
    try:
        return [ctx.profile(named)]
    except PlanhatTuiError:
        return ()


def _ours(ctx: Context) -> Iterator[Path]:
    """Return the config and what stands beside it, and every file and folder of ours elsewhere."""
    paths = ctx.paths
    yield paths.config_file
    yield paths.config_file.resolve().with_name(SCHEMA_FILE)
    for folder in (paths.data, paths.state, paths.cache):
        yield folder
        yield from sorted(folder.rglob("*"))
