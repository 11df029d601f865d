"""What is typed into the editor of a field or of tags and isn't saved: a draft, as forms have one.

It stands on the disk with each key press, so that it is there again after a restart. The record may
get another id meanwhile: what was typed for it stays.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planhat_tui.model.values import Json
    from planhat_tui.store.tenant import TenantStore

START: Final = "edit:"
"""How the keys of these drafts begin; then kind, field and record."""


class Unsaved:
    """The draft of one editor: of ``what``, of one record or of these together.

    ``kept`` is what had been typed when the editor was asked for; ``None`` if nothing had.
    """

    def __init__(self, store: TenantStore, kind: Kind, ids: Sequence[str], what: str) -> None:
        self._store = store
        self._kind = kind
        self._start = f"{START}{kind}:{what}:"
        self._records = ids[0] if len(ids) == 1 else _together(ids)
        keys = self._keys()
        self.kept: Mapping[str, Json] | None = store.drafts.load(keys[0]) if keys else None

    @property
    def key(self) -> str:
        """Under which key it's kept, by the ids of today: for :func:`told_by`."""
        return self._start + self._records

    def save(self, data: Mapping[str, Json]) -> None:
        """Keep what is typed."""
        with self._store.at_once():
            self.drop()
            self._store.drafts.save(self._start + self._now(self._records), data)

    def at_once(self, deed: Callable[[], None]) -> None:
        """Do what saves it and drops it in one step on the disk: a crash leaves both or neither."""
        with self._store.at_once():
            deed()

    def drop(self) -> None:
        """Forget it: it's saved, or not wanted any more."""
        for key in self._keys():
            self._store.drafts.drop(key)

    def _keys(self) -> tuple[str, ...]:
        return keys_of(self._store, self._start, self._kind, self._records)

    def _now(self, record_id: str) -> str:
        return self._store.outbox.now_called(self._kind, record_id)


def keys_of(store: TenantStore, start: str, kind: Kind, record_id: str) -> tuple[str, ...]:
    """Return under which keys that start so a record's draft is kept: by ids it had before, too."""
    now_called = store.outbox.now_called
    mine = now_called(kind, record_id)
    keys = store.drafts.keys(start)
    return tuple(key for key in keys if now_called(kind, key.removeprefix(start)) == mine)


def _together(ids: Sequence[str]) -> str:
    """Return what stands for several records, in whichever order they were marked."""
    return blake2b(" ".join(sorted(ids)).encode(), digest_size=12).hexdigest()


def told_by(key: str) -> tuple[Kind, str, str] | None:
    """Return kind, field and record of an editor's draft by its key; ``None`` of another one.

    Where it's of several records together, no record has that id.
    """
    kind, _, rest = key.removeprefix(START).partition(":")
    what, _, record = rest.rpartition(":")
    known = key.startswith(START) and kind in {*Kind}
    return (Kind(kind), what, record) if known else None
