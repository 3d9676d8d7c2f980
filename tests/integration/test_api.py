"""The HTTP side on a real store: who may ask, what is answered, and what becomes of bad input."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from models.domain.ledger import Category, Fate
from models.store import tables
from tests.fakes.api import NOW, Serving, serving

CALLS = (
    "/releases",
    "/releases/shop@1.4.2",
    "/releases/shop@1.4.2/report",
    "/issues",
    "/issues/SHOP-1",
    "/issues/SHOP-1/why",
    "/feedback",
    "/themes",
    "/decisions",
    "/decisions/d-1",
    "/watched",
    "/watched/minutes?deploy=d",
    "/events/0123456789abcdef0123456789abcdef",
    "/ledger",
    "/policy",
    "/settings",
    "/scrubbing",
    "/gate?release=shop@1.4.2",
)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path) as started:
        yield started


def _problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told


# Who may ask -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", CALLS)
def test_without_a_token(api: Serving, call: str) -> None:
    """From another machine every call needs a token, and says so in JSON."""
    answer = api.elsewhere().get(f"/api/v1/projects/shop{call}")
    assert "Bearer" in _problem(answer, 401)["detail"]
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("call", CALLS)
def test_the_token_of_another_project(api: Serving, call: str) -> None:
    """A token opens its own project, and tells nothing of another."""
    client = api.elsewhere(Authorization=f"Bearer {api.other.token}")
    _problem(client.get(f"/api/v1/projects/shop{call}"), 403)


def test_the_token_of_the_project(api: Serving) -> None:
    """With it, another machine reads and writes."""
    client = api.elsewhere(Authorization=f"Bearer {api.shop.token}")
    assert client.get("/api/v1/projects/shop/releases").status_code == 200
    told = {"release": "shop@1", "environment": "production"}
    assert client.post("/api/v1/projects/shop/deploys", json=told).status_code == 202
    assert client.get("/api/v1/projects").json()["items"][0]["project"] == "shop"
    assert len(client.get("/api/v1/projects").json()["items"]) == 1


def test_a_post_from_another_site(api: Serving) -> None:
    """On this machine no token is needed, so a page of another site must not be able to write."""
    body = {"release": "shop@1", "environment": "production"}
    _problem(api.post("/deploys", body, origin="https://evil.example"), 403)
    _problem(api.post("/deploys", body, sec_fetch_site="cross-site"), 403)
    assert api.values("seatrial.deploys") == []


def test_another_name_for_this_machine(api: Serving) -> None:
    """A name of the internet that leads here is not this machine: its page could read along."""
    client = TestClient(api.app, base_url="http://evil.example", client=("127.0.0.1", 50_000))
    _problem(client.get("/api/v1/projects/shop/releases"), 401)


def test_behind_a_proxy(api: Serving) -> None:
    """What a proxy passes on comes from elsewhere."""
    answer = api.client.get("/api/v1/projects/shop/releases", headers={"X-Forwarded-For": "192.0.2.1"})
    _problem(answer, 401)


def test_where_loopback_is_closed(tmp_path: Path) -> None:
    """The setting decides."""
    with serving(tmp_path, open_on_loopback=False) as api:
        _problem(api.client.get("/api/v1/projects/shop/releases"), 401)
        _problem(api.client.get("/api/v1/projects"), 401)


# Every path and status -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/nothing", "/api/v1/", "/api/v1/projects/shop/nothing", "/healthz/x", "/api"])
def test_unknown_paths(api: Serving, path: str) -> None:
    """A tool gets JSON on every path."""
    _problem(api.client.get(path), 404)


@pytest.mark.parametrize("path", ["/api/v1/projects/shop/releases/", "/api/v1/projects/shop/ledger/", "/readyz/"])
def test_no_redirects(api: Serving, path: str) -> None:
    """A slash too many is no redirect, which a gate would take for a pass."""
    assert api.client.get(path, follow_redirects=False).status_code in {404, 200}


def test_wrong_method(api: Serving) -> None:
    """A method that is not taken says which are."""
    answer = api.client.delete("/api/v1/projects/shop/ledger")
    _problem(answer, 405)
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("call", ["/releases", "/issues", "/ledger", "/policy", "/decisions"])
def test_unknown_projects(api: Serving, call: str) -> None:
    """On this machine, a project that nobody made is a 404 rather than an empty list."""
    _problem(api.client.get(f"/api/v1/projects/shpo{call}"), 404)
    _problem(api.client.post("/api/v1/projects/shpo/deploys", json={}), 404)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("limit=0", "query.limit"),
        ("limit=ten", "query.limit"),
        ("limit=501", "query.limit"),
        ("environment=", "query.environment"),
        ("cursor=nonsense", "cursor"),
    ],
)
def test_bad_queries(api: Serving, query: str, place: str) -> None:
    """What is wrong is named with its place."""
    assert _problem(api.client.get(f"/api/v1/projects/shop/releases?{query}"), 422)["place"] == place


@pytest.mark.parametrize(
    "call",
    [
        "/releases/x",
        "/issues/SHOP-1",
        "/issues/x/why",
        "/decisions/d-1",
        "/events/zz",
        "/feedback?theme=x",
        "/issues/%FF",
    ],
)
def test_what_there_is_not(api: Serving, call: str) -> None:
    """An unknown name is a 404 that says where to look."""
    _problem(api.client.get(f"/api/v1/projects/shop{call}"), 404)


def test_the_store_is_down(api: Serving) -> None:
    """A read is a 503 that says what to do, never a page of a framework; a gate holds."""
    _break(api)
    for call in ("/releases", "/issues", "/ledger"):
        answer = api.client.get(f"/api/v1/projects/shop{call}")
        assert "database" in _problem(answer, 503)["detail"]
        assert answer.headers["retry-after"]
    gate = api.client.get("/api/v1/projects/shop/gate?release=shop@1")
    assert (gate.status_code, gate.json()["verdict"]) == (200, "hold")


def test_a_fault_of_ours(api: Serving) -> None:
    """What nobody thought of is a 500 in JSON, without the inside of it."""
    fact = {"fact": "f", "environment": "production", "release": "shop@1", "state": "succeeded", "irreversible": False}
    api.insert(tables.deploy_fact, fact | {"commits": "cut o", "occurred_at": NOW, "booked_at": NOW})
    told = _problem(api.client.get("/api/v1/projects/shop/releases/shop@1"), 500)
    assert "fault of Seatrial" in told["detail"]
    assert "cut o" not in json.dumps(told)
    assert 'status="5xx"} 1.0' in api.client.get("/metrics").text
    assert api.client.get("/api/v1/projects/shop/releases/shop@1").headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_ours_on_a_page(api: Serving) -> None:
    """People get a page of it."""
    fact = {"fact": "f", "environment": "production", "release": "shop@1", "state": "succeeded", "irreversible": False}
    api.insert(tables.deploy_fact, fact | {"commits": "cut o", "occurred_at": NOW, "booked_at": NOW})
    answer = api.client.get("/projects/shop/releases/shop@1?environment=production")
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")


def test_openapi(api: Serving) -> None:
    """The API is described, gates and messages included, and no page of docs loads anything from elsewhere."""
    found = api.client.get("/api/v1/openapi.json").json()
    assert {"/api/v1/projects/{project}/gate", "/api/v1/projects/{project}/deploys"} <= found["paths"].keys()
    body = found["paths"]["/api/v1/projects/{project}/deploys"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "application/cloudevents+json"}
    assert "project" not in body["application/json"]["schema"]["anyOf"][0]["properties"]
    assert api.client.get("/docs").status_code == 404


# Messages by HTTP ------------------------------------------------------------------------------------------------


def test_a_deploy(api: Serving) -> None:
    """202 once the log has it; after the consumers it is a release with its commits, and in the ledger."""
    commits = [{"id": "a1", "message": "password=hunter2secret", "author": "ana"}]
    told = {"release": "a?b@1", "environment": "production", "id": "run-7", "exposure": 0.3, "commits": commits}
    answer = api.post("/deploys", told)
    assert (answer.status_code, answer.json()) == (202, {"id": "run-7"})
    assert "hunter2secret" not in json.dumps(api.values("seatrial.deploys"))
    api.consume()
    found = api.get("/releases/a%3Fb@1")
    assert found["facts"]["commits"][0]["id"] == "a1"
    assert found["timeline"][0]["text"] == "Deployed at 30 % of traffic."
    assert api.get("/releases")["items"][0]["release"] == "a?b@1"


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"release": "latest", "environment": "production"}, "$.release"),
        ({"release": "a/b@1", "environment": "production"}, "$.release"),
        ({"release": "shop@1", "environment": "none"}, "$.environment"),
    ],
)
def test_a_deploy_of_what_no_event_can_name(api: Serving, told: dict[str, str], place: str) -> None:
    """The names are those of events and sessions: another one would be a release that nothing is ever heard of."""
    assert _problem(api.post("/deploys", told), 422)["place"] == place


def test_retries_are_one_thing(api: Serving) -> None:
    """The same id again is a duplicate, and the ledger says so."""
    for _ in range(3):
        api.post("/feedback", {"id": "f-1", "message": "slow", "release": "shop@1"})
    api.consume()
    assert [one["feedback"] for one in api.get("/feedback")["items"]] == ["f-1"]
    assert (api.get("/ledger")["feedback"]["stored"], api.get("/ledger")["feedback"]["duplicate"]) == (1, 2)


def test_feedback_keeps_no_user(api: Serving) -> None:
    """The user becomes a hash, the same as of an SDK's session; secrets in the text go."""
    told = {"message": "my card 4111 1111 1111 1111", "user": {"email": "ana@example.com"}, "identity": "0" * 32}
    api.post("/feedback", told)
    (value,) = api.values("seatrial.feedback")
    assert "user" not in value
    assert value["identity"] not in ("0" * 32, None)
    assert "4111" not in value["message"]
    assert "ana@example.com" not in json.dumps(value)


