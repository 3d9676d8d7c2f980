"""`/api/0/.../releases/`: what is told, listed, refused and forgotten."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from models.store import tables
from tests.fakes.api import NOW
from tests.unit.api.sentry_cli.conftest import ROOT, Cli


def commit(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"{number:040x}", "message": f"change {number}", "author_name": "Ann"} | more


def test_a_release_told_again_is_no_second_one(cli: Cli) -> None:
    """201 at first, then 208; dates that are told later are added, and none is lost."""
    cli.call("POST", "/releases/", {"version": "shop@1", "projects": ["shop"]}, 201)
    cli.call("POST", "/releases/", {"version": "shop@1", "dateStarted": "2026-11-22T23:00:00Z"}, 208)
    shown = cli.call("PUT", "/releases/shop@1/", {"dateReleased": "2026-11-22T23:30:00Z"})
    assert (shown["dateStarted"], shown["dateReleased"]) == ("2026-11-22T23:00:00Z", "2026-11-22T23:30:00Z")
    assert [one["version"] for one in cli.call("GET", "/releases/")] == ["shop@1"]


@pytest.mark.parametrize(
    ("version", "address"),
    [
        ("shop@1.4.2", "shop@1.4.2"),
        ("shop@1.4.2", "shop%401.4.2"),
        ("-dash", "-dash"),
        ("a b+c%d#e?f:ü", "a%20b%2Bc%25d%23e%3Ff:%C3%BC"),
    ],
)
def test_a_version_may_hold_what_an_address_must_encode(cli: Cli, version: str, address: str) -> None:
    """`@` plain and encoded, a dash in front, and whatever else is no slash."""
    cli.told(version)
    assert cli.call("GET", f"/releases/{address}/")["version"] == version


@pytest.mark.parametrize("version", [None, "", " ", ".", "..", "latest", "a/b", "a\\b", "a\tb", "x" * 201])
def test_what_can_be_no_release_is_refused(cli: Cli, version: str | None) -> None:
    """As section 5.1 has it; the answer says why."""
    detail = cli.call("POST", "/releases/", {"version": version, "projects": ["shop"]}, 400)["detail"]
    assert "is no release" in detail


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (b"{", "The body is not JSON"),
        (b'{"version":1}', "$.version"),
        (b'{"version":"a","dateReleased":"soon"}', "`dateReleased` is no time"),
        (b'{"version":"a\\u0000"}', "NUL"),
        (b'{"version":"a","commits":[{"message":"without an id"}]}', "$.commits[0]"),
        (b'{"version":"a","status":"archived"}', "archives no releases"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_so(cli: Cli, value: bytes, part: str) -> None:
    """400 with `detail`, which sentry-cli prints, and nothing is kept."""
    answer = cli.client.post(f"{ROOT}/releases/", content=value)
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert part in answer.json()["detail"]
    assert cli.call("GET", "/releases/") == []


def test_only_a_token_of_the_project_opens_anything(cli: Cli) -> None:
    """No token and an unknown one: 401; another project's slug: 403; another project's release: 404."""
    cli.told("shop@1")
    nobody, stranger = cli.serving.elsewhere(), cli.serving.elsewhere(authorization="Bearer st_unknown")
    other = cli.serving.elsewhere(authorization=f"Bearer {cli.serving.other.token}")
    for client in (nobody, stranger):
        assert client.get(f"{ROOT}/releases/shop@1/").status_code == 401
        assert client.delete(f"{ROOT}/releases/shop@1/").status_code == 401
    assert other.get(f"{ROOT}/releases/").json() == []
    assert other.get(f"{ROOT}/releases/shop@1/").status_code == 404
    assert other.put(f"{ROOT}/releases/shop@1/", json={"dateReleased": "2026-11-22T00:00:00Z"}).status_code == 404
    assert other.delete(f"{ROOT}/releases/shop@1/").status_code == 404
    assert other.get("/api/0/projects/seatrial/shop/releases/").status_code == 403
    refused = other.post(f"{ROOT}/releases/", json={"version": "shop@2", "projects": ["shop"]})
    assert refused.status_code == 403
    assert "It opens 'other'" in refused.json()["detail"]


def test_on_this_machine_a_token_is_needed_too(cli: Cli) -> None:
    """The token says which project is meant: without one there is none."""
    assert cli.serving.client.get(f"{ROOT}/releases/").status_code == 401


def test_the_organization_may_have_any_name(cli: Cli) -> None:
    """We have none: the token alone says what is opened."""
    cli.told("shop@1")
    answer = cli.client.get("/api/0/organizations/whatever/releases/shop@1/")
    assert answer.json()["projects"] == [{"slug": "shop", "name": "shop"}]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/releases/none/"),
        ("PUT", "/releases/none/"),
        ("DELETE", "/releases/none/"),
        ("GET", "/releases/none/commits/"),
        ("GET", "/releases/none/deploys/"),
        ("POST", "/releases/none/deploys/"),
        ("GET", "/chunk-upload/"),
        ("POST", "/releases/a%2Fb/"),
        ("GET", "/monitors/"),
    ],
)
def test_what_there_is_not_is_404_with_a_reason(cli: Cli, method: str, path: str) -> None:
    """A release that nobody knows, and the calls that Seatrial does not answer."""
    answer = cli.client.request(method, f"{ROOT}{path}", json={"environment": "production"})
    assert (answer.status_code, list(answer.json())) == (404, ["detail"])


def test_pages_follow_the_cursor_of_the_link(cli: Cli) -> None:
    """Newest first; the cursor of `Link` goes on where the page ended, and says when there is no more."""
    for number in range(5):
        cli.told(f"shop@{number}")
        cli.serving.clock.set(NOW + number)
    found, cursor, pages = [], "", 0
    while True:
        answer = cli.client.get(f"{ROOT}/releases/", params={"per_page": 2, "cursor": cursor})
        found += [one["version"] for one in answer.json()]
        pages += 1
        told = re.search(r'rel="next"; results="(\w+)"; cursor="(.*)"$', answer.headers["Link"])
        assert told
        if told[1] == "false":
            break
        cursor = told[2]
    assert (found, pages) == ([f"shop@{number}" for number in (4, 3, 2, 1, 0)], 3)


def test_commits_replace_those_before(cli: Cli) -> None:
    """Newest first with their files; what a message holds of secrets is taken out; e-mail addresses are not kept."""
    cli.told("shop@1")
    first = commit(1, patch_set=[{"path": "a.py", "type": "M"}], repository="acme/shop")
    secret = commit(
        2, message="rotate password=hunter2secret", author_email="ann@example.com", timestamp="2026-11-22T23:00:00Z"
    )
    cli.call("PUT", "/releases/shop@1/", {"commits": [first]})
    shown = cli.call("PUT", "/releases/shop@1/", {"commits": [secret, first]})
    assert (shown["commitCount"], shown["lastCommit"]) == (2, {"id": commit(2)["id"]})
    told = cli.call("GET", "/releases/shop@1/commits/")
    assert [one["id"] for one in told] == [commit(2)["id"], commit(1)["id"]]
    assert told[0]["dateCreated"] == "2026-11-22T23:00:00Z"
    assert told[1]["repository"] == {"name": "acme/shop"}
    assert "hunter2secret" not in str(told)
    assert "example.com" not in str(told)


def test_references_name_a_range(cli: Cli) -> None:
    """`set-commits --commit acme/shop@a..b`: the last commit is the release's, with what another release told of it."""
    cli.told("shop@1")
    cli.call("PUT", "/releases/shop@1/", {"commits": [commit(7, patch_set=[{"path": "a.py"}])]})
    cli.told("shop@2")
    told = {"repository": "acme/shop", "commit": commit(7)["id"], "previousCommit": commit(3)["id"]}
    cli.call("PUT", "/releases/shop@2/", {"refs": [told, told | {"repository": "acme/lib", "commit": "abc"}]})
    found = [(one["id"], one["message"]) for one in cli.call("GET", "/releases/shop@2/commits/")]
    assert found == [("abc", ""), (commit(7)["id"], "change 7")]


