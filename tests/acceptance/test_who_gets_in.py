"""Who gets in: each request that Teams never sends, its exact status, and that nothing comes of it."""

import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector, web

from bot import tokens
from bot.tokens import EntraCredentials
from tests.acceptance.colleagues import has_the_app
from tests.acceptance.connector import Connector
from tests.acceptance.device import Door
from tests.acceptance.directory import HOME_TENANT, Directory, Person
from tests.acceptance.ledger import comes_true, invitations
from tests.acceptance.running import RunningBot
from tests.acceptance.surveys import HERE, a_team, rehearses
from tests.acceptance.teams import Teams
from tests.acceptance.tokens import BAD_TOKENS, Issuer
from tests.everything import KEYS, execute, tables

Json = dict[str, Any]

ADA = "Ada Lovelace"
ELSEWHERE = "11111111-2222-4333-8444-555555555555"

NO_TOKEN = (401, "Unauthorized", "no valid token")
NO_TENANT = (403, "Forbidden", "this tenant is not allowed")
NO_HOST = (403, "Forbidden", "this service URL is not allowed")
NO_CHANNEL = (403, "Forbidden", "this channel is not allowed")

BAD_HEADERS: dict[str, Callable[[Issuer], Mapping[str, str]]] = {
    "no header": lambda _: {},
    "an empty header": lambda _: {"Authorization": ""},
    "another scheme": lambda issuer: {"Authorization": f"Basic {issuer.token()}"},
    "the scheme alone": lambda _: {"Authorization": "Bearer "},
    "the token alone": lambda issuer: {"Authorization": issuer.token()},
    "the token in the address's way": lambda issuer: {"X-Authorization": f"Bearer {issuer.token()}"},
    "two tokens": lambda issuer: {"Authorization": f"Bearer {issuer.token()} {issuer.token()}"},
}

TENANT_OF_ANOTHER = {"conversation": {"tenantId": ELSEWHERE}, "channelData": {"tenant": {"id": ELSEWHERE}}}

BAD_ACTIVITIES: dict[str, tuple[tuple[int, str, str], Json]] = {
    "of a foreign tenant": (NO_TENANT, TENANT_OF_ANOTHER),
    "of two tenants": (NO_TENANT, {"channelData": {"tenant": {"id": ELSEWHERE}}}),
    "of no tenant": (NO_TENANT, {"conversation": {"tenantId": None}, "channelData": None}),
    "of a tenant that is no text": (
        NO_TENANT,
        {"channelData": {"tenant": {"id": [HOME_TENANT]}}} | {"conversation": {"tenantId": None}},
    ),
    "with a service URL elsewhere": (NO_HOST, {"serviceUrl": "https://evil.example/"}),
    "with a service URL that only begins well": (
        NO_HOST,
        {"serviceUrl": "https://smba.trafficmanager.net.evil.example/"},
    ),
    "with a service URL that only ends well": (NO_HOST, {"serviceUrl": "https://xsmba.trafficmanager.net/"}),
    "with a service URL of another port's user": (
        NO_HOST,
        {"serviceUrl": "https://smba.trafficmanager.net@evil.example/"},
    ),
    "with a service URL without TLS": (NO_HOST, {"serviceUrl": "http://smba.trafficmanager.net/teams/"}),
    "with a service URL that is no address": (NO_HOST, {"serviceUrl": "https://[::1"}),
    "of another channel": (NO_CHANNEL, {"channelId": "webchat"}),
}
"""Signed by Teams, for the service URL that the activity has."""


@pytest.fixture
def more_settings(issuer: Issuer) -> Json:
    return {
        "app_id": issuer.app_id,
        "app_password": "the secret of the bot",
        "app_tenant_id": HOME_TENANT,
        "service_hosts": ("127.0.0.1", "smba.trafficmanager.net"),
        "coe_leads": (Person(ADA).aad_object_id,),
    }


