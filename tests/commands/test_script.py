from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Door
from planhat_tui.commands.results import Done, Listing, Single
from planhat_tui.errors import ConfigError, InputError, NotFoundError, PlanhatTuiError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Desk


def _script(desk: Desk, text: str) -> str:
    path = desk.paths.config_file.parent / "morning.txt"
    path.write_text(text)
    return str(path)


def test_a_file_of_lines_is_run_in_order(desk: Desk) -> None:
    acme = desk.company()
    file = _script(
        desk,
        f"# the morning\n\nuser find max ; whoami\ncompany tag gold-3 --id {acme} # VIP customer\n"
        "exit # that's all\nwhoami\n",
    )
    done = desk.do("run", file)
    assert done.exit_status == 0
    assert [type(answer) for answer in desk.shown] == [Listing, Single, Done]
    assert "gold-3" in desk.server.get(acme)["tags"]
    assert not {"#", "VIP", "customer"} & set(desk.server.get(acme)["tags"])


def test_the_first_error_stops_it_and_tells_its_line(desk: Desk) -> None:
    file = _script(desk, "whoami\ncompany show --id nobody\nuser find\n")
    with pytest.raises(NotFoundError, match=rf"^{file}:2: There is no company nobody"):
        desk.do("run", file)
    assert len(desk.shown) == 1


def test_what_others_wrote_into_the_config_holds_from_the_next_line_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = ConfigError("read_onyl is no setting.", path=desk.paths.config_file)
    looks = iter([(), (wrong,)])
    monkeypatch.setattr(desk, "catch_up", lambda: next(looks))
    assert desk.do("run", _script(desk, "whoami\n\n# no line\nwhoami\n")).exit_status == 0
    assert [type(answer) for answer in desk.shown] == [Single, ConfigError, Single]


def test_a_question_mark_lists_the_commands_here_too(desk: Desk) -> None:
    assert desk.do("run", _script(desk, "?\nwhoami\n")).exit_status == 0
    assert [type(answer) for answer in desk.shown] == [Listing, Single]


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("usr fnd", r":1: There is no command usr.  Did you mean user\?"),
        ("company find --jsn", r":1: There's no option --jsn"),
        ("company tag --id x", r":1: Missing argument"),
    ],
)
def test_nothing_of_a_line_is_done_that_cant_be_read(desk: Desk, last: str, told: str) -> None:
    file = _script(desk, f"whoami ; {last}\n")
    with pytest.raises(InputError, match=told):
        desk.do("run", file)
    assert desk.shown == []


def test_it_goes_on_where_that_is_wished_and_says_that_some_failed(desk: Desk) -> None:
    file = _script(desk, "whoami\ncompany show --id nobody\nuser find\n")
    done = desk.do("run", file, "--keep-going")
    assert done.exit_status == 8
    assert len(desk.shown) == 3
    assert isinstance(desk.shown[1], NotFoundError)


def test_it_goes_on_within_a_line_too(desk: Desk) -> None:
    line = "whoami ; company show --id nobody ; user find max"
    done = desk.do("run", _script(desk, line), "--keep-going")
    assert done.exit_status == 8
    assert [type(answer) for answer in desk.shown] == [Single, NotFoundError, Listing]
    with pytest.raises(NotFoundError):
        desk.do("run", _script(desk, line))
    assert len(desk.shown) == 4, "the second one stops it"


def test_where_nothing_is_selected_a_record_is_named_by_its_id(desk: Desk) -> None:
    with pytest.raises(InputError) as caught:
        desk.do("run", _script(desk, "company show Acme"))
    assert caught.value.advice == "Name the record with --id."


def test_who_types_is_asked_for_the_next_line_and_the_rest_of_one_that_failed_isnt_done(
    desk: Desk,
) -> None:
    desk.typed, desk.interactive = ["company show --id nobody ; user find max", "whoami"], True
    assert desk.do("repl").exit_status == 0
    assert [type(answer) for answer in desk.shown] == [NotFoundError, Single]


def test_where_all_fail_alike_the_status_is_theirs(desk: Desk) -> None:
    file = _script(desk, "company show --id nobody\ncontact show --id nobody\n")
    assert desk.do("run", file, "--keep-going").exit_status == 3


def test_an_edit_that_isnt_delivered_stops_it_too(desk: Desk) -> None:
    acme = desk.company()
    desk.network.cut = True
    file = _script(desk, f"company tag gold-3 --id {acme}\ncompany tag gold-4 --id {acme}\n")
    done = desk.do("run", file)
    assert (done.exit_status, done.text) == (6, f"{file}:1: this stopped it.")
    assert len(desk.queue()) == 1


