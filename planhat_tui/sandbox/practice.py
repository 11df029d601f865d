"""Practice data of the plain stored kinds: a little for every tenth company.

It comes from a generator of its own: companies and contacts are the same with and without it.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.sandbox.rules import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Record = dict[str, Any]

_DAY: Final = 86_400.0
_EVERY: Final = 10
_SUBJECTS: Final = (
    "Kick-off",
    "Quarterly review",
    "Renewal talk",
    "導入のご相談",
    "Question about the invoice",
    "Suivi de l'intégration",
)
_TASKS: Final = ("Call back", "Send the offer", "Check the usage", "Plan the renewal")
_PRODUCTS: Final = ("Platform", "Analytics", "Support")


def stored(seed: str, now: float, companies: Iterable[Record]) -> Iterator[tuple[str, Record]]:
    """Make records of five kinds, each with its kind. ``now`` is seconds since the epoch."""
    draw = random.Random(f"{seed}:stored")  # noqa: S311 -- practice data
    today = now - now % _DAY

    def record(company: Record, days: float, **fields: object) -> Record:
        stamp = iso(today + days * _DAY)
        made: Record = {"_id": f"{draw.getrandbits(96):024x}", "companyId": company["_id"]}
        made |= {"companyName": company["name"], "custom": {}} | fields
        return made | {"createDate": stamp, "updatedAt": stamp}

    for number, company in enumerate(companies):
        if number % _EVERY:
            continue
        past = -draw.uniform(1, 300)
        yield (
            "conversations",
            record(company, past, type="note", subject=draw.choice(_SUBJECTS), description=""),
        )
        due = iso(today + draw.randint(-10, 60) * _DAY)
        yield (
            "tasks",
            record(company, past, action=draw.choice(_TASKS), dueDate=due, status="open"),
        )
        yield "nps", record(company, past, score=draw.randint(0, 10), comment="")
        yield "assets", record(company, past, name=f"Workspace {number}", externalId=f"ws-{number}")
        if company["status"] == "customer":
            value = draw.randrange(1, 200) * 100
            product = draw.choice(_PRODUCTS)
            yield "licenses", record(company, past, product=product, value=value, currency="EUR")
