"""How something is typed, and what it does: what ``-h`` and ``help`` show."""

from __future__ import annotations

import shutil
import textwrap
from inspect import cleandoc
from typing import TYPE_CHECKING, Final

from planhat_tui.commands.context import Door
from planhat_tui.commands.grammar import metavar, place_of, spellings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from planhat_tui.commands.grammar import Place
    from planhat_tui.commands.registry import Command, Param

MOST: Final = 100
"""Cells in which help is written in the shell, whatever the terminal has."""
_LEAST: Final = 20
_LINE: Final = 80
_MARGIN: Final = 2
_FIRST: Final = 30
"""Cells that the words before an explanation take at most; longer ones have a line of their own."""


def of_verb(command: Command, door: Door) -> str:
    """Return how a verb is typed at a door and what it does, in lines of at most 100 cells."""
    return text_of(place_of(command, door), command.help)


def pieces(params: Iterable[Param], door: Door) -> list[str]:
    """Return the words that stand at places, as they are named."""
    return [metavar(param) for param in params if not spellings(param, door)]


def line_of(place: Place) -> str:
    """Return how it's typed, in one line."""
    return f"Usage: {place.name} {_typed(place)}"


def _typed(place: Place) -> str:
    words = place.more or " ".join(pieces(place.params, place.door))
    return f"[OPTIONS] {words}".rstrip()


def text_of(place: Place, help: str, inner: Sequence[tuple[str, str]] = ()) -> str:  # noqa: A002 -- the field's word
    """Return the whole help; ``inner`` are the words that may follow, and what they do."""
    most = MOST if place.door is Door.SHELL else _LINE
    width = max(min(shutil.get_terminal_size().columns, most) - _MARGIN, _LEAST)
    told = [(_spelled(one, place.door), _meaning(one)) for one in place.params]
    lines = [*_heading(place, width)]
    for paragraph in cleandoc(help).split("\n\n"):
        lines += ["", *_wrapped(paragraph, width, "  ", "  ")]
    lines += ["", "Options:", *_table([row for row in told if row[0]], width)]
    if inner:
        lines += ["", "Commands:", *_table(inner, width)]
    return "\n".join(lines)


def _heading(place: Place, width: int) -> list[str]:
    before = f"Usage: {place.name} "
    if width >= len(before) + _LEAST:
        return _wrapped(_typed(place), width, before, " " * len(before))
    indent = " " * (len("Usage: ") + 4)
    return [before.rstrip(), *_wrapped(_typed(place), width, indent, indent)]


def _spelled(param: Param, door: Door) -> str:
    written = ", ".join(spellings(param, door))
    if not written or param.how == "flag":
        return written
    value = f"[{'|'.join(param.choices)}]" if param.choices else param.metavar
    return f"{written} {'ID' if param.how == 'records' else value}"


def _meaning(param: Param) -> str:
    if param.how == "records":
        return "instead of the selection"
    marks = [f"default: {param.default}"] if param.default else []
    marks += ["required"] if param.required and param.how == "option" else []
    return f"{param.help}  [{'; '.join(marks)}]" if marks else param.help


def _table(rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    """Give words and what they mean, in two columns."""
    first = min(max(len(name) for name, _ in rows), _FIRST, width // 2) + _MARGIN
    for name, does in rows:
        begin = f"  {name}"
        lines = _wrapped(does, width - first - _MARGIN)
        if len(name) > first - _MARGIN:
            yield begin
            begin = ""
        for at, line in enumerate(lines or [""]):
            yield f"{begin if not at else '':{first + _MARGIN}}{line}".rstrip()


def _wrapped(text: str, width: int, first: str = "", later: str = "") -> list[str]:
    flowing = " ".join(text.split("\n"))
    return textwrap.wrap(
        flowing, width, initial_indent=first, subsequent_indent=later, replace_whitespace=False
    )
