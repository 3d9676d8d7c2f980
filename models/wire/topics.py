"""The topics, and what each one is for. Names are fixed by the public surface."""

from collections.abc import Mapping

from models.ports import TopicSettings

DEPLOYS = "seatrial.deploys"
ERRORS = "seatrial.errors"
SESSIONS = "seatrial.sessions"
FEEDBACK = "seatrial.feedback"
OUTCOMES = "seatrial.outcomes"
LEDGER = "seatrial.ledger"
VERDICTS = "seatrial.verdicts"
DEAD_LETTERS = "seatrial.dead-letters"

CONSUMED = (DEPLOYS, ERRORS, SESSIONS, FEEDBACK, OUTCOMES, LEDGER)
"""What the consumers read."""

FEEDS_MINUTES = (DEPLOYS, ERRORS, SESSIONS)
"""A minute is closed when every partition of these is read past its end."""


def all_topics(partitions: int) -> Mapping[str, TopicSettings]:
    """Every topic with its settings; verdicts are compacted, so that a reader finds the last one of each release."""
    consumed = {topic: TopicSettings(partitions) for topic in CONSUMED}
    return consumed | {VERDICTS: TopicSettings(partitions, compacted=True), DEAD_LETTERS: TopicSettings(1)}


def short(topic: str) -> str:
    """``sessions`` for ``seatrial.sessions``: how tables and metrics name a topic."""
    return topic.removeprefix("seatrial.")
