"""Calls to Teams' connector: what each answer of the network means, against a server on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientRequest, ClientSession, ClientTimeout, TCPConnector, web
from aiohttp.connector import Connection
from aiohttp.test_utils import TestServer
from aiohttp.tracing import Trace

from assessment.survey import Member, Team
from bot import teams as port
from bot.teams import Teams, patiently
from bot.tokens import NoToken
from dialogs.turn import RosterUnavailable
from jobs.port import Outcome, Refused, RetryAfter, Sent, Unknown
from storage.conversations import Conversation
from storage.surveys import Home, Post

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
        self.bodies: list[bytes] = []
        self.ranges: list[tuple[str | None, str]] = []

    async def accepts(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"id": "17"}, status=201)

    def says(self, status: int, text: str = "", **headers: str) -> None:
        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(status=status, text=text, headers=headers)

        self.answer = answer

    def answers(self, *bodies: Any) -> None:
        """One JSON body for each request."""
        rest = iter(bodies)

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.json_response(next(rest))

        self.answer = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.method, request.raw_path, request.headers.get("Authorization")))
        self.bodies.append(await request.read())
        self.ranges.append((request.headers.get("Content-Range"), request.content_type))
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


@pytest.mark.parametrize("status", [400, 403, 404, 413, 302, 307])
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
    "header, seconds",
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "-7"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "601"}, 600.0),
        ({"Retry-After": "inf"}, 600.0),
    ],
)
async def test_later_means_later(
    teams: Teams,
    server: TestServer,
    connector: Connector,
    status: int,
    header: dict[str, str],
    seconds: float,
) -> None:
    """412 and 429 did not arrive; Teams may say when to come back, within ten minutes."""
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


class Impatient(TCPConnector):
    """One connection at a time; who waits for it soon gives up."""

    def __init__(self) -> None:
        super().__init__(limit=1)

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ARG002, ASYNC109 - it is aiohttp's
    ) -> Connection:
        return await super().connect(req, traces, ClientTimeout(connect=0.05))


async def test_without_a_free_connection_nothing_was_sent(server: TestServer, connector: Connector) -> None:
    """Who waited for a connection in vain is safe to try again."""
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def holds_on(_: web.Request) -> web.StreamResponse:
        has_begun.set()
        await may_end.wait()
        return web.json_response({"id": "17"})

    connector.answer = holds_on
    async with ClientSession(connector=Impatient()) as session:
        teams = Teams(session, Passport(), lambda _: True)
        first = asyncio.create_task(sends(teams, server))
        async with asyncio.timeout(20):
            await has_begun.wait()

        assert await sends(teams, server) == RetryAfter(None)
        may_end.set()
        assert await first == Sent("17")
    assert len(connector.seen) == 1


async def test_a_token_that_is_not_accepted(
    teams: Teams, home: Home, connector: Connector, caplog: pytest.LogCaptureFixture
) -> None:
    """401 is nothing about the person or the channel: each call may be tried again, and the admin is told."""
    connector.says(401, '{"error": {"code": "Unauthorized"}}')

    assert await teams.send(home.service_url, "a:ada", {}) == RetryAfter(None)
    assert await teams.post_card(home, CHANNEL, CARD) == RetryAfter(None)
    assert await teams.open_chat(home.service_url, "28:coach", "tenant", "29:ada") == RetryAfter(None)
    for record in caplog.records:
        assert record.levelname == "WARNING"
        assert "401 Unauthorized" in record.getMessage()
        assert "check that the Azure Bot has MicrosoftAppId and MicrosoftAppTenantId" in record.getMessage()
    assert len(caplog.records) == 3


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


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the port waits between its tries; nobody really waits."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("bot.teams.asyncio.sleep", sleep)
    return slept


CARD = {"type": "AdaptiveCard", "fallbackText": "How it goes"}
MESSAGE = {
    "type": "message",
    "summary": "How it goes",
    "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}],
}
CHANNEL = "19:general@thread.tacv2"


@pytest.fixture
def home(server: TestServer) -> Home:
    return Home(Team("tenant", "19:team@thread.tacv2", "Ops"), str(server.make_url("/teams/")), "28:coach")


class TestCards:
    """Cards on their way to chats and channels."""

    async def test_a_card_goes_to_a_chat(
        self, teams: Teams, server: TestServer, connector: Connector
    ) -> None:
        """A message of one card, whose first line a notification shows."""
        chat = Conversation("a:ada", str(server.make_url("/teams/")))

        assert await teams.send_card(chat, CARD) == Sent("17")
        assert connector.seen[0][:2] == ("POST", "/teams/v3/conversations/a%3Aada/activities")
        assert json.loads(connector.bodies[0]) == MESSAGE

    async def test_a_card_is_replaced(self, teams: Teams, home: Home, connector: Connector) -> None:
        """The post is named by its conversation and its activity."""
        post = Post("19:general@thread.tacv2;messageid=7", "7")

        assert await teams.edit_card(home.service_url, post, CARD) == Sent("17")
        path = "/teams/v3/conversations/19%3Ageneral%40thread.tacv2%3Bmessageid%3D7/activities/7"
        assert connector.seen[0][:2] == ("PUT", path)
        assert json.loads(connector.bodies[0]) == MESSAGE

    async def test_a_thread_is_begun(self, teams: Teams, home: Home, connector: Connector) -> None:
        """As the documentation creates it; where it is comes back for later edits."""
        connector.answers({"id": f"{CHANNEL};messageid=7", "activityId": "7"})

        assert await teams.post_card(home, CHANNEL, CARD) == Post(f"{CHANNEL};messageid=7", "7")
        assert connector.seen == [("POST", "/teams/v3/conversations", "Bearer the bot's own token")]
        assert json.loads(connector.bodies[0]) == {
            "bot": {"id": "28:coach"},
            "isGroup": True,
            "channelData": {"channel": {"id": CHANNEL}, "tenant": {"id": "tenant"}},
            "activity": MESSAGE,
        }

    @pytest.mark.parametrize(
        "answer", [{}, {"id": "19:a"}, {"activityId": "7"}, {"id": "", "activityId": ""}]
    )
    async def test_a_thread_without_an_address_is_unknown(
        self, teams: Teams, home: Home, connector: Connector, answer: dict[str, str]
    ) -> None:
        """It may be there, but could never be edited; posting again could double it."""
        connector.answers(answer)

        assert await teams.post_card(home, CHANNEL, CARD) == Unknown("NoIds")

    async def test_a_thread_that_is_refused(self, teams: Teams, home: Home, connector: Connector) -> None:
        """Teams' own word comes back."""
        connector.says(403, '{"error": {"code": "BotNotInConversationRoster"}}')

        assert await teams.post_card(home, CHANNEL, CARD) == Refused(403, "BotNotInConversationRoster")


