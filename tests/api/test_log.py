from __future__ import annotations

import dataclasses

from planhat_tui.api.log import RequestLog, RequestLogLine

LINE = RequestLogLine("GET", "/companies/1", 200, 12.5, 340, 1, 199, "")


def test_the_oldest_lines_go_first() -> None:
    log = RequestLog(kept=2)
    lines = [dataclasses.replace(LINE, status=status) for status in (200, 404, 500)]
    for line in lines:
        log.add(line)
    assert log.lines() == tuple(lines[1:])


def test_a_line_has_no_place_for_headers_or_bodies() -> None:
    assert [field.name for field in dataclasses.fields(LINE)] == [
        "method",
        "path",
        "status",
        "ms",
        "bytes",
        "cost",
        "remaining",
        "error",
        "query",
        "open",
        "tenant",
        "at",
        "skew",
    ]


def test_a_line_as_text_says_what_happened_and_nothing_of_the_query() -> None:
    asked = dataclasses.replace(LINE, query="email=ada%40example.com")
    assert str(asked) == "GET /companies/1 200 12 ms, 340 bytes, cost 1, 199 left"
    lost = dataclasses.replace(asked, status=0, cost=0, remaining=None, error="OfflineError")
    assert str(lost) == (
        "GET /companies/1 no answer 12 ms, 340 bytes, cost 0, ? left, OfflineError"
    )
    assert "ada" not in repr(asked)
