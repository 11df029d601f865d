"""Practice data: lifelike, in many scripts, and the same for the same seed.

The first tenant has as many companies as asked for, about eight contacts each, a team of twelve and
custom fields of all four types; some values are missing and some phone numbers are shared. The
second is a quarter of it, with its own names.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.sandbox import words
from planhat_tui.sandbox.rules import free_slug, iso, slug_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from planhat_tui.sandbox import DemoTenant

Record = dict[str, Any]

_DAY: Final = 86_400.0
_CUSTOM: Final[tuple[tuple[str, str, list[str]], ...]] = (
    ("Plan", "list", list(words.PLANS)),
    ("Seats", "number", []),
    ("Reference OK", "checkbox", []),
    ("Kick-off", "day", []),
    ("Industry", "text", []),
    ("Last call note", "text", []),
    ("CRM.Account.ID", "text", []),
    ("契約", "text", []),
)


@dataclass
class Maker:
    """Makes the records of one tenant, in one order, from one generator."""

    tenant: DemoTenant
    seed: str
    now: float

    def __post_init__(self) -> None:
        """Start the generator. Ids and values come from it alone; dates hang on ``now``."""
        self._random = random.Random(self.seed)  # noqa: S311 -- practice data
        self._today = self.now - self.now % _DAY

    def team(self) -> Iterator[Record]:
        """Make the team; the first one is whom the token stands for."""
        people = list(words.TEAM)
        if not self.seed.endswith(":0"):
            people = people[5:] + people[:5]
        domain = f"{slug_of(self.tenant.name)}.example"
        for first, last, external_id in people:
            yield {
                "_id": self._id(),
                "email": f"{slug_of(first)}.{slug_of(last)}@{domain}",
                "firstName": first,
                "lastName": last,
                "nickName": first,
                "externalId": external_id,
                "isHidden": False,
                "removed": False,
                "roles": ["csm"],
                "image": {},
            }

    def definitions(self) -> Iterator[Record]:
        """Make the definitions of the companies' custom fields."""
        for name, kind, values in _CUSTOM:
            yield {
                "_id": self._id(),
                "name": name,
                "parent": "company",
                "type": kind,
                "listValues": values,
                "isMandatory": False,
                "isHidden": False,
                "isLocked": False,
                "isFormula": False,
            }

    def companies(
        self, count: int, team: list[str], taken: Callable[[str], bool]
    ) -> Iterator[Record]:
        """Make companies. ``taken`` tells whether one of them has a slug already."""
        for number in range(count):
            company = self._company(number, self._company_name(number), team)
            company["slug"] = free_slug(slug_of(company["name"]), taken)
            domain = f"{company['slug'][:40]}.example"
            company["domains"] = [] if number % 17 == 5 else [domain]
            yield company

    def contacts(self, companies: Iterable[Record]) -> Iterator[Record]:
        """Make about eight contacts for each company; some have none, some very many."""
        shared = ["+46 70 123 45 67", "+1 212 555 0100", "+49 30 901820"]
        for number, company in enumerate(companies):
            count = 0 if number % 41 == 7 else self._random.randint(3, 13)
            for place in range(60 if number == 3 else count):
                contact = self._contact(company, place)
                if (number + place) % 97 == 0:
                    contact["phone"] = shared[number % 3]
                yield contact

    def _company_name(self, number: int) -> str:
        pick = self._random.choice
        if number == 0:
            return "Acme Inc" if self.seed.endswith(":0") else "Harbour Lights AB"
        if number % 29 == 1:
            return f"{pick(words.OTHER_SCRIPTS)}{f' {number}' if number > 600 else ''}"
        if number % 211 == 2:
            return pick(words.LONG_NAMES)
        if number % 197 == 4:
            return pick(words.SHORT_NAMES)
        return f"{pick(words.FIRST)} {pick(words.SECOND)} {pick(words.LAST)}".strip()

    def _company(self, number: int, name: str, team: list[str]) -> Record:
        draw = self._random
        city, country, prefix = draw.choice(words.CITIES)
        status = "customer" if number == 0 else draw.choice(words.STATUSES)
        arr = round(10 ** draw.uniform(3, 6.3), -2) if status == "customer" else 0
        company: Record = {
            "_id": self._id(),
            "name": name,
            "slug": "",
            "externalId": f"C-{10_000 + number}" if number % 13 else "",
            "sourceId": f"sf-{draw.randrange(16**8):08x}",
            "owner": draw.choice(team) if number % 11 else None,
            "coOwner": draw.choice(team) if number % 4 == 0 else None,
            "phase": draw.choice(words.PHASES) if number % 19 else "",
            "status": status,
            "tags": draw.sample(words.COMPANY_TAGS, draw.choice((0, 1, 1, 2, 2, 3, 4))),
            "domains": [],
            "custom": self._custom_values(number),
            "h": draw.randint(0, 10),
            "csmScore": draw.randint(1, 5),
            "arr": int(arr),
            "mrr": int(arr / 12),
            "mr": int(arr / 12),
            "nrr30": draw.choice((0, 90, 100, 110)),
            "city": city,
            "country": country,
            "phone": f"{prefix} {draw.randrange(10**6, 10**7)}" if number % 3 else "",
            "web": "",
            "description": "",
            "lastActive": self._at(-draw.uniform(0, 60)),
            "createDate": self._at(-draw.uniform(90, 1500)),
            "__v": 0,
        }
        if status == "customer":
            company["renewalDate"] = self._at(draw.randint(-40, 330))
            company["lastRenewal"] = self._at(-draw.uniform(30, 400))
            company["customerFrom"] = self._at(-draw.uniform(400, 1400))
        changed = self._at(-draw.uniform(0, 90))
        return company | {"lastUpdated": changed, "updatedAt": changed}

    def _custom_values(self, number: int) -> Record:
        draw = self._random
        values: Record = {"Plan": draw.choice(words.PLANS), "Seats": draw.randint(1, 900)}
        if number % 2 == 0:
            values["Reference OK"] = draw.random() < 0.5
        if number % 3 == 0:
            values["Kick-off"] = self._at(-draw.randint(1, 700))
        if number % 5:
            values["Industry"] = draw.choice(words.INDUSTRIES)
        if number % 7 == 0:
            values["CRM.Account.ID"] = f"{draw.randrange(10**6):06d}"
        if number % 31 == 0:
            values["契約"] = "年間"
        if number % 23 == 0:
            values["Discount"] = 12.5
        return values

    def _contact(self, company: Record, place: int) -> Record:
        draw = self._random
        if draw.random() < 0.06:
            first, last = draw.choice(words.OTHER_PEOPLE)
            mailbox = f"person{draw.randrange(1000)}"
        else:
            first, last = draw.choice(words.GIVEN), draw.choice(words.FAMILY)
            mailbox = f"{slug_of(first)}.{slug_of(last)}"
        domain = company["domains"][0] if company["domains"] else "mail.example"
        stamp = self._at(-draw.uniform(0, 400))
        return {
            "_id": self._id(),
            "companyId": company["_id"],
            "companyName": company["name"],
            "name": f"{first} {last}",
            "firstName": first,
            "lastName": last,
            "email": f"{mailbox}@{domain}" if place % 12 != 11 else "",
            "phone": self._phone(place),
            "position": draw.choice(words.POSITIONS) if draw.random() < 0.9 else "",
            "externalId": f"u{draw.randrange(16**8):08x}" if place % 4 == 0 else "",
            "featured": place == 0,
            "tags": draw.sample(words.CONTACT_TAGS, draw.choice((0, 0, 0, 1, 2))),
            "otherEmails": [],
            "custom": {},
            "archived": False,
            "createDate": stamp,
            "lastUpdated": stamp,
            "updatedAt": stamp,
            "__v": 0,
        }

    def _phone(self, place: int) -> str:
        draw = self._random
        if place % 6 == 5:
            return ""
        number = draw.randrange(10**6, 10**7)
        style = draw.randrange(4)
        if style == 0:
            return f"+46 70 {number:07d}"
        if style == 1:
            return f"070-{number // 10_000:03d} {number % 10_000:04d}"
        if style == 2:
            return f"+1 (415) {number // 10_000:03d}-{number % 10_000:04d}"
        return f"+4930{number}"

    def _id(self) -> str:
        return f"{self._random.getrandbits(96):024x}"

    def _at(self, days: float) -> str:
        return iso(self._today + days * _DAY)
