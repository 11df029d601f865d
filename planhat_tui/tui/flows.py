"""Jobs on records, from the key that asks for one to the edit that is queued.

A job reads what it needs, brings up a sheet or two, and queues the edit. It decides nothing: what
may be done is the workspace's business, what is typed the model's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from planhat_tui.commands import deleting
from planhat_tui.config import guardrails
from planhat_tui.errors import GuardrailError
from planhat_tui.model import calls, custom, fields
from planhat_tui.model.custom import CustomType
from planhat_tui.model.fields import FieldType
from planhat_tui.model.records import Contact, Kind, count_of, map_of, text_of, texts_of
from planhat_tui.model.text import visible
from planhat_tui.model.writable import COMPANY_NAME
from planhat_tui.tui import callediting
from planhat_tui.tui.planning import wanted_gone, wanted_tags, wanted_value
from planhat_tui.tui.presentation import sentences
from planhat_tui.tui.presentation.values import AUTO, WORDS, field_text, type_word
from planhat_tui.tui.screens.confirm import Confirm
from planhat_tui.tui.screens.pick import Pick
from planhat_tui.tui.screens.record_form import RecordForm
from planhat_tui.tui.screens.tags import TagChange, Tags
from planhat_tui.tui.screens.value import NONE_SO, Given, Value, companies_like
from planhat_tui.tui.watching import MARKS_OFF
from planhat_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.plans import Wanted as WantedOfEach
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.tui.messages import Wanted
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.workspace.queries import Queries

HANDFUL: Final = 5
"""Records that are changed at once, with undo; of more a person sees the plan first."""
NEW_FIELD: Final = "new custom field"
"""The word behind a name that no field has yet."""


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


class Flows:
    """The jobs of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer

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
        some = Counter(tag for tags in sets for tag in dict.fromkeys(tags) if tag not in every)
        sheet = Tags(f"Tags of {subject.name}", every, some, known, len(sets))

        def closed(answer: TagChange | None) -> None:
            if answer is None and sheet.change != TagChange((), ()):
                self._explorer.say("Nothing was changed: the tags stay as they were")
            self._save_tags(subject, answer)

        self._explorer.app.push_screen(sheet, closed)

    def _save_tags(self, subject: Subject, change: TagChange | None) -> None:
        if change is None or not (change.add or change.remove):
            return
        if self._is_many(subject):
            self._plan(subject, lambda: wanted_tags(subject.kind, change))
            return
        writes = self._explorer.workspace.writes
        self._do(subject, lambda: writes.tag(subject.kind, subject.ids, change.add, change.remove))

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
        logged = self._explorer.calls.logged.get(subject.ids[0])
        if subject.kind is Kind.CALL and logged is not None:
            choices += callediting.choices(logged)
        choices += [self._choice(subject, fields.custom_path(key), visible(key)) for key in own]
        free = "" if subject.kind is Kind.CALL else NEW_FIELD
        sheet = Pick(f"Field of {subject.name}", choices, hint="a piece of its name", free=free)
        self._explorer.app.push_screen(sheet, lambda choice: self._picked(subject, choice, own))

    def _picked(self, subject: Subject, choice: Choice | None, known: Iterable[str]) -> None:
        """Edit the field that was picked, or one of a new name that was typed."""
        if choice is not None and choice.note == NEW_FIELD:
            self._new_field(subject, choice.value, known)
        elif choice is not None:
            self._value(subject, choice.value)

    def _new_field(self, subject: Subject, name: str, known: Iterable[str]) -> None:
        """Give records a custom field by a new name, unless Planhat keeps a field of that name.

        One that is nearly that of a field which the tenant has is asked about.
        """
        kept = fields.kept_by_planhat(subject.kind, name)
        twin = custom.twin(name, known)
        if kept is not None:
            self._explorer.say(f"{kept.label} is kept by Planhat and can't be changed here")
        elif twin:
            self._ask_which(subject, name, twin)
        else:
            self._value(subject, fields.custom_path(name))

    def _ask_which(self, subject: Subject, name: str, twin: str) -> None:
        choices = [
            Choice(fields.custom_path(twin), visible(twin), "the tenant has it"),
            Choice(name, visible(name), NEW_FIELD),
        ]
        sheet = Pick(f"{visible(twin)}, or a new field {visible(name)}?", choices)
        self._explorer.app.push_screen(sheet, lambda choice: self._picked(subject, choice, ()))

    def _choice(self, subject: Subject, path: str, label: str) -> Choice:
        shown = COMPANY_NAME if _type_of(subject.kind, path) is FieldType.COMPANY else path
        values = (fields.value_at(raw, shown) for raw in subject.raws)
        texts = (self._text(subject.kind, shown, value) for value in values)
        first = next(texts)
        return Choice(path, label, first if all(t == first for t in texts) else "several values")

    def _text(self, kind: Kind, path: str, value: Json) -> str:
        """Return a value as it's shown; the times of a call are those of the clock on the wall."""
        if kind is Kind.CALL and isinstance(value, str):
            value = fields.typed_text(kind, path, value, self._explorer.planhat.now().tzinfo)
        return field_text(kind, path, value, self._explorer.users)

    def _value(self, subject: Subject, path: str) -> None:
        if subject.kind is Kind.CALL and path in callediting.LABELS:
            self._edit_call(subject, path)
            return
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
        reads = self._explorer.workspace.reads
        values = [fields.value_at(raw, path) for raw in subject.raws]
        current = values[0] if all(value == values[0] for value in values) else None
        type_ = _type_of(subject.kind, path)
        text = fields.typed_text(subject.kind, path, current, self._explorer.planhat.now().tzinfo)
        if type_ is FieldType.USER:
            text = self._explorer.users.get(text, text)
        if type_ is FieldType.COMPANY and current is not None:
            text = text_of(subject.raws[0], COMPANY_NAME) or text
        label = visible(fields.label_of(subject.kind, path))
        if fields.custom_key(path) is not None and usual is None and not any(values):
            label = f"New custom field {label}"
        sheet = Value(
            f"{label} of {subject.name}",
            text,
            self._parser(subject, path, current),
            types=_types(subject.kind, path, current, usual),
            choices=choices,
            closed=NONE_SO.get(type_, ""),
            find=partial(companies_like, reads) if type_ is FieldType.COMPANY else None,
        )

        def answered(given: Given | None) -> None:
            if given is not None and not given.touched:
                self._explorer.say(sentences.queued(()))
            elif given is not None:
                self._save(subject, path, given.value)

        self._explorer.app.push_screen(sheet, answered)

    def _edit_call(self, subject: Subject, path: str) -> None:
        """Edit how long was talked, which is the call's end, or the note, which stays here."""
        logged = self._explorer.calls.logged.get(subject.ids[0])
        if logged is None:
            return
        raw, title = logged.call.raw, f"{callediting.LABELS[path]} of {subject.name}"
        if path == callediting.TALK:
            sheet = Value(
                title,
                callediting.typed_talk(raw),
                lambda text, _: callediting.end_of(raw, text),
                types=("minutes, such as 5, 90s or 1h5m",),
            )
        else:
            sheet = Value(title, logged.note, lambda text, _: text.strip())

        def answered(given: Given | None) -> None:
            if given is not None and path == callediting.TALK:
                self._save(subject, "end", given.value)
            elif given is not None:
                self._note(logged.call.id, str(given.value))

        self._explorer.app.push_screen(sheet, answered)

    def _note(self, call_id: str, text: str) -> None:
        """Keep the note of a call, and say where."""
        writes = self._explorer.workspace.writes

        def noted(entries: Sequence[Entry]) -> None:
            self._explorer.calls.read()
            if entries:
                self._explorer.watching.queued(entries)
            else:
                self._explorer.say("The note is kept on this machine")

        self._explorer.perform(lambda: writes.note_call(call_id, text), noted)

    def _parser(self, subject: Subject, path: str, current: Json) -> Callable[[str, str], Json]:
        """Return what reads a typed text; a call's times have to go together, said in the sheet."""
        parse = _parser(subject.kind, path, current, self._explorer.planhat.now)
        if subject.kind is not Kind.CALL:
            return parse

        def checked(text: str, word: str) -> Json:
            value = parse(text, word)
            for raw in subject.raws:
                calls.check_record({**raw, path: value}, (path,))
            return value

        return checked

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
            Choice(fields.custom_path(key), visible(key), f"{WORDS[kind.value]} · {uses:,}")
            for key, kind, uses in keys
            if key not in have
        ]
        sheet = Pick(
            f"Custom field for {subject.name}",
            choices,
            hint="one that the tenant has, or a new name",
            free=NEW_FIELD,
        )
        known = (*have, *(key for key, _, _ in keys))
        self._explorer.app.push_screen(sheet, lambda choice: self._picked(subject, choice, known))

    def _save(self, subject: Subject, path: str, value: Json) -> None:
        if self._is_many(subject):
            text = field_text(subject.kind, path, value, self._explorer.users)
            self._plan(subject, lambda: wanted_value(subject.kind, path, text, value))
            return
        writes = self._explorer.workspace.writes
        self._do(subject, lambda: writes.edit(subject.kind, subject.ids, {path: value}))
        self._show_new(subject, path, value)

    def _show_new(self, subject: Subject, path: str, value: Json) -> None:
        """Let the detail go to the field that was edited there, or that its company didn't have."""
        detail, own = self._explorer.detail, fields.custom_key(path) is not None
        if subject.ids != (detail.company_id,) or (own and value is None):
            return
        if self._explorer.front is detail or (
            own and fields.value_at(subject.raws[0], path) is None
        ):
            detail.seek(path)

    # -- records

    def _add(self, kind: Kind, company_id: str) -> None:
        workspace = self._explorer.workspace
        at: dict[str, Json] = {}
        title, key = "A new company", "new company"
        if kind is Kind.CONTACT:
            name = self._explorer.contacts.company_name
            at = {"companyId": company_id, "companyName": name}
            title, key = f"A new contact at {visible(name)}", f"new contact:{company_id}"

        def show(draft: Mapping[str, Json] | None) -> None:
            form = RecordForm(workspace, kind, title, at, key, draft=draft)
            self._explorer.app.push_screen(form, lambda entry: self._added(form, kind, entry))

        drafts = workspace.drafts
        self._explorer.ask("draft", lambda: drafts.load(key), show, opens=True)

    def _added(self, form: RecordForm, kind: Kind, entry: Entry | None) -> None:
        if entry is not None:
            self._explorer.watching.queued((entry,))
            if kind is Kind.CONTACT:
                self._explorer.contacts.follow(entry)
        elif any(form.typed.values()):
            self._explorer.say("The draft is kept.  a opens it")

    def _delete(self, subject: Subject) -> None:
        profile = self._explorer.workspace.profile
        try:
            guardrails.check_delete(profile, len(subject.ids))
        except GuardrailError as error:
            self._explorer.say_problem(error)
            return
        if self._is_many(subject):
            self._plan(subject, lambda: wanted_gone(subject.kind))
            return
        zone = self._explorer.planhat.now().tzinfo
        text = deleting.question(profile, subject.kind, subject.raws, zone)
        writes = self._explorer.workspace.writes
        self._confirmed(
            f"Delete {subject.name}",
            text,
            deleting.word(profile, len(subject.ids)),
            lambda: self._explorer.perform(
                lambda: writes.delete(subject.kind, subject.ids),
                lambda entries: self._deleted(subject, entries),
            ),
        )

    def _deleted(self, subject: Subject, entries: Sequence[Entry]) -> None:
        self._explorer.unmark(subject.kind, subject.ids)
        self._explorer.watching.queued(entries)

    # -- doing it

    def _is_many(self, subject: Subject) -> bool:
        """Tell whether a change is looked at first: of many, or where the profile wants a word."""
        count = len(subject.ids)
        if subject.kind is Kind.CALL:
            return False
        profile = self._explorer.workspace.profile
        return count > HANDFUL or (count > 1 and count > profile.confirm_over)

    def _plan(self, subject: Subject, asked: Callable[[], WantedOfEach]) -> None:
        """Show what a change would do to each."""
        workspace = self._explorer.workspace
        self._explorer.ask(
            "plan",
            lambda: workspace.plans.make(asked(), subject.ids, subject.name),
            self._explorer.planning.show,
            opens=True,
        )

    def _confirmed(self, title: str, text: str, word: str, then: Callable[[], None]) -> None:
        if not word:
            then()
            return
        sheet = Confirm(title, text, word, self._explorer.planhat.monotonic)
        self._explorer.app.push_screen(sheet, lambda sure: then() if sure else None)

    def _do(self, subject: Subject, deed: Callable[[], tuple[Entry, ...]]) -> None:
        self._explorer.perform(deed, lambda entries: self._done(subject, entries))

    def _done(self, subject: Subject, entries: Sequence[Entry]) -> None:
        """Say it; marks that were meant go, so that the next key doesn't hit them unseen."""
        several = self._explorer.release(subject.kind, subject.ids)
        self._explorer.watching.queued(entries, MARKS_OFF if several else "")


