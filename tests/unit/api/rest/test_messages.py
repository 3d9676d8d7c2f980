"""Messages as they arrive by HTTP: `api.rest.messages`."""

import json
from typing import Any

import pytest

from api.intake.keys import ProjectKeys
from api.intake.kinds.context import Context
from api.problems import Problem
from api.rest.bodies import Part
from api.rest.messages import KINDS, read, to_record
from consumers.decoding import Delivery, decode
from models.domain.identity import hash_identity
from models.ports import Partition, Record

KEY = b"key of the tests"
NOW = 1_795_390_740_000
CONTEXT = Context(ProjectKeys("shop", frozenset(), KEY), "192.0.2.7", NOW)


def _read(kind: str, value: dict[str, Any], identifier: str = "", place: str = "$") -> dict[str, Any]:
    return read(Part(value, identifier, place), KINDS[kind], CONTEXT).value


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("deploys", {"release": "shop@1", "environment": "production"}, b"shop:production:shop@1"),
        ("feedback", {"id": "f-1", "message": "slow"}, b"shop:f-1"),
        ("outcomes", {"id": "o-1", "decision": "d-7", "label": "correct"}, b"shop:d-7"),
    ],
)
def test_records(kind: str, value: dict[str, Any], key: bytes) -> None:
    """Each is keyed by its entity, comes from intake, and is what the consumers take."""
    made = to_record(read(Part(value, "", "$"), KINDS[kind], CONTEXT), KINDS[kind], NOW)
    assert made.key == key
    delivery = decode(Record(Partition(made.topic, 0), 0, made.key, made.value, made.headers, NOW), NOW)
    assert isinstance(delivery, Delivery)
    assert delivery.attributes.via == "intake"
    assert delivery.project == "shop"


def test_a_deploy_without_an_id_gets_none() -> None:
    """It is known by its release; the id that its sender is told is that of the message."""
    submitted = read(Part({"release": "shop@1", "environment": "x"}, "", "$"), KINDS["deploys"], CONTEXT)
    assert "id" not in submitted.value
    assert len(submitted.identifier) == 32


def test_the_event_around_a_message_names_it() -> None:
    """The CloudEvent's id is the message's, where it has none of its own."""
    assert _read("feedback", {"message": "slow"}, "e-1")["id"] == "e-1"
    assert _read("feedback", {"message": "slow", "id": "f-1"}, "e-1")["id"] == "f-1"


@pytest.mark.parametrize(
    ("user", "known_by"),
    [
        ("ana", "ana"),
        ({"id": 7}, "7"),
        ({"email": "ana@example.com", "username": "ana"}, "ana@example.com"),
        ({"ip_address": "{{auto}}"}, "192.0.2.7"),
    ],
)
def test_users_are_hashed(user: object, known_by: str) -> None:
    """By the project's key, as SDKs' events are, so that they meet; what names them is gone."""
    value = _read("feedback", {"message": "slow", "user": user})
    assert value["identity"] == hash_identity(KEY, known_by)
    assert "user" not in value


def test_nobody() -> None:
    """Without a user there is no identity."""
    assert "identity" not in _read("feedback", {"message": "slow", "user": {"plan": "pro"}})


def test_what_only_intake_may_say() -> None:
    """An identity or a time of receipt that a client claims is not taken."""
    told = {"message": "slow", "identity": "f" * 32, "received_at": "1990-01-01T00:00:00Z"}
    value = _read("feedback", told)
    assert "identity" not in value
    assert value["received_at"] == "2026-11-22T23:39:00Z"


def test_only_free_text_is_scrubbed() -> None:
    """A release that looks like the number of a card stays a release; a card in a reason goes."""
    release = "shop@4111111111111111"
    assert _read("deploys", {"release": release, "environment": "x"})["release"] == release
    told = {"decision": "d-1", "label": "correct", "reason": "card 4111 1111 1111 1111", "id": "o"}
    assert "4111" not in _read("outcomes", told)["reason"]


@pytest.mark.parametrize(
    ("kind", "value", "place"),
    [
        ("deploys", {}, "$[3]"),
        ("deploys", {"release": " ", "environment": "x"}, "$[3].release"),
        ("deploys", {"release": "a", "environment": "x" * 65}, "$[3].environment"),
        ("deploys", {"release": "a", "environment": "x", "exposure": "30 %"}, "$[3].exposure"),
        ("deploys", {"release": "a", "environment": "x", "commits": [{}]}, "$[3].commits[0]"),
        ("deploys", {"release": "a", "environment": "x", "state": "done"}, "$[3].state"),
        ("feedback", {"message": "x", "at": "soon"}, "$[3].at"),
        ("outcomes", {"label": "correct"}, "$[3]"),
    ],
)
def test_the_place_of_a_fault(kind: str, value: dict[str, Any], place: str) -> None:
    """Within an array it has the message's index too."""
    with pytest.raises(Problem) as refused:
        _read(kind, value, place="$[3]")
    assert refused.value.status == 422
    assert refused.value.place == place


def test_too_large_for_the_log() -> None:
    """A message beyond what the log takes at once is refused with its place."""
    commits = [{"id": str(number), "message": "x" * 1_000} for number in range(1_100)]
    submitted = read(
        Part({"release": "a", "environment": "x", "commits": commits}, "", "$[1]"), KINDS["deploys"], CONTEXT
    )
    with pytest.raises(Problem) as refused:
        to_record(submitted, KINDS["deploys"], NOW)
    assert (refused.value.status, refused.value.place) == (413, "$[1]")


def test_unknown_fields_are_dropped() -> None:
    """A later version's field is no error, and is not kept unread."""
    assert "later" not in json.dumps(_read("feedback", {"message": "slow", "later": "token"}))
