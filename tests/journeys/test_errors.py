"""What goes wrong: each error says what happened and what to do next, and nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from planhat_tui.cli import run
from planhat_tui.errors import StorageError
from planhat_tui.store.outbox import Outbox
from planhat_tui.tui.reading import Beside
from tests.disk import read_only
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, SMALL, Journey, Person
from tests.journeys.doing import fill, run_line, set_field, tag
from tests.journeys.servers import (
    answering,
    closed_port,
    configure,
    profile,
    sandbox,
    serving,
)
from tests.journeys.watch import Watch
from tests.settling import settle
from tests.sync.rig import answer, html

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.sync.status import SyncStatus
    from tests.sync.rig import Line

PAGE = "<!doctype html><title>Sign in</title><p>Welcome to the hotel's network"
REGIONS = "a token works in its own region only (api, api-eu, api-us2, api-eu2 or api-eu3"


async def _tag_acme(person: Person, tag: str = "gold") -> None:
    await person.find("acme inc")
    await person.press("t")
    await person.type(tag)
    await person.press("enter", "ctrl+s")


# -- whom one can't talk to


@BOTH
def test_a_token_that_is_not_good_names_the_regions(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def look(person: Person) -> None:
            person.sees(" NORD ", "token refused", "No companies are here yet.")
            person.reads("Planhat doesn't know this token (401).", REGIONS)
            assert person.focus == "company-rows"
            for pane in ("2", "3", "4"):
                await person.press(pane)
                person.reads("No company.  / finds one")
            await person.press("1")

        configure(home, f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}")
        journey(look, size, env={"NORD": "of-another-region"})


@EITHER
def test_a_token_that_is_taken_back_keeps_the_edit(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        line.token = "taken-back"
        await _tag_acme(person)
        person.sees("● 1 queued", "token refused")
        person.reads("Planhat doesn't know this token (401).", REGIONS)
        (entry,) = planhat.not_delivered(person)
        line.token = ""
        await person.press("o", "R", "escape")
        assert planhat.not_delivered(person) == (), entry
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]

    journey(edit, size, picture=False)


def test_only_an_answer_is_told_as_one_when_trouble_is_over(journey: Journey) -> None:
    async def stand(person: Person) -> None:
        standing = person.app.explorer.standing
        well = planhat.workspace(person).status()
        online = replace(well.sync, network="online", reason="")
        asks, offline = "Planhat's list lacks 3 of 9 companies", "It wasn't reached"

        async def told(sync: SyncStatus) -> str:
            standing._know((well._replace(sync=sync), {}, None))
            await settle(person.pilot)
            return person.message

        assert await told(replace(online, reason=asks)) == asks
        assert await told(online) == ""
        away = replace(online, network="offline", reason=offline)
        assert (await told(away)).startswith(offline)
        assert await told(online) == "Planhat answers again"

    journey(stand, SMALL, picture=False)


@BOTH
def test_without_a_network_edits_are_queued_and_go_when_it_is_back(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        line.cut = True
        await _tag_acme(person)
        person.sees("gold", "● 1 queued", "offline")
        assert person.message == "Tag gold on Acme Inc is queued.  u takes it back"
        await person.press("r")
        assert person.message == (
            "demo.localhost wasn't reached: no connection came about. Nothing was sent.  "
            "Check the network and base_url."
        )
        line.calm()
        planhat.wait_for_delivery(person)
        await person.waits_a_second()
        assert person.message == "Planhat answers again"
        await person.press("escape")
        person.sees("online")
        person.sees_no("queued")
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]
        line.cut = True
        await person.press("r")

    journey(edit, size)


@EITHER
def test_a_host_where_nobody_listens_leaves_what_is_here(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        person.sees(" NORD ", "offline")
        person.reads(
            "127.0.0.1 wasn't reached: it refused the connection. Nothing was sent.",
            "Check the network and base_url.",
        )
        await person.press("P", "p")
        person.sees("Tenants", "demo")

    configure(home, f"profiles:\n{profile('nord', f'http://127.0.0.1:{closed_port()}')}")
    journey(look, size, picture=False)


# -- answers that aren't Planhat's


@EITHER
@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (PAGE, "text/html", "Planhat's address answered with a web page (HTML), not data."),
        ("soon", "application/json", "Planhat answered with something that isn't JSON"),
        ('{"_id": "a", ', "application/json", "isn't proper JSON"),
        ("", "application/json", "Planhat answered with nothing where data was expected."),
    ],
    ids=["html", "text", "half", "nothing"],
)
def test_a_server_that_is_not_planhat_is_told(
    journey: Journey, home: Path, size: tuple[int, int], body: str, kind: str, *, told: str
) -> None:
    with serving(answering(body, kind=kind)) as url:

        async def look(person: Person) -> None:
            person.sees(" NORD ", "No companies are here yet.")
            person.reads(told)
            await run_line(person, "whoami")
            person.reads(told)
            assert person.app.is_running

        configure(home, f"profiles:\n{profile('nord', url, token='{env: NORD}')}")
        journey(look, size, picture=body == PAGE, env={"NORD": "any"})


@EITHER
def test_a_web_page_in_place_of_a_company_takes_nothing_away(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def refresh(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2")
        line.once("GET /companies/*", html(404))
        await person.press("r")
        assert "a web page (HTML, 404), not data" in person.message
        person.sees("Acme Inc", "Diego Moreno")
        await person.press("r")
        assert person.message == "The company is as Planhat has it now."

    journey(refresh, size, picture=False)


@EITHER
def test_a_company_that_planhat_does_not_find_is_told_with_what_becomes_of_its_copy(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def refresh(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2")
        line.once("GET /companies/*", answer(404, '{"error": "Not found"}'))
        await person.press("r")
        assert person.message == "Planhat doesn't find Acme Inc: what is here of it stays"
        watch.wait(minutes=1)
        planhat.delete(person, planhat.company_id(person, "Acme Inc"))
        await person.press("r")
        assert person.message == "Planhat doesn't find Acme Inc: it was taken out here"

    journey(refresh, size, picture=False, clock=watch.clock)


@EITHER
def test_an_edit_whose_answer_is_no_answer_is_not_sure_until_it_is_sent_again(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def edit(person: Person) -> None:
        line.once("PUT *", html())
        await _tag_acme(person)
        person.sees("not sure")
        person.reads("may have been saved")
        watch.wait(minutes=3)
        await person.press("o", "R")
        person.sees("Everything is delivered.")
        await person.press("escape")
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]

    journey(edit, size, picture=False, clock=watch.clock)


# -- records that aren't there


@EITHER
def test_an_id_that_does_not_exist_is_told_in_the_line(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def ask(person: Person) -> None:
        await run_line(person, "company show --id 000000000000000000000000")
        assert person.message.startswith("There is no company 000000000000000000000000 here.")
        assert person.focus == "company-rows"
        await person.press("colon", "up")
        assert person.app.explorer.message.command.value == (
            "company show --id 000000000000000000000000"
        )

    journey(ask, size)


@EITHER
def test_a_record_that_somebody_deleted_meanwhile_keeps_what_was_typed(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        wanted = planhat.company_id(person, "Acme Inc")
        await person.press("e")
        await person.type("city")
        await person.press("enter")
        planhat.delete(person, wanted)
        await person.press("ctrl+u")
        await person.type("Lund")
        await person.press("ctrl+s")
        person.reads("was deleted by somebody else", "City of Acme Inc is kept here")
        person.sees("! 1 refused")
        await person.press("o")
        person.sees("Lund", "refused")
        (entry,) = planhat.not_delivered(person)
        assert [change.after for change in entry.changes] == ["Lund"]

    journey(edit, size)


@EITHER
def test_a_value_that_planhat_refuses_is_told_with_its_words(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        line.once("PUT *", answer(400, "Failed to update company"))
        await _tag_acme(person)
        person.reads("Planhat refused this company (400). It says: Failed to update company")
        person.sees("! 1 refused")
        await person.press("o")
        person.sees("gold", "refused")
        await person.press("R", "escape")
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]

    journey(edit, size, picture=False)


@EITHER
def test_what_the_token_may_not_do_is_told_and_kept(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        line.once("PUT *", answer(403))
        await _tag_acme(person)
        person.reads("This token may not change this company (403).", "every edit is kept")
        person.sees("● 1 queued", "queue paused")

    journey(edit, size)


# -- the config


@EITHER
@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        ("    read_olny: true\n", "config.yaml:9:5: Profile sued: a profile has no key read_olny."),
        ("    label: A\n    label: B\n", "config.yaml:10:5: Profile sued: The key label stands"),
        (
            "    no_delete: yes\n",
            "config.yaml:9:16: Profile sued: no_delete must be true or false.",
        ),
    ],
    ids=["typo", "twice", "type"],
)
def test_a_mistake_in_the_config_has_its_place_and_the_others_open(
    journey: Journey, home: Path, size: tuple[int, int], mistake: str, *, told: str
) -> None:
    with sandbox() as server:

        async def look(person: Person) -> None:
            person.sees(" NORD ", "12 of 12")
            person.reads(told)
            if "olny" in mistake:
                person.reads("Did you mean read_only?")
            await person.press("p")
            person.sees("nord", "demo")
            person.reads(told)

        text = f"default: nord\nprofiles:\n{profile('nord', server.url, token='{env: NORD}')}"
        sued = profile("sued", server.url, token="{env: NORD}")
        configure(home, f"{text}{sued}{mistake}")
        journey(look, size, picture=False, env={"NORD": "sandbox-token"})


@EITHER
def test_a_config_that_is_no_yaml_opens_the_demo_and_says_where(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        person.sees(" DEMO ", "1,200 of 1,200")
        person.reads("config.yaml:4:1:", "This isn't YAML")

    configure(home, "profiles:\n  nord:\n    base_url: [\n")
    journey(look, size, picture=False)


@EITHER
def test_several_mistakes_are_listed_with_their_lines_and_what_is_right_opens(
    journey: Journey, home: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def look(person: Person) -> None:
            person.sees(" NORD ", "What can't be used", "esc close")
            person.reads(
                "config.yaml:6:5: Profile sued: base_url is missing.",
                "config.yaml:10:16: Profile vest: no_delete must be true or false.",
                "config.yaml:11:1: The config has no key setings. Did you mean settings?",
            )
            assert list(person.app.session.runtime.config.profiles) == ["nord"]

        text = f"profiles:\n{profile('nord', server.url, token='{env: NORD}')}"
        text += "  sued:\n    token: {env: NORD}\n"
        text += profile("vest", server.url, "no_delete: yes")
        (folder := home.parent / "config").mkdir()
        configure(folder, f"{text}setings: {{}}\ndefault: nord\n")
        monkeypatch.chdir(folder)
        env = {"NORD": "sandbox-token", "PLANHAT_TUI_CONFIG": "config.yaml"}
        journey(look, size, env=env)


def test_esc_leaves_the_mistakes_and_the_rest_works(journey: Journey, home: Path) -> None:
    async def leave(person: Person) -> None:
        await person.press("escape")
        assert person.message == "2 mistakes were found; the rest works"
        assert person.focus == "company-rows"

    configure(home, "settings: {theme: 7, refresh: soon}\n")
    journey(leave, SMALL, picture=False)


@EITHER
def test_a_config_folder_that_cant_be_written_keeps_the_form(
    journey: Journey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def add(person: Person) -> None:
            await person.press("p", "a")
            await fill(person, name="nord", base_url=server.url, token="sandbox-token")
            with read_only(folder):
                person.app.reading._beside = Beside()  # threads that stay have their rights
                await person.press("ctrl+s")
            person.reads("can't be written", "Nothing was changed.", "PLANHAT_TUI_CONFIG")
            person.sees_no("sandbox-token")
            typed = person.app.screen.typed  # type: ignore[attr-defined] # it's the form
            assert (typed["name"], typed["base_url"]) == ("nord", server.url)
            assert list(folder.iterdir()) == []
            url = person.app.screen.query_one("#line-base_url", Input)
            with url.prevent(Input.Changed):  # the port is another one in each run
                url.value = "http://127.0.0.1:8787"

        folder = tmp_path / "config"
        folder.mkdir()
        monkeypatch.chdir(tmp_path)
        journey(add, size, env={"PLANHAT_TUI_CONFIG": "config/config.yaml"})


def test_what_couldnt_be_written_is_saved_once_it_can(journey: Journey, tmp_path: Path) -> None:
    with sandbox() as server:

        async def add(person: Person) -> None:
            await person.press("p", "a")
            await fill(person, name="nord", base_url=server.url, token="sandbox-token")
            with read_only(folder):
                person.app.reading._beside = Beside()  # threads that stay have their rights
                await person.press("ctrl+s")
            await person.press("ctrl+s")
            person.sees(" NORD ")

        folder = tmp_path / "config"
        folder.mkdir()
        env = {"PLANHAT_TUI_CONFIG": str(folder / "config.yaml")}
        journey(add, SMALL, picture=False, env=env)


# -- the disk and the terminal


@EITHER
def test_on_a_full_disk_a_sheet_stays_with_what_was_typed(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    full = StorageError("outbox.db can't be written: the disk is full.", "Make room on it.")

    def refuse(*_: object, **__: object) -> None:
        raise full

    async def edit(person: Person) -> None:
        await person.find("acme inc")
        with monkeypatch.context() as disk:
            disk.setattr(Outbox, "add", refuse)
            await tag(person, "gold")
            person.sees("Tags of Acme Inc", "the disk is full.  Make room on it.", "+gold")
            assert planhat.not_delivered(person) == ()
        await person.press("ctrl+s")
        person.sees_no("Tags of Acme Inc")
        assert person.message == "Tag gold on Acme Inc is delivered.  u takes it back"
        with monkeypatch.context() as disk:
            disk.setattr(Outbox, "add", refuse)
            await set_field(person, "city", "Lund")
            person.sees("City of Acme Inc", "the disk is full.  Make room on it.", "Lund")
        await person.press("enter")
        assert person.message == "City of Acme Inc is delivered.  u takes it back"
        assert planhat.company(person, "Acme Inc")["city"] == "Lund"

    journey(edit, size, picture=False)


@EITHER
def test_a_home_that_cant_be_written_shows_what_is_there(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        person.sees(" DEMO ", "1,200 of 1,200", "online")
        person.reads("can't be written: what was read before is shown, nothing new is kept.")
        await person.find("acme inc")
        person.sees("Acme Inc", "3 of 1,200")
        await person.press("t")
        assert person.message == (
            "Nothing can be changed: this disk can't be written, so no edit would be kept"
        )
        await run_line(person, "tag gold")
        assert "outbox.db can't be written." in person.message
        await person.press("D")
        assert person.message.startswith("Nothing can be changed")
        assert planhat.not_delivered(person) == ()

    with read_only(home):  # nothing is kept of the limit: how much is left depends on the moment
        journey(look, size, picture=False)


@EITHER
def test_a_terminal_that_shrinks_under_a_form_loses_nothing(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def type_and_shrink(person: Person) -> None:
        await person.find("acme inc")
        await person.press("e")
        await person.type("city")
        await person.press("enter", "ctrl+u")
        await person.type("Lund")
        await person.pilot.resize_terminal(40, 10)
        await person.press()
        await person.pilot.resize_terminal(*size)
        await person.press("ctrl+s")
        assert person.message == "City of Acme Inc is delivered.  u takes it back"
        assert planhat.company(person, "Acme Inc")["city"] == "Lund"

    journey(type_and_shrink, size, picture=False)


def test_the_shell_reads_on_in_a_home_that_cant_be_written(
    template: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANHAT_TUI_HOME", str(template))
    with read_only(template):
        assert run(["--demo", "company", "find", "acme inc"]) == 0
    said = capsys.readouterr()
    assert "Acme Inc" in said.out
    assert said.err.count("can't be written") == 1
