"""A Planhat in this process, the line to it that can be cut, and a desk in front of it.

The sandbox is the server. :class:`Line` is the transport that a client's requests go over; it fails
as it is told to. :class:`Desk` is one machine: files, an engine and what it told. Time is set.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import httpx

from planhat_tui.api import connect
from planhat_tui.model.outbox import Action, NewEntry
from planhat_tui.model.records import Kind
from planhat_tui.sandbox import DEMO_TENANTS, SandboxOptions, create_app
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync.engine import Engine
from tests.budgets import MemoryBudgets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from planhat_tui.api import PlanhatClient
    from planhat_tui.model.edits import Change
    from planhat_tui.model.events import Changed, Topic
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.outbox import Entry, State
    from planhat_tui.model.ports import BudgetStore
    from planhat_tui.model.values import Json
    from planhat_tui.store.rows import Shown
    from planhat_tui.sync.session import Session

    Forward = Callable[[httpx.Request], Awaitable[httpx.Response]]
    Fault = Callable[[httpx.Request, Forward], Awaitable[httpx.Response]]

URL = "http://sandbox.planhat"
SECONDS = 30.0
"""How long a test waits for what must come; nothing is measured by it."""

PATHS = {Kind.COMPANY: "/companies", Kind.CONTACT: "/endusers", Kind.CALL: "/calls"}


class Time:
    """Seconds since the epoch that creep with each look, and leap when a test says so."""

    def __init__(self) -> None:
        self.now = 1_750_000_000.0
        self.leaps = True
        self._lock = threading.Lock()

    def time(self) -> float:
        with self._lock:
            self.now += 0.001
            return self.now

    def leap(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds

    async def sleep(self, seconds: float) -> None:
        """Wait as a governor does, without waiting; once time no longer ``leaps``, wait indeed.

        A governor looks again and again while a request is under way: one that a test holds for
        long would see hours go by.
        """
        if not self.leaps:
            await asyncio.sleep(seconds)
            return
        self.leap(seconds)
        await asyncio.sleep(0)


class Kept(NamedTuple):
    """Files that took a while to make, and the time it was then: for whoever wants the same ones.

    A server knows each by the same id whenever it is made, so a copy belongs to any of them.
    """

    folder: Path
    now: float

    def copy_to(self, folder: Path) -> float:
        """Put a copy into the place of an empty folder; return the time it's made for."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return self.now


class Server:
    """The sandbox, as another person's client sees it: nothing here goes over the line."""

    def __init__(
        self,
        time: Time,
        companies: int = 6,
        dialect: Literal["modern", "seed"] = "modern",
        db: Path | None = None,
        *,
        limit: int = 1_000_000,
        tenant: str = DEMO_TENANTS[0].tenant_id,
    ) -> None:
        self.options = SandboxOptions(
            db=db, companies=companies, dialect=dialect, limit=limit, tenant=tenant
        )
        self.app = create_app(self.options, clock=time.time)
        self._pool = ThreadPoolExecutor(1)

    def close(self) -> None:
        self._pool.shutdown()
        self.app.close()

    def ask(self, method: str, path: str, body: Json = None) -> Any:  # noqa: ANN401 -- JSON
        """Ask it, from any thread; what it answers, ``None`` for 404."""
        status, text = self._pool.submit(asyncio.run, self._asked(method, path, body)).result()
        if status == 404:
            return None
        assert status == 200, text
        return json.loads(text)

    def ids(self, kind: Kind = Kind.COMPANY) -> list[str]:
        path = "/leancompanies" if kind is Kind.COMPANY else "/endusers?limit=2000"
        return [record["_id"] for record in self.ask("GET", path)]

    def get(self, record_id: str, kind: Kind = Kind.COMPANY) -> Any:  # noqa: ANN401 -- JSON
        return self.ask("GET", f"{PATHS[kind]}/{record_id}")

    def put(self, record_id: str, kind: Kind = Kind.COMPANY, **fields: Json) -> None:
        """Change a record as somebody else."""
        assert self.ask("PUT", f"{PATHS[kind]}/{record_id}", fields) is not None

    def upsert(self, rows: list[Json]) -> None:
        """Make or change companies as somebody else, in one call."""
        assert self.ask("PUT", PATHS[Kind.COMPANY], rows) is not None

    def post(self, kind: Kind = Kind.COMPANY, **fields: Json) -> str:
        return str(self.ask("POST", PATHS[kind], fields)["_id"])

    def delete(self, record_id: str, kind: Kind = Kind.COMPANY) -> None:
        self.ask("DELETE", f"{PATHS[kind]}/{record_id}")

    def named(self, name: str) -> list[str]:
        """Return the ids of the companies that are called so."""
        return [c["_id"] for c in self.ask("GET", "/leancompanies") if c["name"] == name]

    async def _asked(self, method: str, path: str, body: Json) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {self.options.token}"}
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url=URL, headers=headers) as client:
            answer = await client.request(method, path, json=body)
            return answer.status_code, answer.text


