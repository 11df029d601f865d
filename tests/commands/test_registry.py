from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from planhat_tui import cli
from planhat_tui import commands as room
from planhat_tui.commands import line, registry
from planhat_tui.commands.context import Door, Selection
from planhat_tui.commands.grammar import CONFIRMING, params_of
from planhat_tui.commands.registry import ROOMS, Command, Effect, commands, flag, match, option
from planhat_tui.errors import InputError
from planhat_tui.model.records import Kind
from planhat_tui.tui import palette
from planhat_tui.tui.keys import KEYS
from planhat_tui.tui.panes.calls import Calls
from planhat_tui.tui.panes.companies import Companies
from planhat_tui.tui.panes.company import CompanyPane
from planhat_tui.tui.panes.contacts import Contacts
from planhat_tui.tui.screens.explorer import Explorer

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = commands()
EACH = pytest.mark.parametrize("command", ALL, ids=[command.name for command in ALL])


@EACH
def test_its_parameters_are_the_arguments_of_its_function(command: Command) -> None:
    _, *arguments = inspect.signature(command.run).parameters.values()  # the first is the context
    named = {one.name for one in arguments if one.kind is not one.VAR_KEYWORD}
    params = [param.name for param in command.params]
    assert len(set(params)) == len(params)
    assert named == set(params) or (named < set(params) and len(named) < len(arguments))


@EACH
def test_its_first_line_is_a_sentence_that_fits_a_help_screen(command: Command) -> None:
    assert command.summary.endswith((".", "?"))
    assert command.summary[0].isupper()
    assert len(command.summary) <= 90


@EACH
def test_all_of_its_words_have_help(command: Command) -> None:
    assert all(param.help.strip() for param in command.params)


@EACH
def test_it_is_found_under_its_first_word(command: Command) -> None:
    first = command.noun or command.verb
    assert command in commands(first)
    assert command.run.__module__ == f"planhat_tui.commands.{ROOMS[first]}"


@EACH
def test_a_word_that_takes_all_that_is_left_stands_last(command: Command) -> None:
    hows = [param.how for param in command.params if param.how in {"word", "words", "records"}]
    assert "words" not in hows[:-1]


@EACH
def test_what_deletes_is_told_by_its_effect(command: Command) -> None:
    assert (command.effect is Effect.DELETE) == (command.verb in {"delete", "undo", "redo", "wipe"})


@EACH
def test_what_asks_can_be_answered_where_nobody_is_asked(command: Command) -> None:
    if "ctx.confirm(" in inspect.getsource(command.run):
        assert command.asks
    for door in (Door.SHELL, Door.SCRIPT):
        assert not command.asks or set(CONFIRMING) <= set(params_of(command, door))


def test_no_verb_of_a_noun_is_there_twice_under_any_name() -> None:
    for first in ROOMS:
        names = [name for one in commands(first) for name in (one.verb, *one.aliases)]
        assert len(names) == len(set(names)), first


def test_list_is_another_name_for_find_and_get_for_show() -> None:
    pairs = {"find": "list", "list": "find", "show": "get"}
    for command in ALL:
        if command.noun and command.verb in pairs:
            assert pairs[command.verb] in command.aliases, command.name


def test_every_verb_stands_in_the_room_of_its_noun_and_each_room_is_listed() -> None:
    found = set()
    for module in pkgutil.iter_modules(room.__path__):
        loaded = importlib.import_module(f"planhat_tui.commands.{module.name}")
        if any(command.run.__module__ == loaded.__name__ for command in ALL):
            found.add(module.name)
    assert found == set(ROOMS.values())


def test_they_come_in_the_order_of_the_help() -> None:
    firsts = list(dict.fromkeys(command.noun or command.verb for command in ALL))
    assert firsts == list(ROOMS)


