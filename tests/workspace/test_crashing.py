from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from planhat_tui.config.themes import contrast
from planhat_tui.workspace.crashing import KEPT, keep, told, where
from tests.disk import read_only

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SECRET = "hunter2-hunter2"


def _fault(token: str) -> BaseException:
    """Return a fault whose words and variables quote a token, caused by another one that does."""

    def look() -> None:
        held = {"token": token}
        try:
            _ = held[f"no {token}"]
        except KeyError as error:
            raise ValueError(f"bad {token}") from error

    with pytest.raises(ValueError, match="bad") as caught:
        look()
    return caught.value


def test_a_report_tells_places_and_versions_and_nothing_that_was_said_or_held() -> None:
    report = told(_fault(SECRET), NOW)
    assert SECRET not in report
    assert "builtins.ValueError" in report
    assert "builtins.KeyError" in report
    assert 'raise ValueError(f"bad {token}") from error' in report
    assert "2026-03-02T10:00:00+00:00" in report
    assert "textual 8" in report
    assert str(Path.cwd()) not in report


def test_where_it_was_is_told_by_the_last_place_of_ours() -> None:
    with pytest.raises(TypeError) as caught:
        contrast(None, None)  # type: ignore[arg-type] # a fault of a caller
    assert where(caught.value).startswith("TypeError in planhat_tui/config/themes.py, line ")
    assert where(_fault("x")) == "ValueError"


def test_a_fault_without_end_is_told_in_short() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    assert len(told(caught.value, NOW).splitlines()) < 300


def test_reports_are_their_owners_alone_and_the_last_ones_stay(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "crashes"
    paths = [keep(_fault(SECRET), folder, NOW + timedelta(seconds=n)) for n in range(KEPT + 3)]
    assert sorted(folder.iterdir()) == paths[3:]
    last = paths[-1]
    assert last is not None
    assert last.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert last.read_text("utf-8") == told(_fault(SECRET), NOW + timedelta(seconds=KEPT + 2))


def test_where_the_disk_cant_be_written_there_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "crashes"
    folder.mkdir()
    with read_only(folder):
        assert keep(_fault(SECRET), folder, NOW) is None
