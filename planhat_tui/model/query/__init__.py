"""What people type to find something: one grammar for the box, the ``:`` line, the shell, views.

::

    acme "north sea"                    words, anywhere in the record; quoted ones side by side
    tag:vip -phase:churned not:acme     fields; - or not: negates
    arr:10000.. arr:1k..5k arr>1000     numbers, k and m for thousands and millions
    renewal:next90d updated:over30d created:2026-01..2026-03       days, which are days in UTC
    owner:me custom.Plan:gold custom."Kick-off":last1y contacts.title:cfo
    has:phone is:pending                what is filled in; what isn't delivered
    (acme OR globex) -(tag:a tag:b)     alternatives and groups; side by side, all must hold
    sort:-arr,name limit:50

A field that companies don't have is asked of their contacts, and the other way round. Everything
is read here and nothing is looked up: :func:`parse` is pure and needs no clock, so ``last30d`` is
kept as it is until somebody says what day it is. :mod:`writing` turns a query into text again,
:mod:`completing` tells what can follow.
"""

from planhat_tui.model.query.fields import SPECIAL, holds_blanks, located, names, type_of
from planhat_tui.model.query.reading import parse
from planhat_tui.model.query.tree import Group, Node, Not, Query, Sort, Term
from planhat_tui.model.query.values import Days, Numbers, Relative

__all__ = [
    "SPECIAL",
    "Days",
    "Group",
    "Node",
    "Not",
    "Numbers",
    "Query",
    "Relative",
    "Sort",
    "Term",
    "holds_blanks",
    "located",
    "names",
    "parse",
    "type_of",
]
