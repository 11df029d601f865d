"""Plans: what a change would do to many records, before anything is done. Pure.

A plan comes from records and a change (:func:`plan_of`), or from rows that were made one by one
(:func:`edited`, :func:`created`, :func:`deleted`, :func:`refused`) and are gathered
(:func:`gather`). Its rows say only what changes; records that are so already are counted and left
out. A plan can be kept as a file (:mod:`planhat_tui.model.planfile`); one that was kept is held
against the records as they are when it runs (:func:`recheck`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from planhat_tui.errors import InputError
from planhat_tui.model.bulk import AT_LEAST, MAX_ROWS, can_be_repeated
from planhat_tui.model.deletions import changed_since
from planhat_tui.model.edits import (
    COMPANY_NAME,
    Change,
    custom_key,
    deciding,
    differences,
    is_theirs,
    moving,
    same,
    value_at,
)
from planhat_tui.model.fields import FieldType, field_of, label_of, stay_words
from planhat_tui.model.outbox import Action
from planhat_tui.model.records import Kind, text_of, texts_of
from planhat_tui.model.tags import clean_tag, merge_tags
from planhat_tui.model.writable import clearable, editable, title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from planhat_tui.model.values import Json, Raw

Reader: TypeAlias = "Callable[[Json], Json]"
"""Gives the new value of a field for the one that a record has; raises :class:`InputError`."""

_ALONE: Final = {Action.UPDATE: 2, Action.CREATE: 1, Action.DELETE: 2}
"""Calls of one record that goes alone: what is edited or deleted is read before."""
_LOOKED_FOR: Final = {Action.UPDATE: 2, Action.CREATE: 3}
"""Likewise where the server takes lists: what has an external id is looked for and read back."""
GONE: Final = "It is no longer here."
NAME_ONLY: Final = "Only its name is here: sync loads the rest."
THERE: Final = "It is there by now."
EMPTY: Final[Mapping[str, str]] = {}


class Row(NamedTuple):
    """What becomes of one record.

    An update has ``changes``, only those that change something. A create has ``body``, the object
    that is sent, and ``record_id`` is ``new-<uuid>``; a delete has ``body`` as the record stood.
    ``why`` says why the record, or some fields of it, are left alone.
    """

    action: Action
    record_id: str
    title: str
    changes: tuple[Change, ...] = ()
    body: Mapping[str, Json] | None = None
    why: str = ""

    @property
    def acts(self) -> bool:
        """Whether something is done."""
        return bool(self.changes) or self.body is not None

    @property
    def is_so(self) -> bool:
        """Whether there's nothing to do, and nothing in its way: the record is so already."""
        return not (self.acts or self.why)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change would do.

    ``title`` is the change in words, ``source`` tells which records were taken. ``tenant`` is the
    identity of the tenant whose records these are, empty before the first contact. ``already_so``
    counts the records that have no row because nothing would change. ``made_at`` is in seconds
    since the epoch.
    """

    kind: Kind
    title: str
    rows: tuple[Row, ...]
    already_so: int = 0
    source: str = ""
    tenant: str = ""
    made_at: float = 0.0

    @property
    def acting(self) -> tuple[Row, ...]:
        """The rows that do something."""
        return tuple(row for row in self.rows if row.acts)

    @property
    def skipped(self) -> tuple[Row, ...]:
        """The rows that do nothing, each with its reason."""
        return tuple(row for row in self.rows if not row.acts)

    @property
    def deletes(self) -> int:
        """How many records it deletes."""
        return sum(row.action is Action.DELETE for row in self.acting)

    @property
    def fields(self) -> tuple[str, ...]:
        """The paths of the fields that change, in the order in which they occur."""
        return tuple(dict.fromkeys(change.field for row in self.rows for change in row.changes))

    def calls(self, pages: int = 0) -> int:
        """Return how many calls it takes at most, with what is read before and after.

        ``pages`` is how many calls list all records of the kind, where the server takes lists;
        else 0. Then edits go 5,000 records at once, with a reading before and one after each list
        where the one before it takes its time, and so does what is made under an external id; the
        rest, and a few, take a call each, edits and deletions one more to read their record.
        """
        acting = self.acting
        together = Counter(row.action for row in acting if pages and self._can_go_together(row))
        found = 0
        for action, n in together.items():
            if n < AT_LEAST[action] or (action is Action.UPDATE and n <= pages):
                found += n * _LOOKED_FOR[action]
            else:
                found += -(-n // MAX_ROWS) * (1 + 2 * min(pages, n))
        alone = Counter(row.action for row in acting) - together
        return found + sum(n * _ALONE[action] for action, n in alone.items())

    def _can_go_together(self, row: Row) -> bool:
        if row.action is Action.CREATE:
            return can_be_repeated(self.kind, row.body or {})
        return row.action is Action.UPDATE

    def without(self, record_ids: Collection[str]) -> Plan:
        """Return the plan without these records."""
        return replace(self, rows=tuple(r for r in self.rows if r.record_id not in record_ids))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change that is asked of every record.

    ``values`` gives a field's new value by what the record has; ``clear`` are paths to be emptied.
    ``text`` is the change in words. Made by :func:`wanted`, which checks it.
    """

    kind: Kind
    tag: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()
    values: Mapping[str, Reader] = field(default_factory=dict)
    clear: tuple[str, ...] = ()
    delete: bool = False
    text: str = ""


