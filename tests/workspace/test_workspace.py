from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from planhat_tui.config.profiles import TokenSource
from planhat_tui.errors import GuardrailError, NotFoundError
from planhat_tui.model.events import Changed, Topic
from planhat_tui.model.outbox import State
from planhat_tui.model.plans import created, gather, wanted
from planhat_tui.model.records import Kind
from planhat_tui.store.lease import SEND_LEASE
from planhat_tui.sync.status import SyncStatus
from planhat_tui.workspace import planning
from planhat_tui.workspace.rests import Rest
from planhat_tui.workspace.switch import Workspaces, only_other
from tests.sync.rig import SECONDS, after
from tests.workspace.conftest import deliver, filled, open_over, profile_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Forward, Line, Server, Time


def test_who_we_are_is_known_after_the_first_contact_and_later_offline(
    open_workspace: Callable[..., Workspace], server: Server, line: Line
) -> None:
    workspace = open_workspace()
    assert workspace.me is None
    workspace.net.fill().result(SECONDS)
    me = server.ask("GET", "/myprofile")
    workspace.close()
    line.cut = True
    again = open_workspace()
    assert again.me is not None
    assert (again.me.id, again.me.email) == (me["_id"], me["email"])
    assert again.host == "sandbox.planhat"


def test_how_it_stands(workspace: Workspace, line: Line, company: str) -> None:
    assert workspace.status().sync == SyncStatus()
    workspace.net.fill().result(SECONDS)
    assert workspace.status().sync.network == "online"
    assert workspace.status().limits.limit == 1_000_000
    line.cut = True
    entries = workspace.writes.tag(Kind.COMPANY, [company], ["vip"])
    assert deliver(workspace, *entries) == [State.QUEUED]
    status = workspace.status()
    assert status.sync.network == "offline"
    assert status.counts == {State.QUEUED: 1}
    assert status.not_delivered == 1


def test_what_others_changed_since_one_looked_is_known_after_a_restart(
    open_workspace: Callable[..., Workspace], server: Server, time: Time
) -> None:
    first = open_workspace()
    first.net.fill().result(SECONDS)
    seen, unseen, *_ = server.ids()
    assert first.looked_at(seen) == first.looked_at(unseen) == ()
    time.leap(400.0)
    server.put(unseen, phase="elsewhere")
    first.net.fill().result(SECONDS)
    assert first.reads.looked_at(Kind.COMPANY, seen) is not None
    first.close()
    again = open_workspace()
    assert again.reads.unseen(Kind.COMPANY, server.ids()) == {unseen}
    (news,) = again.looked_at(unseen)
    assert (news.change.field, news.change.after) == ("phase", "elsewhere")
    assert again.reads.unseen(Kind.COMPANY, server.ids()) == frozenset()


def test_whoever_no_longer_listens_hears_nothing(workspace: Workspace, company: str) -> None:
    mine: list[Changed] = []
    others: list[Changed] = []
    end = workspace.subscribe(mine.append)
    workspace.subscribe(others.append)
    end()
    end()
    workspace.writes.hold(workspace.writes.tag(Kind.COMPANY, [company], ["vip"])[0].n)
    assert mine == []
    assert Changed(Topic.OUTBOX) in others


def test_the_team_that_another_program_reads_is_noticed(
    open_workspace: Callable[..., Workspace], workspace: Workspace
) -> None:
    workspace.poll()
    heard: list[Changed] = []
    workspace.subscribe(heard.append)
    other = open_workspace()  # the same files
    other.net.refresh(Topic.USER, frozenset()).result(SECONDS)
    other.close()
    workspace.poll()
    assert Changed(Topic.USER) in heard
    assert workspace.reads.users()


def test_what_another_program_wrote_is_noticed_once(
    open_workspace: Callable[..., Workspace],
    workspace: Workspace,
    server: Server,
    company: str,
) -> None:
    other = open_workspace()  # the same files
    heard: list[Changed] = []
    workspace.subscribe(heard.append)
    workspace.poll()
    heard.clear()
    (entry,) = other.writes.tag(Kind.COMPANY, [company], ["vip"])
    other.close()
    workspace.poll()
    assert Changed(Topic.COMPANY) in heard
    assert Changed(Topic.OUTBOX) in heard
    heard.clear()
    workspace.poll()
    assert heard == []
    assert deliver(workspace, entry) == [State.DELIVERED]
    assert "vip" in server.get(company)["tags"]


