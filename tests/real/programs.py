"""Programs with an unmodified SDK in them: servers that are asked, scripts that are told line by line."""

import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.real import npm, pypi
from tests.real.process import LOOPBACK, Server, accepts, free_port

FOLDER = Path(__file__).parents[1] / "acceptance" / "sdks"
PYTHON_PACKAGES = ("sentry-sdk", "flask", "fastapi", "uvicorn", "django")
NODE_PACKAGES = ("@sentry/node", "express")
SECONDS = 60


def command(name: str) -> list[str]:
    """What runs a program of ``tests/acceptance/sdks`` with the packages of its registry."""
    if name.endswith(".py"):
        return [str(pypi.install(*PYTHON_PACKAGES)), str(FOLDER / name)]
    # Node looks for packages beside the script.
    npm.install(*NODE_PACKAGES)
    script = npm.CACHE / name
    script.write_text((FOLDER / name).read_text())
    return ["node", str(script)]


@dataclass(frozen=True, slots=True)
class Shop:
    """A server program that answers at a port."""

    server: Server
    port: int

    def ask(self, path: str) -> int:
        """The status of what it answers."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}{path}", timeout=SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def end(self) -> None:
        """As Ctrl+C ends it: its SDK sends what it still has."""
        self.server.end(signal.SIGINT)


@contextmanager
def shop(name: str, dsn: str, release: str, output: Path) -> Iterator[Shop]:
    port = free_port()
    line = [*command(name), dsn, release, str(port)]
    server = Server(line, lambda: accepts(port), output)
    server.start()
    try:
        yield Shop(server, port)
    finally:
        server.end(signal.SIGKILL)


class Script:
    """A program that does what it is told, a word a line, and answers each with a line."""

    def __init__(self, line: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - a program of ours
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def tell(self, word: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline().strip() == word

    def crash(self) -> str:
        """Tell it to fail with an error that nobody handles; what it said of that."""
        return self._process.communicate("crash\n", timeout=SECONDS)[1]

    def end(self) -> None:
        """Close its input: it ends by itself."""
        self._process.communicate(timeout=SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left of it in any case."""
        self._process.kill()
        self._process.communicate()
