"""What the engine tells of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from planhat_tui.model.limits import Limits

if TYPE_CHECKING:
    from planhat_tui.store.rows import Progress

Network: TypeAlias = Literal["starting", "online", "offline", "refused", "mismatch"]


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Where the engine stands.

    ``network``: ``refused`` means that the token isn't good, ``mismatch`` that it now belongs to
    another tenant. ``reason`` is a sentence, empty when all is well. ``pulling`` holds while there
    is something left to read. ``set_aside`` counts records that couldn't be read.
    """

    network: Network = "starting"
    reason: str = ""
    pulling: bool = False
    progress: Progress | None = None
    limits: Limits = field(default_factory=Limits)
    set_aside: int = 0
