"""What others have changed, in one line that always leaves room for the key."""

from __future__ import annotations

from rich.cells import cell_len

from planhat_tui.model.edits import Change
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible
from planhat_tui.store.history import Seen
from planhat_tui.tui.presentation import news_words
from planhat_tui.tui.presentation.glyphs import ASCII, UNICODE
from tests.tui.records import HOSTILE

NOW = 1_000_000.0
DAY = 86_400.0


def seen(field: str, before: object, after: object, days: float = 2.0) -> Seen:
    change = Change(field, before, after)  # type: ignore[arg-type] # any JSON
    return Seen(Kind.COMPANY, "c1", change, NOW - days * DAY, ours=False)


def told(*news: Seen, width: int = 200) -> str:
    return news_words.told(news, UNICODE, {"u1": "Anna Lind"}, NOW, width)


def test_a_change_is_told_with_its_age_its_values_and_the_key() -> None:
    assert told(seen("phase", "trial", "won")) == "∆ Phase changed 2 d ago: trial → won  T shows it"
    assert "Owner changed 2 d ago: - → Anna Lind" in told(seen("owner", None, "u1"))
    assert "Tags changed 2 d ago: +vip -old" in told(seen("tags", ["old"], ["vip"]))
    assert "∆ Plan changed" in told(seen("custom.Plan", "Gold", "Silver"))


def test_of_several_changes_the_latest_is_told_and_the_fields_are_counted() -> None:
    news = seen("phase", "won", "lost"), seen("h", 1, 2), seen("phase", "trial", "won")
    assert told(*news).startswith("∆ Phase changed 2 d ago: won → lost · 1 more  T shows them")


def test_the_key_stays_where_the_line_is_short() -> None:
    news = seen("phase", "a" * 40, "b" * 40), seen("h", 1, 2)
    for width in range(30, 120):
        line = told(*news, width=width)
        assert cell_len(line) <= width
        assert line.endswith("· 1 more  T shows them")


def test_it_is_safe_and_has_an_ascii_form() -> None:
    news = (seen(f"custom.{HOSTILE}", HOSTILE, [HOSTILE]),)
    assert told(*news) == visible(told(*news))
    assert news_words.short(news, UNICODE, {}) == visible(news_words.short(news, UNICODE, {}))
    assert news_words.short((seen("h", 1, 2),), ASCII, {}) == "+ Health 1 > 2"
