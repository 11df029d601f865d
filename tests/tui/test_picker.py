from __future__ import annotations

from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.text import fold
from planhat_tui.tui.widgets.picker import MOST, Choice, Picker, matching
from tests.tui.records import HARMLESS, HOSTILE
from tests.tui.stage import Stage
from tests.tui.texts import TEXTS

FIELDS = (
    Choice("phase", "Phase", "onboarding"),
    Choice("owner", "Owner", "Anna Lind"),
    Choice("coOwner", "Co-owner"),
    Choice("renewalDate", "Renewal"),
    Choice("lastRenewal", "Last renewal"),
)


def labels(text: str) -> list[str]:
    return [choice.label for choice in matching(FIELDS, text)]


def test_without_words_all_are_offered_as_they_stand() -> None:
    assert matching(FIELDS, "") == list(FIELDS)
    assert matching(FIELDS, "  ") == list(FIELDS)


def test_what_begins_with_the_words_stands_first() -> None:
    assert labels("ren") == ["Renewal", "Last renewal"]
    assert labels("OWNER") == ["Owner", "Co-owner"]
    assert labels("last ren") == ["Last renewal"]
    assert labels("renewal last") == ["Last renewal"]
    assert labels("nothing") == []


def test_what_is_meant_exactly_stands_before_what_begins_so() -> None:
    choices = [Choice("1", "golden"), Choice("2", "old gold"), Choice("3", "Gold")]
    assert [choice.value for choice in matching(choices, "gold")] == ["3", "1", "2"]


def test_other_words_for_it_find_it_too_and_what_is_called_so_stands_first() -> None:
    mail = Choice("email", "E-mail", also=("email", "mail", "emailaddress"))
    title = Choice("position", "Position", also=("position", "title"))
    own = [Choice("custom.Mail", "Mail"), Choice("custom.email", "email")]
    for typed in ("email", "E-Mail", "e mail"):
        assert matching([mail, title, *own], typed)[0] == mail
    assert matching([mail, title, *own], "mail") == [own[0], mail, own[1]]
    assert matching([mail, title, *own], "tit") == [title]
    assert matching([mail, title, *own], "-") == [mail]


CHOICES = st.lists(TEXTS.map(lambda text: Choice(text, text)), max_size=8)


@given(CHOICES, TEXTS)
def test_every_match_holds_every_word_and_none_is_left_out(
    choices: list[Choice], text: str
) -> None:
    words = fold(text).split()
    found = matching(choices, text)
    fitting = [c for c in choices if all(word in fold(c.label) for word in words)]
    assert sorted(found, key=choices.index) == sorted(fitting, key=choices.index)


class Picking:
    """A picker on a stage."""

    def __init__(self, picker: Picker) -> None:
        self.picker = picker
        self.app = Stage(picker)

    @property
    def here(self) -> str:
        return self.picker.current.label if self.picker.current is not None else ""

    @property
    def picked(self) -> list[tuple[str, str]]:
        messages = cast("list[Picker.Picked]", self.app.all_heard(Picker.Picked))
        return [(m.choice.value if m.choice is not None else "", m.text) for m in messages]


async def test_a_piece_is_typed_and_enter_picks() -> None:
    one = Picking(Picker(FIELDS))
    async with one.app.run_test() as pilot:
        one.picker.line.focus()
        await pilot.press("r", "e", "n", "enter")
        await pilot.pause()
        assert one.picked == [("renewalDate", "ren")]
        typed = cast("list[Picker.Typed]", one.app.all_heard(Picker.Typed))
        assert [message.text for message in typed] == ["r", "re", "ren"]


async def test_arrows_move_and_what_is_typed_begins_anew() -> None:
    one = Picking(Picker(FIELDS))
    async with one.app.run_test() as pilot:
        one.picker.line.focus()
        assert one.here == "Phase"
        await pilot.press("down", "ctrl+n")
        assert one.here == "Co-owner"
        await pilot.press("up", "enter")
        await pilot.pause()
        assert one.picked == [("owner", "")]
        await pilot.press("r")
        await pilot.pause()
        assert one.here == "Renewal"


async def test_where_nothing_matches_the_text_itself_is_answered() -> None:
    one = Picking(Picker(FIELDS))
    async with one.app.run_test() as pilot:
        one.picker.line.focus()
        await pilot.press("x", "x", "enter")
        await pilot.pause()
        assert one.picked == [("", "xx")]
        await pilot.press("tab", "down", "up")
        assert one.picker.line.value == "xx"


