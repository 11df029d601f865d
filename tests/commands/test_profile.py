from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.profile import SETTINGS, add_profile
from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.errors import (
    ConfigError,
    InputError,
    NotFoundError,
    OfflineError,
    RefusedError,
    TokenError,
)
from planhat_tui.model.records import User

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.commands.context import Context
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
            "mistake": "",
        },
        {
            "name": "us",
            "default": False,
            "label": "",
            "baseUrl": "https://api.planhat.com",
            "guardrails": "read-only",
            "mistake": "",
        },
    )
    assert two.told == []


def test_without_one_it_says_how_to_add_one(bare: Desk) -> None:
    assert bare.rows("profile", "list") == ()
    assert "profile add" in getattr(bare.shell("profile", "list"), "note", "")


def test_mistakes_are_told_with_their_place_and_every_profile_is_listed(bare: Desk) -> None:
    _write(bare, CONFIG + "  asia: {base_url: https://api.planhat.com}\n")
    rows = bare.rows("profile", "list")
    assert [profile["name"] for profile in rows] == ["eu", "us", "asia"]
    assert rows[2]["mistake"] == "Profile asia: token is missing."
    (problem,) = bare.told
    assert problem.startswith(f"{bare.paths.config_file}:6:")
    assert "Profile asia: token is missing" in problem


@pytest.mark.parametrize("text", ["profiles: [oops\n", "just words\n", "a: b: c\n"])
def test_a_file_that_is_no_config_at_all_is_an_error_and_no_empty_list(
    bare: Desk, text: str
) -> None:
    _write(bare, text)
    with pytest.raises(ConfigError) as caught:
        bare.shell("profile", "list")
    assert caught.value.exit_status == 2
    assert caught.value.line in {1, 2}


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


def test_a_second_profile_of_a_tenant_is_told_so(bare: Desk) -> None:
    def probe(_profile: Profile) -> User:
        return User.from_raw({"_id": "u1", "firstName": "Ada", "tenantId": "t1"})

    context = bare.context._replace(probe=probe)
    first = Profile("eu", "https://api.planhat.com", TokenSource("env", "EU"))
    assert "same tenant" not in add_profile(context, first, make_default=False).text
    done = add_profile(context, first._replace(name="again"), make_default=False)
    assert done.text.endswith(
        "It is the same tenant as eu: they share the local copy and the queue."
    )


def _good_at(desk: Desk, *addresses: str) -> Context:
    """Return a context in which the token is good at these addresses alone."""

    def probe(profile: Profile) -> User:
        desk.probed.append(profile)
        if profile.base_url not in addresses:
            raise TokenError(f"Not good at {profile.base_url}.", status=401)
        return User.from_raw({"_id": "u1", "firstName": "Ada"})

    return desk.context._replace(probe=probe)


def test_a_token_of_another_region_is_saved_with_that_region(bare: Desk) -> None:
    new = Profile("eu", "https://api.planhat.com", TokenSource("env", "EU"))
    done = add_profile(_good_at(bare, "https://api-us2.planhat.com"), new, make_default=False)
    assert done.text == "Profile eu is saved: you are Ada at https://api-us2.planhat.com."
    assert bare.config.find("eu").base_url == "https://api-us2.planhat.com"


def test_a_token_that_a_command_prints_is_had_once_for_all_regions(bare: Desk) -> None:
    held: list[Profile] = []

    def hold(profile: Profile) -> Profile:
        held.append(profile)
        return profile._replace(token=TokenSource("text", "printed"))

    bare.hold = hold
    source = TokenSource("command", "print it")
    new = Profile("eu", "https://api.planhat.com", source)
    add_profile(_good_at(bare, "https://api-us2.planhat.com"), new, make_default=False)
    assert held == [new]
    assert {one.token.value for one in bare.probed} == {"printed"}
    assert bare.config.find("eu").token == source


@pytest.mark.parametrize(
    ("address", "asked"), [("https://api.planhat.com", 6), ("https://api-eu.planhat.com", 1)]
)
def test_a_token_that_is_good_nowhere_is_told_as_at_first(
    bare: Desk, address: str, asked: int
) -> None:
    new = Profile("eu", address, TokenSource("env", "EU"))
    with pytest.raises(TokenError, match=f"Not good at {address}"):
        add_profile(_good_at(bare), new, make_default=False)
    assert len(bare.probed) == asked  # an address that somebody chose is the only one asked
    assert not bare.paths.config_file.exists()


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
    assert len(two.probed) == 1  # it says nothing of other regions
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


