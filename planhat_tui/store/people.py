"""Who is meant by a name: members of the team."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.query import Group, Not
from planhat_tui.model.records import User
from planhat_tui.model.text import fold

if TYPE_CHECKING:
    import sqlite3

    from planhat_tui.model.query import Node, Query
    from planhat_tui.store.asking import Asking

_ME: Final = "me"
_OWNED: Final = frozenset({"owner", "coowner"})


def called(asking: Asking, wanted: str) -> list[str]:
    """Return the ids of the users with that folded name or e-mail; ``me`` is the token's."""
    ids = [
        user
        for user, text in asking.connection.execute("SELECT id, json FROM user").fetchall()
        if wanted in _names(json.loads(text))
    ]
    me = asking.me() if wanted == _ME else ""
    return [*ids, me] if me else ids


def unknown_me(asking: Asking, query: Query) -> str:
    """Return a sentence where a query asks for ``me`` and it isn't known who that is; else empty.

    Until Planhat has told it nobody is meant: another's companies would be taken for one's own.
    """
    if any(map(_asks_for_me, query.parts)) and not asking.me():
        return "Who is meant by me isn't known yet: a sync asks Planhat."
    return ""


def _asks_for_me(node: Node) -> bool:
    if isinstance(node, Group):
        return any(map(_asks_for_me, node.parts))
    if isinstance(node, Not):
        return _asks_for_me(node.part)
    name = node.field.rpartition(".")[2]
    return name in _OWNED and isinstance(node.value, str) and fold(node.value) == _ME


def names(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the folded names of the team, by their ids; without those who have none."""
    users = connection.execute("SELECT id, json FROM user").fetchall()
    called = ((one, fold(User.from_raw(json.loads(text)).name)) for one, text in users)
    return {one: name for one, name in called if name}


def _names(user: dict[str, object]) -> set[str]:
    first, last = str(user.get("firstName") or ""), str(user.get("lastName") or "")
    names = (first, last, f"{first} {last}", str(user.get("nickName") or ""))
    return {fold(name) for name in (*names, str(user.get("email") or "")) if name.strip()}
