"""Tags: added, completed, removed, on one record and on several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, SMALL, Journey
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from tests.journeys.conftest import Person


@BOTH
def test_a_tag_is_completed_from_the_tags_of_the_tenant(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t")
        person.sees("Tags of Acme Inc", "bêta")
        assert person.focus == "pick-line"
        await person.type("q2")
        person.sees("q2-renewal", "new tag")
        await person.press("enter")
        person.sees("+q2-renewal")
        await person.press("ctrl+s")
        assert person.message == "Tag q2-renewal on Acme Inc is delivered.  u takes it back"
        assert person.focus == "company-rows"
        assert planhat.company(person, "Acme Inc")["tags"] == ["bêta", "q2-renewal"]

    journey(tag, size)


@EITHER
def test_the_arrows_choose_a_known_tag(journey: Journey, size: tuple[int, int]) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t", "down", "down", "enter", "ctrl+s")
        assert person.message == "Tag q2-renewal on Acme Inc is delivered.  u takes it back"
        assert planhat.company(person, "Acme Inc")["tags"] == ["bêta", "q2-renewal"]

    journey(tag, size, picture=False)


@EITHER
def test_a_tag_that_is_there_stays_when_a_list_with_commas_names_it(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t")
        person.sees("empty: save")
        await person.type("bêta, gold, bêta")
        await person.press("enter", "enter")
        assert person.message == "Tag gold on Acme Inc is delivered.  u takes it back"
        assert planhat.company(person, "Acme Inc")["tags"] == ["bêta", "gold"]

    journey(tag, size, picture=False)


@BOTH
def test_new_tags_are_typed_with_commas(journey: Journey, size: tuple[int, int]) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t")
        await person.type("a b,Zürich,")
        person.sees("+a b", "+Zürich")
        await person.type("later")
        await person.press("ctrl+s")
        assert person.message == "3 tags on Acme Inc are delivered.  u takes them back"
        wanted = ["bêta", "a b", "Zürich", "later"]
        assert planhat.company(person, "Acme Inc")["tags"] == wanted
        await person.press("2")
        person.sees("bêta · a b")

    journey(tag, size)


@EITHER
def test_a_tag_without_a_name_is_refused_and_esc_leaves_all_as_it_is(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t")
        await person.type("vip, ,")
        person.sees("+vip", "A tag can't be empty.  Type its name.")
        await person.press("escape")
        person.sees_no("Tags of Acme Inc", "+vip")
        assert person.focus == "company-rows"
        assert planhat.not_delivered(person) == ()
        assert planhat.company(person, "Acme Inc")["tags"] == ["bêta"]

    journey(tag, size, picture=False)


@BOTH
def test_a_tag_is_removed_in_the_editor(journey: Journey, size: tuple[int, int]) -> None:
    async def untag(person: Person) -> None:
        await person.find("robotics ab")
        await person.press("t")
        await person.type("gold")
        await person.press("enter")
        person.sees("-gold")
        await person.type("-partner")
        await person.press("enter")
        person.sees("-partner")
        await person.press("enter")
        assert person.message == "2 tags on Acme Robotics AB are delivered.  u takes them back"
        assert planhat.company(person, "Acme Robotics AB")["tags"] == ["beta-tester"]

    journey(untag, size)


@EITHER
def test_a_piece_of_a_tag_takes_none_off_and_a_list_is_taken_as_it_is_typed(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t")
        await person.type("b\n")
        person.sees_line("+b")
        person.sees_no("-bêta")
        await person.type("gol, silv\n")
        person.sees_line("+gol", "+silv")
        person.sees_no("+silver")
        await person.type("BETA\n")  # its whole name, as one types it
        person.sees_line("-bêta")

    journey(edit, size, picture=False)


@EITHER
def test_x_removes_the_chip_under_the_cursor(journey: Journey, size: tuple[int, int]) -> None:
    async def untag(person: Person) -> None:
        await person.find("acme bio")
        await person.press("enter")
        assert person.focus == "field-rows"
        person.sees("smb · nps-promoter")
        await person.press("l", "l", "x")
        assert person.message == "Tag nps-promoter off Acme Biotech is delivered.  u takes it back"
        person.sees_no("smb · nps-promoter")
        assert planhat.company(person, "Acme Biotech")["tags"] == ["smb"]

    journey(untag, size)


@EITHER
def test_x_where_there_is_no_tag_says_so(journey: Journey, size: tuple[int, int]) -> None:
    async def untag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("enter", "h", "x", "x")
        assert person.message == "x removes a tag or a custom field; this is neither"
        assert planhat.company(person, "Acme Inc")["tags"] == []

    journey(untag, size, picture=False)


@BOTH
def test_marked_companies_are_tagged_together(journey: Journey, size: tuple[int, int]) -> None:
    async def tag(person: Person) -> None:
        await person.press("j", "space", "j", "space")  # the second and the fourth of the list
        await person.find("acme mot")
        await person.press("space")
        person.sees("3 marked, 1 not shown")
        await person.press("t")
        person.sees("Tags of 3 companies", "1 of 3")
        await person.type("offsite")
        await person.press("ctrl+s")
        assert person.message == (
            "Tag offsite on 3 companies is delivered.  u takes it back  Their marks are off"
        )
        person.sees_no("marked")
        for name, tags in {
            "Acme Aerospace Group": ["nps-detractor", "self-service", "offsite"],
            "Acme Biotech": ["smb", "nps-promoter", "offsite"],
            "Acme Motors BV": ["silver", "offsite"],
        }.items():
            assert planhat.company(person, name)["tags"] == tags
        assert "offsite" not in planhat.company(person, "Acme Airways Ltd")["tags"]

    journey(tag, size)


@EITHER
def test_all_that_a_search_finds_are_tagged_together(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme travel")
        await person.press("V", "t")
        await person.type("go,nps-promoter")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Travel Ltd")["tags"] == ["nps-promoter", "go"]
        before = ["nordics", "East Coast", "west-coast", "🔥 hot"]
        after = planhat.company(person, "Acme Travel LLC")["tags"]
        assert after == [*before, "nps-promoter", "go"]

    journey(tag, size, picture=False)


@EITHER
def test_a_list_that_is_pasted_is_so_many_tags(journey: Journey, size: tuple[int, int]) -> None:
    async def paste(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t")
        await person.paste("spring\nsummer\r\nautumn\n")
        person.sees("+spring", "+summer", "autumn")
        await person.press("ctrl+s")
        assert person.message == "3 tags on Acme Inc are delivered.  u takes them back"
        assert {"spring", "summer", "autumn"} <= {*planhat.company(person, "Acme Inc")["tags"]}

    journey(paste, size, picture=False)


@BOTH
def test_a_contact_is_tagged_from_the_tags_of_contacts(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j", "t")
        person.sees("Tags of Bo Larsson", "newsletter")
        person.sees_no("q2-renewal")
        await person.type("news")
        await person.press("tab", "enter", "ctrl+s")
        assert person.message == "Tag newsletter on Bo Larsson is delivered.  u takes it back"
        assert person.focus == "contact-rows"
        assert planhat.contacts(person, "Acme Inc")["Bo Larsson"]["tags"] == ["newsletter"]

    journey(tag, size)


@EITHER
def test_several_contacts_are_tagged_together(journey: Journey, size: tuple[int, int]) -> None:
    async def tag(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "V", "t")
        person.sees("Tags of 5 contacts")
        await person.type("speaker,-technical,")
        person.sees("-technical")
        await person.press("ctrl+s")
        tags = {name: one["tags"] for name, one in planhat.contacts(person, "Acme Inc").items()}
        assert tags.pop("Xenia Zetterlund") == ["decision maker", "speaker"]
        assert list(tags.values()) == [["speaker"]] * 4

    journey(tag, size)


@EITHER
def test_tags_that_arent_saved_are_kept_by_esc_and_over_a_restart(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def leave(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t")
        await person.type("vip,b\u00eata\n")
        await person.press("minus")
        await person.type("b\u00eata\nhalf a t")
        await person.press("escape")
        told = "Nothing was changed.  What you typed is kept: t brings it back"
        assert person.message == told

    async def go_on(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t")
        person.sees("+vip", "-b\u00eata", "half a t", "The draft is here again.  ctrl+s saves it")
        person.reads("Typing replaces half a t, end goes on with it")
        await person.press("end")
        await person.type("ag")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Inc")["tags"] == ["vip", "half a tag"]
        await person.press("t")
        person.sees_no("The draft is here again")
        await person.type("sil")
        await person.press("escape", "t")
        await person.type("gold")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Inc")["tags"] == ["vip", "half a tag", "gold"]

    for job in (leave, go_on):
        journey(job, size, picture=False)


def test_a_held_x_removes_one_tag(journey: Journey) -> None:
    watch = Watch()

    async def untag(person: Person) -> None:
        await person.find("acme bio")
        await person.press("enter")
        person.sees("smb · nps-promoter")
        await person.press("l")
        await person.hold("x")
        assert planhat.company(person, "Acme Biotech")["tags"] == ["nps-promoter"]
        watch.wait(seconds=1)
        await person.press("x")
        assert planhat.company(person, "Acme Biotech")["tags"] == []

    journey(untag, SMALL, picture=False, clock=watch.clock)


def test_a_held_ctrl_s_in_the_tag_editor_of_many_runs_no_plan_unseen(journey: Journey) -> None:
    watch = Watch()

    async def tag(person: Person) -> None:
        await person.find("acme")
        await person.press("V", "t")
        await person.type("held")
        await person.hold("ctrl+s")
        person.sees("Plan: tag +held", "That key was pressed just now")
        assert planhat.not_delivered(person) == ()
        watch.wait(seconds=1)
        await person.press("ctrl+s")
        await person.until("delivered")

    journey(tag, SMALL, picture=False, clock=watch.clock)


@pytest.mark.parametrize("size", [SMALL, (60, 20)], ids=["80x24", "60x20"])
def test_what_changes_is_seen_however_many_tags_there_are(
    journey: Journey, size: tuple[int, int]
) -> None:
    many = [f"segment-{n:03}-north" for n in range(90)]

    async def tag(person: Person) -> None:
        planhat.change(person, "Acme Inc", tags=[*many])
        await person.find("acme inc")
        await person.press("2", "r", "1", "t")
        person.sees("segment-000-north   segment-001-north")
        await person.type("zzz-new\n")
        await person.type("-segment-089-north\n")
        person.sees_line("+zzz-new   -segment-089-north")
        person.sees_line("segment-0", "-north   … ", " more")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Inc")["tags"] == [*many[:-1], "zzz-new"]

    journey(tag, size, picture=False)
