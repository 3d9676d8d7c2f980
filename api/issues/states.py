"""The states of the issues of releases, all from a constant number of queries, however many issues there are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from analytics.correlation import issue_states
from analytics.correlation.issue_states import States
from analytics.correlation.resolutions import Standing
from analytics.statistics.comparison import Arm, Arms
from analytics.verdict.state import SESSIONS_LATE
from api.issues.standings import standings
from models.domain.age import span_of
from models.store.queries import evaluations, issue_counts, issues, policies, releases
from models.store.queries.merged import Merged, merged


@dataclass(frozen=True, slots=True)
class InRelease:
    """Of all issues of one release."""

    states: States
    standings: Mapping[str, Standing]
    compared: Mapping[str, Arms]
    """With the baseline, wherever that can be done."""
    baseline: str | None
    margin: float
    merged: Merged


def of_releases(connection: Connection, project: str, environment: str, names: Collection[str]) -> dict[str, InRelease]:
    merges = merged(connection, project)
    had = issue_counts.had(connection, project, environment, names, merges)
    new = issues.new_in(connection, project, environment, names, merges)
    stand = standings(connection, project, environment, set().union(*had.values()), names)
    margin = policies.current(connection, project).margin
    baselines = evaluations.baselines(connection, project, environment, names)
    compared = _compared(connection, project, environment, baselines, merges)
    return {
        name: InRelease(
            issue_states.states(name, had[name], new[name], stand, compared.get(name, {}), margin=margin),
            stand,
            compared.get(name, {}),
            baselines.get(name),
            margin,
            merges,
        )
        for name in names
    }


def _compared(
    connection: Connection,
    project: str,
    environment: str,
    baselines: Mapping[str, str | None],
    merges: Merged,
) -> dict[str, dict[str, Arms]]:
    """By release and issue, both arms over the first minutes that closed in full and whose sessions are told."""
    pairs = {new: old for new, old in baselines.items() if old}
    if not pairs:
        return {}
    last = issue_counts.counted_to(connection, project) - SESSIONS_LATE
    begun = releases.first_minutes(connection, project, environment, {*pairs.keys(), *pairs.values()})
    found = {}
    for new, old in pairs.items():
        span = span_of(last - begun[new] + 1) if new in begun and old in begun else None
        if span is not None:
            found[new] = _arms(connection, project, environment, (new, old), span, merges)
    return found


def _arms(
    connection: Connection, project: str, environment: str, pair: tuple[str, str], span: int, merges: Merged
) -> dict[str, Arms]:
    """Of each issue of the first release of a pair, beside the second."""
    new, old = pair
    exposed = issue_counts.exposed(connection, project, environment, pair, span)
    exposed_new, exposed_old = (exposed.get(release, 0) for release in pair)
    if exposed_new <= 0 or exposed_old <= 0:
        return {}
    reached = issue_counts.reached(connection, project, environment, pair, span, merges)
    found = {}
    for (release, issue), (users, failures) in reached.items():
        if release != new:
            continue
        old_users, old_failures = reached.get((old, issue), (0, 0))
        hurt, old_hurt = (users, old_users) if users or old_users else (failures, old_failures)
        found[issue] = Arms(Arm(new, hurt, exposed_new), Arm(old, old_hurt, exposed_old), 2**span)
    return found
