from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.errors import InputError
from planhat_tui.tui.screens.profile_form import (
    NEW,
    PLAIN,
    ProfileForm,
    is_kept_plain,
    profile_of,
    put_in,
    without_tokens,
)
from tests.tui.stage import Stage, answered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.values import Json

TYPED = {
    "name": "acme",
    "base_url": "https://api.planhat.com",
    "token": "",
    "token_from": "ACME",
    "auth": "",
    "tenant_uuid": "t-1",
    "external_user_id": "max",
    "label": "X",
    "allowed": "",
}
ACME = Profile("acme", "https://api.planhat.com", TokenSource("text", "s3cret"), accent="#ffffff")


class Notes:
    """What a machine remembers, as far as a form needs it."""

    def __init__(self) -> None:
        self.drafts: dict[str, Mapping[str, Json]] = {}

    def history(self, tenant: str) -> tuple[str, ...]:
        raise AssertionError(tenant)

    def remember_line(self, text: str, tenant: str) -> None:
        raise AssertionError(text, tenant)

    def has_seen(self, name: str) -> bool:
        raise AssertionError(name)

    def see(self, name: str) -> None:
        raise AssertionError(name)

    def come_on_screen(self, profile: str) -> None:
        raise AssertionError(profile)

    def draft(self, key: str) -> Mapping[str, Json] | None:
        return self.drafts.get(key)

    def keep_draft(self, key: str, data: Mapping[str, Json]) -> None:
        self.drafts[key] = data


def _wrong(before: Profile = NEW, **typed: str) -> InputError:
    with pytest.raises(InputError) as caught:
        profile_of({**TYPED, **typed}, before)
    return caught.value


def test_what_is_typed_is_the_profile() -> None:
    assert profile_of(TYPED, NEW) == Profile(
        "acme",
        "https://api.planhat.com",
        TokenSource("env", "ACME"),
        tenant_uuid="t-1",
        external_user_id="max",
        label="X",
    )


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("ACME", TokenSource("env", "ACME")),
        ("env ACME", TokenSource("env", "ACME")),
        ("command pass show acme", TokenSource("command", "pass show acme")),
        ("file: ~/acme token", TokenSource("file", "~/acme token")),
        ("keyring acme", TokenSource("keyring", "acme")),
    ],
)
def test_a_token_comes_from_where_it_is_said(written: str, source: TokenSource) -> None:
    assert profile_of({**TYPED, "token_from": written}, NEW).token == source


def test_a_token_that_is_kept_needs_no_word() -> None:
    assert profile_of({**TYPED, "token_from": ""}, ACME).token == ACME.token
    changed = profile_of({**TYPED, "token": "new", "token_from": ""}, ACME)
    assert changed.token == TokenSource("text", "new")
    assert changed.accent == ACME.accent, "what the form doesn't ask for stays"


@pytest.mark.parametrize(
    ("allowed", "read_only", "no_delete"),
    [("everything", False, False), ("No delete", False, True), ("read", True, False)],
)
def test_guardrails_are_said_in_a_word(allowed: str, read_only: bool, no_delete: bool) -> None:  # noqa: FBT001 -- cases
    made = profile_of({**TYPED, "allowed": allowed}, NEW)
    assert (made.read_only, made.no_delete) == (read_only, no_delete)


def test_read_only_takes_no_other_guardrail_away() -> None:
    before = ACME._replace(read_only=True, no_delete=True)
    made = profile_of({**TYPED, "token_from": "", "allowed": "read only"}, before)
    assert (made.read_only, made.no_delete) == (True, True)


def test_every_mistake_stands_at_its_field() -> None:
    assert _wrong(name="").field == "name"
    assert _wrong(base_url="").field == "base_url"
    assert _wrong(token_from="").field == "token"
    assert _wrong(token="x").field == "token"
    assert _wrong(auth="digest").field == "auth"
    assert _wrong(allowed="nothing").field == "allowed"
    wrong = _wrong(token_from="fiel ~/x")
    assert (wrong.field, wrong.advice) == ("token_from", "Did you mean file?")


@pytest.mark.parametrize("typed", ["https://api.planhat.com/", "  https://api.planhat.com// "])
def test_an_address_is_the_same_with_a_slash_at_its_end(typed: str) -> None:
    assert profile_of({**TYPED, "base_url": typed}, NEW) == profile_of(TYPED, NEW)


