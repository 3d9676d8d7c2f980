"""A backtest under the policy in force says of each stored minute what was said then, whatever happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from analytics.learning.backtest_summary import Compared
from models.store.engine import open_engine
from models.store.migrate import migrate
from tests.fakes.past import backtest
from tests.fakes.watching import NEW, OLD, WEBHOOK, Watching

RECOMMEND = '[signals.crash_free_users]\nmode = "recommend"\nmargin = 0.1\n'
OBSERVE = '[signals.new_issues]\nmode = "observe"\n'
LIMITS = """
[[limits]]
signal = "unhandled_free_sessions"
at_least = 0.9
over = "5m"
verdict = "rollback_recommended"

[[limits]]
signal = "hurt_users"
at_most = 12
over = "3m"
"""
SERVICE = "[services.shop]\ncritical = true\nfalse_rollbacks_per_1000 = 50\n"
POLICIES = some.tuples(
    some.sampled_from(['mode = "automatic"\n', 'mode = "recommend"\n']),
    some.sampled_from(["", 'bake = "30m"\n', "false_rollbacks_per_1000 = 20\n"]),
    some.sampled_from(["", RECOMMEND, OBSERVE]),
    some.sampled_from(["", LIMITS]),
    some.sampled_from(["", SERVICE]),
)
EXPOSURES = some.sampled_from([None, None, None, 0.1, 0.5, 1.0])
STEPS = some.lists(
    some.fixed_dictionaries(
        {
            "hurt": some.sampled_from([0, 0, 1, 1, 4, 9]),
            "beside": some.sampled_from([0, 1, 2]),
            "known": some.sampled_from([True, True, True, False]),
            "errors": some.sampled_from([0, 0, 0, 3]),
            "exposure": EXPOSURES,
            "within": some.sampled_from([None, 20_000, 50_000]),
            "minutes": some.sampled_from([1, 1, 1, 2, 12]),
        }
    ),
    min_size=1,
    max_size=8,
)
"""A minute or more each; ``within``: how far into it (ms) it is looked at while it is open."""


@contextmanager
def shop_under(policy: str) -> Iterator[Watching]:
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'store.db'}")
        try:
            migrate(engine)
            shop = Watching(engine)
            shop.apply(policy + WEBHOOK)
            yield shop
        finally:
            engine.dispose()


def live(shop: Watching, steps: list[dict[str, object]]) -> None:
    """A canary, as it goes."""
    shop.deploy(NEW, 0.33, "started")
    for number, step in enumerate(steps):
        if step["exposure"] is not None:
            state = "succeeded" if step["exposure"] == 1.0 else "started"
            shop.deploy(NEW, float(str(step["exposure"])), state)
        shop.visits(NEW, 20, int(str(step["hurt"])), known=bool(step["known"]))
        shop.visits(OLD, 40, int(str(step["beside"])), known=bool(step["known"]))
        shop.errors(NEW, int(str(step["errors"])), f"Kind{number}")
        shop.look()
        if step["within"] is not None:
            shop.clock.set(shop.clock.now() + int(str(step["within"])))
            shop.look()
        shop.pass_time(int(str(step["minutes"])))


def of_new(found: list[Compared]) -> Compared:
    (one,) = (each for each in found if each.release == NEW)
    return one


@settings(
    deadline=None,
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example is a second: made smaller, it would be minutes
    suppress_health_check=[HealthCheck.too_slow],
)
@given(POLICIES, STEPS)
def test_the_policy_in_force_decides_what_was_decided(policy: tuple[str, ...], steps: list[dict[str, object]]) -> None:
    """The verdict of each minute, and each decision in its minute, open ones too, with what it called for."""
    with shop_under("".join(policy)) as shop:
        live(shop, steps)
        found, recorded = of_new(backtest(shop)), shop.decisions()

    assert found.as_recorded
    assert found.given == found.in_force
    told = [(change.minute, change.verdict, change.provisional) for change in found.in_force.changes]
    assert told == [(one.minute, one.verdict, one.provisional) for one in recorded]
    for change, one in zip(found.in_force.changes, recorded, strict=True):
        called = one.document["action"]
        assert called is None or called["kind"] == change.call
