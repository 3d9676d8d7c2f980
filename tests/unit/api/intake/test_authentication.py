"""The five ways to name a key."""

import base64

import pytest

from api.intake.opening.authentication import admit, dsn_key, project_number, public_key
from api.intake.refusal import Refusal
from tests.fakes.intake import KEY, PROJECT

OTHER = "f" * 32
SENTRY = f"Sentry sentry_key={KEY}, sentry_version=7"
BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()

Pairs = list[tuple[str, str]]

NAMED: dict[str, tuple[Pairs, Pairs, str | None]] = {
    "header": ([("x-sentry-auth", SENTRY)], [], KEY),
    "header without spaces": (
        [("x-sentry-auth", f"sentry sentry_version=7,sentry_key={KEY},sentry_client=x/1")],
        [],
        KEY,
    ),
    "header with newlines": ([("x-sentry-auth", f"SENTRY sentry_key={KEY},\n sentry_version=7")], [], KEY),
    "header with a secret": ([("x-sentry-auth", f"{SENTRY}, sentry_secret={OTHER}")], [], KEY),
    "authorization": ([("authorization", SENTRY)], [], KEY),
    "basic": ([("authorization", BASIC)], [], KEY),
    "query": ([], [("sentry_key", KEY), ("sentry_version", "7")], KEY),
    "capitals": ([], [("sentry_key", KEY.upper())], KEY),
    "the same twice": ([("x-sentry-auth", SENTRY)], [("sentry_key", KEY)], KEY),
    "an empty header": ([("x-sentry-auth", "")], [], None),
    "somebody else's authorization": ([("authorization", "Bearer abc")], [], None),
    "nothing": ([], [], None),
}

REFUSED: dict[str, tuple[Pairs, Pairs, int]] = {
    "conflict": ([("x-sentry-auth", SENTRY)], [("sentry_key", OTHER)], 401),
    "bad basic": ([("authorization", "Basic !!!")], [], 401),
    "basic beyond ASCII": ([("authorization", "Basic \x80")], [], 401),
    "short key": ([], [("sentry_key", "abc")], 400),
    "empty key": ([], [("sentry_key", "")], 400),
    "key with odd characters": ([], [("sentry_key", "٣" * 32)], 400),
    "version from the future": ([], [("sentry_key", KEY), ("sentry_version", "9")], 400),
    "version no number": ([], [("sentry_key", KEY), ("sentry_version", "seven")], 400),
    "version beyond integers": ([], [("sentry_key", KEY), ("sentry_version", "9" * 5_000)], 400),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_key_is_found(name: str) -> None:
    """The key is found wherever an SDK puts it."""
    headers, query, key = NAMED[name]
    assert public_key(headers, query) == key


@pytest.mark.parametrize("name", REFUSED)
def test_bad_credentials_are_refused(name: str) -> None:
    """A conflict is a 401, a bad format a 400."""
    headers, query, status = REFUSED[name]
    with pytest.raises(Refusal) as raised:
        public_key(headers, query)
    assert raised.value.status == status


@pytest.mark.parametrize(
    "dsn",
    ["https://{0}@host/42", "https://{0}:secret@host:9000/pre/fix/42", "http://{0}@host/0042", "http://{0}@host/42/"],
)
def test_the_dsn_names_a_key(dsn: str) -> None:
    """A DSN in the envelope counts as credentials, with a prefix and an old secret too."""
    assert dsn_key({"dsn": dsn.format(KEY)}, 42) == KEY


@pytest.mark.parametrize("dsn", [f"https://{KEY}@host/43", "no dsn", 5, "https://[bad", f"https://{KEY}@host/", ""])
def test_a_foreign_dsn_is_refused(dsn: object) -> None:
    """A DSN of another project, or none at all, is a 400."""
    with pytest.raises(Refusal) as raised:
        dsn_key({"dsn": dsn}, 42)
    assert raised.value.status == 400


@pytest.mark.parametrize(
    ("known", "named", "in_dsn", "status"),
    [
        (True, None, None, 401),
        (True, OTHER, None, 403),
        (False, KEY, None, 403),
        (True, KEY, OTHER, 400),
    ],
)
def test_who_may_not_send(known: bool, named: str | None, in_dsn: str | None, status: int) -> None:  # noqa: FBT001 - a table
    """No key is a 401, an unknown project or key a 403, two keys a 400."""
    with pytest.raises(Refusal) as raised:
        admit(PROJECT if known else None, named, in_dsn)
    assert raised.value.status == status


@pytest.mark.parametrize(("named", "in_dsn"), [(KEY, None), (None, KEY), (KEY, KEY)])
def test_who_may_send(named: str | None, in_dsn: str | None) -> None:
    """One key of the project's own is enough."""
    assert admit(PROJECT, named, in_dsn) is PROJECT


@pytest.mark.parametrize("text", ["", "abc", "4 2", "-1", "٤٢", "9" * 30, "v1"])
def test_a_project_is_a_number(text: str) -> None:
    """Anything but ASCII digits in the address is a 400."""
    with pytest.raises(Refusal) as raised:
        project_number(text)
    assert raised.value.status == 400


def test_leading_zeros_are_the_same_project() -> None:
    """Python's SDK drops leading zeros, others keep them."""
    assert project_number("0042") == 42
