"""Base URLs: the same host is written in several ways, and is one tenant's home all the same."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"https": 443, "http": 80}


def plain_base_url(text: str) -> str:
    """Return a base URL in normal form; what isn't one comes back as it is, without blanks.

    Scheme and host are in lower case, without the dot of the root and without the port that goes
    without saying; there is no slash at the end.
    """
    text = text.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return text
    is_plain = text.isascii() and text.isprintable() and "@" not in parts.netloc
    if parts.scheme not in _PORTS or not is_plain or not host.removesuffix(".").strip("."):
        return text
    host = f"[{host}]" if ":" in host else host.removesuffix(".")
    shown = "" if port in {None, _PORTS[parts.scheme]} else f":{port}"
    rest = text[text.index(parts.netloc) + len(parts.netloc) :]
    return f"{parts.scheme}://{host}{shown}{rest}"
