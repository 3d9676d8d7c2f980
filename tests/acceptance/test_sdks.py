"""Unmodified SDKs, from their registries: what they sent is what the ledger holds, through a restart and a 429."""

import json
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select

from models.store import tables
from tests.real.chromium import Chromium
from tests.real.installation import Created, Installation, wait_for, wait_until
from tests.real.pages import page, visit
from tests.real.programs import FOLDER, Script, command, shop
from tests.real.recorder import Recorder, recording

SERVERS = ("flask_app.py", "fastapi_app.py", "django_app.py", "express_app.cjs")
SCRIPTS = ("script.py", "script.cjs")
CATEGORIES = ("error", "session", "feedback", "other")
QUOTA = "[quotas]\nerror = 1\n"
"""One error a minute: the second one is refused, and nothing of sessions and feedback."""
RELEASE = "shop@1.0.0"


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Installation]:
    """`seatrial up` on nothing but files."""
    installation = Installation(tmp_path)
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of a page with @sentry/browser in it."""
    with page(tmp_path / "page") as served:
        yield served


@dataclass(frozen=True, slots=True)
class Watched:
    """A project whose SDK reports through a recorder."""

    seatrial: Installation
    project: Created
    recorder: Recorder

    @property
    def dsn(self) -> str:
        return self.recorder.dsn(self.project.dsn)

    def limit_errors(self) -> None:
        """Before anything is sent, so that it holds from the first item on."""
        file = Path(self.seatrial.environment["SEATRIAL_DATA"]).parent / "settings.toml"
        file.write_text(QUOTA)
        self.seatrial.run("project", "settings", "apply", self.project.project, str(file))

    def await_sent(self, category: str, count: int) -> None:
        wait_until(lambda: self.recorder.sent[category] >= count, f"the SDK sent {count} of {category}")

    def ledger(self) -> dict[str, dict[str, int]]:
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.seatrial.address}/api/v1/projects/{self.project.project}/ledger",
            headers={"Authorization": f"Bearer {self.project.token}"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            told: dict[str, dict[str, int]] = json.loads(answer.read())
        return told

    def check(self) -> dict[str, dict[str, int]]:
        """Once all is settled, the ledger holds what was sent, to the item; gives the ledger."""

        def settled() -> dict[str, int]:
            found = self.ledger()
            return {name: found[name]["received"] - found[name]["in_flight"] for name in CATEGORIES}

        wait_for(settled, {name: self.recorder.received.get(name, 0) for name in CATEGORIES}, 30)
        return self.ledger()

    def sessions(self) -> dict[str, int]:
        """Of the one release, by status."""
        columns = tables.session_minute.c
        names = ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")
        engine = self.seatrial.engine()
        try:
            with engine.connect() as connection:
                sums = select(*(func.coalesce(func.sum(columns[name]), 0) for name in names))
                found = connection.execute(sums.where(columns.release == RELEASE)).one()
        finally:
            engine.dispose()
        return {name: int(count) for name, count in zip(names, found, strict=True) if count}


@pytest.fixture
def watched(alone: Installation) -> Iterator[Watched]:
    project = alone.create_project()
    with recording(alone.address) as recorder:
        yield Watched(alone, project, recorder)


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_through_a_restart_of_ours(watched: Watched, tmp_path: Path, name: str) -> None:
    """Each request is a session, whatever became of it; an error while we are down is lost, and nothing else."""
    with shop(name, watched.dsn, RELEASE, tmp_path / "shop.log") as asked:
        assert [asked.ask(path) for path in ("/", "/handled", "/crash")] == [200, 200, 500]
        watched.await_sent("error", 2)
        watched.seatrial.stop()
        asked.ask("/crash")
        wait_until(lambda: watched.recorder.lost["error"] == 1, "the error was lost")
        watched.seatrial.start()
        assert [asked.ask(path) for path in ("/", "/crash")] == [200, 500]
        watched.await_sent("error", 3)
        asked.end()
    ledger = watched.check()
    assert ledger["error"]["stored"] == 3
    assert watched.sessions() == {"started": 6, "healthy": 2, "errored": 1, "crashed": 3}


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_under_a_429(watched: Watched, tmp_path: Path, name: str) -> None:
    """Errors over the quota are refused and counted, then held back by the SDK itself; its sessions flow."""
    watched.limit_errors()
    with shop(name, watched.dsn, RELEASE, tmp_path / "shop.log") as asked:
        for count in (1, 2):
            assert asked.ask("/crash") == 500
            watched.await_sent("error", count)
        assert [asked.ask(path) for path in ("/crash", "/")] == [500, 200]
        asked.end()
    _check_limited(watched)
    assert watched.sessions() == {"started": 4, "healthy": 1, "crashed": 3}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_through_a_restart_of_ours(watched: Watched, name: str) -> None:
    """One session from its beginning to its crash, with what came between."""
    with Script([*command(name), watched.dsn, RELEASE]) as script:
        for word, category in (("handled", "error"), ("feedback", "feedback")):
            script.tell(word)
            watched.await_sent(category, 1)
        watched.seatrial.stop()
        script.tell("handled")
        wait_until(lambda: watched.recorder.lost["error"] == 1, "the error was lost")
        watched.seatrial.start()
        assert "an unhandled error" in script.crash()
    ledger = watched.check()
    assert (ledger["error"]["stored"], ledger["feedback"]["stored"]) == (2, 1)
    assert watched.sessions() == {"started": 1, "crashed": 1}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_under_a_429(watched: Watched, name: str) -> None:
    """Its errors are refused; what its user wrote and its crash are not."""
    watched.limit_errors()
    with Script([*command(name), watched.dsn, RELEASE]) as script:
        for count in (1, 2):
            script.tell("handled")
            watched.await_sent("error", count)
        script.tell("feedback")
        watched.await_sent("feedback", 1)
        script.crash()
    ledger = _check_limited(watched)
    assert ledger["feedback"]["stored"] == 1
    assert watched.sessions() == {"started": 1, "crashed": 1}


def test_a_user_report_of_a_python_script_is_joined_to_its_error(watched: Watched) -> None:
    """The old form of feedback, by hand: its issue and its release are its error's."""
    with Script([*command("script.py"), watched.dsn, RELEASE]) as script:
        script.tell("handled")
        script.tell("report")
        script.end()
    watched.check()
    (said,) = _feedback(watched)
    assert (said["source"], said["joined_by"], said["release"]) == ("user_report", "event", RELEASE)
    assert said["issue"]


