"""An answer in time: looks at a store that may hang, in threads that nothing else needs."""

from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio import CapacityLimiter, to_thread

Result = TypeVar("Result")


async def soon(look: Callable[[], Result], seconds: float, limiter: CapacityLimiter) -> Result | None:
    """What ``look`` finds in a thread; None if that takes too long. What it raises is raised.

    ``limiter``: its own for each kind of call, so that one whose store hangs does not take the threads of another.
    """
    with anyio.move_on_after(seconds):
        return await to_thread.run_sync(look, abandon_on_cancel=True, limiter=limiter)
    return None
