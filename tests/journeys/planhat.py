"""What Planhat has, seen over the engine of the profile on screen, and changed by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.workspace import Workspace
    from tests.journeys.conftest import Person

T = TypeVar("T")
SECONDS = 10


def workspace(person: Person) -> Workspace:
    """Return the profile on screen."""
    return person.app.explorer.workspace


def not_delivered(person: Person) -> tuple[Entry, ...]:
    """Return what Planhat doesn't have yet."""
    return tuple(workspace(person).reads.outbox())


def wait_for_delivery(person: Person) -> None:
    """Wait until nothing of the queue can go on by itself."""
    workspace(person).net.deliver([entry.n for entry in not_delivered(person)]).result(SECONDS)


def ask(person: Person, question: Callable[[Planhat], Awaitable[T]]) -> T:
    """Ask Planhat something."""
    return workspace(person).net.ask(question).result(SECONDS)


def company_id(person: Person, name: str) -> str:
    """Return the id of the company that is called so."""
    rows = workspace(person).reads.companies(name, limit=50).rows
    return next(row.id for row in rows if row.name == name)


def company(person: Person, name: str) -> dict[str, Any]:
    """Return a company as Planhat has it."""
    wanted = company_id(person, name)
    return ask(person, lambda api: api.company(wanted, lane=Lane.USER)).data


def contacts(person: Person, name: str) -> dict[str, dict[str, Any]]:
    """Return the contacts of a company as Planhat has them, by name."""
    wanted = company_id(person, name)
    page = ask(person, lambda api: api.contacts_of(wanted, lane=Lane.USER))
    found = [record.data for piece in page.slices() for record in piece.records]
    return {str(record.get("name")): record for record in found}


def names(person: Person) -> list[str]:
    """Return what the companies are called at Planhat."""
    page = ask(person, lambda api: api.lean_companies(lane=Lane.USER))
    return [str(record.data["name"]) for piece in page.slices() for record in piece.records]


def change(person: Person, name: str, **values: Json) -> None:
    """Change a company at Planhat as somebody else does."""
    wanted = company_id(person, name)
    ask(person, lambda api: api.update_company(wanted, values, lane=Lane.USER))


def change_contact(person: Person, name: str, at: str, **values: Json) -> None:
    """Change a contact of a company at Planhat as somebody else does."""
    wanted = str(contacts(person, at)[name]["_id"])
    ask(person, lambda api: api.update_contact(wanted, values, lane=Lane.USER))


def delete(person: Person, company_id: str) -> None:
    """Delete a company at Planhat as somebody else does."""
    ask(person, lambda api: api.delete_company(company_id, lane=Lane.USER))
