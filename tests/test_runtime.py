from __future__ import annotations

import json
import logging
import shlex
import stat
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.errors import (
    ConfigError,
    InputError,
    NotFoundError,
    OfflineError,
    StorageError,
    TenantMismatchError,
    TokenError,
)
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.runtime import DEMO_URL, HINT, Runtime, Start
from planhat_tui.sandbox import SandboxOptions
from tests.disk import read_only
from tests.sandbox.process import running
from tests.shell import SECONDS, copy_home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONFIG = """\
default: eu
profiles:
  us: {base_url: https://api.planhat.com, token: us-token}
  eu: {base_url: https://api-eu.planhat.com, token: {env: EU_TOKEN}}
"""


@pytest.fixture
def begin(home: Path) -> Iterator[Callable[..., Runtime]]:
    """Return what begins a run; nothing is pulled by itself."""
    begun: list[Runtime] = []

    def begin_it(start: Start | None = None, **env: str) -> Runtime:
        environment = {"PLANHAT_TUI_HOME": str(home), **env}
        begun.append(Runtime(environment, start or Start(), pull=False))
        return begun[-1]

    yield begin_it
    for runtime in begun:
        runtime.close()


@pytest.fixture
def demo(begin: Callable[..., Runtime], template: Path, home: Path) -> Runtime:
    copy_home(template, home)
    return begin(Start(demo=True))


def _configure(home: Path, text: str = CONFIG) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.yaml").write_text(text)
    (home / "config.yaml").chmod(0o600)


def _tenant(url: str, token: str) -> str:
    return f"profiles:\n  acme: {{base_url: '{url}', token: {token}}}\n"


# -- whom a run is about


def test_a_flag_goes_before_a_name_before_the_environment_before_the_default(
    begin: Callable[..., Runtime], home: Path
) -> None:
    assert begin().wanted == ""
    _configure(home)
    assert begin().wanted == "eu"
    assert begin(PLANHAT_TUI_PROFILE="us").wanted == "us"
    assert begin(Start(profile="asia"), PLANHAT_TUI_PROFILE="us").wanted == "asia"
    assert begin(Start(profile="asia", demo=True)).wanted == "demo"


def test_without_a_profile_it_says_what_to_do(begin: Callable[..., Runtime]) -> None:
    with pytest.raises(InputError, match=r"There is no profile yet\..*--demo works on practice"):
        begin().workspace()


def test_a_config_that_is_wrong_throughout_tells_its_first_mistake(
    begin: Callable[..., Runtime], home: Path
) -> None:
    _configure(home, "profiles:\n  eu: {base_url: https://api.planhat.com}\n")
    with pytest.raises(ConfigError, match="token is missing"):
        begin().workspace()


def test_a_profile_that_isnt_there_is_told(begin: Callable[..., Runtime], home: Path) -> None:
    _configure(home)
    with pytest.raises(NotFoundError):
        begin(Start(profile="asia")).workspace()


def test_a_token_that_cant_be_had_is_told(begin: Callable[..., Runtime], home: Path) -> None:
    _configure(home)
    with pytest.raises(TokenError, match="The environment has no EU_TOKEN"):
        begin().workspace()


def test_the_config_is_read_again_when_its_wished(
    begin: Callable[..., Runtime], home: Path
) -> None:
    runtime = begin()
    _configure(home)
    assert not runtime.config.profiles
    runtime.reload()
    assert set(runtime.config.profiles) == {"us", "eu"}


# -- the demo


def test_what_others_write_into_the_config_holds_and_the_tenant_stays(
    begin: Callable[..., Runtime], home: Path
) -> None:
    _configure(home, CONFIG.replace("default: eu", "default: us"))
    runtime = begin()
    workspace = runtime.workspace()
    assert runtime.catch_up() == ()
    _configure(home, CONFIG.replace("us-token}", "us-token, read_only: true}"))
    assert runtime.catch_up() == ()
    assert workspace.profile.read_only
    assert runtime.config.default == "eu"
    assert runtime.wanted == "us"
    _configure(home, CONFIG.replace("us-token}", "us-token, read_onyl: true}"))
    (problem,) = runtime.catch_up()
    assert "read_onyl" in str(problem)
    assert workspace.profile.read_only
    assert runtime.catch_up() == ()


