"""Undo: what isn't delivered is dropped at once, what is delivered shows first what goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry
from planhat_tui.model.records import Kind
from planhat_tui.tui.sure import HELD
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, SMALL, Journey
from tests.journeys.doing import set_field, tag
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from tests.journeys.conftest import Person
    from tests.sync.rig import Line

BACK = "Tags of Acme Inc are taken back: they were not delivered yet."


async def _delete(person: Person, watch: Watch) -> None:
    """Delete what has the cursor."""
    await person.press("D")
    watch.wait(seconds=1)
    await person.press(*"delete", "enter")


@EITHER
def test_where_nothing_was_done_undo_says_so(journey: Journey, size: tuple[int, int]) -> None:
    async def undo(person: Person) -> None:
        await person.press("u")
        assert person.message == "There is nothing to take back."
        assert person.focus == "company-rows"

    journey(undo, size, picture=False)


@BOTH
def test_an_edit_that_isnt_delivered_is_dropped_at_once(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def undo(person: Person) -> None:
        await person.find("acme inc")
        before = planhat.company(person, "Acme Inc")
        line.cut = True
        await set_field(person, "pha", "pilot")
        assert person.message == "Phase of Acme Inc is queued.  u takes it back"
        person.sees("pilot", "● 1 queued", "offline")
        await person.press("u")
        told = "Phase of Acme Inc is taken back: it was not delivered yet."
        assert person.message == told
        assert person.focus == "company-rows"
        person.sees_no("pilot", "queued")
        assert planhat.not_delivered(person) == ()
        line.calm()
        assert planhat.company(person, "Acme Inc") == before
        assert not line.count("PUT *")

    journey(undo, size)


@EITHER
def test_only_the_last_of_two_edits_is_dropped(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def undo(person: Person) -> None:
        await person.find("acme inc")
        line.cut = True
        await tag(person, "first")
        await tag(person, "second")
        person.sees("● 2 queued")
        await person.hold("u")
        assert person.message in {HELD, BACK}  # whichever is said last
        person.sees("● 1 queued")
        watch.wait(seconds=1)
        await person.press("U")
        person.sees("● 2 queued")
        await person.press("u")
        assert person.message == BACK
        person.sees("● 1 queued")
        await person.press("2")
        person.sees("bêta · first")
        person.sees_no("second")
        watch.wait(seconds=1)
        await person.press("u")
        watch.wait(seconds=1)
        await person.press("u")
        assert person.message == "There is nothing to take back."
        person.sees_no("bêta · first", "queued")

    journey(undo, size, clock=watch.clock)


@EITHER
def test_a_delivered_edit_shows_what_goes_back_and_ctrl_s_does_it(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await set_field(person, "pha", "pilot")
        assert person.message == "Phase of Acme Inc is delivered.  u takes it back"
        await person.press("u")
        person.sees("Undo", "NOW", "GOES BACK TO", "Acme Inc", "Phase", "pilot")
        person.sees("ctrl+s take it back  esc leave all as it is")
        assert person.focus == "undo-rows"
        assert planhat.company(person, "Acme Inc")["phase"] == "pilot"
        await person.press("ctrl+s")
        assert person.message == "Phase of Acme Inc is back as it was."
        assert person.focus == "company-rows"
        person.sees_no("GOES BACK TO", "pilot")
        assert planhat.company(person, "Acme Inc")["phase"] != "pilot"
        watch.wait(seconds=1)
        await person.press("u")
        assert person.message == "There is nothing to take back."

    journey(undo, size, picture=False, clock=watch.clock)


@BOTH
def test_what_goes_back_is_shown_first(journey: Journey, size: tuple[int, int]) -> None:
    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await set_field(person, "pha", "pilot")
        await person.press("u")
        person.sees("pilot", "GOES BACK TO")

    journey(undo, size)


@EITHER
def test_esc_takes_nothing_back(journey: Journey, size: tuple[int, int]) -> None:
    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await set_field(person, "pha", "pilot")
        await person.press("u", "enter")
        person.sees("GOES BACK TO")
        await person.press("escape")
        person.sees_no("GOES BACK TO")
        assert person.focus == "company-rows"
        assert planhat.not_delivered(person) == ()
        assert planhat.company(person, "Acme Inc")["phase"] == "pilot"

    journey(undo, size, picture=False)


@EITHER
def test_tags_go_back_and_those_of_others_stay(journey: Journey, size: tuple[int, int]) -> None:
    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t")
        await person.type("bêta\nmine")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Inc")["tags"] == ["mine"]
        planhat.change(person, "Acme Inc", tags=["mine", "theirs"])
        await person.press("2", "r")
        await person.press("u")
        person.sees("Tags", "mine, theirs", "+bêta -mine")
        await person.press("ctrl+s")
        assert person.message == "Tags of Acme Inc are back as they were."
        assert set(planhat.company(person, "Acme Inc")["tags"]) == {"bêta", "theirs"}

    journey(undo, size)


@EITHER
def test_tags_of_several_go_back_as_one_step(journey: Journey, size: tuple[int, int]) -> None:
    async def undo(person: Person) -> None:
        await person.find("acme travel")
        await person.press("V")
        await tag(person, "offsite")
        await person.press("u")
        person.sees("Acme Travel Ltd", "Acme Travel LLC", "-offsite", "2 records at Planhat.")
        await person.press("ctrl+s")
        back = [
            f"Tags of {name} are back as they were."
            for name in ("Acme Travel LLC", "Acme Travel Ltd")
        ]
        assert sorted(person.message.split("  ")) == back
        for name in ("Acme Travel Ltd", "Acme Travel LLC"):
            assert "offsite" not in planhat.company(person, name)["tags"]

    journey(undo, size, picture=False)


@EITHER
def test_a_custom_field_goes_back_by_its_key(journey: Journey, size: tuple[int, int]) -> None:
    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2", "a")
        await person.type("Shelf")
        await person.press("enter")
        await person.type("B7")
        await person.press("enter")
        assert planhat.company(person, "Acme Inc")["custom"]["Shelf"] == "B7"
        await person.press("u")
        person.sees("Shelf", "B7", "GOES BACK TO")
        await person.press("ctrl+s")
        assert person.message == "Shelf of Acme Inc is back as it was."
        assert "Shelf" not in planhat.company(person, "Acme Inc")["custom"]
        person.sees_no("B7")
        assert person.focus == "field-rows"

    journey(undo, size)


@EITHER
def test_a_field_that_somebody_changed_since_stays(journey: Journey, size: tuple[int, int]) -> None:
    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await set_field(person, "pha", "pilot")
        planhat.change(person, "Acme Inc", phase="theirs")
        await person.press("2", "r", "u")
        assert person.message == (
            "Phase of Acme Inc was changed since and stays.  Nothing was taken back."
        )
        person.sees("theirs")
        assert planhat.company(person, "Acme Inc")["phase"] == "theirs"

    journey(undo, size)


@EITHER
def test_what_somebody_changes_while_one_looks_is_left_as_it_is(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await set_field(person, "pha", "pilot")
        await person.press("u")
        planhat.change(person, "Acme Inc", phase="theirs")
        watch.wait(minutes=1)
        await person.press("ctrl+s")
        person.sees("theirs", "Left out: somebody else has changed Phase since.")
        person.sees_no("conflict", "goes back")
        assert planhat.company(person, "Acme Inc")["phase"] == "theirs"

    journey(undo, size, clock=watch.clock)


@EITHER
def test_a_contact_that_was_made_is_deleted_after_the_word(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "a")
        await person.type("Kim")
        await person.press("ctrl+s")
        assert "Kim" in planhat.contacts(person, "Acme Inc")
        await person.press("u")
        person.sees("Undo", "contact Kim: at Planhat → deleted", "Type delete")
        assert person.focus == "confirm-line"
        watch.wait(seconds=1)
        await person.press("enter")
        person.sees("Not done: that isn't delete.")
        await person.press("ctrl+s")
        person.sees_on_top("The word is needed here: type delete and Enter")
        assert "Kim" in planhat.contacts(person, "Acme Inc")
        await person.type("delete")
        await person.press("enter")
        assert person.message == "Kim is deleted."
        assert person.focus == "contact-rows"
        person.sees("Contacts 5")
        assert "Kim" not in planhat.contacts(person, "Acme Inc")

    journey(undo, size, clock=watch.clock)


@EITHER
def test_a_contact_that_waits_to_be_made_is_dropped_without_a_word(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3")
        line.cut = True
        await person.press("a")
        await person.type("Kim")
        await person.press("ctrl+s")
        person.sees("Contacts 6", "● 1 queued")
        await person.press("u")
        assert person.message == "Making Kim is taken back: it was not delivered yet."
        person.sees("Contacts 5")
        assert person.focus == "contact-rows"

    journey(undo, size, picture=False)


@EITHER
def test_a_contact_that_was_deleted_is_made_again_with_a_new_id(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j")
        before = planhat.contacts(person, "Acme Inc")["Bo Larsson"]
        await _delete(person, watch)
        assert "Bo Larsson" not in planhat.contacts(person, "Acme Inc")
        await person.press("u")
        person.sees("Bo Larsson", "contact", "deleted", "made again, new id")
        person.sees("What can't come back: its id and the values that Planhat sets.")
        await person.press("ctrl+s")
        assert person.message.startswith("Bo Larsson is made again with a new id")
        person.sees("Contacts 5", "Bo Larsson")
        after = planhat.contacts(person, "Acme Inc")["Bo Larsson"]
        assert after["_id"] != before["_id"]
        for name in ("phone", "email", "position", "tags", "companyId"):
            assert after.get(name) == before.get(name)

    journey(undo, size, clock=watch.clock)


@EITHER
def test_a_company_that_was_deleted_says_what_cant_come_back(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await _delete(person, watch)
        await person.press("u")
        person.sees("made again, new id", "What can't come back: its id", "and its")

    journey(undo, size, clock=watch.clock)


@EITHER
def test_a_deletion_that_isnt_delivered_is_dropped(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j")
        line.cut = True
        await _delete(person, watch)
        person.sees_line("▸ ●", "Bo Larsson")
        await person.press("u")
        assert person.message == "Deleting Bo Larsson is taken back: it was not delivered yet."
        person.sees("Contacts 5", "Bo Larsson")
        person.sees_no("●")

    journey(undo, size, picture=False, clock=watch.clock)


@EITHER
def test_a_logged_call_is_taken_back_with_its_note(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j", "C", "9")
        person.app.explorer.calls.form.boxes["note"].line.focus()
        await person.type("wants Gold")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Inc")["custom"]["Last call note"] == "wants Gold"
        await person.press("u")
        who = person.app.explorer.contacts.current
        assert who is not None
        person.reads(
            f"call to +46 70 4132452 ({who.name}) of 2026-03-02 09:51, talk 9:00",
            ": at Planhat → deleted",
        )
        person.sees("Last call note", "Type delete")
        watch.wait(seconds=1)
        await person.press(*"delete", "enter")
        person.sees("No calls with Acme Inc logged here yet")
        note, call = person.message.split("  ")
        assert note == "Last call note of Acme Inc is back as it was."
        assert call == "The call to +46 70 4132452 is deleted."
        assert "Last call note" not in planhat.company(person, "Acme Inc")["custom"]

    journey(undo, size, clock=watch.clock)


@EITHER
def test_undo_goes_on_after_a_restart(journey: Journey, size: tuple[int, int]) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await set_field(person, "pha", "pilot")

    async def undo(person: Person) -> None:
        await person.press("u")
        person.sees("Acme Inc", "pilot", "GOES BACK TO")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Inc")["phase"] != "pilot"

    journey(edit, size, picture=False)
    journey(undo, size, picture=False)


@EITHER
def test_what_undo_took_back_is_done_again(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def redo(person: Person) -> None:
        await person.find("acme inc")
        await person.press("U")
        assert person.message == "There is nothing to do again."
        line.cut = True
        await set_field(person, "pha", "pilot")
        await person.press("u", "U")
        assert person.message == "Phase of Acme Inc is queued again."
        person.sees("pilot", "● 1 queued")
        line.calm()
        await person.press("o", "ctrl+s", "escape")
        assert planhat.company(person, "Acme Inc")["phase"] == "pilot"
        await person.press("u", "ctrl+s")
        await person.press("U")
        person.sees("Redo", "NOW", "BECOMES", "pilot", "ctrl+s do it again")
        await person.press("ctrl+s")
        assert person.message == "Phase of Acme Inc is set again."
        assert planhat.company(person, "Acme Inc")["phase"] == "pilot"

    journey(redo, size, picture=False)


@EITHER
def test_the_values_that_undo_shows_are_read_just_before(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def undo(person: Person) -> None:
        await person.find("acme inc")
        await set_field(person, "pha", "pilot")
        planhat.change(person, "Acme Inc", phase="theirs")
        watch.wait(minutes=1)
        await person.press("u")
        assert person.message == (
            "Phase of Acme Inc was changed since and stays.  Nothing was taken back."
        )

    journey(undo, size, picture=False, clock=watch.clock)


@BOTH
def test_the_journal_lists_what_was_done_and_shows_what_taking_it_back_does(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await person.find("acme inc")
        await set_field(person, "pha", "pilot")
        await set_field(person, "city", "Lund")
        await person.press("J")
        person.sees("Changed from here", "RECORD", "EDIT")
        person.sees_line("Acme Inc", "Lund")
        await person.press("j", "u")
        person.sees("Undo", "pilot")
        await person.press("ctrl+s")
        assert person.message == "Phase of Acme Inc is back as it was."
        assert planhat.company(person, "Acme Inc")["phase"] != "pilot"
        await person.press("J")
        person.sees_line("Acme Inc", "pilot", "taken back")
        assert person.focus == "journal-rows"

    journey(look, size)


@EITHER
def test_a_held_u_in_the_journal_takes_back_one_edit(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def undo(person: Person) -> None:
        await person.find("acme inc")
        line.cut = True
        await set_field(person, "pha", "pilot")
        await set_field(person, "city", "Lund")
        await person.press("J")
        await person.hold("u")
        back = "City of Acme Inc is taken back: it was not delivered yet."
        assert person.message in {HELD, back}  # whichever is said last
        (left,) = planhat.not_delivered(person)
        assert [change.field for change in left.changes] == ["phase"]

    journey(undo, size, picture=False)


@EITHER
def test_a_step_is_taken_back_from_the_journal_as_a_whole(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        workspace = person.app.explorer.workspace
        ids = workspace.reads.company_ids("acme", 4)
        workspace.writes.tag(Kind.COMPANY, ids, ["q9"])
        await person.find("acme inc")
        await set_field(person, "city", "Lund")
        await person.press("J", "j")
        person.sees("One of 4 of its step.")
        await person.press("s")
        assert workspace.reads.companies("tag:q9").total == 4  # it is shown first
        person.sees("Undo")
        await person.press("ctrl+s")
        assert workspace.reads.companies("tag:q9").total == 0
        assert planhat.company(person, "Acme Inc")["city"] == "Lund"
        await person.press("J", "j", "s")
        person.sees("Nothing stands of its step")

    journey(look, size, picture=False)


def test_the_journal_goes_on_beyond_what_is_read_at_once(journey: Journey) -> None:
    async def look(person: Person) -> None:
        store = person.app.explorer.workspace._store
        city = Change("city", None, "Lund")
        edits = [
            NewEntry(Kind.COMPANY, Action.UPDATE, f"c{n}", f"Company {n}", (city,), step="s")
            for n in range(700)
        ]
        with store.at_once():
            store.outbox.add(*edits)
            store.steps.hold("s")
        await person.press("J")
        person.sees("Company 699")
        await person.press("G")
        person.sees_line("Company 0 ")
        person.sees("One of 700 of its step.")

    journey(look, SMALL, picture=False)
