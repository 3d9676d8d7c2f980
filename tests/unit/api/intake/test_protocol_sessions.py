"""Sessions as sentry-protocol.md, 2.2, has them, row by row; where we do otherwise, docs/protocol.md says why."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from api.intake.kinds.context import Context
from api.intake.kinds.items import Settled, Taken, settle
from api.intake.limits import DRIFT_MS, FUTURE_MS
from api.intake.opening import envelope
from api.intake.opening.envelope import Item
from models.domain.identity import hash_identity
from models.domain.ledger import Category, Fate
from models.wire.times import to_milliseconds, to_text
from models.wire.topics import SESSIONS
from tests.fakes.consuming import FROM_INTAKE, PROJECT, Consuming
from tests.fakes.intake import NOW
from tests.fakes.intake import PROJECT as KEYS

FOLDER = Path(__file__).parents[3] / "data" / "envelopes"
SID = "e556067c704b49808e604a8aa61b3c33"
MINIMAL: dict[str, Any] = {"started": to_text(NOW - 5_000), "attrs": {"release": "shop@1.0"}}
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
BIGGEST = 2**64 - 1
NIL = "00000000-0000-0000-0000-000000000000"


def settled(kind: str, payload: object, sent_at: int | None = None) -> Taken | Settled:
    (result,) = settle((Item(kind, json.dumps(payload).encode()),), Context(KEYS, "192.0.2.7", NOW, sent_at))
    return result


def wire(kind: str, payload: object, sent_at: int | None = None) -> dict[str, Any]:
    """The wire value of an item that must be taken."""
    result = settled(kind, payload, sent_at)
    assert isinstance(result, Taken), result
    value: dict[str, Any] = json.loads(result.record.value or b"")
    return value


def update(sent_at: int | None = None, **fields: Any) -> dict[str, Any]:
    taken: dict[str, Any] = wire("session", MINIMAL | fields, sent_at)["session"]
    return taken


def is_dropped(sent_at: int | None = None, **fields: Any) -> bool:
    """Whether an update is dropped without a word, and counted as invalid."""
    result = settled("session", MINIMAL | fields, sent_at)
    return result == Settled(Category.SESSION, Fate.INVALID)


def aggregates(*minutes: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    told = [{"started": MINIMAL["started"], **minute} for minute in minutes]
    return {"aggregates": told, "attrs": {"release": "shop@1.0", **attributes}}


# Fields -------------------------------------------------------------------------------------------------------------


def test_the_defaults() -> None:
    """An update may have nothing but its start and its release: the sid is random, the rest now, ok, no errors."""
    found, other = update(), update()
    assert found | {"sid": ""} == {
        "sid": "",
        "started": MINIMAL["started"],
        "timestamp": to_text(NOW),
        "status": "ok",
        "errors": 0,
        "init": False,
        "attrs": {"release": "shop@1.0", "environment": "production"},
    }
    assert len(found["sid"]) == 32
    assert found["sid"] != other["sid"]


@pytest.mark.parametrize("given", [SID, "e556067c-704b-4980-8e60-4a8aa61b3c33", SID.upper()])
def test_sid(given: str) -> None:
    """32 hexadecimal characters, dashed or not, are one session; docs/protocol.md tells of other texts."""
    assert update(sid=given)["sid"] == SID


@pytest.mark.parametrize("given", ["u-17", "device 7"])
def test_did(given: str) -> None:
    """The user or device is known by its hash alone."""
    value = wire("session", MINIMAL | {"did": given})
    assert value["identity"] == value["session"]["did"] == hash_identity(KEYS.identity_key, given)
    assert given not in json.dumps(value)


@pytest.mark.parametrize("given", [NIL, NIL.replace("-", ""), None, ""])
def test_a_nil_did_is_none(given: str | None) -> None:
    """SDKs write the nil UUID for nobody; a user called 0 is somebody."""
    assert "identity" not in wire("session", MINIMAL | {"did": given})
    assert "did" not in wire("sessions", aggregates({"exited": 1, "did": given}))["aggregates"][0]
    assert "identity" in wire("session", MINIMAL | {"did": "0"})


@pytest.mark.parametrize("init", [True, False])
def test_seq(*, init: bool) -> None:
    """Any number of 64 bits but the largest is taken, whatever `init` says, and changes nothing: it is not kept."""
    for seq in (0, 1_795_390_740_000, BIGGEST - 1, None):
        assert update(sid=SID, seq=seq, init=init) == update(sid=SID, init=init)
    for bad in (BIGGEST, -1, 1.5, "1", True):
        assert is_dropped(seq=bad, init=init)


def test_init() -> None:
    """It says that this is the first update; it decides nothing, for a session counts once it has any."""
    assert [update(init=init)["init"] for init in (True, False)] == [True, False]


def test_timestamp() -> None:
    """As told; before the start it is the start, and without one it is now."""
    assert update(timestamp=to_text(NOW - 1_000))["timestamp"] == to_text(NOW - 1_000)
    assert update(timestamp=to_text(NOW - HOUR))["timestamp"] == MINIMAL["started"]
    assert update(timestamp=None)["timestamp"] == update(timestamp="soon")["timestamp"] == to_text(NOW)


def test_started_is_required() -> None:
    """A text by ISO 8601 or seconds since the epoch; without it there is nothing to count."""
    assert is_dropped(started=None)
    assert is_dropped(started="yesterday")
    assert update(started=(NOW - 5_000) / 1000)["started"] == MINIMAL["started"]
    assert update(started=to_text(NOW - 5_000).replace("Z", ""))["started"] == MINIMAL["started"]


def test_duration() -> None:
    """Seconds, as told; what is no number is left out, and the session stays."""
    assert update(duration=0.5)["duration"] == 0.5
    assert "duration" not in update(duration="long")


@pytest.mark.parametrize("status", ["ok", "exited", "crashed", "abnormal", "errored", "unhandled"])
def test_statuses(status: str) -> None:
    """All six are taken, `unhandled` among them, which browsers send."""
    assert update(status=status)["status"] == status


@pytest.mark.parametrize("status", ["degraded", "", "OK", None, 5, ["ok"]])
def test_an_unknown_status_is_dropped(status: object) -> None:
    """As a processing Relay does; in the ledger it is invalid."""
    assert is_dropped(status=status)


def test_errors() -> None:
    """None by default, and at least one where it crashed."""
    assert [update(errors=errors)["errors"] for errors in (None, 0, 3)] == [0, 0, 3]
    assert [update(errors=errors, status="crashed")["errors"] for errors in (None, 0, 3)] == [1, 1, 3]
    assert update(status="unhandled")["errors"] == 0
    assert all(is_dropped(errors=errors) for errors in (-1, "1", 1.5, 10**12))


def test_abnormal_mechanism() -> None:
    """It explains an abnormal end, changes no count, and is not kept."""
    assert update(sid=SID, status="abnormal", abnormal_mechanism="anr_foreground") == update(sid=SID, status="abnormal")


@pytest.mark.parametrize("attrs", [None, {}, {"release": ""}, {"release": "latest"}, {"release": "a/b"}, "shop@1.0"])
def test_the_release_is_required(attrs: object) -> None:
    """A session without a valid one is nobody's."""
    assert is_dropped(attrs=attrs)
    item = aggregates({"exited": 1}) | {"attrs": attrs}
    assert settled("sessions", item) == Settled(Category.SESSION, Fate.INVALID)


