"""One suite over projects, tokens, policies, events and evaluations, on an SQLite file and a real PostgreSQL."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, Engine, select

from models.domain.evidence import Baseline
from models.domain.ledger import Fate
from models.domain.policy import Policy
from models.domain.project import ProjectSettings, Scrubbing
from models.domain.verdict import Mode, Verdict
from models.store import tables
from models.store.queries import evaluations, events, policies, project_settings, scrubbed, tokens
from models.store.queries.evaluations import Recorded
from models.store.samples import pack
from models.wire.toml import BadDocument
from tests.fakes.evidence import Watched, minute, numbered
from tests.fakes.rows import ENVIRONMENT, NEW, NOON, PROJECT, Rows

NOW = 1_740_000_000_000


@pytest.fixture
def rows(engine: Engine) -> Rows:
    return Rows(engine)


@pytest.fixture
def writer(engine: Engine) -> Iterator[Connection]:
    """A connection open for writing, and for reading what it wrote."""
    with engine.connect().execution_options(seatrial_writes=True) as connection:
        yield connection


# Projects and tokens ------------------------------------------------------------------------------------------------


def test_a_project_gets_number_key_and_token(writer: Connection) -> None:
    """The numbers count up; each key and token is its own."""
    shop = tokens.create_project(writer, "shop", None, None, NOW)
    blog = tokens.create_project(writer, "blog", None, None, NOW)

    assert (shop.number, blog.number) == (1, 2)
    assert len(shop.public_key) == len(blog.public_key) == 32
    assert int(shop.public_key, 16) != int(blog.public_key, 16)
    assert shop.token != blog.token
    assert tokens.projects(writer) == ["blog", "shop"]


def test_number_and_key_may_be_given(writer: Connection) -> None:
    """As for recordings of SDKs, which carry theirs."""
    made = tokens.create_project(writer, "shop", 42, "a" * 32, NOW)

    assert (made.number, made.public_key) == (42, "a" * 32)
    sender = tokens.project_keys(writer, 42)
    assert sender is not None
    assert (sender.project, sender.public_keys) == ("shop", frozenset({"a" * 32}))
    assert len(sender.identity_key) == 32
    assert tokens.identity_key(writer, "shop") == sender.identity_key
    assert tokens.create_project(writer, "blog", None, None, NOW).number == 43


def test_a_key_names_its_project(writer: Connection) -> None:
    """If it is the key of one project alone: of two, nobody could say which is meant."""
    tokens.create_project(writer, "shop", 42, "a" * 32, NOW)
    assert tokens.number_of_key(writer, "a" * 32) == 42
    assert tokens.number_of_key(writer, "b" * 32) is None
    tokens.create_project(writer, "blog", 43, "a" * 32, NOW)
    assert tokens.number_of_key(writer, "a" * 32) is None


@pytest.mark.parametrize(
    ("name", "number", "told"),
    [("shop", None, "there is a project 'shop' already"), ("blog", 7, "number 7 is taken by the project 'shop'")],
)
def test_a_taken_name_or_number_is_refused(writer: Connection, name: str, number: int | None, told: str) -> None:
    """With what to do instead, and nothing written."""
    tokens.create_project(writer, "shop", 7, None, NOW)

    with pytest.raises(ValueError, match=told):
        tokens.create_project(writer, name, number, None, NOW)

    assert tokens.projects(writer) == ["shop"]


def test_a_token_opens_its_project_alone(writer: Connection) -> None:
    """A project may have several; a wrong one opens nothing."""
    shop = tokens.create_project(writer, "shop", None, None, NOW)
    blog = tokens.create_project(writer, "blog", None, None, NOW)
    second = tokens.create_token(writer, "shop", NOW)

    assert tokens.projects_of(writer, shop.token) == {"shop": shop.token[: tokens.PREFIX]}
    assert set(tokens.projects_of(writer, second)) == {"shop"}
    assert set(tokens.projects_of(writer, blog.token)) == {"blog"}
    for wrong in ("", "st_", shop.token[:-1], shop.token.upper(), "\ud800"):
        assert tokens.projects_of(writer, wrong) == {}


def test_a_token_is_kept_as_its_hash(writer: Connection) -> None:
    """Who reads the database can use none."""
    shop = tokens.create_project(writer, "shop", None, None, NOW)

    kept = writer.execute(select(tables.token)).mappings().one()

    assert kept["token_hash"] == tokens.token_hash(shop.token)
    assert not any(shop.token in str(value) for value in kept.values())


def test_nobody_is_nobody(writer: Connection) -> None:
    """A number and a name that no project has."""
    assert tokens.project_keys(writer, 1) is None
    assert tokens.identity_key(writer, "shop") is None
    assert tokens.projects(writer) == []


# Policies -----------------------------------------------------------------------------------------------------------


def test_without_any_policy_the_default_holds(writer: Connection) -> None:
    """Version 0, which a decision may name."""
    assert policies.current(writer, PROJECT) == Policy()
    assert policies.titled(writer, PROJECT, "default@0") == Policy()
    assert policies.document(writer, PROJECT) is None


def test_policies_are_versions(writer: Connection) -> None:
    """The newest holds, and what decisions named stays as it was."""
    first = policies.apply(writer, PROJECT, 'name = "careful"\nmargin = 0.1', "ada", NOW)
    second = policies.apply(writer, PROJECT, 'name = "careful"\nmargin = 0.2', "bob", NOW + 1)
    other = policies.apply(writer, "blog", 'mode = "observe"', "eve", NOW)

    assert (first.title, second.title, other.title) == ("careful@1", "careful@2", "default@1")
    assert policies.current(writer, PROJECT) == second
    assert policies.titled(writer, PROJECT, "careful@1") == first
    assert policies.titled(writer, PROJECT, "careful@3") is None
    assert policies.document(writer, PROJECT) == 'name = "careful"\nmargin = 0.2'


def test_a_bad_policy_changes_nothing(writer: Connection) -> None:
    """Not the version, and not the audit."""
    with pytest.raises(BadDocument):
        policies.apply(writer, PROJECT, "margin = 0", "ada", NOW)

    assert policies.current(writer, PROJECT) == Policy()
    assert writer.execute(select(tables.audit)).all() == []


def test_who_applied_a_policy_is_in_the_audit(writer: Connection) -> None:
    """With when, and which."""
    policies.apply(writer, PROJECT, "margin = 0.1", "ada", NOW)

    entry = writer.execute(select(tables.audit)).mappings().one()

    assert (entry["said_by"], entry["command"], entry["at"]) == ("ada", "policy apply", NOW)
    assert json.loads(entry["detail"]) == {"policy": "default@1"}


# Settings -----------------------------------------------------------------------------------------------------------


def test_without_any_settings_the_defaults_hold(writer: Connection) -> None:
    """Version 0, for its senders too."""
    tokens.create_project(writer, PROJECT, 42, None, NOW)

    assert project_settings.current(writer, PROJECT) == ProjectSettings()
    assert project_settings.document(writer, PROJECT) is None
    sender = tokens.project_keys(writer, 42)
    assert sender is not None
    assert sender.settings == ProjectSettings()


def test_settings_are_versions(writer: Connection) -> None:
    """The newest holds, of its own project alone, and whoever sends is held to it."""
    tokens.create_project(writer, PROJECT, 42, None, NOW)
    project_settings.apply(writer, PROJECT, "[quotas]\nerror = 1", "ada", NOW)
    second = project_settings.apply(writer, PROJECT, "[scrubbing]\nfields = ['iban']", "bob", NOW + 1)
    other = project_settings.apply(writer, "blog", "[quotas]\nerror = 2", "eve", NOW)

    assert second == ProjectSettings(2, Scrubbing(fields=("iban",)))
    assert (other.version, dict(other.quotas)) == (1, {"error": 2})
    assert project_settings.current(writer, PROJECT) == second
    assert project_settings.document(writer, PROJECT) == "[scrubbing]\nfields = ['iban']"
    sender = tokens.project_keys(writer, 42)
    assert sender is not None
    assert sender.settings == second


def test_bad_settings_change_nothing(writer: Connection) -> None:
    """Not the version, and not the audit."""
    with pytest.raises(BadDocument):
        project_settings.apply(writer, PROJECT, "[quotas]\nerror = -1", "ada", NOW)

    assert project_settings.current(writer, PROJECT) == ProjectSettings()
    assert writer.execute(select(tables.audit)).all() == []


def test_who_applied_settings_is_in_the_audit(writer: Connection) -> None:
    """With when, and which version."""
    project_settings.apply(writer, PROJECT, "", "ada", NOW)

    entry = writer.execute(select(tables.audit)).mappings().one()

    assert (entry["said_by"], entry["command"], entry["at"]) == ("ada", "project settings apply", NOW)
    assert json.loads(entry["detail"]) == {"settings": 1}


def test_what_was_scrubbed_adds_up_by_rule(rows: Rows, writer: Connection) -> None:
    """Over topics and partitions, of one project, the most first."""
    for rule, topic, partition, count in (
        ("email", "errors", 0, 2),
        ("email", "feedback", 1, 3),
        ("address", "errors", 0, 9),
    ):
        rows.put(tables.scrubbed, rule=rule, topic=topic, partition=partition, count=count)
    assert list(scrubbed.by_rule(writer, PROJECT).items()) == [("address", 9), ("email", 5)]
    assert scrubbed.by_rule(writer, "blog") == {}


# Events -------------------------------------------------------------------------------------------------------------

EVENT = bytes(range(16))


def stored(
    rows: Rows,
    event: bytes = EVENT,
    *,
    booked_at: int = NOW,
    sample: dict[str, Any] | None = None,
    environment: str = ENVIRONMENT,
) -> None:
    told = {"issue": "i-1", "release": NEW, "event_id": event, "booked_at": booked_at}
    rest = {"environment": environment, "identity": None, "handled": False, "occurred_at": NOW}
    rows.put(tables.event, **(told | rest))
    if sample is not None:
        rows.put(tables.event_sample, **(told | {"payload": pack(sample)}))


@pytest.mark.parametrize("written", [EVENT.hex(), EVENT.hex().upper(), "00010203-0405-0607-0809-0a0b0c0d0e0f"])
def test_an_event_is_found_by_its_id(rows: Rows, writer: Connection, written: str) -> None:
    """With or without dashes; with its sample if that was kept."""
    stored(rows, sample={"message": "no"})

    found = events.find(writer, PROJECT, written)

    assert found is not None
    assert (found.event_id, found.fate, found.issue) == (EVENT.hex(), Fate.STORED, "i-1")
    assert found.sample == {"message": "no"}


def test_an_event_without_a_sample_is_found_too(rows: Rows, writer: Connection) -> None:
    """It was counted."""
    stored(rows)

    found = events.find(writer, PROJECT, EVENT.hex())

    assert found is not None
    assert found.sample is None


@pytest.mark.parametrize("wrong", ["", "zz", "ff" * 16, "ü"])
def test_what_was_never_received_is_not_found(rows: Rows, writer: Connection, wrong: str) -> None:
    """Nor what is no id, nor another project's."""
    stored(rows)

    assert events.find(writer, PROJECT, wrong) is None
    assert events.find(writer, "blog", EVENT.hex()) is None


