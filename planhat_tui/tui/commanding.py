"""The ``:`` line and the palette: verbs of the registry, run beside the screen."""

from __future__ import annotations

import re
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from textual.app import SuspendNotSupported
from textual.widgets import Input

from planhat_tui.commands import completing, output
from planhat_tui.commands.barring import why_not
from planhat_tui.commands.completing import Lines
from planhat_tui.commands.context import Context, Door, Showing, Wishes
from planhat_tui.commands.results import Done, Groups
from planhat_tui.commands.values import sources_of
from planhat_tui.errors import AmbiguousError, InputError, PlanhatTuiError, RefusedError
from planhat_tui.model.query.slips import as_meant
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import visible
from planhat_tui.model.views import View
from planhat_tui.tui.linerun import NOTHING, LineRun, Place, waited
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.screens.answers import AnswersSheet
from planhat_tui.tui.screens.confirm import Confirm
from planhat_tui.tui.transcript import Transcript, has_data
from planhat_tui.tui.watching import MARKS_OFF
from planhat_tui.workspace import crashing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.browser import Browsing
    from planhat_tui.commands.context import Columns
    from planhat_tui.commands.values import Sources
    from planhat_tui.model.columns import Match
    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.sandbox import SandboxOptions
    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.linerun import Answer
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.tui.screens.sheet import Sheet
    from planhat_tui.tui.transcript import Fitted, Line
    from planhat_tui.workspace.queries import Queries

UNTOLD: Final = "What fits here can't be told, by a fault of planhat-tui's own.  A report is kept"
HELP: Final = "help"
"""No verb, but what is typed after ``:`` by who doesn't know the key for it yet."""

T = TypeVar("T")


