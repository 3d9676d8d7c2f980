"""Bodies in hand, bounded by what their project holds already, whoever reads them."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from api import failures
from api.uploads import Uploads


@pytest.fixture
def client() -> Iterator[TestClient]:
    """An application that reads bodies and keeps none, with room for 1,000 bytes."""
    app = FastAPI()
    failures.handle(app)

    @app.post("/api/v1/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(Uploads, most_bytes=1_000)
    with TestClient(app) as asking:
        yield asking


def test_a_body_within_its_share_is_read(client: TestClient) -> None:
    """Again and again: what was answered holds nothing."""
    assert [client.post("/api/v1/size", content=bytes(500)).json() for _ in range(5)] == [500] * 5


def test_a_body_beyond_its_share_is_refused(client: TestClient) -> None:
    """503 with when to come again, as a problem; and the next one is read."""
    answer = client.post("/api/v1/size", content=bytes(501))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Too many bodies are being read"
    assert "retry in a moment" in answer.json()["detail"].lower()
    assert client.post("/api/v1/size", content=bytes(500)).json() == 500
