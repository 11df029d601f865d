from __future__ import annotations

import importlib
import pkgutil
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import Keys, _character_to_key

import planhat_tui.tui
from planhat_tui.config.keymap import POSSIBLE
from planhat_tui.config.keys import CHAINS, name_of
from planhat_tui.errors import InputError
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import State
from planhat_tui.tui.keys import (
    KEYS,
    MOST,
    Key,
    Sentence,
    Where,
    bindings,
    footer,
    is_typed,
    joined,
    keyed,
    keys_of,
    pressed,
    sentence,
    shown,
)
from planhat_tui.tui.part import Part
from planhat_tui.tui.presentation import empty_words, sentences
from planhat_tui.tui.presentation.cells import literal, named
from tests.tui.records import entry

if TYPE_CHECKING:
    from collections.abc import Iterator

TAKEN_BY_TERMINALS = {"ctrl+a", "ctrl+b", "ctrl+c", "ctrl+z"}
TAKEN_BY_TEXTUAL = {"ctrl+p", "ctrl+q"}


def _subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def standing_for(where: Where) -> list[type[Part]]:
    """Return the classes of the explorer that declare the place as theirs."""
    for module in pkgutil.walk_packages(planhat_tui.tui.__path__, "planhat_tui.tui."):
        importlib.import_module(module.name)
    return [
        one
        for one in dict.fromkeys(_subclasses(Part))
        if where in one.__dict__.get("PLACES", ()) and one.__module__.startswith("planhat_tui.")
    ]


def each_key(key: Key) -> list[str]:
    return [name.strip() for name in key.keys.split(",")]


def test_no_key_of_the_multiplexers_or_of_the_shell_is_taken() -> None:
    taken = {name for key in KEYS for name in each_key(key)}
    assert taken.isdisjoint(TAKEN_BY_TERMINALS | TAKEN_BY_TEXTUAL)
    bound = {one.key for place in Where for one in bindings(place)}
    assert bound == {key.keys for key in KEYS}


@pytest.mark.parametrize("where", Where)
def test_names_and_keys_of_a_place_are_each_there_once(where: Where) -> None:
    names = [key.name for key in keys_of(where)]
    assert names, "a place without keys"
    assert len(set(names)) == len(names)
    pressed_here = [name for key in keys_of(where) for name in each_key(key)]
    assert len(set(pressed_here)) == len(pressed_here)


@pytest.mark.parametrize("where", Where)
def test_one_class_stands_for_a_place_and_does_its_keys(where: Where) -> None:
    (part,) = standing_for(where)
    missing = [key.name for key in keys_of(where) if not hasattr(part, f"do_{key.name}")]
    assert missing == []


@pytest.mark.parametrize("where", Where)
def test_the_class_that_stands_for_a_place_binds_its_keys(where: Where) -> None:
    (part,) = standing_for(where)
    bound = {one.id for one in part.__dict__["BINDINGS"] if not isinstance(one, tuple)}
    assert bound >= {key.name for key in keys_of(where)}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.where}-{key.name}")
def test_every_key_is_one_that_textual_knows(key: Key) -> None:
    known = {one.value for one in Keys} | {name_of(c) for c in string.punctuation} | {"space"}
    for name in each_key(key):
        assert len(name) == 1 or name in known


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.where}-{key.name}")
def test_every_key_has_words_for_the_footer_and_for_the_help(key: Key) -> None:
    assert key.words
    assert key.help
    assert not key.help.endswith(".")


@pytest.mark.parametrize("chain", CHAINS, ids="-".join)
def test_the_footer_has_few_keys_in_the_order_of_use(chain: tuple[Where, ...]) -> None:
    chosen = footer(key for place in chain for key in keys_of(place))
    assert 0 < len(chosen) <= MOST
    assert [key.rank for key in chosen] == sorted(key.rank for key in chosen)
    assert len({key.name for key in chosen}) == len(chosen)
    if Where.EXPLORER in chain:
        assert [key.name for key in chosen[-2:]] == ["outbox", "help"]


@given(st.lists(st.sampled_from(KEYS)))
def test_any_footer_shows_few_different_keys(some: list[Key]) -> None:
    chosen = footer(some)
    assert len(chosen) <= MOST
    assert len({key.name for key in chosen}) == len(chosen)
    assert all(key.rank for key in chosen)
    ranked = {key.name for key in some if key.rank}
    assert len(chosen) == min(MOST, len(ranked))


def test_a_key_is_written_as_people_write_it() -> None:
    by_name = {key.name: key for key in keys_of(Where.EXPLORER, Where.LIST)}
    assert shown(by_name["find"]) == "/"
    assert shown(by_name["back"]) == "esc"
    assert shown(by_name["half_down"]) == "ctrl+d"
    assert shown(by_name["down"]) == "j"


