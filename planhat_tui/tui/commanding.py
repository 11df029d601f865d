"""The ``:`` line and the palette: verbs of the registry, run beside the screen."""

from __future__ import annotations

import re
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from textual.app import SuspendNotSupported

from planhat_tui.commands import completing, line, output
from planhat_tui.commands.barring import why_not
from planhat_tui.commands.context import Context, Door, Selection, Showing, Wishes
from planhat_tui.commands.manner import Manner
from planhat_tui.commands.registry import ALL
from planhat_tui.commands.results import Done, Groups, Planned
from planhat_tui.commands.values import sources_of
from planhat_tui.errors import AmbiguousError, InputError, PlanhatTuiError, RefusedError
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import visible
from planhat_tui.model.views import View
from planhat_tui.tui.screens.answers import AnswersSheet
from planhat_tui.tui.screens.confirm import Confirm
from planhat_tui.tui.transcript import Transcript, has_data, lines_of
from planhat_tui.tui.watching import MARKS_OFF
from planhat_tui.tui.widgets.rowlines import LEAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.browser import Browsing
    from planhat_tui.commands.completing import Lines
    from planhat_tui.commands.context import Columns
    from planhat_tui.commands.results import Result
    from planhat_tui.commands.values import Sources
    from planhat_tui.model.columns import Match
    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.sandbox import SandboxOptions
    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.tui.screens.sheet import Sheet
    from planhat_tui.tui.transcript import Line
    from planhat_tui.workspace.queries import Queries

Answer: TypeAlias = "tuple[Result | PlanhatTuiError, Manner]"
"""What a verb came to, and how it's to be shown."""

LEAST = 40
"""Cells that an answer has at least."""

T = TypeVar("T")

_LOOK = 0.2
"""Seconds between two looks whether the app still runs, while a question is open."""


