"""Calls that are begun and not saved: whom they are with may get another id, or go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import StorageError
from planhat_tui.model.calls import CallDraft, CallTimer, parse_iso
from planhat_tui.model.records import Kind
from planhat_tui.workspace.begun import Begun, Partner, key_of, timer_of
from tests.workspace.conftest import deliver, filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.values import Json
    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Server

RANG = "2026-03-02T10:00:00+00:00"
ADA = Partner("c1", "Acme Inc", "p1", "Ada Jensen", "+46 70 1")


@pytest.fixture
def desk(server: Server, open_workspace: Callable[..., Workspace]) -> Workspace:
    assert server.ids()
    return filled(open_workspace)


def test_a_call_is_there_again_after_a_restart(
    desk: Workspace, open_workspace: Callable[..., Workspace]
) -> None:
    desk.begun.keep(ADA, {"start": RANG, "note": "half"}, finished=False)
    desk.begun.keep(ADA, {"talk": "7"}, finished=True)
    desk.close()
    running, ended = open_workspace().begun.list()
    assert (running.partner, running.finished, running.draft["note"]) == (ADA, False, "half")
    assert running.timer == CallTimer(parse_iso(RANG))
    assert (ended.partner, ended.finished, ended.timer) == (ADA, True, None)


def test_one_that_is_saved_or_dropped_is_gone_and_that_is_told(desk: Workspace) -> None:
    desk.begun.keep(ADA, {"start": RANG}, finished=False)
    told: list[object] = []
    desk.subscribe(told.append)
    desk.begun.drop(ADA, finished=True)
    assert desk.begun.load(ADA, finished=False) is not None
    desk.begun.drop(ADA, finished=False)
    assert desk.begun.list() == ()
    assert len(told) == 2


def test_it_follows_whom_it_is_with_to_another_id(desk: Workspace, server: Server) -> None:
    zed = desk.writes.create(Kind.CONTACT, {"name": "Zed New", "companyId": server.ids()[0]})
    before = Partner(server.ids()[0], "Acme Inc", zed.record_id, "Zed New")
    desk.begun.keep(before, {"start": RANG}, finished=False)
    deliver(desk, zed)
    (one,) = desk.begun.list()
    assert one.partner.contact_id == desk.reads.entry(zed.n).record_id
    for key in (key_of(before, finished=False), one.key):
        assert desk.begun.called(key) == one
    assert desk.begun.called(key_of(before, finished=True)) is None
    assert desk.begun.called("running call:nobody") is None
    for partner in (before, one.partner):
        assert desk.begun.load(partner, finished=False) is not None
        draft = desk.begun.load(partner, finished=False)
        assert draft is not None
        assert draft["start"] == RANG
        desk.begun.keep(partner, {"start": RANG, "note": partner.key}, finished=False)
        assert len(desk.begun.list()) == 1
    desk.begun.drop(before, finished=False)
    assert desk.begun.list() == ()


@pytest.mark.parametrize(
    ("draft", "goes_on"),
    [
        ({}, False),
        ({"start": RANG}, True),
        ({"start": RANG, "waiting": "9"}, True),
        ({"start": RANG, "waiting": "9", "end": "2026-03-02T10:05:00+00:00"}, False),
        ({"start": "soon"}, False),
    ],
)
def test_a_call_goes_on_until_it_has_an_end(draft: dict[str, Json], *, goes_on: bool) -> None:
    assert (Begun(ADA, draft, finished=False).timer is not None) is goes_on
    assert Begun(ADA, draft, finished=True).timer is None


def test_a_draft_without_a_start_has_no_timer() -> None:
    assert timer_of({"end": RANG}) is None


@pytest.mark.parametrize(
    ("waiting", "seconds"), [("30", 30), ("30s", 30), ("20.5", 20.5), ("1m", 60)]
)
def test_waiting_is_taken_up_as_it_may_be_typed(waiting: str, seconds: float) -> None:
    timer = timer_of({"start": RANG, "waiting": waiting})
    assert timer is not None
    assert timer.rang_at is not None
    assert timer.answered_at == timer.rang_at + timedelta(seconds=seconds)


def test_waiting_that_is_no_time_yet_leaves_it_ringing() -> None:
    timer = timer_of({"start": RANG, "waiting": "30 x"})
    assert timer is not None
    assert timer.answered_at is None


def test_a_call_and_its_draft_go_together_or_not_at_all(desk: Workspace) -> None:
    desk.begun.keep(ADA, {"talk": "5"}, finished=True)
    told = len(desk.reads.outbox())

    def log() -> None:
        with desk.at_once():
            desk.writes.log_call(CallDraft(nr="+46 70 1", external_user_id="max123"), 0.0)
            desk.begun.drop(ADA, finished=True)
            raise StorageError("the disk is full")

    with pytest.raises(StorageError):
        log()
    assert len(desk.reads.outbox()) == told
    assert [one.partner for one in desk.begun.list()] == [ADA]