@pytest.mark.parametrize("given", ["none", "x" * 65, "a/b", "..", "", None])
def test_an_invalid_environment_is_none(given: str | None) -> None:
    """And without one it is production, as for events: a session counts somewhere, or it would be lost."""
    attributes = {"release": "shop@1.0", "environment": given}
    assert update(attrs=attributes)["attrs"]["environment"] == "production"
    assert wire("sessions", aggregates({"exited": 1}, environment=given))["attrs"]["environment"] == "production"


def test_address_and_user_agent() -> None:
    """The address becomes the user where there is no `did`, and is not kept; the user agent is."""
    attributes = {"release": "shop@1.0", "ip_address": "{{auto}}", "user_agent": "Firefox"}
    value = wire("session", MINIMAL | {"attrs": attributes})
    assert value["identity"] == hash_identity(KEYS.identity_key, "192.0.2.7")
    assert value["session"]["attrs"] == {"release": "shop@1.0", "environment": "production", "user_agent": "Firefox"}


# When an update is dropped --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [b"{", b"[]", b"null", b"", b'"ok"'])
def test_what_is_no_json_object(payload: bytes) -> None:
    """Invalid, silently."""
    for kind in ("session", "sessions"):
        (result,) = settle((Item(kind, payload),), Context(KEYS, None, NOW))
        assert result == Settled(Category.SESSION, Fate.INVALID)


