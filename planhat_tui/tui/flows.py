"""Jobs on records, from the key that asks for one to the edit that is queued.

A job reads what it needs, brings up a sheet or two, and queues the edit. It decides nothing: what
may be done is the workspace's business, what is typed the model's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.config import guardrails
from planhat_tui.errors import GuardrailError
from planhat_tui.model import custom, fields
from planhat_tui.model.custom import CustomType
from planhat_tui.model.fields import FieldType
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Contact, Kind, map_of, text_of, texts_of
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.sentences import count_of, delivered, queued
from planhat_tui.tui.presentation.values import WORDS, field_text, type_word
from planhat_tui.tui.screens.confirm import Confirm
from planhat_tui.tui.screens.pick import Pick
from planhat_tui.tui.screens.record_form import RecordForm
from planhat_tui.tui.screens.tags import TagChange, Tags
from planhat_tui.tui.screens.value import Given, Value
from planhat_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.tui.messages import Wanted
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.workspace.queries import Queries

AUTO: Final = "what it looks like"
"""The word for a new custom value whose type is guessed."""

STUCK: Final = frozenset({State.REFUSED, State.CONFLICT, State.NOT_SURE})
"""The states of an edit that needs a hand."""

KEPT: Final = "The edit is kept here.  o shows it"
"""What it means for the data that an edit needs a hand, and the next key."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The records that a job is about, and what is known of each."""

    kind: Kind
    ids: tuple[str, ...]
    raws: tuple[Raw, ...]

    @property
    def name(self) -> str:
        """The name of one record, or how many they are."""
        if len(self.ids) != 1 or not self.raws:
            return count_of(self.kind, len(self.ids))
        raw = self.raws[0]
        if self.kind is Kind.CONTACT:
            return visible(Contact.from_raw(raw).title)
        if self.kind is Kind.CALL:
            return f"the call to {visible(text_of(raw, 'nr'))}"
        return visible(text_of(raw, "name")) or self.ids[0]


@dataclass(frozen=True, slots=True)
class Watched:
    """Edits, the sentence that says they are queued, and the one for when Planhat has them."""

    text: str
    delivered: str
    ns: tuple[int, ...]


