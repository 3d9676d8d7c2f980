"""Measures what a list of issues costs: milliseconds and bytes at 20,000 and 200,000 events of 200 issues.

Run: ``python -m benchmarks.issues``. Takes two minutes. The events are of seven days, three releases, four partitions
and a tenth as many users, some of whom meet most of what happens. Their rows are written as the consumers keep them, on
SQLite and PostgreSQL, and the real evaluator judges the releases and counts the totals. Asked is a whole application,
warm, in this process; median of 15 answers. Beside the time of the clock stands the CPU's in this process, which on a
busy machine says more, but leaves PostgreSQL's own out. Aims: 30 ms and 60 KB, for the lists. The newest
release was told with 200 commits of 20 files, and each issue has a stack of 30 frames; what it takes to rank the
commits for the issues of a page is a line of its own, without a store.
"""

import json
import logging
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import structlog
from sqlalchemy import Engine, Table, insert

from analytics.correlation.changed_files import Changed, ChangedFiles
from analytics.correlation.suspects import FRAMES, suspects
from api.web.rendering import link
from consumers.evaluator import Evaluator
from models.clock import SimulatedClock
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.queries.issue_counts import counted_to
from models.store.queries.issues import PAGE
from models.store.samples import pack
from models.wire.topics import FEEDS_MINUTES
from tests.fakes.api import serving_of
from tests.real.postgres import RealPostgres
from tests.real.process import Missing

SIZES = (20_000, 200_000)
ISSUES, PARTITIONS, DAYS = 200, 4, 7
FIRST = 29_500_000
"""The first minute; the last one is closed."""
LAST = FIRST + DAYS * 1_440 - 1
RELEASES = ("shop@1.0.0", "shop@1.1.0", "shop@1.2.0")
SESSIONS_A_MINUTE = 80
COMMITS, FILES = 200, 20
ANSWERS, WARM = 15, 3
MOST_MILLISECONDS, MOST_BYTES = 30, 60 * 1024
PLACE = {"project": "shop", "environment": "production"}
ASKED = {
    "list of the environment (HTML)": link("shop", "issues"),
    "list of the environment (JSON)": "/api/v1/projects/shop/issues",
    "issues of a release (JSON)": f"/api/v1/projects/shop/issues?release={RELEASES[-1]}",
    "release, all of its page (HTML)": link("shop", "releases", RELEASES[-1]),
    "one issue (HTML)": link("shop", "issues", "SHOP-1"),
}
LISTS = tuple(ASKED)[:3]


MINUTE = 60_000
NOW = (LAST + 1) * MINUTE + 5_000
A_STATEMENT = 5_000

Rows: TypeAlias = list[dict[str, Any]]