def test_the_demo_has_two_tenants_of_its_own(demo: Runtime) -> None:
    one, two = demo.profile("demo"), demo.profile("demo-2")
    assert one.base_url == two.base_url == DEMO_URL
    assert one.demo
    assert one.token != two.token
    assert demo.workspaces.open("demo").reads.companies("acme inc").rows
    assert demo.workspaces.open("demo-2").reads.companies("harbour lights").rows
    assert not demo.workspaces.open("demo-2").reads.companies("acme inc").rows


def test_how_a_tenant_stands_is_told_without_opening_it(
    demo: Runtime, begin: Callable[..., Runtime], home: Path
) -> None:
    demo.workspaces.open("demo-2").writes.create(Kind.COMPANY, {"name": "Newcomer"})
    opened = demo.standing("demo-2")
    assert opened.waiting == {State.QUEUED: 1}
    assert opened.synced_at is not None
    demo.close()
    later = begin(Start(demo=True))
    assert later.standing("demo-2") == opened._replace(limits=later.standing("demo-2").limits)
    assert not later.workspaces.is_open("demo-2")
    _configure(home, CONFIG.replace("us-token", "other"))
    later.reload()
    assert later.standing("us").synced_at is None
    assert later.standing("us").waiting == {}
    assert later.standing("us").limits.limit is None


def test_a_profile_that_was_opened_is_opened_once(demo: Runtime) -> None:
    assert demo.workspace() is demo.workspace()
    assert demo.workspaces.open("demo") is demo.workspace()


def test_what_is_changed_in_the_demo_is_there_at_the_next_start(
    demo: Runtime, begin: Callable[..., Runtime]
) -> None:
    workspace = demo.workspace()
    acme = workspace.reads.resolve(Kind.COMPANY, "Acme Inc")
    entries = workspace.writes.tag(Kind.COMPANY, [acme], ["brand-new"])
    workspace.net.deliver([entry.n for entry in entries]).result(SECONDS)
    demo.close()
    again = begin(Start(demo=True)).workspace()
    again.net.fill(anew=True).result(SECONDS)
    shown = again.reads.company(acme)
    assert shown is not None
    tags = shown.raw["tags"]
    assert isinstance(tags, list)
    assert "brand-new" in tags


def test_the_demo_asks_for_no_token_and_no_network(demo: Runtime) -> None:
    assert demo.probe(demo.profile("demo")).name == "Max Berg"


@pytest.mark.parametrize("name", ["demo", "demo-2"])
def test_calls_of_the_demo_are_its_own_users(demo: Runtime, name: str) -> None:
    profile = demo.profile(name)
    assert demo.probe(profile).external_id == profile.external_user_id


# -- files


def test_everything_on_this_disk_is_the_persons_own(
    begin: Callable[..., Runtime], home: Path
) -> None:
    runtime = begin(Start(demo=True))
    runtime.workspace().net.ask(_who).result(SECONDS)
    found = [home / "data", home / "state", *home.rglob("data/**/*"), *home.rglob("state/*")]
    assert len(found) > 5
    for path in found:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_tenants_share_no_file(template: Path) -> None:
    folders = {path.parent for path in (template / "data" / "tenants").rglob("mirror.db")}
    assert len(folders) == 2
    assert all((folder / "outbox.db").exists() for folder in folders)


def test_no_token_is_kept(begin: Callable[..., Runtime], home: Path) -> None:
    token = "never-written-down"
    with running(SandboxOptions(companies=3, token=token)) as server:
        _configure(home, _tenant(server.url, "{env: ACME}"))
        runtime = begin(ACME=token)
        runtime.workspace().net.fill().result(SECONDS)
        runtime.close()
    kept = [path for path in home.rglob("*") if path.is_file()]
    assert len(kept) > 3
    assert not [path for path in kept if token.encode() in path.read_bytes()]


