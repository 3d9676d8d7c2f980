"""What a producer puts on a topic by itself is understood as if it had come by HTTP."""

from typing import Any

import pytest

from models.store import tables
from models.wire.topics import DEPLOYS, ERRORS, FEEDBACK, OUTCOMES, SESSIONS
from tests.fakes.consuming import FROM_INTAKE, Consuming, aggregates, error, only, session

PAID = "pay with 4111 1111 1111 1111"


def settings(shop: Consuming, document: str) -> None:
    row = {"project": "shop", "version": 1, "document": document, "applied_by": "ada", "applied_at": 0}
    with shop.store.begin() as unit:
        unit.insert_new(tables.project_settings, [row])


def scrubbed(shop: Consuming) -> list[tuple[Any, ...]]:
    return only(shop.rows(tables.scrubbed), "rule", "topic", "count")


def test_an_event_is_made_canonical(shop: Consuming) -> None:
    """Its release, its environment, its shape: what intake would have made of it."""
    shop.told(ERRORS, error(release=" shop@1 ", environment="none", exception=[None, {"type": "E"}], user={"id": 7}))
    assert only(shop.rows(tables.event), "release", "environment") == [("shop@1", "production")]
    assert only(shop.rows(tables.issue), "title") == [("E",)]
    assert len(shop.rows(tables.issue_user)) == 1


def test_its_secrets_are_taken_out_and_counted_once(shop: Consuming) -> None:
    """By the project's own rules too; an event that comes again is not counted again."""
    settings(shop, "[scrubbing]\nfields = ['iban_no']")
    event = error(exception=[{"type": "E", "value": PAID}], extra={"iban_no": "x"})
    shop.told(ERRORS, event, event)
    assert [row["title"] for row in shop.rows(tables.issue)] == ["E: pay with [Filtered]"]
    assert scrubbed(shop) == [("card_number", "errors", 1), ("project_field", "errors", 1)]


def test_what_intake_scrubbed_is_counted_as_it_says(shop: Consuming) -> None:
    """Intake has looked at it already; its event is left as it is."""
    shop.told(ERRORS, error("e1", logger="4111111111111111") | {"scrubbed": {"email": 2}}, headers=FROM_INTAKE)
    shop.told(ERRORS, error("e2") | {"scrubbed": {"email": 3}}, headers=FROM_INTAKE)
    assert scrubbed(shop) == [("email", "errors", 5)]


def test_a_producer_cannot_say_what_was_scrubbed(shop: Consuming) -> None:
    """What it says is replaced by what is found."""
    shop.told(ERRORS, error() | {"scrubbed": {"email": 2}})
    assert scrubbed(shop) == []


@pytest.mark.parametrize("release", ["latest", "a/b", " ", ".."])
def test_no_session_and_no_deploy_of_what_no_event_can_name(shop: Consuming, release: str) -> None:
    """They are dead letters that say what to write."""
    shop.told(SESSIONS, session("s1", release=release), aggregates({"exited": 1}, release=release))
    deploy = {"project": "shop", "environment": "production", "release": release, "at": "2026-01-01T00:00:00Z"}
    shop.told(DEPLOYS, deploy, deploy | {"release": "shop@1", "environment": "none"})
    assert [reason for reason, _ in shop.dead()] == ["invalid"] * 4
    places = [detail.partition(":")[0] for _, detail in shop.dead()]
    assert sorted(places) == ["$.attrs.release", "$.environment", "$.release", "$.session.attrs.release"]
    assert shop.rows(tables.session) == shop.rows(tables.deploy_fact) == []


def test_a_sessions_environment_that_is_none_is_production(shop: Consuming) -> None:
    """As of an event."""
    shop.told(SESSIONS, session("s1", environment="none"), session("s2", environment=" staging "))
    assert only(shop.rows(tables.session), "environment") == [("production",), ("staging",)]


def test_feedback_loses_its_secrets_and_its_user(shop: Consuming) -> None:
    """A release that cannot be one is left out: the words count."""
    told = {"project": "shop", "message": PAID, "id": "f", "user": {"email": "ana@x.org"}, "release": "latest"}
    shop.told(FEEDBACK, told, {"project": "shop", "message": " ", "id": "g"})
    (row,) = shop.rows(tables.feedback)
    assert (row["message"], row["release"], row["environment"]) == ("pay with [Filtered]", None, "")
    assert len(row["identity"]) == 32
    assert scrubbed(shop) == [("card_number", "feedback", 1)]
    assert shop.dead() == [("invalid", "$.message: The feedback says nothing: write something into `message`")]


def test_deploys_lose_their_secrets(shop: Consuming) -> None:
    """In what people write: messages of commits, and addresses."""
    deploy = {"project": "shop", "environment": "production", "release": "shop@1", "id": "d", "replaces": "latest"}
    shop.told(DEPLOYS, deploy | {"url": "https://ci/?token=hunter2", "commits": [{"id": "a1", "message": PAID}]})
    (row,) = shop.rows(tables.deploy_fact)
    assert "4111" not in row["commits"]
    assert (row["url"], row["replaces"]) == ("https://ci/?token=[Filtered]", None)
    assert scrubbed(shop) == [("assignment", "deploys", 1), ("card_number", "deploys", 1)]


def test_what_is_not_stored_is_not_counted(shop: Consuming) -> None:
    """An outcome of no known decision is a dead letter, whatever was in it."""
    shop.told(OUTCOMES, {"project": "shop", "id": "o", "label": "correct", "decision": "d-1", "reason": PAID})
    assert [reason for reason, _ in shop.dead()] == ["unknown_decision"]
    assert scrubbed(shop) == []
