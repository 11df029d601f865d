from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.browser.packets import Size, for_explorer, for_page, heard, packet, size_of, told


def test_a_packet_is_a_letter_its_length_and_so_many_bytes() -> None:
    assert packet(b"D", b"abc") == b"D\0\0\0\3abc"
    assert told(type="quit") == b'M\0\0\0\x10{"type": "quit"}'


def test_what_is_typed_is_handed_on_to_the_letter() -> None:
    assert for_explorer(*heard('["stdin", "\\u001b[A\\u20ac"]')) == packet(
        b"D", b"\x1b[A\xe2\x82\xac"
    )


def test_half_a_character_isnt_the_end() -> None:
    assert for_explorer(*heard('["stdin", "a\\ud800b"]')) == packet(b"D", b"a?b")


@pytest.mark.parametrize("what", ["focus", "blur"])
def test_so_is_where_the_focus_is(what: str) -> None:
    assert for_explorer(*heard(f'["{what}"]')) == told(type=what)


def test_so_is_the_size_within_reason() -> None:
    said = '["resize", {"width": 100000, "height": 0}]'
    assert for_explorer(*heard(said)) == told(type="resize", width=1000, height=1)


@pytest.mark.parametrize("width", [None, "", "x", -1, 1.5, "9" * 20, [], "²"])
def test_what_is_no_size_is_the_usual_one(width: object) -> None:
    assert size_of({"width": width, "height": "30"}) == Size(80, 30)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_what_makes_no_sense_is_passed_over(text: str) -> None:
    assert for_explorer(*heard(text)) == b""


def test_so_is_what_is_nested_without_end() -> None:
    assert heard("[" * 100_000) == ("", None)


def test_an_address_that_was_asked_about_is_opened_in_a_tab() -> None:
    asked = json.dumps({"type": "open_url", "url": "https://app.planhat.com/1", "new_tab": False})
    opened = {"url": "https://app.planhat.com/1", "new_tab": True}
    assert json.loads(for_page(asked.encode())) == ["open_url", opened]


@pytest.mark.parametrize(
    "meta",
    [
        {"type": "open_url", "url": "javascript:alert(1)"},
        {"type": "open_url", "url": "file:///etc/passwd"},
        {"type": "open_url"},
        {"type": "deliver_file_start", "key": "k"},
        {"type": "exit"},
        {},
    ],
)
def test_the_page_is_told_nothing_else(meta: dict[str, str]) -> None:
    assert for_page(json.dumps(meta).encode()) == ""
