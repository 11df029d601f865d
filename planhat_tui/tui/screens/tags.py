"""The tag editor: chips, completion from the tenant's tags, and what will change before it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from planhat_tui.errors import InputError
from planhat_tui.model.records import text_of, texts_of
from planhat_tui.model.tags import clean_tag
from planhat_tui.model.text import bare
from planhat_tui.tui.presentation.cells import named
from planhat_tui.tui.presentation.chip_lines import changed_first
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.screens.sheet import BACK, KeepingSheet
from planhat_tui.tui.widgets.chips import Chips
from planhat_tui.tui.widgets.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult

    from planhat_tui.workspace.unsaved import Unsaved


@dataclass(frozen=True, slots=True)
class TagChange:
    """The answer: tags to add and to remove."""

    add: tuple[str, ...]
    remove: tuple[str, ...]


class Tags(KeepingSheet[TagChange]):
    """Edit the tags of one record, or of several at once.

    ``every`` are the tags that all of them have, ``some`` those that a few have, with how many of
    the ``of`` records do: removing works on both, adding on all; one that was taken off comes back
    as it was. What is written with commas is added as it is, and what is there stays. A piece of a
    tag takes none off: its whole name does, or an arrow that goes to it.
    """

    HINT = ("enter: add, remove; empty: save", "{save}: save", "{close}: close")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", show=False, priority=True, id="save"),
    ]

    def __init__(
        self,
        title: str,
        every: Sequence[str],
        some: Mapping[str, int],
        known: Sequence[tuple[str, int]],
        *,
        of: int = 1,
        keep: Callable[[TagChange], None] | None = None,
        draft: Unsaved | None = None,
    ) -> None:
        super().__init__(title, keep, draft)
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
            joint=", ",
            shy=lambda choice, text: (
                choice.value in self.after and bare(text) not in {"", bare(choice.label)}
            ),
        )
        self._chips = Chips(id="tag-chips")

    def body(self) -> ComposeResult:
        """Draw the chips, and the line with the known tags under it."""
        yield self._chips
        yield self.picker

    def on_mount(self) -> None:
        """Type at once. A draft is gone on with; the tag that was begun is typed over.

        Whoever comes to add a tag would else have its letters behind those.
        """
        self.picker.line.focus()
        if self.recalled:
            self._recall(texts_of(self.recalled, "add"), texts_of(self.recalled, "remove"))
            self.tell_back()
        if begun := text_of(self.recalled, "typed"):
            self.picker.line.replace_text(begun)
            self.picker.line.select_all()
            self.tell(f"{BACK}.  Typing replaces {named(begun)}, end goes on with it")
        self._draw()

    def _recall(self, add: Sequence[str], remove: Sequence[str]) -> None:
        """Change again what was changed before; what is so by now, or gone, is left as it is."""
        self._added = [tag for tag in add if tag not in self.every]
        self.after = [tag for tag in self.before if tag not in remove]
        self.after = [*dict.fromkeys((*self.after, *self._added))]

    def restore(self) -> None:
        """Show the tags as they are."""
        self._added, self.after, self._listing = [], list(self.before), False
        self.picker.line.replace_text("")
        self._draw()

    def _note(self) -> None:
        """Keep what is to change, and what is typed."""
        change, typed = self.change, self.picker.line.value
        if change.add or change.remove or typed:
            self.note({"add": [*change.add], "remove": [*change.remove], "typed": typed})
        else:
            self.note(None)

    @property
    def change(self) -> TagChange:
        """What ctrl+s would do."""
        add = tuple(tag for tag in self.after if tag not in self.before or tag in self._added)
        return TagChange(add, tuple(tag for tag in self.before if tag not in self.after))

    def _draw(self) -> None:
        before = [tag for tag in self.before if tag not in self._added]
        shares = {tag: told for tag, told in self._shares.items() if tag not in self._added}
        self._chips.show(changed_first(before, self.after, shares))

    @on(Picker.Typed)
    def _typed(self, event: Picker.Typed) -> None:
        event.stop()
        text = self.picker.line.value  # of now: the event's may be a letter behind
        if "," in text:
            self._listing = True
            self._take(text.split(",")[:-1])
            self.picker.line.replace_text(text.rsplit(",", 1)[1].lstrip())
        self._note()

    @on(Picker.Picked)
    def _entered(self, event: Picker.Picked) -> None:
        event.stop()
        if not event.text.strip() and event.choice is None:
            self.action_save()
            return
        self._take_line(event.choice)

    def _take_line(self, choice: Choice | None) -> bool:
        """Take a choice, or what is typed; ``False`` if it's no tag: it stays to be corrected.

        In a list with commas it's what is typed, unless an arrow went to the choice.
        """
        choice = choice if self.picker.moved or not self._listing else None
        if not self._take([choice.value if choice else self.picker.line.value]):
            return False
        self._listing = False
        self.picker.line.replace_text("")
        return True

    def _take(self, texts: Sequence[str]) -> bool:
        """Add tags, or take them off: one with ``-`` before it, or that is there and alone.

        ``False`` if one of them is no tag.
        """
        taken = True
        for text in texts:
            try:
                self._toggle(clean_tag(text))
            except InputError as error:
                self.tell(problem(error), bad=True)
                taken = False
        self._draw()
        self._note()
        return taken

    def _toggle(self, tag: str) -> None:
        off = tag[1:] if tag.startswith("-") and tag[1:] in self.after else tag
        on_all = off in self.after and (off in self.every or off in self._added)
        if self._listing and off == tag and on_all:
            return
        if on_all or off != tag:
            self.after.remove(off)
            self._added = [one for one in self._added if one != off]
        else:
            gone = tag in self.before and tag not in self.after
            if tag not in self.every and (self._listing or not gone):
                self._added.append(tag)
            if tag not in self.after:
                self.after.append(tag)

    def action_save(self) -> None:
        """Answer with what changed, what is still in the line included."""
        if not self.picker.line.value.strip() or self._take_line(self.picker.current):
            self.give(self.change)
