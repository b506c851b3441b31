"""What an engineer on call sees of turns, with a collector as strict as the page that says what leaves."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector

from bot import teams as port
from bot.logs import JsonFormatter
from bot.telemetry.measures import AUTH_FAILURES, TURNS
from bot.tokens import EntraCredentials, NoToken
from dialogs.check import CheckDialog
from tests.acceptance.colleagues import finishes, has_the_app
from tests.acceptance.collector import Collector, attributes_of
from tests.acceptance.connector import Connector
from tests.acceptance.device import Door
from tests.acceptance.directory import HOME_TENANT, Directory
from tests.acceptance.running import RunningBot
from tests.acceptance.teams import Colleague, Teams
from tests.acceptance.tokens import BAD_TOKENS, Issuer
from tests.fuzz.corpus import RecordingDoor

Json = dict[str, Any]


@pytest.fixture
def more_settings(exported: Json) -> Json:
    return exported


@pytest.fixture
def door(teams: Teams) -> RecordingDoor:
    """Teams' way to the bot, which keeps what went through it."""
    door = RecordingDoor(teams.door.session, teams.door.url)
    teams.door = door
    return door


class TestTurns:
    """Each is counted once, by kind and outcome, and has a span."""

    async def test_a_check(self, collector: Collector, ada: Colleague, door: RecordingDoor) -> None:
        """All that Ada types and presses is counted as such, and as answered."""
        await finishes(ada)
        typed = sum(one["type"] == "message" for one in door.delivered)
        pressed = len(door.delivered) - typed
        await collector.will(lambda: collector.number(TURNS) == typed + pressed)

        assert typed
        assert collector.counted(TURNS, "kind") == {"message": typed, "press": pressed}
        assert collector.counted(TURNS, "outcome") == {"answered": typed + pressed}

    async def test_a_span_leads_to_the_message_and_to_the_log(
        self, collector: Collector, teams: Teams, caplog: pytest.LogCaptureFixture, door: RecordingDoor
    ) -> None:
        """It has the id that Teams gave the message, and the log's reference; the answer is a part of it."""
        caplog.handler.setFormatter(JsonFormatter())
        with caplog.at_level(logging.INFO):
            await has_the_app(teams, "Zoe Guest", object_id_keys=()).says("start")
        await collector.will(lambda: collector.spans_of("turn") and collector.spans_of("teams"))

        [turn], [call] = collector.spans_of("turn"), collector.spans_of("teams")
        said = attributes_of(turn.attributes)
        assert said["maturity_coach.activity"] == door.delivered[0]["id"]
        [line] = [json.loads(one) for one in caplog.text.splitlines() if "Entra account" in one]
        assert line["reference"] == said["maturity_coach.reference"]
        assert line["trace_id"] == turn.trace_id.hex() == call.trace_id.hex()
        assert (call.parent_span_id, call.name) == (turn.span_id, "teams reply")
        assert attributes_of(call.attributes)["http.response.status_code"] == 201

    async def test_nobody_else_begins_a_trace(
        self, collector: Collector, ada: Colleague, bot: RunningBot
    ) -> None:
        """A header that names a trace is not taken up: before the token is checked it is anybody's."""
        foreign = "0af7651916cd43dd8448eb211c80319c"
        headers = {"traceparent": f"00-{foreign}-b7ad6b7169203331-00"}
        async with ClientSession() as session:
            activity = ada.writer.message("help")
            await session.post(f"{bot.url}/api/messages", json=activity, headers=headers)
        await collector.will(lambda: collector.spans_of("turn"))

        [turn] = collector.spans_of("turn")
        assert turn.trace_id.hex() != foreign
        assert not turn.parent_span_id

    async def test_how_a_turn_ends(
        self, collector: Collector, ada: Colleague, connector: Connector, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Delivered twice, not taken by Teams, or with an error of ours: each is told apart."""
        await ada.says("start", delivered_twice=True)
        connector.fails_next(429, times=port.ATTEMPTS, retry_after=0)
        await ada.says("help")

        async def fails(*_: object) -> None:
            raise OSError("the words of an error")

        monkeypatch.setattr(CheckDialog, "said", fails)
        await ada.says("start")
        await collector.will(lambda: collector.number(TURNS) == 4)

        ends = {"answered": 1, "duplicate": 1, "not-sent": 1, "apologised": 1}
        assert collector.counted(TURNS, "outcome") == ends
        assert b"the words of an error" not in b"".join(collector.bodies)

    async def test_the_call_can_be_found_at_microsoft(
        self, collector: Collector, ada: Colleague, connector: Connector
    ) -> None:
        """Where Teams' answer names the call, the span does too."""
        connector.correlation = "Xy3/abc.0.1"
        await ada.says("help")

        await collector.will(lambda: collector.spans_of("teams", correlation="Xy3/abc.0.1"))


class TestWhoGetsIn:
    """Refusals, and tokens of the bot's own, by reason."""

    @pytest.fixture
    def more_settings(self, exported: Json, issuer: Issuer) -> Json:
        return exported | {
            "app_id": issuer.app_id,
            "app_password": "the secret of the bot",
            "app_tenant_id": HOME_TENANT,
            "service_hosts": ("127.0.0.1",),
        }

    @pytest.fixture(autouse=True)
    def own_token(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What Entra gives the bot; emptied, it gives nothing."""
        tokens = ["a token of the bot"]

        async def ask(_: EntraCredentials) -> str:
            if not tokens:
                raise NoToken("no such secret")
            return tokens[-1]

        monkeypatch.setattr(EntraCredentials, "_ask", ask)
        return tokens

    @pytest.fixture
    async def teams(
        self, directory: Directory, connector: Connector, bot: RunningBot, issuer: Issuer
    ) -> AsyncIterator[Teams]:
        directory.bot_app_id = issuer.app_id
        async with ClientSession(connector=TCPConnector(force_close=True)) as session:
            yield Teams(directory, connector, Door(session, f"{bot.url}/api/messages", issuer.token()))

    async def fails(self, collector: Collector, reason: str) -> None:
        """This is counted, and nothing else that is about tokens."""
        await collector.will(lambda: collector.number(AUTH_FAILURES))
        assert collector.counted(AUTH_FAILURES, "reason").keys() == {reason}

    async def knocks(self, teams: Teams, token: str, **changes: Any) -> Json:
        activity = has_the_app(teams, "Ada Lovelace").writer.message("start") | changes
        headers = {"Authorization": f"Bearer {token}"}
        async with teams.door.session.post(teams.door.url, json=activity, headers=headers) as response:
            assert response.status != 200
        return activity

    async def test_a_bad_token(self, collector: Collector, teams: Teams, issuer: Issuer) -> None:
        """It is counted, and nothing that it came with is told to anybody."""
        activity = await self.knocks(teams, BAD_TOKENS["expired"](issuer))

        await self.fails(collector, "invalid-token")
        assert collector.counted(TURNS, "outcome") == {"invalid-token": 1}
        await collector.will(lambda: collector.spans_of("turn"))
        assert activity["id"].encode() not in b"".join(collector.bodies)

    async def test_another_channel(self, collector: Collector, teams: Teams, issuer: Issuer) -> None:
        """Signed, but not for this bot."""
        await self.knocks(teams, issuer.token(kid="webchat"), channelId="webchat")
        await self.fails(collector, "not-allowed")

    async def test_no_keys(self, collector: Collector, teams: Teams, issuer: Issuer) -> None:
        """Nobody can be let in."""
        issuer.is_away = True
        await self.knocks(teams, issuer.token())
        await self.fails(collector, "keys-unavailable")

    @pytest.mark.parametrize(
        "limit, reached, outcome",
        [
            ("overload.Room.is_full", lambda *_, **__: True, "overloaded"),
            ("shares.IN_A_ROW", 0, "too-much"),
        ],
    )
    async def test_too_much_at_once(
        self,
        collector: Collector,
        teams: Teams,
        issuer: Issuer,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
        reached: object,
        outcome: str,
    ) -> None:
        """Of everybody, or of one person: it is told apart from tokens, and pages nobody as they do."""
        monkeypatch.setattr(f"bot.{limit}", reached)
        await self.knocks(teams, issuer.token())

        await collector.will(lambda: collector.counted(TURNS, "outcome") == {outcome: 1})
        assert sum(collector.counted(AUTH_FAILURES, "reason").values()) == 0

    async def test_no_token_of_its_own(
        self, collector: Collector, teams: Teams, own_token: list[str]
    ) -> None:
        """A secret that has expired, say: Entra gives nothing, so nothing can be sent."""
        own_token.clear()
        await has_the_app(teams, "Ada Lovelace").says("start")
        await self.fails(collector, "no-own-token")

    async def test_its_own_token_is_refused(
        self, collector: Collector, teams: Teams, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Entra gives a token that Teams does not take."""
        monkeypatch.setattr(teams.connector, "_trusted_tokens", ())
        await has_the_app(teams, "Ada Lovelace").says("start")
        await self.fails(collector, "own-token-refused")
