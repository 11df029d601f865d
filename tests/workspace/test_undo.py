from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from planhat_tui.config import guardrails
from planhat_tui.errors import GuardrailError, InputError
from planhat_tui.model.calls import CallDraft
from planhat_tui.model.conflicts import Choice
from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import Action, NewEntry, State, left_out
from planhat_tui.model.records import Kind
from planhat_tui.model.undo import Way
from planhat_tui.store import entries
from planhat_tui.store.entries import entry_of
from tests.sync.rig import SECONDS, after, answer, changed_answer, lost_answer, no_network
from tests.workspace.conftest import deliver, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx

    from planhat_tui.model.events import Changed
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.undo import Undone
    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Fault, Forward, Line, Server, Time

COMPANY, CONTACT, CALL = Kind.COMPANY, Kind.CONTACT, Kind.CALL
DELIVERED = State.DELIVERED
DRAFT = CallDraft(nr="+46 70 765 43 21", external_user_id="max123", note="wants to renew")


@pytest.fixture
def companies(server: Server) -> list[str]:
    ids = server.ids()[:3]
    for number, one in enumerate(ids):
        server.put(one, city="Lund", tags=["old", f"own {number}"])
    return ids


@pytest.fixture
def desk(companies: list[str], open_workspace: Callable[..., Workspace]) -> Workspace:
    """Return a profile whose copy has these companies as they were put there."""
    assert companies
    return filled(open_workspace)


def done(workspace: Workspace, entries: tuple[Entry, ...]) -> None:
    assert set(deliver(workspace, *entries)) == {DELIVERED}


def edit_city(workspace: Workspace, ids: list[str], city: str = "Umeå") -> tuple[Entry, ...]:
    return workspace.writes.edit(COMPANY, ids, {"city": city})


def test_where_nothing_was_done_there_is_nothing_to_take_back(desk: Workspace) -> None:
    with pytest.raises(InputError, match="nothing to take back"):
        desk.undo()


def test_what_is_still_queued_is_dropped_at_once(
    desk: Workspace, line: Line, server: Server, companies: list[str]
) -> None:
    made = edit_city(desk, companies)
    undone = desk.undo()
    assert "City of" in undone.text
    assert "was not delivered yet" in undone.text
    assert desk.reads.outbox() == ()
    assert deliver(desk, *made) == [State.DROPPED] * 3
    assert {server.get(one)["city"] for one in companies} == {"Lund"}
    assert line.count("PUT *") == 0


def test_what_is_delivered_is_edited_back_as_one_step(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies))
    undone = desk.undo()
    assert len(undone.entries) == 3
    assert "goes back" in undone.text
    done(desk, undone.entries)
    assert {server.get(one)["city"] for one in companies} == {"Lund"}
    with pytest.raises(InputError, match="nothing to take back"):
        desk.undo()


def test_who_is_told_of_an_undo_finds_it_on_the_disk(desk: Workspace, companies: list[str]) -> None:
    done(desk, edit_city(desk, companies))
    seen: list[int] = []

    def look(changed: Changed) -> None:
        if changed.topic is Topic.OUTBOX:
            with ThreadPoolExecutor(1) as another:
                seen.append(len(another.submit(desk.reads.outbox).result()))

    desk.net.stop()
    stop = desk.subscribe(look)
    desk.undo()
    stop()
    assert seen == [3]


def test_steps_are_taken_back_one_after_the_other(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    one = companies[:1]
    done(desk, edit_city(desk, one, "Umeå"))
    done(desk, edit_city(desk, one, "Kiruna"))
    done(desk, desk.undo().entries)
    assert server.get(one[0])["city"] == "Umeå"
    done(desk, desk.undo().entries)
    assert server.get(one[0])["city"] == "Lund"


def test_undo_works_after_a_restart(
    open_workspace: Callable[..., Workspace], desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies))
    desk.close()
    again = open_workspace()
    done(again, again.undo().entries)
    assert {server.get(one)["city"] for one in companies} == {"Lund"}


