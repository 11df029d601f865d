from __future__ import annotations

from itertools import count

import pytest

from planhat_tui.browser.gate import Gate
from planhat_tui.errors import RefusedError


@pytest.fixture
def gate() -> Gate:
    words = (f"word{number}" for number in count())
    return Gate(8788, lambda: next(words))


def test_the_address_has_the_token_and_the_place_hasnt(gate: Gate) -> None:
    assert gate.address == "http://127.0.0.1:8788/?token=word0"
    assert gate.place == "/word2/"


def test_the_token_becomes_a_cookie_once(gate: Gate) -> None:
    assert gate.enter("word0") == ("/word2/", "word1")
    assert gate.enter("word0") == ("/word2/", "")  # who has the cookie goes on; others don't
    gate.admit("word1")


@pytest.mark.parametrize("token", ["", "word", "word1", "word00", "wörd0", "word0\0"])
def test_no_other_token_opens(gate: Gate, token: str) -> None:
    with pytest.raises(RefusedError, match="Open the address that planhat-tui serve printed"):
        gate.enter(token)
    assert gate.enter("word0").cookie == "word1"  # and none is used up by that


def test_no_cookie_opens_before_the_token_did(gate: Gate) -> None:
    with pytest.raises(RefusedError):
        gate.admit("word1")


@pytest.mark.parametrize("cookie", ["", "word0", "word2", "word1 ", "\udcff"])
def test_no_other_cookie_opens(gate: Gate, cookie: str) -> None:
    gate.enter("word0")
    with pytest.raises(RefusedError, match="end planhat-tui serve, and start it again"):
        gate.admit(cookie)


@pytest.mark.parametrize("host", ["127.0.0.1:8788", "localhost:8788", "LOCALHOST:8788"])
def test_names_of_loopback_are_answered(gate: Gate, host: str) -> None:
    gate.check([host], [])
    gate.check([host], [f"http://{host}"], socket=True)


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        ["127.0.0.1"],
        ["127.0.0.1:8787"],
        ["evil.example:8788"],
        ["127.0.0.1:8788.evil.example"],
        ["localhost.evil.example:8788"],
        ["[::1]:8788"],
        ["127.0.0.1:8788", "evil.example:8788"],
        ["127.0.0.1:8788", "127.0.0.1:8788"],
    ],
)
def test_no_other_name_is(gate: Gate, hosts: list[str]) -> None:
    with pytest.raises(RefusedError, match=r"127\.0\.0\.1 and localhost alone"):
        gate.check(hosts, [])


@pytest.mark.parametrize(
    "origins",
    [
        ["null"],
        [""],
        ["https://127.0.0.1:8788"],
        ["http://127.0.0.1:8787"],
        ["http://localhost:8788"],
        ["http://evil.example"],
        ["http://127.0.0.1:8788", "http://evil.example"],
    ],
)
def test_no_other_page_is(gate: Gate, origins: list[str]) -> None:
    for socket in (True, False):
        with pytest.raises(RefusedError, match="Another page has asked"):
            gate.check(["127.0.0.1:8788"], origins, socket=socket)


def test_a_socket_says_whose_page_it_is(gate: Gate) -> None:
    gate.check(["127.0.0.1:8788"], [])
    with pytest.raises(RefusedError):
        gate.check(["127.0.0.1:8788"], [], socket=True)