def test_the_newest_sample_of_an_issue_is_shown(rows: Rows, writer: Connection) -> None:
    """Of the environment, and of one release if one is named."""
    stored(rows, bytes(16), sample={"n": 1}, booked_at=NOW)
    stored(rows, EVENT, sample={"n": 2}, booked_at=NOW + 1)

    stored(rows, bytes([9] * 16), sample={"n": 3}, booked_at=NOW + 2, environment="staging")

    of = (writer, PROJECT, ENVIRONMENT)
    assert events.sample_of(*of, ["i-1"]) == (EVENT.hex(), {"n": 2})
    assert events.sample_of(*of, ["i-1"], NEW) == (EVENT.hex(), {"n": 2})
    assert events.samples_of(*of, ["i-1", "i-2"], NEW) == {"i-1": {"n": 2}}
    assert events.sample_of(*of, ["i-1"], "shop@9") is None
    assert events.sample_of(*of, ["i-2"]) is None
    assert events.sample_of(writer, PROJECT, "staging", ["i-1"]) == (bytes([9] * 16).hex(), {"n": 3})
    assert events.samples_of(writer, PROJECT, "staging", ["i-1"], NEW) == {"i-1": {"n": 3}}


# Evaluations --------------------------------------------------------------------------------------------------------

WATCHED = Watched().see(minute(20, 1))


