"""The two languages between which ``serve`` stands. Pure.

The page speaks JSON: ``["stdin", "text"]``, ``["resize", {"width": 80, "height": 24}]``,
``["focus"]``, ``["blur"]``, ``["ping", "..."]``. An explorer speaks packets: a letter (``D`` for
what is drawn or typed, ``M`` for JSON), four bytes of length, that many bytes. Both are Textual's.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

READY: Final = b"__GANGLION__\n"
"""The line after which an explorer speaks packets."""

DRAWN: Final = b"D"
META: Final = b"M"
MOST_CELLS: Final = 1_000
"""The widest and tallest screen that is believed."""


class Size(NamedTuple):
    """Columns and rows of a terminal."""

    width: int = 80
    height: int = 24


def packet(kind: bytes, payload: bytes) -> bytes:
    """Return one packet."""
    return kind + len(payload).to_bytes(4, "big") + payload


def told(**what: object) -> bytes:
    """Return a packet that tells something, such as ``type="quit"``."""
    return packet(META, json.dumps(what).encode())


def heard(text: str) -> tuple[str, Any]:
    """Read what the page says: what it is, and what comes with it; ``("", None)`` if it's none."""
    try:
        kind, *rest = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return "", None
    return (kind, rest[0] if rest else None) if isinstance(kind, str) else ("", None)


def for_explorer(kind: str, said: Any) -> bytes:  # noqa: ANN401 -- JSON
    """Return the packet for what the page has said, empty for what is of no interest."""
    if kind == "stdin" and isinstance(said, str):
        return packet(DRAWN, said.encode("utf-8", "replace"))  # a lone surrogate would be the end
    if kind == "resize" and isinstance(said, dict):
        size = size_of(said)
        return told(type="resize", width=size.width, height=size.height)
    if kind in {"focus", "blur"}:
        return told(type=kind)
    return b""


def size_of(said: Mapping[str, object]) -> Size:
    """Return the size that was said, within reason; the usual one for what is no number."""
    usual = Size()
    return Size(
        _cells(said.get("width"), usual.width),
        _cells(said.get("height"), usual.height),
    )


def _cells(said: object, usual: int) -> int:
    text = str(said)
    return min(max(int(text), 1), MOST_CELLS) if text.isdecimal() and len(text) < 9 else usual


def for_page(payload: bytes) -> str:
    """Return what the page is told when an explorer tells something; empty if nothing."""
    meta = json.loads(payload)
    if meta.get("type") == "open_url" and str(meta.get("url")).startswith("https://"):
        return json.dumps(["open_url", {"url": meta["url"], "new_tab": True}])
    return ""
