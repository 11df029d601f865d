"""Which column of a file is which field: by its name, as near as names are. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import InputError
from planhat_tui.model.edits import COMPANY_NAME, custom_path
from planhat_tui.model.fields import FIELDS, FieldType, field_of
from planhat_tui.model.records import Kind
from planhat_tui.model.tables import LISTED, columns_of
from planhat_tui.model.text import bare, but_for_slips, fold, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KEYS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.COMPANY: ("_id", "externalId", "name"),
    Kind.CONTACT: ("_id", "externalId", "email", "name"),
}
"""What a row's record is found by, the surest first."""

_CONTACTS: Final = frozenset({"email", "companyId", "position", "featured"})
"""Fields that tell that a file is about people."""

_OTHER_WORDS: Final[Mapping[str, str]] = {
    "id": "_id",
    "planhatid": "_id",
    "extid": "externalId",
    "mail": "email",
    "emailaddress": "email",
    "telephone": "phone",
    "mobile": "phone",
    "jobtitle": "position",
    "role": "position",
    "website": "web",
    "customername": "name",
    "fullname": "name",
    "account": "name",
    "csm": "owner",
    "accountowner": "owner",
}
"""What other programs call our fields; only where a kind has the field."""


_COMPANY_WORDS: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.COMPANY: {"company": "name", "companyname": "name", "companyid": "_id"},
    Kind.CONTACT: {"company": COMPANY_NAME},
}
"""What a company is called in files about companies, and in those about people."""


class Match(NamedTuple):
    """A column of a file and the path of the field that it fills; empty: it's left out.

    ``guessed``: the name was only near. ``why`` says why it's left out.
    """

    column: str
    path: str = ""
    guessed: bool = False
    why: str = ""

    @property
    def told(self) -> str:
        """What becomes of the column, in words."""
        return self.path or f"left out: {self.why}"


def kind_of(columns: Iterable[str]) -> Kind:
    """Return what the rows of a file with these columns are most likely."""
    known = known_as(Kind.CONTACT)
    paths = {known.get(bare(column), "") for column in columns}
    people = paths & _CONTACTS or paths >= {COMPANY_NAME, "name"}
    return Kind.CONTACT if people else Kind.COMPANY


def matches(
    kind: Kind,
    columns: Iterable[str],
    custom_names: Iterable[str],
    given: Mapping[str, str] | None = None,
) -> tuple[Match, ...]:
    """Return what each column fills; ``given`` are fields by column, empty ones leave it out.

    What Planhat sets by itself is left out, as is a column of which nothing is known. Raises
    :class:`InputError` for a given column or field that isn't there, and for two columns that are
    the same field.
    """
    names, own = list(columns), tuple(custom_names)
    wanted = _given(kind, names, own, given or {})
    found = [
        wanted[name]
        if name in wanted
        else _match(kind, name, own, {m.path for m in wanted.values()})
        for name in names
    ]
    sure = {match.path for match in found if not match.guessed}
    settled: list[Match] = []
    for match in found:
        if match.guessed and match.path in sure:
            settled.append(Match(match.column, why="no such field"))
            continue
        twice = [m.column for m in settled if m.path and m.path == match.path]
        if twice:
            raise InputError(
                f"{twice[0]} and {match.column} are both {match.path}.",
                f"Leave one out: --map '{match.column}='",
                field="map",
            )
        settled.append(match)
    return tuple(settled)


def known_as(kind: Kind, own: Sequence[str] = ()) -> dict[str, str]:
    """Return the paths of fields by their names and words for people, and by others' words.

    All without blanks, signs and case; ``own`` are names of custom fields.
    """
    known = {
        word: path
        for word, path in (*_OTHER_WORDS.items(), *LISTED.items(), *_COMPANY_WORDS[kind].items())
        if _has(kind, path)
    }
    known |= {bare(custom_path(key)): custom_path(key) for key in own}
    known |= {bare(key): custom_path(key) for key in own}
    fields = [field for field in FIELDS[kind] if field.type is not FieldType.MAP]
    known |= {bare(field.label): field.name for field in fields}
    return known | {bare(field.name): field.name for field in fields}


def like(kind: Kind, name: str) -> str:
    """Return the path of Planhat's own field that a new name is taken for; empty if none is."""
    known, plain = known_as(kind), bare(name)
    return known.get(plain) or known.get(but_for_slips(plain, known), "")


def choices(kind: Kind, custom_names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the paths that a column can fill, with the words for people."""
    known = [(f.name, f.label) for f in FIELDS[kind] if _fills(kind, f.name)]
    return (*known, *((custom_path(key), key) for key in custom_names))


def check(kind: Kind, found: Sequence[Match]) -> None:
    """Raise :class:`InputError` if nothing tells which record a row is."""
    keys = KEYS[kind]
    if not {match.path for match in found} & {*keys}:
        raise InputError(
            "No column tells which record a row is.",
            f"One must be {', '.join(keys[:-1])} or {keys[-1]}: --map COLUMN={keys[-1]}",
            field="map",
        )


def _given(
    kind: Kind, names: Sequence[str], own: Sequence[str], given: Mapping[str, str]
) -> dict[str, Match]:
    found: dict[str, Match] = {}
    by_fold = {fold(name): name for name in names}
    for column, field in given.items():
        name = column if column in names else by_fold.get(fold(column), "")
        if not name:
            near = nearest(column, names)
            advice = f"Did you mean {near}?" if near else f"There are: {', '.join(names)}."
            raise InputError(f"The file has no column {column}.", advice, field="map")
        if not field.strip():
            found[name] = Match(name, why="you said so")
            continue
        (path,) = (field,) if field.startswith("custom.") else columns_of(kind, [field], own)
        if not _fills(kind, path):
            raise InputError(f"{path} is set by Planhat.", "It can't be imported.", field="map")
        found[name] = Match(name, path)
    return found


def _match(kind: Kind, name: str, own: Sequence[str], taken: set[str]) -> Match:
    plain = bare(name)
    known = known_as(kind, own)
    path = known.get(plain, "")
    if not path:
        guess = known.get(but_for_slips(plain, known), "")
        if guess and guess not in taken and _fills(kind, guess):
            return Match(name, guess, guessed=True)
        return Match(name, why="no such field")
    if path in taken:
        return Match(name, why=f"another column is {path}")
    if not _fills(kind, path):
        return Match(name, why="set by Planhat")
    return Match(name, path)


def _has(kind: Kind, path: str) -> bool:
    return any(field.name == path for field in FIELDS[kind])


def _fills(kind: Kind, path: str) -> bool:
    """Tell whether a column can fill a field: people set it, or it tells the record or its company.

    A company's name means its id, which is what is kept.
    """
    tells = path in KEYS[kind] or (kind is Kind.CONTACT and path == COMPANY_NAME)
    return tells or field_of(kind, path).editable
