"""Events that are kept whole."""

import json
import zlib

import pytest

from models.store.samples import pack, unpack

EVENT = {"event_id": "0" * 32, "extra": {"deep": [1, 2.5, None, True, "ä"]}}


def test_an_event_comes_back_as_it_was() -> None:
    """Packing loses nothing."""
    assert unpack(pack(EVENT)) == EVENT


def test_a_number_of_any_length_is_kept() -> None:
    """A whole number beyond 64 bits is no reason to lose an event; it comes back as JSON holds it."""
    assert json.dumps(2**80) in json.dumps(unpack(pack({"extra": 2**80})))


def test_what_an_older_version_stored_is_still_read() -> None:
    """Samples were kept by zlib before."""
    assert unpack(zlib.compress(json.dumps(EVENT).encode(), 1)) == EVENT


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_what_repeats_takes_less(size: int) -> None:
    """It is compressed at all."""
    assert len(pack({"extra": "x" * size})) < size / 5
