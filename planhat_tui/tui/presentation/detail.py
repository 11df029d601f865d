"""A company's detail as rows: tags and facts, custom fields, and what Planhat keeps of the record.

Custom fields have a heading. Fields that Planhat sent and that nobody here knows are shown at the
end, read-only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from planhat_tui.model import fields
from planhat_tui.model.fields import FieldType
from planhat_tui.model.records import Kind, map_of, text_of, texts_of
from planhat_tui.model.text import fold, visible
from planhat_tui.tui.presentation import charts
from planhat_tui.tui.presentation.chip_lines import chip_lines
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.presentation.values import field_text, person_text, type_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from planhat_tui.model.values import Raw
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
_NONE: Final[Mapping[str, Sequence[float]]] = {}


def is_of_tags(row_id: str) -> bool:
    """Tell whether a row is a line of the tags."""
    return row_id == TAGS or row_id.startswith(f"{TAGS}#")


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
    trends: Mapping[str, Sequence[float]] = _NONE,
) -> list[Row]:
    """Return the rows of a company in ``width`` cells for a value.

    ``chip`` is the tag under the cursor, ``words`` filters the fields by label and value. ``add``
    is the key of one more.
    ``changed`` are the paths of those that others have changed since the person last looked;
    ``trends`` has the values that numbers had, by path. A filter leaves no heading.
    """
    facts = [*_facts(shown, glyphs, users)]
    custom = [*_custom(shown.raw, glyphs)]
    about = f"{len(custom) or 'none yet'}  {add} adds one"
    rows = [
        *_tags(shown, glyphs, width, chip),
        *(row for row in facts if row.id not in KEPT),
        _head(CUSTOM_HEAD, "Custom fields", about if shown.complete else glyphs.not_loaded),
        *custom,
        *(row for name in KEPT for row in facts if row.id == name),
        *_unknown(shown.raw, glyphs),
    ]
    wanted = fold(words).split()
    return [
        _marked(row, glyphs, changed, trends)
        for row in rows
        if all(word in _searched(row) for word in wanted) and not (wanted and row.heading)
    ]


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


def _facts(shown: Shown, glyphs: Glyphs, users: Mapping[str, str]) -> Iterator[Row]:
    twice = "lastUpdated" if "updatedAt" in shown.raw else "updatedAt"  # by the API's edition
    for known in fields.FIELDS[Kind.COMPANY]:
        if known.name in {*QUIET, twice} or known.type in {FieldType.TAGS, FieldType.MAP}:
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


def _custom(raw: Raw, glyphs: Glyphs) -> Iterator[Row]:
    for key, value in map_of(raw, "custom").items():
        path = fields.custom_path(key)
        word = type_word(Kind.COMPANY, path, value)
        locked = word == "other"
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
