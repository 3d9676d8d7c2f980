"""The rules of feedback, one after another (sentry-protocol.md, 3). docs/protocol-feedback.md says where we differ."""

import json
from typing import Any

import pytest

from models.domain.identity import hash_identity
from models.domain.ledger import Category, Fate
from models.domain.project import ProjectSettings
from models.wire.times import to_text
from models.wire.topics import FEEDBACK
from tests.fakes.intake import NOW, PROJECT, URL, Serving, envelope, serving

OWN, ERROR = "a" * 32, "b" * 32
UNTOLD = object()


def item(message: object = "It broke", **more: Any) -> dict[str, Any]:
    """A `feedback` item; what is named goes into ``contexts.feedback``."""
    said = {"message": message, **more}
    return {"type": "feedback", "level": "info", "contexts": {"feedback": said}}


def report(**more: Any) -> dict[str, Any]:
    return {"event_id": ERROR, "name": "Jo", "email": "jo@example.com", "comments": "It broke"} | more


def sent(*items: tuple[str, object], **headers: object) -> tuple[int, list[dict[str, Any]], dict[Any, int]]:
    """The status of an envelope, the feedback on the log, and what was counted."""
    with serving() as started:
        status = post(started, *items, **headers)
        return status, started.values(FEEDBACK), dict(started.totals)


def post(started: Serving, *items: tuple[str, object], **headers: object) -> int:
    return started.client.post(URL, content=envelope(*items, headers=headers)).status_code


def kept(*items: tuple[str, object], **headers: object) -> dict[str, Any]:
    """The one piece of feedback on the log."""
    status, values, _ = sent(*items, **headers)
    assert status == 200
    (value,) = values
    return value


def test_an_item_is_an_event_with_words_in_its_context() -> None:
    """Release, environment, user and time as any event has them; words, address and source from the context."""
    said = item(contact_email="jo@example.com", name="Jo", url="https://shop.example/cart", source="widget")
    said |= {"release": " shop@1.0 ", "environment": "staging", "user": {"id": 7}, "timestamp": NOW / 1000 - 5}
    assert kept(("feedback", said), event_id=OWN) == {
        "project": "shop",
        "id": OWN,
        "message": "It broke",
        "release": "shop@1.0",
        "environment": "staging",
        "identity": hash_identity(PROJECT.identity_key, "7"),
        "url": "https://shop.example/cart",
        "source": "widget",
        "at": to_text(NOW - 5_000),
        "received_at": to_text(NOW),
    }


def test_an_event_that_says_it_is_feedback_is_feedback() -> None:
    """As clients send it that have no item for it; it is no error without a name, and its names are not kept."""
    said = item(name="Gina", contact_email="gina@example.com") | {"type": "feedback"}
    status, values, totals = sent(("event", said))
    assert (status, totals) == (200, {(Category.FEEDBACK, "accepted"): 1})
    assert values[0]["message"] == "It broke"
    assert "gina" not in str(values).lower()


def test_the_envelopes_event_id_is_the_feedbacks_own() -> None:
    """It goes before the payload's, and is not that of the error."""
    value = kept(("feedback", item(associated_event_id=ERROR) | {"event_id": "c" * 32}), event_id=OWN)
    assert (value["id"], value["event_id"]) == (OWN, ERROR)


@pytest.mark.parametrize(
    "said",
    [{}, {"contexts": None}, {"contexts": {"feedback": "It broke"}}, item(None), item(""), item(" \n\t"), item(5)],
)
def test_without_words_it_is_invalid(said: dict[str, Any]) -> None:
    """No context, no message, a blank one, one that is no text: 400, and counted."""
    status, values, totals = sent(("feedback", {"type": "feedback"} | said))
    assert (status, values) == (400, [])
    assert totals == {(Category.FEEDBACK, Fate.INVALID): 1}


@pytest.mark.parametrize(("length", "characters"), [(4_096, None), (4_097, 4_097), (50_000, 50_000)])
def test_what_is_too_long_is_cut_and_that_is_said(length: int, characters: int | None) -> None:
    """At the protocol's own bound, to the character; Sentry drops it."""
    value = kept(("feedback", item("x" * length)))
    assert len(value["message"]) == min(length, 4_096)
    assert value.get("characters") == characters


@pytest.mark.parametrize("named", ["not-a-uuid", "", 5, None, "0" * 32, "b" * 31])
def test_an_error_that_cannot_be_named_so_is_left_out(named: object) -> None:
    """The words stay; Sentry drops them."""
    assert "event_id" not in kept(("feedback", item(associated_event_id=named)))


def test_the_error_may_be_named_with_dashes() -> None:
    """As Python writes a UUID."""
    dashed = "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"
    assert kept(("feedback", item(associated_event_id=dashed)))["event_id"] == ERROR


