"""What the ``:`` line has answered, line by line, and which record a line is about. Pure."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.commands import output
from planhat_tui.commands.results import Exported, Groups, Listing, Planned, Single, Text
from planhat_tui.errors import AmbiguousError, PlanhatTuiError
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import fold, visible
from planhat_tui.tui.presentation.sentences import problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.results import Result
    from planhat_tui.model.values import Raw

MOST: Final = 20_000
"""Lines that are kept; the oldest answers go first."""
MOST_OF_ONE: Final = 5_000
"""Lines of one answer that are shown."""
_BY_ROW: Final = frozenset({"table", "jsonl", "id"})


class Line(NamedTuple):
    """One line. ``kind`` and ``id`` are the record that it is about, or ``tag`` the tag.

    ``asks`` says that it is what was typed: an answer begins there.
    """

    text: str
    kind: Kind | None = None
    id: str = ""
    asks: bool = False
    tag: str = ""


class Transcript:
    """The answers of one explorer, the last at the end."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def add(self, typed: str, answer: Sequence[Line]) -> int:
        """Add an answer under what was typed; return the number of its first line."""
        self.lines += [Line(f":{typed}", asks=True), *answer]
        while len(self.lines) > MOST:
            second = next((n for n, one in enumerate(self.lines) if n and one.asks), None)
            if second is None:  # several long answers of one line
                break
            del self.lines[:second]
        return len(self.lines) - len(answer) - 1

    def find(self, text: str, start: int, *, back: bool = False) -> int | None:
        """Return the next line after ``start`` that has a text, around the end; ``None``: none."""
        wanted, count = fold(text), len(self.lines)
        steps = range(1, count + 1)
        places = ((start + (-step if back else step)) % count for step in steps)
        return next((n for n in places if wanted in fold(self.lines[n].text)), None)

    def answer(self, n: int) -> tuple[str, tuple[str, ...]]:
        """Return what was typed for the answer in which a line stands, and its lines."""
        first = next(m for m in range(n, -1, -1) if self.lines[m].asks)
        last = first + 1
        while last < len(self.lines) and not self.lines[last].asks:
            last += 1
        return self.lines[first].text, tuple(one.text for one in self.lines[first + 1 : last])


def lines_of(result: Result | PlanhatTuiError, manner: Manner, width: int) -> tuple[Line, ...]:
    """Return the lines of an answer for a screen of so many cells; a long one is broken.

    Of an answer of very many lines these are the first, then how to get all, and its sentence. No
    more than these are made. Raises :class:`InputError` for a form that can't be shown.
    """
    if isinstance(result, PlanhatTuiError):
        return tuple(_of_error(result, width))
    if isinstance(result, Groups | Planned):
        result = result.listing
    style = manner.style(output.Style(width=width))
    left: list[str] = []
    lines = [*islice(_data(result, style, width, left.append), MOST_OF_ONE + 1)]
    if len(lines) > MOST_OF_ONE:
        lines[MOST_OF_ONE:] = _broken(Line(_all_of(result)), width)
    note = output.visible_lines(output.note_of(result, quiet=style.quiet))
    for text in (*(left if not style.quiet else ()), *note.splitlines()):
        lines += _broken(Line(text), width)
    return tuple(lines)


def _of_error(error: PlanhatTuiError, width: int) -> Iterator[Line]:
    yield from _broken(Line(problem(error)), width)
    if isinstance(error, AmbiguousError):
        for record_id, title in error.candidates:
            yield from _broken(Line(f"  {record_id}  {visible(title)}"), width)


def _data(
    result: Result, style: output.Style, width: int, tell: Callable[[str], None]
) -> Iterator[Line]:
    """Give the lines of an answer's data; a record has one at least."""
    if isinstance(result, Listing):
        shown = result.records[: MOST_OF_ONE + 1]
        table = result.table and result.table._replace(records=result.table.records[: len(shown)])
        result = result._replace(records=shown, table=table)
    for place, text in enumerate(output.lines(result, style, tell)):
        about = _about(result, style, place)
        for part in text.split("\n"):
            yield from _broken(about._replace(text=part), width)


def _all_of(result: Result) -> str:
    if isinstance(result, Listing):
        return f"There are {len(result.records):,} records: --to FILE writes all of them"
    return "There is more: --to FILE writes all of it"


def has_data(result: Result | PlanhatTuiError) -> bool:
    """Tell whether an answer is more than a sentence."""
    if isinstance(result, Listing):
        return bool(result.records)
    if isinstance(result, Groups | Planned):
        return bool(result.listing.records)
    return isinstance(result, Single | Text | Exported)


def _about(result: Result, style: output.Style, place: int) -> Line:
    """Return a line without a text about what the data's text at a place is about."""
    if isinstance(result, Single):
        return _of_record(result.record, result.kind)
    if not isinstance(result, Listing) or style.format not in _BY_ROW:
        return Line("")
    row = place - (style.format == "table")  # its titles stand first
    return _of_record(result.records[row], result.kind) if row >= 0 else Line("")


def _of_record(record: Raw, kind: Kind | None) -> Line:
    told = text_of(record, "kind")
    if told == "tag":
        return Line("", tag=text_of(record, "name"))
    kind = Kind(told) if told in {one.value for one in Kind} else kind
    record_id = text_of(record, "_id") or (text_of(record, "id") if told else "")
    return Line("", kind, record_id) if kind is not None and record_id else Line("")


def _broken(line: Line, width: int) -> Iterator[Line]:
    """Give a line in parts that fit; the first is given for an empty one too."""
    text, start = line.text, 0
    while True:
        end = _end(text, start, width)
        yield line._replace(text=text[start:end])
        if end >= len(text):
            return
        start = end


def _end(text: str, start: int, width: int) -> int:
    """Return where a line of so many cells ends that starts there: at a blank where one is near.

    It looks at no more of the text than may fit, whatever its length.
    """
    from rich.cells import cell_len

    part = text[start : start + 2 * width]  # some letters take no cell
    while len(part) > 1 and (over := cell_len(part) - width) > 0:
        part = part[: -max(1, over // 2)]  # none takes more than two
    end = start + len(part)
    if end == len(text):
        return end
    blank = text.rfind(" ", start + len(part) // 2, end)
    return blank + 1 if blank > start else end
