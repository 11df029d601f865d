"""A key in the ``:`` line to what could stand there, with 100,000 companies and 2,000 tags.

Each line is completed 100 times, warm, in this process; asked for: p99 at most 16 ms.
"""

from __future__ import annotations

import argparse
import random
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.crowd import NOW, _received, filled
from benchmarks.search import _at, _timed
from planhat_tui.commands import completing
from planhat_tui.commands.context import Selection
from planhat_tui.commands.values import Sources
from planhat_tui.model.records import Kind
from planhat_tui.workspace.queries import Queries

if TYPE_CHECKING:
    from planhat_tui.store.tenant import TenantStore

TAGS: Final = 2_000
_EACH: Final = 100
_TAGGED: Final = 6_000
LINES: Final = (
    "", "co", "company ", "tag ", "tag v", "tag topic-1", "set ", "set ph", "set phase=",
    "set owner=", "set custom.Plan=", "company find ", "company find ph", "company find tag:",
    "company find tag:topic-1", "company find owner:a", "company find custom.Plan:",
    "contact find --company A", "contact find --company Acme", "company tag --id K",
    "call log --ta", "outbox show ",
)  # fmt: skip


def main() -> None:
    """Measure each line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="keep the mirror here, and find it again")
    given = parser.parse_args()
    with TemporaryDirectory() as made:
        store = filled(given.folder or Path(made), given.companies)
        _tag(store)
        _report(store)
        store.close()


def _tag(store: TenantStore) -> None:
    """Give some companies tags of their own, so that there are enough."""
    reads = Queries(store)
    if len(reads.tags(Kind.COMPANY)) >= TAGS:
        return
    draw = random.Random(3)  # noqa: S311 -- practice data
    ids = [row.id for row in reads.companies("", _TAGGED).rows]
    batch = []
    for raw in reads.raws(Kind.COMPANY, ids):
        more = [f"topic-{draw.randrange(TAGS)}" for _ in range(3)]
        tags = raw.get("tags")
        known = tags if isinstance(tags, list) else []
        record: dict[str, object] = {**raw, "tags": [*known, *more]}
        batch.append(_received(record))
    store.mirror.put(Kind.COMPANY, batch, NOW)


def _report(store: TenantStore) -> None:
    reads = Queries(store)
    selection = Selection(Kind.COMPANY, (reads.companies("", 1).rows[0].id,))

    def asked(text: str) -> object:
        """Complete a line as its first letter does: nothing is counted yet."""
        return completing.of_line(text, Sources(reads, ("acme",), tuple, selection, {})).lines

    print(f"{len(reads.tags(Kind.COMPANY)):,} tags; milliseconds of the clock")
    print(f"{'line':32}{'choices':>8}{'p50':>8}{'p99':>8}{'CPU p99':>9}")
    for text in LINES:
        ask = partial(asked, text)
        found = completing.of_line(text, Sources(reads, (), tuple, selection, {}))
        timed = [_timed(ask) for _ in range(_EACH)]
        times, worked = [clock for clock, _ in timed], [cpu for _, cpu in timed]
        shown = f":{text:31}{len(found.lines):8}{_at(0.5, times):8.1f}{_at(0.99, times):8.1f}"
        print(f"{shown}{_at(0.99, worked):9.1f}")


if __name__ == "__main__":
    main()