def test_start_lets_what_waits_go(
    workspace: Workspace, line: Line, server: Server, company: str
) -> None:
    arrived = threading.Event()
    line.once("PUT *", after(arrived.set))
    workspace.writes.tag(Kind.COMPANY, [company], ["vip"])
    assert not arrived.is_set()
    workspace.start()
    assert arrived.wait(SECONDS)
    workspace.close()
    assert "vip" in server.get(company)["tags"]


# -- the switch


def test_each_profile_is_opened_once(open_workspace: Callable[..., Workspace]) -> None:
    opened: list[str] = []

    def opener(name: str) -> Workspace:
        opened.append(name)
        made: Workspace = open_workspace(name)
        return made

    profiles = Workspaces(opener)
    assert not profiles.is_open("acme")
    first = profiles.open("acme")
    assert (profiles.current, profiles.last) == (first, "")
    second = profiles.open("other")
    assert (profiles.current, profiles.last) == (second, "acme")
    assert profiles.open("acme") is first
    assert (profiles.current, profiles.last) == (first, "other")
    assert opened == ["acme", "other"]
    assert profiles.is_open("other")
    profiles.close_all()
    assert not profiles.is_open("other")


def test_a_profile_that_several_ask_for_at_once_is_opened_once_and_stays_off_the_screen(
    open_workspace: Callable[..., Workspace],
) -> None:
    opened: list[str] = []
    slow = threading.Event()

    def opener(name: str) -> Workspace:
        opened.append(name)
        assert name == "acme" or slow.wait(SECONDS)
        made: Workspace = open_workspace(name)
        return made

    profiles = Workspaces(opener)
    first = profiles.open("acme")
    with ThreadPoolExecutor(2) as others:
        asked = [others.submit(profiles.reach, "other") for _ in range(2)]
        slow.set()
        one, two = (answer.result(SECONDS) for answer in asked)
    assert one is two is profiles.get("other")
    assert opened == ["acme", "other"]
    assert (profiles.current, profiles.last) == (first, "")


def test_one_that_is_open_waits_for_none_that_is_being_opened(
    open_workspace: Callable[..., Workspace],
) -> None:
    asking, told = threading.Event(), threading.Event()

    def opener(name: str) -> Workspace:
        if name == "slow":
            asking.set()
            assert told.wait(SECONDS)
        made: Workspace = open_workspace(name)
        return made

    profiles = Workspaces(opener)
    first = profiles.open("acme")
    with ThreadPoolExecutor(2) as others:
        slow = others.submit(profiles.reach, "slow")
        assert asking.wait(SECONDS)
        try:
            assert others.submit(profiles.open, "acme").result(5.0) is first
        finally:
            told.set()
        assert slow.result(SECONDS) is profiles.get("slow")


@pytest.mark.parametrize(
    ("here", "own", "other"),
    [
        ("demo", (), "demo-2"),
        ("demo", ("nord",), "nord"),
        ("demo", ("nord", "syd"), ""),
        ("nord", ("nord", "syd"), "syd"),
        ("nord", ("nord", "syd", "vest"), ""),
        ("nord", ("nord",), ""),
    ],
)
def test_the_other_profile_is_known_where_there_is_only_one(
    here: str, own: tuple[str, ...], other: str
) -> None:
    assert only_other(here, own, ("demo", "demo-2")) == other


def test_a_profile_that_can_not_be_opened_changes_nothing(
    open_workspace: Callable[..., Workspace],
) -> None:
    def opener(name: str) -> Workspace:
        if name == "broken":
            raise NotFoundError("There is no profile broken.")
        made: Workspace = open_workspace(name)
        return made

    profiles = Workspaces(opener)
    first = profiles.open("acme")
    with pytest.raises(NotFoundError):
        profiles.open("broken")
    assert (profiles.current, profiles.last) == (first, "")
    assert not profiles.is_open("broken")


def test_what_other_profiles_have_not_delivered_is_counted_by_state(
    open_workspace: Callable[..., Workspace],
) -> None:
    profiles = Workspaces(open_workspace)
    for name, count in (("acme", 2), ("other", 1), ("third", 0)):
        opened = profiles.open(name)
        for number in range(count):
            opened.writes.create(Kind.COMPANY, {"name": f"Newcomer {number}"})
    assert profiles.others_waiting() == {State.QUEUED: 3}
    profiles.open("acme")
    assert profiles.others_waiting() == {State.QUEUED: 1}
    assert profiles.not_delivered() == {
        "acme": {State.QUEUED: 2},
        "other": {State.QUEUED: 1},
    }


