"""Signed webhooks over HTTP: whom they call, how long they wait, and what they say went wrong."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from actions.webhook import ANSWER_BYTES, TOLD_CHARACTERS, WebhookNotifier
from models.clock import SimulatedClock, SystemClock
from models.domain.policy import Webhook
from models.ports import Notice
from seatrial.demo.deployer import verify
from tests.fakes.actions import NOON, SECRET, Receiver, receiving
from tests.real.process import free_port

NOTICE = Notice("act_1", b'{"kind":"rollback"}')
ALLOWED = ["127.0.0.1"]
HANDSHAKE = 0x16
"""The first byte of a TLS client's hello."""


class Names:
    """A name server with one answer after another."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_the_receiver_can_verify_it(receiver: Receiver) -> None:
    """Signed with the policy's secret at the clock's time, as JSON, to the path and query of the address."""
    assert WebhookNotifier(SimulatedClock(NOON)).notify(NOTICE, Webhook(receiver.url, SECRET), ALLOWED).taken
    [(headers, body)] = receiver.requests
    assert verify(SECRET, headers, body, NOON // 1_000) == "act_1"
    assert (headers[":path"], headers["content-type"]) == ("/hooks?from=seatrial", "application/json")
    assert headers["host"] == f"127.0.0.1:{receiver.port}"


def test_the_address_that_was_checked_is_the_one_that_is_called(receiver: Receiver) -> None:
    """A name is asked for once, and the receiver still sees it; another answer a moment later changes nothing."""
    names = Names(["127.0.0.1"], ["10.0.0.7"])
    webhook = Webhook(f"http://hooks.example:{receiver.port}/x", SECRET)
    notifier = WebhookNotifier(SystemClock(), resolve=names)
    assert notifier.notify(NOTICE, webhook, ALLOWED).taken
    assert names.asked == [("hooks.example", receiver.port)]
    assert receiver.requests[0][0]["host"] == f"hooks.example:{receiver.port}"
    assert "hooks.example (which is 10.0.0.7) is internal" in notifier.notify(NOTICE, webhook, ALLOWED).result
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.1", "127.1"),  # noqa: S104 - called, not listened at
        *("[::1]", "[::ffff:127.0.0.1]"),
    ],
)
def test_nothing_internal_is_called_by_any_spelling(receiver: Receiver, host: str) -> None:
    """The receiver listens there, and hears nothing; that is final, for no name server can change it."""
    webhook = Webhook(f"http://{host}:{receiver.port}/", SECRET)
    answer = WebhookNotifier(SystemClock()).notify(NOTICE, webhook, [])
    assert (answer.taken, answer.status, answer.final) == (False, None, True)
    assert "is internal; list it in the policy's allowed_hosts" in answer.result
    assert receiver.requests == []


def test_what_is_no_address_is_final_too() -> None:
    """It cannot be called before somebody writes another."""
    answer = WebhookNotifier(SystemClock()).notify(NOTICE, Webhook("http://0177.0.0.1/", SECRET), [])
    assert (answer.taken, answer.status, answer.final) == (False, None, True)
    assert "mend the policy's webhook.url" in answer.result


def test_a_name_that_is_internal_now_is_tried_again(receiver: Receiver) -> None:
    """It may be a fault of the name server, which is mended without a new policy."""
    webhook = Webhook(f"http://hooks.example:{receiver.port}/", SECRET)
    answer = WebhookNotifier(SystemClock(), resolve=Names(["127.0.0.1"])).notify(NOTICE, webhook, [])
    assert (answer.taken, answer.final) == (False, False)
    assert "is internal" in answer.result
    assert receiver.requests == []


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    """It could lead to a host that was not checked; the answer says what to do."""
    with receiving() as elsewhere:
        receiver.script.append(307)
        receiver.headers = {"location": elsewhere.url}
        answer = WebhookNotifier(SystemClock()).notify(NOTICE, Webhook(receiver.url, SECRET), ALLOWED)
        assert (answer.taken, answer.status) == (False, 307)
        assert "redirects are not followed" in answer.result
        assert elsewhere.requests == []


def test_a_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would resolve the name anew, to whatever it likes."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    assert WebhookNotifier(SystemClock()).notify(NOTICE, Webhook(receiver.url, SECRET), ALLOWED).taken


def test_an_address_that_leads_nowhere_is_followed_by_the_next(receiver: Receiver) -> None:
    """Many hosts have an IPv6 address that cannot be reached from here."""
    names = Names(["127.0.0.2", "127.0.0.1", "127.0.0.3"])
    webhook = Webhook(f"http://hooks.example:{receiver.port}/", SECRET)
    notifier = WebhookNotifier(SystemClock(), resolve=names)
    assert notifier.notify(NOTICE, webhook, ["hooks.example"]).taken
    assert len(receiver.requests) == 1


def test_a_receiver_that_hangs_is_left(receiver: Receiver) -> None:
    """The wait is bounded, and the answer says how long it was."""
    receiver.hang()
    answer = WebhookNotifier(SystemClock(), seconds=0.2).notify(NOTICE, Webhook(receiver.url, SECRET), ALLOWED)
    assert (answer.taken, answer.status) == (False, None)
    assert "no answer in 0.2 s" in answer.result


def test_a_receiver_that_drips_is_left_too() -> None:
    """A byte now and then does not prolong the wait."""
    ended = threading.Event()

    def drip(server: socket.socket) -> None:
        with server.accept()[0] as peer:
            for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"x" * 10_000:
                if ended.wait(0.02):
                    return
                try:
                    peer.send(bytes([byte]))
                except OSError:
                    return

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        webhook = Webhook(f"http://127.0.0.1:{server.getsockname()[1]}/", SECRET)
        answer = WebhookNotifier(SystemClock(), seconds=0.5).notify(NOTICE, webhook, ALLOWED)
        ended.set()
        thread.join()
    assert "no answer in 0.5 s" in answer.result


def test_only_the_beginning_of_an_answer_is_kept(receiver: Receiver) -> None:
    """Without control characters, and in one line."""
    receiver.script.append(500)
    receiver.answer = b"out\x00 of\r\n\x1b[31m" + "größe ".encode() * ANSWER_BYTES
    result = WebhookNotifier(SystemClock()).notify(NOTICE, Webhook(receiver.url, SECRET), ALLOWED).result
    assert result.startswith("answered 500: out of [31mgröße größe")
    assert len(result) <= len("answered 500: ") + TOLD_CHARACTERS


def test_tls_asks_for_the_name_and_not_for_the_address() -> None:
    """The hello carries the host of the policy's address, so that its certificate is what must be shown."""
    hello: list[bytes] = []

    def listen(server: socket.socket) -> None:
        with server.accept()[0] as peer:
            hello.append(peer.recv(65_536))

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = threading.Thread(target=listen, args=(server,), daemon=True)
        thread.start()
        port = server.getsockname()[1]
        notifier = WebhookNotifier(SystemClock(), resolve=Names(["127.0.0.1"]))
        answer = notifier.notify(NOTICE, Webhook(f"https://hooks.example:{port}/", SECRET), ALLOWED)
        thread.join()
    assert hello[0][0] == HANDSHAKE
    assert b"hooks.example" in hello[0]
    assert "hooks.example did not answer" in answer.result


def test_a_host_that_does_not_exist_is_told(receiver: Receiver) -> None:
    """With the address and where to look."""

    def nobody(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    webhook = Webhook(f"http://nowhere.example:{receiver.port}/", SECRET)
    answer = WebhookNotifier(SystemClock(), resolve=nobody).notify(NOTICE, webhook, ALLOWED)
    assert "was not found (" in answer.result
    assert "check the policy's webhook.url" in answer.result


def test_a_host_that_no_name_can_have_is_told() -> None:
    """A label of 64 letters is an error of the encoding, before any name server."""
    answer = WebhookNotifier(SystemClock()).notify(NOTICE, Webhook(f"http://{'a' * 64}.example/", SECRET), ALLOWED)
    assert "was not found (" in answer.result
