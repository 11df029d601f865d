"""What a verb answers. The doors decide how it looks: a table, JSON, a sentence on the screen."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Json, Raw


class Column(NamedTuple):
    """A column of a table: the field's path in the record, and its title for people."""

    path: str
    title: str
    right: bool = False


class Listing(NamedTuple):
    """Some records. ``note`` is a sentence about them, such as how old the local copy is."""

    records: tuple[Raw, ...]
    columns: tuple[Column, ...]
    note: str = ""


class Single(NamedTuple):
    """One record, or one answer that has fields.

    Their words for people come from ``labels``, else from ``kind``.
    """

    record: Raw
    kind: Kind | None = None
    note: str = ""
    labels: Mapping[str, str] = MappingProxyType({})


class Done(NamedTuple):
    """Something was done. ``records`` is how what was changed looks now.

    ``exit_status`` follows the contract: 0, or what kept an edit from being delivered. ``many``
    says that the verb works on several records, so that JSON is a list.
    """

    text: str
    records: tuple[dict[str, Json], ...] = ()
    exit_status: int = 0
    many: bool = False


Result: TypeAlias = "Listing | Single | Done"
"""Every verb answers one of these, or raises an error of :mod:`planhat_tui.errors`."""
