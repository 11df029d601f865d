"""Reading the list of companies from the local copy, for the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planhat_tui.errors import QueryError
from planhat_tui.model import query as queries
from planhat_tui.model.edits import value_at
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.views import View
from planhat_tui.tui.presentation import columns, matched
from planhat_tui.tui.widgets.rowlines import PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.model.query import Query
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import CompanyRows, Progress
    from planhat_tui.tui.presentation.matched import Sought
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Looking:
    """What to read: a view, and what was opened lately."""

    view: View = field(default_factory=View)
    lately: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: the rows from ``offset`` on, and how much of the list is here.

    ``around`` is the company around which they were read, if the list has it. ``own`` has the
    values of the custom fields that are shown, by the company's id and the field's path. ``by`` is
    the contact by whom the only one was found. ``unseen`` are those of the rows that others have
    changed since the person last looked at them.
    """

    rows: CompanyRows
    offset: int
    progress: Progress
    looking: Looking
    query: Query
    sought: Sought
    around: str = ""
    own: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    by: str = ""
    unseen: frozenset[str] = frozenset()


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

    ``marks``: also which of them others have changed since the person last looked.
    ``around`` is a company: if the list has it, the rows ``lines`` before and after it are read.
    """
    wanted, reads = looking or Looking(), workspace.reads
    view = wanted.view
    place = reads.place(around, view.query, view.sort) if around else None
    if place is not None:
        offset = max(0, place - lines) // PAGE * PAGE
        limit = max(limit, -(-(place + lines + 1 - offset) // PAGE) * PAGE)
    rows = reads.companies(
        view.query, limit, offset, guess=True, sort=view.sort, lately=wanted.lately
    )
    query = queries.parse(view.query)
    sought = matched.sought(query, rows.meant)
    here = around if place is not None else ""
    ids = [row.id for row in rows.rows]
    own = own_values(reads, Kind.COMPANY, ids, columns.custom_paths(view.columns))
    unseen = reads.unseen(Kind.COMPANY, ids) if marks else frozenset[str]()
    alone = rows.through and len(rows.rows) == rows.total == 1
    by = _by(reads, rows.rows[0].id, view.query) if alone else ""
    return Found(rows, offset, reads.progress(), wanted, query, sought, here, own, by, unseen)


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
    Is another pane in front, it's read around the company that was shown there.
    """
    view, front = start or workspace.places.view(), workspace.places.front()
    around = front.company if front.pane > 1 or front.zoomed else ""
    try:
        looking = Looking(view, workspace.places.lately())
        return look(workspace, looking, around=around, lines=PAGE, marks=False)
    except QueryError:  # what a person can no longer ask is left out
        looking = Looking(View(columns=view.columns), workspace.places.lately())
        return look(workspace, looking, marks=False)
