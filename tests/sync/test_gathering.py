from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from planhat_tui.api.wire import read_page
from planhat_tui.errors import ServerError
from planhat_tui.model.ports import Slice
from planhat_tui.model.records import Kind, Received
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync import gathering, plan
from planhat_tui.sync.gathering import SEVERAL, Gathering, Way, reading
from planhat_tui.sync.learned import Learned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planhat_tui.api.wire import RecordPage
    from planhat_tui.model.ports import Planhat, Take
    from planhat_tui.model.values import Json


def companies(count: int) -> dict[str, str]:
    return {str(n): str(n) for n in range(count)}


@pytest.mark.parametrize(
    ("count", "pages", "lists", "filters", "way", "calls"),
    [
        (3, 3, False, False, Way.EACH, 3),
        (3, 3, True, True, Way.NAMED, 1),
        (3, 3, True, False, Way.EACH, 3),
        (40, 3, True, False, Way.ALL, 3),
        (160, 3, True, True, Way.NAMED, 2),
        (10_000, 3, True, True, Way.ALL, 3),
        (10_000, 3, False, True, Way.EACH, 10_000),
        (10, 1, True, True, Way.NAMED, 1),
    ],
)
def test_records_are_read_the_way_that_takes_the_fewest_calls(
    count: int, pages: int, *, lists: bool, filters: bool, way: Way, calls: int
) -> None:
    found = reading(companies(count), pages, lists=lists, filters=filters)
    assert found == (way, calls)


def test_contacts_are_named_by_their_companies() -> None:
    wanted = {str(n): str(n % 5) for n in range(500)}
    assert reading(wanted, 45, lists=True, filters=True) == (Way.NAMED, 1)
    some_unknown = {**wanted, "x": ""}
    found = reading(some_unknown, 45, lists=True, filters=True)
    assert found == (Way.ALL, 45)


class Namesakes:
    """A server whose every company has the same external id."""

    async def lean_companies(self, *, take: Take, **_ask: Any) -> None:  # noqa: ANN401 -- as asked
        raws: list[dict[str, Json]] = [{"_id": str(n), "externalId": "same"} for n in range(1_000)]
        await take(Slice([Received(json.dumps(raw), raw) for raw in raws], ()))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TenantStore]:
    opened = TenantStore.open(tmp_path, wall=lambda: 0.0)
    yield opened
    opened.close()


def gathering_from(api: object, store: TenantStore) -> Gathering:
    learned = Learned(store.mirror, "auto", lambda: 0.0)
    return Gathering(cast("Planhat", api), store, learned)


async def test_no_more_than_some_are_held_where_all_have_one_external_id(
    store: TenantStore,
) -> None:
    wanted = [{"externalId": "same"}]
    found = await gathering_from(Namesakes(), store).holders(Kind.COMPANY, wanted)
    assert found is not None
    (there,) = found.values()
    assert [record.id for record in there] == [str(n) for n in range(SEVERAL)]


def test_what_cannot_be_had_one_by_one_comes_with_the_list_of_all() -> None:
    found = reading(companies(2), 30, lists=False, filters=False, each=False)
    assert found == (Way.ALL, 30)


class Deaf:
    """A server that lists everybody's contacts whichever company is named.

    ``heeds`` are what it does heed; with each answer somebody's contact moves to the front.
    """

    def __init__(self, count: int, *heeds: str) -> None:
        self._ids = [f"p{n:02}" for n in range(count)]
        self._heeds = heeds
        self.asked = 0

    async def contacts_of(self, _company: str, **_ask: Any) -> RecordPage:  # noqa: ANN401 -- as asked
        return self._page(self._ids)

    async def contacts(self, *, limit: int, offset: int, **_ask: Any) -> RecordPage:  # noqa: ANN401 -- as asked
        self.asked += 1
        self._ids.insert(0, self._ids.pop(self.asked % 5))
        some = self._ids[offset:] if "offset" in self._heeds else self._ids
        if "endless" in self._heeds:
            some = [f"p{self.asked}-{n}" for n in range(limit)]
        return self._page(some[:limit] if "limit" in self._heeds else some)

    def _page(self, ids: list[str]) -> RecordPage:
        return read_page(json.dumps([{"_id": one, "companyId": "other"} for one in ids]).encode())


@pytest.mark.parametrize(
    ("count", "heeds", "all_came", "calls"),
    [
        (20, (), True, 3),
        (21, (), True, 1),
        (40, ("limit",), False, 3),
        (20, ("limit",), False, 3),
        (41, ("limit", "offset"), True, 3),
        (40, ("limit", "offset"), True, 3),
    ],
)
async def test_a_list_that_comes_again_and_again_ends_and_says_whether_it_was_all(
    *,
    count: int,
    heeds: tuple[str, ...],
    all_came: bool,
    calls: int,
    store: TenantStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    api, came = Deaf(count, *heeds), list[Received]()
    assert await gathering_from(api, store).contacts_of(["c1"], came.append) is all_came
    assert api.asked == calls


async def test_a_list_that_never_ends_is_an_error(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    monkeypatch.setattr(gathering, "MOST", 100)
    api, came = Deaf(20, "endless"), list[Received]()
    with pytest.raises(ServerError, match="120 records have come"):
        await gathering_from(api, store).contacts_of(["c1"], came.append)
    assert api.asked == 6
