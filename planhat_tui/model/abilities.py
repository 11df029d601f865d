"""What a server can do beside the 2016 reference, as far as it's known."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class Abilities:
    """Each is true, false, or ``None`` while it isn't known.

    ``lists``: whole companies and contacts can be listed. The others tell which parameters of a
    list are heeded; a server ignores what it doesn't know without a word. ``by_company``: the
    contacts of a company can be listed.
    """

    lists: bool | None = None
    limit: bool | None = None
    offset: bool | None = None
    sort: bool | None = None
    select: bool | None = None
    filter: bool | None = None
    by_company: bool | None = None

    def to_text(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Abilities:
        """Read what :meth:`to_text` wrote; nothing is known of anything else."""
        try:
            noted = json.loads(text or "{}")
        except ValueError:
            return cls()
        names = {field.name for field in fields(cls)}
        return cls(**{k: v for k, v in noted.items() if k in names and isinstance(v, bool)})
