"""The limits: their mixtures against sums written out, their bets' information, their bound, and their order."""

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from scipy import stats

from benchmarks.decisions.judges.bets import EFFECTS, ISSUE_RATES, SHARE_EFFECTS, Bet, all_bets
from benchmarks.decisions.judges.limits import KnownRates, log_mixture
from benchmarks.decisions.judges.oracle import LikelihoodRatio
from benchmarks.decisions.streams import Episode, Kind
from tests.fakes.streams import FEEDBACK, NEGATIVE, Steady, draw

ALPHA = 0.05
LIMIT = KnownRates("limit", "")
ONSET_UNKNOWN = KnownRates("onset", "", knows_signal=True)
EFFECT_UNKNOWN = KnownRates("effect", "", knows_onset=True, knows_signal=True)


def bets(episode: Episode) -> list[Bet]:
    return list(all_bets(episode.past, episode.plan, episode.stream, episode.truth))


def test_the_mixture_is_the_sum_over_all_onsets_and_effects() -> None:
    """Each stake is worth the ratios since its onset; what has no onset yet is worth itself."""
    chance = np.random.default_rng(1)
    ratios = chance.normal(0, 1, (2, 6, 3))
    stakes, onsets = chance.random((2, 3)), chance.dirichlet(np.ones(6), 2)
    told = log_mixture(ratios, stakes, onsets)
    for release in range(2):
        for minute in range(6):
            worth = 0.0
            for effect in range(3):
                for onset in range(6):
                    won = ratios[release, onset : minute + 1, effect].sum() if onset <= minute else 0.0
                    worth += stakes[release, effect] * onsets[release, onset] * exp(won)
            assert told[release, minute] == pytest.approx(log(worth))


def test_stakes_are_placed_on_every_signal_and_segment_and_sum_to_one() -> None:
    episode = draw(Steady(segments=3), 1, 2)
    placed = {(bet.signal, bet.place): float(bet.stakes.sum()) for bet in bets(episode)}

    assert sum(placed.values()) == pytest.approx(1)
    assert placed["crash", -1] == pytest.approx(0.35)
    assert placed["crash", 2] == pytest.approx(0.05)
    assert placed["issue", 0] > placed["issue", 1] > placed["issue", 2] > 0
    assert set(placed) >= {("errors", -1), ("feedback", -1)}


def test_a_single_segment_is_all_of_them() -> None:
    """And is betted on once."""
    placed = [(bet.signal, bet.place) for bet in bets(draw(Steady(segments=1), 1, 2))]
    assert placed.count(("crash", -1)) == 1
    assert ("crash", 0) not in placed


@pytest.mark.parametrize(
    ("signal", "place", "effect", "fault"),
    [
        ("crash", -1, 3, Steady(effect=EFFECTS[3])),
        ("crash", 1, 4, Steady(effect=EFFECTS[4], segment=1)),
        ("errors", -1, 2, Steady(signal="errors", effect=EFFECTS[2])),
        ("issue", 0, 1, Steady(signal="issue", effect=ISSUE_RATES[1] * 1000)),
        ("feedback", -1, 1, Steady(signal="feedback", effect=SHARE_EFFECTS[1])),
    ],
)
def test_information_and_variance_are_those_of_the_ratios_under_the_effect(
    signal: str, place: int, effect: int, fault: Steady
) -> None:
    """Over 4,000 releases with that very fault: what stakes by volume are made of."""
    episode = draw(replace(fault, minutes=60), 2, 4_000)
    bet = next(bet for bet in bets(episode) if (bet.signal, bet.place) == (signal, place))
    won = bet.ratios[:, :, effect].sum(axis=1)
    information, variance = float(bet.information[:, effect].mean()), float(bet.variance[:, effect].mean())

    assert won.mean() == pytest.approx(information, abs=4 * np.sqrt(variance / 4_000))
    assert won.var() == pytest.approx(variance, rel=0.12)


