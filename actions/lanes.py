"""A few threads for one sort of work, at most one piece of work for each project at a time.

So a receiver that does not answer holds up one thread, and nobody else's work.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Lane:
    """Used by one thread, which starts the work."""

    def __init__(self, name: str, threads: int) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._running: dict[str, Future[int]] = {}

    @property
    def busy(self) -> frozenset[str]:
        """The projects whose work is not done yet."""
        self._running = {project: future for project, future in self._running.items() if not future.done()}
        return frozenset(self._running)

    @property
    def free(self) -> int:
        return self._threads - len(self.busy)

    def start(self, project: str, work: Callable[[], int]) -> Future[int]:
        self._running[project] = self._pool.submit(work)
        return self._running[project]

    def close(self) -> None:
        """Wait for what is in hand."""
        self._pool.shutdown()
