"""The port to Teams' connector: each call has an outcome that says what is known, and no more."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote

import orjson
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)
from yarl import URL

from assessment.survey import Member
from bot.messages import as_json, card_activity
from bot.overload import waits_for_teams
from bot.settings import is_loopback
from bot.tokens import Credentials, NoToken
from cards.elements import Card
from dialogs.turn import RosterUnavailable
from jobs.port import Outcome, Refused, RetryAfter, Sent, Unknown
from storage.conversations import Conversation
from storage.surveys import Home, Post

log = logging.getLogger(__name__)

TIMEOUT = ClientTimeout(total=15, connect=5)
"""Seconds for one call; Teams itself gives up after about 15 (msteams-docs issue 6461)."""
ATTEMPTS = 4
"""How often `patiently` tries, as in the docs' sample: once, and three retries."""
LONGEST_PAUSE = 5.0
"""Seconds between two tries of `patiently`, since a person is waiting; asked for more, it gives up."""

LONGEST_WAIT = 600.0
"""Seconds that Teams may ask for; a longer wait is taken as this one."""

PAGE = 500
"""Members asked for at once; Teams gives no more."""

UPLOAD_TIMEOUT = ClientTimeout(total=60, connect=5)
"""Seconds for handing over a file."""
FILE_HOSTS = ("sharepoint.com", "sharepoint.us", "sharepoint-mil.us", "svc.ms")
"""Where people's files live, in the public and the government clouds."""

IDS_KEPT = 1_000
"""Of conversations, as they stand in a path: who writes goes on writing in the same chat."""

_Answer = dict[str, Any] | RetryAfter | Refused | Unknown
_T = TypeVar("_T")


class Teams:
    """Calls the connector on one shared session. Only a roster raises for what Teams or the network does."""

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

    async def send_card(self, home: Conversation, card: Card) -> Outcome:
        """Send a card to a conversation."""
        return await self.send(home.service_url, home.id, as_json(card_activity(card)))

    async def edit_card(self, service_url: str, post: Post, card: Card) -> Outcome:
        """Replace a card that was sent before; repeating it is harmless."""
        message = as_json(card_activity(card))
        return await self.update(service_url, post.conversation_id, post.activity_id, message)

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

    async def post_card(self, home: Home, channel_id: str, card: Card) -> Outcome | Post:
        """Begin a new thread in a channel. Unknown where Teams does not say which thread it became."""
        wish = {
            "bot": {"id": home.bot_id},
            "isGroup": True,
            "channelData": {"channel": {"id": channel_id}, "tenant": {"id": home.team.tenant_id}},
            "activity": as_json(card_activity(card)),
        }
        answer = await self._ask("POST", home.service_url, "conversations", wish)
        if not isinstance(answer, dict):
            return answer
        thread, activity_id = answer.get("id"), answer.get("activityId")
        return Post(str(thread), str(activity_id)) if thread and activity_id else Unknown("NoIds")

    async def roster(self, home: Home) -> AsyncIterator[Sequence[Member]]:
        """A team's members, page by page; somebody may be on two pages. Raises RosterUnavailable."""
        members = f"conversations/{quote(home.team.id, safe='')}/pagedmembers?pageSize={PAGE}"
        path, tokens = members, {""}
        while True:
            page = await self._page(home, path)
            yield [_member(one) for one in page["members"]]
            token = str(page.get("continuationToken") or "")
            if not token:
                return
            if token in tokens:
                raise RosterUnavailable("EndlessRoster")
            tokens.add(token)
            path = f"{members}&continuationToken={quote(token, safe='')}"

    async def team_name(self, home: Home) -> str:
        """What a team is called; "" where Teams does not say."""
        answer = await self._ask("GET", home.service_url, f"teams/{quote(home.team.id, safe='')}")
        return str(answer.get("name") or "") if isinstance(answer, dict) else ""

    async def upload(self, url: str, content: bytes, content_type: str) -> Outcome:
        """Hand a file over to the address that Teams gave for it, which needs no token and gets none."""
        if not self._keeps_files(url):
            return Refused(0, "UntrustedUploadUrl")
        last = len(content) - 1
        headers = {"Content-Type": content_type, "Content-Range": f"bytes 0-{last}/{len(content)}"}
        return _sent(await self._exchange("PUT", url, headers, content, within=UPLOAD_TIMEOUT))

    def _keeps_files(self, url: str) -> bool:
        try:
            parts = URL(url, encoded=True)
            host = parts.host or ""
        except ValueError:
            return False
        if is_loopback(host):
            return self._trusts(url)
        return parts.scheme == "https" and any(f".{host}".endswith(f".{one}") for one in FILE_HOSTS)

    async def _page(self, home: Home, path: str) -> dict[str, Any]:
        """One page of a roster. Raises RosterUnavailable."""
        page = await patiently(lambda: self._ask("GET", home.service_url, path))
        if not isinstance(page, dict):
            raise RosterUnavailable(_why(page))
        members = page.get("members")
        if not isinstance(members, list) or not all(isinstance(one, dict) for one in members):
            raise RosterUnavailable("NoMembers")
        return page

    async def _call(self, method: str, service_url: str, path: str, body: Mapping[str, Any]) -> Outcome:
        return _sent(await self._ask(method, service_url, path, body))

    async def _ask(
        self, method: str, service_url: str, path: str, body: Mapping[str, Any] | None = None
    ) -> _Answer:
        """What the connector answers, or why it does not."""
        waits_for_teams()
        if not self._trusts(service_url):
            return Refused(0, "UntrustedServiceUrl")
        try:
            headers = await self._headers()
        except NoToken as error:
            log.warning("nothing was sent: %s", error)
            return RetryAfter(None)
        content = None if body is None else orjson.dumps(body)
        answer = await self._exchange(method, f"{service_url.rstrip('/')}/v3/{path}", headers, content)
        if isinstance(answer, Refused) and answer.status == 401:  # noqa: PLR2004 - HTTP
            log.warning(
                "nothing was sent: Teams does not accept the bot's token (%s); "
                "check that the Azure Bot has MicrosoftAppId and MicrosoftAppTenantId, "
                "and in a government cloud TO_CHANNEL_FROM_BOT_OAUTH_SCOPE",
                _why(answer),
            )
            return RetryAfter(None)
        return answer

    async def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        within: ClientTimeout = TIMEOUT,
    ) -> _Answer:
        try:
            async with self._session.request(
                method,
                URL(url, encoded=True),
                data=content,
                headers=headers,
                timeout=within,
                allow_redirects=False,
            ) as response:
                return await _answer(response)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            log.warning("nothing was sent: %s", error)
            return RetryAfter(None)
        except (ClientError, TimeoutError) as error:
            return Unknown(type(error).__name__)

    async def _headers(self) -> dict[str, str]:
        token = await self._credentials.token()
        kind = {"Content-Type": "application/json"}
        return kind | {"Authorization": f"Bearer {token}"} if token else kind


