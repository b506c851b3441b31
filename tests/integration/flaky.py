"""A database that goes away in the worst moments."""

from collections.abc import Awaitable, Callable
from typing import Any

Method = Callable[..., Awaitable[Any]]


def fails_afterwards(method: Method) -> Method:
    """Does what it does and cannot say so."""

    async def call(*args: Any, **more: Any) -> Any:
        await method(*args, **more)
        raise OSError("the database is away")

    return call


def fails_twice(method: Method) -> Method:
    """Does nothing at its first two calls."""
    left = [2]

    async def call(*args: Any, **more: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise OSError("the database is away")
        return await method(*args, **more)

    return call
