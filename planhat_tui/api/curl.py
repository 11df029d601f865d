"""A request of the log as a line for a shell, with the token as a variable."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from planhat_tui.api.auth import Auth
    from planhat_tui.api.log import RequestLogLine

TOKEN: Final = "$PLANHAT_TOKEN"  # noqa: S105 -- the name of a variable, not a token
"""What stands for the token; double quotes let the shell put it in."""


def as_curl(line: RequestLogLine, base_url: str, auth: Auth = "bearer") -> str:
    """Return the command that sends a request again; its body isn't kept, so a file stands for it.

    ``base_url`` was checked by :func:`planhat_tui.api.auth.clean_base_url`.
    """
    query = f"?{line.query}" if line.query else ""
    words = ["curl", "-sS", "-X", line.method]
    if not line.open:
        words += ["-u", f'"{TOKEN}:"'] if auth == "basic" else ["-H", f'"{_HEADER}"']
    if line.method in {"POST", "PUT", "PATCH"}:
        words += ["-H", "'Content-Type: application/json'", "--data", "@body.json"]
    return " ".join([*words, shlex.quote(f"{base_url}{line.path}{query}")])


_HEADER: Final = f"Authorization: Bearer {TOKEN}"