def test_a_rotated_token_finds_the_files_of_its_tenant(
    begin: Callable[..., Runtime], home: Path, tmp_path: Path
) -> None:
    options = SandboxOptions(companies=3, db=tmp_path / "s.db", token="first")
    with running(options) as server:
        _configure(home, _tenant(server.url, "first"))
        runtime = begin()
        runtime.workspace().net.fill().result(SECONDS)
        before = runtime.workspace().reads.companies().total
        runtime.close()
        port = int(server.url.rpartition(":")[2])
        server.end()
        with running(replace(options, token="second"), port) as again:
            _configure(home, _tenant(again.url, "second"))
            runtime = begin()
            runtime.workspace().net.ask(_who).result(SECONDS)  # now it's known whose it is
            runtime.close()
            again.end()
    offline = begin().workspace()
    assert offline.reads.companies().total == before == 3


def test_a_new_token_of_the_tenant_that_the_profile_names_shows_what_is_here(
    begin: Callable[..., Runtime], home: Path, tmp_path: Path
) -> None:
    def meet(url: str, token: str) -> None:
        named = f"tenant_uuid: {options.tenant}"
        _configure(home, f"profiles:\n  acme: {{base_url: '{url}', token: {token}, {named}}}\n")

    options = SandboxOptions(companies=3, db=tmp_path / "s.db", token="first")
    with running(options) as server:
        meet(server.url, "first")
        runtime = begin()
        runtime.workspace().net.fill().result(SECONDS)
        runtime.close()
        port = int(server.url.rpartition(":")[2])
        server.end()
    runtime = begin()
    entry = runtime.workspace().writes.create(Kind.COMPANY, {"name": "New Ltd"})
    runtime.close()
    meet(server.url, "second")
    workspace = begin().workspace()
    assert [one.title for one in workspace.reads.outbox()] == ["New Ltd"]
    assert workspace.reads.companies().total == 4
    later = workspace.writes.create(Kind.COMPANY, {"name": "Newer Ltd"})
    assert (bool(entry.who), later.who) == (True, "")  # the new token may be somebody else's
    with running(replace(options, token="second"), port):
        sent = workspace.net.deliver([entry.n, later.n]).result(SECONDS)
        assert {one.state for one in sent} == {State.DELIVERED}
        assert workspace.me is not None
        assert [one.who for one in sent] == [entry.who, workspace.me.name]


def test_a_damaged_copy_is_told_of_once_at_the_next_start(
    begin: Callable[..., Runtime], demo: Runtime
) -> None:
    demo.workspace().writes.create(Kind.COMPANY, {"name": "New Ltd"})
    path = demo.workspace()._store.folder / "mirror.db"
    demo.close()
    path.with_name("mirror.db-wal").unlink(missing_ok=True)
    path.write_bytes(path.read_bytes()[:100] + b"\xa5" * 8192)
    again = begin(Start(demo=True))
    assert [one.title for one in again.workspace().reads.outbox()] == ["New Ltd"]
    (note,) = again.notes
    assert note.startswith("The local copy of demo was damaged: it is read from Planhat anew, and")
    again.close()  # nobody has read it yet
    told = begin(Start(demo=True))
    told.workspace()
    assert [*told.notes] == [note]
    told.noted()
    assert not told.notes
    told.close()
    last = begin(Start(demo=True))
    last.workspace()
    assert not last.notes


