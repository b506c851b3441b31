"""The check of incoming tokens, with keys of its own and one token that is good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Self, cast
from urllib.parse import urlsplit

from aiohttp import ClientSession

from bot.settings import Settings
from bot.tokens import TokenCheck
from tests.acceptance.tokens import Issuer

APP = "6f9c1a52-3d7e-4b80-9a14-2c5e8d7b0f31"
SERVICE = "https://smba.trafficmanager.net/emea/"


class Publisher:
    """In place of a session to the server that publishes the keys."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._found: Any = None

    @asynccontextmanager
    async def get(self, url: str, **_: object) -> AsyncIterator[Self]:
        self._found = self._issuer.answer("GET", urlsplit(url).path)
        yield self

    async def json(self, **_: object) -> Any:
        return self._found


@dataclass(frozen=True)
class Gate:
    """`good` is the header that opens it, and `claims` what its token says."""

    issuer: Issuer
    check: TokenCheck
    runner: asyncio.Runner
    good: bytes
    claims: dict[str, Any]

    def opens_to(self, header: bytes) -> dict[str, Any]:
        """The claims of the token in this header. Raises PermissionError."""
        return self.runner.run(self.check.claims(header.decode("latin-1"), "msteams", SERVICE))


@cache
def gate() -> Gate:
    issuer, runner = Issuer(APP, SERVICE), asyncio.Runner()
    metadata = issuer.environment()["TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL"]
    settings = Settings(app_id=APP, app_password="x", app_tenant_id=APP, openid_metadata_url=metadata)
    check, header = TokenCheck(cast("ClientSession", Publisher(issuer)), settings), f"Bearer {issuer.token()}"
    claims = runner.run(check.claims(header, "msteams", SERVICE))
    return Gate(issuer, check, runner, header.encode(), claims)
