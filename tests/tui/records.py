"""Records and edits, made of what a test wants to say about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Call, Kind
from planhat_tui.store.rows import CompanyRow, ContactRow, LoggedCall, Shown

if TYPE_CHECKING:
    from planhat_tui.model.edits import Change
    from planhat_tui.model.values import Json

HOSTILE: Final = "A\x1b]52;c;x\x07\u202e\x9b2J"
HARMLESS: Final = "A␛]52;c;x␇\ufffd\ufffd2J"


def company(**given: Any) -> CompanyRow:  # noqa: ANN401 -- the fields of a row
    fields: dict[str, Any] = {
        "id": "c1",
        "name": "Acme Inc",
        "phase": "onboarding",
        "status": "customer",
        "health": 8.0,
        "arr": 1_234_567.0,
        "renewal_date": "2026-05-08",
        "owner": "u1",
        "external_id": "",
        "domain": "acme.com",
        "tags": ("vip", "gold"),
        "state": None,
        "complete": True,
    }
    return CompanyRow(**fields | given)


def contact(**given: Any) -> ContactRow:  # noqa: ANN401 -- the fields of a row
    fields: dict[str, Any] = {
        "id": "p1",
        "company_id": "c1",
        "company_name": "Acme Inc",
        "name": "Ada Jensen",
        "email": "ada@acme.com",
        "phone": "+46 70 123 45 67",
        "position": "CFO",
        "featured": False,
        "tags": (),
        "state": None,
    }
    return ContactRow(**fields | given)


def logged(call: dict[str, Json], note: str = "", state: State | None = None) -> LoggedCall:
    return LoggedCall(Call.from_raw(call), note, "", "", state, 0.0)


def shown(raw: dict[str, Json], state: State | None = None, *, complete: bool = True) -> Shown:
    return Shown(Kind.COMPANY, raw, raw, state, complete=complete, seen_at=None)


def entry(*changes: Change, **given: Any) -> Entry:  # noqa: ANN401 -- the fields of an entry
    fields: dict[str, Any] = {
        "n": 1,
        "kind": Kind.COMPANY,
        "action": Action.UPDATE,
        "record_id": "c1",
        "title": "Acme Inc",
        "changes": changes,
        "body": None,
        "step": "",
        "open_tenant": "",
        "state": State.QUEUED,
        "reason": "",
        "created_at": 1000.0,
        "state_at": 1000.0,
        "attempts": 0,
        "result_id": "",
    }
    return Entry(**fields | given)


def profile(name: str = "acme-eu", **given: Any) -> Profile:  # noqa: ANN401 -- its fields
    token = TokenSource("env", "PLANHAT_TOKEN")
    return Profile(name, "https://api.planhat.com", token, **given)
