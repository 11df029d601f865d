"""``help``: which commands there are, and how one is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import line, usage
from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import ROOMS, commands, match, verb, words
from planhat_tui.commands.results import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.registry import Command
    from planhat_tui.commands.results import Listing


@verb(
    "help",
    words("names", "one, or the first word of several", "COMMAND", required=False),
    doors=Door.SHELL | Door.LINE,
    needs_profile=False,
)
def help_(ctx: Context, names: tuple[str, ...]) -> Listing | Text:
    """Say how a command is typed and what it does; without one, list all."""
    door = Door.SHELL if ctx.door is Door.SHELL else Door.LINE
    known = [command for command in commands() if door in command.doors]
    kind = ctx.selection.kind
    if names and names[0] not in ROOMS and kind is not None and names[0] in line.names(str(kind)):
        names = (str(kind), *names)
    found = _meant(known, names)
    return Text(usage.of_verb(found[0], ctx.door)) if len(found) == 1 else line.listed(found)


def _meant(known: Sequence[Command], names: Sequence[str]) -> Sequence[Command]:
    """Return the verbs that some words begin with. Raises :class:`InputError`."""
    if not names:
        return known
    first = match(names[0], (command.noun or command.verb for command in known), "command")
    found = [command for command in known if (command.noun or command.verb) == first]
    if len(names) == 1 or not found[0].noun:
        return found
    verbs = [name for command in found for name in (command.verb, *command.aliases)]
    name = match(names[1], verbs, f"{first} verb")
    return [command for command in found if name in {command.verb, *command.aliases}]
