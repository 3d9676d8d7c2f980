"""Unmodified SDKs, from their registries: sessions, an unhandled error and feedback are stored on both tiers."""

import functools
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import func, select

from models.store import tables
from tests.real import npm
from tests.real.installation import Created, Installation, wait_for
from tests.real.process import LOOPBACK

HERE = Path(__file__).parent


@pytest.fixture
def page(tmp_path: Path) -> Iterator[str]:
    """The address of a page with @sentry/browser in it, bundled by esbuild."""
    modules = npm.install("@sentry/browser", "esbuild")
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text('<!doctype html><title>shop</title><script src="bundle.js"></script>')
    source = npm.CACHE / "sdk_browser.js"
    source.write_text((HERE / "sdk_browser.js").read_text())
    command = [str(modules / ".bin" / "esbuild"), str(source), "--bundle", f"--outfile={folder / 'bundle.js'}"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
    server = ThreadingHTTPServer((LOOPBACK, 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://{LOOPBACK}:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()


def run_python(project: Created) -> None:
    command = [sys.executable, str(HERE / "sdk_python.py"), project.dsn]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert "ZeroDivisionError" in done.stderr


def run_node(project: Created) -> None:
    modules = npm.install("@sentry/node")
    script = npm.CACHE / "sdk_node.cjs"
    script.write_text((HERE / "sdk_node.cjs").read_text())
    command = ["node", str(script), project.dsn]
    done = subprocess.run(command, cwd=modules.parent, capture_output=True, text=True, check=False)  # noqa: S603
    assert "RangeError" in done.stderr


def run_browser(project: Created, page: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(f"{page}?dsn={quote(project.dsn, safe='')}")
        tab.wait_for_function("document.title === 'done'")
        # The SDK sends what it still has when the page is hidden.
        tab.goto("about:blank")
        tab.wait_for_timeout(300)
        browser.close()


def stored(seatrial: Installation, release: str) -> dict[str, int]:
    """What the store has of one release."""
    event, feedback, minute = tables.event, tables.feedback, tables.session_minute
    engine = seatrial.engine()
    try:
        with engine.connect() as connection:
            unhandled = select(func.count()).where(event.c.release == release, event.c.handled.is_(False))
            written = select(func.count()).where(feedback.c.release == release)
            counts = [minute.c.started, minute.c.unhandled + minute.c.crashed]
            sums = select(*(func.coalesce(func.sum(one), 0) for one in counts)).where(minute.c.release == release)
            started, fatal = connection.execute(sums).one()
            return {
                "unhandled errors": int(connection.execute(unhandled).scalar() or 0),
                "feedback": int(connection.execute(written).scalar() or 0),
                "has sessions": int(started > 0),
                "fatal sessions": int(fatal),
            }
    finally:
        engine.dispose()


EXPECTED = {"unhandled errors": 1, "feedback": 1, "has sessions": 1, "fatal sessions": 1}


def test_what_each_sdk_sends_is_stored(seatrial: Installation, page: str) -> None:
    """sentry-sdk, @sentry/node and @sentry/browser: a session that ended badly, its error, and what the user wrote."""
    project = seatrial.create_project()
    run_python(project)
    run_node(project)
    run_browser(project, page)
    for release in ("shop@python", "shop@node", "shop@browser"):
        wait_for(lambda release=release: stored(seatrial, release), EXPECTED, 30)  # type: ignore[misc]
