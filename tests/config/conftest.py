"""A config file of the test's own, private as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Write(Protocol):
    """Writes the config and returns its path."""

    def __call__(self, text: str, mode: int = 0o600) -> Path: ...


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir(mode=0o700)
    return folder / "config.yaml"


@pytest.fixture
def write(config_file: Path) -> Write:
    def written(text: str, mode: int = 0o600) -> Path:
        config_file.write_text(text, encoding="utf-8")
        config_file.chmod(mode)
        return config_file

    return written
