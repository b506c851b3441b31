"""A bot that nobody watches: everything is the thing itself."""

from bot.handler import Ending
from bot.watching import Unwatched


async def test_nothing_stands_around_anything() -> None:
    """No middleware, no hook in the session, no other function in the place of one."""
    watch = Unwatched()

    async def on_turn(_: object) -> Ending:
        return "answered"

    async def job(*_: str | int) -> None:
        pass

    assert (watch.middlewares, watch.trace_configs) == ((), None)
    assert watch.turns(on_turn) is on_turn
    assert watch.job("part", job) is job
