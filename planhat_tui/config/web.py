"""The page of a company in Planhat's web app, by the template that the profile has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from planhat_tui.errors import InputError
from planhat_tui.model.records import NEW_ID_PREFIX, text_of

if TYPE_CHECKING:
    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.values import Raw

FIELDS = {"id": "_id", "externalId": "externalId", "slug": "slug", "name": "name"}
"""What a template can hold, in braces, and the field of the company that it stands for."""

EXAMPLE = "web_url: https://app.planhat.com/profile/{id}"


def no_template(profile: Profile) -> str:
    """Return what is missing, as a sentence; empty if the profile has a template."""
    if profile.web_url:
        return ""
    if profile.demo:
        return "Practice data has no pages in the web app"
    return f"Profile {profile.name} doesn't say where the web app is.  In the config: {EXAMPLE}"


def page_of(profile: Profile, company: Raw) -> str:
    """Return the address of a company's page; what is put in is percent-encoded.

    Raises :class:`InputError` if the template or a value is missing.
    """
    if missing := no_template(profile):
        raise InputError(missing)
    if text_of(company, "_id").startswith(NEW_ID_PREFIX):
        raise InputError("It isn't in Planhat yet, so it has no page.", "o shows what waits")

    def value(found: re.Match[str]) -> str:
        text = text_of(company, FIELDS[found[1]])
        if not text:
            raise InputError(f"It has no {found[1]}, which the address of its page needs.")
        return quote(text, safe="")

    return re.sub(r"\{(\w+)\}", value, profile.web_url)
