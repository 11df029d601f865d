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
    from planhat_tui.model.values import Json
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


def test_in_a_query_all_that_can_stand_there_is_offered(desk: Desk) -> None:
    assert "company find sort:arr" in _completed(desk, "company find sort:ar")
    assert "company find acme has:phase" in _completed(desk, "company find acme has:ph")
    assert "company find is:pending" in _completed(desk, "company find is:pen")
    assert _completed(desk, "company find custom.Pl") == ("company find custom.Plan:",)
    assert _completed(desk, "company find sort:-custom.Pl") == ("company find sort:-custom.Plan",)
    assert "call set --id x waiting=" in _completed(desk, "call set --id x wai")


QUERYING = (
    "company find",
    "contact find",
    "find",
    "view save x",
    "export",
    "bulk contact",
    "user find",
)
TERMS = ("sort:", "sort:-ar", "has:", "is:p", "limit:1", "owner:a", "tag:a", "contacts.title:a")
MORE = ("custom.Plan:", "company:a", "phase:o", "arr:1", "updated:la", "not:", "-tag:a", "(sort:")


@pytest.mark.parametrize("verb", QUERYING)
@pytest.mark.parametrize("term", TERMS + MORE)
def test_no_term_is_past_completing(desk: Desk, verb: str, term: str) -> None:
    assert all(line.startswith(verb) for line in _completed(desk, f"{verb} {term}"))


@pytest.mark.parametrize("word", ["~nobody-is-called-so/x", "~/", "/nowhere/x", "\0", "\udcff"])
def test_no_file_name_is_past_completing(desk: Desk, word: str) -> None:
    for verb in ("run", "import", "plan show", "export --to", "theme check"):
        _completed(desk, f"{verb} {word}")


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


def test_a_tag_is_offered_in_each_spelling_the_most_used_first(desk: Desk) -> None:
    some = desk.workspace.reads.company_ids("", 3)
    desk.colon("tag rare", Kind.COMPANY, *some)
    desk.colon("tag Rare", Kind.COMPANY, some[0])
    offered = _offered(desk, "tag ra", COMPANIES)
    assert [(one.text, one.note) for one in offered.choices] == [("rare", "3"), ("Rare", "1")]
    assert _completed(desk, "company find tag:ra") == ("company find tag:rare",)


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


def test_a_value_is_offered_as_it_is_written_and_can_be_taken(desk: Desk) -> None:
    definition: dict[str, Json] = {"name": "Tier", "parent": "company", "type": "list"}
    desk.server.ask("POST", "/customfields", definition | {"listValues": ["Gold", "Tin"]})
    desk.server.put(desk.company(), city="São Paulo", custom={"Tier": "gold", "Site": "Zürich"})
    desk.workspace.net.fill(anew=True).result(SECONDS)
    assert _completed(desk, "set city=sao", COMPANIES) == ("set city='São Paulo'",)
    assert "city=São Paulo" in _in_shell(desk, "company", "set", "x", "city=S")
    assert _completed(desk, "set custom.Site=zu", COMPANIES) == ("set custom.Site=Zürich",)
    assert _completed(desk, "set custom.Tier=", COMPANIES) == (
        "set custom.Tier=Gold",
        "set custom.Tier=Tin",
    )
    assert _completed(desk, "company find city:sao") == ("company find 'city:São Paulo'",)
    assert len(desk.rows("company", "find", "city:São Paulo")) == 1


def test_a_query_is_completed_by_field_and_by_value(desk: Desk) -> None:
    assert "company find phase:" in _completed(desk, "company find pha")
    tag = desk.workspace.reads.tags(Kind.COMPANY)[0][0]
    assert f"company find tag:{tag}" in _completed(desk, f"company find tag:{tag[:2]}")
    owner = desk.workspace.reads.users()[0].name
    assert _completed(desk, "company find owner:")[0] == "company find owner:me"
    assert "set owner=me" not in _completed(desk, "set owner=", COMPANIES)
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


