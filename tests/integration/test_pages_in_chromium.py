"""Every page in a real Chromium: accessible, calm, whole without JavaScript, and usable from the keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Dialog, Page
from sqlalchemy import select

from api.web.rendering import link
from models.store import tables
from tests.fakes import strangers
from tests.real.chromium import Chromium
from tests.real.site import Site

VIEWS = [(theme, width) for theme in ("light", "dark") for width in (1280, 320)]
PAGES = (
    "projects",
    "sign-in",
    "releases",
    "release",
    "release as seen",
    "strange release",
    "issue",
    "strange issue",
    "issues",
    "resolved issue",
    "refused command",
    "merged issue",
    "refused merge",
    "refused split",
    "feedback",
    "decisions",
    "decision",
    "refused outcome",
    "not found",
    "not connected",
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REFUSED = {
    "refused outcome": "Record",
    "refused command": "Record",
    "refused merge": "Merge",
    "refused split": "Split off",
}
"""By page, the button whose form is sent empty."""
FOCUSABLE = "a[href], button:not([hidden]), input:not([type=hidden]), textarea, summary, [tabindex='0']"


@dataclass
class Visit:
    tab: Page
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(message.text)

    def dismiss(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def visiting(chromium: Chromium, **options: Any) -> Iterator[Visit]:
    """A fresh context that writes down what goes wrong and whom it asks."""
    context = chromium.browser.new_context(locale="en-GB", timezone_id="UTC", **options)
    visit = Visit(context.new_page())
    visit.tab.on("console", visit.hear)
    visit.tab.on("pageerror", lambda error: visit.faults.append(str(error)))
    visit.tab.on("dialog", visit.dismiss)
    visit.tab.on("request", lambda request: visit.hosts.add(urlsplit(request.url).netloc))
    yield visit
    context.close()


@pytest.fixture(scope="module")
def addresses(shop: Site) -> dict[str, str]:
    """By name, the address of each page."""
    with shop.engine.connect() as connection:
        decided = connection.execute(select(tables.decision).where(tables.decision.c.verdict == "rollback")).all()[-1]
        seen = tables.issue_seen.c
        strange = connection.execute(select(seen.issue).where(seen.environment == "staging")).scalars().first()
    release = link("shop", "releases", decided.release, environment="production")
    return {
        "projects": "/",
        "sign-in": "/sign-in",
        "releases": "/projects/shop/releases",
        "release": release,
        "release as seen": f"{release}&at={decided.decision}",
        "strange release": link("shop", "releases", strangers.RELEASE, environment="staging"),
        "issue": "/projects/shop/issues/SHOP-1",
        "issues": "/projects/shop/issues",
        "resolved issue": "/projects/shop/issues/SHOP-2",
        "refused command": "/projects/shop/issues/SHOP-1",
        "merged issue": "/projects/shop/issues/SHOP-4",
        "refused merge": "/projects/shop/issues/SHOP-1",
        "refused split": "/projects/shop/issues/SHOP-3",
        "strange issue": link("shop", "issues", str(strange), environment="staging"),
        "feedback": "/projects/shop/feedback",
        "decisions": "/projects/shop/decisions",
        "decision": f"/projects/shop/decisions/{decided.decision}",
        "refused outcome": f"/projects/shop/decisions/{decided.decision}",
        "not found": "/projects/shop/releases/shop@9.9.9",
        "not connected": "/projects/empty/releases",
    }


def go(visit: Visit, shop: Site, name: str, address: str) -> None:
    visit.tab.goto(f"{shop.address}{address}")
    pause = visit.tab.get_by_role("button", name="Pause")
    if pause.is_visible():  # else it looks again while it is looked at
        pause.click()
    if name in REFUSED:
        visit.tab.evaluate("document.querySelectorAll('form.form').forEach((one) => one.noValidate = true)")
        visit.tab.get_by_role("button", name=REFUSED[name]).click()
        visit.tab.get_by_role("alert").wait_for()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_calm(
    shop: Site, chromium: Chromium, axe: str, addresses: dict[str, str], name: str
) -> None:
    """Nothing is found by axe in light and dark, wide and narrow; nothing overflows, fails, or is asked of others."""
    for theme, width in VIEWS:
        view = {"width": width, "height": 800}
        with visiting(chromium, color_scheme=theme, viewport=view, reduced_motion="reduce") as visit:
            go(visit, shop, name, addresses[name])
            if theme == "light":  # folded parts have the same tokens, and axe takes long over them
                visit.tab.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
            visit.tab.evaluate(axe)
            found = visit.tab.evaluate(f"axe.run({{runOnly: {TAGS}}})")
            assert len(found["passes"]) > 10
            assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]] == []
            assert visit.tab.evaluate("document.documentElement.scrollWidth") == width
            text = visit.tab.inner_text("body")
            assert not [word for word in ("NaN", "None", "undefined", "null") if word in text.replace("NoneType", "")]
            words = visit.tab.locator(".st").all_inner_texts()
            assert all(word.strip() for word in words)
            missing = {"not found": 404, **dict.fromkeys(REFUSED, 422)}.get(name)
            assert [fault for fault in visit.faults if not missing or str(missing) not in fault] == []
            assert visit.hosts == {urlsplit(shop.address).netloc}


@pytest.mark.parametrize("name", [name for name in PAGES if name not in REFUSED])
def test_a_page_is_whole_without_javascript(
    shop: Site, chromium: Chromium, addresses: dict[str, str], name: str
) -> None:
    """Its text and the number of its links are the same with scripts and without."""
    told = []
    for scripts in (True, False):
        with visiting(chromium, java_script_enabled=scripts) as visit:
            visit.tab.goto(f"{shop.address}{addresses[name]}")
            told.append((visit.tab.locator("main").text_content(), visit.tab.locator("a[href]").count()))
    assert told[0][1] == told[1][1]
    assert "".join((told[0][0] or "").split()) == "".join((told[1][0] or "").split())


@pytest.mark.parametrize("name", ["releases", "release", "issue", "issues", "decision", "feedback"])
def test_the_keyboard_reaches_everything_in_order(
    shop: Site, chromium: Chromium, addresses: dict[str, str], name: str
) -> None:
    """Tab goes through every link, field and scrolling region in the order of the page, and shows where it is."""
    with visiting(chromium, viewport={"width": 1280, "height": 800}) as visit:
        visit.tab.goto(f"{shop.address}{addresses[name]}")
        wanted = visit.tab.evaluate(
            f"""[...document.querySelectorAll("{FOCUSABLE}")]
            .filter((one) => one.checkVisibility() && !(one.type === 'radio' && one !== one.form.elements[one.name][0]))
            .map((one, place) => (one.dataset.place = place))"""
        )
        reached = []
        for _ in wanted:
            visit.tab.keyboard.press("Tab")
            focus = visit.tab.evaluate(
                "[document.activeElement.dataset.place, getComputedStyle(document.activeElement).outlineStyle]"
            )
            assert focus[1] != "none"
            reached.append(int(focus[0]))
        assert reached == wanted


def test_j_and_k_go_from_row_to_row(shop: Site, chromium: Chromium) -> None:
    """They move the focus, and open nothing by themselves."""
    with visiting(chromium) as visit:
        visit.tab.goto(f"{shop.address}/projects/shop/releases")
        names = visit.tab.locator("a.row").all_inner_texts()
        visit.tab.keyboard.press("j")
        visit.tab.keyboard.press("j")
        assert visit.tab.evaluate("document.activeElement.textContent") == names[1]
        visit.tab.keyboard.press("k")
        assert visit.tab.evaluate("document.activeElement.textContent") == names[0]
        assert visit.tab.url.endswith("/projects/shop/releases")


def test_a_watched_release_can_be_paused(shop: Site, chromium: Chromium) -> None:
    """Its page says that it looks again, and the button stops that and says so."""
    with visiting(chromium) as visit:
        visit.tab.goto(f"{shop.address}{link('shop', 'releases', strangers.RELEASE, environment='staging')}")
        visit.tab.get_by_text("this page looks again").wait_for()
        visit.tab.get_by_role("button", name="Pause").click()
        visit.tab.get_by_text("what you see does not change").wait_for()
        assert visit.tab.get_by_role("button", name="Go on").is_visible()


def test_a_person_says_whether_a_decision_was_right(shop: Site, chromium: Chromium, addresses: dict[str, str]) -> None:
    """From the release's page by its form, without JavaScript, to a page that thanks."""
    with visiting(chromium, java_script_enabled=False) as visit:
        visit.tab.goto(f"{shop.address}{addresses['release']}")
        visit.tab.get_by_label("a false alarm").check()
        visit.tab.get_by_label("Why").fill("the disk was slow")
        visit.tab.get_by_label("Your name").fill("ana")
        visit.tab.get_by_role("button", name="Record").click()
        assert "Recorded" in visit.tab.get_by_role("status").inner_text()


