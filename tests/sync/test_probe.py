from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.abilities import Abilities
from planhat_tui.model.records import Received
from planhat_tui.sync.probe import LIMIT, OFFSET, Question, in_order, judge, question

ABILITIES = ("limit", "offset", "sort", "select", "filter")
EVERYTHING = Abilities(lists=True, limit=True, offset=True, sort=True, select=True, filter=True)
HEEDED = st.fixed_dictionaries(dict.fromkeys(ABILITIES, st.booleans()))


def _answer(asked: Question, ids: list[str], heeded: dict[str, bool]) -> list[Received]:
    """Answer as a server does that heeds some parameters and ignores the others."""
    found = ids
    if asked.company_ids and heeded["filter"]:
        found = [one for one in found if one in asked.company_ids]
    if heeded["sort"]:
        found = sorted(found, reverse=True)
    if heeded["offset"]:
        found = found[OFFSET:]
    if heeded["limit"]:
        found = found[:LIMIT]
    whole = {} if heeded["select"] else {"name": "x"}
    return [Received("", {"_id": one, **whole}) for one in found]


def _ids(count: int) -> list[str]:
    return [f"{number:024x}" for number in range(count)]


@given(st.integers(9, 60), HEEDED)
def test_nothing_is_ever_taken_for_what_it_is_not(count: int, heeded: dict[str, bool]) -> None:
    ids = _ids(count)
    asked = question(ids)
    found = judge(asked, _answer(asked, ids, heeded))
    assert found.lists
    for name in ABILITIES:
        assert getattr(found, name) in {None, heeded[name]}, name


@given(st.integers(9, 60))
def test_a_server_that_heeds_everything_is_known_for_all_of_it(count: int) -> None:
    ids = _ids(count)
    asked = question(ids)
    found = judge(asked, _answer(asked, ids, dict.fromkeys(ABILITIES, True)))
    assert found == EVERYTHING


@given(st.integers(9, 60), st.sampled_from(ABILITIES))
def test_one_thing_that_is_ignored_is_noticed(count: int, deaf: str) -> None:
    ids = _ids(count)
    asked = question(ids)
    found = judge(asked, _answer(asked, ids, dict.fromkeys(ABILITIES, True) | {deaf: False}))
    assert getattr(found, deaf) is False


@given(st.integers(0, 8), HEEDED)
def test_a_small_tenant_proves_little_and_nothing_wrong(
    count: int, heeded: dict[str, bool]
) -> None:
    ids = _ids(count)
    asked = question(ids)
    assert asked.company_ids == ()
    found = judge(asked, _answer(asked, ids, heeded))
    for name in ABILITIES:
        assert getattr(found, name) in {None, heeded[name]}, name


@pytest.mark.parametrize(
    ("moments", "after", "ordered"),
    [
        ([3.0, 2.0, 2.0], float("inf"), True),
        ([3.0, 2.0], 3.0, True),
        ([3.0, 2.0], 2.0, False),
        ([2.0, 3.0], float("inf"), False),
        ([], float("inf"), False),
    ],
)
def test_moments_that_run_down(moments: list[float], after: float, ordered: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    assert in_order(moments, after) is ordered


def test_what_is_known_is_written_down_and_read_again() -> None:
    known = Abilities(lists=True, sort=False)
    assert Abilities.from_text(known.to_text()) == known
    for text in ("", "nonsense", '{"sort": 7, "other": true}'):
        assert Abilities.from_text(text) == Abilities()
