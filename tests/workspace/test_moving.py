"""A contact that goes to another company: its id and its name say one thing, whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model.conflicts import Choice
from planhat_tui.model.outbox import State
from planhat_tui.model.plans import always, wanted
from planhat_tui.model.records import Kind
from tests.sync.rig import SECONDS
from tests.workspace.conftest import deliver

if TYPE_CHECKING:
    from planhat_tui.model.outbox import Entry
    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Line, Server, Time

CONTACT = Kind.CONTACT
DELIVERED = State.DELIVERED


def done(workspace: Workspace, entries: tuple[Entry, ...]) -> None:
    assert set(deliver(workspace, *entries)) == {DELIVERED}


@pytest.fixture
def moved(server: Server, time: Time) -> tuple[str, list[str]]:
    """Return a contact, and its company with two others."""
    contact = server.ids(CONTACT)[0]
    own = str(server.get(contact, CONTACT)["companyId"])
    time.leap(60)
    return contact, [own, *(one for one in server.ids() if one != own)][:3]


def _of(server: Server, contact: str) -> tuple[str, str]:
    raw = server.get(contact, CONTACT)
    return str(raw["companyId"]), str(raw["companyName"])


def _at(server: Server, company: str) -> tuple[str, str]:
    return company, str(server.get(company)["name"])


@pytest.mark.parametrize("choice", [Choice.MINE, Choice.THEIRS, Choice.VALUE])
def test_a_contact_that_both_have_moved_says_one_company_whatever_is_chosen(
    workspace: Workspace,
    server: Server,
    line: Line,
    moved: tuple[str, list[str]],
    choice: Choice,
) -> None:
    contact, (own, mine, theirs) = moved
    (made,) = workspace.writes.edit(CONTACT, [contact], {"companyId": mine})
    server.put(contact, CONTACT, companyId=theirs)  # and not its name, as some do
    before = _of(server, contact)
    assert deliver(workspace, made) == [State.CONFLICT]
    assert line.count("PUT *") == 0
    assert _of(server, contact) == before
    going = workspace.writes.resolve(made.n, "companyId", choice, own)
    assert set(deliver(workspace, *going)) <= {DELIVERED}
    assert workspace.reads.outbox() == ()
    wanted = {Choice.MINE: _at(server, mine), Choice.VALUE: _at(server, own)}
    assert _of(server, contact) == wanted.get(choice, before)


def test_a_company_that_is_renamed_meanwhile_keeps_no_contact_from_moving(
    workspace: Workspace, server: Server, moved: tuple[str, list[str]]
) -> None:
    contact, (_, mine, _) = moved
    made = workspace.writes.edit(CONTACT, [contact], {"companyId": mine})
    server.put(contact, CONTACT, companyName="Renamed AB")
    done(workspace, made)
    assert _of(server, contact) == _at(server, mine)


def test_a_move_is_taken_back_with_the_name_or_not_at_all(
    workspace: Workspace, server: Server, time: Time, moved: tuple[str, list[str]]
) -> None:
    contact, (own, mine, theirs) = moved
    done(workspace, workspace.writes.edit(CONTACT, [contact], {"companyId": mine}))
    server.put(contact, CONTACT, companyName="Renamed AB")
    time.leap(60)
    workspace.net.read([(CONTACT, contact)]).result(SECONDS)
    done(workspace, workspace.undo().entries)
    assert _of(server, contact) == _at(server, own)
    time.leap(60)
    done(workspace, workspace.writes.edit(CONTACT, [contact], {"companyId": mine}))
    server.put(contact, CONTACT, companyId=theirs)
    before = _of(server, contact)
    time.leap(60)
    workspace.net.read([(CONTACT, contact)]).result(SECONDS)
    with pytest.raises(InputError, match=r"Company id, Company name of .* changed since and stay"):
        workspace.undo()
    assert _of(server, contact) == before


def test_a_plan_that_moves_contacts_takes_the_name_along(
    workspace: Workspace, server: Server, moved: tuple[str, list[str]]
) -> None:
    contact, (_, mine, theirs) = moved
    asked = wanted(CONTACT, values={"companyId": (mine, always(mine))})
    plan = workspace.plans.make(asked, [contact])
    (row,) = plan.acting
    assert {change.field for change in row.changes} == {"companyId", "companyName"}
    server.put(contact, CONTACT, companyId=theirs)
    workspace.net.read([(CONTACT, contact)]).result(SECONDS)
    assert not workspace.plans.recheck(plan).plan.acting
    server.put(contact, CONTACT, companyId=row.changes[0].before, companyName="Renamed AB")
    workspace.net.read([(CONTACT, contact)]).result(SECONDS)
    step = workspace.plans.begin(workspace.plans.recheck(plan).plan).step
    while workspace.plans.advance(step):
        pass
    deliver(workspace, *workspace.reads.outbox())
    assert _of(server, contact) == _at(server, mine)