def _subject(reads: Queries, kind: Kind, ids: tuple[str, ...]) -> Subject:
    """Read the records; those that are no longer here are left out."""
    if kind is Kind.CALL:
        logged = {one: reads.call(one) for one in ids}
        calls_here = {one: call.call.raw for one, call in logged.items() if call is not None}
        return Subject(kind, tuple(calls_here), tuple(calls_here.values()))
    raws = {text_of(raw, "_id"): raw for raw in reads.raws(kind, ids)}
    here = [one for one in ids if one in raws]
    return Subject(kind, tuple(here), tuple(raws[one] for one in here))


def _type_of(kind: Kind, path: str) -> FieldType:
    """Return the type of a field; of a custom one, whose values tell it, it's text."""
    return next((f.type for f in fields.FIELDS[kind] if f.name == path), FieldType.TEXT)


def _choices(reads: Queries, kind: Kind, path: str) -> list[Choice]:
    """Return the known values of a field."""
    if (key := fields.custom_key(path)) is not None:
        values = (v for one in reads.definitions(kind) if one.key == key for v in one.values)
        return [Choice(value, visible(value)) for value in values]
    type_ = _type_of(kind, path)
    if type_ is FieldType.COMPANY:
        return companies_like(reads, "")
    if type_ is FieldType.USER:
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


def _parser(
    kind: Kind, path: str, current: Json, now: Callable[[], datetime]
) -> Callable[[str, str], Json]:
    """Return what reads a typed text as the type that a word names; the present one stays so."""
    shown = fields.typed_text(kind, path, current, now().tzinfo)
    types = {WORDS[one.value]: one for one in CustomType}

    def parse(text: str, word: str) -> Json:
        if current is not None and text == shown and word == type_word(kind, path, current):
            return current
        if fields.custom_key(path) is None:
            return fields.parse_value(kind, path, text, current, now=now())
        if not text.strip():
            return None
        return custom.parse(text, custom.guess(text) if word == AUTO else types[word], now())

    return parse
