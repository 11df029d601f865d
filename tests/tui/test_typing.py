"""The lines that are typed into: a form's, and the one after the colon."""

from __future__ import annotations

from typing import cast

import pytest
from textual.events import Paste
from textual.widgets import Input

from planhat_tui.commands.completing import Lines
from planhat_tui.tui.themes import convert
from planhat_tui.tui.widgets.line import FormField, Line
from planhat_tui.tui.widgets.messageline import CommandLine, MessageLine
from tests.tui.records import HARMLESS, HOSTILE
from tests.tui.stage import SHIPPED, Stage, drawn

# -- a line and a field


async def test_a_line_is_one_row_high_and_its_cursor_does_not_blink() -> None:
    app = Stage()
    async with app.run_test(size=(40, 6)) as pilot:
        line = Line("Acme", hint="type a name", id="line")
        await app.floor.mount(line)
        line.focus()
        await pilot.press("x")
        assert (line.value, line.size.height, line.cursor_blink) == ("Acmex", 1, False)
        line.replace_text("Globex")
        await pilot.press("!")
        assert line.value == "Globex!"


async def test_a_line_can_be_typed_over() -> None:
    app = Stage()
    async with app.run_test(size=(40, 6)) as pilot:
        kept, over = Line("Acme", id="kept"), Line("Acme", over=True, id="over")
        await app.floor.mount(kept, over)
        for line in (kept, over):
            line.focus()
            await pilot.press("x")
        assert (kept.value, over.value) == ("Acmex", "x")


async def test_another_theme_changes_the_colours_of_a_line() -> None:
    app = Stage()
    async with app.run_test(size=(40, 6)) as pilot:
        line = Line("Acme")
        await app.floor.mount(line)
        line.focus()
        await pilot.pause()
        before = [segment.style for segment in line.render_line(0)]
        app.register_theme(convert(SHIPPED["planhat-light"]))
        app.theme = "planhat-light"
        await pilot.pause()
        after = [segment.style for segment in line.render_line(0)]
        assert all(a != b for a, b in zip(before, after, strict=True))


async def test_a_secret_is_not_shown() -> None:
    app = Stage()
    async with app.run_test(size=(40, 6)) as pilot:
        line = Line("", secret=True)
        await app.floor.mount(line)
        line.focus()
        await pilot.press(*"token")
        assert line.value == "token"
        assert "token" not in "\n".join(app.lines)


@pytest.mark.parametrize(
    ("pasted", "joint", "value"),
    [
        ("one\ntwo\n", " ", "ab one two"),
        ("  one \r\n\r\n two", ", ", "ab one, two"),
        ("one\ttwo", ", ", "ab one, two"),
        ("one\n", " ", "ab one"),
        (" one ", " ", "ab  one "),
        ("", " ", "ab "),
        ("\n\n", " ", "ab "),
    ],
)
async def test_no_line_that_is_pasted_is_lost(pasted: str, joint: str, value: str) -> None:
    app = Stage()
    async with app.run_test(size=(40, 6)) as pilot:
        line = Line("ab ", joint=joint)
        await app.floor.mount(line)
        line.focus()
        line.cursor_position = 3
        app.post_message(Paste(pasted))
        await pilot.pause()
        assert line.value == value


async def test_what_is_pasted_takes_the_place_of_what_is_selected() -> None:
    app = Stage()
    async with app.run_test(size=(40, 6)) as pilot:
        line = Line("Acme", over=True)
        await app.floor.mount(line)
        line.focus()
        await pilot.pause()
        app.post_message(Paste("Globex\nInc"))
        await pilot.pause()
        assert line.value == "Globex Inc"


async def test_a_token_that_came_in_pieces_is_one() -> None:
    app = Stage()
    async with app.run_test(size=(40, 6)) as pilot:
        line = Line(secret=True)
        await app.floor.mount(line)
        line.focus()
        app.post_message(Paste("s3cret-\nt0ken\n"))
        await pilot.pause()
        assert line.value == "s3cret-t0ken"


async def test_a_field_says_what_it_means_and_what_is_wrong_with_it() -> None:
    app = Stage()
    async with app.run_test(size=(50, 6)) as pilot:
        field = FormField("talk", "Minutes", hint="how long")
        await app.floor.mount(field)
        await pilot.pause()
        assert app.lines[0].split() == ["Minutes", "how", "long"]
        assert field.size.height == 1
        field.value = "10"
        field.note("from 14:00")
        field.error("That is no length of time.")
        await pilot.pause()
        assert app.lines[0].split() == ["Minutes", "10", "from", "14:00"]
        assert app.lines[1].strip() == "That is no length of time."
        assert (field.value, field.key) == ("10", "talk")
        field.error("")
        await pilot.pause()
        assert app.lines[1].strip() == ""


async def test_a_field_takes_no_markup_from_data() -> None:
    app = Stage()
    async with app.run_test(size=(60, 6)) as pilot:
        field = FormField("x", "[b]Plan[/]", "[red]gold[/]")
        await app.floor.mount(field)
        field.note("[i]n[/]")
        field.error("[u]wrong[/]")
        await pilot.pause()
        shown = "\n".join(app.lines)
        for text in ("[b]Plan[/]", "[red]gold[/]", "[i]n[/]", "[u]wrong[/]"):
            assert text in shown


# -- the message and the colon


class Talking:
    """The message line on a stage."""

    def __init__(self) -> None:
        self.app = Stage()

    async def start(self) -> MessageLine:
        line = MessageLine()
        await self.app.floor.mount(line)
        return line


