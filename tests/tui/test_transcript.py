from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.commands.manner import Manner
from planhat_tui.commands.results import Column, Done, Exported, Listing, Single, Text
from planhat_tui.errors import InputError
from planhat_tui.model.records import Kind
from planhat_tui.model.values import Raw
from planhat_tui.tui.transcript import (
    MOST,
    MOST_OF_ONE,
    Fitted,
    Kept,
    Line,
    Transcript,
    _broken,
    fitted,
    fitted_again,
    has_data,
    kept,
)

if TYPE_CHECKING:
    from planhat_tui.commands.output import Format
    from planhat_tui.commands.results import Result

TWO = Listing(
    ({"_id": "a", "name": "Acme"}, {"_id": "b", "name": "Bolt"}),
    (Column("name", "NAME"),),
    "local copy, just read",
    kind=Kind.COMPANY,
)


def _lines(result: Result, width: int = 40, format: Format | None = None) -> list[Line]:  # noqa: A002 -- the manner's word
    return [*fitted(kept(result, Manner(format)), width).lines]


def _said(*lines: Line) -> list[Fitted]:
    return [Fitted(Kept(Done(""), Manner()), 40, lines)]


def test_a_row_knows_its_record_and_a_title_and_a_note_know_none() -> None:
    assert _lines(TWO) == [
        Line("NAME"),
        Line("Acme", Kind.COMPANY, "a"),
        Line("Bolt", Kind.COMPANY, "b"),
        Line("local copy, just read"),
    ]


@pytest.mark.parametrize("format", ["jsonl", "id"])
def test_so_does_a_line_of_json_and_an_id(format: Format) -> None:  # noqa: A002 -- the manner's word
    assert [line.id for line in _lines(TWO, 80, format)] == ["a", "b", ""]


def test_one_document_is_about_no_single_record() -> None:
    lines = _lines(TWO, 80, "json")
    assert lines[0].text == "["
    assert {line.id for line in lines} == {""}


def test_where_records_are_of_several_kinds_each_tells_its_own() -> None:
    found = Listing(
        ({"kind": "contact", "_id": "p"}, {"kind": "tag", "name": "x"}), (Column("kind", "KIND"),)
    )
    assert [(line.kind, line.id) for line in _lines(found)[1:]] == [(Kind.CONTACT, "p"), (None, "")]


def test_an_edit_leads_to_its_record() -> None:
    edits = Listing(({"n": 3, "kind": "company", "id": "a"},), (Column("n", "N"),))
    assert _lines(edits)[1] == Line("3", Kind.COMPANY, "a")


def test_every_line_of_one_record_leads_to_it() -> None:
    shown = Single({"_id": "a", "name": "Acme"}, Kind.COMPANY)
    assert {line.id for line in _lines(shown)} == {"a"}


def test_what_is_too_long_is_broken_and_nothing_is_lost() -> None:
    text = "one two three four five six seven eight nine ten " * 3 + "x" * 50
    lines = _lines(Text(text), 20)
    assert "".join(line.text for line in lines) == text
    assert all(len(line.text) <= 20 for line in lines)


def test_wide_letters_are_counted_by_their_cells() -> None:
    lines = _lines(Text("\u4f1a\u793e" * 30), 21)
    assert {len(line.text) for line in lines} == {10}


def test_a_sentence_alone_is_no_data() -> None:
    assert not has_data(Done("Done."))
    assert not has_data(TWO._replace(records=()))
    assert not has_data(InputError("No."))
    assert has_data(TWO)
    assert has_data(Text("x"))


# -- very long answers


class _Asked(Sequence[Raw]):
    """Very many records, and which of them were looked at."""

    def __init__(self) -> None:
        self.looked_at = 0

    def __len__(self) -> int:
        return 1_000_000

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 -- a slice, or one place
        records = [{"_id": f"r{n}", "name": "x"} for n in range(len(self))[place]]
        self.looked_at += len(records)
        return tuple(records)


@pytest.mark.parametrize("format", ["table", "json", "jsonl", "csv", "id"])
def test_no_more_of_very_many_records_is_drawn_than_is_shown(format: Format) -> None:  # noqa: A002 -- likewise
    asked = _Asked()
    lines = _lines(TWO._replace(records=asked), 80, format)  # type: ignore[arg-type] # as a tuple
    assert [line.text for line in lines[MOST_OF_ONE:]] == [
        "There are 1,000,000 records: --to FILE writes all of them",
        "local copy, just read",
    ]
    assert asked.looked_at <= MOST_OF_ONE + 1


