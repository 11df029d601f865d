from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import AmbiguousError, NotFoundError, QueryError
from planhat_tui.model.calls import CallDraft
from planhat_tui.model.custom import CustomType
from planhat_tui.model.records import Kind
from planhat_tui.store import finding, leads, planning
from planhat_tui.workspace.queries import Elsewhere
from tests.sync.rig import SECONDS
from tests.workspace.conftest import deliver

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.values import Json
    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Line, Server

NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)


def test_all_reads_come_from_this_disk(workspace: Workspace, line: Line, company: str) -> None:
    line.cut = True
    asked = len(line.asked)
    reads = workspace.reads
    assert reads.companies().total == 6
    assert reads.company(company) is not None
    assert reads.contacts(company).rows
    assert reads.progress().companies_complete == 6
    assert reads.phases()
    assert reads.custom_keys(Kind.COMPANY)
    assert len(line.asked) == asked


def test_contacts_that_were_never_loaded_are_told_from_none(
    open_workspace: Callable[..., Workspace], server: Server
) -> None:
    workspace = open_workspace()
    company = server.post(name="Nobody there")
    assert workspace.reads.contacts(company).seen_at is None
    workspace.net.fill().result(SECONDS)
    view = workspace.reads.contacts(company)
    assert view.rows == ()
    assert view.seen_at is not None
    assert view.known


def test_who_works_at_a_company_that_was_made_here_is_known(workspace: Workspace) -> None:
    made = workspace.writes.create(Kind.COMPANY, {"name": "Brand New"})
    view = workspace.reads.contacts(made.record_id)
    assert (view.rows, view.seen_at, view.known) == ((), None, True)


def test_what_was_made_since_is_read_by_the_id_that_it_had(
    workspace: Workspace, company: str
) -> None:
    made = workspace.writes.create(Kind.COMPANY, {"name": "Brand New"})
    deliver(workspace, made)
    now = workspace.reads.entry(made.n).record_id
    raws = workspace.reads.raws(Kind.COMPANY, [made.record_id, company, now, "new-nobody"])
    assert [raw["_id"] for raw in raws] == [now, company]
    assert workspace.reads.resolve(Kind.COMPANY, made.record_id) == now
    with pytest.raises(NotFoundError):
        workspace.reads.resolve(Kind.COMPANY, "new-nobody")


def test_find_looks_everywhere(workspace: Workspace, company: str) -> None:
    workspace.writes.tag(Kind.COMPANY, [company], ["Acme friends"])
    contact = workspace.writes.create(
        Kind.CONTACT, {"companyId": company, "name": "Acme Ada", "tags": ["acme friends"]}
    )
    draft = CallDraft(nr="+46 70 123 45 67", external_user_id="max123", note="on ACME's renewal")
    workspace.writes.log_call(draft)
    found = workspace.reads.find("acme")
    assert company in {row.id for row in found.companies.rows}
    assert contact.record_id in {row.id for row in found.contacts.rows}
    assert [one.note for one in found.calls] == ["on ACME's renewal"]
    assert {tag for tag, _uses in found.tags} >= {"Acme friends"}
    for number in ("4670123", "+46701234567", "0701234567", "0046701234567", "070-1234567", "0701"):
        assert [one.note for one in workspace.reads.find(number).calls] == ["on ACME's renewal"]
    for other in ("+46701234568", "0709"):
        assert workspace.reads.find(other).calls == ()
    assert workspace.reads.find("nobody is called so").companies.total == 0


def test_what_is_found_beside_companies_is_counted_as_it_is_found(
    workspace: Workspace, company: str
) -> None:
    for n in range(2):
        made: dict[str, Json] = {"companyId": company, "name": f"Zebra {n}", "tags": ["Zebra club"]}
        workspace.writes.create(Kind.CONTACT, made)
    workspace.writes.tag(Kind.COMPANY, [company], ["zebra", "Zebra club"])
    workspace.writes.log_call(CallDraft(nr="1234567", external_user_id="max123", note="a zebra"))
    reads = workspace.reads
    assert reads.elsewhere("zebra") == Elsewhere(contacts=2, calls=1, tags=2)
    for text in ("zebra", "zebra club", "1234567", "acme", "zebra phase:won", "no-such-word"):
        found, counted = reads.find(text), reads.elsewhere(text)
        assert counted.contacts == found.contacts.total
        assert (counted.calls, counted.tags) == (len(found.calls), len(found.tags))
    assert reads.find("zebra").tags == (("Zebra club", 3), ("zebra", 1))
    for without_words in ("", "tag:zebra", "-zebra", "sort:name"):
        assert reads.elsewhere(without_words) == Elsewhere()
    with pytest.raises(QueryError):
        reads.elsewhere("arr:abc zebra")


