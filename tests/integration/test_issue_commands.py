"""Resolve, reopen and mute by API, page and command line, over a real store and real messages in between."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from models.store import tables
from seatrial.cli.application import run
from tests.fakes.api import Serving, serving
from tests.fakes.story import Story
from tests.real import site

OLD, FIXED, LATER = "shop@2.12.0", "shop@2.13.0", "shop@2.14.0"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path) as started:
        yield started


@pytest.fixture
def story(api: Serving) -> Story:
    return Story(api).deploy(OLD).error(OLD)


def test_resolved_in_a_release_it_comes_back_with_that_one_and_not_with_an_old_client(story: Story) -> None:
    """And says by which comparison; the release that brought it back has it as came back, the fixed one as fixed."""
    answer = story.command(command="resolve", fixed_in="release", release=FIXED)
    assert answer.status_code == 201
    assert answer.json()["consequence"] == (
        "An event from shop@2.13.0 or a later release reopens it; one from an older release does not."
    )
    story.deploy(FIXED)
    assert story.state(FIXED) == "fixed_here"
    story.error(OLD, "bob").error(None, "eve")
    found = story.view()
    assert found["status"] == "resolved"
    assert [one["sentence"] for one in found["old_clients"]] == [
        "fixed in shop@2.13.0; event from shop@2.12.0, an earlier version",
        "fixed in shop@2.13.0; event without a release, taken for an older one",
    ]
    assert story.state(FIXED) == "fixed_here"
    story.deploy(LATER).error(LATER)
    found = story.view()
    assert (found["status"], found["came_back"][0]["by"]) == ("open", "semver")
    assert found["came_back"][0]["sentence"] == "fixed in shop@2.13.0; event from shop@2.14.0, a later version"
    assert story.state(LATER) == "came_back"
    assert story.state(FIXED) is None
    assert story.state(OLD) == "new_here"


def test_resolved_in_the_next_release(story: Story) -> None:
    """The one that runs is covered, the one that comes has the fix."""
    story.command(command="resolve", fixed_in="next")
    story.error(OLD, "bob")
    assert story.view()["status"] == "resolved"
    story.deploy(FIXED)
    assert story.state(FIXED) == "fixed_here"
    story.error(FIXED)
    assert story.state(FIXED) == "came_back"


def test_resolved_now_it_comes_back_with_what_runs(story: Story) -> None:
    """But not by an event of the same minute."""
    story.command(command="resolve", fixed_in="now")
    assert story.view()["status"] == "resolved"
    story.error(OLD, "bob")
    found = story.view()
    assert (found["status"], found["came_back"][0]["by"]) == ("open", "name")


def test_each_environment_by_its_own_releases(story: Story) -> None:
    """Back in one, resolved in the other."""
    story.deploy(FIXED, "uat").error(OLD, environment="uat")
    story.command(command="resolve", fixed_in="release", release=FIXED)
    story.error(FIXED, environment="uat").error(OLD)
    assert story.view()["status"] == "resolved"
    assert story.view(environment="uat")["status"] == "open"
    assert [one["environment"] for one in story.view()["environments"]] == ["production", "uat"]


def test_reopened_and_muted(story: Story) -> None:
    """The last command holds, and all of them are the issue's history, with an entry in the audit each."""
    for kind, status in (("mute", "muted"), ("reopen", "open")):
        assert story.command(command=kind).status_code == 201
        assert story.view()["status"] == status
        assert [one["status"] for one in story.api.get("/issues", status=status)["items"]] == [status]
    assert [one["command"] for one in story.view()["commands"]] == ["mute", "reopen"]
    with story.api.engine.connect() as connection:
        kept = connection.execute(select(tables.audit.c.command, tables.audit.c.said_by)).all()
    assert sorted(map(tuple, kept)) == [("issue mute", "ana"), ("issue reopen", "ana")]


def test_a_command_told_twice_is_one_and_a_dry_run_is_none(story: Story) -> None:
    """By its id; and what would follow is said without anything being kept."""
    tried = story.command(command="resolve", fixed_in="next", dry_run=True)
    assert (tried.status_code, tried.json()["consequence"]) == (
        200,
        "An event from a release after shop@2.12.0 reopens it; one from shop@2.12.0 or older does not.",
    )
    assert story.view()["commands"] == []
    first = story.command(command="mute", id="once").json()
    again = story.command(command="mute", id="once").json()
    assert first == again
    assert len(story.view()["commands"]) == 1


