"""Why events are one issue, which one an event would join, and what people teach: over HTTP, on a real store."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.store import samples, tables
from models.store.queries import project_settings
from seatrial.cli.grouping import lines
from tests.data.grouping.building import event, py, raised
from tests.fakes.api import NOW, Serving, serving

CART = raised("KeyError", "'price'", py("shop.views.show"), py("shop.cart.total"))
STOCK = raised("KeyError", "'price'", py("shop.views.show"), py("shop.stock.count"))


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path) as started:
        yield started


def send(api: Serving, *exceptions: dict[str, Any]) -> list[str]:
    """Events through intake and consumers; the issue of each."""
    found = []
    for exception in exceptions:
        one = event("python", exception) | {"timestamp": NOW / 1000}
        key = f"/api/{api.shop.number}/store/?sentry_key={api.shop.public_key}"
        answer = api.client.post(key, content=json.dumps(one))
        assert answer.status_code == 200, answer.text
        api.consume()
        found.append(str(api.get(f"/events/{one['event_id']}")["issue"]))
    return found


def test_an_issue_says_why_its_events_are_one_thing(api: Serving) -> None:
    """The frame that decided contributes, the way to it does not; and every key is listed."""
    (issue,) = send(api, CART)
    told = api.get(f"/issues/{issue}/why")

    assert (told["version"], told["rule"]) == ("grouping/v2", "in-app frame")
    stack = next(one for one in told["tree"]["children"][0]["children"] if one["component"] == "stack")
    frames = [(one["value"], one["contributes"]) for one in stack["children"]]
    assert frames == [("shop.cart total", True), ("shop.views show", False)]
    assert {one["kind"] for one in told["keys"]} == {"primary", "stack", "stack and value"}
    assert told["merged_into"] is None


def test_why_is_told_to_people(api: Serving) -> None:
    """As the command line prints it."""
    (issue,) = send(api, CART)
    printed = list(lines(api.get(f"/issues/{issue}/why")))
    assert f"{issue}  grouping/v2: the application's frame nearest to the failure" in printed
    assert "      + frame shop.cart total (the application's, nearest to the failure)" in printed
    assert "      - frame shop.views show (the way to the failure does not matter)" in printed


def test_an_issue_that_says_several_things_shows_them(api: Serving) -> None:
    """One key for two causes is not hidden."""
    kinds = [raised("AppError", text, py("shop.views.show"), py("shop.shelf.fill")) for text in ("is full", "is gone")]
    issue, again = send(api, *kinds)
    api.insert(
        tables.event_sample,
        *(
            {"issue": issue, "event_id": bytes([n]) * 16, "release": None, "booked_at": NOW, "payload": payload}
            for n, payload in enumerate(samples.pack(event("python", one)) for one in kinds)
        ),
    )
    assert issue == again
    assert {one["value"] for one in api.get(f"/issues/{issue}/why")["says"]} == {
        "AppError: is full",
        "AppError: is gone",
    }


def test_an_event_is_asked_where_it_would_go(api: Serving) -> None:
    """Nothing is stored; another way to the same failure joins, another failure would make an issue."""
    (issue,) = send(api, CART)
    other_way = raised("KeyError", "'price'", py("shop.jobs.nightly"), py("shop.cart.total"))
    joins = api.post("/grouping/explain", event("python", other_way)).json()
    makes = api.post("/grouping/explain", event("python", STOCK)).json()

    assert (joins["joins"]["issue"], joins["joins"]["by"], joins["makes"]) == (issue, "primary", None)
    assert (makes["joins"], makes["rule"]) == (None, "in-app frame")
    assert send(api, STOCK) == [makes["makes"]]


def test_the_projects_rules_win(api: Serving) -> None:
    """Over the client's fingerprint; by them the explanation says so."""
    rules = (
        '[[fingerprints]]\nmatch = { type = "Key*", module = "shop.*" }\nfingerprint = ["prices", "{{ function }}"]\n'
    )
    with api.services.writing() as connection:
        project_settings.apply(connection, "shop", rules, "ada", NOW)
    told = api.post("/grouping/explain", event("python", CART, fingerprint=["mine"])).json()

    assert (told["rule"], told["parts"]) == ("fingerprint", ["prices", "total"])
    assert told["tree"]["children"][0]["hint"] == "a rule of the project gives it"
    first, second = send(api, CART, STOCK)
    assert first != second


