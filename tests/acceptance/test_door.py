"""Who and what gets through the door, over real HTTP."""

import asyncio
import datetime as dt
import gzip
import json
from typing import Any

import pytest
from aiohttp import ClientSession

from cards.presses import encode
from cards.survey_presses import Rehearse
from tests.acceptance.connector import Connector
from tests.acceptance.directory import HOME_TENANT
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.teams import Colleague, Teams
from tests.acceptance.tokens import BAD_TOKENS, Issuer
from tests.everything import tables

JSON = {"Content-Type": "application/json"}


async def post(bot: RunningBot, body: bytes, **headers: str) -> tuple[int, str]:
    async with (
        ClientSession() as session,
        session.post(f"{bot.url}/api/messages", data=body, headers=JSON | headers) as response,
    ):
        return response.status, await response.text()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'"start"',
        b"17",
        b"null",
        b"{}",
        b'{"type": ""}',
        b'{"type": 5}',
        b'{"type": "message"}',
        b"[" * 100_000,
        b"[" * 1000 + b"]" * 1000,
        b'{"a":' * 101 + b"1" + b"}" * 101,
    ],
)
async def test_what_is_no_activity_is_refused(bot: RunningBot, body: bytes) -> None:
    """Malformed JSON, a list, or an activity without its type is a 400 that says what is wrong."""
    status, answer = await post(bot, body)

    assert status == 400
    assert json.loads(answer)["error"]["code"] == "BadRequest"
    assert "Traceback" not in answer


@pytest.mark.parametrize("field", ["conversation", "from", "recipient", "serviceUrl", "channelId"])
@pytest.mark.parametrize("value", [None, 5, [], {}, {"id": 5}, ""])
async def test_a_broken_field_is_named(bot: RunningBot, ada: Colleague, field: str, value: Any) -> None:
    """Whatever stands where something else belongs is a 400 that names the field, never a 5xx."""
    activity = ada.writer.message("start") | {field: value}
    status, answer = await post(bot, json.dumps(activity).encode())

    assert status == 400
    assert field in answer


@pytest.mark.parametrize(
    "odd",
    [
        {"channelData": "text"},
        {"channelData": {"tenant": "text"}},
        {"channelData": {"team": 5}},
        {"entities": [{"type": "mention"}]},
        {"entities": [{"type": "mention", "mentioned": 5, "text": 7}]},
        {"localTimezone": "../../etc/passwd"},
        {"localTimezone": "Mars/Olympus"},
        {"value": {"v": 1, "do": "answer", "check": "x" * 9000}},
        {"value": {"v": 1, "do": ["answer"]}},
        {"value": {"v": True}},
        {"replyToId": "nowhere", "value": {"v": 1, "do": "opportunities"}},
        {"attachments": [{"contentType": "image/png"}]},
        {"attachments": "text", "reactionsAdded": 5},
        {"value": {}},
        {"text": None},
        {"text": "\u202e\u0000start"},
    ],
)
async def test_odd_but_well_formed_activities_are_answered(teams: Teams, ada: Colleague, odd: Any) -> None:
    """Teams may send what we have not seen yet: no 4xx, no 5xx, no apology."""
    reply = await teams.door.deliver(ada.writer.message("help") | odd)

    assert reply.status == 200
    assert "went wrong" not in ada.last_card().text


@pytest.mark.parametrize("place", ["channelData", "value", "entities"])
async def test_what_is_nested_too_deeply_is_refused(bot: RunningBot, ada: Colleague, place: str) -> None:
    """Python gives up at some depth; that is the sender's mistake, wherever it stands."""
    activity = json.dumps(ada.writer.message("start") | {place: "@"}).replace('"@"', "[" * 900 + "]" * 900)
    status, answer = await post(bot, activity.encode())

    assert status == 400
    assert "nested too deeply" in answer


async def test_many_brackets_are_no_depth(teams: Teams, ada: Colleague) -> None:
    """What somebody types may have as many as they like."""
    reply = await teams.door.deliver(ada.writer.message("[{" * 2000) | {"value": [[]] * 300})

    assert reply.status == 200


@pytest.mark.parametrize("host", ["127.0.0.1:x", "127.0.0.1:99999", "xn--", "evil.example"])
async def test_a_name_that_is_none_is_refused(bot: RunningBot, ada: Colleague, host: str) -> None:
    """Whatever a client says it has called is no reason for a 5xx."""
    status, _ = await post(bot, json.dumps(ada.writer.message("start")).encode(), Host=host)

    assert status == 403


async def test_a_compressed_body_is_never_unpacked(bot: RunningBot, caplog: pytest.LogCaptureFixture) -> None:
    """Neither to be read, nor to be thrown away after the refusal: no gzip would be an error there."""
    status, _ = await post(bot, b"this is not compressed", **{"Content-Encoding": "gzip"})

    assert status == 415
    assert "Unhandled" not in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"channelData": {"tenant": {"id": ["x"]}}},
        {"channelData": {"team": {"id": ["19:x"], "name": 5}}},
        {"channelData": {"team": {"id": "19:\u0000", "name": "x" * 9000}}},
        {"channelData": {"team": {"id": "1" * 1001}}},
        {"entities": [{"type": "mention", "mentioned": {"id": "28:local"}, "text": ["a"]}]},
    ],
)
async def test_an_id_that_is_none_counts_for_nothing(
    teams: Teams, ada: Colleague, database_url: str, change: Any
) -> None:
    """Lists, control characters and endless texts are not kept as the id of a team."""
    reply = await teams.door.deliver(ada.writer.message("help") | change)

    assert reply.status == 200
    assert tables(database_url)["teams"] == []


