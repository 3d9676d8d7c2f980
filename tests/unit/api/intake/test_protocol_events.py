"""sentry-protocol.md, section 2.1, row by row: what SDKs send, and what the log gets of it.

Rows that we disagree with are in docs/protocol.md; here they say what is done instead.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.intake.kinds.context import Context
from api.intake.kinds.items import Taken, settle
from api.intake.opening.envelope import Item
from models.domain.identity import hash_identity
from models.wire.times import to_text
from tests.fakes.intake import NOW, PROJECT

ADDRESS = "192.0.2.7"
DAY = 86_400_000
HERE = to_text(NOW)
KIND = {"type": "ValueError"}
INVALID, MISSING, CUT = "invalid_data", "missing_attribute", "value_too_long"
NOTHING = object()
"""What a field is that is not there."""


@dataclass(frozen=True, slots=True)
class Case:
    """``given`` is what the event holds beside a time, ``kept`` what the log has by path, ``told`` the faults."""

    given: dict[str, Any]
    kept: dict[str, Any]
    told: list[tuple[str, str]] = field(default_factory=list)


def exceptions(*values: Any) -> dict[str, Any]:
    return {"exception": {"values": list(values)}}


def stack(*frames: Any) -> dict[str, Any]:
    return {"stacktrace": {"frames": list(frames)}}


def frame(**values: Any) -> dict[str, Any]:
    return exceptions(KIND | stack(values))


def numbered(count: int) -> list[dict[str, Any]]:
    return [{"function": f"f{number}"} for number in range(count)]


FRAME = "exception.values.0.stacktrace.frames.0"
WHOLE_FRAME = {
    "filename": "shop/cart.py",
    "abs_path": "/srv/shop/cart.py",
    "module": "shop.cart",
    "function": "total",
    "raw_function": "total()",
    "lineno": 12,
    "colno": 3,
    "context_line": "return price * number",
    "pre_context": ["def total(price, number):"],
    "post_context": [""],
    "in_app": True,
    "vars": {"number": "3"},
    "package": "shop",
    "data": {"sourcemap": "cart.js.map"},
}
MECHANISM = {
    "type": "chained",
    "handled": False,
    "synthetic": True,
    "exception_id": 1,
    "parent_id": 0,
    "is_exception_group": True,
    "source": "__cause__",
}
HASH = hash_identity(PROJECT.identity_key, "7")

ROWS: dict[str, list[Case]] = {
    "timestamp: RFC 3339 (no zone is UTC), epoch seconds; junk or missing is the time received, with an entry": [
        Case({"timestamp": "2026-11-22T23:38:00Z"}, {"timestamp": "2026-11-22T23:38:00Z"}),
        Case({"timestamp": "2026-11-22T23:38:00"}, {"timestamp": "2026-11-22T23:38:00Z"}),
        Case({"timestamp": "2026-11-23T01:38:00+02:00"}, {"timestamp": "2026-11-22T23:38:00Z"}),
        Case({"timestamp": NOW // 1000 - 60}, {"timestamp": to_text(NOW - 60_000)}),
        Case({"timestamp": NOW / 1000 - 0.25}, {"timestamp": to_text(NOW - 250)}),
        Case({"timestamp": "junk"}, {"timestamp": HERE}, [(INVALID, "timestamp")]),
        Case({"timestamp": True}, {"timestamp": HERE}, [(INVALID, "timestamp")]),
        Case({"timestamp": None}, {"timestamp": HERE}, [(MISSING, "timestamp")]),
    ],
    "timestamp: further ahead than 60 s, or older than 30 days, is now, with an entry": [
        Case({"timestamp": to_text(NOW + 59_000)}, {"timestamp": to_text(NOW + 59_000)}),
        Case({"timestamp": to_text(NOW + 61_000)}, {"timestamp": HERE}, [("future_timestamp", "timestamp")]),
        Case({"timestamp": to_text(NOW - 29 * DAY)}, {"timestamp": to_text(NOW - 29 * DAY)}),
        Case({"timestamp": to_text(NOW - 31 * DAY)}, {"timestamp": HERE}, [("past_timestamp", "timestamp")]),
    ],
    "event_id: 32 hex or dashed is lower hex": [
        Case({"event_id": "A" * 32}, {"event_id": "a" * 32}),
        Case({"event_id": "A0B1C2D3-0000-0000-0000-00000000000F"}, {"event_id": "a0b1c2d300000000000000000000000f"}),
    ],
    "message: a text": [
        Case(
            {"message": "no price"},
            {"logentry": {"message": "no price", "formatted": "no price"}, "message": NOTHING},
        ),
        Case({"message": ""}, {"logentry": NOTHING}),
        Case({"message": 42}, {"logentry": {"message": "42", "formatted": "42"}}),
    ],
    "message: a table of message, params, formatted": [
        Case(
            {"message": {"message": "no %s", "params": ["price"]}},
            {"logentry": {"message": "no %s", "formatted": "no price", "params": ["price"]}, "message": NOTHING},
        ),
        Case(
            {"message": {"message": "no %s", "formatted": "no thing", "params": ["price"]}},
            {"logentry.formatted": "no thing"},
        ),
    ],
    "logentry: a text, or a table; it goes before message": [
        Case({"logentry": "no price"}, {"logentry": {"message": "no price", "formatted": "no price"}}),
        Case({"logentry": {"formatted": "no price"}}, {"logentry": {"message": "no price", "formatted": "no price"}}),
        Case({"logentry": {"message": "a"}, "message": "b"}, {"logentry.formatted": "a"}),
        Case({"logentry": {}, "message": "b"}, {"logentry.formatted": "b"}),
        Case({"logentry": {"message": "a", "params": 7}}, {"logentry.formatted": "a"}, [(INVALID, "logentry.params")]),
    ],
    "formatted: interpolated from %s and %d lists and {name} tables": [
        Case({"logentry": {"message": "%s has %d", "params": ["cart", 3]}}, {"logentry.formatted": "cart has 3"}),
        Case({"logentry": {"message": "%(a)s %(b)s", "params": {"a": 1, "b": None}}}, {"logentry.formatted": "1 None"}),
        Case({"logentry": {"message": "{a} {b}", "params": {"a": True, "b": [1]}}}, {"logentry.formatted": "True [1]"}),
        Case({"logentry": {"message": "{} {0} {1}", "params": ["x", "y"]}}, {"logentry.formatted": "x x y"}),
        Case({"logentry": {"message": "%s {a}", "params": ["x"]}}, {"logentry.formatted": "x {a}"}),
        Case({"logentry": {"message": "%s %s", "params": ["x"]}}, {"logentry.formatted": "x %s"}),
        Case({"logentry": {"message": "{b}", "params": {"a": 1}}}, {"logentry.formatted": "{b}"}),
        Case({"logentry": {"message": "%.2f at 100%%", "params": [1.005]}}, {"logentry.formatted": "1.00 at 100%"}),
        Case({"logentry": {"message": "%d", "params": ["three"]}}, {"logentry.formatted": "three"}),
        Case({"logentry": {"message": "100% done", "params": []}}, {"logentry.formatted": "100% done"}),
    ],
    "exception: values, a bare list, a bare single one": [
        Case({"exception": {"values": [KIND]}}, {"exception": {"values": [KIND]}}),
        Case({"exception": {"values": KIND}}, {"exception": {"values": [KIND]}}),
        Case({"exception": [KIND]}, {"exception": {"values": [KIND]}}),
        Case({"exception": KIND}, {"exception": {"values": [KIND]}}),
        Case({"exception": None}, {"exception": NOTHING}),
        Case({"exception": {"values": []}}, {"exception": NOTHING}),
        Case({"exception": "ValueError: x"}, {"exception": NOTHING}, [(INVALID, "exception")]),
    ],
    "exception: null entries are dropped, and so are {} (the protocol has null), for the last one is the one raised": [
        Case(exceptions(None, KIND, None), exceptions(KIND)),
        Case(exceptions(KIND, {}), exceptions(KIND), [(MISSING, "exception.values.1")]),
        Case(exceptions(5, KIND), exceptions(KIND), [(INVALID, "exception.values.0")]),
    ],
    "exception: a value that is no text is its JSON": [
        Case(exceptions(KIND | {"value": {"a": 1}}), {"exception.values.0.value": '{"a":1}'}),
        Case(exceptions(KIND | {"value": 7}), {"exception.values.0.value": "7"}),
        Case(exceptions({"type": ["x"]}), {"exception.values.0.type": None}, [(INVALID, "exception.values.0.type")]),
    ],
    "exception: oldest to newest": [
        Case(exceptions({"type": "KeyError"}, {"type": "ShopError"}), {"exception.values.1.type": "ShopError"}),
    ],
    "exception.mechanism: type, handled, synthetic, exception_id, parent_id, is_exception_group, source": [
        Case(exceptions(KIND | {"mechanism": MECHANISM}), exceptions(KIND | {"mechanism": MECHANISM})),
        Case(
            exceptions(KIND | {"mechanism": {"handled": "false", "synthetic": 1}}),
            exceptions(KIND | {"mechanism": {"handled": None, "synthetic": None}}),
            [(INVALID, "exception.values.0.mechanism.handled"), (INVALID, "exception.values.0.mechanism.synthetic")],
        ),
        Case(
            exceptions(KIND | {"mechanism": "x"}),
            {"exception.values.0.mechanism": None},
            [(INVALID, "exception.values.0.mechanism")],
        ),
    ],
    "exception.mechanism: JavaScript's captureMessage has no type, a synthetic exception and a message": [
        Case(
            exceptions({"value": "hi", "mechanism": {"synthetic": True}}) | {"message": "hi"},
            exceptions({"value": "hi", "mechanism": {"synthetic": True}})
            | {"logentry.formatted": "hi", "type": "error"},
        ),
    ],
    "stacktrace: caller to callee": [
        Case(exceptions(KIND | stack(*numbered(2))), exceptions(KIND | stack(*numbered(2)))),
    ],
    "stacktrace: frames null or [] is no stack": [
        Case(exceptions(KIND | {"stacktrace": {"frames": None}}), exceptions(KIND)),
        Case(exceptions(KIND | {"stacktrace": {"frames": []}}), exceptions(KIND)),
        Case(exceptions(KIND | {"stacktrace": {"frames": [None]}}), exceptions(KIND)),
        Case(exceptions(KIND | {"stacktrace": None}), exceptions(KIND)),
        Case(exceptions(KIND | {"stacktrace": 5}), exceptions(KIND), [(INVALID, "exception.values.0.stacktrace")]),
        Case(exceptions(KIND | stack("x", {"function": "f"})), frame(function="f"), [(INVALID, FRAME)]),
    ],
    "stacktrace: one at the top is merged into the single exception": [
        Case(exceptions(KIND) | stack({"function": "f"}), frame(function="f") | {"stacktrace": NOTHING}),
        Case(frame(function="f") | stack({"function": "g"}), frame(function="f") | stack({"function": "g"})),
        Case(exceptions(KIND, KIND) | stack({"function": "g"}), exceptions(KIND, KIND) | stack({"function": "g"})),
        Case(stack({"function": "g"}), stack({"function": "g"}) | {"exception": NOTHING}),
    ],
    "frame: filename, abs_path, module, function, raw_function, lineno, colno, context, in_app, vars, package, data": [
        Case(frame(**WHOLE_FRAME), frame(**WHOLE_FRAME)),
        Case(frame(lineno="12", colno=3.0), frame(lineno=12, colno=3)),
        Case(frame(lineno="x"), frame(lineno=None), [(INVALID, f"{FRAME}.lineno")]),
        Case(frame(in_app=1), frame(in_app=None), [(INVALID, f"{FRAME}.in_app")]),
        Case(frame(function=7, vars=[1]), frame(function="7", vars=None), [(INVALID, f"{FRAME}.vars")]),
        Case(frame(pre_context="x"), frame(pre_context=None), [(INVALID, f"{FRAME}.pre_context")]),
    ],
    "frame: python's __main__, node's modules, and the whole URL of browsers stay as they are": [
        Case(frame(module="__main__"), frame(module="__main__")),
        Case(frame(module="cap", filename="node:internal/x"), frame(module="cap", filename="node:internal/x")),
        Case(frame(filename="https://shop.example/main.js"), frame(filename="https://shop.example/main.js")),
    ],
    "tags: a table or a list of pairs is a list": [
        Case({"tags": {"a": "1", "b": "2"}}, {"tags": [["a", "1"], ["b", "2"]]}),
        Case({"tags": [["a", "1"], ["b", "2"]]}, {"tags": [["a", "1"], ["b", "2"]]}),
        Case({"tags": "x"}, {"tags": NOTHING}, [(INVALID, "tags")]),
        Case({"tags": []}, {"tags": NOTHING}),
    ],
    "tags: values are texts (True is True), None stays null": [
        Case({"tags": {"a": True, "b": 1.5, "c": 7}}, {"tags": [["a", "True"], ["b", "1.5"], ["c", "7"]]}),
        Case({"tags": {"a": None}}, {"tags": [["a", None]]}),
        Case({"tags": {"a": {"b": 1}}}, {"tags": [["a", None]]}, [(INVALID, "tags.0")]),
        Case({"tags": [["a"], ["b", "c"], None]}, {"tags": [["b", "c"]]}, [(INVALID, "tags.0")]),
        Case({"tags": {"": "x"}}, {"tags": NOTHING}, [(INVALID, "tags.0")]),
    ],
    "tags: of keys that are there twice the first counts": [
        Case({"tags": [["a", "1"], ["a", "2"], [1, "x"], ["1", "y"]]}, {"tags": [["a", "1"], ["1", "x"]]}),
    ],
    "tags: keys and values are cut to 200 with ...": [
        Case({"tags": {"a": "x" * 200}}, {"tags": [["a", "x" * 200]]}),
        Case({"tags": {"a": "x" * 201}}, {"tags": [["a", "x" * 197 + "..."]]}, [(CUT, "tags.0")]),
        Case({"tags": {"k" * 201: "x"}}, {"tags": [["k" * 197 + "...", "x"]]}, [(CUT, "tags.0")]),
    ],
    "user: id (a number is a text), email, username, ip_address ({{auto}}); the identity is the first of them": [
        Case({"user": {"id": 7, "email": "ana@x.org"}}, {"user": {"id": HASH}}),
        Case({"user": {"id": "7"}}, {"user": {"id": HASH}}),
        Case({"user": {"email": "7", "username": "ana"}}, {"user": {"id": HASH}}),
        Case({"user": {"username": "7", "ip_address": "192.0.2.1"}}, {"user": {"id": HASH}}),
        Case({"user": {"ip_address": "7"}}, {"user": {"id": HASH}}),
        Case({"user": {"ip_address": "{{auto}}"}}, {"user": {"id": hash_identity(PROJECT.identity_key, ADDRESS)}}),
        Case({"user": "ana"}, {"user": NOTHING}, [(INVALID, "user")]),
    ],
    "user: extra keys are data": [
        Case({"user": {"id": 7, "plan": "pro"}}, {"user": {"id": HASH, "data": {"plan": "pro"}}}),
        Case({"user": {"data": {"a": 1, "email": "ana@x.org"}, "b": 2}}, {"user": {"data": {"a": 1, "b": 2}}}),
    ],
    "level: fatal error warning info debug": [
        Case({"level": level}, {"level": level}) for level in ("fatal", "error", "warning", "info", "debug")
    ],
    "level: log is info, 40 is error": [
        Case({"level": "log"}, {"level": "info"}),
        Case({"level": 40}, {"level": "error"}),
        Case({"level": 30}, {"level": "warning"}),
    ],
    "level: warn and FATAL are invalid: error, which is the default": [
        Case({"level": "warn"}, {"level": "error"}, [(INVALID, "level")]),
        Case({"level": "FATAL"}, {"level": "error"}, [(INVALID, "level")]),
        Case({"level": True}, {"level": "error"}, [(INVALID, "level")]),
        Case({}, {"level": "error"}),
    ],
    "fingerprint: a list of scalars as texts; null is dropped, 1.5 is cut": [
        Case({"fingerprint": ["a", 1, 1.5, True, None]}, {"fingerprint": ["a", "1", "1", "True"]}),
        Case({"fingerprint": [{"a": 1}, "b"]}, {"fingerprint": ["b"]}, [(INVALID, "fingerprint")]),
        Case({"fingerprint": [1e300]}, {"fingerprint": NOTHING}, [(INVALID, "fingerprint")]),
        Case({"fingerprint": []}, {"fingerprint": NOTHING}),
    ],
    "fingerprint: a bare text is invalid": [
        Case({"fingerprint": "a"}, {"fingerprint": NOTHING}, [(INVALID, "fingerprint")]),
    ],
    "release: trimmed, a number is a text": [
        Case({"release": " shop@1 "}, {"release": "shop@1"}),
        Case({"release": 12}, {"release": "12"}),
        Case({"release": None}, {"release": None}),
    ],
    "release: latest . .. / \\ newline tab and over 200 are null with an entry, and the event is kept": [
        Case({"release": name}, {"release": None}, [(INVALID, "release")])
        for name in ("latest", "Latest", ".", "..", "a/b", "a\\b", "a\nb", "a\tb", "x" * 201)
    ],
    "environment: over 64, none, . .. slash and empty are null, which is production": [
        *(
            Case({"environment": name}, {"environment": "production"}, [(INVALID, "environment")])
            for name in ("x" * 65, "none", "None", ".", "..", "a/b", "a\nb", 5)
        ),
        Case({"environment": ""}, {"environment": "production"}),
        Case({}, {"environment": "production"}),
        Case({"environment": " staging "}, {"environment": "staging"}),
    ],
    "platform: unknown and missing are other": [
        Case({"platform": "python"}, {"platform": "python"}),
        Case({"platform": "abacus"}, {"platform": "other"}, [(INVALID, "platform")]),
        Case({}, {"platform": "other"}),
    ],
    "contexts.trace: absent is fine": [
        Case({"contexts": {"os": {"name": "Linux"}}}, {"contexts": {"os": {"name": "Linux"}}}),
        Case({}, {"contexts": NOTHING}),
        Case({"contexts": {"os": 5, "app": None}}, {"contexts": NOTHING}, [(INVALID, "contexts.os")]),
        Case({"contexts": [1]}, {"contexts": NOTHING}, [(INVALID, "contexts")]),
    ],
    "limits: message 8192": [
        Case({"message": "x" * 8_192}, {"logentry.formatted": "x" * 8_192}),
        Case(
            {"logentry": {"formatted": "x" * 8_193}},
            {"logentry.formatted": "x" * 8_189 + "..."},
            [(CUT, "logentry.message"), (CUT, "logentry.formatted")],
        ),
        Case(
            exceptions({"value": "x" * 8_193}),
            exceptions({"value": "x" * 8_189 + "..."}),
            [(CUT, "exception.values.0.value")],
        ),
    ],
    "limits: 50 frames, the middle removed": [
        Case(exceptions(KIND | stack(*numbered(50))), exceptions(KIND | stack(*numbered(50)))),
        Case(
            exceptions(KIND | stack(*numbered(60))),
            {
                "exception.values.0.stacktrace.frames": numbered(60)[:25] + numbered(60)[35:],
                "exception.values.0.stacktrace.frames_omitted": [25, 35],
                "errors.0.reason": "of 60 frames, those from 25 to 34 are left out",
            },
            [(CUT, "exception.values.0.stacktrace.frames")],
        ),
    ],
    "limits: extra 16k each, 256k all": [
        Case({"extra": {"a": "x" * 16_384}}, {"extra": {"a": "x" * 16_384}}),
        Case(
            {"extra": {"a": "x" * 16_385, "b": 1}}, {"extra.a": "x" * 16_381 + "...", "extra.b": 1}, [(CUT, "extra.a")]
        ),
        Case(
            {"extra": {"a": ["x" * 20_000], "b": 1}},
            {"extra": {"a": "[20,004 bytes left out]", "b": 1}},
            [(CUT, "extra.a")],
        ),
        Case(
            {"extra": {f"k{number}": "x" * 16_384 for number in range(17)} | {"n": 5}},
            {"extra.k15": "x" * 16_384, "extra.k16": "[16,384 bytes left out]", "extra.n": "[1 bytes left out]"},
            [(CUT, "extra.k16"), (CUT, "extra.n")],
        ),
        Case({"extra": "x"}, {"extra": NOTHING}, [(INVALID, "extra")]),
    ],
    "type: inferred, error of an exception, else default; csp and feedback exist": [
        Case(exceptions(KIND), {"type": "error"}),
        Case({"message": "x"}, {"type": "default"}),
        Case({"type": "csp"}, {"type": "csp"}),
        Case({"type": "event"} | exceptions(KIND), {"type": "error"}),
    ],
    "what else SDKs send: breadcrumbs and threads in their two shapes, names as texts": [
        Case({"breadcrumbs": [{"message": "x"}, None, 5]}, {"breadcrumbs": {"values": [{"message": "x"}]}}),
        Case(
            {"threads": [{"id": 1} | stack({"function": "f"}), {"id": 2, "stacktrace": {"frames": []}}]},
            {"threads": {"values": [{"id": 1} | stack({"function": "f"}), {"id": 2}]}},
        ),
        Case({"server_name": 5, "logger": "a"}, {"server_name": "5", "logger": "a"}),
        Case({"transaction": ["x"]}, {"transaction": None}, [(INVALID, "transaction")]),
        Case({"request": "x", "sdk": 5}, {"request": None, "sdk": None}, [(INVALID, "request"), (INVALID, "sdk")]),
    ],
}


def taken(given: dict[str, Any]) -> dict[str, Any]:
    """The event that the log gets, of a client that says what time it is."""
    payload = json.dumps({"timestamp": NOW / 1000} | given).encode()
    (result,) = settle((Item("event", payload),), Context(PROJECT, ADDRESS, NOW))
    assert isinstance(result, Taken), result
    event: dict[str, Any] = json.loads(result.record.value or b"")["event"]
    return event


def at(value: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(value, list):
            value = value[int(step)]
        elif step in value:
            value = value[step]
        else:
            return NOTHING
    return value


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_protocol(row: str) -> None:
    """Each shape becomes the canonical one; what could not be understood is told with its place."""
    for case in ROWS[row]:
        event = taken(case.given)
        for path, value in case.kept.items():
            assert at(event, path) == value, (case.given, path)
        assert [(told["type"], told["name"]) for told in event.get("errors", [])] == case.told, case.given


def test_an_invalid_event_id_is_a_new_one() -> None:
    """event_id: invalid -> new id, with an entry; none is no fault."""
    events = [taken({"event_id": given}) for given in ("xyz", 5, "0" * 32, None)]
    ids = {event["event_id"] for event in events}
    assert len(ids) == 4
    assert all(len(bytes.fromhex(one)) == 16 for one in ids)
    assert ["errors" in event for event in events] == [True, True, True, False]


def test_faults_stand_beside_those_of_the_sdk() -> None:
    """Its own entries stay; what it should have been is not in them."""
    event = taken({"errors": [{"type": "sdk"}], "release": "se/cret", "level": "secret"})
    assert event["errors"] == [
        {"type": "sdk"},
        {"type": INVALID, "name": "release"},
        {"type": INVALID, "name": "level"},
    ]


def test_an_event_does_not_grow_by_its_faults() -> None:
    """Of thousands of bad tags fifty are told one by one."""
    errors = taken({"tags": [[]] * 3_000})["errors"]
    assert len(errors) == 51
    assert errors[-1]["reason"] == "2950 more faults"


def test_a_template_cannot_blow_up() -> None:
    """A long parameter in thousands of places, and a wide number, are cut as they are put in."""
    for template, params in (("{0}" * 2_700, ["x" * 100_000]), ("%999d" * 1_600, [1] * 1_600)):
        entry = taken({"logentry": {"message": template, "params": params}})["logentry"]
        assert len(entry["formatted"]) == 8_192
