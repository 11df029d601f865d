"""What a text in a file means for a field of a record.

A text that reads as an export would write the present value means that value: so what was taken
out and not touched changes nothing, whatever it looks like.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import AmbiguousError, InputError, NotFoundError
from planhat_tui.model import custom, fields, numbers
from planhat_tui.model.custom import CustomType
from planhat_tui.model.definitions import check_defined
from planhat_tui.model.edits import custom_key, same
from planhat_tui.model.fields import FieldType
from planhat_tui.model.records import Kind, texts_of
from planhat_tui.model.tables import LONGEST, names_of, plain, text_cell
from planhat_tui.model.tags import clean_tag
from planhat_tui.model.text import fold, visible

if TYPE_CHECKING:
    from datetime import datetime

    from planhat_tui.model.definitions import Defined
    from planhat_tui.model.records import User
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.queries import Queries

MIDNIGHT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})T00:00(:00(\.0+)?)?(Z|\+00:00)?")
"""A moment that stands for its day."""

_SEVERAL: Final = frozenset({FieldType.TAGS, FieldType.LIST})


class Valuing:
    """Reads values for records of one kind; team and types are looked up once, when needed.

    ``fractions`` has, by the path of a field, the first text that was read as a fraction and that
    many read as thousands: ``1.200``.
    """

    def __init__(self, reads: Queries, kind: Kind, now: datetime) -> None:
        self._reads = reads
        self._kind = kind
        self._now = now
        self.fractions: dict[str, str] = {}

    def value(self, path: str, written: Json, present: Json) -> Json:
        """Return the value that is meant; empty text clears (``None``, or an empty list).

        ``written`` is a text as a person or a spreadsheet writes it, or a value of JSON;
        ``present`` is what the record has. Raises :class:`InputError` with the field.
        """
        field = fields.field_of(self._kind, path)
        if not isinstance(written, str):
            return self._of_json(field, written, present)
        shown = text_cell(self._kind, path, present, self.users)
        if shown in {written, plain(written)} or _same_day(written, present):
            return present
        if len(written) == LONGEST and shown.startswith(written):  # as a spreadsheet has cut it
            return present
        text = plain(written)
        if field.type is FieldType.USER and field.editable and text.strip():
            return self._member(path, text)
        if field.type is FieldType.COMPANY and field.editable and text.strip():
            return self._company(path, text.strip())
        example = present
        if present is None and custom_key(path) is not None:
            known = self._types.get(custom_key(path) or "", CustomType.OTHER)
            example = custom.EXAMPLES.get(known)
        value = fields.parse_value(self._kind, path, text, example, now=self._now)
        if field.type is FieldType.TAGS and isinstance(value, list):
            value = _texts(field, value, present)
        check_defined(self._defined, path, value, present)
        if isinstance(value, float) and numbers.taken_for(text):
            self.fractions.setdefault(path, text.strip())
        return value

    def _of_json(self, field: fields.Field, value: Json, present: Json) -> Json:
        key = custom_key(field.name)
        if value is None:
            return self.value(field.name, "", present)
        if key is not None:
            known = custom.type_of(present) if present is not None else self._types.get(key)
            found = custom.type_of(value)
            if known not in {None, found} and not (known == "text" and found == "date"):
                raise InputError(f"{key} is a {known}, and this is a {found}.", field=field.name)
            check_defined(self._defined, field.name, value, present)
            if not same(value, present):
                _check_exact(field.name, value)
            return value
        if field.type in _SEVERAL and isinstance(value, list):
            return _texts(field, value, present)
        if isinstance(value, list | dict):
            raise InputError(f"{field.label} takes one value.", field=field.name)
        return self.value(field.name, text_cell(self._kind, field.name, value, {}), present)

    @cached_property
    def users(self) -> dict[str, str]:
        """The names of the team that mean one person, by id."""
        return names_of((user.id, user.name) for user in self._team)

    @cached_property
    def _team(self) -> tuple[User, ...]:
        return self._reads.users()

    @cached_property
    def _defined(self) -> tuple[Defined, ...]:
        return self._reads.definitions(self._kind)

    @cached_property
    def _types(self) -> dict[str, CustomType]:
        return {key: known for key, known, _ in self._reads.custom_keys(self._kind)}

    @cached_property
    def _members(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for user in self._team:
            for name in (user.id, user.name, user.email, user.nick_name, user.external_id):
                if fold(name):
                    found.setdefault(fold(name), set()).add(user.id)
        return found

    def _member(self, path: str, text: str) -> str:
        ids = self._members.get(fold(text), set())
        if len(ids) == 1:
            return next(iter(ids))
        if ids:
            raise InputError(
                f"{len(ids)} people of the team are called {visible(text)}.",
                "Give the e-mail.",
                field=path,
            )
        raise InputError(
            f"Nobody of the team is called {visible(text)}.", "user list shows them.", field=path
        )

    def _company(self, path: str, text: str) -> str:
        try:
            return self._reads.resolve(Kind.COMPANY, text)
        except (NotFoundError, AmbiguousError) as error:
            raise InputError(error.message, error.advice, field=path) from None


def _check_exact(path: str, value: Json) -> None:
    try:
        custom.check_exact(value)
    except InputError as error:
        raise InputError(error.message, error.advice, field=path) from None


def _texts(field: fields.Field, value: list[Json], present: Json) -> list[Json]:
    """Return a list's texts; a tag that is there, but for blanks around it, stays as it is."""
    texts = [one for one in value if isinstance(one, str)]
    if len(texts) < len(value):
        raise InputError(f"{field.label} takes texts.", field=field.name)
    if field.type is FieldType.TAGS:
        has = texts_of({"tags": present}, "tags")
        spelt = {tag.strip(): tag for tag in has}
        tags = (one if one in has else clean_tag(one) for one in texts)
        return [*dict.fromkeys(tag if tag in has else spelt.get(tag, tag) for tag in tags)]
    return [*texts]


def _same_day(written: str, present: Json) -> bool:
    """Tell whether a day is written where the record has its midnight."""
    if not isinstance(present, str):
        return False
    at = MIDNIGHT.fullmatch(present)
    return at is not None and written.strip() == at[1]