def test_while_nobody_knows_whose_a_new_token_is_it_is_said_where_the_rest_waits(
    begin: Callable[..., Runtime], home: Path, tmp_path: Path
) -> None:
    options = SandboxOptions(companies=3, db=tmp_path / "s.db", token="first")
    with running(options) as server:
        _configure(home, _tenant(server.url, "first"))
        runtime = begin()
        runtime.workspace().net.fill().result(SECONDS)
        port = int(server.url.rpartition(":")[2])
        server.end()
    runtime.workspace().writes.create(Kind.COMPANY, {"name": "New Ltd"})
    assert runtime.notes == ()
    runtime.close()
    _configure(home, _tenant(server.url, "second"))
    runtime = begin()
    assert runtime.workspace().reads.outbox() == ()
    (note,) = runtime.notes
    assert "acme has a new token: what it read with the one before, and 1 edit not" in note
    with running(replace(options, token="second"), port):
        runtime.workspace().net.ask(_who).result(SECONDS)
        runtime.close()
    again = begin()
    assert [one.title for one in again.workspace().reads.outbox()] == ["New Ltd"]
    assert again.notes == ()


def test_a_token_of_another_tenant_than_the_profile_names_sends_it_nothing(
    begin: Callable[..., Runtime], home: Path
) -> None:
    options = SandboxOptions(companies=3)
    with running(options) as server:
        named = f"tenant_uuid: {options.tenant}"
        profile = f"profiles:\n  acme: {{base_url: '{server.url}', token: TOKEN, {named}}}\n"
        _configure(home, profile.replace("TOKEN", options.token))
        runtime = begin()
        runtime.workspace().net.fill().result(SECONDS)
        runtime.close()
        _configure(home, profile.replace("TOKEN", "sandbox-token-2"))
        runtime = begin()
        workspace = runtime.workspace()
        entry = workspace.writes.create(Kind.COMPANY, {"name": "New Ltd"})
        with pytest.raises(TenantMismatchError):
            workspace.net.fill().result(SECONDS)
        assert workspace.net.deliver([entry.n]).result(SECONDS)[0].state is State.QUEUED
        runtime.close()
        _configure(home, _tenant(server.url, "sandbox-token-2"))
        theirs = begin().workspace()
        assert theirs.reads.companies().total == 0  # it was never taken for the other's
        assert theirs.reads.outbox() == ()


def test_edits_that_wait_in_new_files_keep_them(
    begin: Callable[..., Runtime], home: Path, tmp_path: Path
) -> None:
    options = SandboxOptions(companies=3, db=tmp_path / "s.db", token="first")
    with running(options) as server:
        _configure(home, _tenant(server.url, "first"))
        runtime = begin()
        runtime.workspace().net.fill().result(SECONDS)
        runtime.close()
        port = int(server.url.rpartition(":")[2])
        server.end()
    _configure(home, _tenant(server.url, "second"))
    runtime = begin()
    entry = runtime.workspace().writes.create(Kind.COMPANY, {"name": "New Ltd"})
    runtime.workspace().writes.hold(entry.n)
    with running(replace(options, token="second"), port):
        runtime.workspace().net.ask(_who).result(SECONDS)
        runtime.close()
    assert [one.title for one in begin().workspace().reads.outbox()] == ["New Ltd"]


def test_a_token_that_opens_another_tenant_now_touches_nothing(
    begin: Callable[..., Runtime], home: Path
) -> None:
    options = SandboxOptions(companies=3)
    with running(options) as server:
        _configure(home, _tenant(server.url, "sandbox-token"))
        runtime = begin()
        runtime.workspace().net.fill().result(SECONDS)
        runtime.close()
        port = int(server.url.rpartition(":")[2])
        server.end()
        with running(replace(options, tenant="another"), port):
            workspace = begin().workspace()
            entries = workspace.writes.create(Kind.COMPANY, {"name": "New Ltd"})
            with pytest.raises(TenantMismatchError, match="now opens another tenant"):
                workspace.net.fill().result(SECONDS)
            assert workspace.reads.outbox() == (entries,)
            assert workspace.reads.companies().total == 4


async def _who(planhat: object) -> None:
    from planhat_tui.model.limits import Lane

    await planhat.my_profile(lane=Lane.USER)  # type: ignore[attr-defined] # the port of the room below


# -- what the doors need


