"""The shell's door: click's parser over the registry, and what a terminal sees of a verb.

Data goes to stdout, everything else to stderr. Options for all verbs stand before or after them.
"""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planhat_tui.commands import grammar
from planhat_tui.commands.context import Context, Door, Wishes
from planhat_tui.commands.output import Style, visible_lines, write
from planhat_tui.commands.registry import ROOMS, Command, Effect, commands
from planhat_tui.config.guardrails import PLAIN_WORDS
from planhat_tui.errors import (
    AmbiguousError,
    InputError,
    PlanhatTuiError,
    QueryError,
    RefusedError,
    UnknownOutcomeError,
)
from planhat_tui.model.text import nearest, visible
from planhat_tui.runtime import Runtime, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.workspace.workspace import Workspace

INTERRUPTED = 130
_HELP = """Planhat at the speed of a terminal.

Without a command: the explorer; on practice data where there's no profile yet.
"""


@dataclass
class Options:
    """What stands before or after any verb."""

    profile: str = ""
    demo: bool = False
    theme: str = ""
    output: str = "table"
    fields: str = ""
    quiet: bool = False
    queue: bool = False
    fresh: bool = False
    log: str = ""
    status: int = field(default=0, repr=False)


def run(words: Sequence[str]) -> int:
    """Run the program on these words; return the exit status."""
    try:
        return _run(list(words))
    except KeyboardInterrupt:
        _complain("Interrupted. What was queued is kept.")
        return INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough
        _to_nowhere()
        return 0
    except OSError as error:
        _complain(f"The answer can't be written: {error.strerror}. What was queued is kept.")
        _to_nowhere()
        return 1


def _to_nowhere() -> None:
    """Let what is left in the buffer of stdout go nowhere, so that the end is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    options = Options()
    try:
        root = _Root(options)
        with root.make_context("planhat-tui", grammar.query_words(words), obj=options) as context:
            root.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        return _report(grammar.translated(error))
    except PlanhatTuiError as error:
        return _report(error)
    return options.status


def _report(error: PlanhatTuiError) -> int:
    _complain(visible_lines(str(error)))
    if isinstance(error, QueryError):
        _complain(f"(at character {error.column + 1} of the query)")
    if isinstance(error, AmbiguousError):
        for record_id, title in error.candidates:
            _complain(f"  {record_id}  {visible(title)}")
    return error.exit_status


def _complain(text: str) -> None:
    sys.stderr.write(f"planhat-tui: {text}\n" if not text.startswith((" ", "(")) else f"{text}\n")


# -- words to verbs


def _globals(options: Options) -> list[click.Parameter]:
    """Return the options for all verbs; each writes into ``options`` where it's given."""

    def keep(name: str, value: object = None) -> Callable[..., None]:
        def callback(_ctx: click.Context, _param: click.Parameter, given: object) -> None:
            if given:
                setattr(options, name, given if value is None else value)

        return callback

    formats = click.Choice(("table", "json", "jsonl", "csv", "id"))
    made: list[tuple[list[str], dict[str, Any], str, object]] = [
        (
            ["-p", "--profile"],
            {"metavar": "NAME", "help": "the tenant to work in"},
            "profile",
            None,
        ),
        (["--demo"], {"is_flag": True, "help": "work on practice data"}, "demo", None),
        (["-o", "--output"], {"type": formats, "help": "how to print"}, "output", None),
        (["--json"], {"is_flag": True, "help": "one JSON document"}, "output", "json"),
        (["--jsonl"], {"is_flag": True, "help": "a JSON record a line"}, "output", "jsonl"),
        (["--fields"], {"metavar": "A,B", "help": "only these fields"}, "fields", None),
        (["-q", "--quiet"], {"is_flag": True, "help": "data and errors only"}, "quiet", None),
        (["--queue"], {"is_flag": True, "help": "don't wait for delivery"}, "queue", None),
        (["--fresh"], {"is_flag": True, "help": "ask Planhat first"}, "fresh", None),
        (["--log"], {"metavar": "FILE", "help": "log what is done, never tokens"}, "log", None),
    ]
    return [
        click.Option(flags, expose_value=False, callback=keep(name, value), **how)
        for flags, how, name, value in made
    ]


