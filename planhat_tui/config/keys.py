"""The keys: one table, from which bindings, footer, help and the ``keys`` command are made.

A key belongs to a place and has a name, by which the config changes it
(``settings.keymap.keys``, see :mod:`planhat_tui.config.keymap`) and by which the widget that stands
for the place does it: key ``tags`` calls ``do_tags``. One name has one key in all its places.
Nothing is bound to ctrl+a, ctrl+b (tmux, screen), ctrl+c and ctrl+z.
"""

from __future__ import annotations

import string
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.text import fold

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
    CONFLICT = "conflict"
    PLAN = "plan"
    JOURNAL = "journal"
    ANSWERS = "answers"
    TENANTS = "tenants"
    REQUESTS = "requests"
    WEB = "page of the web app"
    ORDER = "order of the list"
    COLUMNS = "columns of the list"
    VIEWS = "saved views"
    IMPORT = "import of a file"
    OVERVIEW = "overview"


class Key(NamedTuple):
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


E, L, C, D, P, A, F, V = (
    Where.EXPLORER, Where.LIST, Where.COMPANIES, Where.DETAIL, Where.CONTACTS, Where.CALL,
    Where.FORM, Where.VIEWS,
)  # fmt: skip

KEYS: Final = (
    Key(E, "find", "slash", "find", "find a company by any part of its name, domain, id", 1),
    Key(E, "line", "colon", "command", "type a command"),
    Key(E, "help", "question_mark", "keys", "the keys of what has the focus", 99),
    Key(E, "companies", "1", "companies", "go to the companies"),
    Key(E, "detail", "2", "detail", "go to the company's detail"),
    Key(E, "contacts", "3", "contacts", "go to its contacts"),
    Key(E, "calls", "4", "call", "go to the calls"),
    Key(E, "overview", "0", "overview", "the tenant at a glance: companies counted, as bars"),
    Key(E, "zoom", "z", "zoom", "give the whole screen to one pane, and back"),
    Key(E, "place_before", "left_square_bracket", "back", "the place before: pane and company"),
    Key(E, "place_after", "right_square_bracket", "forward", "the place that one went back from"),
    Key(E, "outbox", "o", "queue", "what Planhat doesn't have yet", 90),
    Key(E, "stamp", "f8", "stamp the next stage", "stamp ring, talk, end of the call that runs"),
    Key(E, "requests", "L", "requests", "the last requests to Planhat, and what came back"),
    Key(E, "tenants", "p", "tenants", "switch the tenant"),
    Key(E, "last_tenant", "P", "last tenant", "back to the tenant before"),
    Key(E, "undo", "u", "undo", "take the last edit back; what is delivered is shown first"),
    Key(E, "redo", "U", "redo", "do again what undo took back; what is delivered is shown first"),
    Key(E, "journal", "J", "journal", "what was changed from here, and what became of it"),
    Key(E, "answers", "A", "answers", "what the commands after : have answered"),
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
    Key(C, "range", "v", "range", "begin a range; the second time, mark what lies between"),
    Key(C, "mark_all", "V", "mark all", "mark all that are shown, or none"),
    Key(C, "next_match", "n", "next match", "the next company that the last search finds"),
    Key(C, "previous_match", "N", "match before", "the one before"),
    Key(
        C,
        "everything",
        "ctrl+f",
        "everything",
        "all that the search finds: contacts, calls, tags",
        priority=True,
    ),
    Key(C, "sort", "s", "sort", "sort by a field, or several"),
    Key(C, "views", "f", "views", "saved views; a name saves the list as it is"),
    Key(C, "columns", "S", "columns", "choose the columns, their order and their widths"),
    Key(C, "tags", "t", "tags", "add and remove tags", 3),
    Key(C, "field", "e", "field", "change a field; type a piece of its name", 4),
    Key(C, "add", "a", "add", "add a company"),
    Key(C, "log_call", "C", "log call", "log a call that just ended", 5),
    Key(C, "call_now", "c", "call now", "log a call while it runs"),
    Key(C, "copy", "y", "copy", "copy the name, or the names of all marked"),
    Key(C, "copy_field", "Y", "copy a field", "copy a field, the row or JSON; of all marked"),
    Key(C, "delete", "D", "delete", "delete; asks for a word first"),
    Key(D, "find", "slash", "find", "filter the fields", 1),
    Key(D, "field", "e", "field", "change a field; type a piece of its name", 3),
    Key(D, "tags", "t", "tags", "add and remove tags", 4),
    Key(D, "remove", "x", "remove", "remove the tag or custom field under the cursor", 6),
    Key(D, "add", "a", "add field", "add a custom field", 7),
    Key(D, "log_call", "C", "log call", "log a call that just ended", 8),
    Key(D, "call_now", "c", "call now", "log a call while it runs"),
    Key(D, "delete", "D", "delete", "delete the company; asks for a word first", 9),
    Key(D, "next_match", "n", "next match", "the next field that the last filter finds"),
    Key(D, "previous_match", "N", "match before", "the one before"),
    Key(D, "views", "f", "views", "saved views of the companies"),
    Key(D, "chip_left", "h,left", "tag left", "tag to the left"),
    Key(D, "chip_right", "l,right", "tag right", "tag to the right"),
    Key(D, "copy", "y", "copy", "copy the value"),
    Key(D, "copy_field", "Y", "copy a field", "copy a field, the row or JSON"),
    Key(D, "editor", "E", "in $EDITOR", "edit the company as YAML in your editor"),
    Key(D, "timeline", "T", "timeline", "what was seen to change, from what to what, and by whom"),
    Key(D, "web", "O", "web app", "open the company in Planhat's web app; shows the address first"),
    Key(P, "tags", "t", "contact tags", "add and remove tags of the contact", 3),
    Key(P, "field", "e", "field", "change a field; type a piece of its name", 4),
    Key(P, "add", "a", "add", "add a contact", 5),
    Key(P, "log_call", "C", "log call", "log a call that just ended", 7),
    Key(P, "call_now", "c", "call now", "log a call while it runs", 8),
    Key(P, "mark", "space", "mark", "mark the row", 80),
    Key(P, "range", "v", "range", "begin a range; the second time, mark what lies between"),
    Key(P, "mark_all", "V", "mark all", "mark all contacts, or none"),
    Key(P, "sort", "s", "sort", "sort by a field, or several"),
    Key(P, "columns", "S", "columns", "choose the columns, their order and their widths"),
    Key(P, "next_match", "n", "next match", "the next contact that the last search finds"),
    Key(P, "previous_match", "N", "match before", "the one before"),
    Key(P, "views", "f", "views", "saved views of the companies"),
    Key(P, "copy", "y", "copy", "copy e-mail or phone; of all marked"),
    Key(P, "copy_field", "Y", "copy a field", "copy a field, the row or JSON; of all marked"),
    Key(P, "timeline", "T", "timeline", "what was seen to change, from what to what, and by whom"),
    Key(P, "delete", "D", "delete", "delete; asks for a word first", 6),
    Key(A, "log_call", "C", "log call", "log a call that just ended", 1),
    Key(A, "call_now", "c", "call now", "log a call while it runs", 3),
    Key(A, "add", "a", "log call", "log a call that just ended"),
    Key(A, "field", "e", "field", "change a field of the call", 4),
    Key(A, "next_match", "n", "next match", "the next call that the last search finds"),
    Key(A, "previous_match", "N", "match before", "the one before"),
    Key(A, "views", "f", "views", "saved views of the companies"),
    Key(A, "copy", "y", "copy", "copy the number"),
    Key(A, "copy_field", "Y", "copy a field", "copy a field, or JSON"),
    Key(A, "delete", "D", "delete", "delete the call; asks for a word first", 5),
    Key(F, "save", "ctrl+s", "save", "save", 1, priority=True),
    Key(F, "close", "escape", "close, draft kept", "close; what is typed is kept", 2),
    Key(F, "stamp", "f8", "stamp the next stage", "stamp ring, talk, end", 3, priority=True),
    Key(F, "drop", "f9", "drop", "throw the call away, and what is typed", 4, priority=True),
    Key(Where.TIMER, "stage", "space", "next stage", "next stage: ring, talk, end", 1),
    Key(Where.TIMER, "drop", "f9", "drop", "throw the call away, and what is typed", 3),
    Key(Where.OUTBOX, "retry", "R", "retry", "send it again", 3),
    Key(Where.OUTBOX, "discard", "x", "discard", "take it out: the edit is dropped", 4),
    Key(Where.OUTBOX, "hold", "h", "hold", "keep it here until R", 5),
    Key(Where.OUTBOX, "send", "ctrl+s", "send now", "try all that is queued now", 6),
    Key(Where.OUTBOX, "there", "i", "it's there", "not sure: Planhat has it; not sent again", 7),
    Key(Where.PLAN, "discard", "x", "take out", "take the row out; later, what isn't sent", 3),
    Key(Where.PLAN, "keep", "w", "save", "save the plan as a file", 4),
    Key(Where.PLAN, "send", "ctrl+s", "run", "run it; to delete, or as set, after a word", 5),
    Key(Where.PLAN, "hold", "h", "pause", "keep back what isn't sent; let it go on", 6),
    Key(Where.PLAN, "retry", "R", "retry", "send again what was refused", 7),
    Key(Where.PLAN, "undo", "u", "undo", "take all of it back", 8),
    Key(Where.CONFLICT, "before", "1", "before", "send what it was before", 1),
    Key(Where.CONFLICT, "mine", "2", "mine", "send mine over theirs", 2),
    Key(Where.CONFLICT, "theirs", "3", "theirs", "leave theirs", 3),
    Key(Where.CONFLICT, "other", "e", "other", "send another value", 4),
    Key(Where.JOURNAL, "undo", "u", "undo", "take this edit back", 1),
    Key(Where.JOURNAL, "undo_step", "s", "undo step", "take back all that was done with it", 2),
    Key(Where.ANSWERS, "find", "slash", "find", "find a text in all answers", 1),
    Key(Where.ANSWERS, "next_match", "n", "next match", "the next line that has it", 3),
    Key(Where.ANSWERS, "previous_match", "N", "match before", "the line before that has it", 4),
    Key(Where.ANSWERS, "copy", "y", "copy", "copy the line", 5),
    Key(Where.ANSWERS, "copy_answer", "Y", "copy answer", "copy the whole answer", 6),
    Key(Where.ANSWERS, "write", "w", "write", "write the answer to a file", 7),
    Key(Where.TENANTS, "add", "a", "add a tenant", "add a tenant by its token", 3),
    Key(Where.TENANTS, "change_tenant", "e", "change", "change what the tenant's profile says", 4),
    Key(Where.TENANTS, "test_token", "T", "test", "ask Planhat who its token stands for", 5),
    Key(Where.REQUESTS, "copy", "y", "copy as curl", "copy as curl, the token as a variable", 3),
    Key(Where.WEB, "open", "enter", "open", "open it in the browser", 2),
    Key(Where.WEB, "copy", "y", "copy", "copy the address", 3),
    Key(Where.ORDER, "also", "space", "and by this", "by this one too; turned round; not", 3),
    Key(Where.ORDER, "custom", "a", "custom field", "by a custom field too; type its name", 4),
    Key(Where.ORDER, "usual", "x", "as usual", "the best match first, or by name", 5),
    Key(Where.ORDER, "take", "ctrl+s", "take it", "sort as it is shown here", 6),
    Key(Where.COLUMNS, "toggle", "space", "show, hide", "show the column, or hide it", 3),
    Key(Where.COLUMNS, "later", "J,shift+down", "down", "move it to the right in the list", 4),
    Key(Where.COLUMNS, "earlier", "K,shift+up", "up", "move it to the left in the list", 5),
    Key(Where.COLUMNS, "narrower", "h,left", "narrower", "make it a cell narrower"),
    Key(Where.COLUMNS, "wider", "l,right", "wider", "make it a cell wider"),
    Key(Where.COLUMNS, "fitting", "w", "as it fits", "let it be as wide as it fits again"),
    Key(Where.COLUMNS, "custom", "a", "custom field", "show a custom field; type its name", 6),
    Key(Where.COLUMNS, "usual", "x", "as usual", "those that fit", 7),
    Key(Where.COLUMNS, "take", "ctrl+s", "take them", "show what is chosen here", 8),
    Key(V, "save", "ctrl+s", "save anew", "save the list as it is under it", 3, priority=True),
    Key(V, "start", "ctrl+t", "at the start", "show it at the start; not", 4, priority=True),
    Key(Where.IMPORT, "leave_out", "x", "leave it out", "leave the column out", 3),
    Key(Where.IMPORT, "take", "ctrl+s", "show the plan", "go on to the plan of the import", 4),
    Key(Where.OVERVIEW, "group_before", "h,left", "group before", "the group before", 3),
    Key(Where.OVERVIEW, "group_after", "l,right", "group after", "the next group", 4),
)  # fmt: skip


