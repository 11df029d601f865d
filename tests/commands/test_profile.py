from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.config.profiles import TokenSource
from planhat_tui.errors import ConfigError, InputError, NotFoundError, OfflineError, TokenError
from planhat_tui.model.records import User

if TYPE_CHECKING:
    from tests.commands.conftest import Desk

CONFIG = """\
# mine
default: eu
profiles:
  eu: {base_url: https://api-eu.planhat.com, token: {env: EU}, label: EUROPE}  # the first
  us: {base_url: https://api.planhat.com, token: {env: US}, read_only: true, reason: Ask.}
"""


@pytest.fixture
def two(bare: Desk) -> Desk:
    """Return a desk whose config names two tenants."""
    _write(bare, CONFIG)
    return bare


def _write(desk: Desk, text: str) -> None:
    desk.paths.config_file.parent.mkdir(parents=True, exist_ok=True)
    desk.paths.config_file.write_text(text)
    desk.paths.config_file.chmod(0o600)


# -- list


def test_profiles_are_listed_and_no_token_is(two: Desk) -> None:
    assert two.rows("profile", "list") == (
        {
            "name": "eu",
            "default": True,
            "label": "EUROPE",
            "baseUrl": "https://api-eu.planhat.com",
            "guardrails": "",
        },
        {
            "name": "us",
            "default": False,
            "label": "",
            "baseUrl": "https://api.planhat.com",
            "guardrails": "read-only",
        },
    )
    assert two.told == []


def test_without_one_it_says_how_to_add_one(bare: Desk) -> None:
    assert bare.rows("profile", "list") == ()
    assert "profile add" in getattr(bare.shell("profile", "list"), "note", "")


def test_mistakes_are_told_with_their_place_and_the_others_are_listed(bare: Desk) -> None:
    _write(bare, CONFIG + "  asia: {base_url: https://api.planhat.com}\n")
    assert [profile["name"] for profile in bare.rows("profile", "list")] == ["eu", "us"]
    (problem,) = bare.told
    assert problem.startswith(f"{bare.paths.config_file}:6:")
    assert "Profile asia: token is missing" in problem


def test_a_token_as_plain_text_is_warned_about_and_not_shown(bare: Desk) -> None:
    _write(bare, "profiles:\n  eu: {base_url: https://api.planhat.com, token: s3cret}\n")
    bare.rows("profile", "list")
    assert "plain text" in bare.told[0]
    assert "s3cret" not in bare.told[0]


# -- add


def test_a_tenant_is_added_after_its_token_was_tested(bare: Desk) -> None:
    words = ["--token-env", "EU", "--base-url", "https://api-eu.planhat.com", "--label", "EUROPE"]
    done = bare.do("profile", "add", "eu", *words, "--external-user-id", "ada7", "--no-delete")
    assert done.text == "Profile eu is saved: you are Ada there."
    (tested,) = bare.probed
    saved = bare.config.find("eu")
    assert saved == tested
    assert (saved.token, saved.label, saved.external_user_id, saved.no_delete) == (
        TokenSource("env", "EU"),
        "EUROPE",
        "ada7",
        True,
    )
    assert bare.config.default == "eu"


def test_planhat_tells_who_logs_calls_where_nobody_said(bare: Desk) -> None:
    bare.me = User.from_raw({"_id": "u1", "firstName": "Ada", "externalId": "ada7"})
    bare.do("profile", "add", "eu", "--token-env", "EU")
    assert bare.config.find("eu").external_user_id == "ada7"


def test_a_token_without_a_source_is_asked_for(bare: Desk) -> None:
    bare.secrets = ["s3cret"]
    done = bare.do("profile", "add", "eu")
    assert bare.config.find("eu").token == TokenSource("text", "s3cret")
    assert "s3cret" not in done.text
    assert bare.paths.config_file.stat().st_mode & 0o777 == 0o600