@pytest.mark.parametrize(
    ("token", "written", "before", "plain"),
    [
        ("", "", None, False),
        ("s3cret", "", None, True),
        ("", "env ACME", None, False),
        ("", "", ACME, True),
        ("", "env ACME", ACME, False),
        ("", "", ACME._replace(token=TokenSource("env", "ACME")), False),
    ],
)
def test_a_token_that_the_config_itself_would_hold_is_known(
    token: str, written: str, before: Profile | None, *, plain: bool
) -> None:
    assert is_kept_plain(token, written, before) is plain


async def test_the_form_warns_in_words_while_such_a_token_stands_in_it() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        form = ProfileForm(Notes())
        await app.push_screen(form)
        assert form.said == ""
        shown = "\n".join(app.lines)
        assert "plain text in the config; or" in shown
        assert "env NAME, command pass x, file ~/x, keyring x" in shown
        form.fields["token"].line.focus()
        await pilot.press("s")
        assert form.said == PLAIN
        assert all(way in PLAIN for way in ("env NAME", "command pass", "file ~/", "keyring x"))
        await pilot.press("backspace")
        assert form.said == ""


@pytest.mark.parametrize("name", ["acme eu", "demo", "a/b"])
def test_a_name_that_no_profile_can_have_is_told_at_the_name(name: str) -> None:
    error = _wrong(name=name)
    assert (error.field, error.advice) == ("name", "Choose another.")
    assert name in error.message


def test_a_token_that_was_typed_for_the_address_is_told_there_and_not_repeated() -> None:
    error = _wrong(base_url="s3cret-t0ken")
    assert error.field == "base_url"
    assert "s3cret-t0ken" not in str(error)


async def test_a_field_that_is_wrong_gets_the_focus_to_be_corrected_not_typed_over() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        form = ProfileForm(Notes())
        await app.push_screen(form)
        form.fields["base_url"].value = "planhat"
        form.fault(InputError("No.", field="base_url"))
        await pilot.pause()
        line = form.fields["base_url"].line
        assert line.has_focus
        assert (line.selection.is_empty, line.cursor_position) == (True, len("planhat"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"token": "s3cret", "label": "X"}, {"label": "X"}),
        ({"token_from": "env ACME"}, {"token_from": "env ACME"}),
        ({"token_from": "command: pass acme"}, {"token_from": "command: pass acme"}),
        ({"token_from": "ACME_TOKEN"}, {"token_from": "ACME_TOKEN"}),
        ({"token_from": "S3CRETT0KEN"}, {}),
        ({"token_from": "s3cret-t0ken"}, {}),
        ({"token_from": "bearer s3cret"}, {}),
        ({"base_url": "s3cret-t0ken"}, {}),
        ({"base_url": "https://api.planhat.com/"}, {"base_url": "https://api.planhat.com/"}),
    ],
)
def test_no_draft_holds_what_may_be_a_token(typed: dict[str, str], kept: dict[str, str]) -> None:
    assert without_tokens(typed) == kept


async def test_what_is_typed_is_a_draft_that_a_later_form_begins_with() -> None:
    app, notes = Stage(), Notes()
    async with app.run_test(size=(80, 24)) as pilot:
        form = ProfileForm(notes)
        await app.push_screen(form)
        await pilot.press(*"nord", "tab", "tab", *"s3cret")
        await answered(app, pilot)
        assert notes.drafts == {"tenant:": {"name": "nord"}}
        await pilot.press("escape")
        again = ProfileForm(notes, None, notes.draft("tenant:"))
        await app.push_screen(again)
        await answered(app, pilot)
        assert (again.typed["name"], again.typed["token"]) == ("nord", "")
        assert again.said.startswith("The draft is here again, without the token.")


async def test_of_a_tenant_that_is_changed_only_what_differs_is_kept() -> None:
    app, notes = Stage(), Notes()
    async with app.run_test(size=(80, 24)) as pilot:
        form = ProfileForm(notes, ACME)
        await app.push_screen(form)
        form.fields["label"].line.focus()
        await pilot.press(*"X")
        await answered(app, pilot)
        assert notes.drafts == {"tenant:acme": {"label": "X"}}
        await pilot.press("backspace")
        await answered(app, pilot)
        assert notes.drafts == {"tenant:acme": {}}


@pytest.mark.parametrize(
    ("before", "now", "count"),
    [
        ("", "s3cret-t0ken", 12),
        ("s3cret-t0ken", "another-t0k", 11),
        ("s3cret-t0ken", "s3cret-t0kenx", 1),
        ("s3cret-t0ken", "s3cret-ken", 0),
        ("aaaa", "aaaaaaaaaaaa", 8),
        ("s3cret-t0ken", "", 0),
    ],
)
def test_a_token_that_is_pasted_over_another_is_told_from_letters(
    before: str, now: str, count: int
) -> None:
    assert put_in(before, now) == count
