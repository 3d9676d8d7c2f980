"""Clients that stall, over real sockets and the real server: each is cut off, and holds nothing meanwhile.

The bounds of time are short here. No test asserts how long anything took: a client that is not cut off makes its test
wait for an end that never comes.
"""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from typing import Any, cast

import pytest
import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.server import ServerState

from api.intake.addresses.routes import routes
from api.intake.intake import Intake, build_intake
from api.uploads import Uploads
from models.clock import SimulatedClock
from models.wire.topics import ERRORS, all_topics
from seatrial.connections import Bounds, Connections
from tests.fakes.intake import KEY, NOW, NUMBER, OneProject, envelope
from tests.fakes.log import MemoryLog

SHORT = 0.3
PATIENCE_SECONDS = 20.0
BODY = envelope(("event", {"message": "boom", "release": "shop@1.0"}))
HEAD = f"POST /api/{NUMBER}/envelope/?sentry_key={KEY} HTTP/1.1\r\nHost: seatrial\r\n"
LARGE = 40_000_000
"""Bytes of an answer that no socket's buffers hold."""


@dataclass(frozen=True, slots=True)
class Serving:
    port: int
    log: MemoryLog
    intake: Intake
    connections: Connections
    uploads: list[Uploads]
    release: threading.Event
    """Lets ``/held`` be answered."""

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def send(self, body: bytes = BODY) -> "Answer":
        """One honest request."""
        with closing(self.connect()) as client:
            client.sendall(f"{HEAD}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
            return answer(client)

    def held(self) -> int:
        return self.uploads[0]._shares.used


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def answer(client: socket.socket) -> Answer:
    """All that comes until the server closes."""
    received = b""
    while piece := client.recv(65_536):
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): text for name, _, text in (line.partition(": ") for line in lines)}
    return Answer(int(first.split()[1]), headers, body)


def is_cut_off(client: socket.socket) -> None:
    """Returns once the server has ended the connection, by a close or a reset."""
    try:
        while client.recv(65_536):
            pass
    except ConnectionError:
        pass


async def told(request: Request) -> Response:
    return Response(await request.body())


async def large(_: Request) -> Response:
    return Response(bytes(LARGE))


Start = Callable[..., Serving]


@pytest.fixture
def start() -> Iterator[Start]:
    """Intake as the api serves it, and one large page, with these bounds."""
    with ExitStack() as stack:

        def started(most: int = 100, most_bytes: int = 10_000_000, **bounds: float) -> Serving:
            clock = SimulatedClock(NOW)
            log = MemoryLog(clock, all_topics(1))
            intake = build_intake(OneProject(), log.writer(), clock)

            @asynccontextmanager
            async def lifespan(_: Starlette) -> AsyncIterator[None]:
                intake.start()
                yield
                await intake.stop()

            release = threading.Event()

            async def held(_: Request) -> Response:
                await to_thread.run_sync(release.wait, PATIENCE_SECONDS)
                return Response()

            telling = [Route(path, told, methods=["POST"]) for path in ("/api/v1/told", "/login")]
            others = [Route("/large", large), Route("/held", held), *telling]
            app = Starlette(routes=[*routes(intake), *others], lifespan=lifespan)
            uploads = Uploads(app, most_bytes)
            short = {"pause_seconds": SHORT, "body_seconds": SHORT, "body_rate": 1_000_000}
            connections = Connections(Bounds(most, **(short | bounds)))  # type: ignore[arg-type]
            config = uvicorn.Config(
                uploads, http=cast("Any", connections), ws="none", lifespan="on", log_config=None, access_log=False
            )
            server = uvicorn.Server(config)
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()

            def end() -> None:
                server.should_exit = True
                thread.join()

            stack.callback(end)
            return Serving(listening.getsockname()[1], log, intake, connections, [uploads], release)

        yield started


def expect_refusal(told: Answer, status: int) -> None:
    """As intake answers everything: JSON, and a browser may read it."""
    assert told.status == status
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["connection"] == "close"
    assert json.loads(told.body)["detail"]


@pytest.mark.parametrize("begun", ["POST /api/42", HEAD, f"{HEAD}X-Header: and so"])
def test_a_head_that_never_ends(start: Start, begun: str) -> None:
    """408, then the end; others are answered meanwhile."""
    served = start(head_seconds=SHORT)
    with closing(served.connect()) as client:
        client.sendall(begun.encode())
        assert served.send().status == 200
        expect_refusal(answer(client), 408)


def test_a_head_that_trickles(start: Start) -> None:
    """A byte now and then buys no time."""
    served = start(head_seconds=SHORT)
    with closing(served.connect()) as client:
        client.sendall(HEAD.encode())
        stop = threading.Event()
        trickling = threading.Thread(target=_trickle, args=(client, b"X", stop))
        trickling.start()
        is_cut_off(client)
        stop.set()
        trickling.join()


def _trickle(client: socket.socket, piece: bytes, stop: threading.Event) -> None:
    while not stop.wait(0.05):
        try:
            client.sendall(piece)
        except OSError:
            return


