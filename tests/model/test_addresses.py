from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.addresses import plain_base_url


@pytest.mark.parametrize(
    "same",
    [
        "https://api.planhat.com",
        " HTTPS://API.planhat.COM./ ",
        "https://api.planhat.com:443",
        "https://Api.Planhat.com.:443//",
    ],
)
def test_one_host_is_one_address(same: str) -> None:
    assert plain_base_url(same) == "https://api.planhat.com"


@pytest.mark.parametrize(
    "other",
    [
        "http://localhost:8787",
        "https://api.planhat.com:80",
        "http://[::1]:3",
        "https://gate.example/Planhat",
        "https://User:Pw@api.planhat.com",
        "https://[::1",
        "https://api.planhat.com:x",
        "https://API.planhat\n.com",
        "api.planhat.com",
        "ftp://A",
        "",
    ],
)
def test_what_is_plain_or_no_address_stays_as_it_is(other: str) -> None:
    assert plain_base_url(other) == other


@given(st.text("aA.:/443[]@?# \n\u00e4", max_size=12))
def test_it_is_plain_at_once(text: str) -> None:
    once = plain_base_url(f"https://{text}")
    assert plain_base_url(once) == once
