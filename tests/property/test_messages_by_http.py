"""Whatever JSON is sent as a message is either taken or refused with a reason; nothing else happens."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from api.intake.keys import ProjectKeys
from api.intake.kinds.context import Context
from api.problems import Problem
from api.rest import bodies
from api.rest.messages import KINDS, read, to_record
from consumers.decoding import Delivery, decode
from models.ports import NewRecord, Partition, Record

NOW = 1_795_390_740_000
CONTEXT = Context(ProjectKeys("shop", frozenset(), b"key"), "192.0.2.7", NOW)
KINDS_OF_JSON = ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json", ""]

texts = st.text(st.characters(codec="utf-8"), max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
times = st.datetimes().map(lambda moment: moment.isoformat()) | texts
messages = st.fixed_dictionaries(
    {},
    optional={
        "release": texts | st.just("shop@1"),
        "environment": texts | st.just("production"),
        "message": texts,
        "label": st.sampled_from(["correct", "missed", "fine"]),
        "decision": texts,
        "at": times,
        "user": anything,
        "commits": st.lists(
            st.fixed_dictionaries({"id": texts}, optional={"message": texts, "at": scalars}), max_size=2
        ),
        "context": anything,
        "deployment_status": anything,
        "subject": anything,
        "id": texts | scalars,
        "data": anything,
    },
)


@given(
    st.sampled_from(sorted(KINDS)), st.sampled_from(KINDS_OF_JSON), messages | st.lists(messages, max_size=2) | anything
)
@example("feedback", "", {"message": "x", "user": {"id": 10**30}})
@example("deploys", "", {"deployment_status": {"state": "success"}, "deployment": 7})
def test_taken_or_refused(name: str, content_type: str, value: Any) -> None:
    """What is taken is a delivery to the consumers; what is not is a problem with a 4xx status."""
    kind = KINDS[name]
    records, refusal = _take(name, content_type, json.dumps(value).encode())
    assert refusal is None or (400 <= refusal.status < 500 and refusal.detail)
    for made in records:
        delivery = decode(Record(Partition(kind.topic, 0), 0, made.key, made.value, made.headers, NOW), NOW)
        assert isinstance(delivery, Delivery)


def _take(name: str, content_type: str, body: bytes) -> tuple[list[NewRecord], Problem | None]:
    kind = KINDS[name]
    try:
        found, _ = bodies.parts(content_type, body)
        return [to_record(read(part, kind, CONTEXT), kind, NOW) for part in found], None
    except Problem as problem:
        return [], problem
