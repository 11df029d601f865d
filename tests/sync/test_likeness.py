"""What is taken for the record that was to be made, where a server keeps it in its own way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind
from planhat_tui.sync.likeness import SKEW, Likeness, likeness

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

NO, PERHAPS, YES = Likeness.NO, Likeness.PERHAPS, Likeness.YES
SENT = 1_750_000_000.0
KIM: dict[str, Json] = {"name": "Kim New", "email": "kim@new.example", "phone": "+46 70-123 45 67"}
ACME: dict[str, Json] = {"name": "Acme AB", "slug": "acme"}


def asked(kind: Kind, **body: Json) -> Entry:
    """Return what asks for a record, first sent at :data:`SENT`."""
    return Entry(
        n=1,
        kind=kind,
        action=Action.CREATE,
        record_id="new-1",
        title="Made",
        changes=(),
        body=body,
        step="",
        open_tenant="",
        state=State.NOT_SURE,
        reason="",
        created_at=SENT,
        state_at=SENT,
        attempts=1,
        result_id="",
        sent_at=SENT,
    )


def there(*, made: float | None = SENT, **fields: Json) -> dict[str, Json]:
    """Return a record that was made then."""
    if made is None:
        return fields
    return {"createDate": datetime.fromtimestamp(made, UTC).isoformat(), **fields}


def without(body: dict[str, Json], *names: str, **others: Json) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names} | others


CONTACTS: list[tuple[dict[str, Json], dict[str, Any], Likeness]] = [
    (KIM, KIM, YES),
    (KIM, without(KIM, "name"), YES),  # as the edition of 2016 keeps it
    (KIM, without(KIM, phone="0046701234567"), YES),
    (KIM, without(KIM, email="KIM@New.example", name="New, Kim"), YES),
    (KIM, without(KIM, "email"), YES),
    (KIM, without(KIM, "email", "phone"), YES),
    (KIM, without(KIM, "name", "email"), YES),
    (KIM, without(KIM, email="other@new.example"), NO),
    (KIM, without(KIM, "email", name="Somebody Else"), NO),
    (KIM, without(KIM, "name", "email", phone="1"), PERHAPS),
    (KIM, {}, PERHAPS),
    ({"name": "Kim New"}, {"email": "kim@new.example"}, PERHAPS),
    (without(KIM, externalId="crm-1"), without(KIM, externalId="crm-2"), NO),
    (without(KIM, externalId="crm-1"), {"externalId": "crm-1", "name": "Else"}, YES),
    (without(KIM, externalId="crm-1"), KIM, YES),
]

COMPANIES: list[tuple[dict[str, Json], dict[str, Any], Likeness]] = [
    (ACME, ACME, YES),
    (ACME, without(ACME, "slug"), YES),
    (ACME, without(ACME, name="ACME  ab"), YES),
    (ACME, without(ACME, name="Other AB"), NO),
    (ACME, without(ACME, slug="acme-2"), PERHAPS),
    (ACME, {"slug": "acme-2"}, NO),
    (without(ACME, phone="1"), without(ACME, phone="2"), YES),
    (without(ACME, externalId="crm-1"), without(ACME, externalId="crm-2"), NO),
    (without(ACME, externalId="crm-1"), ACME, YES),
]


@pytest.mark.parametrize(("body", "record", "told"), CONTACTS)
def test_a_contact_is_known_by_what_its_record_has(
    body: dict[str, Json], record: dict[str, Any], told: Likeness
) -> None:
    assert likeness(asked(Kind.CONTACT, **body), there(**record)) is told


@pytest.mark.parametrize(("body", "record", "told"), COMPANIES)
def test_a_company_is_known_by_what_its_record_has(
    body: dict[str, Json], record: dict[str, Any], told: Likeness
) -> None:
    assert likeness(asked(Kind.COMPANY, **body), there(**record)) is told


@pytest.mark.parametrize(
    ("made", "told"), [(SENT - SKEW - 1, NO), (SENT - SKEW, YES), (SENT + 60, YES), (None, YES)]
)
def test_what_was_made_before_is_another_one(made: float | None, told: Likeness) -> None:
    assert likeness(asked(Kind.CONTACT, **KIM), there(made=made, **KIM)) is told


@pytest.mark.parametrize(("made", "told"), [(86_400.0, YES), (86_401.0, NO), (SENT, YES)])
def test_a_date_that_was_given_stands_or_is_that_of_the_try(made: float, told: Likeness) -> None:
    entry = asked(Kind.COMPANY, **ACME, createDate="1970-01-02T00:00:00Z")
    assert likeness(entry, there(made=made, **ACME)) is told


_WORDS = st.text("abcäß ÅB", min_size=1, max_size=6).filter(str.strip)
_GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "name": _WORDS,
        "email": _WORDS.map(lambda word: f"{word.strip()}@new.example"),
        "phone": st.text("0123456789", min_size=3, max_size=9),
        "slug": _WORDS,
        "externalId": _WORDS,
    },
)


@given(
    kind=st.sampled_from([Kind.COMPANY, Kind.CONTACT]),
    body=_GIVEN,
    dropped=st.sets(st.sampled_from(["name", "email", "phone", "slug", "externalId"])),
    phone=st.none() | st.text("+0123456789 -", max_size=9),
    late=st.floats(-SKEW, 120.0),
)
def test_whatever_a_server_drops_or_writes_its_own_way_it_is_never_taken_for_another_one(
    kind: Kind, body: dict[str, Json], dropped: set[str], phone: str | None, late: float
) -> None:
    kept: dict[str, Any] = {
        name: value.upper() if name != "externalId" and isinstance(value, str) else value
        for name, value in body.items()
        if name not in dropped
    }
    if phone is not None:
        kept["phone"] = phone
    told = likeness(asked(kind, **body), there(made=SENT + late, **kept))
    assert told is not NO
    if kept.keys() & body.keys() - {"phone"}:
        assert told is YES