def test_a_browser_through_a_restart_of_ours(watched: Watched, address: str, chromium: Chromium) -> None:
    """A visit that ends by closing the page is healthy; one with a rejection that nobody handles is not."""
    place = visit(address, watched.dsn, RELEASE)
    first = _open(chromium, place)
    watched.await_sent("session", 1)
    first.close(run_before_unload=True)
    second = _open(chromium, place)
    second.evaluate("shop.feedback()")
    watched.await_sent("feedback", 1)
    second.evaluate("shop.reject()")
    watched.await_sent("error", 1)
    watched.seatrial.stop()
    second.evaluate("shop.handled()")
    wait_until(lambda: watched.recorder.lost["error"] == 1, "the error was lost")
    watched.seatrial.start()
    second.evaluate("shop.crash()")
    watched.await_sent("error", 2)
    _close(second)
    ledger = watched.check()
    assert (ledger["error"]["stored"], ledger["feedback"]["stored"]) == (2, 1)
    assert watched.sessions() == {"started": 2, "healthy": 1, "unhandled": 1}
    (said,) = _feedback(watched)
    assert said["message"] == "the browser checkout fails"


def test_a_browser_under_a_429(watched: Watched, address: str, chromium: Chromium) -> None:
    """Its SDK reads the limit from an answer of another origin; feedback and the session flow."""
    watched.limit_errors()
    tab = _open(chromium, visit(address, watched.dsn, RELEASE))
    for count, doing in enumerate(("reject", "handled"), 1):
        tab.evaluate(f"shop.{doing}()")
        watched.await_sent("error", count)
        assert tab.evaluate("shop.answered()")
    tab.evaluate("shop.handled()")
    tab.evaluate("shop.feedback()")
    watched.await_sent("feedback", 1)
    _close(tab)
    ledger = _check_limited(watched)
    assert ledger["feedback"]["stored"] == 1
    assert watched.sessions() == {"started": 1, "unhandled": 1}


def test_what_each_sdk_sends_is_stored_on_both_tiers(seatrial: Installation, address: str, chromium: Chromium) -> None:
    """sentry-sdk beside brotli, @sentry/node and @sentry/browser: an error each, and what the user wrote."""
    project = seatrial.create_project()
    for line in ([sys.executable, str(FOLDER / "script.py")], command("script.cjs")):
        with Script([*line, project.dsn, RELEASE]) as script:
            script.tell("feedback")
            script.crash()
    tab = _open(chromium, visit(address, project.dsn, RELEASE))
    tab.evaluate("shop.feedback(); shop.crash()")
    watched = Watched(seatrial, project, Recorder(seatrial.address, seatrial.address))

    def stored() -> tuple[int, int, dict[str, int]]:
        ledger = watched.ledger()
        return ledger["error"]["stored"], ledger["feedback"]["stored"], watched.sessions()

    wait_for(stored, (3, 3, {"started": 3, "unhandled": 1, "crashed": 2}), 30)
    tab.close()


def _open(chromium: Chromium, place: str) -> Page:
    tab = chromium.browser.new_page()
    tab.goto(place)
    return tab


def _close(tab: Page) -> None:
    """As a user goes away: the page is hidden first, and its SDK sends what it still has."""
    tab.goto("about:blank")
    tab.close()


def _check_limited(watched: Watched) -> dict[str, dict[str, int]]:
    """One error was stored, one refused with its category alone, and no more were sent."""
    ledger = watched.check()
    assert (ledger["error"]["stored"], ledger["error"]["rate_limited"]) == (1, 1)
    assert watched.recorder.sent["error"] == 2
    assert watched.recorder.statuses[429] == 1
    limits = [limit.split(":") for told in watched.recorder.limits for limit in told.split(",")]
    assert {limit[1] for limit in limits} == {"error"}
    return ledger


def _feedback(watched: Watched) -> list[dict[str, Any]]:
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{watched.seatrial.address}/api/v1/projects/{watched.project.project}/feedback",
        headers={"Authorization": f"Bearer {watched.project.token}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        items: list[dict[str, Any]] = json.loads(answer.read())["items"]
    return items
