"""The order and the columns of the lists, and the saved views of companies, each in a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from planhat_tui.config.views import SavedView
from planhat_tui.model.text import visible
from planhat_tui.model.views import View, by_alone, parted, wide
from planhat_tui.tui.presentation.cells import literal, named
from planhat_tui.tui.presentation.columns import custom_paths

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.query import Sort
    from planhat_tui.model.records import Kind
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.tui.screens.views import Answer
    from planhat_tui.tui.widgets.rows import Rows


class Arranged(Protocol):
    """A list that can be arranged: ``show_view`` shows it so from now on, and keeps that."""

    KIND: ClassVar[Kind]
    rows: Rows

    @property
    def view(self) -> View:
        """What is asked for, and how it is shown."""
        ...

    def show_view(self, view: View) -> None:
        """Show another view."""
        ...

    def once_shown(self, key: str, then: Callable[[], None]) -> None:
        """Do something when it's shown."""
        ...

    def try_columns(self, columns: tuple[str, ...]) -> None:
        """Draw the rows that are here with other columns, until the view is shown again."""
        ...


class Arranging:
    """How one explorer's lists are arranged."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer

    def sort(self, of: Arranged) -> None:
        """Choose by what a list is sorted."""
        from planhat_tui.tui.screens.order import OrderSheet

        view, reads = of.view.arranged, self._explorer.workspace.reads
        sheet = OrderSheet(view.sort, custom_paths(view.columns), reads, of.KIND)

        def sorted_by(sort: tuple[Sort, ...] | None) -> None:
            if sort is not None:
                of.show_view(of.view.arranged._replace(sort=sort))

        self._explorer.app.push_screen(sheet, sorted_by)

    def views(self) -> None:
        """Show a saved view, or save the list as it is."""
        from planhat_tui.tui.screens.views import ViewsSheet

        runtime = self._explorer.planhat.session.runtime
        sheet = ViewsSheet(runtime.config.views, self._explorer.workspace.reads)
        self._explorer.app.push_screen(sheet, self._viewed)

    def _viewed(self, answer: Answer | None) -> None:
        if answer is None:
            return
        companies, name = self._explorer.companies, literal(visible(answer.name))
        saved = self._explorer.planhat.session.runtime.config.views.get(answer.name)
        if answer.deed == "save":
            start = saved is not None and saved.start
            told = f"View {name} is saved.  {{views}} shows it again"
            if saved is not None:
                before = named(saved.view.query) or "all companies"
                told = f"View {name} is saved anew; it was {before}"
            self._save(SavedView(answer.name, companies.read_view, start), told)
        elif answer.deed == "start" and saved is not None:
            opens = "no longer opens" if saved.start else "opens"
            told = f"The explorer {opens} with {name}"
            self._save(saved._replace(start=not saved.start), told)
        else:
            self._explorer.go(companies.NUMBER)
            companies.show_view(saved.view if saved is not None else View())
            if saved is not None:
                self._explorer.say(f"{name} is on screen.  {{views}} shows the others")

    def _save(self, saved: SavedView, told: str) -> None:
        """Save it beside: the config may stand on a slow disk."""
        planhat = self._explorer.planhat
        file = planhat.session.runtime.paths.config_file

        def save() -> None:
            from planhat_tui.config.view_edit import save_view

            save_view(file, saved)
            planhat.configuring.reload()

        self._explorer.wait_for(save, lambda _: self._explorer.say(told))

    def choose_columns(self, of: Arranged) -> None:
        """Choose which columns a list has, in which order, and how wide they are."""
        from planhat_tui.tui.screens.columns import ColumnsSheet

        drawn = {column.key: column.width for column in of.rows.columns}
        chosen = of.view.columns or tuple(drawn)
        sheet = ColumnsSheet(chosen, self._explorer.workspace.reads, of.KIND, drawn, of.try_columns)

        def taken(columns: tuple[str, ...] | None) -> None:
            of.show_view(of.view if columns is None else of.view._replace(columns=columns))
            if columns is not None:
                of.once_shown("columns", lambda: self._tell_left_out(of))

        self._explorer.app.push_screen(sheet, taken)

    def _tell_left_out(self, of: Arranged) -> None:
        """Say which of the chosen columns have no room."""
        drawn = {column.key for column in of.rows.columns}
        out = [one.title for one in of.rows.wanted_columns if one.key not in drawn and one.title]
        if out:
            told = f"No room here for {literal(visible(', '.join(out)))}."
            self._explorer.say(f"{told}  {{zoom}} zooms, {{columns}} takes others out")


def sort_by_title(of: Arranged, key: str) -> None:
    """Sort a list by the column whose title is clicked; once more: the other way round."""
    column = next(one for one in of.rows.columns if one.key == key)
    if column.field:
        view = of.view.arranged
        of.show_view(view._replace(sort=by_alone(view.sort, column.field)))


def resized(of: Arranged, key: str, cells: int) -> View:
    """Return the view of a list with a column of so many cells."""
    shown = of.view.columns or tuple(column.key for column in of.rows.columns)
    columns = (wide(key, cells) if parted(one)[0] == key else one for one in shown)
    return of.view._replace(columns=tuple(columns))
