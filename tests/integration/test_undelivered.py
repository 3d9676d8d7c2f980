"""A rollback that cannot be delivered is said by doctor, gate, decision, page and report, and looks like no other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from actions.outbox import Outbox
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.wire import topics
from seatrial.doctor import Check, examine
from tests.fakes.actions import FakeNotifier
from tests.fakes.api import serving_of
from tests.fakes.log import MemoryLog
from tests.fakes.watching import NEW, OLD, WEBHOOK, Watching

AUTOMATIC = 'mode = "automatic"\n'
TAKEN = f'{AUTOMATIC}allowed_hosts = ["deployer.example"]{WEBHOOK}'
INTERNAL = f"{AUTOMATIC}{WEBHOOK.replace('https://deployer.example', 'http://127.0.0.1:9')}"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path}/store.db")
    migrate(opened)
    yield opened
    opened.dispose()


def rolled_back(engine: Engine, policy: str) -> Watching:
    """A bad canary that is to be rolled back under a policy."""
    shop = Watching(engine)
    shop.apply(policy)
    shop.deploy(NEW, 0.33, "started")
    for _ in range(6):
        shop.visits(NEW, 20, hurt=8)
        shop.visits(OLD, 40, hurt=1)
        shop.pass_time(1)
    return shop


def deliver(shop: Watching, *script: int | None) -> None:
    """Try each action that is due once."""
    writer = MemoryLog(shop.clock, topics.all_topics(1)).writer()
    outbox = Outbox(shop.engine, writer, shop.clock, FakeNotifier(*script), patience=30)
    while any(row["state"] == "pending" and row["due_at"] <= shop.clock.now() for row in shop.rows(tables.action)):
        outbox.tick()
    outbox.close()


def actions(shop: Watching) -> Check:
    log = MemoryLog(shop.clock, topics.all_topics(2))
    (found,) = (check for check in examine(shop.engine, log, shop.clock) if check.name == "actions")
    return found


def missed(shop: Watching) -> str:
    """What is scraped of rollbacks."""
    with serving_of(shop.engine, shop.clock) as client:
        lines = client.get("/metrics").text.splitlines()
    (found,) = (line for line in lines if line.startswith("seatrial_rollbacks_undelivered"))
    return found.partition(" ")[2]


def told(shop: Watching) -> dict[str, Any]:
    """The gate's action."""
    with serving_of(shop.engine, shop.clock) as client:
        gate = client.get(f"/api/v1/projects/shop/gate?release={NEW}").json()
    action: dict[str, Any] = gate["action"]
    return action


def everywhere(client: TestClient, decision: str) -> list[str]:
    """Page, reports and the decision's own document."""
    api, release = "/api/v1/projects/shop", f"/projects/shop/releases/{NEW}?environment=production"
    report = f"{api}/releases/{NEW}/report?environment=production&format="
    addresses = (release, f"{report}markdown", f"{report}html", f"{api}/decisions/{decision}")
    return [client.get(address).text for address in addresses]


def test_a_refused_one_is_said_everywhere(engine: Engine) -> None:
    """At once, after a single attempt that no other can better."""
    shop = rolled_back(engine, INTERNAL)
    deliver(shop)
    action = told(shop)
    assert (action["kind"], action["state"], action["attempts"]) == ("rollback", "failed", 1)
    assert "allowed_hosts" in action["result"]
    with serving_of(engine, shop.clock) as client:
        page, markdown, html, decision = everywhere(client, shop.decisions()[-1].decision)
    for text in (page, html):
        assert "The rollback was not delivered: 1 attempt" in text
        assert text.index("The rollback was not delivered") < text.index(shop.decisions()[-1].judgement.sentence)
    assert "The rollback was not delivered: 1 attempt" in markdown.splitlines()[2]
    assert '"state":"failed"' in decision
    with serving_of(engine, shop.clock) as client:
        assert (
            "not delivered: 1 attempt" in client.get(f"/projects/shop/decisions/{shop.decisions()[-1].decision}").text
        )
    assert page.count("not delivered: 1 attempt") == page.count('role="alert"') == 1


