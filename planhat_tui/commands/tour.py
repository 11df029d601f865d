"""``tour``: five jobs on the practice data, each done by doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import verb
from planhat_tui.commands.results import Done, Text
from planhat_tui.config.keys import KEYS, shown
from planhat_tui.errors import InputError
from planhat_tui.model.tour import MINE, STEPS, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result


@verb("tour", needs_profile=False)
def tour(ctx: Context) -> Result:
    """Find, edit, log a call, tag many, settle a conflict: a tour of the practice data.

    On the screen a line says what to do next, and notices when it is done. In a shell it tells the
    steps.
    """
    if Door.LINE in ctx.door and ctx.sheet is not None:
        if not ctx.workspace().profile.demo:
            raise InputError("The tour changes practice data.", "p goes to demo.")
        ctx.sheet("tour")
        return Done("The tour has begun.  esc at the top ends it")
    keys = keys_of(ctx.config().settings.keys)
    told = [
        f"{number} {step.name}: {sentence(step.words, keys, 'a company', MINE[0])}"
        for number, step in enumerate(STEPS, 1)
    ]
    return Text("\n".join(["In the explorer (planhat-tui --demo), :tour leads through it:", *told]))


def keys_of(changed: Mapping[str, str]) -> dict[str, str]:
    """Return the keys as people write them, by the names that the tour's words use."""
    return {key.name: shown(key, changed) for key in reversed(KEYS)}
