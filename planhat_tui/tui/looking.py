"""Reading the list of companies from the local copy, for the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict

from planhat_tui.errors import QueryError
from planhat_tui.model import query as queries
from planhat_tui.model.edits import value_at
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.views import View
from planhat_tui.tui.presentation import columns, matched
from planhat_tui.tui.widgets.rowlines import PAGE
from planhat_tui.workspace.places import Front

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planhat_tui.model.query import Query, Sort
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import CompanyRows, Progress, Totals
    from planhat_tui.tui.presentation.matched import Sought
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.workspace import Workspace

_WINDOW: Final = 1_000
"""Rows that are asked for at once: as many as a list by rank gives in its own order."""


class Looking(NamedTuple):
    """What to read: a view, and what was opened lately."""

    view: View = View()
    lately: tuple[str, ...] = ()


class Found(NamedTuple):
    """An answer: the rows from ``offset`` on, and how much of the list is here.

    ``around`` is the company around which they were read, if the list has it. ``own`` has the
    values of the custom fields that are shown, by the company's id and the field's path. ``by`` is
    the contact by whom the only one was found. ``unseen`` are those of the rows that others have
    changed since the person last looked at them. ``called`` tells when companies were called last,
    in seconds since the epoch; ``None``: that wasn't read. ``front`` is which pane was in front.
    """

    rows: CompanyRows
    offset: int
    progress: Progress
    looking: Looking
    query: Query
    sought: Sought
    around: str = ""
    own: Mapping[str, Mapping[str, Json]] = {}
    by: str = ""
    unseen: frozenset[str] = frozenset()
    called: Mapping[str, float] | None = None
    front: Front = Front()

    def has(self, company_id: str) -> bool:
        """Tell whether a company is among the rows."""
        return any(row.id == company_id for row in self.rows.rows)


def look(
    workspace: Workspace,
    looking: Looking | None = None,
    offset: int = 0,
    limit: int = PAGE,
    *,
    around: str = "",
    lines: int = 0,
    marks: bool = True,
) -> Found:
    """Read rows of the local copy, and how much of it is there. Raises :class:`QueryError`.

    ``marks``: also which of them others have changed since the person last looked, and when they
    were called.
    ``around`` is a company: if the list has it, the rows ``lines`` before and after it are read.
    """
    wanted, reads = looking or Looking(), workspace.reads
    view = wanted.view
    asked = _asked(wanted)
    place = reads.place(around, view.query, **asked) if around else None
    if place is not None:
        offset = max(0, place - lines) // PAGE * PAGE
        limit = max(limit, -(-(place + lines + 1 - offset) // PAGE) * PAGE)
    rows = reads.companies(view.query, limit, offset, **asked)
    query = queries.parse(view.query)
    sought = matched.sought(query, rows.meant)
    here = around if place is not None else ""
    ids = [row.id for row in rows.rows]
    own = own_values(reads, Kind.COMPANY, ids, columns.custom_paths(view.columns))
    unseen = reads.unseen(Kind.COMPANY, ids) if marks else frozenset[str]()
    called = reads.last_calls(Kind.COMPANY) if marks else None
    alone = rows.through and len(rows.rows) == rows.total == 1
    by = _by(reads, rows.rows[0].id, view.query) if alone else ""
    return Found(
        rows, offset, reads.progress(), wanted, query, sought, here, own, by, unseen, called
    )


def look_again(
    workspace: Workspace, looking: Looking, offset: int, limit: int, *, on: str, lines: int
) -> Found:
    """Read rows again, with the company on which the cursor is, wherever it stands by now.

    Only where it isn't among them any more it's looked for, as :func:`look` does.
    """
    found = look(workspace, looking, offset, limit)
    if not on or found.has(on):
        return found
    return look(workspace, looking, offset, limit, around=on, lines=lines)


def ids_of(reads: Queries, looking: Looking, first: int, count: int) -> tuple[str, ...]:
    """Return the ids of rows of the list that :func:`look` reads, in the same windows."""
    starts = range(first, first + count, _WINDOW)
    windows = ((start, min(_WINDOW, first + count - start)) for start in starts)
    asked = _asked(looking)
    return tuple(
        one
        for start, limit in windows
        for one in reads.company_ids(looking.view.query, limit, start, **asked)
    )


def next_of(reads: Queries, looking: Looking, here: str, text: str, *, back: bool) -> str:
    """Return the next company that a text finds, in the order of the list that is looked at."""
    within = looking.view.query
    return reads.neighbour(here, text, within=within, back=back, **_asked(looking))


def sums_of(reads: Queries, looking: Looking, marks: Iterable[str]) -> Totals:
    """Return what the list that :func:`look` reads adds up to, and how many marks are in it."""
    return reads.totals(looking.view.query, marks, **_ordered(looking))


class _Ordered(TypedDict):
    sort: tuple[Sort, ...]
    lately: tuple[str, ...]


class _Asked(_Ordered):
    guess: bool


def _asked(looking: Looking) -> _Asked:
    """Return how the list is asked for: the same for its rows, a place in it, and what is next."""
    return _Asked(guess=True, **_ordered(looking))


def _ordered(looking: Looking) -> _Ordered:
    return _Ordered(sort=looking.view.sort, lately=looking.lately)


def _by(reads: Queries, company_id: str, text: str) -> str:
    """Return the name of whom a search has found there."""
    shown = reads.contact(reads.whom(company_id, text))
    return text_of(shown.raw, "name") if shown is not None else ""


def own_values(
    reads: Queries, kind: Kind, ids: Sequence[str], paths: Sequence[str]
) -> Mapping[str, Mapping[str, Json]]:
    """Read custom fields of the records that are shown: of these alone, and only if asked for."""
    raws = reads.raws(kind, ids) if paths else ()
    return {text_of(raw, "_id"): {path: value_at(raw, path) for path in paths} for raw in raws}


def first_look(workspace: Workspace, start: View | None) -> Found:
    """Read what is seen first: the view to start with, else the list as it was left.

    What was changed isn't marked yet: the first sight doesn't wait for another file.
    It's read around the company that was on screen, if the view has it.
    """
    view, front = start or workspace.places.view(), workspace.places.front()
    around = front.company
    try:
        looking = Looking(view, workspace.places.lately())
        found = look(workspace, looking, around=around, lines=PAGE, marks=False)
    except QueryError:  # what a person can no longer ask is left out
        looking = Looking(View(columns=view.columns), workspace.places.lately())
        found = look(workspace, looking, marks=False)
    return found._replace(front=front)