class _Root(click.Group):
    """All first words, loaded when one of them is used."""

    def __init__(self, options: Options) -> None:
        theme = click.Option(
            ["--theme"],
            metavar="NAME",
            expose_value=False,
            callback=lambda _c, _p, given: setattr(options, "theme", given or ""),
            help="how the explorer looks",
        )
        version = click.Option(["--version"], is_flag=True, help="print the version")
        super().__init__(
            "planhat-tui",
            params=[*_globals(options), theme, version],
            help=_HELP,
            invoke_without_command=True,
            callback=lambda version: _bare(options, version=version),
            context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        )
        self._options = options

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the first words, in the order of the help."""
        return list(ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Return the verb, or the verbs of a noun."""
        if cmd_name not in ROOMS:
            return None
        found = [command for command in commands(cmd_name) if Door.SHELL in command.doors]
        if not found[0].noun:
            return _command(found[0], self._options)
        return _Noun(cmd_name, found, self._options)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the word, or say which was meant."""
        if args[0] not in ROOMS:
            raise _unknown(args[0], "command", ROOMS)
        return super().resolve_command(ctx, args)


class _Noun(click.Group):
    """The verbs of one noun."""

    def __init__(self, noun: str, verbs: Sequence[Command], options: Options) -> None:
        names = ", ".join(command.verb for command in verbs)
        super().__init__(
            noun, params=_globals(options), help=f"{noun}: {names}", no_args_is_help=False
        )
        self.short_help = names
        self._verbs = {command.verb: command for command in verbs}
        self._others = {alias: command for command in verbs for alias in command.aliases}
        self._options = options

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words after the noun; there must be some."""
        if not args:
            raise InputError(f"What about {self.name}?", f"There are: {', '.join(self._verbs)}.")
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the verbs."""
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Return a verb by its name, or by its other one."""
        command = self._verbs.get(cmd_name) or self._others.get(cmd_name)
        return _command(command, self._options) if command else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which was meant."""
        known = [*self._verbs, *self._others]
        if args[0] not in known:
            raise _unknown(args[0], f"{self.name} verb", known)
        return super().resolve_command(ctx, args)


def _unknown(typed: str, what: str, known: Sequence[str] | dict[str, str]) -> InputError:
    near = nearest(typed, known)
    advice = f"Did you mean {near}?" if near else f"There are: {', '.join(known)}."
    return InputError(f"There is no {what} {visible(typed)}.", advice)


def _command(command: Command, options: Options) -> click.Command:
    return click.Command(
        command.verb,
        params=[*grammar.parameters(command, Door.SHELL), *_globals(options)],
        help=command.help,
        callback=lambda **given: _carry_out(command, options, given),
    )


# -- verbs to answers


def _bare(options: Options, *, version: bool) -> None:
    """Open the explorer, if no verb was given."""
    if version:
        from planhat_tui import __version__

        sys.stdout.write(f"planhat-tui {__version__}\n")
        raise click.exceptions.Exit(0)
    if click.get_current_context().invoked_subcommand is not None:
        return
    terminal = all(one.isatty() for one in (sys.stdin, sys.stdout, sys.stderr))
    if not terminal or os.environ.get("TERM", "dumb") == "dumb":
        raise InputError(
            "The explorer needs a terminal, and this is none.",
            "planhat-tui --help lists the commands that don't.",
        )
    runtime = _runtime(options)
    try:
        options.status = runtime.explore()
        left = runtime.workspaces.not_delivered()
    finally:
        runtime.close()
    for name, count in left.items():
        _complain(
            f"{name}: {count} not delivered yet, kept here. The next start goes on with them."
        )


def _runtime(options: Options, *, pull: bool = True) -> Runtime:
    start = Start(
        profile=options.profile,
        demo=options.demo,
        theme=options.theme,
        log=Path(options.log) if options.log else None,
    )
    return Runtime(os.environ, start, pull=pull)


def _carry_out(command: Command, options: Options, given: dict[str, Any]) -> None:
    """Run a verb and write its answer."""
    runtime = _runtime(options, pull=False)
    gc.freeze()
    gc.enable()
    try:
        if options.log:
            import logging

            logging.getLogger("planhat_tui.cli").info("%s", command.name)
        context = _context(runtime, options, given)
        try:
            result = command.run(context, **grammar.arguments(command, given))
        except UnknownOutcomeError as error:
            if command.effect is not Effect.READ:
                raise
            raise PlanhatTuiError(error.message, error.advice) from None  # a read leaves no doubt
        if runtime.unkept:
            context.tell(runtime.unkept)
        write(result, _style(options), _out, _note)
        sys.stdout.flush()
        options.status = getattr(result, "exit_status", 0)
    finally:
        runtime.close()


def _style(options: Options) -> Style:
    width = 0
    if sys.stdout.isatty():
        import shutil

        width = shutil.get_terminal_size().columns
    fields = tuple(name.strip() for name in options.fields.split(",") if name.strip())
    return Style(options.output, fields, options.quiet, width)  # type: ignore[arg-type] # click allows these formats only


def _note(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _out(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _context(runtime: Runtime, options: Options, given: dict[str, Any]) -> Context:
    from datetime import datetime

    def workspace() -> Workspace:
        return runtime.workspace()

    def tell(text: str) -> None:
        if not options.quiet:
            sys.stderr.write(f"{visible_lines(text)}\n")

    def serve(options: Any, host: str, port: int) -> int:  # noqa: ANN401 -- a SandboxOptions, loaded late
        from planhat_tui.sandbox import serve as run_sandbox

        return run_sandbox(options, host, port)

    return Context(
        door=Door.SHELL,
        workspace=workspace,
        config=lambda: runtime.config,
        paths=runtime.paths,
        now=lambda: datetime.now().astimezone(),
        tell=tell,
        confirm=_Confirming(yes=bool(given.get("yes")), name=str(given.get("confirm") or "")),
        probe=runtime.probe,
        reload=runtime.reload,
        secret=_secret,
        serve=serve,
        queued=runtime.queued,
        wishes=Wishes(wait=not options.queue, fresh=options.fresh),
    )


@dataclass(frozen=True)
class _Confirming:
    """Asks for the word; ``--yes`` and ``--confirm NAME`` answer before."""

    yes: bool
    name: str

    def __call__(self, question: str, word: str) -> None:
        """Return if it may be done, else raise :class:`RefusedError` or :class:`InputError`."""
        plain = word in PLAIN_WORDS
        needed = "--yes" if plain else f"--yes --confirm {word}"
        if self.yes and (plain or self.name.casefold() == word.casefold()):
            return
        if self.yes or not sys.stdin.isatty():
            raise InputError("This has to be confirmed, and nothing was done.", f"Add {needed}.")
        sys.stderr.write(f"{visible_lines(question)}\nType {word} and Enter: ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().casefold() != word.casefold():
            raise RefusedError(f"Nothing was done: that wasn't {word}.")


def _secret(prompt: str) -> str:
    """Ask for a token without showing it; in a pipe, read a line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    import getpass

    return getpass.getpass(prompt).strip()
