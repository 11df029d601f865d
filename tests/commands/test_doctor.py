from __future__ import annotations

import contextlib
import io
import shlex
import sqlite3
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from planhat_tui.commands import examining
from planhat_tui.commands.results import Listing
from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.errors import OfflineError, TokenError
from planhat_tui.model.abilities import Abilities
from planhat_tui.model.limits import Limits
from planhat_tui.model.ports import SetAside
from planhat_tui.model.records import Kind
from planhat_tui.store.disk import writable
from tests.disk import read_only

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Desk

URL = "https://planhat.example"
SECRET = "very-secret-token"
EU = "https://api-eu.planhat.com"


def _configure(desk: Desk, text: str, mode: int = 0o600) -> None:
    desk.paths.config_file.write_text(text)
    desk.paths.config_file.chmod(mode)


def _profiles(base_url: str = URL, source: str = "{env: T}") -> str:
    return f"profiles:\n  acme: {{base_url: '{base_url}', token: {source}}}\n"


def _looked(desk: Desk, *words: str) -> tuple[dict[tuple[str, str], Any], Listing]:
    answer = desk.shell("doctor", *words)
    assert isinstance(answer, Listing)
    return {(str(row["area"]), str(row["subject"])): row for row in answer.records}, answer


def test_where_all_is_well_every_area_is_told(desk: Desk) -> None:
    _configure(desk, _profiles())
    found, answer = _looked(desk)
    assert answer.exit_status == 0
    assert {area for area, _ in found} == {
        "config",
        "chosen",
        "permissions",
        "token",
        "reach",
        "clock",
        "rate limit",
        "files",
        "API edition",
        "outbox",
        "versions",
        "terminal",
    }
    assert found["reach", "acme"]["text"] == f"Ada at {URL.partition('//')[2]}"
    assert found["rate limit", "acme"]["text"] == "150 of 200 calls left"
    assert found["API edition", "acme"]["text"].startswith("modern; knows lists")
    assert found["files", "acme outbox.db"]["text"] == "whole"
    assert found["token", "acme"]["text"] == "from the environment variable T"
    assert answer.note.endswith("nothing to mend")


def test_what_the_server_ignores_is_named(desk: Desk) -> None:
    _configure(desk, _profiles())
    mirror = desk.workspace._store.mirror
    heeds = Abilities(lists=True, limit=True, sort=False, filter=False, by_company=False)
    mirror.note("abilities", heeds.to_text())
    found, _ = _looked(desk, "--offline")
    told = "modern; knows lists, limit; ignores sort, filter, company of contacts"
    assert found["API edition", "acme"]["text"] == told
    mirror.note("edition", "seed")
    mirror.note("abilities", Abilities(lists=False).to_text())
    found, _ = _looked(desk, "--offline")
    assert found["API edition", "acme"]["text"] == "seed"


def test_what_a_server_ignores_is_named() -> None:
    known = Abilities(lists=True, limit=True, sort=False, filter=False)
    told = examining.edition("acme", "modern", known)
    assert told.state == "warn"
    assert told.text == "modern; knows lists, limit; ignores sort, filter"
    assert "planhat-tui sync" in told.todo
    assert examining.edition("acme", "seed", Abilities(lists=False)).state == "ok"
    assert examining.edition("acme", "", Abilities()).text == "not known yet"


def test_a_mistake_in_the_config_is_named_with_its_place_and_what_to_do(desk: Desk) -> None:
    _configure(desk, _profiles() + "settings: {theem: x}\n")
    found, answer = _looked(desk, "--offline")
    (row,) = (row for (area, _), row in found.items() if area == "config")
    assert answer.exit_status == 1
    assert row["subject"] == f"{desk.paths.config_file}:3:12"
    assert row["todo"] == "Did you mean theme?"
    assert desk.probed == []


def test_a_file_that_others_can_read_is_named_with_the_command_that_mends_it(desk: Desk) -> None:
    _configure(desk, _profiles(), 0o644)
    found, answer = _looked(desk, "--offline")
    row = found["permissions", str(desk.paths.config_file)]
    assert row["state"] == "bad"
    assert row["todo"] == f"Run: chmod 600 {desk.paths.config_file}"
    assert answer.exit_status == 1


def test_the_schema_beside_the_config_is_looked_at_too(desk: Desk) -> None:
    _configure(desk, _profiles())
    schema = desk.paths.config_file.with_name("config.schema.json")
    schema.write_text("{}")
    schema.chmod(0o644)
    found, _ = _looked(desk, "--offline")
    assert found["permissions", str(schema)]["todo"] == f"Run: chmod 600 {schema}"


def test_the_command_that_mends_it_can_be_pasted(tmp_path: Path) -> None:
    folder = tmp_path / "my settings"
    folder.mkdir(mode=0o755)
    todo = next(iter(examining.permissions([folder]))).todo
    assert shlex.split(todo) == ["Run:", "chmod", "700", str(folder)]


