"""``bulk``: a change of many records at once, as a plan that is looked at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from planhat_tui.commands import lookup, planned
from planhat_tui.commands.registry import Effect, flag, option, options, verb, words
from planhat_tui.commands.results import Listing
from planhat_tui.commands.typed import NEW_FIELD, query_of, readers_of
from planhat_tui.commands.unfound import tell_unknown, unfound
from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model import plans
from planhat_tui.model.query import parse
from planhat_tui.model.records import MANY, Kind, count_of
from planhat_tui.workspace.wholefile import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.registry import Param
    from planhat_tui.commands.results import Result
    from planhat_tui.model.query import Sort

_ALL: Final = 1_000_000
_QUERY: Final = words("query", "which: words and terms, such as tag:vip", required=False)


def _params(noun: str) -> tuple[Param, ...]:
    return (
        _QUERY,
        options("--tag", "tag", "a tag to add", "TAG"),
        options("--untag", "untag", "a tag to take off", "TAG"),
        options("--set", "values", "a value to set, such as phase=won", "FIELD=VALUE"),
        NEW_FIELD,
        options("--clear", "clear", "a field to empty", "FIELD"),
        flag("--delete", "delete them"),
        flag("--all", f"all {noun}, where no query says which"),
        option("--ids", "a file with an id, extid-... or name a line, instead of a query", "FILE"),
        flag("--dry-run", "show the plan, and do nothing"),
        option("--save", "keep the plan in a file, and do nothing", "FILE"),
        planned.FORCE,
    )


class Asked(NamedTuple):
    """The options that both verbs have."""

    tag: tuple[str, ...]
    untag: tuple[str, ...]
    values: tuple[str, ...]
    new_field: bool
    clear: tuple[str, ...]
    delete: bool
    all: bool
    ids: str
    dry_run: bool
    save: str
    force: bool


@verb(
    "bulk company",
    *_params("companies"),
    option("--view", "the companies of a saved view, instead of a query", "VIEW"),
    effect=Effect.TYPED,
    kind=Kind.COMPANY,
)
def company(ctx: Context, query: tuple[str, ...], view: str, **asked: Any) -> Result:  # noqa: ANN401 -- click's
    """Change many companies at once: tags, fields, or delete them.

    What becomes of each is shown or asked about first; what is so already is left out. It goes to
    Planhat in bulk where the server can do that, and one undo takes all of it back.
    """
    given = Asked(**asked)
    return _bulk(ctx, Kind.COMPANY, _chosen(ctx, Kind.COMPANY, query_of(query), given, view), given)


@verb("bulk contact", *_params("contacts"), effect=Effect.TYPED, kind=Kind.CONTACT)
def contact(ctx: Context, query: tuple[str, ...], **asked: Any) -> Result:  # noqa: ANN401 -- click's
    """Change many contacts at once: tags, fields, or delete them. See bulk company."""
    given = Asked(**asked)
    return _bulk(ctx, Kind.CONTACT, _chosen(ctx, Kind.CONTACT, query_of(query), given), given)


class _Chosen(NamedTuple):
    """The records that are meant, and how they were named; of none, why."""

    ids: Sequence[str]
    source: str
    why: str = ""


def _bulk(ctx: Context, kind: Kind, chosen: _Chosen, asked: Asked) -> Result:
    wanted = plans.wanted(
        kind,
        tag=asked.tag,
        untag=asked.untag,
        values=readers_of(ctx, kind, asked.values, new_field=asked.new_field),
        clear=asked.clear,
        delete=asked.delete,
    )
    if chosen.why:
        return Listing((), planned.COLUMNS, f"{chosen.why}  Nothing was done.")
    if not asked.delete:
        lookup.load(ctx, kind, chosen.ids)
    plan = ctx.workspace().plans.make(wanted, chosen.ids, chosen.source)
    return planned.carry_out(ctx, plan, keep=asked.save, force=asked.force, look=asked.dry_run)


def _chosen(ctx: Context, kind: Kind, query: str, asked: Asked, view: str = "") -> _Chosen:
    """Return the records of the one way in which they were named. Raises :class:`InputError`."""
    ways = [bool(query), bool(view), bool(asked.ids), asked.all]
    if sum(ways) > 1:
        raise InputError(
            "The records are named in several ways.", "Give a query, --view, --ids or --all."
        )
    if not any(ways):
        if ctx.selection.kind is kind and ctx.selection.ids:
            return _Chosen(ctx.selection.ids, count_of(kind, len(ctx.selection.ids)))
        raise _which()
    if query:
        _check_says_which(query)
    ctx.tell(lookup.ready(ctx))
    if asked.ids:
        return _Chosen(_from_file(ctx, kind, asked.ids), asked.ids)
    if view:
        return _of_view(ctx, view)
    ids = _found(ctx, kind, query)
    return _Chosen(ids, query or f"all {MANY[kind]}", "" if ids else unfound(ctx, kind, query))


def _which() -> InputError:
    return InputError("Which ones?", "Give a query such as tag:vip; all of them: --all.")


def _check_says_which(query: str) -> None:
    """Raise :class:`InputError` for a query that would be all records, such as an order alone."""
    asks = parse(query)
    if asks.where is None and asks.limit is None:
        raise _which()


def _found(ctx: Context, kind: Kind, query: str, sort: tuple[Sort, ...] = ()) -> Sequence[str]:
    reads = ctx.workspace().reads
    reads.check_me(query)
    tell_unknown(ctx, query, kind)
    if kind is Kind.COMPANY:
        return reads.company_ids(query, _ALL, sort=sort)
    return [row.id for row in reads.contacts_found(query, _ALL).rows]


def _of_view(ctx: Context, name: str) -> _Chosen:
    from planhat_tui.config.views import view_called

    view = view_called(name, ctx.config().views).view
    _check_says_which(view.query)
    ids = _found(ctx, Kind.COMPANY, view.query, view.sort)
    return _Chosen(ids, name, "" if ids else unfound(ctx, Kind.COMPANY, view.query))


def _from_file(ctx: Context, kind: Kind, file: str) -> Sequence[str]:
    """Read one record a line. Raises :class:`InputError` that names the line."""
    try:
        lines = named(file, "ids").read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{file} can't be read as text.") from None
    found: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(ctx.workspace().reads.resolve(kind, line.strip()))
        except (NotFoundError, InputError) as error:
            raise InputError(f"{file}, line {number}: {error.message}", error.advice) from None
    return found
