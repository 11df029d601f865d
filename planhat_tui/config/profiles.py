"""What the config says: profiles and settings. :mod:`planhat_tui.config.loading` reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self, TypeAlias

from planhat_tui.errors import ConfigError, NotFoundError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planhat_tui.config.views import SavedView
    from planhat_tui.model.views import View

How: TypeAlias = Literal["text", "env", "command", "file", "keyring"]
DEMO_NAMES: Final = ("demo", "demo-2")


class _Source(NamedTuple):
    how: How
    value: str


class TokenSource(_Source):
    """Where a token comes from. A plain one is never shown, not even in a traceback.

    ``value`` is in normal form: no blanks around it, a variable of the environment without ``$``.
    """

    __slots__ = ()

    def __new__(cls, how: How, value: str) -> Self:
        """Bring the value into its normal form."""
        value = value.strip()
        return super().__new__(cls, how, value.removeprefix("$") if how == "env" else value)

    def __repr__(self) -> str:
        """Return how it's had, never what it is."""
        return f"TokenSource(how={self.how!r})"


class Profile(NamedTuple):
    """One tenant, as whom we speak there, and what we may do.

    ``base_url`` is in normal form, into which who reads it brings it: see
    :func:`planhat_tui.model.addresses.plain_base_url`.
    """

    name: str
    base_url: str
    token: TokenSource
    auth: Literal["bearer", "basic"] = "bearer"
    tenant_uuid: str = ""
    external_user_id: str = ""
    label: str = ""
    accent: str = ""
    call_note_field: str = ""
    web_url: str = ""
    proxy: str = ""
    read_only: bool = False
    no_delete: bool = False
    max_bulk: int | None = None
    confirm: Literal["", "type"] = ""
    confirm_over: int = 25
    reason: str = ""
    dialect: Literal["auto", "modern", "seed"] = "auto"
    demo: bool = False

    @property
    def speaks(self) -> tuple[object, ...]:
        """What decides how Planhat is spoken to, and whether it lets us in."""
        return self.base_url, self.token, self.auth, self.proxy, self.dialect


class Settings(NamedTuple):
    """What holds for all profiles. ``refresh`` is seconds.

    ``history`` is how long it's kept what changed, in seconds, ``history_size`` how many megabytes
    of it.

    ``keys`` are the keys that differ from the table, those of the preset among them: Textual's
    names, parted by commas, by the command's name.
    """

    theme: str = "planhat-dark"
    refresh: float = 300.0
    history: float = 365 * 86_400.0
    history_size: int = 100
    preset: Literal["default", "vim"] = "default"
    keys: Mapping[str, str] = {}


class Config(NamedTuple):
    """What the file says. ``problems`` are mistakes, ``warnings`` what works and shouldn't be.

    ``default`` is the profile to open with; where the file has profiles and it can't be told which
    is meant, it's empty and ``undecided`` says why. ``sole`` is then the one that is right, where
    all others have mistakes and none is named: what is looked at may be it, what a script writes
    may not. ``refused`` are the mistakes of the profiles
    that can't be used, by their names. ``unreadable`` says that nothing of it could be used: its
    one problem tells why.
    """

    path: Path
    default: str = ""
    profiles: Mapping[str, Profile] = {}
    views: Mapping[str, SavedView] = {}
    settings: Settings = Settings()
    problems: tuple[ConfigError, ...] = ()
    warnings: tuple[str, ...] = ()
    unreadable: bool = False
    undecided: ConfigError | None = None
    sole: str = ""
    refused: Mapping[str, tuple[ConfigError, ...]] = {}

    @property
    def start_view(self) -> View | None:
        """The view to start with, ``None`` if none is."""
        return next((one.view for one in self.views.values() if one.start), None)

    def find(self, name: str) -> Profile:
        """Return a profile. Raises :class:`NotFoundError` with the nearest name, or its mistake."""
        if name in self.profiles:
            return self.profiles[name]
        if problems := self.refused.get(name):
            raise one_of(problems)
        near = nearest(name, self.profiles)
        advice = f"Did you mean {near}?" if near else "profile list shows what there is."
        raise NotFoundError(f"There is no profile {name}.", advice)


def one_of(problems: Sequence[ConfigError]) -> ConfigError:
    """Return the first of some mistakes, which says that there are others."""
    first, *others = problems
    if not others:
        return first
    more = f"{len(others)} more: planhat-tui config check tells all."
    return ConfigError(
        first.message,
        f"{first.advice}  {more}".strip(),
        path=first.path,
        line=first.line,
        column=first.column,
    )
