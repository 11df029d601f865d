from __future__ import annotations

from dataclasses import replace

import pytest

from planhat_tui.model.limits import Lane, Limits
from planhat_tui.model.outbox import State
from planhat_tui.model.records import User
from planhat_tui.store.rows import Progress
from planhat_tui.sync.outlook import Outlook
from planhat_tui.sync.status import Network, SyncStatus
from planhat_tui.tui.presentation.glyphs import ASCII, UNICODE
from planhat_tui.tui.presentation.status_words import (
    COLOURS,
    DROPS,
    GIVES,
    NETWORK,
    URGENT,
    header,
    kept,
    state,
)
from planhat_tui.tui.widgets.bars import fitted, without
from planhat_tui.workspace.workspace import Status
from tests.tui.records import HARMLESS, HOSTILE, profile

ONLINE = SyncStatus(network="online")
QUIET = Status(Limits(), ONLINE, {})
ME = User.from_raw({"firstName": "Max", "lastName": "Berg"})


def text(pieces: list[tuple[str, str]]) -> str:
    return "".join(piece for piece, _ in pieces)


def right(status: Status) -> str:
    return text(state(status, 0.0, UNICODE, room=140)[1])


def test_the_header_says_who_and_where() -> None:
    left, others = header(profile(label="PRODUCTION"), "api.planhat.com", ME, {}, UNICODE)
    assert text(left) == " ACME-EU  PRODUCTION  Max Berg"
    assert text(others) == "api.planhat.com"


def test_the_header_says_what_the_profile_forbids() -> None:
    left, _ = header(profile(no_delete=True), "host", None, {}, UNICODE)
    assert text(left) == " ACME-EU   ⊘ no-delete"
    left, _ = header(profile(read_only=True), "host", None, {}, ASCII)
    assert text(left).endswith("  % read-only")


@pytest.mark.parametrize(
    ("room", "told"),
    [
        (57, " ACME-EU   Max Berg  max 100  confirm  ⊘ no-delete  host"),
        (52, " ACME-EU   Max Berg  max 100  ⊘ no-delete  host"),
        (38, " ACME-EU   Max Berg  ⊘ no-delete  host"),
    ],
)
def test_the_header_has_lesser_marks_where_there_is_room(room: int, told: str) -> None:
    one = profile(no_delete=True, max_bulk=100, confirm="type")
    left, right = header(one, "host", ME, {}, UNICODE)
    kept = without(left, right, room, DROPS)
    shown = fitted(kept, right, room, 0, gives=GIVES)
    assert "  ".join(map(text, shown)) == told


def test_the_header_counts_what_waits_in_other_tenants() -> None:
    _, others = header(profile(), "host", None, {State.QUEUED: 3}, UNICODE)
    assert text(others) == "host  other tenants: 3 queued"
    waiting = {State.QUEUED: 1, State.NOT_SURE: 2}
    _, others = header(profile(), "host", None, waiting, UNICODE)
    assert text(others) == "host  other tenants: 2 not sure · 1 queued"
    _, others = header(profile(), "host", None, {}, UNICODE, "call in nord ▸ 2:07")
    assert text(others) == "host  call in nord ▸ 2:07"


def test_the_name_of_the_person_gives_way_to_what_waits_in_other_tenants() -> None:
    one = profile(label="PRODUCTION", no_delete=True)._replace(name="acme-eu-production")
    me = User.from_raw({"firstName": "Maximilian", "lastName": "Berg"})
    left, others = header(one, "api.planhat.com", me, {State.QUEUED: 2}, UNICODE)
    shown = [text(part) for part in fitted(left, others, 79, len(others) - 1, gives=GIVES)]
    assert shown == [
        " ACME-EU-PRODUCTION  PRODUCTION  Max…  ⊘ no-delete",
        "…   other tenants: 2 queued",
    ]


@pytest.mark.parametrize(("room", "told"), [(57, "…"), (79, "…   other tenants: 2 queued")])
def test_the_label_is_never_cut_however_long_the_name_of_the_profile_is(
    room: int, told: str
) -> None:
    one = profile(label="PRODUCTION", no_delete=True)._replace(name="acme" * 30)
    left, others = header(one, "api.planhat.com", ME, {State.QUEUED: 2}, UNICODE)
    shown = [text(part) for part in fitted(left, others, room, len(others) - 1, gives=GIVES)]
    assert shown[0].startswith(" ACM")
    assert shown[0].endswith("…  PRODUCTION  ⊘ no-delete")
    assert shown[1] == told
    assert sum(map(len, shown)) + 2 == room


