"""Reading single values of the config: each says what is allowed there."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from planhat_tui.config.web import EXAMPLE, FIELDS
from planhat_tui.model.addresses import plain_base_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.config.reading import Node

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_DURATION: Final = re.compile(r"([0-9]{1,6})\s*(s|m|h|d)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SHORTEST: Final = 10


def text(node: Node) -> str:
    """Read a text; a number is taken as it's written."""
    if isinstance(node.value, str):
        return node.value
    if type(node.value) in {int, float}:
        return node.written
    raise node.error(f"{node.name} must be text.", 'Put it into quotes: "...".')


def boolean(node: Node) -> bool:
    """Read ``true`` or ``false``."""
    if isinstance(node.value, bool):
        return node.value
    raise node.error(f"{node.name} must be true or false.", "Write one of them, without quotes.")


def whole(node: Node) -> int:
    """Read a whole number from 1."""
    if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value > 0:
        return node.value
    raise node.error(
        f"{node.name} must be a whole number from 1.", "Write it like 50, without quotes."
    )


def choice(*allowed: str) -> Callable[[Node], str]:
    """Read one of some words."""

    def chosen(node: Node) -> str:
        if isinstance(node.value, str) and node.value in allowed:
            return node.value
        raise node.error(
            f"{node.name} must be {' or '.join(allowed)}.", f"Write it like {allowed[0]}."
        )

    return chosen


def colour(node: Node) -> str:
    """Read a colour like ``#ff8a65``."""
    if isinstance(node.value, str) and _COLOUR.fullmatch(node.value):
        return node.value
    raise node.error(f"{node.name} must be a colour in quotes.", 'Write it like "#ff8a65".')


def duration(node: Node) -> float:
    """Read a length of time like ``5m``; seconds."""
    match = _DURATION.fullmatch(str(node.value))
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if seconds < _SHORTEST:
        raise node.error(f"{node.name} must be a length of time from 10s on.", "Write it like 5m.")
    return float(seconds)


def address(node: Node) -> str:
    """Read a base URL: https, or http to this machine; no path, no user, no query."""
    value = plain_base_url(text(node))
    why = address_problem(value)
    if why:
        raise node.error(why, "Write one like https://api.planhat.com")
    return value


def web_template(node: Node) -> str:
    """Read a template for a company's page in the web app: https, with ``{id}`` or its like."""
    value = text(node).strip()
    if not value.startswith("https://"):
        raise node.error(f"{node.name} must start with https://", f"Write one like {EXAMPLE}")
    for name in re.findall(r"\{([^{}]*)\}", value):
        if name not in FIELDS:
            allowed = ", ".join(f"{{{one}}}" for one in FIELDS)
            raise node.error(f"{node.name} can't hold {{{name}}}.", f"Allowed are {allowed}.")
    return value


def address_problem(value: str) -> str:
    """Return why a base URL can't be used; empty if it can."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This isn't an address."
    if parts.scheme not in {"https", "http"} or not host:
        return "An address starts with https://"
    if parts.scheme == "http" and not _is_this_machine(host):
        return "http is for this machine only: a token would travel readable."
    if parts.path or any(_is_foreign(char) for char in value):
        return "An address has a host and nothing else."
    return ""


def _is_foreign(char: str) -> bool:
    return char in "@?#\\" or char.isspace() or not char.isprintable()


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