async def pages_of(teams: Teams, home: Home) -> list[list[Member]]:
    return [list(page) async for page in teams.roster(home)]


class TestRoster:
    """Who is in a team."""

    async def test_page_after_page(self, teams: Teams, home: Home, connector: Connector) -> None:
        """Each page names the next; the last one names none. The token is escaped."""
        connector.answers(
            {"members": [{"id": "29:1", "aadObjectId": "ADA", "name": "Ada"}], "continuationToken": "a/b=&"},
            {"members": [{"id": "29:2", "objectId": "Bob", "name": "Bob"}], "continuationToken": ""},
        )

        assert await pages_of(teams, home) == [
            [Member("29:1", "ada", "Ada", is_guest=False)],
            [Member("29:2", "bob", "Bob", is_guest=False)],
        ]
        path = "/teams/v3/conversations/19%3Ateam%40thread.tacv2/pagedmembers?pageSize=500"
        assert connector.seen == [
            ("GET", path, "Bearer the bot's own token"),
            ("GET", f"{path}&continuationToken=a%2Fb%3D%26", "Bearer the bot's own token"),
        ]

    @pytest.mark.parametrize(
        "said, is_guest",
        [
            ({"userRole": "guest"}, True),
            ({"userRole": "user"}, False),
            ({"userPrincipalName": "eve_example.com#EXT#@tenant.onmicrosoft.com"}, True),
            ({"userPrincipalName": "eve_example.com#ext#@tenant.onmicrosoft.com"}, True),
            ({"userPrincipalName": "eve@example.com"}, False),
            ({"userPrincipalName": None, "userRole": None}, False),
            ({}, False),
        ],
    )
    async def test_guests_are_told_apart(
        self, teams: Teams, home: Home, connector: Connector, said: dict[str, Any], *, is_guest: bool
    ) -> None:
        """By their role, or by the mark in their name."""
        connector.answers({"members": [{"id": "29:3", "name": "Eve", **said}]})

        assert await pages_of(teams, home) == [[Member("29:3", None, "Eve", is_guest=is_guest)]]

    async def test_an_empty_team_has_one_empty_page(
        self, teams: Teams, home: Home, connector: Connector
    ) -> None:
        """Nobody is no error."""
        connector.answers({"members": []})

        assert await pages_of(teams, home) == [[]]

    @pytest.mark.parametrize("tokens", ["xx", "xyx", "xyzy"])
    async def test_a_roster_ends(self, teams: Teams, home: Home, connector: Connector, tokens: str) -> None:
        """Where Teams names a page again that it named before, the reading ends with an error."""
        connector.answers(*({"members": [], "continuationToken": one} for one in tokens))

        with pytest.raises(RosterUnavailable, match="EndlessRoster"):
            await pages_of(teams, home)
        assert len(connector.seen) == len(tokens)

    @pytest.mark.parametrize(
        "status, body, why",
        [
            (403, '{"error": {"code": "BotNotInConversationRoster"}}', "^403 BotNotInConversationRoster$"),
            (404, "", "^404$"),
            (500, "", "^HTTP 500$"),
            (200, "not JSON", "^NoMembers$"),
            (200, '{"members": {}}', "^NoMembers$"),
            (200, '{"members": ["Ada"]}', "^NoMembers$"),
            (429, "", "^NotNow$"),
        ],
    )
    @pytest.mark.usefixtures("pauses")
    async def test_a_roster_that_cannot_be_read(
        self, teams: Teams, home: Home, connector: Connector, status: int, body: str, why: str
    ) -> None:
        """Why goes to the lead; half a roster is none."""
        connector.says(status, body)

        with pytest.raises(RosterUnavailable, match=why):
            await pages_of(teams, home)

    async def test_a_page_is_asked_for_patiently(
        self, teams: Teams, home: Home, connector: Connector, pauses: list[float]
    ) -> None:
        """Asked to come back later, the port does so, and goes on where it was."""
        first = {"members": [{"id": "29:1"}], "continuationToken": "next"}
        answers = iter(
            [
                web.json_response(first),
                web.Response(status=429, headers={"Retry-After": "3"}),
                web.json_response({"members": [{"id": "29:2"}]}),
            ]
        )

        async def answer(_: web.Request) -> web.StreamResponse:
            return next(answers)

        connector.answer = answer

        assert [page[0].id for page in await pages_of(teams, home)] == ["29:1", "29:2"]
        assert pauses == [3.0]

    async def test_a_stranger_is_not_asked(self, teams: Teams) -> None:
        """Neither for a roster nor for a name: the token would go along."""
        stranger = Home(Team("tenant", "19:team", ""), "https://evil.example/", "28:coach")

        with pytest.raises(RosterUnavailable, match="UntrustedServiceUrl"):
            await pages_of(teams, stranger)
        assert not await teams.team_name(stranger)