def test_five_days() -> None:
    """A start of up to five days ago is taken, an older one is not, and `timestamp` cannot be before it."""
    assert update(started=to_text(NOW - 5 * DAY))["started"] == to_text(NOW - 5 * DAY)
    assert is_dropped(started=to_text(NOW - 5 * DAY - 1_000))
    assert update(timestamp=to_text(NOW - 9 * DAY))["timestamp"] == MINIMAL["started"]


def test_the_future() -> None:
    """Up to a minute ahead is taken as told, and beyond it is now: Relay drops it (docs/protocol.md)."""
    assert update(started=to_text(NOW + FUTURE_MS))["started"] == to_text(NOW + FUTURE_MS)
    found = update(started=to_text(NOW + FUTURE_MS + 1_000), timestamp=to_text(NOW + DAY))
    assert (found["started"], found["timestamp"]) == (to_text(NOW), to_text(NOW))


def test_drift_is_corrected_before_ages_are_judged() -> None:
    """A clock that is two days slow, by the envelope's `sent_at`, makes no session old; nor is one young for it."""
    slow = NOW - 2 * DAY
    assert update(slow, started=to_text(slow - 4 * DAY))["started"] == to_text(NOW - 4 * DAY)
    assert is_dropped(slow, started=to_text(slow - 6 * DAY))
    fast = NOW + 2 * DAY
    assert update(fast, started=to_text(fast - MINUTE))["started"] == to_text(NOW - MINUTE)
    assert update(NOW + DRIFT_MS - 1, started=to_text(NOW - MINUTE))["started"] == to_text(NOW - MINUTE)


# Aggregates -----------------------------------------------------------------------------------------------------------


def test_aggregates() -> None:
    """Disjoint counts of a minute with its start and maybe a user; those that are 0 need not be told."""
    counts = {"exited": 7, "errored": 2, "abnormal": 1, "unhandled": 3, "crashed": 4}
    value = wire("sessions", aggregates(counts | {"did": "u1"}, {"exited": 0, "crashed": 1}))
    assert value["aggregates"] == [
        {"started": MINIMAL["started"], **counts, "did": hash_identity(KEYS.identity_key, "u1")},
        {"started": MINIMAL["started"], "crashed": 1},
    ]


def test_counts_are_disjoint() -> None:
    """Their sum is the total: `errored` leaves out what crashed or ended abnormally."""
    shop = Consuming()
    shop.told(SESSIONS, wire("sessions", aggregates({"exited": 7, "errored": 2, "abnormal": 1, "crashed": 4})))
    assert classes(shop) == {"started": 14, "healthy": 7, "errored": 2, "abnormal": 1, "crashed": 4}


def test_the_order_of_keys_decides_nothing() -> None:
    """Python writes `attrs` first."""
    item = aggregates({"exited": 1})
    turned = dict(reversed(item.items()))
    assert list(turned) == ["attrs", "aggregates"]
    assert wire("sessions", turned) | {"id": ""} == wire("sessions", item) | {"id": ""}


def test_old_minutes_of_aggregates_are_dropped() -> None:
    """The others of the item count; an item of nothing else is invalid, as one without any is."""
    old = {"started": to_text(NOW - 6 * DAY), "exited": 3}
    assert wire("sessions", aggregates(old, {"exited": 1}))["aggregates"] == [
        {"started": MINIMAL["started"], "exited": 1}
    ]
    for item in (aggregates(old), aggregates(), aggregates(*[{"exited": 1}] * 101)):
        assert settled("sessions", item) == Settled(Category.SESSION, Fate.INVALID)