async def patiently(attempt: Callable[[], Awaitable[_T]]) -> _T:
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


async def _answer(response: ClientResponse) -> _Answer:
    body = await response.read()
    if response.status in {412, 429}:
        return RetryAfter(_seconds(response.headers.get("Retry-After")))
    if response.status >= 500:  # noqa: PLR2004 - HTTP
        return Unknown(f"HTTP {response.status}")
    answer = _json(body)
    if not response.ok or 300 <= response.status < 400:  # noqa: PLR2004 - HTTP
        error = answer.get("error")
        return Refused(response.status, str(error.get("code", "")) if isinstance(error, dict) else "")
    return answer


def _sent(answer: _Answer) -> Outcome:
    return Sent(str(answer.get("id", ""))) if isinstance(answer, dict) else answer


def _why(failure: RetryAfter | Refused | Unknown) -> str:
    """A code, such as Teams' own, that a lead can pass on to an admin."""
    match failure:
        case Refused(status, code):
            return f"{status} {code}".strip()
        case Unknown(reason):
            return reason
    return "NotNow"


def _member(said: Mapping[str, Any]) -> Member:
    """Somebody on a roster. Teams has called the object id by two names; a guest's is told in two ways."""
    object_id = str(said.get("aadObjectId") or said.get("objectId") or "").lower()
    return Member(
        id=str(said.get("id") or ""),
        object_id=object_id or None,
        name=str(said.get("name") or ""),
        is_guest=said.get("userRole") == "guest" or "#EXT#" in str(said.get("userPrincipalName")).upper(),
    )


def _seconds(retry_after: str | None) -> float | None:
    try:
        seconds = math.nan if retry_after is None else float(retry_after)
    except ValueError:
        return None
    return None if math.isnan(seconds) else min(max(0.0, seconds), LONGEST_WAIT)


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _activities(conversation_id: str, *activity_id: str) -> str:
    """The path of a conversation's activities, or of one; ids carry colons, semicolons and at signs."""
    return "/".join(
        (_conversation(conversation_id), "activities", *(quote(one, safe="") for one in activity_id))
    )


@lru_cache(IDS_KEPT)
def _conversation(id: str) -> str:  # noqa: A002 - it is one
    return f"conversations/{quote(id, safe='')}"
