"""Make what is generated of the manual again: the reference, the man page, the completions.

``./dev docs`` runs this. With ``--check`` nothing is written, and the exit status tells whether
something is stale. Everything comes from the registry, the key table, the config's types and the
query language: nothing in it is written by hand.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from planhat_tui.commands import grammar
from planhat_tui.commands.completion import SCRIPTS
from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import GLOBALS, THEME, Effect, commands
from planhat_tui.commands.usage import pieces
from planhat_tui.config import schema
from planhat_tui.config.keys import KEYS, Where, written
from planhat_tui.errors import INTERRUPTED
from planhat_tui.model.query import SPECIAL, fields, parse
from planhat_tui.model.query.reading import DEEPEST, LONGEST, MOST_SORTED, MOST_TERMS
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planhat_tui.commands.registry import Command, Param
    from planhat_tui.config.keys import Key

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
SHARE = ROOT / "share"
MADE = "<!-- Made by ./dev docs: change the code, not this page. -->"
DOORS = {
    Door.SHELL: "shell",
    Door.LINE: "`:` line, `repl`, `run`",
    Door.PALETTE: "palette",
    Door.KEY: "key",
}
EFFECTS = {
    Effect.READ: "reads",
    Effect.CONFIG: "changes the config",
    Effect.HERE: "changes what is kept on this machine",
    Effect.WRITE: "changes something",
    Effect.DELETE: "deletes; asks first",
    Effect.TYPED: "asks first unless it only reads",
}
STATUSES = (
    (0, "done; a find without rows too"),
    (1, "failed"),
    (2, "what was typed can't be used"),
    (3, "not found"),
    (4, "refused: by a guardrail, for the token, or by Planhat"),
    (5, "conflict: somebody else has changed the same field"),
    (6, "offline; an edit is queued"),
    (7, "not sure whether it was saved: look before you send it again"),
    (8, "some rows failed"),
    (INTERRUPTED, "interrupted"),
)
VARIABLES = (
    ("PLANHAT_TUI_PROFILE", "the profile to work in, where none is named"),
    ("PLANHAT_TUI_CONFIG", "the config file"),
    ("PLANHAT_TUI_HOME", "one folder for config, data and state"),
    ("VISUAL, EDITOR", "the editor that `edit` opens; else vi"),
    ("PAGER", "what shows answers that are longer than the terminal; else none"),
    ("NO_COLOR", "no colours"),
    ("TERM", "dumb: no explorer, repl instead"),
)


def made() -> dict[Path, str]:
    """Return what every generated file holds now."""
    return {
        REFERENCE / "commands.md": _page(commands_page()),
        REFERENCE / "keys.md": _page(keys_page()),
        REFERENCE / "config.md": _page(config_page()),
        REFERENCE / "query.md": _page(query_page()),
        SHARE / "man" / "man1" / "planhat-tui.1": "\n".join(man_page()) + "\n",
        SHARE / "bash-completion" / "completions" / "planhat-tui": SCRIPTS["bash"],
        SHARE / "zsh" / "site-functions" / "_planhat-tui": SCRIPTS["zsh"],
        SHARE / "fish" / "vendor_completions.d" / "planhat-tui.fish": SCRIPTS["fish"],
    }


def stale() -> list[Path]:
    """Return the files that the code has left behind."""
    return [path for path, text in made().items() if not path.exists() or path.read_text() != text]


def _page(lines: Iterable[str]) -> str:
    return "\n".join([*lines, "", MADE]) + "\n"


# -- commands


def commands_page() -> Iterator[str]:
    """Return every verb with its words, options and doors."""
    yield "# Commands"
    yield ""
    yield "The same words in a shell, after `:`, in `planhat-tui repl` and in scripts. After `:` no"
    yield "record is an argument: a verb takes the selection, or `--id ID`."
    for noun, of in groupby(commands(), key=lambda command: command.noun or command.verb):
        yield f"\n## {noun}"
        for command in of:
            yield from _command(command)
    yield "\n## Options of all commands\n"
    yield "Before or after the verb, in a shell.\n"
    yield from _params(GLOBALS, Door.SHELL)
    yield "\nThe explorer, which needs no command, takes one more:\n"
    yield from _params([THEME], Door.SHELL)
    yield "\n## Exit status\n"
    yield from _table(("status", "means"), ((str(n), told) for n, told in STATUSES))
    yield "\n## Environment\n"
    yield from _table(("variable", "means"), ((f"`{name}`", told) for name, told in VARIABLES))


def _command(command: Command) -> Iterator[str]:
    if command.noun:
        yield f"\n### {command.name}"
    yield ""
    yield from _paragraphs(command)
    yield "```text"
    yield f"planhat-tui {usage(command, Door.SHELL)}"
    if Door.LINE in command.doors:
        yield f":{usage(command, Door.LINE)}"
    yield "```"
    params = grammar.params_of(command, Door.SHELL)
    if params:
        yield ""
        yield from _params(params, Door.SHELL)
    yield ""
    yield " · ".join(_facts(command))


def _paragraphs(command: Command) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", command.help.strip()):
        yield " ".join(paragraph.split())
        yield ""


def _facts(command: Command) -> Iterator[str]:
    yield EFFECTS[command.effect]
    yield "doors: " + ", ".join(told for door, told in DOORS.items() if door in command.doors)
    if command.key:
        yield f"key: {', '.join(_pressed(command))}"
    if command.aliases:
        yield f"also: `{command.noun} {'`, `'.join(command.aliases)}`"
    if not command.needs_profile:
        yield "needs no profile"


def _pressed(command: Command) -> list[str]:
    return [f"`{_shown(key)}` ({key.where})" for key in keys_of(command)]


_SHOWING = {
    Kind.COMPANY: {Where.COMPANIES, Where.DETAIL},
    Kind.CONTACT: {Where.CONTACTS},
    Kind.CALL: {Where.CALL},
}
"""Where records of a kind are shown: a key there works on one of them."""
_OTHERWISE = {(Where.DETAIL, "add")}
"""Keys that make something else than a record of the kind that is shown: a custom field."""


def keys_of(command: Command) -> list[Key]:
    """Return the keys that do what a verb does, by where they do it.

    A key may be called alike in several places. What it does everywhere is the verb; otherwise it
    works on what is shown there, if verbs of several kinds name it.
    """
    named = [key for key in KEYS if key.name == command.key]
    if everywhere := [key for key in named if key.where is Where.EXPLORER]:
        return everywhere
    kinds = {other.kind for other in commands() if other.key == command.key}
    if command.kind is None or len(kinds) == 1:
        return named
    shown = _SHOWING[command.kind]
    return [k for k in named if k.where in shown and (k.where, k.name) not in _OTHERWISE]


def usage(command: Command, door: Door) -> str:
    """Return how a verb is typed at one door."""
    params = grammar.params_of(command, door)
    options = ["[OPTIONS]"] if any(grammar.spellings(param, door) for param in params) else []
    return " ".join([command.name, *options, *pieces(params, door)])


def _params(params: Iterable[Param], door: Door) -> Iterator[str]:
    rows = ((_spelled(p, door).replace("|", "` or `"), _meaning(p)) for p in params)
    yield from _table(("word", "means"), ((f"`{spelled}`", means) for spelled, means in rows))


def _spelled(param: Param, door: Door) -> str:
    if param.how in {"option", "options", "flag"}:
        value = "|".join(param.choices) or param.metavar
        flags = ", ".join(param.flags)
        return flags if param.how == "flag" else f"{flags} {value}"
    many = "..." if param.how == "words" else ""
    return f"{'--id ID' if door is Door.LINE and param.how == 'records' else param.metavar}{many}"


def _meaning(param: Param) -> str:
    default = f"; else `{param.default}`" if param.default else ""
    return f"{param.help}{default}"


# -- keys


def keys_page() -> Iterator[str]:
    """Return every key by where it works, with the name that the config knows it by."""
    yield "# Keys"
    yield ""
    yield "What has the focus comes first. The name is the one by which the config changes a key:"
    yield "`settings: {keymap: {keys: {NAME: KEY}}}`."
    for where in Where:
        found = [key for key in KEYS if key.where is where]
        if found:
            yield f"\n## {where.value}\n"
            yield from _table(
                ("key", "does", "name"), ((f"`{_all(k)}`", k.help, f"`{k.name}`") for k in found)
            )
    yield "\n`ctrl+p` opens the palette, `ctrl+q` quits. After `:`, Tab completes, up and down walk"
    yield "the history of the tenant, and `ctrl+r` searches it for what is typed. These stay so."


def _shown(key: Key) -> str:
    return written(key.keys.split(",")[0])


def _all(key: Key) -> str:
    return " ".join(written(name) for name in key.keys.split(","))


# -- config


def config_page() -> Iterator[str]:
    """Return what the config can hold, from the schema that is made of the types."""
    parts: Any = schema.schema()["$defs"]
    yield "# Config"
    yield ""
    yield "`config.yaml` in your system's folder for such files, or where `PLANHAT_TUI_CONFIG`"
    yield "says; others must not be able to read it (`chmod 600`). A mistake is named with file,"
    yield "line and column, and the profiles that are right still open. `planhat-tui doctor` looks"
    yield "at all of it, and `planhat-tui config schema` prints the schema for your editor."
    yield "\n`default` beside the sections names the profile to open with."
    for title, part, before in (
        ("profiles: NAME", "Profile", ""),
        ("profiles: NAME: token", "Source", "One of them, or the token itself as text.\n"),
        ("views: NAME", "View", ""),
        ("settings", "Settings", ""),
        ("settings: keymap", "Keymap", ""),
    ):
        yield f"\n## {title}\n"
        if before:
            yield before
        yield from _keys(parts[part])


_SOURCES = {
    "env": "the variable of the environment that holds it",
    "command": "the command that prints it",
    "file": "the file that holds it, private to you",
    "keyring": "its name in the system's keyring (the extra `keyring`)",
}
_ELSEWHERE = {
    "preset": "the keys to begin with",
    "keys": "names of [keys](keys.md), and what is pressed instead",
    "keymap": "the keys, see below",
}
"""What the schema has no sentence for, since editors show none there."""


def _keys(part: Any) -> Iterator[str]:  # noqa: ANN401 -- JSON
    rows = []
    for name, told in part["properties"].items():
        means = told.get("description") or _SOURCES.get(name) or _ELSEWHERE[name]
        left_out = "has to be there" if name in part["required"] else _default(told.get("default"))
        rows.append((f"`{name}`", means, _held(told), left_out))
    yield from _table(("key", "means", "holds", "if left out"), rows)


def _held(told: Any) -> str:  # noqa: ANN401 -- likewise
    if "enum" in told:
        return ", ".join(told["enum"])
    if "anyOf" in told:
        several = [_held(one) for one in told["anyOf"] if one != {"type": "null"}]
        return ", or ".join(several)
    if "$ref" in told:
        return "a source" if told["$ref"].endswith("Source") else "keys and values"
    if "examples" in told and "pattern" in told and told["type"] == "string":
        return f"text, such as {told['examples'][0]}"
    least = f", {told['minimum']} or more" if "minimum" in told else ""
    return _TYPES[told["type"]] + least


_TYPES = {
    "string": "text", "boolean": "true or false", "integer": "whole number", "array": "list of text"
}  # fmt: skip


def _default(value: object) -> str:
    if value in ("", None, []):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


# -- the query language


def query_page() -> Iterator[str]:
    """Return what a query can ask for."""
    yield "# Query language"
    yield ""
    yield "One language in the search box, after `:` and in the shell. Words may stand anywhere in"
    yield "a name, domain, e-mail, phone, external id or tag; all of them must be found."
    yield "\n```text"
    yield "acme tag:vip -tag:risk phase:onboarding owner:me custom.Plan:gold contacts.title:cfo"
    yield "arr:10000.. arr:1000..5000 renewal:next90d updated:over30d created:2026-01-01.."
    yield "(acme OR globex) has:phone is:pending not:phase:churned sort:-arr,name limit:50"
    yield "```\n"
    yield from _table(
        ("field", "is compared as", "example", "also"),
        (
            (f"`{name}:`", fields.type_of(name), f"`{_example(name)}`", ", ".join(others))
            for name, others in _by_field().items()
        ),
    )
    yield f"| `custom.NAME:` | custom | `{_checked('custom.Plan:gold')}` | |"
    yield "\nContacts are asked of companies as `contacts.FIELD:`, and a field that companies don't"
    yield "have is asked of their contacts; `contact find` goes the other way round."
    never, over = _checked("-lastcall:last30d"), _checked("lastcall:over30d")
    yield "\n`lastcall:` knows the calls that were logged from here, and no others. Who was never"
    yield f"called has none: `{never}` finds those too, `{over}` doesn't."
    yield "\n## How a value is compared\n"
    yield from _table(
        ("compared as", "typed", "means"),
        (
            (kind, f"`{_checked(f'{_OF[kind]}:{typed}')}`", means)
            for kind in get_args(fields.Type)
            for typed, means in _COMPARED[kind]
        ),
    )
    yield "\nAfter `:` and in the search box, where no shell reads it first, `arr>1000`,"
    yield "`arr>=1000`, `arr<1000` and `arr<=1000` do as well."
    yield "\n## Beside fields\n"
    yield from _table(
        ("word", "means"),
        (
            *((f"`{_checked(word)}`", means) for n in SPECIAL for word, means in _BESIDE[n]),
            *((f"`{_checked(word)}`", means) for word, means in _JOINED),
        ),
    )
    yield f"\nA query has at most {LONGEST:,} characters, {MOST_TERMS} words and conditions,"
    yield f"{DEEPEST} parentheses and negations around one of them, and is sorted by at most"
    yield f"{MOST_SORTED} fields."


_OF: dict[fields.Type, str] = {
    "part": "name", "whole": "phase", "tags": "tag", "user": "owner", "id": "id", "phone": "phone",
    "number": "arr", "date": "renewal", "boolean": "featured", "custom": "custom.NAME",
    "any": "has",
}  # fmt: skip
"""A field for each way of comparing, by which it is shown."""

_COMPARED: dict[fields.Type, tuple[tuple[str, str], ...]] = {
    "part": (("acme", "anywhere in it, whatever the case and the accents"),
             ('"acme inc"', "with the blank")),
    "whole": (("onboarding", "all of it, whatever the case and the accents"),),
    "tags": (("vip", "one of the tags"),),
    "user": (("me", "you, by the token"), ('"Max Berg"', "by name")),
    "id": (("5f0000000000000000000001", "the id as Planhat has it"),),
    "phone": (("46701234567", "by its digits"),),
    "number": (("1000", "just so many"), ("1000..", "so many or more"), ("..1000", "or fewer"),
               ("1k..5k", "from one to the other; `k` thousands, `m` millions")),
    "date": (("2026-03-01", "that day, in UTC"), ("2026-03", "that month"), ("2026", "that year"),
             ("2026-01..2026-03", "from one to the other, both with"),
             ("2026-03-01..", "from then on"),
             ("next90d", "from today on; `d`, `w`, `m`, `y`"), ("last30d", "up to today"),
             ("over30d", "longer ago than that"),
             ("30d", "of days: the last 30; of `renewal` and `customerto` the next")),
    "boolean": (("true", "or `yes`"), ("false", "or `no`")),
    "custom": (("gold", "a text, as `whole`; else as what it holds"), ("10..20", "a number"),
               ("next90d", "a date")),
    "any": (("contacts", "there are some; `has:` works for every field"),),
}  # fmt: skip

_BESIDE = {
    "has": (("has:phone", "something stands in the field"),),
    "is": tuple(
        (f"is:{state}", means)
        for state, means in zip(
            fields.STATES,
            (
                "there is an edit that isn't delivered",
                "one that waits for its turn",
                "one that is on its way",
                "one of which it isn't sure whether it arrived",
                "one of which somebody else has changed the field",
                "one that was refused",
                "one that is held back",
                "Planhat doesn't have the record yet",
                "others have changed it since you last looked at it",
            ),
            strict=True,
        )
    ),
    "sort": (("sort:-arr,name", "the order, by one field or several; `-` from the largest"),),
    "limit": (("limit:50", "at most so many"),),
    "not": (("not:tag:vip", "without it; safe in every shell"),),
}
_JOINED = (
    ("-tag:vip", "without it, too"),
    ("acme tag:vip", "both must hold"),
    ("acme OR globex", "one of them must"),
    ("(acme OR globex) tag:vip", "parentheses hold together"),
    ('"north sea"', 'a text with a blank; also for a word that means something else, as `"OR"`'),
)


def _checked(text: str) -> str:
    """Return a piece of the language. Raises :class:`QueryError` if it is none."""
    parse(text)
    return text


def _by_field() -> dict[str, list[str]]:
    """Return each field with its other names."""
    found: dict[str, list[str]] = {}
    for name in fields.names():
        if name not in SPECIAL:
            others = found.setdefault(fields.canonical(name), [])
            others += [f"`{name}:`"] if fields.canonical(name) != name else []
    return found


_EXAMPLES = {
    "part": "acme", "whole": "onboarding", "tags": "vip", "user": "me",
    "id": "5f0000000000000000000001", "phone": "46701234567",
    "number": "10..20", "date": "last30d", "boolean": "true", "any": "",
}  # fmt: skip


def _example(name: str) -> str:
    kind = fields.type_of(name)
    return f"has:{name}" if kind == "any" else _checked(f"{name}:{_EXAMPLES[kind]}")


# -- the man page


def man_page() -> Iterator[str]:
    """Return the man page, in man's own macros."""
    yield '.TH PLANHAT-TUI 1 "" "planhat-tui" "User Commands"'
    yield ".SH NAME"
    yield "planhat\\-tui \\- Planhat at the speed of a terminal"
    yield ".SH SYNOPSIS"
    yield ".B planhat\\-tui\n[\\fB\\-\\-profile\\fR \\fINAME\\fR] [\\fB\\-\\-demo\\fR]\n.br"
    yield ".B planhat\\-tui\n\\fICOMMAND\\fR [\\fIARGUMENTS\\fR]"
    yield ".SH DESCRIPTION"
    yield "Without a command: the explorer; on practice data where there is no profile yet."
    yield "Everything is read from a copy on this disk and written to an outbox on this disk."
    yield ".SH COMMANDS"
    for command in commands():
        yield f".TP\n.B {_roff(usage(command, Door.SHELL))}"
        yield _roff(" ".join(command.help.split()))
        for param in grammar.params_of(command, Door.SHELL):
            spelled = _spelled(param, Door.SHELL)
            yield f".RS\n.TP\n.I {_roff(spelled)}\n{_roff(_meaning(param)).replace('`', '')}\n.RE"
    yield ".SH OPTIONS"
    for param in GLOBALS:
        spelled = _spelled(param, Door.SHELL)
        yield f".TP\n.B {_roff(spelled)}\n{_roff(param.help)}"
    yield ".SH EXIT STATUS"
    for number, told in STATUSES:
        yield f".TP\n.B {number}\n{_roff(told)}"
    yield ".SH ENVIRONMENT"
    for name, told in VARIABLES:
        yield f".TP\n.B {name}\n{_roff(told)}"


def _roff(text: str) -> str:
    """Return a text in which man finds no macro of its own."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{safe}" if safe[:1] in {".", "'"} else safe


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = [*titles]
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"


def main() -> int:
    """Write everything, or tell what is stale."""
    if "--check" in sys.argv[1:]:
        for path in stale():
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale: ./dev docs makes it again\n")
        return 1 if stale() else 0
    for path, text in made().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
