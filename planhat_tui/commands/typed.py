"""From words of a command line to queries and values."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from planhat_tui.commands.registry import flag
from planhat_tui.errors import InputError
from planhat_tui.model import custom, fields, numbers
from planhat_tui.model.custom import EXAMPLES, CustomType
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.model.plans import Reader
    from planhat_tui.model.values import Json, Raw

_BEGINNING: Final = re.compile(r'(not:|-)?([A-Za-z_][\w.]*(:|[<>]=?)[^\s]|[("])')
"""With what a word begins that is no name: a term, a parenthesis, a quote."""

NEW_FIELD: Final = flag("--new-field", "make a custom field though its name is nearly another's")


def query_of(words: Sequence[str]) -> str:
    """Return one query from the words of a command line, which has taken the quotes away.

    One that holds a blank was quoted: to be all of a query, to be a phrase beside others, or to be
    a field's value (``owner:Ada Lo`` was ``owner:"Ada Lo"``). It's read as a query

    - where it is alone and begins with no field: ``"acme tag:vip"``;
    - where it begins with a field whose values hold no blank: ``"limit:3 acme"``;
    - where a term stands further back, ``OR`` or a quote, or it begins with a parenthesis:
      ``"tag:vip acme arr:1000.."``.

    Else it's a phrase, or a value: ``"tag:east coast"`` asks for that tag.
    """
    if len(words) == 1 and not _field_of(words[0]):
        return words[0]
    return " ".join(_quoted(word) for word in words)


def name_and_query(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Part the words of a name from those of the query behind it.

    Several words are the name, up to the first term: ``My renewals owner:me``. One that was quoted
    since it holds a blank stands for itself: ``"My renewals" acme``.
    """
    first, *rest = words
    quoted = _holds_a_blank(first)
    end = next((n for n, one in enumerate(rest) if quoted or _begins_a_query(one)), len(rest))
    return " ".join([first, *rest[:end]]), tuple(rest[end:])


def _begins_a_query(word: str) -> bool:
    return not word or _holds_a_blank(word) or _BEGINNING.match(word) is not None


def _holds_a_blank(word: str) -> bool:
    return any(char.isspace() for char in word)


def _field_of(word: str) -> str:
    """Return what stands before the colon of a word that begins as a term does; else nothing."""
    head, colon, _ = _bare(word).partition(":")
    return head if colon and not _holds_a_blank(head) else ""


def _bare(word: str) -> str:
    return word.removeprefix("not:").removeprefix("-")


def _quoted(word: str) -> str:
    """Return a word as one of a query: in quotes where it holds a blank and is one thing."""
    from planhat_tui.model.query import holds_blanks

    if not _holds_a_blank(word) or _is_query(word):
        return word
    field, bare = _field_of(word), _bare(word)
    negated = word.removesuffix(bare)
    if not field:
        return f'{negated}"{bare}"'
    if not holds_blanks(field):
        return word
    return f'{negated}{field}:"{bare.removeprefix(field)[1:]}"'


def _is_query(word: str) -> bool:
    """Tell whether more than one word of the grammar stands in it."""
    terms = re.search(r"\s(-|not:)?[A-Za-z][\w.]*[:<>](?!//)[^\s]|\sOR\s", word)
    return terms is not None or '"' in word or word.startswith(("(", "-("))


def values_of(
    ctx: Context,
    kind: Kind,
    pairs: Sequence[str],
    current: Raw | None = None,
    *,
    new_field: bool = False,
) -> dict[str, Json]:
    """Read ``FIELD=VALUE`` words; owners are named as people are. Raises :class:`InputError`."""
    return {
        path: value_of(ctx, kind, path, text, current or {})
        for path, text in texts_of(ctx, kind, pairs, current, new_field=new_field).items()
    }


