"""Every page as a picture, light and dark, wide and narrow, over the demo's history.

``python -m benchmarks.screenshots`` renews the few in ``docs/screenshots``; ``python -m benchmarks.screenshots FOLDER``
writes all of them there. Clock, seed, locale and zone are fixed, so that the same pages give the same pictures.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser
from sqlalchemy import Engine, select

from api.issues import listing
from api.web.rendering import link
from models.store import tables
from tests.real import site
from tests.real.chromium import open_chromium
from tests.real.site import Site

DOCS = Path(__file__).parents[1] / "docs" / "screenshots"
SEED, FRACTION = 1, 1.0
HEIGHT = 800
MOST, WHOLE = 1_800, 20_000
"""Pixels of height: the repository holds the upper part of long pages."""
NARROW, WIDE = 320, 1280
KEPT = {"releases", "release", "issue"}
KEPT_NARROW = {"release-light-320", "release-dark-320"}


@dataclass(frozen=True, slots=True)
class View:
    page: str
    theme: str
    width: int

    @property
    def name(self) -> str:
        return f"{self.page}-{self.theme}-{self.width}"

    @property
    def kept(self) -> bool:
        """Whether it is one of the few in the repository."""
        return self.name in KEPT_NARROW if self.width == NARROW else self.page in KEPT


def main(folder: Path, *, few: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="seatrial-screenshots-") as temporary:
        place = Path(temporary)
        with site.store(place) as engine:
            print("filling a store with the demo's history …")
            site.fill(engine, FRACTION, SEED)
            with site.serving(engine, place) as served:
                _draw(served, folder, few=few)


def _draw(served: Site, folder: Path, *, few: bool) -> None:
    chromium = open_chromium()
    try:
        pages = dict(_pages(served.engine))
        for view in (
            View(page, theme, width) for page in pages for theme in ("light", "dark") for width in (WIDE, NARROW)
        ):
            if view.kept or not few:
                target = folder / f"{view.name}.png"
                _shoot(chromium.browser, view, f"{served.address}{pages[view.page]}", target, MOST if few else WHOLE)
                print(f"{target} ({target.stat().st_size / 1000:.0f} KB)")
    finally:
        chromium.close()


def _shoot(browser: Browser, view: View, address: str, target: Path, most: int) -> None:
    context = browser.new_context(
        color_scheme="dark" if view.theme == "dark" else "light",
        viewport={"width": view.width, "height": HEIGHT},
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    tab = context.new_page()
    tab.goto(address)
    height = min(int(tab.evaluate("document.documentElement.scrollHeight")), most)
    tab.screenshot(path=target, full_page=True, clip={"x": 0, "y": 0, "width": view.width, "height": height})
    context.close()


def _pages(engine: Engine) -> Iterator[tuple[str, str]]:
    """By name, each page's address: of the first release that was rolled back, its worst issue, and that decision."""
    columns = tables.decision.c
    with engine.connect() as connection:
        graver = (columns.verdict == "rollback").desc()
        taken = connection.execute(select(tables.decision).order_by(graver, columns.decided_at).limit(1)).one()
    of = {"environment": taken.environment}
    release = link(taken.project, "releases", taken.release, **of)
    yield "projects", "/"
    yield "sign-in", "/sign-in"
    yield "releases", link(taken.project, "releases", **of)
    yield "release", release
    yield "release-as-seen", f"{release}&at={taken.decision}"
    yield "issues", link(taken.project, "issues", **of)
    yield (
        "issue",
        link(taken.project, "issues", _issue(engine, taken.project, taken.release), **of, release=taken.release),
    )
    yield "feedback", link(taken.project, "feedback", **of, release=taken.release)
    yield "decisions", link(taken.project, "decisions", **of)
    yield "decision", link(taken.project, "decisions", taken.decision)
    yield "not-found", link(taken.project, "releases", "no@1.0.0", **of)


def _issue(engine: Engine, project: str, release: str) -> str:
    """The issue that hurts most users of a release."""
    with engine.connect() as connection:
        return listing.of_release(connection, project, "production", release, limit=1).items[0].issue.issue


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else DOCS, few=not sys.argv[1:])
