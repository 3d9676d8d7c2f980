"""Placebo deploys on recorded crash rates: nothing was released, so what is blamed on the release is blamed wrongly.

A recording is a CSV file with a line an hour: ``TimeStamp`` (UTC), ``Value`` (a rate in any unit, empty where none was
recorded) and ``Label`` (1 where people who know the service call the hour an anomaly). What it says of the rate is
kept, with its trends, its noise and its gaps. It says nothing of the traffic, which is made up: the same sessions in
every hour, of which the typical hour hurts `TYPICAL_RATE`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.decisions.streams import (
    BIN_MINUTES,
    PAST_BINS,
    Arm,
    Counts,
    Due,
    Episode,
    Flags,
    Kind,
    Past,
    Plan,
    Shares,
    Stream,
    Truth,
)

HOUR_MINUTES = 60
WATCH_MINUTES = 720
TYPICAL_RATE = 0.01
HIGHEST_RATE = 0.5
"""Recorded rates reach hundreds of times their median; not more users than this share of sessions can be hurt anew."""
COLUMNS = ("TimeStamp", "Value", "Label")
NEW_ISSUES = 3
Number = TypeVar("Number", np.int64, np.float64)


class Unreadable(Exception):
    """A file is no recording; says where, and what a recording is."""


@dataclass(frozen=True, slots=True)
class Recording:
    """``H`` hours without a gap in time; an hour that was not recorded has no value."""

    name: str
    begins: pd.Timestamp
    value: Shares
    """[H], NaN where nothing was recorded."""
    labelled: Flags
    """[H]."""


def read(folder: Path) -> list[Recording]:
    """Every ``*.csv`` of a folder, by name. Raises `Unreadable`, with the file and the line."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        message = f"{folder} holds no *.csv: name a folder of recordings (columns {', '.join(COLUMNS)})"
        raise Unreadable(message)
    return [_read(file) for file in files]


def _read(file: Path) -> Recording:
    try:
        table = pd.read_csv(file)
    except (ValueError, OSError) as error:
        message = f"{file}: {error}"
        raise Unreadable(message) from None
    if missing := [name for name in COLUMNS if name not in table.columns]:
        message = f"{file}: no column {', '.join(missing)}; a recording has {', '.join(COLUMNS)}"
        raise Unreadable(message)
    at = pd.to_datetime(table.TimeStamp, errors="coerce", utc=True)
    value = pd.to_numeric(table.Value, errors="coerce")
    label = pd.to_numeric(table.Label, errors="coerce")
    wrong = at.isna() | (value.isna() & table.Value.notna()) | (value < 0) | ~label.isin([0, 1])
    if wrong.any():
        line = int(np.flatnonzero(wrong)[0]) + 2
        message = f"{file}, line {line}: a time, a rate of at least 0 or none, and a label of 0 or 1 are needed"
        raise Unreadable(message)
    hours = pd.DataFrame({"value": value.to_numpy(), "label": label.to_numpy()}, index=at.dt.floor("h"))
    hourly = hours.groupby(level=0).agg({"value": "mean", "label": "max"}).asfreq("h")
    labelled = hourly.label.fillna(0).to_numpy() > 0
    return Recording(file.stem, hourly.index[0], hourly.value.to_numpy(float), labelled)


def placebo(recording: Recording, plan: Plan, sessions_an_hour: float, seed: int) -> Episode:
    """A deploy at every hour of a recording. Before its first hour and after its last there is nothing."""
    chance = np.random.default_rng(seed)
    rate = _rate(recording)
    known = np.repeat(~np.isnan(rate), HOUR_MINUTES)
    started: Counts = np.where(known, chance.poisson(sessions_an_hour / HOUR_MINUTES, len(known)), 0)
    by_minute = np.repeat(np.nan_to_num(rate), HOUR_MINUTES)
    hurt: Counts = chance.binomial(started, by_minute)
    at = np.arange(len(rate)) * HOUR_MINUTES
    past = _past(recording, _before(started, at), _before(hurt, at))
    labelled = _after(np.repeat(recording.labelled.astype(np.int64), HOUR_MINUTES), at) > 0
    stream = _stream(chance, plan, _after(started, at), _after(hurt, at))
    return Episode(past, plan, stream, _truth(stream, _after(by_minute, at), labelled))