def texts_of(
    ctx: Context,
    kind: Kind,
    pairs: Iterable[str],
    current: Raw | None = None,
    *,
    new_field: bool = False,
) -> dict[str, str]:
    """Part ``FIELD=VALUE`` words into paths and texts. Raises :class:`InputError`.

    A custom field that nobody has yet is refused if its name is nearly that of another one, unless
    ``new_field`` says that it is meant.
    """
    found: dict[str, str] = {}
    names = cache(lambda: _custom_names(ctx, kind))  # most pairs need none
    for pair in pairs:
        path, equals, text = pair.partition("=")
        if not equals or not path.strip():
            raise InputError(f"{pair} is not FIELD=VALUE.", "Write one like phase=won.")
        name = _field(kind, path.strip(), names)
        if name in found:
            raise InputError(f"{name} is given twice.", "Give it once.", field=name)
        if not new_field and fields.value_at(current or {}, name) is None:
            _check_new(kind, name, names)
        found[name] = text
    return found


def _field(kind: Kind, path: str, names: Callable[[], Sequence[str]]) -> str:
    """Return the name of a field; one that isn't known may be a custom field without its prefix."""
    try:
        return fields.field_of(kind, path).name
    except InputError as error:
        meant = path if path in names() else custom.twin(path, names())
        if not meant or fields.custom_key(path) is not None:
            raise
        advice = f"Did you mean {fields.custom_path(meant)}?"
        raise InputError(error.message, advice, field=path) from None


def _check_new(kind: Kind, path: str, names: Callable[[], Sequence[str]]) -> None:
    key = fields.custom_key(path)
    meant = custom.twin(key, names()) if key is not None else ""
    if meant:
        raise InputError(
            f"No {kind} has a field {path} yet.",
            f"Did you mean {fields.custom_path(meant)}? --new-field makes another one.",
            field=path,
        )


def _custom_names(ctx: Context, kind: Kind) -> tuple[str, ...]:
    if kind is Kind.CALL:
        return ()
    return tuple(key for key, _, _ in ctx.workspace().reads.custom_keys(kind))


_NAMED: Final = {fields.FieldType.USER: Kind.USER, fields.FieldType.COMPANY: Kind.COMPANY}
"""Fields that hold the id of another record; one names that as one does elsewhere."""


def value_of(ctx: Context, kind: Kind, path: str, text: str, current: Raw) -> Json:
    """Read the value of one field. Raises :class:`InputError` with the field."""
    field = fields.field_of(kind, path)
    named = _NAMED.get(field.type)
    if named is not None and field.editable and text.strip():
        return ctx.workspace().reads.resolve(named, text.strip())
    present = fields.value_at(current, field.name)
    if present is None and fields.custom_key(field.name) is not None:
        present = _example(ctx, kind, field.name)
    value = fields.parse_value(kind, field.name, text, present, now=ctx.now())
    if fields.custom_key(field.name) is not None:
        from planhat_tui.model.definitions import check_defined

        had = fields.value_at(current, field.name)
        check_defined(ctx.workspace().reads.definitions(kind), field.name, value, had)
    if isinstance(value, float) and (told := numbers.told_fraction(text)):
        ctx.tell(told)
    return value


def readers_of(
    ctx: Context, kind: Kind, pairs: Sequence[str], *, new_field: bool
) -> dict[str, tuple[str, Reader]]:
    """Read ``FIELD=VALUE`` words for many records: each value in words, and what reads it.

    Raises :class:`InputError` for what no record can take.
    """
    values: dict[str, tuple[str, Reader]] = {}
    for name, text in texts_of(ctx, kind, pairs, new_field=new_field).items():
        reader = _reader(ctx, kind, name, text)
        if fields.custom_key(name) is None:
            reader(None)  # it is the same for every record, so a slip is told at once
        values[name] = (text, reader)
    return values


def _reader(ctx: Context, kind: Kind, path: str, text: str) -> Reader:
    """Return what reads a typed value; a custom field keeps the type that a record has."""
    known: dict[str, Json] = {}
    key = fields.custom_key(path)

    def read(present: Json) -> Json:
        typed = key is not None and present is not None
        here = custom.type_of(present).value if typed else ""
        if here not in known:
            raw: dict[str, Json] = {"custom": {key: present}} if key and typed else {}
            known[here] = value_of(ctx, kind, path, text, raw)
        return known[here]

    return read


def _example(ctx: Context, kind: Kind, path: str) -> Json:
    """Return a value of the type that this custom field has elsewhere in the tenant."""
    key = fields.custom_key(path)
    known = {k: t for k, t, _ in ctx.workspace().reads.custom_keys(kind)}
    return EXAMPLES.get(known.get(key or "", CustomType.OTHER))