def test_the_marks_of_a_profile_stand_behind_the_person_as_long_as_there_is_room() -> None:
    left, others = header(profile(label="PRODUCTION", read_only=True), "host", ME, {}, UNICODE)
    shown = [text(part) for part in fitted(left, others, 78, 0, gives=GIVES)]
    assert shown == [" ACME-EU  PRODUCTION  Max Berg  ⊘ read-only", "host"]


def test_the_demo_says_that_it_is_no_host() -> None:
    left, others = header(profile(demo=True, label="practice data"), "host", None, {}, UNICODE)
    assert "practice data" in text(left)
    assert text(others) == "in this program"


def test_a_hostile_header_is_harmless() -> None:
    me = User.from_raw({"firstName": HOSTILE})
    left, others = header(profile(label=HOSTILE), HOSTILE, me, {}, UNICODE)
    assert text(left) == f" ACME-EU  {HARMLESS}  {HARMLESS}"
    assert text(others) == HARMLESS


def test_a_quiet_state_says_only_how_the_network_is() -> None:
    left, _ = state(QUIET, 0.0, UNICODE, room=98)
    assert text(left) == "rate limit unknown until the first answer"
    assert right(QUIET) == "online"


@pytest.mark.parametrize(
    ("network", "word"),
    [
        ("starting", "starting"),
        ("online", "online"),
        ("offline", "offline"),
        ("stranger", "not Planhat"),
        ("refused", "token refused"),
        ("mismatch", "another tenant"),
    ],
)
def test_the_network_has_a_word(network: Network, word: str) -> None:
    assert right(QUIET._replace(sync=SyncStatus(network=network))) == word
    assert network in NETWORK


def test_the_queue_is_counted_with_the_urgent_nearest_to_the_edge() -> None:
    counts = {State.CONFLICT: 1, State.QUEUED: 3, State.REFUSED: 0, State.HELD: 2}
    assert right(QUIET._replace(counts=counts)) == ("‖ 2 held · ● 3 queued · ≠ 1 conflict · online")


def test_what_is_queued_says_when_it_goes_at_the_latest() -> None:
    waiting = Status(Limits(stopped_until=41.6), ONLINE, {State.QUEUED: 2, State.SENDING: 1})
    assert right(waiting) == "● 2 queued ~42 s · ↑ 1 sending · online"
    free = waiting._replace(limits=Limits())
    assert right(free) == "● 2 queued · ↑ 1 sending · online"
    kept = waiting._replace(limits=Limits(remaining=2, waiting={Lane.OUTBOX: 2}))
    assert right(kept) == "● 2 queued until the reset · ↑ 1 sending · online"


def test_every_open_state_can_be_counted() -> None:
    assert set(URGENT) == set(COLOURS) == {one for one in State if one.is_open}


def test_requests_that_wait_are_counted() -> None:
    waiting = Limits(waiting={Lane.USER: 1, Lane.BACKGROUND: 4})
    left, _ = state(QUIET._replace(limits=waiting), 0.0, ASCII, room=98)
    assert text(left) == "rate limit unknown until the first answer | 5 waiting"
    left, _ = state(QUIET._replace(limits=waiting), 0.0, ASCII, room=120)
    assert text(left).endswith(" | 1 yours, 4 background waiting")


def test_who_waits_though_calls_are_left_says_for_whom_they_are() -> None:
    kept = Limits(40, 36, as_of=0.0, waiting={Lane.BACKGROUND: 1})
    left, _ = state(QUIET._replace(limits=kept), 0.0, ASCII, room=98)
    assert text(left) == "36 of 40 left | reset unknown | 1 waiting: calls kept for you"
    for other in (
        replace(kept, in_flight=3),
        replace(kept, stopped_until=9.0),
        replace(kept, waiting={Lane.USER: 1}),
    ):
        left, _ = state(QUIET._replace(limits=other), 0.0, ASCII, room=98)
        assert text(left).endswith("| 1 waiting")


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        (None, "reading"),
        (Progress(0, 0, 0, contacts_complete=False, seen_at=None), "reading"),
        (
            Progress(300, 187, 0, contacts_complete=False, seen_at=None),
            "reading companies 187/300 · contacts 0",
        ),
        (
            Progress(300, 300, 9, contacts_complete=False, seen_at=1.0),
            "reading companies 300 · contacts 9",
        ),
        (
            Progress(300, 300, 62, contacts_complete=False, seen_at=1.0, contacts_known=99),
            "reading companies 300 · contacts 62/~99",
        ),
        (Progress(300, 300, 9, contacts_complete=True, seen_at=1.0), "reading changes"),
    ],
)
def test_reading_says_how_far_it_is(progress: Progress | None, told: str) -> None:
    reading = SyncStatus(network="online", pulling=True, progress=progress)
    assert right(QUIET._replace(sync=reading, counts={State.QUEUED: 1})) == (
        f"{told} · ● 1 queued · online"
    )


