"""What becomes of one item: events, sessions, feedback, client reports."""

import json
from dataclasses import replace
from typing import Any

import pytest

from api.intake.kinds.context import Context
from api.intake.kinds.items import Settled, Taken, settle
from api.intake.opening.envelope import Item
from models.domain.identity import hash_identity
from models.domain.ledger import Category, Fate
from models.wire.times import to_text
from tests.fakes.intake import NOW, PROJECT

HOUR = 3_600_000
DAY = 24 * HOUR
ADDRESS = "192.0.2.7"
SESSION = {"sid": "a" * 32, "started": to_text(NOW - 5_000), "attrs": {"release": "shop@1.0"}}


def context(**changes: Any) -> Context:
    return replace(Context(PROJECT, ADDRESS, NOW), **changes)


def take(kind: str, payload: object, **changes: Any) -> dict[str, Any]:
    """The wire value of an item that must be taken."""
    encoded = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    (result,) = settle((Item(kind, encoded),), context(**changes))
    assert isinstance(result, Taken), result
    value: dict[str, Any] = json.loads(result.record.value or b"")
    return value


def event(payload: object, **changes: Any) -> dict[str, Any]:
    """The event in it, of a client that says what time it is."""
    if isinstance(payload, dict):
        payload = {"timestamp": NOW / 1000} | payload
    normal: dict[str, Any] = take("event", payload, **changes)["event"]
    return normal


def hashed(value: str) -> str:
    return hash_identity(PROJECT.identity_key, value)


def refused(kind: str, payload: object) -> Settled:
    """The fate of an item that must not be taken."""
    encoded = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    (result,) = settle((Item(kind, encoded),), context())
    assert isinstance(result, Settled), result
    return result


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("A" * 32, "a" * 32),
        ("0123ABCD-0123-0123-0123-0123456789ab", "0123abcd0123012301230123456789ab"),
    ],
)
def test_event_ids_are_canonical(given: str, kept: str) -> None:
    """Dashed and capital ids become 32 lower-case characters."""
    assert event({"event_id": given})["event_id"] == kept


@pytest.mark.parametrize("given", [None, 5, "", "xyz", "0" * 32, "a" * 31, "a" * 5_000])
def test_a_bad_event_id_is_replaced(given: object) -> None:
    """An event without a usable id gets one."""
    kept = event({"event_id": given})["event_id"]
    assert len(kept) == 32
    assert kept != given


def test_the_envelopes_event_id_wins() -> None:
    """The id in the envelope's header is the event's."""
    assert event({"event_id": "a" * 32}, event_id="b" * 32)["event_id"] == "b" * 32


@pytest.mark.parametrize(
    ("user", "known_by"),
    [
        ({"id": "u1", "email": "e@x.org", "username": "n", "ip_address": "1.2.3.4"}, "u1"),
        ({"id": 7}, "7"),
        ({"id": "", "email": "e@x.org", "username": "n"}, "e@x.org"),
        ({"username": "n", "ip_address": "1.2.3.4"}, "n"),
        ({"ip_address": "1.2.3.4"}, "1.2.3.4"),
        ({"ip_address": "{{auto}}"}, ADDRESS),
    ],
)
def test_a_user_is_known_by_a_hash(user: dict[str, Any], known_by: str) -> None:
    """Identity is the id, else e-mail, name, address; only its hash is kept, and what is not personal beside it."""
    value = take("event", {"user": {**user, "plan": "gold"}})
    assert value["identity"] == hashed(known_by)
    assert value["event"]["user"] == {"id": hashed(known_by), "data": {"plan": "gold"}}


def test_a_browser_asks_for_its_address() -> None:
    """`infer_ip: auto` makes the client's address the identity, `never` does not."""
    assert take("event", {"sdk": {"settings": {"infer_ip": "auto"}}})["identity"] == hashed(ADDRESS)
    assert "identity" not in take("event", {"sdk": {"settings": {"infer_ip": "never"}}})


@pytest.mark.parametrize("user", [None, [], "u1", {"id": None}, {"id": True}, {"id": {"a": 1}}, {"id": " "}])
def test_no_user_is_no_identity(user: object) -> None:
    """Without a usable user there is no identity, and no fault."""
    assert "identity" not in take("event", {"user": user})


@pytest.mark.parametrize(
    ("given", "kept"),
    [("shop@1.0", "shop@1.0"), (" shop@1.0 ", "shop@1.0"), (12, "12"), (None, None), ("", None)],
)
def test_releases_are_trimmed(given: object, kept: str | None) -> None:
    """A release is its whole name; none is no fault."""
    normal = event({"release": given})
    assert normal["release"] == kept
    assert "errors" not in normal


