"""Planhat at the speed of a terminal.

The rooms and the way the data walks through them are drawn in ``docs/ARCHITECTURE.md``.
"""

__version__ = "0.1.0"
