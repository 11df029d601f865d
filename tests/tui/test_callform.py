from __future__ import annotations

from planhat_tui.tui.panes.callform import (
    MEANT,
    is_anybodys,
    told_apart,
    who_was_called,
    whose,
)
from planhat_tui.workspace.begun import Partner
from tests.tui.records import HARMLESS, HOSTILE, contact

ADA = Partner("c1", "Acme Inc", "p1", "Ada Jensen", "+46 70 1")


def test_of_a_number_that_is_the_partners_alone_nothing_is_said() -> None:
    assert whose((), ADA) == ""
    assert whose((contact(),), ADA) == ""


def test_a_shared_number_names_the_others_and_where_they_are() -> None:
    bo = contact(id="p2", name="Bo Lind")
    olga = contact(
        id="p3", name="", email="olga@initech.com", company_id="c2", company_name="Initech"
    )
    told = whose((contact(), bo, olga), ADA)
    assert told == "number shared with Bo Lind, olga@initech.com at Initech"


def test_a_number_of_others_alone_says_whose_it_is() -> None:
    assert whose((contact(id="p2", name="Bo Lind"),), ADA) == "number of Bo Lind"
    assert whose((contact(),), Partner("c2", "Initech")) == "number of Ada Jensen at Acme Inc"


def test_many_who_share_a_number_are_counted() -> None:
    people = tuple(contact(id=f"p{n}", name=f"Person {n}") for n in range(1, 7))
    told = whose(people, ADA)
    assert told == "number shared with Person 2, Person 3, Person 4 and 2 more"


def test_a_hostile_name_is_only_text() -> None:
    assert whose((contact(id="p2", name=HOSTILE),), ADA) == f"number of {HARMLESS}"


def test_who_was_called_is_asked_where_several_have_the_number_and_none_was_meant() -> None:
    ada, bo = contact(), contact(id="p2", name="Bo Lind")
    assert is_anybodys((ada, bo), Partner("c1", "Acme Inc"))
    assert is_anybodys((ada, bo), Partner("c2", "Initech", "p9", "Cy"))
    assert not is_anybodys((ada, bo), ADA)
    assert not is_anybodys((bo,), ADA)
    assert not is_anybodys((), Partner())


def test_whom_the_form_is_about_stands_before_those_who_have_the_number() -> None:
    bo = contact(id="p2", name="Bo Lind")
    called = [(one.value, one.label, one.note) for one in who_was_called((bo,), ADA)]
    assert called == [
        (MEANT, "Ada Jensen", "Acme Inc, under another number"),
        ("p2", "Bo Lind", "Acme Inc, CFO"),
    ]
    (acme, _) = who_was_called((bo,), Partner("c1", "Acme Inc"))
    assert (acme.label, acme.note) == ("Acme Inc", "the company, under another number")
    assert [one.value for one in who_was_called((bo,), Partner())] == ["p2"]


def test_namesakes_are_told_apart_by_company_and_position_or_mail() -> None:
    assert told_apart(contact()) == ("Ada Jensen", "Acme Inc, CFO")
    assert told_apart(contact(position="")) == ("Ada Jensen", "Acme Inc, ada@acme.com")
