"""Records that may be the same: companies by domain and by name, contacts by e-mail and by phone.

What is compared is found by sorting, never each with each: names next to each other when they are
sorted from the front, from the back, and by their words. So a hundred thousand take seconds.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz.distance import OSA

from planhat_tui.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_FORMS: Final = frozenset(
    "ab ag aps as asa bv co company corp corporation ehf gmbh group holding inc incorporated kg kk"
    " limited llc llp ltd nv ou oy oyj plc pte pty pvt sa sarl sas se sl spa spzoo srl the und"
    " and".split()
)
"""Words of names that tell a legal form, or nothing."""

_EVERYBODYS: Final = frozenset(
    "aol.com gmail.com gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com me.com msn.com"
    " outlook.com proton.me protonmail.com qq.com web.de yahoo.com yandex.ru 163.com".split()
)
"""Domains of mailboxes that anybody can have: they make no two companies one."""

_WORD: Final = re.compile(r"\w+")
_NUMBER: Final = re.compile(r"\d+")
_NEIGHBOURS: Final = 8
"""So many of the names that follow when sorted are compared with each."""

_ONE_SLIP: Final = 6
_TWO_SLIPS: Final = 12
"""Letters that a word needs, to be taken for one with one slip in it, or with two."""

_MOST_SLIPS: Final = 2
"""Slips that a name may have in all."""

_LEAST_DIGITS: Final = 7


class Party(NamedTuple):
    """A company or contact, as far as it's compared; ``at`` is what tells it from others.

    ``domains`` and ``emails`` are in ``addresses``, ``phones`` are digits.
    """

    id: str
    name: str
    at: str = ""
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


class Group(NamedTuple):
    """Records that may be the same, and why: ``domain acme.com``, ``name``."""

    why: str
    members: tuple[Party, ...]


def companies(parties: Iterable[Party]) -> tuple[Group, ...]:
    """Return companies that share a domain, or have similar names; the largest groups first."""
    known = {party.id: party for party in parties}
    groups: list[tuple[str, frozenset[str]]] = []
    for domain, ids in _by(known.values(), lambda party: map(_domain, party.addresses)):
        if domain not in _EVERYBODYS:
            groups.append((f"domain {domain}", ids))
    groups += (("name", ids) for ids in _alike(known.values()))
    return _told(known, groups)


def contacts(parties: Iterable[Party]) -> tuple[Group, ...]:
    """Return contacts that share an e-mail or a phone number, however it's written."""
    known = {party.id: party for party in parties}
    groups: list[tuple[str, frozenset[str]]] = []
    for email, ids in _by(known.values(), lambda party: map(fold, party.addresses)):
        groups.append((f"e-mail {email}", ids))
    groups += _by_phone(known.values())
    return _told(known, groups)


def core(name: str) -> str:
    """Return what a company's name is about: folded, without legal forms and punctuation."""
    words = _WORD.findall(fold(name).replace("&", " ").replace(".", "").replace("'", ""))
    kept = [word for word in words if word not in _FORMS]
    return " ".join(kept or words)


def similar(a: str, b: str) -> bool:
    """Tell whether two cores may be the same name with a slip in a word, or two in a long one.

    Other numbers are never a slip, nor is a word more.
    """
    if OSA.distance(a, b, score_cutoff=_MOST_SLIPS) > _MOST_SLIPS:
        return False
    pairs = list(zip(a.split(), b.split(), strict=False))
    if len(a.split()) != len(b.split()):  # a blank too much or too few
        pairs = [(a.replace(" ", ""), b.replace(" ", ""))]
    return all(_is_slip(x, y) for x, y in pairs) and _NUMBER.findall(a) == _NUMBER.findall(b)


def _is_slip(a: str, b: str) -> bool:
    longer = max(len(a), len(b))
    slips = _MOST_SLIPS if longer >= _TWO_SLIPS else int(longer >= _ONE_SLIP)
    return a == b or OSA.distance(a, b, score_cutoff=slips) <= slips


