from __future__ import annotations

import inspect

import pytest

from planhat_tui import errors
from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.outcomes import Outcome, may_resend, outcome_of

UNKNOWN = {"UnknownOutcomeError", "ServerError", "StrangerError", "UnreadableError", "TooMuchError"}
BLINDLY = {"OfflineError", "RateLimitedError"}


def _family() -> list[type[PlanhatTuiError]]:
    found = [error for error in vars(errors).values() if inspect.isclass(error)]
    return [error for error in found if issubclass(error, PlanhatTuiError)]


def test_no_error_is_to_be_done() -> None:
    assert outcome_of(None) is Outcome.DONE


@pytest.mark.parametrize("kind", _family(), ids=lambda kind: kind.__name__)
def test_each_error_of_the_family_leaves_a_write_refused_or_unknown(
    kind: type[PlanhatTuiError],
) -> None:
    error = kind.__new__(kind)  # some of them need more than a sentence
    wanted = Outcome.UNKNOWN if kind.__name__ in UNKNOWN else Outcome.REFUSED
    assert outcome_of(error) is wanted
    assert may_resend(error) == (kind.__name__ in BLINDLY)


def test_what_is_unknown_is_never_sent_again_blindly() -> None:
    assert not UNKNOWN & BLINDLY
