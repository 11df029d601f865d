from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands import output
from planhat_tui.commands.context import Wishes
from planhat_tui.commands.output import Style
from planhat_tui.commands.results import Listing
from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.store.lease import SEND_LEASE, this_process

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


@pytest.fixture
def worked(desk: Desk) -> Desk:
    """Return a desk from where things were changed: delivered, taken back, waiting."""
    desk.do("company", "set", "Acme Inc", "city=Lund", "phase=won")
    desk.do("company", "tag", "Acme Inc", "gold")
    desk.do("undo")
    desk.reopen()  # nobody delivers what isn't waited for
    desk.wishes = Wishes(wait=False)
    desk.do("company", "create", "New Ltd")
    return desk


def test_the_journal_answers_who_what_when_and_from_which_value(worked: Desk) -> None:
    made, back, tagged, edited = worked.rows("journal", "list")
    assert (made["n"], made["state"], made["to"]) == (4, "queued", "create company")
    assert (back["takesBack"], back["state"]) == (2, "delivered")
    assert (tagged["takenBack"], edited["takenBack"]) == (True, False)
    assert (edited["what"], edited["to"], edited["state"]) == (
        "City, Phase",
        "Lund; won",
        "delivered",
    )
    assert edited["who"] == worked.workspace.me.name if worked.workspace.me else False
    assert str(edited["createdAt"]).endswith("Z")


def test_it_is_listed_by_record_and_by_number(worked: Desk) -> None:
    assert [row["n"] for row in worked.rows("journal", "list", "--limit", "2")] == [4, 3]
    assert len(worked.rows("journal", "list", "--limit", "0")) == 4
    of_acme = worked.rows("journal", "list", "--record", worked.company())
    assert [row["n"] for row in of_acme] == [3, 2, 1]
    assert worked.one("journal", "show", "1")["from"]
    with pytest.raises(NotFoundError):
        worked.shell("journal", "show", "99")
    with pytest.raises(InputError):
        worked.shell("journal", "list", "--limit", "some")


def test_it_exports(worked: Desk) -> None:
    result = worked.shell("journal", "list", "--limit", "0")
    assert isinstance(result, Listing)
    text = io.StringIO()
    output.write(result, Style("csv"), lambda line: print(line, file=text), lambda _: None)
    lines = text.getvalue().splitlines()
    assert lines[0] == ("n,createdAt,who,title,what,from,to,state,kind,action,id,reason,takenBack")
    assert len(lines) == 5


def test_people_read_of_an_edit_for_which_nothing_was_sent_that_it_was_not_needed(
    desk: Desk,
) -> None:
    desk.do("company", "set", "Acme Inc", "phase=won")
    desk.wishes = Wishes(wait=False)
    outbox = desk.workspace._store.outbox
    outbox.release(SEND_LEASE, this_process())
    assert outbox.claim(SEND_LEASE, "another window", 600.0)  # nothing is tried between the two
    desk.do("company", "set", "Acme Inc", "phase=lost")
    desk.do("company", "set", "Acme Inc", "phase=won")
    result = desk.shell("journal", "list")
    assert isinstance(result, Listing)
    assert result.table is not None
    assert [row["state"] for row in result.table.records] == [
        "not needed", "not needed", "delivered",
    ]  # fmt: skip
    assert {row["state"] for row in result.records} == {"delivered"}


def test_an_empty_journal_says_so(desk: Desk) -> None:
    result = desk.shell("journal", "list")
    assert isinstance(result, Listing)
    assert result.note == "Nothing was changed from here yet."
