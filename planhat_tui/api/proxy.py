"""Whether a request goes through a proxy: only if the profile says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from planhat_tui.api.auth import is_loopback
from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT: Final = "environment"
"""As a profile's proxy: the one that ``HTTPS_PROXY`` or ``ALL_PROXY`` names; ``NO_PROXY`` holds."""

_ADDRESS: Final = re.compile(r"[!-~]+")


def proxy_for(base_url: str, proxy: str, env: Mapping[str, str]) -> str:
    """Return the URL of the proxy to be used, empty for none.

    ``proxy`` is what the profile says: nothing, an address, or :data:`ENVIRONMENT`; only then is
    ``env`` looked at. Raises :class:`InputError`, which quotes none of it.
    """
    if not proxy:
        return ""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    here = is_loopback(host)  # to this machine goes plain http, which no proxy should read
    if proxy != ENVIRONMENT:
        named = clean_proxy(proxy)
        return "" if here else named
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if here or _spared(host, port, _named(env, "no_proxy")):
        return ""
    named = _named(env, "https_proxy") or _named(env, "all_proxy")
    return clean_proxy(named) if named else ""


def clean_proxy(proxy: str) -> str:
    """Return a proxy's URL, or raise :class:`InputError`, which quotes none of it."""
    text = proxy.strip()
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not _ADDRESS.fullmatch(text):
        raise InputError(
            "The proxy isn't an address that can be used.",
            f"Write it as http://host:port, or {ENVIRONMENT}.",
            field="proxy",
        )
    return text


def _named(env: Mapping[str, str], name: str) -> str:
    return (env.get(name) or env.get(name.upper()) or "").strip()


def _spared(host: str, port: int, spared: str) -> bool:
    """Tell whether ``NO_PROXY`` names the host, one of its domains, or everything.

    A name may end in a port, which holds for that one alone.
    """
    whole = [name.strip().casefold() for name in spared.split(",")]
    bare = [name.removesuffix(f":{port}").strip("[]") for name in whole]
    names = {name.removeprefix("*.").lstrip(".") for name in (*whole, *bare)} - {""}
    return "*" in names or any(host == n or host.endswith(f".{n}") for n in names)
