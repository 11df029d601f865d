"""Which record is meant by what is told of it: by id, external id, e-mail or name, surest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import AmbiguousError, InputError
from planhat_tui.model.columns import KEYS
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import fold, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from planhat_tui.model.values import Json, Raw

    Keyed: TypeAlias = Callable[[Kind, str, str], Sequence[dict[str, Json]]]
    """Gives the records of a kind whose key, a path of :data:`KEYS`, is a text."""

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
    surer: dict[str, str] = {}
    for path in KEYS[kind]:
        text = told(path)
        if not text:
            continue
        found = [
            one
            for one in keyed(kind, path, text)
            if not any(_differs(one, key, given) for key, given in surer.items())
            and (path != "externalId" or text_of(one, path) == text)
        ]
        if path == "name" and kind is Kind.CONTACT and (at := company()):
            found = [one for one in found if one.get("companyId") == at]
        if len(found) > 1:
            raise several(path, text, found)
        if found:
            return found[0]
        if path == "_id":
            raise InputError(f"There is no {kind} {text} here.", field=path)
        surer[path] = text
    return None


def several(path: str, text: str, found: Sequence[Raw]) -> AmbiguousError:
    """Return the error for a text that several records have."""
    names = tuple((text_of(one, "_id"), text_of(one, "name")) for one in found)
    error = AmbiguousError(f"{len(found)} records are {visible(text)}:", names)
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
