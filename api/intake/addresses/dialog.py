"""The crash-report dialog: the form that an SDK's `showReportDialog` loads into a page after an error.

The SDK puts DSN, the event's id and its texts into the address of a script. The script makes the form and sends
what the user writes to the same address; it arrives as a user's report of that event.
"""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from urllib.parse import parse_qsl

from api.intake.opening import authentication
from api.intake.opening.envelope import Envelope, Item
from api.intake.opening.reading import write
from api.intake.refusal import Refusal
from models.wire import fields

MOST_FIELDS = 20
FIELDS = ("name", "email", "comments")


def credentials(query: Iterable[tuple[str, str]]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The project's number and the key, which stand in the DSN alone, as number and query of a `Request`."""
    key, number = authentication.dsn_parts(dict(query).get("dsn"))
    return number, (("sentry_key", key),)


def event_id(query: Iterable[tuple[str, str]]) -> str:
    """The event that is reported on. Raises `Refusal`."""
    found = fields.event_id(dict(query).get("eventId"))
    if found is None:
        raise Refusal(400, "invalid event id", "eventId must be the 32 hexadecimal characters that the SDK gave")
    return found


def parse(body: bytes, event: str) -> Envelope:
    """The form that the script sends, as an envelope with one `user_report` of the event. Raises `Refusal`."""
    try:
        sent = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise Refusal(400, "invalid form", "send name, email and comments as a form does") from error
    if not sent.get("comments", "").strip():
        raise Refusal(400, "invalid form", "comments: say what happened")
    report = {name: sent[name] for name in FIELDS if name in sent}
    return Envelope({}, (Item("user_report", write(report | {"event_id": event})),))


@lru_cache(maxsize=1)
def script() -> bytes:
    return files("api.intake").joinpath("dialog.js").read_bytes()