def test_an_array_is_all_or_nothing(api: Serving) -> None:
    """One bad message refuses all, with its place; each of them counts as invalid."""
    good = {"message": "slow", "release": "shop@1"}
    assert len(api.post("/feedback", [good, good]).json()["ids"]) == 2
    assert _problem(api.post("/feedback", [good, good | {"rating": 9}]), 422)["place"] == "$[1].rating"
    assert len(api.values("seatrial.feedback")) == 2
    totals = api.services.intake.tally.totals
    assert totals[Category.FEEDBACK, "accepted"] == 2
    assert totals[Category.FEEDBACK, Fate.INVALID] == 2


def test_cloudevents(api: Serving) -> None:
    """In structured mode and in batches, with the event's id where the message has none."""
    event = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "ci",
        "type": "seatrial.feedback.v1",
        "data": {"message": "x"},
    }
    one = api.post("/feedback", event, content_type="application/cloudevents+json; charset=utf-8")
    many = api.post("/feedback", [event | {"id": "e-2"}], content_type="application/cloudevents-batch+json")
    assert (one.json(), many.json()) == ({"id": "e-1"}, {"ids": ["e-2"]})
    empty = api.post("/feedback", event | {"data": None}, content_type="application/cloudevents+json")
    assert _problem(empty, 422)["place"] == "$.data"


