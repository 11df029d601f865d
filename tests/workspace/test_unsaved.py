"""What is typed into an editor and isn't saved: a draft by record and field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.records import Kind
from planhat_tui.workspace.unsaved import told_by
from tests.workspace.conftest import deliver, filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Server


@pytest.fixture
def desk(server: Server, open_workspace: Callable[..., Workspace]) -> Workspace:
    assert server.ids()
    return filled(open_workspace)


def test_it_belongs_to_its_record_and_its_field(
    desk: Workspace, open_workspace: Callable[..., Workspace]
) -> None:
    desk.unsaved(Kind.COMPANY, ("c1",), "phase").save({"text": "pi"})
    desk.close()
    desk = open_workspace()
    assert desk.unsaved(Kind.COMPANY, ("c1",), "phase").kept == {"text": "pi"}
    assert desk.unsaved(Kind.COMPANY, ("c2",), "phase").kept is None
    assert desk.unsaved(Kind.COMPANY, ("c1",), "name").kept is None
    assert desk.unsaved(Kind.CONTACT, ("c1",), "phase").kept is None
    desk.unsaved(Kind.COMPANY, ("c1",), "phase").drop()
    assert desk.unsaved(Kind.COMPANY, ("c1",), "phase").kept is None


def test_that_of_several_is_found_in_whichever_order_they_are_marked(desk: Workspace) -> None:
    desk.unsaved(Kind.COMPANY, ("c1", "c2"), "tags").save({"typed": "gold"})
    assert desk.unsaved(Kind.COMPANY, ("c2", "c1"), "tags").kept == {"typed": "gold"}
    assert desk.unsaved(Kind.COMPANY, ("c1",), "tags").kept is None


def test_it_follows_its_record_to_another_id(desk: Workspace, server: Server) -> None:
    zed = desk.writes.create(Kind.CONTACT, {"name": "Zed New", "companyId": server.ids()[0]})
    before = desk.unsaved(Kind.CONTACT, (zed.record_id,), "phone")
    before.save({"text": "+46"})
    deliver(desk, zed)
    now = desk.unsaved(Kind.CONTACT, (desk.reads.entry(zed.n).record_id,), "phone")
    assert now.kept == {"text": "+46"}
    before.save({"text": "+46 7"})
    now.drop()
    assert desk.unsaved(Kind.CONTACT, (zed.record_id,), "phone").kept is None


def test_the_draft_of_a_new_record_is_found_by_any_id_of_its_company(desk: Workspace) -> None:
    zed = desk.writes.create(Kind.COMPANY, {"name": "Zed AB"})
    key = desk.draft_key("new contact:", Kind.COMPANY, zed.record_id)
    assert key == f"new contact:{zed.record_id}"
    desk.drafts.save(key, {"name": "Kim"})
    deliver(desk, zed)
    now = desk.reads.entry(zed.n).record_id
    assert desk.draft_key("new contact:", Kind.COMPANY, now) == key
    desk.drafts.drop(key)
    assert desk.draft_key("new contact:", Kind.COMPANY, now) == f"new contact:{now}"


def test_its_key_tells_of_what_it_is(desk: Workspace) -> None:
    own = desk.unsaved(Kind.COMPANY, ("c1",), "custom.a:b")
    assert told_by(own.key) == (Kind.COMPANY, "custom.a:b", "c1")
    several = desk.unsaved(Kind.CONTACT, ("p1", "p2"), "tags")
    several.save({"typed": "gold"})
    told = told_by(several.key)
    assert told is not None
    kind, what, together = told
    assert desk.unsaved(kind, (together,), what).kept == {"typed": "gold"}
    for other in ("", "new company", "new contact:c1", "ended call:p1", "edit:", "edit:x:y:z"):
        assert told_by(other) is None
