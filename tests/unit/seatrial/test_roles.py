"""What a process asks of the system for its connections."""

import resource
from collections.abc import Iterator

import pytest

from seatrial.roles import OTHER_DESCRIPTORS, _raise_descriptors


@pytest.fixture
def limit() -> Iterator[tuple[int, int]]:
    """The limit of this process, which is set back afterwards."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_limit_of_open_files_is_raised_for_the_connections(limit: tuple[int, int]) -> None:
    """As far as the system allows; beyond that there are fewer connections."""
    _, hard = limit
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    assert _raise_descriptors(300) == 300
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 300 + OTHER_DESCRIPTORS
    assert _raise_descriptors(100) == 100
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 300 + OTHER_DESCRIPTORS
    if hard != resource.RLIM_INFINITY:
        assert _raise_descriptors(hard) == hard - OTHER_DESCRIPTORS
