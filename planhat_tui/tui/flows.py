"""Jobs on records, from the key that asks for one to the edit that is queued.

A job reads what it needs, brings up a sheet or two, and queues the edit. It decides nothing: what
may be done is the workspace's business, what is typed the model's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from planhat_tui.commands import deleting
from planhat_tui.config import guardrails
from planhat_tui.errors import GuardrailError
from planhat_tui.model import calls, columns, custom, fields
from planhat_tui.model.custom import CustomType
from planhat_tui.model.definitions import check_defined
from planhat_tui.model.edits import COMPANY_NAME, Change, apply, same
from planhat_tui.model.fields import FieldType
from planhat_tui.model.records import MANY, Contact, Kind, count_of, map_of, text_of, texts_of
from planhat_tui.model.text import visible
from planhat_tui.tui import callediting
from planhat_tui.tui.messages import Said
from planhat_tui.tui.planning import wanted_gone, wanted_tags, wanted_value
from planhat_tui.tui.presentation import sentences
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.values import AUTO, WORDS, field_text, type_word
from planhat_tui.tui.screens.confirm import Confirm
from planhat_tui.tui.screens.pick import Pick
from planhat_tui.tui.screens.record_form import RecordForm
from planhat_tui.tui.screens.tags import TagChange, Tags
from planhat_tui.tui.screens.value import (
    NONE_SO,
    SEVERAL,
    Given,
    Value,
    companies_like,
    one_more_of,
)
from planhat_tui.tui.watching import MARKS_OFF
from planhat_tui.tui.widgets.picker import Choice
from planhat_tui.workspace.actions import NONE_SEEN
from planhat_tui.workspace.unsaved import told_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from planhat_tui.model.definitions import Defined
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.plans import Wanted as WantedOfEach
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.tui.messages import Wanted
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.tui.screens.sheet import KeepingSheet
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.unsaved import Unsaved

A = TypeVar("A")

UNTAGGED: Final = TagChange((), ())
"""The change that changes no tag."""
KEPT: Final = "Nothing was changed.  What you typed is kept: {key} brings it back"
UNTOUCHED: Final = "Nothing was typed: each keeps its value"
TAGS: Final = "tags"
NEW_FIELD: Final = "new custom field"
"""The word behind a name that no field has yet."""
NEW_COMPANY: Final = "new company"
NEW_CONTACT: Final = "new contact:"
"""Under which keys the drafts of new records are kept; of a contact's, the company's id follows."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The records that a job is about, and what is known of each; ``lean`` aren't loaded."""

    kind: Kind
    ids: tuple[str, ...]
    raws: tuple[Raw, ...]
    lean: frozenset[str] = frozenset()

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


class _Known(NamedTuple):
    """What is read before a field's editor opens."""

    choices: Sequence[Choice]
    usual: CustomType | None
    listed: Defined | None
    draft: Unsaved


