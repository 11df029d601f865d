from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import StorageError
from planhat_tui.store.tenant import TenantStore
from planhat_tui.store.wiping import wipe

if TYPE_CHECKING:
    from pathlib import Path

HOLDING = """
import sys
from pathlib import Path
from planhat_tui.store.tenant import TenantStore
store = TenantStore.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
"""


def test_all_of_a_tenants_files_are_gone(tmp_path: Path) -> None:
    TenantStore.open(tmp_path / "acme").close()
    (tmp_path / "acme" / "mirror.db.damaged-1").touch()
    wipe(tmp_path / "acme")
    assert list(tmp_path.iterdir()) == []


def test_what_isnt_there_is_wiped_already(tmp_path: Path) -> None:
    wipe(tmp_path / "acme")


def test_nothing_is_deleted_under_an_open_profile_of_this_process(tmp_path: Path) -> None:
    store = TenantStore.open(tmp_path / "acme")
    with pytest.raises(StorageError, match="has this tenant open"):
        wipe(tmp_path / "acme")
    assert store.outbox.counts() == {}
    store.close()
    wipe(tmp_path / "acme")


def test_nothing_is_deleted_under_another_process(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path / "acme")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StorageError, match="nothing was deleted"):
            wipe(tmp_path / "acme")
        assert (tmp_path / "acme" / "outbox.db").exists()
        other.communicate("\n")
    wipe(tmp_path / "acme")
    assert not (tmp_path / "acme").exists()


def test_a_damaged_file_is_deleted_too(tmp_path: Path) -> None:
    TenantStore.open(tmp_path / "acme").close()
    (tmp_path / "acme" / "mirror.db").write_bytes(b"no database" * 1000)
    wipe(tmp_path / "acme")
    assert not (tmp_path / "acme").exists()
