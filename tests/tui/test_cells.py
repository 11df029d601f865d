from __future__ import annotations

import re

from hypothesis import assume, example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from planhat_tui.tui.presentation.cells import clipped, fit, join_fitting, wrap_pieces, wrapped
from tests.tui.texts import TEXTS

WIDTHS = st.integers(0, 40)


@given(text=TEXTS, width=WIDTHS, right=st.booleans())
@example(text="👩\u200d🚀👩\u200d🚀", width=3, right=False)
@example(text="❤\ufe0fab", width=2, right=False)
@example(text="\ufe0f", width=4, right=True)
def test_a_fitted_text_has_exactly_the_cells_asked_for(
    *, text: str, width: int, right: bool
) -> None:
    assert cell_len(fit(text, width, right=right)) == width


@given(TEXTS, WIDTHS)
def test_a_clipped_text_has_at_most_the_cells_asked_for(text: str, width: int) -> None:
    assert cell_len(clipped(text, width)) <= width


JOINING = re.compile("[\u200d\ufe0f]")


@given(TEXTS.filter(lambda text: not JOINING.search(text)), st.integers(1, 40))
@example("👩\u200d🚀", 2)
@example("❤\ufe0f", 4)
def test_what_fits_is_left_as_it_is(text: str, width: int) -> None:
    assume(cell_len(text) <= width)
    assert clipped(text, width) == text
    assert fit(text, width).startswith(text)
    assert fit(text, width, right=True).endswith(text)


def test_a_joiner_that_joins_nothing_goes() -> None:
    assert fit("\u200dAcme\u200d", 6) == "Acme  "
    assert fit("\ufe0fAcme\u200d", 6, right=True) == "  Acme"
    assert clipped("\u200d\u200daaa", 2) == "a…"
    assert clipped("a\u200d\u200db", 9) == "a\u200db"


def test_what_is_cut_ends_in_an_ellipsis() -> None:
    assert fit("Globex Services", 10) == "Globex Se…"
    assert fit("東京会社", 6) == "東京 …"
    assert fit("Acme", 6) == "Acme  "
    assert fit("64k", 6, right=True) == "   64k"
    assert clipped("Acme", 3, ellipsis="~") == "Ac~"


def test_what_does_not_fit_is_counted() -> None:
    people = ["Ada Jensen", "Bo Lind", "Cy Young"]
    assert join_fitting(people, 40, " · ") == "Ada Jensen · Bo Lind · Cy Young"
    assert join_fitting(people, 30, " · ") == "Ada Jensen · Bo Lind · 1 more"
    assert join_fitting(people, 20, " · ") == "Ada Jensen · 2 more"
    assert join_fitting(people, 8, " · ") == "Ada Jen…"
    assert join_fitting(people, 8, " - ", ellipsis="~") == "Ada Jen~"
    assert join_fitting([], 8, " · ") == ""


@given(st.lists(TEXTS, max_size=6), WIDTHS)
def test_joined_parts_stay_within_the_width(parts: list[str], width: int) -> None:
    assert cell_len(join_fitting(parts, width, " · ")) <= width


@given(st.lists(TEXTS, max_size=12), st.integers(1, 40), st.integers(0, 3))
def test_wrapped_pieces_keep_their_order_and_the_width(
    pieces: list[str], width: int, gap: int
) -> None:
    lines = wrap_pieces(pieces, width, gap)
    assert [index for line in lines for index in line] == list(range(len(pieces)))
    for line in lines:
        size = sum(cell_len(pieces[index]) for index in line) + gap * (len(line) - 1)
        assert size <= width or len(line) == 1


def test_a_sentence_is_wrapped_by_its_cells_and_loses_nothing() -> None:
    told = "No contacts at 株式会社日本電気通信サービス yet.  a adds one"
    assert wrapped(told, 44) == ["No contacts at 株式会社日本電気通信サービス", "yet.  a adds one"]
    assert wrapped(told, 80) == [told]
    assert wrapped("株式会社日本電気通信サービス", 10) == ["株式会社日本電気通信サービス"]
