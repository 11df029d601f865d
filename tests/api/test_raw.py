from __future__ import annotations

import pytest

from planhat_tui.api.raw import read_raw
from planhat_tui.api.records import MAX_RECORD
from planhat_tui.errors import ServerError
from planhat_tui.model.raw import RawAnswer


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b'{"a":[1,null]}', {"a": [1, None]}),
        (b'\n[1, "x", {"no":"id"}]', [1, "x", {"no": "id"}]),
        (b"[]", []),
        (b"7", 7),
        (b'"OK"', "OK"),
        (b"OK", "OK"),
        (b"", ""),
        (b'{"a":NaN}', '{"a":NaN}'),
        (b"\xff", "\ufffd"),
    ],
)
def test_whatever_comes_is_shown(body: bytes, data: object) -> None:
    assert read_raw(200, body) == RawAnswer(200, data)  # type: ignore[arg-type] # JSON, as written above


@pytest.mark.parametrize("body", [b"<html>", b"[1,", b"[1]]"])
def test_what_is_no_answer_of_planhats(body: bytes) -> None:
    with pytest.raises(ServerError):
        read_raw(200, body)


def test_an_answer_that_is_too_large_to_be_decoded() -> None:
    with pytest.raises(ServerError, match="larger"):
        read_raw(200, b'"' + b"x" * MAX_RECORD + b'"')


def test_a_list_that_would_take_too_much_memory_is_refused_undecoded() -> None:
    rich = b"[" + b",".join([b"[" * 50 + b"]" * 50] * 4000) + b"]"
    with pytest.raises(ServerError, match="128 MiB of memory"):
        read_raw(200, b"[" + b",".join([rich] * 8) + b"]")


def test_one_value_of_too_much_in_it_is_shown_as_text() -> None:
    rich = b'{"x":[' + b",".join([b"[" * 50 + b"]" * 50] * 8000) + b"]}"
    assert read_raw(200, rich) == RawAnswer(200, rich.decode())
