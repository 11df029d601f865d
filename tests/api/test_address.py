from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.api.address import (
    MAX_QUERY,
    by_external_id,
    by_source_id,
    listing,
    path_of,
    path_to_delete,
    typed_path,
)
from planhat_tui.errors import InputError


def test_a_list_has_the_parameters_that_are_given_and_no_others() -> None:
    assert listing(limit=5, offset=0) == {"limit": 5, "offset": 0}
    assert listing(
        limit=5,
        offset=10,
        sort="-updatedAt",
        select=("_id", "custom"),
        company_ids=("a", "extid-b"),
        email="a@x.se",
        archived=False,
    ) == {
        "limit": 5,
        "offset": 10,
        "sort": "-updatedAt",
        "select": "_id,custom",
        "companyId": "a,extid-b",
        "email": "a@x.se",
        "archived": "false",
    }


@pytest.mark.parametrize(
    "bad",
    [
        {"limit": 0},
        {"offset": -1},
        {"sort": "a,b"},
        {"sort": " "},
        {"select": ("a,b",)},
        {"company_ids": ("",)},
        {"company_ids": ("a,b",)},
        {"email": "\ud800"},
        {"company_ids": ("x" * 100,) * (MAX_QUERY // 100)},
    ],
)
def test_a_list_that_cannot_be_asked_for_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        listing(**({"limit": 1, "offset": 0} | bad))  # type: ignore[arg-type] # wrong on purpose


def test_ids_of_other_systems() -> None:
    assert path_of("companies", by_external_id("a/b")) == "/companies/extid-a%2Fb"
    assert path_of("companies", by_source_id("s 1")) == "/companies/srcid-s%201"


@pytest.mark.parametrize("other", ["extid-a", " srcid-a"])
def test_a_record_is_deleted_by_its_own_id_only(other: str) -> None:
    assert path_to_delete("calls", "a1") == "/calls/a1"
    with pytest.raises(InputError):
        path_to_delete("calls", other)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/myprofile", "/myprofile"),
        (" /companies?limit=5&sort=-arr ", "/companies?limit=5&sort=-arr"),
        ("/companies/extid-å", "/companies/extid-%C3%A5"),
        ("/companies/extid-a%2Fb", "/companies/extid-a%2Fb"),
        ("/companies?select=_id,name&x=株", "/companies?select=_id,name&x=%E6%A0%AA"),
        ("/companies/", "/companies/"),
        ("/companies?select=name, slug", "/companies?select=name,%20slug"),
        ("/companies/extid-Acme 1", "/companies/extid-Acme%201"),
        ("/a?b=c?d", "/a?b=c?d"),
    ],
)
def test_a_typed_path_is_encoded_and_otherwise_left_as_it_is(typed: str, sent: str) -> None:
    assert typed_path(typed) == sent


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "/",
        "companies",
        "//evil.example/x",
        "https://evil.example/",
        "/\\evil.example",
        "/a\tb",
        "/ /b",
        "/a\r\nX-Evil: 1",
        "/a#b",
        "/a/../users",
        "/a/%2e%2E/users",
        "/a/./b",
        "/a//b",
        "@evil.example",
        "?x=1",
        "/\ud800",
        "/" + "x" * MAX_QUERY,
    ],
)
def test_what_is_no_path_of_planhats_host_is_refused(bad: str) -> None:
    with pytest.raises(InputError):
        typed_path(bad)


@given(st.text(max_size=30))
def test_any_typed_text_stays_on_the_host_or_is_refused(text: str) -> None:
    try:
        sent = typed_path(text)
    except InputError:
        return
    assert sent.isascii()
    assert sent.startswith("/")
    assert not sent.startswith("//")
    assert not set(sent) & set(" \\#\r\n")
    assert "/../" not in unquote(sent.partition("?")[0]) + "/"