def test_no_references_clear_the_commits(cli: Cli) -> None:
    """`set-commits --clear` sends an empty list of references."""
    cli.told("shop@1", commits=[commit(1)])
    cli.call("PUT", "/releases/shop@1/", {"refs": []})
    assert cli.call("GET", "/releases/shop@1/commits/") == []


def test_the_release_before_is_the_last_one_with_commits(cli: Cli) -> None:
    """Releases without commits, later ones, and the release itself are passed over."""
    cli.told("shop@1", commits=[commit(1)])
    for number in (2, 3, 4):
        cli.serving.clock.set(NOW + number)
        cli.told(f"shop@{number}", **({"commits": [commit(4)]} if number == 4 else {}))
    assert cli.call("GET", "/releases/shop@3/previous-with-commits/")["lastCommit"] == {"id": commit(1)["id"]}
    assert cli.call("GET", "/releases/shop@1/previous-with-commits/") == {}


def test_a_release_that_was_only_seen_is_listed_too(cli: Cli) -> None:
    """One with sessions or errors and never told of: since when, its last event and its new issues are known."""
    event = {"event_id": "a" * 32, "release": "shop@seen", "exception": {"values": [{"type": "E", "value": "v"}]}}
    cli.serving.client.post(
        f"/api/{cli.serving.shop.number}/envelope/?sentry_key={cli.serving.shop.public_key}",
        content=_envelope(event),
    )
    cli.serving.consume()
    shown = cli.call("GET", "/releases/shop@seen/")
    assert shown["newGroups"] == 1
    assert shown["lastEvent"] == shown["dateCreated"] == "2026-11-22T23:39:00Z"


