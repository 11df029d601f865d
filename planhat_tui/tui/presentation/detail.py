"""A company's detail as rows: tags, facts in the order of the field table, custom fields, the rest.

Fields that Planhat sent and that nobody here knows are shown at the end, read-only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rich.text import Text

from planhat_tui.model import fields
from planhat_tui.model.fields import FieldType
from planhat_tui.model.records import Kind, map_of, text_of, texts_of
from planhat_tui.model.text import fold, visible
from planhat_tui.tui.presentation.chip_lines import chip_lines
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.presentation.values import field_text, person_text, type_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from planhat_tui.model.values import Raw
    from planhat_tui.store.rows import Shown
    from planhat_tui.tui.presentation.glyphs import Glyphs

TAGS: Final = "tags"
"""Id of the first line of tags; further lines are ``tags#1``, ``tags#2``."""

QUIET: Final = frozenset({"custom", "tags", "__v"})
"""Fields that have a place of their own, or none."""


def detail_rows(
    shown: Shown,
    glyphs: Glyphs,
    users: Mapping[str, str],
    *,
    width: int,
    chip: int,
    words: str,
    changed: AbstractSet[str] = frozenset(),
) -> list[Row]:
    """Return the rows of a company in ``width`` cells for a value.

    ``chip`` is the tag under the cursor, ``words`` filters the fields by label and value.
    ``changed`` are the paths of those that others have changed since the person last looked.
    """
    rows = [*_tags(shown, glyphs, width, chip), *_facts(shown, glyphs, users)]
    rows += [*_custom(shown.raw, glyphs), *_unknown(shown.raw, glyphs)]
    wanted = fold(words).split()
    return [
        replace(row, state=glyphs.changed, mood="changed") if row.id in changed else row
        for row in rows
        if all(word in _searched(row) for word in wanted)
    ]


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
    for known in fields.FIELDS[Kind.COMPANY]:
        if known.name in QUIET or known.type in {FieldType.TAGS, FieldType.MAP}:
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
