"""All verbs, each with its words, its parameters and its effect.

A verb is a function; :func:`verb` puts it here. Its parameters are named as the function's
arguments. A new thing to do is one function in this room: every door finds it here.
"""

from __future__ import annotations

import importlib
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

from planhat_tui.commands.context import EVERYWHERE, Door
from planhat_tui.errors import InputError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planhat_tui.commands.results import Result
    from planhat_tui.model.records import Kind

F = TypeVar("F", bound="Callable[..., Result]")


class Effect(StrEnum):
    """What a verb changes: nothing, the config or what else is here, or Planhat's data."""

    READ = "read"
    CONFIG = "config"
    HERE = "here"
    """What is kept on this machine and was never Planhat's, such as a call that was begun."""
    WRITE = "write"
    DELETE = "delete"
    TYPED = "typed"
    """Whatever was typed: it asks unless it only reads."""


_ASKING: Final = frozenset({Effect.DELETE, Effect.TYPED})
_AT_PLANHAT: Final = _ASKING | {Effect.WRITE}


class Param(NamedTuple):
    """One parameter.

    ``records`` are one ``ID`` in the shell; in the ``:`` line the selection, or ``--id ID``. A
    ``word`` is positional, ``words`` are all that are left. An ``option`` takes a value,
    ``options`` take one each, a ``flag`` none. ``flags`` are an option's spellings.
    """

    name: str
    how: Literal["records", "word", "words", "option", "options", "flag"]
    help: str
    metavar: str = ""
    flags: tuple[str, ...] = ()
    required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()


MANY: Final = "ID..."
"""The metavar of records of which the shell takes several."""


def records(name: str = "ids", *, many: bool = False) -> Param:
    """Return the records that the verb is about: one in the shell, or ``many``."""
    metavar = MANY if many else "ID"
    return Param(name, "records", "an id, extid-..., the exact name or the e-mail", metavar)


def word(name: str, help: str, metavar: str = "", *, required: bool = True) -> Param:  # noqa: A002 -- the field's word
    """Return one positional word."""
    return Param(name, "word", help, metavar or name.upper(), required=required)


def words(name: str, help: str, metavar: str = "", *, required: bool = True) -> Param:  # noqa: A002 -- likewise
    """Return all positional words that are left."""
    return Param(name, "words", help, metavar or name.upper(), required=required)


def option(
    flags: str,
    help: str,  # noqa: A002 -- likewise
    metavar: str = "TEXT",
    *,
    required: bool = False,
    default: str = "",
    choices: tuple[str, ...] = (),
) -> Param:
    """Return an option with a value; ``flags`` as in ``"-c --company"``, the last names it."""
    spellings = tuple(flags.split())
    name = spellings[-1].lstrip("-").replace("-", "_")
    return Param(name, "option", help, metavar, spellings, required, default, choices)


def options(flag: str, name: str, help: str, metavar: str) -> Param:  # noqa: A002 -- likewise
    """Return an option that may be written several times; together they are ``name``."""
    return Param(name, "options", help, metavar, (flag,), required=False)


def flag(flags: str, help: str) -> Param:  # noqa: A002 -- likewise
    """Return an option without a value."""
    spellings = tuple(flags.split())
    name = spellings[-1].lstrip("-").replace("-", "_")
    return Param(name, "flag", help, flags=spellings, required=False)


class Command(NamedTuple):
    """A verb. ``noun`` is empty for those that stand alone (``find``, ``undo``).

    ``kind`` is what its records are. ``key`` names the key of the explorer that does the same
    (see :mod:`planhat_tui.config.keys`). ``needs_profile`` says that it opens one. ``guarded``: it
    does nothing but change what Planhat has, where a profile may speak against it. ``asks``: it
    may want a word before it does anything. ``goes_on``: all it has to say is said by its end. Why
    it can't run now is told by :mod:`planhat_tui.commands.barring`.
    """

    noun: str
    verb: str
    run: Callable[..., Result]
    params: tuple[Param, ...] = ()
    effect: Effect = Effect.READ
    kind: Kind | None = None
    key: str = ""
    doors: Door = EVERYWHERE
    aliases: tuple[str, ...] = ()
    needs_profile: bool = True
    guarded: bool = False
    asks: bool = False
    goes_on: bool = False

    @property
    def loses(self) -> bool:
        """Whether something is gone after it: then its words are typed in full."""
        return self.effect is Effect.DELETE or self.verb in _LOSING

    @property
    def name(self) -> str:
        """Noun and verb, as they are typed."""
        return f"{self.noun} {self.verb}".strip()

    @property
    def help(self) -> str:
        """The docstring: its first line is the summary."""
        return self.run.__doc__ or ""

    @property
    def summary(self) -> str:
        """What it does, in a line."""
        return self.help.strip().splitlines()[0]


_LOSING: Final = frozenset({"cancel", "delete", "discard", "drop", "remove", "wipe"})
"""Verbs after which something is gone, here or at Planhat."""

STARTING: Final = (
    option("-p --profile", "the tenant to work in", "PROFILE"),
    flag("--demo", "work on practice data"),
    option("--log", "log what is done, never tokens", "FILE"),
)
"""Options of all verbs that say how a run begins: they belong to the shell."""

