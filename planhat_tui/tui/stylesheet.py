"""The style sheet, of which each source is parsed once for a theme.

Textual parses all sources anew whenever one comes along, such as that of a sheet, or a theme is
named that is there already: at the start that is each of them two or three times.
"""

from __future__ import annotations

from typing import Final

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

_SOURCES: Final = 1_000
"""More sources than there are: of fewer the first would be forgotten before they're asked for."""


class KeptStylesheet(Stylesheet):
    """A style sheet that knows what it has parsed, as long as the variables are the same."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_SOURCES)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Go by other colours, and forget what was made of the ones before."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what isn't parsed with these variables; with a mistake in it nothing changes."""
        self.parse()
