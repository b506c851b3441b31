"""The port to Teams' connector: each call has an outcome that says what is known, and no more."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from bot.tokens import Credentials, NoToken

log = logging.getLogger(__name__)

TIMEOUT = ClientTimeout(total=15, connect=5)
"""Seconds for one call; Teams itself gives up after about 15 (msteams-docs issue 6461)."""
ATTEMPTS = 4
"""How often `patiently` tries, as in the docs' sample: once, and three retries."""
LONGEST_PAUSE = 5.0
"""Seconds between two tries of `patiently`, since a person is waiting; asked for more, it gives up."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Teams has it."""

    id: str
    """Of the activity, or of the conversation that was opened."""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Teams did not take it now (412, 429), or could not be reached at all."""

    seconds: float | None
    """As Teams asked for; None where it did not say."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Teams will not take it; asking again does not help."""

    status: int
    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or a 5xx: it may have arrived. Sending it again could double it."""

    reason: str


Outcome = Sent | RetryAfter | Refused | Unknown


class Teams:
    """Calls the connector on one shared session. Never raises for what Teams or the network does."""

    def __init__(
        self, session: ClientSession, credentials: Credentials, trusts: Callable[[str], bool]
    ) -> None:
        self._session = session
        self._credentials = credentials
        self._trusts = trusts

    async def send(self, service_url: str, conversation_id: str, activity: Mapping[str, Any]) -> Outcome:
        """Post an activity to a conversation."""
        return await self._call("POST", service_url, _activities(conversation_id), activity)

    async def reply(
        self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, Any]
    ) -> Outcome:
        """Post an activity in answer to another one."""
        return await self._call("POST", service_url, _activities(conversation_id, activity_id), activity)

    async def update(
        self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, Any]
    ) -> Outcome:
        """Replace an activity that was sent before; repeating it is harmless."""
        return await self._call("PUT", service_url, _activities(conversation_id, activity_id), activity)

    async def open_chat(self, service_url: str, bot_id: str, tenant_id: str, member_id: str) -> Outcome:
        """The 1:1 chat with a person, by the id Teams gave them; each call leads to the same chat."""
        wish = {
            "bot": {"id": bot_id},
            "members": [{"id": member_id}],
            "isGroup": False,
            "tenantId": tenant_id,
            "channelData": {"tenant": {"id": tenant_id}},
        }
        return await self._call("POST", service_url, "conversations", wish)

    async def _call(self, method: str, service_url: str, path: str, body: Mapping[str, Any]) -> Outcome:
        if not self._trusts(service_url):
            return Refused(0, "UntrustedServiceUrl")
        try:
            headers = await self._headers()
            async with self._session.request(
                method,
                URL(f"{service_url.rstrip('/')}/v3/{path}", encoded=True),
                data=orjson.dumps(body),
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as response:
                return await _outcome(response)
        except (ClientConnectorError, NoToken) as error:
            log.warning("nothing was sent: %s", error)
            return RetryAfter(None)
        except (ClientError, TimeoutError) as error:
            return Unknown(type(error).__name__)

    async def _headers(self) -> dict[str, str]:
        token = await self._credentials.token()
        kind = {"Content-Type": "application/json"}
        return kind | {"Authorization": f"Bearer {token}"} if token else kind


async def patiently(attempt: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Try again while Teams says "later", for as long as a waiting person bears."""
    for number in range(ATTEMPTS - 1):
        outcome = await attempt()
        if not isinstance(outcome, RetryAfter) or (pause := _pause(outcome, number)) > LONGEST_PAUSE:
            return outcome
        await asyncio.sleep(pause)
    return await attempt()


def _pause(outcome: RetryAfter, number: int) -> float:
    """What Teams asked for, else a jittered doubling from half a second."""
    backoff = 0.5 * 2**number * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
    return backoff if outcome.seconds is None else outcome.seconds


async def _outcome(response: ClientResponse) -> Outcome:
    body = await response.read()
    if response.status in {412, 429}:
        return RetryAfter(_seconds(response.headers.get("Retry-After")))
    if response.status >= 500:  # noqa: PLR2004 - HTTP
        return Unknown(f"HTTP {response.status}")
    answer = _json(body)
    if not response.ok or 300 <= response.status < 400:  # noqa: PLR2004 - HTTP
        error = answer.get("error")
        return Refused(response.status, str(error.get("code", "")) if isinstance(error, dict) else "")
    return Sent(str(answer.get("id", "")))


def _seconds(retry_after: str | None) -> float | None:
    try:
        return None if retry_after is None else max(0.0, float(retry_after))
    except ValueError:
        return None


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _activities(conversation_id: str, *activity_id: str) -> str:
    """The path of a conversation's activities, or of one; ids carry colons, semicolons and at signs."""
    parts = ("conversations", conversation_id, "activities", *activity_id)
    return "/".join(quote(one, safe="") for one in parts)
