"""analytics/reports/policy_diff.py: what changes between two policies, and which way."""

from dataclasses import replace

import pytest

from analytics.reports.policy_diff import Difference, Direction, differences
from models.domain.policy import Consequence, Limit, Policy, Quantity, Signal, SignalPolicy, Webhook
from models.domain.verdict import Mode

STRICTER, LOOSER, OTHER = Direction.STRICTER, Direction.LOOSER, Direction.OTHER
LIMIT = Limit(Quantity.USERS, 0.99, 10)
HURT = Limit(Quantity.HURT, 20, 30, Consequence.ROLLBACK_RECOMMENDED)
USERS = Signal.USERS


def one(before: Policy, after: Policy) -> Difference:
    (found,) = differences(before, after)
    return found


def signals(**own: SignalPolicy) -> Policy:
    return Policy(mode=Mode.AUTOMATIC, signals={Signal(name): told for name, told in own.items()})


def test_the_same_policy_changes_nothing() -> None:
    """Nor does another version of it."""
    policy = Policy(limits=(LIMIT,), webhook=Webhook("https://a/", "whsec_a"))
    assert differences(policy, replace(policy, version=9)) == []


@pytest.mark.parametrize(
    ("before", "after", "key", "direction", "said"),
    [
        (Policy(), Policy(mode=Mode.AUTOMATIC), "mode", STRICTER, "rollbacks are done by themselves; before, people"),
        (Policy(), Policy(mode=Mode.OBSERVE), "mode", LOOSER, "nothing follows from a verdict"),
        (
            Policy(),
            Policy(false_rollbacks_per_1000=10),
            "false_rollbacks_per_1000",
            STRICTER,
            "at most 10 are rolled back, not 2.5: less evidence is asked for, and bad ones are found sooner.",
        ),
        (Policy(), Policy(false_rollbacks_per_1000=1), "false_rollbacks_per_1000", LOOSER, "are found later."),
        (Policy(), Policy(margin=0.1), "margin", LOOSER, "beyond 10 % more than its baseline, not 5 %."),
        (Policy(), Policy(bake_minutes=2880), "bake", OTHER, "late regressions are found sooner"),
        (Policy(), Policy(count_abnormal=False), "count_abnormal", LOOSER, "no longer hurts its user"),
        (
            Policy(),
            Policy(limits=(LIMIT,)),
            "limits",
            STRICTER,
            "From now on a release is held without crash_free_users of at least 99 % over 10 min",
        ),
        (
            Policy(limits=(HURT,)),
            Policy(),
            "limits",
            LOOSER,
            "No longer a release is held and its rollback recommended without hurt_users of at most 20 over 30 min.",
        ),
        (
            Policy(),
            Policy(critical={"pay": 10.0}),
            "services.pay.false_rollbacks_per_1000",
            STRICTER,
            "Of 1,000 healthy releases of the critical service pay at most 10",
        ),
        (Policy(critical={"pay": 10.0}), Policy(), "services.pay.false_rollbacks_per_1000", LOOSER, "not 10"),
        (Policy(), Policy(webhook=Webhook("https://a/", "whsec_a")), "webhook.url", OTHER, "told to https://a/."),
        (Policy(), Policy(allowed_hosts=("b", "a")), "allowed_hosts", OTHER, "2 hosts more may be called: a, b."),
        (Policy(), Policy(name="strict"), "name", OTHER, "Decisions name the policy otherwise."),
        (
            signals(),
            signals(crash_free_users=SignalPolicy(mode=Mode.RECOMMEND)),
            "signals.crash_free_users.mode",
            LOOSER,
            "By hurt users alone people are told to roll back",
        ),
        (
            signals(),
            signals(new_issues=SignalPolicy(mode=Mode.AUTOMATIC)),
            "signals.new_issues.mode",
            OTHER,
            "By new issues alone rollbacks are done by themselves",
        ),
        (
            signals(),
            signals(crash_free_users=SignalPolicy(margin=0.01)),
            "signals.crash_free_users.margin",
            STRICTER,
            "A release is called worse only beyond 1 % more",
        ),
        (signals(), signals(new_issues=SignalPolicy(weight=1.0)), "signals.*.weight", OTHER, "found sooner by it"),
    ],
)
def test_each_key_says_which_way_it_goes(
    before: Policy, after: Policy, key: str, direction: Direction, said: str
) -> None:
    """In words that need no knowledge of the document."""
    found = one(before, after)
    assert (found.key, found.direction) == (key, direction)
    assert said in found.sentence


def test_a_limit_that_moves_is_one_less_and_one_more() -> None:
    """Both are said as a document would."""
    found = differences(Policy(limits=(LIMIT,)), Policy(limits=(replace(LIMIT, bound=0.995),)))
    assert [(each.before, each.after) for each in found] == [
        ("crash_free_users of at least 99 % over 10 min", None),
        (None, "crash_free_users of at least 99.5 % over 10 min"),
    ]


def test_a_secret_is_neither_compared_nor_told() -> None:
    """Whoever asks sees it masked."""
    before, after = (Policy(webhook=Webhook("https://a/", f"whsec_{secret}")) for secret in "ab")
    assert differences(before, after) == []
    assert "whsec" not in str(differences(Policy(), after))
