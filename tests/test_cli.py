"""The contract of the command line: what a script that calls the program can rely on."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from planhat_tui import __version__
from planhat_tui.__main__ import main
from planhat_tui.clock import REAL
from planhat_tui.errors import StorageError
from planhat_tui.model.clock import Clock
from planhat_tui.runtime import Runtime, Start
from planhat_tui.sandbox import DEMO_TENANTS, SandboxOptions
from planhat_tui.store.tenant import TenantStore
from tests.disk import read_only
from tests.sandbox.process import Running, running
from tests.shell import SECONDS, Shell, always_saying, ask

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = SandboxOptions(companies=6, limit=1_000_000)
PROGRAM = [sys.executable, "-m", "planhat_tui"]
SECRET = "very-secret-token"


class Terminal(io.StringIO):
    """A stdin at which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def server() -> Iterator[Running]:
    """Return a Planhat of six companies, over real sockets."""
    with running(SMALL) as process:
        yield process


@pytest.fixture
def acme(shell: Shell, server: Running) -> Shell:
    """Return a shell whose only profile is that server's, its local copy filled."""
    shell.meet(server.url)
    assert shell("sync").status == 0
    return shell


def _port(server: Running) -> int:
    return int(server.url.rpartition(":")[2])


# -- where what goes


def test_data_goes_to_stdout_and_everything_else_to_stderr(demo: Shell) -> None:
    said = demo("--demo", "company", "find", "acme", "inc")
    assert said.status == 0
    assert said.out.splitlines()[0].startswith("ID ")
    assert "Acme Inc" in said.out
    assert said.err.startswith("local copy, ")
    assert said.err.count("\n") == 1


def test_errors_go_to_stderr_alone_in_one_line(demo: Shell) -> None:
    said = demo("--demo", "company", "show", "nobody", "--json")
    assert (said.status, said.out) == (3, "")
    assert said.err.startswith("planhat-tui: There is no company nobody here.")
    assert said.err.count("\n") == 1


def test_a_deed_is_told_on_stderr_and_its_record_on_stdout(demo: Shell) -> None:
    said = demo("--demo", "company", "tag", "Acme Inc", "brand-new", "--json")
    assert said.err == "Tag brand-new on Acme Inc: delivered.\n"
    assert "brand-new" in said.json["tags"]


def test_nothing_is_coloured_or_moved_about(demo: Shell) -> None:
    said = demo("--demo", "company", "find")
    assert "\x1b" not in said.out + said.err


@pytest.mark.parametrize(
    "words",
    [
        ["--demo", "--json", "company", "find", "acme"],
        ["--demo", "company", "--json", "find", "acme"],
        ["company", "find", "acme", "--json", "--demo"],
        ["-p", "demo", "company", "find", "acme", "-o", "json"],
        ["company", "find", "--output=json", "acme", "--profile", "demo"],
    ],
)
def test_options_for_all_verbs_stand_before_or_after_them(demo: Shell, words: list[str]) -> None:
    said = demo(*words)
    assert said.status == 0
    assert "Acme Inc" in [company["name"] for company in said.json]


