"""What was meant by a word that isn't found: one letter wrong, missing, too many, or swapped.

In long words two such slips are forgiven, if one alone explains nothing.

The trigram index gives the candidates: for each place where the slip may be, the records that hold
all trigrams that it leaves whole. Their words are then compared letter by letter (rapidfuzz, 38 ms
to import: only when a guess is needed). A word that is still being typed is compared with the
beginnings of words. Of a text with signs or blanks in it, such as a domain, each piece is a word.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
import threading
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold
from planhat_tui.store.conditions import reads_as
from planhat_tui.store.indexing import match, match_grams, start_grams
from planhat_tui.store.leads import numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SHORTEST: Final = 4
_LONG: Final = 8
_LONGEST: Final = 30
_CANDIDATES: Final = 200
_MOST_CANDIDATES: Final = 600
_MOST: Final = 3
_MOST_GUESSED: Final = 4
"""Words of a search that may have slips: one with more is some other text that was pasted."""
_FIRST_KEPT: Final = 4
"""So many times likelier is a word that begins as what was typed."""
_PIECE: Final = re.compile(r"(\w+)")


class Near(NamedTuple):
    """A text that may have been meant; ``whole``: no word of it goes on where it is kept."""

    text: str
    whole: bool = True


class Meant(NamedTuple):
    """Texts that may have been meant together, one for each that was asked about."""

    texts: tuple[str, ...]
    whole: bool


class Guesses:
    """The guesses that are being made, so that another thread can end them."""

    def __init__(self) -> None:
        self._running: dict[sqlite3.Connection, threading.Event] = {}
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End them: nobody waits for them any more. Other reads aren't disturbed."""
        with self._lock:
            for connection, stopped in self._running.items():
                stopped.set()
                connection.interrupt()

    def meant(
        self, connection: sqlite3.Connection, asked: Sequence[tuple[Kind, str]]
    ) -> list[Meant] | None:
        """Return what may have been meant, the likeliest first; none if nothing is near.

        ``asked`` are texts, each with the kind of record that is to have it. Only words that no
        such record holds are changed. ``None`` where it's stopped.
        """
        stopped = threading.Event()
        with self._lock:
            self._running[connection] = stopped
        try:
            meant = _meant(connection, asked, stopped)
            return None if stopped.is_set() else meant
        except sqlite3.OperationalError:
            if stopped.is_set():
                return None
            raise
        finally:
            with self._lock:
                del self._running[connection]


def _meant(
    connection: sqlite3.Connection, asked: Sequence[tuple[Kind, str]], stopped: threading.Event
) -> list[Meant]:
    texts: list[list[list[Near]]] = []
    guessed = 0
    for kind, text in asked:
        there = Kind.CONTACT if "@" in text else kind
        texts.append([])
        for piece, slipped in _pieces(connection, there, fold(text)):
            near = _near(connection, there, piece, stopped) if slipped else [Near(piece)]
            guessed += slipped
            if stopped.is_set() or not near or guessed > _MOST_GUESSED:
                return []
            texts[-1].append(near)
    if not guessed:
        return []
    return [_nth(texts, n) for n in range(max(len(near) for text in texts for near in text))]


def _nth(texts: Sequence[Sequence[Sequence[Near]]], n: int) -> Meant:
    """Return the texts with what is n-th nearest to each of their pieces, or its last."""
    chosen = [[near[min(n, len(near) - 1)] for near in text] for text in texts]
    whole = all(one.whole for text in chosen for one in text)
    return Meant(tuple("".join(one.text for one in text) for text in chosen), whole)


def _pieces(connection: sqlite3.Connection, kind: Kind, text: str) -> Iterator[tuple[str, bool]]:
    """Part a text at its signs, and tell of each piece whether it may be a slip: no record has it.

    A piece with a digit in it isn't: numbers and ids are meant as they stand.
    """
    for piece in _PIECE.split(text):
        may_slip = piece.isalpha() and _SHORTEST <= len(piece) <= _LONGEST
        yield piece, may_slip and not _is_found(connection, kind, piece)


def _is_found(connection: sqlite3.Connection, kind: Kind, word: str) -> bool:
    """Tell whether a record has a word, as a search does: trigrams alone may be other words'."""
    readings = ((word,),)
    has = reads_as(kind, readings)
    found = connection.execute(
        f"SELECT 1 FROM (SELECT rowid AS number FROM {kind}_text WHERE {kind}_text MATCH ?)"  # noqa: S608 -- our names
        f" CROSS JOIN {kind} ON row = number WHERE {has.sql} LIMIT 1",
        (match(readings), *has.values),
    )
    return found.fetchone() is not None


