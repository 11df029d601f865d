from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from planhat_tui import errors
from planhat_tui.errors import (
    AmbiguousError,
    ConfigError,
    InputError,
    PlanhatTuiError,
    QueryError,
    RateLimitedError,
    RejectedError,
    ServerError,
)

_LINE = re.compile(r"(?P<indent>[ │├└─]*)(?P<name>\w+Error)\s+(?P<status>\d)\s+(?P<says>\S.*)")


def drawn() -> dict[str, tuple[str, int]]:
    """Return the parent and the exit status of each class, as the docstring draws them."""
    tree: dict[str, tuple[str, int]] = {}
    path: list[str] = []
    for match in map(_LINE.fullmatch, inspect.cleandoc(errors.__doc__ or "").splitlines()):
        if match:
            depth = len(match["indent"]) // 4 - 1
            del path[depth:]
            tree[match["name"]] = (path[-1] if path else "Exception", int(match["status"]))
            path.append(match["name"])
    return tree


def defined() -> dict[str, type[PlanhatTuiError]]:
    return {
        name: found
        for name, found in vars(errors).items()
        if inspect.isclass(found) and issubclass(found, PlanhatTuiError)
    }


def test_the_tree_in_the_docstring_is_the_family_with_its_exit_statuses() -> None:
    family = {
        name: (found.__bases__[0].__name__, found.exit_status) for name, found in defined().items()
    }
    assert drawn() == family


def test_every_error_is_public_and_has_one_parent() -> None:
    assert sorted(defined()) == errors.__all__
    assert all(len(found.__bases__) == 1 for found in defined().values())


def test_the_exit_statuses_are_one_to_eight() -> None:
    assert {found.exit_status for found in defined().values()} == set(range(1, 9))


def test_an_error_reads_as_what_happened_and_what_to_do_next() -> None:
    assert str(PlanhatTuiError("It broke.", "Mend it.")) == "It broke.  Mend it."
    assert str(PlanhatTuiError("It broke.")) == "It broke."


def test_an_error_keeps_its_message_and_its_advice_apart() -> None:
    error = RejectedError("Planhat said no.", "Correct it.", status=422)
    assert (error.message, error.advice, error.status) == ("Planhat said no.", "Correct it.", 422)
    assert ServerError("Planhat failed.", status=503).status == 503


def test_an_input_error_names_its_field() -> None:
    assert InputError("Bad.", field="nr").field == "nr"
    assert InputError("Bad.").field == ""


def test_an_ambiguous_name_offers_its_candidates_and_asks_for_an_id() -> None:
    error = AmbiguousError("Two are called Acme.", (("c1", "Acme"), ("c2", "Acme")))
    assert error.candidates == (("c1", "Acme"), ("c2", "Acme"))
    assert "id" in str(error)


def test_a_query_error_points_at_a_column_of_the_query() -> None:
    error = QueryError("Bad.", "Mend it.", column=4)
    assert (error.field, error.column, str(error)) == ("query", 4, "Bad.  Mend it.")


@pytest.mark.parametrize(
    ("line", "place"), [(3, "config.yaml:3:7: Bad."), (0, "config.yaml: Bad.")]
)
def test_a_config_error_begins_with_its_place(line: int, place: str) -> None:
    error = ConfigError("Bad.", "Mend it.", path=Path("config.yaml"), line=line, column=7)
    assert str(error) == f"{place}  Mend it."


def test_a_used_up_limit_is_a_429_that_may_tell_when_to_come_back() -> None:
    assert RateLimitedError("Slow down.", retry_after=1.5).retry_after == 1.5
    assert (RateLimitedError("Slow down.").status, RateLimitedError("Slow.").retry_after) == (
        429,
        None,
    )


def test_one_handler_catches_the_whole_family() -> None:
    with pytest.raises(PlanhatTuiError):
        raise QueryError("Bad.")
