"""One suite over every notifier: in memory, and signed webhooks over HTTP."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from actions.webhook import WebhookNotifier
from models.clock import SystemClock
from models.domain.policy import Webhook
from models.ports import Answer, Notice, Notifier
from tests.fakes.actions import SECRET, FakeNotifier, receiving
from tests.real.process import free_port

NOTICE = Notice("act_1", '{"kind":"rollback","reason":"Größe"}'.encode())


@dataclass(frozen=True, slots=True)
class Subject:
    """A notifier under test, and the receiver's side of it."""

    notifier: Notifier
    url: str
    script: list[int]
    """The statuses that the receiver answers with, in turn."""
    told: Callable[[], list[Notice]]
    """What arrived at the receiver."""
    down: Callable[[], str]
    """An address at which nobody answers."""

    def notify(self, notice: Notice = NOTICE, url: str = "", allowed: str = "127.0.0.1") -> Answer:
        return self.notifier.notify(notice, Webhook(url or self.url, SECRET), [allowed])


@pytest.fixture(params=["memory", "webhook"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "memory":
        yield _in_memory()
        return
    with receiving() as receiver:
        yield Subject(
            WebhookNotifier(SystemClock()),
            receiver.url,
            receiver.script,
            lambda: [Notice(headers["webhook-id"], body) for headers, body in receiver.requests],
            lambda: f"http://127.0.0.1:{free_port()}/",
        )


def _in_memory() -> Subject:
    fake = FakeNotifier()
    url = "http://127.0.0.1/hooks"

    def down() -> str:
        fake.script[:] = [None]
        return url

    # A script of statuses is a script of statuses and silences.
    script: list[int] = fake.script  # type: ignore[assignment]
    return Subject(fake, url, script, lambda: [notice for _, notice in fake.told], down)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_the_receiver_takes_is_taken(subject: Subject, status: int) -> None:
    """Any 2xx; the body arrives byte for byte, under its id."""
    subject.script.append(status)
    answer = subject.notify()
    assert (answer.taken, answer.status, answer.final) == (True, status, False)
    assert subject.told() == [NOTICE]


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 409, 429, 500, 503])
def test_what_the_receiver_refuses_may_be_tried_again(subject: Subject, status: int) -> None:
    """Whatever it is that is wrong, it can be mended on either side."""
    subject.script.append(status)
    answer = subject.notify()
    assert (answer.taken, answer.status, answer.final) == (False, status, False)
    assert str(status) in answer.result
    assert subject.notify().taken
    assert subject.told() == [NOTICE, NOTICE]


def test_a_receiver_that_is_gone_is_final(subject: Subject) -> None:
    """410 says: no more of these."""
    subject.script.append(410)
    answer = subject.notify()
    assert (answer.taken, answer.status, answer.final) == (False, 410, True)


def test_no_answer_has_no_status_and_says_who_did_not_answer(subject: Subject) -> None:
    """A receiver that is down is an answer too, not an error."""
    answer = subject.notify(url=subject.down())
    assert (answer.taken, answer.status, answer.final) == (False, None, False)
    assert "127.0.0.1 did not answer" in answer.result


def test_an_internal_host_that_is_not_allowed_is_not_called(subject: Subject) -> None:
    """Nothing arrives, and the answer says what to do; until the policy is another one, it stays so."""
    answer = subject.notify(allowed="127.0.0.2")
    assert (answer.taken, answer.status, answer.final) == (False, None, True)
    assert "allowed_hosts" in answer.result
    assert subject.told() == []


def test_threads_may_share_it(subject: Subject) -> None:
    """Every message of several threads arrives once."""
    notices = [Notice(f"act_{number}", b"%d" % number) for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(subject.notify, notices))
    assert all(answer.taken for answer in answers)
    assert sorted(subject.told(), key=lambda notice: int(notice.body)) == notices
