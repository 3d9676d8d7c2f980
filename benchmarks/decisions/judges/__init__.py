"""The judges that are compared, as data. A new one is a line here.

`JUDGES` see what anyone may see. `LIMITS` also know every mean under health. `ORACLES` also know of the fault when it
begins, and of a healthy release there is nothing to tell them: they are asked about bad releases only. The first of
them is what all others are measured by.
"""

from benchmarks.decisions.judges.anytime_multinomial import AnytimeMultinomial
from benchmarks.decisions.judges.beta_binomial import BetaBinomial
from benchmarks.decisions.judges.crash_free_alert import CrashFreeAlert
from benchmarks.decisions.judges.fixed_threshold import FixedThreshold
from benchmarks.decisions.judges.kayenta import Kayenta
from benchmarks.decisions.judges.limits import KnownRates
from benchmarks.decisions.judges.msprt import MixtureSprt
from benchmarks.decisions.judges.oracle import LikelihoodRatio
from benchmarks.decisions.judges.protocol import Judge, Oracle
from benchmarks.decisions.judges.seatrial import Seatrial
from benchmarks.decisions.judges.voting import Voting
from benchmarks.decisions.judges.z_test import RepeatedZTest

__all__ = ["JUDGES", "LIMITS", "ORACLES"]

JUDGES: tuple[Judge, ...] = (
    Seatrial(),
    FixedThreshold("argo-95", "Argo Rollouts' example: 95 %, 5 minutes, failureLimit 3", 5, 0.05, 4),
    FixedThreshold("flagger-99", "Flagger's example: 99 %, 1 minute, threshold 10", 1, 0.01, 10),
    FixedThreshold("argo-own", "Argo's rule at twice the service's own crashed share", 5, 2.0, 4, times_own=True),
    CrashFreeAlert("sentry-99", "Sentry's crash-free alert at 99 % of sessions in an hour", 0.01),
    CrashFreeAlert("sentry-own", "Sentry's alert at twice the service's own crashed share", 2.0, times_own=True),
    Kayenta(),
    RepeatedZTest(),
    MixtureSprt(),
    AnytimeMultinomial(),
    BetaBinomial(),
    Voting(),
)

LIMITS: tuple[Oracle, ...] = (
    KnownRates("limit", "lacks effect, onset, signal and segment: nobody can do better"),
    KnownRates("onset-unknown", "lacks effect and onset", knows_signal=True),
)

ORACLES: tuple[Oracle, ...] = (
    LikelihoodRatio(),
    KnownRates("effect-unknown", "lacks the effect", knows_onset=True, knows_signal=True),
)
