"""Cells of healthy releases, and what in each has fooled somebody.

Names say plan and share, the service's sessions an hour, and what is special; they stay as they are.
"""

from benchmarks.decisions.generator.adopters import Adopters
from benchmarks.decisions.generator.cell import WATCH_MINUTES, Cell, canary, ramp, replace
from benchmarks.decisions.generator.services import Kind
from benchmarks.decisions.generator.telemetry import Telemetry

DIURNAL = Kind(10_000, day=(6.0, 20.0))
BURSTY = Kind(10_000, burst=(0.2, 0.5), crowds_a_day=(2.0, 12.0))
LOOPS = (2.5, 4.0)
"""Crashes of a hurt user; their variance is 4 to 7 times Poisson's (5.4 in decision-engine.md, 0.1)."""
WEEKLY = Kind(10_000, weekend=(0.15, 0.5), weekend_rate=(0.75, 1.35))
APART = (0.0, 0.7)
"""Siblings that share little."""
DIFFERENT = Adopters(segments=0.5, rate=0.06)
"""A few in a hundred have a rate beyond the margin of a ramp, 1.12."""
DAY_LONG = 2 * WATCH_MINUTES
FIRST_HALF = (0.0, 360.0)
LOSS, LOSS_OF_NEW = Telemetry(lost=FIRST_HALF), Telemetry(lost=FIRST_HALF, lost_of_old=False)
LATE_ENDS = Telemetry(ends=(120.0, 480.0))
LATE_CRASHES = Telemetry(crashes=30.0)
SAMPLED = Telemetry(sampled=(0.2, 0.7))
LIMITED = Telemetry(quota=(0.6, 1.1))
HARMLESS = 1.05

USUAL = (
    Cell("healthy-canary50-50", "Hardly anybody comes", canary(50), Kind(50)),
    Cell("healthy-canary20-1k", "A small service", canary(20), Kind(1_000)),
    Cell("healthy-canary5-10k", "A small share of a larger service", canary(5), Kind(10_000)),
    Cell("healthy-canary10-10k", "Twice that share", canary(10), Kind(10_000)),
    Cell("healthy-canary20-100k", "So much that the smallest difference is seen", canary(20), Kind(100_000)),
    Cell("healthy-ramp-50", "Hardly anybody comes", ramp(), Kind(50)),
    Cell("healthy-ramp-1k", "A small service", ramp(), Kind(1_000)),
    Cell("healthy-ramp-10k", "The share rises in steps", ramp(), Kind(10_000)),
    Cell("healthy-replace-50", "Nothing beside it and hardly any traffic", replace(), Kind(50)),
    Cell("healthy-replace-1k", "Nothing beside it", replace(), Kind(1_000)),
    Cell("healthy-replace-10k", "Slow noise is larger than Poisson's", replace(), Kind(10_000)),
    Cell("healthy-replace-100k", "Slow noise is all there is", replace(), Kind(100_000)),
)
"""Each service has its nights, its slow noise, its incidents and its crash loops, all of an ordinary size."""

TRAFFIC = (
    Cell("healthy-canary20-10k-diurnal", "A quiet night", canary(20), DIURNAL),
    Cell("healthy-replace-10k-diurnal", "A quiet night, and nothing beside it", replace(), DIURNAL),
    Cell("healthy-replace-10k-weekly", "Others come at the weekend; a watch of 24 hours", replace(DAY_LONG), WEEKLY),
    Cell("healthy-canary20-10k-bursty", "Each arm has bursts of its own; flash crowds", canary(20), BURSTY),
    Cell("healthy-replace-10k-bursty", "Bursts and flash crowds", replace(), BURSTY),
    Cell("healthy-canary20-1k-loops", "One user crashes again and again", canary(20), Kind(1_000, crashes=LOOPS)),
    Cell("healthy-canary20-100k-loops", "Many crashes, all in loops", canary(20), Kind(100_000, crashes=LOOPS)),
    Cell("healthy-ramp-10k-loops", "Loops while the share rises", ramp(), Kind(10_000, crashes=LOOPS)),
    Cell("healthy-replace-10k-loops", "Loops with nothing beside them", replace(), Kind(10_000, crashes=LOOPS)),
)

