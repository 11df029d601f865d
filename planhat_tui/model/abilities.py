"""What a server can do beside the 2016 reference, as far as it's known."""

from __future__ import annotations

import json
from typing import NamedTuple


class Abilities(NamedTuple):
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

    @property
    def heeded(self) -> tuple[str, ...]:
        """The names of what the server was seen to do."""
        return tuple(name for name, able in self._asdict().items() if able)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The names of what the server was seen not to do."""
        return tuple(name for name, able in self._asdict().items() if able is False)

    def asked_again(self, found: Abilities) -> Abilities:
        """Return what is known once the server has shown, asked again, what was ``found``.

        What that doesn't prove stays, if it was there; else it isn't known any more.
        """
        if not found.lists:
            return found
        proved = {name: able for name, able in found._asdict().items() if able is not None}
        unknown = dict.fromkeys(self.lacking)
        return self._replace(**{**unknown, **proved})

    def to_text(self) -> str:
        """Return it as JSON."""
        return json.dumps(self._asdict())

    @classmethod
    def from_text(cls, text: str) -> Abilities:
        """Read what :meth:`to_text` wrote; nothing is known of anything else."""
        try:
            noted = json.loads(text or "{}")
        except ValueError:
            return cls()
        names = {*cls._fields}
        return cls(**{k: v for k, v in noted.items() if k in names and isinstance(v, bool)})
