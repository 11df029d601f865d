"""Connections that break, over a real port."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from planhat_tui.sandbox import SandboxOptions
from tests.sandbox.process import Running, running

EMPTY = SandboxOptions(empty=True)


def _client(sandbox: Running) -> httpx.Client:
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    return httpx.Client(base_url=sandbox.url, headers=headers, trust_env=False, timeout=60)


@pytest.mark.parametrize(
    ("fault", "error", "names"),
    [
        ("drop", httpx.TransportError, []),
        ("drop-after", httpx.TransportError, ["A"]),
        ("cut", httpx.RemoteProtocolError, ["A"]),
    ],
)
def test_the_connection_breaks_before_or_after_it_was_written(
    fault: str, error: type[Exception], names: list[str]
) -> None:
    with running(replace(EMPTY, faults=(f"{fault}=100%@POST",))) as sandbox:
        with _client(sandbox) as client:
            with pytest.raises(error):
                client.post("/companies", json={"name": "A"})
            assert [one["name"] for one in client.get("/leancompanies").json()] == names
        assert sandbox.end() == (0, "", "")


def test_a_body_that_is_cut_was_half_there() -> None:
    with (
        running(replace(EMPTY, faults=("cut=100%@/users",))) as sandbox,
        _client(sandbox) as client,
    ):
        got = b""
        with client.stream("GET", "/users") as answer:
            promised = int(answer.headers["Content-Length"])
            with pytest.raises(httpx.RemoteProtocolError):  # noqa: PT012 -- it breaks on the way
                for piece in answer.iter_raw():
                    got += piece
        assert 0 < len(got) < promised
        assert got.startswith(b'[{"_id":')


def test_other_requests_on_other_connections_arent_harmed() -> None:
    with running(replace(EMPTY, faults=("drop=50%@/users",))) as sandbox:
        ends = []
        with _client(sandbox) as client:
            for _ in range(20):
                try:
                    ends.append(client.get("/users").status_code)
                except httpx.TransportError:
                    ends.append(0)
                assert client.get("/myprofile").status_code == 200
        assert set(ends) == {0, 200}