def test_a_connection_that_asks_for_nothing(start: Start) -> None:
    """It is closed without a word: there was no question."""
    served = start(head_seconds=SHORT)
    with closing(served.connect()) as client:
        assert client.recv(100) == b""


@pytest.mark.parametrize("one_piece", [True, False])
def test_a_head_that_is_too_large(start: Start, *, one_piece: bool) -> None:
    """431, in one piece or in many, and without an end to it."""
    served = start()
    with closing(served.connect()) as client:
        head = HEAD.encode() + b"X-Large: " + b"x" * 80_000
        if one_piece:
            client.sendall(head + b"\r\nContent-Length: 0\r\n\r\n")
        else:
            client.sendall(head)
        expect_refusal(answer(client), 431)
    assert served.send().status == 200


@pytest.mark.parametrize("declared", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("sent", [b"", b"400\r\n" + bytes(600)])
def test_a_body_that_never_ends(start: Start, declared: str, sent: bytes) -> None:
    """408, then the end, with nothing of it held; others are answered meanwhile."""
    served = start()
    with closing(served.connect()) as client:
        client.sendall(f"{HEAD}{declared}\r\n\r\n".encode() + sent)
        assert served.send().status == 200
        expect_refusal(answer(client), 408)
    assert served.held() == 0
    assert len(served.log.records(ERRORS)) == 1


@pytest.mark.parametrize("declared", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
def test_a_body_that_trickles(start: Start, declared: str) -> None:
    """Never silent for long, it is still cut off for its pace."""
    served = start(pause_seconds=PATIENCE_SECONDS)
    piece = b"x" if "Length" in declared else b"1\r\nx\r\n"
    with closing(served.connect()) as client:
        client.sendall(f"{HEAD}{declared}\r\n\r\n".encode())
        stop = threading.Event()
        trickling = threading.Thread(target=_trickle, args=(client, piece, stop))
        trickling.start()
        is_cut_off(client)
        stop.set()
        trickling.join()
    assert served.held() == 0


def test_a_large_body_has_time_by_its_size(start: Start) -> None:
    """At a pace that is allowed it is taken, though it lasts longer than a small one may."""
    served = start(pause_seconds=PATIENCE_SECONDS, body_rate=1_000)
    body = envelope(("attachment", bytes(20_000)))
    with closing(served.connect()) as client:
        client.sendall(f"{HEAD}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode())
        for position in range(0, len(body), 2_000):
            client.sendall(body[position : position + 2_000])
            threading.Event().wait(SHORT / 5)
        assert answer(client).status == 200


def test_a_body_that_goes_on_after_its_answer(start: Start) -> None:
    """A refused client that keeps sending is cut off."""
    served = start(linger_seconds=SHORT)
    with closing(served.connect()) as client:
        client.sendall(f"{HEAD}Content-Length: 6000000\r\n\r\n".encode())
        assert client.recv(65_536).startswith(b"HTTP/1.1 413")
        stop = threading.Event()
        trickling = threading.Thread(target=_trickle, args=(client, b"x", stop))
        trickling.start()
        is_cut_off(client)
        stop.set()
        trickling.join()


def test_an_answer_that_nobody_reads(start: Start) -> None:
    """Its connection ends, though the client never takes a byte."""
    served = start(unread_seconds=SHORT)
    with closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.settimeout(PATIENCE_SECONDS)
        client.connect(("127.0.0.1", served.port))
        client.sendall(b"GET /large HTTP/1.1\r\nHost: seatrial\r\n\r\n")
        _until(lambda: len(served.connections._open) == 1)
        _until(lambda: not served.connections._open)
    assert served.send().status == 200


def test_whoever_asks_for_nothing_makes_room(start: Start) -> None:
    """With all connections taken by idlers, an honest client is answered, and the longest idle one is gone."""
    served = start(most=3)
    with ExitStack() as stack:
        idlers = [stack.enter_context(closing(served.connect())) for _ in range(3)]
        _until(lambda: len(served.connections._open) == 3)
        assert served.send().status == 200
        is_cut_off(idlers[0])


def test_many_that_come_at_once_are_no_more_than_may_be() -> None:
    """Each that comes sends another one away, before the loop tells of any that it is gone."""

    async def scenario() -> None:
        connections = Connections(Bounds(most=3))
        config = uvicorn.Config(Starlette(), http=cast("Any", connections), ws="none", lifespan="off", log_config=None)
        config.load()
        state, loop = ServerState(), asyncio.get_running_loop()
        pairs = [socket.socketpair() for _ in range(20)]
        await asyncio.gather(
            *(loop.create_connection(lambda: connections(config, state, {}), sock=server) for server, _ in pairs)
        )
        assert len(connections._open) == 3
        await asyncio.sleep(0)
        assert len(state.connections) == 3
        for connection in list(connections._open):
            connection.transport.abort()
        for _, client in pairs:
            client.close()

    asyncio.run(scenario())


def test_whoever_sends_the_slowest_makes_room(start: Start) -> None:
    """With all connections in the midst of a body, one more is answered; who had sent more goes on."""
    served = start(most=3, pause_seconds=PATIENCE_SECONDS, body_rate=1)
    body = envelope(("attachment", bytes(400_000)))
    with ExitStack() as stack:
        fast, silent, slow = (stack.enter_context(closing(served.connect())) for _ in range(3))
        for client, sent in ((fast, 300_000), (silent, 0), (slow, 1_000)):
            client.sendall(f"{HEAD}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body[:sent])
        _until(lambda: served.held() == 301_000)
        _until(lambda: all(one.phase.name == "BODY" for one in served.connections._open))
        assert served.send().status == 200
        is_cut_off(silent)
        for client, sent in ((fast, 300_000), (slow, 1_000)):
            client.sendall(body[sent:])
            assert answer(client).status == 200


def test_with_all_connections_in_use_one_more_is_refused(start: Start) -> None:
    """503 with when to come again; those that wait for us go on."""
    served = start(most=2)
    with ExitStack() as stack:
        busy = [stack.enter_context(closing(served.connect())) for _ in range(2)]
        for client in busy:
            client.sendall(b"GET /held HTTP/1.1\r\nHost: seatrial\r\nConnection: close\r\n\r\n")
        _until(lambda: [one.phase.name for one in served.connections._open] == ["ANSWER"] * 2)
        with closing(served.connect()) as refused:
            told = answer(refused)
        expect_refusal(told, 503)
        assert told.headers["retry-after"]
        served.release.set()
        for client in busy:
            assert answer(client).status == 200


def test_bodies_have_a_bound_together(start: Start) -> None:
    """Beyond its share a project's body is refused, and counted; the memory is free again once the others are done."""
    served = start(most_bytes=400_000, pause_seconds=PATIENCE_SECONDS, body_rate=1)
    assert served.send().status == 200
    with closing(served.connect()) as client:
        client.sendall(f"{HEAD}Content-Length: 300000\r\n\r\n".encode() + bytes(199_000))
        _until(lambda: served.held() == 199_000)
        told = served.send(BODY + b" " * 10_000)
        expect_refusal(told, 503)
        assert told.headers["retry-after"]
    _until(lambda: served.held() == 0)
    assert served.send().status == 200
    assert served.intake.tally.totals["other", "rate_limited"] == 1


@pytest.mark.parametrize("head", [HEAD.partition("?")[0], "POST /api/7/envelope/", "POST /login"])
def test_strangers_fill_their_own_share(start: Start, head: str) -> None:
    """Who names a project's number and no key uses nothing of that project, and nothing of the API."""
    served = start(most_bytes=400_000, pause_seconds=PATIENCE_SECONDS, body_rate=1)
    assert served.send().status == 200
    with closing(served.connect()) as stranger:
        request = f"{head} HTTP/1.1\r\nHost: seatrial\r\nContent-Length: 300000\r\n\r\n"
        stranger.sendall(request.encode() + bytes(199_000))
        _until(lambda: served.held() == 199_000)
        assert served.send(envelope(("attachment", bytes(10_000)))).status == 200
        with closing(served.connect()) as client:
            head = "POST /api/v1/told HTTP/1.1\r\nHost: seatrial\r\nContent-Length: 10000\r\n"
            client.sendall(f"{head}Connection: close\r\n\r\n".encode() + bytes(10_000))
            assert answer(client).status == 200


@pytest.mark.parametrize("path", [f"/api/{NUMBER}/envelope/", f"/api/{NUMBER}/store/", "/api/store/", "/api/7/nel/"])
def test_a_key_of_nobody_is_refused_before_its_body(start: Start, path: str) -> None:
    """Though that never comes."""
    served = start(pause_seconds=PATIENCE_SECONDS, linger_seconds=SHORT)
    with closing(served.connect()) as client:
        head = f"POST {path}?sentry_key={'f' * 32} HTTP/1.1\r\nHost: seatrial\r\n"
        client.sendall(f"{head}Content-Length: 5000000\r\n\r\n".encode())
        assert answer(client).status == 403
    assert served.held() == 0


def test_what_is_not_http(start: Start) -> None:
    """400 that a browser may read, not a bare text."""
    served = start()
    with closing(served.connect()) as client:
        client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        expect_refusal(answer(client), 400)


def test_requests_that_come_at_once(start: Start) -> None:
    """Several in one packet are each answered, in their order."""
    served = start()
    request = f"{HEAD}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    with closing(served.connect()) as client:
        client.sendall(request * 3 + f"{HEAD}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while piece := client.recv(65_536):
            received += piece
    assert [int(part.split()[0]) for part in received.split(b"HTTP/1.1 ")[1:]] == [200, 200, 200, 400]


def _until(condition: Callable[[], object]) -> None:
    for _ in range(int(PATIENCE_SECONDS / 0.01)):
        if condition():
            return
        threading.Event().wait(0.01)
    pytest.fail("it never came to that")