@on_both_databases
async def test_an_odd_name_is_kept_as_one_line(teams: Teams, ada: Colleague, database_url: str) -> None:
    """Not every database takes each character, and a survey's card has no room for all."""
    team = teams.team("Contoso CoE", ada)
    teams.directory.installed.add(team.id)
    lead = ada.in_channel(team)
    await lead.says("@Maturity Coach survey")
    pressed = encode(Rehearse("a" * 32, team=team.id, name="Autumn", closes=dt.date(2099, 1, 1), smallest=5))
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(days=9)).date()
    action = {"verb": "x", "data": pressed | {"closes": later.isoformat()}}
    activity = lead.writer.execute(action, {}, lead.last_card())
    activity["from"]["name"] = "Ada\u0000\n\u001b" + "x" * 5000
    assert "What will happen" in (await teams.door.deliver(activity)).body

    [survey] = tables(database_url)["surveys"]
    assert survey["lead_name"] == "Ada " + "x" * 294


async def test_an_unknown_invoke_is_refused_politely(teams: Teams, ada: Colleague) -> None:
    """An invoke the bot does not offer gets a 400 in its own form, never a 5xx."""
    activity = ada.writer.message("x") | {"type": "invoke", "name": "task/fetch", "value": {}}
    reply = await teams.door.deliver(activity)

    assert reply.status == 400


@pytest.mark.parametrize("value", [None, "text", {}, {"action": None}, {"action": {"data": [1]}}])
async def test_a_press_without_sense_brings_a_card(teams: Teams, ada: Colleague, value: Any) -> None:
    """Whatever an invoke carries, the person gets a card that leads back to the check."""
    activity = ada.writer.message("x") | {"type": "invoke", "name": "adaptiveCard/action", "value": value}
    reply = await teams.door.deliver(activity)

    assert reply.status == 200
    assert "I don't know this card any more" in reply.body


async def test_another_content_type_is_refused(bot: RunningBot) -> None:
    """Only JSON comes in; a form of a web page on the same machine does not."""
    status, _ = await post(bot, b"{}", **{"Content-Type": "text/plain"})

    assert status == 415


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
async def test_a_compressed_body_is_refused(bot: RunningBot, encoding: str) -> None:
    """Teams sends none, and a small one can hide a large one."""
    status, _ = await post(bot, gzip.compress(b"{}"), **{"Content-Encoding": encoding})

    assert status == 415


async def test_another_machine_cannot_pose_as_this_one(bot: RunningBot, ada: Colleague) -> None:
    """In local mode a web page whose name leads to this machine is refused by the name it uses."""
    status, _ = await post(bot, json.dumps(ada.writer.message("start")).encode(), Host="evil.example")

    assert status == 403


@pytest.mark.parametrize(
    "field", [{"entities": [{}] * 501}, {"entities": [None]}, {"id": "i" * 1001}, {"id": "1\u0000"}]
)
async def test_what_teams_never_sends_is_refused(bot: RunningBot, ada: Colleague, field: Any) -> None:
    """Endless lists and ids, and ids with control characters, get no further than the door."""
    status, _ = await post(bot, json.dumps(ada.writer.message("start") | field).encode())

    assert status == 400


async def test_a_huge_body_is_refused(bot: RunningBot) -> None:
    """Over 256 KB nothing is parsed."""
    status, _ = await post(bot, b" " * (256 * 1024 + 1))

    assert status == 413


async def test_a_stranger_host_is_refused(bot: RunningBot, ada: Colleague) -> None:
    """In local mode the bot writes to loopback only."""
    for url in (
        "http://xn--/",
        "https://evil.example/",
        "http://10.0.0.1/",
        "http://127.0.0.1.evil.example/",
        "file:///etc/passwd",
    ):
        status, _ = await post(bot, json.dumps(ada.writer.message("start") | {"serviceUrl": url}).encode())
        assert status == 403


