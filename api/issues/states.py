"""The states of the issues of releases, in few queries, however many issues and releases there are."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

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

Hurt: TypeAlias = tuple[int, int]
"""Users, and failures of nobody known."""


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
    by_span = defaultdict(list)
    for new, old in pairs.items():
        span = span_of(last - begun[new] + 1) if new in begun and old in begun else None
        if span is not None:
            by_span[span].append((new, old))
    found: dict[str, dict[str, Arms]] = {}
    for span, some in by_span.items():
        among = {release for pair in some for release in pair}
        exposed = issue_counts.exposed(connection, project, environment, among, span)
        hurt = _by_release(issue_counts.reached(connection, project, environment, among, span, merges))
        for new, old in some:
            if exposed.get(new, 0) > 0 and exposed.get(old, 0) > 0:
                found[new] = _arms((new, old), hurt, exposed, span)
    return found


def _by_release(reached: Mapping[tuple[str, str], Hurt]) -> dict[str, dict[str, Hurt]]:
    found: dict[str, dict[str, Hurt]] = defaultdict(dict)
    for (release, issue), hurt in reached.items():
        found[release][issue] = hurt
    return found


def _arms(
    pair: tuple[str, str], hurt: Mapping[str, Mapping[str, Hurt]], exposed: Mapping[str, int], span: int
) -> dict[str, Arms]:
    """Of each issue of the first release of a pair, beside the second."""
    new, old = pair
    found = {}
    for issue, told in hurt.get(new, {}).items():
        before = hurt.get(old, {}).get(issue, (0, 0))
        which = 0 if told[0] or before[0] else 1  # failures of nobody known count where nobody known was hurt
        arms = Arm(new, told[which], exposed[new]), Arm(old, before[which], exposed[old])
        found[issue] = Arms(*arms, 2**span)
    return found