def wanted(
    kind: Kind,
    *,
    tag: Iterable[str] = (),
    untag: Iterable[str] = (),
    values: Mapping[str, tuple[str, Reader]] | None = None,
    clear: Iterable[str] = (),
    delete: bool = False,
) -> Wanted:
    """Return a checked change. ``values`` has, for a path, the value in words and what reads it.

    Raises :class:`InputError` if it asks for nothing, for what contradicts itself, or for a field
    that can't be edited or emptied.
    """
    adding, removing = tuple(map(clean_tag, tag)), tuple(map(clean_tag, untag))
    setting = {editable(kind, path): value for path, value in (values or {}).items()}
    clearing = tuple(clearable(kind, path) for path in clear)
    if twice := {*adding} & {*removing} or setting.keys() & {*clearing}:
        raise InputError(f"{min(twice)} is to be set and taken away.", "Ask for one of the two.")
    if "tags" in {*setting, *clearing} and (adding or removing):
        raise InputError("Tags are set and changed at once.", "Use tag and untag alone.")
    asked = bool(adding or removing or setting or clearing)
    if asked == delete:
        raise InputError(
            "A record can't be changed and deleted at once."
            if asked
            else "No change is asked for.",
            "Ask for tags, values, or a deletion.",
        )
    told = [_tags_text(adding, removing)]
    told += [f"{_label(kind, path)} = {words}" for path, (words, _) in setting.items()]
    told += [f"clear {_label(kind, path)}" for path in clearing]
    return Wanted(
        kind,
        adding,
        removing,
        {path: reader for path, (_, reader) in setting.items()},
        clearing,
        delete,
        "delete" if delete else ", ".join(filter(None, told)),
    )


def always(value: Json) -> Reader:
    """Return a reader that gives this value for every record."""
    return lambda _present: value


def plan_of(
    asked: Wanted,
    records: Iterable[Raw],
    *,
    barred: Mapping[str, str] = EMPTY,
    source: str = "",
    name_of: Callable[[str], str] | None = None,
) -> Plan:
    """Plan a change of records, given as they are shown. ``barred`` has reasons by path.

    ``name_of`` tells what a company is called, for contacts that go to it.
    """
    rows = (_row(asked, raw, barred, name_of) for raw in records)
    return gather(asked.kind, asked.text, rows, source=source)


def gather(kind: Kind, title: str, rows: Iterable[Row], *, source: str = "") -> Plan:
    """Make a plan of rows: those that are so already are counted and left out."""
    kept: list[Row] = []
    so = 0
    for row in rows:  # a file has more than are worth keeping
        if row.is_so:
            so += 1
        else:
            kept.append(row)
    return Plan(kind, title, tuple(kept), so, source)


