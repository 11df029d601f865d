"""Every verb, done at each of its doors with the same words; none is left out.

The shell's words are given; the line's come of them: a record is named with ``--id`` there.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from planhat_tui.commands import line, output
from planhat_tui.commands.context import Door, Selection, Wishes
from planhat_tui.commands.grammar import CONFIRMING, params_of
from planhat_tui.commands.output import Style
from planhat_tui.commands.registry import Command, commands
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.workspace.begun import Partner
from tests.sync.rig import changed_answer, lost_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.commands.results import Done, Result
    from tests.commands.conftest import Desk

NUMBER = "+46 70 765 43 21"
FIELDS = '[{"name": "Region", "parent": "company", "type": "text"}]'


class Example(NamedTuple):
    """What is typed after a verb's name; ``before`` makes what it needs and names it."""

    words: str = ""
    before: Callable[[Desk, Path], str] = lambda _desk, _folder: ""


def _call(desk: Desk, _folder: Path) -> str:
    (record,) = desk.do("call", "log", "--nr", NUMBER, "--talk", "5m").records
    return str(record["_id"])


def _begun(desk: Desk, _folder: Path) -> str:
    who = Partner("c1", "Acme Inc", f"p{desk.time.now}", f"Bo{desk.time.now}")
    desk.workspace.begun.keep(who, {"nr": NUMBER}, finished=False)
    return who.contact_id


def _queued(desk: Desk, _folder: Path) -> str:
    """Queue an edit that waits behind no other; return its number."""
    for entry in desk.queue():
        if entry.state is State.HELD:
            desk.do("outbox", "discard", str(entry.n))
    desk.reopen()  # so that nothing is there that would send it
    return str(_quietly(desk, "company", "tag", "Acme Inc", f"tag-{desk.time.now}").queued[0].n)


def _quietly(desk: Desk, *words: str) -> Done:
    wished, desk.wishes = desk.wishes, Wishes(wait=False)
    done = desk.do(*words)
    desk.wishes = wished
    return done


def _held(desk: Desk, folder: Path) -> str:
    number = _queued(desk, folder)
    desk.do("outbox", "hold", number)
    return number


def _lost(desk: Desk, _folder: Path) -> str:
    """Log a call whose answer is lost; return the edit's number."""
    desk.network.once("POST /calls", lost_answer)
    desk.do("call", "log", "--nr", NUMBER)
    return str(desk.queue()[-1].n)


def _contested(desk: Desk, _folder: Path) -> str:
    """Let two change one field, if nobody has yet; return the number of the edit that waits."""
    if not desk.rows("conflict", "list"):
        desk.server.put(desk.company(), phase="theirs")
        desk.time.leap(3600)
        desk.do("company", "set", "Acme Inc", "phase=mine")
    return str(desk.rows("conflict", "list")[0]["n"])


def _edited(desk: Desk, _folder: Path) -> str:
    desk.do("company", "tag", "Acme Inc", f"tag-{desk.time.now}")
    return ""


def _undone(desk: Desk, folder: Path) -> str:
    _edited(desk, folder)
    desk.do("undo")
    return ""


def _person(desk: Desk, _folder: Path) -> str:
    """Make a contact; return its e-mail."""
    mail = f"a{desk.time.now}@n.example"
    desk.do("contact", "create", "Ada", "--company", "Acme Inc", f"email={mail}")
    return mail


def _company(desk: Desk, _folder: Path) -> str:
    name = f"New {desk.time.now}"
    desk.do("company", "create", name)
    return name


def _plan(desk: Desk, folder: Path) -> str:
    path = folder / f"{desk.time.now}.plan"
    desk.shell("bulk", "company", "acme", "--tag", path.stem, "--save", str(path))
    return str(path)


def _failed(desk: Desk, _folder: Path) -> str:
    """Run a plan of which a row is refused."""

    def refusing(said: Any) -> Any:  # noqa: ANN401 -- JSON
        key = said["updatesKeys"][0]
        said["updatedErrors"].append({**key, "message": "No"})
        return {**said, "updated": said["updated"] - 1}

    desk.network.once("PUT /companies", changed_answer(refusing))
    done = desk.do("bulk", "company", "--all", "--tag", f"t{desk.time.now}")
    assert done.exit_status == 8
    return ""