def test_an_id_of_another_command_is_refused(story: Story) -> None:
    """Also if it is only tried; what was commanded first holds."""
    story.command(command="mute", id="once")
    for told in (
        {"command": "reopen"},
        {"command": "resolve", "fixed_in": "now"},
        {"command": "reopen", "dry_run": True},
    ):
        answer = story.command(id="once", **told)
        assert (answer.status_code, answer.json()["place"]) == (409, "id")
        assert answer.json()["detail"].startswith("'once' is the id of another command: mute of the issue ")
    assert [one["command"] for one in story.view()["commands"]] == ["mute"]


def test_totals_are_read_where_one_state_of_them_is_seen(story: Story) -> None:
    """Which on PostgreSQL a connection for writing does not see."""
    mixed = []

    def look(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if "issue_total" in statement and connection.get_execution_options().get("seatrial_writes"):
            mixed.append(statement)

    event.listen(story.api.engine, "before_cursor_execute", look)
    assert story.command(command="mute").status_code == 201
    form = {"choice": "reopen", "reason": "x", "by": "ana"}
    address = f"/projects/shop/issues/{story.issue}"
    assert story.api.client.post(address, data=form, follow_redirects=False).status_code == 303
    assert mixed == []
    assert [one["command"] for one in story.view()["commands"]] == ["mute", "reopen"]


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"command": "close"}, "command"),
        ({"command": "resolve"}, "fixed_in"),
        ({"command": "resolve", "fixed_in": "soon"}, "fixed_in"),
        ({"command": "resolve", "fixed_in": "release"}, "release"),
        ({"command": "resolve", "fixed_in": "release", "release": "a/b"}, "release"),
        ({"command": "resolve", "fixed_in": "now", "release": FIXED}, "release"),
        ({"command": "mute", "fixed_in": "now"}, "fixed_in"),
        ({"command": "mute", "reason": " "}, "reason"),
        ({"command": "mute", "reason": "x" * 2_001}, "reason"),
        ({"command": "mute", "by": "x" * 201}, "by"),
    ],
)
def test_what_cannot_be_commanded_is_said_with_its_place(story: Story, told: dict[str, Any], place: str) -> None:
    """And nothing is kept."""
    answer = story.command(**told)
    assert (answer.status_code, answer.json()["place"]) == (422, place)
    assert story.view()["commands"] == []


STAGING = b'{"command": "mute", "reason": "x", "environment": "staging"}'  # asked for in the address, not here


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"command": 3, "reason": "x"}', b'{"command": "mute"}', STAGING])
def test_what_is_no_command(story: Story, body: bytes) -> None:
    """In JSON, as every error."""
    answer = story.api.post(f"/issues/{story.issue}/commands", body)
    assert answer.status_code == 422
    assert answer.json()["title"] == "This is no command"


def test_an_issue_that_was_never_seen(story: Story) -> None:
    """Nothing can be commanded of it."""
    answer = story.api.post("/issues/SHOP-99/commands", {"command": "mute", "reason": "x"})
    assert answer.status_code == 404


def test_another_site_cannot_command(story: Story) -> None:
    """On this machine no token is needed, so a page of another site must not be able to."""
    body = {"command": "mute", "reason": "x"}
    assert story.api.post(f"/issues/{story.issue}/commands", body, origin="https://evil.example").status_code == 403


def test_the_change_that_may_have_brought_it(story: Story) -> None:
    """Since the release that was replaced, skipped ones too; on the row, the issue and its page."""
    told = [{"id": "c3d4", "message": "docs", "author": "bo", "files": ["README.md"]}]
    skipped = [{"id": "a1f3c9e", "message": "round totals", "author": "li", "files": ["src/shop/cart.py"]}]
    story.deploy("shop@2.12.5", "uat", commits=skipped)
    story.deploy("shop@3.0.0", commits=told)
    story.later(5)
    story.evaluate()
    story.command(command="resolve", fixed_in="release", release="shop@2.12.9")
    story.error("shop@3.0.0")
    (row,) = story.api.get("/issues", release="shop@3.0.0")["items"]
    assert (row["state"], row["suspect"]["commit"], row["suspect"]["confidence"]) == ("came_back", "a1f3c9e", "high")
    assert row["suspect"]["evidence"] == "touches src/shop/cart.py, the top frame (total, line 88)"
    found = story.view(release="shop@3.0.0")
    assert found["commits"] == {"release": "shop@3.0.0", "since": OLD, "count": 2, "files_left_out": 0}
    assert found["suspects"] == [row["suspect"]]
    page = story.api.client.get(f"/projects/shop/issues/{story.issue}").text
    assert "touches src/shop/cart.py, the top frame (total, line 88)" in page
    assert "confidence: high" in page


