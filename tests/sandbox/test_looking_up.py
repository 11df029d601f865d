"""What it costs to find a record doesn't grow with how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from planhat_tui.sandbox import SandboxOptions, create_app
from tests.sandbox.asking import NOON, Clock

if TYPE_CHECKING:
    from planhat_tui.sandbox.app import Sandbox

OPTIONS = SandboxOptions(companies=1, limit=1_000_000)
COMPANY = "c" * 24
ROWS: dict[str, tuple[str, str, object]] = {
    "a company by its external id": (
        *("PUT", "/companies"),
        [{"externalId": "e-5", "phase": "won"}],
    ),
    "a new company": ("PUT", "/companies", [{"name": "New", "externalId": "new"}]),
    "a new contact": (
        *("PUT", "/endusers"),
        [{"companyId": "extid-e-5", "email": "new@x.example", "externalId": "new"}],
    ),
    "the contacts of a company": ("GET", f"/endusers?c={COMPANY}", None),
    "a contact by its e-mail": ("GET", "/endusers?email=p5@x.example", None),
    "a company by another id": ("GET", "/companies/extid-e-5", None),
}


def _with(count: int) -> Sandbox:
    """Return a sandbox with so many companies, and as many contacts."""
    app = create_app(OPTIONS, clock=Clock(NOON))
    companies = [
        {"_id": f"{n:024x}", "name": f"C {n}", "slug": f"c-{n}", "externalId": f"e-{n}"}
        for n in range(count)
    ]
    contacts = [
        {"_id": f"{n:024x}", "companyId": f"{n:024x}", "email": f"p{n}@x.example"}
        for n in range(count)
    ]
    app._database.put(OPTIONS.tenant, "company", companies)
    app._database.put(OPTIONS.tenant, "contact", contacts)
    return app


async def _steps(app: Sandbox, method: str, path: str, body: Any) -> int:  # noqa: ANN401 -- JSON
    """Return how many tens of steps SQLite takes to answer."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    headers = {"Authorization": f"Bearer {OPTIONS.token}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=headers) as http:
        app._database._connection.set_progress_handler(count, 10)
        answer = await http.request(method, path, json=body)
        app._database._connection.set_progress_handler(None, 10)
    assert answer.status_code == 200, answer.text
    return steps


@pytest.mark.parametrize("case", ROWS)
async def test_a_look_up_goes_by_an_index(case: str) -> None:
    few, many = _with(20), _with(2_000)
    assert await _steps(many, *ROWS[case]) < 50 + 2 * await _steps(few, *ROWS[case])
    few.close()
    many.close()
