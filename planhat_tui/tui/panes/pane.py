"""What the four panes have in common: a rule with a title, a body, a place in the tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical

from planhat_tui.tui.messages import KeysChanged, Wanted
from planhat_tui.tui.part import InExplorer
from planhat_tui.tui.presentation.moments import steady_age
from planhat_tui.tui.sure import HELD
from planhat_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

    from planhat_tui.model.events import Topic
    from planhat_tui.model.records import Kind
    from planhat_tui.tui.widgets.rows import Rows


class Pane(Vertical, InExplorer):
    """A pane. ``NUMBER`` is its key, ``WORD`` its name in the tabs.

    ``about_company``: all that it shows is of one company, whose name stands beside the tabs.
    """

    NUMBER: ClassVar[int] = 0
    WORD: ClassVar[str] = ""
    about_company: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(id=self.WORD.lower(), classes="pane")
        self.rule = Rule(f"{self.NUMBER} {self.WORD}")
        self._title = self.WORD
        self._count = ""
        self._fresh: tuple[float | None, str, str] | None = None

    def compose(self) -> ComposeResult:
        """Draw the rule, and the body with its bar at the left."""
        yield self.rule
        with Vertical(classes="pane-body"):
            yield from self.body()

    def body(self) -> ComposeResult:
        """Yield what stands under the rule."""
        raise NotImplementedError

    def focus_target(self) -> Widget:
        """Return the widget that gets the focus when the pane does."""
        raise NotImplementedError

    def clear_search(self) -> bool:
        """Leave what the pane is in: a search, a form, marks; ``False`` if it's in nothing."""
        raise NotImplementedError

    def lacks(self, name: str) -> str:  # noqa: ARG002 -- the answer of a pane that lacks none
        """Say why a key that lists have, by its name, is none here; empty if it never was."""
        return ""

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again what these changes touch."""
        raise NotImplementedError

    def take_marks_off(self, rows: Rows) -> None:
        """Take all marks off; a held key, which has closed something else before, doesn't."""
        if self.planhat.typing.is_repeat:
            self.say(HELD)
        else:
            rows.mark(list(rows.marks), on=False)

    # -- the rule

    @property
    def tab(self) -> str:
        """The pane's title among the tabs: ``3 Contacts 14``."""
        return self.titled(self.WORD)

    def titled(self, title: str) -> str:
        """Return number, title and count."""
        return f"{self.NUMBER} {title} {self._count}".strip()

    def entitle(self, title: str = "", count: str = "") -> None:
        """Give the pane its own title where it stands beside others, and a count."""
        self._title, self._count = title or self.WORD, count
        self.draw_rule()
        self.explorer.draw_tabs()

    def draw_rule(self) -> None:
        """Draw the title: tabs of all panes if this one stands alone."""
        if self.explorer.tabbed:
            titles, here = self.explorer.tabs, self.NUMBER - 1
        else:
            titles, here = (self.titled(self._title),), 0
        alone = self.explorer.tabbed
        name = self.explorer.company_name if alone and self.about_company else ""
        heavy = self.is_attached and self.has_focus_within and self.screen.is_active
        self.rule.show(titles, here, name=name, heavy=heavy, corner=not alone)

    def fresh(
        self,
        seen_at: float | None,
        before: str = "",
        never: str = "not loaded",
        *,
        least: str = "",
    ) -> None:
        """Say how old the data is, after ``before``; ``never`` where it wasn't read as a whole.

        ``seen_at`` is seconds since the epoch; ``least`` stands where ``before`` has no room.
        """
        self._fresh = (seen_at, before, never)
        self.rule.show(least=least)
        self.tell_age()

    def no_age(self) -> None:
        """Say of no data how old it is."""
        self._fresh = None
        self.rule.show(note="")

    def tell_age(self) -> None:
        """Say the age anew: it grows while nothing is read."""
        if self._fresh is None:
            return
        seen_at, before, never = self._fresh
        told = never if seen_at is None else steady_age(self.planhat.wall() - seen_at)
        dot = self.planhat.glyphs.dot
        self.rule.show(note=f"{before} {dot} {told}" if before else told)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:  # noqa: ARG002 -- Textual's signature
        """Draw the rule heavy, and the keys of what has the focus."""
        self.draw_rule()
        self.tell_keys()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:  # noqa: ARG002 -- Textual's signature
        """Draw the rule thin."""
        self.draw_rule()

    def tell_keys(self) -> None:
        """Tell the explorer that what can be done here has changed."""
        self.explorer.post_message(KeysChanged())

    # -- jobs

    def want(self, deed: str, kind: Kind, ids: tuple[str, ...], what: str = "") -> None:
        """Ask the explorer for a job on records."""
        self.post_message(Wanted(deed, kind, ids, what))