def test_a_person_resolves_an_issue(shop: Site, chromium: Chromium) -> None:
    """By the form of its page, without JavaScript, with what follows said before and after."""
    with visiting(chromium, java_script_enabled=False) as visit:
        visit.tab.goto(f"{shop.address}/projects/shop/issues/SHOP-3")
        form = visit.tab.get_by_role("region", name="Resolve, mute")  # the page has others that ask why
        form.get_by_label("Resolved in the next release.").check()
        form.get_by_label("Why", exact=True).fill("the rounding is mended")
        form.get_by_label("Your name").fill("ana")
        form.get_by_role("button", name="Record").click()
        assert "Recorded. An event from a release after" in visit.tab.get_by_role("status").inner_text()
        assert "the rounding is mended" in visit.tab.inner_text("main")


def test_the_chart_follows_theme_and_width(shop: Site, chromium: Chromium, addresses: dict[str, str]) -> None:
    """A dark, narrow window gets the picture that was drawn for it, and it is really drawn."""
    for theme, width in VIEWS:
        with visiting(chromium, color_scheme=theme, viewport={"width": width, "height": 800}) as visit:
            visit.tab.goto(f"{shop.address}{addresses['release']}")
            source, natural = visit.tab.locator("figure img").evaluate("(one) => [one.currentSrc, one.naturalWidth]")
            assert f"theme={theme}" in source
            assert ("width=320" in source) == (width == 320)
            assert natural > 200
            assert visit.faults == []


def test_states_keep_their_shapes_in_forced_colours(shop: Site, chromium: Chromium, addresses: dict[str, str]) -> None:
    """Where the system chooses the colours, shape and word are still there."""
    with visiting(chromium, forced_colors="active") as visit:
        visit.tab.goto(f"{shop.address}{addresses['decisions']}")
        for one in visit.tab.locator(".st").all():
            assert one.locator("svg").is_visible()
            assert one.inner_text().strip()
