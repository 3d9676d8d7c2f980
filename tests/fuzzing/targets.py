"""What must hold of anything that arrives: it is refused with a reason, or all the way down it does no harm."""

from collections.abc import Callable, Mapping
from typing import Any

from api.intake.addresses import dialog, store
from api.intake.kinds import security
from api.intake.kinds.context import Context
from api.intake.kinds.items import Settled, Taken, settle
from api.intake.opening import authentication, encodings, envelope
from api.intake.opening.envelope import Envelope
from api.intake.refusal import Refusal
from consumers.decoding import Delivery, decode
from models.ports import NewRecord, Partition, Record
from models.wire.fields import event_id
from models.wire.times import to_milliseconds
from tests.fakes.consuming import Consuming
from tests.fakes.intake import NOW, PROJECT


def an_envelope(encoding: str, body: bytes) -> None:
    """Unpacked, cut apart, each item settled, and what is taken consumed."""
    _arrives(lambda: envelope.parse(encodings.decode(encoding, body)))


def a_bare_event(body: bytes) -> None:
    """The body of `store`."""
    _arrives(lambda: store.parse(body))


def a_browsers_report(body: bytes, query: list[tuple[str, str]]) -> None:
    _arrives(lambda: security.parse(body, query, "Browser/1"))


def a_form(body: bytes) -> None:
    _arrives(lambda: dialog.parse(body, "a" * 32))


def credentials(headers: list[tuple[str, str]], query: list[tuple[str, str]], dsn: Mapping[str, Any]) -> None:
    """Keys are found, or refused with a reason."""
    try:
        authentication.public_key(headers, query)
        authentication.dsn_key(dsn, 42)
    except Refusal as refusal:
        _check(refusal)


def _arrives(parse: Callable[[], Envelope]) -> None:
    try:
        parsed = parse()
    except Refusal as refusal:
        _check(refusal)
        return
    _consume(_take(parsed))


def _check(refusal: Refusal) -> None:
    assert 400 <= refusal.status < 500
    assert refusal.detail


def _take(parsed: Envelope) -> list[NewRecord]:
    """Each item has a fate, and what is refused has its reason."""
    sent_at = to_milliseconds(parsed.headers.get("sent_at"))
    context = Context(PROJECT, "192.0.2.7", NOW, sent_at, event_id(parsed.headers.get("event_id")))
    results = list(settle(parsed.items, context))
    for result in results:
        if isinstance(result, Settled) and result.refusal is not None:
            _check(result.refusal)
    return [result.record for result in results if isinstance(result, Taken)]


def _consume(records: list[NewRecord]) -> None:
    """What intake took is read by the consumers: none of it is a dead letter, and each is stored or a duplicate."""
    for record in records:
        placed = Record(Partition(record.topic, 0), 0, record.key, record.value, record.headers, NOW)
        assert isinstance(decode(placed, NOW), Delivery), placed.value
    if not records:
        return
    shop = Consuming(1)
    for record in records:
        shop.writer.append(record)
    shop.writer.flush()
    assert shop.consume() == len(records)
    assert shop.dead() == []
    fates = shop.fates()
    assert {fate for _, fate in fates} <= {"stored", "duplicate"}
    assert sum(fates.values()) == len(records)
