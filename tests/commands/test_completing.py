from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.commands import completing
from planhat_tui.commands.context import Door, Selection
from planhat_tui.commands.registry import GLOBALS, ROOMS, commands
from planhat_tui.commands.values import Sources, sources_of
from planhat_tui.model.records import Kind
from tests.sync.rig import SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.commands.completing import Lines
    from tests.commands.conftest import Desk

NOTHING = Selection()
COMPANIES = Selection(Kind.COMPANY, ("c1", "c2"))
CONTACT = Selection(Kind.CONTACT, ("p1",))
BARE = Sources(None, ("acme", "demo"), lambda: ("planhat-dark",), NOTHING, {})


def _offered(desk: Desk, text: str, selection: Selection = NOTHING) -> Lines:
    desk.selection = selection
    return completing.of_line(text, sources_of(desk.context))


def _completed(desk: Desk, text: str, selection: Selection = NOTHING) -> tuple[str, ...]:
    return _offered(desk, text, selection).lines


def _in_shell(desk: Desk, *words: str) -> list[str]:
    *before, typed = words
    offered = completing.of_shell(before, typed, sources_of(desk.context))
    return [choice.text for choice in offered.choices]


# -- the line


def test_first_words_are_completed(desk: Desk) -> None:
    assert _completed(desk, "com") == ("company",)
    assert {"company", "contact"} <= set(_completed(desk, "co"))
    in_shells_only = {"sandbox", "serve", "repl", "completion"}
    assert set(_completed(desk, "")) == set(ROOMS) - in_shells_only


def test_verbs_of_a_noun_are_completed_with_what_they_do(desk: Desk) -> None:
    offered = _offered(desk, "company unt")
    assert offered.lines == ("company untag",)
    assert offered.choices[0].note == "Remove tags from a company."
    assert "outbox retry" in _completed(desk, "outbox ")


def test_verbs_of_the_selection_come_before_nouns(desk: Desk) -> None:
    completed = _completed(desk, "", COMPANIES)
    assert completed.index("tag") < completed.index("company")
    assert len(completed) == len(set(completed))


def test_tags_are_completed_with_their_counts_and_quoted_where_they_need_it(desk: Desk) -> None:
    desk.colon('tag "east coast"', Kind.COMPANY, desk.company())
    assert "company tag 'east coast'" in _completed(desk, "company tag ")
    offered = _offered(desk, "tag 'e", COMPANIES)
    assert "tag 'east coast'" in offered.lines
    uses = dict(desk.workspace.reads.tags(Kind.COMPANY))
    assert {choice.text: choice.note for choice in offered.choices} == {
        tag: str(uses[tag]) for tag in uses if tag.startswith("e")
    }


def test_fields_are_completed_with_their_types_custom_ones_too(desk: Desk) -> None:
    offered = _offered(desk, "company set pha")
    assert offered.lines == ("company set phase=",)
    assert offered.choices[0].note == "text"
    assert "set custom.Plan=" in _completed(desk, "set custom.P", COMPANIES)
    counted = {key: str(type_) for key, type_, _ in desk.workspace.reads.custom_keys(Kind.COMPANY)}
    assert dict(desk.workspace.reads.custom_names(Kind.COMPANY)) == counted


def test_what_was_counted_for_a_line_is_kept_while_it_is_typed(desk: Desk) -> None:
    sources = sources_of(desk.context)._replace(selection=COMPANIES)
    first = completing.of_line("tag ", sources)
    desk.colon("tag brand-new", Kind.COMPANY, desk.company())
    assert completing.of_line("tag ", sources) == first
    assert "tag brand-new" in _completed(desk, "tag ", COMPANIES)


def test_so_are_values_that_occur(desk: Desk) -> None:
    phases = [phase for phase, _ in desk.workspace.reads.phases()]
    completed = _completed(desk, "set phase=", COMPANIES)
    assert {line.removeprefix("set phase=").strip("'") for line in completed} == set(phases)


def test_a_query_is_completed_by_field_and_by_value(desk: Desk) -> None:
    assert "company find phase:" in _completed(desk, "company find pha")
    tag = desk.workspace.reads.tags(Kind.COMPANY)[0][0]
    assert f"company find tag:{tag}" in _completed(desk, f"company find tag:{tag[:2]}")
    owner = desk.workspace.reads.users()[0].name
    completed = _completed(desk, f"company find owner:{owner[:3]}")
    assert f"company find 'owner:{owner}'" in completed
    assert desk.rows("company", "find", f"owner:{owner}") == desk.rows(
        "company", "find", f'owner:"{owner}"'
    )


def test_profiles_and_themes_are_completed(desk: Desk) -> None:
    desk.paths.config_file.write_text(
        "profiles:\n  acme-eu: {base_url: https://api.planhat.com, token: {env: T}}\n"
    )
    assert _completed(desk, "profile use a") == ("profile use acme-eu",)
    assert _completed(desk, "theme show planhat-d") == ("theme show planhat-dark",)


def test_a_name_that_is_new_is_nobody_elses(desk: Desk) -> None:
    assert _completed(desk, "profile add d") == ()


