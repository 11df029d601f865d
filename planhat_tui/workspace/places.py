"""Where one was: the list as it was left, the pane in front, the companies opened lately.

It stands with the drafts of the tenant, so that it is there again after a restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import QueryError
from planhat_tui.model.records import Kind
from planhat_tui.model.views import View, read_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.values import Json
    from planhat_tui.store.tenant import TenantStore

_LISTS: Final = {Kind.COMPANY: "list", Kind.CONTACT: "contacts"}
"""Under which name each list is kept."""

MOST_PANES: Final = 4

MOST_LATELY: Final = 30
"""Companies that are remembered as opened."""


class Front(NamedTuple):
    """Which pane was in front (1 to 4), with which company, and whether it had the whole screen.

    ``form`` is the key of the draft of the editor that was open, ``call`` that of the call whose
    form was; empty if none was.
    """

    pane: int = 1
    company: str = ""
    zoomed: bool = False
    form: str = ""
    call: str = ""


class Places:
    """What is remembered of one tenant's screen; where the disk can't be written, nothing is."""

    def __init__(self, store: TenantStore) -> None:
        self._store = store
        self._lately: tuple[str, ...] | None = None

    def view(self, kind: Kind = Kind.COMPANY) -> View:
        """Return how the list of companies was left, or that of contacts."""
        kept = self._store.drafts.load(_LISTS[kind]) or {}
        try:
            sort = read_order(_text(kept, "sort"))
        except QueryError:  # a field that an older program knew
            sort = ()
        return View(_text(kept, "query"), sort, _texts(kept, "columns"))

    def keep_view(self, view: View, kind: Kind = Kind.COMPANY) -> None:
        """Remember how a list is."""
        kept: dict[str, Json] = {"query": view.query, "sort": view.order}
        self._keep(_LISTS[kind], {**kept, "columns": list(view.columns)})

    def front(self) -> Front:
        """Return which pane was in front, with its company by the id that it has by now."""
        kept = self._store.drafts.load("front") or {}
        pane = kept.get("pane")
        known = pane if isinstance(pane, int) and 1 <= pane <= MOST_PANES else 1
        zoomed = kept.get("zoomed") is True
        company = self._store.outbox.now_called(Kind.COMPANY, _text(kept, "company"))
        from planhat_tui.workspace.begun import is_of_call  # the explorer alone asks

        form, call = _text(kept, "form"), _text(kept, "call")
        if is_of_call(form):  # an older program kept one of both, in the place of the first
            form, call = "", form
        return Front(known, company, zoomed, form, call)

    def keep_front(self, front: Front) -> None:
        """Remember which pane is in front."""
        self._keep("front", front._asdict())

    def lately(self) -> tuple[str, ...]:
        """Return the ids of the companies that were opened, the last first; read once."""
        if self._lately is None:
            self._lately = _texts(self._store.drafts.load("lately") or {}, "companies")
        return self._lately

    def opened(self, company_id: str) -> None:
        """Remember that a company was opened."""
        before = self.lately()
        if before[:1] != (company_id,):
            others = (one for one in before if one != company_id)
            self._lately = (company_id, *others)[:MOST_LATELY]
            self._keep("lately", {"companies": list(self._lately)})

    def _keep(self, key: str, data: Mapping[str, Json]) -> None:
        if not self._store.read_only:
            self._store.drafts.save(key, data)


def _text(kept: Mapping[str, Json], key: str) -> str:
    value = kept.get(key)
    return value if isinstance(value, str) else ""


def _texts(kept: Mapping[str, Json], key: str) -> tuple[str, ...]:
    value = kept.get(key)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
