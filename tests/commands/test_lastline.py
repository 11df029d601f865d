from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import pytest

from planhat_tui.cli import run
from planhat_tui.commands import lastline
from planhat_tui.commands.course import Course
from planhat_tui.commands.lastline import LastLine
from planhat_tui.errors import INTERRUPTED
from planhat_tui.sandbox import create_app
from tests.journeys.servers import SMALL_TENANT, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.shell import Shell

OVER = "\r\x1b[K"
PULL = Course("companies", 60, 100, calls=4, seconds=2.0)


class _Terminal(io.StringIO):
    """Stderr on a terminal of 40 columns."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def _planhat(shell: Shell) -> Iterator[None]:
    """Have a profile at a small sandbox."""
    app = create_app(SMALL_TENANT)
    with contextlib.closing(app), serving(app) as url:
        shell.meet(url)
        yield


@pytest.fixture(autouse=True)
def _narrow(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.parent)
    monkeypatch.setattr(lastline, "_columns", lambda: 40)


def _shown(*words: str, status: int = 0) -> str:
    """Run the program with stderr on a terminal; all that was written there."""
    with contextlib.redirect_stderr(_Terminal()) as screen:
        assert run(words) == status
    return screen.getvalue()


def _seen(written: str) -> list[str]:
    """Return the lines that stand on the terminal at the end."""
    return [line.rpartition(OVER)[2] for line in written.split("\n")]


def test_a_line_is_drawn_over_and_taken_away() -> None:
    written: list[str] = []
    line = LastLine(written.append, lambda: 40)
    line.clear()
    assert written == []  # nothing stands there
    line.draw(PULL)
    line.draw(PULL)
    line.draw(PULL._replace(done=61))
    line.clear()
    line.clear()
    assert written[0] == f"{OVER}60 of 100 companies, 4 calls left"
    assert written[1].startswith(f"{OVER}61 of 100")
    assert written[2:] == [OVER]


def test_a_terminal_shows_how_far_a_sync_is_and_then_no_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = _shown("--demo", "sync", "--full", "--json")
    bars = [piece for piece in written.split(OVER) if " of " in piece and "\n" not in piece]
    assert bars
    assert all(len(bar) < 40 for bar in bars)
    assert not any(" of " in line for line in _seen(written))
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.usefixtures("_planhat")
@pytest.mark.parametrize(("words", "term"), [(["--quiet"], "xterm"), ([], "dumb")])
def test_who_wants_none_sees_none(
    monkeypatch: pytest.MonkeyPatch, words: list[str], term: str
) -> None:
    monkeypatch.setenv("TERM", term)
    assert "\x1b" not in _shown("sync", "--full", *words)


@pytest.mark.usefixtures("_planhat")
def test_in_a_pipe_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync", "--full"]) == 0
    assert "\x1b" not in "".join(capsys.readouterr())


@pytest.mark.usefixtures("_planhat")
def test_an_interrupt_leaves_the_line_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("concurrent.futures.wait", interrupted)
    written = _shown("sync", "--full", status=INTERRUPTED)
    assert OVER in written
    assert _seen(written) == [
        "planhat-tui: Interrupted. No edit was made; what was queued is kept.",
        "",
    ]
