"""A company's detail as rows: facts and tags, custom fields, what systems keep, the last changes.

Custom fields stand together by their types, under a heading, and so do the last changes. Fields
that Planhat sent and that nobody here knows are read-only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich.text import Text

from planhat_tui.model import fields
from planhat_tui.model.custom import CustomType
from planhat_tui.model.fields import FieldType
from planhat_tui.model.records import Kind, map_of, text_of, texts_of
from planhat_tui.model.text import fold, visible
from planhat_tui.model.trends import trends
from planhat_tui.tui.presentation import charts
from planhat_tui.tui.presentation.chip_lines import chip_lines
from planhat_tui.tui.presentation.rows import Row, seen_row
from planhat_tui.tui.presentation.sentences import change_words
from planhat_tui.tui.presentation.values import WORDS, field_text, person_text, type_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from planhat_tui.model.values import Raw
    from planhat_tui.store.history import Seen
    from planhat_tui.store.rows import Shown
    from planhat_tui.tui.presentation.glyphs import Glyphs

TAGS: Final = "tags"
"""Id of the first line of tags; further lines are ``tags#1``, ``tags#2``."""

QUIET: Final = frozenset({"custom", "tags", "__v"})
"""Fields that have a place of their own, or none."""

KEPT: Final = (
    "_id", "externalId", "slug", "sourceId", "lastActive", "createDate", "lastUpdated", "updatedAt"
)  # fmt: skip
"""Fields by which systems know the record, and when it was touched: they stand last."""

CUSTOM_HEAD: Final = "#custom"
"""Id of the row over the custom fields."""
TIMELINE_HEAD: Final = "#timeline"
"""Id of the row over the last changes, and how the ids of these begin."""
LAST_CHANGES: Final = 5
"""Changes that stand in the detail; the timeline has them all."""
_GROUPS: Final = tuple(WORDS[one.value] for one in CustomType)
"""The types of custom fields, in the order in which these stand."""
_NONE: Final[Mapping[str, Sequence[float]]] = {}


def is_of_tags(row_id: str) -> bool:
    """Tell whether a row is a line of the tags."""
    return row_id == TAGS or row_id.startswith(f"{TAGS}#")


def is_of_timeline(row_id: str) -> bool:
    """Tell whether a row is a change that was seen, or stands over them."""
    return row_id.startswith(TIMELINE_HEAD)


class Past(NamedTuple):
    """What was seen to change in a company, the latest first, and now.

    ``key`` shows all of it; ``more``: there may be more than these.
    """

    seen: Sequence[Seen]
    now: datetime
    key: str = "T"
    more: bool = False


def detail_rows(
    shown: Shown,
    glyphs: Glyphs,
    users: Mapping[str, str],
    *,
    width: int,
    chip: int,
    words: str,
    add: str = "a",
    changed: AbstractSet[str] = frozenset(),
    barred: AbstractSet[str] = frozenset(),
    past: Past | None = None,
) -> list[Row]:
    """Return the rows of a company in ``width`` cells for a value.

    ``chip`` is the tag under the cursor, ``words`` filters the fields by label and value. ``add``
    is the key of one more.
    ``changed`` are the paths of those that others have changed since the person last looked,
    ``barred`` those of custom fields that nobody sets;
    ``past`` tells how numbers went, and what changed lately. A filter leaves fields alone.
    """
    tags = [*_tags(shown, glyphs, width, chip)]
    facts = [*_facts(shown, glyphs, users, tags)]
    custom = sorted(_custom(shown.raw, glyphs, barred), key=_group)
    about = f"{len(custom) or 'none yet'}  {add} adds one"
    rows = [
        *(row for row in facts if row.id not in KEPT),
        _head(CUSTOM_HEAD, "Custom fields", about if shown.complete else glyphs.not_loaded),
        *custom,
        *(row for name in KEPT for row in facts if row.id == name),
        *_unknown(shown.raw, glyphs),
    ]
    went = trends(one.change for one in past.seen) if past is not None else _NONE
    marked = [_marked(row, glyphs, changed, went) for row in rows]
    if wanted := fold(words).split():
        fields_alone = (row for row in marked if not row.heading)
        return [row for row in fields_alone if all(word in _searched(row) for word in wanted)]
    return [*marked, *(_lately(past, glyphs, users) if past is not None else ())]


