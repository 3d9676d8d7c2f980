"""sentry-protocol.md, 1.3, row by row: who may send, and what is said to whom may not. Over the whole application."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest

from tests.fakes.intake import envelope
from tests.fakes.protocol import EVENT, Wire

FOREIGN = "f" * 32


@dataclass(frozen=True)
class Sent:
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    dsn: object = None


Make: TypeAlias = Callable[[str], Sent]
"""Of the project's key."""


def header(value: str) -> Make:
    return lambda key: Sent({"X-Sentry-Auth": value.format(key=key)})


def authorization(value: str) -> Make:
    return lambda key: Sent({"Authorization": value.format(key=key)})


def basic(credentials: str) -> Make:
    return lambda key: Sent({"Authorization": f"Basic {_encoded(credentials.format(key=key))}"})


def query(text: str) -> Make:
    return lambda key: Sent(query=text.format(key=key))


def dsn(text: object) -> Make:
    return lambda key: Sent(dsn=text.format(key=key) if isinstance(text, str) else text)


def both(one: Make, other: Make) -> Make:
    def make(key: str) -> Sent:
        first, second = one(key), other(key)
        return Sent({**first.headers, **second.headers}, first.query or second.query, first.dsn or second.dsn)

    return make


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


TAKEN: dict[str, Make] = {
    "X-Sentry-Auth: Sentry k=v, k=v": header("Sentry sentry_key={key}, sentry_client=sentry.python/2.75.0"),
    "Authorization: Sentry ...": authorization("Sentry sentry_key={key}, sentry_version=7"),
    "Authorization: Basic base64(key:)": basic("{key}:"),
    "Basic with an old secret": basic("{key}:0123456789abcdef"),
    "query ?sentry_key=&sentry_version=7&sentry_client=": query(
        "sentry_key={key}&sentry_version=7&sentry_client=sentry.javascript.browser%2F11.12.0"
    ),
    "envelope header dsn": dsn("https://{key}@shop.example/1"),
    "dsn with a secret and a prefix": dsn("https://{key}:secret@shop.example:9000/pre/fix/1"),
    "scheme word case-insensitive": header("sENTRY sentry_key={key}"),
    "separators , without spaces": header("Sentry sentry_version=7,sentry_key={key},sentry_client=x/1"),
    "separators , with many spaces": header("Sentry   sentry_version = 7 ,   sentry_key = {key} ,"),
    "no scheme word": header("sentry_key={key}, sentry_version=7"),
    "sentry-cli's extra sentry_timestamp": header("Sentry sentry_key={key}, sentry_timestamp=1790000000.5"),
    "an obsolete secret": header("Sentry sentry_key={key}, sentry_secret=abc"),
    "capitals": query("sentry_key={key}&sentry_version=7"),
    'empty X-Sentry-Auth: "" is ignored': both(header(""), query("sentry_key={key}")),
    "another's Authorization is ignored": both(authorization("Bearer abc"), query("sentry_key={key}")),
    "version 8, the newest": header("Sentry sentry_key={key}, sentry_version=8"),
    "version 2.0, the oldest": header("Sentry sentry_key={key}, sentry_version=2.0"),
    "more than one, the same key": both(header("Sentry sentry_key={key}"), query("sentry_key={key}")),
    "header and dsn, the same key": both(header("Sentry sentry_key={key}"), dsn("https://{key}@shop.example/1")),
}

REFUSED: dict[str, tuple[Make, int, str]] = {
    "more than one: conflict of header and query": (
        both(header("Sentry sentry_key={key}"), query(f"sentry_key={FOREIGN}")),
        401,
        "multiple authorization payloads detected",
    ),
    "conflict of both headers": (
        both(header("Sentry sentry_key={key}"), authorization(f"Sentry sentry_key={FOREIGN}")),
        401,
        "multiple authorization payloads detected",
    ),
    "conflict within the query": (
        query(f"sentry_key={{key}}&sentry_key={FOREIGN}"),
        401,
        "multiple authorization payloads detected",
    ),
    "conflict within one header": (
        header(f"Sentry sentry_key={{key}}, sentry_key={FOREIGN}"),
        401,
        "multiple authorization payloads detected",
    ),
    "none, and no dsn header": (query(""), 401, "missing authorization information"),
    "a header without a key": (header("Sentry sentry_version=7"), 401, "missing authorization information"),
    "envelope dsn of another project": (
        both(header("Sentry sentry_key={key}"), dsn("https://{key}@shop.example/2")),
        400,
        "envelope header mismatch",
    ),
    "envelope dsn of another key": (
        both(header("Sentry sentry_key={key}"), dsn(f"https://{FOREIGN}@shop.example/1")),
        400,
        "envelope header mismatch",
    ),
    "envelope dsn is no dsn": (both(header("Sentry sentry_key={key}"), dsn([1])), 400, "envelope header mismatch"),
    "version > 8": (header("Sentry sentry_key={key}, sentry_version=9"), 400, "unsupported protocol version"),
    "version > 8 in the query": (query("sentry_key={key}&sentry_version=9"), 400, "unsupported protocol version"),
    "version is no number": (header("Sentry sentry_key={key}, sentry_version=x"), 400, "unsupported protocol version"),
    "bad key format": (query("sentry_key=not-a-key"), 400, "invalid public key"),
    "Basic is no base64": (authorization("Basic ???"), 401, "bad authorization"),
    "a key of nobody": (query(f"sentry_key={FOREIGN}"), 403, "project unknown or key mismatch"),
    "a dsn of nobody": (dsn(f"https://{FOREIGN}@shop.example/1"), 403, "project unknown or key mismatch"),
}


def ask(wire: Wire, sent: Sent, number: str = "1") -> tuple[int, str, dict[str, int]]:
    body = envelope(("event", EVENT), headers={} if sent.dsn is None else {"dsn": sent.dsn})
    told = wire.ask("POST", f"/api/{number}/envelope/?{sent.query}", body, sent.headers)
    return told.status, told.json.get("detail", ""), dict(told.fates)


@pytest.mark.parametrize("row", TAKEN)
def test_a_key_is_found(wire: Wire, row: str) -> None:
    """The key counts wherever it stands."""
    assert ask(wire, TAKEN[row](wire.key)) == (200, "", {"error accepted": 1})


def test_capitals_are_the_same_key(wire: Wire) -> None:
    """Hexadecimal characters in capitals are the same."""
    assert ask(wire, query("sentry_key={key}")(wire.key.upper())) == (200, "", {"error accepted": 1})


@pytest.mark.parametrize("row", REFUSED)
def test_who_may_not_send(wire: Wire, row: str) -> None:
    """The code says whether none, several, a bad or a foreign key was sent."""
    make, status, detail = REFUSED[row]
    found, said, fates = ask(wire, make(wire.key))
    assert (found, said) == (status, detail)
    assert sum(fates.values()) in {0, 1}
    assert "error accepted" not in fates


@pytest.mark.parametrize(("number", "status"), [("abc", 400), ("1x", 400), ("2", 403), ("9" * 30, 400), ("99", 403)])
def test_the_project_in_the_address(wire: Wire, number: str, status: int) -> None:
    """Bad pid format is a 400, another project's number or nobody's a 403."""
    assert ask(wire, query("sentry_key={key}")(wire.key), number)[0] == status


def test_a_stranger_writes_to_nobodys_ledger(wire: Wire) -> None:
    """What nobody may send is counted for nobody."""
    assert ask(wire, query(f"sentry_key={FOREIGN}")(wire.key))[2] == {}
