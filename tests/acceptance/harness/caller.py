"""Calls the stand-in connector directly, to try what it takes and what it refuses."""

from typing import Any, NamedTuple

from aiohttp import ClientResponse, ClientSession
from yarl import URL

from tests.acceptance.connector import Connector
from tests.acceptance.directory import HOME_TENANT, Person

ADA = Person("Ada Lovelace")
BO = Person("Bo Diddley")
HELLO = {"type": "message", "text": "Hello"}


class Answer(NamedTuple):
    status: int
    code: str
    body: dict[str, Any]
    retry_after: str | None = None


class Caller:
    """Calls the connector as a bot does."""

    def __init__(self, connector: Connector, session: ClientSession) -> None:
        self._connector = connector
        self._session = session

    async def sends(self, chat: str, activity: Any = HELLO, **how: Any) -> Answer:
        return await self.calls("POST", f"v3/conversations/{chat}/activities", json=activity, **how)

    async def replies(self, chat: str, id_: str, activity: Any = HELLO) -> Answer:
        return await self.calls("POST", f"v3/conversations/{chat}/activities/{id_}", json=activity)

    async def updates(self, chat: str, id_: str, activity: Any = HELLO) -> Answer:
        return await self.calls("PUT", f"v3/conversations/{chat}/activities/{id_}", json=activity)

    async def creates(self, person: Person, tenant_id: str = HOME_TENANT, **more: Any) -> Answer:
        wish = {"isGroup": False, "members": [{"id": person.id}], "tenantId": tenant_id, **more}
        return await self.calls("POST", "v3/conversations", json=wish)

    async def posts(self, channel_id: str, activity: Any = HELLO) -> Answer:
        wish = {"isGroup": True, "channelData": {"channel": {"id": channel_id}}, "activity": activity}
        return await self.calls("POST", "v3/conversations", json=wish)

    async def roster(self, place: str, **query: str) -> Answer:
        return await self.calls("GET", f"v3/conversations/{place}/pagedmembers", params=query)

    async def calls(self, method: str, path: str, **how: Any) -> Answer:
        url = URL(self._connector.service_url + path)
        async with self._session.request(method, url, **how) as response:
            return await _read(response)


async def _read(response: ClientResponse) -> Answer:
    body = await response.json()
    return Answer(
        response.status, body.get("error", {}).get("code", ""), body, response.headers.get("Retry-After")
    )