def test_the_numbers_of_the_report_are_those_of_the_decision(engine: Engine) -> None:
    """Sessions arrive after it, or none do, and the table is the one that was decided on."""
    shop = rolled_back(engine, TAKEN)
    with serving_of(engine, shop.clock) as client:
        _, markdown, html, _ = everywhere(client, shop.decisions()[-1].decision)
    for text in (markdown, html):
        assert f"As decided in {shop.decisions()[-1].decision} at " in text


@pytest.mark.parametrize(
    ("script", "state"), [((500, 500), "pending"), ((410, 410), "failed"), ((200, 200), "delivered")]
)
def test_the_gate_says_what_came_of_it(engine: Engine, script: tuple[int, ...], state: str) -> None:
    """With the last attempt and its time."""
    shop = rolled_back(engine, TAKEN)
    assert (told(shop)["state"], told(shop)["attempts"], told(shop)["at"]) == ("pending", 0, None)
    deliver(shop, *script)
    action = told(shop)
    assert (action["state"], action["attempts"], action["target"]) == (state, 1, OLD)
    assert action["result"].startswith(f"answered {script[0]}")
    assert action["at"] is not None


def test_without_a_webhook_nobody_was_told(engine: Engine) -> None:
    """There is no row of it, but the decision called for it."""
    shop = rolled_back(engine, AUTOMATIC)
    assert (told(shop)["kind"], told(shop)["state"]) == ("rollback", "nobody_told")
    with serving_of(engine, shop.clock) as client:
        for text in everywhere(client, shop.decisions()[-1].decision)[:3]:
            assert "was told to nobody" in text


@pytest.mark.parametrize("mode", ["observe", "recommend"])
def test_who_wants_no_more_than_advice_missed_nothing(engine: Engine, mode: str) -> None:
    """Without a webhook, people look at the pages."""
    assert told(rolled_back(engine, f'mode = "{mode}"\n')) is None


def test_the_doctor_knows_after_one_failed_attempt(engine: Engine) -> None:
    """Users are hurt while it waits; that nobody tries at all is another fault."""
    shop = rolled_back(engine, TAKEN)
    assert "overdue" in actions(shop).finding
    deliver(shop, *[500] * 9)
    assert actions(shop).finding == (
        "1 rollback is not delivered after 1 attempt: answered 500; the release still has its traffic"
    )


def test_the_doctor_is_content_once_it_is_made_good(engine: Engine) -> None:
    """By a policy that lets it be delivered."""
    shop = rolled_back(engine, INTERNAL)
    deliver(shop)
    assert actions(shop).fault
    assert missed(shop) == "1.0"
    shop.apply(f"{AUTOMATIC}allowed_hosts = ['127.0.0.1']{INTERNAL.removeprefix(AUTOMATIC)}")
    shop.pass_time(2)
    deliver(shop)
    assert told(shop)["state"] == "delivered"
    assert actions(shop).finding == "none failed, none is overdue"
    assert missed(shop) == "0.0"


def test_the_doctor_is_content_once_a_person_withdrew_the_release(engine: Engine) -> None:
    """It has no traffic any more; that the word of the failure got through is nothing to mend."""
    shop = rolled_back(engine, TAKEN)
    deliver(shop, *[410, 410, 200])
    shop.deploy(NEW, state="rolled_back")
    shop.pass_time(1)
    deliver(shop)
    assert not any(row["state"] == "pending" for row in shop.rows(tables.action))
    assert not actions(shop).fault


def test_the_doctor_gives_a_message_three_attempts(engine: Engine) -> None:
    """A receiver may be just restarting, and nobody is hurt by a hold that comes late."""
    shop = rolled_back(engine, f'mode = "recommend"\nallowed_hosts = ["deployer.example"]{WEBHOOK}')
    for tries in (1, 2, 3):
        deliver(shop, *[500] * 9)
        assert actions(shop).fault is (tries == 3)
        shop.clock.set(max(row["due_at"] for row in shop.rows(tables.action)))
    assert "action is not delivered after 3 attempts: answered 500" in actions(shop).finding
