"""What sentry-cli tells of releases, and how they are listed, on both stores."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, select

from models.domain.commit import Commit, Ref
from models.store import tables
from models.store.queries import release_overviews, release_telling, releases_told
from models.store.queries.release_telling import Teller
from tests.fakes.rows import NEW, NOON, OLD, PROJECT, Rows

NOW = 1_795_390_740_000
MINUTE = 60_000
TELLER = Teller(PROJECT, "token st_abcde…", NOW)
FIRST = Commit("c1", "first", "Ann", NOW - 5, ("a.py", "b/c.py"), "acme/shop")
SECOND = Commit("c2", "second")


@pytest.fixture
def rows(engine: Engine) -> Rows:
    return Rows(engine)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        yield connection


def test_commits_come_back_as_they_were_told(engine: Engine) -> None:
    """In their order, with all they have; those told later replace them."""
    with writing(engine) as connection:
        release_telling.tell(connection, TELLER, NEW, {})
        release_telling.set_commits(connection, TELLER, NEW, [SECOND, FIRST])
        assert releases_told.commits(connection, PROJECT, NEW) == [SECOND, FIRST]
        release_telling.set_commits(connection, TELLER, NEW, [FIRST])
        assert releases_told.commits(connection, PROJECT, NEW) == [FIRST]
        assert releases_told.commits(connection, PROJECT, OLD) == []
        assert releases_told.commits(connection, "other", NEW) == []


def test_a_reference_is_its_last_commit(engine: Engine) -> None:
    """As another release told of it, else by its name alone; no reference at all clears the commits too."""
    with writing(engine) as connection:
        release_telling.set_commits(connection, TELLER, OLD, [FIRST])
        release_telling.set_refs(connection, TELLER, NEW, [Ref("acme/shop", "c1", "c0"), Ref("acme/lib", "x9")])
        assert releases_told.commits(connection, PROJECT, NEW) == [Commit("x9", repository="acme/lib"), FIRST]
        assert releases_told.refs(connection, PROJECT, NEW) == [Ref("acme/lib", "x9"), Ref("acme/shop", "c1", "c0")]
        release_telling.set_refs(connection, TELLER, OLD, [])
        assert releases_told.commits(connection, PROJECT, OLD) == []


def test_a_release_is_new_once_and_again_after_it_was_deleted(engine: Engine) -> None:
    """Dates are added; a deletion forgets them, and the release begins anew."""
    later = Teller(PROJECT, TELLER.by, NOW + 10)
    with writing(engine) as connection:
        assert release_telling.tell(connection, TELLER, NEW, {"started_at": 1})
        assert not release_telling.tell(connection, later, NEW, {"released_at": 2})
        view = release_overviews.view(connection, PROJECT, NEW)
        assert view is not None
        assert (view.created_at, view.started_at, view.released_at) == (NOW, 1, 2)
        release_telling.forget(connection, later, NEW)
        assert release_overviews.view(connection, PROJECT, NEW) is None
        assert release_telling.tell(connection, later, NEW, {})
        view = release_overviews.view(connection, PROJECT, NEW)
        assert view is not None
        assert (view.created_at, view.started_at, view.released_at) == (NOW + 10, None, None)


def test_releases_that_were_deployed_or_seen_are_listed_beside_those_told_of(engine: Engine, rows: Rows) -> None:
    """The newest first, each since it was told of, deployed or seen; what was deleted is left out."""
    rows.release("seen", NOON, environment="staging")
    rows.release("seen", NOON + 1)
    rows.release("", NOON)
    rows.release("deleted", NOON)
    deploy = {"fact": "f1", "state": "succeeded", "irreversible": False, "occurred_at": 0}
    rows.put(tables.deploy_fact, environment="production", release="deployed", booked_at=5, **deploy)
    with writing(engine) as connection:
        release_telling.tell(connection, TELLER, "told", {})
        release_telling.forget(connection, TELLER, "deleted")
        found = release_overviews.listed(connection, PROJECT)
        assert [(one.release, one.created_at) for one in found] == [
            ("told", NOW),
            ("seen", NOON * MINUTE),
            ("deployed", 5),
        ]
        assert [one.deploys for one in found] == [0, 0, 1]
        first = release_overviews.listed(connection, PROJECT, limit=1)
        rest = release_overviews.listed(connection, PROJECT, before=first[0].place)
        assert [one.release for one in rest] == ["seen", "deployed"]


def test_new_issues_are_those_no_other_release_had_earlier_in_the_environment(engine: Engine, rows: Rows) -> None:
    """One that is new in two environments counts once; one that another release had there is not new."""
    for environment in ("production", "staging"):
        rows.seen("i-1", NEW, NOON, environment=environment)
    rows.seen("i-2", OLD, NOON - 5)
    rows.seen("i-2", NEW, NOON)
    rows.seen("i-3", NEW, NOON, partition=1)
    rows.seen("i-3", NEW, NOON + 4, partition=0)
    with writing(engine) as connection:
        for release in (OLD, NEW):
            release_telling.tell(connection, TELLER, release, {})
        counted = {one.release: one.new_issues for one in release_overviews.listed(connection, PROJECT)}
    assert counted == {NEW: 2, OLD: 1}


def test_each_change_has_an_entry_in_the_audit(engine: Engine) -> None:
    """With who, what and when."""
    with writing(engine) as connection:
        release_telling.tell(connection, TELLER, NEW, {})
        release_telling.set_commits(connection, TELLER, NEW, [FIRST])
        release_telling.add_repository(connection, TELLER, "acme/shop", None)
        release_telling.forget(connection, TELLER, NEW)
        columns = tables.audit.c
        entries = connection.execute(select(columns.command, columns.said_by, columns.at)).all()
    commands = ("release delete", "release set-commits", "release tell", "repository add")
    assert sorted(entries) == [(command, TELLER.by, NOW) for command in commands]
