from __future__ import annotations

import pytest

from planhat_tui.commands.barring import UNWRITABLE, forbidden, why_not
from planhat_tui.commands.context import Selection
from planhat_tui.commands.registry import Command, commands
from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.model.records import Kind

TWO = Selection(Kind.COMPANY, ("c1", "c2"))
NOTHING = Selection()


def _profile(**settings: object) -> Profile:
    token = TokenSource("text", "secret-token")
    return Profile("acme", "https://api.planhat.com", token, **settings)  # type: ignore[arg-type] # each test's own


def _verb(name: str) -> Command:
    return next(command for command in commands() if command.name == name)


def _why_not(name: str, selection: Selection = TWO, **settings: object) -> str:
    return why_not(_verb(name), _profile(**settings), selection)


@pytest.mark.parametrize("name", ["company tag", "company delete", "call log", "undo", "sync"])
def test_what_nothing_speaks_against_can_be_done(name: str) -> None:
    assert _why_not(name) == ""


def test_a_guardrail_gives_its_reason() -> None:
    told = _why_not("company tag", read_only=True, reason="Ask Ada.")
    assert told == "acme is read-only.  Ask Ada."
    assert _why_not("company find", read_only=True) == ""
    assert _why_not("company delete", no_delete=True) == "acme allows no deleting."
    assert _why_not("company tag", no_delete=True) == ""
    assert _why_not("company tag", max_bulk=1) == "acme allows 1 record at once; these are 2."


CHANGING = (
    *("bulk company", "bulk contact", "edit", "import", "plan run", "company create"),
    *("customfield create", "customfield import", "call log"),
)


@pytest.mark.parametrize("name", CHANGING)
def test_all_that_only_changes_is_forbidden_where_nothing_may_be_changed(name: str) -> None:
    assert _why_not(name, read_only=True, reason="Ask Ada.") == "acme is read-only.  Ask Ada."
    assert why_not(_verb(name), _profile(), TWO, unwritable=True) == UNWRITABLE


@pytest.mark.parametrize("name", ["request", "undo", "outbox discard", "plan show", "view save"])
def test_what_may_do_more_than_change_isnt(name: str) -> None:
    assert _why_not(name, read_only=True) == ""


def test_what_takes_no_selection_is_free_of_its_size() -> None:
    assert _why_not("company create", max_bulk=1) == ""
    assert _why_not("import", max_bulk=1) == ""


def test_a_verb_on_records_needs_some_of_its_kind() -> None:
    assert _why_not("company tag", NOTHING) == "No company is selected"
    assert _why_not("contact tag", TWO) == "No contact is selected"
    assert _why_not("company create", NOTHING) == ""


def test_on_a_disk_that_cant_be_written_nothing_is_changed() -> None:
    for name in ("company tag", "outbox hold", "undo"):
        assert why_not(_verb(name), _profile(), TWO, unwritable=True) == UNWRITABLE
    for name in ("company find", "profile use", "limits"):
        assert why_not(_verb(name), _profile(), TWO, unwritable=True) == ""


def test_a_key_says_the_same_as_the_verb() -> None:
    guarded = _profile(read_only=True, reason="Ask Ada.")
    assert forbidden(guarded, deletes=False) == _why_not(
        "company tag", read_only=True, reason="Ask Ada."
    )
