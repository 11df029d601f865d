from __future__ import annotations

import pytest

from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.config.web import FIELDS, no_template, page_of
from planhat_tui.errors import InputError

COMPANY = {"_id": "5f1", "externalId": "a/b", "slug": "acme", "name": "Acme & Söner?"}


def _profile(template: str) -> Profile:
    return Profile("acme", "https://api.planhat.com", TokenSource("env", "T"), web_url=template)


def test_what_is_put_into_the_template_is_encoded() -> None:
    template = "https://app.example/{id}/{externalId}?slug={slug}#{name}"
    assert page_of(_profile(template), COMPANY) == (
        "https://app.example/5f1/a%2Fb?slug=acme#Acme%20%26%20S%C3%B6ner%3F"
    )


def test_without_a_template_it_says_what_to_put_where() -> None:
    assert no_template(_profile("https://app.example/{id}")) == ""
    with pytest.raises(InputError, match=r"In the config: web_url: https://.*\{id\}"):
        page_of(_profile(""), COMPANY)


@pytest.mark.parametrize("name", FIELDS)
def test_a_value_that_isnt_there_is_named(name: str) -> None:
    company = {key: value for key, value in COMPANY.items() if key != FIELDS[name]}
    with pytest.raises(InputError, match=f"It has no {name}"):
        page_of(_profile(f"https://app.example/{{{name}}}"), company)


def test_a_company_that_planhat_doesnt_have_yet_has_no_page() -> None:
    with pytest.raises(InputError, match="isn't in Planhat yet"):
        page_of(_profile("https://app.example/{id}"), {"_id": "new-1"})
