"""Processes that are killed, and processes that write at the same time."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.outbox import State
from planhat_tui.store.lease import SEND_LEASE, this_process
from planhat_tui.store.tenant import TenantStore
from tests.conftest import EFFORT
from tests.store.conftest import tick

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.crash

ADD = """
import sys, time
from pathlib import Path
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry
from planhat_tui.model.records import Kind
from planhat_tui.store.lease import SEND_LEASE, this_process
from planhat_tui.store.tenant import TenantStore

store = TenantStore.open(Path(sys.argv[1]))
name, count = sys.argv[2], int(sys.argv[3])
for n in range(count):
    change = Change("phase", None, f"{name} {n}")
    entries = store.outbox.add(
        NewEntry(Kind.COMPANY, Action.UPDATE, "c1", "Acme", changes=(change,), step=str(n)),
        NewEntry(Kind.COMPANY, Action.UPDATE, "c2", "Acme", changes=(change,), step=str(n)),
    )
    print(n, flush=True)
if count == 1:
    store.outbox.claim(SEND_LEASE, this_process(), 1e6)
    store.outbox.mark_sending([entries[0].n])
    print("sending", flush=True)
if count == 1 or name == "killed":
    time.sleep(600)
store.close()
"""

OPEN = """
import sys
from pathlib import Path
from planhat_tui.store.tenant import TenantStore

for n in range(int(sys.argv[2])):
    TenantStore.open(Path(sys.argv[1]) / str(n)).close()
"""


def start(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ADD, str(folder), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def read_until(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    for said in process.stdout:
        if said.strip() == line:
            return
    pytest.fail(f"the process never said {line}")


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.parametrize("said", range(int(3 * EFFORT)))
def test_an_edit_is_still_there_when_the_program_is_killed(folder: Path, said: int) -> None:
    process = start(folder, "killed", 200)
    read_until(process, str(said * 3))
    kill(process)
    store = TenantStore.open(folder, wall=tick)
    steps = [entry.step for entry in store.outbox.open_entries()]
    store.close()
    assert steps.count(str(said * 3)) == 2
    assert all(steps.count(step) == 2 for step in steps)  # a step is there as a whole


def test_a_kill_in_the_middle_of_sending_is_found_and_its_lease_is_free(folder: Path) -> None:
    process = start(folder, "sender", 1)
    read_until(process, "sending")
    store = TenantStore.open(folder, wall=tick)
    me = this_process()
    assert not store.outbox.claim(SEND_LEASE, me, 30)  # it lives
    kill(process)
    assert store.outbox.claim(SEND_LEASE, me, 30)  # nobody waits for the dead
    (lost,) = store.outbox.recover()
    assert store.outbox.get(lost.n).state is State.NOT_SURE
    assert store.outbox.counts() == {State.NOT_SURE: 1, State.QUEUED: 1}
    store.close()


def test_two_processes_add_at_the_same_time(folder: Path) -> None:
    processes = [start(folder, name, 25) for name in ("one", "two")]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    store = TenantStore.open(folder, wall=tick)
    entries = store.outbox.open_entries()
    values = [entry.changes[0].after for entry in entries if entry.record_id == "c1"]
    store.close()
    assert sorted(map(str, values)) == sorted(
        f"{who} {n}" for who in ("one", "two") for n in range(25)
    )
    assert len(entries) == 100


def test_processes_that_open_and_close_at_the_same_time_dont_disturb_each_other(
    folder: Path,
) -> None:
    times = str(int(20 * EFFORT))
    processes = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(folder), times]) for _ in range(4)
    ]
    assert [process.wait(90) for process in processes] == [0, 0, 0, 0]
