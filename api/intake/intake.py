"""Intake: from a request's bytes to records in the log.

A request is authenticated; in its project's turn it is decoded with a bound, parsed, sifted by the limits, and each
item settled. The answer is 200 only after the log, or its spool, has what was taken.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from api.intake.fairness.buckets import Throttle
from api.intake.fairness.sifting import sift
from api.intake.fairness.turns import Turns
from api.intake.keeping.appender import Appender
from api.intake.keeping.bookkeeper import Bookkeeper
from api.intake.keeping.tally import Tally
from api.intake.keys import Keys, ProjectKeys
from api.intake.kinds.context import Context
from api.intake.kinds.items import Result, Settled, Taken, settle
from api.intake.limits import MAX_COMPRESSED_BYTES, MAX_HEADER_LINE_BYTES
from api.intake.opening import authentication, encodings, envelope
from api.intake.opening.envelope import Envelope
from api.intake.opening.request import Request
from api.intake.protection import Protection
from api.intake.rate_limits import RateLimit
from api.intake.refusal import Refusal, rate_limited, too_large
from models.domain.ledger import Category, Fate
from models.ports import Clock, LogUnavailable, LogWriter
from models.wire import fields
from models.wire.times import to_milliseconds

NO_ROOM = 503
STRANGERS = ""
"""Who holds turns and bytes for requests of nobody known: all of them together, lest they crowd out others."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a request held."""

    project: str
    results: tuple[Result, ...]
    limits: tuple[RateLimit, ...]


