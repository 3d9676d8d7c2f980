"""The past of a shop under watch, as a backtest reads it: by the real calls, over the store of a test."""

from typing import Any

from analytics.learning.backtest_summary import Compared
from models.domain.policy import Policy
from models.store.queries import policies
from seatrial.backtest import reading, run
from seatrial.backtest.reading import Watched
from tests.fakes.api import serving_of
from tests.fakes.consuming import PROJECT
from tests.fakes.watching import Watching


class Asked:
    """The API of one project, as `seatrial.client.Client` has it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[str] = []

    def get(self, path: str, **query: str | int | None) -> Any:
        self.calls.append(path)
        given = {name: value for name, value in query.items() if value is not None}
        answer = self._client.get(f"/api/v1/projects/{PROJECT}{path}", params=given)
        assert answer.status_code == 200, answer.text
        return answer.json()


def past_of(shop: Watching, since: str = "1970-01-01", most: int | None = None) -> list[Watched]:
    with serving_of(shop.engine, shop.clock) as client:
        return reading.watched(Asked(client), "production", since, most)


def backtest(shop: Watching, given: Policy | None = None) -> list[Compared]:
    """Under the policy in force and another one; without another, under itself."""
    with shop.engine.connect() as connection:
        in_force = policies.current(connection, PROJECT)
    with serving_of(shop.engine, shop.clock) as client:
        past = reading.watched(Asked(client), "production", "1970-01-01", None)
        return run.compare(Asked(client), past, in_force, given or in_force, lambda _: None)
