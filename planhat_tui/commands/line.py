"""The ``:`` line: one or several verbs as text, on the selection.

``tag gold; call list`` is one word ``gold;``: a semicolon parts commands only as a word of its
own. Verbs may be abbreviated while they are unambiguous, but not those that delete. The noun may
be left out where the selection gives it.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import ROOMS, Effect, commands, match
from planhat_tui.errors import InputError, PlanhatTuiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context, Selection
    from planhat_tui.commands.registry import Command
    from planhat_tui.commands.results import Result

_END: Final = ";"


@dataclass(frozen=True, slots=True)
class Typed:
    """One verb with the words after it."""

    command: Command
    words: tuple[str, ...]

    def run(self, ctx: Context) -> Result:
        """Do it. Raises the errors of :mod:`planhat_tui.errors`."""
        from planhat_tui.commands.grammar import read_line

        arguments: dict[str, Any] = read_line(self.command, self.words)
        return self.command.run(ctx, **arguments)


def read(text: str, selection: Selection) -> tuple[Typed, ...]:
    """Read a line. Raises :class:`InputError`; nothing is done then, not even the first of it."""
    parts: list[list[str]] = [[]]
    for word in split(text):
        if word == _END:
            parts.append([])
        else:
            parts[-1].append(word)
    return tuple(_typed(words, selection) for words in parts if words)


def split(text: str) -> list[str]:
    """Return the words of a line; quotes keep blanks together. Raises :class:`InputError`."""
    try:
        return shlex.split(text)
    except ValueError:
        raise InputError("A quote isn't closed.", "Close it, or put a \\ before it.") from None


def _typed(words: Sequence[str], selection: Selection) -> Typed:
    first, rest = words[0], words[1:]
    noun = _noun(first, selection)
    if noun is None:
        kind = str(selection.kind)
        return Typed(_verb(kind, first), tuple(rest))
    alone = [command for command in _open(noun) if not command.noun]
    if alone:
        return Typed(alone[0], tuple(rest))
    if not rest:
        verbs = ", ".join(command.verb for command in _open(noun))
        raise InputError(f"What about {noun}?", f"There are: {verbs}.")
    return Typed(_verb(noun, rest[0]), tuple(rest[1:]))


def _noun(first: str, selection: Selection) -> str | None:
    """Return the first word that was meant; ``None`` if it's a verb of the selection's kind."""
    nouns = [noun for noun in ROOMS if _open(noun)]
    if first in nouns:
        return first
    if selection.kind is not None and selection.kind.value in ROOMS:
        verbs = _names(selection.kind.value)
        if first in verbs:
            return None
        if not any(noun.startswith(first) for noun in nouns):
            match(first, [*nouns, *verbs], "command", exact=_deleting(selection.kind.value))
            return None
    return match(first, nouns, "command")


def _verb(noun: str, typed: str) -> Command:
    name = match(typed, _names(noun), f"{noun} verb", exact=_deleting(noun))
    return next(c for c in _open(noun) if name in {c.verb, *c.aliases})


def _open(first: str) -> tuple[Command, ...]:
    return tuple(command for command in commands(first) if Door.LINE in command.doors)


def _names(noun: str) -> list[str]:
    verbs = [command.verb for command in _open(noun)]
    return verbs + [alias for command in _open(noun) for alias in command.aliases]


def _deleting(noun: str) -> list[str]:
    return [command.verb for command in _open(noun) if command.effect is Effect.DELETE]


def completions(text: str, ctx: Context) -> tuple[str, ...]:
    """Return whole lines that could stand instead of ``text``: verbs, tags, fields, profiles."""
    head, _, last = text.rpartition(" ")
    try:
        words = split(head)
    except InputError:
        return ()
    if _END in words:
        words = words[len(words) - words[::-1].index(_END) :]
    offered = [word for word in _offered(words, ctx) if word.casefold().startswith(last.casefold())]
    return tuple(f"{head} {word}".lstrip() for word in offered[:100])


def _offered(words: Sequence[str], ctx: Context) -> list[str]:
    """Return what could stand after these words."""
    selection = ctx.selection
    if not words:
        kind = selection.kind
        own = _names(kind.value) if kind is not None and kind.value in ROOMS else []
        return list(dict.fromkeys([*own, *(noun for noun in ROOMS if _open(noun))]))
    try:
        typed = _typed(words, selection)
    except PlanhatTuiError:
        noun = words[0]
        return _names(noun) if len(words) == 1 and noun in ROOMS else []
    return _values(typed.command, ctx)


def _values(command: Command, ctx: Context) -> list[str]:
    from planhat_tui.model.fields import FIELDS, custom_path

    reads = ctx.workspace().reads
    names = {param.name for param in command.params}
    if "tags" in names and command.kind is not None:
        return [shlex.quote(tag) for tag, _ in reads.tags(command.kind)]
    if "values" in names and command.kind is not None:
        own = [field.name for field in FIELDS[command.kind] if field.editable]
        custom = [custom_path(key) for key, _, _ in reads.custom_keys(command.kind)]
        return [f"{shlex.quote(name)}=" for name in [*own, *custom]]
    if command.noun == "profile" and "name" in names:
        return list(ctx.config().profiles)
    return [option for param in command.params for option in param.flags if option[:2] == "--"]
