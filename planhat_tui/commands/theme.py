"""``theme``: how it looks, shipped and yours."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from planhat_tui.commands.registry import Effect, flag, verb, word
from planhat_tui.commands.results import Column, Done, Listing, Single, Text
from planhat_tui.config.theme_files import read_theme
from planhat_tui.config.themes import (
    LEAST_CONTRAST,
    Theme,
    faint,
    load_themes,
    themes_folder,
    unmeasured,
)
from planhat_tui.errors import ConfigError, InputError, NotFoundError
from planhat_tui.model.text import nearest, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from planhat_tui.commands.context import Context
    from planhat_tui.model.values import Json

COLUMNS = (
    Column("name", "NAME"),
    Column("used", "USED"),
    Column("ground", "GROUND"),
    Column("from", "FROM"),
    Column("path", "FILE"),
)
MISTAKES = (
    Column("file", "FILE"),
    Column("line", "LINE", right=True),
    Column("key", "KEY"),
    Column("what", "WHAT", prose=True),
)


@verb("theme list", aliases=("find",), needs_profile=False)
def list_(ctx: Context) -> Listing:
    """List the themes: those that come along, and yours from the themes folder."""
    themes, mistakes = load_themes(ctx.paths.user_themes)
    used = ctx.config().settings.theme
    rows = tuple(_told(theme, used) for theme in themes.values())
    table = tuple({**row, "used": "in use" if row["used"] else ""} for row in rows)
    note = f"yours stand in {ctx.paths.user_themes}"
    broken = [str(mistake) for mistake in mistakes]
    told = "\n".join([*broken, note])
    return Listing(rows, COLUMNS, told, table=Listing(table, COLUMNS, told))


@verb(
    "theme show",
    word("name", "a theme's name", "NAME"),
    flag("--yaml", "as its file has it, to begin one of your own with"),
    aliases=("get",),
    needs_profile=False,
)
def show(ctx: Context, name: str, yaml: bool) -> Single | Text:  # noqa: FBT001 -- a flag of the command line
    """Show the colours of a theme."""
    theme = _named(ctx, name)
    if yaml:
        return Text(theme.path.read_text(encoding="utf-8"))
    return Single({**_told(theme, ctx.config().settings.theme), **theme.colors})


@verb(
    "theme use",
    word("name", "a theme's name", "NAME"),
    effect=Effect.CONFIG,
    needs_profile=False,
)
def use(ctx: Context, name: str) -> Done:
    """Use a theme from now on: on screen at once, and whenever the explorer starts.

    It is kept in the config, whose comments and order stay.
    """
    from planhat_tui.config import edit

    theme = _named(ctx, name)
    edit.set_theme(ctx.paths.config_file, theme.name)
    ctx.reload()
    if ctx.look is not None:
        ctx.look(theme.name)
    return Done(f"{theme.name} is the theme from now on.", (_told(theme, theme.name),))


@verb(
    "theme check",
    word("name", "a theme's name, or a file; else all", "NAME", required=False),
    needs_profile=False,
)
def check(ctx: Context, name: str) -> Listing:
    """Check a theme: its keys, and that every text has a contrast of 4.5 on every ground.

    That is what WCAG AA asks for. Exit status 1 if something is wrong.
    """
    paths = [_file(ctx, name)] if name else _files(ctx)
    read = [(path, *read_theme(path)) for path in paths]
    found = tuple(one for one_of_them in read for one in _mistakes(*one_of_them))
    checked = f"{len(paths)} theme{'' if len(paths) == 1 else 's'} checked"
    note = (
        f"{checked}; {plural(len(found), 'mistake')} to mend"
        if found
        else f"{checked}: nothing to mend"
    )
    if unknown := sum(unmeasured(theme) for _, theme, _ in read if theme is not None):
        note += f"; {plural(unknown, 'contrast')} can't be measured: the terminal's own colours"
    return Listing(found, MISTAKES, note, exit_status=1 if found else 0)


def _told(theme: Theme, used: str) -> dict[str, Json]:
    return {
        "name": theme.name,
        "used": theme.name == used,
        "ground": "dark" if theme.dark else "light",
        "from": "planhat-tui" if theme.path.parent == themes_folder() else "you",
        "path": str(theme.path),
    }


def _named(ctx: Context, name: str) -> Theme:
    themes, mistakes = load_themes(ctx.paths.user_themes)
    if name in themes:
        return themes[name]
    for mistake in mistakes:
        if mistake.path.stem == name:
            raise mistake
    near = nearest(name, themes)
    advice = f"Did you mean {near}?" if near else f"There are: {', '.join(themes)}."
    raise NotFoundError(f"There is no theme {name}.", advice)


def _file(ctx: Context, name: str) -> Path:
    """Return the file that was meant: one that is named, or the one of a theme."""
    if "/" in name or name.endswith((".yaml", ".yml")):
        from planhat_tui.workspace.wholefile import named

        path = named(name, "name")
        if not path.is_file():
            raise InputError(f"There is no file {name}.", "theme list shows the themes' files.")
        return path
    try:
        return _named(ctx, name).path
    except ConfigError as error:
        return error.path


def _files(ctx: Context) -> list[Path]:
    return [
        path
        for folder in (themes_folder(), ctx.paths.user_themes)
        if folder.is_dir()
        for path in sorted(folder.glob("*.yaml"))
    ]


def _mistakes(
    path: Path, theme: Theme | None, mistakes: Sequence[ConfigError]
) -> Iterator[dict[str, Json]]:
    for mistake in mistakes:
        key = _key_at(path, mistake.line)
        yield _mistake(path, mistake.line, key, f"{mistake.message} {mistake.advice}".rstrip())
    for one in faint(theme) if theme is not None else ():
        contrast = f"{int(one.measured * 100) / 100:.2f}"
        what = f"on {one.ground} it has a contrast of {contrast}, less than {LEAST_CONTRAST}"
        yield _mistake(path, one.line, one.text, what)


def _key_at(path: Path, line: int) -> str:
    """Return the key that a line of a theme's file is about; empty if it has none."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines = path.read_text(encoding="utf-8").splitlines()
        key, colon, _ = lines[line - 1].partition(":") if 0 < line <= len(lines) else ("", "", "")
        return key.strip(" \"'") if colon else ""
    return ""


def _mistake(path: Path, line: int, key: str, what: str) -> dict[str, Json]:
    return {"file": str(path), "line": line, "key": key, "what": what}
