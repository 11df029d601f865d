"""Texts as they come: wide, combining, joined, and hostile."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = (
    "a", "Acme", "Globex Services International", " ", "-", "é", "e\u0301", "\u0301", "ß",
    "東京", "会社", "ｱ", "한", "👩\u200d🚀", "👍🏽", "🇸🇪", "❤\ufe0f", "❤", "\u200d", "\ufe0f",
    "می\u200cخواهم", "עברית", "บริษัท", "\U000e0100", "\x1b[31m", "\x1b]52;c;aGk=\x07",
    "\x9b2J", "\u202e", "\u200b", "\t", "\n", "\x00", "\ud800", "[bold]x[/]",
)  # fmt: skip

TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(max_size=24)
"""Any text at all, and often one that is awkward in cells."""
