"""A page with the unmodified @sentry/browser, bundled by esbuild and served on the loopback."""

import functools
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.real import npm
from tests.real.process import LOOPBACK
from tests.real.programs import FOLDER


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing: a test says itself what it asked."""


@contextmanager
def page(folder: Path) -> Iterator[str]:
    """The address of the page."""
    modules = npm.install("@sentry/browser", "esbuild")
    folder.mkdir()
    (folder / "index.html").write_text('<!doctype html><title>shop</title><script src="bundle.js"></script>')
    source = npm.CACHE / "page.js"
    source.write_text((FOLDER / "page.js").read_text())
    command = [str(modules / ".bin" / "esbuild"), str(source), "--bundle", f"--outfile={folder / 'bundle.js'}"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a tool that the lock of npm names
    server = ThreadingHTTPServer((LOOPBACK, 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/index.html"
    finally:
        server.shutdown()
        server.server_close()


def visit(address: str, dsn: str, release: str) -> str:
    """The address at which the page reports to a DSN as a release."""
    return f"{address}?{urlencode({'dsn': dsn, 'release': release})}"
