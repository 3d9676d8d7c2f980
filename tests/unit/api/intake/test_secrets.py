"""Nothing of a secret is in what reaches the log, wherever it stands in what a client sends."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.intake.kinds.context import Context
from api.intake.kinds.items import Taken, settle
from api.intake.opening.envelope import Item
from tests.fakes.intake import NOW, PROJECT
from tests.fakes.leaks import PLACES, SECRETS


def logged(kind: str, payload: object) -> str:
    """What the log gets of an item: key, headers and value."""
    (result,) = settle((Item(kind, json.dumps(payload).encode()),), Context(PROJECT, "192.0.2.7", NOW))
    assert isinstance(result, Taken), result
    return str(result.record)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_of_an_event_is_logged(name: str, place: str) -> None:
    """It is made canonical first, so that nothing is put together or told afterwards that was taken out before."""
    text, secret = SECRETS[name]
    assert secret not in logged("event", PLACES[place](text))


SHAPES: dict[str, Callable[[str], dict[str, Any]]] = {
    "bare message": lambda text: {"message": text},
    "message with parameters": lambda text: {"message": {"message": "it said %s", "params": [text]}},
    "parameters by name": lambda text: {"logentry": {"message": "it said {what}", "params": {"what": text}}},
    "exception that is no text": lambda text: {"exception": {"type": "E", "value": {"reason": [text]}}},
    "tags as a table": lambda text: {"tags": {"what": text}},
    "breadcrumbs as a list": lambda text: {"breadcrumbs": [{"message": text}]},
    "stack at the top": lambda text: {"stacktrace": {"frames": [{"vars": {"x": text}}]}},
    "thread": lambda text: {"threads": [{"stacktrace": {"frames": [{"vars": {"x": text}}]}}]},
    "user": lambda text: {"user": {"note": text, "username": text}},
    "too long": lambda text: {"message": text + "x" * 9_000, "extra": {"a": text + "x" * 20_000}},
    "bad kinds": lambda text: {"level": text, "platform": text, "fingerprint": text, "tags": text, "user": text},
}
"""As clients write them, beside the canonical ones."""


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_logged_in_another_shape(name: str, shape: str) -> None:
    """What is cut, interpolated or invalid is looked through like the rest."""
    text, secret = SECRETS[name]
    assert secret not in logged("event", SHAPES[shape](text))


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_of_feedback_is_logged(name: str) -> None:
    """In either form, in the words and in the address."""
    text, secret = SECRETS[name]
    said = {"contexts": {"feedback": {"message": text, "url": text, "contact_email": text, "name": text}}}
    assert secret not in logged("feedback", said)
    assert secret not in logged("user_report", {"event_id": "a" * 32, "comments": text, "email": text, "name": text})
