"""The words of a verb, read by its parameters: the same way for the shell and for the ``:`` line.

What isn't as it should be is told with what would be right. How a verb is typed is written by
:mod:`planhat_tui.commands.usage`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import (
    ANSWERING,
    GLOBALS,
    MANY,
    STARTING,
    Effect,
    flag,
    option,
)
from planhat_tui.errors import InputError
from planhat_tui.model.text import nearest, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planhat_tui.commands.registry import Command, Param

CONFIRMING: Final = (
    flag("--yes", "don't ask"),
    option("--confirm", "the profile's name", "NAME"),
)
"""Options of verbs that ask, in shell and script: they answer the question before it's asked."""

HELP: Final = flag("-h --help", "show this and exit")
"""An option of whatever is typed in the shell. The ``:`` line looks for it beforehand."""

FILES: Final = frozenset({"FILE", "PATH"})
"""Metavars of what names a file: such a name may be any bytes."""

_NAMED_BY_ID: Final = {
    Door.LINE: "The selection is meant here; another record is named with --id.",
    Door.SCRIPT: "Name the record with --id.",
}

_TERMS: Final = {"limit": "limit:3", "sort": "sort:-arr"}
"""What stands in a query where other programs have options; fields are asked for alike."""


class Place(NamedTuple):
    """What may be typed behind a name: behind a verb, or with ``more`` before one."""

    name: str
    params: tuple[Param, ...]
    door: Door
    more: str = ""


class Parts(NamedTuple):
    """Words by what they are: options with their values, in their order, and those between."""

    given: tuple[tuple[Param, str], ...]
    between: tuple[str, ...]

    def has(self, param: Param) -> bool:
        """Tell whether an option is among them."""
        return any(one is param for one, _ in self.given)


# -- what may be typed


def params_of(command: Command, door: Door) -> tuple[Param, ...]:
    """Return a verb's parameters, with those that answer its question where nobody can be asked."""
    asks = command.asks or (
        door is Door.SCRIPT and command.effect is Effect.WRITE and _takes_records(command)
    )
    return (*command.params, *CONFIRMING) if asks and door is not Door.LINE else command.params


def _takes_records(command: Command) -> bool:
    """Tell whether many can be named with ``--id``, which the shell takes one of."""
    return any(param.how == "records" for param in command.params)


def of_all(command: Command, door: Door) -> tuple[Param, ...]:
    """Return the options of all verbs that stand after one; its own go before those."""
    own = {spelling for param in params_of(command, door) for spelling in param.flags}
    shared = GLOBALS if door is Door.SHELL else ANSWERING
    return tuple(param for param in shared if not own & set(param.flags))


def place_of(command: Command, door: Door) -> Place:
    """Return what may be typed behind a verb at a door."""
    program, helps = ("planhat-tui ", (HELP,)) if door is Door.SHELL else ("", ())
    params = (*params_of(command, door), *of_all(command, door), *helps)
    return Place(f"{program}{command.name}", params, door)


def spellings(param: Param, door: Door) -> tuple[str, ...]:
    """Return how a parameter is written as an option; empty for one that is a place."""
    if param.how == "records":
        return () if door is Door.SHELL else ("--id",)
    return param.flags


def takes_many(param: Param) -> bool:
    """Tell whether a place takes all words that are left."""
    return param.how == "words" or param.metavar == MANY


# -- what is typed


def parsed(command: Command, words: Sequence[str], door: Door) -> dict[str, Any]:
    """Read the words after a verb. Raises :class:`InputError`."""
    place = place_of(command, door)
    try:
        return values(place, parts(place, words))
    except InputError as error:
        if "extra argument" in error.message and _takes_records(command) and door in _NAMED_BY_ID:
            error.advice = _NAMED_BY_ID[door]
        raise


def positional(command: Command, words: Sequence[str], door: Door) -> tuple[str, ...]:
    """Return the words after a verb that belong to no option. Raises :class:`InputError`."""
    return parts(place_of(command, door), words).between


def parts(place: Place, words: Sequence[str]) -> Parts:
    """Part the words; before a verb they end at it. Raises :class:`InputError`."""
    spelled = {one: param for param in place.params for one in spellings(param, place.door)}
    given: list[tuple[Param, str]] = []
    between: list[str] = []
    left = [*reversed(query_words(words, place.params, place.door))]
    while left and (word := left.pop()) != "--":
        if word.startswith("-") and word != "-":
            given += _options(place, spelled, word, left)
            continue
        between.append(word)
        if place.more:
            break
    return Parts(tuple(given), (*between, *reversed(left)))


def _options(
    place: Place, spelled: Mapping[str, Param], word: str, left: list[str]
) -> Iterator[tuple[Param, str]]:
    """Give the options in a word with their values, which may be the next of what is ``left``."""
    for spelling, joined in _flags(word, spelled):
        param, value = spelled.get(spelling), joined
        if param is None:
            raise _unknown(place, spelling)
        if param.how == "flag" and value is not None:
            _refuse(place, f"Option '{spelling}' does not take a value.")
        if param.how != "flag" and value is None:
            if not left:
                _refuse(place, f"Option '{spelling}' requires an argument.")
            value = left.pop()
        yield param, value or ""


def _flags(word: str, spelled: Mapping[str, Param]) -> Iterator[tuple[str, str | None]]:
    """Give the options in a word, with the value that is joined to one: ``--a=b``, ``-qob``."""
    if word.startswith("--"):
        spelling, equals, value = word.partition("=")
        yield spelling, value if equals else None
        return
    for at, letter in enumerate(word[1:], start=2):
        param = spelled.get(f"-{letter}")
        if param is not None and param.how != "flag":
            yield f"-{letter}", word[at:] or None
            return
        yield f"-{letter}", None