class Line(httpx.AsyncBaseTransport):
    """The way to the server. ``asked`` is what was sent over it: ``PUT /companies/ID``.

    ``done`` is what the server carried out of it, with its body. While the line is ``cut`` nothing
    arrives. ``token`` takes the place of the client's own.
    """

    def __init__(self, app: Any) -> None:  # noqa: ANN401 -- any ASGI application
        self._inner = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._faults: list[tuple[str, Fault]] = []
        self.cut = False
        self.token = ""
        self.asked: list[str] = []
        self.bodies: list[Any] = []
        self.done: list[tuple[str, Any]] = []
        self.tokens: list[str] = []

    def once(self, pattern: str, fault: Fault) -> None:
        """Let the next request that fits fail so; ``*`` in the pattern stands for anything."""
        self._faults.append((pattern, fault))

    def calm(self) -> None:
        """Let nothing fail any more."""
        self.cut = False
        self._faults.clear()

    def count(self, pattern: str) -> int:
        return sum(fnmatchcase(one, pattern) for one in self.asked)

    def sent(self, pattern: str) -> list[Any]:
        """Return the bodies of the requests that fit."""
        pairs = zip(self.asked, self.bodies, strict=True)
        return [body for one, body in pairs if fnmatchcase(one, pattern)]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("the line is cut")
        if self.token:
            request.headers["authorization"] = f"Bearer {self.token}"
        told = f"{request.method} {request.url.raw_path.decode()}"
        self.asked.append(told)
        content = request.content if request.method in {"PUT", "POST"} else b""
        self.bodies.append(json.loads(content) if content else None)
        self.tokens.append(request.headers.get("authorization", ""))
        for place, (pattern, fault) in enumerate(self._faults):
            if fnmatchcase(told, pattern):
                del self._faults[place]
                return await fault(request, self._forward)
        return await self._forward(request)

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if response.status_code < 300:
            self.done.append((self.asked[-1], self.bodies[-1]))
        return response

    async def aclose(self) -> None:
        """Stay open: the next engine uses it too."""


async def lost_answer(request: httpx.Request, forward: Forward) -> httpx.Response:
    """Carry the request out, and lose its answer."""
    await forward(request)
    raise httpx.ReadError("the line broke")


async def lost_request(_request: httpx.Request, _forward: Forward) -> httpx.Response:
    """Lose the request before it is carried out, so that nobody knows."""
    raise httpx.ReadError("the line broke")