def _marked(
    row: Row,
    glyphs: Glyphs,
    changed: AbstractSet[str],
    trends: Mapping[str, Sequence[float]],
) -> Row:
    """Return a row with the sign of a change by others, and how its number went."""
    if row.id in changed:
        row = row._replace(state=glyphs.changed, mood="changed")
    went = charts.spark(trends.get(row.id, ()), glyphs)
    return row._replace(tails={"value": went}) if went else row


def _head(row_id: str, label: str, about: str) -> Row:
    cells = {"label": label, "value": about, "type": ""}
    return Row(row_id, cells, dim=True, heading=True)


def _searched(row: Row) -> str:
    return fold(f"{row.cells['label']} {row.cells['value']}")


def _tags(shown: Shown, glyphs: Glyphs, width: int, chip: int) -> Iterator[Row]:
    tags = texts_of(shown.raw, "tags")
    lines = chip_lines(tags, width, at=chip, dot=glyphs.dot, ellipsis=glyphs.ellipsis)
    if not shown.complete:
        lines = [Text(glyphs.not_loaded)]
    elif not tags:
        lines = [Text("-")]
    for number, line in enumerate(lines):
        yield Row(
            id=f"{TAGS}#{number}" if number else TAGS,
            cells={"label": "" if number else "Tags", "value": line, "type": "tags"},
        )


def _lately(past: Past, glyphs: Glyphs, users: Mapping[str, str]) -> Iterator[Row]:
    """Give the last changes: when, what, and by whom."""
    total = len(past.seen)
    many = f"{total:,}+" if past.more else f"{total:,}"
    told = f"{many}  {past.key} shows {'all' if total > 1 else 'it'}"
    yield _head(TIMELINE_HEAD, "Timeline", told if total else "nothing seen yet")
    for place, seen in enumerate(past.seen[:LAST_CHANGES]):
        cells = seen_row(seen, 0, past.now, users).cells
        words = change_words(seen.kind, seen.change, users, arrow=glyphs.arrow)
        what = f"Tags {words}" if seen.change.field == TAGS else words
        yield Row(
            id=f"{TIMELINE_HEAD}{total - place}",  # it stays when newer ones come
            cells={"label": cells["at"], "value": what, "type": cells["by"]},
            dim=True,
        )


def _facts(
    shown: Shown, glyphs: Glyphs, users: Mapping[str, str], tags: Sequence[Row]
) -> Iterator[Row]:
    """Give the known fields in their order, the rows of the tags among them."""
    twice = "lastUpdated" if "updatedAt" in shown.raw else "updatedAt"  # by the API's edition
    for known in fields.FIELDS[Kind.COMPANY]:
        if known.type is FieldType.TAGS:
            yield from tags
        if known.name in {*QUIET, twice}:
            continue
        missing = known.name not in shown.raw and not shown.complete
        value = field_text(Kind.COMPANY, known.name, shown.raw.get(known.name), users)
        if known.type is FieldType.USER:
            value = person_text(text_of(shown.raw, known.name), users, glyphs.not_loaded)
        yield Row(
            id=known.name,
            cells={
                "label": known.label,
                "value": glyphs.not_loaded if missing else value,
                "type": type_word(Kind.COMPANY, known.name, None),
            },
            flag=" " if known.editable else glyphs.read_only,
            dim=not known.editable,
        )


def _group(row: Row) -> int:
    return _GROUPS.index(str(row.cells["type"]))


def _custom(raw: Raw, glyphs: Glyphs, barred: AbstractSet[str]) -> Iterator[Row]:
    for key, value in map_of(raw, "custom").items():
        path = fields.custom_path(key)
        word = type_word(Kind.COMPANY, path, value)
        locked = word == "other" or path in barred
        yield Row(
            id=path,
            cells={
                "label": visible(key),
                "value": field_text(Kind.COMPANY, path, value, {}),
                "type": word,
            },
            flag=glyphs.read_only if locked else " ",
            dim=locked,
        )


def _unknown(raw: Raw, glyphs: Glyphs) -> Iterator[Row]:
    known = {field.name for field in fields.FIELDS[Kind.COMPANY]} | QUIET
    for name in raw:
        if name not in known:
            yield Row(
                id=name,
                cells={
                    "label": visible(name),
                    "value": field_text(Kind.COMPANY, "", raw[name], {}),
                    "type": "other",
                },
                flag=glyphs.read_only,
                dim=True,
            )