def test_names_of_commands_are_completed_for_help(desk: Desk) -> None:
    assert _completed(desk, "help comp") == ("help company",)
    assert _completed(desk, "help company unt") == ("help company untag",)
    assert _completed(desk, "help company untag ") == ()
    assert _in_shell(desk, "help", "compl") == ["completion"]
    assert _in_shell(desk, "help", "--json", "outbox", "ret") == ["retry"]


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
        ("company set renewalDate=", "renewalDate: date"),
        ("company set custom.Plan=", "custom.Plan: text"),
        (
            "company set custom.Nobody=",
            "FIELD=VALUE...  such as phase=won, owner=Anna Lind, custom.Plan=; empty clears",
        ),
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


def test_fields_are_completed_wherever_they_are_named(desk: Desk) -> None:
    assert _completed(desk, "bulk company --clear pha") == ("bulk company --clear phase",)
    assert "export --columns name,custom.Plan" in _completed(desk, "export --columns name,custom.")
    assert _completed(desk, "company find --fields phase,phas") == ()
    assert _completed(desk, "import rows.csv --map Stage=phas") == (
        "import rows.csv --map Stage=phase",
    )
    assert "profile edit acme --unset label" in _completed(desk, "profile edit acme --unset la")


def test_edits_and_conflicts_are_completed_by_their_numbers(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "description=ours")
    desk.server.put(desk.company(), phase="theirs")
    desk.time.leap(3600)
    desk.do("company", "set", "Acme Inc", "phase=mine")
    (contested,) = desk.rows("conflict", "list")
    n = contested["n"]
    assert _completed(desk, "conflict show ") == (f"conflict show {n}",)
    assert _completed(desk, f"conflict resolve {n} ") == (f"conflict resolve {n} phase",)
    assert set(_completed(desk, "journal show ")) == {"journal show 1", f"journal show {n}"}
    assert "undo 1" in _completed(desk, "undo ")


def test_views_are_completed_by_their_names(desk: Desk) -> None:
    desk.shell("view", "save", "Renewals", "tag:vip")
    assert _completed(desk, "view show Re") == ("view show Renewals",)
    assert _completed(desk, "bulk company --view Re") == ("bulk company --view Renewals",)
    assert _completed(desk, "view save Re") == ()


def test_words_of_a_kind_are_completed(desk: Desk) -> None:
    assert _completed(desk, "customfield list --parent com") == (
        "customfield list --parent company",
    )
    assert "customfield create X --type text" in _completed(desk, "customfield create X --type te")
    assert _completed(desk, "duplicates con") == ("duplicates contact",)
    assert _completed(desk, "call log --agent max") == ("call log --agent max123",)
    assert "edit --id 'Acme Inc'" in _completed(desk, "edit --id Acm")
    assert "timeline --id 'Acme Inc'" in _completed(desk, "timeline --id Acm")


def test_the_name_of_a_variable_is_no_profile(desk: Desk) -> None:
    assert _completed(desk, "profile edit acme --token-env d") == ()


# -- the shell


def test_an_option_may_have_its_value_behind_an_equals_sign(desk: Desk) -> None:
    assert _in_shell(desk, "company", "find", "--output=js") == ["--output=json", "--output=jsonl"]
    assert "--company=Acme Inc" in _in_shell(desk, "contact", "find", "--company=Acm")
    assert _in_shell(desk, "--profile=de") == ["--profile=demo", "--profile=demo-2"]
    assert _in_shell(desk, "--profile=demo", "company", "unt") == ["untag"]
    assert _in_shell(desk, "-pde") == ["-pdemo", "-pdemo-2"]
    assert _in_shell(desk, "-pdemo", "company", "unt") == ["untag"]
    assert _in_shell(desk, "--theme", "planhat-d") == ["planhat-dark"]
    assert _in_shell(desk, "--theme", "planhat-dark", "comp") == ["company", "completion"]


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
        (["-pacme", "company"], "acme"),
        (["-o", "json", "-pacme", "company"], "acme"),
        (["company", "find", "-phase:won"], ""),
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
