"""Pages that are too large or too slow: fewer records at once, and none is waited for for ever."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import httpx
import pytest

from planhat_tui.errors import ServerError, TooMuchError
from planhat_tui.model.records import Kind
from planhat_tui.sync import plan
from tests.sync.rig import Desk, Line, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.rig import Server

_HUGE = gzip.compress(b"".join(b"%-400d" % n for n in range(170_000)), 1)
"""More than is read of an answer, and packed as one of Planhat's may be."""
COMPANIES, CONTACTS = "/companies?limit=", "/endusers?limit="


class Weak(Line):
    """A line over which an answer to a list is too much, if ``much(limit, offset)`` says so.

    No more than ``most`` records come at once, whatever is asked for.
    """

    def __init__(self, app: object) -> None:
        super().__init__(app)
        self.path = COMPANIES
        self.much: Callable[[int, int], bool] = lambda _limit, _offset: False
        self.status = 200
        self.most = 10_000

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        found = re.search(r"limit=(\d+)&offset=(\d+)&sort=_id", target)
        if target.startswith(self.path) and found and self.much(int(found[1]), int(found[2])):
            self.asked.append(f"GET {target}")
            if self.status != 200:
                return httpx.Response(self.status, stream=httpx.ByteStream(b"took too long"))
            packed = {"content-encoding": "gzip"}
            return httpx.Response(200, headers=packed, stream=httpx.ByteStream(_HUGE))
        return await super().handle_async_request(request)

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        if "limit" in asked:
            asked["limit"] = str(min(int(asked["limit"]), self.most))
            request.url = request.url.copy_with(params=asked)
        return await super()._forward(request)

    def pages(self) -> list[tuple[int, int]]:
        """Return the limit and offset of each page that was asked for, in order."""
        asked = (
            re.search(r"limit=(\d+)&offset=(\d+)&sort=_id$", one)
            for one in self.asked
            if one.startswith(f"GET {self.path}")
        )
        return [(int(found[1]), int(found[2])) for found in asked if found]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "COMPANY_PAGE", 4)
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)


@pytest.fixture
def weak(server: Server) -> Weak:
    return Weak(server.app)


@pytest.mark.usefixtures("small")
def test_a_page_that_is_too_large_is_read_in_smaller_ones(
    open_desk: Callable[..., Desk], server: Server, weak: Weak
) -> None:
    weak.much = lambda limit, _offset: limit > 2
    desk = open_desk(line=weak)
    desk.fill()
    assert weak.pages()[:4] == [(4, 0), (2, 0), (2, 2), (2, 4)]
    assert desk.store.mirror.company_ids() == set(server.ids())
    assert desk.store.mirror.progress().companies_left == 0


@pytest.mark.usefixtures("small")
def test_the_size_that_came_is_kept_for_the_next_start_and_grows_again_carefully(
    open_desk: Callable[..., Desk], weak: Weak
) -> None:
    desk = open_desk(line=weak)
    desk.store.mirror.note("company_page", "1 0")
    desk.fill()
    assert weak.pages() == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 4), (2, 6)]


@pytest.mark.usefixtures("small")
def test_a_company_that_is_too_large_for_a_list_is_read_by_its_id(
    open_desk: Callable[..., Desk], server: Server, weak: Weak
) -> None:
    weak.much = lambda limit, offset: offset <= 3 < offset + limit
    desk = open_desk(line=weak)
    desk.fill()
    assert weak.pages() == [(4, 0), (2, 0), (2, 2), (1, 2), (1, 3), (1, 4), (4, 5)]
    large = sorted(server.ids())[3]
    assert weak.count(f"GET /companies/{large}") == 1
    assert desk.store.mirror.progress().companies_left == 0
    assert desk.store.mirror.unreadable() == ()


