"""What the daily jobs cost in keys, letters of what is typed included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.journeys import planhat
from tests.journeys.conftest import SMALL, Journey, Person
from tests.journeys.doing import tag
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from planhat_tui.model.outbox import Entry
    from tests.sync.rig import Line


@dataclass
class Counted:
    """A person whose keys are counted."""

    person: Person
    keys: list[str] = field(default_factory=list)

    async def press(self, *keys: str) -> None:
        self.keys += keys
        await self.person.press(*keys)


def _open(person: Person) -> tuple[Entry, ...]:
    return planhat.not_delivered(person)


def test_a_company_and_its_contacts_take_six_keys(journey: Journey) -> None:
    async def find(person: Person) -> None:
        counted = Counted(person)
        await counted.press("slash", "3", "m", "enter", "3")
        assert len(counted.keys) <= 6
        person.sees("[3 Contacts")
        assert person.app.explorer.contacts.company_id == planhat.company_id(person, "3M Lab")
        assert person.app.explorer.contacts.rows.current is not None

    journey(find, SMALL, picture=False)


def test_a_call_that_just_ended_takes_four_keys(journey: Journey) -> None:
    async def log(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3")
        before, counted = len(planhat.workspace(person).reads.calls()), Counted(person)
        await counted.press("C", "1", "2", "ctrl+s")
        assert len(counted.keys) <= 4
        assert len(planhat.workspace(person).reads.calls()) == before + 1
        assert _open(person) == ()

    journey(log, SMALL, picture=False)


def test_a_custom_field_takes_ten_keys(journey: Journey) -> None:
    async def change(person: Person) -> None:
        await person.find("acme inc")
        before = planhat.company(person, "Acme Inc")["custom"]["Seats"]
        counted = Counted(person)
        await counted.press("e", "s", "e", "a", "t", "enter", "ctrl+u", "4", "2", "enter")
        assert len(counted.keys) <= 10
        assert before != 42
        assert planhat.company(person, "Acme Inc")["custom"]["Seats"] == 42

    journey(change, SMALL, picture=False)


def test_forty_companies_take_sixteen_keys_and_the_confirmation(journey: Journey) -> None:
    watch = Watch()

    async def tag_them(person: Person) -> None:
        counted = Counted(person)
        await counted.press("slash", *"lab", "enter", "V", "t", *"spring", "ctrl+s")
        assert len(counted.keys) <= 16
        person.sees_line("Plan: tag +spring")
        person.sees_line("40 will change")
        watch.wait(seconds=1)
        await counted.press("ctrl+s")
        await person.until("40 of 40 delivered")
        assert len(counted.keys) <= 17

    journey(tag_them, SMALL, picture=False, clock=watch.clock)


def test_the_other_tenant_and_back_take_three_keys_from_the_start(journey: Journey) -> None:
    async def switch(person: Person) -> None:
        counted = Counted(person)
        await counted.press("p", "enter")
        person.sees(" DEMO-2 ")
        await counted.press("P")
        person.sees(" DEMO ")
        assert len(counted.keys) <= 3

    journey(switch, SMALL, picture=False)


def test_the_only_other_tenant_and_back_take_two_keys_from_the_start(journey: Journey) -> None:
    async def switch(person: Person) -> None:
        counted = Counted(person)
        await counted.press("P")
        person.sees(" DEMO-2 ")
        assert person.message == "demo-2 is on screen.  P goes back"
        await counted.press("P")
        person.sees(" DEMO ")
        assert len(counted.keys) <= 2

    journey(switch, SMALL, picture=False)


def test_what_isnt_delivered_and_undo_take_one_key_each(journey: Journey, line: Line) -> None:
    async def look(person: Person) -> None:
        await person.find("acme inc")
        line.cut = True
        await tag(person, "gold")
        await person.press("o")
        person.sees_line("Acme Inc")
        assert len(_open(person)) == 1
        await person.press("escape", "u")
        assert _open(person) == ()

    journey(look, SMALL, picture=False)
