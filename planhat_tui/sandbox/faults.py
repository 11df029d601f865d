"""Faults, for training and tests: which request is answered how badly. Decisions, no I/O.

A fault is written ``KIND=VALUE``, for some requests only with ``@METHOD /path`` behind it::

    latency=200ms      latency=0.1-0.5s     every answer is late by that much
    429=5%             500=5%               refused; nothing is written
    500-after=5%                            written, and then 500
    drop=5%            drop-after=5%        the connection breaks before, or after it was written
    cut=5%             wrong-json=5%        half a body; a body that is no JSON, or not what it says
    html=5%                                 502 and a page from a proxy; nothing is written
    gzip-bomb=5%                            some kilobytes that inflate to 300 MB
    no-headers=5%      lying-headers=5%     the limit's headers are missing; or lie
    retry-after=30     (or =30:5%)          seconds that every 429 tells, or some
    bulk-206=5%                             some rows of a bulk upsert fail; one alone does not

The rate limit stands in front of them: but for 429, what breaks has cost a call.

Each fault draws from a generator of its own, seeded: the same requests in the same order meet the
same faults.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARES: Final = (
    *("429", "500", "500-after", "drop", "drop-after", "cut", "wrong-json", "html"),
    *("gzip-bomb", "no-headers", "lying-headers", "bulk-206"),
)
LATENCY, RETRY_AFTER = "latency", "retry-after"
_SPEC: Final = re.compile(r"(?P<kind>[a-z0-9-]+)=(?P<value>[^@\s]+)(?:@(?P<where>.*))?")
_SHARE: Final = re.compile(r"(\d+(?:\.\d+)?)%")
_LATENCY: Final = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?(ms|s)")
_RETRY: Final = re.compile(r"(\d{1,9})(?::(.+))?")
_TOO_MANY: Final = 429
_WHERE: Final = re.compile(r"(?:(?P<method>[A-Z]+) ?)?(?P<path>/\S*)?")
_LIES: Final = ("constant", "negative", "huge", "random", "words")
_WRONG: Final = ("deep", "nan", "twice", "surrogate", "huge", "other", "tail")


class BadFaultError(ValueError):
    """A fault that can't be read. The text says what is wrong and what is possible."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: ``share`` of the requests that it is meant for, 0 to 1.

    ``low`` and ``high`` are seconds, of ``latency`` and ``retry-after``. An empty ``method`` or
    ``path`` stands for all; a path stands for what lies below it, too.
    """

    text: str
    kind: str
    share: float
    low: float = 0.0
    high: float = 0.0
    method: str = ""
    path: str = ""

    def is_for(self, method: str, path: str) -> bool:
        """Tell whether a request may meet it."""
        if self.method not in {"", method}:
            return False
        below = self.path.rstrip("/")
        return not below or path == below or path.startswith(f"{below}/")


@dataclass(slots=True)
class Plan:
    """What befalls one request. ``latency`` and ``retry_after`` are seconds."""

    kinds: frozenset[str] = frozenset()
    latency: float = 0.0
    retry_after: int | None = None
    draw: float = 0.0
    """From 0 to 1: which of the lies, which of the ways to be wrong."""

    def headers(self, told: dict[str, str], status: int) -> dict[str, str]:
        """Return what is told of the limit with an answer of that status."""
        if "lying-headers" in self.kinds:
            told = lying_headers(self.draw)
        elif "no-headers" in self.kinds:
            told = {}
        later = self.retry_after is not None and status == _TOO_MANY
        return told | {"Retry-After": str(self.retry_after)} if later else told


def parse(text: str) -> Fault:
    """Read a fault. Raises :class:`BadFaultError`."""
    found = _SPEC.fullmatch(text.strip())
    if not found:
        raise BadFaultError(f"{text} is no fault: write KIND=VALUE, such as 429=5%")
    kind, value = found["kind"], found["value"]
    where = _WHERE.fullmatch(found["where"] or "")
    if not where:
        raise BadFaultError(f"{text}: after @ comes a method, a path or both: @PUT /companies")
    method, path = where["method"] or "", where["path"] or ""
    if kind == LATENCY:
        low, high = _latency(text, value)
        return Fault(text, kind, 1.0, low, high, method, path)
    if kind == RETRY_AFTER:
        read = _RETRY.fullmatch(value)
        if not read:
            raise BadFaultError(f"{text}: write seconds, such as {RETRY_AFTER}=30 or =30:5%")
        share = _share(text, read[2]) if read[2] else 1.0
        return Fault(text, kind, share, float(read[1]), 0.0, method, path)
    if kind not in SHARES:
        known = ", ".join((LATENCY, *SHARES, RETRY_AFTER))
        raise BadFaultError(f"{text}: there is no fault {kind}. There are: {known}")
    return Fault(text, kind, _share(text, value), 0.0, 0.0, method, path)


class Faults:
    """The faults of today, each with its generator and the number of times it struck."""

    def __init__(self, texts: Iterable[str] = (), seed: int = 1) -> None:
        self.seed = seed
        self._faults = [(parse(text), random.Random(f"{seed}:{text}")) for text in texts]  # noqa: S311 -- a game
        self._struck = [0] * len(self._faults)
        self._draw = random.Random(f"{seed}:draw")  # noqa: S311 -- a game

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._faults)

    def plan(self, method: str, path: str) -> Plan:
        """Decide what befalls the next request."""
        plan, kinds = Plan(draw=self._draw.random()), set()
        for place, (fault, draw) in enumerate(self._faults):
            if not fault.is_for(method, path) or draw.random() >= fault.share:
                continue
            self._struck[place] += 1
            if fault.kind == LATENCY:
                plan.latency += draw.uniform(fault.low, fault.high)
            elif fault.kind == RETRY_AFTER:
                plan.retry_after = int(fault.low)
            else:
                kinds.add(fault.kind)
        plan.kinds = frozenset(kinds)
        return plan

    def report(self) -> list[dict[str, object]]:
        """Return each fault as it was written, and how often it struck."""
        return [
            {"fault": fault.text, "struck": struck}
            for (fault, _), struck in zip(self._faults, self._struck, strict=True)
        ]


def failing_rows(draw: float | None, count: int) -> range:
    """Return the places of a bulk upsert of so many rows that fail; ``None`` is no fault.

    Every other one does, never all: where there is one row alone, it doesn't.
    """
    return range(0) if draw is None or count < 2 else range(int(draw * 2), count, 2)


def lying_headers(draw: float) -> dict[str, str]:
    """Return the limit's headers as they shouldn't be."""
    lie = _LIES[int(draw * len(_LIES))]
    remaining = {
        "constant": "137",
        "negative": "-12",
        "huge": "9" * 30,
        "random": str(int(draw * 7919) % 201),
        "words": "plenty",
    }[lie]
    return {
        "X-Rate-Limit-Limit": "0" if lie == "huge" else "200",
        "X-Rate-Limit-Remaining": remaining,
    }


def wrong_json(body: bytes, draw: float) -> bytes:
    """Return a body that says JSON and isn't what it should be."""
    way = _WRONG[int(draw * len(_WRONG))]
    if way == "deep":
        return b"[" * 100_000 + b"]" * 100_000
    if way == "other":
        return json.dumps({"items": body.decode("utf-8", "replace")[:100]}).encode()
    if way == "tail":
        return body + b"\n<!-- cached -->"
    value = {"nan": "NaN", "twice": '1, "_id": 2', "surrogate": '"\\ud800"', "huge": "9" * 400}[way]
    inner = f'{{"_id": {value}, "name": "wrong"}}'
    return (f"[{inner}]" if body.startswith(b"[") else inner).encode()


def _share(text: str, value: str) -> float:
    read = _SHARE.fullmatch(value)
    if not read or float(read[1]) > 100:
        raise BadFaultError(f"{text}: write a share from 0% to 100%, such as 5%")
    return float(read[1]) / 100


def _latency(text: str, value: str) -> tuple[float, float]:
    read = _LATENCY.fullmatch(value)
    if not read:
        raise BadFaultError(f"{text}: write 200ms, 0.5s or 100-300ms")
    unit = 0.001 if read[3] == "ms" else 1.0
    low, high = float(read[1]) * unit, float(read[2] or read[1]) * unit
    if not low <= high <= 600:
        raise BadFaultError(f"{text}: the first is the smaller one, and 600s are the most")
    return low, high
