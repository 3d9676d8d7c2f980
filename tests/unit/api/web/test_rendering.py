"""Addresses that pages lead to, and that what is written into a page is text."""

import pytest

from api.problems import Problem
from api.web import rendering


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\nb",
        "evil",
        "",
        "/api/v1/projects",
        "javascript:alert(1)",
    ],
)
def test_what_could_lead_elsewhere_leads_to_the_projects(address: str) -> None:
    """Another site, a script, a line break, or a call of the API is no page to go back to."""
    assert rendering.here(address) == "/"


def test_a_page_of_ours_leads_there() -> None:
    """Path and query are kept."""
    address = "/projects/shop/releases/a%2Fb?environment=production"
    assert rendering.here(address) == address


def test_a_link_quotes_every_part() -> None:
    """A release named like a path, a query or a fragment stays one part of the path."""
    assert rendering.link("shop", "releases", "a/b?c#d", environment="x y", fragment="#issues") == (
        "/projects/shop/releases/a%2Fb%3Fc%23d?environment=x+y#issues"
    )


def test_markup_in_what_is_told_is_escaped() -> None:
    """A problem that quotes what somebody sent cannot become part of the page."""
    told = Problem(404, "<script>alert(1)</script>", '"><img src=x>')
    page = rendering.page(
        "problem.html", 404, problem=told, sign_in=False, signed_in=False, next="/", from_elsewhere=False
    )
    assert b"<script>alert" not in page.body
    assert b"<img" not in page.body
    assert page.headers["content-security-policy"] == rendering.POLICY
