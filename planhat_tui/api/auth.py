"""As whom we speak, and to which address: checked before a single byte is sent.

API reference 2016, "Authentication": the token goes into the header ``Authorization``, as
``Bearer TOKEN`` or as ``Basic base64(TOKEN:)``. A pasted token often has a newline at its end.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import codepoint2name
from io import BytesIO
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from planhat_tui.errors import InputError, TokenError
from planhat_tui.model.addresses import plain_base_url

Auth = Literal["bearer", "basic"]

_VISIBLE_ASCII: Final = re.compile(r"[!-~]+")
_PATH: Final = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?")
_HOST: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_ADDRESS: Final = re.compile(r"[!-~]+")
_SCRUBBED: Final = "[token]"
_FIRST_RUN: Final = r"\\(?<!\\\\)\\*+"
"""Backslashes from the first of them on; it begins with the letter, which is quickly looked for."""

_AT_ONCE: Final = 64 * 1024
"""Bytes of a body that are looked through while all else waits."""
_LONGEST: Final = 64 * 1024
"""Bytes that a token takes at most, however it is escaped: one that begins in a part may end in the
next."""


@lru_cache(maxsize=16)
def _pattern(secret: str) -> str:
    """Return what finds a secret, in time that grows as the text does.

    A run of backslashes is taken whole, and from its beginning alone: whoever began anew at each of
    them would need the square of its length. So those of the secret are as many as there are.
    """
    forms, before = "", ""
    for run in re.findall(r"\\+|[^\\]", secret):
        letter = run[0]
        forms += _escaped(letter, first=not before, after=before == "\\")
        forms += f"{{1,{len(run)}}}" if letter == "\\" else ""
        before = letter
    return forms


def _escaped(letter: str, *, first: bool, after: bool = False) -> str:
    """Return the pattern of a letter in any form in which a server may write it, once or twice.

    Each form but the letter begins with a sign of its own: most places of a text cost nothing.
    ``after`` a run of backslashes that of an escape may be among them.
    """
    code = f"{ord(letter):02x}"
    in_address = rf"(?:25)*(?i:{code})"
    named = codepoint2name.get(ord(letter), f"#{ord(letter)}")
    in_page = rf"(?:amp;)*(?:{named}|#0*{ord(letter)}|#[xX]0*(?i:{code}));"
    in_json = rf"u00(?:(?i:{code})|25{in_address}|26{in_page})"
    run = _FIRST_RUN if first else r"\\*+" if after else r"\\++"
    if letter == "\\":
        return rf"(?:{run}(?:{in_json})?|%{in_address}|&{in_page})"
    plain = re.escape(letter)
    return rf"(?:{plain}|{run}(?:{plain}|{in_json})|%{in_address}|&{in_page})"


def clean_token(token: str) -> str:
    """Return the token without blanks around it.

    Raises :class:`TokenError`, which never quotes the token, if it's empty or holds a character
    that a header can't hold.
    """
    trimmed = token.strip()
    if not trimmed:
        raise TokenError("The token is empty.", "Copy it from Planhat's settings once more.")
    if not _VISIBLE_ASCII.fullmatch(trimmed):
        raise TokenError(
            "The token holds a blank, a line break or a letter that no token has.",
            "Copy it from Planhat's settings once more, without the word Bearer.",
        )
    return trimmed


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token and how it's shown to Planhat. Its ``repr`` doesn't hold the token."""

    token: str = field(repr=False)
    auth: Auth = "bearer"

    @property
    def header(self) -> str:
        """The value of ``Authorization``."""
        return f"Basic {self._basic}" if self.auth == "basic" else f"Bearer {self.token}"

    @property
    def _basic(self) -> str:
        return base64.b64encode(f"{self.token}:".encode("ascii")).decode("ascii")

    def scrub(self, text: str) -> str:
        """Return ``text`` without the token: a server, or a proxy, may repeat what it was sent.

        It's found however it's escaped: for JSON, an address or a page, and each letter otherwise.
        """
        for pattern in self._patterns():
            text = re.sub(pattern, _SCRUBBED, text)
        return text

    async def scrub_body(self, body: bytes) -> bytes:
        """Return a body without the token, likewise; others get their turn. JSON stays JSON."""
        for pattern in self._patterns():
            kept, at = BytesIO(), 0
            found = re.compile(pattern.encode("ascii"))
            for ends in range(_AT_ONCE, len(body) + _AT_ONCE, _AT_ONCE):
                for match in found.finditer(body, at, ends + _LONGEST):
                    if match.start() >= ends:
                        break
                    kept.write(body[at : match.start()] + _SCRUBBED.encode("ascii"))
                    at = match.end()
                kept.write(body[at:ends])
                at = max(at, ends)
                await asyncio.sleep(0)
            body = kept.getvalue()
        return body

    def _patterns(self) -> tuple[str, str]:
        """Return what finds the token as it is, and as Basic has it; one at a time is faster."""
        return _pattern(self.token), _pattern(self._basic.rstrip("="))

    def key(self, base_url: str) -> str:
        """Return the name of this credential's budget: a hash that can't be turned back."""
        return hashlib.sha256(f"{base_url}\n{self.token}".encode()).hexdigest()


def clean_base_url(base_url: str, *, in_process: bool = False) -> str:
    """Return the base URL in normal form.

    It must be ``https``, or ``http`` to this very machine (or to a server inside this process), and
    hold nothing but a host, a port and a plain path. Raises :class:`InputError`.
    """
    text = plain_base_url(base_url)
    parts = _split(text)
    if not _HOST.fullmatch(parts.hostname or "") or parts.scheme not in {"http", "https"}:
        raise _address_error("isn't the address of a server")
    if parts.username is not None or parts.password is not None:
        raise _address_error("holds a user or a password")
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise _address_error("holds more than a host and a path")
    if not _PATH.fullmatch(parts.path):
        raise _address_error("has a path that can't be used")
    if parts.scheme == "http" and not in_process and not is_loopback(parts.hostname or ""):
        raise InputError(
            "The base URL is plain http: the token would cross the network readable by anybody.",
            "Use https://; http:// works only for a server on this machine.",
            field="base_url",
        )
    return text


def is_loopback(host: str) -> bool:
    """Tell whether a host is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        port_is_good = False
    if not port_is_good or not _ADDRESS.fullmatch(text) or "\\" in text:
        raise _address_error("isn't the address of a server")
    return parts


def _address_error(what: str) -> InputError:
    return InputError(
        f"The base URL {what}.", "Write it as https://api.planhat.com.", field="base_url"
    )
