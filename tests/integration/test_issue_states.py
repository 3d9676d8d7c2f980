"""What is getting worse, over a real store and real messages: a rate beside the baseline's, wherever it is shown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.api import Serving, serving
from tests.fakes.story import Story

OLD, NEW = "shop@1.0.0", "shop@1.1.0"
MINUTES = 64


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path) as started:
        yield started


def told(api: Serving, hurt_old: int, hurt_new: int, sessions_new: int = 1_000) -> Story:
    """Two releases of an hour each, with 1,000 sessions on the old one, and so many users hurt on either."""
    story = Story(api).deploy(OLD).sessions(OLD, 1_000)
    for number in range(MINUTES):
        _minute(story, OLD, number, hurt_old)
    story.deploy(NEW).sessions(NEW, sessions_new)
    for number in range(MINUTES):
        _minute(story, NEW, number, hurt_new)
    story.later(5).evaluate()
    return story


def _minute(story: Story, release: str, number: int, hurt: int) -> None:
    if number < hurt:
        story.error(release, f"user {number}")
    else:
        story.later()


def of_issue(story: Story) -> Any:
    (row,) = story.api.get("/issues", release=NEW)["items"]
    return row


def test_an_issue_whose_rate_rose_is_getting_worse(api: Serving) -> None:
    """With value, interval, n and baseline, the same on every page, and counted by the list of releases."""
    story = told(api, 4, 60)
    row = of_issue(story)
    assert row["state"] == "getting_worse"
    worse = row["worse"]
    assert (worse["baseline"], worse["base_n"], worse["n"], worse["minutes"]) == (OLD, 1_000, 1_000, 64)
    assert worse["low"] > 1.5
    assert worse["low"] < worse["ratio"] < worse["high"]
    assert (worse["value"], worse["base"]) == (worse["hurt"] / 1_000, worse["base_hurt"] / 1_000)
    assert row["why"] == worse["sentence"]
    newest = story.api.get("/releases")["items"][0]
    assert (newest["release"], newest["issue_states"]["getting_worse"]) == (NEW, 1)
    page = story.api.client.get(f"/projects/shop/releases/{NEW}").text
    assert "Getting worse 1" in page
    assert worse["sentence"] in page
    assert worse["sentence"] in story.api.client.get(f"/projects/shop/issues/{row['issue']}?release={NEW}").text
    assert story.api.get("/releases")["newest"] == {"release": NEW, "by": "semver"}


def test_more_users_of_more_sessions_are_not_worse(api: Serving) -> None:
    """It is the rate that counts: ten times the users of ten times the sessions."""
    story = told(api, 6, 60, sessions_new=10_000)
    assert of_issue(story)["state"] == "seen_before"
    compared = story.api.get(f"/issues/{story.issue}", release=NEW)["compared"]
    assert compared["low"] < 1 < compared["high"]


def test_without_sessions_no_rate_is_known(api: Serving) -> None:
    """Then nothing is said to get worse, and nothing is compared."""
    story = Story(api).deploy(OLD).error(OLD).deploy(NEW)
    for number in range(MINUTES):
        _minute(story, NEW, number, MINUTES)
    story.later(5).evaluate()
    assert of_issue(story)["state"] == "seen_before"
    assert story.api.get(f"/issues/{story.issue}", release=NEW)["compared"] is None
