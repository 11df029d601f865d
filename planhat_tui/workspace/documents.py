"""Records as YAML for an editor, and what was changed in it.

What is read is held against what was written: only what a person touched is looked at. So no value
changes because YAML, or a type, could not quite hold it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.config.reading import Node, parse, resolve
from planhat_tui.errors import ConfigError, InputError
from planhat_tui.model import custom
from planhat_tui.model.custom import CustomType
from planhat_tui.model.edits import custom_path, value_at
from planhat_tui.model.fields import FIELDS, Field, FieldType, field_of, label_of
from planhat_tui.model.records import map_of, text_of
from planhat_tui.model.tables import as_json, told
from planhat_tui.model.text import visible
from planhat_tui.model.writable import clearable, editable, title_of
from planhat_tui.workspace.valuing import MIDNIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.workspace.valuing import Valuing

MARK: Final = "#! "
"""What a line begins with that tells a mistake in the line below it."""

_HELP: Final = (
    "# Change values, save and leave the editor; leave it without saving to change nothing.",
    "# Nothing after the colon clears a field. A line that is taken out changes nothing.",
)
_NOTES: Final = {
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: "a date",
    FieldType.MOMENT: "a time",
    FieldType.USER: "of the team",
    FieldType.COMPANY: "a company's name or id",
    FieldType.EMAIL: "an e-mail",
    FieldType.PHONE: "a phone number",
    FieldType.DIALLED: "a phone number",
}
_CUSTOM_NOTES: Final = {
    CustomType.NUMBER: "a number",
    CustomType.BOOLEAN: "true or false",
    CustomType.DATE: "a date",
}
_BARRED: Final = frozenset("-?:,[]{}#&*!|>'\"%@`")
_FILE: Final = Path("record.yaml")
_WIDE: Final = 72


class Mistake(NamedTuple):
    """What is wrong, and in which line, from 1; 0: in all of it."""

    line: int
    text: str


class Wanted(NamedTuple):
    """New values by path for each record that was touched, and what can't be taken as it stands."""

    values: dict[str, dict[str, Json]]
    mistakes: tuple[Mistake, ...]


# -- writing


def write(kind: Kind, raws: Sequence[Raw], users: Mapping[str, str]) -> str:
    """Return records as YAML: a mapping, or a list of them where there are several."""
    several = len(raws) > 1
    lines: list[str] = [*_HELP]
    for raw in raws:
        lines += ["", f"# {title_of(kind, raw)}"]
        own = list(_record(kind, raw, users))
        if several:
            own = [f"{'  ' if n else '- '}{line}" for n, line in enumerate(own)]
        lines += own
    return "\n".join(lines) + "\n"


def _record(kind: Kind, raw: Raw, users: Mapping[str, str]) -> Iterator[str]:
    yield f"_id: {_scalar(text_of(raw, '_id'))}  # which record this is: leave it"
    for field in FIELDS[kind]:
        if field.editable:
            value = told(kind, field.name, raw.get(field.name), users)
            yield from _line(field.name, value, _NOTES.get(field.type, ""), 0)
    yield from _custom(map_of(raw, "custom"))
    read_only = [f for f in FIELDS[kind] if not f.editable and _is_shown(f, raw)]
    if read_only:
        yield "# Set by Planhat:"
        for field in read_only:
            yield f"# {field.name}: {visible(as_json(raw.get(field.name)))}"


def _is_shown(field: Field, raw: Raw) -> bool:
    return field.name not in {"_id", "custom"} and raw.get(field.name) not in (None, "", [])


def _custom(own: Mapping[str, Json]) -> Iterator[str]:
    if not own:
        yield "custom: {}  # NAME: VALUE, one a line; the braces go then"
        return
    yield "custom:"
    for key, value in own.items():
        wanted = custom.type_of(value)
        if wanted is CustomType.OTHER:
            yield f"  # {visible(key)}: {visible(as_json(value))}  (too deep to be edited here)"
        else:
            yield from _line(_scalar(key), value, _CUSTOM_NOTES.get(wanted, ""), 2)


def _line(name: str, value: Json, note: str, indent: int) -> Iterator[str]:
    blank = " " * indent
    comment = f"  # {note}" if note else ""
    if isinstance(value, list):
        items = [_scalar(str(one)) for one in value]
        flow = f"{blank}{name}: [{', '.join(items)}]"
        if len(flow) <= _WIDE or not items:
            yield flow + comment
            return
        yield f"{blank}{name}:{comment}"
        yield from (f"{blank}  - {item}" for item in items)
    elif isinstance(value, str) and _is_block(value):
        yield f"{blank}{name}: |-"
        yield from (f"{blank}  {line}".rstrip() for line in value.split("\n"))
    else:
        yield f"{blank}{name}: {_plain(value)}".rstrip() + comment


