"""The words of a verb, read by click: the same for the shell and for the ``:`` line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

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
from planhat_tui.model import query as queries
from planhat_tui.model.text import nearest, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.registry import Command, Param

CONFIRMING: Final = (
    flag("--yes", "don't ask"),
    option("--confirm", "the profile's name", "NAME"),
)
"""Options of verbs that ask, in shell and script: they answer the question before it's asked."""

FILES: Final = frozenset({"FILE", "PATH"})
"""Metavars of what names a file: such a name may be any bytes."""

HELP_FLAGS: Final = ("-h", "--help")

_NAMED_BY_ID: Final = {
    Door.LINE: "The selection is meant here; another record is named with --id.",
    Door.SCRIPT: "Name the record with --id.",
}

_REST: Final = "rest"

_TERMS: Final = {"limit": "limit:3", "sort": "sort:-arr"}
"""What stands in a query where other programs have options; fields are asked for alike."""


def parameters(command: Command, door: Door) -> list[click.Parameter]:
    """Return a verb's parameters as click takes them, for one door."""
    return made(params_of(command, door), door)


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


def made(params: Sequence[Param], door: Door) -> list[click.Parameter]:
    """Return parameters as click takes them."""
    return [_parameter(param, door) for param in params]


def _parameter(param: Param, door: Door) -> click.Parameter:
    match param.how:
        case "records" if door is Door.SHELL:
            nargs = -1 if param.metavar == MANY else 1
            return click.Argument([param.name], metavar=param.metavar, nargs=nargs, required=True)
        case "records":
            return click.Option(
                ["--id", param.name], metavar="ID", multiple=True, help="instead of the selection"
            )
        case "word" | "words":
            return _argument(param)
        case "flag":
            return click.Option([*param.flags], is_flag=True, help=param.help)
        case "options":
            return click.Option(
                [*param.flags, param.name], metavar=param.metavar, multiple=True, help=param.help
            )
        case "option":
            kind = click.Choice(param.choices) if param.choices else None
            return click.Option(
                [*param.flags, param.name],
                metavar=None if kind else param.metavar,
                type=kind,
                default=param.default or (None if kind else ""),  # "" is none of the choices
                show_default=bool(param.default),
                required=param.required,
                help=param.help,
            )


def _argument(param: Param) -> click.Argument:
    """Return positional words; the usage says what may be left out, and what may be repeated."""
    metavar = param.metavar if param.required else f"[{param.metavar}]"
    if param.how == "words":
        return click.Argument(
            [param.name], metavar=f"{metavar}...", nargs=-1, required=param.required
        )
    if param.required:
        return click.Argument([param.name], metavar=metavar)
    return click.Argument([param.name], metavar=metavar, required=False, default=param.default)


def arguments(command: Command, given: dict[str, Any]) -> dict[str, Any]:
    """Return what click read as the verb's own arguments.

    Raises :class:`InputError` where one has bytes that are no text, unless it names a file.
    """
    read: dict[str, Any] = {}
    for param in command.params:
        value = given[param.name]
        if param.how == "records":
            value = (value,) if isinstance(value, str) else tuple(value)
        elif param.how in {"words", "options"}:
            value = tuple(value)
        elif param.how != "flag":
            value = value or ""
        if param.how != "flag" and param.metavar not in FILES:
            _refuse_bytes(param, (value,) if isinstance(value, str) else value)
        read[param.name] = value
    return read


def _refuse_bytes(param: Param, values: Sequence[str]) -> None:
    for value in values:
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InputError(
                f"{visible(value)} has bytes that are no text.", "Type it in UTF-8.",
                field=param.name,
            ) from None  # fmt: skip


def read_line(command: Command, words: Sequence[str]) -> dict[str, Any]:
    """Return the verb's arguments from the words after it in the ``:`` line."""
    return arguments(command, parsed(command, words, Door.LINE))


