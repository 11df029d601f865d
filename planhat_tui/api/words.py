"""The words in which a server tells why: somewhere in an answer, and nobody says where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

_NAMES: Final = (
    "error", "message", "reason", "errmsg", "errors",
    "createdErrors", "updatedErrors", "permissionErrors",
)  # fmt: skip
"""Under which the words stand; the first that has any counts."""
_DEEPEST: Final = 5
_MOST: Final = 20
"""Entries of a list that are looked at."""


def words_of(value: Json, depth: int = 0) -> str:
    """Return the words of a refusal, as the server wrote them; empty if there are none."""
    if isinstance(value, str):
        return value.strip()
    if depth == _DEEPEST:
        return ""
    if isinstance(value, list):
        told = (words_of(one, depth + 1) for one in value[:_MOST])
        return "; ".join(dict.fromkeys(filter(None, told)))
    if isinstance(value, dict):
        told = (words_of(value.get(name), depth + 1) for name in _NAMES)
        return next(filter(None, told), "")
    return ""
