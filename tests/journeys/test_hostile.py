"""Text from the API is hostile: nothing of it acts on the terminal or on the screen's layout."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.events import Topic
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Received
from planhat_tui.tui.hostile import HOSTILE
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, Journey
from tests.journeys.doing import run_line, tag
from tests.journeys.planhat import company_id, workspace
from tests.journeys.watch import Watch
from tests.settling import settle

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
    from tests.journeys.conftest import Person

TEXT: Final = (
    "Evil \x1b]52;c;aGk=\x07\x1b[2J\x9b31m[bold red][@click=app.quit]x[/] \u202egnp.exe\u2066\u200b"
    "\x00\r\n\t{{7*7}} $(id) ﷽ \U000e0041"
)

EVIL: Final = "Evil ␛]52"
"""How it begins where it's shown."""


def _fields(company: bool = True) -> dict[str, Json]:  # noqa: FBT001, FBT002 -- of which kind
    texts = ("name", "phase", "status", "city", "country", "web", "phone", "description")
    people = ("name", "position", "phone", "email")
    values: dict[str, Json] = dict.fromkeys(texts if company else people, TEXT)
    values["tags"] = [TEXT, f"{TEXT} too"]
    if company:
        values["domains"] = [TEXT]
        values["custom"] = {"Key \x1b[31m\u202e": TEXT, "[bold]": "[/bold]"}
    return values


async def _poison(person: Person) -> None:
    """Let Planhat have nothing but hostile text in a company and its contact."""
    net = workspace(person).net
    wanted = company_id(person, "Acme Inc")

    async def put(planhat: object) -> str:
        await planhat.update_company(wanted, _fields(), lane=Lane.USER)  # type: ignore[attr-defined]
        contact: dict[str, Json] = {**_fields(company=False), "companyId": wanted}
        await planhat.create_contact(contact, lane=Lane.USER)  # type: ignore[attr-defined]
        return wanted

    await asyncio.wrap_future(net.ask(put))
    for topic in (Topic.COMPANY, Topic.CONTACT):
        await asyncio.wrap_future(net.refresh(topic, frozenset({wanted})))
    await settle(person.pilot)


def _is_harmless(person: Person) -> None:
    """Check every line that goes to the terminal: no control, right width, no link."""
    width = person.app.size.width
    for screen in person.app.screen_stack:
        for strip in screen._compositor.render_strips(person.app.size):
            assert strip.cell_length == width
            for filter_ in person.app.get_line_filters():
                strip = strip.apply_filter(filter_, screen.background_colors[1])  # noqa: PLW2901 -- filtered on
            for segment in strip:
                assert not HOSTILE.search(segment.text), segment.text
                assert segment.style is None or not segment.style.link


@BOTH
def test_hostile_text_is_only_text_in_every_pane_and_sheet(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look_everywhere(person: Person) -> None:
        await person.find("acme inc")
        await _poison(person)
        await person.press("escape", "escape")
        await person.find("evil")
        person.sees("Evil ␛]52;c;aGk=␇␛[2J")
        _is_harmless(person)
        for key in ("2", "3", "4", "1"):
            await person.press(key)
            _is_harmless(person)
        for key in ("t", "e"):
            await person.press(key)
            person.sees("Evil ␛]52;c", "[bold red]")
            _is_harmless(person)
            await person.press("escape")
        await person.press("D")
        person.sees("Type delete and Enter")
        _is_harmless(person)
        await person.press("escape")
        await person.press("C")
        _is_harmless(person)
        await person.press("escape")
        assert person.app.is_running

    journey(look_everywhere, size)


def _poison_the_team(person: Person) -> str:
    """Let the local copy have somebody of the team whose name is hostile; return the id."""
    raw: dict[str, Json] = {
        "_id": "e" * 24,
        "firstName": f"Mallory {TEXT}",
        "lastName": "L",
        "email": TEXT,
    }
    workspace(person)._store.mirror.put_users([Received(json.dumps(raw), raw)])
    person.app.explorer.standing.read_users()
    return "e" * 24


async def _looks_at(person: Person, *keys: str, sees: str = EVIL) -> None:
    """Bring up a sheet, look at it, and close it again."""
    await person.press(*keys)
    assert len(person.app.screen_stack) > 1, keys
    person.sees(sees)
    _is_harmless(person)
    await person.press("escape")


@EITHER
def test_hostile_text_is_only_text_in_what_tells_of_edits(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        await person.find("acme inc")
        await _poison(person)
        wanted = workspace(person).reads.companies("evil").rows[0].id
        owner = _poison_the_team(person)
        await person.press("escape", "escape")
        await person.find("evil")
        await tag(person, "gold")
        _is_harmless(person)
        await _looks_at(person, "u")
        await _looks_at(person, "J")
        await _looks_at(person, "L", sees="PUT")
        await _looks_at(person, "2", "T")
        await person.press("e", *"owner")
        await _looks_at(person, "enter", sees=f"Mallory {EVIL}")
        await run_line(person, "company find evil")
        await _looks_at(person)
        await run_line(person, "company show")
        await _looks_at(person)
        await person.press("1", "e", *"phase", "enter", "ctrl+u")
        planhat.ask(
            person,
            lambda api: api.update_company(
                wanted, {"phase": f"{TEXT} theirs", "owner": owner}, lane=Lane.USER
            ),
        )
        watch.wait(minutes=1)
        await person.type("mine")
        await person.press("enter")
        _is_harmless(person)
        await person.press("o")
        person.sees(EVIL)
        _is_harmless(person)
        await _looks_at(person, "enter")
        assert person.app.is_running

    journey(look, size, picture=False, clock=watch.clock)


@EITHER
def test_a_hostile_value_goes_back_untouched(journey: Journey, size: tuple[int, int]) -> None:
    async def edit_another_field(person: Person) -> None:
        await person.find("acme inc")
        await _poison(person)
        await person.find("evil")
        await person.press("e")
        await person.type("city")
        await person.press("enter", "ctrl+u")
        await person.type("Lund")
        await person.press("ctrl+s")
        net, wanted = workspace(person).net, workspace(person).reads.companies("evil").rows[0].id
        answer = net.ask(lambda planhat: planhat.company(wanted, lane=Lane.USER))
        there = (await asyncio.wrap_future(answer)).data
        assert there["city"] == "Lund"
        assert there["name"] == TEXT
        assert there["tags"] == [TEXT, f"{TEXT} too"]

    journey(edit_another_field, size, picture=False)
