from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from planhat_tui.model.limits import Limits
from planhat_tui.tui.presentation.glyphs import ASCII, UNICODE
from planhat_tui.tui.presentation.limit_words import mood, share, words
from planhat_tui.tui.widgets.gauge import CELLS, pieces

NOW = 1000.0
KNOWN = Limits(limit=200, remaining=143, reset_in=(12.0, 71.0), as_of=NOW)


def test_of_a_limit_that_is_used_up_the_bar_is_empty_whatever_the_last_answer_told() -> None:
    glyphs = UNICODE
    stopped = replace(KNOWN, remaining=200, stopped_until=NOW + 12)
    bar, rest, *_ = pieces(stopped, NOW, glyphs, wide=True)
    assert (bar[0], rest[0]) == ("", glyphs.thin * CELLS)
    full, *_ = pieces(replace(KNOWN, remaining=200), NOW, glyphs, wide=True)
    assert full[0] == glyphs.heavy * CELLS


def test_before_the_first_answer_the_limit_is_unknown() -> None:
    assert mood(Limits(), NOW) == "unknown"
    assert words(Limits(), NOW) == "rate limit unknown until the first answer"
    assert mood(Limits(as_of=NOW), NOW) == "unknown"
    assert words(Limits(as_of=NOW), NOW) == "rate limit unknown: the answers don't tell it"


def test_what_is_left_is_told_with_the_reset() -> None:
    assert mood(KNOWN, NOW) == "known"
    assert words(KNOWN, NOW) == "143 of 200 left · reset in 12-71 s"
    assert words(KNOWN, NOW, dot="|") == "143 of 200 left | reset in 12-71 s"


def test_the_reset_comes_nearer() -> None:
    assert words(KNOWN, NOW + 9) == "143 of 200 left · reset in 3-62 s"
    assert words(KNOWN, NOW + 20) == "143 of 200 left · reset in 0-51 s · 20 s old"
    assert words(KNOWN, NOW + 30) == "143 of 200 left · reset in 0-41 s · 30 s old"


def test_the_reset_is_told_as_exactly_as_it_is_known() -> None:
    exact = Limits(limit=200, remaining=143, reset_in=(40.2, 40.4), as_of=NOW)
    assert words(exact, NOW) == "143 of 200 left · reset in 40 s"
    vague = Limits(remaining=143, as_of=NOW)
    assert words(vague, NOW) == "143 left · reset unknown"


def test_after_the_reset_the_figure_is_stale() -> None:
    assert mood(KNOWN, NOW + 71) == "known"
    assert mood(KNOWN, NOW + 72) == "stale"
    assert words(KNOWN, NOW + 180) == "143 of 200 left 3 min ago · stale, reset since"
    unknown_reset = Limits(limit=200, remaining=143, as_of=NOW)
    assert mood(unknown_reset, NOW + 119) == "known"
    assert mood(unknown_reset, NOW + 121) == "stale"


def test_a_reset_a_moment_ago_is_told_in_seconds() -> None:
    soon = Limits(limit=200, remaining=143, reset_in=(0.0, 1.0), as_of=NOW)
    assert words(soon, NOW + 2) == "143 of 200 left 5 s ago · stale, reset since"


@pytest.mark.parametrize(
    ("remaining", "felt", "told"),
    [
        (40, "known", "40 of 200 left"),
        (39, "low", "39 of 200 left"),
        (10, "low", "10 of 200 left"),
        (9, "scarce", "only 9 of 200 left"),
        (0, "scarce", "only 0 of 200 left"),
    ],
)
def test_less_than_a_fifth_is_little_and_than_a_twentieth_very_little(
    remaining: int, felt: str, told: str
) -> None:
    limits = Limits(limit=200, remaining=remaining, as_of=NOW)
    assert mood(limits, NOW) == felt
    assert words(limits, NOW) == f"{told} · reset unknown"


