"""A real headless Chromium, driven by playwright."""

import shutil

from playwright.sync_api import Browser, sync_playwright

from tests.real.process import Missing

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""As `scripts/provide.sh` looks for it."""


class Chromium:
    """Closes what it opened: while it is open, no other event loop can run in this thread."""

    def __init__(self, executable: str) -> None:
        self._playwright = sync_playwright().start()
        self.browser: Browser = self._playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        self.version = f"Chromium {self.browser.version}"

    def close(self) -> None:
        self.browser.close()
        self._playwright.stop()


def open_chromium() -> Chromium:
    """Raises `Missing` where there is none."""
    executable = next((found for name in NAMES if (found := shutil.which(name))), None)
    if executable is None:
        message = "no Chromium here: install it (Debian: apt-get install chromium)"
        raise Missing(message)
    return Chromium(executable)
