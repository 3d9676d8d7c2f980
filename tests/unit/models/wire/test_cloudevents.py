"""models/wire/cloudevents.py."""

import pytest

from models.wire.cloudevents import Attributes, attributes, encode, headers, unwrap


def test_headers_that_we_write_are_read_back() -> None:
    """Binary mode: each attribute in a header of its own."""
    written = headers(id="e1", type="seatrial.error.v1", at="2026-08-29T12:00:00Z")

    assert dict(written)["ce_specversion"] == b"1.0"
    assert dict(written)["ce_time"] == b"2026-08-29T12:00:00Z"
    assert dict(written)["content-type"] == b"application/json"
    assert attributes(written) == Attributes("e1", "seatrial/intake", "seatrial.error.v1", structured=False)


def test_a_message_without_headers_has_empty_attributes() -> None:
    """Missing headers are no error: topic, key and value suffice."""
    assert attributes(()) == Attributes()


@pytest.mark.parametrize(("source", "via"), [("seatrial/intake", "intake"), ("ci/jenkins", "direct"), ("", "direct")])
def test_the_source_tells_how_a_message_came(source: str, via: str) -> None:
    """Only what intake wrote counts as accepted by intake."""
    assert Attributes(source=source).via == via


@pytest.mark.parametrize("value", [b"\xff\xfe", b"", b"\x00"])
def test_headers_of_any_bytes_are_read(value: bytes) -> None:
    """A header that is no UTF-8 harms nobody."""
    assert isinstance(attributes((("ce_id", value),)).id, str)


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/cloudevents+json",
        b"application/cloudevents+json; charset=utf-8",
        b" Application/CloudEvents+JSON ;x",
    ],
)
def test_structured_mode_is_told_by_the_content_type(content_type: bytes) -> None:
    """Whatever its case and its parameters."""
    assert attributes((("content-type", content_type),)).structured
    assert not attributes((("content-type", b"application/json"),)).structured


def test_a_structured_event_is_unwrapped() -> None:
    """Its attributes come from the value, and its data is the message."""
    value = {
        "id": "e1",
        "source": "ci",
        "type": "seatrial.deploy.v1",
        "specversion": "1.0",
        "data": {"project": "shop"},
    }

    assert unwrap(value) == (Attributes("e1", "ci", "seatrial.deploy.v1", structured=True), {"project": "shop"})


def test_a_structured_event_of_any_shape_is_unwrapped() -> None:
    """Attributes that are no text count as missing, and so does missing data."""
    assert unwrap({"id": 7, "source": None}) == (Attributes(structured=True), None)


def test_values_are_json_in_utf_8() -> None:
    """As any consumer in any language reads it."""
    assert encode({"message": "Größe"}) == '{"message":"Größe"}'.encode()