@pytest.mark.parametrize("given", ["latest", ".", "..", "a/b", "a\\b", "a\nb", "x" * 201, ["x"], True])
def test_a_bad_release_is_nulled_and_told(given: object) -> None:
    """What can be no release is nulled with an entry in `errors`; the event is kept."""
    normal = event({"release": given})
    assert normal["release"] is None
    assert normal["errors"] == [{"type": "invalid_data", "name": "release"}]


@pytest.mark.parametrize("given", [None, "", "none", "x" * 65, "a/b", {}])
def test_the_environment_defaults_to_production(given: object) -> None:
    """A missing or impossible environment is production."""
    assert event({"environment": given})["environment"] == "production"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (to_text(NOW - 5_000), NOW - 5_000),
        ((NOW - 5_000) / 1000, NOW - 5_000),
        (None, NOW),
        ("yesterday", NOW),
        (1e300, NOW),
        (to_text(NOW + HOUR), NOW),
        (to_text(NOW - 31 * DAY), NOW),
        (to_text(NOW - 29 * DAY), NOW - 29 * DAY),
    ],
)
def test_event_times(given: object, kept: int) -> None:
    """A time is read in either form; none, junk, the future and the long past become the time of arrival."""
    assert event({"timestamp": given})["timestamp"] == to_text(kept)


def test_a_clock_far_off_is_corrected() -> None:
    """A client's clock that is three hours ahead has its times shifted back, and its `sent_at` with them."""
    value = take("event", {"timestamp": to_text(NOW + 3 * HOUR - 2_000)}, sent_at=NOW + 3 * HOUR)
    assert value["event"]["timestamp"] == to_text(NOW - 2_000)
    assert value["sent_at"] == value["received_at"] == to_text(NOW)


def test_a_clock_somewhat_off_is_left() -> None:
    """A drift under 55 minutes may be the network's: nothing is shifted."""
    value = take("event", {"timestamp": to_text(NOW - 50 * 60_000)}, sent_at=NOW - 50 * 60_000)
    assert value["event"]["timestamp"] == to_text(NOW - 50 * 60_000)


def test_secrets_do_not_reach_the_log() -> None:
    """An event is scrubbed on its way."""
    assert "hunter2" not in json.dumps(event({"extra": {"password": "hunter2"}, "message": "token=hunter2"}))


def test_a_session_is_made_canonical() -> None:
    """A session keeps what is counted, its user hashed and its address gone."""
    attributes = {"release": "shop@1.0", "environment": "staging", "ip_address": "{{auto}}", "user_agent": "Firefox"}
    sid = "e556067c-704b-4980-8e60-4a8aa61b3c33"
    value = take("session", SESSION | {"sid": sid, "did": "u1", "status": "crashed", "attrs": attributes, "seq": 5})
    assert value["identity"] == hashed("u1")
    assert value["session"] == {
        "sid": sid.replace("-", ""),
        "started": to_text(NOW - 5_000),
        "timestamp": to_text(NOW),
        "status": "crashed",
        "errors": 1,
        "init": False,
        "attrs": {"release": "shop@1.0", "environment": "staging", "user_agent": "Firefox"},
        "did": hashed("u1"),
    }


def test_a_session_without_a_device_is_known_by_its_address() -> None:
    """Without a device id, and with the nil one, the address identifies."""
    for did in (None, "", "00000000-0000-0000-0000-000000000000"):
        session = SESSION | {"did": did, "attrs": {"release": "shop@1.0", "ip_address": "{{auto}}"}}
        value = take("session", session)
        assert value["identity"] == hashed(ADDRESS)
    assert "identity" not in take("session", SESSION)


def test_a_fast_clock_costs_no_session() -> None:
    """A start ahead of our clock is the time of arrival."""
    session = take("session", SESSION | {"started": to_text(NOW + 10 * 60_000)})["session"]
    assert session["started"] == session["timestamp"] == to_text(NOW)


BAD_SESSIONS: dict[str, dict[str, object]] = {
    "no release": {"attrs": {}},
    "bad release": {"attrs": {"release": "latest"}},
    "no attributes": {"attrs": None},
    "no start": {"started": None},
    "no time": {"started": "soon"},
    "six days old": {"started": to_text(NOW - 6 * DAY)},
    "unknown status": {"status": "happy"},
    "status a list": {"status": "x" * 100},
    "negative errors": {"errors": -1},
    "errors beyond counting": {"errors": 10**30},
    "errors a text": {"errors": "1"},
    "sid a number": {"sid": 5},
    "sid empty": {"sid": ""},
    "sid too long": {"sid": "x" * 65},
}


