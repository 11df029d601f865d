"""What a verb answers. The doors decide how it looks: a table, JSON, a sentence on the screen."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from planhat_tui.model.duplicates import Group
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.plans import Plan
    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Json, Raw


class Column(NamedTuple):
    """A column of a table: the field's path in the record, and its title for people.

    ``right`` are numbers. ``prose`` are sentences, of which nothing may be lost: they are wrapped.
    """

    path: str
    title: str
    right: bool = False
    prose: bool = False


class Listing(NamedTuple):
    """Some records. ``note`` is a sentence about them, such as how old the local copy is.

    ``exit_status`` is 1 where a record is something wrong. ``kind`` is what they are, where all are
    the same and no field ``kind`` tells it. ``table`` is how people read the same, where they need
    names and programs ids. ``by`` is the column that puts them into groups, where one is read after
    the other.
    """

    records: tuple[Raw, ...]
    columns: tuple[Column, ...]
    note: str = ""
    exit_status: int = 0
    kind: Kind | None = None
    table: Listing | None = None
    by: str = ""


class Single(NamedTuple):
    """One record, or one answer that has fields.

    Their words for people come from ``labels``, else from ``kind``. A ``document`` is JSON for
    people too. A ``brief`` one shows people only the fields that hold something. ``table`` is how
    people read the same, as of a :class:`Listing`. ``exit_status`` follows the contract.
    """

    record: Raw
    kind: Kind | None = None
    note: str = ""
    labels: Mapping[str, str] = MappingProxyType({})
    document: bool = False
    brief: bool = False
    exit_status: int = 0
    table: Single | None = None


class Done(NamedTuple):
    """Something was done. ``records`` is how what was changed looks now.

    ``exit_status`` follows the contract: 0, or what kept an edit from being delivered. ``many``
    says that the verb works on several records, so that JSON is a list. ``queued`` are edits for
    which nobody has waited, and ``later`` is the sentence for when Planhat has them.
    """

    text: str
    records: tuple[dict[str, Json], ...] = ()
    exit_status: int = 0
    many: bool = False
    queued: tuple[Entry, ...] = ()
    later: str = ""


class Planned(NamedTuple):
    """A plan that a screen shows and runs; elsewhere its ``listing`` is the answer.

    ``asks`` says that it is to run: who closes it instead says no; ``dry``, that it isn't to.
    ``typed`` is the file that keeps the text which it was made from, until it runs.
    """

    plan: Plan
    listing: Listing
    asks: bool = False
    dry: bool = False
    typed: Path | None = None


class Watching(NamedTuple):
    """One record after the other, each as soon as it's there, until somebody interrupts.

    ``line`` is how people read one.
    """

    records: Iterator[Raw]
    line: Callable[[Raw], str]
    note: str = ""


class Groups(NamedTuple):
    """Records that may be the same, in groups; a screen lets one open them."""

    kind: Kind
    groups: tuple[Group, ...]
    columns: tuple[Column, ...]
    note: str = ""

    @property
    def records(self) -> tuple[Raw, ...]:
        """A row for each record, with the number of its group and why it's in it."""
        return tuple(
            {"group": n, "why": group.why, "_id": one.id, "name": one.name, "at": one.at}
            for n, group in enumerate(self.groups, start=1)
            for one in group.members
        )

    @property
    def listing(self) -> Listing:
        """The same as a list."""
        return Listing(self.records, self.columns, self.note)


class Exported(NamedTuple):
    """Records that are written as they are read: there may be more than memory should hold.

    ``columns`` are those of a table, ``picked`` the fields of each record in JSON (empty: all).
    ``users`` are names of the team by id.
    """

    kind: Kind
    records: Iterator[Raw]
    columns: tuple[str, ...]
    picked: tuple[str, ...] = ()
    users: Mapping[str, str] = MappingProxyType({})
    note: str = ""


class Text(NamedTuple):
    """Text that goes to stdout as it is: a script, a page."""

    text: str


Result: TypeAlias = "Listing | Single | Done | Planned | Watching | Groups | Exported | Text"
"""Every verb answers one of these, or raises an error of :mod:`planhat_tui.errors`."""
