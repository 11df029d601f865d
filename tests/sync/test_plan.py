from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.sync.plan import (
    Changes,
    Companies,
    ContactIds,
    Contacts,
    ContactsOf,
    Definitions,
    Knowledge,
    Lean,
    OneCompany,
    Position,
    Probe,
    Rest,
    Size,
    Step,
    Team,
    Tidy,
    is_background,
    next_step,
    too_many_gone,
)

NOTHING = Knowledge(now=10_000.0, refresh=300.0)
NAMES = replace(NOTHING, lean_at=10_000.0)
TEAM = replace(NAMES, team_at=10_000.0, definitions_at=10_000.0)
DONE = Position(done=True)
WHOLE = replace(TEAM, companies=DONE, contacts=DONE, edition="modern", changes_at=10_000.0)
NEW = replace(WHOLE, changes_at=9_900.0, lean_left="c2", lean_many=True)
FAR = replace(TEAM, companies=DONE, contacts=Position(40_000))
NEXT = Contacts(Position(2000))
CHECK = ContactIds(Position(9, last="a"))
CHECKED = replace(WHOLE, checks=True, checked_at=10_000.0 - 86_200.0)
MOMENTS = st.none() | st.floats(0, 20_000)
"""Some are still to come: the clock was ahead when they were noted."""
POSITIONS = st.builds(Position, st.integers(0, 90_000), st.booleans())
KNOWN = st.builds(
    Knowledge,
    now=st.just(10_000.0),
    refresh=st.floats(60, 3600),
    edition=st.sampled_from(["", "seed", "modern"]),
    probe_is_due=st.booleans(),
    sorts=st.booleans(),
    lean_at=MOMENTS,
    lean_took=st.floats(0, 200),
    empty=st.booleans(),
    team_at=MOMENTS,
    definitions_at=MOMENTS,
    changes_at=MOMENTS,
    looked_at=st.sampled_from(["", "c1"]),
    looked_whole=st.booleans(),
    looked_contacts=st.booleans(),
    companies=POSITIONS,
    contacts=POSITIONS,
    checks=st.booleans(),
    checked_at=MOMENTS,
    check=POSITIONS,
    size_look=st.none() | st.integers(0, 90_000),
    lean_left=st.sampled_from(["", "c2"]),
    lean_many=st.booleans(),
    oldest=st.sampled_from(["", "c3"]),
    contacts_of=st.sampled_from(["", "c4"]),
)


@pytest.mark.parametrize(
    ("known", "step"),
    [
        (NOTHING, Lean()),
        (replace(NOTHING, empty=True), Lean(awaited=True)),
        (replace(WHOLE, now=10_300.0, empty=True), Lean()),
        (replace(NOTHING, looked_at="c1", looked_whole=False), Lean()),
        (NAMES, Team()),
        (replace(NAMES, looked_at="c1", looked_whole=False), OneCompany("c1", on_screen=True)),
        (replace(NAMES, looked_at="c1", looked_contacts=False), ContactsOf("c1", on_screen=True)),
        (replace(TEAM, probe_is_due=True), Probe()),
        (
            replace(TEAM, probe_is_due=True, looked_at="c1", looked_whole=False),
            OneCompany("c1", on_screen=True),
        ),
        (replace(TEAM, edition="modern", definitions_at=None), Definitions()),
        (replace(WHOLE, definitions_at=6_400.0), Definitions()),
        (replace(TEAM, edition="seed", definitions_at=None), Contacts()),
        (replace(TEAM, definitions_at=None), Companies()),  # the edition isn't known yet
        (TEAM, Companies()),
        (replace(TEAM, companies=Position(5000)), Companies(Position(5000))),
        (replace(TEAM, edition="seed", lean_left="c2"), OneCompany("c2")),
        (replace(TEAM, edition="seed"), Contacts()),
        (replace(TEAM, companies=DONE, lean_left="c2"), OneCompany("c2")),
        (NEW, Changes(9_600.0)),
        (replace(NEW, lean_many=False), OneCompany("c2")),
        (replace(NEW, sorts=False), OneCompany("c2")),
        (replace(NEW, edition="seed"), OneCompany("c2")),
        (replace(NEW, changes_at=10_000.0), OneCompany("c2")),  # they weren't among the changes
        (replace(NEW, looked_at="c1", looked_whole=False), OneCompany("c1", on_screen=True)),
        (replace(TEAM, companies=DONE, contacts=Position(2000)), Contacts(Position(2000))),
        (replace(FAR, size_look=160_000), Size(160_000)),
        (FAR, Contacts(Position(40_000))),
        (replace(TEAM, companies=DONE, contacts=Position(2000), size_look=8000), NEXT),
        (WHOLE, Rest(300.0)),
        (replace(WHOLE, now=10_300.0, tidy=False), Tidy()),
        (replace(TEAM, companies=DONE, contacts=Position(2000), tidy=False), NEXT),
        (replace(CHECKED, checked_at=None), ContactIds()),
        (replace(CHECKED, checked_at=None, check=Position(9, last="a")), CHECK),
        (replace(CHECKED, checked_at=None, edition="seed"), Contacts()),
        (CHECKED, Rest(200.0)),
        (replace(WHOLE, now=10_100.0), Rest(200.0)),
        (replace(WHOLE, now=10_300.0), Lean()),
        (replace(WHOLE, now=10_300.0, lean_at=10_300.0), Changes(9_700.0)),
        (replace(WHOLE, edition="seed", oldest="c3"), OneCompany("c3")),
        (replace(WHOLE, edition="seed", oldest="c3", contacts_of="c4"), ContactsOf("c4")),
        (replace(WHOLE, now=10_300.0, contacts_of="c4"), Lean()),
        (replace(WHOLE, now=13_600.0, lean_at=13_600.0, changes_at=13_600.0), Team()),
    ],
)
def test_what_comes_next(known: Knowledge, step: Step) -> None:
    assert next_step(known) == step


