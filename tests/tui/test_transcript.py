from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.manner import Manner
from planhat_tui.commands.results import Column, Done, Listing, Single, Text
from planhat_tui.errors import InputError
from planhat_tui.model.records import Kind
from planhat_tui.tui.transcript import MOST, MOST_OF_ONE, Line, Transcript, has_data, lines_of

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
    return [*lines_of(result, Manner(format), width)]


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


# -- the transcript


@pytest.fixture
def transcript() -> Transcript:
    transcript = Transcript()
    transcript.add("user find", [Line("Max"), Line("Anna")])
    transcript.add("find a", [Line("Acme"), Line("\u00c4nna")])
    return transcript


def test_each_answer_stands_under_what_was_typed(transcript: Transcript) -> None:
    typed = [line.text for line in transcript.lines if line.asks]
    assert typed == [":user find", ":find a"]
    assert transcript.add("whoami", [Line("Max")]) == 6
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


def test_an_answer_of_very_many_lines_says_how_to_get_them_all() -> None:
    transcript = Transcript()
    transcript.add("x", [Line("l")] * (MOST_OF_ONE + 7))
    assert transcript.lines[-1].text == "and 7 lines more: --to FILE writes all of them"


def test_the_oldest_answers_go_first_and_whole() -> None:
    transcript = Transcript()
    for n in range(10):
        first = transcript.add(f"x{n}", [Line("l")] * MOST_OF_ONE)
    assert len(transcript.lines) <= MOST
    assert transcript.lines[0].asks
    assert transcript.lines[first] == Line(":x9", asks=True)
