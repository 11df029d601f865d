"""What the screen is given: the composition root fills it, the screen calls it.

The screen knows neither files nor tokens nor HTTP: it knows this.
"""

from __future__ import annotations