def test_what_a_bet_hopes_to_see_is_known_from_the_past() -> None:
    """Feedback and sessions of the 14 days before, times the planned share."""
    episode = draw(Steady(share=0.4), 3, 4)
    bet = bets(episode)[-1]
    assert bet.signal == "feedback"
    answers = 240 * 50 * 0.4 * FEEDBACK
    for place, effect in enumerate(SHARE_EFFECTS):
        worse = NEGATIVE * float(effect)
        nats = worse * log(effect) + (1 - worse) * log((1 - worse) / (1 - NEGATIVE))
        assert bet.information[:, place] == pytest.approx(answers * nats, rel=0.05)


def test_bets_that_the_volume_cannot_settle_hold_little() -> None:
    """At a session a minute x1.2 is hopeless and x10 is not; at a thousand both will be settled."""
    few, many = (next(iter(bets(draw(Steady(share=1.0, sessions=volume), 4, 1)))) for volume in (1.0, 1_000.0))
    hopeful = [LIMIT.chance(bet.information, bet.variance)[0] for bet in (few, many)]

    assert hopeful[0][0] == pytest.approx(0.02)
    assert hopeful[0][-1] > 0.5
    assert hopeful[1][0] > 0.9


def test_stakes_on_the_onset_sum_to_one_and_are_kept_from_the_end_of_the_watch() -> None:
    """A late onset is not worth betting on where the rest of the watch could not show it."""
    for sessions in (20.0, 1_000.0):
        bet = next(iter(bets(draw(Steady(sessions=sessions), 5, 2))))
        onsets = LIMIT.onset_stakes(bet)
        assert onsets.sum(axis=1) == pytest.approx(1)
        assert (onsets[:, 0] >= 0.65).all()
        assert (onsets[:, 1:-1] >= onsets[:, 2:]).all()


@pytest.mark.parametrize("judge", [LIMIT, ONSET_UNKNOWN], ids=lambda judge: judge.name)
@pytest.mark.parametrize("kind", ["canary", "replace"])
def test_a_healthy_release_ever_reaches_the_threshold_with_at_most_alpha(judge: KnownRates, kind: Kind) -> None:
    """2,000 healthy releases, looked at every minute."""
    healthy = draw(Steady(kind=kind, minutes=120, sessions=100.0), 6, 2_000)
    said = replace(judge, alpha=ALPHA).watch(healthy.past, healthy.plan, healthy.stream, healthy.truth)
    fell = int((said.rolled_back < 120).sum())

    assert 0 < fell <= stats.binom.ppf(0.999, 2_000, ALPHA)


def test_who_knows_the_onset_has_nothing_to_stake_on_a_healthy_release() -> None:
    healthy = draw(Steady(), 7, 3)
    said = EFFECT_UNKNOWN.watch(healthy.past, healthy.plan, healthy.stream, healthy.truth)
    assert said.evidence == pytest.approx(0)


@pytest.mark.parametrize(
    "fault",
    [
        Steady(effect=2.0, sessions=100.0),
        Steady(effect=5.0, segment=1, segments=5, sessions=100.0, onset=60),
        Steady(signal="errors", effect=1.5, sessions=100.0, onset=60),
        Steady(signal="issue", effect=3.0, sessions=100.0),
        Steady(signal="feedback", effect=2.0, sessions=100.0),
    ],
    ids=lambda fault: f"{fault.signal}{fault.segment}",
)
def test_the_less_a_judge_knows_the_later_it_is(fault: Steady) -> None:
    """In the mean over 200 bad releases: oracle, effect unknown, onset too, signal and segment too."""
    episode = draw(fault, 8, 200)
    judges = (LikelihoodRatio(), EFFECT_UNKNOWN, ONSET_UNKNOWN, LIMIT)
    late = [
        judge.watch(episode.past, episode.plan, episode.stream, episode.truth).rolled_back.mean() for judge in judges
    ]
    assert late == sorted(late)
    assert late[-1] < 3 * (late[0] + 1) + fault.onset
