"""The shell's door as tests use it: in this process, on a filled demo, and before a real server."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from planhat_tui.cli import run
from planhat_tui.runtime import Runtime, Start
from planhat_tui.sandbox import DEMO_TENANTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from tests.sandbox.process import Running

SECONDS = 60.0
"""How long a test waits for what must come; nothing is measured by it."""


class Said(NamedTuple):
    """What a run of the program came to."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 -- JSON
        """What stands on stdout, which must be one document."""
        return json.loads(self.out)


@dataclass
class Shell:
    """Runs the program in this process, as a script does: in a pipe."""

    home: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Said:
        """Run it on these words."""
        self.capture.readouterr()
        status = run(words)
        return Said(status, *self.capture.readouterr())

    @property
    def config(self) -> Path:
        """The config file."""
        return self.home / "config.yaml"

    def configure(self, text: str) -> None:
        """Write the config, private as it has to be."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text)
        self.config.chmod(0o600)

    def meet(self, url: str, token: str = DEMO_TENANTS[0].token, **settings: str) -> None:
        """Let the config name one tenant, ``acme``."""
        more = "".join(f"    {name}: {value}\n" for name, value in settings.items())
        self.configure(
            f"profiles:\n  acme:\n    base_url: {url}\n    token: {token}\n"
            f"    external_user_id: max123\n{more}"
        )


def fill_demo(home: Path) -> None:
    """Have both tenants of the demo in a home."""
    for name in ("demo", "demo-2"):
        runtime = Runtime({"PLANHAT_TUI_HOME": str(home)}, Start(profile=name), pull=False)
        runtime.workspace().net.fill().result(SECONDS)
        runtime.close()


def copy_home(template: Path, home: Path) -> None:
    """Put a copy of a home into the place of an empty one."""
    shutil.copytree(template, home, dirs_exist_ok=True)


def ask(server: Running, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 -- JSON
    """Ask a server as somebody else does."""
    headers = {"Authorization": f"Bearer {server.token}"}
    answer = httpx.request(
        method, f"{server.url}{path}", json=body, headers=headers, trust_env=False, timeout=SECONDS
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


@contextmanager
def always_saying(status: int, body: bytes, kind: str, to: str = "") -> Iterator[str]:
    """Yield the URL of a server that answers so; ``to`` one method alone, else with a user."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            meant = not to or self.command == to
            said = body if meant else b'{"_id": "5f0000000000000000000001", "firstName": "Ada"}'
            self.send_response(status if meant else 200)
            self.send_header("Content-Type", kind if meant else "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 -- http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