def test_a_probe_tells_what_speaks_against_a_token(
    begin: Callable[..., Runtime],
) -> None:
    with running(SandboxOptions(empty=True)) as server:
        asked = Profile("eu", server.url, TokenSource("text", server.token))
        assert begin().probe(asked).name == "Max Berg"
        with pytest.raises(TokenError):
            begin().probe(asked._replace(token=TokenSource("text", "nobodys")))
        server.end()
        with pytest.raises(OfflineError):
            begin().probe(asked)


def test_queued_edits_of_a_profile_are_counted_whether_its_open_or_not(
    begin: Callable[..., Runtime], home: Path
) -> None:
    _configure(home)
    runtime = begin(Start(profile="us"))
    assert runtime.queued("us") == 0
    runtime.workspace().writes.create(Kind.COMPANY, {"name": "New Ltd"})
    assert runtime.queued("us") == 1
    runtime.close()
    again = begin()
    assert again.queued("us") == 1
    assert not again.workspaces.is_open("us")
    assert again.queued("eu") == 0  # its token can't be had, and it never had one
    with pytest.raises(NotFoundError):
        again.queued("asia")


TWO = """\
profiles:
  a: {base_url: 'URL', token: sandbox-token}
  b: {base_url: 'URL', token: {env: NOT_SET}SAID}
"""
"""Two tenants at one address; the token of the second can't be had."""


@pytest.mark.parametrize("said", ["", ", tenant_uuid: another"])
def test_what_another_profile_has_at_the_same_address_is_never_taken_for_ones_own(
    begin: Callable[..., Runtime], home: Path, said: str
) -> None:
    with running(SandboxOptions(companies=3)) as server:
        _configure(home, TWO.replace("URL", server.url).replace("SAID", said))
        runtime = begin(Start(profile="a"))
        runtime.workspace().net.fill().result(SECONDS)
    runtime.workspace().writes.create(Kind.COMPANY, {"name": "New Ltd"})
    runtime.close()
    later = begin(Start(profile="b"))
    with later.kept(later.profile("b")) as reads:
        assert reads is None
    with later.peek() as reads:
        assert reads is None
    assert later.standing("b").synced_at is None
    later.wipe(later.profile("b"))
    assert later.queued("a") == 1


def test_files_that_may_be_anothers_arent_wiped_without_the_token_that_tells(
    begin: Callable[..., Runtime], home: Path
) -> None:
    _configure(home, TWO.replace("URL", "http://127.0.0.1:9").replace("SAID", ""))
    runtime = begin(Start(profile="a"))
    runtime.workspace().writes.create(Kind.COMPANY, {"name": "New Ltd"})
    runtime.close()
    later = begin()
    with pytest.raises(TokenError, match="NOT_SET"):
        later.wipe(later.profile("b"))
    assert later.queued("a") == 1
    with pytest.raises(TokenError, match="NOT_SET"):
        later.queued("b")


def test_what_a_run_has_done_counts_in_each_profile_that_it_opened(demo: Runtime) -> None:
    assert demo.halt().edits == ()
    demo.workspace().writes.create(Kind.COMPANY, {"name": "New AB"})
    demo.choose("demo-2")
    assert [edit.title for edit in demo.halt().edits] == ["New AB"]
    demo.workspace().writes.create(Kind.COMPANY, {"name": "Newer AB"})
    assert {edit.title for edit in demo.halt().edits} == {"New AB", "Newer AB"}


def test_a_run_may_be_closed_twice_and_before_it_did_anything(demo: Runtime) -> None:
    demo.workspace()
    demo.close()
    demo.close()


def test_a_log_ends_with_its_run(begin: Callable[..., Runtime], tmp_path: Path) -> None:
    handlers = list(logging.getLogger("planhat_tui").handlers)
    log = tmp_path / "run.log"
    runtime = begin(Start(log=log))
    logging.getLogger("planhat_tui.x").info("said")
    runtime.close()
    logging.getLogger("planhat_tui.x").info("said later")
    assert log.read_text().endswith("INFO planhat_tui.x: said\n")
    assert logging.getLogger("planhat_tui").handlers == handlers


