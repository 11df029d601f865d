from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.lineedit import Completer
from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_all_that_could_stand_there_is_given_one_by_one() -> None:
    completer = Completer(lambda text: [f"{text}find", f"{text}show"])
    given = [completer("company ", state) for state in range(3)]
    assert given == ["company find", "company show", None]


def test_it_is_asked_for_once_for_each_text() -> None:
    asked: list[str] = []

    def complete(text: str) -> Sequence[str]:
        asked.append(text)
        return ["a", "b"]

    completer = Completer(complete)
    assert [completer("x", state) for state in (0, 1, 2, 0)] == ["a", "b", None, "a"]
    assert asked == ["x", "x"]


def test_where_nothing_can_be_known_nothing_is_offered() -> None:
    def fail(_text: str) -> Sequence[str]:
        raise InputError("No.")

    assert Completer(fail)("x", 0) is None
