from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.commands import line
from planhat_tui.commands.context import Selection
from planhat_tui.errors import InputError
from planhat_tui.model.records import Company, Kind

if TYPE_CHECKING:
    from tests.commands.conftest import Desk

NOTHING = Selection()
COMPANIES = Selection(Kind.COMPANY, ("c1", "c2"))
CONTACT = Selection(Kind.CONTACT, ("p1",))


def _read(text: str, selection: Selection = NOTHING) -> list[tuple[str, ...]]:
    return [(typed.command.name, *typed.words) for typed in line.read(text, selection)]


# -- parts


def test_a_semicolon_parts_commands_only_as_a_word_of_its_own() -> None:
    assert _read("tag gold ; call list", COMPANIES) == [("company tag", "gold"), ("call list",)]
    assert _read("tag gold; call list", COMPANIES) == [("company tag", "gold;", "call", "list")]


def test_empty_parts_of_a_line_are_passed_over() -> None:
    assert _read(" ; undo ; ; ") == [("undo",)]
    assert _read("   ") == []


# -- nouns and verbs


def test_a_verb_with_its_noun() -> None:
    assert _read("company find acme tag:vip") == [("company find", "acme", "tag:vip")]


def test_a_verb_that_stands_alone() -> None:
    assert _read("find acme") == [("find", "acme")]
    assert _read("limits") == [("limits",)]


def test_words_may_be_begun_while_they_are_unambiguous() -> None:
    assert _read("comp f acme") == [("company find", "acme")]
    assert _read("sy") == [("sync",)]


@pytest.mark.parametrize(
    ("typed", "some"), [("s phase=won", {"set", "show", "sync"}), ("t gold", {"tag", "timeline"})]
)
def test_verbs_of_the_selection_are_abbreviated_like_the_nouns(typed: str, some: set[str]) -> None:
    with pytest.raises(InputError) as caught:
        line.read(typed, Selection(Kind.COMPANY, ("c1",)))
    told = caught.value.message.partition(" could be ")[2].rstrip(".")
    assert some <= set(told.split(", "))
    (read,) = line.read("ta gold", Selection(Kind.COMPANY, ("c1",)))
    assert read.command.name == "company tag"


def test_a_beginning_that_fits_several_names_them() -> None:
    with pytest.raises(InputError, match="co could be company, contact"):
        _read("co find x")


def test_other_names_of_verbs_are_read_too() -> None:
    assert _read("company list") == [("company find",)]
    assert _read("call get x") == [("call show", "x")]


def test_a_noun_alone_names_its_verbs() -> None:
    with pytest.raises(InputError, match=r"What about outbox\?  There are: list, show, send"):
        _read("outbox")


def test_a_typo_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no command compnay\.  Did you mean company\?"):
        _read("compnay find")
    with pytest.raises(InputError, match=r"no company verb untga\.  Did you mean untag\?"):
        _read("company untga x")
    with pytest.raises(InputError, match=r"Did you mean untag\?"):
        _read("untga x", COMPANIES)


def test_what_is_like_nothing_names_the_nearest_three_and_who_knows_them_all() -> None:
    with pytest.raises(InputError, match="There is no command qqq") as refused:
        _read("qqq")
    assert re.fullmatch(r"The nearest are \w+, \w+, \w+\.  \? lists all", refused.value.advice)


def test_a_question_mark_lists_every_verb_with_what_it_does() -> None:
    known = line.all_known()
    assert {record["name"] for record in known.records} >= {"company tag", "call log", "undo"}
    assert all(record["summary"] for record in known.records)
    assert "sandbox" not in {record["name"] for record in known.records}


@pytest.mark.parametrize("name", ["sandbox", "serve", "repl", "completion"])
def test_what_is_for_the_shell_alone_says_so(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name} is a command of the shell") as refused:
        _read(f"{name} --help")
    assert refused.value.advice == f"In a shell: planhat-tui {name}"


@pytest.mark.parametrize("word", ["quit", "exit", "q"])
def test_who_wants_to_leave_hears_of_the_key(word: str) -> None:
    with pytest.raises(InputError, match=r"ctrl\+q quits the explorer"):
        _read(word)
    with pytest.raises(InputError, match=r"ctrl\+q quits the explorer"):
        _read(word, COMPANIES)


# -- the selection


def test_the_noun_may_be_left_out_where_the_selection_gives_it() -> None:
    assert _read("tag gold", COMPANIES) == [("company tag", "gold")]
    assert _read("tag champion", CONTACT) == [("contact tag", "champion")]
    with pytest.raises(InputError, match="There is no command tag"):
        _read("tag gold")


def test_a_noun_goes_before_a_verb_of_the_selection() -> None:
    assert _read("find acme", COMPANIES) == [("find", "acme")]
    assert _read("contact tag x", COMPANIES) == [("contact tag", "x")]


def test_a_verb_of_the_selection_may_be_begun() -> None:
    assert _read("unt gold", COMPANIES) == [("company untag", "gold")]


