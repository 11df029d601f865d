"""What widgets tell each other: small dataclasses, carried by Textual's messages.

Threads never touch widgets: they post one of these, and a handler on the screen's thread applies
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.records import Kind


@dataclass
class Said(Message):
    """A sentence for the message line, with keys in braces. ``bad``: something needs a hand.

    ``unreached``: Planhat wasn't reached, which is over as soon as it answers. ``behind``: it
    stands behind the sentence before. ``passing``: it's about the key that was pressed, here and
    now, and goes with the place or the filter.
    """

    text: str
    bad: bool = False
    unreached: bool = False
    behind: bool = False
    passing: bool = False


@dataclass
class Answered(Message, bubble=False):
    """An answer from the reading thread. ``apply`` runs on the screen's thread."""

    apply: Callable[[], None]


@dataclass
class Arrived(Message, bubble=False):
    """Something changed in the store; :meth:`planhat_tui.tui.feed.Feed.take` tells what."""


@dataclass
class CompanyPointed(Message):
    """The row under the cursor of the company list is another one; empty: there is none."""

    company_id: str


@dataclass
class Wanted(Message):
    """A key asks for a job on records: ``deed`` names it (see :mod:`planhat_tui.tui.flows`).

    ``what`` is the tag, the field or the company that it concerns, where it does.
    """

    deed: str
    kind: Kind
    ids: tuple[str, ...]
    what: str = ""


@dataclass
class KeysChanged(Message):
    """What can be done has changed: the footer is drawn again."""
