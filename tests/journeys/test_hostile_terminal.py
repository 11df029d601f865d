"""Over a thousand hostile strings in a real terminal: what comes out of the program's process."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from planhat_tui.sync.leaving import FRESH_FOR
from tests.hostile.corpus import CORPUS, PASTED, WORST
from tests.hostile.screen import Screen, is_unseen
from tests.hostile.tenant import PHONE, REFUSED, RICH, RICH_ID, hostile_planhat, settle_in
from tests.journeys.terminal import Terminal, running, started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.journeys.servers import Elsewhere

SIZE = (200, 60)
PATIENCE: Final = 60.0
"""How long it's waited for what must come; nothing is measured by it."""
LEAST: Final = 1_000
ESC, ENTER, SAVE = "\x1b[27u", "\r", "\x13"
CLEAR, PAGE, PALETTE, QUIT = "\x15", "\x04", "\x10", "\x11"
NAMED: Final = "Quagga [@click=app.quit]Evil[/]"
"""How the company is called wherever it's named."""
LINES_WRAP: Final = "\x1b[?7"
"""The only mode that a terminal has without the program: Textual switches it off meanwhile."""

SOON: Final = 2.0
"""How long it's waited before a key is pressed again."""


class StillThereError(AssertionError):
    """What was to come didn't; the text shows the screen."""


@dataclass
class Walk:
    """Somebody at the keys of a real terminal, who looks at each byte that is drawn."""

    terminal: Terminal
    screen: Screen

    def until(self, so: Callable[[], bool], what: str, seconds: float = 0.0) -> None:
        """Read what is drawn until something is so."""
        end = time.monotonic() + (seconds or PATIENCE)
        while not so():
            if time.monotonic() > end:
                raise StillThereError("\n".join([f"{what}, not:", *self.screen.lines]))
            self.terminal._read(0.05)
            self.screen.feed(self.terminal.drawn)
            self.terminal.forget()

    def shows(self, *texts: str) -> bool:
        """Whether one line of the screen has all of these."""
        return any(all(text in line for text in texts) for line in self.screen.lines)

    def see(self, *texts: str) -> None:
        """Wait until one line of the screen has all of these."""
        self.until(lambda: self.shows(*texts), f"{texts} in a line")

    def press(self, keys: str, *sees: str) -> None:
        """Press keys, and wait for a line that isn't there yet."""
        assert not self.shows(*sees), f"{sees} is there already, before {keys!r}"
        self.send(keys)
        self.see(*sees)

    def send(self, keys: str) -> None:
        """Press keys."""
        os.write(self.terminal.master, keys.encode())

    def paste(self, text: str) -> None:
        """Paste a text, as a terminal hands it over."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def leave(self, *seen: str) -> None:
        """Close what is on top, and wait until it's gone; a key that came too soon does nothing."""
        end = time.monotonic() + PATIENCE
        while self.shows(*seen):
            assert time.monotonic() < end, "\n".join([f"{seen} gone, not:", *self.screen.lines])
            self.send(ESC)
            with contextlib.suppress(StillThereError):
                self.until(lambda: not self.shows(*seen), f"{seen} gone", SOON)

    def look(self, keys: str, *sees: str) -> None:
        """Look at a sheet that some keys bring, and close it again."""
        self.press(keys, *sees)
        self.leave(*sees)

    def run(self, line: str, *sees: str) -> None:
        """Run a ``:`` line, and wait for what it brings."""
        self.press(f":{line}\r", *sees)

    def copy(self, keys: str) -> str:
        """Copy something; return what is in the clipboard then."""
        before = len(self.screen.copied)
        self.send(keys)
        self.until(lambda: len(self.screen.copied) > before, f"{keys!r} copies")
        return self.screen.copied[-1]

    def end(self) -> int:
        """End the program; return its status."""
        self.send(QUIT)
        status = self.terminal.end()
        self.screen.feed(self.terminal.drawn)
        self.screen.end()
        return status


@pytest.fixture(scope="module")
def planhat() -> Iterator[Elsewhere]:
    with hostile_planhat() as served:
        yield served


@pytest.fixture
def settled(home: Path, planhat: Elsewhere) -> Path:
    home.mkdir()
    settle_in(home, planhat.url)
    command = [sys.executable, "-m", "planhat_tui", "sync"]
    env = {**os.environ, "PLANHAT_TUI_HOME": str(home)}
    told = subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=True)
    assert harmless(told.stdout + told.stderr)
    return home


