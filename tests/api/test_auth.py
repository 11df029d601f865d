from __future__ import annotations

import base64
import html
import json
import re
import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.api.auth import Credentials, clean_base_url, clean_token, is_loopback
from planhat_tui.errors import InputError, TokenError


@pytest.mark.parametrize("typed", ["abc", " abc\n", "\tabc\r\n"])
def test_blanks_around_a_token_go(typed: str) -> None:
    assert clean_token(typed) == "abc"


@pytest.mark.parametrize("typed", ["", " \n", "qq zz", "a\r\nX: y", "tök", "a\x00", "a\u200bb"])
def test_a_token_that_a_header_cannot_hold_is_refused_unquoted(typed: str) -> None:
    with pytest.raises(TokenError) as refused:
        clean_token(typed)
    assert refused.value.exit_status == 4
    if typed.strip():
        assert typed.strip() not in str(refused.value)


@given(st.text(string.printable[:94], min_size=1))
def test_every_visible_token_is_taken_as_it_is(token: str) -> None:
    assert clean_token(token) == token


def test_the_two_headers_of_the_reference() -> None:
    assert Credentials("abc").header == "Bearer abc"
    basic = Credentials("abc", "basic").header
    assert basic.startswith("Basic ")
    assert base64.b64decode(basic.removeprefix("Basic ")) == b"abc:"


HARD = "canary+7f3d/0042=\\%&\"'<C"
ESCAPED = {
    "as it is": HARD,
    "JSON": json.dumps(HARD),
    "JSON in JSON": json.dumps(json.dumps(HARD)),
    "PHP's slash": json.dumps(HARD).replace("/", "\\/"),
    "each letter": "".join(f"\\u{ord(letter):04x}" for letter in HARD),
    "each letter, upper case": "".join(f"\\u{ord(letter):04X}" for letter in HARD),
    "address": quote(HARD, safe=""),
    "address, lower case": re.sub("%..", lambda code: code[0].lower(), quote(HARD, safe="")),
    "address in an address": quote(quote(HARD, safe=""), safe=""),
    "page": html.escape(HARD),
    "page in a page": html.escape(html.escape(HARD)),
    "page, each letter": "".join(f"&#{ord(letter)};" for letter in HARD),
    "page, each letter, hex": "".join(f"&#x{ord(letter):x};" for letter in HARD),
    "Basic": base64.b64encode(f"{HARD}:".encode()).decode(),
    "Basic, address": quote(base64.b64encode(f"{HARD}:".encode()).decode(), safe=""),
}


@pytest.mark.parametrize("form", ESCAPED.values(), ids=ESCAPED.keys())
async def test_the_token_is_found_however_it_is_escaped(form: str) -> None:
    secret = Credentials(HARD)
    said = secret.scrub(f"<{form}>")
    assert re.fullmatch(r'<[\\"]*\[token\](=|%3D)*[\\"]*>', said)
    assert await secret.scrub_body(f"<{form}>".encode()) == said.encode()


@given(st.text(string.printable[:94], min_size=1, max_size=8), st.data())
def test_any_token_is_found_with_each_letter_escaped_as_it_likes(
    token: str, data: st.DataObject
) -> None:
    forms = ("{0}", "\\{0}", "\\u{1:04x}", "%{1:02X}", "%25{1:02x}", "&#{1};", "&amp;#x{1:X};")
    drawn = (data.draw(st.sampled_from(forms)).format(one, ord(one)) for one in token)
    assert Credentials(token).scrub(f" {''.join(drawn)} ") == " [token] "


async def test_json_stays_json_without_the_token() -> None:
    said = json.dumps({"a": f'"{HARD}"', HARD: HARD, "b": "ends in \\"})
    assert json.loads(await Credentials(HARD).scrub_body(said.encode())) == {
        "a": '"[token]"', "[token]": "[token]", "b": "ends in \\",
    }  # fmt: skip


def test_credentials_keep_the_token_to_themselves() -> None:
    secret = Credentials("hush-hush", "basic")
    assert "hush-hush" not in repr(secret)
    said = secret.scrub(f"bad: hush-hush / {secret.header}")
    assert "hush-hush" not in said
    assert secret.header.removeprefix("Basic ") not in said
    assert "hush-hush" not in secret.key("https://x")