CHAINS: Final = (
    (L, C, E),
    (L, D, E),
    (L, P, E),
    (L, A, E),
    (Where.TIMER, F, A, E),
    (L, Where.OUTBOX),
    (L, Where.PLAN),
    (L, Where.CONFLICT),
    (L, Where.JOURNAL),
    (L, Where.ANSWERS),
    (L, Where.TENANTS),
    (L, Where.REQUESTS),
    (Where.WEB,),
    (L, Where.ORDER),
    (L, Where.COLUMNS),
    (Where.VIEWS,),
    (L, Where.IMPORT),
    (L, Where.OVERVIEW),
)
"""Places that have keys at the same time, from the focused widget outwards."""

PRESETS: Final[Mapping[str, Mapping[str, str]]] = {
    "default": {},
    "vim": {
        "field": "e,i",
        "refresh": "r,ctrl+l",
        "last_tenant": "P,ctrl+circumflex_accent",
        "place_before": "left_square_bracket,ctrl+o",
    },
}
"""What each preset changes, by name. The table itself has most of vim: ``j k g G / n u y x v V :``,
ctrl+d and ctrl+u. Added are ``i`` to edit, ctrl+l to see things as they are, ctrl+^ for the tenant
before and ctrl+o for the place before (its counterpart, ctrl+i, is Tab to a terminal)."""


