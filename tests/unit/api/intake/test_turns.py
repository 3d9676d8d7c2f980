"""Turns by what each project has cost, on a clock that only work moves."""

import asyncio
import gc
import weakref
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest

from api.intake.fairness.turns import Turns
from api.intake.refusal import Refusal


class Work:
    """Jobs of a known cost, and in which order they were done."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.done: list[str] = []
        self.turns = Turns(lambda: self.spent)

    def job(self, name: str, cost: float, *, refused: bool = False) -> Callable[[], str]:
        def work() -> str:
            self.spent += cost
            self.done.append(name)
            if refused:
                raise Refusal(400, "garbage")
            return name

        return work

    async def flood(self, name: str, cost: float, many: int, *, refused: bool = False) -> None:
        """As many at once."""
        job = self.job(name, cost, refused=refused)
        await asyncio.gather(*(self.turns.run(name, job) for _ in range(many)), return_exceptions=True)

    def play(self, *floods: tuple[str, float, int, bool]) -> None:
        async def all_at_once() -> None:
            await asyncio.gather(*(self.flood(name, cost, many, refused=bad) for name, cost, many, bad in floods))

        asyncio.run(all_at_once())


def test_two_projects_alternate_however_much_one_sends() -> None:
    """Ten requests of one are done before twelve of another that sent a thousand before them."""
    work = Work()
    work.play(("noisy", 1.0, 1_000, False), ("quiet", 1.0, 10, False))
    until_quiet_is_done = len(work.done) - work.done[::-1].index("quiet")
    assert Counter(work.done[:until_quiet_is_done])["noisy"] <= 11


def test_costs_are_shared_and_not_numbers() -> None:
    """A bomb of fifty times the work gets a fiftieth of the turns."""
    work = Work()
    work.play(("bombs", 50.0, 100, False), ("quiet", 1.0, 500, False))
    until_quiet_is_done = len(work.done) - work.done[::-1].index("quiet")
    assert Counter(work.done[:until_quiet_is_done])["bombs"] <= 11


def test_after_a_refusal_a_project_rests() -> None:
    """It gets no further turn before the loop had as much time for others, whether they wait already or not."""
    work = Work()

    async def garbage_then_others() -> None:
        flood = asyncio.create_task(work.flood("garbage", 0.05, 2, refused=True))
        while not work.done:  # noqa: ASYNC110 - until it has had its first turn
            await asyncio.sleep(0)
        for _ in range(20):
            await work.turns.run("quiet", work.job("quiet", 0.0))
        await flood

    asyncio.run(garbage_then_others())
    assert work.done == ["garbage", *["quiet"] * 20, "garbage"]


def test_a_result_can_be_a_refusal() -> None:
    """As one that was limited, though part of it was taken."""
    work = Work()

    async def limited_then_others() -> None:
        limited = [
            asyncio.create_task(work.turns.run("noisy", work.job("noisy", 0.05), lambda name: name == "noisy"))
            for _ in range(2)
        ]
        while not work.done:  # noqa: ASYNC110 - until it has had its first turn
            await asyncio.sleep(0)
        await work.turns.run("quiet", work.job("quiet", 0.0))
        await work.turns.run("quiet", work.job("quiet", 0.0))
        await asyncio.gather(*limited)

    asyncio.run(limited_then_others())
    assert work.done == ["noisy", "quiet", "quiet", "noisy"]


def test_results_and_errors_come_back_to_those_who_asked() -> None:
    """Each gets its own."""
    work = Work()

    async def both() -> None:
        assert await work.turns.run("shop", work.job("fine", 1.0)) == "fine"
        with pytest.raises(Refusal):
            await work.turns.run("shop", work.job("bad", 1.0, refused=True))

    asyncio.run(both())


def test_a_request_that_went_away_is_not_worked_on() -> None:
    """Its client hung up while it waited: its turn goes to the next."""
    work = Work()

    async def hang_up() -> None:
        gone = asyncio.create_task(work.turns.run("shop", work.job("gone", 1.0)))
        stays = asyncio.create_task(work.turns.run("shop", work.job("stays", 1.0)))
        await asyncio.sleep(0)
        gone.cancel()
        await stays

    asyncio.run(hang_up())
    assert work.done == ["stays"]


def test_what_a_refused_request_had_in_hand_is_let_go() -> None:
    """At once, by counting references: with a flood of bombs, whatever waits for the garbage collector fills memory."""
    turns, bombs = Turns(), []

    class Bomb:
        pass

    def work() -> None:
        bomb = Bomb()
        bombs.append(weakref.ref(bomb))
        raise Refusal(413, "too large")

    async def refused() -> None:
        for _ in range(3):
            with suppress(Refusal):
                await turns.run("shop", work)

    gc.disable()
    try:
        asyncio.run(refused())
        assert [bomb() for bomb in bombs] == [None] * 3
    finally:
        gc.enable()
