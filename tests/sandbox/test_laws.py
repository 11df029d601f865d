"""Laws of what is taken in: any text, any map, any number, in any order."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.sandbox import SandboxOptions, create_app
from tests.sandbox.asking import Asking, asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

EMPTY = SandboxOptions(empty=True, limit=1_000_000)

texts = st.text(st.characters(codec="utf-8"), max_size=40)
numbers = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
scalars = st.one_of(texts, numbers, st.booleans())
anything = st.recursive(
    st.one_of(st.none(), scalars),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


def _alone(story: Callable[[Asking], Awaitable[None]]) -> None:
    """Tell a story to a sandbox that is empty."""

    async def tell() -> None:
        async with asking(EMPTY) as sandbox:
            await story(sandbox)

    asyncio.run(tell())


@given(name=texts.filter(str.strip), phase=texts, tags=st.lists(texts, unique=True, max_size=4))
def test_any_text_comes_back_letter_by_letter(name: str, phase: str, tags: list[str]) -> None:
    async def story(sandbox: Asking) -> None:
        body = {"name": name, "phase": phase, "tags": tags}
        made = await sandbox.make("/companies", body)
        assert {key: made[key] for key in body} == body
        assert await sandbox.get(f"/companies/{made['_id']}") == made
        (lean,) = await sandbox.get("/leancompanies")
        assert (lean["name"], lean["slug"]) == (name, made["slug"])
        (listed,) = await sandbox.get("/companies")
        assert listed == made

    _alone(story)


@given(names=st.lists(st.sampled_from(["A", "a", "A-2", "a 2", "優", "!", "é", "-"]), max_size=9))
def test_however_names_look_slugs_are_unique(names: list[str]) -> None:
    async def story(sandbox: Asking) -> None:
        slugs = [(await sandbox.make("/companies", {"name": n}))["slug"] for n in names]
        assert len(set(slugs)) == len(names)
        assert all(slugs)

    _alone(story)


@given(
    before=st.dictionaries(texts, scalars, max_size=4),
    sent=st.dictionaries(texts, st.one_of(scalars, st.none()), max_size=4),
)
def test_custom_is_merged_key_by_key(before: dict[str, Any], sent: dict[str, Any]) -> None:
    async def story(sandbox: Asking) -> None:
        made = await sandbox.make("/companies", {"name": "C", "custom": before})
        assert made["custom"] == before
        path = f"/companies/{made['_id']}"
        changed = (await sandbox.ask("PUT", path, {"custom": sent})).json()
        merged = before | sent
        assert changed["custom"] == {k: v for k, v in merged.items() if v is not None}
        again = (await sandbox.ask("PUT", path, {"custom": sent})).json()
        assert again["custom"] == changed["custom"]

    _alone(story)


def _fields(path: str) -> list[str]:
    return {
        "/companies": ["name", "slug", "owner", "coOwner", "externalId", "phase", "tags", "custom"],
        "/endusers": ["companyId", "companyName", "createDate", "externalId", "position", "phone",
                      "email", "featured", "tags"],
        "/calls": ["nr", "externalUserId", "start", "end", "waiting"],
        "/tasks": ["companyId", "externalId", "sourceId", "custom", "slug", "email", "phone"],
    }[path]  # fmt: skip


@pytest.mark.parametrize("path", ["/companies", "/endusers", "/calls", "/tasks"])
@given(data=st.data())
def test_whatever_is_sent_is_taken_or_refused_and_never_an_accident(
    path: str, data: st.DataObject
) -> None:
    junk = data.draw(st.dictionaries(st.sampled_from(_fields(path)), anything, max_size=4))

    async def story(sandbox: Asking) -> None:
        company = (await sandbox.make("/companies", {"name": "C"}))["_id"]
        whole: dict[str, dict[str, object]] = {
            "/companies": {"name": "D"},
            "/endusers": {"companyId": company},
            "/calls": {"nr": "+46701234567", "externalUserId": "max123"},
            "/tasks": {"companyId": company},
        }
        made = await sandbox.make(path, whole[path])
        for method, where, body in (
            ("POST", path, junk),
            ("POST", path, whole[path] | junk),
            ("PUT", f"{path}/{made['_id']}", junk),
        ):
            answer = await sandbox.ask(method, where, body)
            assert answer.status_code in {200, 400}
            if answer.status_code == 200:
                assert await sandbox.get(f"{path}/{answer.json()['_id']}") == answer.json()
        for listing in ("/leancompanies", "/companies?sort=name", f"/endusers?c={company}"):
            await sandbox.get(listing)

    _alone(story)


@pytest.mark.parametrize(
    "value",
    ["NaN", "Infinity", "-Infinity", "1e999", '"\\ud800"', "[" * 50_000, "1" * 5_000],
    ids=["NaN", "Infinity", "-Infinity", "1e999", "half a letter", "very deep", "very long"],
)
async def test_what_json_cant_say_is_refused_and_harms_no_list(value: str) -> None:
    async with asking(EMPTY) as sandbox:
        good = await sandbox.make("/companies", {"name": "Good"})
        raw = f'{{"name": "Bad", "custom": {{"x": {value}}}}}'.encode()
        for method, path in (("POST", "/companies"), ("PUT", f"/companies/{good['_id']}")):
            answer = await sandbox.http.request(
                method, path, content=raw, headers={"Authorization": f"Bearer {EMPTY.token}"}
            )
            assert (answer.status_code, answer.text) == (400, "Malformed JSON")
        assert await sandbox.get("/companies?sort=name") == [good]
        assert [item["name"] for item in await sandbox.get("/leancompanies")] == ["Good"]


async def test_a_body_beyond_all_measure_is_refused() -> None:
    async with asking(EMPTY) as sandbox:
        call = {"nr": "1" * 20_000, "externalUserId": "x"}
        path = f"/{EMPTY.tenant}/calls"
        assert (await sandbox.ask("POST", path, call, token="")).status_code == 413
        assert (await sandbox.ask("POST", "/calls", call)).status_code == 200
        huge = {"name": "x" * (32 * 1024 * 1024)}
        assert (await sandbox.ask("POST", "/companies", huge)).status_code == 413


async def test_a_body_that_is_announced_as_too_large_isnt_waited_for() -> None:
    async with asking(EMPTY) as sandbox:
        path, headers = f"/{EMPTY.tenant}/calls", {"Content-Length": "16385"}

        async def never() -> AsyncIterator[bytes]:
            yield b"{"
            raise AssertionError

        answer = await sandbox.http.post(path, content=never(), headers=headers)
        assert answer.status_code == 413


async def test_fields_that_nobody_knows_are_dropped_without_a_word() -> None:
    async with asking(EMPTY) as sandbox:
        made = await sandbox.make("/companies", {"name": "C", "colour": "red", "arr": 9, "h": 10})
        assert "colour" not in made
        assert (made["arr"], made.get("h")) == (0, None)


async def test_a_company_is_found_by_its_number_and_a_contact_before_it() -> None:
    async with asking(EMPTY) as sandbox:
        phone = "+46 8 555 123 45"
        company = await sandbox.make("/companies", {"name": "C", "phone": phone})
        call = await sandbox.make("/calls", {"nr": "08-555 123 45", "externalUserId": "max123"})
        assert (call["companyId"], call["enduserId"]) == (company["_id"], None)
        body = {"companyId": company["_id"], "phone": "0855512345"}
        contact = await sandbox.make("/endusers", body)
        call = await sandbox.make("/calls", {"nr": "0046855512345", "externalUserId": "max123"})
        assert call["enduserId"] == contact["_id"]


@given(
    number=st.from_regex(r"[1-9][0-9]{8,11}", fullmatch=True),
    country=st.sampled_from(["+46", "0046", "46", ""]),
    breaks=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(" -./()")), max_size=5),
)
def test_a_number_is_its_digits(number: str, country: str, breaks: list[tuple[int, str]]) -> None:
    written = number
    for place, sign in breaks:
        written = f"{written[:place]}{sign}{written[place:]}"

    async def story(sandbox: Asking) -> None:
        company = await sandbox.make("/companies", {"name": "C"})
        body = {"companyId": company["_id"], "phone": f"+46{number}"}
        contact = await sandbox.make("/endusers", body)
        call = {"nr": f"{country}{written}", "externalUserId": "x"}
        assert (await sandbox.make("/calls", call))["enduserId"] == contact["_id"]
        other = {"nr": f"{country}{number[:-1]}{(int(number[-1]) + 1) % 10}", "externalUserId": "x"}
        assert "enduserId" not in await sandbox.make("/calls", other)

    _alone(story)


async def test_writers_at_the_same_time_dont_overwrite_each_other() -> None:
    async with asking(EMPTY) as sandbox:
        company = await sandbox.make("/companies", {"name": "C"})
        path = f"/companies/{company['_id']}"
        await asyncio.gather(
            *(sandbox.ask("PUT", path, {"custom": {f"k{n}": n}}) for n in range(30)),
            *(sandbox.ask("POST", "/companies", {"name": "Same"}) for _ in range(10)),
        )
        assert (await sandbox.get(path))["custom"] == {f"k{n}": n for n in range(30)}
        slugs = [item["slug"] for item in await sandbox.get("/leancompanies")]
        assert len(set(slugs)) == 11


def test_a_sandbox_that_was_closed_answers_no_more() -> None:
    app = create_app(EMPTY)
    app.close()

    async def ask() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as http:
            await http.get("http://sandbox/myprofile")

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        asyncio.run(ask())


def test_the_practice_data_is_json_to_the_letter() -> None:
    async def story() -> None:
        async with asking(SandboxOptions(companies=40)) as sandbox:
            for path in ("/companies", "/endusers?limit=2000", "/users", "/leancompanies"):
                text = (await sandbox.ask("GET", path)).text
                assert json.loads(text, parse_constant=pytest.fail)

    asyncio.run(story())
