"""``view``: saved views of companies: list, save, show, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup, record_verbs
from planhat_tui.commands.registry import Effect, flag, option, verb, word, words
from planhat_tui.commands.results import Column, Done, Listing
from planhat_tui.commands.typed import name_and_query, query_of
from planhat_tui.commands.unfound import tell_unknown, unfound
from planhat_tui.errors import InputError, PlanhatTuiError
from planhat_tui.model.fields import custom_key
from planhat_tui.model.query import parse
from planhat_tui.model.query.writing import write
from planhat_tui.model.records import Kind
from planhat_tui.model.tables import BESIDE, columns_of, of_records
from planhat_tui.model.views import View

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.config.views import SavedView
    from planhat_tui.model.values import Json

COLUMNS = (
    Column("name", "NAME"),
    Column("companies", "COMPANIES", right=True),
    Column("query", "QUERY"),
    Column("sort", "SORT"),
    Column("columns", "COLUMNS"),
    Column("start", "START"),
)
_ALL = 1_000_000
_NAMED = "the view's name; several words are one name"


@verb("view list", key="views", aliases=("find",))
def list_(ctx: Context) -> Listing:
    """List the saved views, each with how many companies it finds now."""
    if ctx.config().views:
        lookup.ready(ctx)
    reads = ctx.workspace().reads
    rows: list[dict[str, Json]] = []
    for saved in ctx.config().views.values():
        tell_unknown(ctx, saved.view.query)
        companies = reads.count(saved.view.query)
        counted: dict[str, Json] = {"name": saved.name, "companies": companies}
        rows.append(counted | _told(saved))
    note = lookup.age(ctx) if rows else "No view is saved yet: view save NAME QUERY saves one."
    told = ({**row, "companies": f"{row['companies']:,}"} for row in rows)
    return Listing(tuple(rows), COLUMNS, note, table=Listing(tuple(told), COLUMNS, note))


@verb(
    "view save",
    word("name", "what you call it; several words are the name, up to the first term"),
    words("query", "terms and words, as company find takes them", required=False),
    option("--columns", "the columns of the list, such as name,arr,renews", "A,B"),
    flag("--start", "let the explorer open with it"),
    effect=Effect.CONFIG,
    key="views",
    needs_profile=False,
)
def save(
    ctx: Context,
    name: str,
    query: tuple[str, ...],
    columns: str,
    start: bool,  # noqa: FBT001 -- a flag of the command line
) -> Done:
    """Save a query under a name, with its order (sort:-arr) and columns.

    On the screen, without a query: what the list of companies shows. A view of that name is
    replaced. The query begins with its first term: My renewals renewal:next90d. One of words alone
    stands behind a name in quotes, or as name:acme.
    """
    from planhat_tui.config.views import SavedView

    name, terms = name_and_query((name, *query))
    if terms:
        read = parse(query_of(terms))
        view = View(write(read._replace(sort=())), read.sort)
    else:
        view = _shown(ctx)
    chosen = tuple(one.strip() for one in columns.split(",") if one.strip())
    for column, _, _ in (one.partition("=") for one in chosen):  # a width may stand behind it
        if custom_key(column) is None and column not in BESIDE:  # which ones a tenant has differs
            columns_of(Kind.COMPANY, [column], ())
    return save_view(ctx, SavedView(name, view._replace(columns=chosen or view.columns), start))


def _shown(ctx: Context) -> View:
    """Return what the list of companies shows. Raises :class:`InputError` where none has the keys.

    Nothing typed would else be a view of all companies, in the place of one of that name.
    """
    shown = ctx.showing
    if shown is None or shown.kind is not Kind.COMPANY:
        raise InputError(
            "What does it find?",
            'Give a query behind the name, such as owner:me or name:acme; "" finds all.',
            field="query",
        )
    parse(shown.view.query)  # one with a mistake finds nothing
    return shown.view.arranged


def save_view(ctx: Context, saved: SavedView) -> Done:
    """Save a view in the config, and read the config again."""
    from planhat_tui.config import view_edit

    if not saved.name.strip():
        raise InputError("A view needs a name.", "Type one.", field="name")
    known = saved.name in ctx.config().views
    view_edit.save_view(ctx.paths.config_file, saved)
    ctx.reload()
    counted = _counted(ctx, saved)
    told = f"View {saved.name} is {'changed' if known else 'saved'}: {_shows(saved.view, counted)}."
    return Done(told, ({"name": saved.name, **counted, **_told(saved)},))


def _shows(view: View, counted: dict[str, Json]) -> str:
    """Return what a view finds and how many these are: ``owner:me sort:-arr, 37 companies now``."""
    order = f"sort:{view.order}" if view.sort else ""
    asked = " ".join(filter(None, [view.query or "all companies", order]))
    if not counted:
        return asked
    many = counted["companies"]
    return f"{asked}, {many:,} {'company' if many == 1 else 'companies'} now"


def _counted(ctx: Context, saved: SavedView) -> dict[str, Json]:
    """Return how many companies a view finds by the local copy; nothing where none is at hand."""
    if not ctx.wanted():
        return {}
    try:
        reads = ctx.workspace().reads
    except PlanhatTuiError:  # that is none of the view's
        return {}
    if reads.progress().seen_at is None:
        return {}
    tell_unknown(ctx, saved.view.query)
    return {"companies": reads.count(saved.view.query)}


@verb("view show", words("name", _NAMED, "NAME"), kind=Kind.COMPANY, aliases=("get",))
def show(ctx: Context, name: tuple[str, ...]) -> Listing:
    """Find what a saved view finds, in its order and its columns."""
    saved = _found(ctx, " ".join(name))
    note = lookup.ready(ctx)
    view = saved.view
    tell_unknown(ctx, view.query)
    ids = ctx.workspace().reads.company_ids(view.query, _ALL, sort=view.sort)
    if not ids:
        note = f"{unfound(ctx, Kind.COMPANY, view.query)}\n{note}"
    return record_verbs.listing(ctx, Kind.COMPANY, ids, note, _fields(view))


@verb("view remove", words("name", _NAMED, "NAME"), effect=Effect.CONFIG, needs_profile=False)
def remove(ctx: Context, name: tuple[str, ...]) -> Done:
    """Remove a saved view; what it finds stays."""
    from planhat_tui.config import view_edit

    called = " ".join(name)
    view_edit.remove_view(ctx.paths.config_file, called, ctx.config().views)
    ctx.reload()
    return Done(f"View {called} is removed.", ({"name": called},))


def _told(saved: SavedView) -> dict[str, Json]:
    return {
        "query": saved.view.query,
        "sort": saved.view.order,
        "columns": list(saved.view.columns),
        "start": saved.start,
    }


def _fields(view: View) -> tuple[str, ...]:
    """Return the fields that a view's columns show, behind the id; none if it names no columns."""
    shown = of_records(view.keys)
    return columns_of(Kind.COMPANY, ["_id", *shown], ()) if shown else ()


def _found(ctx: Context, name: str) -> SavedView:
    from planhat_tui.config.views import view_called

    return view_called(name, ctx.config().views)