# The page ---------------------------------------------------------------------------------------------------------


def test_the_form_of_the_page(story: Story) -> None:
    """It says what follows before the click, keeps what it is told, and shows it; without any script."""
    address = f"/projects/shop/issues/{story.issue}"
    page = story.api.client.get(address).text
    assert "An event from a release after shop@2.12.0 reopens it" in page
    form = {"choice": "release", "release": FIXED, "reason": "rounded <b>right</b>", "by": "ana"}
    answer = story.api.client.post(address, data=form, follow_redirects=False)
    assert answer.status_code == 303
    shown = story.api.client.get(answer.headers["location"].partition("#")[0]).text
    assert "Recorded. An event from shop@2.13.0 or a later release reopens it" in shown
    assert "Resolved, fixed in shop@2.13.0" in shown
    assert "rounded &lt;b&gt;right&lt;/b&gt;" in shown
    story.later().error(OLD, "bob")
    shown = story.api.client.get(address).text
    assert "Old client, not a regression (2 users on <bdi>shop@2.12.0</bdi>)" in shown
    story.error(LATER)
    shown = story.api.client.get(address).text
    assert "Came back: fixed in shop@2.13.0; event from shop@2.14.0, a later version." in shown


def test_a_form_that_lacks_something(story: Story) -> None:
    """The page again with what is missing at its field, and nothing kept."""
    address = f"/projects/shop/issues/{story.issue}"
    for form in ({}, {"choice": "release", "reason": "x", "by": "ana"}, {"choice": "mute", "by": "ana"}):
        answer = story.api.client.post(address, data=form, follow_redirects=False)
        assert answer.status_code == 422
        assert "Not recorded" in answer.text
    assert story.view()["commands"] == []


def test_the_list_of_issues_by_status(story: Story) -> None:
    """Counts equal rows, open ones first."""
    story.command(command="mute")
    page = story.api.client.get("/projects/shop/issues").text
    assert 'data-count="1"' in page
    assert "Muted" in page
    assert "none has this status" in story.api.client.get("/projects/shop/issues?status=open").text
    assert story.api.client.get("/projects/shop/issues?environment=moon").status_code == 200


# The command line -------------------------------------------------------------------------------------------------


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """List, view, resolve, reopen and mute say what follows, and the list shows what holds."""
    with site.store(tmp_path) as engine:
        site.fill(engine, 0.05, 2)
        with site.serving(engine, tmp_path) as served:

            def said(*words: str) -> str:
                assert run([*words, "--project", "shop", "--url", served.address]) == 0
                return capsys.readouterr().out

            resolved = said("issue", "resolve", "SHOP-1", "--in-next", "--reason", "mended", "--by", "ana")
            assert resolved.startswith("SHOP-1 is resolved. An event from a release after ")
            assert "SHOP-1  Resolved" in said("issue", "list", "--status", "resolved")
            tried = said("issue", "reopen", "SHOP-1", "--reason", "no", "--dry-run")
            assert tried.startswith("SHOP-1 would be open again.")
            assert "resolve by ana: mended" in said("issue", "view", "SHOP-1")
            said("issue", "mute", "SHOP-1", "--reason", "a probe", "--idempotency-key", "m-1")
            muted = json.loads(said("issue", "list", "--status", "muted", "--json"))
            assert [one["name"] for one in muted["items"]] == ["SHOP-1"]
            unknown = ["issue", "mute", "SHOP-999999", "--reason", "x", "--project", "shop", "--url", served.address]
            assert run(unknown) == 5


@pytest.mark.parametrize(
    "words",
    [
        ["issue", "list", "--status", "x"],
        ["issue", "resolve", "SHOP-1", "--reason", " "],
        ["issue", "resolve", "SHOP-1", "--reason", "x", "--in-next", "--in-release", "shop@1"],
    ],
)
def test_bad_usage_asks_no_server(words: list[str]) -> None:
    """It leaves with 2."""
    assert run([*words, "--project", "shop"]) == 2
