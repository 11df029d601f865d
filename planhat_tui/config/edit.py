"""Editing the config in place: comments and order stay.

The new text is re-read with our own strict reader and must mean what was intended before it
replaces the old file. ruamel.yaml is loaded here, when something is edited; it takes every scalar
as it's written, so that the two can't disagree about what one means.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.config.profiles import Config, Profile, parse_config
from planhat_tui.config.reading import parse, resolve
from planhat_tui.errors import ConfigError, InputError, NotFoundError, StorageError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.config.reading import Plain

_DEFAULTS = Profile("", "", None)  # type: ignore[arg-type] # only its defaults are read
_PLAIN = (
    "auth",
    "tenant_uuid",
    "external_user_id",
    "label",
    "accent",
    "call_note_field",
    "web_url",
    "proxy",
    "read_only",
    "no_delete",
    "max_bulk",
    "confirm",
    "confirm_over",
    "reason",
    "dialect",
)
_BESIDE: Final = 2
_ABOVE: Final = 3
"""Where ruamel.yaml keeps the comments of a key: beside and below it, and above its mapping."""


def add_profile(
    path: Path, profile: Profile, *, make_default: bool = False, try_only: bool = False
) -> None:
    """Add a profile; with ``try_only`` nothing is written, but everything is checked.

    Raises :class:`InputError` if the name is taken or a value can't be, or the file's error.
    """

    def intend(config: dict[str, Any]) -> None:
        profiles = config["profiles"] = config.get("profiles") or {}
        if profile.name in profiles:
            raise InputError(
                f"There is a profile {profile.name} already.", "Choose another name.", field="name"
            )
        profiles[profile.name] = _entry(profile)
        if make_default or not config.get("default"):
            config["default"] = profile.name

    def change(tree: Any, intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        profiles = tree.get("profiles")
        if not isinstance(profiles, dict):
            profiles = tree["profiles"] = _commented({})
        below = _take_comment(tree, "profiles") if profiles else ""
        profiles[profile.name] = _commented(_entry(profile))
        _give_comment(profiles, profile.name, below)
        tree["default"] = _scalar(intended["default"])

    def meant(config: Config) -> bool:
        for problem in config.problems:
            if problem.message.startswith(f"Profile {profile.name}:"):
                raise InputError(problem.message, problem.advice)
        return config.profiles.get(profile.name) == profile

    _edit(path, intend, change, meant, try_only=try_only)


def set_default(path: Path, name: str) -> None:
    """Let a profile be the one to open with."""

    def intend(config: dict[str, Any]) -> None:
        config["default"] = name

    def change(tree: Any, intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        tree["default"] = _scalar(intended["default"])

    _edit(path, intend, change, lambda config: config.default == name)


def remove_profile(path: Path, name: str) -> None:
    """Remove a profile; if it was the default, the first of the others is.

    Raises :class:`NotFoundError` if there is none of that name.
    """

    def intend(config: dict[str, Any]) -> None:
        profiles = config.get("profiles") or {}
        if name not in profiles:
            near = nearest(name, profiles)
            advice = f"Did you mean {near}?" if near else "profile list shows what there is."
            raise NotFoundError(f"There is no profile {name}.", advice)
        profiles.pop(name)
        config["profiles"] = profiles or None
        if config.get("default") == name:
            config.pop("default")

    def change(tree: Any, intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        _remove(tree, name)
        if "default" not in intended:
            tree.pop("default", None)

    _edit(path, intend, change, lambda config: name not in config.profiles)


def _entry(profile: Profile) -> dict[str, Any]:
    token: Any = profile.token.value
    if profile.token.how != "text":
        token = {profile.token.how: profile.token.value}
    entry: dict[str, Any] = {"base_url": profile.base_url, "token": token}
    for name in _PLAIN:
        value = getattr(profile, name)
        if value != getattr(_DEFAULTS, name):
            entry[name] = value
    return entry


def _edit(
    path: Path,
    intend: Callable[[dict[str, Any]], None],
    change: Callable[[Any, dict[str, Any]], None],
    meant: Callable[[Config], bool],
    *,
    try_only: bool = False,
) -> None:
    before = _read(path)
    root = parse(before, path)
    profiles = root.mapping("The config").get("profiles")
    if profiles is not None and profiles.value is not None:
        profiles.mapping("profiles")
    intended: Any = root.plain()
    intend(intended)
    after = _changed(before, path, lambda tree: change(tree, intended))
    if not (_means(after, path) == intended and meant(parse_config(after, path))):
        raise ConfigError(
            "The edit would not mean what was intended; the file stays as it is.",
            "Edit it by hand.",
            path=path,
        )
    if try_only:
        return
    if _read(path) != before:
        raise ConfigError("Somebody else changed it meanwhile.", "Try again.", path=path)
    _replace(path, after)


def _means(text: str, path: Path) -> Plain:
    try:
        return parse(text, path).plain()
    except ConfigError:
        return None


def _changed(before: str, path: Path, change: Callable[[Any], None]) -> str:
    from ruamel.yaml.error import YAMLError

    yaml, out = _yaml(), io.StringIO()
    text = before.replace("\r\n", "\n")
    try:
        tree = yaml.load(text)
        if tree is None:  # only comments, which ruamel.yaml would lose
            out.write(text if text.endswith("\n") or not text else f"{text}\n")
            tree = _commented({})
        change(tree)
        yaml.dump(tree, out)
    except YAMLError:  # its text would quote the file
        raise ConfigError("It can't be edited here.", "Edit it by hand.", path=path) from None
    after = out.getvalue()
    return after.replace("\n", "\r\n") if "\r\n" in before else after


def _yaml() -> Any:  # noqa: ANN401 -- loaded late
    from ruamel.yaml import YAML
    from ruamel.yaml.resolver import VersionedResolver

    class AsWritten(VersionedResolver):
        """Finds no meaning in a scalar; the strict reader does that."""

        @property
        def versioned_resolver(self) -> dict[str, Any]:
            return {}

    yaml = YAML()
    yaml.Resolver = AsWritten
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def _commented(entry: dict[str, Any]) -> Any:  # noqa: ANN401 -- ruamel's own mapping
    from ruamel.yaml.comments import CommentedMap

    made = CommentedMap()
    for key, value in entry.items():
        if isinstance(value, dict):
            made[key] = _commented(value)
            made[key].fa.set_flow_style()
        else:
            made[key] = _scalar(value)
    return made


def _scalar(value: str | bool | int) -> str:  # noqa: FBT001 -- a value, not a switch
    """Return how a value is written so that the strict reader reads it."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, str):
        is_plain = resolve(value) == value and value.isprintable()
        return value if is_plain else DoubleQuotedScalarString(value)
    return str(value).lower()


