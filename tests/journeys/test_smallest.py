"""A very small terminal: each screen shows its title, its keys and what one came for, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from planhat_tui.tui.palette import NAMES
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.screens.web import WebPage
from planhat_tui.tui.widgets.sheetkeys import GAP
from tests.journeys import planhat
from tests.journeys.doing import run_line, set_field
from tests.journeys.watch import Watch
from tests.settling import settle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Journey, Person

SMALLEST: Final = (60, 20)
PANES: Final = ("1 Companies", "2 Detail", "3 Contacts 5", "4 Call")


class Screen(NamedTuple):
    """How one comes to a screen from a company in the list, and what has to be seen whole there.

    The keys of a sheet are the sheet's own, ``keys`` are those of a pane.
    """

    press: tuple[str, ...]
    title: str
    words: tuple[str, ...]
    type: str = ""
    then: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def _value(name: str, title: str, *words: str) -> Screen:
    return Screen(("e",), title, words, type=f"{name}\n")


def _line(text: str, title: str, *words: str) -> Screen:
    return Screen(("colon",), title, words, type=f"{text}\n")


SCREENS: Final = {
    "companies": Screen(
        (),
        "[1 Companies]",
        (*PANES[1:], "NAME", "PHASE", "HEALTH", "ARR", "Acme Learning Inc", "online", "200 left"),
        keys=("/ find", "enter open", "t tags", "e field", "? keys"),
    ),
    "detail": Screen(
        ("2",),
        "[2 Detail]",
        (*PANES[2:], "FIELD", "VALUE", "TYPE", "Monthly revenue", "2026-10-22", "person"),
        keys=("/ find", "enter open", "e field", "t tags", "? keys"),
    ),
    "the last changes": Screen(
        ("2", "G"),
        "[2 Detail]",
        ("Reference OK", "yes/no", "Timeline", "nothing seen yet"),
        keys=("/ find", "enter open", "? keys"),
    ),
    "contacts": Screen(
        ("3",),
        "[3 Contacts 5]",
        (
            *(*PANES[:2], "NAME", "PHONE", "E-MAIL", "★ Ines D'Angelo", "+46 70 123 45 67"),
            "ines.d-angelo@acme-inc.example",
        ),
        keys=("enter edit", "t contact tags", "o queue", "? keys"),
    ),
    "calls": Screen(
        ("4",),
        "[4 Call]",
        (*PANES[:3], "Calls logged from here"),
        keys=("C log call", "enter open", "? keys"),
    ),
    "a call that just ended": Screen(
        ("C",),
        "Call that just ended with Ines D'Angelo at Acme Inc",
        (
            "minutes",
            "5, 90s or 1h5m",
            "seconds, 90s, 5m",
            "start",
            "14:05 or -10m",
            "14:10 or now",
            "note",
        ),
        keys=("ctrl+s save", "esc close, draft kept"),
    ),
    "a call that runs": Screen(
        ("c",),
        "[4 Call ▸ 0:00]",
        (*PANES[:3], "Call now with Ines D'Angelo at Acme Inc", "▸ ring 0:00", "talk 0:00", "end"),
        keys=("space next stage", "ctrl+s save"),
    ),
    "help": Screen(("question_mark",), "Keys", ("next row", "open the row")),
    "overview": Screen(
        ("0",), "Overview", ("1,200 companies", "COMPANIES", "onboarding", "at risk")
    ),
    "outbox": Screen(("o",), "Not delivered yet", ("Everything is delivered.",)),
    "requests": Screen(("L",), "Requests to demo", ("TIME", "METHOD", "PATH", "STATUS")),
    "tenants": Screen(
        ("p",),
        "Tenants",
        ("SYNCED", "HOST", "TENANT      demo-2", "LABEL       practice data", "CALLS LEFT  "),
    ),
    "a new tenant": Screen(
        ("p", "a"),
        "A new tenant",
        (
            "what you call it, such as acme-eu",
            "plain text in the config; or leave it empty",
            "https://api.planhat.com",
            "env NAME, command pass x, file ~/x, keyring x",
            "sent as",
            "tenant id",
            "a word in the header: PRODUCTION",
            "allowed",
        ),
    ),
    "journal": Screen(("J",), "Changed from here", ("Nothing was changed from here yet.",)),
    "answers": Screen(("A",), "Answers", ("Nothing was answered yet.",)),
    "order": Screen(("s",), "Order of the list", ("Name", "Renews", "External id")),
    "columns": Screen(("S",), "Columns of the list", ("[x]  PHASE", "[ ]  UPDATED")),
    "a custom column": Screen(
        ("S", "a"), "A custom field", ("Seats", "number", "Kick-off", "date")
    ),
    "views": Screen(("f",), "Saved views", ("a view, or a new name", "All companies")),
    "tags": Screen(("t",), "Tags of Acme Inc", ("bêta", "a tag, or several with commas", "vip")),
    "tags of many": Screen(("V", "t"), "Tags of 3 companies", ("bêta 1 of 3",)),
    "fields": Screen(("e",), "Field of Acme Inc", ("a piece of its name", "Phase", "Renewal")),
    "a text": _value("name", "Name of Acme Inc", "Acme Inc"),
    "a number": _value("seats", "Seats of Acme Inc"),
    "a day": _value("renewal", "Renewal of Acme Inc", "2026-10-22"),
    "a choice": _value("phase", "Phase of Acme Inc", "onboarding"),
    "a person": _value("co-owner", "Co-owner of Acme Inc", "Diego Moreno"),
    "a new company": Screen(("a",), "A new company", ("name", "needed", "external id", "owner")),
    "a new contact": Screen(
        ("3", "a"),
        "A new contact at Acme Inc",
        ("needed: a name, a phone or an e-mail", "position"),
    ),
    "a contact": Screen(
        ("3", "enter"),
        "Field of Ines D'Angelo",
        ("Account Manager", "ines.d-angelo@acme-inc.example", "+46 70 123 45 67"),
    ),
    "a new field": Screen(
        ("2", "a"), "Custom field for Acme Inc", ("one that the tenant has, or a new name",)
    ),
    "timeline": Screen(("2", "T"), "Timeline of Acme Inc", ("Nothing was seen to change yet",)),
    "copy": Screen(("Y",), "Copy a field of Acme Inc", ("a piece of it", "Name")),
    "delete": Screen(
        ("D",), "Delete Acme Inc", ("Delete Acme Inc in demo?", "Type delete and Enter:")
    ),
    "undo": Screen(("t",), "Undo", ("gold",), type="gold\n\x13", then=("u",)),
    "a plan": _line(
        "bulk company phase:won --tag x", "Plan: tag +x", "166 will change", "COMPANY", "TAGS"
    ),
    "an answer": _line("limits", "Answers", ":limits"),
    "duplicates": _line(
        "duplicates company",
        "Perhaps the same company: 206 groups",
        "GROUP",
        "AT    jade-travel-ab.example",
        "WHY   name",
    ),
    "duplicates of contacts": _line(
        "duplicates contact", "Perhaps the same contact:", "GROUP", "NAME  ", "AT    ", "WHY   "
    ),
}


async def come_to(person: Person, screen: Screen) -> None:
    """Come to a screen from a company in the list."""
    await person.find("acme inc")
    await person.press(*screen.press)
    await person.type(screen.type)
    await person.press(*screen.then)


@pytest.mark.parametrize("name", SCREENS)
def test_each_screen_is_seen_whole(journey: Journey, name: str) -> None:
    screen = SCREENS[name]

    async def look(person: Person) -> None:
        await come_to(person, screen)
        top = person.app.screen
        keys = top.keys.split(GAP) if isinstance(top, Sheet) else [*screen.keys]
        assert keys
        for text in (screen.title, *screen.words, *keys):
            person.sees_on_top(text)

    journey(look, SMALLEST, picture=False)


def test_so_is_a_conflict(journey: Journey) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        await person.find("acme inc")
        planhat.change(person, "Acme Inc", phase="theirs")
        watch.wait(minutes=1)
        await set_field(person, "pha", "mine")
        await person.press("o")
        for text in ("Not delivered yet", "conflict", "Acme Inc", "enter decide", "esc close"):
            person.sees_on_top(text)
        await person.press("enter")
        title = "Acme Inc was changed by somebody else"
        for text in (title, "1 BEFORE", "2 MINE", "3 THEIRS", "mine", "theirs", "e other"):
            person.sees_on_top(text)

    journey(look, SMALLEST, picture=False, clock=watch.clock)


def test_so_are_a_plan_that_ran_what_was_asked_for_it_answers_and_a_page_of_the_web_app(
    journey: Journey,
) -> None:
    watch = Watch()

    async def work(person: Person) -> None:
        def sees(*texts: str) -> None:
            for text in texts:
                person.sees_on_top(text)

        await person.find("acme inc")
        await run_line(person, "bulk company phase:won --tag x")
        watch.wait(seconds=2)
        await person.press("ctrl+s")
        sees("Plan: tag +x", "Acme Biotech. Tags: [+x] smb nps-promoter  delivered.")
        sees("166 of 166 delivered", "u take all of it back", "esc close")
        await person.press("escape", "L")
        sees("Requests to demo", "TIME", "METHOD", "PATH   /companies", "STATUS", "MS     ")
        sees("LEFT   187", "BYTES  ", "y copy as curl", "esc close")
        await person.press("escape")
        await run_line(person, "company find acme inc")
        sees("Answers  :company find acme inc", "d220d1bcd201eeab595c4813  Acme Inc", "onboarding")
        sees("local copy, just read", "enter open", "Y copy answer", "w write", "esc close")
        await person.press("escape")
        address = "https://app.planhat.example/profile/58a1b2c3d4e5f6a7b8c9d0e1?of=Acme+Inc&all=1"
        person.app.push_screen(WebPage("Acme Inc", address))
        await settle(person.pilot)
        sees("Acme Inc in Planhat's web app", "enter open", "y copy", "esc close")
        person.reads(address)
        await person.press("escape", "ctrl+p")
        sees("mark                  space: mark the row; a mark makes", f"{' ' * NAMES} every verb")

    journey(work, SMALLEST, picture=False, clock=watch.clock)


def test_so_is_the_choice_under_the_cursor_whatever_is_said_under_the_list(
    journey: Journey,
) -> None:
    async def look(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t", *["down"] * 8)
        person.sees_on_top("self-service")
        await person.press("f8")
        for text in ("self-service", "No call runs.", "esc close"):
            person.sees_on_top(text)

    journey(look, SMALLEST, picture=False)


def test_so_is_what_one_comes_by_while_working(
    journey: Journey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crm.csv").write_text("Account;Stage\nAcme Inc;renewal\n", encoding="utf-8")

    async def work(person: Person) -> None:
        def sees(*texts: str) -> None:
            for text in texts:
                person.sees_on_top(text)

        await person.find("acme inc")
        await set_field(person, "pha", "won")
        await person.press("J")
        sees("Changed from here", "RECORD", "EDIT", "STATE", "Phase - → won", "delivered", "u undo")
        await person.press("escape", "2", "T")
        sees("Timeline of Acme Inc", "SEEN", "FIELD", "BEFORE  -", "AFTER   won", "esc close")
        await person.press("escape", "1", "ctrl+p")
        await person.type("fjord")
        sees("theme: fjord", "use it from now on")
        await person.press("escape")
        await run_line(person, "import crm.csv")
        await person.press("j")
        sees("Import crm.csv: which column is which field of a company", "FIRST ROW")
        sees("left out: no such field", "enter another field", "ctrl+s show the plan")
        await person.press("escape")
        await run_line(person, "tour")
        sees("Tour 2 of 5", "The tour has begun. esc at the top ends it")
        await person.press("c", "ctrl+q")
        sees("ctrl+q again quits", "▸ ring 0:00", "space next stage")

    journey(work, SMALLEST, picture=False)