@pytest.mark.parametrize("name", BAD_SESSIONS)
def test_a_bad_session_is_dropped_silently(name: str) -> None:
    """A session that cannot be counted is invalid, without a word to the client."""
    assert refused("session", SESSION | BAD_SESSIONS[name]) == Settled(Category.SESSION, Fate.INVALID)


def test_a_status_of_another_kind_is_no_fault_of_ours() -> None:
    """A status that cannot even be looked up is invalid too."""
    assert refused("session", SESSION | {"status": ["ok"]}).fate == Fate.INVALID


def test_aggregates_are_stamped() -> None:
    """An SDK's own counts get an id, so that a second delivery counts once."""
    item = {
        "attrs": {"release": "shop@1.0"},
        "aggregates": [{"started": to_text(NOW), "exited": 7, "errored": 2, "crashed": 1, "did": "u1"}],
    }
    value, other = take("sessions", item), take("sessions", item)
    assert value["aggregates"] == [
        {"started": to_text(NOW), "exited": 7, "errored": 2, "crashed": 1, "did": hashed("u1")}
    ]
    assert value["attrs"] == {"release": "shop@1.0", "environment": "production"}
    assert len(value["id"]) == 32
    assert value["id"] != other["id"]


@pytest.mark.parametrize("aggregates", [None, [], {}, [{"started": "x"}], [5], [{"started": 1}] * 101])
def test_bad_aggregates_are_dropped(aggregates: object) -> None:
    """Counts that cannot be read are invalid."""
    item = {"attrs": {"release": "shop@1.0"}, "aggregates": aggregates}
    assert refused("sessions", item) == Settled(Category.SESSION, Fate.INVALID)


def test_feedback_is_taken_without_its_author() -> None:
    """Feedback keeps the words, the event it names and a hash; names and addresses are gone."""
    item = {
        "event_id": "a" * 32,
        "release": "shop@1.0",
        "environment": "staging",
        "timestamp": NOW / 1000,
        "user": {"id": "u1"},
        "contexts": {
            "feedback": {
                "message": " It broke, write to jo@example.com ",
                "contact_email": "jo@example.com",
                "name": "Jo Doe",
                "url": "https://shop/x?token=hunter2",
                "associated_event_id": "b" * 32,
                "source": "widget",
            }
        },
    }
    value = take("feedback", item)
    assert value == {
        "project": "shop",
        "id": "a" * 32,
        "message": "It broke, write to [email]",
        "release": "shop@1.0",
        "environment": "staging",
        "event_id": "b" * 32,
        "identity": hashed("u1"),
        "url": "https://shop/x?token=[Filtered]",
        "source": "widget",
        "at": to_text(NOW),
        "received_at": to_text(NOW),
        "scrubbed": {"assignment": 1, "email": 1},
    }


def test_long_feedback_is_cut() -> None:
    """A long text is cut to what the topic takes."""
    value = take("feedback", {"contexts": {"feedback": {"message": "a@b.cc" * 5_000}}})
    assert 0 < len(value["message"]) <= 8_192


@pytest.mark.parametrize("said", [None, {}, {"message": ""}, {"message": " \n"}, {"message": 5}])
def test_feedback_that_says_nothing_is_invalid(said: object) -> None:
    """Feedback without a message is invalid."""
    assert refused("feedback", {"contexts": {"feedback": said}}).fate == Fate.INVALID


def test_a_user_report_sent_twice_is_one() -> None:
    """A user report's id is a hash of its project, event and words."""
    report = {"event_id": "a" * 32, "name": "Jo", "email": "jo@example.com", "comments": "It broke"}
    first, second = take("user_report", report), take("user_report", report)
    other = take("user_report", report | {"comments": "It works"})
    assert first == second
    assert first["id"] != other["id"]
    assert first["event_id"] == "a" * 32
    assert first["identity"] == hashed("jo@example.com")
    assert "Jo" not in json.dumps(first)


def test_a_client_report_is_booked_as_dropped() -> None:
    """What the SDK dropped counts by category; its reports about its own reports do not."""
    report = {
        "discarded_events": [
            {"category": "error", "reason": "x", "quantity": 7},
            {"category": "session", "quantity": 2},
            {"category": "transaction", "quantity": 3},
            {"category": "internal", "quantity": 99},
            {"category": "error", "quantity": -5},
            {"category": "error", "quantity": 10**30},
            {"category": 5, "quantity": 1},
            "junk",
        ]
    }
    results = list(settle((Item("client_report", json.dumps(report).encode()),), context()))
    assert results == [
        Settled(Category.ERROR, Fate.DROPPED_BY_CLIENT, 7),
        Settled(Category.SESSION, Fate.DROPPED_BY_CLIENT, 2),
        Settled(Category.OTHER, Fate.DROPPED_BY_CLIENT, 3),
    ]