class Intake:
    """Takes requests, between `start` and `stop`, on one event loop."""

    def __init__(
        self, keys: Keys, writer: LogWriter, clock: Clock, country_header: str, protection: Protection
    ) -> None:
        self._keys = keys
        self._country_header = country_header.lower()
        self._clock = clock
        self._throttle = Throttle(protection.key_rate, protection.now)
        self._turns = Turns()
        self.appender = Appender(writer, spool=protection.spool)
        self.tally = Tally()
        self.unavailable = 0
        """Requests refused because neither the log nor its spool took their records."""
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
        keys = self._admit(number, named) if named else await self._introduced(request, number)

        def read() -> _Read:
            with self._counting_refusals(keys):
                body = encodings.decode(request.encoding, request.body)
                in_dsn = authentication.dsn_key(envelope.parse_headers(body), number)
            authentication.admit(keys, named, in_dsn)
            with self._counting_refusals(keys):
                return self._read(envelope.parse(body), request, keys, named or in_dsn or "")

        return await self._take(keys.project, read)

    async def take(self, request: Request, parse: Callable[[bytes], Envelope]) -> str | None:
        """Take a body that is no envelope, of which ``parse`` makes one; return the id of its event."""
        keys = self.admit(request)

        def read() -> _Read:
            with self._counting_refusals(keys):
                parsed = parse(encodings.decode(request.encoding, request.body))
                return self._read(parsed, request, keys, self._named(request) or "")

        return await self._take(keys.project, read)

    async def keep(self, project: str, results: Sequence[Result]) -> None:
        """Append what was taken and count all. Raises `LogUnavailable`; then what was taken is `rate_limited`."""
        try:
            await self.appender.append([result.record for result in results if isinstance(result, Taken)])
        except LogUnavailable:
            self.unavailable += 1
            self._count(project, results, kept=False)
            raise
        self._count(project, results, kept=True)

    def admit(self, request: Request) -> ProjectKeys:
        """The project that the request is for; raises `Refusal` if it may not send."""
        named = self._named(request)
        if request.number is None:
            number = self._keys.number(named) if named else None
        else:
            number = authentication.project_number(request.number)
        return authentication.admit(None, named, None) if number is None else self._admit(number, named)

    def holder(self, request: Request) -> str:
        """Whose bytes its body is, which is not read yet; raises `Refusal` for a key that may not send."""
        return self.admit(request).project if self._named(request) else STRANGERS

    def count_unread(self, request: Request, refusal: Refusal) -> None:
        """Count a request whose body was not read to its end, if its key is known without it."""
        with contextlib.suppress(Refusal):
            self._count_refused(self.admit(request), refusal)

    def _named(self, request: Request) -> str | None:
        if len(request.body) > MAX_COMPRESSED_BYTES:
            raise too_large("envelope", MAX_COMPRESSED_BYTES)
        return authentication.public_key(request.headers, request.query)

    def _admit(self, number: int, named: str | None, in_dsn: str | None = None) -> ProjectKeys:
        return authentication.admit(self._keys.project(number), named, in_dsn)

    async def _introduced(self, request: Request, number: int) -> ProjectKeys:
        """The project of an envelope that has its key in its first line: until that is read, it is a stranger's."""

        def read() -> ProjectKeys:
            first = encodings.begin(request.encoding, request.body, MAX_HEADER_LINE_BYTES + 1)
            return self._admit(number, None, authentication.dsn_key(envelope.parse_headers(first), number))

        return await self._turns.run(STRANGERS, read)

    async def _take(self, holder: str, read: Callable[[], _Read]) -> str | None:
        """While the log is waited for, nothing of the body is held but its records."""
        found = await self._turns.run(holder, read, lambda found: bool(found.limits))
        await self.keep(found.project, found.results)
        if found.limits:
            raise rate_limited(found.limits)
        _raise_if_nothing_was_taken(found.results)
        return _event_id(result for result in found.results if isinstance(result, Taken))

    def _read(self, parsed: Envelope, request: Request, keys: ProjectKeys, key: str) -> _Read:
        context = Context(
            keys=keys,
            address=request.address,
            received_at=self._clock.now(),
            sent_at=to_milliseconds(parsed.headers.get("sent_at")),
            event_id=fields.event_id(parsed.headers.get("event_id")),
            country=dict(request.headers).get(self._country_header),
        )
        sifted = sift(parsed.items, partial(self._throttle.take, keys, key))
        return _Read(keys.project, (*settle(sifted.passed, context), *sifted.limited), sifted.limits)

    def _count(self, project: str, results: Iterable[Result], *, kept: bool) -> None:
        for result in results:
            if isinstance(result, Settled):
                self.tally.settled(project, result.category, result.fate, result.count)
            elif kept:
                self.tally.accepted(project, result.category)
            else:
                self.tally.settled(project, result.category, Fate.RATE_LIMITED)

    @contextlib.contextmanager
    def _counting_refusals(self, keys: ProjectKeys | None) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            self._count_refused(keys, refusal)
            raise

    def _count_refused(self, keys: ProjectKeys | None, refusal: Refusal) -> None:
        """A body that cannot be opened is one item of unknown kind; one that nobody may send is nobody's."""
        if keys is not None and refusal.status not in {401, 403}:
            fate = Fate.RATE_LIMITED if refusal.status == NO_ROOM else Fate.INVALID
            self.tally.settled(keys.project, Category.OTHER, fate)


def build_intake(
    keys: Keys, writer: LogWriter, clock: Clock, country_header: str = "", protection: Protection | None = None
) -> Intake:
    """Intake over a log's writer, which it alone uses. `start` it on the event loop that serves.

    ``country_header``: the header in which a trusted proxy names the client's country; empty for none.
    """
    return Intake(keys, writer, clock, country_header, protection or Protection())


def _raise_if_nothing_was_taken(results: Iterable[Result]) -> None:
    refusals = [result.refusal for result in results if isinstance(result, Settled)]
    if refusals and len(refusals) == len(list(results)) and all(refusals):
        raise next(refusal for refusal in refusals if refusal is not None)


def _event_id(taken: Iterable[Taken]) -> str | None:
    for result in taken:
        if result.category in {Category.ERROR, Category.FEEDBACK} and result.record.headers:
            return dict(result.record.headers)["ce_id"].decode()
    return None
