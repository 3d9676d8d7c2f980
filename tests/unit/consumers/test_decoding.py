"""A record becomes a message, or a dead letter with its reason and place; it never raises."""

import json
from typing import Any

import pytest

from consumers.decoding import VALUE_BYTES, DeadLetter, Delivery, decode
from models.ports import Headers, Partition, Record
from models.wire.topics import CONSUMED, DEPLOYS, ERRORS, FEEDBACK, LEDGER, SESSIONS
from tests.fakes.consuming import FROM_INTAKE

STRUCTURED: Headers = (("content-type", b"application/cloudevents+json; charset=utf-8"),)


def decoded(topic: str, value: Any, key: bytes | None = None, headers: Headers = ()) -> Delivery | DeadLetter:
    raw = value if isinstance(value, bytes | None) else json.dumps(value).encode()
    return decode(Record(Partition(topic, 0), 7, key, raw, headers, 1_000), 61_000)


def delivered(topic: str, value: Any, key: bytes | None = None, headers: Headers = ()) -> Delivery:
    found = decoded(topic, value, key, headers)
    assert isinstance(found, Delivery), found
    return found


def refused(topic: str, value: Any, key: bytes | None = None, headers: Headers = ()) -> tuple[str, str]:
    found = decoded(topic, value, key, headers)
    assert isinstance(found, DeadLetter), found
    return found.reason, found.detail


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "invalid"),
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"garbage", "not_json"),
        (b'{"project": "shop", "message": "\xff"}', "not_json"),
        (b'{"project": "shop", "message": "\\ud800"}', "not_json"),
        (b'{"project": "shop", "rating": NaN}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"message": "a", "user": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}", "not_json"),
        (b"[]", "invalid"),
        (b"null", "invalid"),
        (b"7", "invalid"),
        (b"1" * 5_000, "invalid"),
        (b'{"project": "shop", "message": "a", "rating": ' + b"9" * 400 + b"}", "invalid"),
        (b'{"project": 7, "message": "a"}', "no_project"),
        (b'{"project": "", "message": "a"}', "no_project"),
        (b'{"message": "a"}', "no_project"),
        (b'{"project": "shop"}', "invalid"),
        (b'{"project": "shop", "message": "a", "rating": 6}', "invalid"),
        (b"x" * (VALUE_BYTES + 1), "too_large"),
    ],
)
def test_garbage_is_a_dead_letter(value: bytes | None, reason: str) -> None:
    """With a word for the reason, and a detail that begins with the place."""
    word, detail = refused(FEEDBACK, value)
    assert (word, detail[:1]) == (reason, "$")


@pytest.mark.parametrize("topic", CONSUMED)
@pytest.mark.parametrize("value", [b"\x00", b"{}", b'{"project": null}', b'{"project": "shop", "id": []}'])
def test_garbage_on_any_topic_is_a_dead_letter(topic: str, value: bytes) -> None:
    """Whatever the topic's own message looks like."""
    assert refused(topic, value)[0] in {"not_json", "no_project", "invalid"}


def test_the_place_of_a_wrong_value_is_named() -> None:
    """As a path from the message's root, with what was expected there."""
    value = {"project": "shop", "session": {"sid": "s", "started": 1, "attrs": {"release": 7}}}
    assert refused(SESSIONS, value) == ("invalid", "$.session.attrs.release: Expected `str`, got `int`")


def test_a_topic_that_nobody_knows_is_said_to_be_unknown() -> None:
    """A consumer that was told to read it still goes on."""
    assert refused("seatrial.rumours", b"{}") == (
        "unknown_topic",
        "$: nothing is known of messages on seatrial.rumours",
    )


