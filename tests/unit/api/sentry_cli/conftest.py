"""The application with a store and a log of its own, and a client with the token of the project ``shop``."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.fakes.api import Serving, serving

ROOT = "/api/0/organizations/seatrial"


@dataclass
class Cli:
    """What sentry-cli would ask, as whom the token says."""

    serving: Serving
    client: TestClient

    def call(self, method: str, path: str, value: Any = None, status: int = 200) -> Any:
        """The JSON answer; ``path`` after the organization."""
        answer = self.client.request(method, f"{ROOT}{path}", json=value)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def told(self, release: str, **more: Any) -> None:
        answer = self.client.post(f"{ROOT}/releases/", json={"version": release, "projects": ["shop"]} | more)
        assert answer.status_code in {201, 208}, answer.text


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[Cli]:
    with serving(tmp_path) as started:
        yield Cli(started, started.elsewhere(authorization=f"Bearer {started.shop.token}"))