def values(place: Place, found: Parts) -> dict[str, Any]:
    """Return what was typed by the parameters' names, and what is there instead of what wasn't.

    What may be repeated is a tuple. What a verb can't do without an option it says itself. Raises
    :class:`InputError`.
    """
    read: dict[str, Any] = {param.name: _unsaid(param) for param in place.params}
    for param, value in found.given:
        if param.choices and value not in param.choices:
            _refuse(place, f"Invalid value for {_named(param)}: {value!r} is not {_one_of(param)}.")
        if param.how in {"records", "options"}:
            read[param.name] = (*read[param.name], value)
        else:
            read[param.name] = value if param.how != "flag" else True
    if not place.more:
        read |= _placed(place, found.between)
    return read


def _unsaid(param: Param) -> object:
    if param.how == "flag":
        return False
    return () if param.how in {"records", "words", "options"} else param.default


def _placed(place: Place, words: Sequence[str]) -> dict[str, Any]:
    """Give the places their words, each one or all that those behind it leave."""
    places = [param for param in place.params if not spellings(param, place.door)]
    read: dict[str, Any] = {}
    left = [*words]
    for behind, param in zip(reversed(range(len(places))), places, strict=True):
        count = max(0, len(left) - behind) if takes_many(param) else 1
        taken, left = left[:count], left[count:]
        if not taken and param.required:
            _refuse(place, f"Missing argument '{metavar(param)}'.")
        if taken:
            several = takes_many(param) or param.how == "records"
            read[param.name] = tuple(taken) if several else taken[0]
    if left:
        _refuse(place, f"Got unexpected extra argument{'s' * (len(left) > 1)} ({' '.join(left)}).")
    return read


def arguments(command: Command, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was read as the verb's own arguments.

    Raises :class:`InputError` where one has bytes that are no text, unless it names a file.
    """
    for param in command.params:
        if param.how != "flag" and param.metavar not in FILES:
            value = given[param.name]
            _refuse_bytes(param, (value,) if isinstance(value, str) else value)
    return {param.name: given[param.name] for param in command.params}


def _refuse_bytes(param: Param, typed: Iterable[str]) -> None:
    for value in typed:
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InputError(
                f"{visible(value)} has bytes that are no text.", "Type it in UTF-8.",
                field=param.name,
            ) from None  # fmt: skip


def asks_for_help(command: Command, words: Sequence[str], door: Door) -> bool:
    """Tell whether the words after a verb ask how it's typed."""
    valued = _valued(place_of(command, door).params, door)
    for at, word in enumerate(words):
        if word == "--":
            return False
        if word in HELP.flags and not (at and words[at - 1] in valued):
            return True
    return False


def query_words(tokens: Sequence[str], params: Sequence[Param], door: Door) -> list[str]:
    """Return the words with ``-tag:x`` as ``not:tag:x``, which isn't taken for an option.

    The value of an option among ``params`` stays as it is, and so does everything after ``--``, and
    what is no query: a tag may be called so.
    """
    if not any(param.name == "query" and not spellings(param, door) for param in params):
        return [*tokens]
    valued = _valued(params, door)
    safe: list[str] = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else ""
        if token == "--":  # noqa: S105 -- the end of the options
            return [*safe, *tokens[at:]]
        negated = token.startswith("-") and not token.startswith("--") and ":" in token
        safe.append(f"not:{token[1:]}" if negated and before not in valued else token)
    return safe


def _valued(params: Iterable[Param], door: Door) -> set[str]:
    """Return the spellings of the options after which a value stands."""
    options = [param for param in params if param.how != "flag"]
    return {spelling for option in options for spelling in spellings(option, door)}


# -- what is wrong


def metavar(param: Param) -> str:
    """Return how a place is named where it's told how a verb is typed."""
    name = param.metavar if param.required else f"[{param.metavar}]"
    return f"{name}..." if param.how == "words" else name


def _named(param: Param) -> str:
    return " / ".join(f"'{spelling}'" for spelling in param.flags)


def _one_of(param: Param) -> str:
    known = ", ".join(f"'{choice}'" for choice in param.choices)
    return f"one of {known}" if len(param.choices) > 1 else known


def _refuse(place: Place, message: str) -> NoReturn:
    """Raise :class:`InputError`, with how it's typed."""
    from planhat_tui.commands.usage import line_of

    raise InputError(message, line_of(place))


def _unknown(place: Place, spelling: str) -> InputError:
    """Return the error for an option that there isn't, with what it may have been meant for."""
    if place.door is not Door.SHELL and any(spelling in param.flags for param in STARTING):
        return InputError(
            f"{spelling} says how the program begins: it stands in a shell alone.",
            "profile use NAME goes to another tenant.",
        )
    return InputError(f"There's no option {spelling}.", _meant(place, spelling))


def _meant(place: Place, spelling: str) -> str:
    """Return what an unknown option may have been meant for: another one, or a term of a query."""
    from planhat_tui.model import query as queries

    name = spelling.lstrip("-").casefold()
    term = _TERMS.get(name, f"{name}:VALUE" if name in queries.names() else "")
    if term and any(param.name == "query" for param in place.params):
        return f"It is a part of the query: {term}"
    known = [one for param in place.params for one in spellings(param, place.door)]
    near = nearest(spelling, known)
    return f"Did you mean {near}?" if near else ""
