"""Whatever arrives at intake is refused with a reason, or goes all the way to the store. `make fuzz` looks longer."""

import pytest
from hypothesis import settings

from tests.fuzzing.cases import CASES, case


@pytest.mark.parametrize("name", CASES)
def test_nothing_that_arrives_does_harm(name: str) -> None:
    """No body and no credentials raise anything but a refusal, and what is taken is stored."""
    settings(max_examples=200, deadline=None, derandomize=True, database=None)(case(name))()
