"""What is taken out before the log, and what stays."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from models.domain.project import Scrubbing
from models.wire.scrubbing.forms import FILTERED
from models.wire.scrubbing.names import Names
from models.wire.scrubbing.scrubber import scrubber

CARD = "4111 1111 1111 1111"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl"
KEY_TEXT = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"


DEFAULT = Scrubbing()


def scrub(value: Any, project: Scrubbing = DEFAULT) -> tuple[Any, dict[str, int]]:
    """An event without its secrets, and how often each rule found one."""
    found = Counter[str]()
    encoded = json.dumps(value, ensure_ascii=False).encode()
    return scrubber(project).event(value, encoded, found), dict(found)


def scrubbed(value: Any, project: Scrubbing = DEFAULT) -> Any:
    return scrub(value, project)[0]


def scrub_text(text: str) -> str:
    return scrubber(DEFAULT).text(text, Counter())


HIDDEN_KEYS = (
    "password PASSWORD db_password passwd mysql_pwd secret client-secret api_key apiKey api-key apikey auth"
    " Authorization oauth x-auth-token credentials private_key privateKey token access_token otp two-factor cookie"
    " Cookies Set-Cookie sessionid PHPSESSID csrftoken X-Forwarded-For REMOTE_ADDR AWS_SECRET_ACCESS_KEY"
)
PLAIN_KEYS = (
    "author authors authority authored_by author_id name key keyboard monkey session_count sessions passenger compass"
    " filename function lineno module in_app environment release trace_id span_id footpath address robot"
)


@pytest.mark.parametrize("key", HIDDEN_KEYS.split())
def test_secret_keys_lose_their_value(key: str) -> None:
    """The value under a secret's name is gone, at any depth, whatever its kind."""
    assert Names(DEFAULT)[key]
    event = {"extra": {"deep": [{key: "hunter2"}, {key: {"a": "hunter2"}}, [key, "hunter2"]]}}
    assert "hunter2" not in json.dumps(scrubbed(event))


@pytest.mark.parametrize("key", PLAIN_KEYS.split())
def test_plain_keys_keep_their_value(key: str) -> None:
    """Names that only look like a secret's keep their value: an author is no authorization."""
    assert scrubbed({"extra": {key: "kept"}}) == {"extra": {key: "kept"}}


SECRETS = {
    "card number": (f"paid with {CARD} today", CARD),
    "card number without spaces": ("card 5500005555555559", "5500005555555559"),
    "card number with dashes": ("card 3782-822463-10005.", "822463"),
    "social security number": ("ssn 123-45-6789", "123-45-6789"),
    "bank account": ("to DE89 3704 0044 0532 0130 00 now", "0532"),
    "private key": (f"key: {KEY_TEXT} end", "MIIEow"),
    "private key cut off": (KEY_TEXT[:45], "MIIEow"),
    "bearer token": ("Authorization failed for Bearer abcdef0123456789", "abcdef0123456789"),
    "JSON web token": (f"got {JWT}", "eyJzdWIi"),
    "URL credentials": ("connect postgres://app:hunter2@db/shop failed", "hunter2"),
    "URL token": ("GET https://shop/x?a=1&token=hunter2&b=2", "hunter2"),
    "query string": ("a=1&access_token=hunter2", "hunter2"),
    "assignment": ("login(password=hunter2) failed", "hunter2"),
    "assignment in quotes": ('password="hunter2 and more"', "hunter2"),
    "Python's repr": ("{'user': 1, 'password': 'hunter2'}", "hunter2"),
    "JSON in a text": ('{"api_key": "hunter2"}', "hunter2"),
    "cookie header": ("Cookie: a=b; sid=hunter2", "hunter2"),
    "session in a cookie": ("theme=dark; sessionid=hunter2", "hunter2"),
    "e-mail": ("no mailbox for jo.doe+x@mail.example.com", "jo.doe"),
}
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "message": lambda text: {"message": text},
    "exception value": lambda text: {"exception": {"values": [{"type": "E", "value": text}]}},
    "frame variable": lambda text: {"exception": {"values": [{"stacktrace": {"frames": [{"vars": {"x": text}}]}}]}},
    "request": lambda text: {"request": {"url": text, "query_string": text, "data": text}},
    "breadcrumb": lambda text: {"breadcrumbs": {"values": [{"message": text, "data": {"url": text}}]}},
    "environment of a process": lambda text: {"extra": {"environ": {"WHAT": text}}},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SECRETS)
