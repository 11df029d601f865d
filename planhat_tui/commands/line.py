"""The ``:`` line: one or several verbs as text, on the selection.

``tag gold; call list`` is one word ``gold;``: a semicolon parts commands only as a word of its
own. Verbs may be abbreviated while they are unambiguous, but not those that delete or discard. The
noun may be left out where the selection gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import ROOMS, commands, match
from planhat_tui.commands.results import Column, Listing
from planhat_tui.commands.words import split
from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context, Selection
    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.registry import Command
    from planhat_tui.commands.results import Result

END: Final = ";"
LEAVING: Final = frozenset({"exit", "quit"})
"""What ends a ``repl`` or a script, and is typed after ``:`` by who comes from another program."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One verb with the words after it."""

    command: Command
    words: tuple[str, ...]

    def run(self, ctx: Context) -> Result:
        """Do it. Raises the errors of :mod:`planhat_tui.errors`."""
        return self.answer(ctx)[0]

    def answer(self, ctx: Context) -> tuple[Result, Manner]:
        """Do it; return what it answers, and how that is to be shown.

        What goes to a file is there then, and the rest of the answer says so.
        """
        from planhat_tui.commands import grammar
        from planhat_tui.commands.barring import refuse_first
        from planhat_tui.commands.confirming import answered
        from planhat_tui.commands.manner import Manner, manner_of
        from planhat_tui.commands.output import Style
        from planhat_tui.commands.saving import saved

        given = grammar.parsed(self.command, self.words, ctx.door)
        refuse_first(self.command, lambda: ctx.workspace().profile)
        shared = {param.name for param in grammar.of_all(self.command, ctx.door)}
        manner = manner_of({name: given[name] for name in shared})
        arguments = grammar.arguments(self.command, given)
        draw = None if manner.quiet else ctx.draw
        wished = ctx._replace(wishes=manner.over(ctx.wishes), draw=draw)
        result = self.command.run(answered(wished, given), **arguments)
        if manner.to:
            return saved(result, manner, Style()), Manner(quiet=manner.quiet)
        return result, manner


def read(text: str, selection: Selection) -> tuple[Typed, ...]:
    """Read a line. Raises :class:`InputError`; nothing is done then, not even the first of it."""
    parts: list[list[str]] = [[]]
    for word in split(text):
        if word == END:
            parts.append([])
        else:
            parts[-1].append(word)
    return tuple(typed(words, selection) for words in parts if words)


def typed(words: Sequence[str], selection: Selection) -> Typed:
    """Return the verb that some words begin with. Raises :class:`InputError`."""
    first, rest = words[0], words[1:]
    noun = _noun(first, selection)
    if noun is None:
        kind = str(selection.kind)
        return Typed(_verb(kind, first), tuple(rest))
    alone = [command for command in open_here(noun) if not command.noun]
    if alone:
        return Typed(alone[0], tuple(rest))
    if not rest:
        verbs = ", ".join(command.verb for command in open_here(noun))
        raise InputError(f"What about {noun}?", f"There are: {verbs}.")
    return Typed(_verb(noun, rest[0]), tuple(rest[1:]))


def _noun(first: str, selection: Selection) -> str | None:
    """Return the first word that was meant; ``None`` if it's a verb of the selection's kind."""
    nouns = [noun for noun in ROOMS if open_here(noun)]
    if first in nouns:
        return first
    if first in ROOMS:
        raise InputError(f"{first} is a command of the shell.", f"In a shell: planhat-tui {first}")
    if first in {*LEAVING, "q"}:
        raise InputError(
            f"There is no command {first}.", "ctrl+q quits the explorer, exit on its own line repl."
        )
    if selection.kind is not None and selection.kind.value in ROOMS:
        verbs = names(selection.kind.value)
        if first in verbs:
            return None
        if not any(noun.startswith(first) for noun in nouns):
            match(first, [*nouns, *verbs], "command", exact=_losing(selection.kind.value))
            return None
    return match(first, nouns, "command", exact=[n for n in nouns if _alone_and_losing(n)])


def _verb(noun: str, word: str) -> Command:
    name = match(word, names(noun), f"{noun} verb", exact=_losing(noun))
    return next(c for c in open_here(noun) if name in {c.verb, *c.aliases})


def all_known() -> Listing:
    """Return what the line knows, for who types ``?``."""
    known = tuple({"name": one.name, "summary": one.summary} for one in open_here())
    columns = (Column("name", "COMMAND"), Column("summary", "WHAT IT DOES"))
    return Listing(known, columns, "commands")


def open_here(first: str = "") -> tuple[Command, ...]:
    """Return the verbs that the line knows, of one first word or all."""
    return tuple(command for command in commands(first) if Door.LINE in command.doors)


def names(noun: str) -> list[str]:
    """Return the verbs of a noun, and their other names."""
    verbs = [command.verb for command in open_here(noun)]
    return verbs + [alias for command in open_here(noun) for alias in command.aliases]


def _losing(noun: str) -> list[str]:
    return [command.verb for command in open_here(noun) if command.loses]


def _alone_and_losing(first: str) -> bool:
    return any(command.loses and not command.noun for command in open_here(first))
