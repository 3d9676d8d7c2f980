"""What a dead letter says to people and to the topic."""

from base64 import b64decode

import msgspec
import pytest

from consumers.dead_letters import PAYLOAD_BYTES
from models.store import tables
from models.wire.messages import DeadLetterMessage
from models.wire.topics import ERRORS
from tests.fakes.consuming import Consuming
from tests.fakes.leaks import SECRETS


def published(shop: Consuming) -> DeadLetterMessage:
    [row] = shop.rows(tables.publication)
    return msgspec.json.decode(row["value"], type=DeadLetterMessage)


def test_the_message_says_where_it_stood_and_why(shop: Consuming) -> None:
    """Topic, partition and offset find it in the log; the payload is there to look at."""
    shop.told(ERRORS, b'{"project": "shop"}')
    message = published(shop)
    assert (message.topic, message.offset, message.reason) == (ERRORS, 0, "invalid")
    assert message.detail == "$: Object missing required field `event`"
    assert b64decode(message.payload) == b'{"project": "shop"}'


def test_the_payload_is_cut(shop: Consuming) -> None:
    """A dead letter of any size stays small."""
    shop.told(ERRORS, b"x" * 100_000)
    assert len(b64decode(published(shop).payload)) == PAYLOAD_BYTES


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_not_passed_on(shop: Consuming, name: str) -> None:
    """What intake takes out of a text is taken out of the payload, whatever stands around it."""
    text, secret = SECRETS[name]
    shop.told(ERRORS, b'\xff {"a": "' + text.encode())
    assert secret.encode() not in b64decode(published(shop).payload)
    assert b64decode(published(shop).payload).startswith(b"\xff {")


def test_values_under_a_secrets_name_are_not_passed_on(shop: Consuming) -> None:
    """A payload is JSON, whose names tell as an event's do; a number is a value too."""
    shop.told(ERRORS, b'{"user": "ana", "password": "hunter2", "token": 12345}')
    assert b64decode(published(shop).payload) == b'{"user": "ana", "password": "[Filtered]", "token": "[Filtered]"}'


def test_a_message_that_names_no_project_is_kept_under_none(shop: Consuming) -> None:
    """It is counted in nobody's ledger."""
    shop.send(ERRORS, b"\x00\xff", key=b"\x00\xff")
    shop.consume()
    assert [row["project"] for row in shop.rows(tables.dead_letter)] == [""]
    assert shop.fates() == {}


def test_a_second_reading_makes_no_second_letter(shop: Consuming) -> None:
    """Its place in the log is its name."""
    shop.told(ERRORS, b"{", b"{")
    assert len({row["publication"] for row in shop.rows(tables.publication)}) == 2
