"""A recording of the explorer: as asciinema's file, and as a picture that moves in a page.

Each frame is the explorer at rest after a key; how long it stands is written down, not measured. So
the same keys make the same recording. Both files hold only the rows that change.
"""

from __future__ import annotations

import html
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.color import blend_rgb
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME as THEME
from textual.strip import Strip

from planhat_tui.config.keys import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.journeys.conftest import Person

KEY: Final = 0.14
"""Seconds from one key to the next within a word."""

CELL, LINE, TEXT_AT, MARGIN = 8.4, 18.0, 13.5, 10.0
"""Of the picture: a cell's width and height, where in it a text stands, and what is around all."""

_LEGEND: Final = Style(color="#101418", bgcolor="#5bb8cf", bold=True)
_PRESSED: Final = Style(color="#101418", bgcolor="#5bb8cf")
_FONT: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


@dataclass(frozen=True)
class Frame:
    """What is on the screen from ``at`` seconds on: a strip for each row."""

    at: float
    rows: tuple[Strip, ...]


@dataclass
class Recording:
    """Records what a person does. Under the screen stands what it is about, and the keys."""

    person: Person
    frames: list[Frame] = field(default_factory=list)
    lasts: float = 0.0
    _about: str = ""
    _keys: list[str] = field(default_factory=list)

    async def show(self, about: str, *keys: str, sees: str, hold: float = 2.0) -> None:
        """Press keys, one after the other; the last frame stands for ``hold`` seconds.

        ``sees`` is what is to be on the screen then.
        """
        self._about, self._keys = about, []
        self._take(1.2)
        for number, key in enumerate(keys):
            self._keys.append(written(key))
            await self.person.press(key)
            self._take(KEY if number < len(keys) - 1 else hold)
        self.person.sees_on_top(sees)

    def _take(self, lasts: float) -> None:
        app = self.person.app
        update = app.screen._compositor.render_update(
            full=True, screen_stack=app._background_screens, simplify=True
        )
        rows = [Strip.join(strips).simplify() for strips in update.strips]  # type: ignore[union-attr] # a full one
        self.frames.append(Frame(self.lasts, (*rows, self._legend())))
        self.lasts = round(self.lasts + lasts, 2)

    def _legend(self) -> Strip:
        """Return the row under the screen."""
        left, right = f" {self._about} ", f" {' '.join(self._keys)} "
        room = self.person.app.size.width - cell_len(left) - cell_len(right)
        pieces = [Segment(left, _LEGEND), Segment(" " * max(0, room), _PRESSED)]
        return Strip([*pieces, Segment(right, _PRESSED)])


def asciicast(recording: Recording, title: str) -> str:
    """Return the recording as an asciicast, version 2."""
    width, height = recording.person.app.size
    header = {"version": 2, "width": width, "height": height + 1, "title": title}
    header["env"] = {"TERM": "xterm-256color"}
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")
    lines = [json.dumps(header)]
    before: Sequence[Strip | None] = [None] * (height + 1)
    for frame in recording.frames:
        changed = [
            f"\x1b[{y + 1};1H{row.render(console)}"
            for y, (row, old) in enumerate(zip(frame.rows, before, strict=True))
            if row != old
        ]
        hidden = "\x1b[?25l\x1b[2J" if frame.at == 0 else ""
        lines.append(json.dumps([frame.at, "o", hidden + "".join(changed)]))
        before = frame.rows
    lines.append(json.dumps([recording.lasts, "o", ""]))
    return "\n".join(lines) + "\n"


def moving_picture(recording: Recording, title: str) -> str:
    """Return the recording as an SVG that plays by itself, again and again."""
    size = recording.person.app.size
    width = size.width * CELL + 2 * MARGIN
    height = (size.height + 1) * LINE + 2 * MARGIN
    ground = recording.person.app.theme_variables["background"]
    drawing = _Drawing()
    rows = [drawing.shown(recording, y) for y in range(size.height + 1)]
    body = "\n".join(text for row in rows for text in row)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">\n'
        f"<title>{html.escape(title)}</title>\n<style>text{{font:14px {_FONT};white-space:pre}}"
        f"{drawing.rules}</style>\n"
        f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{ground}"/>\n'
        f'<g transform="translate({MARGIN:g} {MARGIN:g})">\n{body}\n</g>\n</svg>\n'
    )


@dataclass
class _Drawing:
    """Draws rows, and gathers the looks that they have."""

    looks: dict[str, str] = field(default_factory=dict)

    @property
    def rules(self) -> str:
        return "".join(f".{name}{{{rule}}}" for rule, name in self.looks.items())

    def shown(self, recording: Recording, y: int) -> Iterator[str]:
        """Return a row as it looks at each time, each seen only then."""
        frames, end = recording.frames, recording.lasts
        starts = [
            n for n, frame in enumerate(frames) if not n or frame.rows[y] != frames[n - 1].rows[y]
        ]
        for n, after in zip(starts, [*starts[1:], None], strict=True):
            begins = frames[n].at / end
            ends = frames[after].at / end if after is not None else 1.0
            drawn = "".join(self._row(frames[n].rows[y], y))
            if begins == 0 and ends == 1:
                yield f"<g>{drawn}</g>"
            elif drawn:
                yield f'<g visibility="hidden">{_seen(begins, ends, end)}{drawn}</g>'

    def _row(self, strip: Strip, y: int) -> Iterator[str]:
        x = 0
        for text, style, _ in strip:
            cells = cell_len(text)
            ink, ground, rule = _colours(style or Style.null())
            at = f'x="{x * CELL:g}"'
            if ground:
                size = f'width="{cells * CELL:g}" height="{LINE:g}"'
                yield f'<rect {at} y="{y * LINE:g}" {size} fill="{ground}"/>'
            bare = text.rstrip()
            if bare:
                name = self.looks.setdefault(f"fill:{ink}{rule}", f"a{len(self.looks)}")
                long = f'textLength="{cell_len(bare) * CELL:g}"'
                place = f'{at} y="{y * LINE + TEXT_AT:g}" {long} class="{name}"'
                yield f"<text {place}>{html.escape(bare)}</text>"
            x += cells


def _seen(begins: float, ends: float, lasts: float) -> str:
    """Return what lets a row be seen from one part of the time to another, over and over."""
    steps = [(0.0, "hidden"), (begins, "visible"), (ends, "hidden")]
    steps = [step for step in steps if step[0] < 1]
    if begins == 0:
        steps = steps[1:]
    values = ";".join(value for _, value in steps)
    times = ";".join(f"{at:.5f}".rstrip("0").rstrip(".") for at, _ in steps)
    return (
        f'<animate attributeName="visibility" values="{values}" keyTimes="{times}"'
        f' calcMode="discrete" dur="{lasts:g}s" repeatCount="indefinite"/>'
    )


def _colours(style: Style) -> tuple[str, str, str]:
    """Return ink and ground, empty for the usual one, and the rest of a rule."""
    ink = style.color.get_truecolor(THEME) if style.color else THEME.foreground_color
    ground = style.bgcolor.get_truecolor(THEME, foreground=False) if style.bgcolor else None
    if style.reverse:
        ink, ground = ground or THEME.background_color, ink
    if style.dim:
        ink = blend_rgb(ink, ground or ColorTriplet(0, 0, 0), 0.4)
    rule = ";font-weight:bold" if style.bold else ""
    rule += ";text-decoration:underline" if style.underline else ""
    rule += ";font-style:italic" if style.italic else ""
    return ink.hex, ground.hex if ground is not None else "", rule
