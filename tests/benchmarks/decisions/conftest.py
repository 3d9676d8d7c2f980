"""Episodes of the benchmark's cells."""

from collections.abc import Callable
from functools import lru_cache

import pytest

from benchmarks.decisions.cells import CELLS
from benchmarks.decisions.draw import draw
from benchmarks.decisions.streams import Episode

Drawn = Callable[[str, int], Episode]


@pytest.fixture(scope="session")
def drawn() -> Drawn:
    """Episodes by the cell's name and the number of releases; the last few are kept, of some 20 MB each."""
    return lru_cache(maxsize=6)(lambda name, releases: draw(CELLS[name], 7, releases))