class _Cut(httpx.AsyncByteStream):
    """The first half of a body, and then the line breaks."""

    def __init__(self, body: bytes) -> None:
        self._half = body[: len(body) // 2]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._half
        raise httpx.ReadError("the line broke")


async def cut_body(request: httpx.Request, forward: Forward) -> httpx.Response:
    """Carry the request out, and lose the second half of its answer."""
    response = await forward(request)
    cut = _Cut(await response.aread())
    return httpx.Response(response.status_code, headers=response.headers, stream=cut)


async def no_network(_request: httpx.Request, _forward: Forward) -> httpx.Response:
    """Reach nobody: nothing has left."""
    raise httpx.ConnectError("the line is cut")


def answer(status: int, body: str = "", **headers: str) -> Fault:
    """Answer so, and carry nothing out."""

    async def answered(_request: httpx.Request, _forward: Forward) -> httpx.Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return _response(status, body, told)

    return answered


def _response(status: int, body: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body.encode()))


def html(status: int = 200) -> Fault:
    return answer(status, "<html><body>Sign in to the hotel's network</body></html>")


def after(deed: Callable[[], object]) -> Fault:
    """Do something just before the server gets the request."""

    async def done(request: httpx.Request, forward: Forward) -> httpx.Response:
        deed()
        return await forward(request)

    return done


