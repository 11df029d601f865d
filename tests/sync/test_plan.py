from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.sync.plan import (
    Changes,
    Companies,
    Contacts,
    ContactsOf,
    Knowledge,
    Lean,
    OneCompany,
    Position,
    Probe,
    Rest,
    Step,
    Team,
    next_step,
    too_many_gone,
)

NOTHING = Knowledge(now=10_000.0, refresh=300.0)
NAMES = replace(NOTHING, lean_at=10_000.0)
TEAM = replace(NAMES, team_at=10_000.0)
DONE = Position(done=True)
WHOLE = replace(TEAM, companies=DONE, contacts=DONE, edition="modern", changes_at=10_000.0)
MOMENTS = st.none() | st.floats(0, 10_000)
POSITIONS = st.builds(Position, st.integers(0, 10_000), st.booleans())
KNOWN = st.builds(
    Knowledge,
    now=st.just(10_000.0),
    refresh=st.floats(60, 3600),
    edition=st.sampled_from(["", "seed", "modern"]),
    probe_is_due=st.booleans(),
    sorts=st.booleans(),
    lean_at=MOMENTS,
    team_at=MOMENTS,
    changes_at=MOMENTS,
    looked_at=st.sampled_from(["", "c1"]),
    looked_whole=st.booleans(),
    looked_contacts=st.booleans(),
    companies=POSITIONS,
    contacts=POSITIONS,
    lean_left=st.sampled_from(["", "c2"]),
    oldest=st.sampled_from(["", "c3"]),
)


@pytest.mark.parametrize(
    ("known", "step"),
    [
        (NOTHING, Lean()),
        (replace(NOTHING, looked_at="c1", looked_whole=False), Lean()),
        (NAMES, Team()),
        (replace(NAMES, looked_at="c1", looked_whole=False), OneCompany("c1", on_screen=True)),
        (replace(NAMES, looked_at="c1", looked_contacts=False), ContactsOf("c1", on_screen=True)),
        (replace(TEAM, probe_is_due=True), Probe()),
        (
            replace(TEAM, probe_is_due=True, looked_at="c1", looked_whole=False),
            OneCompany("c1", on_screen=True),
        ),
        (TEAM, Companies(0)),
        (replace(TEAM, companies=Position(5000)), Companies(5000)),
        (replace(TEAM, edition="seed", lean_left="c2"), OneCompany("c2")),
        (replace(TEAM, edition="seed"), Contacts(0)),
        (replace(TEAM, companies=DONE, lean_left="c2"), OneCompany("c2")),
        (replace(TEAM, companies=DONE, contacts=Position(2000)), Contacts(2000)),
        (WHOLE, Rest(300.0)),
        (replace(WHOLE, now=10_100.0), Rest(200.0)),
        (replace(WHOLE, now=10_300.0), Lean()),
        (replace(WHOLE, now=10_300.0, lean_at=10_300.0), Changes(9_700.0)),
        (replace(WHOLE, edition="seed", oldest="c3"), OneCompany("c3")),
        (replace(WHOLE, now=13_600.0, lean_at=13_600.0, changes_at=13_600.0), Team()),
    ],
)
def test_what_comes_next(known: Knowledge, step: Step) -> None:
    assert next_step(known) == step


@given(KNOWN)
def test_names_come_before_everything_and_the_screen_before_the_rest(known: Knowledge) -> None:
    step = next_step(known)
    if known.lean_at is None:
        assert step == Lean()
    elif known.looked_at and not (known.looked_whole and known.looked_contacts):
        assert isinstance(step, OneCompany | ContactsOf)
        assert step.on_screen


@given(KNOWN)
def test_the_edition_without_lists_is_never_asked_for_one(known: Knowledge) -> None:
    step = next_step(replace(known, edition="seed"))
    assert not isinstance(step, Companies | Changes)


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
        Probe: {"probe_is_due": False},
        ContactsOf: {"looked_contacts": True},
        Companies: {"companies": DONE},
        Contacts: {"contacts": DONE},
        Changes: {"changes_at": now},
    }
    read = {"c1": {"looked_whole": True}, "c2": {"lean_left": ""}, "c3": {"oldest": ""}}
    for _ in range(20):
        step = next_step(known)
        if isinstance(step, Rest):
            return
        done = read[step.company_id] if isinstance(step, OneCompany) else carried_out[type(step)]
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


def test_an_order_that_is_ignored_makes_looks_for_changes_rare() -> None:
    known = replace(WHOLE, now=10_400.0, lean_at=10_400.0, sorts=False)
    assert next_step(known) == Rest(300.0)
    assert next_step(replace(known, sorts=True)) == Changes(9_700.0)
    late = replace(known, now=13_600.0, lean_at=13_600.0, team_at=13_600.0)
    assert next_step(late) == Changes(9_700.0)
