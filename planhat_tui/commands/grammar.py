"""The words of a verb, read by click: the same for the shell and for the ``:`` line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from planhat_tui.commands.context import Door
from planhat_tui.errors import InputError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.registry import Command, Param

CONFIRMING: Final = ("yes", "confirm")
"""Options of verbs that ask, in the shell: they answer the question before it's asked."""


def parameters(command: Command, door: Door) -> list[click.Parameter]:
    """Return a verb's parameters as click takes them, for one door."""
    made = [_parameter(param, door) for param in command.params]
    if command.effect in {"delete", "typed"} and door is Door.SHELL:
        made += [
            click.Option(["--yes"], is_flag=True, help="don't ask"),
            click.Option(["--confirm"], metavar="NAME", default="", help="the profile's name"),
        ]
    return made


def _parameter(param: Param, door: Door) -> click.Parameter:
    match param.how:
        case "records" if door is Door.SHELL:
            return click.Argument([param.name], metavar=param.metavar, nargs=1)
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
                default=param.default,
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
    """Return what click read as the verb's own arguments."""
    read: dict[str, Any] = {}
    for param in command.params:
        value = given[param.name]
        if param.how == "records":
            value = (value,) if isinstance(value, str) else tuple(value)
        elif param.how in {"words", "options"}:
            value = tuple(value)
        elif param.how != "flag":
            value = value or ""
        read[param.name] = value
    return read


def read_line(command: Command, words: Sequence[str]) -> dict[str, Any]:
    """Read the words after a verb in the ``:`` line. Raises :class:`InputError`."""
    parser = click.Command(
        command.name, params=parameters(command, Door.LINE), add_help_option=False
    )
    try:
        with parser.make_context(command.name, query_words(list(words))) as read:
            return arguments(command, read.params)
    except click.UsageError as error:
        known = translated(error)
        if "extra argument" in known.message and any(p.how == "records" for p in command.params):
            known.advice = "The selection is meant here; another record is named with --id."
        raise known from None


def translated(error: click.UsageError) -> InputError:
    """Return our error for click's: what is wrong, and what would be right."""
    message = error.format_message().rstrip(".")
    if isinstance(error, click.NoSuchOption):
        known = [o for p in (error.ctx.command.params if error.ctx else []) for o in p.opts]
        near = nearest(error.option_name, known)
        return InputError(
            f"There's no option {error.option_name}.", f"Did you mean {near}?" if near else ""
        )
    usage = error.ctx.get_usage().replace("\n", " ") if error.ctx else ""
    return InputError(f"{message}.", " ".join(usage.split()))


def query_words(tokens: Sequence[str]) -> list[str]:
    """Return the words with ``-tag:x`` as ``not:tag:x``, which no parser takes for an option.

    A value that follows an option stays as it is, and so does everything after ``--``.
    """
    safe: list[str] = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        if token == "--":  # noqa: S105 -- the end of the options
            return [*safe, *tokens[place:]]
        negated = token.startswith("-") and not token.startswith("--") and ":" in token
        valued = before.startswith("--") and "=" not in before
        safe.append(f"not:{token[1:]}" if negated and not valued else token)
    return safe