def test_no_more_is_read_for_a_table_than_is_shown() -> None:
    read = count()
    records = ({"_id": f"r{n}", "name": "x"} for n in read)
    lines = _lines(Exported(Kind.COMPANY, records, ("name",)), 80)
    assert lines[-1].text == "There is more: --to FILE writes all of it"
    assert next(read) <= MOST_OF_ONE + 1


def test_breaking_a_long_value_looks_at_each_part_of_it_alone() -> None:
    looked = 0

    class Text_(str):  # noqa: N801, SLOT000 -- a text that counts
        def __getitem__(self, place: Any) -> str:  # noqa: ANN401 -- a slice
            nonlocal looked
            part = str.__getitem__(self, place)
            looked += len(part)
            return part

    text = Text_("x " * 50_000)
    lines = [*_broken(Line(text), 100)]
    assert "".join(line.text for line in lines) == text
    assert looked <= 5 * len(text)


# -- the transcript


@pytest.fixture
def transcript() -> Transcript:
    transcript = Transcript()
    transcript.add("user find", _said(Line("Max"), Line("Anna")))
    transcript.add("find a", _said(Line("Acme"), Line("\u00c4nna")))
    return transcript


def test_each_answer_stands_under_what_was_typed(transcript: Transcript) -> None:
    typed = [line.text for line in transcript.lines if line.asks]
    assert typed == [":user find", ":find a"]
    assert transcript.add("whoami", _said(Line("Max"))) == 6
    assert transcript.answer(7) == (":whoami", ("Max",))
    assert transcript.answer(0) == (":user find", ("Max", "Anna"))


def test_a_text_is_found_around_the_end_whatever_its_case_and_accents(
    transcript: Transcript,
) -> None:
    assert transcript.find("anna", 0) == 2
    assert transcript.find("anna", 2) == 5
    assert transcript.find("anna", 5) == 2
    assert transcript.find("anna", 2, back=True) == 5
    assert transcript.find("max", 1) == 1, "the only one is found again"
    assert transcript.find("xyzzy", 0) is None


def test_the_oldest_answers_go_first_and_whole() -> None:
    transcript = Transcript()
    for n in range(10):
        first = transcript.add(f"x{n}", _said(*[Line("l")] * MOST_OF_ONE))
    assert len(transcript.lines) <= MOST
    assert transcript.lines[0].asks
    assert transcript.lines[first] == Line(":x9", asks=True)


def test_a_line_with_several_long_answers_is_kept_whole_while_it_is_the_last() -> None:
    transcript = Transcript()
    transcript.add("before", _said(Line("l")))
    assert transcript.add("x", _said(*[Line("l")] * (MOST + 1))) == 0
    assert len(transcript.lines) == MOST + 2


def test_answers_are_fitted_again_and_a_line_stays_with_its_record() -> None:
    transcript = Transcript()
    long = "a sentence that takes two lines where there is little room for it"
    transcript.add("x", [fitted(kept(Done(long), Manner()), 80)])
    first = transcript.add("find a", [fitted(kept(TWO._replace(note=long), Manner()), 80)])
    bolt = first + 3
    assert transcript.lines[bolt].id == "b"
    assert transcript.fits(80)
    assert not transcript.fits(40)
    before = transcript.said
    narrow = fitted_again(before, 40)
    transcript.add("later", _said(Line("Max")))
    place = transcript.take(before, narrow, bolt)
    assert transcript.lines[place].id == "b"
    assert place == bolt + 1, "what stands before it takes a line more"
    assert [line.text for line in transcript.lines[-2:]] == [":later", "Max"]
    assert all(len(line.text) <= 40 for line in transcript.lines)
    wide = fitted_again(transcript.said, 80)
    assert transcript.take(transcript.said, wide, place) == bolt
    assert transcript.fits(80)


def test_rows_that_are_read_once_are_fitted_again_too() -> None:
    records = ({"_id": f"r{n}", "name": "x"} for n in range(3))
    wide = fitted(kept(Exported(Kind.COMPANY, records, ("name",)), Manner()), 80)
    assert fitted(wide.answer, 80) == wide
    assert len(wide.lines) >= 3