@pytest.fixture(autouse=True)
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bot's own tokens, as it asked Entra for them."""
    asked: list[str] = []

    async def ask(_: EntraCredentials) -> str:
        asked.append("a token of the bot")
        return asked[-1]

    monkeypatch.setattr(EntraCredentials, "_ask", ask)
    return asked


@pytest.fixture
async def teams(
    directory: Directory, connector: Connector, bot: RunningBot, issuer: Issuer
) -> AsyncIterator[Teams]:
    """Teams, which signs what it delivers."""
    directory.bot_app_id = issuer.app_id
    async with ClientSession(connector=TCPConnector(force_close=True)) as session:
        yield Teams(directory, connector, Door(session, f"{bot.url}/api/messages", issuer.token()))


async def post(bot: RunningBot, activity: Json, headers: Mapping[str, str]) -> tuple[int, str]:
    async with (
        ClientSession() as session,
        session.post(f"{bot.url}/api/messages", json=activity, headers=headers) as response,
    ):
        return response.status, await response.text()


def kept(database_url: str) -> dict[str, list[Json]]:
    """All rows about people and teams."""
    found = tables(database_url)
    return {name: found[name] for name in (*KEYS, "teams")}


class TestTheTable:
    """Each is a typed `start`, which would store a check and send a card."""

    @pytest.fixture(autouse=True)
    def log(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)

    async def refuses(
        self,
        teams: Teams,
        bot: RunningBot,
        database_url: str,
        caplog: pytest.LogCaptureFixture,
        asked_for: list[str],
        *,
        expected: tuple[int, str, str],
        headers: Mapping[str, str],
        changes: Json,
    ) -> None:
        activity = teams.colleague(ADA).writer.message("start")
        for name, change in changes.items():
            merged = isinstance(change, dict) and isinstance(activity[name], dict)
            activity[name] = activity[name] | change if merged else change
        before = kept(database_url)
        status, answer = await post(bot, activity, headers)

        code, (what, message) = expected[0], expected[1:]
        assert (status, json.loads(answer)) == (code, {"error": {"code": what, "message": message}})
        assert kept(database_url) == before
        assert not teams.connector.requests
        assert not asked_for
        assert f"refused with {code}" in caplog.text
        said = [
            ADA, Person(ADA).aad_object_id, activity["id"], "the secret of the bot", "Traceback", "start",
            *(part for value in headers.values() for part in value.split() if len(part) > 20),
        ]  # fmt: skip
        assert not [one for one in said if one in caplog.text]

    async def test_what_teams_signs_gets_in(
        self, teams: Teams, database_url: str, asked_for: list[str]
    ) -> None:
        """The row that the others are held against: it stores, and sends with a token."""
        ada = has_the_app(teams, ADA)
        await ada.says("start")

        assert ada.sees_one_card().heading == "How do you work with Power Platform?"
        assert len(tables(database_url)["checks"]) == 1
        assert len(asked_for) == 1

    @pytest.mark.parametrize("kind", BAD_TOKENS)
    async def test_a_bad_token(
        self,
        teams: Teams,
        bot: RunningBot,
        issuer: Issuer,
        database_url: str,
        caplog: pytest.LogCaptureFixture,
        asked_for: list[str],
        kind: str,
    ) -> None:
        """401."""
        headers = {"Authorization": f"Bearer {BAD_TOKENS[kind](issuer)}"}
        await self.refuses(
            teams, bot, database_url, caplog, asked_for, expected=NO_TOKEN, headers=headers, changes={}
        )

    @pytest.mark.parametrize("kind", BAD_HEADERS)
    async def test_a_bad_header(
        self,
        teams: Teams,
        bot: RunningBot,
        issuer: Issuer,
        database_url: str,
        caplog: pytest.LogCaptureFixture,
        asked_for: list[str],
        kind: str,
    ) -> None:
        """401."""
        headers = BAD_HEADERS[kind](issuer)
        await self.refuses(
            teams, bot, database_url, caplog, asked_for, expected=NO_TOKEN, headers=headers, changes={}
        )

    @pytest.mark.parametrize("kind", BAD_ACTIVITIES)
    async def test_a_signed_activity_that_is_not_for_the_bot(
        self,
        teams: Teams,
        bot: RunningBot,
        issuer: Issuer,
        database_url: str,
        caplog: pytest.LogCaptureFixture,
        asked_for: list[str],
        kind: str,
    ) -> None:
        """403, whoever vouches for it."""
        expected, changes = BAD_ACTIVITIES[kind]
        claims = {"serviceurl": changes["serviceUrl"]} if "serviceUrl" in changes else {}
        key = "webchat" if "channelId" in changes else "teams"
        headers = {"Authorization": f"Bearer {issuer.token(kid=key, **claims)}"}
        await self.refuses(
            teams, bot, database_url, caplog, asked_for, expected=expected, headers=headers, changes=changes
        )