def release_of(minute: int) -> str:
    return RELEASES[(minute - FIRST) * len(RELEASES) // (LAST + 1 - FIRST)]


def events(number: int) -> Iterator[tuple[Table, Rows]]:
    """What the consumers keep of so many events, table by table."""
    chance = random.Random(1)
    counts: dict[tuple[Any, ...], int] = {}
    users: dict[tuple[Any, ...], int] = {}
    seen: dict[tuple[Any, ...], int] = {}
    for _ in range(number):
        often = min(int(chance.paretovariate(0.6)), ISSUES) - 1
        issue = f"{chance.choice([often, chance.randrange(ISSUES)]):032x}"
        minute, partition = chance.randint(FIRST, LAST), chance.randrange(PARTITIONS)
        identity = f"{int(chance.random() ** 2 * number / 10):032x}"
        place = (release_of(minute), issue, partition)
        counts[*place, minute] = counts.get((*place, minute), 0) + 1
        users[*place, identity] = min(users.get((*place, identity), minute), minute)
        seen[place] = min(seen.get(place, minute), minute)
    yield tables.issue_minute, [_at(key, minute=key[3], events=count, unhandled=count) for key, count in counts.items()]
    yield (
        tables.issue_user,
        [_at(key, identity=key[3], first_minute=minute, unhandled=True) for key, minute in users.items()],
    )
    yield tables.issue_seen, [_at(key, first_minute=minute, first_event=bytes(16)) for key, minute in seen.items()]


def issues() -> Iterator[tuple[Table, Rows]]:
    told = {"grouping_version": "grouping/v1", "level": "error", "grouping_key": "in-app frames\nOrderError\ntotal"}
    of = [{"project": "shop", "issue": f"{number:032x}"} for number in range(ISSUES)]
    yield tables.issue, [one | told | _titled(number) for number, one in enumerate(of)]
    yield tables.issue_name, [one | {"number": number} for number, one in enumerate(of, 1)]


def surroundings() -> Iterator[tuple[Table, Rows]]:
    """A project, its sessions, its deploys, and a log that is read to its end."""
    yield tables.project, [{"project": "shop", "number": 1, "identity_key": b"key", "created_at": 0}]
    share = SESSIONS_A_MINUTE // PARTITIONS
    counts = dict.fromkeys(("errored", "unhandled", "abnormal", "crashed"), 0) | {"started": share, "healthy": share}
    yield (
        tables.session_minute,
        [
            PLACE | counts | {"release": release_of(minute), "minute": minute, "partition": partition}
            for minute in range(FIRST, LAST + 1)
            for partition in range(PARTITIONS)
        ],
    )
    begun = {release_of(minute): minute for minute in range(LAST, FIRST - 1, -1)}
    seen = {"topic": "sessions", "partition": 0}
    yield tables.release_seen, [PLACE | seen | {"release": one, "first_minute": at} for one, at in begun.items()]
    yield tables.deploy_fact, [_deploy(one, at) for one, at in begun.items()]
    sample = {"project": "shop", "release": RELEASES[-1], "booked_at": NOW}
    named = [sample | {"issue": f"{number:032x}", "event_id": number.to_bytes(16)} for number in range(ISSUES)]
    yield tables.event, [PLACE | {"handled": False, "occurred_at": NOW} | one for one in named]
    packed = [pack(one) for one in stacks(ISSUES)]
    yield tables.event_sample, [one | {"payload": whole} for one, whole in zip(named, packed, strict=True)]
    read = {"partition": 0, "next_offset": 1, "booked_to": NOW, "read_to": NOW - 5_000}
    yield tables.position, [read | {"topic": topic} for topic in FEEDS_MINUTES]


def _deploy(release: str, minute: int) -> dict[str, Any]:
    told = {"state": "succeeded", "exposure": 1.0, "irreversible": False, "occurred_at": minute * MINUTE}
    commits = [
        {"id": one.commit, "message": one.message, "author": one.author, "files": one.files} for one in brought()
    ]
    said = json.dumps(commits) if release == RELEASES[-1] else None
    return PLACE | told | {"fact": release, "release": release, "booked_at": minute * MINUTE, "commits": said}


def brought() -> list[Changed]:
    """Commits, each of one package."""
    named = [tuple(f"src/shop/package{commit}/module{file}.py" for file in range(FILES)) for commit in range(COMMITS)]
    return [Changed(f"{number:040x}", "change", "li", RELEASES[-1], files) for number, files in enumerate(named)]


def stacks(number: int) -> list[dict[str, Any]]:
    """Events that failed all over the packages."""
    chance = random.Random(2)
    return [{"exception": {"values": [{"stacktrace": {"frames": _frames(chance)}}]}} for _ in range(number)]


def _frames(chance: random.Random) -> list[dict[str, Any]]:
    files = [f"shop/package{chance.randrange(2 * COMMITS)}/module{chance.randrange(FILES)}.py" for _ in range(FRAMES)]
    return [{"filename": one, "abs_path": f"/srv/app/{one}", "function": "f", "in_app": True} for one in files]


def ranking() -> tuple[float, int]:
    """How long it takes (ms) to rank the commits for each issue of a page, and how many of those have a suspect."""
    changes, events = brought(), stacks(PAGE)
    taken, found = [], 0
    for _ in range(ANSWERS):
        began = time.perf_counter()
        files = ChangedFiles.of(changes)
        found = sum(bool(suspects(event, files)) for event in events)
        taken.append(1_000 * (time.perf_counter() - began))
    return statistics.median(taken), found


def _at(key: tuple[Any, ...], **values: Any) -> dict[str, Any]:
    release, issue, partition = key[:3]
    return PLACE | {"release": release, "issue": issue, "partition": partition} | values


def _titled(number: int) -> dict[str, str]:
    title = f"OrderError{number}: the order <number> of <email> could not be completed"
    return {"title": title, "culprit": f"shop/checkout/orders.py complete_{number}"}


def fill(engine: Engine, number: int) -> None:
    migrate(engine)
    for table, rows in (*surroundings(), *issues(), *events(number)):
        for start in range(0, len(rows), A_STATEMENT):
            with engine.begin() as connection:
                connection.execute(insert(table), rows[start : start + A_STATEMENT])
    _analyse(engine)  # as a database does by itself in time
    evaluator = Evaluator(engine, SimulatedClock(NOW), public_url="")
    while not _is_counted(engine):
        evaluator.tick()
    _analyse(engine)


def _analyse(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _is_counted(engine: Engine) -> bool:
    with engine.connect() as connection:
        return counted_to(connection, "shop") >= LAST


@dataclass(frozen=True, slots=True)
class Measured:
    milliseconds: float
    of_processor: float
    bytes: int


def measure(engine: Engine, number: int) -> dict[str, Measured]:
    """By what was asked."""
    fill(engine, number)
    found = {}
    with serving_of(engine, SimulatedClock(NOW)) as client:
        for name, address in ASKED.items():
            answers = [client.get(address) for _ in range(WARM)]
            taken, busy = [], []
            for _ in range(ANSWERS):
                began, began_busy = time.perf_counter(), time.process_time()
                answers.append(client.get(address))
                taken.append(1_000 * (time.perf_counter() - began))
                busy.append(1_000 * (time.process_time() - began_busy))
            if any(answer.status_code != 200 for answer in answers):  # noqa: PLR2004 - as HTTP numbers it
                message = f"{address} was answered {answers[-1].status_code}: {answers[-1].text[:400]}"
                raise RuntimeError(message)
            found[name] = Measured(statistics.median(taken), statistics.median(busy), len(answers[-1].content))
    return found


@contextmanager
def stores() -> Iterator[list[tuple[str, Callable[[], Engine]]]]:
    """By name, how to open an empty store."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found: list[tuple[str, Callable[[], Engine]]] = []
        found.append(("SQLite", lambda: open_engine(f"sqlite:///{folder / f'store-{time.time_ns()}.db'}")))
        try:
            database = stack.enter_context(closing(RealPostgres()))
            found.append((database.version, lambda: open_engine(database.create_database())))
        except Missing as missing:
            print(missing)
        yield found


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(f"{ISSUES} issues; median of {ANSWERS} answers; aims {MOST_MILLISECONDS} ms and {MOST_BYTES:,} bytes")
    print(f"{'':18}{'events':>9}  {'':34}{'ms':>8}{'CPU ms':>8}{'bytes':>10}")
    milliseconds, found = ranking()
    print(f"{'suspects of a page':62}{milliseconds:>8.1f}   {found} of {PAGE} issues, {COMMITS} commits, {FILES} files")
    with stores() as opened:
        for name, empty in opened:
            for number in SIZES:
                engine = empty()
                for asked, one in measure(engine, number).items():
                    missed = asked in LISTS and (one.milliseconds > MOST_MILLISECONDS or one.bytes > MOST_BYTES)
                    note = "  beyond the aim" if missed else ""
                    times = f"{one.milliseconds:>8.1f}{one.of_processor:>8.1f}"
                    print(f"{name:18}{number:>9,}  {asked:34}{times}{one.bytes:>10,}{note}", flush=True)
                engine.dispose()


if __name__ == "__main__":
    main()
