"""A bot on a port of its own, that can be stopped and started again like a process."""

from collections.abc import Callable
from typing import Self

import pytest
from aiohttp import web

from bot.serving import runner_of

on_both_databases = pytest.mark.parametrize("database_url", ["sqlite_url", "postgresql_url"], indirect=True)


class RunningBot:
    """Each start builds the app anew, on the same port: only what is stored outlives a restart."""

    def __init__(self, make_app: Callable[[], web.Application]) -> None:
        self._make_app = make_app
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def urls(self) -> tuple[str, ...]:
        return (self.url,)

    async def __aenter__(self) -> Self:
        self._runner = runner_of(self._make_app(), turns_end_within=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def restarts(self) -> None:
        await self.__aexit__()
        await self.__aenter__()
