"""Processes that die at one of their steps."""

from dataclasses import dataclass
from typing import Any

from storage.database import Database


class Died(Exception):
    """As if the process were killed."""


@dataclass
class Mortal:
    """Something of the database whose process dies before or after its n-th call."""

    inner: Any
    life: "Life"

    def __getattr__(self, name: str) -> Any:
        async def call(*args: Any, **more: Any) -> Any:
            self.life.steps()
            result = await getattr(self.inner, name)(*args, **more)
            self.life.steps()
            return result

        return call


@dataclass
class Life:
    left: int

    def steps(self) -> None:
        """Whoever is dead stays so, and clears nothing up."""
        self.left -= 1
        if self.left <= 0:
            raise Died


class MortalDatabase:
    """The database as a process sees it that dies at one of its steps."""

    def __init__(self, database: Database, life: Life) -> None:
        for name in ("surveys", "deliveries", "schedules", "pledges", "news", "contacts", "conversations"):
            setattr(self, name, Mortal(getattr(database, name), life))
