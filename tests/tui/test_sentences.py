from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.errors import InputError, OfflineError
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind, count_of
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.sentences import (
    change_words,
    delivered,
    entry_words,
    last_met,
    problem,
    queued,
    stuck,
    tag_list,
    tag_words,
    undecided,
)
from tests.tui.records import HARMLESS, HOSTILE, entry
from tests.tui.test_values import JSON
from tests.tui.texts import TEXTS

GOLD = Change("tags", ["vip"], ["vip", "gold"])
PHASE = Change("phase", "onboarding", "won")
TITLE = Change("position", "CTO", "CEO")


def test_kinds_are_counted_in_words() -> None:
    assert count_of(Kind.COMPANY, 1) == "1 company"
    assert count_of(Kind.COMPANY, 1200) == "1,200 companies"
    assert count_of(Kind.CONTACT, 2) == "2 contacts"


def test_a_problem_says_what_to_do_next() -> None:
    assert problem(OfflineError("Planhat wasn't reached.")) == "Planhat wasn't reached."
    assert problem(InputError("That is no date.", "Type 2026-02-03.")) == (
        "That is no date.  Type 2026-02-03."
    )
    assert problem(InputError(HOSTILE, HOSTILE)) == f"{HARMLESS}  {HARMLESS}"


def test_only_texts_count_as_tags() -> None:
    assert tag_list(["a", 1, None, "b"]) == ("a", "b")
    assert tag_list("ab") == ()
    assert tag_list(None) == ()


def test_a_change_is_told_in_short() -> None:
    users = {"u1": "Anna Lind"}
    assert tag_words(Change("tags", ["vip", "old"], ["vip", "gold"])) == "+gold -old"
    assert change_words(Kind.COMPANY, GOLD, {}) == "+gold"
    assert change_words(Kind.COMPANY, PHASE, {}) == "Phase onboarding → won"
    assert change_words(Kind.COMPANY, Change("owner", None, "u1"), users, arrow=">") == (
        "Owner - > Anna Lind"
    )
    assert change_words(Kind.COMPANY, Change("custom.Seats", 4, None), {}) == "Seats 4 → -"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (entry(GOLD, PHASE), "+gold; Phase onboarding → won"),
        (entry(), "nothing left to send"),
        (entry(Change("tags", ["a"], ["a"])), "nothing left to send"),
        (entry(action=Action.DELETE, kind=Kind.CONTACT), "delete the contact"),
        (entry(action=Action.CREATE), "new company"),
        (entry(action=Action.CREATE, kind=Kind.CALL, body={"nr": "+46 70 1"}), "call +46 70 1"),
        (entry(action=Action.CREATE, kind=Kind.CALL), "call -"),
        (
            entry(action=Action.CREATE, kind=Kind.CALL, body={"nr": "1"}, open_tenant="t"),
            "call 1 (open endpoint)",
        ),
    ],
)
def test_an_edit_is_told_in_a_line(asked: Entry, words: str) -> None:
    assert entry_words(asked, {}) == words


CALL = {"kind": Kind.CALL, "title": "call to +46 70"}


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([entry(GOLD)], "Tag gold on Acme Inc is queued."),
        ([entry(Change("tags", ["old"], []))], "Tag old off Acme Inc is queued."),
        ([entry(Change("tags", ["old"], ["gold"]))], "2 tags on Acme Inc are queued."),
        ([entry(PHASE)], "Phase of Acme Inc is queued."),
        ([entry(Change("domains", [], ["a.com"]))], "Domains of Acme Inc are queued."),
        ([entry(Change("custom.Plan", "Gold", None))], "Removal of Plan from Acme Inc is queued."),
        ([entry(Change("phase", "won", None))], "Phase of Acme Inc is queued."),
        ([entry(GOLD, PHASE)], "2 fields of Acme Inc are queued."),
        ([entry(GOLD)] * 40, "Tag gold on 40 companies is queued."),
        ([entry(TITLE, kind=Kind.CONTACT)] * 2, "Position of 2 contacts is queued."),
        ([entry(action=Action.CREATE)], "New company Acme Inc is queued."),
        ([entry(action=Action.DELETE)], "Deletion of Acme Inc is queued."),
        ([entry(action=Action.DELETE)] * 3, "Deletion of 3 companies is queued."),
        ([entry(action=Action.CREATE, **CALL)], "Call to +46 70 is queued."),
        ([entry(action=Action.DELETE, **CALL)], "Deletion of the call to +46 70 is queued."),
        ([entry(PHASE, **CALL)], "Change of the call to +46 70 is queued."),
    ],
)
def test_what_a_key_has_queued_is_said(entries: list[Entry], sentence: str) -> None:
    them = "them" if sentence.endswith(" are queued.") else "it"
    assert queued(entries) == f"{sentence}  {{undo}} takes {them} back"