def test_a_value_without_project_takes_it_from_its_key() -> None:
    """The text before the first colon; a key without a colon names none."""
    assert delivered(FEEDBACK, {"message": "a"}, b"shop:f:1").project == "shop"
    assert refused(FEEDBACK, {"message": "a"}, b"shop")[0] == "no_project"
    assert delivered(FEEDBACK, {"project": "shop", "message": "a"}, b"other:1").project == "shop"
    deploy = {"project": "shop", "environment": "production", "release": "r"}
    assert delivered(DEPLOYS, deploy, b"other:1").project == "shop"


def test_a_dead_letter_knows_its_project_where_anything_names_it() -> None:
    """The value if it can be read, else the key."""
    assert decoded(FEEDBACK, {"project": "shop"}).project == "shop"
    assert decoded(FEEDBACK, b"{", b"shop:1").project == "shop"
    assert decoded(FEEDBACK, b"{", b"\xff:1").project == "�"
    assert decoded(FEEDBACK, b"{").project == ""


def test_a_structured_cloudevent_is_unwrapped() -> None:
    """Its own id and source count; its data is the message."""
    envelope = {"id": "c1", "source": "ci", "specversion": "1.0", "data": {"project": "shop", "message": "a"}}
    delivery = delivered(FEEDBACK, envelope, headers=STRUCTURED)
    assert (delivery.message.message, delivery.attributes.id, delivery.attributes.via) == ("a", "c1", "direct")


@pytest.mark.parametrize("envelope", [{}, {"data": None}, {"data": [1]}, {"data": {"project": "shop"}}, [], "x"])
def test_a_structured_cloudevent_without_a_message_is_a_dead_letter(envelope: Any) -> None:
    """Whatever it has in its place."""
    assert refused(FEEDBACK, envelope, headers=STRUCTURED)[0] in {"invalid", "no_project"}


def test_headers_say_who_sent_it_and_what_it_is() -> None:
    """By `ce_source` and `ce_id`; missing headers are no error."""
    value = {"project": "shop", "message": "a"}
    assert delivered(FEEDBACK, value, headers=FROM_INTAKE).attributes.via == "intake"
    assert delivered(FEEDBACK, value, headers=(("CE_ID", b"c1"),)).identifier(None) == "c1"
    assert delivered(FEEDBACK, value, headers=(("CE_ID", b"c1"),)).identifier("own") == "own"
    assert delivered(FEEDBACK, value).identifier(None) == "seatrial.feedback/0/7"


def test_a_cdevent_is_a_deploy() -> None:
    """As it is, with the project in its key."""
    subject = {"content": {"environment": {"id": "staging"}, "artifactId": "pkg:oci/shop@1.5.0"}}
    event = {"context": {"id": "c1", "type": "dev.cdevents.service.deployed.0.4.0"}, "subject": subject}
    message = delivered(DEPLOYS, event, b"shop:x").message
    assert (message.environment, message.release, message.state) == ("staging", "shop@1.5.0", "succeeded")


@pytest.mark.parametrize(
    "event",
    [
        {"context": {"type": "dev.cdevents.build.finished.0.3.0"}},
        {"context": {"type": "dev.cdevents.service.deployed.0.4.0"}},
        {"context": {"type": []}, "subject": []},
        {"deployment_status": {"state": []}},
        {"deployment_status": {"state": "success"}, "deployment": 7},
    ],
)
def test_another_tools_event_that_is_no_deploy_is_a_dead_letter(event: dict[str, Any]) -> None:
    """Never an exception."""
    assert refused(DEPLOYS, event, b"shop:x")[0] == "invalid"


def test_huge_whole_numbers_in_an_event_are_kept() -> None:
    """JSON has no limit for them, and neither do SDKs of other languages."""
    value = {"project": "shop", "event": {"extra": {"n": 10**30}}}
    assert delivered(ERRORS, value).message.event == value["event"]


def test_fields_of_later_versions_are_ignored() -> None:
    """On any topic."""
    value = {"project": "shop", "id": "1", "counts": [], "colour": "blue"}
    assert delivered(LEDGER, value).message.id == "1"