def test_a_budget_belongs_to_one_token_at_one_address() -> None:
    keys = {Credentials(t).key(u) for t in ("a", "b") for u in ("https://x", "https://y")}
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("https://api.planhat.com", "https://api.planhat.com"),
        (" https://api.planhat.com/ ", "https://api.planhat.com"),
        ("https://gate.example:8443/planhat", "https://gate.example:8443/planhat"),
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("http://localhost:8787/", "http://localhost:8787"),
        ("http://[::1]:8787", "http://[::1]:8787"),
        ("HTTPS://API.Planhat.com:443/", "https://api.planhat.com"),
        ("https://api.planhat.com.", "https://api.planhat.com"),
        ("https://gate.example.:443/Planhat/", "https://gate.example/Planhat"),
        ("https://gate.example:80", "https://gate.example:80"),
        ("http://LOCALHOST.:80", "http://localhost"),
    ],
)
def test_addresses_that_are_good(typed: str, clean: str) -> None:
    assert clean_base_url(typed) == clean


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "api.planhat.com",
        "ftp://api.planhat.com",
        "http://api.planhat.com",
        "http://127.0.0.1.evil.example",
        "https://user:secret@api.planhat.com",
        "https://api.planhat.com?x=1",
        "https://api.planhat.com#x",
        "https://api.planhat.com/../x",
        "https://api.planhat.com//evil",
        "https://api.planhat.com:99999",
        "https://api.planhat.com:0",
        "https://api..planhat.com",
        f"https://{'a' * 64}.com",
        "https://api.planhat.com\\@evil.example",
        "https://api.planhat.com/\r\nX: y",
        "https://[::1",
        "https://münchen.example",
    ],
)
def test_addresses_that_are_refused(typed: str) -> None:
    with pytest.raises(InputError) as refused:
        clean_base_url(typed)
    assert refused.value.field == "base_url"
    assert "secret" not in str(refused.value)


def test_plain_http_is_good_inside_this_process() -> None:
    assert clean_base_url("http://demo.planhat", in_process=True) == "http://demo.planhat"


def test_loopback_is_this_machine_alone() -> None:
    assert all(is_loopback(host) for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1"))
    assert not any(is_loopback(host) for host in ("10.0.0.1", "localhost.example", "example"))


RUNS = [
    "\\",
    "\\u00",
    "\\u0025",
    "\\u0026amp;",
    "%25",
    "%2525",
    "&amp;",
    "&#0",
    "&#x0",
    "%",
    "\\%",
    "&",
]


@pytest.mark.parametrize("token", [HARD, "canary-token-1234", "\\\\\\\\x", "a\\\\b"])
@pytest.mark.parametrize("run", RUNS)
async def test_a_run_of_what_escapes_is_gone_through_once(token: str, run: str) -> None:
    """Tried anew at each of its signs, so many would take half an hour."""
    long = run * (300_000 // len(run))
    for text in (long, f"{long}{token[:-1]}", f"{token[:-1]}{long}"):
        assert await Credentials(token).scrub_body(text.encode()) == text.encode()
    said = Credentials(token).scrub(f"{long} {token}")
    assert said == f"{long} [token]"


@given(st.text("\\a%", min_size=1, max_size=6), st.integers(0, 5), st.data())
def test_backslashes_of_a_token_are_found_among_others(
    token: str, more: int, data: st.DataObject
) -> None:
    forms = ("{0}", "\\{0}", "\\u{1:04x}", "\\\\u{1:04x}", "%{1:02X}", "&#{1};")
    drawn = (data.draw(st.sampled_from(forms)).format(one, ord(one)) for one in token)
    backslashes = "\\" * more
    said = Credentials(token).scrub(f"<{backslashes}{''.join(drawn)}>")
    assert re.fullmatch(r"<\\*(\[token\])+>", said)


@pytest.mark.parametrize("place", [0, 65_500, 65_530, 65_536, 131_060, 200_000])
async def test_a_token_is_found_where_one_part_of_a_body_ends(place: int) -> None:
    secret = Credentials(HARD)
    for form in (HARD, "".join(f"\\u{ord(letter):04x}" for letter in HARD)):
        body = "." * place + f"{form},{form}" + "." * 100_000
        said = await secret.scrub_body(body.encode())
        assert said.decode() == "." * place + "[token],[token]" + "." * 100_000
