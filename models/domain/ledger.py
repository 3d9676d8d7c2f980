"""The ledger's words: every item received has exactly one fate."""

from enum import StrEnum


class Category(StrEnum):
    ERROR = "error"
    SESSION = "session"
    FEEDBACK = "feedback"
    DEPLOY = "deploy"
    OUTCOME = "outcome"
    OTHER = "other"
    """Item types that Seatrial takes and does not keep (transactions, attachments, check-ins, …)."""


class Fate(StrEnum):
    STORED = "stored"
    DUPLICATE = "duplicate"
    FILTERED = "filtered"
    RATE_LIMITED = "rate_limited"
    INVALID = "invalid"
    DROPPED_BY_CLIENT = "dropped_by_client"
    IN_FLIGHT = "in_flight"