def harmless(text: str) -> bool:
    """Whether a text of several lines would only be read by whoever looks at it."""
    return not any(is_unseen(sign) for sign in text.replace("\n", ""))


@pytest.mark.timeout(300)
def test_a_thousand_hostile_strings_are_only_text_on_every_screen_of_a_real_terminal(
    settled: Path, planhat: Elsewhere, tmp_path: Path
) -> None:
    log, table = tmp_path / "run.log", tmp_path / "rows.csv"
    table.write_text(f'name,phase,"{HEADING}"\n' + "".join(CELLS), encoding="utf-8")
    with running(settled, "--log", str(log), size=SIZE) as terminal:
        walk = Walk(terminal, Screen(*SIZE))
        walk.see("online")
        set_up = list(walk.screen.set_up)
        read_the_lists(walk)
        copy(walk)
        look_at_every_sheet(walk)
        type_and_paste(walk)
        log_a_call(walk)
        meet_a_conflict(walk, planhat)
        be_refused(walk)
        use_the_line(walk, table)
        walk.press(QUIT, "1 call isn't saved", "ctrl+q again quits")
        assert walk.screen.set_up == set_up
        assert walk.end() == 0
        assert terminal.is_as_before()
    assert walk.screen.is_left
    assert walk.screen.has_cursor
    assert walk.screen.modes == {LINES_WRAP}
    assert walk.screen.foreign == []
    assert len(walk.screen.marks) >= LEAST
    assert harmless(log.read_text("utf-8"))


HEADING = "[@click=app.quit]x[/]\x1b[31m\u202e"
CELLS = [f'"{one.text.replace(chr(34), "")}",x,y\n' for one in CORPUS[200:230]]


def read_the_lists(walk: Walk) -> None:
    """Go through all of the four panes, each with the whole screen for itself."""
    walk.press("z", "NAME", "C6")
    walk.send(PAGE * 6 + "g")
    walk.press("/quagga\r", " 1 of 91")
    walk.see("▸", "Quagga")
    walk.press("2", "FIELD", "VALUE")
    walk.send(PAGE * 18)
    walk.see("Timeline")
    walk.press("g3", "NAME", "POSITION")
    walk.send(PAGE * 6)
    walk.press("g4", "Calls logged from here")
    walk.press("z1", "NAME", "PHASE")


def copy(walk: Walk) -> None:
    """Copy names, fields, rows and JSON: made safe, but for JSON, which is exact and escaped."""

    def field(named: str) -> str:
        walk.press("Y", "Copy a field of Quagga")
        copied = walk.copy(f"{named}\r")
        walk.until(lambda: not walk.shows("Copy a field of Quagga"), "it is closed")
        return copied

    assert walk.copy("y").startswith("Quagga [@click=app.quit]Evil[/] ␛]52;c;cm0gLXJm␇␛[2J")
    assert field("description").startswith("H0")
    assert field("row").startswith("Quagga [@click")
    assert json.loads(field("json"))["name"] == RICH
    for copied in walk.screen.copied:
        assert harmless(copied.replace("\t", "")), copied


def look_at_every_sheet(walk: Walk) -> None:
    """Bring up each sheet that a key brings."""
    for keys, title in (
        ("t", "Tags of Quagga"),
        ("e", "Field of Quagga"),
        ("o", "Not delivered yet"),
        ("J", "Changed from here"),
        ("L", "Requests to nord"),
        ("0", "Overview"),
        ("f", "Saved views"),
        ("S", "Columns of the list"),
        ("s", "Order of the list"),
        ("p", "Tenants"),
        ("?", "Keys"),
        ("D", "Type delete"),
        ("2T", "Timeline of Quagga"),
        ("2O", "web app"),
        ("1a", "A new company"),
        ("3a", "A new contact"),
        ("3D", "Type delete"),
        ("1" + PALETTE, "Search for commands"),
    ):
        walk.look(keys, title)


