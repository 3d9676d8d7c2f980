"""analytics/correlation/deploys.py: what facts about deploys come to."""

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as some

from analytics.correlation.deploys import INFERRED_WATCHED, deploys
from models.domain.deploy import MINUTE, WATCH, Deploy, DeployFact

NOON = 1_700_000_040_000
ENVIRONMENT = "production"
NUMBERS = count()
A, B, C = "shop@1.4.2", "shop@1.5.0", "shop@1.6.0"


def fact(
    release: str,
    at: int,
    state: str = "succeeded",
    *,
    deploy: str | None = None,
    exposure: float | None = None,
    replaces: str | None = None,
    irreversible: bool = False,
) -> DeployFact:
    """``at``: minutes after noon."""
    told = (f"f{next(NUMBERS):04}", ENVIRONMENT, deploy, release, state, exposure, replaces, irreversible)
    return DeployFact(*told, booked_at=NOON + at * MINUTE)


def fold(*facts: DeployFact, seen: dict[str, int] | None = None) -> list[Deploy]:
    """``seen``: minutes after noon in which releases had their first sessions."""
    return deploys(ENVIRONMENT, facts, {release: NOON + at * MINUTE for release, at in (seen or {}).items()})


def exposures(deploy: Deploy) -> list[tuple[int, str, float]]:
    return [((step.booked_at - NOON) // MINUTE, step.state, step.exposure) for step in deploy.timeline]


# One deploy ---------------------------------------------------------------------------------------------------------


def test_the_messages_of_one_id_are_one_deploy() -> None:
    """A timeline of booking time, state and exposure."""
    _, canary = fold(
        fact(A, 0, deploy="d-1"),
        fact(B, 10, "started", deploy="d-2", exposure=0.1),
        fact(B, 20, "started", deploy="d-2", exposure=0.5),
        fact(B, 30, "succeeded", deploy="d-2"),
    )

    assert exposures(canary) == [(10, "started", 0.1), (20, "started", 0.5), (30, "succeeded", 1.0)]
    assert (canary.deploy, canary.release, canary.replaces) == ("d-2", B, A)
    assert canary.ended_at is None


def test_without_exposure_a_deploy_gets_all_traffic() -> None:
    """As most tools tell it."""
    (deploy,) = fold(fact(A, 0))

    assert deploy.timeline[0].exposure == 1.0
    assert deploy.replaces is None


def test_a_start_without_exposure_changes_nothing() -> None:
    """A canary told once more does not become a full replace."""
    (deploy,) = fold(fact(B, 0, "started", deploy="d", exposure=0.2), fact(B, 1, "started", deploy="d"))

    assert deploy.timeline[-1].exposure == 0.2


def test_the_order_in_which_facts_are_given_decides_nothing() -> None:
    """Booking time does."""
    facts = [fact(A, 0), fact(B, 10, exposure=0.3), fact(B, 20)]

    assert fold(*reversed(facts)) == fold(*facts)


def test_messages_without_an_id_go_on_with_the_release() -> None:
    """Until another release takes over; then it is a new deploy."""
    found = fold(fact(A, 0), fact(B, 10, "started", exposure=0.1), fact(B, 20, exposure=0.5), fact(B, 30), fact(C, 40))

    assert [(deploy.release, len(deploy.timeline)) for deploy in found] == [(A, 2), (B, 4), (C, 1)]
    assert len({deploy.deploy for deploy in found}) == 3


def test_a_made_up_id_is_the_same_every_time() -> None:
    """It follows from the message that opened the deploy."""
    first = fact(A, 0)

    assert fold(first)[0].deploy == fold(first, fact(B, 10))[0].deploy
    assert fold(first)[0].deploy.startswith(f"{A}-")


def test_irreversible_once_is_irreversible() -> None:
    """A later message without the mark does not take it back."""
    (deploy,) = fold(fact(B, 0, "started", deploy="d", irreversible=True), fact(B, 1, deploy="d"))

    assert deploy.irreversible


def test_a_named_baseline_wins_over_the_one_that_serves() -> None:
    """Who deploys knows best what it replaces."""
    assert fold(fact(A, 0), fact(B, 10, replaces="shop@1.3.9"))[1].replaces == "shop@1.3.9"


# Several deploys ----------------------------------------------------------------------------------------------------


def test_a_promotion_ends_what_served_before() -> None:
    """The old release's watch ends when the new one has all traffic, and not before."""
    old, new = fold(fact(A, 0, deploy="d-1"), fact(B, 10, deploy="d-2", exposure=0.3), fact(B, 30, deploy="d-2"))

    assert (old.ended_at, old.ended_by) == (NOON + 30 * MINUTE, B)
    assert old.exposure_at(NOON // MINUTE + 31) == 0.0
    assert new.ended_at is None
    assert fold(fact(A, 0, deploy="d-1"), fact(B, 10, deploy="d-2", exposure=0.3))[0].ended_at is None


def test_two_deploys_within_a_minute_follow_each_other() -> None:
    """Each replaces the one before, and the first is ended at once."""
    told = [replace(fact(release, 0), booked_at=NOON + n * 10_000) for n, release in enumerate((A, B, C))]
    first, second, third = fold(*told)

    assert [deploy.replaces for deploy in (first, second, third)] == [None, A, B]
    assert (second.ended_at, second.ended_by) == (NOON + 20_000, C)
    assert second.watched_until == NOON + 20_000


def test_two_canaries_at_once_are_compared_with_what_serves() -> None:
    """Neither with the other."""
    found = fold(fact(A, 0), fact(B, 10, exposure=0.1), fact(C, 20, exposure=0.1))

    assert [deploy.replaces for deploy in found[1:]] == [A, A]
    assert all(deploy.ended_at is None for deploy in found)


def test_a_release_deployed_again_replaces_what_it_replaced() -> None:
    """It is no baseline of itself."""
    found = fold(fact(A, 0, deploy="d-1"), fact(B, 10, deploy="d-2"), fact(B, 20, deploy="d-3"))

    assert (found[2].release, found[2].replaces, found[2].is_return) == (B, A, False)


# Withdrawals --------------------------------------------------------------------------------------------------------


def test_rolled_back_names_what_was_withdrawn() -> None:
    """Whatever the deploy was called: the canary ends, and its baseline serves on."""
    old, new = fold(fact(A, 0), fact(B, 10, deploy="d-2", exposure=0.3), fact(B, 20, "rolled_back", deploy="undo-7"))

    assert (new.ended_at, new.ended_by) == (NOON + 20 * MINUTE, "rolled_back")
    assert old.ended_at is None
    assert new.exposure_at(NOON // MINUTE + 21) == 0.0


def test_after_a_rollback_the_next_deploy_replaces_the_old_release() -> None:
    """Not the one that was withdrawn."""
    found = fold(fact(A, 0), fact(B, 10), fact(B, 20, "rolled_back"), fact(C, 30))

    assert found[2].replaces == A


def test_a_failed_deploy_ends() -> None:
    """Of that id."""
    canary = (fact(B, 10, "started", deploy="d-2", exposure=0.1), fact(B, 11, "failed", deploy="d-2"))

    _, new = fold(fact(A, 0, deploy="d-1"), *canary)

    assert new.ended_by == "failed"


def test_what_failed_before_it_was_told_changes_nothing() -> None:
    """A second attempt to deploy the release that serves; it serves on."""
    (deploy,) = fold(fact(A, 0, deploy="d-1"), fact(A, 10, "failed", deploy="d-2"))

    assert deploy.ended_at is None


def test_going_back_is_recorded_and_not_judged() -> None:
    """The release that was replaced is no new one."""
    _, new, back = fold(fact(A, 0), fact(B, 10), fact(A, 20, deploy="d-3"))

    assert (back.release, back.replaces, back.is_return) == (A, B, True)
    assert new.ended_by == A


def test_the_next_deploy_after_going_back_is_judged() -> None:
    """Also of the release that was given up."""
    found = fold(fact(A, 0), fact(B, 10), fact(A, 20, deploy="d-3"), fact(B, 30, deploy="d-4"))

    assert (found[3].release, found[3].replaces, found[3].is_return) == (B, A, False)


# Releases nobody deployed -------------------------------------------------------------------------------------------


def test_first_sessions_infer_a_deploy() -> None:
    """Marked so, with all traffic, against what serves."""
    _, inferred = fold(fact(A, 0), seen={A: 0, B: 10})

    assert (inferred.release, inferred.inferred, inferred.replaces) == (B, True, A)
    assert exposures(inferred) == [(10, "succeeded", 1.0)]


def test_sessions_in_the_minute_of_the_deploy_infer_nothing() -> None:
    """Nor later ones, nor those of the release that is replaced."""
    assert len(fold(fact(B, 10, replaces=A), seen={A: 5, B: 10})) == 2  # A was seen before anybody spoke of it
    assert len(fold(fact(B, 10, replaces=A), seen={A: 11, B: 10})) == 1


def test_an_inferred_deploy_ends_when_the_release_is_deployed() -> None:
    """The deploy that was told takes its place."""
    inferred, told = fold(fact(B, 20, "started", exposure=0.2), seen={B: 10})

    assert (inferred.inferred, inferred.ended_by) == (True, "deployed")
    assert (told.inferred, told.ended_at) == (False, None)


def test_old_clients_of_hundreds_of_releases_are_not_all_watched() -> None:
    """The newest twenty are."""
    found = fold(seen={f"app@{number}": number for number in range(100)})

    assert len([deploy for deploy in found if deploy.ended_at is None]) == INFERRED_WATCHED
    assert found[-1].ended_at is None


# The watch ----------------------------------------------------------------------------------------------------------


def test_a_release_is_watched_for_fourteen_days() -> None:
    """Unless another takes over before."""
    (deploy,) = fold(fact(A, 0))

    assert deploy.watched_until == deploy.started_at + WATCH


def test_in_a_minute_of_change_the_larger_share_counts() -> None:
    """Who was exposed can be hurt."""
    (deploy,) = fold(fact(B, 0, "started", deploy="d", exposure=0.1), fact(B, 5, deploy="d", exposure=0.5))
    first = NOON // MINUTE

    shares = [deploy.exposure_at(first + minute) for minute in (-1, 0, 4, 5, 6)]

    assert shares == [0.0, 0.1, 0.1, 0.5, 0.5]
    assert deploy.shared_by(first)
    assert not deploy.shared_by(first - 1)


Told = tuple[str, int, str, str | None, float | None]
TOLD = some.tuples(
    some.sampled_from([A, B, C]),
    some.integers(0, 5),
    some.sampled_from(["started", "succeeded", "failed", "rolled_back"]),
    some.sampled_from([None, "d-1", "d-2"]),
    some.sampled_from([None, 0.0, 0.1, 1.0]),
)


@given(some.lists(TOLD, max_size=8), some.dictionaries(some.sampled_from([A, B, C]), some.integers(0, 40)))
def test_what_was_said_of_the_past_stays(told: list[Told], seen: dict[str, int]) -> None:
    """The fold looks back only: later facts add steps and deploys, and change nothing of before."""
    at, facts = 0, []
    for number, (release, gap, state, deploy, exposure) in enumerate(told):
        at += gap
        one = fact(release, at, state, deploy=deploy, exposure=exposure)
        facts.append(replace(one, fact=f"h{number}"))
    sessions = {release: NOON + minute * MINUTE for release, minute in seen.items()}
    whole = {deploy.deploy: deploy for deploy in deploys(ENVIRONMENT, facts, sessions)}
    for until in {fact.booked_at for fact in facts}:
        known = deploys(
            ENVIRONMENT,
            [fact for fact in facts if fact.booked_at <= until],
            {release: first for release, first in sessions.items() if first + MINUTE <= until},
        )
        for before in known:
            after = whole[before.deploy]
            assert after.timeline[: len(before.timeline)] == before.timeline
            assert (after.release, after.replaces, after.is_return) == (
                before.release,
                before.replaces,
                before.is_return,
            )
            assert before.ended_at is None or (after.ended_at, after.ended_by) == (before.ended_at, before.ended_by)
        began = {deploy.deploy for deploy in whole.values() if deploy.started_at <= until - MINUTE}
        assert began <= {deploy.deploy for deploy in known}


def test_a_pipeline_run_once_more_is_another_deploy() -> None:
    """The same id after its deploy had failed: watched anew, with the messages that follow."""
    first, again = fold(
        fact("shop@2", 1, "started", deploy="deploy-7", exposure=0.1),
        fact("shop@2", 2, "failed", deploy="deploy-7"),
        fact("shop@2", 3, "started", deploy="deploy-7", exposure=0.1),
        fact("shop@2", 4, "succeeded", deploy="deploy-7", exposure=0.5),
    )
    assert (first.deploy, first.ended_by) == ("deploy-7", "failed")
    assert (again.deploy, again.ended_at, again.is_return) == ("deploy-7#2", None, False)
    assert [step.exposure for step in again.timeline] == [0.1, 0.5]


def test_one_id_for_every_release_names_a_deploy_each() -> None:
    """Some pipelines send the service's name: the next release is no step of the last one's deploy."""
    first, second = fold(
        fact("shop@1", 1, "succeeded", deploy="shop"),
        fact("shop@2", 2, "succeeded", deploy="shop"),
    )
    assert (first.release, first.ended_by) == ("shop@1", "shop@2")
    assert (second.release, second.replaces) == ("shop@2", "shop@1")


def test_a_withdrawal_that_is_told_twice_ends_nothing_else() -> None:
    """Nor does one under an id that another release has."""
    (first, second) = fold(
        fact("shop@1", 1, "succeeded", deploy="shop"),
        fact("shop@2", 2, "started", deploy="deploy-7", exposure=0.1),
        fact("shop@2", 3, "rolled_back", deploy="deploy-7"),
        fact("shop@2", 4, "rolled_back", deploy="deploy-7"),
        fact("shop@2", 5, "rolled_back", deploy="shop"),
    )
    assert first.ended_at is None
    assert second.ended_by == "rolled_back"
