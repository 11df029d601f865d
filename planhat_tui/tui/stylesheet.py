"""The style sheet, of which each source is parsed once for a theme.

Textual parses all sources anew whenever one comes along, such as that of a sheet, or a theme is
named that is there already: at the start that is each of them two or three times.

It also makes nodes for the parts of a widget (its component classes) anew whenever the widget is
styled, such as by each change of focus. Here they are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

if TYPE_CHECKING:
    from textual.css.styles import RenderStyles

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

    def _process_component_classes(self, node: DOMNode) -> None:
        """Style the parts of a node, by the nodes that stood for them before.

        One takes 5 KB in rings, which stay until the old generation of garbage is gone through:
        twenty of them with each search were a sixth of a megabyte.
        """
        kept = node._component_styles  # noqa: SLF001 -- Textual's own place for them
        changed = False
        for part in sorted(node._get_component_classes()):  # noqa: SLF001 -- as above
            stand_in = _stand_in(node, part, kept.get(part))
            before = stand_in.styles.base.get_rules()
            stand_in.styles.base.reset()  # where no rule holds any more, none is applied
            self.apply(stand_in, animate=False)
            changed |= part not in kept or before != stand_in.styles.base.get_rules()
            kept[part] = stand_in.styles
        if changed:
            node.refresh()


def _stand_in(node: DOMNode, part: str, styles: RenderStyles | None) -> DOMNode:
    """Return the node that stands for a part: the one that was there, or a new one."""
    if styles is not None and styles.node is not None:
        return styles.node
    made = DOMNode(classes=part)
    made._attach(node)  # noqa: SLF001 -- as Textual does
    return made
