"""The spool on disk: what was synced is there again, in its order, whoever looks next."""

import os
import resource
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from api.intake.keeping import spool_frames
from api.intake.keeping.spool import READ_ATTEMPTS, Found, Spool, SpoolFull, look
from models.clock import SimulatedClock
from models.ports import NewRecord
from models.wire.cloudevents import REDELIVERY

NOW = 1_795_390_740_000
ROOM = 1_000_000


def record(number: int, size: int = 10, project: str = "shop") -> NewRecord:
    return NewRecord("seatrial.errors", f"{project}:{number}".encode(), b"x" * size, (("ce_id", b"%d" % number),))


class Opened:
    """Spools on one folder, as processes open them; closed at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SimulatedClock(NOW)
        self._all: list[Spool] = []

    def __call__(self, most: int = ROOM, segment_bytes: int = 1) -> Spool:
        """With a segment for each put, unless it says otherwise."""
        self._all.append(Spool(self.folder, most, self.clock, segment_bytes))
        return self._all[-1]

    def crash(self, spool: Spool) -> None:
        """Its files as they are, its locks gone."""
        self._all.remove(spool)
        spool.close()

    def close(self) -> None:
        for spool in self._all:
            spool.close()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with closing(Opened(tmp_path)) as found:
        yield found


def put(spool: Spool, *records: NewRecord, tried: bool = False) -> None:
    size = sum(len(one.value or b"") for one in records)
    assert spool.reserve("shop", size)
    spool.put(records, {"shop": size}, tried=tried)


def shipped(spool: Spool) -> list[NewRecord]:
    """Everything, as the log would get it."""
    found = []
    while spool.count:
        segment, records = spool.first()
        found += records
        spool.remove(segment)
    return found


def test_what_was_put_comes_back_in_order(opened: Opened) -> None:
    """Topics, keys, values and headers, over several files; then nothing is left."""
    spool = opened()
    records = [record(number) for number in range(5)] + [NewRecord("seatrial.ledger", None, None)]
    for one in records:
        put(spool, one)
    assert spool.count == 6
    assert shipped(spool) == records
    assert (spool.size, spool.count, look(opened.folder)) == (0, 0, Found(0, None))


def test_small_groups_share_a_file(opened: Opened) -> None:
    """One file takes groups until it is long enough; once it is shipped from, no more are added to it."""
    spool = opened(segment_bytes=400)
    put(spool, record(0))
    put(spool, record(1))
    assert spool.count == 1
    segment, first = spool.first()
    put(spool, record(2))
    assert (spool.count, first) == (2, [record(0), record(1)])
    spool.remove(segment)
    assert shipped(spool) == [record(2)]


def test_the_next_process_finds_what_a_dead_one_left(opened: Opened) -> None:
    """In order and before its own; only of the first file, which may have been shipped, it says that it comes again."""
    dead = opened()
    for number in range(3):
        put(dead, record(number))
    opened.crash(dead)
    heir = opened()
    put(heir, record(3))
    first, *rest = shipped(heir)
    assert first.headers == (("ce_id", b"0"), REDELIVERY)
    assert rest == [record(1), record(2), record(3)]
    opened.crash(heir)
    assert list(opened.folder.iterdir()) == []


def test_an_heir_that_dies_too_leaves_the_order(opened: Opened) -> None:
    """What was inherited is inherited on, before what the heir added."""
    dead = opened()
    put(dead, record(0))
    put(dead, record(1))
    opened.crash(dead)
    heir = opened()
    put(heir, record(2))
    opened.crash(heir)
    assert [one.key for one in shipped(opened())] == [b"shop:0", b"shop:1", b"shop:2"]


def test_a_living_process_is_left_alone(opened: Opened) -> None:
    """Two processes on one folder: each ships its own, until one dies."""
    one, other = opened(), opened()
    put(one, record(1))
    other.adopt()
    assert other.count == 0
    opened.crash(one)
    other.adopt()
    assert [found.key for found in shipped(other)] == [b"shop:1"]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_torn_end_costs_only_what_was_not_synced(opened: Opened, cut: int) -> None:
    """A file that ends within its last frame gives all frames before it."""
    spool = opened(segment_bytes=ROOM)
    put(spool, record(0))
    put(spool, record(1))
    (path,) = opened.folder.glob("*/*.segment")
    os.truncate(path, path.stat().st_size - cut)
    opened.crash(spool)
    assert [one.key for one in shipped(opened())] == [b"shop:0"]


def test_a_spoiled_frame_costs_only_itself() -> None:
    """A byte that the disk changed is noticed by the checksum; what follows is read."""
    frames = [spool_frames.frame([record(number)]) for number in range(3)]
    spoiled = bytearray(b"".join(frames))
    spoiled[len(frames[0]) + 30] ^= 1
    assert list(spool_frames.records(bytes(spoiled))) == [record(0), record(2)]
    assert spool_frames.torn_bytes(bytes(spoiled)) == len(frames[1])


@pytest.mark.parametrize("zeros", [7, 8, 512, 4_096])
def test_a_tail_of_zeros_ends_a_file(opened: Opened, zeros: int) -> None:
    """As a crash leaves it where the length of a file was written and its content was not."""
    spool = opened()
    put(spool, record(0))
    put(spool, record(1))
    first = min(opened.folder.glob("*/*.segment"))
    with first.open("ab") as file:
        file.write(bytes(zeros))
    opened.crash(spool)
    assert [one.key for one in shipped(opened())] == [b"shop:0", b"shop:1"]


@pytest.mark.parametrize("payload", [b"\xc1", b"\x01", b"\x91\x94\xa1\xff\xc0\xc0\x90", b"\x90\x90"])
def test_a_frame_that_holds_no_records_costs_only_itself(payload: bytes) -> None:
    """Though its checksum is right."""
    odd = spool_frames.HEAD.pack(len(payload), zlib.crc32(payload)) + payload
    content = spool_frames.frame([record(0)]) + odd + spool_frames.frame([record(1)])
    assert list(spool_frames.records(content)) == [record(0), record(1)]
    assert spool_frames.torn_bytes(content) == len(odd)


def test_what_cannot_be_read_is_set_aside(opened: Opened) -> None:
    """After some attempts it lets the next one pass; it is counted, stays on disk, and can be put back by hand."""
    spool = opened()
    put(spool, record(0))
    put(spool, record(1))
    first = min(opened.folder.glob("*/*.segment"))
    kept = first.rename(opened.folder / "elsewhere")
    first.mkdir()  # a file that cannot be read, whoever asks
    for _ in range(READ_ATTEMPTS):
        assert spool.count == 2
        with pytest.raises(IsADirectoryError):
            spool.first()
    assert (spool.size, spool.unreadable, look(opened.folder).unreadable) == (10, 1, 1)
    assert shipped(spool) == [record(1)]
    (aside,) = opened.folder.glob("unreadable/*/*.segment")
    aside.rmdir()
    kept.rename(aside)
    aside.parent.rename(opened.folder / f"{aside.parent.name}-again")
    spool.adopt()
    assert [one.key for one in shipped(spool)] == [b"shop:0"]
    assert spool.unreadable == 0


@contextmanager
def room_for_one_more_file() -> Iterator[None]:
    """So that a segment can be opened, and its folder cannot be synced."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 1, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.parametrize("segment_bytes", [1, ROOM])
