"""A request as a person types it, and its answer as it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What Planhat answered with a status of 2xx.

    ``data`` is what its JSON says; a text that isn't JSON stands in it as it is. ``set_aside`` has
    the reasons why items of a list are missing from it.
    """

    status: int
    data: Json
    set_aside: tuple[str, ...] = ()