def test_requests_are_remembered_and_written_to_the_log(
    begin: Callable[..., Runtime], tmp_path: Path
) -> None:
    log = tmp_path / "run.log"
    runtime = begin(Start(demo=True, log=log))
    runtime.workspace().net.ask(lambda planhat: planhat.my_profile(lane=Lane.USER)).result(SECONDS)
    lines = runtime.requests.lines()
    assert [(line.method, line.path, line.status) for line in lines] == [
        ("GET", "/myprofile", 200)
    ] * len(lines)
    assert all(line.tenant == "demo" and line.at > 0 for line in lines)
    assert all(f"planhat_tui.requests: {line}\n" in log.read_text() for line in lines)


def test_a_log_that_cant_be_written_is_told(begin: Callable[..., Runtime], tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="can't be written"):
        begin(Start(log=tmp_path))


# -- what the explorer is given


def test_the_explorer_opens_on_the_default(begin: Callable[..., Runtime], home: Path) -> None:
    _configure(home)
    session = begin(EU_TOKEN="t").session()
    assert session.workspaces.current.profile.name == "eu"
    assert session.hint == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (CONFIG, "eu can't be opened: The environment has no EU_TOKEN"),
        (
            CONFIG.replace("default: eu", "default: su"),
            "default su is no profile",
        ),
        (CONFIG.replace("default: eu", ""), "several profiles and no default"),
        (
            CONFIG.replace("eu: {base_url", "eu: {base_ulr"),
            "Profile eu: a profile has no key base_ulr",
        ),
        ("default: [\n", "config.yaml:2:1"),
    ],
    ids=["no token", "no profile", "none named", "a mistake", "no YAML"],
)
def test_where_the_default_cant_be_opened_no_other_tenant_is(
    begin: Callable[..., Runtime], home: Path, text: str, why: str
) -> None:
    _configure(home, text)
    session = begin().session()
    assert session.workspaces.current.profile.name == "demo"
    assert why in session.choose
    with pytest.raises((ConfigError, TokenError)):
        begin().workspace()


def test_the_only_profile_that_is_right_is_opened_and_the_others_mistake_is_told(
    begin: Callable[..., Runtime], home: Path
) -> None:
    text = CONFIG.replace("default: eu", "").replace("us: {base_url", "us: {base_ulr")
    _configure(home, text)
    session = begin(EU_TOKEN="t").session()
    assert session.workspaces.current.profile.name == "eu"
    assert session.choose == ""
    assert any("Profile us: a profile has no key base_ulr" in one for one in session.problems)
    with pytest.raises(ConfigError, match="several profiles and no default"):
        begin(EU_TOKEN="t").workspace()


def test_what_the_environment_names_is_opened_or_nothing_is(
    begin: Callable[..., Runtime], home: Path
) -> None:
    _configure(home)
    with pytest.raises(NotFoundError):
        begin(PLANHAT_TUI_PROFILE="asia", EU_TOKEN="t").session()


def test_without_any_profile_it_is_the_demo_and_says_how_to_add_one(
    begin: Callable[..., Runtime],
) -> None:
    session = begin().session()
    assert session.workspaces.current.profile.name == "demo"
    assert session.hint == HINT
    assert session.problems == ()


def test_a_profile_that_was_named_is_opened_or_nothing_is(
    begin: Callable[..., Runtime], home: Path
) -> None:
    _configure(home)
    with pytest.raises(TokenError):
        begin(Start(profile="eu")).session()
    with pytest.raises(NotFoundError):
        begin(Start(profile="asia")).session()


def test_mistakes_in_the_config_are_said_on_the_screen(
    begin: Callable[..., Runtime], home: Path
) -> None:
    _configure(home, CONFIG + "  asia: {base_url: https://api.planhat.com}\n")
    session = begin(EU_TOKEN="t").session()
    assert "config.yaml:5:" in session.problems[0]
    assert session.workspaces.current.profile.name == "eu"