def test_what_somebody_changed_since_stays_and_is_named(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    company = companies[0]
    done(desk, desk.writes.edit(COMPANY, [company], {"city": "Umeå", "country": "Sápmi"}))
    server.put(company, city="Oslo")
    desk.net.fill(anew=True).result(SECONDS)
    undone = desk.undo()
    assert "City was changed since and stays" in undone.text
    done(desk, undone.entries)
    assert server.get(company)["city"] == "Oslo"
    assert server.get(company)["country"] != "Sápmi"


def test_what_stays_of_a_step_is_not_taken_back_and_can_be_by_its_number(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    older = desk.writes.edit(COMPANY, companies[2:3], {"country": "Sápmi"})
    edits = edit_city(desk, companies[:2])
    done(desk, (*older, *edits))
    server.put(companies[0], city="Oslo")
    desk.net.fill(anew=True).result(SECONDS)
    done(desk, desk.undo().entries)
    assert [desk.reads.entry(edit.n).stands for edit in edits] == ["delivered", "taken back"]
    assert [back.entry.n for back in desk.undo_plan().backs] == [older[0].n]
    server.put(companies[0], city=edits[0].changes[0].after)
    desk.net.fill(anew=True).result(SECONDS)
    done(desk, desk.undo(what=edits[0].n).entries)
    assert server.get(companies[0])["city"] == edits[0].changes[0].before


def test_what_is_left_out_when_it_is_delivered_is_not_taken_back(
    desk: Workspace, server: Server, companies: list[str], time: Time, line: Line
) -> None:
    (edit,) = desk.writes.edit(COMPANY, companies[:1], {"city": "Umeå"})
    done(desk, (edit,))
    line.cut = True
    undone = desk.undo()
    assert deliver(desk, *undone.entries) == [State.QUEUED]  # nothing of it is on its way
    server.put(companies[0], city="Oslo")
    line.cut = False
    time.leap(60)
    deliver(desk, *undone.entries)
    assert left_out(desk.reads.entry(undone.entries[0].n))
    assert desk.reads.entry(edit.n).stands == "delivered"
    with pytest.raises(InputError, match="was changed since and stays"):
        desk.undo_plan(edit.n)


def test_where_everything_was_changed_since_nothing_is_taken_back(
    desk: Workspace, line: Line, server: Server, companies: list[str]
) -> None:
    first, second = companies[:2]
    line.once(f"PUT /companies/{second}", answer(400, "no"))
    made = edit_city(desk, [first, second])
    assert deliver(desk, *made) == [DELIVERED, State.REFUSED]
    server.put(first, city="Oslo")
    desk.net.fill(anew=True).result(SECONDS)
    with pytest.raises(InputError, match="was changed since"):
        desk.undo()
    # nor is the part of the step that waits
    assert [entry.state for entry in desk.reads.outbox()] == [State.REFUSED]


def test_only_tags_of_mine_go_and_only_those_that_i_took_come_back(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    company = companies[0]
    done(desk, desk.writes.tag(COMPANY, [company], ["mine"], ["old"]))
    server.put(company, tags=[*server.get(company)["tags"], "theirs"])
    desk.net.fill(anew=True).result(SECONDS)
    done(desk, desk.undo().entries)
    assert set(server.get(company)["tags"]) == {"old", "own 0", "theirs"}


def test_what_was_made_is_deleted_again(desk: Workspace, server: Server) -> None:
    made = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    done(desk, (made,))
    undone = desk.undo()
    assert "is deleted;" in undone.text
    done(desk, undone.entries)
    assert not server.named("Newcomer AB")


@pytest.mark.parametrize("many", [False, True])
def test_what_somebody_else_had_just_made_under_the_external_id_is_not_deleted(
    desk: Workspace, line: Line, server: Server, companies: list[str], *, many: bool
) -> None:
    edit = edit_city(desk, companies[:1])
    done(desk, edit)
    theirs = after(lambda: server.post(name="Theirs", externalId="crm-1", city="Oslo"))
    line.once("PUT /companies", theirs)
    bodies: list[dict[str, Json]] = [
        {"name": f"New {n}", "externalId": f"crm-{n}"} for n in ((0, 1) if many else (1,))
    ]
    new = [
        NewEntry(COMPANY, Action.CREATE, f"new-{n}", "New 1", (), b) for n, b in enumerate(bodies)
    ]
    made = desk.writes.queue(one._replace(step="s1") for one in new)
    done(desk, made)
    assert desk.reads.entry(made[-1].n).reason.startswith("Somebody else had just made it")
    if many:
        done(desk, tuple(e for e in desk.undo().entries if e.state.is_open))
    with pytest.raises(InputError, match="was made by somebody else, and stays"):
        desk.undo(what=made[-1].n)
    assert desk.undo().entries[0].takes_back == edit[0].n
    assert not server.named("New 0")
    (there,) = server.named("New 1")
    assert server.get(there)["city"] == "Oslo"


def test_what_was_to_be_made_is_dropped_with_its_edits(desk: Workspace) -> None:
    made = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    undone = desk.undo()
    assert undone.text.startswith("Making Newcomer AB is taken back")
    assert desk.reads.company(made.record_id) is None


@pytest.mark.parametrize("deed", ["undo", "delete"])
def test_to_drop_twice_as_many_that_are_to_be_made_takes_twice_as_long(
    desk: Workspace, companies: list[str], monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    unsealed: list[object] = []

    def counting(row: Sequence[object]) -> Entry:
        unsealed.append(row)
        return entry_of(row)

    def read_for(count: int) -> int:
        ids = [f"new-{count}-{n}" for n in range(count)]
        desk.writes.queue(
            NewEntry(CONTACT, Action.CREATE, one, one, body=body, step=f"s{count}")
            for one in ids
            for body in [{"name": one, "companyId": companies[0]}]
        )
        unsealed.clear()
        if deed == "undo":
            desk.undo()
        else:
            assert desk.writes.delete(CONTACT, ids) == ()
        assert desk.reads.outbox() == ()
        return len(unsealed)

    monkeypatch.setattr(guardrails, "is_many", lambda *_: False)
    monkeypatch.setattr(entries, "entry_of", counting)
    assert read_for(80) < 2.5 * read_for(40)


def test_what_was_deleted_is_made_again_and_what_is_lost_is_told(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    company = companies[0]
    before = server.get(company)
    done(desk, desk.writes.delete(COMPANY, [company]))
    undone = desk.undo()
    for lost in ("new id", "its contacts", "values that Planhat sets"):
        assert lost in undone.text
    done(desk, undone.entries)
    (again,) = server.named(before["name"])
    assert again != company
    after = server.get(again)
    for name in ("city", "tags", "custom", "externalId", "slug"):
        assert after[name] == before[name]


def test_what_somebody_else_had_deleted_is_not_made_again(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    server.delete(companies[0])
    done(desk, desk.writes.delete(COMPANY, companies[:2]))
    mine, theirs = desk.undo_plan().backs
    assert (mine.way, theirs.way) == (Way.MAKE, Way.STAY)
    assert theirs.why.endswith("was deleted by somebody else, and stays so.")


def test_undo_goes_past_the_deletion_of_a_contact_that_went_with_its_company(
    desk: Workspace, server: Server
) -> None:
    contact = server.ids(CONTACT)[0]
    company = str(server.get(contact, CONTACT)["companyId"])
    (first,) = desk.writes.delete(COMPANY, [company])
    (second,) = desk.writes.delete(CONTACT, [contact])
    done(desk, (first, second))
    told = f"{second.title}: it went with {first.title}, which was deleted from here."
    with pytest.raises(InputError) as stays:
        desk.undo_plan(second.n)
    assert str(stays.value).startswith(told)
    done(desk, desk.undo().entries)
    assert server.named(first.title)


def test_where_all_that_was_deleted_was_gone_already_undo_says_so(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    edit = edit_city(desk, companies[1:2])
    done(desk, edit)
    server.delete(companies[0])
    done(desk, desk.writes.delete(COMPANY, companies[:1]))
    assert desk.undo().entries[0].takes_back == edit[0].n
    with pytest.raises(InputError, match="was deleted by somebody else, and stays so"):
        desk.undo()


def test_edits_of_a_record_from_before_it_was_deleted_follow_it_to_its_new_id(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    company, name = companies[0], server.get(companies[0])["name"]
    done(desk, edit_city(desk, [company]))
    done(desk, desk.writes.delete(COMPANY, [company]))
    desk.undo()
    assert "goes back" in desk.undo().text  # City, on a record that isn't made yet
    done(desk, desk.reads.outbox())
    (again,) = server.named(name)
    assert server.get(again)["city"] == "Lund"
    done(desk, desk.redo().entries)
    assert server.get(again)["city"] == "Umeå"
    deleted = [e.record_id for e in desk.reads.journal() if e.action is Action.DELETE]
    assert deleted == [company]


def test_where_it_isnt_made_again_after_all_they_speak_of_the_old_one(
    open_workspace: Callable[..., Workspace], desk: Workspace, companies: list[str]
) -> None:
    (edit,) = edit_city(desk, companies[:1])
    done(desk, (edit,))
    done(desk, desk.writes.delete(COMPANY, companies[:1]))
    desk.close()
    desk = open_workspace()  # whose engine isn't asked for anything yet
    (making,) = desk.undo().entries
    assert desk.reads.entry(edit.n).record_id == making.record_id
    desk.redo()
    assert desk.reads.entry(edit.n).record_id == companies[0]
    assert desk.reads.outbox() == ()


@pytest.mark.parametrize("refused", [False, True])
def test_a_step_is_taken_back_while_it_is_being_sent(
    desk: Workspace,
    line: Line,
    server: Server,
    companies: list[str],
    refused: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    undone: list[Undone] = []

    async def taken_back(request: httpx.Request, forward: Forward) -> httpx.Response:
        undone.append(desk.undo())
        return await (answer(400, "no")(request, forward) if refused else forward(request))

    line.once(f"PUT /companies/{companies[1]}", taken_back)
    made = edit_city(desk, companies)
    first, second, third = deliver(desk, *made)
    arrived = State.DROPPED if refused else DELIVERED
    assert (first, second, third) == (DELIVERED, arrived, State.DROPPED)
    done(desk, undone[0].entries)
    assert {server.get(one)["city"] for one in companies} == {"Lund"}
    assert desk.reads.outbox() == ()
    done(desk, desk.redo().entries)
    assert {server.get(one)["city"] for one in companies} == {"Umeå"}


@pytest.mark.parametrize("fault", [no_network, answer(400, "no")], ids=["offline", "refused"])
@pytest.mark.parametrize("others", [{}, {"country": "NO"}], ids=["alone", "with others"])
def test_what_is_typed_behind_what_was_taken_back_and_did_not_arrive_is_no_conflict(  # noqa: PLR0917 -- a row of the table
    desk: Workspace,
    line: Line,
    server: Server,
    companies: list[str],
    fault: Fault,
    others: dict[str, Json],
) -> None:
    one = companies[0]

    async def taken_back(request: httpx.Request, forward: Forward) -> httpx.Response:
        desk.undo()
        desk.writes.edit(COMPANY, [one], {"city": "Kiruna"})
        return await fault(request, forward)

    line.once(f"PUT /companies/{one}", taken_back)
    made = desk.writes.edit(COMPANY, [one], {"city": "Umeå", **others})
    assert deliver(desk, *made) == [State.DROPPED]
    deliver(desk, *desk.reads.outbox())
    assert desk.reads.outbox() == ()
    assert desk.reads.standoffs() == ()
    assert server.get(one)["city"] == "Kiruna"
    assert desk.undo().text
    deliver(desk, *desk.reads.outbox())
    assert server.get(one)["city"] == "Lund"


def test_what_was_taken_back_on_its_way_and_arrived_in_part_is_taken_back_in_part(
    desk: Workspace, line: Line, server: Server, companies: list[str]
) -> None:
    one = companies[0]
    before = server.get(one)["phase"]
    undone: list[Undone] = []
    in_part = changed_answer(lambda company: {**company, "phase": before})

    async def dropped(request: httpx.Request, forward: Forward) -> httpx.Response:
        undone.append(desk.undo())
        response = await in_part(request, forward)
        server.put(one, phase=before)
        return response

    line.once("PUT *", dropped)
    (edit,) = desk.writes.edit(COMPANY, [one], {"city": "Umeå", "phase": "won"})
    assert deliver(desk, edit) == [State.DROPPED]  # the phase
    done(desk, undone[0].entries)
    assert desk.reads.outbox() == ()
    assert (server.get(one)["city"], server.get(one)["phase"]) == ("Lund", before)
    done(desk, desk.redo().entries)
    assert (server.get(one)["city"], server.get(one)["phase"]) == ("Umeå", "won")


def test_of_an_edit_of_which_planhat_kept_a_part_that_part_is_edited_back(
    desk: Workspace, line: Line, server: Server, companies: list[str]
) -> None:
    one = companies[0]
    before = server.get(one)["phase"]
    line.once("PUT *", changed_answer(lambda company: {**company, "phase": before}))
    (edit,) = desk.writes.edit(COMPANY, [one], {"city": "Umeå", "phase": "won"})
    assert deliver(desk, edit) == [State.REFUSED]
    assert [entry.changes[0].field for entry in desk.reads.outbox()] == ["phase"]
    undone = desk.undo()
    assert "was not delivered yet" in undone.text
    assert "Phase" in undone.sentences[0]
    assert "City" in undone.sentences[1]
    done(desk, undone.entries)
    assert server.get(one)["city"] == "Lund"
    assert desk.reads.outbox() == ()


def test_of_a_large_step_one_sentence_tells(desk: Workspace, line: Line, server: Server) -> None:
    ids = server.ids()[:5]
    made = desk.writes.edit(COMPANY, ids, {"custom.Mine": "yes"})
    for entry in made[:2]:
        desk.writes.hold(entry.n)
    done(desk, made[2:])
    undone = desk.undo()
    assert undone.text == "5 edits are taken back: 2 dropped, 3 edited back."
    assert undone.delivered == ("5 edits are taken back.",)
    done(desk, undone.entries)
    again = desk.writes.tag(COMPANY, ids, ["brand-new"])
    line.cut = True
    assert set(deliver(desk, *again)) == {State.QUEUED}
    assert desk.undo().text == "5 edits are taken back: all dropped."
    assert desk.redo().text == "5 edits are done again: all queued again."


@pytest.mark.parametrize("refused", [False, True])
def test_a_step_that_goes_in_one_call_is_taken_back_while_it_is_on_its_way(
    desk: Workspace,
    line: Line,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    refused: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    monkeypatch.setattr(guardrails, "is_many", lambda *_: False)
    ids = server.ids()
    undone: list[Undone] = []

    async def taken_back(request: httpx.Request, forward: Forward) -> httpx.Response:
        undone.append(desk.undo())
        return await (answer(400, "no")(request, forward) if refused else forward(request))

    line.once("PUT /companies", taken_back)
    deliver(desk, *desk.writes.edit(COMPANY, ids, {"custom.Mine": "yes"}))
    deliver(desk, *undone[0].entries)
    assert desk.reads.outbox() == ()
    assert not any(server.get(one)["custom"].get("Mine") for one in ids)


def test_what_is_being_made_is_left_and_named(
    desk: Workspace, line: Line, companies: list[str]
) -> None:
    told: list[str] = []
    (deleted,) = desk.writes.delete(COMPANY, companies[:1])

    def take_back() -> None:
        with pytest.raises(InputError, match="being sent right now"):
            desk.undo()
        told.append("refused")

    line.once("DELETE *", after(take_back))
    done(desk, (deleted,))
    assert told == ["refused"]
    assert "made again" in desk.undo().text


def test_a_call_is_taken_back_with_its_note(
    open_workspace: Callable[..., Workspace], server: Server
) -> None:
    company = server.ids()[0]
    server.put(company, custom={"Last call note": "before"})
    workspace = filled(open_workspace, call_note_field="Last call note")
    made = workspace.writes.log_call(
        CallDraft(nr=DRAFT.nr, external_user_id="max123", note="wants to renew", company_id=company)
    )
    done(workspace, made)
    call = workspace.reads.calls()[0].call.id
    done(workspace, workspace.undo().entries)
    assert server.get(call, CALL) is None
    assert server.get(company)["custom"]["Last call note"] == "before"
    assert workspace.reads.calls() == ()


def test_what_undo_shows_of_a_call_was_read_just_before(
    desk: Workspace, time: Time, companies: list[str]
) -> None:
    draft = CallDraft(nr=DRAFT.nr, external_user_id="max123", company_id=companies[0])
    done(desk, desk.writes.log_call(draft))
    call = desk.reads.calls()[0].call.id
    done(desk, desk.writes.edit(CALL, [call], {"nr": "+4617"}))
    time.leap(600)
    assert desk.undo_plan().as_of == pytest.approx(time.time() - 600, abs=5)
    desk.read_for(desk.undo_plan())
    assert desk.undo_plan().as_of is None


def test_a_call_is_taken_back_with_what_was_changed_while_it_lasted(
    desk: Workspace, server: Server, time: Time, companies: list[str]
) -> None:
    called, other = companies[:2]
    done(desk, desk.writes.tag(COMPANY, [called], ["before"]))
    begun = time.time()
    tagged = desk.writes.tag(COMPANY, [called], ["gold"])
    done(desk, tagged)
    done(desk, edit_city(desk, [other]))
    draft = CallDraft(nr=DRAFT.nr, external_user_id="max123", company_id=called)
    made = desk.writes.log_call(draft, begun)
    assert [(entry.kind, entry.n) for entry in made[1:]] == [(COMPANY, tagged[0].n)]
    done(desk, made)
    call = desk.reads.calls()[0].call.id
    done(desk, desk.undo().entries)
    assert server.get(call, CALL) is None
    assert server.get(called)["tags"] == ["old", "own 0", "before"]
    assert server.get(other)["city"] == "Umeå"


@pytest.mark.parametrize("delivers", [False, True])
def test_a_call_comes_back_with_its_note_and_whom_it_was_with(
    desk: Workspace, companies: list[str], *, delivers: bool
) -> None:
    def meant() -> list[tuple[str, str, str]]:
        return [(one.note, one.contact_id, one.company_id) for one in desk.reads.calls()]

    def settle(entries: tuple[Entry, ...]) -> None:
        if delivers:
            done(desk, entries)

    as_logged = [("wants to renew", "whoever", companies[0])]
    draft = DRAFT._replace(contact_id="whoever", company_id=companies[0])
    settle(desk.writes.log_call(draft))
    for _ in range(2):
        settle(desk.undo().entries)
        assert meant() == []
        settle(desk.redo().entries)
        assert meant() == as_logged
    deliver(desk, *desk.reads.outbox())
    (call,) = desk.reads.calls()
    done(desk, desk.writes.delete(CALL, [call.call.id]))
    settle(desk.undo().entries)
    assert meant() == as_logged


def test_a_deleted_call_is_logged_again(desk: Workspace, server: Server) -> None:
    done(desk, desk.writes.log_call(DRAFT))
    call = desk.reads.calls()[0].call.id
    done(desk, desk.writes.delete(CALL, [call]))
    assert desk.reads.calls() == ()
    undone = desk.undo()
    assert [one.call.nr for one in desk.reads.calls()] == [DRAFT.nr]
    done(desk, undone.entries)
    (logged,) = desk.reads.calls()
    assert logged.call.id != call
    assert server.get(logged.call.id, CALL)["nr"] == DRAFT.nr


def test_a_call_that_came_back_without_an_id_can_not_be_taken_back(
    open_workspace: Callable[..., Workspace], server: Server, line: Line
) -> None:
    workspace = open_workspace(tenant_uuid=server.options.tenant)
    line.once("POST *", answer(200, "OK"))
    draft = CallDraft(nr=DRAFT.nr, external_user_id="max123", open_endpoint=True)
    done(workspace, workspace.writes.log_call(draft))
    with pytest.raises(InputError, match="without an id"):
        workspace.undo()


def test_what_planhat_may_have_or_not_is_not_taken_back(desk: Workspace, line: Line) -> None:
    async def made_and_cut(request: httpx.Request, forward: Forward) -> httpx.Response:
        line.cut = True  # or the engine, which looks it up at once, may find it before the undo
        return await lost_answer(request, forward)

    line.once("POST *", made_and_cut)
    made = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    assert deliver(desk, made) == [State.NOT_SURE]
    with pytest.raises(InputError, match="isn't known"):
        desk.undo()
    assert desk.reads.entry(made.n).state is State.NOT_SURE


def test_what_was_edited_and_is_gone_can_not_be_edited_back(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:1]))
    server.delete(companies[0])
    desk.net.fill(anew=True).result(SECONDS)
    assert desk.reads.company(companies[0]) is None
    with pytest.raises(InputError, match="no longer here"):
        desk.undo()


def test_undo_keeps_to_the_guardrails_and_drops_nothing_then(
    open_workspace: Callable[..., Workspace], desk: Workspace
) -> None:
    done_before = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    done(desk, (done_before,))
    desk.close()
    careful = open_workspace(no_delete=True)
    with pytest.raises(GuardrailError, match="no deleting"):
        careful.undo()
    assert careful.reads.outbox() == ()
    assert careful.reads.entry(done_before.n).state is DELIVERED


def test_undo_of_undo_is_not_a_step_of_its_own(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:1], "Umeå"))
    undone = desk.undo()
    done(desk, undone.entries)
    assert all(entry.step.startswith("undo:") for entry in undone.entries)
    assert {entry.action for entry in undone.entries} == {Action.UPDATE}
    with pytest.raises(InputError, match="nothing to take back"):
        desk.undo()
    assert server.get(companies[0])["city"] == "Lund"


def test_the_plan_tells_what_goes_back_and_changes_nothing(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:2]))
    plan = desk.undo_plan()
    assert [change.after for back in plan.backs for change in back.changes] == ["Lund", "Lund"]
    assert desk.reads.outbox() == ()
    assert {server.get(one)["city"] for one in companies[:2]} == {"Umeå"}
    assert desk.undo_plan() == plan


def test_what_has_changed_since_it_was_shown_is_not_taken_back(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:2]))
    shown = desk.undo_plan()
    server.put(companies[0], city="Oslo")
    desk.net.fill(anew=True).result(SECONDS)
    with pytest.raises(InputError, match="Something has changed meanwhile"):
        desk.undo(shown)
    assert desk.reads.outbox() == ()
    undone = desk.undo(desk.undo_plan())
    assert [entry.record_id for entry in undone.entries] == [companies[1]]
    assert any("City of" in told and "stays" in told for told in undone.sentences)


def test_another_step_since_then_is_not_taken_back_in_its_place(
    desk: Workspace, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:1]))
    shown = desk.undo_plan()
    done(desk, edit_city(desk, companies[1:2]))
    with pytest.raises(InputError, match="Something has changed meanwhile"):
        desk.undo(shown)


