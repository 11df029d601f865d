from __future__ import annotations

import pytest

from planhat_tui.model.query import parse
from planhat_tui.model.query.slips import as_meant, corrected, slippery, told
from planhat_tui.model.query.writing import write


def test_slips_are_in_words_and_in_pieces_of_texts() -> None:
    query = parse("acmr name:robtics contacts.title:hed is:new has:phone tag:vpi -name:x (a OR b)")
    assert [term.field for term in slippery(query)] == ["", "name", "contacts.title"]


def test_other_values_leave_the_rest_of_a_query() -> None:
    query = parse('acmr tag:vip name:robtics "noth sea" sort:-arr limit:5')
    other = corrected(query, ["acme", "robotics", "north sea"])
    assert write(other) == 'acme tag:vip name:robotics "north sea" sort:-arr limit:5'
    assert told(other) == 'acme name:robotics "north sea"'
    assert write(corrected(parse("acmr"), ["acme"])) == "acme"


@pytest.mark.parametrize(
    ("text", "meant", "written"),
    [
        ("glbex", "globex", "globex"),
        ("glbex nrth tag:vip", "globex north", "globex north tag:vip"),
        ("-phase:won glbex (a OR b) sort:-arr", "globex", "-phase:won globex (a OR b) sort:-arr"),
        ('tag:vip name:"nrth sea"', 'name:"north sea"', 'tag:vip name:"north sea"'),
    ],
)
def test_what_was_meant_takes_the_place_of_what_isnt_found(
    text: str, meant: str, written: str
) -> None:
    assert as_meant(parse(text), meant) == written
