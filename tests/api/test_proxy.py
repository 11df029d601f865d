from __future__ import annotations

import pytest

from planhat_tui.api.proxy import ENVIRONMENT, clean_proxy, proxy_for
from planhat_tui.errors import InputError

URL = "https://api-eu.planhat.com"
ENV = {"HTTPS_PROXY": "http://proxy:3128"}


def test_a_proxy_is_an_address_and_never_quoted() -> None:
    assert clean_proxy(" http://me:pw@proxy:3128 ") == "http://me:pw@proxy:3128"
    for bad in ("proxy:3128", "socks5://me:pw@proxy", "http://me:pw@proxy:x", "http://a b"):
        with pytest.raises(InputError) as refused:
            clean_proxy(bad)
        assert "pw" not in str(refused.value)


def test_the_environment_is_looked_at_only_if_the_profile_says_so() -> None:
    assert proxy_for(URL, "", ENV) == ""
    assert proxy_for(URL, "http://own:1", ENV) == "http://own:1"
    assert proxy_for(URL, ENVIRONMENT, ENV) == "http://proxy:3128"
    assert proxy_for(URL, ENVIRONMENT, {}) == ""
    assert proxy_for("http://127.0.0.1:8787", ENVIRONMENT, ENV) == ""


@pytest.mark.parametrize(
    "url", ["http://localhost:8787", "https://localhost", "http://127.0.0.2", "http://[::1]:3"]
)
def test_nothing_goes_to_this_machine_through_a_proxy(url: str) -> None:
    assert proxy_for(url, "http://own:1", ENV) == ""
    assert proxy_for(url, ENVIRONMENT, ENV) == ""
    with pytest.raises(InputError):
        proxy_for(url, "nonsense", ENV)


@pytest.mark.parametrize(
    ("env", "proxy"),
    [
        ({"https_proxy": "http://small:1", "HTTPS_PROXY": "http://large:1"}, "http://small:1"),
        ({"ALL_PROXY": "http://all:1"}, "http://all:1"),
        ({"HTTP_PROXY": "http://plain:1"}, ""),
        (ENV | {"NO_PROXY": "*"}, ""),
        (ENV | {"NO_PROXY": "localhost, .planhat.com"}, ""),
        (ENV | {"no_proxy": "api-eu.planhat.com"}, ""),
        (ENV | {"NO_PROXY": "hat.com,,example.com"}, "http://proxy:3128"),
        (ENV | {"NO_PROXY": "example.com, API-eu.planhat.com:443"}, ""),
        (ENV | {"NO_PROXY": ".planhat.com:443"}, ""),
        (ENV | {"NO_PROXY": "*.planhat.com"}, ""),
        (ENV | {"NO_PROXY": "api-eu.planhat.com:8443"}, "http://proxy:3128"),
        (ENV | {"NO_PROXY": ". , :443, []"}, "http://proxy:3128"),
    ],
)
def test_what_the_environment_names(env: dict[str, str], proxy: str) -> None:
    assert proxy_for(URL, ENVIRONMENT, env) == proxy


@pytest.mark.parametrize(
    ("url", "spared", "direct"),
    [
        ("https://planhat.example:8443", "planhat.example:8443", True),
        ("https://planhat.example:8443", "planhat.example:443", False),
        ("https://planhat.example:8443", "planhat.example", True),
        ("https://[2001:db8::443]", "[2001:db8::443]:443", True),
        ("https://[2001:db8::443]", "2001:db8::443", True),
        ("https://[2001:db8::1]", "2001:db8::443", False),
    ],
)
def test_a_port_behind_a_name_holds_for_that_port(url: str, spared: str, *, direct: bool) -> None:
    assert (proxy_for(url, ENVIRONMENT, ENV | {"NO_PROXY": spared}) == "") is direct


def test_a_proxy_of_the_environment_that_cannot_be_used_is_refused_unquoted() -> None:
    with pytest.raises(InputError) as refused:
        proxy_for(URL, ENVIRONMENT, {"ALL_PROXY": "socks5://me:secret@proxy:1080"})
    assert "secret" not in str(refused.value)
