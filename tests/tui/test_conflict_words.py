from __future__ import annotations

from planhat_tui.model.conflicts import Standoff
from planhat_tui.model.edits import Conflict
from planhat_tui.model.records import Kind
from planhat_tui.tui.presentation.conflict_words import MERGED, conflict_rows, conflict_sum
from planhat_tui.tui.presentation.glyphs import UNICODE
from tests.tui.records import HARMLESS, HOSTILE

PHASE = Conflict("phase", "new", "won", "lost")
TAGS = Conflict("tags", ["vip", "old"], ["vip", "gold"], ["vip", "old", HOSTILE])
FOUND = Standoff(3, Kind.COMPANY, "c1", "Acme Inc", (PHASE,), 40.0, 90.0, (TAGS,))


def test_a_field_in_conflict_stands_side_by_side_and_a_merged_one_under_it() -> None:
    phase, tags = conflict_rows(FOUND, UNICODE, {})
    assert (phase.id, phase.state, phase.cells["theirs"]) == ("phase", "≠", "lost")
    assert "note" not in phase.cells
    assert (tags.id, tags.state, tags.dim) == (f"{MERGED}tags", " ", True)
    assert tags.cells == {
        "field": "Tags",
        "before": "vip, old",
        "mine": "vip, [-old], [+gold]",
        "theirs": f"vip, old, [+{HARMLESS}]",
        "note": "both kept",
    }


def test_what_was_merged_is_not_left_to_decide() -> None:
    assert conflict_sum(FOUND, 0, 100.0).endswith("1 field left here")
