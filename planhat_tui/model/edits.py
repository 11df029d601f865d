"""Edits: what changed, how changes fold, and how they meet what somebody else changed.

A change names a field by its path: ``phase``, ``tags``, ``custom.Plan`` (all after the first dot is
the key, further dots included). ``None`` stands for a value that isn't there. Tags are compared and
merged as sets, custom fields key by key, everything else as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.records import map_of, texts_of
from planhat_tui.model.tags import merge_tags, tag_diff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planhat_tui.model.values import Json, Raw

CUSTOM_PREFIX: Final = "custom."
COMPANY_ID: Final = "companyId"
COMPANY_NAME: Final = "companyName"
"""Of a contact: what its company is called. It goes along with the company, nobody types it."""
SAY_ONE: Final = frozenset({COMPANY_ID, COMPANY_NAME})
"""Fields of a contact that say one thing: what becomes of one becomes of both."""


class Change(NamedTuple):
    """One field of one record, before and after."""

    field: str
    before: Json
    after: Json


class Conflict(NamedTuple):
    """The same field was changed on both sides, to different values."""

    field: str
    before: Json
    mine: Json
    theirs: Json


class Parted(NamedTuple):
    """An edit in two parts: what the server has already without it, and what it brings."""

    found: tuple[Change, ...]
    left: tuple[Change, ...]


class Merge(NamedTuple):
    """What is to be sent. An empty body without conflicts: there's nothing left to send."""

    body: dict[str, Json]
    conflicts: tuple[Conflict, ...] = ()


def custom_key(path: str) -> str | None:
    """Return the key of a custom field's path, ``None`` for other fields."""
    return path.removeprefix(CUSTOM_PREFIX) if path.startswith(CUSTOM_PREFIX) else None


def custom_path(key: str) -> str:
    """Return the path of a custom field."""
    return CUSTOM_PREFIX + key


def sent_under(path: str) -> str:
    """Return the body's key that a field goes under: one for all custom fields, sent whole."""
    return path if custom_key(path) is None else "custom"


def value_at(raw: Raw, path: str) -> Json:
    """Return the value of a field, ``None`` if it's missing."""
    key = custom_key(path)
    return raw.get(path) if key is None else map_of(raw, "custom").get(key)


def same(a: Json, b: Json) -> bool:
    """Compare two values: numbers by value, moments by instant; a boolean is no number."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, str) and isinstance(b, str):
        return a == b or _same_moment(a, b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return a == b


def diff(before: Raw, after: Raw, fields: Iterable[str]) -> tuple[Change, ...]:
    """Return a change for each of the fields that differs."""
    pairs = ((path, value_at(before, path), value_at(after, path)) for path in fields)
    return tuple(Change(path, a, b) for path, a, b in pairs if not same_at(path, a, b))


def differences(before: Raw, after: Raw) -> tuple[Change, ...]:
    """Return a change for every field that differs, custom fields key by key."""
    custom = (*map_of(before, "custom"), *map_of(after, "custom"))
    fields = (field for field in (*before, *after) if field != "custom")
    return diff(before, after, dict.fromkeys((*fields, *map(custom_path, custom))))


def fold(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Lay later changes onto earlier ones of the same field; what is back where it was, goes."""
    folded: dict[str, Change] = {}
    for change in changes:
        first = folded.get(change.field)
        if first is None:
            folded[change.field] = change
            continue
        after = change.after
        if change.field == "tags":  # it may have been made beside the first, not after it
            after = list(merge_tags(*_three(change, {"tags": first.after})))
        folded[change.field] = Change(change.field, first.before, after)
    return tuple(c for c in folded.values() if not same_at(c.field, c.before, c.after))


def apply(raw: Raw, changes: Iterable[Change]) -> dict[str, Json]:
    """Return the record with the changes laid over it; ``raw`` itself stays as it is."""
    shown: dict[str, Json] = dict(raw)
    for change in changes:
        key = custom_key(change.field)
        if change.field == "tags":
            shown["tags"] = list(merge_tags(*_three(change, shown)))
        elif key is not None:
            shown["custom"] = _with(map_of(shown, "custom"), key, change.after)
        else:
            shown = _with(shown, change.field, change.after)
    return shown