class Commanding:
    """The ``:`` line of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._sources: Sources | None = None
        self._transcript = Transcript()

    def open(self, text: str = "", *, wrong_at: int | None = None) -> None:
        """Open the line, with the history of this machine.

        ``wrong_at`` opens it again with what couldn't be done, the message over it.
        """
        explorer = self._explorer
        machine = explorer.planhat.session.runtime.machine
        tenant = explorer.workspace.tenant
        self._sources = None
        explorer.add_class("-commanding")
        explorer.ask(
            "history",
            lambda: machine.history(tenant),
            lambda lines: explorer.message.open(lines, text, wrong_at=wrong_at),
            opens=True,
        )

    def leave(self) -> None:
        """Close the line; the pane has the focus again."""
        self._explorer.remove_class("-commanding")
        self._explorer.message.close_line()
        self._explorer.front.focus_target().focus()

    def complete(self, text: str) -> None:
        """Offer what could stand at the end of the line."""
        explorer, ctx = self._explorer, context_of(self._explorer.planhat)
        if self._sources is None:
            self._sources = sources_of(ctx)
        sources = self._sources
        explorer.ask(
            "complete",
            lambda: _completed(text, ctx, sources),
            lambda offered: self._offer(*offered),
        )

    def _offer(self, offered: Lines, reason: str) -> None:
        """Let the line have what could stand there, and the hint tell it; a reason goes first."""
        self._explorer.message.command.complete(offered)
        self._explorer.hint.tell(offered, reason)

    def run(self, text: str, *, remember: bool = True) -> None:
        """Run a line; what it answers is said, or shown in a sheet."""
        self.leave()
        if not text.strip():
            return
        explorer = self._explorer
        ctx = context_of(explorer.planhat)
        machine, tenant = explorer.planhat.session.runtime.machine, explorer.workspace.tenant
        shown: list[Answer] = []

        def run() -> list[Answer]:
            if text.strip() == ALL:
                return [(line.all_known(), Manner())]
            if remember:
                machine.remember_line(text, tenant)
            ran = ctx._replace(show=lambda result, manner: shown.append((result, manner)))
            for typed in line.read(text, ctx.selection):
                ran.show(*typed.answer(ran))
            return shown

        def failed(error: PlanhatTuiError) -> None:
            if shown or isinstance(error, AmbiguousError):
                self._show(text, [*shown, (error, Manner())])
            else:
                self._keep(text, [(error, Manner())])
                explorer.say_problem(error)
                if remember and isinstance(error, InputError):
                    self.open(text, wrong_at=place_of_error(text, error))

        explorer.wait_for(run, lambda results: self._show(text, results), failed)

    def _show(self, text: str, answers: Sequence[Answer]) -> None:
        """Show answers with data in the transcript, sentences in the line of messages."""
        explorer = self._explorer
        results = [result for result, _ in answers]
        if len(results) == 1 and isinstance(results[0], Groups) and results[0].groups:
            explorer.show_groups(results[0])
            return
        if planned := next((one for one in results if isinstance(one, Planned)), None):
            explorer.planning.show(planned.plan)
            return
        first = self._keep(text, answers)
        failed = any(isinstance(result, PlanhatTuiError) for result in results)
        if failed or any(map(has_data, results)):
            self.show_answers(first)
            return
        done = [result for result in results if isinstance(result, Done)]
        if any(one.queued for one in done):
            self._follow(text, done)
            return
        notes = [output.note_of(r) for r, _ in answers if not isinstance(r, PlanhatTuiError)]
        told = [output.visible_lines(note) for note in notes if note]
        told = told or ["Done." if done else "Nothing found."]
        explorer.say("  ".join(" ".join(note.split()) for note in told))

    def _keep(self, text: str, answers: Sequence[Answer]) -> int:
        """Keep answers in the transcript; return the number of their first line."""
        width = max(LEAST, self._explorer.size.width - LEAD - 2)
        told = [one for result, manner in answers for one in lines_of(result, manner, width)]
        return self._transcript.add(visible(text), told)

    def show_answers(self, first: int | None = None) -> None:
        """Show the transcript, from a line on, or the last answer."""
        lines = self._transcript.lines
        last = max((n for n, one in enumerate(lines) if one.asks), default=0)
        sheet = AnswersSheet(self._transcript, last if first is None else first)
        self._explorer.app.push_screen(sheet, self._open_record)

    def _open_record(self, about: Line | None) -> None:
        """Go to the record of a line."""
        if about is None or about.kind is None:
            return
        explorer, kind, record_id = self._explorer, about.kind, about.id
        reads = explorer.workspace.reads
        explorer.ask(
            "opened",
            lambda: place_of(reads, kind, record_id),
            lambda place: (
                explorer.travels.open(*place)
                if place is not None
                else explorer.say(f"The {kind} isn't here any more, or has no pane of its own")
            ),
            opens=True,
        )

    def _follow(self, text: str, results: list[Done]) -> None:
        """Say what is queued, and what becomes of it, as after a key; it takes the marks too."""
        told = [output.visible_lines(result.text).partition("\n") for result in results]
        later = [
            visible(result.later) or now for result, (now, _, _) in zip(results, told, strict=True)
        ]
        notes = [" ".join(more.split()) for _, _, more in told if more]
        entries = [entry for result in results for entry in result.queued]
        kind, ids = self._explorer.selection()
        took = "--id" not in text and {entry.record_id for entry in entries} <= {*ids}
        if took and kind is not None and self._explorer.release(kind, ids):
            notes.append(MARKS_OFF)
        self._explorer.watching.tell(
            entries,
            "  ".join(now for now, _, _ in told),
            "  ".join(later),
            "  ".join(notes),
        )


def place_of_error(text: str, error: InputError) -> int:
    """Return where the cursor goes in a line: behind the word that its error names, else the end.

    The words of a line are those between blanks, and the two sides of ``field=value``.
    """
    named = set(re.findall(r"[^\s,;:]+", error.message.replace(". ", " ").rstrip(".")))
    ends = [word.end() for word in re.finditer(r"[^\s=]+", text) if word[0] in named]
    return ends[-1] if ends else len(text)


def place_of(reads: Queries, kind: Kind, record_id: str) -> tuple[str, str, int, str] | None:
    """Return where a record is seen: its company, that one's name, the pane and the row there.

    ``None`` if it isn't here, or stands in no pane.
    """
    company, pane, row = record_id, 2, ""
    if kind is Kind.CONTACT and (person := reads.contact(record_id)) is not None:
        company, pane, row = text_of(person.raw, "companyId"), 3, record_id
    elif kind is Kind.CALL and (call := reads.call(record_id)) is not None:
        company = call.company_id or text_of(call.call.raw, "companyId")
        pane, row = 4, record_id
    shown = reads.company(company) if company else None
    return (company, visible(text_of(shown.raw, "name")), pane, row) if shown is not None else None


def _completed(text: str, ctx: Context, sources: Sources) -> tuple[Lines, str]:
    """Return what could stand at the end of a line, and why its verb can't run now."""
    offered = completing.of_line(text, sources)
    if offered.command is None or "--id" in text:
        return offered, ""
    workspace = ctx.workspace()
    unwritable = workspace.unwritable
    return offered, why_not(
        offered.command, workspace.profile, ctx.selection, unwritable=unwritable
    )


