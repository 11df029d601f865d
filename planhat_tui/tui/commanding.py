"""The ``:`` line and the palette: verbs of the registry, run beside the screen."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from planhat_tui.commands import line, output
from planhat_tui.commands.context import Context, Door, Selection, Wishes
from planhat_tui.commands.results import Done
from planhat_tui.errors import InputError, RefusedError
from planhat_tui.tui.screens.confirm import Confirm
from planhat_tui.tui.screens.report import Report

if TYPE_CHECKING:
    from planhat_tui.commands.results import Result
    from planhat_tui.sandbox import SandboxOptions
    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.screens.explorer import Explorer

_LOOK = 0.2
"""Seconds between two looks whether the app still runs, while a question is open."""


class Commanding:
    """The ``:`` line of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer

    def open(self, text: str = "") -> None:
        """Open the line, with the history of this machine."""
        explorer = self._explorer
        machine = explorer.planhat.session.runtime.machine
        explorer.ask(
            "history", machine.history, lambda lines: explorer.message.open(lines, text), opens=True
        )

    def leave(self) -> None:
        """Close the line; the pane has the focus again."""
        self._explorer.message.close_line()
        self._explorer.front.focus_target().focus()

    def complete(self, text: str) -> None:
        """Offer what could stand at the end of the line."""
        explorer, ctx = self._explorer, context_of(self._explorer.planhat)
        command = explorer.message.command
        explorer.ask(
            "complete",
            lambda: line.completions(text, ctx),
            lambda lines: command.complete(text, lines),
        )

    def run(self, text: str) -> None:
        """Run a line; what it answers is said, or shown in a sheet."""
        self.leave()
        if not text.strip():
            return
        explorer = self._explorer
        ctx = context_of(explorer.planhat)
        machine = explorer.planhat.session.runtime.machine

        def run() -> list[Result]:
            machine.remember_line(text)
            return [typed.run(ctx) for typed in line.read(text, ctx.selection)]

        explorer.wait_for(run, lambda results: self._show(text, results))

    def _show(self, text: str, results: list[Result]) -> None:
        explorer = self._explorer
        lines: list[str] = []
        notes: list[str] = []
        for result in results:
            style = output.Style(width=max(40, explorer.size.width - 4))
            output.write(result, style, lines.append, notes.append)
        if lines:
            explorer.app.push_screen(Report(f":{text}", [*lines, *notes]))
        else:
            told = notes or [
                "Done." if any(isinstance(r, Done) for r in results) else "Nothing found."
            ]
            explorer.say("  ".join(" ".join(note.split()) for note in told))


def context_of(app: PlanhatApp) -> Context:
    """Return the world of a verb that is run on the screen: on the selection, without waiting."""
    session = app.session
    runtime, workspaces = session.runtime, session.workspaces
    kind, ids = app.explorer.selection()
    workspace = workspaces.current

    def confirm(question: str, word: str) -> None:
        answer: Future[bool | None] = Future()
        sheet = Confirm("Sure?", question, word, app.monotonic)
        app.call_from_thread(app.push_screen, sheet, answer.set_result)
        while app.is_running:
            try:
                if answer.result(_LOOK):
                    return
                break
            except TimeoutError:
                continue
        raise RefusedError("Nothing was done.")

    def secret(prompt: str) -> str:  # noqa: ARG001 -- the shell's question
        raise InputError("A token isn't typed here.", "p then a opens the form for it.")

    def serve(options: SandboxOptions, host: str, port: int) -> int:  # noqa: ARG001 -- likewise
        raise InputError("The sandbox is a server.", "In a shell: planhat-tui sandbox")

    return Context(
        door=Door.LINE,
        workspace=lambda: workspace,
        config=lambda: runtime.config,
        paths=runtime.paths,
        now=app.now,
        tell=lambda text: app.call_from_thread(app.explorer.say, text),
        confirm=confirm,
        probe=runtime.probe,
        reload=runtime.reload,
        secret=secret,
        serve=serve,
        queued=runtime.queued,
        selection=Selection(kind if ids else None, ids),
        wishes=Wishes(wait=False),
        switch=lambda name: app.call_from_thread(app.switch_to, name),
    )