def test_a_file_that_cannot_be_begun_is_none(opened: Opened, segment_bytes: int) -> None:
    """Were it kept in hand, the next records would go into a file that nobody ships."""
    spool = opened(segment_bytes=segment_bytes)
    put(spool, record(0))
    spool.first()
    assert spool.reserve("shop", 10)
    with room_for_one_more_file(), pytest.raises(SpoolFull, match="Too many open files"):
        spool.put([record(1)], {"shop": 10}, tried=False)
    put(spool, record(2))
    assert spool.size == 20
    assert shipped(spool) == [record(0), record(2)]
    assert list(opened.folder.glob("*/*.segment")) == []


def test_a_folder_is_taken_over_whole_or_not_at_all(opened: Opened) -> None:
    """If one of its files cannot be looked at, nothing of it is, until that can."""
    dead = opened()
    put(dead, record(0))
    put(dead, record(1))
    opened.crash(dead)
    (folder,) = opened.folder.glob("[0-9]*")
    lost = folder / "000000003-0.segment"
    lost.symlink_to(lost)  # a loop, which cannot be followed
    spool = opened()
    assert (spool.count, spool.size) == (0, 0)
    lost.unlink()
    spool.adopt()
    assert [one.key for one in shipped(spool)] == [b"shop:0", b"shop:1"]


def test_a_project_has_its_share(opened: Opened) -> None:
    """One alone gets half of the bound; then there is still room for others, and room again once it was shipped."""
    spool = opened(most=1_000)
    put(spool, record(0, 500))
    assert not spool.reserve("shop", 1)
    assert spool.reserve("web", 250)
    assert not spool.reserve("web", 1)
    assert spool.reserve("other", 125)
    shipped(spool)
    assert spool.reserve("shop", 300)


def test_a_disk_that_fails_keeps_nothing_of_a_group(opened: Opened) -> None:
    """Its sender is told so; what was kept before stays, and nothing counts against the bound."""
    spool = opened(segment_bytes=ROOM)
    put(spool, record(0))
    spool._seal()
    spool._file = Path("/dev/full").open("wb")  # noqa: SIM115 - a real full disk, closed by the spool
    assert spool.reserve("shop", 10)
    with pytest.raises(SpoolFull, match="No space left"):
        spool.put([record(1)], {"shop": 10}, tried=False)
    put(spool, record(2))
    assert spool.size == 20
    assert shipped(spool) == [record(0), record(2)]


def test_its_size_and_age_can_be_seen_from_outside(opened: Opened) -> None:
    """By whoever looks at the folder, and by the process itself."""
    spool = opened()
    put(spool, record(0))
    opened.clock.set(NOW + 60_000)
    assert (spool.size, spool.age) == (10, 60_000)
    found = look(opened.folder)
    assert (found.oldest, found.size > 10) == (NOW, True)
    assert look(opened.folder / "nowhere") == Found(0, None)
