"""`project create`: which store it wrote to, and what it takes."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from seatrial.cli.application import run
from tests.real.process import free_port


class _Knowing(BaseHTTPRequestHandler):
    """A server that has the project ``shop`` and no other."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"items": [{"project": "shop"}], "next": None}).encode())

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Knowing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def _create(name: str, folder: Path, listen: str | None = None) -> int:
    return run(["project", "create", name, "--data", str(folder), "--listen", listen or f"127.0.0.1:{free_port()}"])


def test_a_store_that_was_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever meant another one sees it; the second project is in one that was there."""
    assert _create("shop", tmp_path) == 0
    assert f"Store  {tmp_path / 'store.db'} (made just now)\n" in capsys.readouterr().out
    assert _create("other", tmp_path) == 0
    captured = capsys.readouterr()
    assert f"Store  {tmp_path / 'store.db'}\n" in captured.out
    assert not captured.err


def test_a_server_with_another_store_is_warned_of(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The DSN leads to it, and it will refuse what is sent."""
    assert _create("lost", tmp_path, server) == 0
    assert f"http://{server} does not know this project" in capsys.readouterr().err
    assert _create("shop", tmp_path, server) == 0
    assert not capsys.readouterr().err


@pytest.mark.parametrize("number", ["-5", "0", "9" * 19, "99999999999999999999999"])
def test_a_number_that_no_dsn_can_have_is_refused(
    number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Intake would never find the project."""
    assert run(["project", "create", "shop", f"--number={number}", "--data", str(tmp_path / "none")]) == 2
    assert "--number" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
