"""A consumer over a log and a store in memory."""

import pytest

from tests.fakes.consuming import Consuming


@pytest.fixture
def shop() -> Consuming:
    return Consuming()
