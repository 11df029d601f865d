"""An answer into a file (``--to FILE``): for its owner alone, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from planhat_tui.commands.output import write
from planhat_tui.commands.results import Done, Listing, Watching
from planhat_tui.errors import InputError
from planhat_tui.model.text import plural, visible
from planhat_tui.workspace.wholefile import check_place, named, whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.output import Format, Style
    from planhat_tui.commands.registry import Command
    from planhat_tui.commands.results import Result

_BOOKS: Final = frozenset({".xlsx", ".xls", ".ods", ".numbers"})
_FORMS: Final[Mapping[str, Format]] = {".json": "json", ".jsonl": "jsonl", ".csv": "csv"}
"""The form that a file's ending asks for, where no option names another."""
_WHOLE: Final = frozenset({"json", "csv"})
"""Forms in which all answers together are one text."""


def check_form(form: str | None, command: Command) -> None:
    """Raise :class:`InputError` where a verb's answers are no one document, before any is given."""
    if command.goes_on and form in _WHOLE:
        raise InputError(
            f"{command.name} shows its answers as they come: together they are no {form.upper()}.",
            f"Use --jsonl, or -o {form} at a command of it.",
        )


def check_to(name: str, command: Command) -> None:
    """Raise :class:`InputError` where a verb's answer can't be written: before anything is done."""
    if name == "-":
        raise InputError("The answer stands on stdout anyway.", "Leave --to out.", field="to")
    if command.goes_on:
        raise InputError(
            f"{command.name} shows its answers as they come.",
            f"Write --to at a command of it, or: planhat-tui {command.name} ... > FILE",
            field="to",
        )
    if Path(name).suffix.casefold() in _BOOKS:
        raise InputError(
            "An answer is written as text, CSV or JSON, not as a workbook.",
            "Name a file like found.csv, or use: export QUERY --to FILE.xlsx",
            field="to",
        )
    check_place(named(name))


def saved(result: Result, manner: Manner, plain: Style) -> Done:
    """Write an answer into the manner's file; return what is left to say of it.

    Raises :class:`InputError` if the file can't be written; one that is there is replaced.
    """
    if isinstance(result, Watching):
        raise InputError("This never ends, so it fills no file.", "Leave --to out.", field="to")
    style = manner.style(plain)._replace(width=0)
    if manner.format is None and (form := _FORMS.get(Path(manner.to).suffix.casefold())):
        style = style._replace(format=form)
    lines: list[str] = []
    notes: list[str] = []
    write(result, style, lines.append, notes.append)
    was_there = named(manner.to).exists()
    path = write_lines(manner.to, lines)
    what = (
        plural(len(result.records), "record")
        if isinstance(result, Listing)
        else plural(sum(line.count("\n") + 1 for line in lines), "line")
    )
    instead = ", in place of what was there" if was_there else ""
    told = "\n".join([f"{what} written to {visible(str(path))}{instead}.", *notes])
    status = int(getattr(result, "exit_status", 0))
    if isinstance(result, Done):
        return result._replace(text=told, records=(), later="")
    return Done(told, exit_status=status)


def write_lines(name: str, lines: Iterable[str]) -> Path:
    """Write lines into a file, whole, for its owner alone; one that is there is replaced.

    Raises :class:`InputError` and :class:`StorageError`.
    """
    path = named(name)
    with whole_file(path) as file:
        file.writelines(f"{line}\n".encode() for line in lines)
    return path
