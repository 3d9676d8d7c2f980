"""What a producer puts on a topic by itself, as intake would have put it there: in canonical form, without secrets."""

from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from consumers.decoding import Delivery
from models.domain.project import Project
from models.wire import cloudevents, fields, topics
from models.wire.canonical import messages
from models.wire.canonical.event import Arrival
from models.wire.scrubbing.scrubber import scrubber


def understand(delivery: Delivery, project: Project) -> Delivery:
    """The delivery with its message so; as it is if it comes from intake. Raises `Unacceptable`."""
    if delivery.attributes.source == cloudevents.SOURCE_INTAKE:
        return delivery
    return replace(delivery, message=_canonical(delivery, project))


def _canonical(delivery: Delivery, project: Project) -> Any:
    message, topic = delivery.message, delivery.record.partition.topic
    scrub = scrubber(project.settings.scrubbing)
    if topic == topics.ERRORS:
        return messages.error(message, _arrival(delivery, project), scrub)
    if topic == topics.SESSIONS:
        return messages.session(message)
    if topic == topics.FEEDBACK:
        return messages.feedback(message, project.identity_key, scrub)
    if topic == topics.DEPLOYS:
        return messages.deploy(message, scrub)
    return messages.outcome(message, scrub) if topic == topics.OUTCOMES else message


def _arrival(delivery: Delivery, project: Project) -> Arrival:
    """An event without a valid id is named by what identifies its message."""
    own = fields.event_id(delivery.message.event.get("event_id"))
    named = own or uuid5(NAMESPACE_OID, delivery.identifier(None)).hex
    return Arrival(named, delivery.booked_at, project.identity_key)
