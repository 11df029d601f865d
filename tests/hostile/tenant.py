"""A Planhat whose every text is hostile, and a config whose words are."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, Final

import yaml

from planhat_tui.sandbox import SandboxOptions, create_app
from tests.hostile.corpus import CORPUS, WORST
from tests.journeys.servers import TENANT, TOKEN, Elsewhere, configure, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPANIES, CONTACTS, CUSTOM, TAGS, DEFINED, TEAM = 90, 50, 200, 40, 20, 20
COLUMNS: Final = (
    *("name", "phase", "status", "owner", "domain", "external"),
    *("custom.C1", "custom.C2", "custom.C3", "custom.C4", "custom.C5", "custom.C6"),
)
"""What the list shows of a company: as many marks in a line."""
RICH: Final = f"Quagga {WORST}"
"""The name of the company that has most of it."""
UNREADABLE: Final = "surrogates"
"""The family that makes a record improper JSON: it is set aside, so it has one for itself."""
RICH_ID: Final = "quagga"
PHONE: Final = "+46 70 123 45 67"
AGENT: Final = "agent1"
REFUSED: Final = "refuse this"
"""What is refused with a hostile sentence, wherever it's in what is sent."""

_HALF: Final = re.compile("[\ud800-\udfff]")


def _put(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return JSON in which halves of letters are written as text: no server takes them."""
    if isinstance(value, str):
        return _HALF.sub(lambda half: f"~~{ord(half.group()):04x}", value)
    if isinstance(value, list):
        return [_put(item) for item in value]
    if isinstance(value, dict):
        return {_put(key): _put(item) for key, item in value.items()}
    return value


def _halved(body: bytes) -> bytes:
    """Return the JSON with the halves of letters back, as a server that doesn't look gives it."""
    return re.sub(rb"~~(d[89a-f][0-9a-f]{2})", rb"\\u\1", body)


class Strings:
    """Hands out the corpus, one after the other and from the front again."""

    def __init__(self) -> None:
        self._next = cycle(one.text for one in CORPUS if one.family != UNREADABLE)

    def one(self) -> str:
        """Return the next one."""
        return next(self._next)

    def some(self, count: int) -> list[str]:
        """Return the next ones."""
        return list(islice(self._next, count))


@dataclass
class Hostile:
    """Hands on what a sandbox answers, with a team of its own, and refuses what it's told to."""

    app: ASGIApp
    team: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started: Message = {}

        async def told(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
                started = {**message, "headers": kept}
                await send(started)
            else:
                await send({**message, "body": _halved(message.get("body", b""))})

        if scope["path"] == "/users":
            await self._answer(send, 200, json.dumps(self.team))
            return
        if scope["method"] in {"PUT", "POST"}:
            message = await receive()
            if REFUSED.encode() in message.get("body", b""):
                await self._answer(send, 400, WORST)
                return
            receive = _first(message, receive)
        await self.app(scope, receive, told)

    @staticmethod
    async def _answer(send: Send, status: int, text: str) -> None:
        headers = [(b"content-type", b"application/json"), (b"x-rate-limit-limit", b"100000")]
        headers.append((b"x-rate-limit-remaining", b"90000"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode("utf-8", "replace")})


def _first(message: Message, receive: Receive) -> Receive:
    """Return what hands over a message that was taken already, and then the rest."""
    waiting = [message]

    async def receiving() -> Message:
        return waiting.pop() if waiting else await receive()

    return receiving


@contextlib.contextmanager
def hostile_planhat() -> Iterator[Elsewhere]:
    """Serve it until the end of the block."""
    strings = Strings()
    options = SandboxOptions(empty=True, limit=1_000_000)
    with contextlib.closing(create_app(options)) as app:
        gate = Hostile(app, _team(strings))
        with serving(gate) as url:
            planhat = Elsewhere(url)
            _fill(planhat, strings, [member["_id"] for member in gate.team])
            yield planhat


def _team(strings: Strings) -> list[dict[str, Any]]:
    return [
        {
            "_id": f"{n:024x}",
            "firstName": strings.one(),
            "lastName": "Ω",
            "email": strings.one(),
            "externalId": f"agent{n}",
            "isHidden": False,
        }
        for n in range(1, TEAM + 1)
    ]


def _fill(planhat: Elsewhere, strings: Strings, owners: Sequence[str]) -> None:
    """Make definitions, companies and contacts; one company has most of it."""
    for n in range(DEFINED):
        planhat.ask(
            "POST",
            "/customfields",
            {
                "parent": "company",
                "type": "list",
                "name": strings.one(),
                "listValues": strings.some(3),
                "isHidden": n % 2 == 1,
            },
        )
    rich = _company(strings, owners[0])
    rich |= {"name": RICH, "externalId": RICH_ID, "tags": strings.some(TAGS)}
    rich["description"] = "\n".join(strings.some(5))
    rich["custom"] = dict(zip(strings.some(CUSTOM), strings.some(CUSTOM), strict=True))
    companies = [rich]
    for n in range(COMPANIES):
        company = _company(strings, owners[n % len(owners)])
        company["custom"] = {f"C{column}": strings.one() for column in range(1, 7)}
        companies.append(company)
    halves = [one.text for one in CORPUS if one.family == UNREADABLE]
    companies.append({"name": halves[0], "tags": halves, "externalId": "halves"})
    planhat.ask("PUT", "/companies", _put(companies))
    named = ("name", "position", "email", "phone")
    contacts = [
        {name: strings.one() for name in named}
        | {"tags": strings.some(3), "externalId": f"contact{n}", "companyId": f"extid-{RICH_ID}"}
        for n in range(CONTACTS)
    ]
    contacts[0] |= {"name": WORST, "phone": PHONE}
    planhat.ask("PUT", "/endusers", _put(contacts))


def _company(strings: Strings, owner: str) -> dict[str, Any]:
    texts = ("name", "phase", "status", "externalId", "description", "web", "city", "country")
    made: dict[str, Any] = {name: strings.one() for name in (*texts, "phone")}
    return made | {"tags": strings.some(2), "domains": strings.some(1), "owner": owner}


def settle_in(home: Path, url: str) -> None:
    """Write a config whose profiles have hostile words, and whose view shows many columns."""
    strings = Strings()
    profile = {"base_url": url, "token": TOKEN, "tenant_uuid": TENANT, "external_user_id": AGENT}
    config = {
        "default": "nord",
        "profiles": {
            "nord": {**profile, "label": WORST, "reason": WORST, "confirm_over": 1000},
            "syd": {**profile, "label": strings.one(), "reason": WORST, "read_only": True},
        },
        "views": {
            "all": {"query": "", "columns": list(COLUMNS), "start": True},
            **{strings.one()[:60]: {"query": "acme"} for _ in range(60)},
        },
    }
    configure(home, yaml.safe_dump(config, allow_unicode=False))