class Flows:
    """The jobs of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self.typing = ""
        """The key of the draft of the new record or the field that is open; empty if none is."""

    def take_up(self, key: str) -> None:
        """Say what was being typed of a record, by the key of its draft.

        It isn't opened: whoever has just started types for the list.
        """
        if (told := told_by(key)) is not None:
            self._take_up_edit(*told)
        elif key == NEW_COMPANY:
            self._say_kept(
                "A new company isn't saved: its draft is kept.  {companies} and {add} open it"
            )
        elif key.startswith(NEW_CONTACT):
            self._take_up_contact(key.removeprefix(NEW_CONTACT))

    def _say_kept(self, told: str) -> None:
        """Say it; behind the sentence of a call's form, which is open again by then, if any is."""
        calls = self._explorer.calls
        teller = calls.form if calls.is_open else self._explorer  # what it says comes in its order
        teller.post_message(Said(told, behind=calls.is_open))

    def _take_up_contact(self, company_id: str) -> None:
        """Say that a new contact of the company on screen was being typed, if it was."""
        contacts, reads = self._explorer.contacts, self._explorer.workspace.reads

        def tell(company: str) -> None:
            if company == contacts.company_id:
                self._say_kept(
                    f"A new contact at {literal(visible(contacts.company_name))} isn't saved: "
                    "the draft is kept.  {contacts} and {add} open it"
                )

        self._explorer.ask("form", lambda: reads.now_called(Kind.COMPANY, company_id), tell)

    def _take_up_edit(self, kind: Kind, what: str, record: str) -> None:
        """Say of which field something typed is kept, if it is, and of which record."""
        workspace = self._explorer.workspace

        def read() -> Subject | None:
            kept = workspace.unsaved(kind, (record,), what).kept
            return _subject(workspace.reads, kind, (record,)) if kept is not None else None

        def tell(subject: Subject | None) -> None:
            if subject is not None:
                whose = literal(subject.name) if subject.raws else f"several {MANY[kind]}"
                label = visible(callediting.LABELS.get(what) or fields.label_of(kind, what))
                key = "{tags}" if what == TAGS else "{field}"
                self._say_kept(
                    f"What you typed into {literal(label)} of {whose} is kept.  "
                    f"{key} brings it back"
                )

        self._explorer.ask("form", read, tell)

    def begin(self, wanted: Wanted) -> None:
        """Begin the job that was asked for."""
        if wanted.deed == "add":
            self._add(wanted.kind, wanted.what)
            return
        job: Callable[[Subject], None] = {
            "tags": self._tags,
            "untag": lambda subject: self._untag(subject, wanted.what),
            "field": lambda subject: self._field(subject, wanted.what),
            "edit": lambda subject: self._field(subject, wanted.what),
            "custom": self._custom,
            "clear": lambda subject: self._clear(subject, wanted.what),
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
            self._explorer.say(
                f"That {subject.kind} is no longer here.  {{refresh}} reads the list again"
            )

    # -- tags

    def _tags(self, subject: Subject) -> None:
        workspace = self._explorer.workspace
        self._explorer.ask(
            "tags",
            lambda: (
                workspace.reads.tags(subject.kind),
                workspace.unsaved(subject.kind, subject.ids, TAGS),
            ),
            lambda known: self._edit_tags(subject, *known),
            opens=True,
        )

    def _edit_tags(
        self, subject: Subject, known: Sequence[tuple[str, int]], draft: Unsaved
    ) -> None:
        sets = [texts_of(raw, "tags") for raw in subject.raws]
        every = [tag for tag in sets[0] if all(tag in tags for tags in sets)]
        some = Counter(tag for tags in sets for tag in dict.fromkeys(tags) if tag not in every)
        made: list[Entry] = []

        def keep(change: TagChange) -> None:
            if change != UNTAGGED and self._is_many(subject):
                return  # what is typed is kept until its plan runs
            if change != UNTAGGED:
                made.extend(self._tag(subject, change))
            draft.drop()

        title = f"Tags of {subject.name}"
        sheet = Tags(title, every, some, known, of=len(sets), keep=keep, draft=draft)

        def closed(change: TagChange | None) -> None:
            if change is None and sheet.is_kept:
                self._explorer.say(KEPT.format(key="{tags}"))
            elif change is not None and change != UNTAGGED:
                if self._is_many(subject):
                    self._plan(subject, lambda: wanted_tags(subject.kind, change), draft)
                else:
                    self._done(subject, made)

        self._open(sheet, draft, closed)

    def _untag(self, subject: Subject, tag: str) -> None:
        self._do(subject, lambda: self._tag(subject, TagChange((), (tag,))))

    def _tag(self, subject: Subject, change: TagChange) -> tuple[Entry, ...]:
        writes = self._explorer.workspace.writes
        return writes.tag(subject.kind, subject.ids, change.add, change.remove)

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
        known = _edited(subject.kind)
        own = dict.fromkeys([*(k for raw in subject.raws for k in map_of(raw, "custom")), *keys])
        words = columns.known_as(subject.kind) if subject.kind is not Kind.CALL else {}
        choices = [
            replace(
                self._choice(subject, field.name, field.label),
                also=tuple(word for word, path in words.items() if path == field.name),
            )
            for field in known
        ]
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
        twin, like = custom.twin(name, known), columns.like(subject.kind, name)
        new = Choice(fields.custom_path(name), visible(name), NEW_FIELD)
        if kept is not None:
            self._explorer.say(f"{kept.label} is kept by Planhat and can't be changed here")
        elif like and like in {field.name for field in _edited(subject.kind)}:
            label = fields.label_of(subject.kind, like)
            self._ask_which(subject, Choice(like, label, "Planhat has it"), new)
        elif twin:
            had = Choice(fields.custom_path(twin), visible(twin), "the tenant has it")
            self._ask_which(subject, had, new)
        else:
            self._value(subject, new.value)

    def _ask_which(self, subject: Subject, had: Choice, new: Choice) -> None:
        def answered(choice: Choice | None) -> None:
            if choice is not None:
                self._value(subject, choice.value)

        sheet = Pick(f"{had.label}, or a new field {new.label}?", (had, new))
        self._explorer.app.push_screen(sheet, answered)

    def _choice(self, subject: Subject, path: str, label: str) -> Choice:
        shown = COMPANY_NAME if _type_of(subject.kind, path) is FieldType.COMPANY else path
        values = (fields.value_at(raw, shown) for raw in subject.raws)
        texts = (self._text(subject.kind, shown, value) for value in values)
        first = next(texts)
        return Choice(path, label, first if all(t == first for t in texts) else SEVERAL)

    def _text(self, kind: Kind, path: str, value: Json) -> str:
        """Return a value as it's shown; the times of a call are those of the clock on the wall."""
        if kind is Kind.CALL and isinstance(value, str):
            value = fields.typed_text(kind, path, value, self._explorer.planhat.now().tzinfo)
        return field_text(kind, path, value, self._explorer.users)

    def _value(self, subject: Subject, path: str) -> None:
        if subject.kind is Kind.CALL and path in callediting.LABELS:
            self._edit_call(subject, path)
            return
        workspace = self._explorer.workspace
        reads = workspace.reads
        self._explorer.ask(
            "choices",
            lambda: _Known(
                _choices(reads, subject.kind, path),
                _usual_type(reads, subject.kind, path),
                _listed(reads, subject.kind, path),
                workspace.unsaved(subject.kind, subject.ids, path),
            ),
            lambda known: self._edit_value(subject, path, known),
            opens=True,
        )

    def _edit_value(self, subject: Subject, path: str, known: _Known) -> None:
        choices, usual, listed, draft = known
        if listed is not None and listed.why_barred:
            self._explorer.say(literal(listed.why_barred))
            return
        reads = self._explorer.workspace.reads
        values = [fields.value_at(raw, path) for raw in subject.raws]
        several = any(value != values[0] for value in values)
        current = None if several else values[0]
        type_ = _type_of(subject.kind, path)
        text = self._typed_text(subject, path, current)
        label = _label(subject, path, new=usual is None and not any(values))
        find = partial(companies_like, reads) if type_ is FieldType.COMPANY else None
        if listed is not None and listed.type is CustomType.LIST:
            find = partial(one_more_of, listed.values)
            choices = find(f"{text}, " if text else "")
        made: list[Entry] = []

        def keep(given: Given) -> None:
            if given.touched and self._is_many(subject):
                return  # what is typed is kept until its plan runs
            if given.touched:
                seen = _as_seen(subject, path, sheet.before)
                made.extend(self._edit(subject, path, given.value, seen))
            draft.drop()

        sheet = Value(
            f"{label} of {subject.name}",
            text,
            self._parser(subject, path, current, listed),
            types=_types(subject.kind, path, current, usual),
            choices=choices,
            closed=NONE_SO.get(type_, ""),
            free="as typed" if listed is None else "",
            find=find,
            empty="ctrl+u clears the field" if several else "empty clears the field",
            several=several,
            before=current,
            keep=keep,
            draft=draft,
        )

        def answered(given: Given | None) -> None:
            if given is None:
                self._left(sheet)
            elif not given.touched:
                self._explorer.say(UNTOUCHED if several else sentences.queued(()))
            elif self._is_many(subject):
                told = field_text(subject.kind, path, given.value, self._explorer.users)
                asked = partial(wanted_value, subject.kind, path, told, given.value)
                self._plan(subject, asked, draft)
            else:
                self._done(subject, made)
                self._show_new(subject, path, given.value)

        self._open(sheet, draft, answered)

    def _open(
        self, sheet: KeepingSheet[A], draft: Unsaved, answered: Callable[[A | None], None]
    ) -> None:
        """Show an editor, and remember for the next start that it's open."""

        def closed(answer: A | None) -> None:
            self._keep_open("")
            answered(answer)

        self._explorer.app.push_screen(sheet, closed)
        self._keep_open(draft.key)

    def _typed_text(self, subject: Subject, path: str, current: Json) -> str:
        """Return the present value as one types it; people and companies by their names."""
        type_, zone = _type_of(subject.kind, path), self._explorer.planhat.now().tzinfo
        text = fields.typed_text(subject.kind, path, current, zone)
        if type_ is FieldType.USER:
            return self._explorer.users.get(text, text)
        if type_ is FieldType.COMPANY and current is not None:
            return text_of(subject.raws[0], COMPANY_NAME) or text
        return text

    def _left(self, sheet: Value) -> None:
        """Say what became of what is typed in an editor that was closed without an answer."""
        if sheet.is_kept:
            self._explorer.say(KEPT.format(key="{field}"))

    def _edit_call(self, subject: Subject, path: str) -> None:
        """Edit how long was talked, which is the call's end, or the note, which stays here."""
        workspace = self._explorer.workspace
        self._explorer.ask(
            "draft",
            lambda: workspace.unsaved(subject.kind, subject.ids, path),
            lambda draft: self._edit_part_of_call(subject, path, draft),
            opens=True,
        )

    def _edit_part_of_call(self, subject: Subject, path: str, draft: Unsaved) -> None:
        logged = self._explorer.calls.logged.get(subject.ids[0])
        if logged is None:
            return
        raw, title = logged.call.raw, f"{callediting.LABELS[path]} of {subject.name}"
        writes, talk = self._explorer.workspace.writes, path == callediting.TALK
        made: list[Entry] = []

        def keep(given: Given) -> None:
            if given.touched and talk:
                seen = _as_seen(subject, "end", sheet.before)
                made.extend(self._edit(subject, "end", given.value, seen))
            elif given.touched:
                made.extend(writes.note_call(logged.call.id, str(given.value)))
            draft.drop()

        if talk:
            sheet = Value(
                title,
                callediting.typed_talk(raw),
                lambda text, _: callediting.end_of(raw, text),
                types=("minutes, such as 5, 90s or 1h5m",),
                before=raw.get("end"),
                keep=keep,
                draft=draft,
            )
        else:
            sheet = Value(title, logged.note, lambda text, _: text.strip(), keep=keep, draft=draft)

        def answered(given: Given | None) -> None:
            if given is None:
                self._left(sheet)
            elif talk or not given.touched:
                self._done(subject, made)
            else:
                self._noted(made)

        self._open(sheet, draft, answered)

    def _noted(self, entries: Sequence[Entry]) -> None:
        """Say where the note of a call is kept."""
        self._explorer.calls.read()
        if entries:
            self._explorer.watching.queued(entries)
        else:
            self._explorer.say("The note is kept on this machine, where {undo} doesn't reach it")

    def _parser(
        self, subject: Subject, path: str, current: Json, listed: Defined | None
    ) -> Callable[[str, str], Json]:
        """Return what reads a typed text; what can't be saved is said in the sheet.

        A call's times have to go together, and a list's values are those of its definition.
        """
        parse = _parser(subject.kind, path, current, self._explorer.planhat.now)

        def checked(text: str, word: str) -> Json:
            value = parse(text, word)
            if listed is not None:
                check_defined((listed,), path, value, current)
            for raw in subject.raws if subject.kind is Kind.CALL else ():
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

    def _clear(self, subject: Subject, path: str) -> None:
        self._do(subject, lambda: self._edit(subject, path, None))
        self._show_new(subject, path, None)

    def _edit(
        self, subject: Subject, path: str, value: Json, seen: Mapping[str, Raw] = NONE_SEEN
    ) -> tuple[Entry, ...]:
        writes = self._explorer.workspace.writes
        return writes.edit(subject.kind, subject.ids, {path: value}, seen)

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
        title = "A new company"
        if kind is Kind.CONTACT:
            name = self._explorer.contacts.company_name
            at = {"companyId": company_id, "companyName": name}
            title = f"A new contact at {visible(name)}"

        def read() -> tuple[str, Mapping[str, Json] | None]:
            key = NEW_COMPANY
            if kind is Kind.CONTACT:
                key = workspace.draft_key(NEW_CONTACT, Kind.COMPANY, company_id)
            return key, workspace.drafts.load(key)

        def show(kept: tuple[str, Mapping[str, Json] | None]) -> None:
            key, draft = kept
            form = RecordForm(workspace, kind, title, at, key, draft=draft)
            self._explorer.app.push_screen(form, lambda entry: self._added(form, kind, entry))
            self._keep_open(key)

        self._explorer.ask("draft", read, show, opens=True)

    def _keep_open(self, key: str) -> None:
        """Remember which form is open, for the next start."""
        self.typing = key
        self._explorer.keep_front()

    def _added(self, form: RecordForm, kind: Kind, entry: Entry | None) -> None:
        self._keep_open("")
        if entry is not None:
            self._explorer.watching.queued((entry,))
            if kind is Kind.CONTACT:
                self._explorer.contacts.follow(entry)
        elif any(form.typed.values()):
            self._explorer.say("The draft is kept.  {add} opens it")

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
        self._explorer.watching.queued(entries, deleting.going(subject.ids, entries))

    # -- doing it

    def _is_many(self, subject: Subject) -> bool:
        """Tell whether a change is looked at first."""
        return guardrails.is_many(self._explorer.workspace.profile, len(subject.ids))

    def _plan(
        self,
        subject: Subject,
        asked: Callable[[], WantedOfEach],
        draft: Unsaved | None = None,
    ) -> None:
        """Show what a change would do to each; the draft it was typed in goes when it's run."""
        workspace, explorer = self._explorer.workspace, self._explorer

        def ran() -> None:
            if draft is not None:
                explorer.perform(draft.drop, lambda _: None)

        self._explorer.ask(
            "plan",
            lambda: workspace.plans.make(asked(), subject.ids, subject.name),
            lambda plan: explorer.planning.show(plan, ran),
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


def _as_seen(subject: Subject, path: str, before: Json) -> Mapping[str, Raw]:
    """Return the records as they were seen; of one alone, the field as its editor showed it.

    What isn't loaded wasn't seen.
    """
    seen = dict(zip(subject.ids, subject.raws, strict=True))
    if len(subject.ids) == 1:
        raw, changes = subject.raws[0], [Change(path, None, before)]
        if path == "companyId" and not same(before, fields.value_at(raw, path)):
            changes.append(Change(COMPANY_NAME, None, None))  # that one's isn't known
        seen = {subject.ids[0]: apply(raw, changes)}
    return {one: raw for one, raw in seen.items() if one not in subject.lean}


def _subject(reads: Queries, kind: Kind, ids: tuple[str, ...]) -> Subject:
    """Read the records, by the ids that they have by now; those no longer here are left out."""
    if kind is Kind.CALL:
        wanted = tuple(dict.fromkeys(reads.now_called(kind, one) for one in ids))
        logged = {one: reads.call(one) for one in wanted}
        calls_here = {one: call.call.raw for one, call in logged.items() if call is not None}
        return Subject(kind, tuple(calls_here), tuple(calls_here.values()))
    lean = reads.names_only(kind, ids)  # before: what is loaded meanwhile wasn't seen either
    raws = {text_of(raw, "_id"): raw for raw in reads.raws(kind, ids)}
    return Subject(kind, tuple(raws), tuple(raws.values()), lean)


def _edited(kind: Kind) -> list[fields.Field]:
    """Return the fields that have an editor: tags have one of their own."""
    return [f for f in fields.FIELDS[kind] if f.editable and f.type is not FieldType.TAGS]


def _type_of(kind: Kind, path: str) -> FieldType:
    """Return the type of a field; of a custom one, whose values tell it, it's text."""
    return next((f.type for f in fields.FIELDS[kind] if f.name == path), FieldType.TEXT)


def _label(subject: Subject, path: str, *, new: bool) -> str:
    """Return what a field is called over its editor; ``new``: nobody has it yet."""
    label = visible(fields.label_of(subject.kind, path))
    return f"New custom field {label}" if new and fields.custom_key(path) is not None else label


def _choices(reads: Queries, kind: Kind, path: str) -> list[Choice]:
    """Return the known values of a field."""
    if fields.custom_key(path) is not None:
        listed = _listed(reads, kind, path)
        return [Choice(value, visible(value)) for value in (listed.values if listed else ())]
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


def _listed(reads: Queries, kind: Kind, path: str) -> Defined | None:
    """Return the definition of a custom field that takes listed values alone, or none."""
    key = fields.custom_key(path)
    known = reads.definitions(kind) if key is not None else ()
    return next((one for one in known if one.key == key and (one.values or one.formula)), None)


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
