"""Finding out with one request what a server can do. Pure: a question out, an answer judged.

The lean list has told all ids, so the answer to one short list is known beforehand: whatever
differs from it was ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import ForbiddenError, NotFoundError, RejectedError
from planhat_tui.model.abilities import Abilities

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.model.records import Received

NO_SUCH_LIST: Final = (NotFoundError, RejectedError, ForbiddenError)
"""How a server refuses a list that it hasn't got."""

LIMIT: Final = 2
OFFSET: Final = 1
SORT: Final = "-_id"
SELECT: Final = ("_id",)
_FEWEST: Final = 4
"""Companies below which an answer looks the same whether anything was heeded or not."""
_FEWEST_FOR_A_FILTER: Final = 9
"""Companies below which those that are asked for lie too close to those that come anyway."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: companies 2 and 3 from the end, of ``company_ids`` if there are any.

    ``pool`` are the ids among which the answer is expected, the highest first.
    """

    company_ids: tuple[str, ...]
    pool: tuple[str, ...]


def question(ids: Iterable[str]) -> Question:
    """Return what to ask a server that has these companies."""
    known = sorted(ids)
    last = len(known) - 1
    if len(known) < _FEWEST_FOR_A_FILTER:
        return Question((), tuple(reversed(known)))
    wanted = (known[0], known[last // 3], known[2 * last // 3], known[last])
    return Question(wanted, tuple(reversed(wanted)))


def judge(asked: Question, records: Sequence[Received]) -> Abilities:
    """Tell what was heeded. What the answer doesn't prove either way isn't known."""
    ids = [record.id for record in records]
    if len(asked.pool) < _FEWEST or not ids:
        return Abilities(lists=True)
    fits = set(ids) <= set(asked.pool)
    in_order = ids == sorted(ids, reverse=True)
    return Abilities(
        lists=True,
        limit=len(ids) <= LIMIT,
        offset=_offset_heeded(asked, ids, fits=fits, in_order=in_order),
        sort=in_order if len(ids) > 1 else None,
        select=not any("name" in record.data for record in records),
        filter=fits if asked.company_ids else None,
    )


def _offset_heeded(
    asked: Question, ids: Sequence[str], *, fits: bool, in_order: bool
) -> bool | None:
    """Tell by the first record, whose place is known only in a list that is sorted and filtered."""
    if not (fits and in_order) or ids[0] not in asked.pool[: OFFSET + 1]:
        return None
    return ids[0] != asked.pool[0]


def in_order(moments: Iterable[float], after: float = float("inf")) -> bool:
    """Tell whether moments run down, beginning at ``after`` or below; none at all prove nothing."""
    some = False
    for moment in moments:
        if moment > after:
            return False
        after, some = moment, True
    return some
