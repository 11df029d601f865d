"""Where the extra isn't installed."""

from __future__ import annotations

import sys

import pytest

from planhat_tui.browser import Browsing, serve
from planhat_tui.errors import PlanhatTuiError


@pytest.mark.parametrize("package", ["aiohttp", "textual_serve"])
def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "planhat_tui.browser.server", raising=False)
    with pytest.raises(PlanhatTuiError) as told:
        serve(Browsing(), [], {}, print)
    assert str(told.value) == (
        "The explorer in a browser needs one more package, and it isn't installed.  "
        "Run: pip install 'planhat-tui[web]'"
    )


def test_another_package_that_is_missing_isnt_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "planhat_tui.browser.gate", None)
    monkeypatch.delitem(sys.modules, "planhat_tui.browser.server", raising=False)
    with pytest.raises(ModuleNotFoundError):
        serve(Browsing(), [], {}, print)