def test_cdevents_as_they_are(api: Serving) -> None:
    """A CDEvent of a service, bare or in a CloudEvent, and GitHub's deployment status are deploys."""
    context = {"id": "c-1", "type": "dev.cdevents.service.deployed.0.2.0", "timestamp": "2026-11-22T14:00:00Z"}
    content = {"environment": {"id": "production"}, "artifactId": "pkg:oci/shop@1.5.0"}
    event = {"context": context, "subject": {"id": "shop", "content": content}}
    github = {
        "deployment_status": {"state": "success", "environment": "production"},
        "deployment": {"id": 7, "ref": "v2"},
    }
    assert api.post("/deploys", event).json() == {"id": "c-1"}
    wrapped = {"specversion": "1.0", "id": "x", "source": "s", "type": context["type"], "data": event}
    assert api.post("/deploys", wrapped, content_type="application/cloudevents+json").status_code == 202
    assert api.post("/deploys", github).status_code == 202
    assert [one["release"] for one in api.values("seatrial.deploys")].count("shop@1.5.0") == 2
    other = event | {"context": context | {"type": "dev.cdevents.build.started.0.1.0"}}
    assert _problem(api.post("/deploys", other), 422)["place"] == "$.context.type"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe{}", 400),
        (b'{"message": "\\ud800"}', 400),
        (b'{"message": "a\\u0000b"}', 400),
        (b"[" * 100_000, 400),
        (b"null", 422),
        (b'"text"', 422),
        (b"[]", 422),
        (b"[1]", 422),
        (b"{}", 422),
        (b'{"message": " "}', 422),
        (b'{"message": "x", "rating": 0}', 422),
        (b'{"message": "x", "at": "yesterday"}', 422),
        (b'{"message": "x", "project": "other"}', 422),
        (b'{"message": "x", "event_id": "nope"}', 422),
        (b'{"message": "x", "release": 7}', 422),
        (b'{"message": "' + b"x" * 9_000 + b'"}', 422),
        (b'{"message": "x", "url": "' + b"x" * 2_000_000 + b'"}', 413),
        (b'{"message": "' + b"x" * 6_000_000 + b'"}', 413),
        (json.dumps([{"message": "x"}] * 1_001).encode(), 413),
    ],
)
def test_bad_bodies(api: Serving, body: bytes, status: int) -> None:
    """Each gets a clear answer, is counted as invalid, and nothing of it is in the log."""
    _problem(api.post("/feedback", body), status)
    assert api.values("seatrial.feedback") == []
    assert api.services.intake.tally.totals[Category.FEEDBACK, Fate.INVALID] >= 1


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/xml", "text/html"])
def test_other_content_types(api: Serving, kind: str) -> None:
    """What says that it is something else than JSON is not taken."""
    _problem(api.post("/feedback", {"message": "x"}, content_type=kind), 415)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/vnd.shop+json", ""])
