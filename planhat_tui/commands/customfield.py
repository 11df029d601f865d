"""``customfield``: the definitions of custom fields, seen and made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.commands import lookup
from planhat_tui.commands.registry import Effect, flag, option, options, verb, word
from planhat_tui.commands.results import Column, Done, Listing
from planhat_tui.commands.waiting import answer, sent
from planhat_tui.errors import InputError, PartialError, RejectedError
from planhat_tui.model.definitions import (
    PARENTS,
    TYPES,
    Definition,
    definition,
    read_definitions,
)
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import text_of
from planhat_tui.model.tables import cell
from planhat_tui.model.text import visible
from planhat_tui.sync.plan import DEFINITIONS_PAGE
from planhat_tui.workspace.wholefile import named

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.model.values import Json, Raw

COLUMNS: Final = (
    Column("_id", "ID"),
    Column("name", "NAME"),
    Column("parent", "PARENT"),
    Column("type", "TYPE"),
    Column("listValues", "VALUES"),
)
_MOST_BYTES: Final = 1_000_000


@verb(
    "customfield list",
    option("--parent", "only those of company or contact", "PARENT"),
    aliases=("find",),
)
def list_all(ctx: Context, parent: str) -> Listing:
    """List the custom fields that are defined, from the local copy; --fresh asks Planhat.

    Where none is in the copy, Planhat is asked; its older edition has no such list.
    """
    if parent and parent not in PARENTS:
        raise InputError(f"{parent} has no custom fields.", f"There are: {', '.join(PARENTS)}.")
    known = None if ctx.wishes.fresh else ctx.workspace().reads.raw_definitions()
    records, note = (known, lookup.age(ctx)) if known is not None else _asked(ctx)
    wanted = PARENTS.get(parent, "")
    of_parent = (r for r in records if not wanted or text_of(r, "parent").casefold() == wanted)
    return Listing(tuple(of_parent), COLUMNS, note)


@verb(
    "customfield create",
    word("name", "as it is shown"),
    option("--parent", "company or contact", "PARENT", required=True),
    option("--type", f"one of {', '.join(TYPES)}", "TYPE", required=True),
    options("--value", "values", "a value of a list; again for the next one", "TEXT"),
    effect=Effect.WRITE,
    guarded=True,
)
def create(ctx: Context, name: str, parent: str, type: str, values: tuple[str, ...]) -> Done:  # noqa: A002 -- the field's word
    """Define a custom field; it's sent at once and isn't in undo."""
    wanted = definition(name, parent, type, values)
    made = _make(ctx, wanted)
    told = f"{visible(wanted.name)} is defined for {wanted.parent}."
    return Done(f"{told} {_lost(wanted, made)}".strip(), (made,))


@verb(
    "customfield import",
    word("file", "CSV or JSON: name, parent, type, values", "FILE"),
    flag("--dry-run", "show what would be defined, and do nothing"),
    effect=Effect.WRITE,
    guarded=True,
    asks=True,
)
def import_file(ctx: Context, file: str, *, dry_run: bool) -> Done | Listing:
    """Define the custom fields of a file; those that are there already are left as they are.

    One that is there otherwise is named, and the exit status tells of it. CSV has a header with
    name, parent, type and, for lists, values with ; between them. JSON is a list of objects with
    the same fields. The whole file is read before anything is sent.
    """
    wanted = read_definitions(_text_of(file))
    there = {(r.get("parent"), r.get("name")): r for r in _asked(ctx)[0]}
    new = [one for one in wanted if one.key not in there]
    differ = [one for one in wanted if one.key in there and one.lost(there[one.key])]
    others = [_differs(one, there[one.key]) for one in differ]
    had = f"{len(wanted) - len(new) - len(differ)} were there already."
    partly = PartialError.exit_status if differ else 0
    if dry_run:
        note = " ".join([f"{len(new)} would be defined, {had}", *others])
        return Listing(tuple(one.body() for one in new), COLUMNS[1:], note, exit_status=partly)
    workspace = ctx.workspace()
    if new and (typed := workspace.word_to_define(len(new))):
        ctx.confirm(f"Define {len(new)} custom fields in {workspace.profile.name}?", typed)
    made, more = _make_each(ctx, new)
    partly = PartialError.exit_status if len(made) < len(new) else partly
    return Done(" ".join([f"{len(made)} defined, {had}", *more, *others]), made, partly, many=True)


def _make_each(
    ctx: Context, new: list[Definition]
) -> tuple[tuple[dict[str, Json], ...], list[str]]:
    """Make one after the other; what Planhat refuses keeps the next ones from nothing.

    Return those that were made, and a sentence for each that was refused or not kept whole.
    """
    made: list[dict[str, Json]] = []
    told: list[str] = []
    for number, one in enumerate(new, 1):
        try:
            made.append(_make(ctx, one))
        except RejectedError as error:
            told.append(f"{visible(one.name)}: {error.message}")
        else:
            told.append(_lost(one, made[-1]))
        ctx.tell(f"{number} of {len(new)}")
    return tuple(made), [sentence for sentence in told if sentence]


def _differs(wanted: Definition, there: Raw) -> str:
    """Say how a definition that is there differs from that of a file."""
    body = wanted.body()
    has = ", ".join(
        f"{word} {visible(cell(there.get(word))) or 'none'}, not {visible(cell(body[word]))}"
        for word in wanted.lost(there)
    )
    return f"{visible(wanted.name)} of {wanted.parent} is there otherwise: {has}."


def _lost(wanted: Definition, made: Raw) -> str:
    """Say which fields Planhat dropped, or has otherwise; empty if there are none."""
    lost = ", ".join(wanted.lost(made))
    return f"{visible(wanted.name)}: Planhat didn't keep {lost}." if lost else ""


def _make(ctx: Context, wanted: Definition) -> dict[str, Json]:
    workspace = ctx.workspace()
    made = sent(ctx, workspace.define(wanted), f"The definition of {visible(wanted.name)}")
    workspace.keep_definitions([made], whole=False)
    return dict(made.data)


def _asked(ctx: Context) -> tuple[tuple[Raw, ...], str]:
    """Ask Planhat for the definitions, and keep them; also say why some were set aside."""
    net = ctx.workspace().net
    page = answer(ctx, net.ask(lambda api: api.custom_fields(lane=Lane.USER)))
    slices = list(page.slices())
    records = [one for part in slices for one in part.records]
    set_aside = [one.told for part in slices for one in part.set_aside]
    whole = not set_aside and page.count < DEFINITIONS_PAGE
    ctx.workspace().keep_definitions(records, whole=whole)
    note = f"Left out: {'; '.join(set_aside)}" if set_aside else ""
    return tuple(one.data for one in records), note


def _text_of(file: str) -> str:
    try:
        with named(file, "file").open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(f"{file} is larger than {_MOST_BYTES // 1_000_000} MB.")
        return content.decode("utf-8-sig")
    except OSError as why:
        raise InputError(f"{file} can't be read: {why.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} isn't UTF-8.", "Save it as UTF-8.") from None
