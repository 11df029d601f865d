"""The shell's door: click's parser over the registry, and what a terminal sees of a verb.

Data goes to stdout, everything else to stderr. Options for all verbs stand before or after them.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

from planhat_tui import clock
from planhat_tui.commands import grammar
from planhat_tui.commands.barring import refuse_first
from planhat_tui.commands.confirming import answered, unconfirmed
from planhat_tui.commands.context import Context, Door, Wishes
from planhat_tui.commands.manner import field_names
from planhat_tui.commands.output import Style, visible_lines, write
from planhat_tui.commands.registry import GLOBALS, ROOMS, THEME, Command, Effect, commands
from planhat_tui.commands.results import Exported, Watching
from planhat_tui.config.profiles import DEMO_NAMES
from planhat_tui.errors import (
    INTERRUPTED,
    AmbiguousError,
    InputError,
    PlanhatTuiError,
    QueryError,
    RefusedError,
    StorageError,
    UnknownOutcomeError,
)
from planhat_tui.model.text import nearest, visible
from planhat_tui.runtime import DRIVER, Runtime, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from planhat_tui.commands.lastline import LastLine
    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.output import Format
    from planhat_tui.commands.registry import Param
    from planhat_tui.commands.results import Result
    from planhat_tui.workspace.workspace import Workspace

PROMPT = "planhat> "
_GARBAGE = 50_000
"""Objects until the first look for garbage: a verb that reads some records ends before it."""
NOTHING_MADE = "Interrupted. No edit was made; what was queued is kept."
ENDED = "Interrupted when the command had ended: what it did is done, what it queued is kept."
_NARROW = 52
_COMPLETING = "_complete"
"""What the scripts of ``completion`` call: no verb, and nobody types it."""

_HELP = """Planhat at the speed of a terminal.

Without a command: the explorer; on practice data where there's no profile yet.
"""


@dataclass
class Options:
    """What stands before or after any verb."""

    profile: str = ""
    demo: bool = False
    theme: str = ""
    output: str = ""
    fields: str = ""
    to: str = ""
    quiet: bool = False
    queue: bool = False
    fresh: bool = False
    log: str = ""
    status: int = field(default=0, repr=False)


def run(words: Sequence[str]) -> int:
    """Run the program on these words; return the exit status."""
    _take_all_letters()
    try:
        return _run(list(words))
    except KeyboardInterrupt as stopped:
        _complain(str(stopped) or NOTHING_MADE)
        return INTERRUPTED
    except Exception as fault:  # noqa: BLE001 -- one of ours: told with its place, kept as a report
        return _crashed(fault)


def _crashed(fault: Exception) -> int:
    """Say that a fault of our own ended the run, what that means, and where its report is."""
    from planhat_tui.config.paths import find_paths
    from planhat_tui.workspace import crashing

    own = fault.__cause__ if isinstance(fault, crashing.CrashedError) else None
    ended = own or fault
    kept = crashing.keep(ended, find_paths(os.environ).state / "crashes", clock.now())
    _complain(
        f"A fault of its own ended it: {crashing.where(ended)}."
        " What was saved and typed is kept: start it again to go on."
    )
    if kept is None:
        _complain("No report of it could be written.")
    else:
        _complain(f"A report, without tokens and records, is in {kept}")
    return 1


def _take_all_letters() -> None:
    """Let what stdout's encoding lacks be written as JSON does, and stdin hold what is no text."""
    stdin, stdout = sys.stdin, sys.stdout
    if isinstance(stdin, TextIOWrapper):
        stdin.reconfigure(errors="replace")
    if isinstance(stdout, TextIOWrapper) and stdout.encoding.lower() != "utf-8":
        import codecs
        import json

        def escaped(error: UnicodeError) -> tuple[str, int]:
            assert isinstance(error, UnicodeEncodeError)  # noqa: S101 -- nothing is decoded here
            letters = error.object[error.start : error.end]
            return json.dumps(letters)[1:-1], error.end

        codecs.register_error("planhat-tui", escaped)
        stdout.reconfigure(errors="planhat-tui")


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """Write an answer to its end, or to where its reader has seen enough: what was done stays so.

    Raises :class:`StorageError` where it can't be written.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere()
    except OSError as error:
        _to_nowhere()
        raise StorageError(
            f"The answer can't be written: {error.strerror}.", "What was queued is kept."
        ) from None


def _to_nowhere() -> None:
    """Let what stdout still holds, and what is yet to come, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _run(words: list[str]) -> int:
    if words[:1] == [_COMPLETING]:
        return _complete(words[1:])
    options = Options()
    try:
        root = _Root(options)
        with root.make_context("planhat-tui", words, obj=options) as context:
            root.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        return _report(grammar.translated(error))
    except PlanhatTuiError as error:
        return _report(error)
    return options.status