def test_lenient_content_types(api: Serving, kind: str) -> None:
    """JSON from a client that does not say so, as ``curl -d``, is JSON."""
    assert api.post("/feedback", {"message": "x"}, content_type=kind).status_code == 202


def test_compressed_bodies(api: Serving) -> None:
    """A gzip is unpacked with a bound; a cut one is refused."""
    import gzip  # noqa: PLC0415 - of this test alone

    whole = gzip.compress(b'{"message": "x"}')
    assert api.post("/feedback", whole, content_encoding="gzip").status_code == 202
    _problem(api.post("/feedback", whole[:-6], content_encoding="gzip"), 400)
    _problem(api.post("/feedback", gzip.compress(b" " * 50_000_000), content_encoding="gzip"), 413)


@pytest.mark.parametrize("at", ["1990-01-01T00:00:00Z", "2090-01-01T00:00:00Z"])
def test_times_far_away(api: Serving, at: str) -> None:
    """What a deploy says of its time is for people; the log's own time decides."""
    assert api.post("/deploys", {"release": "shop@9", "environment": "production", "at": at}).status_code == 202
    api.consume()
    assert api.get("/releases")["items"][0]["since"] == "2026-11-22T23:39:00Z"


def test_the_log_is_down(api: Serving) -> None:
    """503 with when to try again; nothing is counted as accepted, and the process says that it is not ready."""
    api.log.down = True
    answer = api.post("/deploys", {"release": "shop@1", "environment": "production"})
    _problem(answer, 503)
    assert answer.headers["retry-after"]
    assert api.services.intake.unavailable == 1
    assert (Category.DEPLOY, "accepted") not in api.services.intake.tally.totals
    assert "the log did not take" in api.client.get("/readyz").text
    api.log.down = False
    assert api.post("/deploys", {"release": "shop@1", "environment": "production"}).status_code == 202
    assert api.client.get("/readyz").status_code == 200


