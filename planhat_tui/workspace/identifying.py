"""Which record is meant by what is told of it: by id, external id, e-mail or name, surest first.

An external id and a name of a contact hold within its company alone. An e-mail goes with a person
to another company; where several have it, the one at the company that is named is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from planhat_tui.errors import AmbiguousError, InputError
from planhat_tui.model.columns import KEYS
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import fold, visible
from planhat_tui.store.reading import NAMED_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planhat_tui.model.values import Json, Raw


class Keyed(Protocol):
    """A look by a key."""

    def __call__(
        self,
        kind: Kind,
        path: str,
        text: str,
        company_id: str = "",
        fits: Callable[[Raw], bool] | None = None,
        /,
    ) -> Sequence[dict[str, Json]]:
        """Return the records of a kind whose key, a path of :data:`KEYS`, is a text.

        At one company, if it's given, and of those the first that fit.
        """
        ...


_WITHIN_COMPANY: Final = frozenset({"externalId", "name"})
"""Keys of a contact that another one at another company can have as well."""

_NAMED: Final = 5
"""Candidates that are named where several are meant."""

NOT_ALL_HERE: Final = "It isn't here, but not all is loaded yet: planhat-tui sync, then again."


def identified(
    keyed: Keyed, kind: Kind, told: Callable[[str], str], company: Callable[[], str]
) -> dict[str, Json] | None:
    """Return the record that is meant, as it is shown; ``None`` if there is none yet.

    ``told`` gives the text of a key, empty if it isn't told; ``company`` the id of the company that
    a contact is at, empty if that isn't told. A record that has another value in a surer key is
    another one. Raises :class:`AmbiguousError` where several are meant, with the field, and
    :class:`InputError` for an id that isn't here.
    """
    given: dict[str, str] = {}

    def fits(raw: Raw) -> bool:
        return not any(_differs(raw, key, value) for key, value in given.items())

    for path in KEYS[kind]:
        text = told(path)
        if not text:
            continue
        given[path] = text
        within = company() if kind is Kind.CONTACT and path in _WITHIN_COMPANY else ""
        found = keyed(kind, path, text, within, fits)
        if path == "email" and len(found) > 1 and (at := company()):
            found = keyed(kind, path, text, at, fits) or found
        if len(found) > 1:
            raise several(path, text, found)
        if found:
            return found[0]
        if path == "_id":
            raise InputError(f"There is no {kind} {text} here.", field=path)
    return None


def how_many(found: Sequence[object]) -> str:
    """Return how many records have one name, as far as they were counted."""
    count = len(found)
    return f"{count} records" if count <= NAMED_AT_MOST else f"More than {NAMED_AT_MOST} records"


def several(path: str, text: str, found: Sequence[Raw]) -> AmbiguousError:
    """Return the error for a text that several records have."""
    names = tuple((text_of(one, "_id"), text_of(one, "name")) for one in found)
    error = AmbiguousError(f"{how_many(found)} are {visible(text)}:", names)
    error.field = path
    return error


def why(error: InputError) -> str:
    """Return why a record isn't known, with the first of those that it could be."""
    if not isinstance(error, AmbiguousError):
        return error.message
    return f"{error.message} {', '.join(f'{name} {n}' for n, name in error.candidates[:_NAMED])}."


def _differs(raw: Raw, path: str, text: str) -> bool:
    """Tell whether a record has another value where that is told: then it's another one."""
    own = text_of(raw, path)
    return bool(own) and (own != text if path == "externalId" else fold(own) != fold(text))