def test_what_two_profiles_of_a_tenant_have_not_delivered_is_counted_once(
    tmp_path: Path, line: Line, time: Time
) -> None:
    profiles = Workspaces(lambda name: open_over(line, time, tmp_path / "acme", profile_of(name)))
    profiles.open("nord").writes.create(Kind.COMPANY, {"name": "Newcomer"})
    profiles.open("syd")
    assert profiles.others_waiting() == {}
    assert profiles.not_delivered() == {"syd": {State.QUEUED: 1}}
    profiles.open("nord")
    assert profiles.not_delivered() == {"nord": {State.QUEUED: 1}}
    profiles.close_all()


def test_what_of_a_plan_isnt_even_queued_is_counted_by_profile(
    open_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE", 1)
    profiles = Workspaces(open_workspace)
    for name in ("acme", "other"):
        profiles.open(name)
    profiles.current.net.fill().result(SECONDS)
    plans = profiles.current.plans
    rows = [created(Kind.COMPANY, f"new-{n}", {"name": f"Made {n}"}) for n in range(3)]
    plans.advance(plans.begin(gather(Kind.COMPANY, "import", rows)).step)
    assert profiles.rest_of_plans() == {"other": Rest(going=2)}


def test_a_profile_that_is_not_on_screen_goes_on_delivering(
    open_workspace: Callable[..., Workspace], server: Server
) -> None:
    profiles = Workspaces(open_workspace)
    made = profiles.open("acme").writes.create(Kind.COMPANY, {"name": "Newcomer AB"})
    behind = profiles.current
    profiles.open("other")
    assert deliver(behind, made) == [State.DELIVERED]
    assert len(server.named("Newcomer AB")) == 1
    assert profiles.others_waiting() == {}


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api-eu.planhat.com", "api-eu.planhat.com"),
        ("http://127.0.0.1:8787", "127.0.0.1:8787"),
        ("http://localhost:8787/", "localhost:8787"),
        ("http://[::1]:8787", "[::1]:8787"),
        ("https://planhat.example:8443", "planhat.example"),
    ],
)
def test_a_server_on_this_machine_is_known_by_its_port(
    url: str, host: str, open_workspace: Callable[..., Workspace]
) -> None:
    workspace = open_workspace()
    workspace.profile = workspace.profile._replace(base_url=url)
    assert workspace.host == host


def test_an_engine_that_does_not_end_in_time_leaves_nobody_waiting(
    open_workspace: Callable[..., Workspace], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = filled(open_workspace)
    stuck, may_end = threading.Event(), threading.Event()

    async def held(request: httpx.Request, forward: Forward) -> httpx.Response:
        stuck.set()
        may_end.wait()  # not only this answer: the whole thread stands still
        return await forward(request)

    line.once("PUT *", held)
    one = workspace.reads.company_ids("", 1)
    (entry,) = workspace.writes.edit(Kind.COMPANY, one, {"city": "Umeå"})
    workspace.net.deliver([entry.n])
    assert stuck.wait(SECONDS)
    in_no_time = partial(workspace.net.stop, 0.01)
    with monkeypatch.context() as hurry:
        hurry.setattr(workspace.net, "stop", in_no_time)
        workspace.close()
    may_end.set()
    assert workspace.net.stop(SECONDS)
    other = open_workspace()
    assert not other._store.outbox.is_held(SEND_LEASE)
    assert other.reads.entry(entry.n).state is State.DELIVERED


def test_what_the_config_says_anew_holds_at_once_but_not_for_the_connection(
    workspace: Workspace, company: str
) -> None:
    opened = workspace.profile
    plan = workspace.plans.make(wanted(Kind.COMPANY, tag=["x"]), [company])
    (held,) = workspace.writes.edit(Kind.COMPANY, [company], {"city": "Lund"})
    workspace.writes.hold(held.n)
    assert workspace.go_by(opened._replace(read_only=True, reason="Ask.", label="X"))
    assert workspace.profile.label == "X"
    with pytest.raises(GuardrailError, match="Ask"):
        workspace.writes.edit(Kind.COMPANY, [company], {"phase": "won"})
    with pytest.raises(GuardrailError, match="Ask"):
        workspace.plans.check(plan)
    with pytest.raises(GuardrailError, match="Ask"):
        workspace.writes.retry(held.n)
    assert not workspace.go_by(opened._replace(token=TokenSource("env", "OTHER")))
    assert workspace.profile.token == opened.token
    assert workspace.writes.edit(Kind.COMPANY, [company], {"phase": "won"})
