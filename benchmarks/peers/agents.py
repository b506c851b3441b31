"""The Microsoft 365 Agents SDK for Python as its samples use it: an echo, and a card for a press."""

import os
from pathlib import Path
from typing import Any, NoReturn

import orjson
from aiohttp import web
from microsoft_agents.activity import InvokeResponse
from microsoft_agents.hosting.aiohttp import CloudAdapter, jwt_authorization_middleware
from microsoft_agents.hosting.core import (
    AccessTokenProviderBase,
    ActivityHandler,
    AgentAuthConfiguration,
    ConnectionManager,
    TurnContext,
)
from microsoft_agents.hosting.core.authorization._entra_issuers import BOTFRAMEWORK_JWKS_URIS

CARD = orjson.loads(Path(os.environ["CARD"]).read_bytes())


class _MadeUp(AccessTokenProviderBase):
    """A token towards Teams, without asking Entra for it."""

    def __init__(self, configuration: AgentAuthConfiguration) -> None:
        self._configuration = configuration

    @property
    def configuration(self) -> AgentAuthConfiguration:
        return self._configuration

    def get_token_credential(self) -> NoReturn:
        raise LookupError("tokens are made up here, so there is no credential behind them")

    async def get_access_token(self, *_: Any, **__: Any) -> str:
        return "made up for the benchmark"


class Echo(ActivityHandler):
    """The sample, and a card."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Say it again."""
        await turn_context.send_activity(f"Echo: {turn_context.activity.text}")

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:  # noqa: ARG002 - theirs
        """Answer with the card; its own reading of a press refuses what Teams leaves null."""
        kind = "application/vnd.microsoft.card.adaptive"
        return InvokeResponse(status=200, body={"statusCode": 200, "type": kind, "value": CARD})


APP_ID = os.environ.get("APP_ID", "")
CONFIGURATION = AgentAuthConfiguration(
    client_id=APP_ID or None,
    tenant_id="common",
    client_secret="",
    connection_name="SERVICE_CONNECTION",
    anonymous_allowed=not APP_ID,
)
ADAPTER = CloudAdapter(
    connection_manager=ConnectionManager(
        provider_factory=_MadeUp, connections_configurations={"SERVICE_CONNECTION": CONFIGURATION}
    )
)
BOT = Echo()


async def _turn(request: web.Request) -> web.StreamResponse:
    return await ADAPTER.process(request, BOT) or web.Response()


async def _ready(_: web.Request) -> web.Response:
    return web.Response()


@web.middleware
async def _guarded(request: web.Request, handler: Any) -> web.StreamResponse:
    if request.path == "/readyz":
        return await handler(request)
    return await jwt_authorization_middleware(request, handler)


if __name__ == "__main__":
    if "KEYS_URL" in os.environ:
        # Where keys are is a constant of the SDK.
        BOTFRAMEWORK_JWKS_URIS[os.environ["ISSUER"]] = os.environ["KEYS_URL"]
    app = web.Application(middlewares=[_guarded])
    app["agent_configuration"] = CONFIGURATION
    app.router.add_post("/api/messages", _turn)
    app.router.add_get("/readyz", _ready)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None, access_log=None)
