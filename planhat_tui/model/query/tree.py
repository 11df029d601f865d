"""A query, once it is read: a tree of terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from planhat_tui.model.query.values import Value


_JOINING: Final = frozenset({"and", "or", "not"})


class Term(NamedTuple):
    """One condition. ``field`` is empty for a word that may stand anywhere in the record.

    ``has`` and ``is`` stand there as fields too: their value is the name of a field or of a state.
    ``column`` is where the term starts, counted in characters from 0.
    """

    field: str
    value: Value
    column: int = 0


class Not(NamedTuple):
    """What must not hold. A record without a value doesn't meet the condition, so it's in."""

    part: Node


class Group(NamedTuple):
    """Two parts or more, of which all must hold (``every``), or one."""

    every: bool
    parts: tuple[Node, ...]


Node: TypeAlias = "Term | Not | Group"


class Sort(NamedTuple):
    """One field to sort by; records without a value come last either way."""

    field: str
    descending: bool = False


class Query(NamedTuple):
    """A query as it was typed, and what it says. ``where`` is ``None`` if all are wanted."""

    text: str
    where: Node | None = None
    sort: tuple[Sort, ...] = ()
    limit: int | None = None

    @property
    def parts(self) -> tuple[Node, ...]:
        """What must hold, side by side."""
        if self.where is None:
            return ()
        if isinstance(self.where, Group) and self.where.every:
            return self.where.parts
        return (self.where,)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that must be found anywhere in the record."""
        return tuple(part.value for part in self.parts if is_word(part))  # type: ignore[union-attr, misc] # it is

    @property
    def advice(self) -> str:
        """What to know of words in it that join others elsewhere; empty if there are none."""
        joining = any(word.casefold() in _JOINING for word in self.words)
        return "AND goes without saying; NOT is -; OR is in capitals." if joining else ""

    @property
    def only_words(self) -> bool:
        """Tell whether there is nothing else in it, and something at all."""
        return bool(self.parts) and all(map(is_word, self.parts)) and not self.sort


def is_word(node: Node) -> bool:
    """Tell whether it is a word that may stand anywhere."""
    return isinstance(node, Term) and not node.field
