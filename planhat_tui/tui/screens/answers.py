"""The answers of the ``:`` line: scrolled, searched, copied, written to a file, opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.widgets import Input

from planhat_tui.commands.saving import write_lines
from planhat_tui.model.text import fold, plural, visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.sure import Sure
from planhat_tui.tui.transcript import fitted_again, room
from planhat_tui.tui.widgets.line import Line as TypedLine
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.workspace.wholefile import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.tui.transcript import Line, Said, Transcript

AROUND = 120
"""Lines that are drawn before the first one that is seen is asked for."""


class AnswersSheet(ListSheet["Line"]):
    """All that was answered, the last answer first in sight; answers with the line to open."""

    HINT = (
        "enter: open", "{find}: find", "{next_match} {previous_match}: go on", "copy",
        "copy_answer", "write", "{close}: close",
    )  # fmt: skip
    PLACES: ClassVar[tuple[Where, ...]] = (Where.ANSWERS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.ANSWERS)]

    def __init__(self, transcript: Transcript, first: int) -> None:
        super().__init__("Answers")
        self.rows = Rows(columns.ANSWERS, id="answer-rows")
        self._transcript = transcript
        self._first = first
        self._sought = ""
        self._typing = ""
        self._sure = Sure()
        self._begun = False
        self._line = TypedLine(id="answer-line")

    def below(self) -> ComposeResult:
        """Draw the line to type into, hidden."""
        yield self._line

    def on_mount(self) -> None:
        """Show the answer that was asked for."""
        self._line.display = False
        self.rows.focus()
        self.rows.say_empty("Nothing was answered yet.  {line} takes a command")
        self._draw()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Put what was typed at the top, and the cursor on it."""
        self.rows.cursor = self._first
        self.rows.scroll_to(y=max(0, self._first), animate=False, force=True)
        self._tell_title()
        self._begun = True
        self._fit()

    @on(events.Resize)
    def _other_width(self) -> None:
        if self._begun:
            self._fit()

    def _fit(self) -> None:
        """Have the answers fitted again, beside everything else, where they are for another width.

        There may be as many lines as are kept.
        """
        said, width = self._transcript.said, room(self.app.size.width)
        if not self._transcript.fits(width):
            self.wait_for(
                lambda: fitted_again(said, width), lambda new: self._fitted(said, new, width)
            )

    def _fitted(self, before: Sequence[Said], after: Sequence[Said], width: int) -> None:
        """Show them, the cursor on the same answer and record, in the same line of the screen."""
        if width != room(self.app.size.width):  # it has been made wider or narrower meanwhile
            return
        rows = self.rows
        above = rows.cursor - rows.scroll_offset.y
        here = self._transcript.take(before, after, rows.cursor)
        rows.fill(len(self._transcript.lines), self._rows(0, 0))
        rows.cursor = here
        self._draw()
        rows.scroll_to(y=max(0, here - above), animate=False, force=True)
        self._tell_title()

    def _draw(self) -> None:
        """Draw again what is around the cursor; the rest when it's looked at."""
        offset, count = max(0, self.rows.cursor - AROUND) // 60 * 60, 2 * AROUND
        total = len(self._transcript.lines)
        self.rows.fill(total, self._rows(offset, count), offset=offset)

    def _rows(self, offset: int, count: int) -> list[Row]:
        words = [fold(self._sought)] if self._sought else []
        some = self._transcript.lines[offset : offset + count]
        return [
            Row(
                str(offset + n),
                {"line": line.text},
                dim=line.asks,
                sought={"line": words},
            )
            for n, line in enumerate(some)
        ]

    @on(Rows.Missing, "#answer-rows")
    def _missing(self, event: Rows.Missing) -> None:
        event.stop()
        self.rows.put(event.offset, self._rows(event.offset, 60))

    @on(Rows.Pointed, "#answer-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self._tell_title()

    def _tell_title(self) -> None:
        """Let the title name what was typed for the answer under the cursor."""
        if self._transcript.lines:
            typed, _ = self._transcript.answer(self.rows.cursor)
            self.rule.show((f"Answers  {visible(typed)}",))

    @property
    def _current(self) -> Line | None:
        lines = self._transcript.lines
        return lines[self.rows.cursor] if lines else None

    @on(Rows.Opened, "#answer-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        line = self._current
        if line is not None and (line.id or line.tag):
            self.dismiss(line)
        else:
            self.tell("This line is about no record that can be opened")

    def why_not(self, name: str) -> str:
        """Say that nothing is here, or that nothing is looked for."""
        if self._current is None:
            return "Nothing was answered yet"
        if name in {"next_match", "previous_match"} and not self._sought:
            return "Nothing is looked for yet.  {find} takes a text"
        return ""

    # -- finding and writing, both typed into the same line

    def do_find(self) -> None:
        """Type what to look for."""
        self._ask("find", "look for", self._sought)

    def do_write(self) -> None:
        """Type the file that the answer goes to."""
        self._ask("write", "write this answer to the file", "")

    def _ask(self, job: str, hint: str, text: str) -> None:
        self._typing = job
        self._line.hint(hint)
        self._line.replace_text(text)
        self._line.display = True
        self._line.focus()

    @on(Input.Submitted, "#answer-line")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        job, text = self._typing, event.value.strip()
        if text and job == "write":
            self._write(text)
            return
        self._leave_line()
        if text:
            self._sought = text
            self._draw()
            self._go(back=False)

    def _write(self, file: str) -> None:
        """Write the answer under the cursor; the line stays until that is done."""
        _, answer = self._transcript.answer(self.rows.cursor)
        sure, monotonic = self._sure, self.planhat.monotonic

        def write() -> str:
            path = named(file)
            replaced = sure.replaces(path, monotonic())
            write_lines(file, answer)
            told = f"{plural(len(answer), 'line')} written to {visible(str(path))}"
            return f"{told}, in place of what was there" if replaced else told

        def written(told: str) -> None:
            self._leave_line()
            self.tell(literal(told))

        self.save_once(write, written)

    def _leave_line(self) -> None:
        self._typing = ""
        self._line.display = False
        self.rows.focus()

    def action_close(self) -> None:
        """Leave the line that is typed into, or the sheet."""
        if self._typing:
            self._leave_line()
        else:
            super().action_close()

    def do_next_match(self) -> None:
        """Go to the next line that has it."""
        self._go(back=False)

    def do_previous_match(self) -> None:
        """Go to the line before that has it."""
        self._go(back=True)

    def _go(self, *, back: bool) -> None:
        found = self._transcript.find(self._sought, self.rows.cursor, back=back)
        if found is None:
            self.tell(f"Nothing here has {literal(visible(self._sought))}")
        else:
            self.tell("")
            self.rows.cursor = found

    # -- copying

    def do_copy(self) -> None:
        """Copy the line."""
        if self._current is not None:
            self.app.copy_to_clipboard(self._current.text)
            self.tell("Copied: the line")

    def do_copy_answer(self) -> None:
        """Copy the answer."""
        _, answer = self._transcript.answer(self.rows.cursor)
        self.app.copy_to_clipboard("\n".join(answer))
        self.tell(f"Copied: {plural(len(answer), 'line')}")
