from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.commands.course import Course, drawn
from planhat_tui.commands.tenant import course_of
from planhat_tui.store.rows import Progress
from planhat_tui.sync.outlook import Outlook

PULL = Course("companies", 60, 100, calls=4, seconds=2.0)


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (79, f"[{'#' * 18}{'-' * 12}] 60 of 100 companies, 4 calls left, about 2 s"),
        (60, "[#######------] 60 of 100 companies, 4 calls left, about 2 s"),
        (45, "60 of 100 companies, 4 calls left, about 2 s"),
        (39, "60 of 100 companies, 4 calls left"),
        (31, "[#####----] 60 of 100 companies"),
        (10, "60 of 100 "),
    ],
)
def test_what_fits_is_shown(width: int, line: str) -> None:
    assert drawn(PULL, width) == line


def test_what_nobody_knows_is_not_said() -> None:
    assert drawn(Course("contacts", 12_300), 79) == "12,300 contacts"
    assert drawn(Course("contacts", 5, 10, about=True), 79).endswith("5 of about 10 contacts")


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0, "1 s"), (59.0, "59 s"), (150.0, "2 min"), (9000.0, "2.5 h")]
)
def test_time_is_said_as_people_do(seconds: float, said: str) -> None:
    assert drawn(Course("delivered", 1, 2, seconds=seconds), 79).endswith(f", about {said}")


@given(
    st.builds(
        Course,
        st.just("edits delivered"),
        st.integers(0, 10**6),
        st.none() | st.integers(0, 10**6),
        st.none() | st.integers(0, 10**5),
        st.none() | st.floats(0, 10**6),
        st.booleans(),
        note=st.sampled_from(["", "3 not sure yet: looked up in 97 s"]),
    ),
    st.integers(1, 300),
)
def test_it_never_wraps_and_a_full_bar_is_the_end(course: Course, width: int) -> None:
    line = drawn(course, width)
    assert len(line) <= width
    assert line.isprintable()
    if line.startswith("[") and course.known is not None:
        assert ("-" not in line.partition("]")[0]) == (course.done >= course.known)


def _progress(companies: int, contacts: int, known: int | None, *, whole: bool) -> Progress:
    return Progress(10, companies, contacts, whole, 0.0, known)


def test_a_pull_goes_through_the_companies_and_then_the_contacts() -> None:
    ahead = Outlook(3, 1.5)
    assert course_of(_progress(4, 0, None, whole=False), ahead) == Course(
        "companies", 4, 10, 3, 1.5, note="0 contacts"
    )
    here = _progress(10, 7, 70, whole=False)._replace(team=True, definitions=True)
    assert course_of(here, ahead).note == "10 of 10 companies, team, custom fields"
    assert course_of(_progress(10, 7, None, whole=False), ahead).known is None
    assert course_of(_progress(10, 7, 70, whole=False), ahead)[:3] == ("contacts", 7, 70)
    assert course_of(_progress(10, 7, 70, whole=True), ahead)[:3] == ("contacts", 7, 7)


def test_what_is_left_at_least_is_told_as_that() -> None:
    course = course_of(_progress(4, 0, None, whole=False), Outlook(3, 90.0, 2, at_least=True))
    told = "4 of 10 companies, at least 3 calls left, 2 min or more"
    assert drawn(course, 65).endswith(told)
    assert drawn(course, 79).endswith(f"{told}, 0 contacts")
