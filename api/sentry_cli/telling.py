"""One write of what sentry-cli tells."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api.rest.asking import Asked
from models.store.queries.release_telling import Teller

Told = TypeVar("Told")


def write(asked: Asked, work: Callable[[Connection, Teller], Told]) -> Told:
    """What ``work`` gives, in one transaction.

    Parallel jobs of one pipeline tell the same release at once: who comes second finds it there, and tries again.
    """
    teller = Teller(asked.project, asked.by, asked.services.clock.now())
    try:
        return _write(asked, work, teller)
    except IntegrityError:
        return _write(asked, work, teller)


def _write(asked: Asked, work: Callable[[Connection, Teller], Told], teller: Teller) -> Told:
    with asked.services.writing() as connection:
        return work(connection, teller)
