"""Addresses in answers: `api.addresses`."""

from urllib.parse import parse_qs, unquote, urlsplit

from api import addresses


def test_a_release_with_a_slash_is_one_part() -> None:
    """What is a slash in a name is encoded; the @ stays readable."""
    address = addresses.page("http://host/", "shop", "releases", "@scope/shop@1.4.2", environment="production")
    assert address == "http://host/projects/shop/releases/@scope%2Fshop@1.4.2?environment=production"


def test_any_name_comes_back() -> None:
    """Spaces, percent signs, question marks and letters of any script survive the way."""
    name = "ä b%2F?c#d&e=f@1"
    parts = urlsplit(addresses.call("http://host", "shop", "releases", name, release=name))
    assert unquote(parts.path.rpartition("/")[2]) == name
    assert parse_qs(parts.query) == {"release": [name]}


def test_what_is_not_asked_is_left_out() -> None:
    """A missing part of the query does not become the text None."""
    assert addresses.call("http://host", "shop", "issues", release=None) == "http://host/api/v1/projects/shop/issues"
