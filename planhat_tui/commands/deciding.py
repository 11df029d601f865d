"""Who said it: a flag goes before the environment, that before the config, that before the default.

``doctor`` tells for each choice which of them won, and over which others. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planhat_tui.commands.examining import Finding
from planhat_tui.config.profiles import DEMO_NAMES, Settings
from planhat_tui.errors import PlanhatTuiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planhat_tui.config.paths import Paths
    from planhat_tui.config.profiles import Config


class Said(NamedTuple):
    """One who has a say: what it says, and who it is. An empty ``value`` says nothing."""

    value: str
    who: str


def chosen(
    paths: Paths, config: Config, env: Mapping[str, str], flags: Mapping[str, str]
) -> Iterator[Finding]:
    """Tell of home, config, profile and theme who decided them."""
    home, file = "PLANHAT_TUI_HOME", "PLANHAT_TUI_CONFIG"
    yield _told("home", [_from(env, home), Said(str(paths.data.parent), "the system's own")])
    yield _told(
        "config",
        [
            _from(env, file),
            Said(str(paths.config_file) if env.get(home) else "", f"{home} in the environment"),
            Said(str(paths.config_file), "the system's own"),
        ],
    )
    yield _profile(config, env, flags)
    plain = Settings().theme
    named = config.settings.theme
    yield _told(
        "theme",
        [
            Said(flags.get("theme", ""), "the flag --theme"),
            Said(named if named != plain else "", "the config"),
            Said(plain, "the default"),
        ],
    )


def _profile(config: Config, env: Mapping[str, str], flags: Mapping[str, str]) -> Finding:
    named = [
        Said(DEMO_NAMES[0] if flags.get("demo") else "", "the flag --demo"),
        Said(flags.get("profile", ""), "the flag --profile"),
        _from(env, "PLANHAT_TUI_PROFILE"),
    ]
    asked = next((one for one in named if one.value), None)
    if asked is not None and asked.value not in DEMO_NAMES:
        try:
            config.find(asked.value)
        except PlanhatTuiError as error:
            return Finding("chosen", "profile", "bad", error.message, error.advice)
    why = config.undecided
    if why is not None and asked is None:
        return Finding("chosen", "profile", "warn", f"none: {why.message}", why.advice)
    if asked is None and not config.default:
        told = f"none: the explorer opens {DEMO_NAMES[0]}, commands need one"
        todo = "planhat-tui profile add NAME adds yours; --demo works on practice data."
        return Finding("chosen", "profile", "ok", told, todo)
    return _told("profile", [*named, Said(config.default, "the config")])


def _from(env: Mapping[str, str], name: str) -> Said:
    return Said(env.get(name, ""), f"{name} in the environment")


def _told(subject: str, said: Sequence[Said]) -> Finding:
    """Return who won, the first who says anything, and those who said something else."""
    winner, *others = [one for one in said if one.value]
    over = [f"{one.who} ({one.value})" for one in others if one.value != winner.value]
    more = f"; before {', '.join(over)}" if over else ""
    return Finding("chosen", subject, "ok", f"{winner.value}, by {winner.who}{more}")