def test_a_key_that_the_config_changes_is_shown_changed() -> None:
    (tags,) = (key for key in keys_of(Where.COMPANIES) if key.name == "tags")
    assert shown(tags, {"tags": "f8, T"}) == "F8"
    assert pressed(tags, {"tags": "f8, T"}) == "f8"
    assert pressed(tags, {"field": "E"}) == "t"


def test_a_sentence_names_keys_as_the_config_has_them_and_leaves_other_braces() -> None:
    said = "Tag {gold} is queued.  {undo} takes it back"
    assert keyed(said) == "Tag {gold} is queued.  u takes it back"
    assert keyed(said, {"undo": "ctrl+y"}) == "Tag {gold} is queued.  ctrl+y takes it back"


def _told_of(name: str) -> tuple[str, ...]:
    """Sentences about something that is called so, as are its tag, its field and what is wrong."""
    stuck = entry(Change("tags", [], [name]), title=name, reason=name, state=State.REFUSED)
    return (
        named(name),
        literal(name),
        sentences.problem(InputError(name, name)),
        sentences.queued((stuck,)),
        sentences.queued((entry(Change(f"custom.{name}", "1", "2"), title=name),)),
        sentences.stuck(stuck),
        sentences.unsure(stuck),
        empty_words.no_match(name),
        empty_words.no_contacts(name),
        empty_words.no_field(name),
    )


@pytest.mark.parametrize("key", sorted({key.name for key in KEYS}))
def test_what_data_says_in_a_sentence_names_no_key(key: str) -> None:
    name = f"{{{key}}}"
    for told, plain in zip(_told_of(name), _told_of("acme"), strict=True):
        seen = keyed(keyed(told)).replace("\ufe0e", "")  # a sign that nobody sees
        assert seen == keyed(plain).replace("acme", name)


def test_no_sentence_of_the_screen_names_a_key_that_the_config_may_change() -> None:
    key = r"(?:[a-zA-Z/?:\[]|ctrl\+(?![pq])[a-z]|F\d|esc)"
    literal = re.compile(rf'(?<!")"(?!")[^"\n]*[.)]  {key} (?:and|then|[a-z]+s) [^"]*"')
    files = [*Path(planhat_tui.tui.__file__).parent.rglob("*.py")]
    told = [found[0] for file in files for found in literal.finditer(file.read_text("utf-8"))]
    assert told == []


def test_letters_belong_to_the_input_that_has_the_focus() -> None:
    by_name = {key.name: key for key in KEYS}
    for name in ("find", "line", "help", "tags", "mark", "open"):
        assert is_typed(by_name[name]), name
    for name in ("save", "close", "stamp", "half_down"):
        assert not is_typed(by_name[name]), name
    assert not is_typed(by_name["tags"], {"tags": "ctrl+t"})
    assert is_typed(by_name["stamp"], {"stamp": "x"})


def test_a_binding_runs_the_deed_of_its_name() -> None:
    made = {one.id: one for one in bindings(Where.FORM)}
    assert made["save"].action == "do('save')"
    assert made["save"].priority
    assert not made["close"].priority
    assert not any(one.show for one in made.values())


@given(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs")))
def test_a_character_has_the_name_that_textual_gives_it(char: str) -> None:
    assert name_of(char) == _character_to_key(char)


def test_the_keys_that_the_config_can_have_are_those_that_textual_knows() -> None:
    known = {one.value for one in Keys} | {name_of(char) for char in string.punctuation}
    known |= {"space", "ctrl+left_square_bracket"}  # what space sends, and what Escape does
    assert known >= POSSIBLE


def test_no_place_with_keys_is_left_out_of_the_check_for_conflicts() -> None:
    assert {where for chain in CHAINS for where in chain} == set(Where)


def test_a_key_in_a_sentence_is_what_a_click_on_it_presses() -> None:
    told = sentence("Done {so}.  {undo} takes it back, {save} keeps it", {"save": "f2"})
    assert told.text == "Done {so}.  u takes it back, F2 keeps it"
    assert [(told.text[start:end], key) for start, end, key in told.presses] == [
        ("u", "u"),
        ("F2", "f2"),
    ]


def test_keys_are_clicked_also_where_their_sentence_stands_behind_another() -> None:
    told = joined(
        sentence("Kept.  {field} brings it back"), Sentence(""), sentence("{undo} undoes")
    )
    assert told.text == "Kept.  e brings it back  u undoes"
    assert [(told.text[start:end], key) for start, end, key in told.presses] == [
        ("e", "e"),
        ("u", "u"),
    ]
    assert joined(Sentence("")) == Sentence("")