def test_a_deleted_release_is_forgotten_and_its_history_stays(cli: Cli) -> None:
    """It is listed no more, its commits are gone, its rows stay; told of again, it begins anew."""
    cli.told("shop@1", commits=[commit(1)])
    cli.call("POST", "/releases/shop@1/deploys/", {"environment": "production"}, 201)
    cli.serving.consume()
    cli.call("DELETE", "/releases/shop@1/", status=204)
    cli.call("GET", "/releases/shop@1/", status=404)
    cli.call("DELETE", "/releases/shop@1/", status=404)
    assert cli.call("GET", "/releases/") == []
    assert cli.serving.get("/releases")["items"][0]["release"] == "shop@1"
    cli.told("shop@1")
    assert cli.call("GET", "/releases/shop@1/")["commitCount"] == 0


def test_what_is_told_is_audited(cli: Cli) -> None:
    """Who, what and when, of each change; a release told again without news is none."""
    cli.told("shop@1")
    cli.told("shop@1")
    cli.call("PUT", "/releases/shop@1/", {"commits": [commit(1)], "dateReleased": "2026-11-22T23:30:00Z"})
    cli.call("POST", "/repos/", {"name": "acme/shop"}, 201)
    cli.call("DELETE", "/releases/shop@1/", status=204)
    with cli.serving.engine.connect() as connection:
        rows = connection.execute(select(tables.audit.c.command, tables.audit.c.said_by, tables.audit.c.at)).all()
    assert {row.said_by for row in rows} == {f"token {cli.serving.shop.token[:8]}…"}
    assert sorted(row.command for row in rows) == [
        "release delete",
        "release set-commits",
        "release tell",
        "release tell",
        "repository add",
    ]


def test_repositories_are_those_that_were_told_of(cli: Cli) -> None:
    """None at first, so that sentry-cli sends commits with their files rather than references."""
    assert cli.call("GET", "/repos/?cursor=") == []
    cli.call("POST", "/repos/", {"name": "acme/shop", "url": "https://git.example/acme/shop"}, 201)
    cli.call("POST", "/repos/", {"name": "acme/shop"}, 208)
    assert [one["name"] for one in cli.call("GET", "/repos/?cursor=")] == ["acme/shop"]


def test_info_says_whether_the_token_is_known(cli: Cli) -> None:
    """`sentry-cli info` asks the root."""
    assert cli.client.get("/api/0/").json()["project"] == "shop"
    assert cli.serving.elsewhere().get("/api/0/").status_code == 401


def _envelope(event: dict[str, Any]) -> bytes:
    return b'{}\n{"type":"event"}\n' + json.dumps(event).encode()