def _in_editor(app: PlanhatApp, text: str) -> str:
    """Leave the screen to the person's editor; raises :class:`InputError` where that can't be."""
    from planhat_tui.commands.editing import edited

    try:
        with app.suspend():
            return edited(text, app.session.env, has_terminal=True)
    except SuspendNotSupported:
        raise InputError(
            "The screen can't be left here, so no editor is opened.",
            "In a shell: planhat-tui edit ID",
        ) from None


def showing(explorer: Explorer) -> Showing:
    """Return what the list shows that has the focus: companies, or the contacts or calls of one."""
    company = explorer.detail.company_id
    if company and explorer.front is explorer.contacts:
        view = explorer.contacts.view
        keys = view.keys or tuple(column.key for column in explorer.contacts.rows.columns)
        return Showing(Kind.CONTACT, view._replace(columns=keys), company)
    if company and explorer.front is explorer.calls:
        return Showing(Kind.CALL, View(), company)
    view = explorer.companies.view
    shown = view.keys or tuple(column.key for column in explorer.companies.rows.columns)
    return Showing(Kind.COMPANY, view._replace(columns=shown))


def _answered(app: PlanhatApp, sheet: Sheet[T]) -> T:
    """Return what a person answers in a sheet, from another thread.

    Raises :class:`RefusedError` if it's closed, or the answer is no.
    """
    answer: Future[T | None] = Future()
    app.call_from_thread(app.push_screen, sheet, answer.set_result)
    while app.is_running:
        try:
            told = answer.result(_LOOK)
        except TimeoutError:
            continue
        if told:
            return told
        break
    raise RefusedError("Nothing was done.")


def context_of(app: PlanhatApp) -> Context:
    """Return the world of a verb that is run on the screen: on the selection, without waiting."""
    session = app.session
    runtime, workspaces = session.runtime, session.workspaces
    kind, ids = app.explorer.selection()
    workspace = workspaces.current

    def tell(text: str) -> None:
        app.call_from_thread(app.explorer.say, text)

    def confirm(question: str, word: str) -> None:
        _answered(app, Confirm("Sure?", question, word, app.monotonic))

    def agree(plan: UndoPlan) -> None:
        if plan.reaches_planhat:
            _answered(app, app.explorer.undoing.sheet(plan))

    def match(given: Columns) -> tuple[Match, ...]:
        from planhat_tui.tui.screens.importing import ImportSheet

        return _answered(app, ImportSheet(given))

    def secret(prompt: str) -> str:  # noqa: ARG001 -- the shell's question
        raise InputError("A token isn't typed here.", "p then a opens the form for it.")

    def serve(options: SandboxOptions, host: str, port: int) -> int:  # noqa: ARG001 -- likewise
        raise InputError("The sandbox is a server.", "In a shell: planhat-tui sandbox")

    def browse(browsing: Browsing) -> int:  # noqa: ARG001 -- likewise
        raise InputError("The explorer is open already.", "In a shell: planhat-tui serve")

    return Context(
        door=Door.LINE,
        workspace=lambda: workspace,
        config=lambda: runtime.config,
        paths=runtime.paths,
        now=app.now,
        tell=tell,
        confirm=confirm,
        agree=agree,
        match=match,
        probe=partial(runtime.probe, tell=tell),
        reload=app.configuring.reload,
        secret=secret,
        serve=serve,
        browse=browse,
        queued=runtime.queued,
        editor=lambda text: app.call_from_thread(_in_editor, app, text),
        show=lambda _answer, _manner: None,  # the line that runs a verb shows what it answers
        profile=runtime.profile,
        examine=partial(runtime.examine, tell=tell),
        inspect=runtime.inspect,
        kept=runtime.kept,
        wipe=runtime.wipe,
        env=session.env,
        flags=runtime.flags,
        selection=Selection(kind if ids else None, ids),
        showing=showing(app.explorer),
        wishes=Wishes(wait=False),
        switch=lambda name: app.call_from_thread(app.switch_to, name),
        look=lambda name: app.call_from_thread(app.look, name),
        sheet=lambda name: app.call_from_thread(app.explorer.action_do, name),
    )
