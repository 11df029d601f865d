"""A program that is killed between an edit and its delivery, or in the middle of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.doubts import GRACE
from planhat_tui.model.outbox import State
from tests.sync.rig import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sync.rig import Desk, Time

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[2]

WORK = """
import os, signal, sys
from pathlib import Path
from planhat_tui.model.edits import Change
from planhat_tui.sandbox import SandboxOptions, create_app
from tests.sync.rig import Desk, Line, Time

def die():
    os.kill(os.getpid(), signal.SIGKILL)

async def die_before(request, forward):
    die()

async def die_after(request, forward):
    await forward(request)
    die()

folder, database, company, moment = sys.argv[1:]
time = Time()
app = create_app(SandboxOptions(db=Path(database), limit=1_000_000), clock=time.time)
desk = Desk(Path(folder), Line(app), time)
entries = [
    desk.edit(company, Change("custom.Mine", None, "yes")),
    desk.create("new-1", name="Newcomer AB"),
]
if moment == "queued":
    die()
verb = moment.split()[1]
desk.line.once(f"{verb} *", die_before if moment.startswith("before") else die_after)
desk.deliver(*entries)
"""


@pytest.fixture
def server(time: Time, tmp_path: Path) -> Iterator[Server]:
    """Return a server over a file, so that a process of its own meets the same one."""
    sandbox = Server(time, db=tmp_path / "server" / "sandbox.db")
    yield sandbox
    sandbox.close()


@pytest.fixture
def die(server: Server, folder: Path) -> Callable[[str], None]:
    """Return what edits a company, makes another one, and is killed at some moment."""

    def run(moment: str) -> None:
        told = [str(folder), str(server.options.db), server.ids()[0], moment]
        ended = subprocess.run(
            [sys.executable, "-c", WORK, *told], cwd=ROOT, timeout=60, check=False
        )
        assert ended.returncode == -signal.SIGKILL

    return run


def arrived_once(server: Server) -> bool:
    mine = server.get(server.ids()[0])["custom"].get("Mine")
    return mine == "yes" and len(server.named("Newcomer AB")) == 1


def test_edits_of_a_killed_program_are_delivered_once_by_the_next(
    die: Callable[[str], None], open_desk: Callable[..., Desk], server: Server
) -> None:
    die("queued")
    assert not arrived_once(server)
    desk = open_desk()
    entries = desk.store.outbox.open_entries()
    assert desk.delivered(*entries) == [State.DELIVERED] * 2
    assert arrived_once(server)
    desk.close()
    again = open_desk()
    assert again.delivered(*entries) == [State.DELIVERED] * 2
    assert again.line.count("P[UO]*") == 2
    assert arrived_once(server)


@pytest.mark.parametrize(("moment", "puts"), [("before PUT", 1), ("after PUT", 0)])
def test_an_edit_that_was_on_its_way_is_read_back_and_settled(
    die: Callable[[str], None],
    open_desk: Callable[..., Desk],
    server: Server,
    moment: str,
    puts: int,
) -> None:
    die(moment)
    desk = open_desk()
    edit, made = desk.store.outbox.open_entries()
    assert edit.state is State.SENDING
    desk.look_at_the_outbox()
    desk.time.leap(GRACE)
    desk.look_at_the_outbox()
    assert [desk.entry(one).state for one in (edit, made)] == [State.DELIVERED] * 2
    assert arrived_once(server)
    assert desk.line.count("PUT *") == puts


@pytest.mark.parametrize(("moment", "posts"), [("before POST", 1), ("after POST", 0)])
def test_a_create_that_was_on_its_way_is_looked_up_and_settled(
    die: Callable[[str], None],
    open_desk: Callable[..., Desk],
    server: Server,
    moment: str,
    posts: int,
) -> None:
    die(moment)
    desk = open_desk()
    (made,) = desk.store.outbox.open_entries()
    desk.look_at_the_outbox()
    desk.time.leap(GRACE)
    desk.look_at_the_outbox()
    assert desk.entry(made).state is State.DELIVERED
    assert desk.line.count("POST *") == posts
    assert arrived_once(server)
