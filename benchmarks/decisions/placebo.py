"""How often judges blame a release for what a service does by itself: placebo deploys on recorded crash rates.

Run: ``python -m benchmarks.decisions.placebo FOLDER``; the folder holds recordings (see `recorded`). A deploy at every
hour of each of them, once as a full replace and once as a canary of 20 %, at several volumes. Nothing was released, so
every rollback is false. Those in an hour that people labelled as an anomaly are told apart, and so are those within an
hour of one, since labels begin and end on the hour.
"""

import argparse
import sys
import zlib
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np

from benchmarks.decisions import recorded
from benchmarks.decisions.figures import Part
from benchmarks.decisions.judges import JUDGES
from benchmarks.decisions.judges.protocol import Judge, Verdicts
from benchmarks.decisions.recorded import HOUR_MINUTES, Recording, Unreadable
from benchmarks.decisions.streams import Episode, Flags

VOLUMES = (100, 1_000, 10_000, 100_000)
"""Sessions an hour, of which the typical hour hurts one in a hundred."""
SHARES = (1.0, 0.2)


@dataclass(frozen=True, slots=True)
class Blamed:
    outside: int = 0
    """Rolled back further than an hour from anything that people labelled."""
    near: int = 0
    inside: int = 0
    deploys: int = 0
    met: int = 0
    """Deploys whose watch has a labelled hour in it."""

    def __add__(self, other: "Blamed") -> "Blamed":
        return Blamed(
            self.outside + other.outside,
            self.near + other.near,
            self.inside + other.inside,
            self.deploys + other.deploys,
            self.met + other.met,
        )


def blamed(episode: Episode, verdicts: Verdicts) -> Blamed:
    labelled = episode.truth.incident
    releases, minutes = labelled.shape
    fell = np.flatnonzero(verdicts.rolled_back < minutes)
    at = verdicts.rolled_back[fell]
    inside, near = labelled[fell, at], _near(labelled)[fell, at]
    return Blamed(
        outside=int((~near).sum()),
        near=int((near & ~inside).sum()),
        inside=int(inside.sum()),
        deploys=releases,
        met=int(labelled.any(axis=1).sum()),
    )


def _near(labelled: Flags) -> Flags:
    """Within an hour of a labelled minute."""
    near = labelled.copy()
    near[:, HOUR_MINUTES:] |= labelled[:, :-HOUR_MINUTES]
    near[:, :-HOUR_MINUTES] |= labelled[:, HOUR_MINUTES:]
    for shift in range(1, HOUR_MINUTES):
        near[:, shift:] |= labelled[:, :-shift]
        near[:, :-shift] |= labelled[:, shift:]
    return near


def watched(recordings: list[Recording], judge: Judge, share: float, volume: int) -> Blamed:
    """Over all recordings; each volume of each has counts of its own."""
    total, plan = Blamed(), recorded.plan_of(share)
    for recording in recordings:
        seed = zlib.crc32(f"{recording.name} {volume}".encode())
        episode = recorded.placebo(recording, plan, volume, seed)
        total += blamed(episode, judge.watch(episode.past, plan, episode.stream))
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--judges", default="*", help="a pattern: seatrial, z-*")
    parser.add_argument("--volumes", type=int, nargs="+", default=VOLUMES, help="sessions an hour")
    asked = parser.parse_args()
    try:
        recordings = recorded.read(asked.folder)
    except Unreadable as error:
        sys.exit(str(error))
    print(
        "| judge | plan | sessions/h | deploys | false, outside | bounds | near one | in one, of those that meet one |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for judge in (one for one in JUDGES if fnmatch(one.name, asked.judges)):
        for share in SHARES:
            for volume in asked.volumes:
                print(_row(judge, share, volume, watched(recordings, judge, share, volume)), flush=True)


def _row(judge: Judge, share: float, volume: int, found: Blamed) -> str:
    outside, inside = Part(found.outside, found.deploys), Part(found.inside, found.met)
    low, high = outside.bounds
    near = Part(found.near, found.deploys).share
    plan = "replace" if share == 1.0 else f"canary {share:.0%}"
    return (
        f"| {judge.name} | {plan} | {volume:,} | {found.deploys:,} | {outside.share:.2%} | {low:.2%}-{high:.2%} "
        f"| {near:.2%} | {inside.share:.1%} |"
    )


if __name__ == "__main__":
    main()
