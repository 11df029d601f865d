"""The shell's door: from words to a verb of the registry, and what a terminal sees of it.

Data goes to stdout, everything else to stderr. Options for all verbs stand before or after them.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from functools import partial
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from planhat_tui import clock
from planhat_tui.commands import grammar
from planhat_tui.commands.barring import refuse_first
from planhat_tui.commands.confirming import answered, unconfirmed
from planhat_tui.commands.context import Context, Door, Wishes
from planhat_tui.commands.manner import field_names
from planhat_tui.commands.output import Style, visible_lines, write
from planhat_tui.commands.registry import (
    GLOBALS,
    ROOMS,
    THEME,
    Command,
    Effect,
    commands,
    first_words,
    flag,
)
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
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from planhat_tui.commands.grammar import Parts, Place
    from planhat_tui.commands.lastline import LastLine
    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.output import Format
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

_FOR_ALL = frozenset((*GLOBALS, THEME))
_FORMS = frozenset({"json", "jsonl"})
"""Options that are a short way to say how to print."""
_VERSION = flag("--version", "print the version")

_HELP = """Planhat at the speed of a terminal.

Without a command: the explorer; on practice data where there's no profile yet.
"""


class Options:
    """What stands before or after any verb."""

    profile = ""
    demo = False
    theme = ""
    output = ""
    fields = ""
    to = ""
    quiet = False
    queue = False
    fresh = False
    log = ""
    status = 0
    """The exit status, once the verb has ended."""

    def take(self, found: Parts) -> None:
        """Take what was typed at one place; what a verb has under the same name is its own."""
        for param, value in found.given:
            if param.name in _FORMS:
                self.output = param.name
            elif param in _FOR_ALL and (value or param.how == "flag"):
                setattr(self, param.name, value or True)


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
        _take(words, options)
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


def _take(words: Sequence[str], options: Options) -> None:
    """Do what the words say: open the explorer, carry out a verb, or tell how one is typed."""
    params = (*GLOBALS, THEME, _VERSION, grammar.HELP)
    root = grammar.Place("planhat-tui", params, Door.SHELL, "[COMMAND] [ARGS]...")
    found = grammar.parts(root, words)
    if found.has(grammar.HELP):
        return _show_help(root, _HELP, lambda: first_words(Door.SHELL))
    version = grammar.values(root, found)["version"]
    options.take(found)
    first, *rest = found.between or (None,)
    if first is not None and first not in ROOMS:
        raise _unknown(first, "command", ROOMS)
    if version:
        from planhat_tui import __version__

        with _answering():
            return _out(f"planhat-tui {__version__}")
    if first is None:
        return _bare(options)
    verbs = [command for command in commands(first) if Door.SHELL in command.doors]
    if not verbs[0].noun:
        return _take_verb(verbs[0], rest, options)
    return _take_noun(first, verbs, rest, options)


def _take_noun(noun: str, verbs: Sequence[Command], words: Sequence[str], options: Options) -> None:
    """Carry out the verb of a noun that the words begin with."""
    params = (*GLOBALS, grammar.HELP)
    place = grammar.Place(f"planhat-tui {noun}", params, Door.SHELL, "COMMAND [ARGS]...")
    names = ", ".join(command.verb for command in verbs)
    found = grammar.parts(place, words)
    if found.has(grammar.HELP):
        inner = [(command.verb, command.summary) for command in verbs]
        return _show_help(place, f"{noun}: {names}", lambda: inner)
    grammar.values(place, found)
    options.take(found)
    if not found.between:
        raise InputError(f"What about {noun}?", f"There are: {names}.")
    name, *rest = found.between
    for command in verbs:
        if name in {command.verb, *command.aliases}:
            return _take_verb(command, rest, options)
    others = [alias for command in verbs for alias in command.aliases]
    raise _unknown(name, f"{noun} verb", [*(command.verb for command in verbs), *others])


def _take_verb(command: Command, words: Sequence[str], options: Options) -> None:
    place = grammar.place_of(command, Door.SHELL)
    found = grammar.parts(place, words)
    if found.has(grammar.HELP):
        return _show_help(place, command.help)
    given = grammar.values(place, found)
    options.take(found)
    return _carry_out(command, options, given)


def _show_help(
    place: Place, text: str, inner: Callable[[], Sequence[tuple[str, str]]] = tuple
) -> None:
    from planhat_tui.commands import usage

    with _answering():
        _out(usage.text_of(place, text, inner()))


def _unknown(typed: str, what: str, known: Collection[str]) -> InputError:
    near = nearest(typed, known)
    advice = f"Did you mean {near}?" if near else f"There are: {', '.join(known)}."
    return InputError(f"There is no {what} {visible(typed)}.", advice)


# -- verbs to answers


def _bare(options: Options) -> None:
    """Open the explorer."""
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
        result, style = _saved(result, options, style), style._replace(format="table")
    options.status = getattr(result, "exit_status", 0)
    with _answering():
        _write(result, style, runtime.env)
    if not options.quiet:
        runtime.noted()


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
    form: Format = options.output or plain  # type: ignore[assignment] # one of its choices
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
