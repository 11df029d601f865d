"""How a write ended: done, refused, or unknown. Pure.

Planhat has no idempotency keys: a write whose answer was lost may have been carried out, and one
that was sent again may be carried out twice. So only what was refused before anybody acted upon it
is sent again blindly.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from planhat_tui.errors import (
    OfflineError,
    PlanhatTuiError,
    RateLimitedError,
    UnknownOutcomeError,
)

READ_BACK: Final = "It is read back by itself."
"""What becomes of an edit that may have been saved."""


class Outcome(StrEnum):
    """What became of a write."""

    DONE = "done"
    REFUSED = "refused"
    """Certainly not carried out: a 4xx other than 408, a guardrail, or never connected."""
    UNKNOWN = "unknown"
    """Perhaps carried out: a timeout, a broken connection, 408, 5xx, an answer past reading."""


def outcome_of(error: PlanhatTuiError | None) -> Outcome:
    """Tell how a write ended that raised ``error``, or none."""
    if error is None:
        return Outcome.DONE
    return Outcome.UNKNOWN if isinstance(error, UnknownOutcomeError) else Outcome.REFUSED


def may_resend(error: PlanhatTuiError) -> bool:
    """Tell whether the same write may go again blindly: it was never received, or got a 429."""
    return isinstance(error, OfflineError | RateLimitedError)
