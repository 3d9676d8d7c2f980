"""The crash-report dialog's two requests. `tests/integration/test_dialog.py` tries the form itself, in a browser."""

from urllib.parse import urlencode

import pytest

from tests.fakes.protocol import EVENT_ID, Wire

FORM = {"name": "Ada", "email": "ada@shop.example", "comments": "It broke as I paid. ada@shop.example"}


def path(wire: Wire, **changes: str) -> str:
    asked = {"dsn": f"https://{wire.key}@shop.example/{wire.number}", "eventId": EVENT_ID} | changes
    return f"/api/embed/error-page/?{urlencode(asked)}"


def test_the_script_is_served(wire: Wire) -> None:
    """To any page, which loads it with `crossorigin`."""
    told = wire.ask("GET", path(wire, title="<script>"))
    assert (told.status, told.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["cross-origin-resource-policy"] == "cross-origin"
    assert b"__sentry_reportdialog_closed__" in told.content
    assert b"<script>" not in told.content


def test_what_a_user_writes_becomes_feedback(wire: Wire) -> None:
    """It is joined to its event, and keeps neither name nor address."""
    told = wire.ask("POST", path(wire), urlencode(FORM).encode())
    assert (told.status, told.fates) == (200, {"feedback accepted": 1})
    (value,) = told.values
    assert (value["event_id"], value["message"]) == (EVENT_ID, "It broke as I paid. [email]")
    assert "Ada" not in str(value)


def test_the_same_form_twice_is_one(wire: Wire) -> None:
    """Who clicks twice has written once."""
    first, second = (wire.ask("POST", path(wire), urlencode(FORM).encode()) for _ in range(2))
    assert first.values[0]["id"] == second.values[0]["id"]


REFUSED = {
    "no comments": ({}, {**FORM, "comments": " "}, 400),
    "nothing": ({}, {}, 400),
    "no event": ({"eventId": "what"}, FORM, 400),
    "no dsn": ({"dsn": "what"}, FORM, 400),
    "a dsn of nobody": ({"dsn": f"https://{'f' * 32}@shop.example/1"}, FORM, 403),
    "too many fields": ({}, {str(number): "x" for number in range(100)}, 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_form_is_told(wire: Wire, name: str) -> None:
    """The form shows what is wrong: the answer says so, and the page may read it."""
    changes, form, status = REFUSED[name]
    told = wire.ask("POST", path(wire, **changes), urlencode(form).encode())
    assert told.status == status
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.values == ()


def test_another_method_is_told(wire: Wire) -> None:
    """The script is read, the form is posted."""
    told = wire.ask("PUT", path(wire))
    assert (told.status, told.headers["allow"]) == (405, "GET, POST, OPTIONS")


@pytest.mark.parametrize("changes", [{"dsn": "what"}, {"dsn": f"https://{'f' * 32}@shop.example/1"}, {"eventId": "x"}])
def test_no_script_without_an_event_and_a_project(wire: Wire, changes: dict[str, str]) -> None:
    """A form that nobody could send is not shown."""
    assert wire.ask("GET", path(wire, **changes)).status in {400, 403}
