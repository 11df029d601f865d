"""One family of errors, each of which says what to do next.

::

    PlanhatTuiError            1   something failed
    ├── InputError             2   what was typed can't be used
    │   ├── AmbiguousError     2   several records have that name
    │   ├── QueryError         2   a query, with the column
    │   └── ConfigError        2   a file of the user's, with line and column
    ├── NotFoundError          3   no such record
    ├── RefusedError           4   somebody said no
    │   ├── GuardrailError     4   the profile said no
    │   ├── TokenError         4   the token isn't good (401)
    │   ├── ForbiddenError     4   the token may not do that (403)
    │   ├── RejectedError      4   Planhat refused the values (400, 409, 422)
    │   └── RateLimitedError   4   the rate limit is used up (429)
    ├── ConflictError          5   somebody else changed the same field
    ├── OfflineError           6   Planhat wasn't reached; nothing was sent
    ├── UnknownOutcomeError    7   the request may have been carried out
    │   └── ServerError        7   5xx, or an answer that can't be read
    │       ├── UnreadableError 7  a record that can't be kept
    │       ├── TooMuchError   7   a list too large to be read, or too slow: ask for less
    │       └── StrangerError  7   what answered isn't Planhat: a proxy's or a sign-in's page
    ├── PartialError           8   some rows failed
    ├── TenantMismatchError    1   the token belongs to another tenant than the files
    └── StorageError           1   this disk

The number is the exit status of the shell's commands. ``api`` translates what httpx raises,
``store`` what sqlite3 raises and ``config`` what PyYAML raises, once, at their boundary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "AmbiguousError",
    "ConfigError",
    "ConflictError",
    "ForbiddenError",
    "GuardrailError",
    "InputError",
    "NotFoundError",
    "OfflineError",
    "PartialError",
    "PlanhatTuiError",
    "QueryError",
    "RateLimitedError",
    "RefusedError",
    "RejectedError",
    "ServerError",
    "StorageError",
    "StrangerError",
    "TenantMismatchError",
    "TokenError",
    "TooMuchError",
    "UnknownOutcomeError",
    "UnreadableError",
]


INTERRUPTED: Final = 130
"""The exit status of a command that somebody has interrupted."""


class PlanhatTuiError(Exception):
    """The root of the family.

    ``message`` says what happened and what it means for the data, ``advice`` what to do next (a
    key, a command, or a sentence; may be empty). Neither ever holds a token.
    """

    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message}  {self.advice}" if self.advice else self.message


class InputError(PlanhatTuiError):
    """What was typed can't be used. ``field`` names the input that it concerns, if one does."""

    exit_status = 2

    def __init__(self, message: str, advice: str = "", *, field: str = "") -> None:
        super().__init__(message, advice)
        self.field = field


class AmbiguousError(InputError):
    """Several records have that name. ``candidates`` are ``(id, title)`` pairs."""

    def __init__(self, message: str, candidates: tuple[tuple[str, str], ...]) -> None:
        super().__init__(message, "Give the id of the one you mean.")
        self.candidates = candidates


class QueryError(InputError):
    """A query that can't be read. ``column`` counts characters from 0."""

    def __init__(self, message: str, advice: str = "", *, column: int = 0) -> None:
        super().__init__(message, advice, field="query")
        self.column = column


class ConfigError(InputError):
    """A mistake in a file of the user's: config or theme.

    ``line`` and ``column`` count from 1; 0 means the file as a whole.
    """

    def __init__(
        self, message: str, advice: str = "", *, path: Path, line: int = 0, column: int = 0
    ) -> None:
        super().__init__(message, advice)
        self.path = path
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else str(self.path)
        return f"{place}: {super().__str__()}"


class NotFoundError(PlanhatTuiError):
    """There is no such record, here or at Planhat."""

    exit_status = 3


class RefusedError(PlanhatTuiError):
    """Somebody said no, and the request was certainly not carried out.

    ``status`` is the HTTP status, 0 where there was none.
    """

    exit_status = 4

    def __init__(self, message: str, advice: str = "", *, status: int = 0) -> None:
        super().__init__(message, advice)
        self.status = status


class GuardrailError(RefusedError):
    """The profile forbids it: ``read_only``, ``no_delete``, ``max_bulk``, ``confirm``."""


class TokenError(RefusedError):
    """The token is missing, malformed, or not good here (401)."""


class ForbiddenError(RefusedError):
    """The token is good, but may not do that (403)."""


class RejectedError(RefusedError):
    """Planhat refused the values (400, 409, 422 and other 4xx)."""


class RateLimitedError(RefusedError):
    """The rate limit is used up (429). ``retry_after`` in seconds, ``None`` if not told."""

    def __init__(self, message: str, advice: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message, advice, status=429)
        self.retry_after = retry_after


class ConflictError(PlanhatTuiError):
    """Somebody else has changed the same field meanwhile."""

    exit_status = 5


class OfflineError(PlanhatTuiError):
    """Planhat wasn't reached: the connection was never made, so nothing was sent."""

    exit_status = 6


class UnknownOutcomeError(PlanhatTuiError):
    """The request may have been carried out: its answer was lost or can't be read."""

    exit_status = 7


class ServerError(UnknownOutcomeError):
    """Planhat failed (5xx), or answered something that isn't its own (HTML, broken JSON)."""

    def __init__(self, message: str, advice: str = "", *, status: int = 0) -> None:
        super().__init__(message, advice)
        self.status = status


class UnreadableError(ServerError):
    """Planhat answered with a record that can't be kept; ``reason`` says why."""

    def __init__(
        self, message: str, advice: str = "", *, status: int = 0, reason: str = ""
    ) -> None:
        super().__init__(message, advice, status=status)
        self.reason = reason


class TooMuchError(ServerError):
    """A list is larger than what is read at once, or didn't come in time (``slow``)."""

    def __init__(
        self, message: str, advice: str = "", *, status: int = 0, slow: bool = False
    ) -> None:
        super().__init__(message, advice, status=status)
        self.slow = slow


class StrangerError(ServerError):
    """What answered isn't Planhat: a web page of a proxy, of a sign-in, of another service."""


class PartialError(PlanhatTuiError):
    """Some rows of several failed."""

    exit_status = 8


class TenantMismatchError(PlanhatTuiError):
    """The token now belongs to another tenant than the one whose files are open."""


class StorageError(PlanhatTuiError):
    """The disk is full or read-only, or a file on it damaged or written by a newer version."""
