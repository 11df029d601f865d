from __future__ import annotations

import dataclasses

from planhat_tui.api.log import RequestLog, RequestLogLine

LINE = RequestLogLine("GET", "/companies/1", 200, 12.5, 340, 199, "")


def test_the_oldest_lines_go_first() -> None:
    log = RequestLog(kept=2)
    lines = [dataclasses.replace(LINE, status=status) for status in (200, 404, 500)]
    for line in lines:
        log.add(line)
    assert log.lines() == tuple(lines[1:])


def test_a_line_has_no_place_for_headers_or_bodies() -> None:
    assert {field.name for field in dataclasses.fields(LINE)} == {
        "method",
        "path",
        "status",
        "ms",
        "bytes",
        "remaining",
        "error",
    }
