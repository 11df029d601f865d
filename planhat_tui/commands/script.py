"""``run`` and ``repl``: the ``:`` line without the screen, from a file or as it's typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planhat_tui.commands import line
from planhat_tui.commands.context import Door, Selection
from planhat_tui.commands.manner import Manner
from planhat_tui.commands.registry import ALL, flag, verb, word
from planhat_tui.commands.results import Done
from planhat_tui.errors import InputError, PartialError, PlanhatTuiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.commands.context import Context


@verb(
    "run",
    word("file", "a file with one or several commands a line; # begins a comment", "FILE"),
    flag("--keep-going", "go on after an error"),
    needs_profile=False,
)
def run(ctx: Context, file: str, keep_going: bool) -> Done:  # noqa: FBT001 -- a flag of the line
    """Run the commands of a file, as the : line takes them; the first error stops it."""
    if ctx.door is Door.SCRIPT:
        raise InputError("A script runs no other one.", "Write its lines here.")
    try:
        text = Path(file).expanduser().read_text(encoding="utf-8")
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "nobody is called so"
        raise InputError(f"{file} can't be read: {why}.", "Check its name.", field="file") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} isn't UTF-8.", "Save it as UTF-8.", field="file") from None
    return run_lines(ctx, text.splitlines(), name=file, keep_going=keep_going)


@verb(
    "repl",
    flag("--keep-going", "go on after an error, as it does in a terminal"),
    doors=Door.SHELL,
    needs_profile=False,
)
def repl(ctx: Context, keep_going: bool) -> Done:  # noqa: FBT001 -- a flag of the line
    """Take commands as the : line does, without a screen: plain text, one fact a line.

    For pipes, terminals without a cursor, and screen readers. exit or ctrl+d leaves.
    """
    going = keep_going or ctx.interactive
    return run_lines(ctx, ctx.typed(), name="line", keep_going=going)


def run_lines(ctx: Context, lines: Iterable[str], *, name: str, keep_going: bool) -> Done:
    """Run lines one by one, and show each answer as it comes.

    The first that fails stops it: its error is raised, with the place. With ``keep_going`` errors
    are shown instead, and the exit status tells of them: the one of all, or that some failed.
    """
    inner = ctx._replace(door=Door.SCRIPT, selection=Selection())
    done, failures = 0, []
    for number, text in enumerate(lines, start=1):
        if text.strip() in line.LEAVING:
            break
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if text.strip() == ALL:
            ctx.show(line.all_known(), Manner())
            continue
        place = f"{name}:{number}" if name != "line" else f"line {number}"
        try:
            status = _run_line(inner, text)
        except PlanhatTuiError as error:
            error.message = f"{place}: {error.message}"
            if not keep_going:
                raise
            ctx.show(error, Manner())
            status = error.exit_status
        if status and not keep_going:
            return Done(f"{place}: this stopped it.", exit_status=status)
        failures += [status] if status else []
        done += not status
    return Done("", exit_status=_status(done, failures))


def _run_line(ctx: Context, text: str) -> int:
    """Run the commands of a line until one fails; return its exit status, or 0."""
    for typed in line.read(text, ctx.selection):
        answer, manner = typed.answer(ctx)
        ctx.show(answer, manner)
        if status := getattr(answer, "exit_status", 0):
            return int(status)
    return 0


def _status(done: int, failures: list[int]) -> int:
    if not failures:
        return 0
    return failures[0] if not done and len(set(failures)) == 1 else PartialError.exit_status