async def test_the_last_message_stays_until_the_next() -> None:
    one = Talking()
    async with one.app.run_test(size=(60, 6)) as pilot:
        line = await one.start()
        line.say("Tag gold on Acme Inc is queued.")
        line.say("Not saved in Planhat: [x].", bad=True)
        await pilot.pause()
        assert one.app.lines[0].strip() == line.said == "Not saved in Planhat: [x]."
        assert line.query_one("#message").has_class("-bad")
        line.say("Done.")
        assert not line.query_one("#message").has_class("-bad")


async def test_a_long_message_takes_at_most_three_lines() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.say("A sentence of many words. " * 20)
        await pilot.pause()
        assert line.size.height == 3


async def test_a_message_that_is_cut_says_so_and_one_that_fits_doesnt() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.say("A sentence of many words. " * 20)
        await drawn(one.app, pilot)
        assert [text.rstrip().endswith("…") for text in one.app.lines[:3]] == [False, False, True]
        assert len(one.app.lines[2].rstrip()) <= 40
        line.say("A sentence of some words. " * 4)
        await drawn(one.app, pilot)
        assert "…" not in "".join(one.app.lines)


async def test_what_is_wrong_with_a_line_stands_over_it_whole() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.say("phase has no value nonsense.  Did you mean renewal? It ends here", bad=True)
        line.open((), "company set nonsense", wrong_at=12)
        await drawn(one.app, pilot)
        shown = "\n".join(one.app.lines)
        assert "It ends here" in shown
        assert "company set nonsense" in shown
        assert line.size.height == 3


async def test_a_hostile_message_is_harmless() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.say(HARMLESS)
        await pilot.pause()
        assert one.app.lines[0].strip() == HARMLESS
        line.say(HOSTILE)
        await pilot.pause()
        assert one.app.lines[0].strip() == "A]52;c;x2J"


async def test_the_colon_opens_a_line_and_the_message_comes_back() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.say("Done.")
        line.open([], "tag ")
        await pilot.press("g")
        assert line.is_open
        assert one.app.lines[0].strip() == ":tag g"
        await pilot.press("escape")
        assert len(one.app.all_heard(CommandLine.Left)) == 1
        line.close_line()
        await pilot.pause()
        assert one.app.lines[0].strip() == "Done."


async def test_enter_hands_the_line_over() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.open([])
        await pilot.press(*"sync", "enter")
        (done,) = cast("list[Input.Submitted]", one.app.all_heard(Input.Submitted))
        assert done.value == "sync"


async def test_arrows_walk_through_the_history() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.open(["one", "two"])
        seen = []
        for key in ("up", "up", "up", "down", "down", "down", "up"):
            await pilot.press(key)
            seen.append(line.command.value)
        assert seen == ["two", "one", "one", "two", "", "", "two"]


async def test_every_line_begins_at_the_end_of_the_history() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.open(["one", "two"])
        await pilot.press("up", "up")
        line.open(["one", "two", "three"])
        assert line.command.value == ""
        await pilot.press("up")
        assert line.command.value == "three"


async def test_what_could_stand_here_is_asked_with_every_letter_and_tab_walks_through_it() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.open([])
        await pilot.press(*"tag", "tab")
        wanted = cast(
            "list[CommandLine.CompletionWanted]",
            one.app.all_heard(CommandLine.CompletionWanted),
        )
        assert list(dict.fromkeys(message.text for message in wanted)) == ["", "t", "ta", "tag"]
        line.command.complete(Lines("tag", ("tag gold", "tag vip")))
        seen = [line.command.value]
        for key in ("tab", "tab", "shift+tab"):
            await pilot.press(key)
            seen.append(line.command.value)
        assert seen == ["tag gold", "tag vip", "tag gold", "tag vip"]
        taken = cast("list[CommandLine.Taken]", one.app.all_heard(CommandLine.Taken))
        assert [message.offered.text for message in taken] == seen


async def test_ctrl_r_takes_the_last_line_that_holds_what_is_typed_then_the_one_before() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.open(["tag gold", "company find acme", "untag gold", "whoami"])
        await pilot.press(*"gold")
        seen = []
        for key in ("ctrl+r", "ctrl+r", "ctrl+r"):
            await pilot.press(key)
            seen.append(line.command.value)
        assert seen == ["untag gold", "tag gold", "tag gold"]
        searched = cast("list[CommandLine.Searched]", one.app.all_heard(CommandLine.Searched))
        assert [(one.piece, one.found) for one in searched] == [
            ("gold", True),
            ("gold", True),
            ("gold", False),
        ]
        await pilot.press(*" x", "ctrl+r")
        assert line.command.value == "tag gold x"


async def test_completions_that_come_too_late_are_dropped() -> None:
    one = Talking()
    async with one.app.run_test(size=(40, 8)) as pilot:
        line = await one.start()
        line.open([])
        await pilot.press(*"tag", "tab", "s")
        line.command.complete(Lines("tag", ("tag gold",)))
        assert line.command.value == "tags"
        line.command.complete(Lines("tags"))
        assert line.command.value == "tags"


async def test_the_label_of_the_field_that_has_the_focus_is_lit_and_no_other() -> None:
    fields = [FormField(name, name) for name in ("talk", "waiting", "start")]
    app = Stage(*fields)

    def lit() -> list[str]:
        labels = [field.query_one(".form-label") for field in fields]
        return [
            field.key
            for field, label in zip(fields, labels, strict=True)
            if label.styles.text_style.bold
        ]

    async with app.run_test(size=(40, 8)) as pilot:
        for field in (*fields, fields[0]):
            field.line.focus()
            await pilot.pause()
            assert lit() == [field.key]