@pytest.mark.parametrize("text", ["del", "delet", "company del", "company d"])
def test_what_deletes_is_never_begun(text: str) -> None:
    with pytest.raises(InputError):
        _read(text, COMPANIES)


@pytest.mark.parametrize("text", ["outbox disc 1", "profile rem x", "und"])
def test_neither_is_what_discards_or_takes_back(text: str) -> None:
    with pytest.raises(InputError, match=r"Did you mean (discard|remove|undo)"):
        _read(text)


def test_what_deletes_is_read_when_its_typed_in_full() -> None:
    assert _read("delete", COMPANIES) == [("company delete",)]


def test_nothing_of_a_line_is_done_when_a_part_of_it_cant_be_read(desk: Desk) -> None:
    acme = desk.company()
    with pytest.raises(InputError):
        desk.colon("tag gold ; tga silver", Kind.COMPANY, acme)
    assert desk.queue() == ()


def test_a_verb_takes_all_that_is_selected(desk: Desk) -> None:
    ids = desk.server.ids()[:3]
    desk.colon("tag brand-new", Kind.COMPANY, *ids)
    assert sorted(entry.record_id for entry in desk.queue()) == sorted(ids)


def test_an_id_goes_before_the_selection(desk: Desk) -> None:
    first, second, *_ = desk.server.ids()
    desk.colon(f"tag brand-new --id {second}", Kind.COMPANY, first)
    assert [entry.record_id for entry in desk.queue()] == [second]


def test_several_ids_may_be_given(desk: Desk) -> None:
    first, second, *_ = desk.server.ids()
    desk.colon(f"company tag brand-new --id {second} --id {first}")
    assert [entry.record_id for entry in desk.queue()] == [second, first]


def test_no_record_is_positional_here(desk: Desk) -> None:
    with pytest.raises(InputError, match="No company is selected"):
        desk.colon("company tag gold")
    desk.colon("company tag Acme", Kind.COMPANY, desk.company())
    (change,) = (change for entry in desk.queue() for change in entry.changes)
    assert isinstance(change.after, list)
    assert change.after[-1] == "Acme"


@pytest.mark.parametrize("verb", ["tag", "untag", "company tag", "set", "show", "delete"])
def test_a_record_that_is_named_as_in_the_shell_isnt_taken_for_a_value(
    desk: Desk, verb: str
) -> None:
    acme = desk.company()
    other = next(one for one in desk.server.ids() if one != acme)
    name = desk.workspace.reads.raws(Kind.COMPANY, [acme])[0]["name"]
    with pytest.raises(InputError) as refused:
        desk.colon(f'{verb} "{name}" foo=x', Kind.COMPANY, other)
    assert refused.value.message == f"'{name}' is a company."
    assert refused.value.advice == (
        f"Here the verb takes the selection; --id '{name}' names another."
    )
    assert desk.queue() == ()


def test_a_contacts_email_or_an_id_isnt_taken_for_a_value_either(desk: Desk) -> None:
    first, second, *_ = desk.contact_ids()
    email = desk.workspace.reads.raws(Kind.CONTACT, [second])[0]["email"]
    for named in (email, second):
        with pytest.raises(InputError, match="is a contact"):
            desk.colon(f"tag --queue {named} foo", Kind.CONTACT, first)
    with pytest.raises(InputError, match="leave the name out") as own:
        desk.colon(f"tag {first} foo", Kind.CONTACT, first)
    assert own.value.message == f"{first} is a contact."
    assert desk.queue() == ()


def test_a_tag_may_be_called_as_a_record_is_where_it_can_be_nothing_else(desk: Desk) -> None:
    acme = desk.company()
    other = next(one for one in desk.server.ids() if one != acme)
    name = desk.workspace.reads.raws(Kind.COMPANY, [acme])[0]["name"]
    desk.colon(f'tag "{name}" --id {other}', Kind.COMPANY, acme)
    assert [entry.record_id for entry in desk.queue()] == [other]
    for verb, has in (("tag", True), ("untag", False)):
        desk.colon(f'{verb} "{name}"', Kind.COMPANY, acme)
        assert (name in Company.from_raw(desk.one("company", "show", acme)).tags) is has


def test_a_selection_of_another_kind_isnt_taken(desk: Desk) -> None:
    with pytest.raises(InputError, match="No contact is selected"):
        desk.colon("contact tag gold", Kind.COMPANY, desk.company())


def test_a_verb_for_one_record_refuses_several(desk: Desk) -> None:
    ids = desk.server.ids()[:2]
    with pytest.raises(InputError, match="2 are selected, and this takes one") as refused:
        desk.colon('contact create "Ada New"', Kind.COMPANY, *ids)
    assert refused.value.advice == "Name it: --company ID."


@given(
    text=st.text(max_size=30) | st.lists(st.sampled_from(["tag", "company", ";", "d", "'", "-"]))
)
def test_whatever_is_typed_is_read_or_refused_as_input(text: str | list[str]) -> None:
    typed = text if isinstance(text, str) else " ".join(text)
    with contextlib.suppress(InputError):
        assert all(one.command.name for one in line.read(typed, COMPANIES))
