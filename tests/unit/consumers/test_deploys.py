"""Deploys are kept as facts; one fact told twice is one."""

from typing import Any

import msgspec

from consumers.deploys import COMMITS
from models.store import tables
from models.wire.topics import DEPLOYS
from tests.fakes.consuming import NOON, Consuming, only


def deploy(**fields: Any) -> dict[str, Any]:
    return {"project": "shop", "environment": "production", "release": "shop@1.5.0"} | fields


def test_the_same_deploy_told_twice_is_one_fact(shop: Consuming) -> None:
    """Another state, exposure or time of one deploy is another fact."""
    told = [
        deploy(id="d"),
        deploy(id="d", exposure=0.3),
        deploy(id="d", state="started"),
        deploy(id="d", at="2026-01-01T00:00Z"),
    ]
    shop.told(DEPLOYS, *told, *told).told(DEPLOYS, *told)
    assert shop.fates() == {("deploy", "stored"): 4, ("deploy", "duplicate"): 8}


def test_without_an_id_the_time_names_a_deploy(shop: Consuming) -> None:
    """Release, environment and time; without a time each message is one of its own."""
    shop.told(DEPLOYS, deploy(at="2026-01-01T00:00Z"), deploy(at="2026-01-01T00:00Z"), deploy(), deploy())
    assert shop.fates() == {("deploy", "stored"): 3, ("deploy", "duplicate"): 1}


def test_a_fact_is_kept_as_it_was_told(shop: Consuming) -> None:
    """With its commits, of which there may be very many."""
    commits = [{"id": str(number)} for number in range(COMMITS + 1)]
    shop.told(
        DEPLOYS, deploy(id="d", exposure=0.3, by="ci", irreversible=True, at="2023-11-14T22:00:00Z", commits=commits)
    )
    [row] = shop.rows(tables.deploy_fact)
    assert (row["deploy"], row["exposure"], row["deployed_by"], row["irreversible"]) == ("d", 0.3, "ci", True)
    assert (row["occurred_at"], row["booked_at"]) == (1_699_999_200_000, NOON)
    assert len(msgspec.json.decode(row["commits"])) == COMMITS


def test_a_deploy_that_says_no_more_than_it_must_succeeded_for_all(shop: Consuming) -> None:
    """State, exposure and time have defaults."""
    shop.told(DEPLOYS, deploy(at="no time"))
    assert only(shop.rows(tables.deploy_fact), "state", "exposure", "occurred_at") == [("succeeded", None, NOON)]


def test_a_deploy_of_everything_and_more_is_a_dead_letter(shop: Consuming) -> None:
    """A share is from 0 to 1."""
    shop.told(DEPLOYS, deploy(exposure=1.5), deploy(state="paused"), deploy(release=""))
    assert [detail.split(":")[0] for _, detail in shop.dead()] == ["$.exposure", "$.state", "$.release"]