def test_secrets_in_text_are_taken_out(name: str, place: str) -> None:
    """A secret in any value is gone, and the words around it stay."""
    text, secret = SECRETS[name]
    assert secret not in json.dumps(scrubbed(PLACES[place](text)))
    assert secret not in scrub_text(text)


PLAIN = {
    "order number": "order 4111111111111112 failed",
    "time in milliseconds": "at 1795390740000",
    "hexadecimal id": "trace 0123456789abcdef0123456789abcdef",
    "hexadecimal id that holds a card number": "trace da4a17f0dae4111111111111111ac1a2",
    "date": "2026-11-22T23:39:00Z",
    "release": "shop@1.5.0 and @sentry/node@11.12.0",
    "path": "/srv/node_modules/@sentry/core/build/cjs/index.js",
    "address": "https://shop.example.com/cart?page=2",
    "comparison": "if token == other: raise",
    "phone-like": "part 12-345-678",
    "prose": "the author of this token did not authenticate",
    "basic words": "Basic authentication failed",
}


@pytest.mark.parametrize("name", PLAIN)
def test_other_text_stays(name: str) -> None:
    """What only resembles a secret is left alone: a scrubbed message helps nobody."""
    assert scrubbed({"message": PLAIN[name]}) == {"message": PLAIN[name]}


def test_an_event_without_secrets_is_the_same_object() -> None:
    """Nothing found means nothing copied, so that it need not be encoded again."""
    event = {"message": "plain"}
    value, found = scrub(event)
    assert value is event
    assert found == {}


def test_what_was_found_is_counted_by_rule() -> None:
    """The report says how often each rule found something, and not what."""
    event = {"message": f"{CARD} and 123-45-6789", "extra": {"password": "hunter2", "token": "x"}}
    _, found = scrub(event)
    assert found == {"card_number": 1, "social_security_number": 1, "secret_name": 2}


def test_a_card_number_as_a_number_is_taken_out() -> None:
    """A card number that is no text is found too."""
    assert scrubbed({"extra": {"n": 4111111111111111}}) == {"extra": {"n": FILTERED}}


def test_versions_of_packages_stay() -> None:
    """`modules` maps names of packages to versions; `authlib` there is no secret."""
    event = {"modules": {"authlib": "1.3", "tokenizers": "0.2"}}
    assert scrubbed(event) == event


def test_truth_and_absence_are_no_secrets() -> None:
    """`authenticated: true` and an empty cookie say nothing that must be hidden."""
    event = {"extra": {"authenticated": True, "cookies": {}, "token": None, "auth": False}}
    assert scrubbed(event) == event


def test_scrubbing_twice_changes_nothing_more() -> None:
    """What was scrubbed stays as it is."""
    for text, _ in SECRETS.values():
        once = scrub_text(text)
        assert scrub_text(once) == once


HOSTILE = {
    "words": "token" * 40_000,
    "digits": "4" * 200_000,
    "digits apart": "4 " * 100_000,
    "signs": "token=" * 30_000,
    "quotes": "'token': '" * 20_000,
    "at": "a@" * 100_000,
    "dots": "a@b" + ".c" * 100_000,
    "capitals": "AA00 " * 40_000,
    "keys": "-----BEGIN PRIVATE KEY-----" * 8_000,
    "schemes": "a://" * 50_000,
    "bearers": "bearer " * 30_000,
    "web tokens": "eyJaaaaaaaa-" * 20_000 + ".eyJ",
    "colons": ("a://" + ":" * 600) * 300 + "@",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_ends(name: str) -> None:
    """Text made to make patterns backtrack is done with; a quadratic pattern would hang here."""
    assert isinstance(scrubbed({"message": HOSTILE[name]}), dict)
