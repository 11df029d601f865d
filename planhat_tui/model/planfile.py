"""A plan as a file: JSON with a version, whose tenant it is for, and a seal over it all. Pure.

::

    {"format": "planhat-tui plan", "version": 1, "seal": "<sha256>", "plan": {"tenant": ...}}
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, TypeVar

from planhat_tui.errors import InputError
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action
from planhat_tui.model.plans import Plan, Row
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

T = TypeVar("T")

FORMAT: Final = "planhat-tui plan"
VERSION: Final = 1


def encode(plan: Plan) -> str:
    """Return the text of the file."""
    told: dict[str, Json] = {
        "tenant": plan.tenant,
        "kind": plan.kind.value,
        "title": plan.title,
        "source": plan.source,
        "made_at": plan.made_at,
        "already_so": plan.already_so,
        "rows": [_row_told(row) for row in plan.rows],
    }
    whole = {"format": FORMAT, "version": VERSION, "seal": _seal(told), "plan": told}
    return json.dumps(whole, indent=1) + "\n"


def is_plan(start: str) -> bool:
    """Tell whether a file that starts so was written by :func:`encode`."""
    return start.startswith(f'{{\n "format": "{FORMAT}"')


def decode(text: str, tenant: str = "") -> Plan:
    """Read what :func:`encode` wrote.

    ``tenant`` is the identity of the tenant that is open, empty while it isn't known. Raises
    :class:`InputError`: no plan, a newer version, another tenant's, or not as it was saved.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise InputError("The file isn't a plan.", "Save one from a plan with w, or with --save.")
    if whole.get("version") != VERSION:
        raise InputError("The plan was saved by another version.", "Make it anew.")
    told = whole.get("plan")
    if not isinstance(told, dict) or whole.get("seal") != _seal(told):
        raise InputError("The plan isn't as it was saved, so it can't be run.", "Make it anew.")
    plan = _plan(told)
    if tenant and plan.tenant and plan.tenant != tenant:
        raise InputError(
            "The plan is for another tenant, so nothing was done.",
            "Open the profile that it was made in.",
        )
    return plan


def _row_told(row: Row) -> Json:
    changes: list[Json] = [[c.field, c.before, c.after] for c in row.changes]
    told: dict[str, Json] = {"do": row.action.value, "id": row.record_id, "name": row.title}
    if changes:
        told["changes"] = changes
    if row.body is not None:
        told["record"] = dict(row.body)
    if row.why:
        told["why"] = row.why
    return told


def _plan(told: dict[str, Json]) -> Plan:
    """Read what is under an intact seal; :class:`InputError` where others have sealed nonsense."""
    try:
        return Plan(
            Kind(_is(str, told["kind"])),
            _is(str, told["title"]),
            tuple(map(_row, _is(list, told["rows"]))),
            _is(int, told["already_so"]),
            _is(str, told["source"]),
            _is(str, told["tenant"]),
            float(_is((int, float), told["made_at"])),
        )
    except (KeyError, TypeError, ValueError):
        raise InputError("The plan can't be read.", "Make it anew.") from None


def _row(told: Json) -> Row:
    row = _is(dict, told)
    body = row.get("record")
    return Row(
        Action(_is(str, row["do"])),
        _is(str, row["id"]),
        _is(str, row["name"]),
        tuple(map(_change, _is(list, row.get("changes", [])))),
        None if body is None else _is(dict, body),
        _is(str, row.get("why", "")),
    )


def _change(told: Json) -> Change:
    path, before, after = _is(list, told)
    return Change(_is(str, path), before, after)


def _is(kind: type[T] | tuple[type[T], ...], value: object) -> T:
    """Return a value of that type; anything else raises :class:`TypeError`."""
    if not isinstance(value, kind):
        raise TypeError
    return value


def _seal(told: Json) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