@pytest.mark.parametrize(
    ("seconds", "told"), [(None, ""), (3.0, ""), (40.0, " ~40 s"), (250.0, " ~4 min")]
)
def test_reading_says_how_long_it_takes(seconds: float | None, told: str) -> None:
    progress = Progress(300, 187, 0, contacts_complete=False, seen_at=None)
    reading = SyncStatus("online", pulling=True, progress=progress, outlook=Outlook(9, seconds))
    assert right(QUIET._replace(sync=reading)).endswith(f" · 9 calls left{told} · online")


HALF = Progress(300, 39, 0, contacts_complete=False, seen_at=None)
PULLING = Status(
    Limits(12, 6, as_of=0.0, reset_in=(0.0, 84.0), waiting={Lane.BACKGROUND: 1}),
    SyncStatus("online", pulling=True, progress=HALF, outlook=Outlook(12, 42.0, 11, at_least=True)),
    {},
)


@pytest.mark.parametrize(
    ("room", "limit", "told"),
    [
        (
            169,
            "6 of 12 left · reset in 0-84 s · 1 waiting",
            "reading companies 39/300, 11 calls · contacts 0, 1+ calls · 12+ calls left ~42 s+",
        ),
        (
            119,
            "6 of 12 left · reset in 0-84 s · 1 waiting",
            "companies 39/300 · contacts 0 · 12+ calls ~42 s+ · online",
        ),
        (79, "6 of 12 left", "companies 39/300 · contacts 0 · 12+ calls ~42 s+ · online"),
        (62, "6 of 12 left", "companies 39/300 · 12+ calls ~42 s+ · online"),
        (49, "6 of 12 left", "companies 39/300 ~42 s+ · online"),
        (30, "6 of 12 left", "reading · online"),
        (25, "6 left", "reading · online"),
    ],
)
def test_at_each_width_the_longest_form_that_fits_is_told(room: int, limit: str, told: str) -> None:
    left, right = state(PULLING, 0.0, UNICODE, room=room)
    assert limit in text(left)
    assert text(right).startswith(told)
    assert text(right).endswith(" · online")


def test_no_word_is_cut_at_any_width() -> None:
    whole = PULLING._replace(
        limits=replace(PULLING.limits, others=3.0),
        counts={State.QUEUED: 2},
    )
    for status in (PULLING, whole, QUIET, PULLING._replace(limits=Limits(stopped_until=9.0))):
        for room in range(45, 180):
            told = state(status, 0.0, UNICODE, room=room)
            assert fitted(*told, room, kept(status)) == tuple([*part] for part in told), room


def test_records_that_cannot_be_read_are_counted() -> None:
    progress = Progress(300, 299, 9, contacts_complete=True, seen_at=1.0, unreadable=2)
    status = QUIET._replace(sync=replace(ONLINE, progress=progress))
    assert right(status) == "2 unreadable · online"
    assert kept(status) == 2
    assert kept(QUIET) == 2


@pytest.mark.parametrize("urgent", [State.CONFLICT, State.REFUSED, State.NOT_SURE])
def test_at_80_columns_what_is_not_delivered_outranks_what_is_unreadable_and_others_use(
    urgent: State,
) -> None:
    progress = Progress(300, 299, 9, contacts_complete=True, seen_at=1.0, unreadable=2)
    busy = Limits(200, 143, as_of=0.0, reset_in=(24.0, 83.0), others=30.0)
    sync = replace(ONLINE, progress=progress, pulling=True)
    status = Status(busy, sync, {urgent: 1, State.QUEUED: 3})
    sign = UNICODE.state(urgent)
    queue = f"● 3 queued · {sign} 1 {urgent.value} · online"
    shown = [*map(text, state(status, 12.0, UNICODE, room=79))]
    assert shown[0].startswith("143 of 200 left")
    assert shown[1] == f"reading · 2 unreadable · {queue}"
    shown = [*map(text, fitted(*state(status, 12.0, UNICODE, room=58), 58, kept(status)))]
    assert shown[0].startswith("143 left")
    assert shown[1].endswith(f" {queue}")
    quiet = [*map(text, state(status, 12.0, UNICODE, room=160))]
    assert quiet[0].endswith("12 s old · others use 30/min")