class TestWithTokens:
    """A bot with an app id lets in what Teams signed for it, for an allowed tenant, and nothing else."""

    @pytest.fixture
    def more_settings(self, issuer: Issuer) -> dict[str, Any]:
        return {
            "app_id": issuer.app_id,
            "app_password": "not used: nothing is sent",
            "app_type": "SingleTenant",
            "app_tenant_id": HOME_TENANT,
            "service_hosts": ("127.0.0.1", "smba.trafficmanager.net"),
        }

    @staticmethod
    def press(colleague: Colleague) -> dict[str, Any]:
        """A press that is answered in the response, so that nothing is sent."""
        value = {"action": {"data": {"v": 1, "do": "opportunities"}}}
        return colleague.writer.message("x") | {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "value": value,
        }

    async def test_a_signed_request_is_answered(
        self, bot: RunningBot, ada: Colleague, issuer: Issuer
    ) -> None:
        """A valid token opens the door."""
        status, answer = await post(
            bot, json.dumps(self.press(ada)).encode(), Authorization=f"Bearer {issuer.token()}"
        )

        assert status == 200
        assert "What to do at" in answer

    @pytest.mark.parametrize("token", BAD_TOKENS)
    async def test_a_bad_token_is_refused(
        self, bot: RunningBot, ada: Colleague, issuer: Issuer, connector: Connector, token: str
    ) -> None:
        """Each kind of bad token is a 401 that tells the sender nothing, and does nothing."""
        status, answer = await post(
            bot, json.dumps(self.press(ada)).encode(), Authorization=f"Bearer {BAD_TOKENS[token](issuer)}"
        )

        assert status == 401
        assert json.loads(answer) == {"error": {"code": "Unauthorized", "message": "no valid token"}}
        assert not connector.requests

    @pytest.mark.parametrize(
        "header",
        [
            None,
            "",
            "Bearer",
            "Bearer ",
            "Basic dXNlcjpwdw==",
            "Bearer \xff.\xff.\xff",
            "bearer {token}",
            "{token}",
        ],
    )
    async def test_without_a_bearer_token_nobody_gets_in(
        self, bot: RunningBot, ada: Colleague, issuer: Issuer, header: str | None
    ) -> None:
        """No header, an empty one, another scheme: 401."""
        headers = {} if header is None else {"Authorization": header.format(token=issuer.token())}
        status, _ = await post(bot, json.dumps(self.press(ada)).encode(), **headers)

        assert status == 401

    async def test_a_foreign_tenant_is_refused(self, bot: RunningBot, teams: Teams, issuer: Issuer) -> None:
        """A token says nothing of the tenant, so the activity's own is checked."""
        stranger = teams.colleague("Mallory", tenant_id="11111111-2222-4333-8444-555555555555")
        status, _ = await post(
            bot, json.dumps(self.press(stranger)).encode(), Authorization=f"Bearer {issuer.token()}"
        )

        assert status == 403

    async def test_another_channel_is_refused(self, bot: RunningBot, ada: Colleague, issuer: Issuer) -> None:
        """A web chat lets its users write their own sender: only what comes through Teams is believed."""
        token = issuer.token(kid="webchat")
        body = json.dumps(self.press(ada) | {"channelId": "webchat"}).encode()
        status, _ = await post(bot, body, Authorization=f"Bearer {token}")

        assert status == 403

    async def test_two_tenants_in_one_activity_are_none(
        self, bot: RunningBot, ada: Colleague, issuer: Issuer
    ) -> None:
        """An activity that names two tenants, or none, is not let in as either."""
        two, none = self.press(ada), self.press(ada)
        two["channelData"] = {"tenant": {"id": "11111111-2222-4333-8444-555555555555"}}
        none["channelData"] = {}
        del none["conversation"]["tenantId"]
        for activity in (two, none):
            body = json.dumps(activity).encode()
            status, _ = await post(bot, body, Authorization=f"Bearer {issuer.token()}")
            assert status == 403

    async def test_a_service_url_outside_the_list_is_refused(
        self, bot: RunningBot, ada: Colleague, issuer: Issuer
    ) -> None:
        """Even a signed request does not make the bot send its token to a stranger, or without TLS."""
        for url in (
            "https://evil.example/",
            "http://smba.trafficmanager.net/teams/",
            "https://xsmba.trafficmanager.net/",
        ):
            activity = self.press(ada) | {"serviceUrl": url}
            token = issuer.token(serviceurl=url)
            status, _ = await post(bot, json.dumps(activity).encode(), Authorization=f"Bearer {token}")
            assert status == 403

    async def test_the_health_endpoints_answer(self, bot: RunningBot) -> None:
        """Alive and ready, without a token."""
        async with ClientSession() as session:
            for path in ("/healthz", "/readyz"):
                async with session.get(bot.url + path) as response:
                    assert response.status == 200

    async def test_without_keys_nobody_is_refused_for_good(
        self, bot: RunningBot, ada: Colleague, issuer: Issuer
    ) -> None:
        """Where the keys cannot be fetched, that is a 503: Teams comes back."""
        issuer.is_away = True
        status, _ = await post(
            bot, json.dumps(self.press(ada)).encode(), Authorization=f"Bearer {issuer.token()}"
        )

        assert status == 503

    async def test_keys_are_asked_for_once(self, bot: RunningBot, ada: Colleague, issuer: Issuer) -> None:
        """Many requests at once, strangers' among them, fetch the keys a single time."""
        body = json.dumps(self.press(ada)).encode()
        tokens = [issuer.token(), issuer.token(kid="unheard-of"), issuer.token()]
        await asyncio.gather(*(post(bot, body, Authorization=f"Bearer {token}") for token in tokens * 5))

        assert len(issuer.requests) == 2, "the metadata and the keys"
