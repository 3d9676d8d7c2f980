"""Every request that sentry-cli 3.8.0 was seen to make, as it made it."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from models.wire import topics
from tests.unit.api.sentry_cli.conftest import Cli

RECORDED = Path(__file__).parents[3] / "data" / "sentry-cli-requests.log"
LINE = re.compile(r"(?P<method>[A-Z]+) (?P<path>\S+) (?P<headers>\{.*?\}) (?P<body>.*)", re.DOTALL)


@dataclass(frozen=True)
class Recorded:
    method: str
    path: str
    headers: dict[str, str]
    body: str


def recorded() -> list[Recorded]:
    """One request a line; an envelope's body has several, of which the first ones were kept."""
    requests: list[str] = []
    for line in RECORDED.read_text().splitlines():
        if re.match(r"(GET|POST|PUT|DELETE) /", line):
            requests.append(line)
        else:
            requests[-1] += f"\n{line}"
    found = []
    for text in requests:
        matched = LINE.fullmatch(text)
        assert matched, text
        told = matched.groupdict()
        found.append(Recorded(told["method"], told["path"], ast.literal_eval(told["headers"]), told["body"]))
    return found


def test_every_recorded_request_is_answered_as_sentry_does(cli: Cli) -> None:
    """In their order: a release, its commits twice, its end, a deploy, and both lists."""
    answered = []
    requests = [one for one in recorded() if one.path.startswith("/api/0/")]
    for one in requests:
        headers = one.headers | {"Authorization": f"Bearer {cli.serving.shop.token}"}
        answer = cli.client.request(one.method, one.path, content=one.body, headers=headers)
        answered.append((one.method, one.path.removeprefix("/api/0/organizations/acme"), answer.status_code))
        cli.serving.consume()
    release = "/releases/shop@1.4.2/"
    assert answered == [
        ("POST", "/releases/", 201),
        ("GET", "/repos/?cursor=", 200),
        ("POST", "/releases/", 208),
        ("GET", f"{release}previous-with-commits/", 200),
        ("PUT", release, 200),
        ("GET", "/repos/?cursor=", 200),
        ("POST", "/releases/", 208),
        ("GET", f"{release}previous-with-commits/", 200),
        ("PUT", release, 200),
        ("PUT", release, 200),
        ("POST", f"{release}deploys/", 201),
        ("GET", f"{release}deploys/", 200),
        ("GET", "/api/0/projects/acme/shop/releases/", 200),
    ]


def test_what_was_recorded_is_kept(cli: Cli) -> None:
    """The release has its dates, its two commits with their files, and its deploy is on the topic with both."""
    for one in recorded():
        if one.path.startswith("/api/0/"):
            headers = one.headers | {"Authorization": f"Bearer {cli.serving.shop.token}"}
            cli.client.request(one.method, one.path, content=one.body, headers=headers)
    cli.serving.consume()
    (value,) = cli.serving.values(topics.DEPLOYS)
    assert value["release"] == "shop@1.4.2"
    assert value["name"] == "d1"
    assert [(one["message"], one["author"], one["files"]) for one in value["commits"]] == [
        ("fix: second", "Ann", ["a.py"]),
        ("feat: first", "Ann", ["a.py"]),
    ]
    assert "example.com" not in str(value["commits"]), "addresses of people are not kept"
    (listed,) = cli.call("GET", "/releases/")
    assert listed["dateStarted"] == "2026-11-22T23:42:49.949Z"
    assert listed["dateReleased"] == "2026-11-22T23:42:50.410Z"
    assert (listed["commitCount"], listed["deployCount"]) == (2, 1)
    (deploy,) = cli.call("GET", "/releases/shop@1.4.2/deploys/")
    assert (deploy["name"], deploy["environment"], deploy["url"]) == ("d1", "production", "https://ci.example.com/1")


def test_an_event_that_it_sends_is_taken(cli: Cli) -> None:
    """`send-event` authenticates by a header with a timestamp in it; its event id has dashes."""
    (one,) = [one for one in recorded() if one.path.endswith("/envelope/")]
    key, number = cli.serving.shop.public_key, cli.serving.shop.number
    header = re.sub(r"sentry_key=\w+", f"sentry_key={key}", one.headers["X-Sentry-Auth"])
    event = '{"logentry":{"message":"hi"},"platform":"native","level":"error"}'
    body = one.body.replace('"length":2249', f'"length":{len(event)}') + f"\n{event}"
    answer = cli.client.post(f"/api/{number}/envelope/", content=body, headers={"X-Sentry-Auth": header})
    assert (answer.status_code, answer.json()) == (200, {"id": "c32a14a4eadd4675bd23c687aa533ccd"})
