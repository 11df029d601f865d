"""The values that an argument may take, by its type: what its metavar says it is.

``TAG``, ``FIELD=VALUE``, ``QUERY``, ``ID``, ``FILE`` and so on mean the same in the help, in the
manual and here. Values come from the local copy and the config, with how often they occur.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.fields import FIELDS, custom_path
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from planhat_tui.commands.context import Context, Selection
    from planhat_tui.commands.registry import Command, Param
    from planhat_tui.config.profiles import Config
    from planhat_tui.workspace.queries import Queries

_FIRST: Final = 50
"""Records of which the names are offered."""

_NEW: Final = frozenset({"add", "create", "save"})
"""Verbs whose NAME is a new one: nothing that is there can be meant."""


class Choice(NamedTuple):
    """One value, and what is said of it: a count, a type, a company."""

    text: str
    note: str = ""


class Sources(NamedTuple):
    """Where values come from. ``reads`` is ``None`` where no profile can be looked into.

    ``counted`` keeps what was counted: as long as one line is typed, it is asked for once.
    ``views`` are the names of the saved ones.
    """

    reads: Queries | None
    profiles: tuple[str, ...]
    themes: Callable[[], tuple[str, ...]]
    selection: Selection
    counted: dict[tuple[Kind, str, str], tuple[tuple[str, int], ...]]
    views: tuple[str, ...] = ()

    def occurring(self, kind: Kind, field: str, typed: str) -> tuple[tuple[str, int], ...]:
        """Return the values of a field that start as typed, with their counts."""
        if self.reads is None:
            return ()
        key = (kind, field, typed)
        if key not in self.counted:
            self.counted[key] = self.reads.values(kind, field, typed)
        return self.counted[key]

    def tags(self, kind: Kind, typed: str) -> tuple[tuple[str, int], ...]:
        """Return the tags that start as typed; one that is spelled in two ways is two."""
        if self.reads is None:
            return ()
        key = (kind, "", typed)
        if key not in self.counted:
            self.counted[key] = self.reads.tags(kind, typed)
        return self.counted[key]


def sources_of(ctx: Context) -> Sources:
    """Return the sources of the open profile."""
    from planhat_tui.config.themes import load_themes

    def themes() -> tuple[str, ...]:
        return tuple(load_themes(ctx.paths.user_themes)[0])

    return sources(ctx.workspace().reads, ctx.config(), themes, ctx.selection)


def sources(
    reads: Queries | None,
    config: Config,
    themes: Callable[[], tuple[str, ...]],
    selection: Selection,
) -> Sources:
    """Return the sources of a profile, ``None`` for one that can't be looked into."""
    from planhat_tui.config.profiles import DEMO_NAMES

    return Sources(
        reads, (*config.profiles, *DEMO_NAMES), themes, selection, {}, tuple(config.views)
    )


def offered(
    param: Param, command: Command | None, typed: str, sources: Sources
) -> tuple[Choice, ...]:
    """Return what an argument may be, as far as it's known here; the most likely first."""
    if param.choices:
        return tuple(Choice(one) for one in param.choices)
    find = _BY_TYPE.get(_own_type(param, command)) or _BY_TYPE.get(_type(param))
    return tuple(find(param, command, typed, sources)) if find is not None else ()


def type_of(param: Param, command: Command | None, typed: str, sources: Sources) -> str:
    """Return the type of what is typed where the field tells it; empty where the help does."""
    kind = command.kind if command is not None else None
    name, equals, _ = typed.partition("=")
    if param.metavar != "FIELD=VALUE" or not equals or kind is None:
        return ""
    known = {field.name: field.type.value for field in FIELDS[kind]}
    if name not in known and sources.reads is not None:
        known |= {custom_path(key): type_ for key, type_ in sources.reads.custom_names(kind)}
    return f"{name}: {known[name]}" if name in known else ""


def _type(param: Param) -> str:
    """Return what the metavar says; records are named by ids, wherever they stand."""
    return "ID" if param.how == "records" else param.metavar


def _own_type(param: Param, command: Command | None) -> str:
    """Return the type that a noun gives to its words, such as ``view NAME``; empty for new ones."""
    if command is None or command.verb in _NEW:
        return ""
    place = "--" if param.flags else ""
    return f"{command.noun or command.verb} {place}{param.metavar}"


def _tags(_: Param, command: Command | None, typed: str, sources: Sources) -> Iterator[Choice]:
    if command is not None and command.kind is not None:
        for tag, uses in sources.tags(command.kind, typed):
            yield Choice(tag, str(uses))


def _fields(_: Param, command: Command | None, __: str, sources: Sources) -> Iterator[Choice]:
    """Offer the fields of the verb's records; of companies, where it has none of its own."""
    kind = command.kind if command is not None and command.kind is not None else Kind.COMPANY
    for field in FIELDS[kind]:
        yield Choice(field.name, field.type.value)
    for key, type_ in sources.reads.custom_names(kind) if sources.reads is not None else ():
        yield Choice(custom_path(key), type_)


