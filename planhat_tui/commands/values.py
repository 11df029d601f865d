"""The values that an argument may take, by its type: what its metavar says it is.

``TAG``, ``FIELD=VALUE``, ``QUERY``, ``ID``, ``FILE`` and so on mean the same in the help, in the
manual and here. Values come from the local copy and the config, with how often they occur.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.fields import FIELDS, custom_path
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from planhat_tui.commands.context import Context, Selection
    from planhat_tui.commands.registry import Command, Param
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
    """

    reads: Queries | None
    profiles: tuple[str, ...]
    themes: Callable[[], tuple[str, ...]]
    selection: Selection
    counted: dict[tuple[Kind, str, str], tuple[tuple[str, int], ...]]

    def occurring(self, kind: Kind, field: str, typed: str) -> tuple[tuple[str, int], ...]:
        """Return the values of a field that start as typed, with their counts."""
        if self.reads is None:
            return ()
        key = (kind, field, typed)
        if key not in self.counted:
            self.counted[key] = self.reads.values(kind, field, typed)
        return self.counted[key]


def sources_of(ctx: Context) -> Sources:
    """Return the sources of the open profile."""
    from planhat_tui.config.profiles import DEMO_NAMES
    from planhat_tui.config.themes import load_themes

    def themes() -> tuple[str, ...]:
        return tuple(load_themes(ctx.paths.user_themes)[0])

    names = (*ctx.config().profiles, *DEMO_NAMES)
    return Sources(ctx.workspace().reads, names, themes, ctx.selection, {})


def offered(
    param: Param, command: Command | None, typed: str, sources: Sources
) -> tuple[Choice, ...]:
    """Return what an argument may be, as far as it's known here; the most likely first."""
    if param.choices:
        return tuple(Choice(one) for one in param.choices)
    find = _BY_TYPE.get(_type(param, command))
    return tuple(find(param, command, typed, sources)) if find is not None else ()


def type_of(param: Param, command: Command | None, typed: str) -> str:
    """Return the type of what is typed where the field tells it; empty where the help does."""
    kind = command.kind if command is not None else None
    name, equals, _ = typed.partition("=")
    if param.metavar != "FIELD=VALUE" or not equals or kind is None:
        return ""
    known = {field.name: field.type.value for field in FIELDS[kind]}
    return f"{name}: {known[name]}" if name in known else ""


def _type(param: Param, command: Command | None) -> str:
    """Return the metavar; a bare NAME is what the noun names."""
    if param.how == "records":
        return "ID"
    if param.metavar == "NAME" and command is not None and command.verb not in _NEW:
        return f"{command.noun} NAME"
    if param.metavar == "N" and command is not None and param.name == "n":
        return f"{command.noun} N"
    return param.metavar


def _tags(_: Param, command: Command | None, typed: str, sources: Sources) -> Iterator[Choice]:
    if command is not None and command.kind is not None:
        for tag, uses in sources.occurring(command.kind, "tag", typed):
            yield Choice(tag, str(uses))


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
    from planhat_tui.model.query import completing

    at = completing.at(typed, len(typed))
    if at is None:
        return
    kind = command.kind if command is not None and command.kind is not None else Kind.COMPANY
    for text in completing.known(at):
        whole, _end = completing.done(typed, at, text)
        yield Choice(whole.rstrip())
    for text, uses in sources.occurring(kind, at.field, at.typed) if at.field else ():
        yield Choice(f"{typed[: at.start]}{text}", str(uses))  # the line's own quotes hold it


def _records(
    param: Param, command: Command | None, typed: str, sources: Sources
) -> Iterator[Choice]:
    """Offer records by their names; calls by their ids."""
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
    return command.kind if command is not None else None


def _words(typed: str) -> str:
    """Return a query that finds what is typed as it stands, whatever it holds."""
    plain = " ".join(typed.replace('"', " ").split())
    return f'"{plain}"' if plain else ""


def _entries(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    for entry in sources.reads.outbox() if sources.reads is not None else ():
        yield Choice(str(entry.n), f"{entry.state} {entry.title}")


def _profiles(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    return (Choice(name) for name in sources.profiles)


def _themes(_: Param, __: Command | None, ___: str, sources: Sources) -> Iterator[Choice]:
    return (Choice(name) for name in sources.themes())


def _files(_: Param, __: Command | None, typed: str, ___: Sources) -> Iterator[Choice]:
    """Offer the files of the folder that is typed; those that hide only after their dot."""
    folder, slash, start = typed.rpartition("/")
    place = Path(f"{folder}{slash}" or ".").expanduser()
    try:
        found = sorted(place.iterdir())
    except OSError:  # there's no such folder, or it can't be looked into
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
    "PROFILE": _profiles,
    "profile NAME": _profiles,
    "theme NAME": _themes,
    "FILE": _files,
    "METHOD": _methods,
    "SHELL": _shells,
}
"""How the values of each type are found; a type that isn't here is typed without help."""
