"""Tokens: where they come from, and what they must be made of. None is ever quoted."""

from __future__ import annotations

import shlex
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, SupportsIndex

from planhat_tui.errors import TokenError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from planhat_tui.config.profiles import TokenSource

_COMMAND_SECONDS: Final = 30
_LARGEST: Final = 65_536
"""Bytes of a token's file that are read: what is larger holds something else."""
SERVICE: Final = "planhat-tui"
"""The name under which a keyring keeps our tokens."""
OTHER_WAYS: Final = "Or take the token from {env: NAME}, {command: ...} or {file: PATH}."


def resolve_token(source: TokenSource, env: Mapping[str, str]) -> Token:
    """Return the token, trimmed. Raises :class:`TokenError`, which never quotes it."""
    match source.how:
        case "text":
            token = source.value
        case "env":
            token = env.get(source.value, "")
            if not token.strip():
                raise TokenError(
                    f"The environment has no {source.value}.", f"Set it: export {source.value}=..."
                )
        case "command":
            token = _from_command(source.value, env)
        case "file":
            token = _from_file(source.value)
        case "keyring":
            token = _from_keyring(source.value)
    return checked(token)


class Token(str):
    """A token that no traceback shows: not its text, and no part of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Token(...)"

    def __getitem__(self, key: SupportsIndex | slice) -> Token:
        return Token(super().__getitem__(key))


def checked(token: str) -> Token:
    """Return a token without blanks around it, if a header can hold it."""
    trimmed = token.strip()
    if not trimmed:
        raise TokenError("The token is empty.", "Copy it again from Planhat's settings.")
    if not all("!" <= char <= "~" for char in trimmed):
        raise TokenError(
            "The token has characters that no token has.", "Copy it again from Planhat's settings."
        )
    return Token(trimmed)


def _from_command(command: str, env: Mapping[str, str]) -> str:
    import subprocess  # late: most tokens come from elsewhere

    advice = "Run it in a terminal: it must print the token and nothing else."
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise TokenError(f"The token's command can't be read: {error}.", advice) from None
    if not words:
        raise TokenError("The token's command is empty.", advice)
    failed: TokenError
    try:
        done = subprocess.run(  # noqa: S603 -- the command is the user's own, and no shell reads it
            words,
            capture_output=True,
            timeout=_COMMAND_SECONDS,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        failed = TokenError(f"The token's command took over {_COMMAND_SECONDS} s.", advice)
    except OSError as error:  # its text would quote the command
        failed = TokenError(f"The token's command can't run: {error.strerror}.", advice)
    except ValueError as error:
        failed = TokenError(f"The token's command can't run: {error}.", advice)
    else:
        return _printed(done, advice)
    raise failed  # here, where it has no context: what the command printed may hang on that


def _printed(done: subprocess.CompletedProcess[bytes], advice: str) -> str:
    if done.returncode != 0:
        raise TokenError(f"The token's command ended with status {done.returncode}.", advice)
    return done.stdout.decode("utf-8", "replace")


def _from_file(written: str) -> str:
    advice = "Write the token into it, and nothing else."
    try:
        path = Path(written).expanduser()
        with path.open("rb") as file:
            others = path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
            held = file.read(_LARGEST + 1)
    except OSError as error:
        raise TokenError(
            f"The token's file {written} can't be read: {error.strerror}.", advice
        ) from None
    except (RuntimeError, ValueError):  # ~somebody that this system doesn't know, a NUL
        raise TokenError(f"The token's file {written!r} is no path.", advice) from None
    if others:
        raise TokenError(
            f"The token's file {written} can be read by others.",
            f"Run: chmod 600 {shlex.quote(str(path))}",
        )
    if len(held) > _LARGEST:
        raise TokenError(f"The token's file {written} holds more than a token.", advice)
    return held.decode("utf-8", "replace")


def _from_keyring(name: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        raise TokenError(
            "Keyrings need one more package, and it isn't installed.",
            f"Run: pip install 'planhat-tui[keyring]'. {OTHER_WAYS}",
        ) from None
    try:
        token = keyring.get_password(SERVICE, name)
    except NoKeyringError:
        raise TokenError("This system has no keyring.", OTHER_WAYS) from None
    except KeyringError:  # its text may come from anywhere
        raise TokenError("The keyring can't be opened.", f"Unlock it. {OTHER_WAYS}") from None
    if not token:
        raise TokenError(
            f"The keyring has no token {name}.",
            f"Run: keyring set {SERVICE} {shlex.quote(name)}. {OTHER_WAYS}",
        )
    return str(token)