def merge(changes: Iterable[Change], server: Raw) -> Merge:
    """Merge my changes with what the server has now.

    The body has whole tags and the whole custom map, because a server may replace either; in it a
    removed key is null, because another one merges the map key by key. A field that the server
    already has as I want it is left out; one that it has neither as it was nor as I want it is a
    conflict. The name of a contact's company goes with the company, or is in conflict with it.
    """
    changes = fold(changes)
    body: dict[str, Json] = {}
    conflicts: list[Conflict] = []
    custom: dict[str, Json] = {}
    decides = deciding(changes)
    for change in changes:
        theirs = value_at(server, change.field)
        key = custom_key(change.field)
        if change.field == "tags":
            merged = merge_tags(*_three(change, server))
            if set(merged) != set(texts_of(server, "tags")):
                body["tags"] = list(merged)
        elif same(theirs, change.after):
            continue
        elif is_theirs(decides(change), server):
            conflicts.append(Conflict(change.field, change.before, change.after, theirs))
        elif key is not None:
            custom[key] = change.after
        else:
            body[change.field] = change.after
    if custom:
        body["custom"] = {**map_of(server, "custom"), **custom}
    return Merge(body, tuple(conflicts))


def moving(changes: Iterable[Change]) -> Change | None:
    """Return the change by which a contact goes to another company, if one of them is that."""
    return next((change for change in changes if change.field == COMPANY_ID), None)


def deciding(changes: Iterable[Change]) -> Callable[[Change], Change]:
    """Return what tells by which of some changes it's decided what becomes of one of them.

    By itself; the name of a contact's company goes with the company where both change.
    """
    moved = moving(changes)
    return lambda change: moved if moved and change.field == COMPANY_NAME else change


def is_theirs(change: Change, server: Raw) -> bool:
    """Tell whether the server has a field neither as it was nor as I want it."""
    theirs = value_at(server, change.field)
    return not (same(theirs, change.before) or same(theirs, change.after))


def parted(changes: Sequence[Change], whole: Iterable[Change], server: Raw) -> Parted:
    """Part an edit into what the server has already, which isn't its own, and what it brings.

    Of tags that are part of one change, the first part leads to where the other one starts.
    ``whole`` are the folded changes of all that goes with it, by which it's decided what becomes of
    a field. A contact's company and its name are found so together, or not.
    """
    meant = {change.field: change for change in whole}
    parts = {change.field: _parted(change, meant.get(change.field), server) for change in changes}
    if any(parts[field].left for field in SAY_ONE & parts.keys()):
        one = [change for change in changes if change.field in SAY_ONE]
        parts |= {change.field: Parted((), (change,)) for change in one}
    found = tuple(change for part in parts.values() for change in part.found)
    left = tuple(change for part in parts.values() for change in part.left)
    return Parted(found, left)


def _parted(change: Change, meant: Change | None, server: Raw) -> Parted:
    if meant is None:  # another edit takes it back: nothing is sent for it, nor is it found so
        return Parted((), (change,))
    if change.field != "tags":
        is_so = same(value_at(server, change.field), meant.after)
        return Parted((change,), ()) if is_so else Parted((), (change,))
    before, after, _ = _three(change, server)
    start, goal, there = map(set, _three(meant, server))
    found = (start ^ goal) - (goal ^ there)
    added, removed = tag_diff(before, after)
    if found.isdisjoint({*added, *removed}):
        return Parted((), (change,))
    halfway = [tag for tag in before if tag in after or tag not in found]
    halfway += [tag for tag in added if tag in found]
    first = Change("tags", change.before, [*halfway])
    rest = Change("tags", [*halfway], change.after)
    return Parted((first,), (rest,) if {*added, *removed} - found else ())


def dropped(body: Raw, answer: Raw) -> tuple[str, ...]:
    """Return the paths of the fields that were sent and that the answer doesn't have so."""
    lost: list[str] = []
    for name, value in body.items():
        if name == "custom" and isinstance(value, dict):
            kept = map_of(answer, "custom")
            lost += [custom_path(k) for k, v in value.items() if not same(v, kept.get(k))]
        elif not same_at(name, value, answer.get(name)):
            lost.append(name)
    return tuple(lost)


def _three(change: Change, raw: Raw) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    before = texts_of({"tags": change.before}, "tags")
    after = texts_of({"tags": change.after}, "tags")
    return before, after, texts_of(raw, "tags")


def same_at(path: str, a: Json, b: Json) -> bool:
    """Compare two values of a field: tags as sets."""
    if path == "tags":
        return set(texts_of({path: a}, path)) == set(texts_of({path: b}, path))
    return same(a, b)


def _with(raw: Raw, name: str, value: Json) -> dict[str, Json]:
    kept = {key: old for key, old in raw.items() if key != name or value is not None}
    if value is None:
        return kept
    return {**kept, name: value}


def _same_moment(a: str, b: str) -> bool:
    """Tell whether two texts are one moment: Planhat gives a day back as its midnight in UTC."""
    from planhat_tui.model.calls import parse_iso

    if min(len(a), len(b)) < len("2026-01-01") or ("T" not in a and "T" not in b):
        return False
    first, second = parse_iso(a), parse_iso(b)
    return first is not None and first == second
