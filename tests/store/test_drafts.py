from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.store.tenant import TenantStore


def test_a_draft_outlives_the_program(open_store: Callable[[], TenantStore]) -> None:
    store = open_store()
    assert store.drafts.load("call") is None
    store.drafts.save("call", {"nr": "1", "note": "hal"})
    store.drafts.save("call", {"nr": "1", "note": "half a sen\ud800"})
    store.close()
    store = open_store()
    assert store.drafts.load("call") == {"nr": "1", "note": "half a sen\ud800"}
    store.drafts.drop("call")
    assert store.drafts.load("call") is None
