"""What the store has of the live part, to be compared with what was sent."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from models.store import tables
from seatrial.demo.catalogue import PROJECT
from seatrial.demo.customers import Sent


@dataclass(frozen=True, slots=True)
class Kept:
    """By release: sessions started, errors and feedback."""

    sessions: dict[str, int]
    errors: dict[str, int]
    feedback: dict[str, int]


@dataclass(frozen=True, slots=True)
class Account:
    """One kind of thing of one release: sent, and kept since the live part began."""

    what: str
    release: str
    sent: int
    kept: int

    @property
    def balanced(self) -> bool:
        return self.sent == self.kept


def kept(engine: Engine) -> Kept:
    minute, event, feedback = tables.session_minute, tables.event, tables.feedback
    with engine.connect() as connection:
        started = select(minute.c.release, func.sum(minute.c.started)).where(minute.c.project == PROJECT)
        sessions = connection.execute(started.group_by(minute.c.release))
        errors = connection.execute(
            select(event.c.release, func.count()).where(event.c.project == PROJECT).group_by(event.c.release)
        )
        written = connection.execute(
            select(feedback.c.release, func.count()).where(feedback.c.project == PROJECT).group_by(feedback.c.release)
        )
        return Kept(
            {release: int(number) for release, number in sessions},
            {release: number for release, number in errors if release},
            {release: number for release, number in written if release},
        )


def accounts(sent: Sent, before: Kept, after: Kept) -> list[Account]:
    found = []
    for release in sorted(sent.requests):
        for what, told, was, now in (
            ("sessions", sent.requests[release], before.sessions, after.sessions),
            ("errors", sent.failures[release], before.errors, after.errors),
            ("feedback", sent.feedback[release], before.feedback, after.feedback),
        ):
            found.append(Account(what, release, told, now.get(release, 0) - was.get(release, 0)))
    return found
