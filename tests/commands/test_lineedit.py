from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.lineedit import Completer, edited
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


def test_each_tenant_has_its_own_history(monkeypatch: pytest.MonkeyPatch) -> None:
    readline = pytest.importorskip("readline")
    typed = iter(["tag gold", "profile use b", "whoami"])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(typed))
    at = "a"
    lines = edited("", lambda: at, lambda tenant: [f"{tenant} before"], lambda _text: ())

    def known() -> list[str]:
        count = readline.get_current_history_length()
        return [readline.get_history_item(n + 1) for n in range(count)]

    next(lines)
    next(lines)
    assert known() == ["a before", "tag gold", "profile use b"]
    at = "b"
    next(lines)
    assert known() == ["b before", "whoami"]
    readline.clear_history()