def parsed(command: Command, words: Sequence[str], door: Door) -> dict[str, Any]:
    """Read the words after a verb, as click does. Raises :class:`InputError`."""
    params = [*parameters(command, door), *made(of_all(command, door), door)]
    parser = click.Command(command.name, params=params, add_help_option=False)
    try:
        with parser.make_context(command.name, query_words(words, params)) as read:
            return dict(read.params)
    except click.UsageError as error:
        known = translated(error)
        if "extra argument" in known.message and _takes_records(command) and door in _NAMED_BY_ID:
            known.advice = _NAMED_BY_ID[door]
        raise known from None


def asks_for_help(command: Command, words: Sequence[str], door: Door) -> bool:
    """Tell whether the words after a verb ask how it's typed."""
    valued = _valued([*parameters(command, door), *made(of_all(command, door), door)])
    for place, word in enumerate(words):
        if word == "--":
            return False
        if word in HELP_FLAGS and not (place and words[place - 1] in valued):
            return True
    return False


def usage(command: Command, door: Door) -> str:
    """Return how a verb is typed at a door and what it does, in lines of at most 80 cells."""
    params = [*parameters(command, door), *made(of_all(command, door), door)]
    parser = click.Command(command.name, params=params, help=command.help, add_help_option=False)
    program = "planhat-tui " if door is Door.SHELL else ""
    return parser.get_help(click.Context(parser, info_name=f"{program}{command.name}"))


def positional(command: Command, words: Sequence[str], door: Door) -> tuple[str, ...]:
    """Return the words after a verb that belong to no option. Raises :class:`InputError`."""
    every = [*parameters(command, door), *made(of_all(command, door), door)]
    params = [param for param in every if isinstance(param, click.Option)]
    rest = click.Argument([_REST], nargs=-1)
    parser = click.Command(command.name, params=[*params, rest], add_help_option=False)
    try:
        with parser.make_context(command.name, query_words(words, every)) as read:
            return tuple(read.params[_REST])
    except click.UsageError as error:
        raise translated(error) from None


def translated(error: click.UsageError) -> InputError:
    """Return our error for click's: what is wrong, and what would be right."""
    message = error.format_message().rstrip(".")
    if isinstance(error, click.NoSuchOption):
        if any(error.option_name in param.flags for param in STARTING):
            return InputError(
                f"{error.option_name} says how the program begins: it stands in a shell alone.",
                "profile use NAME goes to another tenant.",
            )
        return InputError(f"There's no option {error.option_name}.", _meant(error))
    usage = error.ctx.get_usage().replace("\n", " ") if error.ctx else ""
    return InputError(f"{message}.", " ".join(usage.split()))


def _meant(error: click.NoSuchOption) -> str:
    """Return what an unknown option may have been meant for: another one, or a term of a query."""
    params = error.ctx.command.params if error.ctx else []
    name = error.option_name.lstrip("-").casefold()
    term = _TERMS.get(name, f"{name}:VALUE" if name in queries.names() else "")
    if term and any(param.name == "query" for param in params):
        return f"It is a part of the query: {term}"
    near = nearest(error.option_name, [option for param in params for option in param.opts])
    return f"Did you mean {near}?" if near else ""


def query_words(tokens: Sequence[str], params: Sequence[click.Parameter]) -> list[str]:
    """Return the words with ``-tag:x`` as ``not:tag:x``, which no parser takes for an option.

    The value of an option among ``params`` stays as it is, and so does everything after ``--``, and
    what is no query: a tag may be called so.
    """
    if not any(isinstance(param, click.Argument) and param.name == "query" for param in params):
        return [*tokens]
    valued = _valued(params)
    safe: list[str] = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        if token == "--":  # noqa: S105 -- the end of the options
            return [*safe, *tokens[place:]]
        negated = token.startswith("-") and not token.startswith("--") and ":" in token
        safe.append(f"not:{token[1:]}" if negated and before not in valued else token)
    return safe


def _valued(params: Sequence[click.Parameter]) -> set[str]:
    """Return the spellings of the options after which a value stands."""
    options = [param for param in params if isinstance(param, click.Option) and not param.is_flag]
    return {spelling for option in options for spelling in option.opts}
