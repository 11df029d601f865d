"""The real server on loopback, before explorers that pretend, and before the real one."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from planhat_tui.browser.server import listen
from planhat_tui.errors import PlanhatTuiError
from tests.browser.visiting import (
    SECONDS,
    Visitor,
    aiohttp,
    children_of,
    is_gone,
    serving,
    visited,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shell import Shell

FILES = ["page.js", "page.css", "terminal.js", "terminal.css", "mono.ttf"]


async def test_the_token_becomes_a_cookie_and_goes_from_the_address() -> None:
    async with visited() as browser:
        answer = await browser.get(browser.address)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/word2/"
        cookie = answer.headers["Set-Cookie"]
        assert cookie == "planhat-tui=word1; HttpOnly; Path=/word2/; SameSite=Strict"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_with_the_cookie_the_page_is_there_and_all_that_it_needs() -> None:
    async with visited() as browser:
        page = await browser.enter()
        assert page.status_code == 200
        asked = set(re.findall(r'(?:src|href)="([^"]+)"', page.text)) - {"data:,"}
        styles = await browser.get(f"{browser.place}page.css")
        asked |= set(re.findall(r'url\("([^"]+)"\)', styles.text))
        assert asked == set(FILES)
        for name in FILES:
            assert (await browser.get(f"{browser.place}{name}")).status_code == 200


async def test_nothing_of_it_is_from_an_outside_host_and_nothing_could_be() -> None:
    async with visited() as browser:
        page = await browser.enter()
        for name in ["", *FILES[:4]]:
            text = (await browser.get(f"{browser.place}{name}")).text
            assert not re.search(r"""(?:src|href|url|import)\W{1,3}(?:https?:)?//""", text), name
        socket = f"ws://{browser.origin.removeprefix('http://')}{browser.place}socket"
        policy = page.headers["Content-Security-Policy"]
        assert f"connect-src {socket};" in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        allowed = {"'none'", "'self'", "'unsafe-inline'", "data:", socket}
        assert {word for one in policy.split(";") for word in one.split()[1:]} == allowed


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/?token=", "/word2/", "/word2/page.js"])
async def test_without_the_token_theres_a_sentence(path: str) -> None:
    async with visited() as browser:
        answer = await browser.get(path)
        assert answer.status_code == 403
        assert re.fullmatch(r"[^<>]+\.  .*planhat-tui serve.*\n", answer.text)
        assert "Set-Cookie" not in answer.headers


async def test_the_token_opens_one_browser() -> None:
    async with visited() as browser:
        await browser.enter()
        other = Visitor(browser.address)
        async with other.client:
            again = await other.get(other.address)
            assert "Set-Cookie" not in again.headers
            refused = await other.get(again.headers["Location"])
            assert refused.status_code == 403
            assert refused.text.startswith("This address has opened another browser")
        assert (await browser.get(browser.place)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ],
    ids=str,
)
async def test_a_strange_name_or_page_is_refused_even_with_the_cookie(
    headers: dict[str, str],
) -> None:
    async with visited() as browser:
        await browser.enter()
        for path in (browser.place, f"{browser.place}socket", browser.address):
            answer = await browser.get(path, **headers)
            assert (answer.status_code, answer.text[-2:]) == (403, ".\n")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with browser.socket(**headers):
                pass
        assert refused.value.status == 403


async def test_neither_is_a_socket_without_the_cookie() -> None:
    async with visited() as browser:
        await browser.enter()
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with browser.socket(Cookie="planhat-tui=word0"):
                pass
        assert refused.value.status == 403


async def test_what_isnt_there_isnt_found() -> None:
    async with visited() as browser:
        await browser.enter()
        for name in ("index.html", "..%2f__init__.py", "textual.js"):
            assert (await browser.get(f"{browser.place}{name}")).status_code == 404


async def test_what_is_typed_and_told_reaches_the_explorer_and_what_it_draws_the_page() -> None:
    async with visited() as browser:
        await browser.enter()
        async with browser.socket("?width=132&height=43") as page:
            await page.sees("pid ")
            await page.type("size")
            await page.sees("132x43")
            await page.type("häagen €")
            await page.sees("häagen €")
            await page.say("resize", {"width": 60, "height": 20})
            assert '"width": 60' in await page.sees('"resize"')
            await page.say("focus")
            await page.sees('"focus"')
            await page.say("ping", "17")
            assert await page.told() == ["pong", "17"]
            await page.type("open https://app.planhat.com/1")
            assert (await page.told())[0] == "open_url"


async def test_what_makes_no_sense_changes_nothing() -> None:
    async with visited() as browser:
        await browser.enter()
        async with browser.socket("?width=wide&height=-1") as page:
            await page.type("size")
            await page.sees("80x24")
            for text in ("", "{", "[]", '["stdin"]', '["stdin", 1]', '["quit"]', '["resize", 1]'):
                await page.socket.send_str(text)
            await page.socket.send_bytes(b"\x00")
            await page.type("still here")
            await page.sees("still here")