def test_what_deletes_needs_yes_in_the_line_and_the_name_where_the_profile_wants_it(
    desk: Desk,
) -> None:
    acme = desk.company()
    desk.refusing = InputError("This has to be confirmed, and nothing was done.", "Add --yes.")
    with pytest.raises(InputError, match="has to be confirmed"):
        desk.do("run", _script(desk, f"company delete --id {acme}"))
    desk.reopen(confirm="type")
    with pytest.raises(InputError, match=r"Add --yes --confirm acme\."):
        desk.do("run", _script(desk, f"company delete --id {acme} --yes"))
    assert desk.server.get(acme) is not None
    desk.do("run", _script(desk, f"company delete --id {acme} --yes --confirm acme"))
    assert desk.server.get(acme) is None


def test_a_line_ends_where_its_editor_says_whatever_is_in_it(desk: Desk, tmp_path: Path) -> None:
    path, acme = tmp_path / "windows.txt", desk.company()
    path.write_bytes(
        b"\xef\xbb\xbfwhoami\r\n"
        + f"company tag 'a\u2028b' --id {acme}\r\n# the\x0cend\r\nuser find max\r\n".encode()
    )
    assert desk.do("run", str(path)).exit_status == 0
    assert [type(answer) for answer in desk.shown] == [Single, Done, Listing]
    assert "a\u2028b" in desk.server.get(acme)["tags"]


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"\xff\xfe", "isn't UTF-8")])
def test_a_file_that_cant_be_read_is_told(
    desk: Desk, tmp_path: Path, content: bytes | None, why: str
) -> None:
    path = tmp_path / "script"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=why):
        desk.do("run", str(path))


def test_a_script_runs_no_other_one(desk: Desk) -> None:
    with pytest.raises(InputError, match="A script runs no other one"):
        desk.do("run", _script(desk, "run x"))


def test_lines_are_taken_as_they_are_typed_until_exit(desk: Desk) -> None:
    desk.typed = ["whoami", "exit", "user find"]
    assert desk.do("repl").exit_status == 0
    assert len(desk.shown) == 1


def test_in_a_pipe_the_first_error_ends_it_and_a_person_may_go_on(desk: Desk) -> None:
    desk.typed = ["xyzzy", "whoami"]
    with pytest.raises(PlanhatTuiError, match=r"^line 1: There is no command xyzzy"):
        desk.do("repl")
    desk.interactive = True
    assert desk.do("repl").exit_status == 0
    assert [isinstance(answer, PlanhatTuiError) for answer in desk.shown] == [True, False]


def test_on_the_screen_a_script_is_run_without_the_selection(desk: Desk) -> None:
    from planhat_tui.model.records import Kind

    with pytest.raises(InputError, match=":1: Which company"):
        desk.colon(f"run {_script(desk, 'company tag gold-3')}", Kind.COMPANY, desk.company())
    assert desk.door is Door.LINE


def _interrupt(_text: str) -> str:
    raise KeyboardInterrupt


def test_who_types_is_asked_for_the_next_line_after_an_interrupt(desk: Desk) -> None:
    desk.editors.append(_interrupt)
    desk.typed, desk.interactive = ["edit --id 'Acme Inc'", "whoami"], True
    assert desk.do("repl").exit_status == 0
    stopped, me = desk.shown
    assert isinstance(stopped, Done)
    assert stopped.text == "Interrupted. What was queued goes on: outbox list shows it."
    assert isinstance(me, Single)


def test_a_pipe_is_ended_by_one(desk: Desk) -> None:
    desk.editors.append(_interrupt)
    desk.typed = ["edit --id 'Acme Inc'", "whoami"]
    with pytest.raises(KeyboardInterrupt):
        desk.do("repl", "--keep-going")
    assert desk.shown == []


@pytest.mark.parametrize("form", ["json", "csv"])
def test_answers_that_come_one_by_one_are_no_one_document(desk: Desk, form: str) -> None:
    file = _script(desk, "whoami\nwhoami\n")
    with pytest.raises(InputError, match=f"together they are no {form.upper()}.  Use --jsonl"):
        desk.colon(f"run '{file}' -o {form}")
    assert desk.shown == []
    desk.colon(f"run '{file}' --jsonl")
    assert len(desk.shown) == 2
