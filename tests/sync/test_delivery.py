from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import (
    ForbiddenError,
    InputError,
    NotFoundError,
    OfflineError,
    RateLimitedError,
    RejectedError,
    ServerError,
    TokenError,
    UnknownOutcomeError,
)
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind
from planhat_tui.sync.delivery import outcome, parcels, past_deletions, splits

if TYPE_CHECKING:
    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.values import Json

PARKED = [State.REFUSED, State.CONFLICT, State.HELD, State.NOT_SURE]


def entry(
    n: int,
    record_id: str = "c1",
    field: str = "phase",
    state: State = State.QUEUED,
    *,
    action: Action = Action.UPDATE,
    kind: Kind = Kind.COMPANY,
    **body: Json,
) -> Entry:
    changes = (Change(field, n - 1, n),) if action is Action.UPDATE else ()
    told = body if action is Action.CREATE else None
    return Entry(
        n, kind, action, record_id, "Acme", changes, told, "", "", state, "", 0.0, 0.0, 0, ""
    )


def sent(*entries: Entry) -> list[tuple[int, ...]]:
    return [parcel.ns for parcel in parcels(entries)]


def test_edits_of_one_record_go_together_and_records_go_in_order() -> None:
    assert sent(entry(4, "c2"), entry(1), entry(2, "c3"), entry(3)) == [(1, 3), (2,), (4,)]


def of(step: str, *entries: Entry) -> list[Entry]:
    return [one._replace(step=step) for one in entries]


def test_one_edit_goes_before_the_rest_of_a_large_step_and_doesnt_keep_it_waiting() -> None:
    bulk = of("bulk", *(entry(n, f"c{n}") for n in range(1, 5)))
    ones = [*of("a", entry(5, "c5")), *of("b", entry(6, "c6"))]
    assert sent(*bulk, *ones) == [(1,), (5,), (6,), (2,), (3,), (4,)]
    assert [parcel.turn for parcel in parcels([*bulk, *ones])] == [0, 0, 0, 1, 2, 3]
    assert sent(*bulk[1:], *of("c", entry(7, "c7"))) == [(2,), (7,), (3,), (4,)]


def test_one_edit_takes_along_what_a_large_step_does_to_its_record() -> None:
    bulk = of("bulk", *(entry(n, f"c{n}") for n in range(1, 5)))
    assert sent(*bulk, *of("a", entry(5, "c3"))) == [(1,), (3, 5), (2,), (4,)]


def test_what_goes_together_is_folded() -> None:
    (parcel,) = parcels([entry(1), entry(2), entry(3, field="city")])
    assert parcel.changes == (Change("phase", 0, 2), Change("city", 2, 3))


@pytest.mark.parametrize("state", PARKED)
def test_what_is_parked_blocks_its_own_fields_only(state: State) -> None:
    assert sent(entry(1, state=state), entry(2), entry(3, field="city")) == [(3,)]


def test_what_is_not_sure_keeps_back_all_that_is_sent_under_its_key_and_nothing_else() -> None:
    unsure = entry(3, field="custom.A", state=State.NOT_SURE)
    others = [entry(1, field="custom.B"), entry(2, field="phase"), entry(4, field="custom.C")]
    assert sent(*others, unsure) == [(2,)]
    refused = unsure._replace(state=State.REFUSED)
    assert sent(*others, refused, entry(5, field="custom.A")) == [(1, 2, 4)]


def test_a_custom_field_that_was_tried_goes_without_later_ones() -> None:
    tried = entry(1, field="custom.A")._replace(attempts=1)
    assert sent(tried, entry(2, field="custom.B"), entry(3, field="phase")) == [(1, 3)]


def both(n: int, *fields: str, place: int = 0) -> Entry:
    changes = tuple(Change(field, n - 1, n) for field in fields)
    return entry(n)._replace(changes=changes, place=place)


def split(*entries: Entry) -> list[tuple[int, list[str]]]:
    return [(one.n, sorted(can_go)) for one, can_go in splits(entries)]


@pytest.mark.parametrize("state", PARKED)
def test_an_edit_of_which_a_field_is_blocked_is_split_so_that_the_others_go(state: State) -> None:
    parked, mixed = entry(1, state=state), both(2, "phase", "city")
    later = both(3, "city", "description")
    assert split(parked, mixed, later, entry(4, field="description")) == [(2, ["city"])]
    assert sent(parked, mixed, later) == []  # until then the order of each field is kept
    assert sent(parked, mixed, entry(3, field="web")) == [(3,)]
    parked, later = parked._replace(place=1), later._replace(place=3)
    kept, gone = both(2, "phase", place=2), both(9, "city", place=2)
    assert sent(parked, kept, gone, later) == [(9, 3)]
    assert split(parked, kept, gone, later) == []


def test_an_edit_is_split_by_what_goes_under_the_same_key_of_the_body() -> None:
    unsure = entry(1, field="custom.A", state=State.NOT_SURE)
    assert split(unsure, both(2, "custom.B", "city")) == [(2, ["city"])]
    tried = entry(1, field="custom.A")._replace(attempts=1)
    assert split(tried, both(2, "custom.B", "city")) == [(2, ["city"])]
    assert split(entry(1, field="custom.A"), both(2, "custom.B", "city")) == []