def edited(
    kind: Kind,
    raw: Raw,
    values: Mapping[str, Json],
    *,
    barred: Mapping[str, str] = EMPTY,
    name_of: Callable[[str], str] | None = None,
) -> Row:
    """Return what setting these fields does to a record; ``None`` empties one.

    A contact that goes to another company takes that one's name along, which ``name_of`` tells.
    """
    changes = tuple(
        Change(path, value_at(raw, path), value)
        for path, value in values.items()
        if path not in barred and not _is_so(path, value_at(raw, path), value)
    )
    moved = moving(changes)
    if moved and name_of and (name := name_of(str(moved.after))):
        changes += (Change(COMPANY_NAME, value_at(raw, COMPANY_NAME), name),)
    why = " ".join(barred[path] for path in values if path in barred)
    return Row(Action.UPDATE, text_of(raw, "_id"), title_of(kind, raw), changes, why=why)


def created(kind: Kind, record_id: str, body: Mapping[str, Json]) -> Row:
    """Return the row of a record to be made; ``record_id`` is ``new-<uuid>``."""
    return Row(Action.CREATE, record_id, title_of(kind, body) or record_id, body=dict(body))


def deleted(kind: Kind, raw: Raw) -> Row:
    """Return the row of a record to be deleted."""
    return Row(Action.DELETE, text_of(raw, "_id"), title_of(kind, raw), body=dict(raw))


def refused(record_id: str, title: str, why: str) -> Row:
    """Return the row of a record that is left alone, with the reason, a sentence."""
    return Row(Action.UPDATE, record_id, title, why=why)


class Rechecked(NamedTuple):
    """A plan as it is now, and the titles of the records that have moved since it was made."""

    plan: Plan
    moved: tuple[str, ...]


def _none_yet(_row: Row) -> None:
    """Know of no record that a row is to make."""


def recheck(
    plan: Plan, present: Mapping[str, Raw], holder: Callable[[Row], Raw | None] = _none_yet
) -> Rechecked:
    """Hold a plan against the records as they are now, by id.

    Tags are merged; a field that somebody has changed since is left out and named, as is a record
    that is gone, or was changed since it was to be deleted. What is so by now is counted.
    ``holder`` gives the record that a row is to make, ``None`` if there is none yet, and raises
    :class:`InputError` where that can't be told: what is there is never made again, only what it
    lacks is set.
    """
    return rechecked(plan, held(plan, present, holder))


def held(
    plan: Plan, present: Mapping[str, Raw], holder: Callable[[Row], Raw | None] = _none_yet
) -> tuple[Row, ...]:
    """Return each row of a plan as it is by now, as :func:`recheck` has it, those done included."""
    return tuple(
        _made_by_now(plan.kind, row, holder)
        if row.action is Action.CREATE and row.acts
        else _held(plan.kind, row, present.get(row.record_id))
        for row in plan.rows
    )


def rechecked(plan: Plan, now: Sequence[Row]) -> Rechecked:
    """Return a plan whose rows are by now these: what is so is counted."""
    kept = tuple(row for row in now if not row.is_so)
    moved = tuple(a.title for a, b in zip(plan.rows, now, strict=True) if a != b)
    so = plan.already_so + len(now) - len(kept)
    return Rechecked(replace(plan, rows=kept, already_so=so), moved)


class Going(NamedTuple):
    """What still goes of a row, ``None`` if nothing does, and what ``stays`` of it, and why."""

    row: Row | None
    stays: tuple[Change, ...] = ()
    why: str = ""


def going(row: Row, now: Row) -> Going:
    """Return what goes of a row of a plan that goes on, by how it is by now.

    What is so by now goes as it was: to deliver it tells so. A record that is there isn't made.
    """
    making = row.action is Action.CREATE
    if now.is_so and not making:
        return Going(row)
    if not now.acts:
        return Going(None, why=now.why or THERE)
    sets_rest = making and now.action is Action.UPDATE
    asked = differences({}, row.body or {}) if sets_rest else row.changes
    kept = {change.field for change in now.changes}
    stays = tuple(c for c in asked if c.field not in kept) if now.why else ()
    return Going(now, stays, now.why)


