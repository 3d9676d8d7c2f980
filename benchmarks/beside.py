"""What goes on beside a measurement, in a process of its own."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from typing import Any


@contextmanager
def beside(work: Callable[..., None], *told: Any) -> Iterator[None]:
    """``work(*told, begun, done)`` says by ``begun`` that it goes on, and goes on until ``done``."""
    context = multiprocessing.get_context("spawn")
    begun: Event = context.Event()
    done: Event = context.Event()
    process = context.Process(target=work, args=(*told, begun, done))
    process.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        process.join()
