"""What is drawn again is what Textual would draw, and no line of anything else is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App
from textual.containers import Horizontal, VerticalScroll
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Static

from planhat_tui.tui.drawing import LinesCompositor

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.strip import Strip

SIZE = (60, 16)
NAMES = ("line", "long", "beside")


class Watched(Static):
    """Tells which of its lines were asked for."""

    asked: set[int]

    def render_lines(self, crop: Region) -> list[Strip]:
        self.asked = getattr(self, "asked", set()) | set(crop.line_range)
        return super().render_lines(crop)


class Panes(Screen[None]):
    """A line on top; below it a long text that is scrolled, and one beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = LinesCompositor()

    def compose(self) -> ComposeResult:
        yield Watched("one line", id="line")
        with Horizontal():
            with VerticalScroll():
                yield Watched("\n".join(f"{n} left" for n in range(40)), id="long")
            yield Watched("beside\n" * 9, id="beside")


class Drawn(App[None]):
    def on_mount(self) -> None:
        self.push_screen(Panes())


@pytest.mark.parametrize("crop", [Region(0, 0, *SIZE), Region(0, 3, 60, 2), Region(5, 15, 9, 1)])
async def test_the_lines_of_a_part_are_those_that_textual_draws(crop: Region) -> None:
    app = Drawn()
    async with app.run_test(size=SIZE) as pilot:
        app.screen.query_one(VerticalScroll).scroll_to(y=7, animate=False)
        await pilot.pause()
        ours = app.screen._compositor
        assert isinstance(ours, LinesCompositor)
        wanted = crop.line_range

        def drawn(kind: type[Compositor]) -> list[str]:
            ours.__class__ = kind  # type: ignore[assignment] # a test of both
            chops = ours._render_chops(crop, wanted.__contains__)
            cells = [(cut, strip) for y in wanted for cut, strip in chops[y].items() if strip]
            return [strip.text for cut, strip in cells if crop.x <= cut < crop.right]

        assert drawn(LinesCompositor) == drawn(Compositor)


async def test_what_has_no_line_there_isnt_asked_for_any() -> None:
    app = Drawn()
    async with app.run_test(size=SIZE) as pilot:
        line, *others = (app.screen.query_one(f"#{one}", Watched) for one in NAMES)
        await pilot.pause()
        for one in (line, *others):
            one.asked = set()
        app.screen._compositor._dirty_regions = {line.region}
        app.screen._compositor.render_update()
        assert line.asked == {0}
        assert [one.asked for one in others] == [set(), set()]


@pytest.mark.parametrize("changed", [["line", "long"], ["beside", "long"], [*NAMES]])
async def test_what_changed_is_drawn_as_textual_draws_it(changed: list[str]) -> None:
    app = Drawn()
    async with app.run_test(size=SIZE) as pilot:
        app.screen.query_one(VerticalScroll).scroll_to(y=7, animate=False)
        await pilot.pause()
        ours = app.screen._compositor
        shown = Region(0, 0, *SIZE)
        regions = {app.screen.query_one(f"#{one}").region.intersection(shown) for one in changed}

        def drawn(kind: type[Compositor]) -> str:
            ours.__class__ = kind
            ours._dirty_regions = set(regions)
            update = ours.render_partial_update()
            assert update is not None
            cells = [["?"] * SIZE[0] for _ in range(SIZE[1])]
            for y, first, end in update.spans:
                for x, strip in update.chops[y].items():
                    shown = strip.text if strip else ""
                    for at in range(max(x, first), min(x + len(shown), end)):
                        cells[y][at] = shown[at - x]
            return "\n".join("".join(line) for line in cells)

        assert drawn(LinesCompositor) == drawn(Compositor)


async def test_what_lies_wholly_under_others_isnt_asked_for_anything() -> None:
    app = Drawn()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        under = app.screen.query_one(Horizontal)
        asked: list[Region] = []
        under.render_lines = asked.append  # type: ignore[assignment] # it isn't to be called
        beside = app.screen.query_one("#beside").region
        app.screen._compositor._dirty_regions = {beside}
        app.screen._compositor.render_update()
        assert asked == []


def test_a_screen_that_isnt_laid_out_yet_has_nothing_to_draw() -> None:
    assert LinesCompositor()._render_chops(Region(0, 0, *SIZE), lambda _: True) == []


async def test_nothing_is_laid_out_anew_for_who_isnt_seen() -> None:
    app = Drawn()
    async with app.run_test(size=SIZE) as pilot:
        app.screen.query_one(Horizontal).display = False
        await pilot.pause()
        compositor = app.screen._compositor
        compositor._arrange_root = None  # type: ignore[assignment,method-assign] # not to be called
        for name in ("line", "beside"):
            app.screen.query_one(f"#{name}").refresh()
        await pilot.pause()
        assert app.screen.query_one("#line").region.height == 1


async def test_a_layout_that_changes_while_it_is_drawn_ends_nothing() -> None:
    app = Drawn()
    async with app.run_test(size=SIZE) as pilot:
        beside, line = (app.screen.query_one(f"#{one}") for one in ("beside", "line"))
        beside.display = False
        await pilot.pause()
        compositor = app.screen._compositor
        lower = Region(0, 2, SIZE[0], 5)
        compositor._dirty_regions = {line.region, lower}
        beside.display = True  # its styles are applied, and the layout comes later
        # as where a widget of a hidden pane is drawn anew
        compositor._full_map_invalidated, compositor._visible_map = True, None
        update = compositor.render_partial_update()
        assert isinstance(update, ChopsUpdate)
        assert all(
            strip is not None for y in lower.line_range for strip in update.chops[y].values()
        )
