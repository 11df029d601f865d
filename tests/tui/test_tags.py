"""The tag editor: what a tag that is typed once more does."""

from __future__ import annotations

import pytest

from planhat_tui.tui.screens.tags import TagChange, Tags
from tests.tui.stage import Stage


@pytest.mark.parametrize(
    ("typed", "change"),
    [
        (["vip"], TagChange((), ("vip",))),
        (["vip", "vip"], TagChange((), ())),
        (["-vip", "vip,"], TagChange((), ())),
        (["gold"], TagChange(("gold",), ())),
        (["gold", "gold"], TagChange((), ("gold",))),
        (["gold", "gold", "gold"], TagChange((), ())),
        (["-gold", "gold", "gold"], TagChange(("gold",), ())),
        (["-gold", "gold,"], TagChange(("gold",), ())),
        (["new", "new"], TagChange((), ())),
        (["new", "new", "new"], TagChange(("new",), ())),
    ],
)
async def test_a_tag_that_was_taken_off_comes_back_as_it_was(
    typed: list[str], change: TagChange
) -> None:
    app, sheet = Stage(), Tags("Tags of 3 companies", ["vip"], {"gold": 2}, [("vip", 5)], of=3)
    answers: list[TagChange | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet, answers.append)
        for text in typed:
            sheet.picker.line.value = text
            await pilot.pause()
            await pilot.press("enter" if not text.endswith(",") else "end")
        await pilot.press("ctrl+s")
    assert answers == [change]
