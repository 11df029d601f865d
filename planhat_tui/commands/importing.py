"""``import``: a file's rows as a plan, and the plan carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.commands import lookup, planned
from planhat_tui.commands.context import Columns
from planhat_tui.commands.registry import Effect, flag, option, options, verb, word
from planhat_tui.commands.results import Done, Listing
from planhat_tui.errors import InputError, PartialError
from planhat_tui.model import columns
from planhat_tui.model.numbers import told_fraction
from planhat_tui.model.records import Kind
from planhat_tui.model.tables import cell
from planhat_tui.model.text import plural, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result
    from planhat_tui.model.columns import Match
    from planhat_tui.model.plans import Plan
    from planhat_tui.workspace.tablefiles import TableFile

_KINDS: Final = (Kind.COMPANY, Kind.CONTACT)


@verb(
    "import",
    word("file", "a file that ends with .csv, .json, .jsonl or .xlsx", "FILE"),
    options("--map", "maps", "which field a column is; COLUMN= leaves it out", "COLUMN=FIELD"),
    option(
        "--kind", "what the rows are; else as the columns tell", choices=tuple(map(str, _KINDS))
    ),
    option("--encoding", "of a file that isn't Unicode, such as latin-1", "NAME"),
    flag("--empty-clears", "let an empty cell clear its field; else it changes nothing"),
    flag("--dry-run", "show the plan, and do nothing"),
    option("--save", "keep the plan in a file, and do nothing", "FILE"),
    planned.FORCE,
    effect=Effect.TYPED,
    guarded=True,
)
def import_(
    ctx: Context,
    *,
    file: str,
    maps: tuple[str, ...],
    kind: str,
    encoding: str,
    empty_clears: bool,
    dry_run: bool,
    save: str,
    force: bool,
) -> Result:
    """Import companies or contacts: what is new is made, what differs is changed, as a plan.

    Columns are fields by their names. A row is a record by _id, external id, e-mail or name; one
    that could be several, or has a mistake in a cell, is refused and named. The same file twice
    changes nothing the second time.
    """
    from planhat_tui.workspace.importing import Importing
    from planhat_tui.workspace.tablefiles import TableFile
    from planhat_tui.workspace.valuing import Valuing
    from planhat_tui.workspace.wholefile import named

    table = TableFile(named(file, "file"), encoding)
    what = Kind(kind) if kind else columns.kind_of(table.columns)
    lookup.ready(ctx)
    found = _matched(ctx, table, what, maps)
    reads = ctx.workspace().reads
    here = reads.progress().has_all(what)
    valuing = Valuing(reads, what, ctx.now())
    importing = Importing(reads, what, found, valuing, empty_clears=empty_clears, all_here=here)
    name = table.path.name
    plan = ctx.workspace().plans.stamped(importing.plan(table.rows(), f"import {name}", name))
    by_path = {match.path: match.column for match in found}
    for path, text in valuing.fractions.items():
        ctx.tell(f"column {by_path[path]}: {told_fraction(text)}")
    done = planned.carry_out(ctx, plan, keep=save, force=force, look=dry_run)
    return _told(done, plan)


def _matched(ctx: Context, table: TableFile, kind: Kind, maps: Sequence[str]) -> tuple[Match, ...]:
    """Return which column is which field; a person may correct it where there is a screen."""
    own = [key for key, _, _ in ctx.workspace().reads.custom_keys(kind)]
    found = columns.matches(kind, table.columns, own, dict(map(_pair, maps)))
    if ctx.match is not None:
        first = next(table.rows(), None)
        cells = first.cells if first is not None else {}
        examples = {name: visible(cell(value)) for name, value in cells.items()}
        choices = columns.choices(kind, own)
        found = ctx.match(Columns(visible(table.path.name), kind, found, examples, choices))
    else:
        _tell(ctx, found)
    columns.check(kind, found)
    return found


def _tell(ctx: Context, found: Sequence[Match]) -> None:
    """Say what was guessed, and what is left out."""
    guessed = [f"{match.column} is taken for {match.path}" for match in found if match.guessed]
    left = [f"{match.column} ({match.why})" for match in found if not match.path]
    if guessed:
        ctx.tell(f"{', '.join(guessed)}. --map COLUMN=FIELD says otherwise.")
    if left:
        ctx.tell(f"Left out: {', '.join(left)}.")


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not equals or not column.strip():
        raise InputError(
            f"{text} is not COLUMN=FIELD.", "Write one like 'Stage=phase'.", field="map"
        )
    return column.strip(), field.strip()


def _told(result: Result, plan: Plan) -> Result:
    """Name the rows that were refused, and let the exit status tell that there were some."""
    refused = plan.skipped
    if not refused:
        return result
    if isinstance(result, Listing):
        return result._replace(exit_status=result.exit_status or PartialError.exit_status)
    if isinstance(result, Done):
        some = [f"{row.title}: {row.why}" for row in refused[: planned.TOLD_AT_MOST]]
        more = len(refused) - len(some)
        some += [f"{plural(more, 'more row')}: --dry-run shows them."] if more else []
        text = "\n".join([result.text, f"{plural(len(refused), 'row')} refused:", *some])
        return result._replace(
            text=text, exit_status=result.exit_status or PartialError.exit_status
        )
    return result
