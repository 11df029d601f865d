from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Door
from planhat_tui.commands.results import Done, Text
from planhat_tui.commands.tour import tour
from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_in_a_shell_it_tells_the_steps(bare: Desk) -> None:
    told = bare.shell("tour")
    assert isinstance(told, Text)
    assert len(told.text.splitlines()) == 6
    assert "\n3 call: C logs a call" in told.text


def test_on_the_screen_it_begins_and_only_on_practice_data(bare: Desk) -> None:
    begun: list[str] = []
    screen = bare.context._replace(door=Door.LINE, sheet=begun.append)
    with pytest.raises(InputError, match="The tour changes practice data"):
        tour(screen)
    bare.reopen(demo=True)
    assert isinstance(tour(screen), Done)
    assert begun == ["tour"]