class Flows:
    """The jobs of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._watched: Watched | None = None

    def begin(self, wanted: Wanted) -> None:
        """Begin the job that was asked for."""
        if wanted.deed == "add":
            self._add(wanted.kind, wanted.what)
            return
        job: Callable[[Subject], None] = {
            "tags": self._tags,
            "untag": lambda subject: self._save_tags(subject, TagChange((), (wanted.what,))),
            "field": lambda subject: self._field(subject, wanted.what),
            "edit": lambda subject: self._field(subject, wanted.what),
            "custom": self._custom,
            "clear": lambda subject: self._save(subject, wanted.what, None),
            "delete": self._delete,
        }[wanted.deed]
        reads = self._explorer.workspace.reads
        self._explorer.ask(
            "subject",
            lambda: _subject(reads, wanted.kind, wanted.ids),
            lambda s: self._on(s, job),
            opens=True,
        )

    def _on(self, subject: Subject, job: Callable[[Subject], None]) -> None:
        if subject.raws:
            job(subject)
        else:
            self._explorer.say(f"That {subject.kind} is no longer here.  r reads the list again")

    # -- tags

    def _tags(self, subject: Subject) -> None:
        reads = self._explorer.workspace.reads
        self._explorer.ask(
            "tags",
            lambda: reads.tags(subject.kind),
            lambda known: self._edit_tags(subject, known),
            opens=True,
        )

    def _edit_tags(self, subject: Subject, known: Sequence[tuple[str, int]]) -> None:
        sets = [texts_of(raw, "tags") for raw in subject.raws]
        every = [tag for tag in sets[0] if all(tag in tags for tags in sets)]
        some = dict.fromkeys(tag for tags in sets for tag in tags if tag not in every)
        sheet = Tags(f"Tags of {subject.name}", every, tuple(some), known)
        self._explorer.app.push_screen(sheet, lambda answer: self._save_tags(subject, answer))

    def _save_tags(self, subject: Subject, change: TagChange | None) -> None:
        if change is None or not (change.add or change.remove):
            return
        writes = self._explorer.workspace.writes
        self._bulk(
            subject, lambda: writes.tag(subject.kind, subject.ids, change.add, change.remove)
        )

    # -- fields

    def _field(self, subject: Subject, path: str) -> None:
        if path:
            self._value(subject, path)
            return
        reads = self._explorer.workspace.reads
        self._explorer.ask(
            "fields",
            lambda: (
                [key for key, _, _ in reads.custom_keys(subject.kind)]
                if subject.kind is not Kind.CALL
                else []
            ),
            lambda keys: self._pick_field(subject, keys),
            opens=True,
        )

    def _pick_field(self, subject: Subject, keys: Sequence[str]) -> None:
        known = [
            f for f in fields.FIELDS[subject.kind] if f.editable and f.type is not FieldType.TAGS
        ]
        own = dict.fromkeys([*(k for raw in subject.raws for k in map_of(raw, "custom")), *keys])
        choices = [self._choice(subject, field.name, field.label) for field in known]
        choices += [self._choice(subject, fields.custom_path(key), visible(key)) for key in own]
        sheet = Pick(f"Field of {subject.name}", choices, hint="a piece of its name")
        self._explorer.app.push_screen(
            sheet, lambda choice: self._value(subject, choice.value) if choice else None
        )

    def _choice(self, subject: Subject, path: str, label: str) -> Choice:
        values = {
            field_text(subject.kind, path, fields.value_at(raw, path), self._explorer.users)
            for raw in subject.raws
        }
        return Choice(path, label, values.pop() if len(values) == 1 else "several values")

    def _value(self, subject: Subject, path: str) -> None:
        reads = self._explorer.workspace.reads
        self._explorer.ask(
            "choices",
            lambda: (_choices(reads, subject.kind, path), _usual_type(reads, subject.kind, path)),
            lambda known: self._edit_value(subject, path, *known),
            opens=True,
        )

    def _edit_value(
        self, subject: Subject, path: str, choices: Sequence[Choice], usual: CustomType | None
    ) -> None:
        values = [fields.value_at(raw, path) for raw in subject.raws]
        current = values[0] if all(value == values[0] for value in values) else None
        person = fields.custom_key(path) is None and _is_person(subject.kind, path)
        text = custom.format(current)
        if person:
            text = self._explorer.users.get(text, text)
        label = visible(fields.label_of(subject.kind, path))
        sheet = Value(
            f"{label} of {subject.name}",
            text,
            _parser(subject.kind, path, current),
            types=_types(subject.kind, path, current, usual),
            choices=choices,
            closed=person,
        )

        def answered(given: Given | None) -> None:
            if given is not None:
                self._save(subject, path, given.value)

        self._explorer.app.push_screen(sheet, answered)

    def _custom(self, subject: Subject) -> None:
        reads = self._explorer.workspace.reads
        self._explorer.ask(
            "custom keys",
            lambda: reads.custom_keys(subject.kind),
            lambda keys: self._pick_key(subject, keys),
            opens=True,
        )

    def _pick_key(self, subject: Subject, keys: Sequence[tuple[str, CustomType, int]]) -> None:
        have = map_of(subject.raws[0], "custom")
        choices = [
            Choice(key, visible(key), f"{WORDS[kind.value]} · {uses:,}")
            for key, kind, uses in keys
            if key not in have
        ]
        sheet = Pick(
            f"Custom field for {subject.name}",
            choices,
            hint="one that the tenant has, or a new name",
            free=True,
        )
        self._explorer.app.push_screen(
            sheet,
            lambda choice: (
                self._value(subject, fields.custom_path(choice.value)) if choice else None
            ),
        )

    def _save(self, subject: Subject, path: str, value: Json) -> None:
        writes = self._explorer.workspace.writes
        self._bulk(subject, lambda: writes.edit(subject.kind, subject.ids, {path: value}))

    # -- records

    def _add(self, kind: Kind, company_id: str) -> None:
        workspace = self._explorer.workspace
        at: dict[str, Json] = {}
        title, key = "A new company", "new company"
        if kind is Kind.CONTACT:
            name = self._explorer.contacts.company_name
            at = {"companyId": company_id, "companyName": name}
            title, key = f"A new contact at {visible(name)}", f"new contact:{company_id}"
        self._explorer.app.push_screen(
            RecordForm(workspace, kind, title, at, key),
            lambda entry: self._queued((entry,)) if entry is not None else None,
        )

    def _delete(self, subject: Subject) -> None:
        profile = self._explorer.workspace.profile
        try:
            guardrails.check_delete(profile, len(subject.ids))
        except GuardrailError as error:
            self._explorer.say_problem(error)
            return
        more = " Its contacts go with it." if subject.kind is Kind.COMPANY else ""
        text = f"{subject.name} is deleted in Planhat.{more} u makes it again, with a new id."
        writes = self._explorer.workspace.writes
        self._confirmed(
            f"Delete {subject.name}",
            text,
            guardrails.typed_word(profile, len(subject.ids), deleting=True),
            lambda: self._explorer.perform(
                lambda: writes.delete(subject.kind, subject.ids),
                lambda entries: self._deleted(subject, entries),
            ),
        )

    def _deleted(self, subject: Subject, entries: Sequence[Entry]) -> None:
        self._explorer.unmark(subject.kind, subject.ids)
        self._queued(entries)

    # -- doing it

    def _bulk(self, subject: Subject, deed: Callable[[], tuple[Entry, ...]]) -> None:
        """Do it; ask first where the profile wants a word for so many."""
        profile = self._explorer.workspace.profile
        word = guardrails.typed_word(profile, len(subject.ids), deleting=False)
        text = f"This changes {subject.name} in {profile.name}."
        self._confirmed("Change many", text, word, lambda: self._do(deed))

    def _confirmed(self, title: str, text: str, word: str, then: Callable[[], None]) -> None:
        if not word:
            then()
            return
        sheet = Confirm(title, text, word, self._explorer.planhat.monotonic)
        self._explorer.app.push_screen(sheet, lambda sure: then() if sure else None)

    def _do(self, deed: Callable[[], tuple[Entry, ...]]) -> None:
        self._explorer.perform(deed, self._queued)

    def _queued(self, entries: Sequence[Entry]) -> None:
        text = queued(entries)
        self._explorer.say(text)
        self.watch(entries, text, delivered(text))

    def watch(self, entries: Sequence[Entry], text: str, delivered: str) -> None:
        """Say what becomes of edits of which ``text`` says that they are queued."""
        self._watched = Watched(text, delivered, tuple(entry.n for entry in entries))

    def follow(self) -> None:
        """Say what became of the last edit, while its sentence still stands on the screen."""
        watched = self._watched
        if watched is None or not watched.ns or self._explorer.message.said != watched.text:
            return
        reads = self._explorer.workspace.reads
        self._explorer.ask(
            "followed",
            lambda: [reads.entry(n) for n in watched.ns],
            lambda entries: self._settled(watched, entries),
        )

    def _settled(self, watched: Watched, entries: Sequence[Entry]) -> None:
        if self._watched is not watched or self._explorer.message.said != watched.text:
            return
        stuck = next((entry for entry in entries if entry.state in STUCK), None)
        if stuck is not None:
            self._watched = None
            self._explorer.say(f"{stuck.title}: {stuck.reason} {KEPT}", bad=True)
        elif all(entry.state is State.DELIVERED for entry in entries):
            self._watched = None
            self._explorer.say(watched.delivered)


def _subject(reads: Queries, kind: Kind, ids: tuple[str, ...]) -> Subject:
    """Read the records; those that are no longer here are left out."""
    raws: dict[str, Raw] = {}
    for one in ids:
        if kind is Kind.CALL:
            logged = reads.call(one)
            raw = logged.call.raw if logged else None
        else:
            shown = reads.company(one) if kind is Kind.COMPANY else reads.contact(one)
            raw = shown.raw if shown else None
        if raw is not None:
            raws[one] = raw
    return Subject(kind, tuple(raws), tuple(raws.values()))


def _is_person(kind: Kind, path: str) -> bool:
    return any(f.name == path and f.type is FieldType.USER for f in fields.FIELDS[kind])


def _choices(reads: Queries, kind: Kind, path: str) -> list[Choice]:
    """Return the known values of a field."""
    if fields.custom_key(path) is not None:
        return []
    if _is_person(kind, path):
        return [Choice(user.id, visible(user.name), visible(user.email)) for user in reads.users()]
    if path == "phase":
        return [Choice(phase, visible(phase), f"{uses:,}") for phase, uses in reads.phases()]
    if type_word(kind, path, None) == WORDS["boolean"]:
        return [Choice("true", "true"), Choice("false", "false")]
    return []


def _usual_type(reads: Queries, kind: Kind, path: str) -> CustomType | None:
    """Return the type that a custom field has elsewhere in the tenant."""
    key = fields.custom_key(path)
    if key is None:
        return None
    return next((used for name, used, _ in reads.custom_keys(kind) if name == key), None)


def _types(
    kind: Kind, path: str, current: Json, usual: CustomType | None = None
) -> tuple[str, ...]:
    """Return the types that a value can be read as, the likeliest first."""
    if fields.custom_key(path) is None:
        return (type_word(kind, path, current),)
    words = [WORDS[one.value] for one in CustomType if one is not CustomType.OTHER]
    if current is not None:
        usual = custom.type_of(current)
    first = AUTO if usual is None else WORDS[usual.value]
    return (first, *(word for word in words if word != first))


def _parser(kind: Kind, path: str, current: Json) -> Callable[[str, str], Json]:
    """Return what reads a typed text, as the type that a word names."""
    if fields.custom_key(path) is None:
        return lambda text, _type: fields.parse_value(kind, path, text, current)
    types = {WORDS[one.value]: one for one in CustomType}

    def parse(text: str, word: str) -> Json:
        if not text.strip():
            return None
        return custom.parse(text, custom.guess(text) if word == AUTO else types[word])

    return parse
