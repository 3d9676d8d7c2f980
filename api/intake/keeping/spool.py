"""A bounded queue of records on disk, for while the log does not take them.

Each process writes into a folder of its own, which it holds locked; a folder whose process is dead is taken over by the
next one that looks. Records lie in segments, files of some megabytes, in the order in which they came; the first one is
shipped whole and then removed. So a crash doubles at most a segment, and loses and reorders nothing.
"""

import contextlib
import fcntl
import os
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import structlog

from api.intake.fairness.shares import Shares
from api.intake.keeping import spool_frames
from api.intake.limits import MEBIBYTE
from models.ports import Clock, LogUnavailable, NewRecord
from models.wire.cloudevents import REDELIVERY

log = structlog.get_logger()

SEGMENT_BYTES = 4 * MEBIBYTE
"""A segment that is longer takes no more: 300 events of 13 KB, which the log takes in one flush of 0.1 s."""
LOCK, SUFFIX, UNBORN = "lock", ".segment", "."
READ_ATTEMPTS = 5
"""How often a segment is tried before it is set aside: 7 s with the pauses of the appender."""
UNREADABLE = "unreadable"
"""Where segments go that are set aside: in folders of their own, which are shipped if a person moves them up."""


class SpoolFull(LogUnavailable):
    """The log is down, and so is its spool. Retry later; bring the log back, or raise SEATRIAL_SPOOL_BYTES."""


@dataclass(slots=True)
class Segment:
    path: Path
    size: int = 0
    holders: Counter[str] = field(default_factory=Counter)
    """Bytes by project; what a dead process left is nobody's."""
    tried: bool = False
    """Whether the log may have some of it already."""
    misread: int = 0
    """How often it could not be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in a spool's folder, of all processes."""

    size: int
    oldest: int | None
    """When its oldest segment was begun, ms since the epoch."""
    unreadable: int = 0
    """How many segments were set aside."""


