"""The shapes that JSON has once it is decoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""Anything that JSON can say."""

Raw: TypeAlias = Mapping[str, Json]
"""A record as Planhat sent it: every field, known to us or not."""
