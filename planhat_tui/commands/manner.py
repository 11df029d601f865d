"""How an answer is wished: in which form, of which fields, where to, and after waiting or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from planhat_tui.commands.output import Style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.commands.context import Wishes
    from planhat_tui.commands.output import Format


class Manner(NamedTuple):
    """What the options of all verbs say of an answer. ``format`` is empty where the door decides.

    ``to`` is a file to write it to; empty: it's shown.
    """

    format: Format | None = None
    fields: tuple[str, ...] = ()
    quiet: bool = False
    to: str = ""
    queue: bool = False
    fresh: bool = False

    def over(self, wishes: Wishes) -> Wishes:
        """Return wishes with those that were typed."""
        return wishes._replace(
            wait=wishes.wait and not self.queue,
            fresh=wishes.fresh or self.fresh,
            stream=wishes.stream and self.format in {None, "jsonl"} and not self.to,
            fields=self.fields,
        )

    def style(self, plain: Style) -> Style:
        """Return a door's style with what was typed over it."""
        return Style(
            self.format or plain.format,
            self.fields or plain.fields,
            self.quiet or plain.quiet,
            plain.width,
        )


def manner_of(given: Mapping[str, Any]) -> Manner:
    """Return what was typed after a verb; ``given`` are the values by the options' names."""
    form: Format | None = given.get("output") or None
    if given.get("json") or given.get("jsonl"):
        form = "json" if given.get("json") else "jsonl"
    return Manner(
        format=form,
        fields=field_names(str(given.get("fields") or "")),
        quiet=bool(given.get("quiet")),
        to=str(given.get("to") or ""),
        queue=bool(given.get("queue")),
        fresh=bool(given.get("fresh")),
    )


def field_names(text: str) -> tuple[str, ...]:
    """Return the names in ``a, b``."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