def test_json_is_one_document_jsonl_a_record_a_line(demo: Shell) -> None:
    everyone = demo("--demo", "company", "find", "--json").json
    lines = demo("--demo", "company", "find", "--jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == everyone
    assert len(everyone) == 1200
    assert demo("--demo", "company", "find", "xyzzyxyzzy", "--json").json == []
    assert demo("--demo", "company", "show", "Acme Inc", "--json").json["name"] == "Acme Inc"


def test_csv_and_ids(demo: Shell) -> None:
    ids = demo("--demo", "company", "find", '"acme inc"', "-o", "id").out
    csv = demo("--demo", "company", "find", '"acme inc"', "-o", "csv", "--fields", "_id,name").out
    assert csv == f"_id,name\n{ids.strip()},Acme Inc\n"


def test_what_isnt_found_is_told_on_stderr_unless_quiet(demo: Shell) -> None:
    said = demo("--demo", "company", "find", "amce", "inc")
    assert (said.status, said.out) == (0, "")
    assert said.err.startswith("No company matches amce inc among 1,200 companies and ")
    assert "Did you mean acme inc?" in said.err
    assert demo("--demo", "-q", "company", "find", "amce", "inc").err == ""


def test_quiet_leaves_data_and_errors(demo: Shell) -> None:
    said = demo("--demo", "-q", "company", "find", "acme")
    assert said.out
    assert said.err == ""
    assert demo("--demo", "-q", "company", "show", "nobody").err


def test_a_damaged_copy_is_told_of_until_somebody_could_read_it_and_after_the_answer(
    demo: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime({"PLANHAT_TUI_HOME": str(demo.home)}, Start(demo=True), pull=False)
    path = runtime.workspace()._store.folder / "mirror.db"
    runtime.close()
    path.with_name("mirror.db-wal").unlink(missing_ok=True)
    path.write_bytes(path.read_bytes()[:100] + b"\xa5" * 8192)
    find, note = ("--demo", "company", "find", "-o", "id"), "The local copy of demo was damaged"
    assert demo("--quiet", *find).err == ""

    def fails(_store: TenantStore) -> None:
        sys.stdout.write("noted")
        raise StorageError("The disk is full: nothing was saved.")

    with monkeypatch.context() as patched:
        patched.setattr(TenantStore, "told_of_damage", fails)
        said = demo(*find)
    assert note in said.err
    assert (said.status, said.out[-5:]) == (0, "noted")
    assert "disk is full" not in said.err
    assert note in demo(*find).err
    assert note not in demo(*find).err


def test_a_query_word_with_a_dash_is_no_option(demo: Shell) -> None:
    everyone = set(demo("--demo", "company", "find", "-o", "id").out.split())
    vip = set(demo("--demo", "company", "find", "tag:vip", "-o", "id").out.split())
    for without in (["-tag:vip"], ["not:tag:vip"]):
        said = demo("--demo", "company", "find", *without, "-o", "id")
        assert set(said.out.split()) == everyone - vip
    assert vip


def test_hostile_names_are_shown_by_marks_and_json_stays_exact(
    acme: Shell, server: Running
) -> None:
    name = "Evil\x1b]0;owned\x07\u202e[red]"
    made = ask(server, "POST", "/companies", {"name": name})["_id"]
    assert acme("sync", "-q").status == 0
    for form in ("table", "json", "jsonl", "csv", "id"):
        said = acme("company", "find", "evil", "-o", form)
        assert not {"\x1b", "\x07", "\u202e"} & set(said.out + said.err)
        assert made in said.out
    assert acme("company", "find", "evil", "--json").json[0]["name"] == name
    ask(server, "POST", "/companies", {"name": name, "externalId": "2"})
    twice = acme("company", "show", name, "--fresh")
    assert twice.status in {2, 3}
    assert "\x1b" not in twice.err


# -- which profile


@pytest.mark.parametrize("words", [["company", "find", "x"], ["whoami"], ["outbox", "list"]])
def test_a_verb_without_a_profile_names_the_demo(shell: Shell, words: list[str]) -> None:
    said = shell(*words)
    assert (said.status, said.out) == (2, "")
    assert "--demo" in said.err


def test_a_profile_may_be_named_by_the_environment(
    demo: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANHAT_TUI_PROFILE", "demo-2")
    assert demo("whoami", "--json").json["tenantName"] == "Harbour Analytics"
    assert demo("whoami", "--json", "-p", "demo").json["tenantName"] == "Northwind Software"


def test_a_profile_that_isnt_there_names_the_nearest(shell: Shell) -> None:
    shell.meet("https://api.planhat.com")
    said = shell("-p", "amce", "company", "find")
    assert said.status == 3
    assert "Did you mean acme?" in said.err


def test_a_mistake_in_the_config_is_told_with_its_place(shell: Shell) -> None:
    shell.configure("profiles:\n  acme:\n    base_url: http://api.planhat.com\n    token: x\n")
    said = shell("company", "find")
    assert (said.status, said.out) == (2, "")
    assert f"{shell.config}:3:15: Profile acme: http is for this machine only" in said.err
    listed = shell("profile", "list")
    assert listed.status == 0
    assert f"{shell.config}:3:15:" in listed.err
    assert "No profile yet" not in listed.err


def test_profiles_that_are_right_work_beside_one_that_isnt(shell: Shell, server: Running) -> None:
    shell.meet(server.url)
    with shell.config.open("a") as file:
        file.write("  broken: {base_url: https://api.planhat.com}\n")
    assert shell("-p", "acme", "whoami").status == 0
    assert shell("-p", "broken", "whoami").status == 2


# -- words that aren't right


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compnay", "find"], "There is no command compnay.  Did you mean company?"),
        ([""], "There is no command ."),
        (["company", "fnd"], "There is no company verb fnd.  Did you mean find?"),
        (["company"], "What about company?  There are: find, show, create,"),
        (["--demo", "company", "find", "--jsn"], "There's no option --jsn.  Did you mean --json?"),
        (
            ["--demo", "company", "find", "acme", "--limit", "3"],
            "There's no option --limit.  It is a part of the query: limit:3",
        ),
        (["--demo", "company", "show"], "Missing argument 'ID'."),
        (["--demo", "company", "tag", "Acme Inc"], "Missing argument 'TAG...'."),
        (["--demo", "company", "set", "Acme Inc", "won"], "won is not FIELD=VALUE."),
        (["--demo", "company", "find", "fase:won"], "There's no field fase to find by."),
        (["--demo", "-o", "xml", "whoami"], "'xml' is not one of"),
        (["--demo", "sandbox", "--port", "x"], "--port x is no whole number"),
    ],
)
def test_what_cant_be_read_exits_2_and_says_what_would_be_right(
    demo: Shell, words: list[str], said: str
) -> None:
    status, out, err = demo(*words)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_verb_is_never_abbreviated_in_a_script(demo: Shell) -> None:
    assert demo("--demo", "company", "del", "Acme Inc").status == 2
    assert demo("--demo", "comp", "find").status == 2


def test_a_query_that_cant_be_read_points_at_the_character(demo: Shell) -> None:
    assert "(at character 6 of the query)" in demo("--demo", "find", "acme", "fase:won").err


@pytest.mark.parametrize(
    "words",
    ["company find id:\udcff", "company show \udcff", "contact find owner:\udcff", "find \udcff"],
)
def test_bytes_that_are_no_text_are_told_in_a_sentence(demo: Shell, words: str) -> None:
    status, out, err = demo("--demo", *words.split())
    assert (status, out) == (2, "")
    assert err.endswith(" has bytes that are no text.  Type it in UTF-8.\n")


def test_several_records_of_a_name_are_listed_on_stderr(acme: Shell, server: Running) -> None:
    twins = [ask(server, "POST", "/companies", {"name": "Twin"})["_id"] for _ in range(2)]
    assert acme("sync").status == 0
    said = acme("company", "tag", "Twin", "x")
    assert (said.status, said.out) == (2, "")
    assert all(f"  {twin}  Twin" in said.err for twin in twins)


def test_help_is_data(shell: Shell) -> None:
    for words in (["--help"], ["company", "--help"], ["company", "tag", "-h"]):
        status, out, err = shell(*words)
        assert (status, err) == (0, "")
        assert out.startswith("Usage: planhat-tui")


def test_the_version(shell: Shell) -> None:
    assert shell("--version") == (0, f"planhat-tui {__version__}\n", "")
    assert shell("--demo", "--version").out == f"planhat-tui {__version__}\n"


# -- deleting


def test_without_a_terminal_a_deletion_needs_yes(demo: Shell) -> None:
    said = demo("--demo", "company", "delete", "Acme Inc")
    assert (said.status, said.out) == (2, "")
    assert "Delete Acme Inc in demo? Its contacts go with it." in said.err
    assert "nothing was done.  Add --yes." in said.err
    assert demo("--demo", "company", "show", "Acme Inc").status == 0
    assert demo("--demo", "company", "delete", "Acme Inc", "--yes").status == 0
    assert demo("--demo", "company", "show", "Acme Inc").status == 3


@pytest.mark.parametrize(("answer", "status"), [("delete", 0), ("DELETE ", 0), ("y", 4), ("", 4)])
def test_in_a_terminal_the_word_is_asked_for(
    demo: Shell, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
    said = demo("--demo", "company", "delete", "Acme Inc")
    assert said.status == status
    assert "Delete Acme Inc in demo?" in said.err
    assert "Type delete and Enter: " in said.err
    there = demo("--demo", "company", "show", "Acme Inc").status
    assert there == (3 if status == 0 else 0)


def test_a_tenant_is_wiped_by_its_name_even_without_its_token(acme: Shell, server: Running) -> None:
    acme("company", "tag", "Acme Inc", "brand-new", "--queue")
    said = acme("profile", "wipe", "acme")
    assert (said.status, said.out) == (2, "")
    assert "Planhat doesn't have 1 edit yet" in said.err
    assert "Add --yes --confirm acme." in said.err
    acme.configure(f"profiles: {{acme: {{base_url: '{server.url}', token: {{env: GONE}}}}}}\n")
    assert acme("profile", "wipe", "acme", "--yes", "--confirm", "acme").status == 0
    assert list((acme.home / "data" / "tenants").iterdir()) == []
    assert "Nothing of acme is on this machine." in acme("profile", "wipe", "acme", "--yes").err


def test_a_tenant_is_wiped_whole_whose_copy_was_thrown_away(acme: Shell) -> None:
    acme("company", "tag", "Acme Inc", "brand-new", "--queue")
    for path in (acme.home / "data" / "tenants").rglob("mirror.db*"):
        path.unlink()
    assert "Planhat doesn't have 1 edit yet" in acme("profile", "wipe", "acme").err
    assert acme("profile", "wipe", "acme", "--yes", "--confirm", "acme").status == 0
    assert list((acme.home / "data" / "tenants").iterdir()) == []


def test_a_profile_may_want_its_name(shell: Shell, server: Running) -> None:
    shell.meet(server.url, confirm="type")
    for words, status in (
        ([], 2),
        (["--yes"], 2),
        (["--yes", "--confirm", "other"], 2),
        (["--confirm", "acme"], 2),
        (["--yes", "--confirm", "ACME"], 0),
    ):
        said = shell("company", "delete", "Acme Inc", *words)
        assert said.status == status, words
        assert status == 0 or "Add --yes --confirm acme." in said.err


def test_a_guardrail_says_no_with_its_reason(shell: Shell, server: Running) -> None:
    shell.meet(server.url, no_delete="true", reason="Ask in \\#cs-ops")
    said = shell("company", "delete", "Acme Inc", "--yes")
    assert said.status == 4
    assert "acme allows no deleting.  Ask in" in said.err


# -- writing


def _calls(server: Running) -> int:
    """Count what Planhat was asked so far."""
    told = httpx.get(f"{server.url}/_sandbox/stats", trust_env=False).json()["requests"]
    return sum(one["count"] for one in told if not one["path"].startswith("/_sandbox"))


def test_a_loop_of_requests_costs_a_call_each(acme: Shell, server: Running) -> None:
    before = _calls(server)
    for _ in range(3):
        assert acme("request", "GET", "/users").status == 0
    assert acme("whoami").status == 0
    assert _calls(server) - before == 4


def test_it_says_no_before_it_reads_a_tenant(shell: Shell, server: Running) -> None:
    shell.meet(server.url, read_only="true")
    for words in (["company", "tag", "Acme Inc", "gold"], ["contact", "delete", "x", "--yes"]):
        said = shell(*words)
        assert (said.status, said.err) == (4, "planhat-tui: acme is read-only.\n")
    assert _calls(server) == 0


def test_one_run_has_one_tenant(demo: Shell) -> None:
    said = demo("--demo", "-p", "acme", "company", "find")
    assert said.status == 2
    assert "--demo and --profile acme are two tenants" in said.err
    assert demo("--demo", "-p", "demo", "keys").status == 0


def test_a_write_waits_until_planhat_has_it(acme: Shell, server: Running) -> None:
    said = acme("company", "set", "Acme Inc", "phase=won", "--json")
    assert said.status == 0
    assert ask(server, "GET", f"/companies/{said.json['_id']}")["phase"] == "won"


def test_a_queued_one_is_on_disk_and_a_later_send_delivers_it(acme: Shell, server: Running) -> None:
    said = acme("--queue", "company", "tag", "Acme Inc", "brand-new", "--json")
    assert said.status == 0
    path = f"/companies/{said.json['_id']}"
    assert "brand-new" not in ask(server, "GET", path)["tags"]
    assert [edit["state"] for edit in acme("outbox", "list", "--json").json] == ["queued"]
    assert acme("outbox", "send").status == 0
    assert "brand-new" in ask(server, "GET", path)["tags"]
    assert acme("outbox", "list", "--json").json == []


def test_offline_the_edit_is_kept_and_goes_when_the_network_is_back(
    acme: Shell, tmp_path: Path
) -> None:
    with running(SandboxOptions(companies=6, db=tmp_path / "s.db")) as first:
        acme.meet(first.url)
        acme("sync")
    said = acme("company", "tag", "Acme Inc", "brand-new", "--json")
    assert said.status == 6
    assert "Edit 1 is kept here" in said.err
    assert "brand-new" in said.json["tags"]
    assert acme("company", "find", "tag:brand-new", "-o", "id").out.strip() == said.json["_id"]
    assert acme("outbox", "send").status == 6
    with running(SandboxOptions(companies=6, db=tmp_path / "s.db"), _port(first)) as again:
        assert acme("outbox", "send").status == 0
        assert "brand-new" in ask(again, "GET", f"/companies/{said.json['_id']}")["tags"]


def test_a_token_that_isnt_good_any_more_keeps_the_edit_too(shell: Shell, server: Running) -> None:
    shell.meet(server.url)
    shell("sync")
    server.end()
    with running(SandboxOptions(companies=6, token="another"), _port(server)):
        said = shell("company", "tag", "Acme Inc", "brand-new")
    assert said.status == 4
    assert "Planhat doesn't know this token (401)" in said.err
    assert len(shell("outbox", "list", "--json").json) == 1


def test_an_answer_that_is_lost_leaves_a_doubt(shell: Shell) -> None:
    with always_saying(502, b"Bad gateway", "text/plain", to="POST") as url:
        shell.meet(url)
        said = shell("call", "log", "--nr", "+46 70 1")
    assert said.status == 7
    assert "Call to +46 70 1: not sure." in said.err
    assert [edit["state"] for edit in shell("outbox", "list", "--json").json] == ["not sure"]


def test_what_undo_does_at_planhat_is_shown_before_yes(acme: Shell) -> None:
    acme("company", "tag", "Acme Inc", "brand-new")
    said = acme("undo")
    assert said.status == 2
    assert "Acme Inc: tags -brand-new" in said.err
    assert "Add --yes." in said.err
    assert acme("undo", "--yes").status == 0


def test_what_was_made_is_taken_back_after_yes(acme: Shell) -> None:
    acme("company", "create", "New Ltd")
    said = acme("undo")
    assert said.status == 2
    assert "Taking it back deletes in Planhat: New Ltd." in said.err
    assert "Add --yes." in said.err
    assert acme("company", "show", "New Ltd").status == 0
    assert acme("undo", "--yes").status == 0
    assert acme("company", "show", "New Ltd").status == 3


def test_somebody_elses_change_of_the_same_field_is_a_conflict(
    acme: Shell, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = acme("company", "show", "Acme Inc", "--json").json["_id"]
    ask(server, "PUT", f"/companies/{company}", {"phase": "churned"})
    an_hour_later = Clock(lambda: time.time() + 3600, REAL.monotonic, REAL.now)
    monkeypatch.setattr("planhat_tui.cli.Runtime", partial(Runtime, clock=an_hour_later))
    assert acme("company", "set", "Acme Inc", "phase=won", "custom.Plan=Free").status == 5
    assert ask(server, "GET", f"/companies/{company}")["phase"] == "churned"


def test_values_that_planhat_refuses(acme: Shell) -> None:
    assert acme("company", "create", "One", "externalId=x1").status == 0
    said = acme("company", "create", "Two", "externalId=x1")
    assert said.status == 4
    assert "One has the external id x1 already" in said.err


def test_of_several_some_fail(acme: Shell) -> None:
    acme("company", "create", "One", "externalId=x1")
    acme("--queue", "company", "create", "Two", "externalId=x1")
    acme("--queue", "company", "tag", "Acme Inc", "brand-new")
    assert acme("outbox", "send").status == 8


def test_the_limit_is_asked_for_only_where_nobody_here_knows_it(acme: Shell) -> None:
    first, again = (acme("limits", "--json").json for _ in range(2))
    assert first["limit"] == again["limit"]
    assert first["remaining"] == again["remaining"]
    fresh = acme("limits", "--fresh", "--json").json
    assert fresh["remaining"] < again["remaining"]


def test_an_answer_that_isnt_planhats_is_no_answer(shell: Shell) -> None:
    with always_saying(200, b"<html><body>Sign in</body></html>", "text/html") as url:
        shell.meet(url)
        for words in (["company", "find"], ["whoami"], ["sync"], ["limits"]):
            said = shell(*words)
            assert (said.status, said.out) == (1, ""), words  # a read leaves no doubt
            assert "answered with a web page (HTML)" in said.err


def test_a_host_that_nobody_knows(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    shell.meet("https://nowhere.invalid")
    said = shell("company", "find")
    assert said.status == 6
    assert "nowhere.invalid wasn't reached" in said.err
    assert "Traceback" not in said.err


def test_nobody_who_listens(shell: Shell, server: Running) -> None:
    server.end()
    shell.meet(server.url)
    assert shell("whoami").status == 6


# -- profiles


def test_a_tenant_is_added_after_its_token_was_tested(
    shell: Shell, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANHAT_TOKEN", server.token)
    words = ["profile", "add", "eu", "--base-url", server.url, "--token-env", "PLANHAT_TOKEN"]
    said = shell(*words)
    assert (said.status, said.err) == (0, "Profile eu is saved: you are Max Berg there.\n")
    assert stat.S_IMODE(shell.config.stat().st_mode) == 0o600
    assert server.token not in shell.config.read_text()
    assert shell("whoami", "--json").json["externalId"] == "max123"
    assert [one["name"] for one in shell("profile", "list", "--json").json] == ["eu"]


def test_nothing_is_saved_if_the_token_isnt_good(
    shell: Shell, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANHAT_TOKEN", SECRET)
    words = ["profile", "add", "eu", "--base-url", server.url, "--token-env", "PLANHAT_TOKEN"]
    said = shell(*words)
    assert said.status == 4
    assert SECRET not in said.err
    assert not shell.config.exists()


def test_a_token_may_come_through_a_pipe(
    shell: Shell, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{server.token}\n"))
    said = shell("profile", "add", "eu", "--base-url", server.url)
    assert said.status == 0
    assert server.token not in said.out + said.err
    assert shell("whoami").status == 0


def test_profiles_are_chosen_and_taken_out(shell: Shell, server: Running) -> None:
    shell.meet(server.url)
    with shell.config.open("a") as file:
        file.write(f"  second: {{base_url: {server.url}, token: sandbox-token-2}}\n")
    assert shell("whoami").status == 2  # two, and none is named
    assert shell("--profile", "acme", "whoami", "--json").json["tenantName"] == "Northwind Software"
    assert shell("profile", "use", "second").status == 0
    assert shell("whoami", "--json").json["tenantName"] == "Harbour Analytics"
    assert shell("profile", "use", "secnod").status == 3
    assert shell("profile", "remove", "second").status == 0
    assert shell("whoami", "--json").json["tenantName"] == "Northwind Software"


def test_a_profile_isnt_taken_out_while_it_has_edits(acme: Shell) -> None:
    acme("--queue", "company", "tag", "Acme Inc", "brand-new")
    said = acme("profile", "remove", "acme")
    assert said.status == 2
    assert "acme has 1 edit that Planhat doesn't have yet" in said.err
    acme("undo")
    assert acme("profile", "remove", "acme").status == 0


def test_nor_where_its_token_is_gone_and_others_are_at_the_same_address(
    acme: Shell, server: Running
) -> None:
    acme("--queue", "company", "tag", "Acme Inc", "brand-new")
    both = acme.config.read_text() + (
        f"  other:\n    base_url: {server.url}\n    token: {DEMO_TENANTS[1].token}\n"
    )
    acme.configure(both)
    assert acme("-p", "other", "sync").status == 0
    acme.configure(both.replace(f"{DEMO_TENANTS[0].token}\n", "{env: GONE}\n"))
    said = acme("profile", "remove", "acme")
    assert (said.status, "acme has 1 edit that Planhat doesn't have yet" in said.err) == (2, True)
    assert acme("profile", "remove", "other").status == 0


# -- the log


def test_the_log_tells_what_was_done_and_no_secret(
    shell: Shell, server: Running, tmp_path: Path
) -> None:
    server.end()
    with running(SandboxOptions(companies=6, token=SECRET)) as own:
        shell.meet(own.url, SECRET)
        log = tmp_path / "run.log"
        words = ["company", "set", "Acme Inc", "description=between us", "--log", str(log)]
        assert shell(*words).status == 0
    text = log.read_text()
    assert "company set" in text
    assert "GET /myprofile 200" in text
    assert "PUT /companies/" in text
    assert log.stat().st_mode & 0o777 == 0o600
    assert SECRET not in text
    assert "between us" not in text


def test_a_file_may_be_in_the_home_of_somebody(
    demo: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert demo("--demo", "whoami", "--log=~/run.log").status == 0
    assert (tmp_path / "run.log").exists()


def test_a_log_that_cant_be_written_is_told(demo: Shell, tmp_path: Path) -> None:
    said = demo("--demo", "whoami", "--log", str(tmp_path / "none" / "run.log"))
    assert (said.status, said.out) == (1, "")
    assert "run.log can't be written" in said.err


def test_the_next_run_writes_into_no_earlier_log(demo: Shell, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    demo("--demo", "whoami", "--log", str(log))
    before = log.read_text()
    demo("--demo", "limits")
    assert log.read_text() == before


# -- as a process


def _spawn(*words: str, **how: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*PROGRAM, *words], **how)  # type: ignore[call-overload,no-any-return] # Popen's own


def test_the_explorer_needs_a_terminal(shell: Shell) -> None:
    said = shell()
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(
        "planhat-tui: The explorer needs a terminal, and this is none."
        "  planhat-tui repl takes commands without one, and a shell these: find, company, contact,"
    )
    assert said.err.count("\n") == 1
    assert "\x1b" not in said.err


def test_a_dumb_terminal_is_none(home: Path) -> None:
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "dumb", "PLANHAT_TUI_HOME": str(home)}
    with _spawn(stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        assert process.wait(SECONDS) == 2
        assert b"The explorer needs a terminal" in os.read(ours, 1000)
    os.close(ours)


def test_a_home_that_cant_be_written_is_read_and_says_so_once(demo: Shell, home: Path) -> None:
    wanted = demo("--demo", "company", "find", "acme", "--json").json
    with read_only(home):
        said = demo("--demo", "company", "find", "acme", "--json")
        assert (said.status, said.json) == (0, wanted)
        assert said.err.count("can't be written: what was read before is shown") == 1
        assert "PLANHAT_TUI_HOME" in said.err
        assert demo("--demo", "-q", "company", "find", "acme").err == ""
        refused = demo("--demo", "company", "tag", "Acme Inc", "gold")
        assert refused.status == 1
        assert "outbox.db can't be written." in refused.err
    assert "can't be written" not in demo("--demo", "company", "find", "acme").err


def test_a_state_that_cant_be_written_stops_nothing(demo: Shell, home: Path) -> None:
    with read_only(home / "state"):
        said = demo("--demo", "company", "tag", "Acme Inc", "gold")
        assert said.status == 0
        assert "neither rate limit nor history is kept" in said.err
    assert "gold" in demo("--demo", "company", "show", "Acme Inc", "--json").out


def test_a_reader_who_has_seen_enough_ends_it_in_silence(demo: Shell) -> None:
    words = ["--demo", "company", "find", "--json"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with _spawn(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(1) == b"["
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(SECONDS) == 0
    assert demo.home.exists()


def _in_a_shell(words: str) -> subprocess.CompletedProcess[str]:
    line = ["sh", "-c", f'"$@" {words}', "sh", *PROGRAM]
    return subprocess.run(line, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.mark.parametrize(
    "words",
    ["--version >&-", "--demo doctor --offline <&- >&- 2>&-", "--demo -q company find acme <&-"],
)
def test_a_stream_that_is_closed_is_one_with_nobody_at_it(demo: Shell, words: str) -> None:
    said = _in_a_shell(words)
    assert (said.returncode, said.stderr) == (0, ""), demo.home


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_what_was_delivered_counts_where_nobody_hears_of_it(demo: Shell, closed: str) -> None:
    said = _in_a_shell(f"--demo company tag 'Acme Inc' gold {closed}")
    assert said.returncode == 0, said.stderr
    assert "gold" in demo("--demo", "company", "show", "Acme Inc", "--json").json["tags"]


@pytest.mark.parametrize(
    ("words", "status"),
    [(["company", "show", "nobody"], 3), (["company", "tag", "Acme Inc", "gold"], 0)],
)
def test_neither_does_it_matter_where_who_hears_has_gone(
    demo: Shell, words: list[str], status: int
) -> None:
    with _spawn("--demo", *words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stderr is not None
        process.stderr.close()
        assert process.wait(SECONDS) == status
    assert demo("--demo", "outbox", "list", "--json").json == []


SCRIPT = """\
company find
company tag --id 'Acme Inc' gold
"""


@pytest.mark.parametrize(
    "words", [["run", "FILE"], ["company", "tag", "Acme Inc", "gold", "--json"]]
)
def test_what_is_asked_for_is_done_to_its_end_though_nobody_reads_on(
    demo: Shell, tmp_path: Path, words: list[str]
) -> None:
    script = tmp_path / "script.txt"
    script.write_text(SCRIPT)
    given = [str(script) if word == "FILE" else word for word in words]
    assert _unread("--demo", *given) == 0
    assert "gold" in demo("--demo", "company", "show", "Acme Inc", "--json").json["tags"]


def test_a_refused_edit_counts_though_nobody_reads_its_answer(shell: Shell) -> None:
    with always_saying(400, b'{"message": "no"}', "application/json", to="POST") as url:
        shell.meet(url)
        assert _unread("company", "create", "Nobody", "--json") == 4


def _unread(*words: str) -> int:
    """Return the status of a run whose answer has no reader from the beginning."""
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        with _spawn(*words, stdout=theirs, stderr=subprocess.DEVNULL) as process:
            return process.wait(SECONDS)
    finally:
        os.close(theirs)


@pytest.mark.parametrize("words", [["whoami"], ["--version"], ["company", "find", "--help"]])
def test_an_answer_that_cant_be_written_is_told(demo: Shell, words: list[str]) -> None:
    with (
        Path("/dev/full").open("wb") as full,
        _spawn("--demo", *words, stdout=full, stderr=subprocess.PIPE) as process,
    ):
        assert process.stderr is not None
        assert b"The answer can't be written: No space left on device." in process.stderr.read()
        assert process.wait(SECONDS) == 1, demo.home


def test_a_disk_that_fails_elsewhere_is_no_answer_that_cant_be_written(
    demo: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Runtime) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("planhat_tui.cli.Runtime.workspace", fails)
    said = demo("--demo", "whoami")
    assert (said.status, said.out) == (1, "")
    assert "A fault of its own ended it: OSError" in said.err
    assert "The answer can't be written" not in said.err


@pytest.mark.parametrize("form", ["table", "json"])
def test_letters_that_the_encoding_lacks_are_written_as_json_writes_them(
    demo: Shell, form: str
) -> None:
    assert demo.home.exists()
    words = [*PROGRAM, "--demo", "-q", "company", "find", "zürich", "-o", form]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    said = subprocess.run(words, env=env, capture_output=True, check=True, timeout=SECONDS)
    assert rb"Z\u00fcrich" in said.stdout
    if form == "json":
        assert "Zürich" in json.loads(said.stdout)[0]["name"]


def test_what_is_no_text_is_read_as_marks(demo: Shell) -> None:
    assert demo.home.exists()
    env = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    words = [*PROGRAM, "--demo", "repl"]
    said = subprocess.run(
        words, input=b"\xff\xfe\n", env=env, capture_output=True, check=False, timeout=SECONDS
    )
    assert said.returncode == 2
    assert b"line 1: There is no command" in said.stderr
    assert b"Traceback" not in said.stderr


def test_who_gives_no_token_is_told_that_it_is_empty(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", left)
    said = shell("profile", "add", "acme", "--base-url", "http://127.0.0.1:1")
    assert (said.status, said.out) == (4, "")
    assert "The token is empty." in said.err


def test_nobody_can_be_asked_at_a_stdin_that_is_closed(demo: Shell) -> None:
    said = _in_a_shell("--demo company delete 'Acme Inc' <&-")
    assert said.returncode == 2
    assert "--yes" in said.stderr
    assert demo("--demo", "company", "show", "Acme Inc").status == 0


def test_ctrl_c_ends_it_with_130(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        shell.meet(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with _spawn("sync", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            connection, _ = silent.accept()
            with connection:
                connection.recv(1)  # it waits for an answer now
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert out == b""
    assert b"Interrupted. No edit was made; what was queued is kept." in err
    assert b"Traceback" not in err


def test_so_does_one_before_anything_has_begun(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_words: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("planhat_tui.cli.run", interrupted)
    monkeypatch.setattr("sys.argv", ["planhat-tui", "whoami"])
    monkeypatch.setattr("gc.disable", lambda: None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capsys.readouterr() == ("", "Interrupted.\n")


def test_a_watch_of_the_limit_speaks_into_a_pipe_at_once_and_ends_with_130(
    acme: Shell,
) -> None:
    assert acme.home.exists()
    with _spawn("limits", "--watch", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SECONDS)
    assert re.match(rb"\d+ of \d+ left", first)
    assert re.match(rb"\d+ of \d+ left", second)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_the_sandbox_says_when_its_ready_and_is_ended_by_a_signal(shell: Shell) -> None:
    words = ["sandbox", "--port", "0", "--companies", "3", "--limit", "50"]
    with _spawn(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        ready, url, token, tenant = process.stdout.readline().decode().split()
        assert (ready, token) == ("ready", "token=sandbox-token")
        assert tenant == "tenant=00000000-0000-4000-8000-000000000001"
        shell.meet(url)
        assert len(shell("company", "find", "--json").json) == 3
        assert shell("limits", "--json").json["limit"] == 50
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out, err) == (0, b"", b"")


def test_runs_at_the_same_time_lose_no_edit(acme: Shell, server: Running) -> None:
    companies = [company["_id"] for company in acme("company", "find", "--json").json]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    runs = [_spawn("company", "set", company, "phase=won", **pipes) for company in companies[:4]]
    for process in runs:
        _, err = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, err
    for company in companies[:4]:
        assert ask(server, "GET", f"/companies/{company}")["phase"] == "won"


@pytest.mark.parametrize(
    ("default", "names", "why"),
    [
        ("default: mine\n", ["mine-eu"], "default mine is no profile (did you mean mine-eu?)."),
        ("", ["mine-eu", "syd"], "There are several profiles and no default."),
    ],
)
def test_no_write_goes_to_a_tenant_that_nobody_named(
    shell: Shell, default: str, names: list[str], why: str
) -> None:
    with running(SandboxOptions(companies=3)) as server:
        profiles = "".join(
            f"  {name}: {{base_url: '{server.url}', token: {server.token}}}\n" for name in names
        )
        shell.configure(f"{default}profiles:\n{profiles}")
        company = ask(server, "GET", "/companies")[0]
        said = shell("company", "tag", company["_id"], "x")
        assert said.status == 2
        assert why in said.err
        assert "-p" in said.err
        assert ask(server, "GET", f"/companies/{company['_id']}")["tags"] == company["tags"]
        assert shell("-p", "mine-eu", "company", "tag", company["_id"], "x").status == 0


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("nowhere/x.json", "There is no folder"),
        (".", "is a folder"),
        ("x.xlsx", "not as a workbook"),
        ("-", "stands on stdout anyway"),
    ],
)
def test_where_an_answer_cant_be_written_nothing_is_done(
    demo: Shell, tmp_path: Path, to: str, told: str
) -> None:
    place = to if to == "-" else str(tmp_path / to)
    said = demo("--demo", "company", "create", "Made For Nothing", "--to", place)
    assert said.status == 2
    assert told in said.err
    assert demo("--demo", "company", "find", "made for nothing", "--json").json == []


def test_a_script_writes_its_answers_as_they_come(demo: Shell, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("user find max\n")
    said = demo("--demo", "run", str(script), "--to", str(tmp_path / "out.txt"))
    assert (said.status, said.out) == (2, "")
    assert "shows its answers as they come" in said.err
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize(
    "words",
    [
        "import ~nobody-is-called-so/x.csv",
        "bulk company --ids ~nobody-is-called-so/x --tag y",
        "plan show ~nobody-is-called-so/p",
        "customfield import ~nobody-is-called-so/f",
        "export acme --to ~nobody-is-called-so/x.csv",
        "theme check ~nobody-is-called-so/x.yaml",
        "run ~nobody-is-called-so/x",
    ],
)
def test_a_path_of_somebody_who_isnt_there_is_a_mistake_in_words(demo: Shell, words: str) -> None:
    said = demo("--demo", *words.split())
    assert said.status == 2
    assert "~nobody-is-called-so" in said.err
    assert "fault" not in said.err
