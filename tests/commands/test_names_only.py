"""Companies of which only the name is here: nothing is said or done as if they had no values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Done, Listing, Single
from planhat_tui.errors import InputError
from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import State
from planhat_tui.model.plans import NAME_ONLY
from planhat_tui.model.records import Kind
from tests.sync.rig import SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Desk


@pytest.fixture
def acme(bare: Desk) -> str:
    """Return a company with a phase and a tag, of which only the name is here."""
    (acme,) = bare.server.named("Acme Inc")
    bare.server.put(acme, phase="live", tags=["nordics", "vip"])
    bare.workspace.net.refresh(Topic.COMPANY).result(SECONDS)
    shown = bare.workspace.reads.company(acme)
    assert shown is not None
    assert not shown.complete
    return acme


def test_it_is_read_before_it_is_shown(bare: Desk, acme: str) -> None:
    assert bare.one("company", "show", "Acme Inc") == bare.server.get(acme)


def test_it_is_read_before_it_is_changed(bare: Desk, acme: str) -> None:
    assert bare.do("company", "set", acme, "phase=won").text == "Phase of Acme Inc: delivered."
    assert bare.server.get(acme)["phase"] == "won"


def test_it_is_read_before_a_field_is_emptied(bare: Desk, acme: str) -> None:
    assert bare.do("company", "set", acme, "phase=").text == "Phase of Acme Inc: delivered."
    assert not bare.server.get(acme)["phase"]


def test_it_is_read_before_a_tag_goes(bare: Desk, acme: str) -> None:
    done = bare.do("company", "untag", acme, "nordics")
    assert done.text == "Tag nordics off Acme Inc: delivered."
    assert bare.server.get(acme)["tags"] == ["vip"]


def test_the_note_of_a_call_meets_what_the_company_has(bare: Desk, acme: str) -> None:
    bare.server.put(acme, custom={"Last note": "before"})
    bare.workspace.net.refresh(Topic.CONTACT, frozenset({acme})).result(SECONDS)
    bare.reopen(call_note_field="Last note")
    who = bare.contact_ids()[0]
    assert bare.do("call", "log", who, "--nr", "+46701234567", "--note", "after").exit_status == 0
    assert bare.server.get(acme)["custom"]["Last note"] == "after"


def test_without_a_network_it_is_said_that_only_the_name_is_here(bare: Desk, acme: str) -> None:
    bare.reopen()
    bare.network.cut = True
    shown = bare.shell("company", "show", acme)
    assert isinstance(shown, Single)
    assert shown.record["name"] == "Acme Inc"
    assert bare.told[-1].startswith("Only the name is here of Acme Inc.")


def test_without_a_network_nothing_is_said_to_be_so_already(bare: Desk, acme: str) -> None:
    bare.reopen()
    bare.network.cut = True
    bare.wishes = Wishes(wait=False)
    with pytest.raises(InputError, match="what isn't loaded isn't emptied"):
        bare.shell("company", "set", acme, "phase=")
    untagged = bare.do("company", "untag", acme, "nordics")
    assert "not there" not in untagged.text
    assert bare.states() == [State.QUEUED]
    bare.network.cut = False
    bare.wishes = Wishes()
    assert bare.do("outbox", "send").exit_status == 0
    assert bare.server.get(acme)["tags"] == ["vip"]


def test_a_plan_of_a_few_reads_them(bare: Desk, acme: str, tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    ids.write_text(f"{acme}\n")
    result = bare.shell("bulk", "company", "--ids", str(ids), "--clear", "phase")
    assert isinstance(result, Done)
    assert not bare.server.get(acme)["phase"]


def test_a_plan_leaves_those_out_that_arent_loaded(bare: Desk, acme: str) -> None:
    from planhat_tui.model.plans import wanted

    asked = wanted(Kind.COMPANY, clear=["phase"])
    plan = bare.workspace.plans.make(asked, [acme])
    assert plan.already_so == 0
    assert [(row.title, row.why) for row in plan.skipped] == [("Acme Inc", NAME_ONLY)]
    assert bare.workspace.plans.make(wanted(Kind.COMPANY, delete=True), [acme]).deletes == 1


def test_an_import_leaves_out_what_it_would_change_unseen(
    bare: Desk, acme: str, tmp_path: Path
) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("_id,name,phase\n" + f"{acme},Acme Inc,\n")
    for words, whys in (((), []), (("--empty-clears",), [NAME_ONLY])):
        told = bare.shell("import", str(path), "--dry-run", *words)
        assert isinstance(told, Listing)
        assert [row["why"] for row in told.records] == whys


def test_one_that_is_named_by_its_id_needs_no_copy(bare: Desk) -> None:
    (acme,) = bare.server.named("Acme Inc")
    shown = bare.shell("company", "show", acme)
    assert isinstance(shown, Single)
    assert (shown.record["name"], shown.note) == ("Acme Inc", "local copy, just read")
    assert bare.told == []
    assert bare.network.count("GET /leancompanies*") == 0
    bare.time.leap(7 * 60)
    later = bare.shell("company", "show", acme)
    assert isinstance(later, Single)
    assert later.note == "local copy, 7 min old"