ADOPTERS = (
    Cell("healthy-ramp-10k-adopters", "The first are not like the rest", ramp(), Kind(10_000), adopters=DIFFERENT),
    Cell("healthy-ramp-100k-adopters", "The same, and it can be seen", ramp(), Kind(100_000), adopters=DIFFERENT),
)

INCIDENTS = (
    Cell("healthy-canary20-10k-incident", "Old and new suffer", canary(20), Kind(10_000), incident=FIRST_HALF),
    Cell("healthy-ramp-10k-incident", "Old and new suffer", ramp(), Kind(10_000), incident=FIRST_HALF),
    Cell(
        "healthy-replace-10k-incident", "Only siblings show whose it is", replace(), Kind(10_000), incident=FIRST_HALF
    ),
    Cell("healthy-replace-1k-incident", "The same with few users", replace(), Kind(1_000), incident=FIRST_HALF),
    Cell(
        "healthy-replace-10k-incident-apart",
        "Siblings suffer less than the service",
        replace(),
        Kind(10_000, coupling=APART),
        incident=FIRST_HALF,
    ),
    Cell("healthy-replace-10k-apart", "Siblings go their own way", replace(), Kind(10_000, coupling=APART)),
    Cell("healthy-replace-10k-alone", "No siblings", replace(), Kind(10_000, coupling=None)),
)

TELEMETRY = (
    Cell("healthy-canary20-10k-loss", "Sessions of both are lost", canary(20), Kind(10_000), telemetry=LOSS),
    Cell("healthy-canary20-10k-loss-new", "Only the new one's", canary(20), Kind(10_000), telemetry=LOSS_OF_NEW),
    Cell("healthy-ramp-10k-loss-new", "Only the new one's", ramp(), Kind(10_000), telemetry=LOSS_OF_NEW),
    Cell("healthy-replace-10k-loss", "The few sessions left crash often", replace(), Kind(10_000), telemetry=LOSS),
    Cell("healthy-canary20-10k-late-ends", "Crashes come first", canary(20), Kind(10_000), telemetry=LATE_ENDS),
    Cell("healthy-replace-10k-late-ends", "Crashes come first", replace(), Kind(10_000), telemetry=LATE_ENDS),
    Cell("healthy-canary20-10k-skew", "Crashes come late", canary(20), Kind(10_000), telemetry=LATE_CRASHES),
    Cell("healthy-replace-10k-skew", "Crashes come late", replace(), Kind(10_000), telemetry=LATE_CRASHES),
    Cell("healthy-canary20-10k-sampled", "The new one tells less", canary(20), Kind(10_000), telemetry=SAMPLED),
    Cell("healthy-replace-10k-sampled", "The new one tells less", replace(), Kind(10_000), telemetry=SAMPLED),
    Cell("healthy-canary20-10k-limited", "Busy hours are over a quota", canary(20), Kind(10_000), telemetry=LIMITED),
    Cell("healthy-replace-10k-limited", "Busy hours are over a quota", replace(), Kind(10_000), telemetry=LIMITED),
)

IRRELEVANT = (
    Cell("healthy-canary20-100k-plus5", "A real +5 %", canary(20), Kind(100_000), harmless=HARMLESS),
    Cell("healthy-ramp-100k-plus5", "A real +5 %", ramp(), Kind(100_000), harmless=HARMLESS),
    Cell("healthy-replace-100k-plus5", "A real +5 %", replace(), Kind(100_000), harmless=HARMLESS),
)

HEALTHY = (*USUAL, *TRAFFIC, *ADOPTERS, *INCIDENTS, *TELEMETRY, *IRRELEVANT)