def test_of_many_contacts_it_is_only_counted_that_they_are_many(
    workspace: Workspace, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "CAP", 3)
    for n in range(5):
        workspace.writes.create(Kind.CONTACT, {"companyId": company, "name": f"Zebra {n}"})
    assert workspace.reads.elsewhere("zebra") == Elsewhere(contacts=3, capped=True)


def test_a_tag_leads_to_the_companies_that_have_it_or_whose_contacts_do(
    workspace: Workspace, company: str
) -> None:
    made: dict[str, Json] = {"companyId": company, "name": "Ada", "tags": ["Zebra club"]}
    workspace.writes.create(Kind.CONTACT, made)
    query = workspace.reads.query_of_tag("Zebra club")
    assert query == 'contacts.tag:"Zebra club"'
    assert [row.id for row in workspace.reads.companies(query).rows] == [company]
    workspace.writes.tag(Kind.COMPANY, [company], ["zebra CLUB"])
    assert workspace.reads.query_of_tag("Zebra club") == 'tag:"Zebra club"'


def test_a_query_with_terms_finds_records_only(workspace: Workspace, company: str) -> None:
    workspace.writes.tag(Kind.COMPANY, [company], ["friends"])
    workspace.writes.log_call(CallDraft(nr="1234567", external_user_id="max123", note="friends"))
    found = workspace.reads.find("tag:friends")
    assert [row.id for row in found.companies.rows] == [company]
    assert (found.calls, found.tags) == ((), ())
    with pytest.raises(QueryError):
        workspace.reads.find("arr:abc")


def test_the_team_is_found_by_a_piece_of_name_mail_or_id(workspace: Workspace) -> None:
    everybody = workspace.reads.users()
    assert len(everybody) == 12
    one = everybody[4]
    assert one in workspace.reads.users(one.name.upper())
    assert one in workspace.reads.users(one.email[:8])
    assert one in workspace.reads.users(one.external_id)
    assert workspace.reads.users("nobody-is-called-so") == ()


def test_a_record_is_named_by_id_external_id_name_or_mail(
    workspace: Workspace, server: Server, company: str
) -> None:
    resolve = workspace.reads.resolve
    external = next(server.get(one) for one in server.ids() if server.get(one)["externalId"])
    assert resolve(Kind.COMPANY, company) == company
    assert resolve(Kind.COMPANY, "ACME inc") == company
    assert resolve(Kind.COMPANY, f"extid-{external['externalId']}") == external["_id"]
    contact = server.post(Kind.CONTACT, companyId=company, name="Ada L", email="ada@x.example")
    workspace.net.fill(anew=True).result(SECONDS)
    assert resolve(Kind.CONTACT, "ADA@x.example") == contact
    assert resolve(Kind.CONTACT, "ada l") == contact
    user = workspace.reads.users()[0]
    for name in (user.id, user.name.casefold(), user.email.upper(), user.external_id):
        assert resolve(Kind.USER, name) == user.id


def test_a_name_of_nobody_and_a_name_of_two(workspace: Workspace, company: str) -> None:
    resolve = workspace.reads.resolve
    for kind in Kind:
        with pytest.raises(NotFoundError, match="nobody"):
            resolve(kind, "nobody")
    twin = workspace.writes.create(Kind.COMPANY, {"name": "Acme Inc"})
    with pytest.raises(AmbiguousError) as told:
        resolve(Kind.COMPANY, "acme inc")
    assert {one for one, _name in told.value.candidates} == {company, twin.record_id}
    for name, mail in (("Ada L", "ada@x.example"), ("Ada L", "ada@y.example")):
        workspace.writes.create(Kind.CONTACT, {"name": name, "email": mail, "companyId": company})
    with pytest.raises(AmbiguousError) as people:
        resolve(Kind.CONTACT, "ada l")
    assert {title for _, title in people.value.candidates} == {
        "Ada L, ada@x.example",
        "Ada L, ada@y.example",
    }
    assert resolve(Kind.COMPANY, twin.record_id) == twin.record_id


def test_who_is_calling_is_the_contact_whom_the_search_finds(
    workspace: Workspace, company: str
) -> None:
    ada, bo = (
        workspace.writes.create(Kind.CONTACT, {"companyId": company, **values}).record_id
        for values in (
            {"name": "Ada L", "email": "ada@caller.example", "phone": "+46 70 111 22 33"},
            {"name": "Bo Acme", "phone": "+46 70 444 55 66", "externalId": "caller-77"},
        )
    )
    whom = workspace.reads.whom
    for text in ("0704445566", "+46 70 444 55 66", "caller-77", "bo"):
        assert whom(company, text) == bo
    assert whom(company, "ada@caller") == ada
    for text in ("acme", "Acme Inc", "", "nobody at all", "phase:won", '"open'):
        assert whom(company, text) == ""
    assert whom("nowhere", "bo") == ""


