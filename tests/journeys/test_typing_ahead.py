"""Keys typed faster than the screen can follow: none of them goes astray."""

from __future__ import annotations

from planhat_tui.model.records import texts_of
from tests.journeys.conftest import BOTH, MEDIUM, Journey, Person


@BOTH
def test_a_search_typed_in_one_go_is_a_search(journey: Journey, size: tuple[int, int]) -> None:
    async def find(person: Person) -> None:
        await person.type("/acme inc\n3j")
        assert person.app.explorer.companies.search.value == "acme inc"
        assert person.focus == "contact-rows"
        person.sees("Bo Larsson")
        current = person.app.explorer.contacts.current
        assert current is not None
        assert current.name == "Bo Larsson"

    journey(find, size, picture=False)


@BOTH
def test_a_tag_is_given_in_one_go(journey: Journey, size: tuple[int, int]) -> None:
    async def tag(person: Person) -> None:
        await person.type("/acme inc\ntrenewal-q1\n\x13")
        assert person.focus == "company-rows"
        company = person.app.explorer.workspace.reads.company(person.app.explorer.detail.company_id)
        assert company is not None
        assert "renewal-q1" in texts_of(company.raw, "tags")

    journey(tag, size, picture=False)


@BOTH
def test_a_line_is_typed_in_one_go(journey: Journey, size: tuple[int, int]) -> None:
    async def line(person: Person) -> None:
        await person.type(":company find acme inc\n")
        person.sees(":company find acme inc", "Acme Inc")

    journey(line, size, picture=False)


@BOTH
def test_a_field_is_changed_in_one_go(journey: Journey, size: tuple[int, int]) -> None:
    async def field(person: Person) -> None:
        await person.type("/acme inc\nephase\nwon\n")
        await person.press("ctrl+s")
        person.sees("won")
        assert person.focus == "company-rows"

    journey(field, size, picture=False)


def test_a_draft_is_in_its_form_before_a_letter_and_never_mixes_with_it(journey: Journey) -> None:
    async def add(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3")
        await person.type("aDraft Person\n")
        await person.press("escape")
        await person.type("aAda\n")
        person.sees("A new contact at Acme Inc", "Ada")
        person.sees_no("Draft Person", "needed:")

    journey(add, MEDIUM, picture=False)
