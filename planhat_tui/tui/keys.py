"""The keys: one table, from which bindings, footer and help are made.

A key belongs to a place and has a name, by which the config changes it (``settings.keys``) and by
which the widget that stands for the place does it: key ``tags`` calls ``do_tags``. Nothing is
bound to ctrl+a, ctrl+b (tmux, screen), ctrl+c and ctrl+z.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Where(StrEnum):
    """What must have the focus. The value is the heading in the help."""

    EXPLORER = "everywhere"
    LIST = "lists"
    COMPANIES = "companies"
    DETAIL = "detail"
    CONTACTS = "contacts"
    CALL = "calls"
    FORM = "forms"
    TIMER = "call timer"
    OUTBOX = "not delivered yet"
    TENANTS = "tenants"


@dataclass(frozen=True, slots=True)
class Key:
    """One key in one place.

    ``keys`` are Textual's names, parted by commas; the first is shown. ``words`` stand in the
    footer if ``rank`` is over 0, in the order of the ranks. ``priority``: also while an input has
    the focus.
    """

    where: Where
    name: str
    keys: str
    words: str
    help: str
    rank: int = 0
    priority: bool = False


E, L, C, D, P, A, F = (
    Where.EXPLORER, Where.LIST, Where.COMPANIES, Where.DETAIL, Where.CONTACTS, Where.CALL,
    Where.FORM,
)  # fmt: skip

KEYS: Final = (
    Key(E, "find", "slash", "find", "find a company by any part of its name, domain, id", 1),
    Key(E, "line", "colon", "command", "type a command"),
    Key(E, "help", "question_mark", "keys", "the keys of what has the focus", 99),
    Key(E, "companies", "1", "companies", "go to the companies"),
    Key(E, "detail", "2", "detail", "go to the company's detail"),
    Key(E, "contacts", "3", "contacts", "go to its contacts"),
    Key(E, "calls", "4", "call", "go to the calls"),
    Key(E, "zoom", "z", "zoom", "give the whole screen to one pane, and back"),
    Key(E, "outbox", "o", "queue", "what Planhat doesn't have yet", 90),
    Key(E, "tenants", "p", "tenants", "switch the tenant"),
    Key(E, "last_tenant", "P", "last tenant", "back to the tenant before"),
    Key(E, "undo", "u", "undo", "take the last edit back; what is delivered is shown first"),
    Key(E, "refresh", "r", "refresh", "read again what has the focus from Planhat"),
    Key(E, "back", "escape", "back", "one level back"),
    Key(L, "down", "j,down", "down", "next row"),
    Key(L, "up", "k,up", "up", "row before"),
    Key(L, "top", "g,home", "top", "first row"),
    Key(L, "bottom", "G,end", "bottom", "last row"),
    Key(L, "half_down", "ctrl+d,pagedown", "half a page down", "half a page down"),
    Key(L, "half_up", "ctrl+u,pageup", "half a page up", "half a page up"),
    Key(L, "open", "enter", "open", "open the row", 2),
    Key(C, "mark", "space", "mark", "mark the row; a mark makes every verb work on all marked", 80),
    Key(C, "mark_all", "V", "mark all", "mark all that are shown, or none"),
    Key(C, "tags", "t", "tags", "add and remove tags", 3),
    Key(C, "field", "e", "field", "change a field; type a piece of its name", 4),
    Key(C, "add", "a", "add", "add a company"),
    Key(C, "log_call", "C", "log call", "log a call that just ended", 5),
    Key(C, "call_now", "c", "call now", "log a call while it runs"),
    Key(C, "copy", "y", "copy", "copy the name"),
    Key(C, "delete", "D", "delete", "delete; asks for a word first"),
    Key(D, "find", "slash", "find", "filter the fields", 1),
    Key(D, "field", "e", "field", "change a field; type a piece of its name", 3),
    Key(D, "tags", "t", "tags", "add and remove tags", 4),
    Key(D, "remove", "x", "remove", "remove the tag or custom field under the cursor", 6),
    Key(D, "add", "a", "add field", "add a custom field", 7),
    Key(D, "log_call", "C", "log call", "log a call that just ended", 8),
    Key(D, "call_now", "c", "call now", "log a call while it runs"),
    Key(D, "chip_left", "h,left", "tag left", "tag to the left"),
    Key(D, "chip_right", "l,right", "tag right", "tag to the right"),
    Key(D, "copy", "y", "copy", "copy the value"),
    Key(P, "mark", "space", "mark", "mark the row", 80),
    Key(P, "mark_all", "V", "mark all", "mark all contacts, or none"),
    Key(P, "add", "a", "add", "add a contact", 1),
    Key(P, "log_call", "C", "log call", "log a call that just ended", 3),
    Key(P, "call_now", "c", "call now", "log a call while it runs", 4),
    Key(P, "tags", "t", "tags", "add and remove tags", 5),
    Key(P, "field", "e", "field", "change a field; type a piece of its name", 6),
    Key(P, "copy", "y", "copy", "copy e-mail or phone"),
    Key(P, "delete", "D", "delete", "delete; asks for a word first", 7),
    Key(A, "log_call", "C", "log call", "log a call that just ended", 1),
    Key(A, "call_now", "c", "call now", "log a call while it runs", 3),
    Key(A, "field", "e", "field", "change a field of the call", 4),
    Key(A, "delete", "D", "delete", "delete the call; asks for a word first", 5),
    Key(F, "save", "ctrl+s", "save", "save", 1, priority=True),
    Key(F, "close", "escape", "close, draft kept", "close; what is typed is kept", 2),
    Key(F, "stamp", "f8", "stamp the next stage", "stamp ring, talk, end", 3, priority=True),
    Key(Where.TIMER, "stage", "space", "next stage", "next stage: ring, talk, end", 1),
    Key(Where.OUTBOX, "retry", "R", "retry", "send it again", 3),
    Key(Where.OUTBOX, "discard", "x", "discard", "take it out: the edit is dropped", 4),
    Key(Where.OUTBOX, "hold", "h", "hold", "keep it here until R", 5),
    Key(Where.TENANTS, "add", "a", "add a tenant", "add a tenant by its token", 3),
)  # fmt: skip


def keys_of(*places: Where) -> tuple[Key, ...]:
    """Return the keys of these places, in the order of the table."""
    return tuple(key for key in KEYS if key.where in places)


def bindings(*places: Where) -> list[Binding]:
    """Return Textual's bindings: ``tags`` runs the action ``do('tags')`` of the widget."""
    return [
        Binding(
            key.keys,
            f"do('{key.name}')",
            key.words,
            show=False,
            priority=key.priority,
            id=key.name,
        )
        for key in keys_of(*places)
    ]


NAMES: Final[Mapping[str, str]] = {
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
    "f8": "F8",
}
"""How Textual's names of keys look to a person."""


def shown(key: Key, changed: Mapping[str, str] | None = None) -> str:
    """Return the key as people write it: the config's, or the table's first."""
    text = pressed(key, changed)
    return NAMES.get(text, text)


def pressed(key: Key, changed: Mapping[str, str] | None = None) -> str:
    """Return Textual's name of the key that is shown: the config's, or the table's first."""
    return (changed or {}).get(key.name, key.keys).split(",")[0].strip()


def is_typed(key: Key, changed: Mapping[str, str] | None = None) -> bool:
    """Whether an input that has the focus takes the key as a letter of its text."""
    first = pressed(key, changed)
    return len(first) == 1 or first in {"slash", "colon", "question_mark", "space", "enter"}


def footer(keys: Iterable[Key]) -> list[Key]:
    """Return at most eight keys, in the order of use; one name once."""
    ranked = sorted((key for key in keys if key.rank), key=lambda key: key.rank)
    once: dict[str, Key] = {}
    for key in ranked:
        once.setdefault(key.name, key)
    chosen = list(once.values())
    return chosen if len(chosen) <= 8 else [*chosen[:6], *chosen[-2:]]