def _complete(words: list[str]) -> int:
    """Answer the completion of a shell: words always, values where a profile can be looked into."""
    from planhat_tui.commands import completing, completion
    from planhat_tui.commands.context import Selection
    from planhat_tui.commands.values import sources

    shell, given = (words or [""])[0], words[1:]
    named = completing.profile_of(completion.line_words(shell, given))
    runtime = Runtime(os.environ, Start(profile=named), pull=False)
    with contextlib.closing(runtime), contextlib.ExitStack() as opened:
        reads = None
        with contextlib.suppress(PlanhatTuiError):  # nobody can read it here: the command tells it
            reads = opened.enter_context(runtime.peek())
        known = sources(reads, runtime.config, runtime.theme_names, Selection())
        with _answering():
            for reply in completion.replies(shell, given, known):
                _out(reply)
    return 0


def _report(error: PlanhatTuiError) -> int:
    _complain(visible_lines(str(error)))
    if isinstance(error, QueryError):
        _complain(f"(at character {error.column + 1} of the query)")
    if isinstance(error, AmbiguousError):
        for record_id, title in error.candidates:
            _complain(f"  {record_id}  {visible(title)}")
    return error.exit_status


def _complain(text: str) -> None:
    _note(f"planhat-tui: {text}" if not text.startswith((" ", "(")) else text)


# -- words to verbs


def _globals(options: Options, params: Sequence[Param] = GLOBALS) -> list[click.Parameter]:
    """Return the options for all verbs; each writes into ``options`` where it's given."""

    def keep(name: str, value: object = None) -> Callable[..., None]:
        def callback(_ctx: click.Context, _param: click.Parameter, given: object) -> None:
            if given:
                setattr(options, name, given if value is None else value)

        return callback

    constant = {"json": "json", "jsonl": "jsonl"}
    made = []
    for param in params:
        kept = "output" if param.name in constant else param.name
        (option,) = grammar.made([param], Door.SHELL)
        option.expose_value = False
        option.callback = keep(kept, constant.get(param.name))
        made.append(option)
    return made


