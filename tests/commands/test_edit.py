from __future__ import annotations

import stat
from functools import partial
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.results import Planned
from planhat_tui.errors import GuardrailError, InputError, NotFoundError, RefusedError
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.store.wiping import wipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.model.values import Json
    from tests.commands.conftest import Desk


def _swap(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text, text
        return text.replace(old, new, 1)

    return edit


def _lead_to(city: str, text: str) -> str:
    return text.replace("  city:", f"  city: {city} #")


def kept(desk: Desk) -> list[Path]:
    """Return the files in which what was typed for this tenant is kept."""
    return [*desk.workspace.folder.glob("*.yaml")]


def _same(text: str) -> str:
    return text


def test_one_record_is_edited_in_one_step_and_taken_back_as_one(desk: Desk) -> None:
    raw = desk.one("company", "show", "Acme Inc")
    desk.editors = [
        lambda text: _swap("phase:", "phase: renewal #")(_swap("city:", "city: Malmö #")(text))
    ]
    done = desk.do("edit", "Acme Inc")
    assert done.text == "2 fields of Acme Inc: delivered."
    now = desk.server.get(desk.company())
    assert (now["phase"], now["city"]) == ("renewal", "Malmö")
    desk.do("undo", "--yes")
    now = desk.server.get(desk.company())
    assert (now["phase"], now.get("city")) == (raw["phase"], raw.get("city"))


def test_left_as_it_was_nothing_is_done(desk: Desk) -> None:
    desk.editors = [_same]
    asked = len(desk.network.asked)
    assert desk.do("edit", "Acme Inc").text == "Nothing to change: it is so already."
    assert len(desk.network.asked) == asked


def test_several_are_one_text_and_a_plan_that_is_one_step(desk: Desk) -> None:
    names = [str(row["name"]) for row in desk.rows("company", "find", "limit:3")]
    desk.editors = [lambda text: text.replace("  city:", "  city: Lund #")]
    done = desk.do("edit", *names)
    assert desk.asked[0][0].startswith("edit 3 records: 3 companies will change in acme.")
    assert done.text == "edit 3 records: 3 delivered."
    assert {desk.server.get(desk.company(name))["city"] for name in names} == {"Lund"}
    assert len({entry.step for entry in desk.workspace.reads.journal()}) == 1


def test_contacts_are_edited_too_but_not_beside_companies(desk: Desk) -> None:
    person = desk.contact_ids()[0]
    desk.editors = [_swap("position:", "position: Chief of Staff #")]
    assert desk.do("edit", person).records[0]["position"] == "Chief of Staff"
    with pytest.raises(NotFoundError, match=r"All must be companies, or all contacts\."):
        desk.do("edit", "Acme Inc", person)


def test_a_mistake_comes_back_with_the_text_until_it_is_right(desk: Desk) -> None:
    desk.editors = [
        _swap("renewalDate:", "renewalDate: soon #"),
        _swap("renewalDate: soon", "renewalDate: 2027-01-01"),
    ]
    done = desk.do("edit", "Acme Inc")
    above, _ = desk.edited[1].split("\nrenewalDate: soon")
    assert above.split("\n")[-1].startswith("#! soon is no date. ")
    assert str(done.records[0]["renewalDate"]).startswith("2027-01-01")


def test_who_leaves_the_mistake_changes_nothing_and_keeps_the_text(desk: Desk) -> None:
    desk.editors = [_swap("renewalDate:", "renewalDate: soon #"), _same]
    with pytest.raises(InputError, match=r"Nothing was changed\. Line \d+: soon is no date"):
        desk.do("edit", "Acme Inc")
    (path,) = kept(desk)
    assert "renewalDate: soon" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert desk.workspace.reads.journal() == ()


def test_what_others_changed_meanwhile_is_merged_or_a_conflict(desk: Desk) -> None:
    company = desk.company()

    def meanwhile(text: str) -> str:
        theirs: dict[str, Json] = {"tags": ["theirs"], "phase": "churned"}
        desk.server.ask("PUT", f"/companies/{company}", theirs)
        desk.time.leap(60)
        tagged = _swap("tags: [", "tags: [mine, ")(text)
        return _swap("phase:", "phase: renewal #")(tagged)

    desk.editors = [meanwhile]
    desk.do("edit", "Acme Inc")
    now = desk.server.get(company)
    assert now["phase"] == "churned"
    assert {"mine", "theirs"} <= set(now["tags"])
    assert desk.states() == [State.CONFLICT]


def test_the_line_edits_the_selection(desk: Desk) -> None:
    desk.editors = [_swap("phase:", "phase: renewal #")]
    desk.colon("edit", Kind.COMPANY, desk.company())
    assert desk.states() == [State.QUEUED]
    several = [row.id for row in desk.workspace.reads.companies(limit=2).rows]
    desk.editors = [lambda text: text.replace("  city:", "  city: Lund #")]
    (planned,) = desk.colon("edit", Kind.COMPANY, *several)
    assert isinstance(planned, Planned), "it is shown first"
    assert desk.states() == [State.QUEUED]
    with pytest.raises(InputError, match="No company or contact is selected"):
        desk.colon("edit")


def test_a_profile_that_forbids_it_says_so_before_the_editor(desk: Desk) -> None:
    desk.reopen(read_only=True)
    with pytest.raises(GuardrailError):
        desk.do("edit", "Acme Inc")
    assert desk.edited == []


def test_too_many_are_no_text(desk: Desk) -> None:
    with pytest.raises(InputError, match="too many for a text"):
        desk.colon("edit", Kind.COMPANY, *[f"c{n}" for n in range(201)])


@pytest.mark.parametrize("why", ["too many", "a no", "ctrl+c", "looked at"])
def test_what_was_typed_is_kept_where_its_plan_isnt_run(desk: Desk, why: str) -> None:
    ids = [row.id for row in desk.workspace.reads.companies(limit=3).rows]
    desk.editors = [lambda text: text.replace("  city:", "  city: Lund #")]
    if why == "too many":
        desk.reopen(max_bulk=2, reason="Ask first.")
        with pytest.raises(GuardrailError, match=r"Ask first\. What you typed is in .*\.yaml"):
            desk.shell("edit", *ids)
    elif why == "a no":
        desk.refusing = RefusedError("Nothing was done.")
        with pytest.raises(RefusedError, match=r"What you typed is in .*\.yaml\.$"):
            desk.shell("edit", *ids)
    elif why == "ctrl+c":
        desk.refusing = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            desk.shell("edit", *ids)
        assert desk.told[-1].endswith(".yaml.")
    else:
        (planned,) = desk.colon("edit", Kind.COMPANY, *ids)
        assert isinstance(planned, Planned)
        assert [planned.typed] == kept(desk)
        assert desk.told[-1].endswith(".yaml until the plan runs.")
    (path,) = kept(desk)
    assert path.read_text().count("city: Lund") == 3
    assert desk.queue() == ()


def test_what_is_done_is_kept_nowhere_else(desk: Desk) -> None:
    desk.editors = [lambda text: text.replace("  city:", "  city: Lund #")]
    desk.shell("edit", *(row.id for row in desk.workspace.reads.companies(limit=3).rows))
    assert kept(desk) == []


def test_each_text_that_is_kept_has_a_file_with_its_tenant_and_goes_with_that(desk: Desk) -> None:
    ids = [row.id for row in desk.workspace.reads.companies(limit=3).rows]
    folder = desk.workspace.folder
    desk.refusing = RefusedError("Nothing was done.")
    for city in ("Lund", "Kiel"):
        desk.editors = [partial(_lead_to, city)]
        with pytest.raises(RefusedError):
            desk.shell("edit", *ids)
    texts = [path.read_text() for path in kept(desk)]
    assert sorted("city: Lund" in text for text in texts) == [False, True]
    assert sorted("city: Kiel" in text for text in texts) == [False, True]
    desk.workspace.close()
    wipe(folder)
    assert not folder.exists()
