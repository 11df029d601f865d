"""A plan of 10,000 companies: from the selection to the first sight, and what its delivery costs.

The explorer runs without a terminal at 120x40 over a sandbox on loopback. Printed are the seconds
until the plan is drawn (asked for: under 2 s, on a quiet machine), beside the time that a bare
decoding of the same records takes; then the calls of its delivery, by the log of requests.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.tenant import CONFIG, sandbox
from planhat_tui.model.limits import Lane
from planhat_tui.model.plans import wanted
from planhat_tui.model.records import Kind
from planhat_tui.runtime import Runtime, Start
from planhat_tui.tui.app import PlanhatApp
from planhat_tui.tui.screens.plan import PlanSheet

if TYPE_CHECKING:
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.workspace.workspace import Workspace

PAGE = 5_000


def main() -> None:
    """Fill a copy, show the plan, run it, take it back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=10_000)
    count = parser.parse_args().companies
    with TemporaryDirectory() as folder, sandbox(count) as url:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG.format(url=url))
        config.chmod(0o600)
        os.environ["BENCH_TOKEN"] = "sandbox-token"  # noqa: S105 -- the sandbox's own
        home = {"PLANHAT_TUI_HOME": folder, "BENCH_TOKEN": "sandbox-token"}
        runtime = Runtime({**os.environ, **home}, Start(), pull=False)
        try:
            fill(runtime.workspace(), count)
            asyncio.run(show(runtime, count))
            deliver(runtime, count)
        finally:
            runtime.close()


def fill(workspace: Workspace, count: int) -> None:
    """Have the companies whole in the local copy, and know that the server lists them."""

    async def read(api: Planhat) -> list[Received]:
        found: list[Received] = []
        for offset in range(0, count, PAGE):
            page = await api.companies(limit=PAGE, offset=offset, sort="_id", lane=Lane.USER)
            found += [record for piece in page.slices() for record in piece.records]
        return found

    mirror, records = workspace._store.mirror, workspace.net.ask(read).result()  # noqa: SLF001 -- to measure
    for at in range(0, count, 200):
        mirror.put(Kind.COMPANY, records[at : at + 200], time.time())
    mirror.note("edition", "modern")
    mirror.note("lean_at", str(time.time()))
    began = time.process_time()
    for record in records:
        json.loads(record.json)
    print(f"bare decoding of {count:,} records: {time.process_time() - began:.2f} s")


async def show(runtime: Runtime, count: int) -> None:
    """Plan a tag for all and draw the sheet; print how long that took."""
    app = PlanhatApp(runtime.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        workspace = runtime.workspace()
        began, worked = time.perf_counter(), time.process_time()
        ids = workspace.reads.company_ids("", count)
        plan = workspace.plans.make(wanted(Kind.COMPANY, tag=["bench"]), ids)
        sheet = PlanSheet(app.explorer, plan)
        await app.push_screen(sheet)
        await pilot.pause()
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
        print(f"plan of {sheet.rows.total:,} on screen: {seconds:.2f} s, processor {worked:.2f} s")


def deliver(runtime: Runtime, count: int) -> None:
    """Run the plan, then take it back; print seconds and calls."""
    workspace = runtime.workspace()
    plans = workspace.plans
    plan = plans.make(wanted(Kind.COMPANY, tag=["bench"]), workspace.reads.company_ids("", count))
    began, before = time.perf_counter(), asked(runtime)
    step = plans.run(plan)
    print(f"in the outbox: {time.perf_counter() - began:.2f} s")
    settled(workspace, step)
    print(f"delivered: {time.perf_counter() - began:.1f} s; {dict(plans.progress(step).counts)}")
    print("\n".join((asked(runtime) - before).elements()))
    began, before = time.perf_counter(), asked(runtime)
    undone = workspace.undo()
    print(f"undo in the outbox: {time.perf_counter() - began:.2f} s")
    settled(workspace, undone.entries[0].step)
    told = (asked(runtime) - before).total()
    print(f"undo delivered: {time.perf_counter() - began:.1f} s, {told} calls")


def settled(workspace: Workspace, step: str) -> None:
    """Wait until nothing of a step goes on by itself."""
    while (last := workspace.plans.last_open(step)) is not None:
        workspace.net.deliver([last.n]).result()


def asked(runtime: Runtime) -> Counter[str]:
    """Return the requests so far."""
    return Counter(f"{line.method} {line.path}" for line in runtime.requests.lines())


if __name__ == "__main__":
    main()