class TestTeamName:
    """What a team is called."""

    async def test_it_is_asked_for(self, teams: Teams, home: Home, connector: Connector) -> None:
        """By the id of the team."""
        connector.answers({"id": home.team.id, "name": "Operations", "aadGroupId": "1"})

        assert await teams.team_name(home) == "Operations"
        assert connector.seen[0][:2] == ("GET", "/teams/v3/teams/19%3Ateam%40thread.tacv2")

    @pytest.mark.parametrize("status, body", [(403, ""), (500, ""), (200, "{}"), (200, '{"name": null}')])
    async def test_a_name_that_nobody_tells(
        self, teams: Teams, home: Home, connector: Connector, status: int, body: str
    ) -> None:
        """Is empty; a name is not worth an error."""
        connector.says(status, body)

        assert not await teams.team_name(home)


class TestUpload:
    """Files, on their way to where people keep theirs."""

    async def test_a_file_is_handed_over(
        self, teams: Teams, server: TestServer, connector: Connector
    ) -> None:
        """In one piece, to the very address Teams gave, and without the bot's token."""
        url = str(server.make_url("/drive/")) + "upload%20Session?guid=%27a%2Fb%27"

        assert await teams.upload(url, b"workbook", "application/x") == Sent("17")
        assert connector.seen == [("PUT", "/drive/upload%20Session?guid=%27a%2Fb%27", None)]
        assert connector.ranges == [("bytes 0-7/8", "application/x")]
        assert connector.bodies == [b"workbook"]

    @pytest.mark.parametrize(
        "url",
        [
            "http://contoso.sharepoint.com/upload",
            "https://evil.example/upload",
            "https://evilsharepoint.com/upload",
            "https://contoso.sharepoint.com.evil.example/upload",
            "https://contoso.sharepoint.com@evil.example/upload",
            "https://evil.example#.sharepoint.com",
            "https://evil.example?.sharepoint.com",
            "https://contoso.sharepoint.com:abc/upload",
            "https://[::1/upload",
            "http://127.0.0.2/upload",
            "file:///etc/passwd",
            "",
        ],
    )
    async def test_a_stranger_gets_no_file(self, teams: Teams, url: str) -> None:
        """What colleagues answered goes to SharePoint only, or to a test on this machine."""
        assert await teams.upload(url, b"workbook", "application/x") == Refused(0, "UntrustedUploadUrl")

    @pytest.mark.parametrize(
        "host", ["contoso.sharepoint.com", "contoso-my.SharePoint.com", "contoso.sharepoint.us", "a.svc.ms"]
    )
    async def test_sharepoint_gets_files(self, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
        """The hosts where Teams keeps people's files, over HTTPS."""
        asked: list[str] = []

        def request(_: ClientSession, method: str, url: object, **__: object) -> None:
            asked.append(f"{method} {url}")
            raise TimeoutError

        monkeypatch.setattr(ClientSession, "request", request)
        async with ClientSession() as session:
            teams = Teams(session, Passport(), lambda _: False)
            assert await teams.upload(f"https://{host}/a", b"1", "a/b") == Unknown("TimeoutError")
        assert len(asked) == 1


class TestPatience:
    """`patiently` waits as Teams asks, a bounded number of times."""

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