@pytest.mark.parametrize("body", [b"[]", b"no", b'{"a":', b"\xff"])
def test_what_is_no_event_is_refused(api: Serving, body: bytes) -> None:
    """With what to do."""
    answer = api.post("/grouping/explain", body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_merge_teaches_and_a_split_undoes_it(api: Serving) -> None:
    """Events join the survivor, then their own issue again; both are in the audit, with who and why."""
    cart, stock = send(api, CART, STOCK)
    merged = api.post(f"/issues/{stock}/merge", {"into": cart, "reason": "one price list", "by": "ada"})
    assert merged.json()["merged_into"] == cart
    assert send(api, STOCK) == [cart]
    assert api.get(f"/issues/{stock}/why")["merged_into"] == cart
    assert [one["issue"] for one in api.get(f"/issues/{cart}/why")["merged"]] == [stock]

    assert api.post(f"/issues/{stock}/split", {"reason": "no, two"}).json()["from"] == cart
    assert send(api, STOCK) == [stock]
    with api.services.reading() as connection:
        told = connection.execute(tables.audit.select().order_by(tables.audit.c.entry)).all()
    assert [(row.command, row.said_by) for row in told] == [("issue merge", "ada"), ("issue split", "this machine")]


def test_keys_are_split_off(api: Serving) -> None:
    """A key that `why` shows becomes an issue of its own."""
    cart, stock = send(api, CART, STOCK)
    api.post(f"/issues/{stock}/merge", {"into": cart, "reason": "x"})
    keys = [one["key"] for one in api.get(f"/issues/{cart}/why")["keys"] if one["kind"] == "primary"]
    made = api.post(f"/issues/{cart}/split", {"reason": "two causes", "keys": keys[:1]}).json()["issue"]

    assert sorted(send(api, CART, STOCK)) == sorted([cart, made])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/issues/SHOP-99/merge", {"into": "a", "reason": "x"}, 404),
        ("/issues/{cart}/merge", {"into": "{cart}", "reason": "x"}, 409),
        ("/issues/{cart}/merge", {"into": "f", "reason": "x"}, 409),
        ("/issues/{cart}/merge", {"into": "{stock}", "reason": " "}, 422),
        ("/issues/{cart}/merge", {"reason": "x"}, 422),
        ("/issues/{cart}/split", {"reason": "x"}, 409),
        ("/issues/{cart}/split", {"reason": "x", "keys": ["f" * 32]}, 409),
        ("/issues/{cart}/split", {"reason": "x", "keys": "f"}, 422),
    ],
)
def test_what_cannot_be_taught_is_refused(api: Serving, path: str, body: dict[str, Any], status: int) -> None:
    """With what to do; and nothing is changed."""
    cart, stock = send(api, CART, STOCK)
    names = {"{cart}": cart, "{stock}": stock}
    told = {name: names.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
    answer = api.post(path.replace("{cart}", cart), told)

    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert send(api, CART, STOCK) == [cart, stock]


def test_the_page_shows_why(api: Serving) -> None:
    """What decided, what did not, and where merged events go; whatever the event wrote into it is text."""
    strange = raised("<b>Bad</b>", "x", py("shop.views.show"), py("shop.cart.<i>total</i>"))
    cart, stock = send(api, strange, STOCK)
    api.post(f"/issues/{stock}/merge", {"into": cart, "reason": "x"})
    page = api.client.get(f"/projects/shop/issues/{cart}").text
    other = api.client.get(f"/projects/shop/issues/{stock}").text

    assert "the application&#39;s frame nearest to the failure" in page
    assert "the way to the failure does not matter" in page
    assert "Merged into it:" in page
    assert "was merged into this issue" in other
    assert "<b>Bad</b>" not in page
    assert "<i>total" not in page


# What was merged is read as one, and the forms -----------------------------------------------------------------------


def form(api: Serving, issue: str, which: str, **told: str) -> Any:
    """The answer to a form that was filled in, which leads to a page."""
    return api.client.post(f"/projects/shop/issues/{issue}/{which}", data=told)


def test_a_merged_issue_is_shown_by_its_survivor(api: Serving) -> None:
    """Its page leads there and says so, and every call about it answers of the survivor; never that there is none."""
    cart, stock = send(api, CART, STOCK)
    api.post(f"/issues/{stock}/merge", {"into": cart, "reason": "one price list"})

    (row,) = api.get("/issues")["items"]
    found = api.get(f"/issues/{stock}")
    assert (row["issue"], row["events"], found["issue"], found["merged_into"]) == (cart, 2, cart, cart)
    assert {key: found[key] for key in ("events", "users", "feedback")} == {
        key: row[key] for key in ("events", "users", "feedback")
    }
    assert api.get(f"/issues/{cart}")["merged_into"] is None
    assert api.get("/feedback", issue=stock)["items"] == []
    answer = api.client.get(f"/projects/shop/issues/{stock}?environment=production", follow_redirects=False)
    assert (answer.status_code, cart in answer.headers["location"]) == (303, True)
    page = api.client.get(answer.headers["location"]).text
    assert f"{stock[:8]} was merged into this issue" in page
    assert api.post(f"/issues/{stock}/commands", {"command": "mute", "reason": "x"}).json()["issue"] == cart


def test_the_forms_merge_and_split(api: Serving) -> None:
    """Each says what follows before the click, is kept with who and why, and leads to a page that says what is so."""
    cart, stock = send(api, CART, STOCK)
    page = api.client.get(f"/projects/shop/issues/{stock}").text
    assert "It can be split off again." in page
    assert "Split off" not in page
    merged = form(api, stock, "merge", what=cart, reason="one <b>list</b>", by="ada")
    assert (merged.status_code, f"/issues/{cart}" in str(merged.url)) == (200, True)
    assert f"{stock[:8]} was merged into this issue" in merged.text
    assert "It is listed beside this one again" in merged.text
    assert len(api.get("/issues")["items"]) == 1

    split = form(api, cart, "split", what=f"issue:{stock}", reason="no, two", by="bob")
    assert (split.status_code, f"/issues/{stock}" in str(split.url)) == (200, True)
    assert "stands for itself again" in split.text
    assert [one["events"] for one in api.get("/issues")["items"]] == [1, 1]
    with api.services.reading() as connection:
        told = connection.execute(tables.audit.select().order_by(tables.audit.c.entry)).all()
    assert [(row.command, row.said_by, json.loads(row.detail)["reason"]) for row in told] == [
        ("issue merge", "ada", "one <b>list</b>"),
        ("issue split", "bob", "no, two"),
    ]


def test_the_form_splits_off_a_key(api: Serving) -> None:
    """Where several find the issue; its events are an issue of their own."""
    cart, stock = send(api, CART, STOCK)
    form(api, stock, "merge", what=cart, reason="x", by="ada")
    key = next(one["key"] for one in api.get(f"/issues/{cart}/why")["keys"] if one["kind"] == "primary")
    split = form(api, cart, "split", what=f"key:{key}", reason="two causes", by="ada")

    assert (split.status_code, "are an issue of their own" in split.text) == (200, True)
    assert len(set(send(api, CART, STOCK))) == 2


@pytest.mark.parametrize(
    ("which", "told", "said"),
    [
        ("merge", {"what": "SHOP-99"}, "there is no issue &#39;SHOP-99&#39;"),
        ("merge", {"what": "{cart}"}, "they are one issue already"),
        ("merge", {"what": ""}, "Say which one."),
        ("merge", {"what": "{stock}", "reason": ""}, "Say why"),
        ("merge", {"what": "{stock}", "by": " "}, "Say who you are."),
        ("split", {"what": "issue:{stock}"}, "it is no part of this issue now"),
        ("split", {"what": "key:f"}, "is no primary key of this issue"),
    ],
)
def test_a_form_that_cannot_be_is_shown_again(api: Serving, which: str, told: dict[str, str], said: str) -> None:
    """With what was written, and what to mend; nothing is changed."""
    cart, stock = send(api, CART, STOCK)
    filled = {"reason": "because <i>x</i>", "by": "ada"} | told
    filled["what"] = filled["what"].format(cart=cart, stock=stock)
    answer = form(api, cart, which, **filled)
    if which == "merge":
        assert said in answer.text
        assert not filled["reason"] or "because &lt;i&gt;x" in answer.text
    assert answer.status_code == 422
    assert len(api.get("/issues")["items"]) == 2


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/grouping/explain", b'{"extra":' + b"[" * 400 + b"]" * 400 + b"}", {200, 422}),
        ("/grouping/explain", b'{"extra":' + b"[" * 20_000 + b"]" * 20_000 + b"}", {400, 422}),
        ("/issues/SHOP-1/merge", b'{"into": "\xff"}', {422}),
        ("/issues/SHOP-1/split", b"[" * 9_000, {422}),
    ],
)
def test_a_body_of_any_shape_has_an_answer(api: Serving, path: str, body: bytes, status: set[int]) -> None:
    """Nested too deeply, and no UTF-8."""
    assert api.post(path, body).status_code in status
