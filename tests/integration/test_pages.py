"""The pages as HTML: numbers that agree with the rows behind them, states, signing in, and what people say."""

import gzip
import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, Table, select

from api.web.rendering import link
from models.ports import Partition
from models.store import tables
from models.store.queries.tokens import create_token
from models.wire import topics
from tests.fakes import strangers
from tests.real import html, site
from tests.real.html import Element
from tests.real.site import END, Site

STAGING = link("shop", "releases", strangers.RELEASE, environment="staging")
LIST = "/projects/shop/releases"
COUNTED = {"issues": "issue-rows", "feedback": "feedback-rows"}


def decided(engine: Engine, verdict: str = "rollback") -> tuple[str, str]:
    """The last decision of a verdict, and its release."""
    columns = tables.decision.c
    with engine.connect() as connection:
        rows = connection.execute(select(columns.decision, columns.release, columns.decided_at, columns.verdict)).all()
    newest = max((row for row in rows if row.verdict == verdict), key=lambda row: row.decided_at)
    return newest.decision, newest.release


def from_the_start(partitions: Collection[Partition]) -> Mapping[Partition, int]:
    return dict.fromkeys(partitions, 0)


def rows_behind(shop: Site, address: str) -> int:
    """The rows of a list over all of its pages."""
    kind = "feedback" if "/feedback?" in address else "issues"
    found, seen = 0, set()
    while address:
        assert address not in seen, "the pages of a list go in a circle"
        seen.add(address)
        page = html.get(f"{shop.address}{address.partition('#')[0]}").page
        table = page.all("table", id=COUNTED[kind])
        found += len(table[0].all("tbody")[0].all("tr")) if table else 0
        more = [one for one in page.all("a") if one.text in ("More issues", "Older feedback")]
        address = more[0].attributes["href"] if more else ""
    return found


def counts(page: Element) -> dict[str, int]:
    """By address, the count that stands in the link to it."""
    links = [one for one in page.all("a") if "data-count" in one.attributes]
    return {one.attributes["href"]: int(one.attributes["data-count"]) for one in links}


def test_every_count_of_the_list_has_that_many_rows(shop: Site) -> None:
    """New issues, all issues and feedback of each release."""
    for environment in ("production", "staging"):
        found = counts(html.get(f"{shop.address}{LIST}?environment={environment}").page)
        assert len(found) >= 3
        assert {address: rows_behind(shop, address) for address in found} == found


def test_every_way_in_which_feedback_is_joined_has_that_many_rows(shop: Site) -> None:
    """By its event, its session, its user or nothing: they add up to all that was said."""
    page = html.get(f"{shop.address}{link('shop', 'feedback', environment='production')}").page
    found = {address: count for address, count in counts(page).items() if "joined=" in address}
    assert len(found) >= 2
    assert {address: rows_behind(shop, address) for address in found} == found
    assert sum(found.values()) == rows_behind(shop, link("shop", "feedback", environment="production"))


def test_every_count_of_a_release_has_that_many_rows(shop: Site) -> None:
    """Issues by state, feedback, themes; also where they fill more than a page."""
    _, release = decided(shop.engine)
    found: dict[str, int] = {}
    for address in (link("shop", "releases", release, environment="production"), STAGING):
        found = counts(html.get(f"{shop.address}{address}").page)
        assert {one: rows_behind(shop, one) for one in found} == found
    assert strangers.ISSUES in found.values()
    assert strangers.QUOTES in found.values()


def test_the_tabs_of_a_release_add_up(shop: Site) -> None:
    """Each issue is in one of five states."""
    _, release = decided(shop.engine)
    page = html.get(f"{shop.address}{link('shop', 'releases', release, environment='production')}").page
    tabs = next(one for one in page.all("nav") if one.attributes["aria-label"] == "Issues by state")
    every, *states = (int(one.attributes["data-count"]) for one in tabs.all("a"))
    assert len(states) == 5
    assert every == sum(states) > 0


def test_the_points_of_a_score_add_up_to_what_is_missing(shop: Site) -> None:
    """On the page of each release that has a score."""
    listed = html.get(f"{shop.address}{LIST}").page
    checked = 0
    for one in listed.all("a", class_="row"):
        page = html.get(f"{shop.address}{one.attributes['href']}").page
        told = page.all("caption", id="score-caption")[0].text
        if "Score —" not in told:
            score = float(told.split("/100")[0].split("Score ")[1])
            points = sum(
                float(cell.attributes["data-points"]) for cell in page.all("td") if "data-points" in cell.attributes
            )
            assert points == pytest.approx(100 - score, abs=0.11)
            checked += 1
    assert checked >= 3


