"""Why a list is empty: of the companies, of a company's fields and contacts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import QueryError
from planhat_tui.model.limits import Lane
from planhat_tui.model.query import Term, parse
from planhat_tui.model.query.fields import canonical, type_of
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.cells import literal, named
from planhat_tui.tui.presentation.limit_words import goes_on, mood

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.sync.status import SyncStatus

NONE_HERE: Final = "No companies are here yet.  {refresh} asks Planhat for them"
_LIKE_A_FIELD: Final = re.compile(r"([A-Za-z][A-Za-z.-]*)[=:](.+)")
NO_COMPANY: Final = "No company.  {find} finds one"


def no_companies(sync: SyncStatus | None, now: float, *, read_before: bool) -> str:
    """Return why no company is here; ``sync`` is ``None`` before the engine has told anything.

    ``now`` is monotonic seconds. ``read_before``: Planhat's list was read, and it is empty.
    """
    if read_before or not _is_coming(sync):
        return NONE_HERE
    if sync is not None and mood(sync.limits, now) == "stopped":
        when = goes_on(sync.limits, now)
        return f"The companies' names come in {when}: the rate limit is used up"
    if sync is not None and sync.limits.waiting.get(Lane.USER):
        return "The companies' names wait for the rate limit"
    return "The companies' names are on their way"


def no_match(searched: str, instead: str = "", *, whole: bool = True) -> str:
    """Return why a search leaves none of the companies that are here.

    ``instead`` is a sentence about what it finds beside companies.

    Unless all is here that it hangs on (``whole``), it may find some yet. Where a field's value is
    asked for as a whole, it may be one that no company has.
    """
    yet = "" if whole else " yet"
    told = f"No company matches {named(searched)}{yet}."
    return "  ".join(filter(None, (told, instead or _advice(searched), "{back} shows all")))


def _advice(searched: str) -> str:
    try:
        query = parse(searched)
    except QueryError:
        return ""
    if advice := query.advice or _with_a_colon(query.words):
        return advice
    parts = query.parts
    several = sum(not isinstance(part, Term) or bool(part.field) for part in parts) > 1
    for place, part in enumerate(parts):
        if not isinstance(part, Term) or not part.field or not _is_whole(part.field):
            continue
        behind = parts[place + 1] if place + 1 < len(parts) else None
        if isinstance(behind, Term) and not behind.field:
            words = literal(visible(f"{part.value} {behind.value}"))
            return f'More than one word stands in quotes, {part.field}:"{words}".'
        if several:  # each by itself may have some
            return "One condition less may find some."
        return f"Type {part.field}: alone and choose one that there is."
    return ""


def _with_a_colon(words: Iterable[str]) -> str:
    """Say how a field is asked for, where a word looks like one: ``tag=vip``, ``e-mail:ada``."""
    for word in words:
        name, value = found.groups() if (found := _LIKE_A_FIELD.fullmatch(word)) else ("", "")
        if canonical(plain := name.replace("-", "")):
            return f"A field is asked for with a colon, {literal(visible(f'{plain}:{value}'))}."
    return ""


def _is_whole(field: str) -> bool:
    """Tell whether a field is asked for by all of its value, and has values to choose from."""
    return field not in {"has", "is"} and type_of(field) in {"whole", "tags", "user", "custom"}


def no_contacts(company: str, not_loaded: str = "") -> str:
    """Return why no contact is shown; ``not_loaded`` is the sign of what isn't here yet."""
    if not_loaded:
        return (
            f"{not_loaded} Contacts of {named(company)} aren't loaded yet.  {{refresh}} loads them"
        )
    return f"No contacts at {named(company)} yet.  {{add}} adds one"


def no_calls(company: str) -> str:
    """Return why no call is shown: with this company, others may have some."""
    return f"No calls with {named(company)} logged here yet.  {{log_call}} logs one"


def no_field(searched: str) -> str:
    """Return why a filter leaves none of the fields."""
    return f"No field matches {named(searched)}.  {{back}} shows all"


def _is_coming(sync: SyncStatus | None) -> bool:
    """Tell whether the engine reads the names, or is about to."""
    if sync is None:
        return True
    reads = sync.pulling or sync.network == "starting"
    return reads and sync.network in {"starting", "online"} and not sync.reason


def unreadable(reason: str) -> str:
    """Return why no more than the name of a company is here."""
    return f"Can't be read: {visible(reason)}.  :doctor"
