from __future__ import annotations

from planhat_tui.tui.sure import LEAST, MOST, REPEATS, Held, Sure


def test_the_second_time_means_it() -> None:
    sure = Sure()
    assert not sure.about("a call", 100.0)
    assert sure.about("a call", 100.0 + LEAST)


def test_a_key_that_comes_too_soon_is_told_so() -> None:
    sure = Sure()
    told = []
    for moment in (100.0, 100.5, 100.5 + MOST + 1):
        sure.about("a call", moment)
        told.append(sure.question("F9", "drops it"))
    too_soon = "That key was pressed just now.  F9 in a moment drops it"
    assert told == ["F9 again drops it", too_soon, "F9 again drops it"]


def test_a_held_key_never_does_and_what_follows_its_release_may() -> None:
    sure = Sure()
    repeats = [0.0, 0.5, *(0.5 + 0.03 * n for n in range(1, 200))]
    assert not any(sure.about("a call", 100.0 + at) for at in repeats)
    assert sure.about("a call", 100.0 + repeats[-1] + LEAST)


def test_neither_does_one_that_comes_late_or_is_about_something_else() -> None:
    sure = Sure()
    assert not sure.about("a call", 100.0)
    assert not sure.about("another call", 102.0)
    assert not sure.about("another call", 102.1 + MOST)
    assert sure.about("another call", 104.0 + MOST)


def test_a_held_key_goes_once_and_what_follows_its_release_may() -> None:
    held, begins = Held(), 100.0
    assert not held.repeats("x", begins)
    repeats = [0.5, *(0.5 + 0.03 * n for n in range(1, 200))]
    assert all(held.repeats("x", begins + at) for at in repeats)
    assert not held.repeats("x", begins + repeats[-1] + REPEATS)


def test_another_key_is_no_repeat_and_the_one_that_led_here_is() -> None:
    held = Held("save", 100.0)
    assert held.repeats("save", 100.1)
    assert not held.repeats("keep", 100.2)
    assert not held.repeats("save", 100.3)
