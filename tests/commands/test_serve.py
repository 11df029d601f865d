from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.browser import Browsing
from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_without_a_word_one_tab_is_served(bare: Desk) -> None:
    assert bare.do("serve").exit_status == 0
    assert bare.browsed == [Browsing(port=8788, sessions=1)]


def test_port_and_sessions_can_be_said(bare: Desk) -> None:
    bare.do("serve", "--port", "0", "--sessions", "3")
    assert bare.browsed == [Browsing(port=0, sessions=3)]


@pytest.mark.parametrize(
    ("flag", "value"),
    [("--port", "65536"), ("--port", "http"), ("--sessions", "0"), ("--sessions", "17")],
)
def test_what_is_no_number_of_those_is_said(bare: Desk, flag: str, value: str) -> None:
    with pytest.raises(InputError, match=f"{flag} {value} is no whole number from"):
        bare.do("serve", flag, value)
    assert not bare.browsed
