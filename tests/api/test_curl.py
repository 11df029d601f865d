from __future__ import annotations

import shlex
import subprocess

import pytest

from planhat_tui.api.curl import as_curl
from planhat_tui.api.log import RequestLogLine

URL = "https://api.planhat.com"


def _line(method: str, path: str, query: str = "", *, is_open: bool = False) -> RequestLogLine:
    return RequestLogLine(method, path, 200, 1.0, 2, 1, 199, "", query, is_open)


def test_the_token_is_a_variable() -> None:
    assert as_curl(_line("GET", "/companies", "limit=5&sort=-_id"), URL) == (
        'curl -sS -X GET -H "Authorization: Bearer $PLANHAT_TOKEN"'
        " 'https://api.planhat.com/companies?limit=5&sort=-_id'"
    )
    assert as_curl(_line("PUT", "/companies/a1"), URL, "basic") == (
        "curl -sS -X PUT -u \"$PLANHAT_TOKEN:\" -H 'Content-Type: application/json'"
        " --data @body.json https://api.planhat.com/companies/a1"
    )


def test_an_open_call_needs_none() -> None:
    assert "TOKEN" not in as_curl(_line("POST", "/tenant/calls", is_open=True), URL)


@pytest.mark.parametrize("sly", ["/a;touch%20x", "/a$(touch%20x)", "/a`x`", "/it's", '/"x"'])
def test_no_path_leaves_its_word(sly: str) -> None:
    copied = as_curl(_line("GET", sly), URL)
    assert shlex.split(copied)[-1] == f"{URL}{sly}"
    shown = copied.replace("curl", "printf '%s\\n'", 1)
    told = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == f"{URL}{sly}"
