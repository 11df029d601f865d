"""Key press to rows from the store: each class of what people type, by itself.

The companies are written straight into a mirror (``--companies``, kept with ``--folder``); each
class is 300 queries, as many as there are companies named so, with count and order, 50 rows each.
Asked for: p99 at most 8 ms at 100,000 companies and 16 ms at 1,000,000; a typo's answer 40 and
120 ms; three conditions and a sort 50 ms at 1,000,000. Beside it, on the same names, in the same
run: ``fzf --filter`` if it's installed, Textual's fuzzy matcher, and ``LIKE``.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import subprocess
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.crowd import filled
from planhat_tui.model import query as queries
from planhat_tui.model.text import fold
from planhat_tui.sandbox import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from planhat_tui.store.tenant import TenantStore

_EACH: Final = 300
_REPEATED: Final = 20
_PEERS: Final = 10
_ROWS: Final = 50
_WARM: Final = 50


def _word(draw: random.Random, names: Sequence[str], least: int = 1) -> str:
    while True:
        words = [
            w
            for w in fold(draw.choice(names)).split()
            if len(w) >= least and w.isascii() and w.isalnum()
        ]
        if words:
            return draw.choice(words)


def _start(length: int) -> Callable[[random.Random, Sequence[str]], str]:
    return lambda draw, names: _word(draw, names, length)[:length]


def _four_to_six(draw: random.Random, names: Sequence[str]) -> str:
    return _word(draw, names, 4)[: draw.randint(4, 6)]


def _inner(draw: random.Random, names: Sequence[str]) -> str:
    word = _word(draw, names, 5)
    at = draw.randint(1, len(word) - 3)
    return word[at : at + draw.randint(3, 5)]


def _several(count: int) -> Callable[[random.Random, Sequence[str]], str]:
    def make(draw: random.Random, names: Sequence[str]) -> str:
        while True:
            words = [w for w in fold(draw.choice(names)).split() if w.isascii() and w.isalnum()]
            if len(words) >= count:
                draw.shuffle(words)
                return " ".join(word[: draw.randint(2, 6)] for word in words[:count])

    return make


def _digits(draw: random.Random, names: Sequence[str]) -> str:
    return str(10_000 + draw.randrange(len(names)))[: draw.randint(3, 7)]


def _cjk(draw: random.Random, names: Sequence[str]) -> str:
    while True:
        name = fold(draw.choice(names)).split()[0]
        if all("\u3040" <= char <= "\u9fff" for char in name):
            at = draw.randrange(len(name) - 1)
            return name[at : at + draw.randint(1, 4)]


def _no_hit(draw: random.Random, _names: Sequence[str]) -> str:
    return "q" + "".join(draw.choices("xzjvwq", k=draw.randint(3, 8)))


def _common(draw: random.Random, _names: Sequence[str]) -> str:
    parts = (
        "inc ltd group partners systems energy enterprise examp analyt 会社 株式 example smb vip"
    )
    return draw.choice(parts.split())


def _typo(draw: random.Random, names: Sequence[str]) -> str:
    word = list(_word(draw, names, 6))
    at = draw.randint(1, len(word) - 2)
    match draw.randrange(4):
        case 0:
            del word[at]
        case 1:
            word[at], word[at + 1] = word[at + 1], word[at]
        case 2:
            word[at] = draw.choice("aeiourstn")
        case _:
            word.insert(at, draw.choice("aeiourstn"))
    return "".join(word)


CLASSES: Final[dict[str, Callable[[random.Random, Sequence[str]], str]]] = {
    "one letter": _start(1),
    "two letters": _start(2),
    "three letters": _start(3),
    "four to six": _four_to_six,
    "inner part": _inner,
    "two words": _several(2),
    "three words": _several(3),
    "digits": _digits,
    "CJK": _cjk,
    "no hit": _no_hit,
    "very common": _common,
    "typo": _typo,
}


QUERIES: Final = {
    "phase owner arr": "phase:{phase} owner:{owner} arr:{amount}.. sort:-arr",
    "tag, tag, updated": "tag:{tag} -tag:silver updated:last{days}d sort:name",
    "renewal arr phase": "renewal:next{days}d arr:{amount}.. phase:{phase} sort:renewal",
    "three spans": "renewal:next{days}d arr:{amount}.. updated:over{days}d sort:-updated",
    "custom tag owner": "custom.Plan:{plan} tag:{tag} owner:{owner} sort:-arr",
    "either or": "(tag:{tag} OR phase:{phase}) arr:{amount}.. -owner:{owner} sort:-health",
    "few by number": "mrr:99999999..",
    "few by score": "csmscore:{days}00..",
    "few, no index": "customerfrom:2099",
    "two in a slug": "slug:qz",
    "words in an order": "{word} sort:name",
}
"""Three conditions and a sort; then conditions that few meet, of fields without facts."""

THROUGH: Final = (
    "4670", "1415", "4670 globex", "@example", "ada", "greta patel", "contacts.title:cfo",
    "contacts.phone:4670", "has:contacts", "sort:title", "@nor", "@nor sort:name", "4670 sort:-arr",
    "4670 phase:won sort:name",
)  # fmt: skip
"""What is found through contacts, or in the order of theirs."""


def main() -> None:
    """Print a table."""
    options = _options()
    with TemporaryDirectory() as temporary:
        store = filled(
            Path(options.folder or temporary) / "tenant",
            options.companies,
            contacts=options.contacts,
        )
        try:
            if options.contacts:
                _report_contacts(store)
            else:
                _report(store, options.peers)
        finally:
            store.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Key press to rows from the store.")
    parser.add_argument("--companies", type=int, default=100_000)
    parser.add_argument("--folder", default="", help="keep the mirror here, and use it again")
    parser.add_argument("--contacts", action="store_true", help="with eight contacts each")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    return parser.parse_args()


def _report(store: TenantStore, peers: bool) -> None:  # noqa: FBT001 -- private
    names = [row.name for row in store.mirror.search_companies(queries.parse(""), 10**7).rows]
    folder = store.folder
    print(f"{len(names):,} companies; milliseconds, {_EACH} queries a class")
    print(f"{'class':16}{'p50':>8}{'p99':>8}{'most':>8}{'CPU p99':>9}")
    for title, make in CLASSES.items():
        draw = random.Random(title)  # noqa: S311 -- practice data
        asked = [make(draw, names) for _ in range(_EACH + _WARM)]
        line = _line(title, partial(_search, store), asked)
        print(line, *(_peers(names, folder, asked[:_PEERS]) if peers else ()), flush=True)
    for title, template in QUERIES.items():
        draw = random.Random(title)  # noqa: S311 -- practice data
        asked = [_filled_in(draw, template) for _ in range(_EACH + _WARM)]
        print(_line(title, partial(_search, store), asked), flush=True)


def _report_contacts(store: TenantStore) -> None:
    progress = store.mirror.progress()
    print(f"{progress.companies_known:,} companies, {progress.contacts_done:,} contacts; ms")
    print(f"{'query':32}{'p50':>8}{'p99':>8}{'most':>8}{'CPU p99':>9}")
    for text in THROUGH:
        print(
            _line(f"{text:32}", partial(_search, store), [text] * (_WARM + _REPEATED)), flush=True
        )


def _line(title: str, ask: Callable[[str], object], asked: Sequence[str]) -> str:
    both = [_timed(partial(ask, text)) for text in asked][_WARM:]
    wall, processor = ([times[place] for times in both] for place in (0, 1))
    figures = (_at(0.5, wall), _at(0.99, wall), max(wall))
    return (
        f"{title:16}" + "".join(f"{one:8.2f}" for one in figures) + f"{_at(0.99, processor):9.2f}"
    )


def _filled_in(draw: random.Random, template: str) -> str:
    return template.format(
        phase=draw.choice(("onboarding", "adoption", "won", "renewal", "churned")),
        tag=draw.choice(("vip", "gold", "partner", "dach", "risk")),
        owner=draw.choice(("me", "anna", "max")),
        plan=draw.choice(words.PLANS),
        word=draw.choice(("energy", "lena", "inc", "tork", "stor")),
        amount=draw.choice((1_000, 10_000, 50_000, 500_000)),
        days=draw.randint(5, 120),
    )


def _search(store: TenantStore, text: str) -> object:
    return store.mirror.search_companies(queries.parse(text), _ROWS, guess=True)


def _peers(names: Sequence[str], folder: Path, asked: Sequence[str]) -> Iterator[str]:
    for title, ask in (("fzf", _fzf(names)), ("textual", _textual(names)), ("LIKE", _like(folder))):
        if ask is None:
            yield f"  {title} isn't here"
        else:
            times = [_timed(partial(ask, text))[0] for text in asked]
            yield f"  {title} {_at(0.5, times):.0f}"


def _fzf(names: Sequence[str]) -> Callable[[str], object] | None:
    if shutil.which("fzf") is None:
        return None
    lines = "\n".join(names)
    return lambda text: subprocess.run(
        ["fzf", "--filter", text], input=lines, text=True, capture_output=True, check=False
    )


def _textual(names: Sequence[str]) -> Callable[[str], object]:
    from textual.fuzzy import Matcher

    return lambda text: [name for name in names if Matcher(text).match(name)]


def _like(folder: Path) -> Callable[[str], object]:
    connection = sqlite3.connect(folder / "mirror.db")
    wanted = "SELECT id FROM company WHERE search LIKE ? ORDER BY name_key LIMIT ?"
    return lambda text: connection.execute(wanted, (f"%{text}%", _ROWS)).fetchall()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return milliseconds of the clock and of this thread's processor time."""
    wall, processor = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - wall) * 1000, (time.thread_time() - processor) * 1000


def _at(share: float, times: Sequence[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


if __name__ == "__main__":
    main()
