"""``request``: the raw console, for what has no verb of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.api.address import typed_path
from planhat_tui.api.records import BadRecordError, read_value
from planhat_tui.commands.registry import Effect, option, verb, word
from planhat_tui.commands.results import Column, Listing, Single
from planhat_tui.commands.waiting import answer, sent
from planhat_tui.config import guardrails
from planhat_tui.errors import InputError, PlanhatTuiError, UnknownOutcomeError
from planhat_tui.model.edits import dropped
from planhat_tui.model.raw import METHODS
from planhat_tui.model.text import plural, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.raw import RawAnswer
    from planhat_tui.model.values import Json, Raw

_COLUMNS: Final = 6
_FIRST: Final = ("_id", "name", "email")


@verb(
    "request",
    word("method", f"one of {', '.join(METHODS)}"),
    word("path", "such as /tasks?limit=5"),
    option("--data", "the body", "JSON"),
    effect=Effect.TYPED,
)
def request(ctx: Context, method: str, path: str, data: str) -> Single | Listing:
    """Send any request to Planhat; all but GET ask first, and none can be undone.

    The rate limit and the guardrails of the profile hold. The local copy hears of it later.
    """
    method, path = method.upper(), path.strip()
    _check(method, path, data)
    body = _body(data) if data else None
    workspace = ctx.workspace()
    if method != "GET":
        count = len(body) if isinstance(body, list) else 1
        guardrails.check_request(workspace.profile, method, count)
        ctx.confirm(
            f"Send {method} {visible(path)} to {workspace.profile.name}? It can't be undone.",
            guardrails.request_word(workspace.profile, method, count),
        )
    try:
        asked = workspace.request(method, path, body)
        deed = f"{method} {visible(path)}"
        told = answer(ctx, asked) if method == "GET" else sent(ctx, asked, deed)
    except UnknownOutcomeError as error:
        if method != "GET":
            raise
        raise PlanhatTuiError(error.message, error.advice) from None  # a read leaves no doubt
    note = _note(told, workspace.net.status.limits)
    return _shown(told, note + _lost(body, told.data))


def _check(method: str, path: str, data: str) -> None:
    """Refuse what can't be sent before anybody is asked."""
    if method not in METHODS:
        raise InputError(f"{method} is no method.", f"There are: {', '.join(METHODS)}.")
    typed_path(path)
    if data and method == "GET":
        raise InputError("A GET has no body.", "Leave --data out, or use POST or PUT.")


def _body(data: str) -> Json:
    try:
        return read_value(data.encode())
    except (BadRecordError, UnicodeEncodeError):
        raise InputError(
            "--data isn't JSON that can be sent.", """Write it like --data '{"phase": "won"}'."""
        ) from None


def _note(told: RawAnswer, limits: Limits) -> str:
    left = f", {plural(limits.remaining, 'call')} left" if limits.remaining is not None else ""
    aside = f". Left out: {'; '.join(told.set_aside)}" if told.set_aside else ""
    return f"{told.status}{left}{aside}."


def _lost(sent: Json, answered: Json) -> str:
    """Name what was sent and isn't in the record that came back."""
    if not isinstance(sent, dict) or not isinstance(answered, dict) or "_id" not in answered:
        return ""
    lost = dropped(sent, answered)
    return f" Planhat didn't keep {visible(', '.join(lost))}." if lost else ""


def _shown(told: RawAnswer, note: str) -> Single | Listing:
    if not isinstance(told.data, list):
        return Single(_record(told.data), None, note)
    records = tuple(_record(item) for item in told.data)
    return Listing(records, _columns(records), note)


def _record(data: Json) -> Raw:
    return data if isinstance(data, dict) else {"answer": data}


def _columns(records: Sequence[Raw]) -> tuple[Column, ...]:
    """Return what identifies records first, then what else is short."""
    first = records[0] if records else {}
    names = [name for name in _FIRST if name in first]
    names += [n for n, v in first.items() if n not in names and not isinstance(v, list | dict)]
    return tuple(Column(name, visible(name.upper())) for name in names[:_COLUMNS])