@pytest.mark.parametrize(
    ("user", "known_by"),
    [
        (UNTOLD, "jo@example.com"),
        ({"ip_address": "192.0.2.9"}, "jo@example.com"),
        ({"username": "jo"}, "jo@example.com"),
        ({"email": "own@example.com"}, "own@example.com"),
        ({"id": "u1"}, "u1"),
    ],
)
def test_the_address_in_the_form_is_the_users_where_there_is_none(user: object, known_by: str) -> None:
    """`user.email` falls back to `contact_email`; an id goes before both."""
    said = item(contact_email="jo@example.com") | ({} if user is UNTOLD else {"user": user})
    value = kept(("feedback", said))
    assert value["identity"] == hash_identity(PROJECT.identity_key, known_by)
    assert "jo@example.com" not in json.dumps(value)


def test_names_and_addresses_are_not_kept() -> None:
    """Nor what of them stands in the words."""
    value = kept(
        ("feedback", item("I am jo@example.com, token=hunter2", name="Jo Doe", contact_email="jo@example.com"))
    )
    assert not any(secret in json.dumps(value) for secret in ("jo@example.com", "hunter2", "Jo Doe"))


def test_attachments_beside_it_are_counted_as_filtered() -> None:
    """A screenshot rides along: the words are taken, the picture is not, and the ledger has both."""
    status, values, totals = sent(("feedback", item()), ("attachment", b"\x89PNG"), ("attachment", b"\x89PNG"))
    assert (status, len(values)) == (200, 1)
    assert totals[Category.OTHER, Fate.FILTERED] == 2
    assert totals[Category.FEEDBACK, "accepted"] == 1


def test_two_in_one_envelope_are_one_too_many() -> None:
    """At most one; the second is invalid, and counted."""
    status, values, totals = sent(("feedback", item()), ("feedback", item()))
    assert (status, len(values)) == (200, 1)
    assert totals[Category.FEEDBACK, Fate.INVALID] == 1


def test_a_feedback_without_an_id_gets_one() -> None:
    """Two alike are two: each is its own."""
    with serving() as started:
        for _ in range(2):
            post(started, ("feedback", item()))
        assert len({value["id"] for value in started.values(FEEDBACK)}) == 2


def test_an_invalid_release_or_environment_is_left_out() -> None:
    """As of any event; then its error's are taken, when it is read."""
    value = kept(("feedback", item() | {"release": "latest", "environment": "none"}))
    assert not {"release", "environment"} & value.keys()


def test_a_user_report_names_its_error() -> None:
    """By its own `event_id`, else by the envelope's; it knows no release, and none is made up."""
    own = kept(("user_report", report()))
    assert {"message": "It broke", "event_id": ERROR, "source": "user_report"}.items() <= own.items()
    assert not {"release", "environment"} & own.keys()
    assert own["identity"] == hash_identity(PROJECT.identity_key, "jo@example.com")
    assert kept(("user_report", report(event_id=None)), event_id=OWN)["event_id"] == OWN


def test_a_user_report_of_nothing_is_invalid() -> None:
    """Without an error to name, and without words."""
    for bad in (report(event_id=None), report(event_id="x"), report(comments=" "), report(comments=None)):
        status, values, totals = sent(("user_report", bad))
        assert (status, values) == (400, [])
        assert totals == {(Category.FEEDBACK, Fate.INVALID): 1}


def test_a_user_report_rides_along_with_its_event() -> None:
    """In one envelope: both are taken."""
    event = {"event_id": ERROR, "exception": {"values": [{"type": "E"}]}}
    status, values, totals = sent(("event", event), ("user_report", report()), event_id=ERROR)
    assert (status, len(values)) == (200, 1)
    assert totals == {(Category.ERROR, "accepted"): 1, (Category.FEEDBACK, "accepted"): 1}


def test_a_user_report_beside_an_event_that_is_over_its_quota_is_taken() -> None:
    """What people say in a flood of errors is what one wants to read; Sentry drops it with its event."""
    with serving(settings=ProjectSettings(quotas={Category.ERROR: 1})) as started:
        for number in (1, 2):
            event = {"event_id": f"{number:032x}", "exception": {"values": [{"type": "E"}]}}
            told = report(event_id=event["event_id"], comments=f"It broke, {number}")
            status = post(started, ("event", event), ("user_report", told), event_id=event["event_id"])
            assert status == (200 if number == 1 else 429)
        assert [value["message"] for value in started.values(FEEDBACK)] == ["It broke, 1", "It broke, 2"]
        assert started.totals[Category.ERROR, Fate.RATE_LIMITED] == 1


def test_feedback_over_its_own_quota_is_counted() -> None:
    """Neither form is taken then, and neither is lost without a count."""
    with serving(settings=ProjectSettings(quotas={Category.FEEDBACK: 1})) as started:
        assert post(started, ("feedback", item())) == 200
        for one in (("feedback", item()), ("user_report", report())):
            assert post(started, one) == 429
        assert started.totals[Category.FEEDBACK, Fate.RATE_LIMITED] == 2


def test_a_user_report_sent_again_is_the_same_one() -> None:
    """The same words about the same error have the same id, however often; other words are another."""
    with serving() as started:
        for told in (report(), report(), report(comments="It broke again")):
            post(started, ("user_report", told))
        first, second, other = (value["id"] for value in started.values(FEEDBACK))
    assert first == second != other
