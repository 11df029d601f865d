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
from planhat_tui.tui.widgets.rowlines import LEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.results import Result
    from planhat_tui.model.values import Raw

LEAST: Final = 40
"""Cells that an answer has at least."""
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


class Kept(NamedTuple):
    """An answer, and how it is wished: no more of it than is shown, to be fitted again.

    ``total`` is how many records it has in all, ``rows`` are those that could be read but once.
    """

    result: Result | PlanhatTuiError
    manner: Manner
    total: int = 0
    rows: tuple[Raw, ...] = ()


class Fitted(NamedTuple):
    """An answer in lines for a screen of ``width`` cells."""

    answer: Kept
    width: int
    lines: tuple[Line, ...]


class Said(NamedTuple):
    """What was typed, and what it has answered."""

    typed: str
    answers: tuple[Fitted, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of it."""
        parts = (line for one in self.answers for line in one.lines)
        return (Line(f":{self.typed}", asks=True), *parts)


class Transcript:
    """The answers of one explorer, the last at the end."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.said: tuple[Said, ...] = ()

    def add(self, typed: str, answers: Sequence[Fitted]) -> int:
        """Add answers under what was typed; return the number of their first line."""
        last = Said(typed, tuple(answers))
        self.said = (*self.said, last)
        self.lines += last.lines
        while len(self.lines) > MOST and len(self.said) > 1:  # else: long answers of one line
            del self.lines[: len(self.said[0].lines)]
            self.said = self.said[1:]
        return len(self.lines) - len(last.lines)

    def fits(self, width: int) -> bool:
        """Tell whether all lines are made for so many cells."""
        return all(one.width == width for said in self.said for one in said.answers)

    def take(self, before: Sequence[Said], after: Sequence[Said], n: int) -> int:
        """Put what was fitted again in its place; return the number that a line has then.

        It's a line of the same answer, and of the same record where it's about one. What was added
        or left out since ``before`` stays so.
        """
        new = {id(old): one for old, one in zip(before, after, strict=True)}
        made = [new.get(id(one), one) for one in self.said]
        place = start = 0
        for old, one in zip(self.said, made, strict=True):
            if n < start + len(old.lines):
                place += _same_line(old.lines, one.lines, n - start)
                break
            start, place = start + len(old.lines), place + len(one.lines)
        self.said = tuple(made)
        self.lines = [line for one in made for line in one.lines]
        return place

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


def room(terminal: int) -> int:
    """Return the cells that an answer has in a terminal of so many."""
    return max(LEAST, terminal - LEAD - 2)


def kept(result: Result | PlanhatTuiError, manner: Manner) -> Kept:
    """Return an answer with no more records than are shown of it."""
    if isinstance(result, Groups | Planned):
        result = result.listing
    if isinstance(result, Exported):
        rows = tuple(islice(result.records, MOST_OF_ONE + 1))
        return Kept(result._replace(records=iter(())), manner, rows=rows)
    if not isinstance(result, Listing):
        return Kept(result, manner)
    shown = result.records[: MOST_OF_ONE + 1]
    table = result.table and result.table._replace(records=result.table.records[: len(shown)])
    return Kept(result._replace(records=shown, table=table), manner, len(result.records))


def fitted(answer: Kept, width: int) -> Fitted:
    """Return an answer in lines of so many cells; a long line is broken.

    Of an answer of very many lines these are the first, then how to get all, and its sentence. No
    more than these are made. Raises :class:`InputError` for a form that can't be shown.
    """
    result, manner, total, rows = answer
    if isinstance(result, PlanhatTuiError):
        return Fitted(answer, width, tuple(_of_error(result, width)))
    if isinstance(result, Exported):
        result = result._replace(records=iter(rows))
    style = manner.style(output.Style(width=width))
    left: list[str] = []
    lines = [*islice(_data(result, style, width, left.append), MOST_OF_ONE + 1)]
    if len(lines) > MOST_OF_ONE:
        lines[MOST_OF_ONE:] = _broken(Line(_all_of(result, total)), width)
    note = output.visible_lines(output.note_of(result, quiet=style.quiet))
    for text in (*(left if not style.quiet else ()), *note.splitlines()):
        lines += _broken(Line(text), width)
    return Fitted(answer, width, tuple(lines))


def fitted_again(said: Sequence[Said], width: int) -> tuple[Said, ...]:
    """Return the same answers in lines of so many cells."""
    return tuple(
        one._replace(
            answers=tuple(
                each if each.width == width else fitted(each.answer, width) for each in one.answers
            )
        )
        for one in said
    )


def _same_line(old: Sequence[Line], new: Sequence[Line], n: int) -> int:
    """Return the place of an old line among the new ones: the same line about the same record."""
    about = old[n]._replace(text="")
    before = sum(line._replace(text="") == about for line in old[:n])
    alike = [place for place, line in enumerate(new) if line._replace(text="") == about]
    return alike[min(before, len(alike) - 1)] if alike else min(n, len(new) - 1)


def _of_error(error: PlanhatTuiError, width: int) -> Iterator[Line]:
    yield from _broken(Line(problem(error)), width)
    if isinstance(error, AmbiguousError):
        for record_id, title in error.candidates:
            yield from _broken(Line(f"  {record_id}  {visible(title)}"), width)


def _data(
    result: Result, style: output.Style, width: int, tell: Callable[[str], None]
) -> Iterator[Line]:
    """Give the lines of an answer's data; a record has one at least."""
    for place, text in enumerate(output.lines(result, style, tell)):
        about = _about(result, style, place)
        for part in text.split("\n"):
            yield from _broken(about._replace(text=part), width)


def _all_of(result: Result, total: int) -> str:
    if isinstance(result, Listing):
        return f"There are {total:,} records: --to FILE writes all of them"
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