def test_a_first_word_loads_its_own_module_alone() -> None:
    program = (
        "import sys; from planhat_tui.commands.registry import commands; commands('user');"
        "print(sorted(name for name in sys.modules if name.startswith('planhat_tui.commands.')"
        " and name.rpartition('.')[2] in ('call', 'company', 'profile', 'sandbox', 'user')))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "['planhat_tui.commands.user']"


def test_servers_and_what_is_for_shells_have_no_other_door() -> None:
    only = {command.name for command in ALL if command.doors == Door.SHELL}
    assert only == {"sandbox", "serve", "repl", "completion"}


def test_what_writes_the_config_says_so() -> None:
    assert {command.name for command in ALL if command.effect is Effect.CONFIG} == {
        *(f"profile {verb}" for verb in ("add", "edit", "remove", "use")),
        *("view save", "view remove", "theme use"),
    }


@EACH
def test_each_of_its_doors_leads_to_it(command: Command) -> None:
    words = command.name.split()
    selection = Selection(command.kind, ("c1",)) if command.kind else Selection()
    reached: dict[Door, Callable[[], bool]] = {
        Door.SHELL: lambda: cli.run([*words, "--help"]) == 0,
        Door.LINE: lambda: line.typed(words, selection).command == command,
        Door.SCRIPT: lambda: line.typed(words, Selection()).command == command,
        Door.KEY: lambda: command.key in {key.name for key in KEYS},
        Door.PALETTE: lambda: command in palette.offered(),
    }
    declared = command.doors | (Door.SCRIPT if Door.LINE in command.doors else Door(0))
    for door, leads in reached.items():
        if door in declared:
            assert leads(), door
    assert Door.SHELL in command.doors


def test_a_key_that_is_named_is_a_door_and_something_does_it() -> None:
    parts = [Explorer, Companies, CompanyPane, Contacts, Calls]
    for command in ALL:
        assert (Door.KEY in command.doors) == bool(command.key)
        if command.key:
            assert any(hasattr(part, f"do_{command.key}") for part in parts), command.name


def test_what_isnt_open_to_the_line_isnt_offered_there() -> None:
    for command in ALL:
        if Door.LINE not in command.doors:
            with pytest.raises(InputError):
                line.typed(command.name.split(), Selection())
            assert command not in palette.offered()


def test_verbs_that_open_no_profile_say_so() -> None:
    free = {command.noun or command.name for command in ALL if not command.needs_profile}
    assert free >= {
        "profile",
        "theme",
        "config",
        "keys",
        "sandbox",
        "serve",
        "run",
        "repl",
        "doctor",
    }
    assert {one.name for one in ALL if one.noun == "view" and not one.needs_profile} == {
        "view save",
        "view remove",
    }
    assert not free & {"find", "company", "contact", "call", "outbox", "sync", "undo", "request"}


def test_verbs_on_records_say_what_the_records_are() -> None:
    for command in ALL:
        if any(param.how == "records" for param in command.params):
            assert command.kind is (Kind(command.noun) if command.noun else None)


def test_the_last_spelling_of_an_option_names_it() -> None:
    assert option("-t --talk-time", "how long").name == "talk_time"
    assert flag("-o --open-endpoint", "which way").name == "open_endpoint"


# -- words that are begun


NAMES = ["find", "show", "set", "tag", "untag", "delete"]


def test_a_whole_word_is_itself_even_where_others_begin_with_it() -> None:
    assert match("tag", ["tag", "tags"], "verb") == "tag"


def test_the_beginning_of_one_word_is_that_word() -> None:
    assert match("u", NAMES, "verb") == "untag"


def test_the_beginning_of_several_words_names_them() -> None:
    with pytest.raises(InputError, match=r"^s could be show, set\.  Type more of it\.$"):
        match("s", NAMES, "verb")


def test_a_word_that_must_be_typed_in_full_is_not_begun() -> None:
    with pytest.raises(InputError, match=r"There is no verb del\.  Did you mean delete\?"):
        match("del", NAMES, "verb", exact=["delete"])
    assert match("delete", NAMES, "verb", exact=["delete"]) == "delete"


def test_a_typo_names_the_nearest_and_anything_else_names_all() -> None:
    with pytest.raises(InputError, match=r"Did you mean untag\?"):
        match("untga", NAMES, "verb")
    with pytest.raises(InputError, match="There are: find, show, set, tag, untag, delete"):
        match("xyzzy", NAMES, "verb")


def test_what_is_known_twice_is_named_once() -> None:
    with pytest.raises(InputError, match=r"There are: find, show\.$"):
        match("xyzzy", ["find", "show", "find"], "verb")


def test_nothing_is_the_beginning_of_nothing() -> None:
    with pytest.raises(InputError):
        match("", ["find"], "verb")


def test_what_loses_something_is_typed_in_full() -> None:
    losing = {command.name for command in ALL if command.loses}
    assert losing >= {"company delete", "outbox discard", "profile remove", "undo"}
    assert not losing & {"company untag", "outbox hold", "call log"}


def test_what_can_be_deleted_is_known() -> None:
    deleting = {one.noun for one in ALL if one.effect is registry.Effect.DELETE}
    # undo deletes what was made, profile wipe what is here
    assert deleting == {"company", "contact", "call", "profile", ""}