def _row(
    asked: Wanted, raw: Raw, barred: Mapping[str, str], name_of: Callable[[str], str] | None
) -> Row:
    if asked.delete:
        return deleted(asked.kind, raw)
    values: dict[str, Json] = {}
    reasons: dict[str, str] = {}
    for path, read in asked.values.items():
        try:
            values[path] = read(value_at(raw, path))
        except InputError as error:
            reasons[path] = error.message
    values |= {path: _empty(asked.kind, path) for path in asked.clear}
    if asked.tag or asked.untag:
        before = [tag for tag in texts_of(raw, "tags") if tag not in asked.untag]
        values["tags"] = [*dict.fromkeys([*before, *asked.tag])]
    row = edited(asked.kind, raw, values, barred=barred, name_of=name_of)
    return row._replace(why=" ".join(filter(None, [row.why, *reasons.values()])))


def _made_by_now(kind: Kind, row: Row, holder: Callable[[Row], Raw | None]) -> Row:
    """Return the row of a record to be made as it is by now: it may have been made since."""
    try:
        raw = holder(row)
    except InputError as error:
        return row._replace(body=None, why=error.message)
    if raw is None:
        return row
    sets = edited(kind, raw, {c.field: c.after for c in differences({}, row.body or {})})
    changes = tuple(Change(change.field, None, change.after) for change in sets.changes)
    held = _held(kind, sets._replace(changes=changes), raw)
    return held._replace(why=f"{THERE} {held.why}") if held.why else held


def _held(kind: Kind, row: Row, raw: Raw | None) -> Row:
    """Return a row as it is by now."""
    if not row.acts:
        return row
    if raw is None:
        if row.action is Action.DELETE:
            return row._replace(body=None)  # so already
        return row._replace(changes=(), why=GONE)
    if row.action is Action.DELETE:
        changed = changed_since(kind, row.body or {}, raw)
        return row._replace(body=None, why=stay_words(changed)) if changed else row
    decides = deciding(row.changes)
    changes = tuple(filter(None, (_held_change(c, decides(c), raw) for c in row.changes)))
    stays = [label_of(kind, c.field) for c in row.changes if _is_others(decides(c), raw)]
    why = " ".join(filter(None, [row.why, stay_words(stays) if stays else ""]))
    return row._replace(changes=changes, why=why)


def _held_change(change: Change, decides: Change, raw: Raw) -> Change | None:
    """Return a change from how the field is now; ``None`` if nothing is left to do.

    ``decides`` is the one that it goes with, itself where it goes alone.
    """
    now = value_at(raw, change.field)
    if decides is not change:
        goes = _held_change(decides, decides, raw)
        return change._replace(before=now) if goes and not same(now, change.after) else None
    if change.field == "tags":
        merged = merge_tags(_tags(change.before), _tags(change.after), _tags(now))
        if set(merged) == set(_tags(now)):
            return None
        return change if same(now, change.before) else Change("tags", now, list(merged))
    return change if same(now, change.before) and not same(now, change.after) else None


def _is_others(change: Change, raw: Raw) -> bool:
    """Tell whether somebody has given a field a value of their own since."""
    return change.field != "tags" and is_theirs(change, raw)


def _is_so(path: str, present: Json, value: Json) -> bool:
    if path == "tags":
        return set(_tags(present)) == set(_tags(value))
    return same(present, value) or (not present and value == [])


def _tags(value: Json) -> tuple[str, ...]:
    return texts_of({"tags": value}, "tags")


def _empty(kind: Kind, path: str) -> Json:
    several = field_of(kind, path).type in {FieldType.TAGS, FieldType.LIST}
    return [] if several else None


def _label(kind: Kind, path: str) -> str:
    label = label_of(kind, path)
    return label.lower() if custom_key(path) is None else label


def _tags_text(adding: Iterable[str], removing: Iterable[str]) -> str:
    def words() -> Iterator[str]:
        yield from (f"+{tag}" for tag in adding)
        yield from (f"-{tag}" for tag in removing)

    told = " ".join(words())
    return f"tag {told}" if told else ""
