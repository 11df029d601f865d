from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from planhat_tui.tui.terminal import Lasting

if TYPE_CHECKING:
    import pytest


class _Closed:
    """A terminal whose window is closed."""

    written = ""

    def __init__(self, *, after: int) -> None:
        self._left = after

    def write(self, text: str) -> int:
        self._left -= 1
        if self._left < 0:
            raise OSError(5, "Input/output error")
        self.written += text
        return len(text)

    def flush(self) -> None:
        self.write("")

    def fileno(self) -> int:
        return 2


def test_a_terminal_that_is_gone_ends_the_program_once_and_takes_whatever_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *told: sent.append(told))
    closed = _Closed(after=2)
    file = Lasting(closed)
    for text in ("a", "b", "c", "d"):
        file.write(text)
    file.flush()
    assert closed.written == "ab"
    assert sent == [(os.getpid(), signal.SIGHUP)]


def test_it_is_noticed_when_what_was_kept_back_is_written_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *told: sent.append(told))
    file = Lasting(_Closed(after=1))
    file.write("a")
    assert sent == []
    file.flush()
    assert sent == [(os.getpid(), signal.SIGHUP)]