def test_while_everything_stops_the_seconds_are_told() -> None:
    used_up = Limits(
        limit=200, remaining=0, reset_in=(12.0, 71.0), as_of=NOW, stopped_until=NOW + 71
    )
    assert words(used_up, NOW + 2) == "rate limit used up · goes on in 10-69 s"
    told = Limits(limit=200, remaining=0, reset_in=(12.0, 71.0), as_of=NOW, stopped_until=NOW + 30)
    assert words(told, NOW) == "rate limit used up · goes on in 30 s"
    stopped = Limits(limit=200, remaining=0, as_of=NOW, stopped_until=NOW + 12)
    assert mood(stopped, NOW) == "stopped"
    assert words(stopped, NOW) == "rate limit used up · goes on in 12 s"
    assert words(stopped, NOW + 11.8) == "rate limit used up · goes on in 1 s"
    assert mood(stopped, NOW + 12) == "scarce"


@pytest.mark.parametrize(
    ("limit", "remaining", "part"),
    [
        (None, 3, None),
        (0, 0, None),
        (200, None, None),
        (200, 50, 0.25),
        (200, 300, 1.0),
        (200, -4, 0.0),
    ],
)
def test_the_share_lies_between_nothing_and_all(
    limit: int | None, remaining: int | None, part: float | None
) -> None:
    assert share(Limits(limit=limit, remaining=remaining)) == part


MAYBE = st.none() | st.integers(0, 300)
SECONDS = st.floats(0, 500)
ANY = st.builds(
    Limits,
    limit=MAYBE,
    remaining=MAYBE,
    reset_in=st.none() | st.tuples(SECONDS, SECONDS).map(lambda pair: (min(pair), max(pair))),
    as_of=st.none() | SECONDS.map(lambda s: NOW - s),
    stopped_until=st.none() | SECONDS.map(lambda s: NOW - 100 + s),
)


@given(limits=ANY, wide=st.booleans())
def test_the_gauge_always_says_its_words_and_its_bar_is_whole(
    *, limits: Limits, wide: bool
) -> None:
    drawn = pieces(limits, NOW, UNICODE, wide=wide)
    assert drawn[-1][0] == words(limits, NOW)
    assert "now ago" not in drawn[-1][0]
    bar = "".join(text for text, _ in drawn[:-1])
    assert cell_len(bar) in {0, CELLS + 1}
    assert wide or not bar


def test_the_bar_shows_the_share() -> None:
    assert pieces(Limits(limit=200, remaining=100, as_of=NOW), NOW, ASCII, wide=True) == [
        ("====", "$accent"),
        ("----", "$muted"),
        (" ", ""),
        ("100 of 200 left | reset unknown", "$foreground"),
    ]


def test_a_figure_that_cannot_be_trusted_has_no_bar() -> None:
    (only,) = pieces(KNOWN, NOW + 300, UNICODE, wide=True)
    assert only == ("143 of 200 left 5 min ago · stale, reset since", "$muted")


def test_little_and_nothing_left_have_a_colour_of_their_own() -> None:
    low = Limits(limit=200, remaining=39, as_of=NOW)
    scarce = Limits(limit=200, remaining=9, as_of=NOW)
    stopped = Limits(limit=200, remaining=0, as_of=NOW, stopped_until=NOW + 5)
    assert pieces(low, NOW, UNICODE, wide=False)[0][1] == "bold $warning"
    assert pieces(scarce, NOW, UNICODE, wide=False)[0][1] == "bold $error"
    assert pieces(stopped, NOW, UNICODE, wide=False)[0][1] == "bold $error"


def test_what_others_use_is_said() -> None:
    shared = Limits(limit=200, remaining=143, reset_in=(12.0, 71.0), as_of=NOW, others=38.4)
    assert words(shared, NOW) == "143 of 200 left · reset in 12-71 s · others use 38/min"
    alone = Limits(limit=200, remaining=143, reset_in=(12.0, 71.0), as_of=NOW, others=0.2)
    assert words(alone, NOW) == "143 of 200 left · reset in 12-71 s"