def evaluated(rows: Rows, deploy: str, first: int = NOON, *, ended: bool = False, **rest: Any) -> None:
    row = {
        "environment": ENVIRONMENT,
        "deploy": deploy,
        "release": NEW,
        "inferred": False,
        "policy": "default@0",
        "first_minute": first,
        "as_of": first + 5,
        "data_to": NOW,
        "evaluated_at": NOW,
        "state": b"{}",
        "judgement": msgspec.json.encode(WATCHED.now).decode(),
        "baseline": msgspec.json.encode(Baseline("shop@1.4.2", "concurrent")).decode(),
        "decision": None,
        "ended": ended,
    }
    rows.put(tables.evaluation, **(row | rest))


def decided(rows: Rows, name: str) -> None:
    texts = dict.fromkeys(("taken_by", "document", "judgement", "evidence"), "-")
    where = {"environment": ENVIRONMENT, "deploy": "d-1", "release": NEW, "provisional": False, "decided_at": NOW}
    said = {"decision": name, "minute": NOON, "verdict": "rollback", "mode": "automatic", "policy": "careful@2"}
    rows.put(tables.decision, **(texts | where | said))


def test_the_latest_deploy_of_a_release_is_its_evaluation(rows: Rows, writer: Connection) -> None:
    """With its judgement as it was, and the decision last recorded."""
    decided(rows, "d-9")
    evaluated(rows, "first", NOON)
    evaluated(rows, "second", NOON + 60, decision="d-9")

    found = evaluations.latest(writer, PROJECT, NEW, ENVIRONMENT)

    assert found is not None
    assert (found.deploy, found.as_of, found.judgement) == ("second", NOON + 65, WATCHED.now)
    assert found.baseline == Baseline("shop@1.4.2", "concurrent")
    assert found.recorded == Recorded("d-9", Verdict.ROLLBACK, "careful@2", Mode.AUTOMATIC)
    assert evaluations.latest(writer, PROJECT, NEW, "staging") is None
    assert evaluations.latest(writer, "blog", NEW, ENVIRONMENT) is None