def _custom(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    for key, type_ in sources.reads.custom_names(Kind.COMPANY) if sources.reads is not None else ():
        yield Choice(key, type_)


def _several_fields(
    param: Param, command: Command | None, typed: str, sources: Sources
) -> Iterator[Choice]:
    """Offer one more field behind those that are typed, with commas between."""
    before, comma, _ = typed.rpartition(",")
    given = set(before.split(","))
    for field in _fields(param, command, typed, sources):
        if field.text not in given:
            yield Choice(f"{before}{comma}{field.text}", field.note)


def _columns(
    param: Param, command: Command | None, typed: str, sources: Sources
) -> Iterator[Choice]:
    """Offer fields behind the name of a file's column."""
    column, equals, _ = typed.rpartition("=")
    for field in _fields(param, command, typed, sources) if equals else ():
        yield Choice(f"{column}={field.text}", field.note)


def _contested(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    for standoff in sources.reads.standoffs() if sources.reads is not None else ():
        for one in standoff.fields:
            yield Choice(one.field, visible(standoff.title))


def _assignments(
    _: Param, command: Command | None, typed: str, sources: Sources
) -> Iterator[Choice]:
    """Offer fields, and after the equals sign the values that they have elsewhere."""
    if command is None or command.kind is None:
        return
    kind, reads = command.kind, sources.reads
    name, equals, value = typed.partition("=")
    if equals:
        for text, note in _field_values(sources, kind, name, value):
            yield Choice(f"{name}={text}", note)
        return
    for field in FIELDS[kind]:
        if field.editable:
            yield Choice(f"{field.name}=", field.type.value)
    for key, type_ in reads.custom_names(kind) if reads is not None else ():
        yield Choice(f"{custom_path(key)}=", type_)


def _field_values(sources: Sources, kind: Kind, name: str, typed: str) -> Iterator[tuple[str, str]]:
    types = {field.name: field.type.value for field in FIELDS.get(kind, ())}
    if types.get(name) == "boolean":
        yield from (("true", ""), ("false", ""))
    elif types.get(name) == "company" and sources.reads is not None:
        for company in sources.reads.companies(_words(typed), _FIRST).rows:
            yield company.name, company.domain or company.phase
    else:
        from planhat_tui.model.query.fields import canonical

        known = canonical(name)
        for text, uses in sources.occurring(kind, known, typed) if known else ():
            yield text, str(uses)


def _query(_: Param, command: Command | None, typed: str, sources: Sources) -> Iterator[Choice]:
    """Offer the fields of the query language, and the values of one that is typed."""
    from planhat_tui.model.query import SPECIAL, completing
    from planhat_tui.model.query.writing import path

    at = completing.at(typed, len(typed))
    kind = command.kind if command is not None and command.kind is not None else Kind.COMPANY
    if at is None or kind not in {Kind.COMPANY, Kind.CONTACT}:  # people are found by words alone
        return

    def whole(text: str) -> str:
        return completing.done(typed, at, text)[0].rstrip()

    custom = completing.custom_typed(at)
    if custom is not None and sources.reads is not None:
        for key, type_ in sources.reads.custom_names(kind):
            if fold(key).startswith(fold(custom)):
                yield Choice(whole(path(custom_path(key))), type_)
        return
    for text in completing.known(at):
        yield Choice(whole(text))
    counted = bool(at.field) and at.field not in SPECIAL
    for text, uses in sources.occurring(kind, at.field, at.typed) if counted else ():
        yield Choice(f"{typed[: at.start]}{text}", str(uses))  # the line's own quotes hold it


def _records(
    param: Param, command: Command | None, typed: str, sources: Sources
) -> Iterator[Choice]:
    """Offer records by their names; calls by their ids; companies where it may be any."""
    kind = _kind(param, command)
    reads = sources.reads
    if reads is None or kind is None:
        return
    if kind is Kind.CALL:
        for logged in reads.calls():
            yield Choice(logged.call.id, f"{logged.call.start} {visible(logged.call.nr)}".strip())
    elif kind is Kind.USER:
        for user in reads.users():
            yield Choice(user.name, user.email)
    elif kind is Kind.COMPANY:
        for company in reads.companies(_words(typed), _FIRST).rows:
            yield Choice(company.name, company.domain or company.phase)
    else:
        for person in reads.contacts_found(_words(typed), _FIRST).rows:
            apart = ", ".join(filter(None, (person.company_name, person.email or person.phone)))
            yield Choice(person.name or person.email, apart)
            yield Choice(person.email, person.name)


def _kind(param: Param, command: Command | None) -> Kind | None:
    """Return what an ID means: what the option or the word is called, else the verb's records."""
    if param.how != "records":
        for kind in Kind:
            if kind.value in {param.name, param.metavar.casefold()}:
                return kind
    if command is None or param.how != "records":
        return command.kind if command is not None else None
    return command.kind or Kind.COMPANY


def _words(typed: str) -> str:
    """Return a query that finds what is typed as it stands, whatever it holds."""
    plain = " ".join(typed.replace('"', " ").split())
    return f'"{plain}"' if plain else ""


def _entries(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    for entry in sources.reads.outbox() if sources.reads is not None else ():
        yield Choice(str(entry.n), f"{entry.state} {entry.title}")


def _planned(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    from planhat_tui.workspace.planning import STEP

    for entry in sources.reads.outbox() if sources.reads is not None else ():
        if entry.step.startswith(STEP):
            yield Choice(str(entry.n), f"{entry.state} {entry.title}")


def _conflicts(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    for standoff in sources.reads.standoffs() if sources.reads is not None else ():
        fields = ", ".join(one.field for one in standoff.fields)
        yield Choice(str(standoff.n), f"{visible(standoff.title)}: {fields}")


def _done(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    """Offer the numbers of what was done last, newest first."""
    for entry in sources.reads.journal(_FIRST) if sources.reads is not None else ():
        yield Choice(str(entry.n), f"{entry.stands} {entry.title}")


def _agents(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    for user in sources.reads.users() if sources.reads is not None else ():
        if user.external_id:
            yield Choice(user.external_id, user.name)


def _views(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    return (Choice(name) for name in sources.views)


def _keys(_: Param, __: Command | None, ___: str, ____: Sources) -> Iterator[Choice]:
    from planhat_tui.config.keys import KEYS

    return (Choice(key.name, key.help) for key in KEYS)


def _settings(_: Param, __: Command | None, ___: str, ____: Sources) -> Iterator[Choice]:
    from planhat_tui.commands.profile import SETTINGS

    return (Choice(param.name, param.help) for param in SETTINGS if param.name != "base_url")


def _parents(_: Param, __: Command | None, ___: str, ____: Sources) -> Iterator[Choice]:
    from planhat_tui.model.definitions import PARENTS

    return (Choice(parent) for parent in PARENTS)


def _types(_: Param, __: Command | None, ___: str, ____: Sources) -> Iterator[Choice]:
    from planhat_tui.model.definitions import TYPES

    return (Choice(one) for one in TYPES)


def _kinds(_: Param, __: Command | None, ___: str, ____: Sources) -> Iterator[Choice]:
    return (Choice(kind.value) for kind in (Kind.COMPANY, Kind.CONTACT))


def _profiles(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    return (Choice(name) for name in sources.profiles)


def _themes(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    return (Choice(name) for name in sources.themes())


def _files(_: Param, __: Command | None, typed: str, ___: Sources) -> Iterator[Choice]:
    """Offer the files of the folder that is typed; those that hide only after their dot."""
    folder, slash, start = typed.rpartition("/")
    try:
        found = sorted(Path(f"{folder}{slash}" or ".").expanduser().iterdir())
    except (OSError, RuntimeError):  # no such folder, none to look into, or nobody called ~so
        return
    for path in found:
        if path.name.startswith(start) and (start or not path.name.startswith(".")):
            yield Choice(f"{folder}{slash}{path.name}{'/' if path.is_dir() else ''}")


def _methods(_: Param, __: Command | None, ___: str, ____: Sources) -> Iterator[Choice]:
    from planhat_tui.model.raw import METHODS

    return (Choice(method) for method in METHODS)


def _shells(_: Param, __: Command | None, ___: str, ____: Sources) -> Iterator[Choice]:
    from planhat_tui.commands.completion import SCRIPTS

    return (Choice(shell) for shell in SCRIPTS)


_BY_TYPE: Final[Mapping[str, Callable[[Param, Command | None, str, Sources], Iterator[Choice]]]] = {
    "TAG": _tags,
    "FIELD=VALUE": _assignments,
    "QUERY": _query,
    "ID": _records,
    "CONTACT": _records,
    "outbox N": _entries,
    "plan N": _planned,
    "conflict N": _conflicts,
    "conflict FIELD": _contested,
    "journal N": _done,
    "undo N": _done,
    "FIELD": _fields,
    "A,B": _several_fields,
    "COLUMN=FIELD": _columns,
    "A": _agents,
    "VIEW": _views,
    "view NAME": _views,
    "profile --KEY": _settings,
    "profile --FIELD": _custom,
    "profile --PATH": _files,
    "PIECES": _keys,
    "PARENT": _parents,
    "TYPE": _types,
    "WHAT": _kinds,
    "THEME": _themes,
    "PROFILE": _profiles,
    "profile NAME": _profiles,
    "theme NAME": _themes,
    "FILE": _files,
    "METHOD": _methods,
    "SHELL": _shells,
}
"""How the values of each type are found; a type that isn't here is typed without help.

A noun's own come first, behind its name: ``view NAME``, and ``profile --PATH`` for an option.
"""
