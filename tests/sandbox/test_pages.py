"""A page that is kept is never an old one, and what is kept doesn't grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.sandbox import SandboxOptions
from planhat_tui.sandbox.pages import MOST_BYTES, Pages
from tests.sandbox.asking import asking

if TYPE_CHECKING:
    from pathlib import Path

LIST = "/companies?sort=name"


async def test_a_page_is_read_again_after_any_change() -> None:
    async with asking(SandboxOptions(companies=5)) as sandbox:
        before = await sandbox.get(LIST)
        for _ in range(3):
            assert await sandbox.get(LIST) == before
        one = f"/companies/{before[0]['_id']}"
        await sandbox.ask("PUT", one, {"city": "Elsewhere"})
        assert (await sandbox.get(LIST))[0]["city"] == "Elsewhere"
        await sandbox.ask("DELETE", one)
        assert await sandbox.get(LIST) == before[1:]


async def test_what_another_process_writes_is_seen(tmp_path: Path) -> None:
    options = SandboxOptions(db=tmp_path / "shared.db", companies=3)
    async with asking(options) as mine, asking(options) as yours:
        before = [await mine.get(LIST) for _ in range(3)][-1]
        await yours.make("/companies", {"name": "New"})
        assert len(await mine.get(LIST)) == len(before) + 1


def test_what_is_asked_for_again_is_kept_and_what_was_asked_for_once_isnt() -> None:
    pages, answers = Pages(lambda: 1), iter([b"1", b"2", b"3"])

    def read() -> bytes:
        return next(answers)

    assert [pages.get("a", read) for _ in range(4)] == [b"1", b"2", b"2", b"2"]


def test_no_more_is_kept_than_is_allowed() -> None:
    pages = Pages(lambda: 1)
    half = bytes(MOST_BYTES // 2)
    for key in [*range(5)] * 3:
        for _ in range(2):
            pages.get(key, lambda: half)
        assert pages._size <= MOST_BYTES
    assert pages.get(4, lambda: b"other") == half
    for _ in range(3):
        pages.get("large", lambda: bytes(MOST_BYTES + 1))
    assert pages.get("large", lambda: b"again") == b"again"
    for key in range(2500):
        pages.get(key, lambda: b"small")
    assert len(pages._kept) <= 1000