def test_a_contacts_company_and_its_name_are_never_split() -> None:
    parked = entry(1, field="companyName", state=State.CONFLICT)
    assert split(parked, both(2, "companyId", "companyName", "city")) == [(2, ["city"])]


def test_nothing_is_split_while_its_record_is_being_sent_or_to_be_made() -> None:
    mixed = both(3, "phase", "city")
    assert split(entry(1, state=State.SENDING), entry(2, state=State.HELD), mixed) == []
    held = entry(1, "new-1", state=State.HELD)
    assert split(held, mixed._replace(record_id="new-1")) == []


def test_while_something_is_being_sent_the_rest_of_its_record_waits() -> None:
    sending = entry(1, state=State.SENDING)
    assert sent(sending, entry(2, field="city"), entry(3, "c2")) == [(3,)]


def test_a_record_made_here_is_made_before_it_is_edited_or_deleted() -> None:
    make = entry(1, "new-1", action=Action.CREATE, name="Acme")
    edit = entry(2, "new-1")
    delete = entry(3, "new-1", action=Action.DELETE)
    assert sent(make, edit, delete) == [(1,)]
    assert sent(edit, delete) == []


@pytest.mark.parametrize("state", PARKED)
def test_a_record_that_could_not_be_made_keeps_its_edits_back(state: State) -> None:
    make = entry(1, "new-1", state=state, action=Action.CREATE, name="Acme")
    assert sent(make, entry(2, "new-1"), entry(3, "c2")) == [(3,)]


def test_a_contact_waits_until_its_company_has_an_id() -> None:
    contact = Kind.CONTACT
    assert sent(entry(1, "new-2", action=Action.CREATE, kind=contact, companyId="new-1")) == []
    assert sent(entry(1, "new-2", action=Action.CREATE, kind=contact, companyId="c1")) == [(1,)]
    moved = entry(1, kind=contact)._replace(changes=(Change("companyId", "c1", "new-1"),))
    assert sent(moved, entry(2, kind=contact)) == [(2,)]


def test_a_contact_and_a_company_of_the_same_id_are_two_records() -> None:
    assert sent(entry(1), entry(2, kind=Kind.CONTACT)) == [(1,), (2,)]


def test_a_delete_goes_after_the_edits_and_not_while_one_is_parked() -> None:
    delete = entry(2, action=Action.DELETE)
    assert sent(entry(1), delete) == [(1,)]
    assert sent(delete) == [(2,)]
    assert sent(entry(1, state=State.CONFLICT), delete) == []


@pytest.mark.parametrize("state", [State.REFUSED, State.HELD])
def test_a_deletion_that_stays_here_keeps_nothing_else_waiting(state: State) -> None:
    stays = entry(1, state=state, action=Action.DELETE)
    queue = [stays, entry(2), entry(3, action=Action.DELETE)]
    assert sent(*past_deletions(queue, lambda _: "")) == [(2,)]
    queued = stays._replace(state=State.QUEUED)
    bars = ("no-delete" if one.action is Action.DELETE else "" for one in (queued, entry(2)))
    assert sent(*past_deletions([queued, entry(2)], lambda _: next(bars))) == [(2,)]
    unsure = stays._replace(state=State.NOT_SURE)
    assert sent(*past_deletions([unsure, entry(2)], lambda _: "")) == []


@pytest.mark.parametrize(
    ("error", "state", "pause"),
    [
        (OfflineError("x"), State.QUEUED, True),
        (RateLimitedError("x"), State.QUEUED, True),
        (TokenError("x"), State.QUEUED, True),
        (UnknownOutcomeError("x"), State.NOT_SURE, False),
        (ServerError("x"), State.NOT_SURE, False),
        (RejectedError("x"), State.REFUSED, False),
        (ForbiddenError("x"), State.QUEUED, True),
        (InputError("x"), State.REFUSED, False),
        (NotFoundError("x"), State.REFUSED, False),
    ],
)
def test_what_an_error_means_for_an_edit(
    error: PlanhatTuiError,
    state: State,
    pause: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    told = outcome(error, Action.UPDATE)
    assert (told.state, told.pause) == (state, pause)
    assert told.reason


def test_before_anything_was_sent_only_what_concerns_all_stops_the_others() -> None:
    told = outcome(ServerError("x"), Action.UPDATE, sent=False)
    assert (told.state, told.pause, told.alone) == (State.QUEUED, True, True)
    for error in (OfflineError("x"), RateLimitedError("x"), TokenError("x"), ForbiddenError("x")):
        told = outcome(error, Action.UPDATE, sent=False)
        assert (told.pause, told.alone) == (True, False)


def test_what_cant_be_made_is_refused_in_planhats_words() -> None:
    told = outcome(NotFoundError("There is no such company."), Action.CREATE)
    assert (told.state, told.reason) == (State.REFUSED, "There is no such company.")


def test_to_delete_what_is_gone_is_to_be_done() -> None:
    assert outcome(NotFoundError("x"), Action.DELETE).state is State.DELIVERED
