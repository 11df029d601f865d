from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.deciding import chosen
from planhat_tui.config.paths import find_paths
from planhat_tui.config.profiles import Config, Profile, Settings, TokenSource
from planhat_tui.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME = {"PLANHAT_TUI_HOME": "/h"}
PLAIN = Config(Path("/h/config.yaml"))
NAMED = PLAIN._replace(
    default="eu",
    profiles={
        name: Profile(name, "https://h", TokenSource("text", "t")) for name in ("eu", "us", "asia")
    },
    settings=Settings(theme="fjord"),
)

LOST = NAMED._replace(
    default="", undecided=ConfigError("default su is no profile.", path=PLAIN.path)
)


def _told(
    subject: str,
    config: Config = NAMED,
    env: Mapping[str, str] = HOME,
    flags: Mapping[str, str] = {},
) -> str:
    found = {one.subject: one.text for one in chosen(find_paths(env), config, env, flags)}
    return found[subject]


@pytest.mark.parametrize(
    ("subject", "config", "env", "flags", "told"),
    [
        ("home", PLAIN, {}, {}, "/h, by PLANHAT_TUI_HOME in the environment"),
        ("config", PLAIN, {}, {}, "/h/config.yaml, by PLANHAT_TUI_HOME in the environment"),
        ("config", PLAIN, {"PLANHAT_TUI_CONFIG": "/c"}, {}, "/c, by PLANHAT_TUI_CONFIG in the env"),
        ("profile", PLAIN, {}, {}, "none: the explorer opens demo, commands need one"),
        ("profile", NAMED, {}, {}, "eu, by the config"),
        ("profile", LOST, {}, {}, "none: default su is no profile."),
        ("profile", LOST, {}, {"profile": "us"}, "us, by the flag --profile"),
        ("profile", NAMED, {"PLANHAT_TUI_PROFILE": "us"}, {}, "us, by PLANHAT_TUI_PROFILE in the"),
        ("profile", NAMED, {"PLANHAT_TUI_PROFILE": "us"}, {"profile": "asia"}, "asia, by the flag"),
        ("profile", NAMED, {}, {"demo": "demo", "profile": "asia"}, "demo, by the flag --demo"),
        ("theme", PLAIN, {}, {}, "planhat-dark, by the default"),
        ("theme", NAMED, {}, {}, "fjord, by the config; before the default (planhat-dark)"),
        ("theme", NAMED, {}, {"theme": "paper"}, "paper, by the flag --theme; before the config"),
    ],
)
def test_who_comes_first_wins_and_says_over_whom(
    subject: str, config: Config, env: Mapping[str, str], flags: Mapping[str, str], told: str
) -> None:
    assert _told(subject, config, {**HOME, **env}, flags).startswith(told)


def test_the_order_is_flag_environment_file_default() -> None:
    env = {**HOME, "PLANHAT_TUI_PROFILE": "us"}
    assert _told("profile", NAMED, env, {"profile": "asia"}) == (
        "asia, by the flag --profile; before PLANHAT_TUI_PROFILE in the environment (us),"
        " the config (eu)"
    )


@pytest.mark.parametrize(
    ("env", "flags"), [({}, {"profile": "asai"}), ({"PLANHAT_TUI_PROFILE": "asai"}, {})]
)
def test_a_profile_that_isnt_there_is_to_be_mended(
    env: Mapping[str, str], flags: Mapping[str, str]
) -> None:
    findings = chosen(find_paths(HOME), NAMED, {**HOME, **env}, flags)
    (found,) = [one for one in findings if one.subject == "profile"]
    assert found.state == "bad"
    assert (found.text, found.todo) == ("There is no profile asai.", "Did you mean asia?")
