"""Counts of sessions made by an SDK: each item counts once, by its id, as so many sessions that ended as they say."""

from collections.abc import Sequence

from analytics.correlation.sessions import CLASSES, FAILED, too_old
from consumers.decoding import Delivery
from consumers.folding import Fold, storable
from consumers.session_counts import Counts, segments_of
from models.domain.identity import HASHED, device
from models.ports import Row
from models.store import tables
from models.wire import times
from models.wire.messages import Aggregate


def store(fold: Fold, deliveries: Sequence[Delivery], counts: Counts) -> None:
    items: dict[tuple[str, str], tuple[Delivery, list[Aggregate]]] = {}
    told = []
    for delivery in deliveries:
        buckets = _buckets(fold, delivery)
        if not buckets:
            continue
        item = storable(delivery.identifier(delivery.message.id))
        items.setdefault((delivery.project, item), (delivery, buckets))
        row: Row = {"project": delivery.project, "category": "session", "item": item, "booked_at": delivery.booked_at}
        told.append((delivery, row))
    for row in fold.insert_once(tables.seen_item, told):
        delivery, buckets = items[row["project"], row["item"]]
        for bucket in buckets:
            _count(fold, delivery, bucket, counts)


def _buckets(fold: Fold, delivery: Delivery) -> list[Aggregate]:
    """The minutes that are not too old; none, with a dead letter, if there are none or one cannot be read."""
    message = delivery.message
    if not message.aggregates or message.attrs is None:
        fold.refuse(delivery, "invalid", "$: neither `session`, nor `aggregates` with `attrs`")
        return []
    times_started = [times.to_milliseconds(bucket.started) for bucket in message.aggregates]
    if None in times_started:
        place = f"$.aggregates[{times_started.index(None)}].started"
        fold.refuse(delivery, "invalid", f"{place}: neither RFC 3339 nor seconds since the epoch")
        return []
    pairs = zip(message.aggregates, times_started, strict=True)
    kept = [bucket for bucket, started in pairs if started is not None and not too_old(started, delivery.booked_at)]
    if not kept:
        fold.refuse(delivery, "too_old", "$.aggregates: all of them started more than five days before they were sent")
    return kept


def _count(fold: Fold, delivery: Delivery, bucket: Aggregate, counts: Counts) -> None:
    attributes = delivery.message.attrs
    place = (storable(attributes.environment), storable(attributes.release))
    segments = segments_of(fold, delivery.project, attributes)
    identity = _identity(fold, delivery, device(bucket.did))
    numbers = (bucket.exited, bucket.errored, bucket.unhandled, bucket.abnormal, bucket.crashed)
    for session_class, number in zip(CLASSES, numbers, strict=True):
        cell = (*place, segments, identity, session_class)
        counts.sessions(delivery, cell, number)
        if number:
            counts.user(delivery, cell)
        if number and identity and session_class in FAILED:
            counts.hurt(delivery, cell)


def _identity(fold: Fold, delivery: Delivery, did: object) -> str | None:
    """Intake has hashed it already, in its place: a bucket has no field beside."""
    via_intake = delivery.message.attrs is not None and delivery.attributes.via == "intake"
    hashed = via_intake and isinstance(did, str) and HASHED.fullmatch(did)
    return fold.identity(delivery.project, str(did) if hashed else None, did)