class TestKeys:
    """What Teams publishes changes while the bot runs."""

    async def says(self, teams: Teams, bot: RunningBot, token: str) -> int:
        activity = has_the_app(teams, ADA).writer.message("help")
        status, _ = await post(bot, activity, {"Authorization": f"Bearer {token}"})
        return status

    async def test_a_rotated_key_is_picked_up_without_a_restart(
        self, teams: Teams, bot: RunningBot, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Once keys may be fetched again, a token of the new one opens, and the old one still does."""
        assert await self.says(teams, bot, issuer.token()) == 200
        issuer.add_key("newer")
        assert await self.says(teams, bot, issuer.token(kid="newer")) == 401
        monkeypatch.setattr(tokens, "FETCH_PAUSE", -1)

        assert await self.says(teams, bot, issuer.token(kid="newer")) == 200
        assert await self.says(teams, bot, issuer.token()) == 200

    async def test_a_removed_key_opens_nothing_any_more(
        self, teams: Teams, bot: RunningBot, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not even a token that had opened before, once the keys are a day old."""
        token = issuer.token()
        assert await self.says(teams, bot, token) == 200
        issuer.replace_keys("newer")
        monkeypatch.setattr(tokens, "FETCH_PAUSE", -1)
        monkeypatch.setattr(tokens, "KEYS_LIFETIME", -1)

        assert await self.says(teams, bot, token) == 401
        assert await self.says(teams, bot, issuer.token(kid="newer")) == 200


class TestStoredAddresses:
    """A conversation that was stored before the list of hosts was narrowed, or by somebody's SQL."""

    @pytest.fixture
    async def stranger(self) -> AsyncIterator[tuple[str, list[str]]]:
        """A server at an address of this machine that is not on the list, and what it was asked."""
        asked: list[str] = []

        async def answer(request: web.Request) -> web.Response:
            asked.append(f"{request.method} {request.path} {request.headers.get('Authorization')}")
            return web.json_response({"id": "1"})

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.2", 0).start()
        yield f"http://127.0.0.2:{runner.addresses[0][1]}/", asked
        await runner.cleanup()

    async def test_no_token_goes_to_a_host_that_is_not_on_the_list(
        self, teams: Teams, database_url: str, stranger: tuple[str, list[str]]
    ) -> None:
        """By no way out: a card home, a survey, its rounds, its roster, its posts."""
        url, asked = stranger
        team, lead = a_team(teams)
        bo = teams.everybody_in(team)[1]
        for one in teams.everybody_in(team):
            await one.installs_the_app()
        await rehearses(lead, name="Autumn check")
        for table in ("conversations", "teams"):
            execute(database_url, f"update {table} set service_url = '{url}'")  # noqa: S608 - a constant
        await bo.in_channel(team).says(f"{HERE} start")
        await lead.presses("Send to 6 people", on=lead.card_with("What will happen"))
        # Bo has spoken since, and so is written to where Teams says that he is.
        await comes_true(
            lambda: sorted(invitations(database_url).values()) == ["delivered", *["refused"] * 5]
        )

        assert asked == []