def type_and_paste(walk: Walk) -> None:
    """Paste into every kind of input; what is pasted into tags is saved."""
    walk.press("1t", "Tags of Quagga")
    walk.paste(PASTED)
    walk.see("new tag")
    walk.press(SAVE, "on Quagga", "delivered")
    walk.look("J", "Changed from here")
    walk.look("u", "GOES BACK TO")
    for keys, title in (
        ("e", "Field of Quagga"),
        ("f", "Saved views"),
        ("2a", "Custom field for Quagga"),
        ("1a", "A new company"),
        ("3a", "A new contact"),
        ("1" + PALETTE, "Search for commands"),
    ):
        walk.press(keys, title)
        walk.paste(PASTED)
        walk.leave(title)
    walk.press("e", "Field of Quagga")
    walk.press("description\r", "Description of Quagga")
    walk.paste(PASTED)
    walk.press(SAVE, "Description of Quagga", "is delivered")
    walk.send("/")
    walk.paste(PASTED)
    walk.see("/ ", "skull")
    walk.send(f"{CLEAR}quagga\r")
    walk.see(" 1 of 91")


def log_a_call(walk: Walk) -> None:
    """Log a call with a hostile note, look at it, and begin another one."""
    note = "[bold]parsed[/] {undo} :skull:"
    walk.run(
        f'call log --nr "{PHONE}" --talk 5m --note "{note}"',
        "Planhat has the call and",
        "Evil[/] ␛]52;c;cm0gLXJm␇␛[2J",
    )
    walk.send("4")
    walk.see("by agent1", "parsed[/]")
    walk.look("e", "Field of")
    walk.press("C", "Call that just ended")
    walk.paste(PASTED)
    walk.send(f"\t{ESC}")
    walk.send("1")
    walk.see("enter open", "t tags")


def meet_a_conflict(walk: Walk, planhat: Elsewhere) -> None:
    """Change what somebody else has changed meanwhile, and look at both."""
    walk.press("e", "Field of Quagga")
    walk.press("phase\r", "Phase of Quagga")
    (company,) = (
        one for one in planhat.ask("GET", "/companies?limit=200") if one["externalId"] == RICH_ID
    )
    planhat.ask("PUT", f"/companies/{company['_id']}", {"phase": WORST})
    changed = time.monotonic()
    walk.paste(f"mine {PASTED}")
    walk.until(lambda: time.monotonic() - changed > FRESH_FOR, "what was read before is old")
    walk.press(ENTER, "conflict")
    walk.press("o", "Not delivered yet")
    walk.press(ENTER, "THEIRS")
    walk.leave("THEIRS")
    walk.see("Not delivered yet")
    walk.leave("Not delivered yet")


def be_refused(walk: Walk) -> None:
    """Be told by the server why it refuses something."""
    walk.press("e", "Field of Quagga")
    walk.press("city\r", "City of Quagga")
    walk.press(f"{CLEAR}{REFUSED}\r", "refused", "[@click=app.quit]Evil[/] ␛]52")
    walk.look("o", "Not delivered yet")


def use_the_line(walk: Walk, table: Path) -> None:
    """Look at what the commands answer, at plans, and at another profile of the tenant."""
    walk.run("company find H0", "Answers")
    walk.send("G")
    assert "H0" in walk.copy("Y")
    walk.leave("Answers")
    walk.run("company show", "Answers")
    walk.leave("Answers")
    walk.look("A", "Answers")
    walk.run("duplicates", "Perhaps the same")
    walk.leave("Perhaps the same")
    walk.run("bulk company H0 --set 'phase=[@click=app.quit]parsed[/]'", "Plan: phase")
    walk.leave("Plan: phase")
    walk.run(f"import {table}", "which column is which field")
    walk.leave("which column is which field")
    walk.run("profile use syd", "is on screen")


UNFILTERED = """
import sys
from planhat_tui.model import text
from planhat_tui.tui.hostile import HostileText

text._marks = dict
HostileText.apply = lambda self, segments, background: segments
from planhat_tui.cli import run
sys.exit(run([]))
"""
"""The program without its two doors: what is made visible, and what is cleaned on its way out."""


def test_without_what_cleans_it_the_same_text_is_found_to_act_upon_the_terminal(
    settled: Path,
) -> None:
    def acts(what: str) -> bool:
        return any(one.startswith(what) for one in walk.screen.foreign)

    command, env = (sys.executable, "-c", UNFILTERED), {"PLANHAT_TUI_HOME": str(settled)}
    with started(command, env, size=SIZE) as terminal:
        walk = Walk(terminal, Screen(*SIZE))
        walk.until(lambda: acts("sequence") and acts("control"), "what acts is found")