@pytest.mark.usefixtures("small")
def test_a_contact_that_is_too_large_is_named_and_the_others_are_read(
    open_desk: Callable[..., Desk], server: Server, weak: Weak
) -> None:
    weak.path = CONTACTS
    weak.much = lambda limit, offset: offset <= 50 < offset + limit
    desk = open_desk(line=weak)
    desk.fill()
    everyone = sorted(server.ids(Kind.CONTACT))
    here = {one for company in server.ids() for one in desk.store.mirror.contact_ids(company)}
    assert set(everyone) - here == {everyone[50]}
    assert [one.reason for one in desk.store.mirror.unreadable()] == ["it is too large to be read"]
    desk.fill(anew=True)
    assert {c for one in server.ids() for c in desk.store.mirror.contact_ids(one)} == here


@pytest.mark.usefixtures("small")
def test_pages_that_come_too_slowly_are_read_in_smaller_ones(
    open_desk: Callable[..., Desk], server: Server, weak: Weak
) -> None:
    weak.path, weak.status = CONTACTS, 504
    weak.much = lambda limit, _offset: limit > 20
    desk = open_desk(line=weak)
    desk.fill()
    assert [limit for limit, _ in weak.pages()[:3]] == [40, 20, 20]
    assert desk.store.mirror.progress().contacts_done == len(server.ids(Kind.CONTACT))


@pytest.mark.usefixtures("small")
def test_a_list_that_never_comes_in_time_is_said(
    open_desk: Callable[..., Desk], weak: Weak
) -> None:
    weak.status = 504
    weak.much = lambda _limit, _offset: True
    desk = open_desk(line=weak)
    with pytest.raises(ServerError, match="504"):
        desk.fill()
    assert weak.pages() == [(4, 0)]


@pytest.mark.usefixtures("small")
def test_a_server_that_answers_too_much_whatever_is_asked_is_not_walked_along(
    open_desk: Callable[..., Desk], weak: Weak
) -> None:
    weak.much = lambda _limit, _offset: True
    desk = open_desk(line=weak)
    for _ in range(2):
        with pytest.raises(TooMuchError, match="larger"):
            desk.fill()
    assert weak.pages() == [(4, 0), (2, 0), (1, 0), (1, 1), (1, 2), (1, 3), (1, 3)]


@pytest.mark.usefixtures("small")
def test_a_last_page_of_a_round_number_is_no_sign_of_small_pages(
    open_desk: Callable[..., Desk], server: Server, weak: Weak
) -> None:
    weak.path = CONTACTS
    for one in server.ids(Kind.CONTACT)[88:]:  # 40, 39 and 10 come, each with one of those before
        server.delete(one, Kind.CONTACT)
    desk = open_desk(line=weak)
    desk.fill()
    assert weak.pages() == [(40, 0), (40, 39), (40, 78), (40, 87)]
    desk.fill(anew=True)
    assert weak.pages()[4] == (40, 0)
    assert desk.store.mirror.noted("contact_page") == ""


@pytest.mark.usefixtures("small")
def test_pages_that_are_clamped_are_asked_for_as_they_come_from_the_second_on(
    open_desk: Callable[..., Desk], weak: Weak
) -> None:
    weak.path, weak.most = CONTACTS, 20
    desk = open_desk(line=weak)
    desk.fill()
    assert weak.pages()[:4] == [(40, 0), (40, 19), (20, 38), (20, 57)]
    assert desk.store.mirror.progress().contacts_done == 99


def test_changes_are_read_in_smaller_pages_too(
    open_desk: Callable[..., Desk], server: Server, weak: Weak
) -> None:
    desk = open_desk(line=weak)
    desk.fill()
    changed = server.ids()[0]
    server.put(changed, phase="renewed")
    weak.once("GET /companies[?]limit=200*", answer(504))
    desk.time.leap(400.0)
    desk.fill()
    assert desk.company(changed).raw["phase"] == "renewed"
    assert weak.count("GET /companies[?]limit=50&*") == 1
