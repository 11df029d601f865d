from __future__ import annotations

from pathlib import Path

import pytest

from planhat_tui.config.profiles import Config, Profile, Settings, TokenSource
from planhat_tui.config.watching import Reread
from planhat_tui.errors import ConfigError
from planhat_tui.tui.presentation.config_words import changed, mistaken

BEFORE = Config(Path("config.yaml"))
ACME = Profile("acme", "https://api.planhat.com", TokenSource("env", "ACME"))


def _said(later: tuple[str, ...] = (), theme: str = "planhat-dark", **settings: object) -> str:
    now = BEFORE._replace(settings=Settings()._replace(**settings))  # type: ignore[arg-type]
    return changed(Reread(BEFORE, now), later, theme)


def test_what_is_taken_up_is_named() -> None:
    now = BEFORE._replace(profiles={"acme": ACME}, settings=Settings(keys={"find": "f5"}))
    said = changed(Reread(BEFORE, now), (), "planhat-dark")
    assert said == "The config has changed: profiles, keys as it says now"


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("fjord", "The config has changed: theme as it says now"),
        ("paper", "paper stays on screen: it was chosen, or fjord isn't there"),
    ],
)
def test_a_theme_is_told_as_it_came_out(shown: str, told: str) -> None:
    now = BEFORE._replace(settings=Settings(theme="fjord"))
    assert changed(Reread(BEFORE, now), (), shown) == told


def test_what_waits_for_the_next_start_says_so() -> None:
    assert "hold from the next start on" in _said(refresh=60.0)
    assert "acme speaks to Planhat as before until the next start" in _said(("acme",))


def test_that_a_mistake_is_mended_is_said_where_nothing_else_is() -> None:
    mended = Reread(BEFORE, BEFORE, mended=True)
    assert changed(mended, (), "planhat-dark") == "The config is in order again"


def test_a_mistake_is_told_with_its_place_and_how_many_others_there_are() -> None:
    wrong = ConfigError("No.", "Mend it.", path=Path("config.yaml"), line=3, column=5)
    assert "config.yaml:3:5" in mistaken([wrong])
    assert "the config holds as it was" in mistaken([wrong])
    assert "1 mistake more: config check" in mistaken([wrong, wrong])
