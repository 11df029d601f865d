"""What was seen to change: kept beside the mirror, and longer than it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from planhat_tui.model import query
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.store import filling
from planhat_tui.store.connection import Database
from planhat_tui.store.disk import FullError
from planhat_tui.store.history import History, Keep
from planhat_tui.store.schema import HISTORY
from planhat_tui.store.tenant import TenantStore
from tests.disk import full, read_only
from tests.store.conftest import received, tick, update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from planhat_tui.model.values import Json

COMPANY = Kind.COMPANY


@pytest.fixture
def history(folder: Path) -> Iterator[History]:
    history = History(folder, tick, Keep())
    yield history
    history.close()


def changes(history: History, record: str = "c1") -> list[tuple[str, Json, Json, bool]]:
    seen = history.of(COMPANY, record)
    return [(one.change.field, one.change.before, one.change.after, one.ours) for one in seen]


def test_a_pull_that_brings_news_leaves_them_in_the_history(store: TenantStore) -> None:
    mirror = store.mirror
    mirror.put(COMPANY, [received("c1", name="Acme", phase="won", custom={"A.b": 1})], 1.0)
    assert changes(store.history) == []  # what is seen for the first time hasn't changed
    mirror.put(
        COMPANY,
        [received("c1", name="Acme", phase="lost", custom={"A.b": 2, "C": True}, __v=3)],
        2.0,
    )
    assert sorted(changes(store.history)) == [
        ("custom.A.b", 1, 2, False),
        ("custom.C", None, True, False),
        ("phase", "won", "lost", False),
    ]
    assert {one.seen_at for one in store.history.of(COMPANY, "c1")} == {2.0}
    mirror.put(COMPANY, [received("c1", name="Acme", custom={"A.b": 2, "C": True})], 3.0)
    assert changes(store.history)[0] == ("phase", "lost", None, False)


def test_what_was_sent_from_here_is_told_from_the_rest(store: TenantStore) -> None:
    store.mirror.put(COMPANY, [received("c1", phase="won", city="Umeå")], 1.0)
    store.mirror.put(
        COMPANY, [received("c1", phase="lost", city="Lund")], 2.0, ours={"c1": {"phase"}}
    )
    assert sorted(changes(store.history)) == [
        ("city", "Umeå", "Lund", False),
        ("phase", "won", "lost", True),
    ]


@pytest.mark.parametrize("state", [State.SENDING, State.NOT_SURE])
@pytest.mark.parametrize("let_go", [False, True])
def test_what_is_on_its_way_and_is_seen_at_planhat_before_its_answer_is_ours(
    store: TenantStore, state: State, *, let_go: bool
) -> None:
    store.mirror.put(COMPANY, [received("c1", phase="won", city="Umeå", tags=["a"])], 1.0)
    store.history.look(COMPANY, "c1")
    mine = [Change("phase", "won", "lost"), Change("tags", ["a"], ["a", "x"])]
    (going,) = store.outbox.add(update("c1", *mine))
    store.outbox.mark_sending([going.n])
    store.outbox.mark([going.n], state)
    if let_go and state is State.NOT_SURE:
        store.outbox.discard(going.n)
    landed = received("c1", phase="lost", city="Lund", tags=["x", "a"])
    store.mirror.put(COMPANY, [landed], tick() + 1.0)
    assert sorted(changes(store.history)) == [
        ("city", "Umeå", "Lund", False),
        ("phase", "won", "lost", True),
        ("tags", ["a"], ["x", "a"], True),
    ]
    assert [one.change.field for one in store.history.news(COMPANY, "c1")] == ["city"]


@pytest.mark.parametrize(
    ("phase", "tags"), [("renewal", ["a", "x", "theirs"]), ("churned", ["theirs"])]
)
def test_what_somebody_else_made_of_it_meanwhile_is_theirs(
    store: TenantStore, phase: str, tags: list[str]
) -> None:
    store.mirror.put(COMPANY, [received("c1", phase="won", tags=["a"])], 1.0)
    mine = [Change("phase", "won", "lost"), Change("tags", ["a"], ["a", "x"])]
    (going,) = store.outbox.add(update("c1", *mine))
    store.outbox.mark_sending([going.n])
    store.mirror.put(COMPANY, [received("c1", phase=phase, tags=[*tags])], tick() + 1.0)
    assert {ours for *_, ours in changes(store.history)} == {False}


def test_the_lean_list_brings_news_only_of_what_is_here_whole(store: TenantStore) -> None:
    store.mirror.put_lean([received("c1", name="Acme"), received("c2", name="Globex")], 1.0)
    store.mirror.put(COMPANY, [received("c1", name="Acme", phase="won")], 2.0)
    store.mirror.put_lean([received("c1", name="Acme AB"), received("c2", name="Globus")], 3.0)
    assert changes(store.history) == [("name", "Acme", "Acme AB", False)]
    assert changes(store.history, "c2") == []


def test_a_change_that_is_noticed_twice_is_noted_once(history: History) -> None:
    won, lost = {"phase": "won"}, {"phase": "lost"}
    history.note(COMPANY, [("c1", won, lost)], 1.0)
    history.note(COMPANY, [("c1", won, lost)], 2.0)  # a crash came before the mirror had it
    assert len(changes(history)) == 1
    history.note(COMPANY, [("c1", lost, won)], 3.0)
    history.note(COMPANY, [("c1", won, lost)], 4.0)
    assert [(one[1], one[2]) for one in changes(history)] == [
        ("won", "lost"),
        ("lost", "won"),
        ("won", "lost"),
    ]


def test_a_record_that_comes_twice_at_once_has_changed_once(history: History) -> None:
    won, lost = {"phase": "won"}, {"phase": "lost"}
    history.note(COMPANY, [("c1", won, lost), ("c2", won, lost), ("c1", won, lost)], 1.0)
    assert changes(history) == changes(history, "c2") == [("phase", "won", "lost", False)]


def test_the_history_outlives_a_damaged_mirror(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(COMPANY, [received("c1", phase="won")], 1.0)
    store.mirror.put(COMPANY, [received("c1", phase="lost")], 2.0)
    store.close()
    (folder / "mirror.db").write_bytes(b"\xa5" * 9_000)
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(COMPANY, [received("c1", phase="renewal")], 3.0)
    assert changes(store.history) == [("phase", "won", "lost", False)]
    store.close()


def test_a_change_that_a_mirror_notices_that_was_begun_anew_is_another_one(folder: Path) -> None:
    now = count(1_000.0)

    def see(store: TenantStore, phase: str) -> None:
        store.mirror.put(COMPANY, [received("c1", phase=phase)], next(now))

    def wall() -> float:
        return next(now)

    for copy in (1, 2):  # somebody has taken it back in between, which nobody saw
        store = TenantStore.open(folder, wall=wall)
        see(store, "won")
        crash = mock.patch.object(filling, "write", side_effect=RuntimeError)
        with crash, pytest.raises(RuntimeError):  # it comes before the mirror has it
            see(store, "lost")
        store.close()
        store = TenantStore.open(folder, wall=wall)
        see(store, "lost")
        assert changes(store.history) == [("phase", "won", "lost", False)] * copy
        store.close()
        (folder / "mirror.db").write_bytes(b"\xa5" * 9_000)


def test_a_damaged_history_is_set_aside_and_begun_anew(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.history.note(COMPANY, [("c1", {}, {"phase": "won"})], 1.0)
    store.close()
    (folder / "history.db").write_bytes(b"\xa5" * 9_000)
    store = TenantStore.open(folder, wall=tick)
    assert changes(store.history) == []
    store.history.note(COMPANY, [("c1", {}, {"phase": "won"})], 1.0)
    assert len(changes(store.history)) == 1
    assert any(path.name.startswith("history.db.damaged-") for path in folder.iterdir())
    store.close()


def test_where_nothing_can_be_written_the_past_is_read(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(COMPANY, [received("c1", phase="won")], 1.0)
    store.history.note(COMPANY, [("c1", {}, {"phase": "won"})], 1.0)
    store.close()
    with read_only(folder):
        store = TenantStore.open(folder, wall=tick)
        assert len(changes(store.history)) == 1
        store.history.look(COMPANY, "c1")
        assert store.history.looked_at(COMPANY, "c1") is None
        store.close()


def test_where_nothing_was_kept_and_nothing_can_be_there_is_no_past(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(COMPANY, [received("c1", phase="won")], 1.0)
    store.close()
    assert not (folder / "history.db").exists()  # it's made when it is needed
    with read_only(folder):
        store = TenantStore.open(folder, wall=tick)
        assert changes(store.history) == []
        assert store.history.within(COMPANY, ()) == []
        assert store.history.in_order(COMPANY, descending=True) == []
        assert store.history.unseen(COMPANY, ["c1"]) == frozenset()
        store.close()


def test_a_moment_without_room_ends_no_history(
    history: History, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    won, lost = {"phase": "won"}, {"phase": "lost"}
    with full(monkeypatch):
        with pytest.raises(FullError, match="disk is full"):
            history.note(COMPANY, [("c1", won, lost)], 1.0)
        assert changes(history) == []
    history.note(COMPANY, [("c1", won, lost)], 1.0)
    again = History(folder, tick, Keep())
    history.close()
    with full(monkeypatch):
        assert len(changes(again)) == 1
        again.note(COMPANY, [("c1", lost, won)], 2.0)
    again.note(COMPANY, [("c1", lost, won)], 2.0)
    assert len(changes(again)) == 2
    again.close()


def test_what_is_too_old_is_let_go(folder: Path) -> None:
    history = History(folder, lambda: 1_000.0, Keep(seconds=100.0))
    history.note(COMPANY, [("c1", {"h": n}, {"h": n + 1}) for n in range(3)], 850.0)
    history.note(COMPANY, [("c1", {"h": 3}, {"h": 4})], 950.0)
    history.note(COMPANY, [("c2", {"h": 1}, {"h": 2})], 850.0)
    history.prune()
    assert changes(history) == [("h", 3, 4, False)]
    assert history.in_order(COMPANY, descending=True) == [("c1", 950.0)]
    history.close()


def test_where_it_is_too_much_the_oldest_is_let_go(folder: Path) -> None:
    history = History(folder, lambda: 1_000.0, Keep(size=200_000))
    for n in range(60):
        pairs = [(f"c{n}", {"note": "x" * 100}, {"note": "y" * 100}) for _ in range(1)]
        pairs += [(f"c{n}-{m}", {"note": ""}, {"note": "z" * 200}) for m in range(40)]
        history.note(COMPANY, pairs, float(n))
    history.prune()
    assert changes(history, "c0") == []
    assert len(changes(history, "c59")) == 1
    when = dict(history.in_order(COMPANY, descending=False))
    assert "c0" not in when
    assert when["c59"] == 59.0
    kept = sum(len(changes(history, f"c{n}-{m}")) for n in range(60) for m in range(40))
    assert 100 < kept < 1_200
    history.close()


def test_companies_are_found_by_when_they_were_seen_to_change(folder: Path) -> None:
    day = 86_400.0
    now = 100 * day
    ticks = count()
    store = TenantStore.open(folder, wall=lambda: now + next(ticks))
    for one, days in (("c1", 3.0), ("c2", 20.0)):
        store.mirror.put(COMPANY, [received(one, name=one, phase="won")], 1.0)
        store.mirror.put(COMPANY, [received(one, name=one, phase="lost")], now - days * day)
    store.mirror.put(COMPANY, [received("c3", name="c3")], 1.0)

    def found(text: str) -> list[str]:
        return [row.id for row in store.mirror.search_companies(query.parse(text)).rows]

    assert found("changed:last7d") == ["c1"]
    assert found("changed:over7d") == ["c2"]
    assert found("-has:changed") == ["c3"]
    assert found("has:changed sort:-changed") == ["c1", "c2"]
    store.close()


def test_the_last_that_changed_come_first_however_many_are_gone_or_changed_at_once(
    folder: Path,
) -> None:
    store = TenantStore.open(folder, wall=tick)
    for one in range(30):
        gone = 20 <= one < 25
        name = f"{99 - one} ltd"
        store.mirror.put(COMPANY, [received(f"c{one}", name=name, phase="won")], 1.0)
        store.mirror.put(COMPANY, [received(f"c{one}", name=name, phase="")], 100.0 + one // 10)
        if gone:
            store.mirror.remove(COMPANY, [f"c{one}"])
    here = [one for one in range(30) if not 20 <= one < 25]

    def found(text: str, limit: int) -> list[str]:
        rows = store.mirror.search_companies(query.parse(text), limit=limit).rows
        return [row.id for row in rows]

    everything = found("sort:-changed", 30)
    assert [int(one[1:]) // 10 for one in everything] == [one // 10 for one in reversed(here)]
    assert sorted(everything) == sorted(f"c{one}" for one in here)
    for most in (1, 3, 5, 6, 24):
        assert found("sort:-changed", most) == everything[:most]
    store.close()


def test_when_it_last_changed_is_known_of_what_an_earlier_version_has_seen(tmp_path: Path) -> None:
    path = tmp_path / "d" / "history.db"
    before = Database(path, HISTORY[:1], durable=False)
    with before.writing() as connection:
        connection.executemany(
            "INSERT INTO change (kind, record, field, before, after, seen_at, ours)"
            " VALUES ('company', ?, 'phase', '1', '2', ?, 0)",
            [("c1", 5.0), ("c2", 7.0), ("c1", 9.0)],
        )
    before.close()
    history = History(path.parent, tick, Keep())
    assert history.in_order(COMPANY, descending=True) == [("c1", 9.0), ("c2", 7.0)]
    assert history.within(COMPANY, [(">=", 7.0), ("<", 9.0)]) == ["c2"]
    history.close()


def test_when_it_last_changed_is_kept_right_by_an_earlier_version_that_is_still_open(
    tmp_path: Path,
) -> None:
    path, insert = (
        tmp_path / "d" / "history.db",
        (
            "INSERT INTO change (kind, record, field, before, after, seen_at, ours)"
            " VALUES ('company', ?, 'phase', '1', '2', ?, 0)"
        ),
    )
    before = Database(path, HISTORY[:1], durable=False)
    history = History(path.parent, tick, Keep())
    history.note(COMPANY, [("c1", {"phase": "won"}, {"phase": "lost"})], 5.0)
    with before.writing() as connection:
        connection.executemany(insert, [("c1", 9.0), ("c2", 7.0), ("c1", 8.0)])
    before.close()
    assert history.in_order(COMPANY, descending=True) == [("c1", 9.0), ("c2", 7.0)]
    history.close()


def test_what_others_changed_since_one_looked_is_marked(
    open_store: Callable[[], TenantStore],
) -> None:
    store = open_store()
    ids = ["c1", "c2", "c3", "c4"]
    for one in ids[:3]:
        store.history.look(COMPANY, one)
    later = tick() + 50.0
    store.history.note(COMPANY, [("c1", {}, {"h": 1}), ("c4", {}, {"h": 1})], later)
    store.history.note(COMPANY, [("c2", {}, {"h": 1})], later, {"c2": {"h"}})
    assert store.history.unseen(COMPANY, ids) == {"c1"}
    again = open_store()
    assert again.history.unseen(COMPANY, ids) == {"c1"}
    assert again.history.looked_at(COMPANY, "c4") is None
    for _ in range(60):
        tick()
    assert [one.change.field for one in again.history.look(COMPANY, "c1")] == ["h"]
    assert again.history.unseen(COMPANY, ids) == frozenset()
    assert again.history.look(COMPANY, "c1") == again.history.news(COMPANY, "c1") == ()


def test_what_others_changed_since_one_looked_is_told_and_found(store: TenantStore) -> None:
    store.mirror.put(COMPANY, [received(one, name=one, phase="won") for one in ("c1", "c2")], 1.0)
    assert store.history.look(COMPANY, "c1") == ()
    for at, phase in ((tick() + 10.0, "lost"), (tick() + 11.0, "renewal")):
        records = [received(one, name=one, phase=phase) for one in ("c1", "c2")]
        store.mirror.put(COMPANY, records, at)
    news = [(one.change.before, one.change.after) for one in store.history.news(COMPANY, "c1")]
    assert news == [("lost", "renewal"), ("won", "lost")]
    assert store.history.news(COMPANY, "c2") == ()  # one never looked

    def found(text: str) -> list[str]:
        return [row.id for row in store.mirror.search_companies(query.parse(text)).rows]

    assert found("is:changed") == ["c1"]
    assert found("is:changed OR c2") == ["c1", "c2"]
    assert found("-is:changed") == ["c2"]


def test_who_was_seen_in_a_list_is_looked_at_one_by_one(store: TenantStore) -> None:
    store.history.look_over(Kind.CONTACT, ["p1", "p2"])
    later = tick() + 10.0
    for one in ("p1", "p3"):
        store.history.note(Kind.CONTACT, [(one, {}, {"phone": "1"})], later)
    assert store.history.unseen(Kind.CONTACT, ["p1", "p2", "p3"]) == {"p1"}
    for _ in range(20):
        tick()
    store.history.look_over(Kind.CONTACT, ["p1"])
    assert store.history.unseen(Kind.CONTACT, ["p1", "p2", "p3"]) == frozenset()


def test_to_ask_what_is_new_makes_no_file(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    store.mirror.put(COMPANY, [received("c1", name="c1", phase="won")], 1.0)
    assert store.history.unseen(COMPANY, ["c1"]) == frozenset()
    assert store.history.news(COMPANY, "c1") == ()
    assert store.mirror.search_companies(query.parse("is:changed")).rows == ()
    assert not (folder / "history.db").exists()
    store.close()


def test_a_record_made_here_keeps_when_one_looked_at_it(store: TenantStore) -> None:
    store.history.look(COMPANY, "new-1")
    store.history.rename(COMPANY, {"new-1": "c1"})
    assert store.history.looked_at(COMPANY, "c1") is not None
    assert store.history.looked_at(COMPANY, "new-1") is None
