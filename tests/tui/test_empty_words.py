from __future__ import annotations

import pytest

from planhat_tui.model.limits import Lane, Limits
from planhat_tui.sync.status import SyncStatus
from planhat_tui.tui.presentation.empty_words import (
    NONE_HERE,
    no_calls,
    no_companies,
    no_contacts,
    no_field,
    no_match,
)

STOPPED = Limits(stopped_until=142.0)
COMING = "The companies' names are on their way"


@pytest.mark.parametrize(
    ("sync", "told"),
    [
        (None, COMING),
        (SyncStatus(), COMING),
        (SyncStatus("online", pulling=True), COMING),
        (
            SyncStatus("online", pulling=True, limits=STOPPED),
            "The companies' names come in 42 s: the rate limit is used up",
        ),
        (
            SyncStatus("online", pulling=True, limits=Limits(waiting={Lane.USER: 1})),
            "The companies' names wait for the rate limit",
        ),
        (SyncStatus("online"), NONE_HERE),
        (SyncStatus("offline", "Nothing was sent.", pulling=True), NONE_HERE),
        (SyncStatus("refused", "Planhat doesn't know this token (401)."), NONE_HERE),
        (SyncStatus("starting", "That isn't JSON."), NONE_HERE),
        (SyncStatus("online", "Planhat has a fault (500).", pulling=True), NONE_HERE),
    ],
)
def test_an_empty_list_says_whether_names_are_on_their_way(
    sync: SyncStatus | None, told: str
) -> None:
    assert no_companies(sync, 100.0, read_before=False) == told


def test_a_tenant_without_companies_says_so() -> None:
    assert no_companies(SyncStatus("online", pulling=True), 0.0, read_before=True) == NONE_HERE


def test_what_a_search_or_a_filter_leaves_nothing_of_is_named_with_the_way_back() -> None:
    assert no_match("acme inc") == "No company matches acme inc.  {back} shows all"
    assert no_field("priority") == "No field matches priority.  {back} shows all"
    assert "\x1b" not in no_match("a\x1b[2J") + no_field("a\x1b[2J")


@pytest.mark.parametrize(
    ("searched", "advice"),
    [
        ("phase:risk", "Type phase: alone and choose one that there is."),
        ("phase:won renewal:next30d acme", "One condition less may find some."),
        ("acme tag:vi", "Type tag: alone and choose one that there is."),
        ("phase:at risk", 'More than one word stands in quotes, phase:"at risk".'),
        ("custom.Plan:glod", "Type custom.Plan: alone and choose one that there is."),
    ],
)
def test_a_value_that_no_company_has_can_be_chosen(searched: str, advice: str) -> None:
    assert no_match(searched) == f"No company matches {searched}.  {advice}  {{back}} shows all"


@pytest.mark.parametrize("searched", ["acme AND dental", "NOT acme", "acme or globex tag:vi"])
def test_words_that_join_others_elsewhere_are_advised_of(searched: str) -> None:
    advice = "AND goes without saying; NOT is -; OR is in capitals."
    assert no_match(searched) == f"No company matches {searched}.  {advice}  {{back}} shows all"


@pytest.mark.parametrize(
    ("searched", "meant"),
    [("tag=vip", "tag:vip"), ("acme phase=won", "phase:won"), ("e-mail:ada", "email:ada")],
)
def test_a_field_that_is_typed_otherwise_is_advised_of(searched: str, meant: str) -> None:
    advice = f"A field is asked for with a colon, {meant}."
    assert no_match(searched) == f"No company matches {searched}.  {advice}  {{back}} shows all"


def test_what_is_found_instead_goes_before_an_advice() -> None:
    told = no_match("NOT ada", "Found: 2 contacts.  {everything} shows them")
    assert told == (
        "No company matches NOT ada.  Found: 2 contacts.  {everything} shows them  {back} shows all"
    )


@pytest.mark.parametrize(
    "searched", ["acme", "arr:5..6", "is:new", "a=b", "x-y:z", "phase:", "has:phone name:x"]
)
def test_nothing_is_advised_where_there_is_nothing_to_choose(searched: str) -> None:
    assert no_match(searched) == f"No company matches {searched}.  {{back}} shows all"


def test_a_search_that_may_mean_somebody_who_is_not_here_yet_says_so() -> None:
    told = no_match("ada@globex.example", whole=False)
    assert told == "No company matches ada@globex.example yet.  {back} shows all"


def test_a_long_name_leaves_the_key_of_a_sentence_on_its_line() -> None:
    assert no_contacts("Acme Inc") == "No contacts at Acme Inc yet.  {add} adds one"
    told = no_contacts("Acme Inc", "…")
    assert told == "… Contacts of Acme Inc aren't loaded yet.  {refresh} loads them"
    assert no_calls("Acme Inc") == "No calls with Acme Inc logged here yet.  {log_call} logs one"
    long = "x" * 900
    for told in (
        no_contacts(long),
        no_calls(long),
        no_match(long),
        no_field(long),
    ):  # each ends with a key
        assert "…" in told
        assert len(told.replace("{log_call}", "C")) <= 75
