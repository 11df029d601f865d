"""The ``:`` line: one or several verbs as text, on the selection.

``tag gold; call list`` is one word ``gold;``: a semicolon parts commands only as a word of its
own. Verbs may be abbreviated while they are unambiguous, but not those that delete or discard. The
noun may be left out where the selection gives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import ROOMS, commands, match
from planhat_tui.commands.results import Column, Listing, Text
from planhat_tui.commands.words import quoted, split
from planhat_tui.errors import AmbiguousError, InputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context, Selection
    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.registry import Command
    from planhat_tui.commands.results import Result
    from planhat_tui.model.records import Kind

END: Final = ";"
LEAVING: Final = frozenset({"exit", "quit"})
"""What ends a ``repl`` or a script, and is typed after ``:`` by who comes from another program."""


class Typed(NamedTuple):
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
        from planhat_tui.commands.saving import check_form, check_to, saved

        if grammar.asks_for_help(self.command, self.words, ctx.door):
            from planhat_tui.commands import usage

            return Text(usage.of_verb(self.command, ctx.door)), Manner()
        _refuse_named(ctx, self.command, self.words)
        given = grammar.parsed(self.command, self.words, ctx.door)
        refuse_first(self.command, lambda: ctx.workspace().profile)
        shared = {param.name for param in grammar.of_all(self.command, ctx.door)}
        manner = manner_of({name: given[name] for name in shared})
        check_form(manner.format, self.command)
        if manner.to:
            check_to(manner.to, self.command)
        arguments = grammar.arguments(self.command, given)
        draw = None if manner.quiet else ctx.draw
        wished = ctx._replace(wishes=manner.over(ctx.wishes), draw=draw)
        result = self.command.run(answered(wished, given), **arguments)
        if manner.to:
            return saved(result, manner, Style()), Manner(quiet=manner.quiet)
        return result, manner


def checked(text: str, selection: Selection, door: Door) -> tuple[Typed, ...]:
    """Read a line and the words of its verbs. Raises :class:`InputError`; nothing is done then."""
    from planhat_tui.commands import grammar

    begun = read(text, selection)
    for one in begun[1:]:  # the first looks at its own words before it does anything
        if not grammar.asks_for_help(one.command, one.words, door):
            grammar.parsed(one.command, one.words, door)
    return begun


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
    kind = selection.kind.value if selection.kind is not None else ""
    verbs, losing = (names(kind), _losing(kind)) if kind in ROOMS else ([], [])
    exact = [*losing, *(noun for noun in nouns if _alone_and_losing(noun))]
    found = match(first, [*nouns, *verbs], "command", exact=exact)
    return found if found in nouns else None


def _verb(noun: str, word: str) -> Command:
    name = match(word, names(noun), f"{noun} verb", exact=_losing(noun))
    return next(c for c in open_here(noun) if name in {c.verb, *c.aliases})


def _refuse_named(ctx: Context, command: Command, words: Sequence[str]) -> None:
    """Raise :class:`InputError` where a record is named as in the shell, and the selection meant.

    ``tag "Acme Inc" gold`` would else give two tags to whatever is selected. A word alone is what
    the verb needs: a tag may be called as a company is.
    """
    takes = ctx.door is Door.LINE and any(param.how == "records" for param in command.params)
    kind = command.kind or ctx.selection.kind
    if not takes or kind is None or not ctx.selection.ids:
        return
    from planhat_tui.commands import grammar

    told = grammar.positional(command, words, ctx.door)
    by_id = any(word == "--id" or word.startswith("--id=") for word in words)
    needed = any(param.how in {"word", "words"} and param.required for param in command.params)
    meant = _named(ctx, kind, told[0]) if len(told) > needed and not by_id else ()
    if not meant:
        return
    name = quoted(told[0])
    advice = f"Here the verb takes the selection; --id {name} names another."
    if meant == ctx.selection.ids:
        advice = "Here the verb takes the selection: leave the name out."
    raise InputError(f"{name} is a {kind}.", advice)


def _named(ctx: Context, kind: Kind, text: str) -> tuple[str, ...]:
    """Return the ids of the records that have a text as name, id or e-mail, as it is written."""
    from planhat_tui.commands import lookup

    try:
        found: tuple[str, ...] = (ctx.workspace().reads.resolve(kind, text),)
    except NotFoundError:
        return ()
    except AmbiguousError as error:
        found = tuple(record_id for record_id, _ in error.candidates)
    if "@" in text or text.startswith("extid-"):
        return found
    raws = {one: lookup.raw(ctx, kind, one) or {} for one in found}
    return tuple(one for one, raw in raws.items() if text in {one, raw.get("name")})


def all_known() -> Listing:
    """Return what the line knows, for who types ``?``."""
    return listed(open_here())


def listed(found: Sequence[Command]) -> Listing:
    """Return verbs with what they do."""
    rows = tuple({"name": one.name, "summary": one.summary} for one in found)
    columns = (Column("name", "COMMAND"), Column("summary", "WHAT IT DOES", prose=True))
    return Listing(rows, columns, "help COMMAND says how one is typed.")


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
