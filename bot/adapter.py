"""botbuilder's CloudAdapter on our own token check and our own port to Teams.

Stock botbuilder builds two clients and asks for a token on every turn; what it needs of them is small and
public: a `BotFrameworkAuthentication`, a `ConnectorFactory`, and a client with `conversations`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, ResourceResponse
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
)

from bot.messages import as_json
from bot.settings import Settings
from bot.teams import Teams, patiently
from bot.tokens import TokenCheck
from jobs.port import Outcome, Sent


class NotSent(Exception):
    """Teams did not take a reply."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class _Replies:
    """The part of botbuilder's connector client that a turn uses."""

    def __init__(self, teams: Teams, service_url: str) -> None:
        self._teams = teams
        self._url = service_url
        self.conversations = self  # where botbuilder looks for the methods below

    async def send_to_conversation(self, conversation_id: str, activity: Activity) -> ResourceResponse:
        message = as_json(activity)
        return await _sent(lambda: self._teams.send(self._url, conversation_id, message))

    async def reply_to_activity(
        self, conversation_id: str, activity_id: str, activity: Activity
    ) -> ResourceResponse:
        message = as_json(activity)
        return await _sent(lambda: self._teams.reply(self._url, conversation_id, activity_id, message))

    async def update_activity(
        self, conversation_id: str, activity_id: str, activity: Activity
    ) -> ResourceResponse:
        message = as_json(activity)
        return await _sent(lambda: self._teams.update(self._url, conversation_id, activity_id, message))


class _Connectors(ConnectorFactory):
    def __init__(self, teams: Teams) -> None:
        self._teams = teams

    async def create(self, service_url: str, audience: str) -> Any:  # noqa: ARG002 - botbuilder's signature
        return _Replies(self._teams, service_url)


class TeamsAuthentication(BotFrameworkAuthentication):
    """What botbuilder asks about identities, answered by `TokenCheck`; everybody is let in in local mode."""

    def __init__(self, settings: Settings, check: TokenCheck, teams: Teams) -> None:
        self._settings = settings
        self._check = check
        self._connectors = _Connectors(teams)

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        """Check the token of a request. Raises PermissionError, or KeysUnavailable."""
        claims: dict[str, Any] = {}
        if not self._settings.is_local:
            claims = await self._check.claims(auth_header, activity.channel_id, activity.service_url)
        result = AuthenticateRequestResult()
        result.audience = self._settings.oauth_scope
        result.claims_identity = ClaimsIdentity(claims, is_authenticated=True)
        result.connector_factory = self._connectors
        return result

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:  # noqa: ARG002
        """The way out, the same for every identity."""
        return self._connectors

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> Any:  # noqa: ARG002
        """None: the bot signs nobody in."""
        return None

    async def authenticate_streaming_request(
        self,
        auth_header: str,  # noqa: ARG002 - botbuilder's signature
        channel_id_header: str,  # noqa: ARG002 - botbuilder's signature
    ) -> NoReturn:
        """Refuse: Teams speaks plain HTTP."""
        raise PermissionError("streaming connections are not offered")


def teams_adapter(settings: Settings, check: TokenCheck, teams: Teams) -> CloudAdapter:
    """An adapter whose turns create no client, no credential and no thread."""
    return CloudAdapter(TeamsAuthentication(settings, check, teams))


async def _sent(attempt: Callable[[], Awaitable[Outcome]]) -> ResourceResponse:
    """What botbuilder wants to hear of a reply. Raises NotSent."""
    outcome = await patiently(attempt)
    if not isinstance(outcome, Sent):
        raise NotSent(outcome)
    return ResourceResponse(id=outcome.id)
