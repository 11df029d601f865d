from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.config import values
from planhat_tui.config.reading import parse
from planhat_tui.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.config.reading import Node

FILE = Path("config.yaml")


def _node(written: str) -> Node:
    return parse(f"# the config\nit: {written}\n", FILE).mapping("it")["it"]


def _refused(reader: Callable[[Node], object], written: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        reader(_node(written))
    assert (caught.value.path, caught.value.line, caught.value.column) == (FILE, 2, 5)
    return caught.value


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("abc", "abc"),
        ("no", "no"),
        ("012", "012"),
        ("1:30", "1:30"),
        ("12", "12"),
        ("1.50", "1.50"),
        ("-0", "-0"),
        ("+46701234567", "+46701234567"),
        ("'true'", "true"),
        ("''", ""),
    ],
)
def test_text_is_taken_as_its_written(written: str, meaning: str) -> None:
    assert values.text(_node(written)) == meaning


@pytest.mark.parametrize("written", ["true", "null", "[a]", "{a: b}"])
def test_what_isnt_text_asks_for_quotes(written: str) -> None:
    mistake = _refused(values.text, written)
    assert mistake.message == "it must be text."
    assert "quotes" in mistake.advice


def test_only_true_and_false_are_booleans() -> None:
    assert values.boolean(_node("true")) is True
    assert values.boolean(_node("false")) is False
    for written in ("yes", "no", "on", "off", "True", "1", "0", "'true'", "~"):
        assert _refused(values.boolean, written).message == "it must be true or false."


def test_a_whole_number_starts_at_one() -> None:
    assert values.whole(_node("1")) == 1
    assert values.whole(_node("200")) == 200
    for written in ("0", "-1", "1.0", "true", "'5'", "many", "012", "~", "9" * 5000):
        assert "whole number" in _refused(values.whole, written).message


def test_a_choice_is_one_of_its_words() -> None:
    auth = values.choice("bearer", "basic")
    assert auth(_node("basic")) == "basic"
    for written in ("Basic", "digest", "1", "[basic]"):
        assert _refused(auth, written).message == "it must be bearer or basic."


def test_a_colour_has_six_digits_and_quotes() -> None:
    assert values.colour(_node('"#ff8A65"')) == "#ff8A65"
    for written in ('"#ff8a6"', '"#ff8a650"', '"ff8a65"', "red", "123456", '"#gg0000"'):
        assert "colour" in _refused(values.colour, written).message


def test_a_colour_without_quotes_is_a_comment_and_the_advice_says_quotes() -> None:
    with pytest.raises(ConfigError, match="in quotes") as caught:
        values.colour(_node("#ff8a65"))
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("10s", 10), ("90s", 90), ("5m", 300), ("5 m", 300), ("2h", 7200), ("010s", 10)],
)
def test_a_length_of_time_has_a_number_and_a_unit(written: str, seconds: int) -> None:
    assert values.duration(_node(written)) == seconds


@pytest.mark.parametrize(
    "written",
    [*"9s 0h 5 m 5w 1.5m 5m30s -5m '' ~ ٥m".split(), "9" * 400 + "h", "9" * 5000 + "s"],
    ids=lambda written: written[:8],
)
def test_other_lengths_of_time_are_refused(written: str) -> None:
    assert "5m" in _refused(values.duration, written).advice


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("https://api.planhat.com", "https://api.planhat.com"),
        ("https://api.planhat.com/", "https://api.planhat.com"),
        ("'  https://api.planhat.com//  '", "https://api.planhat.com"),
        ("https://planhat.example:8443", "https://planhat.example:8443"),
        ("http://localhost:8787", "http://localhost:8787"),
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("http://127.8.9.10", "http://127.8.9.10"),
        ("'http://[::1]:8787'", "http://[::1]:8787"),
    ],
)
def test_an_address_is_https_or_this_machine(written: str, meaning: str) -> None:
    assert values.address(_node(written)) == meaning


@pytest.mark.parametrize(
    "written",
    [
        "http://api.planhat.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://192.168.0.1",
        "http://0.0.0.0",
        "'http://[fe80::1]'",
        "http://localhost@evil.example",
        "http://127.1",
    ],
)
def test_http_goes_no_further_than_this_machine(written: str) -> None:
    assert "readable" in _refused(values.address, written).message


@pytest.mark.parametrize(
    "written",
    [
        "api.planhat.com",
        "ftp://api.planhat.com",
        "https://",
        "https:///companies",
        "12",
        "''",
        "https://api.planhat.com/v1",
        "https://me:pw@api.planhat.com",
        "https://@api.planhat.com",
        "https://api.planhat.com?",
        "https://api.planhat.com?x=1",
        "'https://api.planhat.com#'",
        "https://api.planhat.com:99999",
        "https://api.planhat.com:port",
        "https://api planhat.com",
        '"https://api.planhat\\n.com"',
        '"https://api.planhat.com\\\\x"',
        "'https://[::1'",
    ],
)
def test_what_is_more_or_less_than_a_host_is_no_address(written: str) -> None:
    assert "https://" in _refused(values.address, written).advice


@given(st.text())
def test_an_address_is_judged_without_an_exception_and_holds_no_blank(value: str) -> None:
    for candidate in (value, f"https://{value}"):
        if not values.address_problem(candidate):
            assert candidate.lower().startswith(("https://", "http://"))
            assert candidate == "".join(candidate.split())