def test_intake_stamps_aggregates_with_an_id() -> None:
    """So that what the log delivers twice counts once, and two like minutes of two servers count twice."""
    one, other = wire("sessions", aggregates({"exited": 5})), wire("sessions", aggregates({"exited": 5}))
    shop = Consuming()
    shop.told(SESSIONS, one, one, other, headers=FROM_INTAKE)
    assert classes(shop)["started"] == 10
    assert shop.fates() == {("session", "stored"): 2, ("session", "duplicate"): 1}


# What SDKs really send ------------------------------------------------------------------------------------------------

SDKS: dict[str, tuple[list[str], dict[str, int]]] = {
    "Python web": (["py-flask-04"], {"started": 10, "healthy": 7, "errored": 2, "crashed": 1}),
    "Python script, started by hand": (["py-session_ok-01"], {"started": 1, "healthy": 1}),
    "Python script, with an error": (["py-session_app-02"], {"started": 1, "errored": 1}),
    "Node server": (["js-server-02"], {"started": 5, "healthy": 3, "errored": 1, "crashed": 1}),
    "Node process": (["js-session-01"], {"started": 1, "healthy": 1}),
    "Node process, its end before its beginning": (["js-session-02", "js-session-03"], {"started": 1, "healthy": 1}),
    "browser, loaded": (["browser-01"], {"started": 1, "healthy": 1}),
    "browser, first error": (["browser-01", "browser-02"], {"started": 1, "errored": 1}),
    "browser, unhandled": (["browser-01", "browser-02", "browser-07"], {"started": 1, "unhandled": 1}),
    "browser, in another order": (["browser-07", "browser-02", "browser-01"], {"started": 1, "unhandled": 1}),
}


@pytest.mark.parametrize("sdk", SDKS)
def test_what_sdks_really_send(sdk: str) -> None:
    """Recorded envelopes, from bytes to counts: none has `seq`, and each session counts once."""
    recordings, expected = SDKS[sdk]
    shop = Consuming()
    shop.clock.set(NOW)
    for name in recordings:
        shop.told(SESSIONS, *recorded(name), headers=FROM_INTAKE)
    assert classes(shop) == expected


def test_requests_have_no_user() -> None:
    """Servers count without one, and there is nobody who could be hurt; Python's envelope has a header of `{}`."""
    for name in ("py-flask-04", "js-server-02"):
        (value,) = recorded(name)
        assert all("did" not in minute for minute in value["aggregates"])
    assert (FOLDER / "py-flask-04.bin").read_bytes().startswith(b"{}\n")


def test_browsers_name_their_user_and_their_agent() -> None:
    """The same user in each update of a session."""
    values = [recorded(name)[0] for name in ("browser-01", "browser-02", "browser-07")]
    assert {value["identity"] for value in values} == {hash_identity(KEYS.identity_key, "u-17")}
    assert all("HeadlessChrome" in value["session"]["attrs"]["user_agent"] for value in values)


def recorded(name: str) -> list[dict[str, Any]]:
    """The wire values of a recorded envelope's sessions, its project renamed to that of the consumer's tests."""
    parsed = envelope.parse((FOLDER / f"{name}.bin").read_bytes())
    context = Context(KEYS, "192.0.2.7", NOW, to_milliseconds(parsed.headers.get("sent_at")))
    taken = [result for result in settle(parsed.items, context) if isinstance(result, Taken)]
    values = [json.loads(result.record.value or b"") for result in taken if result.category is Category.SESSION]
    return [value | {"project": PROJECT} for value in values]


def classes(shop: Consuming) -> dict[str, int]:
    """The counts of all sessions; those that are 0 are left out."""
    total: Counter[str] = Counter()
    for row in shop.store.kept["session_minute"].values():
        total.update(
            {name: row[name] for name in ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")}
        )
    return dict(+total)
