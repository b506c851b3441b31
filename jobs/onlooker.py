"""Who looks on while durable work is done, and changes nothing about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jobs.engine import Job

Length = Callable[[], Awaitable[int]]


class Onlooker(Protocol):
    """Whoever measures; a bot that nobody measures has one that hands everything back as it is."""

    def job(self, name: str, job: Job) -> Job:
        """The same job, looked at."""

    def queue(self, length: Length) -> AbstractContextManager[None]:
        """Until the block ends, how many jobs wait or run may be asked."""