ANSWERING: Final = (
    option("-o --output", "how to print", choices=("table", "json", "jsonl", "csv", "id")),
    flag("--json", "one JSON document"),
    flag("--jsonl", "a JSON record a line"),
    option("--fields", "only these fields", "A,B"),
    option("--to", "write it to a file; .json, .jsonl and .csv say how", "FILE"),
    flag("-q --quiet", "data and errors only"),
    flag("--queue", "don't wait for delivery"),
    flag("--fresh", "ask Planhat first"),
)
"""Options of all verbs that say how it's answered: in the ``:`` line too."""

GLOBALS: Final = (*STARTING[:2], *ANSWERING, STARTING[2])
"""Options of all verbs in the shell, before or after them."""

THEME: Final = option("--theme", "how the explorer looks", "THEME")
"""An option of the explorer alone, which stands before all else."""

_COMMANDS: Final[dict[str, Command]] = {}

ROOMS: Final = {
    "find": "find",
    "company": "company",
    "contact": "contact",
    "call": "call",
    "user": "user",
    "bulk": "bulk",
    "plan": "plan",
    "customfield": "customfield",
    "view": "view",
    "edit": "edit",
    "export": "export",
    "import": "importing",
    "duplicates": "duplicates",
    "overview": "overview",
    "whoami": "tenant",
    "sync": "tenant",
    "limits": "tenant",
    "profile": "profile",
    "config": "config",
    "keys": "keys",
    "help": "help",
    "outbox": "outbox",
    "conflict": "conflict",
    "undo": "undo",
    "redo": "undo",
    "journal": "journal",
    "timeline": "timeline",
    "request": "request",
    "run": "script",
    "repl": "script",
    "tour": "tour",
    "theme": "theme",
    "doctor": "doctor",
    "completion": "completion",
    "serve": "serve",
    "sandbox": "sandbox",
}
"""First words, in the order of the help, and the modules that hold their verbs."""


def verb(
    name: str,
    *params: Param,
    effect: Effect = Effect.READ,
    kind: Kind | None = None,
    key: str = "",
    doors: Door = EVERYWHERE,
    aliases: tuple[str, ...] = (),
    needs_profile: bool = True,
    guarded: bool = False,
    asks: bool = False,
    goes_on: bool = False,
) -> Callable[[F], F]:
    """Register a function as the verb ``name``, such as ``company find`` or ``undo``.

    What changes records of a ``kind`` is ``guarded`` anyway, and what deletes ``asks``.
    """
    asking = asks or effect in _ASKING
    changing = guarded or (kind is not None and effect in _AT_PLANHAT)
    noun, _, last = name.rpartition(" ")
    leading = doors | Door.KEY if key else doors

    def register(run: F) -> F:
        _COMMANDS[name] = Command(
            noun, last, run, params, effect, kind, key, leading, aliases, needs_profile, changing,
            asking, goes_on,
        )  # fmt: skip
        return run

    return register


def commands(first: str = "") -> tuple[Command, ...]:
    """Return the verbs whose first word is ``first``, or all of them; loads only their modules."""
    rooms = [ROOMS[first]] if first else ROOMS.values()
    for room in dict.fromkeys(rooms):
        importlib.import_module(f"planhat_tui.commands.{room}")
    found = [c for c in _COMMANDS.values() if not first or (c.noun or c.verb) == first]
    order = list(ROOMS)
    return tuple(sorted(found, key=lambda c: order.index(c.noun or c.verb)))


def first_words(door: Door, start: str = "") -> list[tuple[str, str]]:
    """Return the words that may come first at a door, with their verbs or what they do.

    Only those that begin with ``start``: for the others nothing is loaded.
    """
    told = []
    for word in ROOMS:
        found = [c for c in commands(word) if door in c.doors] if word.startswith(start) else []
        if found:
            does = ", ".join(c.verb for c in found) if found[0].noun else found[0].summary
            told.append((word, does))
    return told


FEW: Final = 12
"""So many names are all named to who mistypes one."""

ALL: Final = "?"
"""The line that lists all commands."""


def match(typed: str, known: Iterable[str], what: str, *, exact: Iterable[str] = ()) -> str:
    """Return the one of ``known`` that a word is, or begins. ``exact`` ones are typed in full.

    Raises :class:`InputError` with the nearest, or with those that it might be.
    """
    names = list(dict.fromkeys(known))  # find is a verb of its own, and one of companies
    if typed in names:
        return typed
    begun = [name for name in names if name.startswith(typed) and name not in set(exact)]
    if len(begun) == 1 and typed:
        return begun[0]
    if len(begun) > 1:
        raise InputError(f"{typed} could be {', '.join(begun)}.", "Type more of it.")
    near = nearest(typed, names)
    raise InputError(f"There is no {what} {typed}.", _advice(typed, near, names))


def _advice(typed: str, near: str, names: list[str]) -> str:
    if near:
        return f"Did you mean {near}?"
    if len(names) <= FEW:
        return f"There are: {', '.join(names)}."
    import difflib

    some = difflib.get_close_matches(typed, names, n=3, cutoff=0)
    return f"The nearest are {', '.join(some)}.  {ALL} lists all"
