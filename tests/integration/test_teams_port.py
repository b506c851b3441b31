"""Calls to Teams' connector: what each answer of the network means, against a server on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot import teams as port
from bot.teams import Outcome, Refused, RetryAfter, Sent, Teams, Unknown, patiently
from bot.tokens import NoToken

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Passport:
    """Credentials of a bot that has some."""

    async def token(self) -> str:
        return "the bot's own token"


class Connector:
    """Answers every request the way a test says, and remembers what it saw."""

    def __init__(self) -> None:
        self.answer: Answer = self.accepts
        self.seen: list[tuple[str, str, str | None]] = []

    async def accepts(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"id": "17"}, status=201)

    def says(self, status: int, text: str = "", **headers: str) -> None:
        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(status=status, text=text, headers=headers)

        self.answer = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.method, request.raw_path, request.headers.get("Authorization")))
        return await self.answer(request)


@pytest.fixture
def connector() -> Connector:
    return Connector()


@pytest.fixture
async def server(connector: Connector) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", connector.handle)
    running = TestServer(app)
    async with running:
        yield running


@pytest.fixture
async def teams() -> AsyncIterator[Teams]:
    async with ClientSession() as session:
        yield Teams(session, Passport(), lambda url: url.startswith("http://127.0.0.1"))


async def sends(teams: Teams, server: TestServer) -> Outcome:
    return await teams.send(
        str(server.make_url("/teams/")), "19:abc@thread.tacv2;messageid=1", {"type": "message"}
    )


async def test_what_is_accepted_is_sent(teams: Teams, server: TestServer, connector: Connector) -> None:
    """The outcome has the id Teams gave; the bot's token went along; the conversation id is escaped."""
    assert await sends(teams, server) == Sent("17")
    assert connector.seen == [
        (
            "POST",
            "/teams/v3/conversations/19%3Aabc%40thread.tacv2%3Bmessageid%3D1/activities",
            "Bearer the bot's own token",
        )
    ]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 302, 307])
async def test_a_refusal_has_its_code(
    teams: Teams, server: TestServer, connector: Connector, status: int
) -> None:
    """A 4xx, or a redirect, which would carry the token elsewhere, is final and says why."""
    connector.says(
        status, '{"error": {"code": "BotNotInConversationRoster"}}', Location="http://evil.example"
    )

    assert await sends(teams, server) == Refused(status, "BotNotInConversationRoster")


@pytest.mark.parametrize(
    "body", ["", "not JSON", "[]", '{"error": "text"}', '{"error": null}', '{"error": {}}', "\x00"]
)
async def test_a_refusal_without_a_code_is_a_refusal(
    teams: Teams, server: TestServer, connector: Connector, body: str
) -> None:
    """Real 403 bodies do not always carry the documented code."""
    connector.says(403, body)

    assert await sends(teams, server) == Refused(403, "")


@pytest.mark.parametrize("status", [412, 429])
@pytest.mark.parametrize(
    "header, seconds", [({}, None), ({"Retry-After": "7"}, 7.0), ({"Retry-After": "soon"}, None)]
)
async def test_later_means_later(
    teams: Teams,
    server: TestServer,
    connector: Connector,
    status: int,
    header: dict[str, str],
    seconds: float,
) -> None:
    """412 and 429 did not arrive; Teams may say when to come back."""
    connector.says(status, **header)

    assert await sends(teams, server) == RetryAfter(seconds)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_5xx_says_nothing(
    teams: Teams, server: TestServer, connector: Connector, status: int
) -> None:
    """The message may be there or not."""
    connector.says(status)

    assert await sends(teams, server) == Unknown(f"HTTP {status}")


async def test_a_broken_connection_says_nothing(
    teams: Teams, server: TestServer, connector: Connector
) -> None:
    """The request was sent, and no answer came."""

    async def hangs_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    connector.answer = hangs_up

    assert await sends(teams, server) == Unknown("ServerDisconnectedError")


async def test_where_nobody_listens_nothing_was_sent(teams: Teams) -> None:
    """A refused connection is safe to try again."""
    assert await teams.send("http://127.0.0.1:1/", "a", {}) == RetryAfter(None)


async def test_without_a_token_nothing_was_sent(server: TestServer) -> None:
    """Where Entra gives no token, the connector is not called, and a later try may help."""

    class Penniless:
        async def token(self) -> str:
            raise NoToken

    async with ClientSession() as session:
        outcome = await sends(Teams(session, Penniless(), lambda _: True), server)
    assert outcome == RetryAfter(None)


async def test_a_stranger_gets_no_token(teams: Teams) -> None:
    """A host that is not trusted is not even connected to."""
    assert await teams.send("https://evil.example/", "a", {}) == Refused(0, "UntrustedServiceUrl")


class TestPatience:
    """`patiently` waits as Teams asks, a bounded number of times."""

    @pytest.fixture
    def pauses(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        monkeypatch.setattr("bot.teams.asyncio.sleep", sleep)
        return slept

    @staticmethod
    def answers(*outcomes: Outcome) -> Callable[[], Any]:
        rest = iter(outcomes)

        async def attempt() -> Outcome:
            return next(rest)

        return attempt

    async def test_it_waits_as_asked(self, pauses: list[float]) -> None:
        """Retry-After is honoured to the second."""
        assert await patiently(self.answers(RetryAfter(2.0), Sent("1"))) == Sent("1")
        assert pauses == [2.0]

    async def test_it_backs_off_by_itself(self, pauses: list[float]) -> None:
        """Without Retry-After the pauses double, with some jitter."""
        await patiently(self.answers(*[RetryAfter(None)] * port.ATTEMPTS))

        assert len(pauses) == port.ATTEMPTS - 1
        assert all(0.8 <= pause / (0.5 * 2**number) <= 1.2 for number, pause in enumerate(pauses))

    async def test_it_does_not_wait_for_minutes(self, pauses: list[float]) -> None:
        """A person waits for the card: asked for more than that, it gives up and does not pester Teams."""
        assert await patiently(self.answers(RetryAfter(600.0), Sent("1"))) == RetryAfter(600.0)
        assert not pauses

    @pytest.mark.parametrize("outcome", [Sent("1"), Refused(403, ""), Unknown("HTTP 500")])
    async def test_anything_else_is_the_end(self, outcome: Outcome, pauses: list[float]) -> None:
        """What arrived, what is refused and what is unknown are not tried again."""
        assert await patiently(self.answers(outcome)) == outcome
        assert not pauses
