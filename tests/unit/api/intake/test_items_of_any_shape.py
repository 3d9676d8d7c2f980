"""Whatever is in an item, it is taken or settled: no payload raises."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.intake.kinds.context import Context
from api.intake.kinds.items import KEPT, Settled, Taken, settle
from api.intake.opening.envelope import Item
from models.ports import NewRecord
from tests.fakes.intake import NOW, PROJECT

# fmt: off
NAMES = [
    "event_id", "user", "id", "email", "username", "ip_address", "sdk", "settings", "infer_ip", "release",
    "environment", "timestamp", "errors", "contexts", "feedback", "message", "contact_email",
    "associated_event_id", "url", "source", "request", "sid", "did", "started", "status", "init", "duration",
    "attrs", "aggregates", "exited", "crashed", "comments", "discarded_events", "category", "quantity",
    "type", "extra", "modules", "password",
]
# fmt: on
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**400, max_value=10**401),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["{{auto}}", "auto", "ok", "2026-11-22T23:38:00Z", "shop@1.0", "0" * 32, "error", "a@b.org", "\0"]),
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)
objects = st.dictionaries(st.sampled_from(NAMES), values, max_size=10)


def _records(kind: str, payload: Any) -> list[NewRecord]:
    context = Context(PROJECT, "192.0.2.7", NOW)
    results = list(settle((Item(kind, json.dumps(payload).encode("utf-8", "surrogatepass")),), context))
    assert all(isinstance(result, Taken | Settled) for result in results)
    return [result.record for result in results if isinstance(result, Taken)]


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from([*KEPT, "client_report"]), payload=objects)
def test_any_item_is_settled(kind: str, payload: dict[str, Any]) -> None:
    """An item of any shape gets a fate, and what is taken is JSON without NUL."""
    for record in _records(kind, payload):
        assert b"\\u0000" not in (record.value or b"")
        assert json.loads(record.value or b"")["project"] == PROJECT.project


@settings(max_examples=100, deadline=None)
@given(started=leaves, status=leaves, errors=leaves, did=leaves, release=leaves)
def test_any_session_is_settled(started: object, status: object, errors: object, did: object, release: object) -> None:
    """A session with anything in its fields gets a fate."""
    _records(
        "session", {"started": started, "status": status, "errors": errors, "did": did, "attrs": {"release": release}}
    )
