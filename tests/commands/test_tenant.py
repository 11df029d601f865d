from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.output import Style, write
from planhat_tui.commands.results import Single
from planhat_tui.errors import OfflineError
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from tests.sync.rig import answer

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


# -- whoami


def test_who_we_are_is_asked_once_and_then_known(bare: Desk) -> None:
    result = bare.shell("whoami")
    assert isinstance(result, Single)
    assert result.record == bare.server.ask("GET", "/myprofile")
    assert result.note == "acme at sandbox.planhat"
    bare.fill()
    bare.network.cut = True
    assert bare.one("whoami")["_id"] == result.record["_id"]


def test_fresh_asks_again(desk: Desk) -> None:
    asked = desk.network.count("GET /myprofile")
    desk.wishes = Wishes(fresh=True)
    desk.one("whoami")
    assert desk.network.count("GET /myprofile") > asked


def test_who_we_are_isnt_known_offline_before_the_first_contact(bare: Desk) -> None:
    bare.network.cut = True
    with pytest.raises(OfflineError):
        bare.shell("whoami")


# -- sync


def test_a_first_sync_reads_everything(bare: Desk) -> None:
    done = bare.do("sync")
    people = len(bare.server.ids(Kind.CONTACT))
    assert done.text.startswith(f"6 companies, {people} contacts; local copy, just read.")
    assert done.exit_status == 0


def test_a_later_one_reads_what_has_changed(desk: Desk) -> None:
    desk.server.put(desk.company(), phase="renamed-since")
    desk.do("sync")
    assert desk.one("company", "show", "Acme Inc")["phase"] == "renamed-since"


def test_a_full_one_forgets_what_isnt_there_any_more(desk: Desk) -> None:
    gone = desk.server.ids()[-1]
    desk.server.delete(gone)
    done = desk.do("sync", "--full")
    assert done.text.startswith("5 companies")
    assert gone not in {company["_id"] for company in desk.rows("company", "find")}


def test_it_sends_what_is_queued(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won")
    assert desk.do("sync").exit_status == 0
    assert desk.queue() == ()
    assert desk.server.get(desk.company())["phase"] == "won"


def test_what_couldnt_be_sent_is_told(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.network.once("PUT *", answer(400, "no"))
    done = desk.do("sync")
    assert done.text.endswith("1 edits aren't delivered: outbox list")
    assert done.exit_status == 4
    assert desk.states() == [State.REFUSED]


def test_offline_is_told(desk: Desk) -> None:
    desk.network.cut = True
    with pytest.raises(OfflineError):
        desk.shell("sync")


# -- limits


def test_the_limit_is_asked_for_where_nothing_is_known_yet(desk: Desk) -> None:
    asked = len(desk.network.asked)
    told = desk.one("limits")
    assert told["limit"] == 1_000_000
    assert isinstance(told["remaining"], int)
    assert told["queue"] == told["inFlight"] == 0
    assert told["stoppedFor"] == 0
    assert len(desk.network.asked) > asked


def test_where_something_is_known_it_costs_nothing_unless_its_to_be_fresh(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    asked = len(desk.network.asked)
    desk.one("limits")
    assert len(desk.network.asked) == asked
    desk.wishes = Wishes(fresh=True)
    desk.one("limits")
    assert len(desk.network.asked) == asked + 1


def test_for_people_limits_and_who_one_is_are_said_in_words(desk: Desk) -> None:
    for verb, words in (("limits", ("Left", "Reset in (s)")), ("whoami", ("Tenant", "Roles"))):
        lines: list[str] = []
        write(desk.shell(verb), Style(), lines.append, print)
        titles = {line.partition("  ")[0] for line in lines}
        assert titles >= set(words)
        assert not titles & {"remaining", "resetIn", "tenantName", "isHidden"}
