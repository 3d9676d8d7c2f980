"""Cells of bad releases: how much worse, in which signal, from when on and for whom.

Names say plan and share, the service's sessions an hour, and the fault; they stay as they are. Volumes are such that
what is known of both rates would decide most releases: `python -m benchmarks.decisions.cells` shows how much there is.
"""

from benchmarks.decisions.generator.cell import Cell, canary, ramp, replace
from benchmarks.decisions.generator.faults import Fault
from benchmarks.decisions.generator.services import Kind
from benchmarks.decisions.healthy_cells import BURSTY, DIFFERENT, LATE_CRASHES, LOOPS, LOSS

X1_2, X1_5, X2, X5, X10 = (Fault("crash", factor) for factor in (1.2, 1.5, 2.0, 5.0, 10.0))
X3 = Fault("crash", 3.0)
LEAK = Fault("crash", 4.0, growth=600)
LATE = Fault("crash", 3.0, onset=(180.0, 480.0))
"""Hours after the deploy, and at least four before the end of the watch."""
NICHE = Fault("crash", 8.0, segment=4)
"""The smallest segment, about 4 % of traffic."""
ISSUE = Fault("issue", 4.0)
LARGE_ISSUE = Fault("issue", 20.0)
"""0.16 % and 0.8 % of sessions: far above other new issues, far below all that crashes."""
ERRORS = Fault("errors", 2.0)
FEEDBACK = Fault("feedback", 2.0)
AT_THE_DEPLOY = (-30.0, 60.0)

CRASHES = (
    Cell("bad-canary20-100k-x1-2", "The smallest that matters", canary(20), Kind(100_000), X1_2),
    Cell("bad-ramp-100k-x1-2", "The smallest that matters", ramp(), Kind(100_000), X1_2),
    Cell("bad-replace-100k-x1-2", "Smaller than the slow noise of many services", replace(), Kind(100_000), X1_2),
    Cell("bad-canary20-10k-x1-5", "Half as many again", canary(20), Kind(10_000), X1_5),
    Cell("bad-ramp-10k-x1-5", "Half as many again", ramp(), Kind(10_000), X1_5),
    Cell("bad-replace-10k-x1-5", "Within the slow noise of some services", replace(), Kind(10_000), X1_5),
    Cell("bad-canary5-10k-x2", "Twice as many, of a small share", canary(5), Kind(10_000), X2),
    Cell("bad-canary20-10k-x2", "Twice as many", canary(20), Kind(10_000), X2),
    Cell("bad-canary50-1k-x2", "Twice as many", canary(50), Kind(1_000), X2),
    Cell("bad-ramp-1k-x2", "Twice as many, once the share is large", ramp(), Kind(1_000), X2),
    Cell("bad-replace-1k-x2", "Twice as many", replace(), Kind(1_000), X2),
    Cell("bad-canary20-1k-x5", "Plain, but of few", canary(20), Kind(1_000), X5),
    Cell("bad-ramp-1k-x5", "Plain, but of few at first", ramp(), Kind(1_000), X5),
    Cell("bad-replace-50-x5", "Plain, but hardly anybody comes", replace(), Kind(50), X5),
    Cell("bad-canary50-50-x10", "Nobody could miss it, were anybody there", canary(50), Kind(50), X10),
    Cell("bad-ramp-1k-x10", "It should end on the first step", ramp(), Kind(1_000), X10),
    Cell("bad-replace-1k-x10", "It should end in minutes", replace(), Kind(1_000), X10),
)

SHAPES = (
    Cell("bad-canary20-10k-leak", "It grows to x4 over ten hours", canary(20), Kind(10_000), LEAK),
    Cell("bad-ramp-10k-leak", "It grows to x4 over ten hours", ramp(), Kind(10_000), LEAK),
    Cell("bad-replace-10k-leak", "It looks like slow noise for long", replace(), Kind(10_000), LEAK),
    Cell("bad-canary20-10k-late", "Hours of good evidence come first", canary(20), Kind(10_000), LATE),
    Cell("bad-ramp-10k-late", "Hours of good evidence come first", ramp(), Kind(10_000), LATE),
    Cell("bad-replace-10k-late", "It looks like an incident", replace(), Kind(10_000), LATE),
    Cell("bad-canary20-10k-niche", "Only users of one small segment", canary(20), Kind(10_000), NICHE),
    Cell("bad-ramp-10k-niche", "Only users of one small segment", ramp(), Kind(10_000), NICHE),
    Cell("bad-replace-10k-niche", "Only users of one small segment", replace(), Kind(10_000), NICHE),
)

SIGNALS = (
    Cell("bad-canary20-10k-issue", "One new issue; the crash rate is as it was", canary(20), Kind(10_000), ISSUE),
    Cell("bad-ramp-1k-issue", "One new issue, of few users", ramp(), Kind(1_000), LARGE_ISSUE),
    Cell("bad-replace-1k-issue", "One new issue; the crash rate is as it was", replace(), Kind(1_000), ISSUE),
    Cell("bad-canary20-1k-errors", "Errors are handled; nobody crashes", canary(20), Kind(1_000), ERRORS),
    Cell("bad-ramp-1k-errors", "Errors are handled; nobody crashes", ramp(), Kind(1_000), ERRORS),
    Cell("bad-replace-1k-errors", "Errors are handled; nobody crashes", replace(), Kind(1_000), ERRORS),
    Cell("bad-canary20-10k-feedback", "All works, and users mind", canary(20), Kind(10_000), FEEDBACK),
    Cell("bad-ramp-10k-feedback", "All works, and users mind", ramp(), Kind(10_000), FEEDBACK),
    Cell("bad-replace-10k-feedback", "All works, and users mind", replace(), Kind(10_000), FEEDBACK),
)

SURROUNDINGS = (
    Cell("bad-canary20-10k-incident", "Old and new suffer", canary(20), Kind(10_000), X3, incident=AT_THE_DEPLOY),
    Cell("bad-ramp-10k-incident", "Old and new suffer", ramp(), Kind(10_000), X3, incident=AT_THE_DEPLOY),
    Cell("bad-replace-10k-incident", "It looks shared, but stays", replace(), Kind(10_000), X3, incident=AT_THE_DEPLOY),
    Cell("bad-canary20-10k-loops", "x2 in crash loops", canary(20), Kind(10_000, crashes=LOOPS), X2),
    Cell("bad-canary20-10k-bursty", "x2 in bursts of traffic", canary(20), BURSTY, X2),
    Cell("bad-ramp-10k-adopters", "x2, and the first are others", ramp(), Kind(10_000), X2, adopters=DIFFERENT),
    Cell("bad-replace-10k-alone", "x2 with nothing to compare", replace(), Kind(10_000, coupling=None), X2),
    Cell("bad-replace-10k-loss", "x2, and sessions are lost", replace(), Kind(10_000), X2, telemetry=LOSS),
    Cell("bad-canary20-10k-skew", "x2, told of late", canary(20), Kind(10_000), X2, telemetry=LATE_CRASHES),
)

BAD = (*CRASHES, *SHAPES, *SIGNALS, *SURROUNDINGS)