def test_a_profile_that_forbids_it_refuses_before_anything_is_shown(
    open_workspace: Callable[..., Workspace], desk: Workspace
) -> None:
    done(desk, (desk.writes.create(COMPANY, {"name": "Newcomer AB"}),))
    desk.close()
    told = "no deleting.  Nothing was taken back: Newcomer AB stays as it is."
    with pytest.raises(GuardrailError, match=told):
        open_workspace(no_delete=True).undo_plan()


# -- redo


def test_a_step_on_several_records_is_done_again_as_one(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies))
    done(desk, desk.undo().entries)
    again = desk.redo()
    assert "City of" in again.text
    assert "is set again" in again.text
    done(desk, again.entries)
    assert {server.get(one)["city"] for one in companies} == {"Umeå"}
    done(desk, desk.undo().entries)  # and it's one step once more
    assert {server.get(one)["city"] for one in companies} == {"Lund"}


def test_what_was_dropped_is_queued_again(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    edit_city(desk, companies)
    desk.undo()
    again = desk.redo()
    assert "is queued again" in again.text
    done(desk, again.entries)
    assert {server.get(one)["city"] for one in companies} == {"Umeå"}


def test_an_undo_that_isnt_delivered_is_dropped_by_redo(
    open_workspace: Callable[..., Workspace],
    desk: Workspace,
    line: Line,
    server: Server,
    companies: list[str],
) -> None:
    done(desk, edit_city(desk, companies[:1]))
    puts = line.count("PUT *")
    desk.close()
    desk = open_workspace()  # whose engine isn't asked for anything yet
    desk.undo()
    assert "the way back was not delivered yet" in desk.redo().text
    assert desk.reads.outbox() == ()
    assert line.count("PUT *") == puts
    assert server.get(companies[0])["city"] == "Umeå"
    done(desk, desk.undo().entries)
    assert server.get(companies[0])["city"] == "Lund"


def test_steps_are_done_again_one_after_the_other_after_a_restart_too(
    open_workspace: Callable[..., Workspace], desk: Workspace, server: Server, companies: list[str]
) -> None:
    one = companies[:1]
    done(desk, edit_city(desk, one, "Umeå"))
    done(desk, edit_city(desk, one, "Kiruna"))
    done(desk, desk.undo().entries)
    done(desk, desk.undo().entries)
    desk.close()
    again = open_workspace()
    done(again, again.redo().entries)
    assert server.get(one[0])["city"] == "Umeå"
    done(again, again.redo().entries)
    assert server.get(one[0])["city"] == "Kiruna"
    with pytest.raises(InputError, match="nothing to do again"):
        again.redo()


def test_after_something_new_nothing_is_done_again(desk: Workspace, companies: list[str]) -> None:
    done(desk, edit_city(desk, companies[:1]))
    done(desk, desk.undo().entries)
    done(desk, edit_city(desk, companies[1:2]))
    with pytest.raises(InputError, match="nothing to do again"):
        desk.redo()


def test_what_somebody_changed_since_isnt_done_again(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    done(desk, edit_city(desk, companies[:1]))
    done(desk, desk.undo().entries)
    server.put(companies[0], city="Oslo")
    desk.net.fill(anew=True).result(SECONDS)
    with pytest.raises(InputError, match="was changed since"):
        desk.redo()
    assert server.get(companies[0])["city"] == "Oslo"


def test_what_was_made_and_deleted_again_is_made_again(desk: Workspace, server: Server) -> None:
    done(desk, (desk.writes.create(COMPANY, {"name": "Newcomer AB", "city": "Lund"}),))
    done(desk, desk.undo().entries)
    assert not server.named("Newcomer AB")
    assert desk.redo_plan().redo
    done(desk, desk.redo().entries)
    (again,) = server.named("Newcomer AB")
    assert server.get(again)["city"] == "Lund"
    done(desk, desk.undo().entries)
    assert not server.named("Newcomer AB")


def test_what_was_deleted_and_made_again_is_deleted_again(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    name = server.get(companies[0])["name"]
    done(desk, desk.writes.delete(COMPANY, companies[:1]))
    done(desk, desk.undo().entries)
    assert len(server.named(name)) == 1
    assert desk.redo_plan().deletes
    done(desk, desk.redo().entries)
    assert not server.named(name)


def test_what_was_to_be_made_comes_back_and_what_was_to_be_added_to_it_follows(
    desk: Workspace, server: Server
) -> None:
    company = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    contact = desk.writes.create(CONTACT, {"name": "Eve", "companyId": company.record_id})
    desk.undo(what=company.n)
    assert desk.reads.entry(contact.n).state is State.REFUSED
    again = desk.redo()
    assert [entry.action for entry in again.entries] == [Action.CREATE]
    done(desk, again.entries)
    (there,) = server.named("Newcomer AB")
    desk.writes.retry(contact.n)
    done(desk, (contact,))
    assert desk.reads.entry(contact.n).body == {"name": "Eve", "companyId": there}


def test_the_later_edits_of_what_was_to_be_made_are_named_and_done_again_with_it(
    desk: Workspace, server: Server
) -> None:
    company = desk.writes.create(COMPANY, {"name": "Newcomer AB"})
    desk.writes.edit(COMPANY, [company.record_id], {"city": "Oslo"})
    (last,) = desk.writes.edit(COMPANY, [company.record_id], {"city": "Bergen", "phase": "won"})
    undone = desk.undo(what=company.n)
    assert len(undone.sentences) == 3
    assert undone.sentences[0].startswith("City, Phase of Newcomer AB are taken back")
    assert undone.sentences[-1].startswith("Making Newcomer AB is taken back")
    assert desk.reads.entry(last.n).undone
    again = desk.redo()
    assert [entry.action for entry in again.entries] == [Action.CREATE, *2 * [Action.UPDATE]]
    done(desk, again.entries)
    (there,) = server.named("Newcomer AB")
    assert (server.get(there)["city"], server.get(there)["phase"]) == ("Bergen", "won")


def test_a_step_that_made_a_company_and_its_contact_comes_back_together(
    desk: Workspace, server: Server
) -> None:
    rows = [
        NewEntry(COMPANY, Action.CREATE, "new-c", "Newcomer AB", body={"name": "Newcomer AB"}),
        NewEntry(
            *(CONTACT, Action.CREATE, "new-p", "Eve"), body={"name": "Eve", "companyId": "new-c"}
        ),
    ]
    desk.writes.queue(row._replace(step="s1") for row in rows)
    desk.undo()
    done(desk, desk.redo().entries)
    (there,) = server.named("Newcomer AB")
    people = server.ask("GET", "/endusers?limit=2000")
    assert [one["companyId"] for one in people if one["name"] == "Eve"] == [there]


# -- any edit of the journal, and values that are read just before


def test_one_edit_of_the_journal_is_taken_back_and_done_again(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    first, *_ = entries = edit_city(desk, companies)
    done(desk, entries)
    done(desk, edit_city(desk, companies[:1], "Kiruna"))
    with pytest.raises(InputError, match="was changed since"):
        desk.undo_plan(first.n)
    done(desk, desk.undo(what=entries[1].n).entries)
    assert [server.get(one)["city"] for one in companies] == ["Kiruna", "Lund", "Umeå"]
    with pytest.raises(InputError, match="taken back already"):
        desk.undo(what=entries[1].n)
    done(desk, desk.redo().entries)
    assert [server.get(one)["city"] for one in companies] == ["Kiruna", "Umeå", "Umeå"]


def test_a_step_that_is_not_the_last_is_taken_back_as_a_whole(
    desk: Workspace, server: Server, companies: list[str]
) -> None:
    first, *_ = entries = edit_city(desk, companies)
    done(desk, entries)
    (later,) = desk.writes.edit(COMPANY, companies[:1], {"country": "Sápmi"})
    done(desk, (later,))
    desk.undo(what=entries[1].n)
    back = desk.undo(what=first.step)
    done(desk, desk.reads.outbox())
    assert len(back.entries) == 2  # one of the three was taken back before
    assert [server.get(one)["city"] for one in companies] == ["Lund"] * 3
    assert server.get(companies[0])["country"] == "Sápmi"
    with pytest.raises(InputError, match="All of that step has been taken back"):
        desk.undo(what=first.step)
    with pytest.raises(InputError, match="took something back"):
        desk.undo(what=back.entries[0].step)
    done(desk, desk.redo().entries)
    assert [server.get(one)["city"] for one in companies] == ["Umeå", "Lund", "Umeå"]


def test_what_a_plan_shows_is_read_again_where_the_copy_is_old(
    desk: Workspace, line: Line, server: Server, companies: list[str], time: Time
) -> None:
    done(desk, desk.writes.edit(COMPANY, companies[:1], {"city": "Umeå", "country": "Sápmi"}))
    time.leap(60)
    server.put(companies[0], city="Oslo")
    old = desk.undo_plan()
    assert old.as_of is not None
    assert len(old.backs[0].changes) == 2
    desk.read_for(old)
    plan = desk.undo_plan()
    assert plan.as_of is None
    assert (plan.backs[0].stays, len(plan.backs[0].changes)) == (("City",), 1)
    reads = line.count("GET /companies/*")
    desk.read_for(plan)
    assert line.count("GET /companies/*") == reads


def test_without_a_network_a_plan_says_how_old_it_is(
    desk: Workspace, line: Line, companies: list[str], time: Time
) -> None:
    done(desk, edit_city(desk, companies[:1]))
    time.leap(180)
    line.cut = True
    desk.read_for(desk.undo_plan())
    plan = desk.undo_plan()
    assert plan.as_of is not None
    assert 180 <= time.now - plan.as_of < 200
    assert len(desk.undo(plan).entries) == 1


def test_what_others_have_put_into_a_record_is_read_and_named_before_it_is_deleted_again(
    desk: Workspace, server: Server, time: Time
) -> None:
    done(desk, (desk.writes.create(COMPANY, {"name": "Newcomer AB", "city": "Lund"}),))
    (company,) = server.named("Newcomer AB")
    done(desk, desk.writes.edit(COMPANY, [company], {"country": "SE"}))
    server.put(company, phase="won", tags=["big"], custom={"Tier": "gold"})
    server.post(CONTACT, name="Their Contact", companyId=company)
    time.leap(86_400)
    plan = desk.undo_plan(1)
    assert plan.as_of is not None
    desk.read_for(plan)
    plan = desk.undo_plan(1)
    assert plan.as_of is None
    assert plan.backs[0].lost == ("Phase", "Tags", "Tier", "1 contact")
    undone = desk.undo(plan, 1)
    assert "What others have put there goes too: Phase, Tags, Tier, 1 contact." in undone.text


def test_what_was_made_and_edited_from_here_alone_takes_nothing_of_others_along(
    desk: Workspace, server: Server, time: Time
) -> None:
    company = desk.writes.create(COMPANY, {"name": "Newcomer AB", "tags": ["new"]})
    contact = desk.writes.create(CONTACT, {"name": "Eve", "companyId": company.record_id})
    done(desk, (company, contact))
    (made,) = server.named("Newcomer AB")
    done(desk, desk.writes.edit(COMPANY, [made], {"city": "Umeå"}))
    time.leap(86_400)
    desk.read_for(desk.undo_plan(company.n))
    assert desk.undo_plan(company.n).backs[0].lost == ("1 contact",)
    done(desk, desk.undo(what=contact.n).entries)
    assert desk.undo_plan(company.n).backs[0].lost == ()


def test_what_appears_after_a_deletion_was_shown_is_not_deleted_with_it(
    desk: Workspace, server: Server
) -> None:
    done(desk, (desk.writes.create(COMPANY, {"name": "Newcomer AB"}),))
    shown = desk.undo_plan()
    (company,) = server.named("Newcomer AB")
    server.put(company, phase="won")
    desk.net.read([(COMPANY, company)]).result(SECONDS)
    with pytest.raises(InputError, match="Something has changed meanwhile"):
        desk.undo(shown)
    assert server.named("Newcomer AB")


def test_what_somebody_else_had_set_is_not_taken_back(
    desk: Workspace, server: Server, companies: list[str], time: Time
) -> None:
    for one in companies[:2]:
        server.put(one, tags=["old", "vip"])
    time.leap(60)
    made = desk.writes.tag(COMPANY, companies, add=["vip"])
    done(desk, made)
    assert [desk.reads.entry(one.n).stands for one in made][:2] == ["not needed"] * 2
    undone = desk.undo()
    named = [text for text in undone.sentences if "was set by somebody else and stay" in text]
    named += [text for text in undone.sentences if "were set by somebody else and stay" in text]
    assert len(named) == 2
    done(desk, tuple(e for e in undone.entries if e.state.is_open))
    assert [("vip" in server.get(one)["tags"]) for one in companies] == [True, True, False]


@pytest.mark.parametrize("lost", [False, True])
def test_of_an_edit_that_was_partly_so_only_what_came_from_here_is_taken_back_and_done_again(  # noqa: PLR0917 -- its table
    desk: Workspace,
    line: Line,
    server: Server,
    companies: list[str],
    time: Time,
    lost: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    company = companies[0]
    theirs: list[Json] = ["old", "own 0", "vip"]
    country = server.get(company).get("country")
    done(desk, edit_city(desk, [company], "Kiruna"))
    server.put(company, phase="won", tags=theirs)
    time.leap(60)
    (mine,) = desk.writes.edit(
        COMPANY,
        [company],
        {"phase": "won", "country": "Sápmi", "tags": [*theirs[:2], "vip", "new"]},
    )
    if lost:
        line.once("PUT *", lost_answer)
        deliver(desk, mine)
        time.leap(60)
    deliver(desk, mine)
    assert desk.reads.entry(mine.n).state is DELIVERED
    parts = [one for one in desk.reads.journal() if one.step == mine.step]
    assert [one.stands for one in parts] == ["not needed", "delivered"]
    undone = desk.undo()
    assert any("Phase, Tags (+vip) of" in told and "stay" in told for told in undone.sentences)
    done(desk, undone.entries)
    now = server.get(company)
    assert (now["phase"], now["tags"], now.get("country")) == ("won", theirs, country)
    done(desk, desk.redo().entries)
    now = server.get(company)
    assert (now["phase"], now["tags"], now["country"]) == ("won", [*theirs, "new"], "Sápmi")
    done(desk, desk.undo().entries)
    done(desk, desk.undo().entries)  # of that step only theirs is left: it's the one before
    assert server.get(company)["city"] == "Lund"


def test_an_edit_for_which_nothing_was_sent_says_why_it_stays(
    desk: Workspace, server: Server, companies: list[str], time: Time
) -> None:
    server.put(companies[0], city="Umeå")
    time.leap(60)
    done(desk, edit_city(desk, companies[:1]))
    with pytest.raises(InputError, match=r"City of .* was set by somebody else and stays"):
        desk.undo()
    assert server.get(companies[0])["city"] == "Umeå"


def test_what_was_typed_and_gave_way_to_theirs_comes_back(
    desk: Workspace, server: Server, companies: list[str], time: Time
) -> None:
    company = companies[0]
    done(desk, edit_city(desk, companies[1:2]))
    server.put(company, city="Malmö")
    time.leap(60)
    (mine,) = edit_city(desk, [company])
    assert deliver(desk, mine) == [State.CONFLICT]
    assert desk.writes.resolve(mine.n, "city", Choice.THEIRS) == ()
    assert desk.reads.outbox() == ()
    done(desk, desk.undo().entries)
    assert server.get(company)["city"] == "Umeå"
    assert server.get(companies[1])["city"] == "Umeå", "the step before stands"
    done(desk, desk.redo().entries)
    assert server.get(company)["city"] == "Malmö"


def test_what_gave_way_to_theirs_stays_away_where_they_have_changed_it_once_more(
    desk: Workspace, server: Server, companies: list[str], time: Time
) -> None:
    company = companies[0]
    server.put(company, city="Malmö")
    time.leap(60)
    (mine,) = edit_city(desk, [company])
    assert deliver(desk, mine) == [State.CONFLICT]
    desk.writes.resolve(mine.n, "city", Choice.THEIRS)
    server.put(company, city="Ystad")
    time.leap(60)
    desk.read_for(desk.undo_plan())
    with pytest.raises(InputError, match=r"City of .* was changed since and stays"):
        desk.undo()
    assert server.get(company)["city"] == "Ystad"
