"""The question before a deletion: pure words, the same at every door."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.deleting import question, word
from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Raw

DEMO = Profile("demo", "https://api.planhat.com", TokenSource("env", "T"))
CALL: Raw = {"nr": "+46 70 1", "start": "2026-03-02T14:05:00Z", "end": "2026-03-02T14:15:00Z"}


@pytest.mark.parametrize(
    ("kind", "raws", "asked"),
    [
        (
            Kind.COMPANY,
            [{"name": "Acme Inc"}],
            "Delete Acme Inc in demo? Its contacts go with it. Undo makes it again with a new id.",
        ),
        (
            Kind.COMPANY,
            [{"name": "a"}] * 300,
            (
                "Delete 300 companies in demo? Their contacts go with them. "
                "Undo makes them again with new ids."
            ),
        ),
        (
            Kind.CONTACT,
            [{"name": "Bo"}, {"name": "Ada"}],
            "Delete 2 contacts in demo? Undo makes them again with new ids.",
        ),
        (
            Kind.CALL,
            [{**CALL, "waiting": 30}],
            (
                "Delete the call to +46 70 1 of 2026-03-02 14:05, talk 9:30, in demo? "
                "Undo makes it again with a new id."
            ),
        ),
    ],
)
def test_the_question_names_what_goes(kind: Kind, raws: list[Raw], asked: str) -> None:
    assert question(DEMO, kind, raws, UTC) == asked


def test_two_calls_with_one_number_differ() -> None:
    later: Raw = {**CALL, "end": "2026-03-02T14:20:00Z"}
    assert question(DEMO, Kind.CALL, [CALL], UTC) != question(DEMO, Kind.CALL, [later], UTC)


def test_the_word_counts_what_goes() -> None:
    assert (word(DEMO, 1), word(DEMO, 300)) == ("delete", "delete 300")