def _running(desk: Desk, _folder: Path) -> str:
    """Run a plan that waits behind an edit that is held."""
    desk.door, workspace = Door.SHELL, desk.workspace
    with workspace._store.at_once():
        for entry in desk.queue():
            workspace.writes.discard(entry.n)
        zurich = desk.company("Zürich Materials Ltd")
        (first,) = workspace.writes.tag(Kind.COMPANY, [zurich], [f"before-{desk.time.now}"])
        workspace.writes.hold(first.n)
    desk.wishes = Wishes(wait=False)
    desk.do("bulk", "company", "zürich", "--tag", f"t{desk.time.now}")
    desk.wishes = Wishes()
    return ""


def _paused(desk: Desk, folder: Path) -> str:
    _running(desk, folder)
    desk.do("plan", "pause")
    desk.workspace.writes.discard(desk.queue()[0].n)
    return ""


def _file(name: str, text: str) -> Callable[[Desk, Path], str]:
    def made(_desk: Desk, folder: Path) -> str:
        (folder / name).write_text(text)
        return str(folder / name)

    return made


def _open_editor(desk: Desk, _folder: Path) -> str:
    desk.editors.append(lambda text: text)
    return ""


def _typing(desk: Desk, _folder: Path) -> str:
    desk.typed = ["company find acme"]
    return ""


def _token(desk: Desk, _folder: Path) -> str:
    """Have a token in the environment, and a name that no profile has."""
    desk.env["TOKEN"] = "sandbox-token"
    return f"p{int(desk.time.now * 1000)}"


def _profile(desk: Desk, folder: Path) -> str:
    name = _token(desk, folder)
    desk.shell("profile", "add", name, "--base-url", "https://planhat.example", "--token-env=TOKEN")
    return name


def _view(desk: Desk, _folder: Path) -> str:
    desk.shell("view", "save", "mine", "tag:vip")
    return "mine"


EXAMPLES = {
    "find": Example("acme"),
    "company find": Example("acme -tag:nobody"),
    "company show": Example("'Acme Inc'"),
    "company create": Example("'{}' phase=won", lambda desk, _: f"Made {desk.time.now}"),
    "company set": Example("'Acme Inc' phase=won custom.Plan=Gold"),
    "company tag": Example("'Acme Inc' gold"),
    "company untag": Example("'Acme Inc' gold"),
    "company delete": Example("'{}'", _company),
    "contact find": Example("--company 'Acme Inc'"),
    "contact show": Example("{}", _person),
    "contact create": Example("Bo --company 'Acme Inc' email={}@n.example",
                              lambda desk, _: f"b{desk.time.now}"),
    "contact set": Example("{} position=CTO", _person),
    "contact tag": Example("{} gold", _person),
    "contact untag": Example("{} gold", _person),
    "contact delete": Example("{}", _person),
    "call log": Example(f"--nr '{NUMBER}' --talk 5m"),
    "call show": Example("{}", _call),
    "call set": Example("{} --talk 3m", _call),
    "call delete": Example("{}", _call),
    "call list": Example(),
    "call drop": Example("'{}'", _begun),
    "user find": Example("max"),
    "bulk company": Example("acme --tag bulk --dry-run"),
    "bulk contact": Example("acme --tag bulk --dry-run"),
    "plan show": Example("{}", _plan),
    "plan run": Example("{}", _plan),
    "plan retry": Example("", _failed),
    "plan pause": Example("", _running),
    "plan resume": Example("", _paused),
    "plan cancel": Example("", _paused),
    "customfield list": Example(),
    "customfield create": Example("{} --parent company --type text",
                                  lambda desk, _: f"Field {desk.time.now}".replace(" ", "")),
    "customfield import": Example("{}", _file("f.json", FIELDS)),
    "view list": Example(),
    "view save": Example("mine tag:vip"),
    "view show": Example("{}", _view),
    "view remove": Example("{}", _view),
    "edit": Example("'Acme Inc'", _open_editor),
    "export": Example("acme --to {}", lambda desk, folder: str(folder / f"{desk.time.now}.csv")),
    "import": Example("{} --dry-run", _file("i.csv", "name,phase\nAcme Inc,renewal\n")),
    "duplicates": Example("company"),
    "overview": Example(),
    "whoami": Example(),
    "sync": Example(),
    "limits": Example(),
    "profile list": Example(),
    "profile add": Example("{} --base-url https://planhat.example --token-env TOKEN", _token),
    "profile edit": Example("{} --label PRODUCTION", _profile),
    "profile test": Example("{}", _profile),
    "profile use": Example("{}", _profile),
    "profile remove": Example("{}", _profile),
    "profile wipe": Example("{}", _profile),
    "config path": Example(),
    "config check": Example(),
    "config schema": Example(),
    "keys": Example("find"),
    "help": Example("company find"),
    "outbox list": Example(),
    "outbox show": Example("{}", _queued),
    "outbox send": Example("", _queued),
    "outbox hold": Example("{}", _queued),
    "outbox retry": Example("{}", _held),
    "outbox there": Example("{}", _lost),
    "outbox discard": Example("{}", _queued),
    "conflict list": Example(),
    "conflict show": Example("{}", _contested),
    "conflict resolve": Example("{} phase --mine", _contested),
    "undo": Example("", _edited),
    "redo": Example("", _undone),
    "journal list": Example(),
    "journal show": Example("{}", _queued),
    "timeline": Example("'Acme Inc'"),
    "request": Example("GET /users"),
    "run": Example("{}", _file("s.txt", "company find acme\nwhoami\n")),
    "repl": Example("", _typing),
    "tour": Example(),
    "theme list": Example(),
    "theme use": Example("planhat-light"),
    "theme show": Example("planhat-dark"),
    "theme check": Example(),
    "doctor": Example(),
    "completion": Example("bash"),
    "sandbox": Example("--companies 5"),
    "serve": Example("--port 0"),
}  # fmt: skip
ALL = commands()


