"""What the request tells about every item in it."""

from dataclasses import dataclass

from api.intake.keys import ProjectKeys
from api.intake.limits import DRIFT_MS
from models.domain.identity import hash_identity
from models.wire import fields
from models.wire.canonical.moments import on_our_clock
from models.wire.times import to_text


@dataclass(frozen=True, slots=True)
class Context:
    keys: ProjectKeys
    address: str | None
    """The client's network address, for users who are known by nothing else."""
    received_at: int
    """When intake got it, ms since the epoch, UTC."""
    sent_at: int | None = None
    """When the client says it sent it, by its own clock; None if it does not say."""
    event_id: str | None = None
    """The envelope's own event id; it wins over the payload's."""
    country: str | None = None
    """The client's country, as a proxy that is trusted says."""

    @property
    def project(self) -> str:
        return self.keys.project

    @property
    def drift(self) -> int:
        """What to add to the client's times, in ms: 0 unless its clock is far off."""
        if self.sent_at is None:
            return 0
        drift = self.received_at - self.sent_at
        return drift if abs(drift) >= DRIFT_MS else 0

    def milliseconds(self, time: object) -> int | None:
        """A client's time on our clock; None for what is no time."""
        return on_our_clock(time, self.drift)

    def identity(self, value: object) -> str | None:
        """The hash of what a user is known by."""
        known = fields.text(value)
        return hash_identity(self.keys.identity_key, known) if known else None

    def stamps(self) -> dict[str, str]:
        """``received_at`` and ``sent_at`` of a wire value; the latter on our clock, lest it be corrected again."""
        stamps = {"received_at": to_text(self.received_at)}
        if self.sent_at is not None:
            stamps["sent_at"] = to_text(self.sent_at + self.drift)
        return stamps