def test_outcomes_of_nothing(api: Serving) -> None:
    """An outcome of a decision that there is not is told so at once."""
    assert _problem(api.post("/outcomes", {"label": "correct", "decision": "d-9"}), 404)["place"] == "$.decision"
    by_release = {"label": "missed", "release": "shop@1", "environment": "production"}
    assert _problem(api.post("/outcomes", by_release), 404)["place"] == "$.release"
    _problem(api.post("/outcomes", {"label": "correct"}), 422)
    _problem(api.post("/outcomes", {"label": "fine", "decision": "d-9"}), 422)
    assert api.services.intake.tally.totals[Category.OUTCOME, Fate.INVALID] == 4


# Policy ----------------------------------------------------------------------------------------------------------


def test_policy(api: Serving) -> None:
    """A TOML document becomes a new version, by whom is written down, and its secret is not shown again."""
    document = (
        'name = "strict"\n[webhook]\nurl = "https://deployer.example/hook"\nsecret = "whsec_' + "c2Vj" * 10 + '"\n'
    )
    client = api.elsewhere(Authorization=f"Bearer {api.shop.token}")
    answer = client.put("/api/v1/projects/shop/policy", content=document, headers={"content-type": "application/toml"})
    assert answer.json()["policy"] == "strict@1"
    found = api.get("/policy")
    assert found["policy"] == "strict@1"
    assert "c2Vj" not in found["document"]
    with api.engine.connect() as connection:
        (said_by,) = connection.execute(text("SELECT applied_by FROM policy")).scalars()
    assert said_by == f"token {api.shop.token[:8]}…"


def test_a_policy_as_shown_is_applied_without_its_masked_secret(api: Serving) -> None:
    """The secret in force stays; where there is none, it is asked for."""
    secret = "whsec_" + "c2Vj" * 8
    shown = '[webhook]\nurl = "https://deployer.internal/"\n'
    path = "/api/v1/projects/shop/policy"
    refused = api.client.put(path, content=shown)
    api.client.put(path, content=f'{shown}secret = "{secret}"\n')
    applied = api.client.put(path, content='mode = "observe"\n' + shown)
    assert (refused.status_code, refused.json()["place"]) == (422, "webhook.secret")
    assert applied.json()["policy"] == "default@2"
    with api.engine.connect() as connection:
        newest = str(connection.execute(text("SELECT document FROM policy WHERE version = 2")).scalar())
    assert secret in newest
    assert secret not in applied.text


@pytest.mark.parametrize(
    ("document", "status", "place"),
    [
        (b"mode = 'never'", 422, "mode"),
        (b"modus = 'observe'", 422, "modus"),
        (b"= what", 422, "not TOML"),
        (b"\xff", 400, None),
        (b"#" * 100_000, 413, None),
    ],
)
def test_bad_policies(api: Serving, document: bytes, status: int, place: str | None) -> None:
    """What is wrong is named with its key, and the policy in force stays."""
    answer = api.client.put("/api/v1/projects/shop/policy", content=document)
    assert _problem(answer, status).get("place") == place
    assert api.get("/policy")["policy"] == "default@0"


def test_what_was_watched(api: Serving) -> None:
    """Nothing is an empty list; what is asked for wrongly is named."""
    assert api.get("/watched") == api.get("/watched/minutes", deploy="d") == {"items": [], "next": None}
    calls = {"/watched?since=soon": "query.since", "/watched?cursor=x": "cursor", "/watched/minutes": "query.deploy"}
    for call, place in calls.items():
        assert _problem(api.client.get(f"/api/v1/projects/shop{call}"), 422)["place"] == place


# Settings --------------------------------------------------------------------------------------------------------


def test_settings(api: Serving) -> None:
    """A TOML document becomes a new version, and by whom is written down."""
    assert api.get("/settings") == {"version": 0, "document": None}
    document = "[scrubbing]\nfields = ['iban']\n"
    client = api.elsewhere(Authorization=f"Bearer {api.shop.token}")
    answer = client.put("/api/v1/projects/shop/settings", content=document)
    assert answer.json() == {"version": 1, "document": document}
    assert api.get("/settings") == {"version": 1, "document": document}
    with api.engine.connect() as connection:
        (said_by,) = connection.execute(text("SELECT applied_by FROM project_settings")).scalars()
    assert said_by == f"token {api.shop.token[:8]}…"


