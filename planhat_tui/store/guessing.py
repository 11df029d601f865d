"""What was meant by a word that isn't found: one letter wrong, missing, too many, or swapped.

In long words two such slips are forgiven, if one alone explains nothing.

The trigram index gives the candidates: for each place where the slip may be, the records that hold
all trigrams that it leaves whole. Their words are then compared letter by letter (rapidfuzz, 38 ms
to import: only when a guess is needed). A word that is still being typed is compared with the
beginnings of words.
"""

from __future__ import annotations

import itertools
import sqlite3
import threading
from collections import Counter
from typing import TYPE_CHECKING, Final

from planhat_tui.model.text import fold
from planhat_tui.store.indexing import match_grams, start_grams

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from planhat_tui.model.records import Kind

_SHORTEST: Final = 4
_LONG: Final = 8
_LONGEST: Final = 30
_CANDIDATES: Final = 200
_MOST_CANDIDATES: Final = 600
_MOST: Final = 3
_MOST_GUESSED: Final = 4
"""Words of a search that may have slips: one with more is some other text that was pasted."""


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
        self, connection: sqlite3.Connection, kind: Kind, words: Sequence[str]
    ) -> list[list[str]] | None:
        """Return queries that may have been meant, the likeliest first; none if nothing is near.

        Only words that no record of the kind holds are changed. ``None`` where it's stopped.
        """
        stopped = threading.Event()
        with self._lock:
            self._running[connection] = stopped
        try:
            meant = _meant(connection, kind, words, stopped)
            return None if stopped.is_set() else meant
        except sqlite3.OperationalError:
            if stopped.is_set():
                return None
            raise
        finally:
            with self._lock:
                del self._running[connection]


def _meant(
    connection: sqlite3.Connection, kind: Kind, words: Sequence[str], stopped: threading.Event
) -> list[list[str]]:
    options: list[list[str]] = []
    guessed = 0
    for word in map(fold, words):
        one = _options(connection, kind, word, stopped)
        guessed += one != [word]
        if stopped.is_set() or not one or guessed > _MOST_GUESSED:
            return []
        options.append(one)
    if not guessed:
        return []
    return [[one[min(n, len(one) - 1)] for one in options] for n in range(max(map(len, options)))]


def _options(
    connection: sqlite3.Connection, kind: Kind, word: str, stopped: threading.Event
) -> list[str]:
    """Return the word itself if it's found, else what is nearest."""
    if not (word.isalpha() and _SHORTEST <= len(word) <= _LONGEST):
        return [word]
    if _rows(connection, kind, match_grams(start_grams(word)), 1):
        return [word]
    rows: set[int] = set()
    for grams in _whole_grams(word):
        if stopped.is_set():
            return []
        rows.update(_rows(connection, kind, match_grams(grams), _CANDIDATES))
    near = _nearest(word, _words(connection, kind, rows), slips=1)
    return near if near or len(word) < _LONG else _twice(connection, kind, word, stopped)


def _twice(
    connection: sqlite3.Connection, kind: Kind, word: str, stopped: threading.Event
) -> list[str]:
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
    words: Counter[str] = Counter()
    for row in rows:
        (text,) = connection.execute(
            f"SELECT search FROM {kind} WHERE row = ?",  # noqa: S608 -- our names
            (row,),
        ).fetchone()
        words.update(text.split())
    return words


def _nearest(word: str, words: Counter[str], *, slips: int) -> list[str]:
    """Return the words, or beginnings of words, that are so many slips away.

    The commonest stand first.
    """
    from rapidfuzz.distance import OSA

    near: Counter[str] = Counter()
    for one, times in words.items():
        if (
            abs(len(one) - len(word)) <= slips
            and OSA.distance(word, one, score_cutoff=slips) <= slips
        ):
            near[one] += 2 * times  # a whole word is likelier than a part of one
        elif len(one) > len(word):
            for length in sorted(
                range(len(word) - slips, len(word) + slips + 1), key=lambda n: abs(n - len(word))
            ):
                if OSA.distance(word, one[:length], score_cutoff=slips) <= slips:
                    near[one[:length]] += times
                    break
    return [one for one, _ in near.most_common(_MOST)]
