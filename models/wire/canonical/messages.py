"""Messages of the topics in canonical form, without secrets: the same by HTTP and straight from a producer. Pure."""

from collections import Counter

import msgspec
from msgspec.structs import replace

from models.domain.identity import hash_identity
from models.wire import fields
from models.wire.canonical.event import Arrival, understand
from models.wire.canonical.users import known_by
from models.wire.messages import DeployMessage, ErrorMessage, FeedbackMessage, OutcomeMessage, SessionMessage
from models.wire.scrubbing.scrubber import Found, Scrubber

LONGEST_FEEDBACK = 8_192
NO_RELEASE = "write up to 200 characters without slashes, such as shop@1.4.2; `latest` names none"
NO_ENVIRONMENT = "write up to 64 characters without slashes, such as production; `none` names none"


class Unacceptable(ValueError):
    """A message that would mean nothing: ``place`` is where in it, ``fix`` what to write instead."""

    def __init__(self, place: str, title: str, fix: str) -> None:
        super().__init__(f"{place}: {title}: {fix}")
        self.place = place
        self.title = title
        self.fix = fix


def error(message: ErrorMessage, arrival: Arrival, scrub: Scrubber) -> ErrorMessage:
    found = Counter[str]()
    understood = understand(message.event, arrival)
    event = scrub.event(understood.event, msgspec.json.encode(understood.event), found)
    identity = message.identity or understood.identity
    return replace(message, event=event, identity=identity, scrubbed=_told(found))


def session(message: SessionMessage) -> SessionMessage:
    """Only the names; what a session means, its consumer says."""
    holder = message.session or message
    attributes = holder.attrs
    if attributes is None:
        return message
    release = fields.release(attributes.release)
    if release is None:
        place = "session.attrs.release" if message.session else "attrs.release"
        raise Unacceptable(place, "This cannot name a release", NO_RELEASE)
    environment = fields.environment(attributes.environment) or fields.DEFAULT_ENVIRONMENT
    named = replace(attributes, release=release, environment=environment)
    return (
        replace(message, session=replace(message.session, attrs=named))
        if message.session
        else replace(message, attrs=named)
    )


def feedback(
    message: FeedbackMessage, identity_key: bytes, scrub: Scrubber, address: str | None = None
) -> FeedbackMessage:
    """Its user is known by a hash alone; a release or environment that cannot be one is left out."""
    found = Counter[str]()
    text = message.message.strip()
    if not text:
        raise Unacceptable("message", "The feedback says nothing", "write something into `message`")
    known = known_by(message.user, address)
    return replace(
        message,
        message=scrub.text(text, found)[:LONGEST_FEEDBACK],
        release=fields.release(message.release),
        environment=fields.environment(message.environment),
        user=None,
        identity=message.identity or (hash_identity(identity_key, known) if known else None),
        url=_scrubbed(message.url, scrub, found),
        source=_scrubbed(message.source, scrub, found),
        scrubbed=_told(found),
    )


def deploy(message: DeployMessage, scrub: Scrubber) -> DeployMessage:
    found = Counter[str]()
    release, environment = fields.release(message.release), fields.environment(message.environment)
    if release is None:
        raise Unacceptable("release", "This cannot name a release", NO_RELEASE)
    if environment is None:
        raise Unacceptable("environment", "This cannot name an environment", NO_ENVIRONMENT)
    commits = [replace(commit, message=scrub.text(commit.message, found)) for commit in message.commits]
    return replace(
        message,
        release=release,
        environment=environment,
        replaces=fields.release(message.replaces),
        url=_scrubbed(message.url, scrub, found),
        commits=commits,
        scrubbed=_told(found),
    )


def outcome(message: OutcomeMessage, scrub: Scrubber) -> OutcomeMessage:
    found = Counter[str]()
    reason, by = _scrubbed(message.reason, scrub, found), _scrubbed(message.by, scrub, found)
    return replace(message, reason=reason, by=by, scrubbed=_told(found))


def _scrubbed(text: str | None, scrub: Scrubber, found: Found) -> str | None:
    """Only what people write freely is looked through: a release that looks like a card's number stays a release."""
    return None if text is None else scrub.text(text, found)


def _told(found: Found) -> dict[str, int] | None:
    return dict(found) or None