def keys_of(*places: Where) -> tuple[Key, ...]:
    """Return the keys of these places, in the order of the table."""
    return tuple(key for key in KEYS if key.where in places)


def name_of(char: str) -> str:
    """Return what Textual calls the key of a character: ``t`` is itself, ``/`` is ``slash``."""
    if char == " ":
        return "space"
    if char.isalnum():
        return char
    plain = unicodedata.name(char, char).lower().replace("-", "_").replace(" ", "_")
    return _SHORTER.get(plain, plain)


_SHORTER: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
CHARACTERS: Final[Mapping[str, str]] = {name_of(char): char for char in string.punctuation}
"""Characters by Textual's names of their keys."""

_WORDS: Final[Mapping[str, str]] = {
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
}


def written(name: str) -> str:
    """Return one of Textual's names of keys as people write it: ``ctrl+^``, ``esc``, ``F8``."""
    held, plus, last = name.strip().rpartition("+")
    last = CHARACTERS.get(last, _WORDS.get(last, last))
    if len(last) > 1 and last[0] == "f" and last[1:].isdecimal():
        last = last.upper()
    return f"{held}{plus}{last}"


def all_written(key: Key, changed: Mapping[str, str] | None = None) -> str:
    """Return all the keys of an entry as people write them, parted by blanks."""
    return " ".join(map(written, effective(key, changed)))


