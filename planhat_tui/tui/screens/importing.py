"""Which column of a file is which field. Enter picks another one; ctrl+s goes on to the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from planhat_tui.model.columns import KEYS, Match
from planhat_tui.model.text import visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.screens.pick import Pick
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.picker import Choice
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from textual.binding import BindingType

    from planhat_tui.commands.context import Columns

_SAID = "you said so"


class ImportSheet(ListSheet[tuple[Match, ...]]):
    """Answers with what each column fills."""

    HINT = ("enter: another field", "leave_out", "take", "{close}: close")
    IN_FULL = ("column", "field", "example")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.IMPORT,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.IMPORT)]

    def __init__(self, given: Columns) -> None:
        super().__init__(f"Import {given.file}: which column is which field of a {given.kind}")
        self._given = given
        self._words = dict(given.choices)
        self.matches = [*given.matches]
        self.rows = Rows(columns.IMPORT, id="import-rows")

    def on_mount(self) -> None:
        """Show them."""
        self.rows.focus()
        self._fill()

    def _fill(self) -> None:
        rows = [self._row(n, match) for n, match in enumerate(self.matches)]
        self.rows.fill(len(rows), rows)
        if not self._keyed:
            self.tell(f"One column must be {' or '.join(KEYS[self._given.kind])}", bad=True)
        else:
            guessed = sum(match.guessed for match in self.matches)
            self.tell(f"{guessed} guessed by a near name (?)" if guessed else "")
        self.tell_in_full()

    def _row(self, n: int, match: Match) -> Row:
        field = visible(self._words.get(match.path, match.path)) or match.told
        return Row(
            str(n),
            {
                "column": visible(match.column),
                "field": f"{field} ?" if match.guessed else field,
                "example": self._given.examples.get(match.column, ""),
            },
            dim=not match.path,
        )

    @property
    def _keyed(self) -> bool:
        return bool({match.path for match in self.matches} & {*KEYS[self._given.kind]})

    @property
    def _here(self) -> int:
        here = self.rows.current
        return int(here.id) if here is not None else 0

    @on(Rows.Opened, "#import-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        column = visible(self.matches[self._here].column)
        taken = {match.path: match.column for match in self.matches if match.path}
        choices = [
            Choice(path, visible(word), visible(taken.get(path, "")))
            for path, word in self._given.choices
        ]
        pick = Pick(f"{column} is the field", choices, hint="a piece of its name")
        self.app.push_screen(pick, self._picked)

    def _picked(self, choice: Choice | None) -> None:
        """Let the column fill the field; the one that did so before is left out."""
        if choice is None:
            return
        here = self._here
        for n, match in enumerate(self.matches):
            if n != here and match.path == choice.value:
                self.matches[n] = Match(match.column, why=_SAID)
        self.matches[here] = Match(self.matches[here].column, choice.value)
        self._fill()

    def do_leave_out(self) -> None:
        """Leave the column out."""
        self.matches[self._here] = Match(self.matches[self._here].column, why=_SAID)
        self._fill()

    def do_take(self) -> None:
        """Go on with what is shown."""
        if self._keyed:
            self.dismiss(tuple(self.matches))
