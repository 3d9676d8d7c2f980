"""Whatever an event holds: scrubbing finds every secret, changes nothing else, and has nothing left to do after it."""

import json
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from models.domain.project import Scrubbing
from models.wire.scrubbing.scrubber import scrubber

PROJECT = Scrubbing(fields=("customer_*",), keep=("session",), addresses=True)
SECRETS = (
    "password=hunter2",
    "https://ana:hunter2@shop.example/",
    "{'token': 'hunter2'}",
    "Cookie: sid=hunter2",
    "Bearer hunter2hunter2",
)
NAMES = some.sampled_from(
    ["password", "customer_id", "session", "author", "x", "extra", "environ", "params", "formatted"]
)
PLAIN_NAMES = some.sampled_from(["author", "authority", "session_count", "keyboard", "x", "y", "title", "monkey"])
TOPS = some.sampled_from(
    ["extra", "request", "contexts", "breadcrumbs", "tags", "logentry", "exception", "fingerprint"]
)
LEAVES = some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=30)
WORDS = some.text(some.characters(categories=["L"]), max_size=12)


def events(leaves: Any, names: Any) -> Any:
    values = some.recursive(
        leaves, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(names, inner, max_size=3), max_leaves=12
    )
    return some.dictionaries(TOPS, values, max_size=4)


def scrub(event: dict[str, Any]) -> tuple[dict[str, Any], Counter[str]]:
    found = Counter[str]()
    encoded = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")
    return scrubber(PROJECT).event(event, encoded, found), found


@given(events(LEAVES | some.sampled_from(SECRETS), NAMES))
def test_scrubbing_twice_is_scrubbing_once(event: dict[str, Any]) -> None:
    """What was scrubbed has nothing left to find, and what was found is counted."""
    once, found = scrub(event)
    twice, again = scrub(once)
    assert twice == once
    assert not again
    assert (once is event) == (not found)


@given(events(LEAVES | some.sampled_from(SECRETS), NAMES))
def test_no_secret_is_left(event: dict[str, Any]) -> None:
    """Wherever it stands, nothing of it is in what goes on."""
    assert "hunter2" not in json.dumps(scrub(event)[0])


@given(events(some.none() | some.booleans() | some.integers(0, 10**11) | WORDS, PLAIN_NAMES))
def test_what_is_no_secret_stays(event: dict[str, Any]) -> None:
    """Words and small numbers under harmless names are the same object afterwards."""
    assert scrub(event)[0] is event
