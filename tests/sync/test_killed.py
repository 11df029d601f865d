"""A pull that is killed goes on where it was: the next one reads nothing from the beginning."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

from planhat_tui.sandbox import SandboxOptions
from planhat_tui.store.tenant import TenantStore
from tests.sandbox.process import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.process import Running

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[2]
COMPANIES, COMPANY_PAGE, CONTACT_PAGE = 60, 20, 60

PULL = f"""
import os, signal, sys
from pathlib import Path
from planhat_tui.api import connect
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync import plan
from planhat_tui.sync.engine import Engine
from tests.budgets import MemoryBudgets

folder, url, token, kind, written = sys.argv[1:]
plan.COMPANY_PAGE, plan.CONTACT_PAGE = {COMPANY_PAGE}, {CONTACT_PAGE}
store = TenantStore.open(Path(folder))

def look(changed):
    progress = store.mirror.progress()
    done = {{
        "names": progress.companies_known,
        "companies": progress.companies_complete,
        "contacts": progress.contacts_done,
    }}
    if kind != "nothing" and done[kind] >= int(written):
        os.kill(os.getpid(), signal.SIGKILL)

def client(on_limits):
    return connect(url, token, budget=MemoryBudgets(), on_limits=on_limits)

engine = Engine(connect=client, store=store, on_change=look, pull=False)
engine.fill(patient=True).result(60)
engine.stop()
store.close()
"""
"""Pulls, and is killed as soon as so much of a kind is written."""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    options = SandboxOptions(companies=COMPANIES, limit=1_000_000, per_second=0)
    with running(options) as sandbox:
        yield sandbox


def pull(server: Running, folder: Path, kind: str = "nothing", written: int = 0) -> int:
    told = [str(folder), server.url, server.token, kind, str(written)]
    ended = subprocess.run([sys.executable, "-c", PULL, *told], cwd=ROOT, timeout=120, check=False)
    return ended.returncode


def ask(server: Running, path: str) -> list[dict[str, object]]:
    headers = {"Authorization": f"Bearer {server.token}"}
    with urlopen(Request(f"{server.url}{path}", headers=headers)) as answer:  # noqa: S310 -- ours
        found: list[dict[str, object]] = json.load(answer)
        return found


def calls(server: Running) -> Counter[str]:
    """Return how often each list was asked for."""
    with urlopen(f"{server.url}/_sandbox/stats") as answer:  # noqa: S310 -- ours
        told = json.load(answer)["requests"]
    return Counter({one["path"]: one["count"] for one in told if one["method"] == "GET"})


@pytest.fixture(scope="module")
def whole(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """Return how often a pull that nothing disturbs asks for each list."""
    began = calls(server)
    assert pull(server, tmp_path_factory.mktemp("whole") / "tenant") == 0
    return calls(server) - began


@pytest.mark.parametrize(("kind", "written"), [("names", 1), ("companies", 40), ("contacts", 300)])
def test_a_pull_that_is_killed_goes_on_where_it_was(
    server: Running, whole: Counter[str], tmp_path: Path, kind: str, written: int
) -> None:
    began = calls(server)
    assert pull(server, tmp_path / "killed", kind, written) == -signal.SIGKILL
    assert pull(server, tmp_path / "killed") == 0
    both = calls(server) - began
    for path in ("/companies", "/endusers"):
        # the page under way, the one read ahead, and two looks at how much there is
        assert both[path] <= whole[path] + 4
    with_both = TenantStore.open(tmp_path / "killed")
    for record in ask(server, "/companies?limit=2000"):
        shown = with_both.mirror.company(str(record["_id"]))
        assert shown is not None
        assert shown.server == record
    people = ask(server, "/endusers?limit=2000")
    assert people
    for record in people:
        contact = with_both.mirror.contact(str(record["_id"]))
        assert contact is not None
        assert contact.server == record
    assert len(with_both.mirror.company_ids()) == COMPANIES
    assert not with_both.mirror.progress().lacking
    with_both.close()
