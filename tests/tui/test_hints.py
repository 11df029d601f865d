"""The line of keys under a sheet: a small terminal has room for all of it."""

from __future__ import annotations

import importlib
import pkgutil
from inspect import getmembers, isclass

import pytest

from planhat_tui.tui import screens
from planhat_tui.tui.screens.sheet import Sheet

ROOM = 78
"""Cells of a hint in a terminal of 80 columns: the sheet keeps one at each side."""


def _sheets() -> dict[str, type[Sheet[object]]]:
    names = [module.name for module in pkgutil.iter_modules(screens.__path__)]
    modules = [importlib.import_module(f"{screens.__name__}.{name}") for name in names]
    found = [one for module in modules for _, one in getmembers(module, isclass)]
    return {one.__name__: one for one in found if issubclass(one, Sheet)}


@pytest.mark.parametrize("name", sorted(_sheets()))
def test_the_keys_of_a_sheet_fit_into_a_small_terminal(name: str) -> None:
    sheet = _sheets()[name]
    hints = [getattr(sheet, known) for known in ("HINT", "AGAIN") if hasattr(sheet, known)]
    assert all(len(hint) <= ROOM for hint in hints), hints