def _typed_at_the_line(command: Command, words: list[str]) -> list[str]:
    """Return the words as the line takes them: the record with its option."""
    if words and any(param.how == "records" for param in command.params):
        return [*command.name.split(), "--id", *words]
    return [*command.name.split(), *words]


def test_no_verb_is_left_out() -> None:
    assert set(EXAMPLES) == {command.name for command in ALL}


@pytest.mark.parametrize("door", [Door.SHELL, Door.LINE, Door.SCRIPT], ids=lambda one: one.name)
def test_each_verb_answers_at_each_of_its_doors(desk: Desk, tmp_path: Path, door: Door) -> None:
    for command in ALL:
        reached = Door.LINE if door is Door.SCRIPT else door
        if reached not in command.doors or (command.name, door) == ("run", Door.SCRIPT):
            continue  # a script runs no other one
        example = EXAMPLES[command.name]
        desk.shown.clear()
        desk.time.leap(1)  # what is made gets its name by the time
        desk.door, desk.selection, desk.wishes = Door.SHELL, Selection(), Wishes()
        words = shlex.split(example.words.format(example.before(desk, tmp_path)))
        desk.asked.clear()
        if door is Door.SHELL:
            result = desk.shell(*command.name.split(), *words)
        else:
            desk.door = door
            typed = line.typed(_typed_at_the_line(command, words), Selection())
            assert typed.command == command
            result = typed.run(desk.context)
        _is_told(command, result, desk)
        if desk.asked and door is not Door.LINE:
            assert set(CONFIRMING) <= set(params_of(command, door)), command.name


def _is_told(command: Command, result: Result, desk: Desk) -> None:
    """Hold an answer against what every answer promises: something is said, in words for people."""
    assert getattr(result, "exit_status", 0) == 0, (command.name, result)
    written = [*output.lines(result, Style()), output.note_of(result)]
    said = any(text.strip() for text in written) or desk.shown or desk.served or desk.browsed
    assert said, command.name
    if command.name != "config schema":  # a document
        assert not [text for text in written if '{"' in text or "[{" in text], command.name
