"""Intake: from a request's bytes to records in the log.

A request is authenticated, decoded with a bound, parsed, and each item settled; the answer is 200 only after the log
has what was taken.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from api.intake import authentication, encodings, envelope
from api.intake.appender import Appender
from api.intake.bookkeeper import Bookkeeper
from api.intake.context import Context
from api.intake.envelope import Envelope
from api.intake.items import Result, Settled, Taken, settle
from api.intake.keys import Keys, ProjectKeys
from api.intake.limits import MAX_COMPRESSED_BYTES
from api.intake.refusal import Refusal, too_large
from api.intake.tally import Tally
from models.domain.ledger import Category, Fate
from models.ports import Clock, LogUnavailable, LogWriter
from models.wire import fields
from models.wire.times import to_milliseconds


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it arrived. Header names are in lower case; ``body`` is still encoded."""

    number: str | None
    """The project's, as it stands in the address; None where the address names none: then the key does."""
    headers: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str], ...]
    body: bytes
    address: str | None = None

    @property
    def encoding(self) -> str:
        return ",".join(value for name, value in self.headers if name == "content-encoding")


class Intake:
    """Takes requests, between `start` and `stop`, on one event loop."""

    def __init__(self, keys: Keys, writer: LogWriter, clock: Clock, country_header: str = "") -> None:
        self._keys = keys
        self._country_header = country_header.lower()
        self._clock = clock
        self.appender = Appender(writer)
        self.tally = Tally()
        self.unavailable = 0
        """Requests refused because the log did not take their records. Their clients report the loss themselves."""
        self._bookkeeper = Bookkeeper(self.tally, self.appender, clock)

    def start(self) -> None:
        self.appender.start()
        self._bookkeeper.start()

    async def stop(self) -> None:
        await self._bookkeeper.stop()
        await self.appender.stop()

    async def take_envelope(self, request: Request) -> str | None:
        """Take an envelope; return the id of its event, None if it held none. Raises `Refusal` or `LogUnavailable`."""
        named, number = self._named(request), authentication.project_number(request.number or "")
        keys = authentication.admit(self._keys.project(number), named, None) if named else None
        try:
            body = encodings.decode(request.encoding, request.body)
            in_dsn = authentication.dsn_key(envelope.parse_headers(body), number)
            keys = authentication.admit(keys or self._keys.project(number), named, in_dsn)
            parsed = envelope.parse(body)
        except Refusal as refusal:
            self._count_refused(keys, refusal)
            raise
        return await self._take(parsed, keys, request)

    async def take(self, request: Request, parse: Callable[[bytes], Envelope]) -> str | None:
        """Take a body that is no envelope, of which ``parse`` makes one; return the id of its event."""
        keys = self.admit(request)
        try:
            parsed = parse(encodings.decode(request.encoding, request.body))
        except Refusal as refusal:
            self._count_refused(keys, refusal)
            raise
        return await self._take(parsed, keys, request)

    def admit(self, request: Request) -> ProjectKeys:
        """The project that the request is for; raises `Refusal` if it may not send."""
        named = self._named(request)
        if request.number is None:
            number = self._keys.number(named) if named else None
        else:
            number = authentication.project_number(request.number)
        return authentication.admit(None if number is None else self._keys.project(number), named, None)

    def count_unread(self, request: Request, refusal: Refusal) -> None:
        """Count a request whose body was not read to its end, if its key is known without it."""
        with contextlib.suppress(Refusal):
            self._count_refused(self.admit(request), refusal)

    def _named(self, request: Request) -> str | None:
        if len(request.body) > MAX_COMPRESSED_BYTES:
            raise too_large("envelope", MAX_COMPRESSED_BYTES)
        return authentication.public_key(request.headers, request.query)

    async def _take(self, parsed: Envelope, keys: ProjectKeys, request: Request) -> str | None:
        context = Context(
            keys=keys,
            address=request.address,
            received_at=self._clock.now(),
            sent_at=to_milliseconds(parsed.headers.get("sent_at")),
            event_id=fields.event_id(parsed.headers.get("event_id")),
            country=dict(request.headers).get(self._country_header),
        )
        results = list(settle(parsed.items, context))
        taken = [result for result in results if isinstance(result, Taken)]
        try:
            await self.appender.append([result.record for result in taken])
        except LogUnavailable:
            self.unavailable += 1
            raise
        self._count(keys.project, results)
        _raise_if_nothing_was_taken(results)
        return _event_id(taken)

    def _count(self, project: str, results: Iterable[Result]) -> None:
        for result in results:
            if isinstance(result, Taken):
                self.tally.accepted(project, result.category)
            else:
                self.tally.settled(project, result.category, result.fate, result.count)

    def _count_refused(self, keys: ProjectKeys | None, refusal: Refusal) -> None:
        """A body that cannot be opened is one item of unknown kind; one that nobody may send is nobody's."""
        if keys is not None and refusal.status not in {401, 403}:
            self.tally.settled(keys.project, Category.OTHER, Fate.INVALID)


def build_intake(keys: Keys, writer: LogWriter, clock: Clock, country_header: str = "") -> Intake:
    """Intake over a log's writer, which it alone uses. `start` it on the event loop that serves.

    ``country_header``: the header in which a trusted proxy names the client's country; empty for none.
    """
    return Intake(keys, writer, clock, country_header)


def _raise_if_nothing_was_taken(results: Iterable[Result]) -> None:
    refusals = [result.refusal for result in results if isinstance(result, Settled)]
    if refusals and len(refusals) == len(list(results)) and all(refusals):
        raise next(refusal for refusal in refusals if refusal is not None)


def _event_id(taken: Iterable[Taken]) -> str | None:
    for result in taken:
        if result.category in {Category.ERROR, Category.FEEDBACK} and result.record.headers:
            return dict(result.record.headers)["ce_id"].decode()
    return None
