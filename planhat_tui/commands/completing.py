"""What can stand at the end of a line that is being typed, in the ``:`` line and in a shell.

It reads the registry and the local copy, never Planhat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.commands import line, values
from planhat_tui.commands.context import Door
from planhat_tui.commands.grammar import of_all, params_of, spellings
from planhat_tui.commands.registry import GLOBALS, ROOMS, THEME, commands, first_words
from planhat_tui.commands.words import at_end, quoted
from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.commands.registry import Command, Param
    from planhat_tui.commands.values import Choice, Sources

_STARTING: Final = (*GLOBALS, THEME)
"""Options that may stand before a command of the shell."""

MOST: Final = 100
"""Choices that are offered at once."""

_HELP: Final = "help"
"""The verb whose words are the names of others."""

_VALUED: Final = frozenset({"option", "options"})


class Offered(NamedTuple):
    """What can stand instead of ``typed``, and in words what is due there and of what type."""

    choices: tuple[Choice, ...] = ()
    due: str = ""


class Lines(NamedTuple):
    """Whole lines that could stand instead of ``text``, with the choice that each one takes.

    ``command`` is the verb that is typed, ``None`` before it is clear.
    """

    text: str
    lines: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    due: str = ""
    command: Command | None = None


def of_line(text: str, sources: Sources) -> Lines:
    """Complete a ``:`` line: the command after its last semicolon."""
    cursor = at_end(text)
    words = cursor.before
    if line.END in words:
        words = words[len(words) - words[::-1].index(line.END) :]
    begun = _begun(words, sources)
    offered = _in_line(words, begun, cursor.typed, sources)
    head = text[: cursor.start]
    whole = tuple(f"{head}{quoted(choice.text)}" for choice in offered.choices)
    command = (begun or _begun((*words, cursor.typed), sources)) if cursor.typed else begun
    return Lines(text, whole, offered.choices, offered.due, command.command if command else None)


def of_shell(words: Sequence[str], typed: str, sources: Sources) -> Offered:
    """Complete the words of a shell: ``words`` stand between the program and what is typed."""
    rest, waiting = _without_globals(words)
    if waiting is not None:
        return _value(waiting, None, typed, sources)
    if not rest and (assigned := _assigned(_STARTING, None, typed, sources)):
        return assigned
    if not rest and (joined := _joined(typed)):
        param, flag = joined
        offered = _value(param, None, typed.removeprefix(flag), sources)
        return offered._replace(
            choices=tuple(one._replace(text=f"{flag}{one.text}") for one in offered.choices)
        )
    first = rest[0] if rest else ""
    found = _in_shell(first) if first in ROOMS else ()
    if not rest:
        return _starting(
            typed, [*_first_words(Door.SHELL, typed), *(_flags(_STARTING) if typed else ())]
        )
    command = next((c for c in found if not c.noun), None)
    if command is None and len(rest) > 1:
        command = next((c for c in found if rest[1] in {c.verb, *c.aliases}), None)
        rest = rest[1:] if command is not None else rest
    if command is None:
        return _starting(typed, _named(rest, Door.SHELL))
    return _after(command, rest[1:], typed, sources, Door.SHELL)


def _begun(words: Sequence[str], sources: Sources) -> line.Typed | None:
    """Return the verb that is typed, if it's clear which."""
    try:
        return line.typed(words, sources.selection) if words else None
    except PlanhatTuiError:
        return None


def _in_line(
    words: Sequence[str], begun: line.Typed | None, typed: str, sources: Sources
) -> Offered:
    selection = sources.selection
    if not words:
        kind = selection.kind
        noun = kind.value if kind is not None and kind.value in ROOMS else ""
        own = [values.Choice(c.verb, c.summary) for c in line.open_here(noun) if noun]
        return _starting(typed, [*own, *_first_words(Door.LINE, typed)])
    if begun is None:
        return _starting(typed, _named(words, Door.LINE))
    return _after(begun.command, begun.words, typed, sources, Door.LINE)


def _after(
    command: Command, words: Sequence[str], typed: str, sources: Sources, door: Door
) -> Offered:
    """Complete what follows a verb: an option, the value of one, or the word that is due."""
    params, shared = params_of(command, door), of_all(command, door)
    due, waiting = due_after((*params, *shared), words, door)
    if not waiting and (assigned := _assigned((*params, *shared), command, typed, sources, door)):
        return assigned
    if not waiting and typed.startswith("-"):
        return _starting(typed, _flags([*params, *shared], door))
    if due is None:
        return _starting(typed, _flags(params, door))._replace(due=command.summary)
    offered = _value(due, command, typed, sources)
    if command.name == _HELP and not waiting:
        names = _named([word for word in words if not word.startswith("-")], door)
        return _starting(typed, names)._replace(due=offered.due)
    return offered


