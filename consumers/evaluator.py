"""The evaluator: looks on a clock, for silence is a signal too, and reads the store alone, never the log.

For each deploy under watch it folds the minutes that closed since the last look, once and in order, and judges the open
minute provisionally; what was found is written with the decisions and actions it calls for in one transaction.
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from consumers.evaluation import course, deciding, naming, reading, writing
from consumers.evaluation.adopting import Adoptions
from consumers.evaluation.course import Course, Judged
from consumers.evaluation.expiring import Expiry
from consumers.evaluation.naming import Names
from consumers.evaluation.theming import Themes
from consumers.evaluation.totals import Totals
from consumers.evaluation.writing import Look, Overtaken
from models.domain.deploy import MINUTE
from models.domain.verdict import Judgement, Verdict
from models.ports import Clock
from models.store.queries import evidence, policies, tokens
from models.store.sql import SqlUnitOfWork

log = structlog.get_logger()

FRESH = 35_000
"""ms: 30 s, and the 5 s that reading stays behind anyway. While reading is further behind, no open minute is judged: on
half of the data nothing is urgent."""
GRAVITY = (Verdict.CONTINUE, Verdict.INSUFFICIENT_DATA, Verdict.HOLD, Verdict.ROLLBACK)
"""What an open minute says is shown at once only if it is as grave as what the closed ones said, or graver."""


class Evaluator:
    """Judges every deploy under watch at each `tick`.

    ``provisional``: whether open minutes are judged too. A replay does not, and takes its decisions to be as old as the
    minutes they were taken on, so that its steps change nothing.
    """

    def __init__(self, engine: Engine, clock: Clock, *, public_url: str, provisional: bool = True) -> None:
        self._engine = engine
        self._clock = clock
        self._public_url = public_url
        self._provisional = provisional
        self._names = Names(engine)
        self._themes = Themes(engine)
        self._adoptions = Adoptions(engine)
        self._expiry = Expiry(engine)
        self._totals = Totals(engine)

    def tick(self) -> int:
        """Look once; how many decisions were taken."""
        now = self._clock.now()
        with self._engine.connect() as connection:
            closed_to = evidence.closed_to(connection)
            projects = tokens.projects(connection)
        if closed_to is None:
            return 0
        taken = sum(self._look(project, closed_to, now) for project in projects)
        for project in projects:
            self._count(project, closed_to // MINUTE - 1)
        self._gather_themes(now)
        self._keep_house(projects, now, closed_to)
        return taken

    def _gather_themes(self, now: int) -> None:
        try:
            self._themes.tick(now, all_due=not self._provisional)
        except Exception:  # what people say is told late then; the watch goes on
            log.exception("themes.failed")

    def _keep_house(self, projects: Sequence[str], now: int, closed_to: int) -> None:
        try:
            for project in projects:
                self._adoptions.tick(project, now)
            self._expiry.tick(now, closed_to)
        except Exception:  # what was replaced is called low then, and what is over is kept for longer
            log.exception("housekeeping.failed")

    def _count(self, project: str, closed: int) -> None:
        try:
            self._totals.count(project, closed)
        except Exception:  # lists add up the minutes by themselves then
            log.exception("totals.failed", project=project)

    def _look(self, project: str, closed_to: int, now: int) -> int:
        """Look at a project. What fails is logged at each look and told as a stale verdict; all others are watched."""
        closed = closed_to // MINUTE - 1
        try:
            self._names.give(project, closed, now // MINUTE if self._provisional else closed)
            with self._engine.connect() as connection:
                policy = policies.current(connection, project)
                watched = list(reading.courses(connection, project, policy, closed))
        except Exception:
            log.exception("evaluation.failed", project=project)
            return 0
        look = Look(project, policy, closed_to, now, not self._provisional, self._public_url)
        return sum(self._look_at(look, one, closed) for one in watched)

    def _look_at(self, look: Look, watched: Course, closed: int) -> int:
        try:
            with self._engine.connect() as connection:
                shown = self._judge(connection, look, watched, closed)
            return 0 if shown is None else self._keep(look, watched, shown)
        except Exception:
            log.exception("evaluation.failed", project=look.project, deploy=watched.deploy.deploy)
            return 0

    def _judge(self, connection: Connection, look: Look, watched: Course, closed: int) -> Judgement | None:
        """Fold what closed, look at what is open; the judgement that gates show now, None if nothing changed."""
        before = watched.judgement
        last = max(closed, self._open_to(look))
        told = reading.evidence_of(connection, look.project, look.policy, watched, watched.next_minute, last)
        course.fold(watched, [minute for minute in told if minute.minute <= closed])
        seen = course.look(watched, [minute for minute in told if minute.minute > closed])
        if seen is not None and deciding.urgent(watched, seen):
            course.keep(watched, seen)
        shown = _graver(watched.judgement, seen)
        if shown is None:
            return None
        shown = naming.say_names(connection, look.project, watched, shown)
        return shown if watched.judged or watched.anew or shown != before else None

    def _open_to(self, look: Look) -> int:
        """The open minute that is judged too; before all minutes if none is."""
        return look.now // MINUTE if self._provisional and look.now - look.closed_to <= FRESH else -1

    def _keep(self, look: Look, watched: Course, shown: Judgement) -> int:
        deploy = watched.deploy
        try:
            with SqlUnitOfWork(self._engine) as unit:
                taken = writing.write(unit, look, watched, shown)
        except (Overtaken, IntegrityError) as error:
            log.warning("evaluation.overtaken", project=look.project, deploy=deploy.deploy, error=str(error))
            return 0
        for one in taken if self._provisional else ():
            verdict = one.judged.judgement.verdict
            log.info("verdict.decided", project=look.project, release=deploy.release, verdict=verdict)
        return len(taken)


def _graver(closed: Judgement | None, seen: Judged | None) -> Judgement | None:
    """What to show: a pass is never shown on an open minute alone."""
    if seen is None:
        return closed
    told = closed.verdict if closed else Verdict.INSUFFICIENT_DATA
    return seen.judgement if GRAVITY.index(seen.judgement.verdict) >= GRAVITY.index(told) else closed