def test_what_has_arrived_meanwhile_is_said_in_the_same_words() -> None:
    assert delivered(queued([entry(GOLD)])) == (
        "Tag gold on Acme Inc is delivered.  {undo} takes it back"
    )
    assert delivered(queued([entry(GOLD, PHASE)])) == (
        "2 fields of Acme Inc are delivered.  {undo} takes them back"
    )


def test_where_nothing_changes_that_is_said() -> None:
    assert queued([]) == "Nothing to change: it is so already."


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        (
            entry(GOLD, reason="This token may not change this company (403).  Use another."),
            (
                "Not saved in Planhat: this token may not change this company (403). "
                "Tag gold on Acme Inc is kept here.  {outbox} shows it"
            ),
        ),
        (
            entry(GOLD, PHASE, reason="Planhat refused this company (400).  Change it."),
            (
                "Not saved in Planhat: Planhat refused this company (400). "
                "2 fields of Acme Inc are kept here.  {outbox} shows it"
            ),
        ),
        (
            entry(PHASE, state=State.CONFLICT, reason="Somebody else changed Phase meanwhile."),
            (
                "Not saved in Planhat: somebody else changed Phase meanwhile. "
                "Phase of Acme Inc is kept here.  {outbox} shows it"
            ),
        ),
        (
            entry(
                action=Action.CREATE,
                state=State.NOT_SURE,
                reason="Not sure whether Planhat saved the company: the answer was lost.  Look.",
            ),
            "Not sure whether Planhat saved the company: the answer was lost.  {outbox} decides",
        ),
        (
            entry(
                action=Action.CREATE,
                state=State.NOT_SURE,
                reason="The program ended before the answer came.",
                **CALL,
            ),
            "The program ended before the answer came.  {outbox} decides",
        ),
    ],
)
def test_what_keeps_an_edit_is_said_with_what_it_means_and_the_next_key(
    kept: Entry, sentence: str
) -> None:
    if kept.state is State.QUEUED:
        kept = kept._replace(state=State.REFUSED)
    assert stuck(kept) == sentence


FIELD = st.sampled_from(("tags", "phase", "owner", "custom.Plan", "shiny")) | TEXTS
CHANGES = st.builds(Change, FIELD, JSON, JSON)


@given(TEXTS, st.lists(CHANGES, max_size=3), st.sampled_from(Action), st.sampled_from(Kind))
def test_any_edit_is_told_safely(
    title: str, changes: list[Change], action: Action, kind: Kind
) -> None:
    made = entry(*changes, title=title, action=action, kind=kind, body={"nr": title})
    kept = stuck(made._replace(state=State.REFUSED, reason=title))
    for text in (entry_words(made, {title: title}), queued([made]), queued([made, made]), kept):
        assert text
        assert text == visible(text)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.QUEUED, "it goes out by itself.  {hold} holds it, {discard} drops it"),
        (State.SENDING, "it is on its way"),
        (State.HELD, "{retry} sends it again, {discard} drops it"),
        (State.REFUSED, "{retry} sends it again, {discard} drops it"),
    ],
)
def test_where_enter_has_nothing_to_decide_it_says_why(state: State, told: str) -> None:
    assert told in undecided(state)


def test_of_what_goes_out_by_itself_its_told_what_the_last_try_met_and_no_advice_to_wait() -> None:
    why = "The rate limit is used up (429); nothing was done.  Wait for the next reset."
    waits = entry(changes=(PHASE,))._replace(state=State.QUEUED, reason=why)
    assert last_met(waits, goes_out=True) == (
        "The last try: the rate limit is used up (429); nothing was done."
    )
    assert last_met(waits, goes_out=False) == why
    assert last_met(waits._replace(state=State.HELD), goes_out=True) == why
    assert last_met(waits._replace(reason=""), goes_out=True) == ""


def test_a_long_title_leaves_the_key_of_a_sentence_on_its_line() -> None:
    told = queued([entry(title="Long " * 180, changes=(PHASE,))])
    assert len(told) <= 78
    assert told.endswith("queued.  {undo} takes it back")
