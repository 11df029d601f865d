"""A server to be tested, and a plain way to talk with it.

Nothing of the project is used here but the sandbox that is served: a mistake of the adapter can't
hide one of the server, nor the other way round.
"""

from __future__ import annotations

import base64
import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from planhat_tui.sandbox.app import Sandbox

Record = dict[str, Any]
Dialect = Literal["modern", "seed"]

NOBODY = "0" * 24
LIMIT, REMAINING = "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining"


@dataclass(frozen=True, slots=True)
class Server:
    """Where a Planhat is and who may come in; ``app`` where it lives in this process.

    ``ours`` is true of a sandbox: what its reference page decided on its own is held there only.
    """

    base_url: str
    token: str
    tenant: str
    dialect: Dialect
    app: Sandbox | None = None
    ours: bool = True

    @property
    def modern(self) -> bool:
        """Whether it has what was observed since 2016."""
        return self.dialect == "modern"

    def only(self, dialect: Dialect) -> None:
        """Skip the test where the other edition is spoken."""
        if self.dialect != dialect:
            pytest.skip(f"of the {dialect} edition")

    def only_ours(self) -> None:
        """Skip the test where another server may decide otherwise."""
        if not self.ours:
            pytest.skip("a decision of the sandbox")

    def bearer(self) -> dict[str, str]:
        """Return the first form of the header."""
        return {"Authorization": f"Bearer {self.token}"}

    def basic(self, credentials: str) -> dict[str, str]:
        """Return the second form of the header."""
        return {"Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}


def elsewhere() -> Server | None:
    """Return the server that the environment names, if it names one."""
    url = os.environ.get("PLANHAT_TUI_CONTRACT_URL")
    if not url:
        return None
    token = os.environ.get("PLANHAT_TUI_CONTRACT_TOKEN", "")
    tenant = os.environ.get("PLANHAT_TUI_CONTRACT_TENANT", "")
    headers = {"Authorization": f"Bearer {token}"}
    asked = httpx.get(f"{url}/companies?limit=1", headers=headers, timeout=60, trust_env=False)
    dialect: Dialect = "seed" if asked.status_code in {404, 405} else "modern"
    return Server(url, token, tenant, dialect, ours=False)


class Talk:
    """Requests as a curl would send them. Each answer must carry both limit headers."""

    def __init__(self, server: Server, http: httpx.AsyncClient) -> None:
        self.server = server
        self._http = http
        self._made: list[str] = []

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request, with the bearer token if ``headers`` don't say otherwise."""
        sent = dict(self.server.bearer() if headers is None else headers)
        if raw is not None:
            sent["Content-Type"] = "application/json"
        json = body if raw is None else None
        answer = await self._http.request(method, path, json=json, content=raw, headers=sent)
        if answer.status_code == 429 and not self.server.ours:
            pytest.skip("the server's limit is used up")
        limit, remaining = answer.headers[LIMIT], answer.headers[REMAINING]
        assert 0 <= int(remaining) <= int(limit)
        return answer

    async def status(self, method: str, path: str, body: object = None) -> int:
        """Return the status of the answer alone."""
        return (await self.ask(method, path, body)).status_code

    async def get(self, path: str) -> Record:
        """Read a record that must be there."""
        return self._record(await self.ask("GET", path))

    async def list(self, path: str) -> list[Record]:
        """Read a list: a bare array of objects."""
        answer = await self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("application/json")
        items = answer.json()
        assert isinstance(items, list)
        assert all(isinstance(item, dict) for item in items)
        return items

    async def make(self, path: str, body: Mapping[str, object]) -> Record:
        """Make a record; it's deleted when the test ends."""
        made = self._record(await self.ask("POST", path, body))
        self._made.append(f"{path}/{made['_id']}")
        return made

    async def change(self, path: str, body: Mapping[str, object]) -> Record:
        """Change a record by PUT."""
        return self._record(await self.ask("PUT", path, body))

    async def delete(self, path: str) -> None:
        """Delete a record that must be there."""
        assert await self.status("DELETE", path) == 200

    async def a_company(self, **fields: object) -> str:
        """Make some company; return its id."""
        return str((await self.make("/companies", {"name": "Contract Ltd"} | fields))["_id"])

    async def a_contact(self, **fields: object) -> Record:
        """Make some contact, of a company of its own if none is given."""
        if "companyId" not in fields:
            fields["companyId"] = await self.a_company()
        return await self.make("/endusers", fields)

    async def tidy(self) -> None:
        """Delete what was made, the youngest first."""
        for path in reversed(self._made):
            await self._http.delete(path, headers=self.server.bearer())

    @staticmethod
    def _record(answer: httpx.Response) -> Record:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("application/json")
        record: Record = answer.json()
        assert isinstance(record, dict)
        return record


@contextlib.asynccontextmanager
async def talking(server: Server) -> AsyncIterator[Talk]:
    """Open a connection to the server; tidy up at the end."""
    transport = httpx.ASGITransport(app=server.app) if server.app else None
    async with httpx.AsyncClient(
        base_url=server.base_url, transport=transport, timeout=60, trust_env=False
    ) as http:
        talk = Talk(server, http)
        yield talk
        await talk.tidy()