class Spool:
    """One process's spool. For one thread at a time; ``size``, ``age`` and ``unreadable`` for any."""

    def __init__(self, folder: Path, most_bytes: int, clock: Clock, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._folder = folder
        self._clock = clock
        self._segment_bytes = segment_bytes
        self._shares = Shares(most_bytes)
        self._segments: deque[Segment] = deque()
        self._number = 0
        self.unreadable = 0
        """Segments that were set aside, by any process, as far as was seen at the last look."""
        self._file: BinaryIO | None = None
        self._own, lock = _claim_own(folder)
        self._locks = {self._own: lock}
        self.adopt()

    @property
    def size(self) -> int:
        return self._shares.used

    @property
    def count(self) -> int:
        """Of segments."""
        return len(self._segments)

    @property
    def age(self) -> int:
        """Of its oldest segment, in ms; 0 for none."""
        with contextlib.suppress(IndexError):
            return max(0, self._clock.now() - _begun(self._segments[0].path))
        return 0

    def reserve(self, holder: str, size: int) -> bool:
        """Whether there is room for so much of this project; then it is kept for `put`."""
        return self._shares.take(holder, size)

    def has_room(self, size: int) -> bool:
        """Whether there is room for so much of a project that has nothing here."""
        return self._shares.has_room(size)

    def put(self, records: Sequence[NewRecord], sizes: Mapping[str, int], *, tried: bool) -> None:
        """Keep records behind all others; durable when it returns. ``sizes``, by project, were reserved.

        ``tried``: whether the log may have them already. Raises `SpoolFull`, then none of them is kept.
        """
        try:
            segment = self._write(spool_frames.frame(records))
        except Exception as error:
            for holder, size in sizes.items():
                self._shares.give_back(holder, size)
            message = f"the log is down, and its spool cannot be written ({error}): check the disk of SEATRIAL_SPOOL"
            raise SpoolFull(message) from error
        segment.holders.update(sizes)
        segment.tried |= tried

    def first(self) -> tuple[Segment, list[NewRecord]]:
        """The oldest segment and its records; nothing more is added to it.

        Raises what reading raises; a segment that was tried often enough is set aside then, and the next is the first.
        """
        segment = self._segments[0]
        if segment is self._segments[-1]:
            self._seal()
        try:
            content = segment.path.read_bytes()
        except Exception:
            segment.misread += 1
            if segment.misread >= READ_ATTEMPTS:
                self._set_aside(segment)
            raise
        if torn := spool_frames.torn_bytes(content):
            log.warning("spool.torn", file=str(segment.path), bytes=torn)
        read = list(spool_frames.records(content))
        return segment, [_again(record) for record in read] if segment.tried else read

    def remove(self, segment: Segment) -> None:
        """The log has all of it."""
        try:
            segment.path.unlink(missing_ok=True)
        except OSError as error:  # it will be shipped once more, and known by its ids
            log.warning("spool.not_removed", file=str(segment.path), error=str(error))
        self._forget(segment)

    def adopt(self) -> None:
        """Take over what dead processes left, the oldest first, behind what is here."""
        try:
            self.unreadable = _unreadable(self._folder)
            for folder in _folders(self._folder):
                if folder not in self._locks and (lock := _try_lock(folder)) is not None:
                    self._take_over(folder, lock)
        except OSError as error:
            log.warning("spool.not_taken_over", error=str(error))

    def close(self) -> None:
        """What is left stays for the next process."""
        self._seal()
        if not self._segments:
            _delete(self._own)
        for lock in self._locks.values():
            lock.close()

    def _write(self, framed: bytes) -> Segment:
        """The frame at the end of the last segment, synced; what was there before stays if that fails."""
        file = self._file
        if file is None or self._segments[-1].size >= self._segment_bytes:
            file = self._begin()
        segment = self._segments[-1]
        try:
            file.write(framed)
            file.flush()
            os.fsync(file.fileno())
        except Exception:
            self._seal()
            self._undo(segment)
            raise
        segment.size += len(framed)
        return segment

    def _undo(self, segment: Segment) -> None:
        """Cut off what could not be synced: its senders are told that it was not kept."""
        with contextlib.suppress(OSError):
            os.truncate(segment.path, segment.size)
            if not segment.size:
                self._segments.remove(segment)
                segment.path.unlink()

    def _begin(self) -> BinaryIO:
        self._seal()
        self._number += 1
        path = self._own / f"{self._number:09}-{self._clock.now()}{SUFFIX}"
        file = path.open("xb")
        try:
            _sync_folder(self._own)
        except OSError:
            with contextlib.suppress(OSError):
                file.close()
                path.unlink()
            raise
        self._file = file
        self._segments.append(Segment(path))
        return file

    def _seal(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):  # a full disk; what was promised is synced
                file.close()

    def _forget(self, segment: Segment) -> None:
        self._segments.remove(segment)
        for holder, size in segment.holders.items():
            self._shares.give_back(holder, size)
        self._drop_if_empty(segment.path.parent)

    def _set_aside(self, segment: Segment) -> None:
        """Keep the file out of the way of those behind it. If it cannot even be moved, the next process tries again."""
        kept = self._folder / UNREADABLE / segment.path.parent.name / segment.path.name
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            segment.path.rename(kept)
            log.error("spool.set_aside", file=str(kept), bytes=segment.size)
        except OSError as error:
            log.error("spool.not_set_aside", file=str(segment.path), error=str(error))  # noqa: TRY400 - a fault of the disk
        self.unreadable += 1
        self._forget(segment)

    def _take_over(self, folder: Path, lock: BinaryIO) -> None:
        """Its segments stay where they are, so that their order outlives us too."""
        try:
            found = [(path, path.stat().st_size) for path in _segments(folder)]
        except OSError:  # all of it or nothing: it is looked at again
            lock.close()
            raise
        self._seal()
        self._locks[folder] = lock
        for number, (path, size) in enumerate(found):
            self._segments.append(Segment(path, size, Counter({"": size}), tried=number == 0))
            self._shares.force("", size)
            log.info("spool.taken_over", file=str(path), bytes=size)
        self._drop_if_empty(folder)

    def _drop_if_empty(self, folder: Path) -> None:
        """A dead process's folder goes with its last segment."""
        if folder != self._own and all(one.path.parent != folder for one in self._segments):
            _delete(folder)
            self._locks.pop(folder).close()


def look(folder: Path) -> Found:
    """What lies in a spool's folder, whoever it is of."""
    found = []
    for path in (path for one in _folders(folder) for path in _segments(one)):
        with contextlib.suppress(FileNotFoundError):  # shipped just now
            found.append((path.stat().st_size, _begun(path)))
    oldest = min((begun for _, begun in found), default=None)
    return Found(sum(size for size, _ in found), oldest, _unreadable(folder))


def _again(record: NewRecord) -> NewRecord:
    return NewRecord(record.topic, record.key, record.value, (*record.headers, REDELIVERY))


def _claim_own(folder: Path) -> tuple[Path, BinaryIO]:
    """A new folder, numbered behind those that are there, and locked before anybody can see it."""
    number = 1 + max((int(one.name.partition("-")[0]) for one in _folders(folder)), default=0)
    own = folder / f"{number:09}-{os.getpid()}-{os.urandom(4).hex()}"
    unborn = folder / f"{UNBORN}{own.name}"
    unborn.mkdir(parents=True)
    lock = (unborn / LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    unborn.rename(own)
    _sync_folder(folder)
    return own, lock


def _try_lock(folder: Path) -> BinaryIO | None:
    """The lock of a dead process, None if it lives or another one was faster."""
    try:
        lock = (folder / LOCK).open("ab")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _folders(folder: Path) -> list[Path]:
    """One for each process, the oldest first."""
    return sorted(path for path in folder.glob("[0-9]*-*") if path.is_dir())


def _segments(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob(f"*{SUFFIX}"))


def _unreadable(folder: Path) -> int:
    return sum(1 for _ in (folder / UNREADABLE).glob(f"*/*{SUFFIX}"))


def _begun(path: Path) -> int:
    return int(path.stem.partition("-")[2])


def _delete(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / LOCK).unlink()
        folder.rmdir()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
