"""The crash-report dialog of the unmodified @sentry/browser, in a real Chromium, on a page of another origin."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from models.store.queries.tokens import Created, create_project
from models.wire.topics import FEEDBACK
from tests.fakes.api import NOW
from tests.real import npm, site
from tests.real.chromium import Chromium
from tests.real.installation import wait_until
from tests.real.site import Site

EVENT = "c" * 32
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SHOP = "http://shop.localhost"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    modules = npm.install("@sentry/browser", "esbuild")
    source, made = npm.CACHE / "sdk_dialog.js", tmp_path_factory.mktemp("page") / "bundle.js"
    source.write_text((Path(__file__).parent / "sdk_dialog.js").read_text())
    command = [str(modules / ".bin" / "esbuild"), str(source), "--bundle", f"--outfile={made}"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - what npm installed
    return made.read_text()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Site, Created]]:
    with site.store(tmp_path) as engine:
        with engine.begin() as connection:
            shop = create_project(connection, "shop", None, None, NOW)
        with site.serving(engine, tmp_path) as opened:
            yield opened, shop


@pytest.fixture
def page(chromium: Chromium, bundle: str, served: tuple[Site, Created]) -> Iterator[Page]:
    """A page whose policy allows its own script and those of Seatrial, and no styles."""
    opened, shop = served
    policy = f"default-src 'none'; script-src 'self' {opened.address}; connect-src {opened.address}"
    text = '<!doctype html><html lang="en"><title>shop</title><h1>Shop</h1><script defer src="/bundle.js"></script>'

    def answer(route: Route) -> None:
        if route.request.url.endswith("bundle.js"):
            route.fulfill(body=bundle, content_type="text/javascript")
        else:
            route.fulfill(body=text, content_type="text/html", headers={"Content-Security-Policy": policy})

    # Chromium asks a person before a page of elsewhere may reach this machine.
    context = chromium.browser.new_context(locale="en-GB", permissions=["local-network-access"])
    context.route(f"{SHOP}/**", answer)
    tab = context.new_page()
    dsn = f"http://{shop.public_key}@{urlsplit(opened.address).netloc}/{shop.number}"
    tab.goto(f"{SHOP}/?{urlencode({'dsn': dsn, 'event': EVENT})}")
    yield tab
    context.close()


def feedback(opened: Site) -> list[dict[str, Any]]:
    reader = opened.log.reader([FEEDBACK], "test", "test", lambda partitions: dict.fromkeys(partitions, 0))
    try:
        return [json.loads(record.value or b"") for record in reader.poll(0).records]
    finally:
        reader.close()


def test_what_a_user_writes_arrives(page: Page, served: tuple[Site, Created]) -> None:
    """The form takes the SDK's texts, sends what is written, thanks, and tells the SDK when it is closed."""
    dialog = page.get_by_role("dialog", name="That did not work")
    expect(dialog).to_be_visible()
    expect(page.get_by_label("What happened?")).to_be_focused()
    expect(page.get_by_label("Email")).to_have_value("ada@shop.example")
    page.keyboard.type("The cart lost my books.")
    page.get_by_role("button", name="Tell them").click()
    expect(page.get_by_role("status")).to_have_text("Your report has been sent. Thank you!")
    page.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    expect(page).to_have_title("closed")
    wait_until(lambda: feedback(served[0]), "the log has the feedback")
    (value,) = feedback(served[0])
    assert (value["message"], value["event_id"]) == ("The cart lost my books.", EVENT)


def test_it_is_closed_by_the_keyboard(page: Page) -> None:
    """Escape closes it, and nothing is sent."""
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_title("closed")


def test_it_is_accessible(page: Page, axe: str) -> None:
    """No violation that axe knows, whatever the page allows of styles."""
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)["violations"]
    assert [one["id"] for one in found] == []


def test_a_fault_is_told(page: Page, served: tuple[Site, Created]) -> None:
    """If it cannot be sent, the form says so and stays as it was written."""
    page.route(f"{served[0].address}/**", lambda route: route.abort())
    page.get_by_label("What happened?").fill("It broke.")
    page.get_by_role("button", name="Tell them").click()
    expect(page.get_by_role("status")).to_have_text("Your report could not be sent. Please try again.")
    expect(page.get_by_label("What happened?")).to_have_value("It broke.")