def test_a_release_without_a_decision_has_none(rows: Rows, writer: Connection) -> None:
    """Nor does another project's decision of the same name count."""
    evaluated(rows, "first")

    found = evaluations.latest(writer, PROJECT, NEW, ENVIRONMENT)

    assert found is not None
    assert found.recorded is None


def test_what_is_watched_and_what_ended_are_told_apart(rows: Rows, writer: Connection) -> None:
    """And all of it in the order of its start."""
    evaluated(rows, "over", NOON, ended=True)
    evaluated(rows, "running", NOON + 1)
    evaluated(rows, "earliest", NOON - 1, ended=True)

    assert [one.deploy for one in evaluations.under_watch(writer, PROJECT)] == ["running"]
    assert evaluations.ended(writer, PROJECT) == {(ENVIRONMENT, "over"), (ENVIRONMENT, "earliest")}
    assert [one.deploy for one in evaluations.of_project(writer, PROJECT)] == ["earliest", "over", "running"]


def test_minutes_are_read_back_as_they_were_found(rows: Rows, writer: Connection) -> None:
    """In order, with both ends of the range, and with the evidence itself."""
    shown = numbered([minute(1, 2, issues={"i-1": 1}), minute(0, 0), minute(3, 1)], NOON)
    for one in reversed(shown):
        numbers = {"score": 71.5, "log_evidence": -0.25, "value": 0.99, "low": None, "high": None, "base": None}
        where = {"environment": ENVIRONMENT, "deploy": "d", "minute": one.minute, "verdict": "continue"}
        rows.put(tables.evaluation_minute, **(where | numbers | {"evidence": msgspec.json.encode(one).decode()}))

    found = evaluations.minutes(writer, PROJECT, ENVIRONMENT, "d")

    assert [one.evidence for one in found] == shown
    assert (found[0].verdict, found[0].score, found[0].log_evidence, found[0].low) == (
        Verdict.CONTINUE,
        71.5,
        -0.25,
        None,
    )
    some = evaluations.minutes(writer, PROJECT, ENVIRONMENT, "d", first=NOON + 1, last=NOON + 2)
    assert [one.minute for one in some] == [NOON + 1, NOON + 2]
    assert evaluations.minutes(writer, PROJECT, ENVIRONMENT, "other") == []
