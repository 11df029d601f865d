"""What a profile forbids, with its own reason. Pure; every write meets these, at every door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import GuardrailError
from planhat_tui.model.text import plural

if TYPE_CHECKING:
    from planhat_tui.config.profiles import Profile


HANDFUL: Final = 5
"""Records that are changed at once, with undo; of more a person sees the plan first."""
_PLAIN: Final = re.compile(r"send|run|drop|delete(?: \d+)?")


def is_plain(word: str) -> bool:
    """Tell whether a word means no profile: who says yes to the question needs to say no more."""
    return _PLAIN.fullmatch(word) is not None


def check_write(profile: Profile, count: int = 1) -> None:
    """Raise :class:`GuardrailError` if ``count`` records may not be changed at once."""
    if profile.read_only:
        raise GuardrailError(f"{profile.name} is read-only.", profile.reason)
    if profile.max_bulk is not None and count > profile.max_bulk:
        raise GuardrailError(
            f"{profile.name} allows {plural(profile.max_bulk, 'record')} at once; "
            f"these are {count}.",
            profile.reason,
        )


def is_many(profile: Profile, count: int) -> bool:
    """Tell whether a change of ``count`` records is a plan, looked at before it is done.

    So is one of several for which the profile may want a word, at more than ``confirm_over``.
    """
    return count > HANDFUL or (count > 1 and count > profile.confirm_over)


def check_at_once(profile: Profile, count: int, *, deleting: bool = False) -> None:
    """Raise :class:`GuardrailError` if ``count`` records may not be changed without a plan."""
    (check_delete if deleting else check_write)(profile, count)
    if is_many(profile, count):
        raise GuardrailError(f"{count} records are changed by a plan, which is looked at first.")


def check_delete(profile: Profile, count: int = 1) -> None:
    """Raise :class:`GuardrailError` if ``count`` records may not be deleted at once."""
    check_write(profile, count)
    if profile.no_delete:
        raise GuardrailError(f"{profile.name} allows no deleting.", profile.reason)


def why_barred(profile: Profile, *, deleting: bool) -> str:
    """Return why an edit, or a deletion, that waits may not be sent; empty if it may."""
    try:
        (check_delete if deleting else check_write)(profile)
    except GuardrailError as error:
        return str(error)
    return ""


def check_request(profile: Profile, method: str, count: int = 1) -> None:
    """Raise :class:`GuardrailError` if a typed request of ``count`` records may not be sent."""
    if method == "DELETE":
        check_delete(profile, count)
    elif method != "GET":
        check_write(profile, count)


def typed_word(profile: Profile, count: int, *, deleting: bool) -> str:
    """Return the word that confirms a change of ``count`` records; empty if none is asked for.

    A delete asks for ``delete``, or for ``delete 300`` where it's that many;
    with ``confirm: type``, a delete and a bulk of more than ``confirm_over`` ask for the profile's
    name.
    """
    if profile.confirm == "type" and (deleting or count > profile.confirm_over):
        return profile.name
    if not deleting:
        return ""
    return "delete" if count == 1 else f"delete {count}"


def request_word(profile: Profile, method: str, count: int) -> str:
    """Return the word that confirms a typed request that isn't a GET."""
    return typed_word(profile, count, deleting=method == "DELETE") or "send"


def marks(profile: Profile) -> tuple[str, ...]:
    """Return what the header says of the guardrails."""
    if profile.read_only:
        return ("read-only",)
    return ("no-delete",) if profile.no_delete else ()


def lesser_marks(profile: Profile) -> tuple[str, str]:
    """Return what it says of them where there is room: how many at once, and what asks first.

    A mark is empty where there's nothing to say.
    """
    if profile.read_only:
        return "", ""
    most = f"max {profile.max_bulk:,}" if profile.max_bulk is not None else ""
    return most, "confirm" if profile.confirm == "type" else ""
