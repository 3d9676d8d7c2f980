"""models/wire/policy_tables.py: signals, limits and critical services, and errors that name the place and the fix."""

import pytest

from models.domain.policy import Consequence, Limit, Policy, Quantity, Signal, SignalPolicy
from models.domain.verdict import Mode
from models.wire.policy import parse_policy
from models.wire.toml import BadDocument

WHOLE = """
mode = "automatic"

[signals.crash_free_users]
margin = 0.1
weight = 3

[signals.new_issues]
mode = "recommend"
weight = 1

[[limits]]
signal = "crash_free_users"
at_least = 0.99
over = "30m"

[[limits]]
signal = "hurt_users"
at_most = 20
over = "1h"
verdict = "rollback_recommended"

[services.checkout]
critical = true
false_rollbacks_per_1000 = 10

[services."@acme/web"]
critical = true
false_rollbacks_per_1000 = 0.5
"""


def limit(told: str) -> str:
    return f"[[limits]]\n{told}"


def test_every_table_is_taken() -> None:
    """What is left out of a table has the default."""
    found = parse_policy(WHOLE)
    assert found.signals == {
        Signal.USERS: SignalPolicy(margin=0.1, weight=3.0),
        Signal.NEW_ISSUES: SignalPolicy(mode=Mode.RECOMMEND, weight=1.0),
    }
    assert found.limits == (
        Limit(Quantity.USERS, 0.99, 30),
        Limit(Quantity.HURT, 20.0, 60, Consequence.ROLLBACK_RECOMMENDED),
    )
    assert found.critical == {"checkout": 10.0, "@acme/web": 0.5}


def test_a_signal_may_do_at_most_what_the_policy_may() -> None:
    """Of its own mode and the policy's, the lesser; without its own, the policy's."""
    found = parse_policy(WHOLE)
    assert found.mode_of(Signal.USERS) is Mode.AUTOMATIC
    assert found.mode_of(Signal.NEW_ISSUES) is Mode.RECOMMEND
    assert Policy(mode=Mode.OBSERVE, signals=found.signals).mode_of(Signal.NEW_ISSUES) is Mode.OBSERVE


def test_a_signal_without_a_table_asks_for_what_the_policy_asks_for() -> None:
    """Its margin; and the stake of the design."""
    assert Policy(margin=0.2).margin_of(Signal.USERS) == 0.2
    assert parse_policy(WHOLE).margin_of(Signal.USERS) == 0.1
    assert [Policy().weight_of(signal) for signal in Signal] == [0.5, 0.22]


@pytest.mark.parametrize(("package", "budget"), [("checkout", 10.0), ("@acme/web", 0.5), ("shop", 2.5), (None, 2.5)])
def test_a_critical_service_has_its_own_budget(package: str | None, budget: float) -> None:
    """All others, and releases without a package, have that of the policy."""
    assert parse_policy(WHOLE).of_service(package).false_rollbacks_per_1000 == budget


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ("segments = ['plan']", "segments: segments are counted", "leave it out"),
        ("[signals.latency]", "signals.latency: latency is not judged on yet", "leave it out"),
        ("[signals.feedback]", "signals.feedback: ", "leave it out"),
        ("[signals.errors]", "signals.errors: ", "leave it out"),
        ("[signals.regressed_issues]", "signals.regressed_issues: ", "leave it out"),
        ("[signals.new_issues]\nmargin = 0.1", "signals.new_issues.margin: a new issue has no rate", "leave it out"),
        ("[signals.new_issues]\nsegments = ['os']", "signals.new_issues.segments: ", "leave it out"),
        ("[signals.new_issue]", "signals.new_issue: unknown key", "did you mean `new_issues`?"),
        ("[signals.sign_ups]", "signals.sign_ups: unknown key", "known keys are crash_free_users, new_issues"),
        ("signals = 1", "signals: not a table", "[signals.crash_free_users]"),
        ("signals.new_issues = 1", "signals.new_issues: not a table", "mode, weight"),
        ("[signals.new_issues]\nmod = 'observe'", "signals.new_issues.mod: unknown key", "did you mean `mode`?"),
        ("[signals.new_issues]\nmode = 'act'", "signals.new_issues.mode: 'act'", "observe, recommend, automatic"),
        (
            "[signals.new_issues]\nmode = 'automatic'",
            "signals.new_issues.mode: automatic is more than the policy's own mode, recommend",
            "or raise mode",
        ),
        ("[signals.new_issues]\nweight = 0", "signals.new_issues.weight: 0", "from 0.01 to 100, such as 0.5"),
        ("[signals.crash_free_users]\nmargin = 2", "signals.crash_free_users.margin: 2", "from 0.001 to 1"),
        (
            "[signals]\ncrash_free_users.mode = 'observe'\nnew_issues.mode = 'observe'",
            "signals: no signal is left",
            'mode = "observe" at the top',
        ),
        ("limits = 1", "limits: not a list of tables", "write [[limits]]"),
        ("limits = [1]", "limits: not a list of tables", "write [[limits]]"),
        (limit("over = '10m'\n") * 21, "limits: 21 of them", "at most 20"),
        (limit("over = '10m'"), "limits[0].signal: None", "crash_free_users, unhandled_free_sessions"),
        (limit("signal = 'latency'"), "limits[0].signal: 'latency'", "write one of"),
        (limit("signal = 'hurt_users'\nat_most = 3"), "limits[0].over: None", 'such as "10m"'),
        (limit("signal = 'hurt_users'\nat_most = 3\nover = '61m'"), "limits[0].over: '61m'", "up to 60 minutes"),
        (limit("signal = 'hurt_users'\nover = '5m'"), "limits[0].at_most: hurt_users has one", "write at_most = "),
        (
            limit("signal = 'crash_free_users'\nat_most = 0.9\nover = '5m'"),
            "limits[0].at_most: crash_free_users has one limit, at_least",
            "write at_least = ",
        ),
        (
            limit("signal = 'crash_free_users'\nat_least = 99\nover = '5m'"),
            "limits[0].at_least: 99",
            "from 0 to 1, such as 0.99",
        ),
        (
            limit("signal = 'errored_sessions'\nat_most = 0.1\nover = '5m'\nverdict = 'rollback'"),
            "limits[0].verdict: 'rollback'",
            "hold, rollback_recommended",
        ),
        (limit("signals = 'hurt_users'"), "limits[0].signals: unknown key", "did you mean `signal`?"),
        ("services = 1", "services: not a table", "[services.PACKAGE]"),
        ("services.checkout = 1", "services.checkout: not a table", "critical and false_rollbacks_per_1000"),
        ("[services.'shop@1.2']\ncritical = true", "services.shop@1.2: no package", "before the @"),
        ("[services.shop]\nfalse_rollbacks_per_1000 = 1", "services.shop.critical: write critical = true", "budget"),
        ("[services.shop]\ncritical = true", "services.shop.false_rollbacks_per_1000: missing", "of its own"),
        (
            "[services.shop]\ncritical = true\nfalse_rollbacks_per_1000 = 0",
            "services.shop.false_rollbacks_per_1000: 0",
            "from 0.001 to 200",
        ),
        (
            "[services.shop]\ncritical = true\nbudget = 1",
            "services.shop.budget: unknown key",
            "known keys are critical",
        ),
    ],
)
def test_an_error_names_the_place_and_the_fix(text: str, place: str, fix: str) -> None:
    """Whoever reads it knows which line to change, and to what; nothing is accepted that would change nothing."""
    with pytest.raises(BadDocument) as bad:
        parse_policy(text)

    assert str(bad.value).startswith(place)
    assert fix in str(bad.value)
