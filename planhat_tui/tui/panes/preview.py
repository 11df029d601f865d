"""Under the list in narrow terminals: tags, owner and people of the row under the cursor."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual.containers import Vertical
from textual.content import Content

from planhat_tui.model.events import Topic
from planhat_tui.model.records import Company, Kind
from planhat_tui.model.text import visible
from planhat_tui.tui.part import InExplorer
from planhat_tui.tui.presentation import empty_words, news_words
from planhat_tui.tui.presentation.cells import clipped, fit, join_fitting
from planhat_tui.tui.presentation.values import person_text
from planhat_tui.tui.widgets.rule import Rule
from planhat_tui.tui.widgets.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from planhat_tui.store.history import Seen
    from planhat_tui.store.rows import ContactRow, Shown
    from planhat_tui.tui.presentation.glyphs import Glyphs
    from planhat_tui.workspace.workspace import Workspace


class Glance(NamedTuple):
    """What the preview tells of a company."""

    shown: Shown
    people: Sequence[ContactRow]
    people_known: bool
    news: Sequence[Seen] = ()


class Preview(Vertical, InExplorer):
    """Three lines about a company."""

    def __init__(self) -> None:
        super().__init__(id="preview")
        self.rule = Rule()
        self._lines = Words(id="preview-lines")
        self._company = ""
        self._note = ""
        self._none = ""
        self._glance: Glance | None = None

    def compose(self) -> ComposeResult:
        """Draw the rule and the lines."""
        yield self.rule
        yield self._lines

    def point(self, company_id: str) -> None:
        """Tell about another company."""
        self._company = company_id
        self.read()

    def note(self, text: str) -> None:
        """Say something at the right of the rule."""
        self._note = text
        if self.display:
            self.rule.show(note=text)

    def read(self) -> None:
        """Read what is told, where it's shown."""
        workspace, company_id = self.workspace, self._company
        if self.display:
            self.ask("glance", lambda: _read(workspace, company_id), self._show)

    def on_show(self) -> None:
        """Tell what was left out while there was no place for it."""
        self.note(self._note)
        self.read()

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again if company or contacts changed."""
        if self._company and changes.keys() & {Topic.COMPANY, Topic.CONTACT, Topic.OUTBOX}:
            self.read()

    def on_resize(self) -> None:
        """Lay the lines out again."""
        self.draw()

    def _show(self, glance: Glance | None) -> None:
        self._glance = glance
        self._none = "" if self._company else self.keyed(empty_words.NO_COMPANY)
        self.draw()

    def draw(self) -> None:
        """Draw what is known."""
        if self._glance is None:
            self.rule.show(("no company",))
            self._lines.say(Content(f" {self._none}".rstrip()), layout=False)
            return
        company = Company.from_raw(self._glance.shown.raw)
        self.rule.show((visible(company.name) or company.id,))
        self._lines.say(Content("\n").join(self._told(company, self._glance)), layout=False)

    def _told(self, company: Company, glance: Glance) -> list[Content]:
        glyphs, width = self.planhat.glyphs, max(20, self.size.width - 11)
        unknown = None if glance.shown.complete else glyphs.not_loaded
        fitting = partial(
            join_fitting, width=width, separator=f" {glyphs.dot} ", ellipsis=glyphs.ellipsis
        )
        tags = unknown or fitting([visible(t) for t in company.tags]) or "-"
        owner = unknown or person_text(company.owner, self.explorer.users, glyphs.not_loaded)
        status = unknown or visible(company.status) or "-"
        owned = f"{fit(owner, 24, ellipsis=glyphs.ellipsis)} status  {status}"
        if glance.news:
            told = news_words.short(glance.news, glyphs, self.explorer.users)
            owned += "   " + clipped(
                told, max(8, width - cell_len(owned) - 3), ellipsis=glyphs.ellipsis
            )
        people = [_person(contact, glyphs) for contact in glance.people]
        told = fitting(people) or "-"
        return [
            labelled("tags", tags),
            labelled("owner", owned),
            labelled("people", told if glance.people_known else glyphs.not_loaded),
        ]


def _person(contact: ContactRow, glyphs: Glyphs) -> str:
    star = glyphs.featured if contact.featured else ""
    phone = contact.phone if contact.title != contact.phone else ""
    parts = (star, contact.title, contact.position, phone)
    return visible(" ".join(part for part in parts if part))


def labelled(label: str, text: str) -> Content:
    """Return a line of a preview."""
    return Content.assemble((f" {fit(label, 8)} ", "$muted"), text)


def _read(workspace: Workspace, company_id: str) -> Glance | None:
    shown = workspace.reads.company(company_id) if company_id else None
    if shown is None:
        return None
    contacts = workspace.reads.contacts(company_id)
    news = workspace.reads.news(Kind.COMPANY, company_id)
    return Glance(shown, contacts.rows, contacts.known, news)
