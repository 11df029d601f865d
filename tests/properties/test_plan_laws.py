"""What holds for plans, whatever the records hold and whatever is asked of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model.edits import Change, apply, same, value_at
from planhat_tui.model.planfile import decode, encode
from planhat_tui.model.plans import Plan, Wanted, always, gather, plan_of, recheck, wanted
from planhat_tui.model.plans import created as made
from planhat_tui.model.plans import deleted as gone
from planhat_tui.model.plans import refused as left
from planhat_tui.model.records import Kind, texts_of

if TYPE_CHECKING:
    from planhat_tui.model.values import Json, Raw

TAGS = st.sampled_from(["vip", "gold", "old", "new", "x"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
)
PATHS = st.sampled_from(["phase", "status", "custom.Plan", "custom.a.b"])
FIELDS = ("phase", "status", "tags", "custom.Plan", "custom.a.b")


@st.composite
def records(draw: st.DrawFn) -> list[Raw]:
    count = draw(st.integers(0, 5))
    found: list[Raw] = []
    for n in range(count):
        custom: dict[str, Json] = draw(
            st.dictionaries(st.sampled_from(["Plan", "a.b", "other"]), SCALARS, max_size=3)
        )
        raw: dict[str, Json] = {"_id": f"id-{n}", "name": f"Co {n}", "custom": custom}
        raw["tags"] = [*draw(st.lists(TAGS, unique=True, max_size=4))]
        raw |= {k: draw(SCALARS) for k in draw(st.sets(st.sampled_from(["phase", "status"])))}
        found.append(raw)
    return found


@st.composite
def changes(draw: st.DrawFn) -> Wanted:
    add = draw(st.lists(TAGS, unique=True, max_size=2))
    off = [tag for tag in draw(st.lists(TAGS, unique=True, max_size=2)) if tag not in add]
    values = draw(st.dictionaries(PATHS, SCALARS, max_size=2))
    clear = [p for p in draw(st.lists(PATHS, unique=True, max_size=2)) if p not in values]
    asked = {path: ("it", always(value)) for path, value in values.items()}
    if not (add or off or values or clear):
        add = ["x"]
    return wanted(Kind.COMPANY, tag=add, untag=off, values=asked, clear=clear)


def by_id(raws: list[Raw]) -> dict[str, Raw]:
    return {str(raw["_id"]): raw for raw in raws}


def done(plan: Plan, raws: list[Raw]) -> list[Raw]:
    rows = {row.record_id: row.changes for row in plan.rows}
    return [apply(raw, rows.get(str(raw["_id"]), ())) for raw in raws]


def as_seen(raw: Raw) -> list[Json]:
    """Return the fields that plans of these tests touch; tags as a set."""
    own: list[Json] = [value_at(raw, path) for path in FIELDS if path != "tags"]
    return [*own, [*sorted(texts_of(raw, "tags"))]]


@given(records(), changes())
def test_a_plan_and_its_undo_leave_the_records_as_they_were(raws: list[Raw], asked: Wanted) -> None:
    plan = plan_of(asked, raws)
    back = replace(
        plan,
        rows=tuple(
            row._replace(changes=tuple(Change(c.field, c.after, c.before) for c in row.changes))
            for row in plan.rows
        ),
    )
    after = done(back, done(plan, raws))
    assert all(same(as_seen(a), as_seen(b)) for a, b in zip(after, raws, strict=True))


@given(records(), changes())
def test_the_same_change_twice_is_already_so(raws: list[Raw], asked: Wanted) -> None:
    again = plan_of(asked, done(plan_of(asked, raws), raws))
    assert again.rows == ()
    assert again.already_so == len(raws)


@given(records(), changes())
def test_every_record_is_a_row_or_counted(raws: list[Raw], asked: Wanted) -> None:
    plan = plan_of(asked, raws)
    assert len(plan.rows) + plan.already_so == len(raws)
    assert all(row.changes for row in plan.rows)


@given(records(), changes())
def test_a_plan_held_against_the_same_records_is_the_same(raws: list[Raw], asked: Wanted) -> None:
    plan = plan_of(asked, raws)
    now = recheck(plan, by_id(raws))
    assert (now.plan, now.moved) == (plan, ())


@given(records(), changes())
def test_a_plan_that_was_carried_out_is_already_so(raws: list[Raw], asked: Wanted) -> None:
    plan = plan_of(asked, raws)
    now = recheck(plan, by_id(done(plan, raws)))
    assert now.plan.rows == ()
    assert now.plan.already_so == len(raws)


@given(records(), changes(), changes())
def test_what_somebody_changed_since_is_never_overwritten(
    raws: list[Raw], asked: Wanted, theirs: Wanted
) -> None:
    plan = plan_of(asked, raws)
    moved = done(plan_of(theirs, raws), raws)
    now = recheck(plan, by_id(moved)).plan
    for before, present, after in zip(raws, moved, done(now, moved), strict=True):
        for path in FIELDS:
            if path == "tags":
                added = {*texts_of(present, path)} - {*texts_of(before, path)}
                assert added - {*asked.untag} <= {*texts_of(after, path)}
            elif not same(value_at(before, path), value_at(present, path)):
                assert same(value_at(after, path), value_at(present, path))


@given(records(), changes(), st.text(max_size=5), st.floats(0, 2e9), st.text(max_size=5))
def test_a_plan_is_read_from_its_file_as_it_was(
    raws: list[Raw], asked: Wanted, tenant: str, made_at: float, why: str
) -> None:
    plan = plan_of(asked, raws, source=why)
    rows = (
        *plan.rows,
        *(gone(Kind.COMPANY, raw) for raw in raws),
        *(made(Kind.COMPANY, f"new-{n}", raw) for n, raw in enumerate(raws)),
        left("x", why, why or "It can't."),
    )
    whole = gather(plan.kind, plan.title, rows, source=why)
    whole = replace(whole, tenant=tenant, made_at=made_at)
    assert decode(encode(whole), tenant) == whole