async def test_tab_takes_the_choice_into_the_line() -> None:
    one = Picking(Picker(FIELDS))
    async with one.app.run_test() as pilot:
        one.picker.line.focus()
        await pilot.press("l", "a", "tab")
        await pilot.pause()
        assert one.picker.line.value == "Last renewal"
        assert one.picker.line.cursor_position == len("Last renewal")
        assert one.here == "Last renewal"


async def test_nothing_is_chosen_beforehand_where_that_could_harm() -> None:
    one = Picking(Picker(FIELDS, first=False))
    async with one.app.run_test() as pilot:
        one.picker.line.focus()
        assert one.here == ""
        await pilot.press("enter")
        await pilot.press("p")
        await pilot.pause()
        assert one.here == "Phase"
        assert one.picked == [("", "")]


async def test_a_text_to_begin_with_is_a_search_only_when_it_is_changed() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        picker = Picker(FIELDS, text="Owner")
        await app.floor.mount(picker)
        picker.line.focus()
        await pilot.pause()
        assert picker.options.option_count == len(FIELDS)
        await pilot.press("backspace")
        await pilot.pause()
        assert picker.current == FIELDS[1]


async def test_where_nothing_matches_that_is_said() -> None:
    one = Picking(Picker(FIELDS))
    async with one.app.run_test(size=(40, 10)) as pilot:
        one.picker.line.focus()
        await pilot.press("x", "x")
        assert "nothing matches" in "\n".join(one.app.lines)
        assert one.here == ""
        await pilot.click(one.picker.options, offset=(4, 0))
        await pilot.press("down", "enter")
        await pilot.pause()
        assert one.picked == [("", "xx")]


async def test_what_is_typed_can_be_a_choice_as_well() -> None:
    one = Picking(Picker(FIELDS, free="new"))
    async with one.app.run_test(size=(40, 10)) as pilot:
        one.picker.line.focus()
        await pilot.press(*"ren")
        assert one.here == "Renewal"
        assert any(line.split() == ["ren", "new"] for line in one.app.lines)
        await pilot.press(*"ovo", "enter")
        await pilot.pause()
        assert one.picked == [("renovo", "renovo")]


async def test_what_is_there_already_is_no_new_choice() -> None:
    one = Picking(Picker([Choice("gold", "gold")], free="new"))
    async with one.app.run_test() as pilot:
        one.picker.line.focus()
        await pilot.press(*"gold")
        assert one.picker.options.option_count == 1
        await pilot.press("space", "x")
        assert one.picker.options.option_count == 1
        assert one.here == "gold x"


async def test_a_click_picks() -> None:
    one = Picking(Picker(FIELDS))
    async with one.app.run_test() as pilot:
        await pilot.click(one.picker.options, offset=(4, 2))
        await pilot.pause()
        assert one.picked == [("coOwner", "")]


async def test_other_choices_can_be_offered() -> None:
    one = Picking(Picker(FIELDS))
    async with one.app.run_test() as pilot:
        one.picker.line.focus()
        await pilot.press("o", "w")
        assert one.here == "Owner"
        one.picker.offer([Choice("1", "Glow"), Choice("2", "Owl"), Choice("3", "Acme")])
        await pilot.press("down")
        assert one.here == "Glow"


async def test_labels_and_notes_stand_in_columns() -> None:
    one = Picking(Picker([Choice("a", "Phase", "won"), Choice("b", "東京会社", "note")]))
    async with one.app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        shown = [line.strip() for line in one.app.lines]
        assert "Phase     won" in shown
        assert "東京会社  note" in shown


async def test_a_hostile_choice_is_harmless_and_is_answered_as_it_is() -> None:
    one = Picking(Picker([Choice(HOSTILE, HOSTILE, "[red]note[/]")]))
    async with one.app.run_test() as pilot:
        one.picker.line.focus()
        await pilot.press("enter")
        await pilot.pause()
        assert one.picked == [(HOSTILE, "")]
        shown = "\n".join(one.app.lines)
        assert HARMLESS in shown
        assert "[red]note[/]" in shown


async def test_of_very_many_choices_the_first_are_shown_and_all_are_found() -> None:
    choices = [Choice(str(number), f"tag {number}") for number in range(MOST + 50)]
    one = Picking(Picker(choices))
    async with one.app.run_test() as pilot:
        one.picker.line.focus()
        assert one.picker.options.option_count == MOST
        last = str(MOST + 49)
        await pilot.press(*last, "enter")
        await pilot.pause()
        assert one.picked == [(last, last)]