@pytest.mark.parametrize(
    ("document", "status", "place"),
    [
        (b"[quotas]\nerror = -1", 422, "quotas.error"),
        (b"= what", 422, "not TOML"),
        (b"\xff", 400, None),
        (b"#" * 100_000, 413, None),
    ],
)
def test_bad_settings(api: Serving, document: bytes, status: int, place: str | None) -> None:
    """What is wrong is named with its place, and the settings in force stay."""
    answer = api.client.put("/api/v1/projects/shop/settings", content=document)
    assert _problem(answer, status).get("place") == place
    assert api.get("/settings")["version"] == 0


def test_what_was_scrubbed_is_told_by_rule(api: Serving) -> None:
    """How often, from events, feedback and deploys alike, and by the project's own rules; never what."""
    assert api.get("/scrubbing") == {"items": []}
    api.client.put("/api/v1/projects/shop/settings", content=b"[scrubbing]\nfields = ['order_no']\nkeep = ['session']")
    api.post("/feedback", {"message": "order_no=77 session=8 ana@x.org", "url": "https://shop/?token=hunter2"})
    commits = [{"id": "a1", "message": "bob@x.org"}]
    api.post("/deploys", {"release": "shop@1", "environment": "production", "commits": commits})
    api.consume()
    told = api.get("/scrubbing")["items"]
    assert [(item["rule"], item["count"]) for item in told] == [("assignment", 2), ("email", 2)]
    assert all(item["what"] for item in told)
    assert api.get("/feedback")["items"][0]["message"] == "order_no=[Filtered] session=8 [email]"


# Health ----------------------------------------------------------------------------------------------------------


def test_health_needs_no_token_and_names_no_project(api: Serving) -> None:
    """Machines that ask from elsewhere are answered, and learn nothing of anyone."""
    api.post("/deploys", {"release": "secret@1", "environment": "production"})
    api.consume()
    client = api.elsewhere()
    assert client.head("/healthz").status_code == client.head("/readyz").status_code == 200
    for path in ("/healthz", "/readyz", "/metrics"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "shop" not in answer.text
        assert "secret" not in answer.text


def test_not_ready(api: Serving) -> None:
    """What is missing is named, and the process is alive all the same."""
    api.faults.append("store: its schema is not up to date: run `seatrial migrate`")
    answer = api.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["faults"] == api.faults
    api.faults.clear()
    _break(api)
    assert "the store cannot be read" in api.client.get("/readyz").json()["faults"][0]
    assert api.client.get("/healthz").status_code == 200


def test_metrics(api: Serving) -> None:
    """Counts of intake and ages of what was read; without the store, the rest is still told."""
    api.post("/deploys", {"release": "shop@1", "environment": "production"})
    api.post("/deploys", {})
    api.consume()
    api.insert(tables.action, _action("failed"), _action("pending"))
    api.clock.set(NOW + 60_000)
    found = api.client.get("/metrics").text
    assert 'seatrial_intake_items_total{category="deploy",fate="accepted"} 1.0' in found
    assert 'seatrial_intake_items_total{category="deploy",fate="invalid"} 1.0' in found
    assert 'seatrial_actions{state="failed"} 1.0' in found
    assert 'seatrial_read_age_seconds{topic="deploys"} 65.0' in found
    _break(api)
    broken = api.client.get("/metrics").text
    assert "seatrial_store_up 0.0" in broken
    assert "seatrial_intake_items_total" in broken


def _action(state: str) -> dict[str, Any]:
    return {
        "action": f"a-{state}",
        "kind": "rollback",
        "decision": "d-1",
        "target": "shop@1",
        "payload": "{}",
        "state": state,
        "attempts": 0,
        "due_at": NOW,
        "created_at": NOW,
    }


def _break(api: Serving) -> None:
    """Take the tables away: the next read fails, as it does when a database is gone."""
    with api.engine.connect() as connection, connection.begin():
        for table in tables.metadata.tables:
            connection.execute(text(f'ALTER TABLE "{table}" RENAME TO "gone_{table}"'))
    api.engine.dispose()
