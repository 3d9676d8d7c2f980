"""Installations of Seatrial on both tiers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.installation import Installation
from tests.real.topics import delete_topics

Install = Callable[..., Installation]
TIERS = ("embedded", "kafka and postgresql")


@pytest.fixture(params=TIERS)
def tier(request: pytest.FixtureRequest) -> dict[str, str]:
    """The addresses of log and store: none for the embedded default."""
    if request.param == "embedded":
        return {}
    broker = request.getfixturevalue("kafka")
    store = request.getfixturevalue("fresh_database")
    delete_topics(broker.bootstrap)
    return {"log": f"kafka://{broker.bootstrap}", "store": store}


@pytest.fixture
def seatrial(tier: dict[str, str], tmp_path: Path) -> Iterator[Installation]:
    """`seatrial up`, ready, on each tier."""
    installation = Installation(tmp_path, tier.get("log", ""), tier.get("store", ""))
    installation.start()
    yield installation
    installation.stop()
