"""``keys``: which key does what, as the config has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.registry import verb, words
from planhat_tui.commands.results import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.commands.context import Context
    from planhat_tui.config.keys import Key
    from planhat_tui.model.values import Json

COLUMNS = (
    Column("where", "WHERE"),
    Column("keys", "KEYS"),
    Column("command", "COMMAND"),
    Column("help", "WHAT IT DOES", prose=True),
)


@verb(
    "keys",
    words("pieces", "only those with these pieces of a key, command or help", required=False),
    key="help",
    needs_profile=False,
)
def keys(ctx: Context, pieces: tuple[str, ...]) -> Listing:
    """List the keys of the explorer; COMMAND is the name by which the config changes one.

    Those without a command stay as they are.
    One piece that is a key alone, such as t or ctrl+s, finds what is on it.
    """
    from planhat_tui.config.keymap import FIXED
    from planhat_tui.config.keys import KEYS, has, on

    changed, known = ctx.config().settings.keys, (*KEYS, *FIXED)
    exact = [key for key in known if len(pieces) == 1 and on(key, pieces[0], changed)]
    found = exact or [key for key in known if has(key, pieces, changed)]
    rows = [_told(key, changed) for key in found]
    note = "To change one: settings: {keymap: {preset: vim, keys: {COMMAND: KEY}}} in the config."
    return Listing(tuple(rows), COLUMNS, note if rows else "No key is like that.  keys lists all.")


def _told(key: Key, changed: Mapping[str, str]) -> dict[str, Json]:
    from planhat_tui.config.keys import effective, written

    return {
        "where": key.where.value,
        "keys": [written(name) for name in effective(key, changed)],
        "command": key.name,
        "help": key.help,
        "changed": key.name in changed,
    }