async def test_a_second_tab_is_told_where_the_first_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planhat_tui.browser.server._RELOADS", 0.01)
    async with visited() as browser:
        await browser.enter()
        async with browser.socket() as first:
            await first.sees("pid ")
            async with browser.socket() as second:
                what, why = await second.told()
                assert (what, why[:30]) == ("ended", "It is open in another tab. Clo")
                assert "--sessions 2" in why
                assert await second.ends() == 1013
                assert second.drawn == b""
            await first.type("hello")
            await first.sees("hello")


async def test_one_that_is_loaded_again_waits_until_the_first_has_left() -> None:
    async with visited() as browser:
        await browser.enter()
        async with browser.socket() as first:
            pid = (await first.sees("pid ")).split()[-1]
        async with browser.socket() as again:
            assert (await again.sees("pid ")).split()[-1] != pid
        assert is_gone(int(pid))


async def test_as_many_tabs_as_were_asked_for() -> None:
    async with visited(sessions=2) as browser:
        await browser.enter()
        async with browser.socket() as first, browser.socket() as second:
            assert await first.sees("pid ") != await second.sees("pid ")


async def test_the_last_words_of_an_explorer_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    async with visited() as browser:
        await browser.enter()
        async with browser.socket() as page:
            await page.type("die acme: 3 not delivered yet, kept here.")
            assert await page.told() == ["ended", "acme: 3 not delivered yet, kept here."]
            assert await page.ends() == 1000
    assert capsys.readouterr().err == "acme: 3 not delivered yet, kept here.\n"


async def test_one_that_cant_start_says_why() -> None:
    failing = [sys.executable, "-c", "raise SystemExit('There is no profile acme.')"]
    async with visited(failing) as browser:
        await browser.enter()
        async with browser.socket() as page:
            assert await page.told() == ["ended", "There is no profile acme."]


async def test_when_it_ends_the_pages_are_told_and_all_processes_gone() -> None:
    async with contextlib.AsyncExitStack() as pages:
        async with visited() as browser:
            await browser.enter()
            page = await pages.enter_async_context(browser.socket())
            pid = int((await page.sees("pid ")).split()[-1])
            await page.type("child")
            child = int((await page.sees("started ")).split()[-1])
            ending = asyncio.create_task(page.ends())
        assert await ending == 1001
    what, why = page.said[-1]
    assert (what, why[:31]) == ("ended", "planhat-tui serve has ended. Wh")
    assert is_gone(pid)
    assert is_gone(child)


async def test_an_explorer_that_wont_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planhat_tui.browser.explorer.LEAVES", 0.01)
    monkeypatch.setattr("planhat_tui.browser.explorer.YIELDS", 0.01)
    async with visited() as browser:
        await browser.enter()
        async with browser.socket() as page:
            pid = int((await page.sees("pid ")).split()[-1])
            await page.type("stay")
            await page.sees("staying")
    assert is_gone(pid)


def test_a_port_that_is_taken_is_said() -> None:
    with (
        listen(0) as taken,
        pytest.raises(PlanhatTuiError, match=r"Port \d+ can't be had: .*--port"),
    ):
        listen(taken.getsockname()[1])


# -- the real explorer


async def test_the_explorer_is_shown_as_was_asked_for_and_a_signal_ends_all(demo: Shell) -> None:
    with serving(demo.home, "--demo", "--theme", "planhat-light") as server:
        browser = Visitor(server.address)
        async with browser.client:
            await browser.enter()
            async with browser.socket("?width=100&height=30") as page:
                drawn = await page.sees("1,200 of 1,200")
                assert "48;2;251;250;248" in drawn
                (explorer,) = children_of(server.process.pid)
                ending = asyncio.create_task(page.ends())
                status, out, err = await asyncio.to_thread(server.end, signal.SIGTERM)
                assert await ending == 1001
        assert (status, out) == (0, "")
        assert err == "That address opens one browser on this machine.  ctrl+c ends it\n"
        assert is_gone(explorer)


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGHUP], ids=["SIGINT", "SIGHUP"])
def test_so_do_others(home: Path, sig: signal.Signals) -> None:
    with serving(home, "--demo", "-q") as server:
        assert server.end(sig) == (0, "", "")


async def test_if_it_is_killed_the_explorer_ends_by_itself(demo: Shell) -> None:
    with serving(demo.home, "--demo") as server:
        browser = Visitor(server.address)
        async with browser.client:
            await browser.enter()
            async with browser.socket() as page:
                await page.sees("1,200 of 1,200")
                (explorer,) = children_of(server.process.pid)
                server.process.kill()
        end = time.monotonic() + SECONDS
        while not is_gone(explorer):
            assert time.monotonic() < end


@pytest.mark.parametrize(
    ("words", "status", "why"),
    [
        (["--profile", "nobody", "serve"], 3, "nobody"),
        (["--theme", "planhat-drak", "serve"], 2, "Did you mean planhat-dark?"),
        (["serve", "--port", "70000"], 2, "no whole number from 0 to 65535"),
    ],
)
def test_what_cant_be_used_is_said_before_there_is_a_page(
    shell: Shell, words: list[str], status: int, why: str
) -> None:
    done = shell(*words)
    assert (done.status, done.out) == (status, "")
    assert why in done.err
