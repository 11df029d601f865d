"""Tokens: where they come from, and what they must be made of. None is ever quoted."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING, Final, SupportsIndex

from planhat_tui.errors import TokenError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.config.profiles import TokenSource

_COMMAND_SECONDS: Final = 30


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
