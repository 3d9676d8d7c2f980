"""The whole application for the tests that walk the protocol's tables."""

from collections.abc import Iterator

import pytest

from tests.fakes.protocol import Wire, receiving


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with receiving(tmp_path_factory.mktemp("store")) as received:
        yield received