def _remove(tree: Any, name: str) -> None:  # noqa: ANN401 -- ruamel's own tree
    """Take a profile out; the comments below it belong to what follows, and stay."""
    profiles = tree["profiles"]
    names = list(profiles)
    at = names.index(name)
    below = _take_comment(profiles, name)
    profiles.pop(name)
    if at:
        _give_comment(profiles, names[at - 1], below)
        return
    slots = tree.ca.items.setdefault("profiles", [None] * 4)
    if profiles:
        slots[_ABOVE] = [*(slots[_ABOVE] or ()), *((_comment(below),) if below else ())]
        return
    above = "".join(token.value for token in slots[_ABOVE] or ())
    slots[_ABOVE] = None
    tree["profiles"] = ""  # written as nothing, which is null
    _give_comment(tree, "profiles", above + below)


def _last_line(mapping: Any, key: str) -> tuple[Any, str]:  # noqa: ANN401 -- ruamel's own mapping
    """Return the mapping and the key on the last line of what stands at a key."""
    value = mapping[key]
    while isinstance(value, dict) and value and not value.fa.flow_style():  # type: ignore[attr-defined] # a CommentedMap
        mapping, key = value, list(value)[-1]
        value = mapping[key]
    return mapping, key


def _take_comment(mapping: Any, key: str) -> str:  # noqa: ANN401 -- ruamel's own mapping
    """Take away the comment lines below what stands at a key; the one beside it stays."""
    mapping, key = _last_line(mapping, key)
    slots = mapping.ca.items.get(key)
    if slots is None or slots[_BESIDE] is None:
        return ""
    beside, _, below = slots[_BESIDE].value.partition("\n")
    if beside.strip():
        slots[_BESIDE].value = beside + "\n"
    else:
        slots[_BESIDE] = None
    return str(below)


def _give_comment(mapping: Any, key: str, below: str) -> None:  # noqa: ANN401 -- ruamel's own mapping
    """Write comment lines below what stands at a key."""
    if not below:
        return
    mapping, key = _last_line(mapping, key)
    slots = mapping.ca.items.setdefault(key, [None] * 4)
    if slots[_BESIDE] is None:
        slots[_BESIDE] = _comment("\n" + below)
    else:
        slots[_BESIDE].value += below


def _comment(lines: str) -> Any:  # noqa: ANN401 -- ruamel's own token
    from ruamel.yaml.error import CommentMark
    from ruamel.yaml.tokens import CommentToken

    return CommentToken(lines, CommentMark(0), None)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise ConfigError("This file isn't UTF-8 text.", "Save it as UTF-8.", path=path) from None
    except OSError as error:
        raise StorageError(
            f"{path} can't be read: {error.strerror}.", "Check its rights."
        ) from None


def _replace(path: Path, text: str) -> None:
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".config-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror}. Nothing was changed.",
            "Check the folder's rights, or name another file with PLANHAT_TUI_CONFIG.",
        ) from None
