from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.config.guardrails import (
    check_at_once,
    check_delete,
    check_write,
    is_many,
    is_plain,
    lesser_marks,
    marks,
    typed_word,
    why_barred,
)
from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.errors import GuardrailError

PLAIN = Profile("acme", "https://api.planhat.com", TokenSource("env", "T"))
WHY = "Production. Ask in #cs-ops first."
COUNTS = st.integers(min_value=0, max_value=10_000)


@given(COUNTS)
def test_a_profile_that_forbids_nothing_lets_everything_pass(count: int) -> None:
    check_write(PLAIN, count)
    check_delete(PLAIN, count)
    assert typed_word(PLAIN, count, deleting=False) == ""
    assert marks(PLAIN) == ()


@given(COUNTS)
def test_read_only_forbids_every_write_with_the_profiles_reason(count: int) -> None:
    profile = PLAIN._replace(read_only=True, reason=WHY)
    for check in (check_write, check_delete):
        with pytest.raises(GuardrailError) as caught:
            check(profile, count)
        assert caught.value.message == "acme is read-only."
        assert caught.value.advice == WHY
        assert caught.value.exit_status == 4


@given(COUNTS)
def test_no_delete_forbids_deleting_alone(count: int) -> None:
    profile = PLAIN._replace(no_delete=True, reason=WHY)
    check_write(profile, count)
    with pytest.raises(GuardrailError) as caught:
        check_delete(profile, count)
    assert caught.value.message == "acme allows no deleting."
    assert caught.value.advice == WHY


def test_what_waits_is_barred_by_what_it_does() -> None:
    assert why_barred(PLAIN, deleting=True) == ""
    assert why_barred(PLAIN._replace(read_only=True, reason="Ask Ada."), deleting=False) == (
        "acme is read-only.  Ask Ada."
    )
    careful = PLAIN._replace(no_delete=True)
    assert why_barred(careful, deleting=False) == ""
    assert why_barred(careful, deleting=True) == "acme allows no deleting."


def test_max_bulk_is_the_most_that_passes() -> None:
    profile = PLAIN._replace(max_bulk=200, reason=WHY)
    for check in (check_write, check_delete):
        check(profile)
        check(profile, 200)
        with pytest.raises(GuardrailError) as caught:
            check(profile, 201)
        assert caught.value.message == "acme allows 200 records at once; these are 201."
        assert caught.value.advice == WHY


def test_a_guardrail_without_a_reason_gives_none() -> None:
    with pytest.raises(GuardrailError) as caught:
        check_write(PLAIN._replace(read_only=True))
    assert str(caught.value) == "acme is read-only."


def test_a_delete_asks_for_the_word_delete() -> None:
    assert typed_word(PLAIN, 1, deleting=True) == "delete"


def test_a_delete_of_several_asks_for_their_number_too() -> None:
    word = typed_word(PLAIN, 300, deleting=True)
    assert word == "delete 300"
    assert is_plain(word)


@pytest.mark.parametrize(
    ("word", "plain"),
    [("delete", True), ("send", True), ("acme", False), ("delete me", False), ("resend", False)],
)
def test_a_plain_word_names_no_profile(word: str, *, plain: bool) -> None:
    assert is_plain(word) is plain


@pytest.mark.parametrize(
    ("count", "deleting", "word"),
    [(1, True, "acme"), (1, False, ""), (25, False, ""), (26, False, "acme"), (26, True, "acme")],
)
def test_confirm_asks_for_the_profiles_name(count: int, word: str, *, deleting: bool) -> None:
    profile = PLAIN._replace(confirm="type", confirm_over=25)
    assert typed_word(profile, count, deleting=deleting) == word


def test_confirm_over_counts_only_with_confirm() -> None:
    assert typed_word(PLAIN._replace(confirm_over=1), 100, deleting=False) == ""


def test_the_header_names_the_strictest() -> None:
    assert marks(PLAIN._replace(read_only=True, no_delete=True)) == ("read-only",)
    assert marks(PLAIN._replace(read_only=True)) == ("read-only",)
    assert marks(PLAIN._replace(no_delete=True)) == ("no-delete",)


def test_the_header_has_lesser_marks_for_what_may_still_be_done() -> None:
    assert lesser_marks(PLAIN) == ("", "")
    careful = PLAIN._replace(max_bulk=1_000, confirm="type")
    assert lesser_marks(careful) == ("max 1,000", "confirm")
    assert lesser_marks(careful._replace(read_only=True)) == ("", "")


@pytest.mark.parametrize(
    ("count", "over", "many"),
    [(1, 0, False), (5, 25, False), (6, 25, True), (2, 1, True), (2, 2, False), (6, 100, True)],
)
def test_more_than_a_handful_or_than_the_profile_says_are_many(
    count: int,
    over: int,
    many: bool,  # noqa: FBT001 -- a row of the table
) -> None:
    profile = PLAIN._replace(confirm_over=over)
    assert is_many(profile, count) is many
    if many:
        with pytest.raises(GuardrailError, match=f"^{count} records are changed by a plan"):
            check_at_once(profile, count)
    else:
        check_at_once(profile, count)
    with pytest.raises(GuardrailError, match="allows no deleting"):
        check_at_once(profile._replace(no_delete=True), count, deleting=True)
