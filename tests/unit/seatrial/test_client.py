"""Which failures of the server are worth asking again for."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import unquote

import pytest

from seatrial.client import Client, in_path
from seatrial.failures import ExitCode, Failure, Unanswered
from seatrial.settings import Settings
from tests.real.process import free_port


class _Answering(BaseHTTPRequestHandler):
    """``/api/v1/projects/shop/<status>/<body>``."""

    def do_GET(self) -> None:
        status, body = self.path.rsplit("/", 2)[1:]
        self.send_response(int(status))
        self.end_headers()
        self.wfile.write(unquote(body).encode())

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with HTTPServer(("127.0.0.1", 0), _Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Client(Settings(url=f"http://127.0.0.1:{server.server_port}"), "shop") as client:
            yield client
        server.shutdown()


@pytest.mark.parametrize("path", ["/500/x", "/503/{}", "/200/sign-in-page"])
def test_a_server_that_fails_is_unanswered(client: Client, path: str) -> None:
    """An error of its own, or a proxy's page in its place."""
    with pytest.raises(Unanswered):
        client.get(path)


@pytest.mark.parametrize(("path", "code"), [("/401/x", ExitCode.NOT_ALLOWED), ("/404/x", ExitCode.NOT_FOUND)])
def test_a_refusal_is_an_answer(client: Client, path: str, code: ExitCode) -> None:
    """Asking again would change nothing."""
    with pytest.raises(Failure) as raised:
        client.get(path)
    assert not isinstance(raised.value, Unanswered)
    assert raised.value.code == code


def test_a_server_that_is_not_there_is_unanswered() -> None:
    """It may be starting."""
    with (
        Client(Settings(url=f"http://127.0.0.1:{free_port()}"), "shop") as client,
        pytest.raises(Unanswered, match="seatrial up"),
    ):
        client.get("/gate")


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_leads_elsewhere_is_refused(client: Client, name: str) -> None:
    """As a path it would be another address, whether it is written with percents or not."""
    with pytest.raises(Failure) as raised:
        Client(Settings(url=client.server), name)
    assert raised.value.code == ExitCode.BAD_USAGE
    with pytest.raises(Failure):
        in_path(name)
    assert in_path("../x") == "..%2Fx"


def test_a_refusal_for_want_of_a_token_reads_well(client: Client) -> None:
    """The server's sentence, then ours."""
    with pytest.raises(Failure, match=r"^This needs a token: Send one; set SEATRIAL_TOKEN to"):
        client.get("/401/{%22title%22:%22This%20needs%20a%20token%22,%22detail%22:%22Send%20one.%22}")