def and_then(deed: Callable[[], object]) -> Fault:
    """Carry the request out, and do something before it is answered."""

    async def done(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        deed()
        return response

    return done


def under_another_limit(limit: int, left: int) -> Fault:
    """Carry the request out, and tell another limit of which so many calls are left."""

    async def told(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        response.headers["x-rate-limit-limit"] = str(limit)
        response.headers["x-rate-limit-remaining"] = str(left)
        return response

    return told


def and_others_use_the_limit_up(deed: Callable[[], object], left: int = 0) -> Fault:
    """Carry the request out; then somebody does something, and uses the limit up but for these."""

    async def used_up(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        deed()
        response.headers["x-rate-limit-remaining"] = str(left)
        return response

    return used_up


def changed_answer(change: Callable[[Any], Any]) -> Fault:
    """Carry the request out, and answer something else than the server does."""

    async def answered(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        return _response(200, json.dumps(change(json.loads(await response.aread()))), {})

    return answered


def client_over(
    line: Line,
    time: Time,
    on_limits: Callable[[Limits], None] | None = None,
    token: str = DEMO_TENANTS[0].token,
    budget: BudgetStore | None = None,
) -> PlanhatClient:
    """Return a client whose requests go over the line, under a clock that is set.

    Those that have a ``budget`` in common share their rate limit, as processes of a machine do.
    """

    async def no_app(*_: object) -> None:
        raise AssertionError("the line is the only way")

    client = connect(
        URL,
        token,
        budget=budget or MemoryBudgets(),
        app=no_app,
        clock=time.time,
        wall=time.time,
        sleep=time.sleep,
        on_limits=on_limits,
    )
    client._exchange._transport = line
    return client


async def one_more_round(session: Session) -> None:
    wanted = session._rounds_begun + 1
    session.wake()
    async with session._settled:
        await session._settled.wait_for(lambda: session._rounds_ended >= wanted)


async def _nothing_left_to_do(session: Session) -> None:
    def quiet() -> bool:
        return session._rounds_begun == session._rounds_ended and not session._to_push.is_set()

    async with session._settled:
        await session._settled.wait_for(quiet)


class Desk:
    """One machine: the files of a tenant, an engine, what it told."""

    def __init__(
        self,
        folder: Path,
        line: Line,
        time: Time,
        *,
        token: str = DEMO_TENANTS[0].token,
        dialect: str = "auto",
        pull: bool = False,
        chance: Callable[[], float] = lambda: 0.0,
        refresh: float = 300.0,
        wrap: Callable[[PlanhatClient], Any] = lambda client: client,
        budget: BudgetStore | None = None,
        believed: Callable[[], str] = str,
    ) -> None:
        self.line = line
        self.time = time
        self._token = token
        self._wrap = wrap
        self._budget = budget
        self.store = TenantStore.open(folder, wall=time.time)
        self._told = threading.Condition()
        self.changes: list[Changed] = []
        self._make_engine: Callable[[], Engine] = lambda: Engine(
            connect=self._connect,
            store=self.store,
            on_change=self.tell,
            wall=time.time,
            refresh=refresh,
            dialect=dialect,
            pull=pull,
            chance=chance,
            sleep=time.sleep,
            believed=believed,
        )
        self.engine = self._make_engine()

    def close(self) -> None:
        self.engine.stop()
        self.store.close()

    def rest(self) -> None:
        """Let the engine end what it does; from then on nothing goes on behind a test's back."""
        self.engine._submit(_nothing_left_to_do).result(SECONDS)
        self.engine.stop()
        self.engine = self._make_engine()

    def look_at_the_outbox(self) -> None:
        """Wait until the engine has looked at the outbox once more."""
        self.engine._submit(one_more_round).result(SECONDS)

    def tell(self, changed: Changed) -> None:
        """Hear of a change, as a pane does."""
        with self._told:
            self.changes.append(changed)
            self._told.notify_all()

    def wait(self, fits: Callable[[], bool]) -> None:
        """Wait until something is so; looked at after each change that is told."""
        with self._told:
            assert self._told.wait_for(fits, SECONDS), "it never came"

    def told_of(self, topic: Topic, *ids: str) -> bool:
        """Tell whether a pane that shows these has heard of a change."""
        with self._told:
            told = [change.ids for change in self.changes if change.topic is topic]
        return bool(told) and all(any(not some or one in some for some in told) for one in ids)

    def fill(self, *, anew: bool = False, patient: bool = False) -> None:
        self.engine.fill(anew=anew, patient=patient).result(SECONDS)

    def refresh(self, topic: Topic, *ids: str) -> None:
        self.engine.refresh(topic, frozenset(ids)).result(SECONDS)

    def deliver(self, *entries: Entry) -> list[Entry]:
        return list(self.engine.deliver([entry.n for entry in entries]).result(SECONDS))

    def delivered(self, *entries: Entry) -> list[State]:
        return [entry.state for entry in self.deliver(*entries)]

    def wait_for_state(self, entry: Entry, state: State) -> Entry:
        self.wait(lambda: self.entry(entry).state is state)
        return self.entry(entry)

    def network(self) -> str:
        return self.engine.status.network

    def entry(self, entry: Entry) -> Entry:
        return self.store.outbox.get(entry.n)

    def company(self, company_id: str) -> Shown:
        shown = self.store.mirror.company(company_id)
        assert shown is not None
        return shown

    def contact(self, contact_id: str) -> Shown:
        shown = self.store.mirror.contact(contact_id)
        assert shown is not None
        return shown

    def add(self, new: NewEntry) -> Entry:
        """Put an entry into the outbox, and show it."""
        (entry,) = self.store.outbox.add(new)
        self.store.refresh_overlay(entry.kind, entry.record_id)
        return entry

    def edit(self, record_id: str, *changes: Change, kind: Kind = Kind.COMPANY) -> Entry:
        return self.add(NewEntry(kind, Action.UPDATE, record_id, "Edited", changes=changes))

    def create(self, record_id: str, kind: Kind = Kind.COMPANY, **body: Json) -> Entry:
        return self.add(NewEntry(kind, Action.CREATE, record_id, "Made", body=body))

    def delete(self, record_id: str, kind: Kind = Kind.COMPANY) -> Entry:
        """Delete a record as it is shown, if it's here."""
        if kind is Kind.CALL:
            logged = self.store.calls.get(record_id)
            body = logged.call.raw if logged else None
        else:
            mirror = self.store.mirror
            read = mirror.company if kind is Kind.COMPANY else mirror.contact
            shown = read(record_id)
            body = shown.raw if shown else None
        return self.add(NewEntry(kind, Action.DELETE, record_id, "Deleted", body=body))

    def _connect(self, on_limits: Callable[[Limits], None]) -> Any:  # noqa: ANN401 -- or a wrapper
        client = client_over(self.line, self.time, on_limits, self._token, self._budget)
        return self._wrap(client)
