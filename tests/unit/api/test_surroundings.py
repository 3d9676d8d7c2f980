"""What every answer gets: `api.surroundings`."""

from collections import Counter

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from api.surroundings import Surroundings, area


def _client(answered: Counter[tuple[str, str]]) -> TestClient:
    async def own(_: Request) -> PlainTextResponse:
        return PlainTextResponse("x", headers={"Content-Security-Policy": "default-src 'none'"})

    async def plain(_: Request) -> PlainTextResponse:
        return PlainTextResponse("x")

    app = Starlette(routes=[Route("/own", own), Route("/plain", plain)])
    return TestClient(Surroundings(app, answered))


def test_every_answer_has_the_headers() -> None:
    """A 404 too."""
    client = _client(Counter())
    for path in ("/plain", "/nothing"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]


def test_forms_of_our_own_keep_their_origin() -> None:
    """A policy of no referrer at all would make browsers send `Origin: null`, which is refused."""
    assert _client(Counter()).get("/plain").headers["referrer-policy"] == "same-origin"


def test_an_answer_may_say_otherwise_of_itself() -> None:
    """A header that is there is left as it is."""
    assert _client(Counter()).get("/own").headers["content-security-policy"] == "default-src 'none'"


@pytest.mark.parametrize("address", ["/plain%00", "/plain?release=%00", "/plain?a=b&c=x%00y"])
def test_nul(address: str) -> None:
    """No database keeps a NUL, so no address with one gets that far."""
    answer = _client(Counter()).get(address)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_answers_are_counted() -> None:
    """By area and class of status."""
    answered: Counter[tuple[str, str]] = Counter()
    client = _client(answered)
    client.get("/plain")
    client.get("/nothing")
    assert answered == {("page", "2xx"): 1, ("page", "4xx"): 1}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/7/envelope/", "intake"),
        ("//api/7/store", "intake"),
        ("/api/7/what", "intake"),
        ("/api/store/", "intake"),
        ("/api/embed/error-page/", "intake"),
        ("/api/abc/envelope/", "intake"),
        ("/api/0/organizations/shop/releases/", "api"),
        ("/api/v1/projects/shop/gate", "api"),
        ("/api/v1/envelope", "api"),
        ("/api", "api"),
        ("/readyz", "health"),
        ("/projects/shop", "page"),
        ("/", "page"),
    ],
)
def test_areas(path: str, name: str) -> None:
    """Few areas, whatever addresses strangers try."""
    assert area(path) == name
