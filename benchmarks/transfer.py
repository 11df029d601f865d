"""Export, import and duplicates at size: time and memory, measured in one run.

The companies are written straight into a mirror (``--companies``, kept with ``--folder``). Asked
for: memory of an export as flat at 1,000,000 rows as at 10,000. Each export runs in a process of
its own, so that its peak is its own; it's printed beside that of an export of 1,000 rows.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.crowd import NOW, filled
from planhat_tui.model import duplicates
from planhat_tui.model.columns import matches
from planhat_tui.model.query import parse
from planhat_tui.model.records import Kind
from planhat_tui.model.tables import USUAL
from planhat_tui.store.tenant import TenantStore
from planhat_tui.workspace.exporting import FORMATS, Table, export
from planhat_tui.workspace.importing import Importing
from planhat_tui.workspace.queries import Queries
from planhat_tui.workspace.tablefiles import TableFile
from planhat_tui.workspace.valuing import Valuing


def _export(folder: Path, out: Path, text: str) -> None:
    """Export what a query finds, and print how many, the seconds, and the peak in MiB."""
    Path("/proc/self/clear_refs").write_text("5")  # else the peak is that of whoever started this
    store = TenantStore.open(folder, wall=lambda: NOW)
    began = time.perf_counter()
    records = store.mirror.stream(Kind.COMPANY, parse(text))
    done = export(out, Table(Kind.COMPANY, records, USUAL[Kind.COMPANY], (), {}), replace=True)
    seconds = time.perf_counter() - began
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(done.records, seconds, peak)
    store.close()


def _measured(folder: Path, out: Path, text: str) -> tuple[int, float, float]:
    words = [sys.executable, "-m", "benchmarks.transfer", "--folder", str(folder)]
    done = subprocess.run(
        [*words, "--out", str(out), "--query", text], capture_output=True, text=True, check=True
    )
    count, seconds, peak = done.stdout.split()[-3:]
    return int(count), float(seconds), float(peak)


def _exports(folder: Path, out: Path) -> None:
    for text in ("", "sort:phase,-arr", "tag:vip", "a"):
        for end in FORMATS if not text else FORMATS[:1]:
            place = out / f"export{end}"
            few = _measured(folder, place, f"{text} limit:1000".strip())
            count, seconds, peak = _measured(folder, place, text)
            print(
                f"{end:6} {text or 'all':16} {count:>9,} rows {seconds:6.1f} s"
                f" {count / seconds:>9,.0f}/s  peak {peak:6.1f} MiB, {peak / few[2]:.2f} times"
                " that of 1,000 rows",
                flush=True,
            )
            place.unlink()


def _duplicates(store: TenantStore) -> None:
    began, busy = time.perf_counter(), time.process_time()
    parties = store.mirror.parties(Kind.COMPANY)
    read = time.perf_counter()
    groups = duplicates.companies(parties)
    print(
        f"duplicates of {len(parties):,} companies: {time.perf_counter() - began:.1f} s"
        f" ({time.process_time() - busy:.1f} s of CPU, reading {read - began:.1f} s),"
        f" {len(groups):,} groups"
    )


def _import(store: TenantStore, path: Path) -> None:
    """Plan the import of what was exported: nothing of it may change anything."""
    reads = Queries(store)
    table = TableFile(path)
    own = [key for key, _, _ in reads.custom_keys(Kind.COMPANY)]
    found = matches(Kind.COMPANY, table.columns, own)
    valuing = Valuing(reads, Kind.COMPANY, datetime.now(UTC))
    began, busy = time.perf_counter(), time.process_time()
    plan = Importing(reads, Kind.COMPANY, found, valuing).plan(table.rows(), "import", path.name)
    print(
        f"import of the same file: {plan.already_so:,} rows so already, {len(plan.rows):,} others,"
        f" {time.perf_counter() - began:.1f} s ({time.process_time() - busy:.1f} s of CPU)"
    )


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--companies", type=int, default=100_000)
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--out", type=Path)
    asked.add_argument("--query", default="")
    given = asked.parse_args()
    if given.out is not None:
        _export(given.folder, given.out, given.query)
        return
    with TemporaryDirectory() as made:
        folder = given.folder or Path(made) / "tenant"
        store = filled(folder, given.companies)
        _duplicates(store)
        whole = Path(made) / "whole.csv"
        records = store.mirror.stream(Kind.COMPANY, parse(""))
        export(whole, Table(Kind.COMPANY, records, USUAL[Kind.COMPANY], (), {}))
        _import(store, whole)
        store.close()
        _exports(folder, Path(made))


if __name__ == "__main__":
    main()