def _named(words: Sequence[str], door: Door) -> list[Choice]:
    """Return the words that name a command behind these: first words, or the verbs of one."""
    if not words:
        return _first_words(door)
    known = commands(words[0]) if len(words) == 1 and words[0] in ROOMS else ()
    return [values.Choice(c.verb, c.summary) for c in known if c.noun and door in c.doors]


def _assigned(
    params: Sequence[Param],
    command: Command | None,
    typed: str,
    sources: Sources,
    door: Door = Door.SHELL,
) -> Offered | None:
    """Return what can stand behind ``--option=``; ``None`` where no such option is typed."""
    flag, equals, value = typed.partition("=")
    param = next((one for one in params if flag in spellings(one, door)), None)
    if not equals or param is None or param.how == "flag":
        return None
    offered = _value(param, command, value, sources)
    whole = tuple(choice._replace(text=f"{flag}={choice.text}") for choice in offered.choices)
    return offered._replace(choices=whole)


def due_after(
    params: Sequence[Param], words: Sequence[str], door: Door
) -> tuple[Param | None, bool]:
    """Return the parameter that comes after these words, and whether an option waits for it."""
    spelled = {flag: param for param in params for flag in spellings(param, door)}
    waiting: Param | None = None
    taken = 0
    for word in words:
        if waiting is not None:
            waiting = None
        elif word in spelled:
            waiting = spelled[word] if spelled[word].how != "flag" else None
        elif not word.startswith("--"):
            taken += 1
    if waiting is not None:
        return waiting, True
    places = [param for param in params if not spellings(param, door)]
    if taken < len(places):
        return places[taken], False
    return (places[-1] if places and places[-1].how == "words" else None), False


def _value(param: Param, command: Command | None, typed: str, sources: Sources) -> Offered:
    metavar = param.metavar or param.name.upper()
    many = "..." if param.how == "words" else ""
    due = values.type_of(param, command, typed, sources) or f"{metavar}{many}  {param.help}"
    found = values.offered(param, command, typed, sources)
    return _starting(typed, found)._replace(due=due)


def _starting(typed: str, choices: Iterable[Choice]) -> Offered:
    """Return what starts as typed, each once; what is searched for without accents is found so."""
    start = fold(typed)
    once = {c.text: c for c in choices if fold(c.text).startswith(start)}
    return Offered(tuple(once.values())[:MOST])


def _first_words(door: Door, typed: str = "") -> list[Choice]:
    return [values.Choice(word, does) for word, does in first_words(door, fold(typed))]


def _in_shell(first: str) -> tuple[Command, ...]:
    return tuple(command for command in commands(first) if Door.SHELL in command.doors)


def _flags(params: Iterable[Param], door: Door = Door.SHELL) -> list[Choice]:
    """Return the long spelling of each option, and what it means."""
    return [
        values.Choice(spelled[-1], param.help)
        for param in params
        if (spelled := spellings(param, door))
    ]


def _without_globals(words: Sequence[str]) -> tuple[list[str], Param | None]:
    """Return the words without the options of all verbs, and the one that waits for its value."""
    spelled = {flag: param for param in _STARTING for flag in param.flags}
    kept: list[str] = []
    waiting: Param | None = None
    for word in words:
        if waiting is not None:
            waiting = None
        elif word in spelled:
            waiting = spelled[word] if spelled[word].how in _VALUED else None
        elif word.partition("=")[0] not in spelled and (kept or not _joined(word)):
            kept.append(word)
    return kept, waiting


def _joined(word: str) -> tuple[Param, str] | None:
    """Return the option of one letter to which its value is joined, as in ``-pacme``, and it.

    It is one before the verb alone: behind it ``-phase:`` is what a query leaves out.
    """
    for param in _STARTING:
        for flag in param.flags:
            if len(flag) == 2 < len(word) and word.startswith(flag) and param.how in _VALUED:
                return param, flag
    return None


def profile_of(words: Sequence[str]) -> str:
    """Return the profile that the words of a shell name; empty if they name none."""
    for place, word in enumerate(words):
        if word == "--demo":
            return "demo"
        if word in {"-p", "--profile"} and place + 1 < len(words):
            return words[place + 1]
        if word.startswith("--profile="):
            return word.partition("=")[2]
        if word.startswith("-p") and _joined(word) and not _without_globals(words[:place])[0]:
            return word.removeprefix("-p")
    return ""