def test_planhat_tells_the_tenants_id_where_nobody_said(bare: Desk) -> None:
    bare.me = User.from_raw({"_id": "u1", "firstName": "Ada", "tenantId": "t-1"})
    bare.do("profile", "add", "eu", "--token-env", "EU")
    assert bare.config.find("eu").tenant_uuid == "t-1"
    bare.do("profile", "add", "us", "--token-env", "EU", "--tenant-uuid", "mine")
    assert bare.config.find("us").tenant_uuid == "mine"


@pytest.mark.parametrize(
    ("words", "source"),
    [
        (["--token-file", "~/t"], TokenSource("file", "~/t")),
        (["--token-file", "/run/t"], TokenSource("file", "/run/t")),
        (["--token-keyring", "eu"], TokenSource("keyring", "eu")),
        (["--token-stdin"], TokenSource("text", "s3cret")),
    ],
)
def test_a_token_may_come_from_elsewhere(bare: Desk, words: list[str], source: TokenSource) -> None:
    bare.secrets = ["s3cret"]
    bare.do("profile", "add", "eu", *words)
    assert bare.config.find("eu").token == source


def test_a_path_that_is_typed_is_kept_as_a_whole_one(
    bare: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bare.do("profile", "add", "eu", "--token-file", "token")
    assert bare.config.find("eu").token == TokenSource("file", str(tmp_path / "token"))


def test_everything_that_a_profile_says_can_be_said_in_the_shell(bare: Desk) -> None:
    words = """
        --base-url https://api-eu.planhat.com --auth basic --tenant-uuid t --external-user-id ada
        --label X --accent #ff8a65 --call-note-field Note --web-url https://app.example/{id}
        --proxy environment --read-only --no-delete --max-bulk 9 --confirm type --confirm-over 3
        --reason Ask. --dialect seed
    """.split()
    bare.do("profile", "add", "eu", "--token-env", "EU", *words)
    saved = bare.config.find("eu")
    plain = Profile("", "", TokenSource("text", ""))
    same = {name for name in Profile._fields if getattr(saved, name) == getattr(plain, name)}
    assert same == {"demo"}
    assert {param.name for param in SETTINGS} == {*Profile._fields} - {
        "name",
        "token",
        "demo",
    }


# -- edit


def test_a_setting_is_changed_and_comments_stay(two: Desk) -> None:
    done = two.do("profile", "edit", "eu", "--label", "PRODUCTION", "--no-delete")
    assert done.text == "Profile eu is changed."
    assert two.probed == []
    eu = two.config.find("eu")
    assert (eu.label, eu.no_delete, eu.token) == ("PRODUCTION", True, TokenSource("env", "EU"))
    assert "# the first" in two.paths.config_file.read_text()


def test_a_new_token_is_tested_before_its_saved(two: Desk) -> None:
    assert two.do("profile", "edit", "eu", "--token-env", "NEW").text == (
        "Profile eu is changed: you are Ada there."
    )
    two.me = TokenError("No.")
    with pytest.raises(TokenError):
        two.shell("profile", "edit", "eu", "--token-env", "OLD")
    assert two.config.find("eu").token == TokenSource("env", "NEW")


def test_a_setting_is_taken_out(two: Desk) -> None:
    two.do("profile", "edit", "us", "--unset", "read_only", "--unset", "reason")
    assert not two.config.find("us").read_only
    assert "reason" not in two.paths.config_file.read_text()
    with pytest.raises(InputError, match="Did you mean label"):
        two.shell("profile", "edit", "us", "--unset", "lable")


def test_nothing_given_changes_nothing(two: Desk) -> None:
    assert "so already" in two.do("profile", "edit", "eu").text
    assert two.paths.config_file.read_text() == CONFIG


@pytest.mark.parametrize(
    "words",
    [
        ["--accent", "red"],
        ["--max-bulk", "many"],
        ["--base-url", "http://api.planhat.com"],
        ["--web-url", "https://app.example/{uid}"],
        ["--token-env", "A", "--token-stdin"],
    ],
)
def test_what_cant_be_changes_nothing_either(two: Desk, words: list[str]) -> None:
    with pytest.raises(InputError):
        two.shell("profile", "edit", "eu", *words)
    assert two.probed == []
    assert two.paths.config_file.read_text() == CONFIG


# -- test


def test_a_profile_is_tested_and_told_who_one_is(two: Desk) -> None:
    two.me = User.from_raw({"_id": "u1", "firstName": "Ada", "tenantId": "t-1"})
    told = two.one("profile", "test", "us")
    assert (told["profile"], told["user"], told["tenantId"]) == ("us", "Ada", "t-1")
    assert two.one("profile", "test")["profile"] == "eu"
    assert [profile.name for profile in two.probed] == ["us", "eu"]


def test_the_profile_at_hand_is_tested_where_none_is_named(two: Desk) -> None:
    two.wanted = "us"
    assert two.one("profile", "test")["profile"] == "us"


def test_what_speaks_against_a_token_is_told(two: Desk) -> None:
    two.me = TokenError("The token isn't good here.")
    with pytest.raises(TokenError):
        two.shell("profile", "test")


def test_without_a_profile_there_is_nothing_to_test(bare: Desk) -> None:
    with pytest.raises(InputError, match="profile add"):
        bare.shell("profile", "test")


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
    assert two.do("profile", "remove", "eu").text == (
        "Profile eu is taken out of the config. us is the default now."
    )
    assert list(two.config.profiles) == ["us"]
    assert two.config.default == "us"


def test_not_while_edits_are_queued(two: Desk) -> None:
    two.queued = {"eu": 3}
    with pytest.raises(InputError, match="eu has 3 edits that Planhat doesn't have yet"):
        two.shell("profile", "remove", "eu")
    assert two.paths.config_file.read_text() == CONFIG


def test_not_while_only_a_token_that_is_not_there_tells_which_edits_are_its_own(
    two: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(name: str) -> int:
        raise TokenError(f"The token of {name} isn't there: X is unset.", "Set it.")

    monkeypatch.setattr(two, "count_queued", unknown)
    with pytest.raises(InputError, match="only its token tells: The token of eu isn't there"):
        two.shell("profile", "remove", "eu")
    assert two.paths.config_file.read_text() == CONFIG


def test_one_that_isnt_there_is_told(two: Desk) -> None:
    with pytest.raises(NotFoundError):
        two.shell("profile", "remove", "asia")


def test_one_with_a_mistake_is_taken_out_as_well(two: Desk) -> None:
    file = two.paths.config_file
    file.write_text(
        file.read_text().replace(
            "{base_url: https://api-eu", "{colour: blue, base_url: https://api-eu"
        )
    )
    assert "eu" in two.config.refused
    assert two.do("profile", "remove", "eu").text.startswith("Profile eu is taken out")
    assert "colour" not in file.read_text()


def test_an_address_with_a_slash_at_its_end_is_saved_without_it(two: Desk) -> None:
    two.shell(
        "profile", "edit", "eu", "--base-url", " https://api-eu.planhat.com/ ", "--label", "E"
    )
    told = two.rows("profile", "list")[0]
    assert (told["baseUrl"], told["label"]) == ("https://api-eu.planhat.com", "E")


# -- a token in the config itself


def test_a_token_that_the_config_holds_is_told_with_the_other_ways(bare: Desk) -> None:
    bare.secrets = ["s3cret"]
    told = bare.do("profile", "add", "eu").text
    assert "plain text" in told
    assert all(f"--token-{how}" in told for how in ("env", "command", "file", "keyring"))
    assert "plain text" not in bare.do("profile", "edit", "eu", "--token-env", "EU").text


def test_a_source_is_saved_as_it_is_meant(bare: Desk) -> None:
    bare.do("profile", "add", "eu", "--token-env", " $EU ")
    assert bare.config.find("eu").token == TokenSource("env", "EU")


# -- wipe


def test_a_tenant_is_wiped_after_its_queue_was_shown_and_its_name_typed(desk: Desk) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "set", "Acme Inc", "phase=won")
    _write(desk, CONFIG)
    done = desk.do("profile", "wipe", "eu")
    ((question, word),) = desk.asked
    assert word == "eu"
    assert "Planhat doesn't have 1 edit yet" in question
    assert "queued  Phase: Acme Inc" in question
    assert [profile.name for profile in desk.wiped] == ["eu"]
    assert "eu" in desk.config.profiles
    assert "any more" in done.text


def test_what_isnt_confirmed_is_kept(desk: Desk) -> None:
    _write(desk, CONFIG)
    desk.refusing = RefusedError("Nothing was done: that wasn't eu.")
    with pytest.raises(RefusedError):
        desk.shell("profile", "wipe", "eu")
    assert desk.asked[0][0].endswith("Planhat has all edits.")
    assert desk.wiped == []