def _by(
    parties: Iterable[Party], keys: Callable[[Party], Iterable[str]]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Give the ids of those that share a key, for each key that several have."""
    found: dict[str, set[str]] = {}
    for party in parties:
        for key in keys(party):
            if key:
                found.setdefault(key, set()).add(party.id)
    return ((key, frozenset(ids)) for key, ids in found.items() if len(ids) > 1)


def _domain(text: str) -> str:
    bare = fold(text).removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return bare.partition("/")[0]


def _alike(parties: Iterable[Party]) -> Iterator[frozenset[str]]:
    """Give the ids of those whose names are the same or similar."""
    named: dict[str, list[str]] = {}
    for party in parties:
        if name := core(party.name):
            named.setdefault(name, []).append(party.id)
    joined = _Joined()
    for a, b in chain(_same_words(named), _neighbours(named)):
        joined.join(a, b)
    for names in joined.groups():
        yield frozenset(one for name in names for one in named[name])
    for name, ids in named.items():
        if len(ids) > 1 and name not in joined:
            yield frozenset(ids)


def _same_words(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give those that have the same words, in any order and however they're parted."""
    firsts: dict[str, str] = {}
    for name in names:
        first = firsts.setdefault("".join(sorted(name.split())), name)
        if first != name:
            yield first, name


def _neighbours(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give those that are similar and stand near each other in one of three orders."""
    known = list(names)
    orders: Sequence[Callable[[str], str]] = (str, lambda name: name[::-1], _sorted_words)
    for key in orders:
        ordered = sorted(known, key=key)
        for place, name in enumerate(ordered):
            for other in ordered[place + 1 : place + 1 + _NEIGHBOURS]:
                if similar(name, other):
                    yield name, other


def _sorted_words(name: str) -> str:
    return " ".join(sorted(name.split()))


def _by_phone(parties: Iterable[Party]) -> Iterator[tuple[str, frozenset[str]]]:
    """Give those whose numbers are the same, or end alike: one with its country, one without."""
    dialled = dict(_numbers(parties))
    ends: dict[str, list[str]] = {}
    for number in dialled:
        ends.setdefault(number[-_LEAST_DIGITS:], []).append(number)
    for numbers in ends.values():
        numbers.sort(key=len, reverse=True)
        taken: set[str] = set()
        for long in numbers:
            if long not in taken:
                same = [one for one in numbers if long.endswith(one) and one not in taken]
                taken.update(same)
                ids = frozenset(one for number in same for one in dialled[number])
                if len(ids) > 1:
                    yield f"phone {long}", ids


def _numbers(parties: Iterable[Party]) -> Iterable[tuple[str, set[str]]]:
    found: dict[str, set[str]] = {}
    for party in parties:
        for phone in party.phones:
            number = phone.lstrip("0")
            if len(number) >= _LEAST_DIGITS:
                found.setdefault(number, set()).add(party.id)
    return found.items()


def _told(
    known: Mapping[str, Party], groups: Iterable[tuple[str, frozenset[str]]]
) -> tuple[Group, ...]:
    """Return groups with their members by name; the same members are one group of two reasons."""
    reasons: dict[frozenset[str], list[str]] = {}
    for why, ids in groups:
        reasons.setdefault(ids, []).append(why)
    told = [
        Group(
            ", ".join(why),
            tuple(sorted((known[one] for one in ids), key=lambda p: (fold(p.name), p.at, p.id))),
        )
        for ids, why in reasons.items()
    ]
    return tuple(sorted(told, key=lambda g: (-len(g.members), fold(g.members[0].name), g.why)))


class _Joined:
    """Names that belong together (union-find)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._above

    def join(self, a: str, b: str) -> None:
        """Put two names into one group."""
        first, second = self._top(a), self._top(b)
        self._above[second] = first

    def groups(self) -> Iterator[list[str]]:
        """Give the groups."""
        found: dict[str, list[str]] = {}
        for name in self._above:
            found.setdefault(self._top(name), []).append(name)
        return iter(found.values())

    def _top(self, name: str) -> str:
        above = self._above.setdefault(name, name)
        while above != self._above[above]:
            self._above[name] = above = self._above[above]
        return above
