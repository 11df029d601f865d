"""What is to be made here and isn't shown yet, found by the same keys as what is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.columns import KEYS
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planhat_tui.model.values import Json, Raw
    from planhat_tui.workspace.identifying import Keyed


def with_coming(keyed: Keyed, kind: Kind, coming: Iterable[dict[str, Json]]) -> Keyed:
    """Return a look among the records of a kind that are shown, and among these."""
    named: dict[tuple[str, str], list[dict[str, Json]]] = {}
    for raw in coming:
        for path in KEYS[kind]:
            if text := fold(text_of(raw, path)):
                named.setdefault((path, text), []).append(raw)

    def look(
        asked: Kind,
        path: str,
        text: str,
        company_id: str = "",
        fits: Callable[[Raw], bool] | None = None,
    ) -> tuple[dict[str, Json], ...]:
        more = named.get((path, fold(text)), ()) if asked is kind else ()
        there = (raw for raw in more if company_id in {"", text_of(raw, "companyId")})
        return (*keyed(asked, path, text, company_id, fits), *filter(fits, there))

    return look
