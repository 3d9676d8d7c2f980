"""What Prometheus reads at ``/metrics``: one process, seen at the moment of the scrape. No project is named."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, TypeVar

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from actions.call import ROLLBACK
from actions.moot import moot
from api.services import Services
from models.store.queries import operation

Name: TypeAlias = Literal[
    # Answers of this process, by area (intake, api, page) and class of status (2xx, 4xx, …).
    "seatrial_http_responses",
    # Items that intake got: appended to the log (fate `accepted`), or settled by intake itself, by category and fate.
    "seatrial_intake_items",
    # Requests that intake refused because neither the log nor the spool took their records.
    "seatrial_intake_unavailable",
    # Bytes of records that wait in memory for the log; at its share of 64 MiB, a project is refused.
    "seatrial_intake_queue_bytes",
    # Bytes of records that wait on disk, while the log is down; missing without a spool.
    "seatrial_intake_spool_bytes",
    # For how long the oldest of them has waited: above 30 s, see to the log.
    "seatrial_intake_spool_age_seconds",
    # Files of the spool that could not be read and were set aside: what is in them is lost, unless a person mends it.
    "seatrial_intake_spool_unreadable",
    # Whether the store answered this scrape. If not, what follows is missing.
    "seatrial_store_up",
    # How far behind now the consumers have read, by topic: above 35 s, verdicts are degraded.
    "seatrial_read_age_seconds",
    # Deploys under watch.
    "seatrial_deploys_under_watch",
    # Age of the evaluation that waits longest, missing while nothing is watched: above 90 s, its gate says hold.
    "seatrial_evaluation_age_seconds",
    # Actions by state: pending, delivered, failed, moot. A failed one needs a person.
    "seatrial_actions",
    # Rollbacks that failed an attempt and are not delivered: the release still has its traffic, a person must act.
    "seatrial_rollbacks_undelivered",
    # Verdicts and dead letters that are not in the log yet.
    "seatrial_publications_pending",
    # Messages that could not be used, by reason.
    "seatrial_dead_letters",
]
Labels = TypeVar("Labels", bound=tuple[str, ...])
ACTION_STATES = ("pending", "delivered", "failed", "moot", "replayed")

Answered: TypeAlias = Counter[tuple[str, str]]
"""By area and class of status, how many answers were given."""


def text(services: Services, answered: Answered) -> bytes:
    """All metrics in Prometheus' text format, those of the process itself among them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Seen(services, answered))
    return generate_latest(registry) + generate_latest(REGISTRY)


class _Seen(Collector):
    def __init__(self, services: Services, answered: Answered) -> None:
        self._services = services
        self._answered = answered

    def collect(self) -> Iterator[Metric]:
        intake = self._services.intake
        yield _counter("seatrial_http_responses", "Answers given.", ("area", "status"), self._answered)
        yield _counter("seatrial_intake_items", "Items intake got.", ("category", "fate"), intake.tally.totals)
        yield _counter("seatrial_intake_unavailable", "Refused: no log.", (), {(): intake.unavailable})
        yield _gauge("seatrial_intake_queue_bytes", "Bytes that wait for the log.", intake.appender.queued_bytes)
        if (spool := intake.appender.spool) is not None:
            yield _gauge("seatrial_intake_spool_bytes", "Bytes that wait on disk.", spool.size)
            yield _gauge("seatrial_intake_spool_age_seconds", "Age of the oldest of them.", spool.age / 1_000)
            yield _gauge("seatrial_intake_spool_unreadable", "Files that were set aside.", spool.unreadable)
        try:
            found = list(self._of_store())
        except (SQLAlchemyError, OSError):
            yield _gauge("seatrial_store_up", "Whether the store answered.", 0)
        else:
            yield _gauge("seatrial_store_up", "Whether the store answered.", 1)
            yield from found

    def _of_store(self) -> Iterator[Metric]:
        now = self._services.clock.now()
        with self._services.reading() as connection:
            ages = {(topic,): _seconds(now - at) for topic, at in operation.read_to(connection).items()}
            yield _gauges("seatrial_read_age_seconds", "Age of what was read.", "topic", ages)
            under_watch, evaluated_at = operation.watched(connection)
            yield _gauge("seatrial_deploys_under_watch", "Deploys under watch.", under_watch)
            if evaluated_at is not None:
                age = _seconds(now - evaluated_at)
                yield _gauge("seatrial_evaluation_age_seconds", "Age of the oldest evaluation.", age)
            states = dict.fromkeys(ACTION_STATES, 0) | operation.actions(connection)
            yield _gauges("seatrial_actions", "Actions.", "state", {(name,): count for name, count in states.items()})
            missed = [one for one in operation.undelivered(connection) if one.kind == ROLLBACK]
            needed = [one for one in missed if not moot(connection, one.project, one.kind, one.decision, now)]
            yield _gauge("seatrial_rollbacks_undelivered", "Rollbacks that failed an attempt.", len(needed))
            pending = operation.unpublished(connection)
            yield _gauge("seatrial_publications_pending", "Not in the log yet.", pending)
            letters = {(reason,): count for reason, count in operation.dead_letters(connection).items()}
            yield _counter("seatrial_dead_letters", "Messages that could not be used.", ("reason",), letters)


def _gauge(name: Name, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _gauges(name: Name, meaning: str, label: str, values: Mapping[tuple[str], float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for labels, value in sorted(values.items()):
        family.add_metric(labels, value)
    return family


def _counter(name: Name, meaning: str, labels: Sequence[str], values: Mapping[Labels, int]) -> Metric:
    family = CounterMetricFamily(name, meaning, labels=list(labels))
    for named, value in sorted(values.items()):
        family.add_metric(list(named), value)
    return family


def _seconds(milliseconds: int) -> float:
    return max(0, milliseconds) / 1000
