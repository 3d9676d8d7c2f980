"""A script with the unmodified sentry-sdk: a session, and what it is told by lines. Run with a DSN and a release."""

import atexit
import sys
from typing import Any
from uuid import uuid4

import sentry_sdk
from sentry_sdk.envelope import Envelope, Item, PayloadRef

dsn, release = sys.argv[1:]


def main() -> None:
    sentry_sdk.init(dsn=dsn, release=release, environment="production")
    sentry_sdk.set_user({"id": "customer-python"})
    scope = sentry_sdk.get_isolation_scope()
    scope.start_session(session_mode="application")
    # Runs after the SDK's hook has seen an error, and before its own exit hook sends what is left.
    atexit.register(scope.end_session)
    for line in sys.stdin:
        {"handled": handled, "feedback": feedback, "report": report, "crash": crash}[line.strip()]()
        print(line.strip(), flush=True)  # noqa: T201 - the answer


def handled() -> None:
    try:
        int("a voucher that is not valid")
    except ValueError as error:
        sentry_sdk.capture_exception(error)


def feedback() -> None:
    """The SDK has no call for it (2.75): people build the item by hand."""
    event_id = uuid4().hex
    payload = {
        "event_id": event_id,
        "type": "feedback",
        "release": release,
        "environment": "production",
        "user": {"id": "customer-python"},
        "contexts": {"feedback": {"message": "the python checkout fails"}},
    }
    send("feedback", payload, {"event_id": event_id})


def report() -> None:
    """The old form: of the error that was captured last."""
    told = {"event_id": sentry_sdk.last_event_id(), "email": "jo@example.com", "comments": "it failed again"}
    send("user_report", told, {"event_id": told["event_id"]})


def send(kind: str, payload: dict[str, Any], headers: dict[str, Any]) -> None:
    envelope = Envelope(headers=headers)
    envelope.add_item(Item(payload=PayloadRef(json=payload), type=kind))
    transport = sentry_sdk.get_client().transport
    assert transport is not None
    transport.capture_envelope(envelope)


def crash() -> None:
    raise ZeroDivisionError("an unhandled error from Python")


main()