@pytest.mark.parametrize("kind", ["transaction", "attachment", "check_in", "log", "replay_event", "", "what"])
def test_other_items_are_filtered(kind: str) -> None:
    """An item type that is not kept is counted, whatever is in it."""
    assert refused(kind, b"\xff\x00 anything") == Settled(Category.OTHER, Fate.FILTERED)


MENDED = {
    "lone surrogate": rb'{"message":"a\ud83d b"}',
    "NUL": rb'{"message":"a\u0000b","a\u0000b":["\u0000"]}',
    "raw NUL": b'{"message":"a\x00b"}',
    "raw newline": b'{"message":"a\nb"}',
    "bad UTF-8": b'{"message":"a\xffb"}',
    "NaN": b'{"extra":{"x":NaN,"y":-Infinity}}',
    "byte-order mark": b'\xef\xbb\xbf{"message":"a"}',
    "beyond floats": b'{"extra":{"x":1e400}}',
    "big integer": b'{"extra":{"x":123456789012345678901234567890}}',
    "twice the same key": b'{"message":"a","message":"b"}',
    "empty": b"{}",
    "nulls": b'{"exception":null,"user":null,"tags":null,"contexts":null,"sdk":null,"errors":null}',
    "wrong kinds": b'{"exception":5,"user":[1],"tags":"x","contexts":[],"sdk":"x","errors":{},"release":{}}',
    "too many digits": b'{"extra":{"count":' + b"1" * 10_000 + b"}}",
    "deep but readable": b'{"extra":' + b"[" * 200 + b"]" * 200 + b"}",
}


@pytest.mark.parametrize("name", MENDED)
def test_odd_events_are_taken(name: str) -> None:
    """Odd JSON that a client may really send is mended: the log gets valid UTF-8 without NUL."""
    encoded = json.dumps(event(MENDED[name]), ensure_ascii=False)
    assert "\\u0000" not in encoded
    encoded.encode("utf-8")


UNREADABLE = {
    "nothing": b"",
    "no JSON": b"hello",
    "cut off": b'{"message":',
    "an array": b"[]",
    "a number": b"5",
    "too deep": b'{"a":' * 50_000,
    "too deep and closed": b'{"extra":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_events_are_invalid(name: str) -> None:
    """What cannot be read is invalid with a 400, never a fault of ours."""
    settled = refused("event", UNREADABLE[name])
    assert settled.fate == Fate.INVALID
    assert settled.refusal is not None
    assert settled.refusal.status == 400


def test_an_event_too_large_is_told() -> None:
    """An event over 1 MiB is invalid with a 413."""
    settled = refused("event", {"message": "x" * 1_048_576})
    assert settled.refusal is not None
    assert settled.refusal.status == 413


def test_an_event_that_would_not_fit_a_record_is_told() -> None:
    """An event just under 1 MiB does not fit a record of the log, and is invalid with a 413 too."""
    settled = refused("event", {"contexts": {"state": {"all": "x" * 1_047_000}}})
    assert settled.refusal is not None
    assert settled.refusal.status == 413


def test_one_event_an_envelope() -> None:
    """A second event in an envelope is invalid; sessions beyond a hundred are too."""
    events = list(settle((Item("event", b"{}"),) * 2, context()))
    assert [type(result) for result in events] == [Taken, Settled]
    sessions = list(settle((Item("session", json.dumps(SESSION).encode()),) * 101, context()))
    assert sum(isinstance(result, Taken) for result in sessions) == 100
    assert sessions[-1] == Settled(Category.SESSION, Fate.INVALID)


def test_records_carry_key_and_headers() -> None:
    """A record's key is the project and the entity; its headers are a CloudEvent's in binary mode."""
    (result,) = settle((Item("event", b"{}"),), context(event_id="b" * 32))
    assert isinstance(result, Taken)
    assert result.record.topic == "seatrial.errors"
    assert result.record.key == f"shop:{'b' * 32}".encode()
    assert dict(result.record.headers) == {
        "ce_id": b"b" * 32,
        "ce_source": b"seatrial/intake",
        "ce_specversion": b"1.0",
        "ce_type": b"seatrial.error.v1",
        "ce_time": to_text(NOW).encode(),
        "content-type": b"application/json",
    }
