"""Names with slashes through a real server: what is encoded in an address reaches the release that is meant."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
import uvicorn
from sqlalchemy import insert

from api.app import Services, build_app
from api.intake.intake import build_intake
from models.clock import SimulatedClock
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.queries.tokens import create_project
from models.wire.topics import all_topics
from seatrial.keys import StoredKeys
from tests.fakes.api import NOW, URL
from tests.fakes.log import MemoryLog

RELEASES = (
    "shop@1.4.2",
    "a/b@1",
    "@scope/shop@1.0",
    "x/report",
    "50%25 off",
    "näive@1",
    "report",
    "a/",
    "a?b#c",
    "v1 beta",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    folder: Path = tmp_path_factory.mktemp("store")
    engine = open_engine(f"sqlite:///{folder}/store.db")
    migrate(engine)
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        create_project(connection, "shop", None, None, NOW)
        connection.execute(insert(tables.deploy_fact), [_fact(release) for release in RELEASES])
    clock = SimulatedClock(NOW)
    intake = build_intake(StoredKeys(engine), MemoryLog(clock, all_topics(1)).writer(), clock)
    app = build_app(Services(engine, intake, intake.appender, clock, URL, open_on_loopback=True))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        # A request waits in the socket's queue until the server accepts it, so nothing waits for a time here.
        with httpx2.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=30) as asking:
            yield asking
        server.should_exit = True
        thread.join()
    engine.dispose()


def _fact(release: str) -> dict[str, object]:
    return {
        "project": "shop",
        "environment": "production",
        "fact": release,
        "release": release,
        "state": "succeeded",
        "irreversible": False,
        "occurred_at": NOW,
        "booked_at": NOW,
    }


@pytest.mark.parametrize("release", RELEASES)
def test_a_release_by_its_encoded_name(client: httpx2.Client, release: str) -> None:
    """Its document and its report are those of just this release."""
    place = f"/api/v1/projects/shop/releases/{quote(release, safe='')}"
    assert client.get(place).json()["release"] == release
    assert client.get(f"{place}/report").json()["release"] == release
    assert client.get(f"{place}/report", params={"format": "markdown"}).status_code == 200


def test_a_name_that_somebody_forgot_to_encode(client: httpx2.Client) -> None:
    """A slash as it is works too, where it cannot be taken for something else."""
    assert client.get("/api/v1/projects/shop/releases/a/b@1").json()["release"] == "a/b@1"
    assert client.get("/api/v1/projects/shop/releases/a/b@1/report").json()["release"] == "a/b@1"


def test_the_list_links_to_each(client: httpx2.Client) -> None:
    """The list has them all, over pages, and the address of each document works."""
    found = []
    cursor = ""
    while True:
        page = client.get("/api/v1/projects/shop/releases", params={"limit": 3, "cursor": cursor}).json()
        found += [one["release"] for one in page["items"]]
        if not (cursor := page["next"] or ""):
            break
    assert sorted(found) == sorted(RELEASES)