def _is_block(text: str) -> bool:
    """Tell whether a text of several lines can stand as it is."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and bool(lines[-1])
        and not lines[0].startswith(" ")
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _plain(value: Json) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return json.dumps(value)
    day = MIDNIGHT.fullmatch(value)
    return day[1] if day else _scalar(value)


def _scalar(text: str) -> str:
    """Return a text without quotes where it means itself, else with them."""
    bare = (
        text == text.strip()
        and text.isprintable()
        and text[:1] not in _BARRED
        and not set(text) & set(",[]{}")
        and ": " not in text
        and " #" not in text
        and not text.endswith(":")
        and resolve(text) == text
    )
    return text if bare and text else json.dumps(text, ensure_ascii=not text.isprintable())


# -- reading


def read(kind: Kind, text: str, raws: Sequence[Raw], valuing: Valuing) -> Wanted:
    """Return what was changed in a text that :func:`write` had made of these records."""
    try:
        now = _nodes(parse(text, _FILE))
    except ConfigError as error:
        return Wanted({}, (_mistake(error),))
    before = _nodes(parse(write(kind, raws, valuing.users), _FILE))
    known = {text_of(raw, "_id"): raw for raw in raws}
    values: dict[str, dict[str, Json]] = {}
    mistakes: list[Mistake] = []
    for record_id, (place, fields) in now.items():
        if record_id not in known:
            why = f"There was no record {visible(record_id)} here.  Leave each _id as it is."
            mistakes.append(Mistake(place, why))
            continue
        first = before[record_id][1]
        for path, node in fields.items():
            if path in first and _same(node, first[path]):
                continue
            try:
                value = _value(kind, path, node, value_at(known[record_id], path), valuing)
                values.setdefault(record_id, {})[path] = value
            except ConfigError as error:
                mistakes.append(_mistake(error))
            except InputError as error:
                mistakes.append(Mistake(node.line, f"{error.message}  {error.advice}".strip()))
    return Wanted(values, tuple(mistakes))


def _mistake(error: ConfigError) -> Mistake:
    return Mistake(error.line, f"{error.message}  {error.advice}".strip())


def _nodes(root: Node) -> dict[str, tuple[int, dict[str, Node]]]:
    """Return the line and the fields of each record, by id. Raises :class:`ConfigError`."""
    found: dict[str, tuple[int, dict[str, Node]]] = {}
    records = root.value if isinstance(root.value, list) else [root]
    for record in records:
        entries = dict(record.mapping("A record"))
        named = entries.pop("_id", None)
        if named is None:
            raise record.error("This record has no _id.", "Put it back: it tells which one it is.")
        if named.written in found:
            raise named.error(f"{named.written} stands here twice.", "Keep one of them.")
        own = entries.pop("custom", None)
        if own is not None and own.value is not None:
            entries |= {custom_path(key): node for key, node in own.mapping("custom").items()}
        found[named.written] = (record.line, entries)
    return found


def _same(a: Node, b: Node) -> bool:
    return a.plain() == b.plain() and type(a.content) is type(b.content)


def _value(kind: Kind, path: str, node: Node, present: Json, valuing: Valuing) -> Json:
    field = field_of(kind, path)
    name = editable(kind, path)
    if node.content is None or node.content == []:
        clearable(kind, name)
        return valuing.value(name, "", present)
    if isinstance(node.content, dict):
        told = f"{label_of(kind, name)} takes one value, or a list of them."
        raise node.error(told, "Write it like [a, b].")
    if isinstance(node.content, list):
        items: list[Json] = []
        for item in node.content:
            if isinstance(item.content, list | dict):
                raise item.error(f"{label_of(kind, name)} takes texts.", "Write it like [a, b].")
            items.append(item.written)
        return valuing.value(name, items, present)
    quoted = isinstance(node.content, str) and resolve(node.written) != node.content
    if quoted and name.startswith("custom.") and custom.type_of(present) is CustomType.TEXT:
        return node.written
    if field.type in {FieldType.TAGS, FieldType.LIST}:
        return valuing.value(name, [node.written], present)
    return valuing.value(name, node.written, present)


def marked(text: str, mistakes: Sequence[Mistake]) -> str:
    """Return the text with each mistake as a comment above its line; older ones are gone."""
    told_at: dict[int, list[str]] = {}
    for one in mistakes:
        told_at.setdefault(one.line, []).append(" ".join(visible(one.text).split()))
    lines = [f"{MARK}{why}" for why in told_at.pop(0, ())]
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith(MARK):
            continue
        blank = line[: len(line) - len(line.lstrip())]
        lines += [f"{blank}{MARK}{why}" for why in told_at.pop(number, ())]
        lines.append(line)
    lines += [f"{MARK}{why}" for rest in told_at.values() for why in rest]
    return "\n".join(lines)