def test_a_home_that_cant_be_written_opens_on_what_is_there(demo: Runtime, home: Path) -> None:
    with read_only(home):
        session = demo.session()
        workspace = session.workspaces.current
        assert workspace.unwritable
        assert "what was read before is shown, nothing new is kept" in session.problems[0]
        assert workspace.reads.companies("acme inc").total
        me = workspace.net.ask(lambda planhat: planhat.my_profile(lane=Lane.USER)).result(SECONDS)
        assert me.data["externalId"] == "max123"
        with pytest.raises(StorageError, match=r"mirror\.db can't be written"):
            workspace.net.fill(anew=True).result(SECONDS)
        demo.close()


def test_a_theme_that_isnt_there_names_the_nearest(begin: Callable[..., Runtime]) -> None:
    with pytest.raises(InputError, match=r"no theme planhat-drak\.  Did you mean planhat-dark\?"):
        begin(Start(theme="planhat-drak")).session()
    with pytest.raises(InputError, match=r"There are: .*planhat-dark"):
        begin(Start(theme="xyzzy")).session()


def test_one_that_the_config_names_is_said_and_the_default_is_used(
    begin: Callable[..., Runtime], home: Path
) -> None:
    _configure(home, "settings: {theme: xyzzy}\n")
    session = begin().session()
    assert session.theme == "planhat-dark"
    assert any("config.yaml:1:19: There is no theme xyzzy." in one for one in session.problems)
    assert any("planhat-dark is the theme meanwhile" in one for one in session.problems)


def test_a_theme_goes_before_the_configs(begin: Callable[..., Runtime], home: Path) -> None:
    _configure(home, "settings: {theme: planhat-dark}\n")
    other = next(name for name in begin().session().themes if name != "planhat-dark")
    assert begin(Start(theme=other)).session().theme == other


def test_a_theme_of_ones_own_with_a_mistake_tells_it(
    begin: Callable[..., Runtime], home: Path
) -> None:
    folder = home / "themes"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("nonsense: [\n")
    assert "mine.yaml" in begin().session().problems[0]
    with pytest.raises(InputError, match=r"theme mine can't be used:\n.*mine\.yaml:2:1"):
        begin(Start(theme="mine")).session()


def test_a_theme_of_ones_own_tells_all_of_its_mistakes(
    begin: Callable[..., Runtime], home: Path
) -> None:
    folder = home / "themes"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("name: mine\ndark: maybe\ncolors: {acent: red}\n")
    with pytest.raises(InputError) as refused:
        begin(Start(theme="mine")).session()
    told = str(refused.value).splitlines()
    assert "mine.yaml:2:7: dark must be true or false." in told[1]
    assert any("colors has no key acent.  Did you mean accent?" in one for one in told)
    assert len(begin().session().problems) == len(told) - 1


def test_a_test_of_a_token_says_why_it_waits(
    begin: Callable[..., Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planhat_tui.commands.waiting.LOOK", 0.05)
    told: list[str] = []
    with running(SandboxOptions(companies=1, faults=("429=100%", "retry-after=1"))) as server:

        def tell(text: str) -> None:
            told.append(text)
            nothing: dict[str, list[str]] = {"faults": []}
            httpx.put(f"{server.url}/_sandbox/faults", json=nothing, trust_env=False)

        profile = Profile("acme", server.url, TokenSource("text", server.token))
        assert begin().examine(profile, tell).user.id
    assert told == ["The rate limit is used up: it goes on in 1 s."]


def test_a_command_that_prints_a_token_is_run_once_for_all_that_is_asked_with_it(
    begin: Callable[..., Runtime], home: Path, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    code = f"open({str(runs)!r}, 'a').write('.'); print('t')"
    command = json.dumps(shlex.join([sys.executable, "-c", code]))
    _configure(home, _tenant("https://planhat.invalid", f"{{command: {command}}}"))
    runtime = begin()
    held = runtime.hold(runtime.profile("acme"))
    for _ in range(2):
        with runtime.inspect(held) as reads:
            assert reads.progress().seen_at is None
    assert runs.read_text() == "."