def test_a_page_as_a_decision_saw_it_is_frozen(shop: Site) -> None:
    """Its sentence is the decision's own, its series ends with its minute, and the present is one click away."""
    name, release = decided(shop.engine)
    address = link("shop", "releases", release, environment="production")
    seen = html.get(f"{shop.address}{address}&at={name}").page
    with shop.engine.connect() as connection:
        row = connection.execute(select(tables.decision).where(tables.decision.c.decision == name)).one()
    assert json.loads(row.document)["sentence"] in seen.text
    times = [one.attributes["datetime"] for one in seen.all("table")[-1].all("time")]
    now = [
        one.attributes["datetime"] for one in html.get(f"{shop.address}{address}").page.all("details")[0].all("time")
    ]
    assert times
    assert max(times) < max(now)
    assert address in [one.attributes["href"] for one in seen.all("a")]


def test_a_page_as_a_decision_of_another_release_saw_it_is_not_found(shop: Site) -> None:
    """A decision tells of its own release only."""
    name, _ = decided(shop.engine)
    assert html.get(f"{shop.address}{STAGING}&at={name}").status == 404


def test_a_failed_action_is_told_first(shop: Site) -> None:
    """The loudest state: an alert with the last attempt's message, as text."""
    _, release = decided(shop.engine)
    page = html.get(f"{shop.address}{link('shop', 'releases', release, environment='production')}").page
    alert = page.all("p", role="alert")[0]
    assert "Rollback failed" in alert.text
    assert "no answer: <b>connection refused</b>" in alert.text


def test_the_three_ways_of_being_empty_are_told_apart(shop: Site) -> None:
    """Not connected, filtered out, and nothing said yet; each says what to do."""
    unconnected = html.get(f"{shop.address}/projects/empty/releases").page
    assert "Not connected" in unconnected.text
    assert "seatrial deploy record empty@1.0.0" in unconnected.text
    filtered = html.get(f"{shop.address}{LIST}?environment=moon").page
    assert "Filtered out" in filtered.text
    assert f"{LIST}?environment=production" in [one.attributes["href"] for one in filtered.all("a")]
    assert "Nobody wrote" in html.get(f"{shop.address}/projects/empty/feedback").page.text
    assert "Nothing was decided" in html.get(f"{shop.address}/projects/empty/decisions").page.text


