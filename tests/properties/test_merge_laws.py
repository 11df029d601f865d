"""Merging with somebody else's changes, by the ten thousand: nothing of theirs is touched."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from planhat_tui.model.edits import Change, apply, fold, merge, parted, value_at
from planhat_tui.model.records import map_of, texts_of
from tests.conftest import EFFORT

if TYPE_CHECKING:
    from planhat_tui.model.values import Json, Raw

CASES = int(10_000 * EFFORT)
"""100,000 in a long run (effort 10)."""
TAGS, KEYS = "abcdef", ("Plan", "A.b", "Seats")
VALUES: tuple[Json, ...] = (None, "x", "y", 1, 1.0, True, "2026-03-01T12:00:00.000Z")


def record(draw: random.Random) -> dict[str, Json]:
    custom: dict[str, Json] = {key: draw.choice(VALUES[1:]) for key in draw.sample(KEYS, 2)}
    return {
        "phase": draw.choice(VALUES),
        "city": draw.choice(VALUES),
        "tags": list(draw.sample(TAGS, draw.randrange(5))),
        "custom": custom,
    }


def changes(draw: random.Random, before: Raw) -> tuple[Change, ...]:
    wanted = draw.sample(["phase", "city", "tags", *(f"custom.{key}" for key in KEYS)], 3)
    values: dict[str, Json] = {
        path: list(draw.sample(TAGS, 2)) if path == "tags" else draw.choice(VALUES)
        for path in wanted
    }
    return tuple(Change(path, value_at(before, path), value) for path, value in values.items())


def stored(server: Raw, body: Raw) -> dict[str, Json]:
    """Return what a server has that takes a body: keys of the map that are null are gone."""
    custom = {**map_of(server, "custom"), **map_of(body, "custom")}
    return {**server, **body, "custom": {k: v for k, v in custom.items() if v is not None}}


def test_nobody_elses_tag_or_key_is_changed_and_merging_twice_is_merging_once() -> None:
    draw = random.Random(2)  # noqa: S311 -- a game, no secret
    conflicts = sent = 0
    for _ in range(CASES):
        before, theirs = record(draw), record(draw)
        mine = changes(draw, before)
        merged = merge(mine, theirs)
        after = stored(theirs, merged.body)
        paths = {change.field for change in mine}
        untouched = {"phase", "city", *(f"custom.{key}" for key in KEYS)} - paths
        assert all(value_at(after, path) == value_at(theirs, path) for path in untouched)
        for conflict in merged.conflicts:
            assert value_at(after, conflict.field) == value_at(theirs, conflict.field)
        old, wanted = set(texts_of(before, "tags")), set(texts_of(apply(before, mine), "tags"))
        added, removed = wanted - old, old - wanted
        assert set(texts_of(after, "tags")) == (set(texts_of(theirs, "tags")) - removed) | added
        again = merge(
            [c for c in mine if c.field not in {x.field for x in merged.conflicts}], after
        )
        assert (again.body, again.conflicts) == ({}, ())
        conflicts += len(merged.conflicts)
        sent += bool(merged.body)
    print(f"{CASES} cases: {sent} sent something, {conflicts} fields in conflict")
    assert conflicts > CASES / 10
    assert sent > CASES / 2


def test_what_is_found_so_is_so_at_the_server_and_the_rest_of_the_edits_sends_the_same() -> None:
    draw = random.Random(6)  # noqa: S311 -- a game, no secret
    found = 0
    for _ in range(CASES // 5):
        before, theirs = record(draw), record(draw)
        first = changes(draw, before)
        edits = [first, changes(draw, apply(before, first))]
        whole = fold(change for edit in edits for change in edit)
        parts = [parted(edit, whole, theirs) for edit in edits]
        rest = fold(change for part in parts for change in part.left)
        assert merge(rest, theirs) == merge(whole, theirs)
        so = fold(change for part in parts for change in part.found)
        assert merge(so, theirs).body == {}
        found += bool(so)
    print(f"{CASES // 5} cases: in {found} the server had some of it")
    assert found