class Commanding:
    """The ``:`` line of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._sources: Sources | None = None
        self._failing = False
        self._left_in: tuple[Input, str] | None = None
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
        target = self._explorer.front.focus_target()
        self._left_in = (target, target.value) if isinstance(target, Input) else None
        target.focus()

    @property
    def is_elsewhere(self) -> bool:
        """Whether the person is at something else by now: a tenant, a sheet, a text."""
        explorer = self._explorer
        focused, message = explorer.focused, explorer.message
        if not explorer.is_active:
            return True
        if not isinstance(focused, Input) or (focused is message.command and not message.is_open):
            return False
        return (focused, focused.value) != self._left_in

    def complete(self, text: str) -> None:
        """Offer what could stand at the end of the line; what fails of it is no more than a hint.

        A fault of our own in it is kept as a report, once in a run.
        """
        explorer, ctx = self._explorer, context_of(self._explorer.planhat)

        def completed() -> tuple[Lines, str]:
            try:
                if self._sources is None:
                    self._sources = sources_of(ctx)
                return _completed(text, ctx, self._sources)
            except PlanhatTuiError as error:
                return Lines(text), problem(error)
            except Exception as fault:  # noqa: BLE001 -- one of ours: the line is typed all the same
                if not self._failing:
                    crashing.keep(fault, ctx.paths.state / "crashes", ctx.now())
                self._failing = True
                return Lines(text), UNTOLD

        explorer.ask("complete", completed, lambda offered: self._offer(*offered))

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
        if text.strip() == HELP:
            explorer.action_do("help")
            return
        machine, tenant = explorer.planhat.session.runtime.machine, explorer.workspace.tenant
        place = Place(explorer.planhat)

        def before() -> None:
            if remember:
                machine.remember_line(text, tenant)

        def refuse(error: PlanhatTuiError, answer: Fitted) -> None:
            """Say why it did nothing; what was mistyped is open again where its mistake is.

            Not where the person types something else by then.
            """
            self._transcript.add(visible(text), [answer])
            explorer.say_problem(error)
            if remember and isinstance(error, InputError) and not self.is_elsewhere:
                self.open(text, wrong_at=place_of_error(text, error))

        LineRun(text, place, context_of(explorer.planhat, place), refuse).begin(before)

    def show(self, text: str, answers: Sequence[Answer]) -> None:
        """Show answers with data in the transcript, sentences in the line of messages.

        Where the line has gone on to another tenant, or the person is at something else by then,
        its answers wait in the transcript.
        """
        explorer, here = self._explorer, not self.is_elsewhere
        results = [answer.result for answer in answers]
        if here and len(results) == 1 and isinstance(results[0], Groups) and results[0].groups:
            explorer.show_groups(results[0])
            return
        first = self._transcript.add(visible(text), [answer.fitted for answer in answers])
        done = [result for result in results if isinstance(result, Done)]
        is_queued = any(one.queued for one in done)
        if is_queued:
            self._follow(text, done)
        errors = [result for result in results if isinstance(result, PlanhatTuiError)]
        alone = len(results) == 1 and not isinstance(results[0], AmbiguousError)
        if errors and (alone or not here):
            explorer.say_problem(errors[0])
            return
        if errors or any(map(has_data, results)):
            if here:
                self.show_answers(first)
            elif not is_queued:
                explorer.say("The line is answered.  {answers} shows the answers")
            return
        if is_queued:
            return
        notes = [output.note_of(r) for r in results if not isinstance(r, PlanhatTuiError)]
        told = [output.visible_lines(note) for note in notes if note]
        told = told or ([] if done else ["Nothing found."])
        if not told:  # what it brought up speaks for itself
            return
        bad = any(one.exit_status for one in done)
        explorer.say(literal("  ".join(" ".join(note.split()) for note in told)), bad=bad)

    def show_answers(self, first: int | None = None) -> None:
        """Show the transcript, from a line on, or the last answer."""
        lines = self._transcript.lines
        last = max((n for n, one in enumerate(lines) if one.asks), default=0)
        sheet = AnswersSheet(self._transcript, last if first is None else first)
        self._explorer.app.push_screen(sheet, self._open)

    def _open(self, about: Line | None) -> None:
        """Go to what a line is about: a record, or the companies that have a tag."""
        if about is not None and about.tag:
            self._explorer.seek_tag(about.tag)
        elif about is not None and about.kind is not None:
            self.open_record(about.kind, about.id)

    def open_record(self, kind: Kind, record_id: str) -> None:
        """Go to a record: its company, the pane, and the row there."""
        explorer = self._explorer
        reads = explorer.workspace.reads
        explorer.ask(
            "opened",
            lambda: place_of(reads, kind, record_id),
            lambda place: (
                explorer.travels.open(*place)
                if place is not None
                else explorer.say(f"That {kind} is with no company that is here")
            ),
            opens=True,
        )

    def _follow(self, text: str, results: list[Done]) -> None:
        """Say what is queued, and what becomes of it, as after a key; it takes the marks too."""
        told = [literal(output.visible_lines(one.text)).partition("\n") for one in results]
        later = [
            literal(visible(result.later)) or now
            for result, (now, _, _) in zip(results, told, strict=True)
        ]
        notes = [" ".join(more.split()) for _, _, more in told if more]
        entries = [entry for result in results for entry in result.queued]
        kind, ids, _ = self._explorer.selection()
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
    if offered.command is None or "--id" in text or "--dry-run" in text:
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
    if company and explorer.front is explorer.calls:
        return Showing(Kind.CALL, View(), company)
    contacts = company and explorer.front is explorer.contacts
    front, of = (explorer.contacts, company) if contacts else (explorer.companies, "")
    view = front.view if contacts else explorer.companies.read_view
    meant, found = "", explorer.companies.shown
    if (
        not contacts
        and found is not None
        and found.looking.view.query == view.query
        and (meant := found.rows.meant)
    ):
        view = view._replace(query=as_meant(found.query, meant))
    drawn = tuple(column.key for column in front.rows.columns)
    return Showing(front.KIND, view, of, meant, drawn)


def _answered(explorer: Explorer, sheet: Sheet[T]) -> T:
    """Return what a person answers in a sheet over an explorer, from another thread.

    Raises :class:`RefusedError` if it's closed, or the answer is no.
    """
    app, answer = explorer.planhat, Future[T | None]()
    show = partial(app.push_screen, sheet, answer.set_result)
    app.call_from_thread(explorer.once_in_front, "A question", show)
    told = waited(app, answer)
    if not told:
        raise RefusedError(NOTHING)
    return told


def context_of(app: PlanhatApp, place: Place | None = None) -> Context:
    """Return the world of a verb that is run on the screen: on the selection, without waiting.

    It is that of the tenant in which ``place`` is by then; without one, of what is on screen now.
    """
    session, place = app.session, place or Place(app)
    runtime = session.runtime

    def tell(text: str) -> None:
        app.call_from_thread(place.explorer.say, text)

    def confirm(question: str, word: str) -> None:
        _answered(place.explorer, Confirm("Sure?", question, word, app.monotonic))

    def agree(plan: UndoPlan) -> None:
        if plan.asks:
            _answered(place.explorer, place.explorer.undoing.sheet(plan, by_itself=True))

    def match(given: Columns) -> tuple[Match, ...]:
        from planhat_tui.tui.screens.importing import ImportSheet

        return _answered(place.explorer, ImportSheet(given))

    def secret(prompt: str) -> str:  # noqa: ARG001 -- the shell's question
        opens = place.explorer.keyed("{tenants} then {add} opens the form for it.")
        raise InputError("A token isn't typed here.", opens)

    def serve(options: SandboxOptions, host: str, port: int) -> int:  # noqa: ARG001 -- likewise
        raise InputError("The sandbox is a server.", "In a shell: planhat-tui sandbox")

    def browse(browsing: Browsing) -> int:  # noqa: ARG001 -- likewise
        raise InputError("The explorer is open already.", "In a shell: planhat-tui serve")

    return Context(
        door=Door.LINE,
        workspace=lambda: place.explorer.workspace,
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
        wanted=lambda: place.explorer.workspace.profile.name,
        editor=lambda text: app.call_from_thread(_in_editor, app, text),
        show=lambda _answer, _manner: None,  # the run of a line keeps what it answers
        profile=runtime.profile,
        hold=runtime.hold,
        examine=partial(runtime.examine, tell=tell),
        inspect=runtime.inspect,
        kept=runtime.kept,
        wipe=runtime.wipe,
        env=session.env,
        flags=runtime.flags,
        selection=app.explorer.selection(),
        showing=showing(app.explorer),
        key=lambda name: place.explorer.keyed(f"{{{name}}}"),
        wishes=Wishes(wait=False),
        switch=place.go,
        look=lambda name: app.call_from_thread(app.look, name),
        sheet=lambda name: app.call_from_thread(app.explorer.action_do, name),
    )
