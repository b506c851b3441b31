"""botbuilder for Python as its samples use it: it echoes a message, and answers a press with a card.

Its `CloudAdapter.process` answers 500 to every press of a card, so presses go around it, by the two calls it
consists of. Its own clients, pipeline and serialisers do all the work.
"""

import os
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from botbuilder.core import ActivityHandler, InvokeResponse, MessageFactory, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import Activity
from botframework.connector.auth import MicrosoftAppCredentials, PasswordServiceClientCredentialFactory

CARD = orjson.loads(Path(os.environ["CARD"]).read_bytes())


class _Config:
    APP_ID = os.environ.get("APP_ID", "")
    APP_PASSWORD = ""
    APP_TYPE = "MultiTenant"
    TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL = os.environ.get("TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL")
    TO_BOT_FROM_CHANNEL_TOKEN_ISSUER = os.environ.get("TO_BOT_FROM_CHANNEL_TOKEN_ISSUER")
    TO_BOT_FROM_EMULATOR_OPENID_METADATA_URL = os.environ.get("TO_BOT_FROM_EMULATOR_OPENID_METADATA_URL")
    TO_CHANNEL_FROM_BOT_LOGIN_URL = os.environ.get("TO_CHANNEL_FROM_BOT_LOGIN_URL")
    TO_CHANNEL_FROM_BOT_OAUTH_SCOPE = os.environ.get("TO_CHANNEL_FROM_BOT_OAUTH_SCOPE")
    OAUTH_URL = os.environ.get("OAUTH_URL")


class _MadeUp(MicrosoftAppCredentials):
    def get_access_token(self, force_refresh: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002 - theirs
        return "made up for the benchmark"


class _Credentials(PasswordServiceClientCredentialFactory):
    """Stock asks Entra at every turn; that is left out, since it would be the most of what is measured."""

    async def create_credentials(self, app_id: str, *_: Any, **__: Any) -> Any:
        return _MadeUp(app_id, "") if app_id else MicrosoftAppCredentials.empty()


class Echo(ActivityHandler):
    """The sample, and a card."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Say it again."""
        await turn_context.send_activity(MessageFactory.text(f"Echo: {turn_context.activity.text}"))

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:  # noqa: ARG002 - theirs
        """Answer with the card."""
        kind = "application/vnd.microsoft.card.adaptive"
        return InvokeResponse(status=200, body={"statusCode": 200, "type": kind, "value": CARD})


AUTH = ConfigurationBotFrameworkAuthentication(_Config, credentials_factory=_Credentials(_Config.APP_ID))
ADAPTER = CloudAdapter(AUTH)
BOT = Echo()


async def _message(request: web.Request) -> web.Response:
    response = await ADAPTER.process(request, BOT)
    return response or web.Response()


async def _invoke(request: web.Request) -> web.Response:
    activity = Activity().deserialize(await request.json())
    identity = await AUTH.authenticate_request(activity, request.headers.get("Authorization", ""))
    answer = await ADAPTER.process_activity(identity, activity, BOT.on_turn)
    return web.json_response(answer.body, status=answer.status)


async def _ready(_: web.Request) -> web.Response:
    return web.Response()


if __name__ == "__main__":
    app = web.Application()
    app.router.add_post("/api/messages", _message)
    app.router.add_post("/api/invokes", _invoke)
    app.router.add_get("/readyz", _ready)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None, access_log=None)
