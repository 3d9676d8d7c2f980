"""Draws releases of a cell: the past of their services, the minutes of the watch, and the truth about them."""

import dataclasses
from zlib import crc32

import numpy as np

from benchmarks.decisions.generator import adopters, faults, telemetry
from benchmarks.decisions.generator.arms import Serving, happened, told
from benchmarks.decisions.generator.cell import Cell
from benchmarks.decisions.generator.grid import WATCH
from benchmarks.decisions.generator.issues import new_issues
from benchmarks.decisions.generator.risks import MOST
from benchmarks.decisions.generator.traffic import arrivals
from benchmarks.decisions.generator.truth import Release, due, truth
from benchmarks.decisions.generator.world import World, past, world
from benchmarks.decisions.streams import PAST_BINS, Counts, Episode, Shares, Stream


def draw(cell: Cell, seed: int, releases: int) -> Episode:
    """The same for the same cell, seed and number of releases; another under another name of the cell."""
    generator = np.random.default_rng([seed, crc32(cell.name.encode())])
    around = world(generator, cell, releases)
    before = past(generator, around)
    shares = adopters.shares_by_segment(generator, cell.adopters, around.service, cell.plan.share)
    new = _new(generator, cell, around, shares)
    old = _old(generator, cell, around, 1.0 - shares)
    healthy = around.risks.of(WATCH)
    issues, issues_due = new_issues(generator, new.sessions * healthy.calm)
    issues[:, :, 0] += generator.poisson(new.issue_due())
    stream = _stream(generator, cell, around, new, old, issues)
    return Episode(before, cell.plan, stream, truth(new, due(old, healthy), issues_due))


def _new(generator: np.random.Generator, cell: Cell, around: World, shares: Shares) -> Release:
    releases, minutes, _ = shares.shape
    told_of = telemetry.sampled(generator, cell.telemetry, releases)[:, None, None]
    rates = cell.harmless * adopters.rates(generator, cell.adopters, releases, cell.plan.share)
    risks = around.risks.of(WATCH)
    healthy = dataclasses.replace(risks, hurt=np.minimum(risks.hurt * rates[:, :, None], MOST))
    onset = faults.onsets(generator, cell.fault, releases, minutes)
    there = faults.progress(cell.fault, onset, minutes)
    return Release(
        fault=cell.fault,
        onset=onset,
        there=there,
        serving=Serving(
            sessions=_arrivals(generator, around, shares * told_of),
            before=np.zeros(around.service.segments.shape),
            serves=np.ones(minutes, np.bool_),
            crash_delay=cell.telemetry.crashes,
        ),
        healthy=healthy,
        harmed=faults.harmed(healthy, cell.fault, there),
        feedback=around.service.feedback,
    )


def _old(generator: np.random.Generator, cell: Cell, around: World, shares: Shares) -> Serving:
    just_before = around.sessions[:, PAST_BINS - 1, None] * around.service.segments
    return Serving(
        sessions=_arrivals(generator, around, shares),
        before=just_before * shares[:, 0],
        serves=cell.plan.share < 1.0,
        crash_delay=cell.telemetry.crashes,
    )


def _arrivals(generator: np.random.Generator, around: World, shares: Shares) -> Counts:
    """[R, T, S] sessions of a release that gets these ``shares`` [R, T, S] of each segment."""
    expected = around.sessions[:, WATCH, None] * around.service.segments[:, None, :] * shares
    return arrivals(generator, expected, around.service.burst, around.grid.lengths[WATCH])


def _stream(
    generator: np.random.Generator, cell: Cell, around: World, new: Release, old: Serving, issues: Counts
) -> Stream:
    service, releases = around.service, len(new.onset)
    of_new = happened(generator, service, new.serving, new.harmed)
    of_old = happened(generator, service, old, around.risks.of(WATCH))
    ends = telemetry.ends(generator, cell.telemetry, releases)
    kept = telemetry.kept_in_loss(generator, cell.telemetry, releases, around.grid)
    taken = telemetry.within(around.quota[:, None], (of_new.started + of_old.started).sum(axis=2))
    kept_of_old = kept if cell.telemetry.lost_of_old else np.ones_like(kept)
    return Stream(
        new=told(generator, of_new, new.serving, kept * taken, ends),
        old=told(generator, of_old, old, kept_of_old * taken, ends),
        issues=issues,
        sibling_started=around.sibling_started[:, WATCH],
        sibling_hurt=around.sibling_hurt[:, WATCH],
    )
