"""What a program with the unmodified Python SDK does: a session, an unhandled error, feedback. Run with a DSN."""

import atexit
import sys
from uuid import uuid4

import sentry_sdk
from sentry_sdk.envelope import Envelope, Item, PayloadRef

RELEASE = "shop@python"


def main() -> None:
    sentry_sdk.init(dsn=sys.argv[1], release=RELEASE, environment="production")
    sentry_sdk.set_user({"id": "customer-python"})
    send_feedback("the python checkout fails")
    scope = sentry_sdk.get_isolation_scope()
    scope.start_session(session_mode="application")
    # Runs after the SDK's hook has seen the error, and before its own exit hook sends what is left.
    atexit.register(scope.end_session)
    message = "an unhandled error from Python"
    raise ZeroDivisionError(message)


def send_feedback(message: str) -> None:
    event_id = uuid4().hex
    payload = {
        "event_id": event_id,
        "type": "feedback",
        "release": RELEASE,
        "environment": "production",
        "contexts": {"feedback": {"message": message}},
    }
    envelope = Envelope(headers={"event_id": event_id})
    envelope.add_item(Item(payload=PayloadRef(json=payload), type="feedback"))
    transport = sentry_sdk.get_client().transport
    assert transport is not None
    transport.capture_envelope(envelope)


main()
