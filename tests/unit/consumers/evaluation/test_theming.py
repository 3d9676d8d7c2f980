"""Themes are gathered where something was written, and written over what they were."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from consumers.evaluation.theming import EVERY, Themes
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.queries import feedback
from models.store.queries.feedback import Theme
from models.store.sql import SqlStore

NOW = 1_700_000_000_000
SLOW = ("search is so slow today", "the search is slow", "search is slow on my phone", "slow search again")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def write(engine: Engine, *messages: str, release: str = "shop@1.5.0", start: int = 0, later: int = 0) -> None:
    rows = [
        dict.fromkeys(column.name for column in tables.feedback.columns)
        | {"project": "shop", "feedback": f"f{start + index}", "message": message, "release": release}
        | {"environment": "production", "occurred_at": NOW + index, "booked_at": NOW + later + index}
        for index, message in enumerate(messages)
    ]
    with SqlStore(engine).begin() as unit:
        unit.insert_new(tables.feedback, rows)


def themes(engine: Engine) -> list[Theme]:
    with engine.connect() as connection:
        return feedback.themes(connection, "shop", "production")


def test_three_that_say_the_same_are_a_theme_of_their_release(engine: Engine) -> None:
    """With its members and a member's words."""
    write(engine, *SLOW)
    Themes(engine).tick(NOW)
    (theme,) = themes(engine)
    assert theme.release == "shop@1.5.0"
    assert set(theme.members) == {"f0", "f1", "f2", "f3"}
    assert theme.name in SLOW


def test_a_theme_keeps_its_id_as_it_grows_and_across_restarts(engine: Engine) -> None:
    """A link to it stays good."""
    write(engine, *SLOW)
    Themes(engine).tick(NOW)
    before = themes(engine)[0].theme
    write(engine, "why is search so slow", start=10)
    Themes(engine).tick(NOW + EVERY)
    (after,) = themes(engine)
    assert after.theme == before
    assert after.count == 5


def test_nothing_is_gathered_again_before_something_is_written(engine: Engine) -> None:
    """A look every two seconds must not cost a clustering each."""
    gatherer = Themes(engine)
    write(engine, *SLOW)
    gatherer.tick(NOW)
    first = themes(engine)[0].updated_at
    gatherer.tick(NOW + 10 * EVERY)
    assert themes(engine)[0].updated_at == first
    write(engine, "slow search, slow", start=10)
    gatherer.tick(NOW + 20 * EVERY)
    assert themes(engine)[0].updated_at == NOW + 20 * EVERY


def test_releases_have_themes_of_their_own(engine: Engine) -> None:
    """Two who complain of each of two releases are no theme of either."""
    write(engine, *SLOW[:2], release="shop@1.4.2")
    write(engine, *SLOW[2:], release="shop@1.5.0", start=10)
    Themes(engine).tick(NOW)
    assert themes(engine) == []


def test_one_release_is_gathered_at_a_time_the_last_written_of_first(engine: Engine) -> None:
    """The watch waits for a gathering, so that many are spread over looks; in a replay they are done at once."""
    write(engine, *SLOW, release="shop@1.4.2")
    write(engine, *SLOW, release="shop@1.5.0", start=10, later=3 * 60 * 60_000)
    gatherer = Themes(engine)
    gatherer.tick(NOW)
    assert [theme.release for theme in themes(engine)] == ["shop@1.5.0"]
    gatherer.tick(NOW + 1)
    assert {theme.release for theme in themes(engine)} == {"shop@1.4.2", "shop@1.5.0"}


def test_in_a_replay_all_are_gathered(engine: Engine) -> None:
    """Its last look is the last one."""
    write(engine, *SLOW, release="shop@1.4.2")
    write(engine, *SLOW, release="shop@1.5.0", start=10)
    Themes(engine).tick(NOW, all_due=True)
    assert {theme.release for theme in themes(engine)} == {"shop@1.4.2", "shop@1.5.0"}


def test_after_a_restart_what_was_gathered_long_after_it_was_written_is_left(engine: Engine) -> None:
    """Only what may have changed since is gathered again."""
    late = NOW + 24 * 60 * 60_000
    write(engine, *SLOW)
    Themes(engine).tick(late)
    Themes(engine).tick(late + EVERY)
    assert themes(engine)[0].updated_at == late


def test_a_release_that_fails_does_not_starve_the_others(engine: Engine) -> None:
    """It is tried again after them."""
    write(engine, *SLOW, release="shop@1.4.2")
    write(engine, *SLOW, release="shop@1.5.0", start=10)
    broken = {"project": "shop", "environment": "production", "release": "shop@1.4.2", "theme": "t", "name": "n"}
    with SqlStore(engine).begin() as unit:
        unit.insert_new(tables.theme, [broken | {"members": "no JSON", "updated_at": 0}])
    gatherer = Themes(engine)
    for look in range(3):
        gatherer.tick(NOW + look)
    with engine.connect() as connection:
        assert len(feedback.themes(connection, "shop", "production", "shop@1.5.0")) == 1
