"""``run`` and ``repl``: the ``:`` line without the screen, from a file or as it's typed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from planhat_tui.commands import line
from planhat_tui.commands.context import Door, Selection
from planhat_tui.commands.manner import Manner
from planhat_tui.commands.registry import ALL, flag, verb, word
from planhat_tui.commands.results import Done
from planhat_tui.commands.words import without_comment
from planhat_tui.errors import INTERRUPTED, InputError, PartialError, PlanhatTuiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from planhat_tui.commands.context import Context

GOES_ON: Final = "Interrupted. What was queued goes on: outbox list shows it."


@verb(
    "run",
    word("file", "a file with one or several commands a line; # begins a comment", "FILE"),
    flag("--keep-going", "go on after an error with the next command"),
    needs_profile=False,
    goes_on=True,
)
def run(ctx: Context, file: str, keep_going: bool) -> Done:  # noqa: FBT001 -- a flag of the line
    """Run the commands of a file, as the : line takes them; the first error stops it."""
    if ctx.door is Door.SCRIPT:
        raise InputError("A script runs no other one.", "Write its lines here.")
    try:
        text = Path(file).expanduser().read_text(encoding="utf-8-sig")
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "nobody is called so"
        raise InputError(f"{file} can't be read: {why}.", "Check its name.", field="file") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} isn't UTF-8.", "Save it as UTF-8.", field="file") from None
    return run_lines(ctx, text.split("\n"), name=file, keep_going=keep_going)


@verb(
    "repl",
    flag(
        "--keep-going", "go on after an error with the next command; in a terminal, the next line"
    ),
    doors=Door.SHELL,
    needs_profile=False,
    goes_on=True,
)
def repl(ctx: Context, keep_going: bool) -> Done:  # noqa: FBT001 -- a flag of the line
    """Take commands as the : line does, without a screen: plain text, one fact a line.

    For pipes, terminals without a cursor, and screen readers. exit or ctrl+d leaves; ctrl+c gives
    up a line that is typed, or waiting for one that runs.
    """
    return run_lines(ctx, ctx.typed(), name="line", keep_going=keep_going, typed=ctx.interactive)


def run_lines(
    ctx: Context, lines: Iterable[str], *, name: str, keep_going: bool, typed: bool = False
) -> Done:
    """Run lines one by one, and show each answer as it comes.

    The first command that fails stops it: its error is raised, with the place. With ``keep_going``
    errors are shown instead, the next command is run, and the exit status tells of them: the one
    of all, or that some failed. Lines that are ``typed`` go on as well, each up to what fails in
    it, and leave with 0: who types has seen what failed. Who types is asked for the next line after
    an interrupt.
    """
    inner = ctx._replace(door=Door.SCRIPT, selection=Selection(), showing=None)
    going = keep_going or typed
    done, failures = 0, []
    for number, text in enumerate(map(without_comment, lines), start=1):
        if text.strip() in line.LEAVING:
            break
        if not text.strip():
            continue
        if text.strip() == ALL:
            ctx.show(line.all_known(), Manner())
            continue
        place = f"{name}:{number}" if name != "line" else f"line {number}"
        tried = partial(_tried, inner, place, going=going)
        for status in _statuses(inner, text, tried):
            if status and not going:
                return Done(f"{place}: this stopped it.", exit_status=status)
            failures += [status] if status else []
            done += not status
            if status and (status == INTERRUPTED or not keep_going):
                break
    seen = typed and not keep_going
    return Done("", exit_status=0 if seen else _status(done, failures))


def _statuses(ctx: Context, text: str, tried: Callable[[Callable[[], int]], int]) -> Iterator[int]:
    """Run the commands of a line one by one, and give what each came to; or why none is run.

    What others have written into the config by now holds for them.
    """
    for problem in ctx.catch_up():
        ctx.show(problem, Manner())
    commands: list[line.Typed] = []

    def read() -> int:
        commands.extend(line.checked(text, ctx.selection, ctx.door))
        return 0

    if status := tried(read):
        yield status
    for one in commands:
        yield tried(partial(_answer, ctx, one))


def _answer(ctx: Context, typed: line.Typed) -> int:
    answer, manner = typed.answer(ctx)
    ctx.show(answer, manner)
    return int(getattr(answer, "exit_status", 0))


def _tried(ctx: Context, place: str, deed: Callable[[], int], *, going: bool) -> int:
    """Do it; return the exit status, also of its error, which is shown if it's ``going`` on."""
    try:
        return deed()
    except PlanhatTuiError as error:
        error.message = f"{place}: {error.message}"
        if not going:
            raise
        ctx.show(error, Manner())
        return error.exit_status
    except KeyboardInterrupt as stopped:
        if not ctx.interactive:
            raise
        ctx.show(Done(str(stopped) or GOES_ON), Manner())
        return INTERRUPTED


def _status(done: int, failures: list[int]) -> int:
    if not failures:
        return 0
    return failures[0] if not done and len(set(failures)) == 1 else PartialError.exit_status
