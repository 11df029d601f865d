"""From words of a command line to queries and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.errors import InputError
from planhat_tui.model import fields
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.model.values import Json, Raw


def query_of(words: Sequence[str]) -> str:
    """Return one query: a word that holds a blank is quoted, as it was in the shell."""
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    if not any(char.isspace() for char in word) or '"' in word or word.startswith(("(", "-(")):
        return word
    negated = "not:" if word.startswith("not:") else ""
    head, colon, tail = word.removeprefix(negated).partition(":")
    if colon and head and not any(char.isspace() for char in head):
        return f'{negated}{head}:"{tail}"'
    return f'{negated}"{word.removeprefix(negated)}"'


def values_of(
    ctx: Context, kind: Kind, pairs: Sequence[str], current: Raw | None = None
) -> dict[str, Json]:
    """Read ``FIELD=VALUE`` words; owners are named as people are. Raises :class:`InputError`."""
    values: dict[str, Json] = {}
    for pair in pairs:
        path, equals, text = pair.partition("=")
        if not equals or not path.strip():
            raise InputError(f"{pair} is not FIELD=VALUE.", "Write one like phase=won.")
        field = fields.field_of(kind, path.strip())
        if field.name in values:
            raise InputError(f"{field.name} is given twice.", "Give it once.", field=field.name)
        values[field.name] = value_of(ctx, kind, field.name, text, current or {})
    return values


def value_of(ctx: Context, kind: Kind, path: str, text: str, current: Raw) -> Json:
    """Read the value of one field. Raises :class:`InputError` with the field."""
    field = fields.field_of(kind, path)
    if field.type is fields.FieldType.USER and field.editable and text.strip():
        return ctx.workspace().reads.resolve(Kind.USER, text.strip())
    now = fields.value_at(current, field.name)
    if now is None and fields.custom_key(field.name) is not None:
        now = _example(ctx, kind, field.name)
    return fields.parse_value(kind, field.name, text, now)


def _example(ctx: Context, kind: Kind, path: str) -> Json:
    """Return a value of the type that this custom field has elsewhere in the tenant."""
    key = fields.custom_key(path)
    known: Mapping[str, str] = {k: str(t) for k, t, _ in ctx.workspace().reads.custom_keys(kind)}
    examples: dict[str, Json] = {
        "text": "x",
        "number": 1,
        "boolean": True,
        "date": "2026-01-01",
        "list": ["x"],
    }
    return examples.get(known.get(key or "", ""))
