"""Ids for what is made here: nobody else has them."""

from __future__ import annotations


def fresh_id() -> str:
    """Return a random id, 32 hex digits."""
    from uuid import uuid4  # a read makes nothing

    return uuid4().hex
