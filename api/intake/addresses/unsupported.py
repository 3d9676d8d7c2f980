"""What the protocol knows and Seatrial does not take: a 404 that says so, rather than silence."""

from api.intake.refusal import Refusal

UNSUPPORTED = {
    "minidump": "native crash dumps",
    "unreal": "crash reports of Unreal Engine",
    "events": "attachments of an event that was sent before",
    "cron": "check-ins of scheduled jobs",
    "integration": "traces and logs of OpenTelemetry",
    "playstation": "crash reports of consoles",
}
"""By the first part of the address after the project's number."""
TAKEN = "intake takes envelope, store, security, csp-report and nel"


def refusal(path: str) -> Refusal:
    """For an address below ``/api/{number}/``."""
    what = UNSUPPORTED.get(path.strip("/").partition("/")[0])
    detail = f"Seatrial does not take {what}" if what else "there is nothing at this address"
    return Refusal(404, detail, TAKEN)
