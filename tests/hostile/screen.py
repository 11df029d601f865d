"""A terminal that knows few sequences: what a program draws, and what else came through.

It is told what a program may send, as little as it needs; all else is foreign, and is kept with
what stood around it. It knows nothing of the program's own lists of what is hostile.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from rich.cells import cell_len, get_character_cell_size

from tests.hostile.corpus import BLANKS, JOINERS, MARK, PARSED, PREPENDED

_WHOLE: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"  # other escapes
    r"|[^\x00-\x1f\x7f-\x9f]+"  # text
    r"|[\x00-\x1a\x1c-\x1f\x7f-\x9f]"  # controls
)
_MOVES: Final = re.compile(r"\x1b\[(\d+);(\d+)H")
_COLOURS: Final = re.compile(
    r"\x1b\[(?:(?:[0-4789]|(?:38|48);(?:5;\d+|2;\d+;\d+;\d+))(?:;|(?=m)))*m"
)
_COPIES: Final = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
_USUAL: Final = frozenset({"\x1b[?2026h", "\x1b[?2026l", "\x1b[?25h", "\x1b[?25l"}) | {
    f"\x1b]22;{shape}\x07" for shape in ("default", "pointer", "text")
}
"""What Textual sends at any time: a picture's begin and end, the cursor, the pointer's shape."""
_SET_UP: Final = frozenset(
    f"\x1b[?{mode}{final}"
    for mode in (7, 1000, 1003, 1004, 1006, 1015, 1049, 2004)
    for final in "hl"
) | {"\x1b[?2026$p", "\x1b[?2048$p", "\x1b[>25u", "\x1b[<u"}
_LEFT: Final = "\x1b[?1049l"
_CURSOR: Final = "\x1b[?25"
_SHOWN_PARSED: Final = re.compile(rf"{MARK.pattern}{PARSED}|red\]xu")
"""Markup that was taken for what it says: Textual's, or a key that a sentence of ours names."""
_AROUND: Final = 60


def is_unseen(sign: str) -> bool:
    """Tell whether a sign acts on a terminal or hides something, joiners and selectors aside."""
    if sign.isascii():
        return not sign.isprintable()
    if sign in JOINERS or ord(sign) in PREPENDED:
        return False
    return sign in BLANKS.replace("\u2800", "") or unicodedata.category(sign) in _ACTING


_ACTING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass
class Screen:
    """What a terminal of ``width`` by ``height`` cells shows.

    ``foreign`` is what came that the program has no business to send; ``copied`` what went to the
    clipboard, ``marks`` what marks were ever shown, ``set_up`` what sets up a terminal and gives it
    back: a program sends that at its start and at its end alone. ``has_cursor`` is whether a cursor
    is shown.
    """

    width: int
    height: int
    foreign: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    set_up: list[str] = field(default_factory=list)
    has_cursor: bool = True

    def __post_init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._rest = ""
        self._rows = [[" "] * self.width for _ in range(self.height)]
        self._at = (0, 0)
        self._behind_text = False

    @property
    def lines(self) -> list[str]:
        """What it shows, line by line."""
        return ["".join(row) for row in self._rows]

    @property
    def is_left(self) -> bool:
        """Whether the program has given the screen back: what is told then are plain lines."""
        return _LEFT in self.set_up

    @property
    def modes(self) -> frozenset[str]:
        """The modes that were set up, and weren't taken back."""
        last = {sequence[:-1]: sequence[-1] for sequence in self.set_up if sequence[-1] in "hl"}
        return frozenset(mode for mode, final in last.items() if final == "h")

    def feed(self, data: bytes) -> None:
        """Take what the program has written, which may end amid a sequence."""
        text, place = self._rest + self._decoder.decode(data), 0
        changed: set[int] = set()
        while found := _WHOLE.match(text, place):
            self._take(found.group(), text[max(0, place - _AROUND) : place + _AROUND])
            changed.add(self._at[0])
            place = found.end()
        self._rest = text[place:]
        for row in changed:
            line = "".join(self._rows[row])
            self.marks.update(MARK.findall(line))
            if parsed := _SHOWN_PARSED.search(line):
                self.foreign.append(f"parsed as markup: {parsed.group()}")

    def end(self) -> None:
        """Count what never became a whole sequence."""
        if self._rest:
            self.foreign.append(f"never ended: {self._rest[:_AROUND]!r}")

    def _take(self, piece: str, around: str) -> None:
        behind_text, self._behind_text = self._behind_text, False
        if piece[0] == "\x1b":
            self._obey(piece, around)
        elif piece in "\r\n" and (not behind_text or self.is_left):
            pass  # how a line of the program's own ends: behind its colours, or behind the screen
        elif not piece[0].isprintable() and is_unseen(piece[0]) and len(piece) == 1:
            self._note(f"control {piece!r}", around)
        else:
            self._behind_text = True
            self._draw(piece, around)

    def _obey(self, sequence: str, around: str) -> None:
        if moved := _MOVES.fullmatch(sequence):
            row, column = int(moved[1]) - 1, int(moved[2]) - 1
            if 0 <= row < self.height and 0 <= column < self.width:
                self._at = (row, column)
            else:
                self._note(f"moved out of the screen {sequence!r}", around)
        elif sequence.startswith(_CURSOR) and sequence in _USUAL:
            self.has_cursor = sequence[-1] == "h"
        elif _COLOURS.fullmatch(sequence) or sequence in _USUAL:
            pass
        elif copied := _COPIES.fullmatch(sequence):
            try:
                self.copied.append(base64.b64decode(copied[1], validate=True).decode())
            except (binascii.Error, UnicodeDecodeError):
                self._note(f"copied {sequence!r}", around)
        elif sequence in _SET_UP:
            self.set_up.append(sequence)
        else:
            self._note(f"sequence {sequence!r}", around)

    def _draw(self, text: str, around: str) -> None:
        if not text.isascii() and (hidden := [sign for sign in text if is_unseen(sign)]):
            self._note(f"unseen {hidden[:5]!r}", around)
        row, column = self._at
        if column + cell_len(text) > self.width and not self.is_left:
            self._note(f"beyond the edge {text[-20:]!r}", around)
        if text.isascii():  # most of it, and each sign has one cell
            shown = text[: self.width - column]
            self._rows[row][column : column + len(shown)] = shown
            text, column = "", column + len(shown)
        for sign in text:
            cells = get_character_cell_size(sign)
            if cells and column + cells <= self.width:
                self._rows[row][column : column + cells] = [sign, *[""] * (cells - 1)]
                column += cells
        self._at = (row, min(column, self.width - 1))

    def _note(self, what: str, around: str) -> None:
        self.foreign.append(f"{what} in {around!r}")
