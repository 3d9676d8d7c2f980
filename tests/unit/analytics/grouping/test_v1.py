"""analytics/grouping/v1.py: which events have one cause; the ladder of sentry-protocol.md, 4.4."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.grouping.v1 import VERSION, group, issue_id, parameterise

LEAVES = some.none() | some.booleans() | some.integers() | some.floats() | some.text()
JSON = some.recursive(
    LEAVES, lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4)
)
FIELDS = some.sampled_from([
    "exception", "values", "type", "value", "stacktrace", "frames", "function", "filename", "abs_path", "module",
    "in_app", "mechanism", "synthetic", "fingerprint", "message", "logentry", "formatted", "level", "logger",
    "transaction",
])  # fmt: skip
NEARLY_EVENTS = some.dictionaries(
    FIELDS,
    some.recursive(LEAVES, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(FIELDS, inner, max_size=6)),
    max_size=8,
)


def frame(function: str, module: str = "shop.cart", *, in_app: bool = True, **rest: Any) -> dict[str, Any]:
    return {"function": function, "module": module, "in_app": in_app, "lineno": 10, **rest}


def error(*frames: dict[str, Any], kind: str = "KeyError", value: str = "'total'", **rest: Any) -> dict[str, Any]:
    stack = {"stacktrace": {"frames": list(frames)}} if frames else {}
    return {"exception": {"values": [{"type": kind, "value": value, **stack}]}, **rest}


CHECKOUT = error(frame("main", "runpy", in_app=False), frame("checkout"), frame("total"))


# What a key does not depend on --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        {"event_id": "f" * 32},
        {"timestamp": 1_700_000_000.5},
        {"release": "shop@1.5.0"},
        {"environment": "staging"},
        {"tags": [["b", "2"], ["a", "1"]]},
        {"user": {"id": "ada"}},
        {"server_name": "web-2"},
        {"contexts": {"runtime": {"name": "CPython"}}},
        {"level": "fatal"},
        {"transaction": "/checkout"},
    ],
)
def test_what_is_no_cause_is_not_in_the_key(other: dict[str, Any]) -> None:
    """Ids, times, the release, people and machines."""
    assert group(CHECKOUT | other).key == group(CHECKOUT).key


def test_lines_may_move() -> None:
    """A comment above the fault is no new issue; nor are local variables or context."""
    moved = deepcopy(CHECKOUT)
    for one in moved["exception"]["values"][0]["stacktrace"]["frames"]:
        one |= {"lineno": 99, "colno": 5, "vars": {"x": "1"}, "context_line": "total()", "abs_path": "/srv/r2/cart.py"}

    assert group(moved).key == group(CHECKOUT).key


def test_an_events_value_is_no_cause_where_there_are_frames() -> None:
    """The same line fails with many values."""
    assert group(error(frame("total"), value="'a'")).key == group(error(frame("total"), value="'b'")).key


def test_the_order_of_keys_decides_nothing() -> None:
    """JSON objects have none."""
    assert group(dict(reversed(CHECKOUT.items()))).key == group(CHECKOUT).key


def test_frames_of_libraries_do_not_count_beside_our_own() -> None:
    """An upgrade of a framework regroups nothing."""
    upgraded = error(frame("main", "runpy2", in_app=False), frame("checkout"), frame("total"))

    assert group(upgraded).key == group(CHECKOUT).key


# What it does depend on ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        error(frame("checkout"), frame("total"), kind="ValueError"),
        error(frame("checkout"), frame("discount")),
        error(frame("checkout"), frame("total", "shop.prices")),
        error(frame("total"), frame("checkout")),
    ],
    ids=["type", "function", "module", "order"],
)
def test_another_cause_is_another_issue(other: dict[str, Any]) -> None:
    """Type, functions, modules, and who called whom."""
    assert group(other).key != group(CHECKOUT).key


# The ladder ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "rung"),
    [
        (CHECKOUT | {"fingerprint": ["cart", "total"]}, "fingerprint"),
        (CHECKOUT, "in-app frames"),
        (error(frame("checkout", in_app=False)), "all frames"),
        (error(), "type and value"),
        ({"message": "disk is full"}, "message"),
        ({"logentry": {"message": "user %s is gone", "params": ["7"]}}, "message"),
        ({"level": "error", "logger": "shop", "transaction": "/cart"}, "fallback"),
        ({}, "fallback"),
    ],
)
def test_the_first_rung_that_contributes_decides(event: dict[str, Any], rung: str) -> None:
    """And says which it was."""
    found = group(event)

    assert found.parts[0] == rung
    assert found.version == VERSION == "grouping/v1"


def test_default_in_a_fingerprint_is_what_would_have_been() -> None:
    """Alone it is no fingerprint, with others it is a part."""
    alone, split = (CHECKOUT | {"fingerprint": parts} for parts in (["{{ default }}"], ["{{default}}", "eu"]))

    assert group(alone).key == group(CHECKOUT).key
    assert group(split).parts == ("fingerprint", *group(CHECKOUT).parts, "eu")


@pytest.mark.parametrize("fingerprint", [[], [""], [None], "cart", {"a": 1}, None])
def test_an_empty_fingerprint_is_none(fingerprint: object) -> None:
    """Nor is anything that is no list of texts."""
    assert group(CHECKOUT | {"fingerprint": fingerprint}).key == group(CHECKOUT).key


def test_the_raised_exception_is_the_last_of_the_chain() -> None:
    """Its causes stand before it."""
    chain = {"exception": {"values": [error()["exception"]["values"][0], {"type": "CheckoutFailed", "value": "no"}]}}

    assert group(chain).title == "CheckoutFailed: no"


@pytest.mark.parametrize("shape", [lambda one: {"values": [one]}, lambda one: [one], lambda one: one])
def test_all_shapes_of_an_exception_are_read(shape: Any) -> None:
    """In `values`, as a bare list, and alone."""
    assert group({"exception": shape(CHECKOUT["exception"]["values"][0])}).key == group(CHECKOUT).key


def test_a_synthetic_exceptions_type_says_nothing() -> None:
    """An SDK made it up to carry a stack; the type changes with the browser."""
    one, other = (
        {
            "exception": {
                "values": [{"type": kind, "mechanism": {"synthetic": True}, "stacktrace": {"frames": [frame("a")]}}]
            }
        }
        for kind in ("Error", "Rejection")
    )

    assert group(one).key == group(other).key


def test_recursion_of_any_depth_is_one_issue() -> None:
    """How deep it went before it failed is chance."""
    shallow, deep = (error(frame("walk"), *[frame("visit")] * depth) for depth in (2, 45))

    assert group(shallow).key == group(deep).key


def test_only_the_frames_near_the_fault_count() -> None:
    """SDKs send up to 100."""
    frames = [frame(f"step_{number}") for number in range(100)]

    assert group(error(*frames)).key == group(error(*frames[50:])).key


# Bundles of browsers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://shop.example/assets/main.3f2a1c9d.js", "https://cdn.example/v2/main.77b0e1aa.js?x=1"),
        ("app:///static/index-BX3k2a9Q.js", "app:///static/index-Zq81mm2P.js"),
    ],
)
def test_a_bundles_address_and_hash_change_with_each_build(one: str, other: str) -> None:
    """The name that stays and the function are the cause."""
    keys = {group(error({"function": "onClick", "filename": name, "in_app": True})).key for name in (one, other)}

    assert len(keys) == 1


def test_a_bundles_address_alone_decides_nothing() -> None:
    """A frame without a function in a bundle: the next build would regroup it."""
    event = error({"function": "?", "filename": "https://shop.example/main.3f2a1c9d.js", "in_app": True})

    assert group(event).parts[0] == "type and value"


# Values -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user 17 at 10.0.0.1", "user <number> at <ip>"),
        ("no row ada@example.com", "no row <email>"),
        ("GET https://api.example/v1/orders/7 failed", "GET <url> failed"),
        ("id 0b2c6c5e-1d2f-4c3b-9a8e-7f6d5c4b3a21", "id <uuid>"),
        ("at 2026-11-25T13:17:29Z", "at <date>"),
        ("object at 0x7f69968bb9c0", "object at <hex>"),
        ("commit deadbeef01", "commit <hex>"),
        ("KeyError: 'total'", "KeyError: <quoted>"),
        ("took -1.5 s", "took <number> s"),
        ("no numbers here", "no numbers here"),
        ("first\n\n  second \nthird", "first\nsecond"),
    ],
)
def test_what_differs_from_case_to_case_is_replaced(text: str, expected: str) -> None:
    """And only the first two lines that say anything count."""
    assert parameterise(text) == expected


# What people see ----------------------------------------------------------------------------------------------------


def test_title_and_culprit_name_the_fault() -> None:
    """The type with its value, and the frame that failed."""
    found = group(CHECKOUT | {"level": "fatal"})

    assert (found.title, found.culprit, found.level) == ("KeyError: 'total'", "shop.cart total", "fatal")


def test_without_anything_there_still_is_a_title() -> None:
    """And the level of an error."""
    assert (group({}).title, group({}).culprit, group({}).level) == ("Unnamed error", None, "error")


def test_an_issues_id_is_the_projects_own() -> None:
    """32 hexadecimal digits, the same wherever they are made, others in another project."""
    made = issue_id("shop", "key")

    assert made == issue_id("shop", "key") == "90187e9ec1a865d3a2a085bbec917548"
    assert made != issue_id("blog", "key")
    assert len(issue_id("shop", "\ud800")) == 32


@given(JSON | NEARLY_EVENTS)
def test_any_shape_is_grouped(value: Any) -> None:
    """It never raises, gives the same twice, and names the first part."""
    event = value if isinstance(value, dict) else {"exception": value, "message": value, "fingerprint": value}
    found = group(event)

    assert found == group(deepcopy(event))
    assert found.title
    assert found.parts[0]
    assert len(issue_id("shop", found.key)) == 32


def test_a_number_of_thousands_of_digits_is_grouped() -> None:
    """Python makes no text of it."""
    assert group({"fingerprint": [10**5000, "a"]}).parts == ("fingerprint", "a")