class _Helped(click.Command):
    """Has ``-h`` and ``--help``, but not from click, which looks for translations on the disk."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the help; click would write 50 cells wide where a terminal has fewer."""
        import shutil

        cells = shutil.get_terminal_size().columns
        ctx.terminal_width = cells - 2 if cells <= _NARROW else None
        return super().get_help(ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option, made once: click compares it by what it is."""
        if self._help_option is None:
            self._help_option = click.Option(
                self.get_help_option_names(ctx),
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_show_help,
                help="show this and exit",
            )
        return self._help_option


def _show_help(ctx: click.Context, _param: click.Parameter, given: object) -> None:
    if given and not ctx.resilient_parsing:
        with _answering():
            _out(ctx.get_help())
        ctx.exit()


class _Root(_Helped, click.Group):
    """All first words, loaded when one of them is used."""

    def __init__(self, options: Options) -> None:
        version = click.Option(["--version"], is_flag=True, help="print the version")
        super().__init__(
            "planhat-tui",
            params=[*_globals(options, (*GLOBALS, THEME)), version],
            help=_HELP,
            invoke_without_command=True,
            callback=lambda version: _bare(options, version=version),
            context_settings={"help_option_names": [*grammar.HELP_FLAGS], "max_content_width": 100},
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


class _Noun(_Helped, click.Group):
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


class _Verb(_Helped):
    """One verb: words of a query stand among its options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words after the verb."""
        return super().parse_args(ctx, grammar.query_words(args, self.get_params(ctx)))


def _command(command: Command, options: Options) -> click.Command:
    return _Verb(
        command.verb,
        params=[
            *grammar.parameters(command, Door.SHELL),
            *_globals(options, grammar.of_all(command, Door.SHELL)),
        ],
        help=command.help,
        callback=lambda **given: _carry_out(command, options, given),
    )


# -- verbs to answers


def _bare(options: Options, *, version: bool) -> None:
    """Open the explorer, if no verb was given."""
    if version:
        from planhat_tui import __version__

        with _answering():
            _out(f"planhat-tui {__version__}")
        raise click.exceptions.Exit(0)
    if click.get_current_context().invoked_subcommand is not None:
        return
    if not (_has_terminal() or DRIVER in os.environ):
        raise InputError(
            "The explorer needs a terminal, and this is none.",
            f"planhat-tui repl takes commands without one, and a shell these: {', '.join(ROOMS)}.",
        )
    runtime = _runtime(options)
    try:
        options.status = runtime.explore()
        left = runtime.workspaces.not_delivered()
        rests = runtime.workspaces.rest_of_plans()
    except KeyboardInterrupt:
        raise KeyboardInterrupt("Interrupted. What was queued is kept.") from None
    finally:
        runtime.close()
    if left or rests:
        from planhat_tui.commands.leaving import left_told
    for name in {**left, **rests}:
        _complain(f"{name}: {left_told(left.get(name, {}), *rests.get(name, ()))}")


def _has_terminal() -> bool:
    terminal = all(one.isatty() for one in (sys.stdin, sys.stdout, sys.stderr))
    return terminal and os.environ.get("TERM", "dumb") != "dumb"


def _runtime(options: Options, *, pull: bool = True) -> Runtime:
    if options.demo and options.profile not in {"", DEMO_NAMES[0]}:
        raise InputError(
            f"--demo and --profile {visible(options.profile)} are two tenants.",
            "Leave one of them out.",
        )
    start = Start(
        profile=options.profile,
        demo=options.demo,
        theme=options.theme,
        log=_log(options.log),
    )
    return Runtime(os.environ, start, pull=pull)


def _log(text: str) -> Path | None:
    """Return the file of the log, if one is named; bash leaves the ``~`` of ``--log=~/x``."""
    from planhat_tui.workspace.wholefile import named

    return named(text, "log") if text else None


def _carry_out(command: Command, options: Options, given: dict[str, Any]) -> None:
    """Run a verb and write its answer."""
    runtime = _runtime(options, pull=False)
    line = _last_line(options)
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    gc.enable()
    try:
        if options.log:
            import logging

            logging.getLogger("planhat_tui.cli").info("%s", command.name)
        context = _context(runtime, options, given, line)
        try:
            if options.to or command.goes_on:
                from planhat_tui.commands.saving import check_form, check_to

                check_form(options.output, command)
                if options.to:
                    check_to(options.to, command)
            refuse_first(command, lambda: context.workspace().profile)
            result = command.run(context, **grammar.arguments(command, given))
        except UnknownOutcomeError as error:
            if command.effect not in {Effect.READ, Effect.CONFIG}:
                raise
            raise PlanhatTuiError(error.message, error.advice) from None  # a read leaves no doubt
        except KeyboardInterrupt as stopped:
            raise KeyboardInterrupt(_left_behind(runtime, stopped)) from None
        finally:
            if line:
                line.clear()
        reads = isinstance(result, Exported | Watching)
        with _has_ended(NOTHING_MADE if reads else ENDED):
            _answer(result, context, options, runtime)
    finally:
        with _has_ended():
            runtime.close()


def _answer(result: Result, context: Context, options: Options, runtime: Runtime) -> None:
    for note in runtime.notes:
        context.tell(note)
    style = _style(options)
    if options.to:
        result, style = _saved(result, options, style), _style(replace(options, output="table"))
    options.status = getattr(result, "exit_status", 0)
    with _answering():
        _write(result, style, runtime.env)


@contextlib.contextmanager
def _has_ended(said: str = ENDED) -> Iterator[None]:
    """Let an interrupt say that the verb had ended, or what is told of its end already."""
    told = sys.exception()
    try:
        yield
    except KeyboardInterrupt:
        _to_nowhere()
        raise told or KeyboardInterrupt(said) from None


def _left_behind(runtime: Runtime, stopped: KeyboardInterrupt) -> str:
    """Return what has become of what a verb has done that was interrupted; empty for nothing.

    A second interrupt meanwhile ends it at once.
    """
    from planhat_tui.commands.leaving import interrupted
    from planhat_tui.commands.waiting import InterruptedWait

    waited_for = stopped.ns if isinstance(stopped, InterruptedWait) else ()
    done = runtime.halt(waited_for)
    return str(stopped) or interrupted(*done)


def _last_line(options: Options) -> LastLine | None:
    """Return the line that shows how far it is; ``None`` where it's unwished, or no terminal."""
    if options.quiet or not sys.stderr.isatty():
        return None
    from planhat_tui.commands.lastline import on_stderr

    return on_stderr(os.environ)


def _saved(result: Result, options: Options, style: Style) -> Result:
    """Write an answer into a file; return what is left to say."""
    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.saving import saved

    given = style.format if options.output else None
    return saved(result, Manner(given, style.fields, style.quiet, options.to), style)


def _write(result: Result, style: Style, env: Mapping[str, str]) -> None:
    """Write an answer; a long one goes through the pager that a person wants in a terminal."""
    if isinstance(result, Watching):
        write(result, style, _at_once, _note)
    elif style.width and env.get("PAGER") and env.get("TERM", "dumb") != "dumb":
        from planhat_tui.commands.paging import paged

        with paged(env, _out) as out:

            def note(text: str) -> None:
                out.end()
                sys.stdout.flush()
                _note(text)

            write(result, style, out, note)
    else:
        write(result, style, _out, _note)


def _style(options: Options, plain: Format = "table") -> Style:
    width = 0
    if sys.stdout.isatty():
        import shutil

        width = shutil.get_terminal_size().columns
    form: Format = options.output or plain  # type: ignore[assignment] # click allows these only
    return Style(form, field_names(options.fields), options.quiet, width)


def _note(text: str) -> None:
    """Write a line to stderr; that nobody hears it any more keeps nothing from being done."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{text}\n")


def _out(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _at_once(line: str) -> None:
    """Write a line that a reader at the other end of a pipe waits for."""
    _out(line)
    sys.stdout.flush()


def _context(
    runtime: Runtime, options: Options, given: dict[str, Any], line: LastLine | None
) -> Context:
    def workspace() -> Workspace:
        return runtime.workspace()

    def tell(text: str) -> None:
        if line:
            line.clear()
        if not options.quiet:
            _note(visible_lines(text))

    def serve(options: Any, host: str, port: int) -> int:  # noqa: ANN401 -- a SandboxOptions, loaded late
        from planhat_tui.sandbox import serve as run_sandbox

        return run_sandbox(options, host, port)

    def show(answer: Result | PlanhatTuiError, manner: Manner) -> None:
        if line:
            line.clear()
        if isinstance(answer, PlanhatTuiError):
            _report(answer)
        else:
            with _answering():
                write(answer, manner.style(_style(options, plain="facts")), _out, _note)

    def editor(text: str) -> str:
        from planhat_tui.commands.editing import edited

        return edited(text, runtime.env, has_terminal=sys.stdin.isatty())

    ctx = Context(
        door=Door.SHELL,
        workspace=workspace,
        config=lambda: runtime.config,
        paths=runtime.paths,
        now=clock.now,
        tell=tell,
        confirm=_confirm,
        probe=partial(runtime.probe, tell=tell),
        reload=runtime.reload,
        choose=runtime.choose,
        catch_up=runtime.catch_up,
        secret=_secret,
        serve=serve,
        browse=lambda browsing: runtime.browse(browsing, partial(_browsable, quiet=options.quiet)),
        queued=runtime.queued,
        wanted=lambda: runtime.wanted,
        editor=editor,
        show=show,
        profile=runtime.profile,
        hold=runtime.hold,
        examine=partial(runtime.examine, tell=tell),
        inspect=runtime.inspect,
        kept=runtime.kept,
        wipe=runtime.wipe,
        env=runtime.env,
        flags=runtime.flags,
        typed=lambda: _typed_lines(runtime),
        interactive=sys.stdin.isatty(),
        draw=line.draw if line else None,
        wishes=Wishes(
            wait=not options.queue,
            fresh=options.fresh,
            stream=options.output == "jsonl" and not options.to,
            fields=field_names(options.fields),
        ),
    )
    return answered(ctx, given)


def _browsable(address: str, *, quiet: bool) -> None:
    """Say where a browser finds the explorer."""
    with _answering():
        _out(f"ready {address}")
    if not quiet:
        _note("That address opens one browser on this machine.  ctrl+c ends it")


def _confirm(question: str, word: str) -> None:
    """Ask for the word. Raises :class:`RefusedError`, or :class:`InputError` without a terminal."""
    if not sys.stdin.isatty():
        raise unconfirmed(question, word)
    sys.stderr.write(f"{visible_lines(question)}\nType {word} and Enter: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() != word.casefold():
        raise RefusedError(f"Nothing was done: that wasn't {word}.")


def _typed_lines(runtime: Runtime) -> Iterator[str]:
    """Give the lines of stdin; in a terminal after a prompt, and kept with the tenant's others."""
    from planhat_tui.commands.lineedit import can_edit

    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.rstrip("\n")
        return
    cursor = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    for line in _edited_lines(runtime) if cursor and can_edit() else _prompted_lines():
        if line.strip():
            runtime.machine.remember_line(line.strip(), _tenant(runtime))
        yield line.rstrip("\n")


def _prompted_lines() -> Iterator[str]:
    """Give lines as a terminal without a cursor sends them."""
    while True:
        try:
            sys.stderr.write(PROMPT)
            sys.stderr.flush()
            line = sys.stdin.readline()
        except KeyboardInterrupt:  # the line is given up, not the program
            sys.stderr.write("\n")
            line = "\n"
        if not line:
            return
        yield line


def _edited_lines(runtime: Runtime) -> Iterator[str]:
    """Give lines that were edited, with the history of the ``:`` line and its completions."""
    from planhat_tui.commands import completing, lineedit
    from planhat_tui.commands.context import Selection
    from planhat_tui.commands.values import sources

    def complete(text: str) -> Sequence[str]:
        reads = runtime.workspace().reads if _tenant(runtime) else None
        known = sources(reads, runtime.config, runtime.theme_names, Selection())
        return completing.of_line(text, known).lines

    return lineedit.edited(PROMPT, lambda: _tenant(runtime), runtime.machine.history, complete)


def _tenant(runtime: Runtime) -> str:
    """Return the folder of the tenant at hand; empty where no profile can be opened."""
    try:
        return runtime.workspace().tenant
    except PlanhatTuiError:
        return ""


def _secret(prompt: str) -> str:
    """Ask for a token without showing it; in a pipe, read a line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    import getpass

    try:
        return getpass.getpass(prompt).strip()
    except EOFError:  # ctrl+d: none is given, which is told of as an empty one is
        return ""