def test_files_are_completed(desk: Desk, tmp_path: Path) -> None:
    tmp_path = tmp_path / "own"
    tmp_path.mkdir()
    (tmp_path / "renewals.txt").touch()
    (tmp_path / "reports").mkdir()
    (tmp_path / ".hidden").touch()
    assert _completed(desk, f"run {tmp_path}/") == (
        f"run {tmp_path}/renewals.txt",
        f"run {tmp_path}/reports/",
    )
    assert _completed(desk, f"run {tmp_path}/rep") == (f"run {tmp_path}/reports/",)
    assert _completed(desk, f"run {tmp_path}/none/") == ()


def test_options_and_records_are_completed(desk: Desk) -> None:
    assert _completed(desk, "call log --ta") == ("call log --talk",)
    assert _completed(desk, "contact find --company Acm") == ("contact find --company 'Acme Inc'",)
    assert _completed(desk, "company tag --id Acm") == ("company tag --id 'Acme Inc'",)


def test_only_the_command_after_the_last_semicolon_is_completed(desk: Desk) -> None:
    assert _completed(desk, "undo ; outbox ret") == ("undo ; outbox retry",)


def test_nothing_is_offered_after_nonsense(desk: Desk) -> None:
    assert _completed(desk, "xyzzy fo") == ()


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("company tag ", "TAG...  a tag"),
        ("call log --talk ", "LENGTH  how long was talked: 10m, 90s, 1h5m"),
        ("company set renewalDate=", "FIELD=VALUE...  renewalDate: date"),
        ("request GET ", "PATH  such as /tasks?limit=5"),
        ("whoami ", "Show whom the token of the profile stands for."),
    ],
)
def test_what_is_due_is_told_with_its_type(desk: Desk, text: str, due: str) -> None:
    assert _offered(desk, text).due == due


@given(st.text(max_size=30) | st.lists(st.sampled_from(["tag", "set", ";", "'", "-", "a=b"])))
def test_whatever_is_typed_completes_to_what_begins_so(text: str | list[str]) -> None:
    typed = text if isinstance(text, str) else " ".join(text)
    offered = completing.of_line(typed, BARE._replace(selection=COMPANIES))
    assert len(offered.lines) == len(offered.choices)
    assert offered.text == typed


# -- the shell


def test_a_shell_is_offered_records_where_it_names_them(desk: Desk) -> None:
    assert "Acme Inc" in _in_shell(desk, "company", "show", "acm")
    assert "Acme Inc" in _in_shell(desk, "company", "show", "")
    assert _in_shell(desk, "company", "tag", "Acme Inc", "zzz") == []
    assert "user" in _in_shell(desk, "u")


def test_options_of_all_verbs_are_offered_and_passed_over(desk: Desk) -> None:
    assert "--profile" in _in_shell(desk, "--pro")
    assert "--json" in _in_shell(desk, "company", "find", "--js")
    assert "demo" in _in_shell(desk, "-p", "de")
    assert "csv" in _in_shell(desk, "-o", "")
    assert "find" in _in_shell(desk, "--demo", "-o", "csv", "company", "f")


def test_people_and_edits_are_offered_by_what_names_them(desk: Desk) -> None:
    person = desk.workspace.reads.contact(desk.contact_ids()[0])
    assert person is not None
    email = str(person.raw["email"])
    assert email in _in_shell(desk, "contact", "show", email[:3])
    desk.colon("tag gold-2", Kind.COMPANY, desk.company())
    assert _in_shell(desk, "outbox", "show", "") == ["1"]
    assert _in_shell(desk, "request", "g".upper()) == ["GET"]


def test_without_a_local_copy_words_are_still_completed() -> None:
    def texts(*words: str) -> list[str]:
        *before, typed = words
        return [choice.text for choice in completing.of_shell(before, typed, BARE).choices]

    assert texts("company", "ta") == ["tag"]
    assert texts("company", "show", "A") == []
    assert texts("profile", "use", "a") == ["acme"]
    assert texts("theme", "show", "") == ["planhat-dark"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["-p", "acme", "company"], "acme"),
        (["company", "--profile=acme"], "acme"),
        (["--demo", "find"], "demo"),
        (["company", "-p"], ""),
        ([], ""),
    ],
)
def test_the_profile_is_known_from_the_words(words: list[str], name: str) -> None:
    assert completing.profile_of(words) == name


def test_every_word_of_every_verb_is_reached() -> None:
    for command in commands():
        for param in command.params:
            if param.how in {"option", "options"}:
                due, waiting = completing.due_after(command.params, [param.flags[-1]], Door.SHELL)
                assert (due, waiting) == (param, True)
    assert all(param.flags for param in GLOBALS)


def test_custom_fields_that_are_only_defined_are_completed_offline(desk: Desk) -> None:
    desk.server.ask(
        "POST", "/customfields", {"name": "Plan Tier", "parent": "company", "type": "list"}
    )
    desk.workspace.net.fill(anew=True).result(SECONDS)
    desk.network.cut = True
    assert "custom.Plan Tier=" in _in_shell(desk, "company", "set", "Acme Inc", "custom.Plan")