def test_a_call_is_named_by_its_id(workspace: Workspace) -> None:
    (entry,) = workspace.writes.log_call(CallDraft(nr="1234567", external_user_id="max123"))
    assert workspace.reads.resolve(Kind.CALL, entry.record_id) == entry.record_id


@pytest.mark.parametrize("number", ["+46 70 765 43 21", "070-765 43 21"])
def test_who_is_calling_however_the_number_is_written(
    workspace: Workspace, company: str, number: str
) -> None:
    ada = workspace.writes.create(
        Kind.CONTACT, {"companyId": company, "name": "Ada", "phone": "+46 (0)70 765 43 21"}
    )
    bob = workspace.writes.create(
        Kind.CONTACT, {"companyId": company, "name": "Bob", "phone": "070-7654321"}
    )
    workspace.writes.create(
        Kind.CONTACT, {"companyId": company, "name": "Eve", "phone": "+1 212 555 0199"}
    )
    found = {row.id for row in workspace.reads.who_has_number(number)}
    assert found == {ada.record_id, bob.record_id}


def test_a_few_digits_are_nobodys_number(workspace: Workspace) -> None:
    assert workspace.reads.who_has_number("123") == ()
    assert workspace.reads.who_has_number("") == ()


def test_entries_are_read_by_their_number(workspace: Workspace, company: str) -> None:
    (entry,) = workspace.writes.tag(Kind.COMPANY, [company], ["new here"])
    assert workspace.reads.outbox() == (entry,)
    assert workspace.reads.entry(entry.n) == entry
    with pytest.raises(NotFoundError):
        workspace.reads.entry(999)
    assert ("new here", 1) in workspace.reads.tags(Kind.COMPANY)


def test_custom_fields_that_are_defined_are_offered_before_anybody_has_them(
    workspace: Workspace, server: Server, line: Line
) -> None:
    bodies: tuple[dict[str, Json], ...] = (
        {"name": "Plan Tier", "type": "list", "listValues": ["Silver", "Gold"]},
        {"name": "Plan Size", "type": "number"},
        {"name": "Plan Score", "type": "number", "isFormula": True},
    )
    for body in bodies:
        server.ask("POST", "/customfields", {"parent": "Company", **body})
    server.ask("POST", "/customfields", {"name": "Shoe", "parent": "enduser", "type": "checkbox"})
    workspace.net.fill(anew=True).result(SECONDS)
    line.cut = True
    reads = workspace.reads
    keys = {key: (used, uses) for key, used, uses in reads.custom_keys(Kind.COMPANY)}
    assert keys["Plan Size"] == (CustomType.NUMBER, 0)
    assert keys["Plan Tier"] == (CustomType.TEXT, 0)
    assert "Plan Score" not in keys  # Planhat works it out
    assert reads.barred(Kind.COMPANY) == {
        "custom.Plan Score": "Plan Score is worked out by Planhat (a formula)."
    }
    assert reads.barred(Kind.CONTACT) == {}
    assert ("Shoe", CustomType.BOOLEAN, 0) in reads.custom_keys(Kind.CONTACT)
    names = [name for name, _ in reads.custom_names(Kind.COMPANY)]
    assert {"Plan Size", "Plan Tier"} <= {*names}
    assert names == sorted(names, key=str.casefold)
    assert ("Plan Size", 0) in reads.custom_counts("plan s")
    assert reads.values(Kind.COMPANY, "custom.Plan Tier", "g") == (("Gold", 0),)


def test_a_custom_field_is_of_the_type_that_is_defined(
    workspace: Workspace, server: Server, company: str
) -> None:
    server.ask("PUT", f"/companies/{company}", {"custom": {"Version": "12"}})
    server.ask("POST", "/customfields", {"name": "Version", "parent": "company", "type": "number"})
    workspace.net.fill(anew=True).result(SECONDS)
    assert ("Version", CustomType.NUMBER, 1) in workspace.reads.custom_keys(Kind.COMPANY)


def test_a_count_goes_on_where_a_list_only_says_that_there_are_more(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room, name in ((planning, "CAP"), (finding, "CAP"), (leads, "FEW")):
        monkeypatch.setattr(room, name, 2)
    assert workspace.reads.companies("-tag:none", limit=1)[1:3] == (2, True)
    assert workspace.reads.count("-tag:none") == 6
    assert workspace.reads.count("") == 6
    assert workspace.reads.count("-tag:none limit:5") == 5