def _near(
    connection: sqlite3.Connection, kind: Kind, word: str, stopped: threading.Event
) -> list[Near]:
    """Return what is nearest to a word that isn't found."""
    rows: set[int] = set()
    for grams in _whole_grams(word):
        if stopped.is_set():
            return []
        rows.update(_rows(connection, kind, match_grams(grams), _CANDIDATES))
    near = _nearest(word, _words(connection, kind, rows), slips=1)
    return near if near or len(word) < _LONG else _twice(connection, kind, word, stopped)


def _twice(
    connection: sqlite3.Connection, kind: Kind, word: str, stopped: threading.Event
) -> list[Near]:
    """Return what is two slips away; what says most about the word is looked up first."""
    rows: set[int] = set()
    for grams in _grams_left(word):
        if stopped.is_set():
            return []
        if len(rows) >= _MOST_CANDIDATES:
            break
        rows.update(_rows(connection, kind, match_grams(grams), _CANDIDATES))
    return _nearest(word, _words(connection, kind, rows), slips=2)


def _whole_grams(word: str) -> Iterator[list[str]]:
    """Give what a record holds of the word that was meant, for each slip that there may be."""
    for at in range(len(word)):
        yield start_grams(word[:at] + word[at + 1 :])  # one too many
        if at + 1 < len(word):
            yield start_grams(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
        grams = start_grams(word)  # another letter, or one missing
        left = [gram for place, gram in enumerate(grams) if not at <= place < at + 3]
        if len(left) > 1:
            yield left
        else:  # of four letters that's too little to look up
            yield [gram for place, gram in enumerate(grams) if not at <= place < at + 2]  # missing
            yield [*left, f"{word[-2:]} "]  # another letter, in a word that ends so


def _grams_left(word: str) -> list[tuple[str, ...]]:
    """Return what two slips leave of a word, wherever they are, the most first."""
    grams = start_grams(word)
    left: set[tuple[str, ...]] = set()
    for one, other in itertools.combinations(range(len(word)), 2):
        touched = {*range(one, one + 4), *range(other, other + 4)}
        whole = tuple(gram for place, gram in enumerate(grams) if place not in touched)
        if len(whole) > 1:
            left.add(whole)
    return sorted(left, key=lambda whole: (-len(whole), whole))


def _rows(connection: sqlite3.Connection, kind: Kind, expression: str, limit: int) -> list[int]:
    found = connection.execute(
        f"SELECT rowid FROM {kind}_text WHERE {kind}_text MATCH ? LIMIT ?",  # noqa: S608 -- our names
        (expression, limit),
    )
    return [number for (number,) in found]


def _words(connection: sqlite3.Connection, kind: Kind, rows: Iterable[int]) -> Counter[str]:
    these = numbered([*rows])
    texts = connection.execute(f"SELECT search FROM {kind} WHERE {these.sql}", these.values)  # noqa: S608 -- our names
    return Counter(word for (text,) in texts for word in text.split())


def _nearest(word: str, words: Counter[str], *, slips: int) -> list[Near]:
    """Return the words, or beginnings of words, that are so many slips away.

    The commonest stand first; a whole word is likelier than a part of one, and a first letter is
    seldom the wrong one.
    """
    from rapidfuzz.distance import OSA

    near: Counter[Near] = Counter()

    def is_near(one: str) -> bool:
        return OSA.distance(word, one, score_cutoff=slips) <= slips

    for one, times in words.items():
        begins = one[: len(word) + slips]
        if OSA.distance(word, begins, score_cutoff=2 * slips) > 2 * slips:  # most are far away
            continue
        likely = times * (_FIRST_KEPT if one[0] == word[0] else 1)
        if abs(len(one) - len(word)) <= slips and is_near(one):
            near[Near(one)] += 2 * likely
        elif len(one) > len(word):
            lengths = range(len(word) - slips, len(word) + slips + 1)
            for length in sorted(lengths, key=lambda n: abs(n - len(word))):
                if is_near(one[:length]):
                    near[Near(one[:length], whole=False)] += likely
                    break
    return [one for one, _ in near.most_common(_MOST)]
