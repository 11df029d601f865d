"""A page is the same however it's put together, whatever comes, changes and goes."""

from __future__ import annotations

import random
from bisect import insort
from typing import TYPE_CHECKING

from planhat_tui.sandbox import SandboxOptions
from planhat_tui.sandbox.shelves import MOST_BYTES, STEP, Shelves
from tests.sandbox.asking import asking

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OFFSETS = (0, 1, STEP - 1, STEP, STEP + 1, 3 * STEP + 7, 10**9)
LIMITS = (0, 1, 2, STEP - 1, STEP, STEP + 1, 2 * STEP, 2 * STEP + 1, 10**9)


class Records:
    """A list of records, and how many of them were read, and walked along."""

    def __init__(self, ids: Iterable[str], size: int = 1) -> None:
        self.ids = sorted(ids)
        self.texts = {one: one.encode() * size for one in self.ids}
        self.read = self.walked = 0

    def skip(self, after: str, count: int) -> str | None:
        behind = [one for one in self.ids if one > after][:count]
        self.walked += len(behind)
        return behind[-1] if len(behind) == count else None

    def joined(self, after: str, until: str) -> bytes:
        some = [self.texts[one] for one in self.ids if after < one <= until]
        self.read += len(some)
        return b",".join(some)

    def page(self, offset: int, limit: int) -> bytes:
        return b",".join(self.texts[one] for one in self.ids[offset : offset + limit])


def _ids(count: int) -> list[str]:
    return [f"{number:09}" for number in range(count)]


def test_each_page_of_a_list_that_grows_shrinks_and_changes() -> None:
    draw = random.Random(7)  # noqa: S311 -- the same each time
    records = Records(f"{draw.randrange(10**9):09}" for _ in range(5 * STEP))
    shelves = Shelves(lambda: 0)
    for turn in range(900):
        offset = draw.choice([*OFFSETS, draw.randrange(len(records.ids) + 5)])
        limit = draw.choice([*LIMITS, draw.randrange(1, 3 * STEP)])
        page = shelves.page("list", offset, limit, records)
        assert page == records.page(offset, limit), (turn, offset, limit)
        some = draw.choice(records.ids)
        if turn % 3 == 0:
            records.texts[some] += b"!"
            shelves.changed("list", some)
        elif turn % 3 == 1:
            records.ids.remove(some)
            shelves.moved("list", some)
        else:
            new = f"{draw.randrange(10**9):09}"
            insort(records.ids, new)
            records.texts[new] = b"new"
            shelves.moved("list", new)
        assert shelves._size == sum(map(len, shelves._lists["list"].boards.values()))


def test_a_page_far_down_costs_no_second_walk_and_a_change_costs_a_board() -> None:
    records = Records(_ids(20 * STEP))
    shelves = Shelves(lambda: 0)
    offset, limit = 15 * STEP + 3, 4 * STEP
    shelves.page("list", offset, limit, records)
    records.walked = records.read = 0
    shelves.page("list", offset + 1, limit, records)
    assert records.walked <= 2 * STEP
    assert records.read <= STEP
    records.read = 0
    shelves.changed("list", records.ids[17 * STEP])
    assert shelves.page("list", offset + 2, limit, records) == records.page(offset + 2, limit)
    assert records.read <= 2 * STEP
    assert shelves.page("another", offset, limit, Records([])) == b""


def test_what_others_have_written_is_seen() -> None:
    records, wrote = Records(_ids(3 * STEP)), [0]
    shelves = Shelves(lambda: wrote[0])
    for _ in range(2):
        assert shelves.page("list", 1, 2 * STEP, records) == records.page(1, 2 * STEP)
        records.ids.pop(0)
        records.texts[records.ids[STEP]] = b"theirs"
        wrote[0] += 1


def test_no_more_is_kept_than_is_allowed() -> None:
    shelves, size = Shelves(lambda: 0), MOST_BYTES // (9 * 3 * STEP)
    for name in ("one", "two", "three"):
        records = Records(_ids(5 * STEP), size)
        assert shelves.page(name, 0, 5 * STEP, records) == records.page(0, 5 * STEP)
        kept = [board for one in shelves._lists.values() for board in one.boards.values()]
        assert sum(map(len, kept)) == shelves._size <= MOST_BYTES


async def test_pages_are_all_of_the_list_while_records_come_and_go(tmp_path: Path) -> None:
    options = SandboxOptions(db=tmp_path / "list.db", companies=2 * STEP + 60, limit=1_000_000)

    async with asking(options) as sandbox, asking(options) as elsewhere:

        async def pages(limit: int) -> list[object]:
            starts = range(0, 3 * STEP, limit)
            some = [await sandbox.get(f"/companies?limit={limit}&offset={n}") for n in starts]
            return [company for page in some for company in page]

        async def whole() -> list[object]:
            ids = sorted([company["_id"] for company in await sandbox.get("/leancompanies")])
            return [await sandbox.get(f"/companies/{one}") for one in ids]

        for limit in (STEP + 1, 600):
            there = await whole()
            assert await pages(limit) == there
            some = [company["_id"] for company in await sandbox.get("/leancompanies")]
            await sandbox.ask("DELETE", f"/companies/{some[STEP // 2]}")
            await sandbox.ask("PUT", f"/companies/{some[STEP + 7]}", {"phase": f"p {limit}"})
            await sandbox.ask("PUT", f"/companies/{some[3]}", {"externalId": f"x {limit}"})
            assert await pages(limit) == await whole() != there
            made = await sandbox.make("/companies", {"name": "New"})
            assert made in await pages(limit)
            await elsewhere.ask("DELETE", f"/companies/{made['_id']}")
            assert made not in await pages(limit)
            rows = [{"name": f"Row {n}", "externalId": f"{limit}-{n}"} for n in range(30)]
            await sandbox.ask("PUT", "/companies", rows)
            assert await pages(limit) == await whole()
        assert await sandbox.get("/companies?limit=0") == []
