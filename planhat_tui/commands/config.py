"""``config``: the file itself, what is wrong with it, and its schema for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.registry import verb
from planhat_tui.commands.results import Column, Listing, Single

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.errors import ConfigError
    from planhat_tui.model.values import Json

MISTAKES = (
    Column("line", "LINE", right=True),
    Column("column", "COLUMN", right=True),
    Column("message", "MISTAKE", prose=True),
    Column("advice", "WHAT TO DO", prose=True),
)


@verb("config path", needs_profile=False)
def path(ctx: Context) -> Single:
    """Show where the config is, the folder of your own themes, and what else is kept where."""
    paths = ctx.paths
    told: dict[str, Json] = {
        "config": str(paths.config_file),
        "exists": paths.config_file.exists(),
        "themes": str(paths.user_themes),
        "data": str(paths.data),
        "state": str(paths.state),
        "cache": str(paths.cache),
    }
    return Single(told, labels={name: name.capitalize() for name in told})


@verb("config check", needs_profile=False)
def check(ctx: Context) -> Listing:
    """Tell every mistake in the config with its line; exit status 1 if there is one."""
    from planhat_tui.config.loading import load_config
    from planhat_tui.config.theme_files import with_accents_measured, with_theme_checked

    file = ctx.paths.config_file  # read for itself: what the run goes by stays as it is
    config = with_theme_checked(load_config(file), ctx.paths.user_themes)
    for warning in with_accents_measured(config, ctx.paths.user_themes).warnings:
        ctx.tell(warning)
    count = len(config.problems)
    note = f"{file}: {count} {'mistake' if count == 1 else 'mistakes'}."
    if not count:
        profiles = ", ".join(config.profiles) or "none"
        missing = "" if file.exists() else " It isn't there yet, which is no mistake."
        note = f"{file} is as it should be. Profiles: {profiles}.{missing}"
    rows = tuple(_told(problem) for problem in config.problems)
    return Listing(rows, MISTAKES, note, exit_status=1 if count else 0)


@verb("config schema", needs_profile=False)
def schema(ctx: Context) -> Single:  # noqa: ARG001 -- every verb gets its world
    """Print the JSON schema of the config, by which editors complete and check it."""
    from planhat_tui.config import schema as made

    return Single(made.schema(), document=True)


def _told(problem: ConfigError) -> dict[str, Json]:
    return {
        "line": problem.line or None,  # a mistake of the whole file has neither
        "column": problem.column or None,
        "message": problem.message,
        "advice": problem.advice,
    }