@pytest.mark.parametrize(
    "address",
    [
        "/projects/nobody/releases",
        "/projects/shop/releases/shop@9.9.9",
        "/projects/shop/issues/SHOP-999999",
        "/projects/shop/decisions/d-999999",
        "/projects/shop/feedback?theme=none",
        "/projects/shop/feedback?issue=none",
        "/projects/shop/charts/shop@9.9.9",
        "/static/other.css",
        "/nothing/here",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(shop: Site, address: str) -> None:
    """404 as HTML with one heading and a way on."""
    answer = html.get(f"{shop.address}{address}")
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert len(answer.page.all("h1")) == 1
    assert answer.page.all("main")[0].all("a")


@pytest.mark.parametrize(
    "query", ["after=!", "after=bm90", f"after={quote('WzEsMl0')}", "environment=", f"environment={'x' * 65}"]
)
def test_a_query_that_we_never_gave_is_refused_in_words(shop: Site, query: str) -> None:
    """422 as a page, never a fault of ours."""
    answer = html.get(f"{shop.address}{LIST}?{query}")
    assert answer.status == 422
    assert len(answer.page.all("h1")) == 1


def test_crashed_sessions_add_up_over_issues_and_the_unexplained(shop: Site) -> None:
    """As a sum: those of the five issues with most of them, those of others, and those that no issue explains."""
    text = " ".join(html.get(f"{shop.address}{STAGING}").page.text.split())
    told = re.search(r"Crashed sessions (\d+) = (.*?) unexplained", text)
    assert told is not None
    assert int(told[1]) == strangers.ISSUES // 2
    parts = [part.split()[0] for part in told[2].split(" + ")]
    assert len(parts) == 7
    assert sum(int(part) for part in parts) == strangers.ISSUES // 2
    assert parts[-1] == "0"


def test_the_crashed_sessions_of_the_rows_add_up_with_the_unexplained(shop: Site) -> None:
    """On the page of a release and in REST, over all pages of the list."""
    cells, address = [], STAGING
    while address:
        page = html.get(f"{shop.address}{address.partition('#')[0]}").page
        (table,) = page.all("table", id="issue-rows")
        column = [one.text for one in table.all("thead")[0].all("th")].index("Crashed sessions")
        cells += [int(row.all("td")[column - 1].text) for row in table.all("tbody")[0].all("tr")]
        address = next((one.attributes["href"] for one in page.all("a") if one.text == "More issues"), "")
    rows, cursor, found = [], "", {}
    call = f"/api/v1/projects/shop/issues?environment=staging&limit=20&release={quote(strangers.RELEASE, safe='')}"
    while cursor is not None:
        found = json.loads(html.get(f"{shop.address}{call}{cursor and '&cursor='}{quote(cursor)}").body)
        rows += [one["crashed_sessions"] for one in found["items"]]
        cursor = found["next"]
    assert sorted(rows) == sorted(cells)
    assert sum(rows) + found["crashed"]["unexplained"] == found["crashed"]["total"] == strangers.ISSUES // 2


def test_strange_names_and_texts_are_text(shop: Site) -> None:
    """Markup in releases, titles, messages, authors and quotes stays text on every page that shows them."""
    with shop.engine.connect() as connection:
        seen = tables.issue_seen.c
        issue = connection.execute(select(seen.issue).where(seen.environment == "staging")).scalars().first()
    pages = [
        f"{LIST}?environment=staging",
        STAGING,
        link("shop", "issues", issue or "", environment="staging", release=strangers.RELEASE),
        link("shop", "feedback", environment="staging", release=strangers.RELEASE),
        link("shop", "charts", strangers.RELEASE, environment="staging"),
    ]
    for address in pages:
        answer = html.get(f"{shop.address}{address}")
        assert answer.status == 200, address
        body = answer.body.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
    assert strangers.MARKUP in html.get(f"{shop.address}{pages[2]}").page.text


def test_pages_trust_nothing_from_elsewhere(shop: Site) -> None:
    """The policy of every page: our own style, script and pictures, and no frame around it."""
    for address in ("/", LIST, STAGING, "/sign-in", "/nothing"):
        policy = html.get(f"{shop.address}{address}").headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_pages_are_light(shop: Site) -> None:
    """Compressed: at most 60 KB of HTML, 15 of style, 20 of script."""
    _, release = decided(shop.engine)
    page = html.get(f"{shop.address}{link('shop', 'releases', release, environment='production')}")
    assert len(gzip.compress(page.body)) <= 60_000
    style = page.page.all("link", rel="stylesheet")[0].attributes["href"]
    script = page.page.all("script")[0].attributes["src"]
    assert len(gzip.compress(html.get(f"{shop.address}{style}").body)) <= 15_000
    assert len(gzip.compress(html.get(f"{shop.address}{script}").body)) <= 20_000


def test_an_outage_of_ours_is_said_on_every_page(shop: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where nothing was read for minutes the page says so, and shows no verdict to go on with."""
    folder = tmp_path_factory.mktemp("late")
    with site.store(folder) as engine:
        with engine.begin() as connection:
            connection.execute(tables.project.insert().values(project="shop", number=1, identity_key=b"", created_at=0))
            row = {"topic": topics.SESSIONS, "partition": 0, "next_offset": 1, "booked_to": 0}
            connection.execute(tables.position.insert().values(row | {"read_to": END - 300_000}))
        with site.serving(engine, folder) as late:
            banner = html.get(f"{late.address}{LIST}").page.all("p", role="status")[0].text
    assert "Seatrial cannot judge now" in banner
    assert "5 min behind" not in html.get(f"{shop.address}{LIST}").page.text


def test_a_stale_evaluation_is_said_where_its_release_is_shown(
    shop: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Everything is read, but the evaluator stands still: list and page say so, as the gate does."""
    folder = tmp_path_factory.mktemp("stale")
    with site.store(folder) as engine:
        _copy(
            shop.engine, engine, tables.project, tables.deploy_fact, tables.evaluation, tables.decision, tables.position
        )
        with engine.begin() as connection:
            connection.execute(tables.evaluation.update().values(evaluated_at=END - 300_000, ended=False))
        with site.serving(engine, folder) as stale:
            for address in (LIST, link("shop", "releases", "shop@1.4.2", environment="production")):
                banner = html.get(f"{stale.address}{address}").page.all("p", role="status")[0].text
                assert "The last evaluation is 5 min old" in banner


def _copy(source: Engine, target: Engine, *whole: Table) -> None:
    with source.connect() as reading, target.begin() as writing:
        for table in whole:
            writing.execute(table.insert(), [dict(row) for row in reading.execute(table.select()).mappings()])


# Saying whether it was right -----------------------------------------------------------------------------------------


def test_what_is_said_on_a_page_goes_the_way_of_every_outcome(shop: Site) -> None:
    """A 303 back to the decision, and an outcome in the log that names it."""
    name, _ = decided(shop.engine)
    address = f"{shop.address}/projects/shop/decisions/{name}"
    answer = html.post(address, {"label": "false_alarm", "reason": " slow <b>disk</b> ", "by": "ana"})
    assert answer.status == 303
    assert answer.headers["location"] == f"/projects/shop/decisions/{name}?said=1#label"
    assert "Recorded" in html.get(f"{shop.address}{answer.headers['location']}").page.text
    with closing(shop.log.reader([topics.OUTCOMES], "tests", "one", from_the_start)) as reader:
        values = [json.loads(record.value or b"") for record in reader.poll(5).records]
    assert [(one["decision"], one["label"], one["reason"], one["by"]) for one in values] == [
        (name, "false_alarm", "slow <b>disk</b>", "ana")
    ]


def test_an_outcome_without_a_reason_is_not_recorded(shop: Site) -> None:
    """The page comes back with each fault at its field and with what was written."""
    name, _ = decided(shop.engine)
    answer = html.post(f"{shop.address}/projects/shop/decisions/{name}", {"label": "wrong", "reason": " ", "by": "ana"})
    assert answer.status == 422
    faults = {one.attributes["id"] for one in answer.page.all("p", class_="error")}
    assert faults == {"label-error", "reason-error"}
    assert answer.page.all("input", id="by")[0].attributes["value"] == "ana"
    assert answer.page.all("p", role="alert")


def test_an_outcome_of_no_decision_is_not_found(shop: Site) -> None:
    """Nothing is recorded about what was never decided."""
    form = {"label": "correct", "reason": "x", "by": "ana"}
    assert html.post(f"{shop.address}/projects/shop/decisions/d-999999", form).status == 404


def test_a_form_of_another_site_changes_nothing(shop: Site) -> None:
    """403 for an origin that is not ours."""
    name, _ = decided(shop.engine)
    form = {"label": "correct", "reason": "x", "by": "ana"}
    headers = {"Origin": "https://evil.example"}
    assert html.post(f"{shop.address}/projects/shop/decisions/{name}", form, headers).status == 403
    assert html.post(f"{shop.address}/sign-in", {"token": "x"}, headers).status == 403
    assert html.post(f"{shop.address}/sign-out", {}, headers).status == 403


# Signing in ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def locked(shop: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a site over the same store that opens to nobody without a token, and a token."""
    with shop.engine.begin() as connection:
        token = create_token(connection, "shop", END)
    with site.serving(shop.engine, tmp_path_factory.mktemp("locked"), open_on_loopback=False) as served:
        yield served.address, token


def test_who_has_no_token_gets_the_form_and_no_redirect(locked: tuple[str, str]) -> None:
    """401 with a form that leads back to where one wanted to go; the API's 401 stays JSON."""
    address, _ = locked
    answer = html.get(f"{address}{LIST}?environment=staging")
    assert answer.status == 401
    assert answer.page.all("input", name="next")[0].attributes["value"] == f"{LIST}?environment=staging"
    call = html.get(f"{address}/api/v1/projects/shop/releases")
    assert (call.status, call.headers["content-type"]) == (401, "application/problem+json")


def test_a_token_signs_in_by_a_cookie_that_no_script_reads(locked: tuple[str, str]) -> None:
    """HttpOnly, SameSite=Strict, and good for every page until one signs out."""
    address, token = locked
    answer = html.post(f"{address}/sign-in", {"token": f" {token} ", "next": f"{LIST}?environment=staging"})
    assert (answer.status, answer.headers["location"]) == (303, f"{LIST}?environment=staging")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    mine = {"Cookie": cookie.partition(";")[0]}
    assert html.get(f"{address}{LIST}", mine).status == 200
    assert html.get(f"{address}/projects/empty/releases", mine).status == 403
    assert "empty" not in html.get(f"{address}/", mine).page.all("main")[0].text
    out = html.post(f"{address}/sign-out", {}, mine)
    assert out.status == 303
    assert 'seatrial_token=""' in out.headers["set-cookie"]


def test_a_wrong_token_gets_the_form_again(locked: tuple[str, str]) -> None:
    """With the fault at the field, and no cookie."""
    address, _ = locked
    answer = html.post(f"{address}/sign-in", {"token": "st_wrong", "next": LIST})
    assert answer.status == 422
    assert "set-cookie" not in answer.headers
    assert answer.page.all("p", id="token-error")
    assert answer.page.all("input", name="next")[0].attributes["value"] == LIST


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nX: y", "evil", "/api/v1/x"]
)
def test_signing_in_never_leads_to_another_site(locked: tuple[str, str], elsewhere: str) -> None:
    """What is no page of ours leads to the projects."""
    address, token = locked
    assert html.post(f"{address}/sign-in", {"token": token, "next": elsewhere}).headers["location"] == "/"


def test_a_release_tells_of_its_sessions_users_and_use(shop: Site) -> None:
    """Unhandled-free and crash-free, of sessions and of users, and the stage of its adoption in words."""
    _, release = decided(shop.engine)
    text = html.get(f"{shop.address}{link('shop', 'releases', release, environment='production')}").page.text
    for told in ("Unhandled-free sessions", "Crash-free sessions", "Unhandled-free users", "Crash-free users"):
        assert told in text
    assert "of the sessions of the last 24 hours" in text