@given(KNOWN)
def test_names_come_before_everything_and_the_screen_before_the_rest(known: Knowledge) -> None:
    step = next_step(known)
    if known.lean_at is None:
        assert step == Lean(awaited=known.empty)
    elif known.looked_at and not (known.looked_whole and known.looked_contacts):
        assert isinstance(step, OneCompany | ContactsOf)
        assert step.on_screen


@given(KNOWN)
def test_the_edition_without_lists_is_never_asked_for_one(known: Knowledge) -> None:
    step = next_step(replace(known, edition="seed"))
    assert not isinstance(step, Companies | Changes | Definitions)


@given(KNOWN)
def test_a_rest_is_neither_a_circle_nor_a_sleep_without_end(known: Knowledge) -> None:
    step = next_step(known)
    if isinstance(step, Rest):
        assert 1.0 <= step.seconds <= known.refresh
        assert not known.lean_left
        assert known.contacts.done


@given(KNOWN)
def test_step_by_step_a_copy_becomes_whole(known: Knowledge) -> None:
    now = known.now
    carried_out: dict[type, dict[str, object]] = {
        Lean: {"lean_at": now},
        Team: {"team_at": now},
        Definitions: {"definitions_at": now},
        Probe: {"probe_is_due": False},
        Companies: {"companies": DONE},
        Contacts: {"contacts": DONE, "checked_at": now},
        Size: {"size_look": None},
        ContactIds: {"checked_at": now},
        Changes: {"changes_at": now},
    }
    read: dict[type, dict[str, dict[str, object]]] = {
        OneCompany: {"c1": {"looked_whole": True}, "c2": {"lean_left": ""}, "c3": {"oldest": ""}},
        ContactsOf: {"c1": {"looked_contacts": True}, "c4": {"contacts_of": ""}},
    }
    for _ in range(20):
        step = next_step(known)
        if isinstance(step, Rest):
            return
        one = step.company_id if isinstance(step, OneCompany | ContactsOf) else ""
        done = read[type(step)][one] if one else carried_out[type(step)]
        known = replace(known, **done)  # type: ignore[arg-type]  # each has its field's type
    raise AssertionError(f"it never rests: {known}")


@pytest.mark.parametrize(
    ("known", "gone", "doubted"),
    [(0, 0, False), (100, 0, False), (100, 20, False), (100, 21, True), (100, 100, True)],
)
def test_a_list_that_lost_more_than_a_fifth_is_doubted(
    known: int,
    gone: int,
    doubted: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    assert too_many_gone(known, gone) is doubted


@pytest.mark.parametrize(
    ("known", "step"),
    [
        (replace(NAMES, team_at=99_000.0), Team()),
        (replace(WHOLE, lean_at=99_000.0), Lean()),
        (replace(WHOLE, changes_at=99_000.0), Changes(0.0)),
        (replace(CHECKED, checked_at=99_000.0), ContactIds()),
    ],
)
def test_what_a_clock_that_was_ahead_has_noted_is_due(known: Knowledge, step: Step) -> None:
    assert next_step(known) == step


def test_an_order_that_is_ignored_makes_looks_for_changes_rare() -> None:
    known = replace(WHOLE, now=10_400.0, lean_at=10_400.0, sorts=False)
    assert next_step(known) == Rest(300.0)
    assert next_step(replace(known, sorts=True)) == Changes(9_700.0)
    late = replace(known, now=13_600.0, lean_at=13_600.0, team_at=13_600.0, definitions_at=13_600.0)
    assert next_step(late) == Changes(9_700.0)


def test_a_list_of_names_that_takes_long_comes_seldom() -> None:
    known = replace(WHOLE, lean_at=10_000.0 - 1_000.0, lean_took=40.0)
    assert next_step(known) == Rest(200.0)
    assert next_step(replace(known, lean_took=30.0)) == Lean()
    assert next_step(replace(known, lean_took=0.1, lean_at=10_000.0 - 299.0)) == Rest(1.0)


def test_beside_a_long_list_of_names_the_screen_has_what_it_waits_for() -> None:
    assert is_background(Lean())
    assert is_background(Changes(0.0))
    assert not is_background(OneCompany("c1", on_screen=True))
    assert not is_background(Rest(1.0))


def test_a_position_is_kept_as_text() -> None:
    for at in (Position(), DONE, Position(4_000), Position(4_000, last="5f", began=1.25)):
        assert Position.from_text(at.to_text()) == at
    assert Position.from_text("") == Position()
    assert Position.from_text("4000") == Position(4_000)  # as an earlier version noted it


@given(st.lists(st.integers(0, 300), unique=True, max_size=40), st.data())
def test_a_walk_along_a_list_that_shrinks_leaves_nothing_out(
    numbers: list[int], data: st.DataObject
) -> None:
    there = sorted(f"{n:03}" for n in numbers)
    at, seen, size = Position(), set[str](), 4
    for _ in range(500):
        ids = there[at.asked : at.asked + size]
        if not at.follows(ids):
            at = at.back(size)
            continue
        seen |= set(ids)
        if len(ids) < size:
            break
        at = at.after(ids, len(ids))
        gone = data.draw(st.sets(st.sampled_from(there), max_size=7)) if there else set()
        there = [one for one in there if one not in gone]
    else:
        raise AssertionError("it never ends")
    assert set(there) <= seen
