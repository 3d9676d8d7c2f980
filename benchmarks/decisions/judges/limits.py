"""The honest limit: judges that know every minute's mean under health, and lack what no judge can know.

decision-engine.md, 2A. Each mixes its likelihood ratios over what it lacks, and rolls back once the mixture reaches
``1/alpha``: a mixture of martingales is one, so that a healthy release is ever rolled back with probability at most
alpha. The judge that lacks effect, onset, signal and segment is as good as anybody can be at this error budget, but
for the choice of its stakes; it is given the best that are known:

- on signals, segments and effects those of P2 and P7 (`bets`), times the chance that the bet is settled within the
  watch, ``max(.02, Phi((I - b - 1) / sqrt(V)))`` with I and V of the bet and b = ln(1/alpha);
- on the onset those of P3, .65 on the first minute and the rest falling as 1/(k + 30), times that chance for the part
  of the watch that a later onset leaves to the three-fold effect.

Left without that chance its median delay is 2 % longer, with the square of it 0.5 % shorter (40 releases of each bad
cell): it hardly hangs on the choice. Where they know the signal, the stakes on it are the same; where they know the
onset, all is staked on it. A healthy release has no onset to be told: who knows it is only asked about bad ones.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from scipy.special import ndtr

from benchmarks.decisions.judges.bets import Bet, all_bets
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at
from benchmarks.decisions.streams import Flags, Past, Plan, Shares, Stream, Truth

AT_ONCE, LATER_SCALE = 0.65, 30.0
LEAST_CHANCE = 0.02


@dataclass(frozen=True, slots=True)
class KnownRates:
    name: str
    source: str
    knows_onset: bool = False
    knows_signal: bool = False
    """And segment."""
    alpha: float = 0.01

    def watch(self, past: Past, plan: Plan, stream: Stream, truth: Truth) -> Verdicts:
        """Its evidence is the logarithm of the mixture."""
        won = np.full(stream.new.crashed.shape, -np.inf)
        staked = np.zeros(len(won))
        for bet in all_bets(past, plan, stream, truth):
            allowed = is_of_fault(bet, truth) if self.knows_signal else np.ones(len(won), dtype=bool)
            if not allowed.any():
                continue
            stakes = bet.stakes * self.chance(bet.information, bet.variance) * allowed[:, None]
            onsets = known_onset(truth) if self.knows_onset else self.onset_stakes(bet)
            won = np.logaddexp(won, log_mixture(bet.ratios, stakes, onsets))
            staked += stakes.sum(axis=1)
        evidence = won - np.log(staked)[:, None]
        return Verdicts(first_at(evidence, -log(self.alpha)), evidence)

    def chance(self, information: Shares, variance: Shares) -> Shares:
        """P2: that a bet with so much information is settled."""
        spare = information + log(self.alpha) - 1
        settled: Shares = np.maximum(LEAST_CHANCE, ndtr(spare / np.sqrt(np.maximum(variance, 1e-12))))
        return settled

    def onset_stakes(self, bet: Bet) -> Shares:
        """[R, T] on each minute as the first; they sum to 1 (P3, P2)."""
        minutes = bet.ratios.shape[1]
        stakes = 1.0 / (np.arange(minutes) + LATER_SCALE)
        stakes[1:] *= (1 - AT_ONCE) / max(stakes[1:].sum(), 1e-12)
        stakes[0] = AT_ONCE
        left = 1 - np.arange(minutes) / minutes
        information = bet.information[:, bet.typical, None] * left
        weighted: Shares = stakes * self.chance(information, bet.variance[:, bet.typical, None] * left)
        weighted /= weighted.sum(axis=1, keepdims=True)
        return weighted


def log_mixture(ratios: Shares, stakes: Shares, onsets: Shares) -> Shares:
    """[R, T] what the stakes on effects [R, G] have become, spread over onsets [R, T]; what is not placed yet is kept.

    P3's recursion ``R <- (R + w_t) LR_t`` for all minutes at once: ``R_t = L_t sum_(k <= t) w_k / L_(k-1)``.
    """
    total = ratios.cumsum(axis=1)
    with np.errstate(divide="ignore"):
        placed = np.log(onsets)[:, :, None] - (total - ratios)
        kept = np.log(np.maximum(1 - onsets.cumsum(axis=1), 0.0)) + np.log(stakes.sum(axis=1))[:, None]
        running = total + np.logaddexp.accumulate(placed, axis=1) + np.log(stakes)[:, None, :]
    mixed: Shares = np.logaddexp(np.logaddexp.reduce(running, axis=2), kept)
    return mixed


def known_onset(truth: Truth) -> Shares:
    """[R, T] all on the onset; nothing, ever, of a healthy release."""
    minutes = truth.effect.shape[1]
    onsets: Shares = (np.arange(minutes) == truth.onset[:, None]).astype(float)
    return onsets


def is_of_fault(bet: Bet, truth: Truth) -> Flags:
    """[R] whether it is on the signal and in the segment that the fault hits: one bet of each release."""
    if bet.signal != truth.signal:
        return np.zeros(len(truth.segment), dtype=bool)
    match bet.signal:
        case "issue":
            return np.full(len(truth.segment), bet.place == 0)
        case "crash" if truth.new.hurt.shape[2] > 1:
            return np.asarray(truth.segment == bet.place)
    return np.ones(len(truth.segment), dtype=bool)
