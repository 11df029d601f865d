"""The line of keys under a sheet: a small terminal has room for all of it."""

from __future__ import annotations

import importlib
import pkgutil
from inspect import getmembers, isclass

import pytest

from planhat_tui.tui import screens
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.sheetkeys import GAP, sheet_keys

ROOM = 78
"""Cells of a hint in a terminal of 80 columns: the sheet keeps one at each side."""

MOST = 8
"""Keys that a line has at most."""


def _sheets() -> dict[str, type[Sheet[object]]]:
    names = [module.name for module in pkgutil.iter_modules(screens.__path__)]
    modules = [importlib.import_module(f"{screens.__name__}.{name}") for name in names]
    found = [one for module in modules for _, one in getmembers(module, isclass)]
    return {one.__name__: one for one in found if issubclass(one, Sheet)}


@pytest.mark.parametrize("name", sorted(_sheets()))
def test_the_keys_of_a_sheet_fit_into_a_small_terminal(name: str) -> None:
    sheet = _sheets()[name]
    for known in ("HINT", "AGAIN", "RUNNING", "OVER", "DRY", "UNSURE"):
        keys = sheet_keys(getattr(sheet, known, ()), sheet.PLACES, {})
        assert len(GAP.join(key.text for key in keys)) <= ROOM, keys
        assert len(keys) <= MOST, keys