def on(key: Key, typed: str, changed: Mapping[str, str] | None = None) -> bool:
    """Tell whether a command is on the key that is typed as people write it; ``T`` isn't ``t``."""
    names = [written(name) for name in effective(key, changed)]
    return typed in names or (len(typed) > 1 and fold(typed) in map(fold, names))


def has(key: Key, pieces: Iterable[str], changed: Mapping[str, str] | None = None) -> bool:
    """Tell whether all these pieces are in what is said of a key, or in how it is written.

    A key that is a character alone has no pieces.
    """
    names = (name for name in map(written, effective(key, changed)) if len(name) > 1)
    said = fold(" ".join((key.where, key.name, key.words, key.help, *names)))
    return all(fold(piece) in said for piece in pieces)


def effective(key: Key, changed: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return Textual's names of the keys: the config's, or the table's."""
    return tuple(name.strip() for name in (changed or {}).get(key.name, key.keys).split(","))


def shown(key: Key, changed: Mapping[str, str] | None = None) -> str:
    """Return the key as people write it: the config's, or the table's first."""
    return written(pressed(key, changed))


def pressed(key: Key, changed: Mapping[str, str] | None = None) -> str:
    """Return Textual's name of the key that is shown: the config's, or the table's first."""
    return effective(key, changed)[0]
