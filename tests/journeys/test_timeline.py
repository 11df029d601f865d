"""What has changed in a company: seen, and told with who did it."""

from __future__ import annotations

from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, MEDIUM, SMALL, Journey, Person
from tests.journeys.doing import run_line
from tests.journeys.watch import Watch


@BOTH
def test_the_timeline_tells_what_changed_and_who_did_it(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2", "T")
        person.sees("Timeline of Acme Inc", "Nothing was seen to change yet")
        await person.press("escape")
        await run_line(person, "set city=Lund")
        planhat.wait_for_delivery(person)
        await person.press("G")
        person.sees_line("Timeline", "T shows")
        person.sees_line("City London → Lund", "you")
        await person.press("enter")
        person.sees("SEEN", "FIELD", "BEFORE", "AFTER")
        person.sees_line("City", "Lund", "you")

    journey(look, size)


async def hears(person: Person, watch: Watch, name: str, phase: str) -> None:
    """Let somebody else change a company a while later, and the explorer hear of it."""
    watch.wait(hours=2)
    planhat.change(person, name, phase=phase)
    await person.press("r")
    watch.wait(hours=1)


@EITHER
def test_what_others_changed_since_one_looked_is_marked_and_told(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        await person.find("acme inc")
        person.sees_no("∆")
        await person.press("enter", "escape", "j")  # opened, and gone on
        await hears(person, watch, "Acme Inc", "paused")
        person.sees_line("∆ Acme Inc", "paused")
        await person.press("k")
        if size == SMALL:
            person.sees_line("owner", "∆ Phase - → paused")
        await person.press("enter")
        person.sees_line("∆ Phase changed 60 min ago: - →", "T shows it")
        person.sees_line("∆", "Phase", "paused")
        await person.press("T")
        person.sees_line("Phase", "-", "paused", "others")
        await person.press("escape")

    async def go_on(person: Person) -> None:
        await person.press("1")
        person.sees("acme inc", "Acme Inc")  # it was looked at when one quit
        person.sees_no("∆")

    journey(look, size, clock=watch.clock)
    journey(go_on, size, picture=False, clock=watch.clock)


def test_who_only_passes_a_company_has_not_looked_at_it(journey: Journey) -> None:
    watch = Watch()

    async def pass_by(person: Person) -> None:
        await person.find("acme inc")
        await person.press("j")  # Acme Inc was passed
        watch.wait(seconds=4)
        await person.waits_a_second()
        await person.press("j")  # one has rested on the second one
        second = person.app.explorer.companies.rows.row(1)
        assert second is not None
        name = str(second.cells["name"])
        for one in ("Acme Inc", name):
            await hears(person, watch, one, "paused")
        person.sees_line(f"∆ {name}")
        person.sees_no("∆ Acme Inc")
        await person.find("is:changed")
        person.sees("1 of 1,200")
        watch.wait(seconds=4)
        await person.waits_a_second()
        person.sees_no(f"∆ {name}")
        person.sees("1 of 1,200", "∆ Phase changed")  # it stays as long as one looks at it
        await person.press("escape", "g", "j")
        await person.find("is:changed")
        person.sees("No company matches is:changed")

    journey(pass_by, MEDIUM, picture=False, clock=watch.clock)


def test_reading_everything_anew_is_no_news(journey: Journey) -> None:
    watch = Watch()

    async def refresh(person: Person) -> None:
        await person.find("acme inc")
        await person.press("enter", "escape", "j")
        watch.wait(hours=2)
        planhat.workspace(person).net.fill(anew=True).result(60)
        await person.press("k")
        person.sees("▸    Acme Inc")
        person.sees_no("∆")

    journey(refresh, SMALL, picture=False, clock=watch.clock)


def test_what_is_new_is_marked_at_the_next_start(journey: Journey) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        await person.find("acme inc")
        await person.press("enter", "escape", "j")
        await hears(person, watch, "Acme Inc", "paused")

    async def come_back(person: Person) -> None:
        person.sees_line("∆ Acme Inc", "paused")

    journey(look, SMALL, picture=False, clock=watch.clock)
    journey(come_back, SMALL, picture=False, clock=watch.clock)


@EITHER
def test_contacts_whom_others_changed_since_one_saw_them_are_marked(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "1", "j")  # they were seen, and one has gone on
        watch.wait(hours=2)
        planhat.change_contact(person, "Bo Larsson", "Acme Inc", phone="+46 8 111 22 33")
        await person.press("r", "k", "3")
        person.sees_line("∆  Bo Larsson", "+46 8 111 22 33")
        person.sees_no("∆★ Ines")
        await person.press("j", "T")
        person.sees("Timeline of Bo Larsson")
        person.sees_line("Phone", "+46 8 111 22 33", "others")
        await person.press("escape", "1", "j", "k", "3")
        person.sees("Bo Larsson")
        person.sees_no("∆")

    journey(look, size, picture=False, clock=watch.clock)