def test_a_command_may_print_the_token(bare: Desk) -> None:
    bare.do("profile", "add", "eu", "--token-command", "pass show planhat")
    assert bare.config.find("eu").token == TokenSource("command", "pass show planhat")


def test_a_second_one_is_no_default_unless_its_asked_for(two: Desk) -> None:
    two.do("profile", "add", "asia", "--token-env", "ASIA")
    assert two.config.default == "eu"
    two.do("profile", "add", "africa", "--token-env", "AFRICA", "--default")
    assert two.config.default == "africa"
    assert "# the first" in two.paths.config_file.read_text()


@pytest.mark.parametrize("refusal", [TokenError("No."), OfflineError("Nobody there.")])
def test_nothing_is_saved_when_the_test_fails(
    two: Desk, refusal: TokenError | OfflineError
) -> None:
    two.me = refusal
    with pytest.raises(type(refusal)):
        two.shell("profile", "add", "asia", "--token-env", "ASIA")
    assert two.paths.config_file.read_text() == CONFIG


@pytest.mark.parametrize(
    "words",
    [
        ["eu", "--token-env", "X"],
        ["demo", "--token-env", "X"],
        ["a b", "--token-env", "X"],
        ["asia", "--token-env", "X", "--base-url", "http://api.planhat.com"],
        ["asia", "--token-env", "X", "--token-command", "y"],
    ],
    ids=["taken", "the demo's", "no name", "no TLS", "two tokens"],
)
def test_what_cant_be_saved_isnt_even_tested(two: Desk, words: list[str]) -> None:
    with pytest.raises(InputError):
        two.shell("profile", "add", *words)
    assert two.probed == []
    assert two.paths.config_file.read_text() == CONFIG


def test_a_config_that_cant_be_read_isnt_written_over(bare: Desk) -> None:
    _write(bare, "profiles: [oops\n")
    with pytest.raises(ConfigError):
        bare.shell("profile", "add", "eu", "--token-env", "EU")
    assert bare.paths.config_file.read_text() == "profiles: [oops\n"


# -- use


def test_in_a_shell_it_becomes_the_default(two: Desk) -> None:
    assert two.do("profile", "use", "us").text == "us is the profile to open with."
    assert two.config.default == "us"
    assert "# the first" in two.paths.config_file.read_text()


def test_on_the_screen_it_is_switched_to(two: Desk) -> None:
    two.switched = []
    two.colon("profile use us")
    assert two.switched == ["us"]
    assert two.config.default == "eu"


def test_one_that_isnt_there_names_the_nearest(two: Desk) -> None:
    two.do("profile", "add", "acme-eu", "--token-env", "X")
    with pytest.raises(NotFoundError, match=r"There is no profile acme-ue\.  Did you mean acme-eu"):
        two.shell("profile", "use", "acme-ue")


def test_one_with_a_mistake_tells_its_mistake(bare: Desk) -> None:
    _write(bare, CONFIG + "  asia: {base_url: https://api.planhat.com}\n")
    with pytest.raises(ConfigError, match="token is missing"):
        bare.shell("profile", "use", "asia")


def test_the_demo_isnt_a_default(two: Desk) -> None:
    with pytest.raises(InputError, match="The demo can't be the default"):
        two.shell("profile", "use", "demo")


# -- remove


def test_a_profile_is_taken_out(two: Desk) -> None:
    assert two.do("profile", "remove", "eu").text == "Profile eu is taken out of the config."
    assert list(two.config.profiles) == ["us"]
    assert two.config.default == "us"


def test_not_while_edits_are_queued(two: Desk) -> None:
    two.queued = {"eu": 3}
    with pytest.raises(InputError, match="eu has 3 edits that Planhat doesn't have yet"):
        two.shell("profile", "remove", "eu")
    assert two.paths.config_file.read_text() == CONFIG


def test_one_that_isnt_there_is_told(two: Desk) -> None:
    with pytest.raises(NotFoundError):
        two.shell("profile", "remove", "asia")