def test_a_folder_of_the_config_that_cant_be_written_is_named(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "settings"
    folder.mkdir()
    file = folder / "deeper" / "config.yaml"
    assert not [*examining.changeable(file, writable)]
    with read_only(folder):
        (found,) = examining.changeable(file, writable)
    assert (found.subject, found.state) == (str(folder), "warn")
    assert "PLANHAT_TUI_CONFIG" in found.todo
    assert not [*examining.changeable(desk.paths.config_file, writable)]


def test_a_plain_token_is_warned_about_and_never_shown(desk: Desk) -> None:
    _configure(desk, _profiles(source=SECRET))
    found, answer = _looked(desk)
    assert found["token", "acme"]["text"] == "plain text in the config"
    assert found["config", str(desk.paths.config_file)]["state"] == "warn"
    assert "{env: NAME}" in found["config", str(desk.paths.config_file)]["todo"]
    assert answer.exit_status == 0
    assert SECRET not in str(answer)


def test_the_region_in_which_the_token_is_good_is_named(desk: Desk) -> None:
    _configure(desk, _profiles("https://api.planhat.com"))
    desk.good_at = {EU}
    found, answer = _looked(desk)
    assert answer.exit_status == 1
    assert EU in found["region", "acme"]["text"]
    assert found["region", "acme"]["todo"] == f"Write base_url: {EU} into the profile acme."


def test_a_token_that_is_good_nowhere_is_told_so(desk: Desk) -> None:
    _configure(desk, _profiles("https://api.planhat.com"))
    desk.good_at = set()
    found, _ = _looked(desk)
    assert found["region", "acme"]["text"] == "the token is good in no region"
    assert len({profile.base_url for profile in desk.probed}) == len(examining.REGIONS)


def test_another_address_than_planhats_is_never_left_for_one(desk: Desk) -> None:
    _configure(desk, _profiles())
    desk.good_at = {EU}
    found, answer = _looked(desk)
    assert answer.exit_status == 1
    assert {profile.base_url for profile in desk.probed} == {URL}
    assert ("region", "acme") not in found


def test_offline_is_a_finding_too(desk: Desk) -> None:
    _configure(desk, _profiles())
    desk.me = OfflineError("api wasn't reached.", "Check the network.")
    found, answer = _looked(desk)
    assert answer.exit_status == 1
    assert found["reach", "acme"]["todo"] == "Check the network."


@pytest.mark.parametrize("words", [(), ("--offline",)])
def test_a_token_that_cant_be_had_is_told_once_and_asked_with_nowhere(
    desk: Desk, words: tuple[str, ...]
) -> None:
    def hold(_profile: Profile) -> NoReturn:
        raise TokenError("The environment has no T.", "Set it: export T=...")

    _configure(desk, _profiles("https://api.planhat.com"))
    desk.hold = hold
    found, answer = _looked(desk, *words)
    assert answer.exit_status == 1
    token = found["token", "acme"]
    assert (token["state"], token["text"]) == ("bad", "The environment has no T.")
    assert token["todo"] == "Set it: export T=..."
    assert {area for area, subject in found if subject.startswith("acme")} == {"token"}
    assert desk.probed == []


def test_a_command_that_prints_the_token_runs_once_for_all_regions(desk: Desk) -> None:
    held: list[Profile] = []

    def hold(profile: Profile) -> Profile:
        held.append(profile)
        return profile._replace(token=TokenSource("text", SECRET))

    _configure(desk, _profiles("https://api.planhat.com", "{command: print it}"))
    desk.hold, desk.good_at = hold, set()
    found, answer = _looked(desk)
    assert found["token", "acme"]["text"] == "from a command"
    assert [one.token.how for one in held] == ["command"]
    assert {one.token.value for one in desk.probed} == {SECRET}
    assert len(desk.probed) == len(examining.REGIONS)
    assert SECRET not in str(answer)


@pytest.mark.parametrize(("option", "name"), [("profile", "two"), ("demo", "demo")])
def test_the_one_that_is_named_is_looked_at_alone(desk: Desk, option: str, name: str) -> None:
    _configure(
        desk, f"{_profiles()}  two: {{base_url: '{URL}', token: {{env: T}}}}\ndefault: acme\n"
    )
    desk.flags, desk.wanted = {option: name}, name
    looked = "acme" if name == "demo" else name  # how the desk's own workspace is called
    found, _ = _looked(desk, "--offline")
    assert {subject for area, subject in found if area == "token"} == {looked}
    desk.wanted = "acme"  # on the screen one has gone on to another tenant
    found, _ = _looked(desk, "--offline")
    assert {subject for area, subject in found if area == "token"} == {"acme", "two"}


def test_a_name_that_no_profile_has_is_told_and_no_other_is_looked_at(desk: Desk) -> None:
    _configure(desk, _profiles())
    desk.flags, desk.wanted = {"profile": "acne"}, "acne"
    found, answer = _looked(desk, "--offline")
    assert answer.exit_status == 1
    assert found["chosen", "profile"]["todo"] == "Did you mean acme?"
    assert not [area for area, _ in found if area == "token"]


def test_the_screens_stand_in_for_stdout_isnt_taken_for_the_terminal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Screen(io.StringIO):
        encoding = "utf-8"

    _configure(desk, _profiles())
    monkeypatch.setattr(sys, "__stdout__", Screen())
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    found, _ = _looked(desk, "--offline")
    assert ("terminal", "encoding") not in found


@pytest.mark.parametrize(
    ("skew", "state", "text"),
    [
        (None, "ok", "the server doesn't tell its time"),
        (-3.0, "ok", "within 3 s of the server's"),
        (3600.0, "bad", "this clock is 3600 s behind the server's"),
        (-90.0, "bad", "this clock is 90 s ahead of the server's"),
    ],
)
def test_the_clock_is_compared_with_the_servers(skew: float | None, state: str, text: str) -> None:
    finding = examining.clock("acme", skew)
    assert (finding.state, finding.text) == (state, text)


def test_a_limit_that_is_nearly_used_up_is_warned_about() -> None:
    assert examining.rate_limit("acme", Limits(limit=200, remaining=19)).state == "warn"
    assert examining.rate_limit("acme", Limits(limit=200, remaining=20)).state == "ok"
    assert examining.rate_limit("acme", Limits()).state == "ok"


def test_a_damaged_file_is_found_and_said_what_to_do(desk: Desk) -> None:
    _configure(desk, _profiles())
    path = desk.workspace._store.folder / "mirror.db"
    desk.reopen()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[-size:] = b"\x05" * size
    path.write_bytes(content)
    found, answer = _looked(desk, "--offline")
    row = found["files", "acme mirror.db"]
    assert row["state"] == "bad"
    assert "delete it" in row["todo"]
    assert answer.exit_status == 1


def test_a_damaged_copy_that_was_set_aside_is_named(desk: Desk) -> None:
    _configure(desk, _profiles())
    path = desk.workspace._store.folder / "mirror.db.damaged-1"
    path.touch()
    found, _ = _looked(desk, "--offline")
    row = found["files", str(path)]
    assert (row["state"], row["todo"]) == ("warn", f"Run: rm {path}")
    assert "customer data" in str(row["text"])


@pytest.mark.parametrize("name", ["outbox.db.damaged-old", "mirror.db.damaged-mine"])
def test_what_a_person_has_put_there_is_never_told_to_be_removed(desk: Desk, name: str) -> None:
    _configure(desk, _profiles())
    path = desk.workspace._store.folder / name
    path.touch()
    found, _ = _looked(desk, "--offline")
    assert ("files", str(path)) not in found


def test_edits_that_are_stuck_are_warned_about(desk: Desk) -> None:
    _configure(desk, _profiles())
    desk.colon("tag gold-3", Kind.COMPANY, desk.company())
    desk.do("outbox", "hold", "1")
    found, _ = _looked(desk, "--offline")
    assert found["outbox", "acme"]["state"] == "warn"
    assert "outbox list" in found["outbox", "acme"]["todo"]


def test_records_that_cannot_be_read_are_named_with_their_reasons(desk: Desk) -> None:
    _configure(desk, _profiles())
    bad = [SetAside(n, 12, f"c{n}" if n else "", "it is nested too deeply") for n in range(12)]
    desk.workspace._store.mirror.set_aside(Kind.CONTACT, bad, 1.0)
    _, answer = _looked(desk, "--offline")
    told = [row["text"] for row in answer.records if row["area"] == "records"]
    assert told[0] == (
        "a contact without an id can't be read: it is nested too deeply;"
        " which contacts are gone may not be noticed meanwhile"
    )
    assert told[1] == "contact c1 can't be read: it is nested too deeply"
    assert told[10:] == ["2 more can't be read"]
    assert answer.exit_status == 0


def test_every_source_of_a_token_has_words() -> None:
    for how, told in (("env", "variable PH"), ("command", "from a command"), ("text", "plain")):
        profile = Profile("acme", URL, TokenSource(how, "PH"))  # type: ignore[arg-type] # one of How
        found, held = examining.secret(profile, lambda one: one)
        assert told in found.text
        assert held == profile


@pytest.mark.parametrize(
    ("env", "encoding", "attached", "subjects"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", True, {"xterm-256color": "256color"}),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "UTF-8", True, {"xterm": "no colour (NO_COLOR)"}),
        ({"TERM": "dumb"}, "utf-8", True, {"dumb": "the explorer can't be shown here"}),
        ({}, "ascii", False, {"encoding": "ascii, not UTF-8"}),
    ],
)
def test_the_terminal_tells_what_it_is_able_to(
    env: dict[str, str], encoding: str, *, attached: bool, subjects: dict[str, str]
) -> None:
    found = {f.subject: f.text for f in examining.terminal(env, encoding, attached=attached)}
    assert subjects.items() <= found.items()
