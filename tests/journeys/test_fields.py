"""Fields: edited by their type, picked where the values are known, refused where they're wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind, Received
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, SMALL, Journey
from tests.journeys.doing import set_field

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
    from tests.journeys.conftest import Person

DIEGO = "c6a147c4a87ac91c4704244c"


async def _field(person: Person, name: str) -> None:
    """Open the editor of a field of Acme Inc by a piece of its name."""
    await person.find("acme inc")
    await person.press("e")
    await person.type(name)
    await person.press("enter")


async def _replace(person: Person, text: str) -> None:
    """Type in the place of what is there, and save."""
    await person.press("ctrl+u")
    await person.type(text)
    await person.press("enter")


@BOTH
def test_a_phase_is_picked_from_those_in_use(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("e")
        person.sees("Field of Acme Inc", "Renewal", "2026-10-22")
        await person.type("pha")
        await person.press("enter")
        person.sees("Phase of Acme Inc", "onboarding", "renewal")
        await person.type("onb")
        await person.press("enter")
        assert person.message == "Phase of Acme Inc is delivered.  u takes it back"
        assert person.focus == "company-rows"
        person.sees("onboarding")
        assert planhat.company(person, "Acme Inc")["phase"] == "onboarding"

    journey(edit, size)


@EITHER
def test_what_somebody_sets_while_an_editor_is_open_is_seen_before_it_goes(
    journey: Journey, size: tuple[int, int]
) -> None:
    def set_by_somebody(person: Person, phase: str) -> None:
        planhat.change(person, "Acme Inc", phase=phase)
        workspace = person.app.explorer.workspace
        acme = workspace.reads.resolve(Kind.COMPANY, "Acme Inc")
        workspace.net.read([(Kind.COMPANY, acme)]).result(30)

    async def edit(person: Person) -> None:
        await _field(person, "pha")
        set_by_somebody(person, "churned")
        await person.press("enter")
        assert person.message == "Nothing to change: it is so already."
        assert planhat.company(person, "Acme Inc")["phase"] == "churned"
        await _field(person, "pha")
        await person.type("pilot")
        await person.press("escape")
        set_by_somebody(person, "renewal")
        await _field(person, "pha")
        await person.press("enter")
        await person.until("conflict")
        assert planhat.company(person, "Acme Inc")["phase"] == "renewal"

    journey(edit, size, picture=False)


@EITHER
def test_a_phase_that_nobody_used_yet_is_typed(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "pha")
        await person.type("pilot")
        person.sees("pilot  as typed")
        await person.press("enter")
        assert planhat.company(person, "Acme Inc")["phase"] == "pilot"

    journey(edit, size, picture=False)


@BOTH
def test_an_owner_is_picked_by_name_and_stored_as_an_id(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "owner")
        person.sees("Owner of Acme Inc", "Diego Moreno", "diego.moreno@")
        await person.type("diego")
        person.sees_no("Anna Lind")
        await person.press("enter")
        assert person.message == "Owner of Acme Inc is delivered.  u takes it back"
        assert planhat.company(person, "Acme Inc")["owner"] == DIEGO
        await person.press("2")
        person.sees("Diego Moreno")
        person.sees_no(DIEGO)

    journey(edit, size)


@EITHER
def test_an_owner_that_isnt_touched_stays(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "co-o")
        person.sees("Co-owner of Acme Inc", "Diego Moreno")
        await person.press("enter")
        assert person.message == "Nothing to change: it is so already."

    journey(edit, size, picture=False)


@EITHER
def test_somebody_who_isnt_in_the_team_is_refused(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "owner")
        await person.type("nobody")
        await person.press("enter")
        person.sees("Owner of Acme Inc", "Nobody is called nobody.  Type a piece of a name.")
        await person.press("escape")
        assert planhat.not_delivered(person) == ()
        assert planhat.company(person, "Acme Inc").get("owner") is None

    journey(edit, size)


@EITHER
def test_an_owner_is_picked_with_the_arrows(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "owner")
        await person.press("down", "down", "down", "enter")
        assert planhat.company(person, "Acme Inc")["owner"] == DIEGO

    journey(edit, size, picture=False)


@EITHER
def test_an_empty_line_clears_the_owner(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme mot")
        await person.press("e")
        await person.type("owner")
        await person.press("enter")
        person.sees("Owner of Acme Motors BV", "empty clears the field")
        await person.press("ctrl+u", "enter")
        assert person.message == "Owner of Acme Motors BV is delivered.  u takes it back"
        assert planhat.company(person, "Acme Motors BV").get("owner") is None

    journey(edit, size, picture=False)


@EITHER
def test_a_name_cant_be_emptied(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "name")
        person.sees("Name of Acme Inc")
        await person.press("ctrl+u", "enter")
        person.sees("Name of Acme Inc", "Name can't be empty.  Type a value.")
        await person.press("escape")
        assert planhat.not_delivered(person) == ()
        assert planhat.company(person, "Acme Inc")["name"] == "Acme Inc"

    journey(edit, size, picture=False)


@EITHER
def test_a_field_that_planhat_keeps_isnt_offered(journey: Journey, size: tuple[int, int]) -> None:
    async def look(person: Person) -> None:
        await person.find("acme inc")
        await person.press("e")
        await person.type("health")
        await person.press("enter")
        assert person.message == "Health is kept by Planhat and can't be changed here"
        await person.press("enter", "j", "j", "j", "enter")
        assert person.message == "Health is kept by Planhat and can't be changed here"

    journey(look, size, picture=False)


@BOTH
def test_a_custom_field_is_changed_with_ten_keys(journey: Journey, size: tuple[int, int]) -> None:
    keys = ["e", "s", "e", "a", "enter", "5", "0", "0", "enter"]

    async def edit(person: Person) -> None:
        await person.find("acme inc")
        assert len(keys) <= 10
        await person.press(*keys)
        assert person.message == "Seats of Acme Inc is delivered.  u takes it back"
        assert planhat.company(person, "Acme Inc")["custom"]["Seats"] == 500

    journey(edit, size)


@BOTH
def test_a_number_stays_a_number(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "disc")
        person.sees("Discount of Acme Inc", "12.5", "as number")
        await _replace(person, "a lot")
        person.sees("Discount of Acme Inc", "a lot is no number.")
        await _replace(person, "0.5")
        assert planhat.company(person, "Acme Inc")["custom"]["Discount"] == 0.5

    journey(edit, size)


@EITHER
def test_a_yes_or_no_is_picked_or_typed(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "refer")
        person.sees("Reference OK of Acme Inc", "as yes/no")
        await _replace(person, "perhaps")
        person.sees("Reference OK of Acme Inc", "perhaps is neither yes nor no.")
        await _replace(person, "no")
        assert planhat.company(person, "Acme Inc")["custom"]["Reference OK"] is False

    journey(edit, size)


@BOTH
def test_a_date_stays_a_date(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "kick")
        person.sees("Kick-off of Acme Inc", "2024-06-02", "as date")
        person.sees_no("00:00:00.000Z")
        await person.press("enter")
        assert person.message == "Nothing to change: it is so already."
        await _field(person, "kick")
        await _replace(person, "2024-06-31")
        person.sees("Kick-off of Acme Inc", "2024-06-31 is no date.")
        await person.press("ctrl+u")
        await person.type("next friday")
        person.sees("as date: 2026-03-06")
        await person.press("enter")
        assert planhat.company(person, "Acme Inc")["custom"]["Kick-off"] == "2026-03-06"

    journey(edit, size)


@BOTH
def test_a_text_that_looks_like_a_number_stays_a_text(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "crm")
        person.sees("CRM.Account.ID of Acme Inc", "004151", "as text")
        await _replace(person, "007")
        assert planhat.company(person, "Acme Inc")["custom"]["CRM.Account.ID"] == "007"

    journey(edit, size, picture=False)


@EITHER
def test_another_type_is_chosen_with_ctrl_t(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "seats")
        person.sees("as number", "ctrl+t text")
        await person.press("ctrl+t")
        person.sees("as text")
        await _replace(person, "many")
        assert planhat.company(person, "Acme Inc")["custom"]["Seats"] == "many"

    journey(edit, size, picture=False)


@BOTH
def test_a_new_custom_field_is_added_in_the_detail(journey: Journey, size: tuple[int, int]) -> None:
    async def add(person: Person) -> None:
        await person.find("acme inc")
        await person.press("enter", "a")
        person.sees("Custom field for Acme Inc", "Industry", "one that the tenant has, or a new")
        await person.type("Budget")
        await person.press("enter")
        person.sees("Budget of Acme Inc", "as what it looks like")
        await person.type("1200")
        await person.press("enter")
        assert person.message == "Budget of Acme Inc is delivered.  u takes it back"
        assert person.focus == "field-rows"
        assert planhat.company(person, "Acme Inc")["custom"]["Budget"] == 1200

    journey(add, size)


def test_a_field_that_was_edited_in_the_detail_has_the_cursor(journey: Journey) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("enter")
        await set_field(person, "country", "Norway")
        person.sees_line("▸", "Country", "Norway")
        await person.press("ctrl+c")
        assert person.message == "ctrl+q quits"
        assert not person.app._notifications

    journey(edit, SMALL, picture=False)


@EITHER
def test_a_new_custom_field_is_in_sight_and_under_the_cursor(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def add(person: Person) -> None:
        await person.find("acme inc")
        await person.press("enter", "a")
        await person.type("Zebra")
        await person.press("enter")
        await person.type("12")
        await person.press("enter")
        person.sees_line("▸", "Zebra", "12")
        await person.press("enter")
        person.sees("Zebra of Acme Inc")

    journey(add, size, picture=False)


@EITHER
def test_a_contact_gets_a_custom_field_by_a_name_that_is_new(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def add(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "e")
        await person.type("zz newfield")
        person.sees_line("zz newfield", "new custom field")
        await person.press("enter")
        person.sees("New custom field zz newfield of")
        await person.type("7")
        await person.press("enter")
        who = person.app.explorer.contacts.current
        assert who is not None
        assert planhat.contacts(person, "Acme Inc")[who.name]["custom"]["zz newfield"] == 7

    journey(add, size, picture=False)


@EITHER
def test_a_list_takes_one_of_its_values_alone(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _field(person, "plan")
        person.sees("Plan of Acme Inc", "Free", "Silver", "Gold", "Platinum")
        await _replace(person, "Golld")
        person.sees_on_top("Plan has no value Golld.  Did you mean Gold?")
        person.sees_no("as typed")
        await _replace(person, "plat")
        assert person.message == "Plan of Acme Inc is delivered.  u takes it back"
        assert planhat.company(person, "Acme Inc")["custom"]["Plan"] == "Platinum"

    journey(edit, size, picture=False)


@EITHER
def test_a_field_is_found_by_another_word_for_it(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "e")
        await person.type("email")
        person.sees_line("E-mail", "@")
        await person.press("enter")
        person.sees("E-mail of ")
        await person.press("escape", "1", "e")
        await person.type("website")
        await person.press("enter")
        person.sees("Web of Acme Inc")

    journey(edit, size, picture=False)


def test_a_new_name_that_is_nearly_a_fields_is_asked_about(journey: Journey) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "e")
        await person.type("emailaddress")
        await person.press("down", "enter")
        person.sees("E-mail, or a new field emailaddress?")
        await person.press("enter")
        person.sees("E-mail of ")
        await person.press("escape", "e")
        await person.type("emailaddress")
        await person.press("down", "enter", "down", "enter")
        person.sees("New custom field emailaddress of")

    journey(edit, SMALL, picture=False)


@EITHER
def test_a_custom_field_that_the_tenant_has_is_added_by_a_piece_of_its_name(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def add(person: Person) -> None:
        await person.find("acme inc")
        await person.press("enter", "a")
        person.sees_no("Seats  number")
        await person.type("indu")
        await person.press("enter")
        await person.type("Media")
        await person.press("enter")
        assert planhat.company(person, "Acme Inc")["custom"]["Industry"] == "Media"

    journey(add, size, picture=False)


@BOTH
def test_x_removes_the_custom_field_under_the_cursor(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def remove(person: Person) -> None:
        await person.find("acme inc")
        await person.press("enter", "slash")
        await person.type("disc")
        await person.press("enter", "x")
        assert person.message == (
            "Removal of Discount from Acme Inc is delivered.  u takes it back"
        )
        person.sees_no("12.5")
        assert "Discount" not in planhat.company(person, "Acme Inc")["custom"]

    journey(remove, size)


@EITHER
def test_a_formula_is_marked_and_says_why_it_stays(journey: Journey, size: tuple[int, int]) -> None:
    why = "Seats is worked out by Planhat (a formula)."

    async def try_it(person: Person) -> None:
        seats: dict[str, Json] = {"_id": "f1", "name": "Seats", "parent": "company"}
        seats |= {"type": "number", "isFormula": True}
        planhat.workspace(person).keep_definitions([Received(json.dumps(seats), seats)], whole=True)
        await person.find("acme inc")
        await person.press("2", "slash")
        await person.type("seats")
        await person.press("enter")
        person.sees_line("⊘ Seats", "420", "number")
        for key in ("enter", "x"):
            await person.press(key)
            assert person.message == why
            await person.press("escape", "slash")
            await person.type("seats\n")
        await person.press("e")
        await person.type("seats\n")
        assert person.message == why
        assert not planhat.not_delivered(person)

    journey(try_it, size, picture=False)


@BOTH
def test_a_contacts_field_is_edited_from_the_list(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j", "e")
        person.sees("Field of Bo Larsson", "Position", "Controller")
        await person.type("posi")
        await person.press("enter")
        await _replace(person, "CFO")
        assert person.message == "Position of Bo Larsson is delivered.  u takes it back"
        assert person.focus == "contact-rows"
        assert planhat.contacts(person, "Acme Inc")["Bo Larsson"]["position"] == "CFO"

    journey(edit, size)


@BOTH
def test_several_companies_get_one_value(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await person.press("j", "space", "space", "e")
        person.sees("Field of 2 companies", "several values")
        await person.type("pha")
        await person.press("enter")
        person.sees("Phase of 2 companies", "several values", "ctrl+u clears the field")
        await person.press("enter")
        assert person.message == "Nothing was typed: each keeps its value"
        await person.press("e")
        await person.type("pha")
        await person.press("enter")
        await _replace(person, "pilot")
        assert person.message == (
            "Phase of 2 companies is delivered.  u takes it back  Their marks are off"
        )
        assert planhat.company(person, "Acme Aerospace Group")["phase"] == "pilot"
        assert planhat.company(person, "Acme Airways Ltd")["phase"] == "pilot"

    journey(edit, size)


@EITHER
def test_a_custom_field_that_is_only_defined_is_offered_with_its_values(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def add(person: Person) -> None:
        body: dict[str, Json] = {"name": "Tier", "parent": "company", "type": "list"}
        body["listValues"] = ["Up", "Down"]
        planhat.ask(person, lambda api: api.create_custom_field(body, lane=Lane.USER))
        planhat.workspace(person).net.fill(anew=True).result(60)
        await person.find("acme inc")
        await person.press("2", "a")
        await person.type("tie")
        person.sees_line("Tier", "text · 0")
        await person.press("enter")
        person.sees("Tier of Acme Inc", "Up", "Down")
        await person.type("dow")
        await person.press("enter")
        planhat.wait_for_delivery(person)
        assert planhat.company(person, "Acme Inc")["custom"]["Tier"] == "Down"

    journey(add, size, picture=False)


@EITHER
def test_a_number_that_was_changed_shows_how_it_went_and_the_heading_adds_a_field(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await set_field(person, "seats", "60")
        await set_field(person, "seats", "90")
        await person.press("2")
        rows = person.app.explorer.detail.rows
        rows.go_to("custom.Seats")
        await person.press("y")
        person.sees_line("Seats", "90  ", "▇", "number")
        assert person.message == "Copied: 90"
        rows.go_to("#custom")
        await person.press("y")
        assert person.message == "Custom fields is a heading: there is nothing to copy"
        await person.press("enter")
        person.sees("Custom field for Acme Inc")

    journey(edit, size, picture=False)


@EITHER
def test_what_is_typed_is_kept_by_esc_and_over_a_restart_and_f9_drops_it(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def leave(person: Person) -> None:
        await _field(person, "plan")
        await person.press("ctrl+u")
        await person.type("Plat")
        await person.press("escape")
        told = "Nothing was changed.  What you typed is kept: e brings it back"
        assert person.message == told
        assert planhat.not_delivered(person) == ()

    async def go_on(person: Person) -> None:
        await _field(person, "plan")
        person.sees("The draft is here again.  ctrl+s saves it", "F9 drop the draft")
        await person.type("inum")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Inc")["custom"]["Plan"] == "Platinum"
        await _field(person, "plan")
        person.sees_no("The draft is here again")
        await person.type("Silver")
        await person.press("escape")

    async def drop(person: Person) -> None:
        await _field(person, "plan")
        person.sees("Silver", "The draft is here again")
        await person.press("f9")
        person.sees("Platinum", "The draft is dropped: this is how it is now")
        person.sees_no("F9 drop the draft")
        await person.press("escape")
        assert person.message == ""
        await _field(person, "plan")
        person.sees_no("The draft is here again")

    for job in (leave, go_on, drop):
        journey(job, size, picture=False)


def test_what_is_typed_for_many_is_kept_until_their_plan_runs(journey: Journey) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme")
        await person.press("V", "e")
        await person.type("phase")
        await person.press("enter", "ctrl+u")
        await person.type("pilot")
        await person.press("enter", "enter")
        person.sees("Plan: ")
        await person.press("escape", "e")
        await person.type("phase")
        await person.press("enter")
        person.sees("pilot", "The draft is here again")

    journey(edit, SMALL, picture=False)


def test_line_breaks_are_seen_in_the_editor_and_what_is_pasted_says_what_became_of_them(
    journey: Journey,
) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        company_id = person.app.explorer.detail.company_id
        edit = {"custom.Remark": "Gold\nwith care"}
        person.app.explorer.workspace.writes.edit(Kind.COMPANY, (company_id,), edit)
        await _field(person, "remark")
        person.sees("Gold\u240awith care", "A line break is one sign here: \u240a")
        await person.press("end")
        await person.type("!")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Inc")["custom"]["Remark"] == "Gold\nwith care!"
        await _field(person, "remark")
        await person.paste("one\ntwo\n")
        person.sees("one two", "2 lines were pasted as one: a blank stands for each line break")

    journey(edit, SMALL, picture=False)
