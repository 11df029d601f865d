"""Records that come and go: contacts and companies, added, edited, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.tui.flows import NEW_CONTACT
from planhat_tui.tui.widgets.line import Line
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, MEDIUM, SMALL, Journey
from tests.journeys.doing import fill, run_line, set_field, tag
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from tests.journeys.conftest import Person
    from tests.sync.rig import Line as Wire


async def _contacts_of_acme(person: Person) -> None:
    await person.find("acme inc")
    await person.press("3")


def test_tags_and_custom_fields_of_a_contact_stand_under_a_small_list(journey: Journey) -> None:
    async def look(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j")
        person.sees_line("tags", "-")
        await tag(person, "board")
        person.sees_line("tags", "board")
        await set_field(person, "Shoe size", "42")
        person.sees_line("fields", "Shoe size: 42")
        await person.press("j")
        person.sees_no("Shoe size: 42")

    journey(look, (80, 24), picture=False)


@EITHER
def test_the_line_knows_the_company_and_the_contact_under_the_cursor_as_the_keys_do(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def work(person: Person) -> None:
        await _contacts_of_acme(person)
        await run_line(person, "contact create Kim phone=+46707654321")
        assert planhat.contacts(person, "Acme Inc")["Kim"]["companyName"] == "Acme Inc"
        await person.press("space", "space")
        person.sees("2 marked")
        here = person.app.explorer.contacts.current
        assert here is not None
        await run_line(person, "call log --talk 10m")
        (logged,) = person.app.explorer.workspace.reads.calls()
        assert logged.contact_id == here.id

    journey(work, size, picture=False)


@BOTH
def test_a_contact_is_added_with_the_form(journey: Journey, size: tuple[int, int]) -> None:
    async def add(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("a")
        person.sees("A new contact at Acme Inc", "name", "position", "phone", "e-mail")
        assert person.focus == "line-name"
        await person.type("Kim")
        await person.press("tab")
        assert person.focus == "line-position"
        await person.type("CEO")
        await person.press("enter")
        assert person.focus == "line-phone"
        await person.press("ctrl+s")
        assert person.message == "New contact Kim is delivered.  u takes it back"
        assert person.focus == "contact-rows"
        person.sees("Kim", "CEO", "Contacts 6")
        person.sees_line("▸", "Kim", "CEO")
        made = planhat.contacts(person, "Acme Inc")["Kim"]
        assert (made["position"], made["companyName"]) == ("CEO", "Acme Inc")

    journey(add, size)


@EITHER
def test_the_next_key_is_about_the_contact_that_was_just_added(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def add(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("j", "a")
        await person.type("Zoe Zimmer\x13")
        assert person.message == "New contact Zoe Zimmer is delivered.  u takes it back"
        person.sees_line("▸", "Zoe Zimmer")
        await person.press("t")
        person.sees("Tags of Zoe Zimmer")
        await person.press("escape", "k", "a")
        await person.type("Abel\x13")
        await person.press("D")
        person.sees("Delete Abel")

    journey(add, size, picture=False)


def test_a_contact_goes_to_a_company_that_is_found_by_its_name_and_to_no_other(
    journey: Journey,
) -> None:
    async def move(person: Person) -> None:
        await _contacts_of_acme(person)
        shown = person.app.explorer.contacts.rows.current
        assert shown is not None
        await person.press("e")
        await person.type("company id")
        person.sees_no("Company name", "Created")
        await person.press("enter")
        person.sees("Company id of", "Acme Inc", "as company")
        await person.press("ctrl+u")
        await person.type("no such firm")
        await person.press("ctrl+s")
        person.sees("No company is called no such firm.  Type a piece of a name.")
        await person.press("ctrl+u")
        await person.type("acme airw")
        person.sees("Acme Airways Ltd")
        await person.press("enter")
        person.sees("delivered")
        moved = [
            one
            for one in planhat.contacts(person, "Acme Airways Ltd").values()
            if one["_id"] == shown.id
        ]
        assert [one["companyName"] for one in moved] == ["Acme Airways Ltd"]
        await person.press("u", "ctrl+s")
        assert shown.id in {one["_id"] for one in planhat.contacts(person, "Acme Inc").values()}

    journey(move, SMALL, picture=False)


@EITHER
def test_what_was_typed_is_kept_when_the_form_is_closed(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def come_back(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("a")
        person.sees("esc close, draft kept")
        await person.type("Kim")
        await person.press("tab", "C", "E", "O", "escape")
        person.sees_no("A new contact at")
        assert person.focus == "contact-rows"
        assert planhat.not_delivered(person) == ()
        await person.press("a")
        person.sees("Kim", "CEO", "The draft is here again.  ctrl+s saves it")
        await person.press("ctrl+s", "a")
        assert person.app.focused is not None
        assert person.focus == "line-name"
        person.sees("A new contact at Acme Inc")
        form = person.app.screen
        assert [line.value for line in form.query(Line)] == [""] * 5

    journey(come_back, size)


@EITHER
def test_what_was_typed_of_a_new_contact_is_dropped(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def drop(person: Person) -> None:
        drafts = planhat.workspace(person).drafts
        await _contacts_of_acme(person)
        await person.press("a", "f9")
        person.sees("Nothing is typed here yet")
        await person.type("Kim")
        await person.press("escape", "a")
        person.sees("Kim", "The draft is here again", "F9 drop the draft")
        await person.press("f9")
        person.sees("A new contact at Acme Inc", "The draft is dropped")
        person.sees_no("Kim", "F9 drop the draft")
        assert drafts.keys(NEW_CONTACT) == ()
        await person.press("escape", "a")
        person.sees_no("The draft is here again")
        await person.press("K", "backspace")
        assert drafts.keys(NEW_CONTACT) == ()

    journey(drop, size, picture=False)


@EITHER
def test_a_draft_belongs_to_its_company(journey: Journey, size: tuple[int, int]) -> None:
    async def elsewhere(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("a", "K", "i", "m", "escape")
        await person.find("acme mot")
        await person.press("3", "a")
        person.sees("A new contact at Acme Motors BV")
        person.sees_no("Kim")

    journey(elsewhere, size, picture=False)


@EITHER
def test_a_draft_follows_its_company_when_that_is_delivered(
    journey: Journey, line: Wire, size: tuple[int, int]
) -> None:
    async def come_back(person: Person) -> None:
        line.cut = True
        await person.press("a")
        await fill(person, name="Zebra")
        await person.press("ctrl+s")
        await person.find("zebra")
        await person.press("3", "a", "K", "i", "m")
        line.calm()
        planhat.wait_for_delivery(person)
        await person.press("escape", "a")
        person.sees("Kim", "The draft is here again.  ctrl+s saves it")

    async def add(person: Person) -> None:
        told = "A new contact at Zebra isn't saved: the draft is kept.  3 and a open it"
        assert person.message == told
        await person.press("a", "ctrl+s")
        assert "Kim" in planhat.contacts(person, "Zebra")
        await person.press("a")
        person.sees("A new contact at Zebra")
        person.sees_no("The draft is here again")

    for job in (come_back, add):
        journey(job, size, picture=False)


@EITHER
def test_a_contact_without_a_name_is_refused_at_the_field(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def add(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("a", "tab", "C", "E", "O", "ctrl+s")
        person.sees("A new contact at Acme Inc", "A contact needs a name, an e-mail or a phone.")
        assert person.focus == "line-name"
        assert planhat.not_delivered(person) == ()
        await person.press("K", "i")
        person.sees_no("A contact needs a name")

    journey(add, size)


@BOTH
def test_enter_opens_the_fields_of_a_contact(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("j", "enter")
        person.sees("Field of Bo Larsson")
        await person.press("p", "h", "o", "enter", "ctrl+u")
        await person.type("+46 8 1")
        await person.press("ctrl+s")
        assert person.message == "Phone of Bo Larsson is delivered.  u takes it back"
        person.sees("+46 8 1")
        assert planhat.contacts(person, "Acme Inc")["Bo Larsson"]["phone"] == "+46 8 1"

    journey(edit, size)


@BOTH
def test_a_contact_is_deleted_after_a_word(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def delete(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("j", "D")
        person.sees("Delete Bo Larsson", "Undo makes it again with a new id", "Type delete")
        assert person.focus == "confirm-line"
        watch.wait(seconds=1)
        await person.press("enter")
        person.sees("Not done: that isn't delete.  esc leaves everything as it is")
        await person.type("yes")
        await person.press("enter")
        person.sees("Not done: that isn't delete.")
        assert "Bo Larsson" in planhat.contacts(person, "Acme Inc")
        await person.press("ctrl+u")
        await person.type("delete")
        await person.press("enter")
        assert person.message == "Deletion of Bo Larsson is delivered.  u takes it back"
        assert person.focus == "contact-rows"
        person.sees("Contacts 4")
        assert "Bo Larsson" not in planhat.contacts(person, "Acme Inc")

    journey(delete, size, clock=watch.clock)


@EITHER
def test_keys_of_the_first_300_ms_confirm_nothing(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def delete(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("j", "D")
        watch.wait(seconds=0.29)
        await person.press(*"delete", "enter")
        person.sees("Delete Bo Larsson", "Type delete")
        person.sees_no("Not done")
        watch.wait(seconds=0.02)
        await person.press(*"delete", "enter")
        assert person.message == "Deletion of Bo Larsson is delivered.  u takes it back"

    journey(delete, size, picture=False, clock=watch.clock)


@EITHER
def test_esc_leaves_a_contact_as_it_is(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def delete(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("j", "D")
        watch.wait(seconds=1)
        await person.press(*"delete", "escape")
        assert person.focus == "contact-rows"
        assert planhat.not_delivered(person) == ()
        assert "Bo Larsson" in planhat.contacts(person, "Acme Inc")

    journey(delete, size, clock=watch.clock)


@EITHER
def test_marked_contacts_are_deleted_together(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def delete(person: Person) -> None:
        await _contacts_of_acme(person)
        await person.press("j", "space", "space", "D")
        person.sees("Delete 2 contacts in demo?", "Type delete 2 and Enter")
        watch.wait(seconds=1)
        await person.type("delete 2")
        await person.press("enter")
        assert person.message == "Deletion of 2 contacts is delivered.  u takes it back"
        person.sees("Contacts 3")
        left = set(planhat.contacts(person, "Acme Inc"))
        assert left == {"Ines D'Angelo", "Maja Quist", "Xenia Zetterlund"}
        assert not person.app.explorer.contacts.rows.marks

    journey(delete, size, picture=False, clock=watch.clock)


@BOTH
def test_a_company_is_added_with_the_form(journey: Journey, size: tuple[int, int]) -> None:
    async def add(person: Person) -> None:
        await person.press("a")
        person.sees("A new company", "phase", "owner")
        await person.press("ctrl+s")
        person.sees("A company needs Name.  Give it a value.")
        assert person.focus == "line-name"
        await person.type("Zebra")
        await person.press("tab", "tab", "tab", "tab")
        assert person.focus == "line-owner"
        await person.type("nobody")
        await person.press("ctrl+s")
        person.sees("Nobody is called nobody.  Type another piece of the name.")
        assert person.focus == "line-owner"
        await person.press("ctrl+u")
        await person.type("diego")
        await person.press("ctrl+s")
        assert person.message == "New company Zebra is delivered.  u takes it back"
        await person.find("zebra")
        person.sees("Zebra")
        assert planhat.company(person, "Zebra")["owner"] == "c6a147c4a87ac91c4704244c"

    journey(add, size)


@EITHER
def test_a_company_is_deleted_after_a_word(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def delete(person: Person) -> None:
        await person.find("acme inc")
        await person.press("D")
        person.sees("Delete Acme Inc", "Its contacts go with it.")
        watch.wait(seconds=1)
        await person.press(*"delete", "enter")
        assert person.message == "Deletion of Acme Inc is delivered.  u takes it back"
        assert person.focus == "company-rows"
        person.sees("2 of 1,199")
        assert "Acme Inc" not in planhat.names(person)
        assert len(planhat.names(person)) == 1199

    journey(delete, size, clock=watch.clock)


@EITHER
def test_an_e_mail_that_somebody_has_is_told_before_a_second_contact_is_made(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def add(person: Person) -> None:
        await _contacts_of_acme(person)
        first = person.app.explorer.contacts.current
        assert first is not None
        await person.press("a")
        await fill(person, name="Kim", email=first.email)
        await person.press("ctrl+s")
        person.reads("has the e-mail", "already.  ctrl+s makes another one")
        assert planhat.not_delivered(person) == ()
        watch.wait(seconds=1)
        await person.press("ctrl+s")
        assert person.message == "New contact Kim is delivered.  u takes it back"

    journey(add, size, picture=False, clock=watch.clock)


@pytest.mark.parametrize("kind", ["company", "contact"])
def test_a_held_ctrl_s_makes_one_record(journey: Journey, kind: str) -> None:
    async def add(person: Person) -> None:
        if kind == "contact":
            await _contacts_of_acme(person)
        await person.press("a")
        await person.type("Zzyx Once")
        await person.hold("ctrl+s")
        assert person.message == f"New {kind} Zzyx Once is delivered.  u takes it back"
        made = [one for one in planhat.workspace(person).reads.journal(20) if "Zzyx" in one.title]
        assert len(made) == 1
        await person.press("slash")
        assert person.focus == "search"

    journey(add, SMALL, picture=False)


def test_a_held_ctrl_s_makes_no_contact_with_an_e_mail_that_somebody_has(
    journey: Journey,
) -> None:
    async def add(person: Person) -> None:
        await _contacts_of_acme(person)
        first = person.app.explorer.contacts.current
        assert first is not None
        await person.press("a")
        await fill(person, name="Kim", email=first.email)
        await person.hold("ctrl+s")
        person.reads("has the e-mail", "already.  ctrl+s makes another one")
        assert planhat.not_delivered(person) == ()

    journey(add, SMALL, picture=False)


def test_y_copies_the_e_mails_of_all_marked(journey: Journey) -> None:
    async def copy(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "y")
        current = person.app.explorer.contacts.current
        assert current is not None
        assert person.app.clipboard == current.email
        await person.press("space", "space", "y")
        assert person.app.clipboard.count("\n") == 1
        assert person.app.clipboard.startswith(f"{current.email}\n")
        assert person.message == "Copied: 2 e-mails or phones"

    journey(copy, SMALL, picture=False)


def lit(person: Person) -> list[str]:
    """Return the letters that are set apart in the contacts, from above."""
    rows = person.app.explorer.contacts.rows
    lines = rows.lines(range(1, rows.size.height))
    return [one.text for line in lines for one in line if one.style and one.style.underline]


def test_what_was_looked_for_is_lit_in_the_contacts_too(journey: Journey) -> None:
    async def look(person: Person) -> None:
        await person.find("d'angelo atlas")
        person.sees_line("3 Contacts 9")
        assert lit(person) == ["D'Angelo", "D'Angelo"]
        await person.find("d'angelo atlas 302430134")
        person.sees_line("Diego D'Angelo", "+49302430134")
        assert lit(person) == ["D'Angelo", "302430134", "D'Angelo"]
        await person.find("atlas farms sa")
        assert lit(person) == []

    journey(look, MEDIUM, picture=False)
