"""The tag editor: chips, completion from the tenant's tags, and what will change before it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Static

from planhat_tui.errors import InputError
from planhat_tui.model.tags import clean_tag
from planhat_tui.tui.presentation.chip_lines import change_line
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult


@dataclass(frozen=True, slots=True)
class TagChange:
    """The answer: tags to add and to remove."""

    add: tuple[str, ...]
    remove: tuple[str, ...]


class Tags(Sheet[TagChange]):
    """Edit the tags of one record, or of several at once.

    ``every`` are the tags that all of them have, ``some`` those that a few have, with how many of
    the ``of`` records do: removing works on both, adding on all. What is written with commas is
    added, and what is there stays.
    """

    HINT = "Enter adds or removes; empty, it saves   ctrl+s saves   esc close"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        every: Sequence[str],
        some: Mapping[str, int],
        known: Sequence[tuple[str, int]],
        of: int = 1,
    ) -> None:
        super().__init__(title)
        self.before = (*every, *some)
        self.every = tuple(every)
        self._shares = {tag: f" {count:,} of {of:,}" for tag, count in some.items()}
        self._listing = False
        self.after = list(self.before)
        self._added: list[str] = []
        self.picker = Picker(
            [Choice(tag, tag, f"{count:,}") for tag, count in known],
            hint="a tag, or several with commas",
            first=False,
            free="new tag",
        )
        self._chips = Static("", classes="sheet-text", id="tag-chips")

    def body(self) -> ComposeResult:
        """Draw the chips, and the line with the known tags under it."""
        yield self._chips
        yield self.picker

    def on_mount(self) -> None:
        """Type at once."""
        self.picker.line.focus()
        self._draw()

    @property
    def change(self) -> TagChange:
        """What ctrl+s would do."""
        add = tuple(tag for tag in self.after if tag not in self.before or tag in self._added)
        return TagChange(add, tuple(tag for tag in self.before if tag not in self.after))

    def _draw(self) -> None:
        colours = self.app.theme_variables
        before = [tag for tag in self.before if tag not in self._added]
        shares = {tag: told for tag, told in self._shares.items() if tag not in self._added}
        self._chips.update(change_line(before, self.after, colours, shares))

    @on(Picker.Typed)
    def _typed(self, event: Picker.Typed) -> None:
        event.stop()
        text = self.picker.line.value  # of now: the event's may be a letter behind
        if "," in text:
            self._listing = True
            self._take(text.split(",")[:-1])
            self.picker.line.replace_text(text.rsplit(",", 1)[1].lstrip())

    @on(Picker.Picked)
    def _entered(self, event: Picker.Picked) -> None:
        event.stop()
        if not event.text.strip() and event.choice is None:
            self.action_save()
            return
        self._take([event.choice.value if event.choice else event.text])
        self._listing = False
        self.picker.line.replace_text("")

    def _take(self, texts: Sequence[str]) -> None:
        """Add tags, or take them off: one with ``-`` before it, or that is there and alone."""
        for text in texts:
            try:
                self._toggle(clean_tag(text))
            except InputError as error:
                self.tell(problem(error), bad=True)
        self._draw()

    def _toggle(self, tag: str) -> None:
        off = tag[1:] if tag.startswith("-") and tag[1:] in self.after else tag
        if self._listing and off == tag and (off in self.every or off in self._added):
            return
        if off in self.after and (off in self.every or off in self._added or off != tag):
            self.after.remove(off)
            self._added = [one for one in self._added if one != off]
        else:
            self._added.append(tag)
            if tag not in self.after:
                self.after.append(tag)

    def action_save(self) -> None:
        """Answer with what changed, what is still in the line included."""
        if self.picker.line.value.strip():
            here = self.picker.current
            self._take([here.value if here else self.picker.line.value])
        self.dismiss(self.change)