def plan_of(share: float) -> Plan:
    """Everything at once at a share of 1; else a canary."""
    kind: Kind = "replace" if share == 1.0 else "canary"
    return Plan(kind, np.full(WATCH_MINUTES, share), ("all",))


def _rate(recording: Recording) -> Shares:
    """[H] hurt users a session: the recorded rate in units of its median over the hours that nobody labelled."""
    usual = recording.value[~recording.labelled & (recording.value > 0)]
    typical = float(np.median(usual)) if len(usual) else 1.0
    scaled: Shares = np.minimum(TYPICAL_RATE * recording.value / typical, HIGHEST_RATE)
    return scaled


def _before(minutes: Counts, at: Counts) -> Counts:
    """[R, D] ten-minute sums of the 14 days before each minute of ``at``."""
    bins = minutes.reshape(-1, BIN_MINUTES).sum(axis=1)
    padded: Counts = np.concatenate([np.zeros(PAST_BINS, bins.dtype), bins])
    found: Counts = padded[(at // BIN_MINUTES)[:, np.newaxis] + np.arange(PAST_BINS)]
    return found


def _after(minutes: NDArray[Number], at: Counts) -> NDArray[Number]:
    """[R, T] the minutes from each of ``at`` on."""
    padded = np.concatenate([minutes, np.zeros(WATCH_MINUTES, minutes.dtype)])
    found: NDArray[Number] = padded[at[:, np.newaxis] + np.arange(WATCH_MINUTES)]
    return found


def _past(recording: Recording, started: Counts, hurt: Counts) -> Past:
    nothing = np.zeros_like(hurt)
    hours = pd.date_range(recording.begins, periods=len(hurt), freq="h")
    return Past(
        started=started[..., np.newaxis],
        hurt=hurt[..., np.newaxis],
        crashed=hurt,
        errors=nothing,
        feedback=nothing,
        negative=nothing,
        sibling_started=nothing,
        sibling_hurt=nothing,
        minute_of_day=hours.hour.to_numpy(np.int64) * HOUR_MINUTES,
        day_of_week=hours.day_of_week.to_numpy(np.int64),
    )


def _stream(chance: np.random.Generator, plan: Plan, started: Counts, hurt: Counts) -> Stream:
    """Split between the arms by the planned share, which harms nobody."""
    new_started, new_hurt = chance.binomial(started, plan.share), chance.binomial(hurt, plan.share)
    nothing = np.zeros_like(started)
    return Stream(
        new=_arm(new_started, new_hurt),
        old=_arm(started - new_started, hurt - new_hurt),
        issues=np.zeros((*started.shape, NEW_ISSUES), np.int64),
        sibling_started=nothing,
        sibling_hurt=nothing,
    )


def _truth(stream: Stream, rate: Shares, labelled: Flags) -> Truth:
    nothing = np.zeros(rate.shape)
    return Truth(
        bad=np.zeros(len(rate), bool),
        onset=np.full(len(rate), WATCH_MINUTES),
        effect=np.ones(rate.shape),
        signal="crash",
        segment=np.full(len(rate), -1),
        new=Due(stream.new.started * rate[..., np.newaxis], nothing, nothing),
        old=Due(stream.old.started * rate[..., np.newaxis], nothing, nothing),
        issues=np.zeros((*rate.shape, NEW_ISSUES)),
        fault=nothing,
        hurt_by_fault=nothing,
        incident=labelled,
    )


def _arm(started: Counts, hurt: Counts) -> Arm:
    nothing = np.zeros_like(started)
    return Arm(started[..., np.newaxis], started, hurt, hurt[..., np.newaxis], nothing, nothing, nothing)
