"""What goes wrong comes as a test asks for it, for whom and for what it asks."""

import asyncio

import pytest
from aiohttp import ClientConnectionError, ClientTimeout

from tests.acceptance.connector import Connector
from tests.acceptance.directory import Directory, Wall
from tests.acceptance.faults import Fault
from tests.acceptance.harness.caller import ADA, BO, Caller
from tests.acceptance.harness.stub_bot import StubBot
from tests.acceptance.limits import Limits
from tests.acceptance.teams import Colleague

IMPATIENT = ClientTimeout(total=0.05)


@pytest.mark.parametrize(
    "wall, opening, writing",
    [
        (Wall.NOT_INSTALLED, (403, "ForbiddenOperationException"), (403, "BotNotInConversationRoster")),
        (Wall.BLOCKED, (201, ""), (403, "ConversationBlockedByUser")),
        (Wall.WRITES_BLOCKED, (201, ""), (403, "MessageWritesBlocked")),
        (Wall.DISABLED, (403, "BotDisabledByAdmin"), (403, "BotDisabledByAdmin")),
        (Wall.GONE, (403, "ForbiddenOperationException"), (404, "ConversationNotFound")),
    ],
)
async def test_each_wall_has_its_answers(
    caller: Caller, directory: Directory, chat: str, wall: Wall, opening: object, writing: object
) -> None:
    """Teams says in different words why a person is not reached, and each person has their own wall."""
    sent = await caller.sends(chat)
    directory.walls[ADA] = wall
    directory.installed.add(BO.id)
    assert (await caller.creates(ADA))[:2] == opening
    assert (await caller.sends(chat))[:2] == writing
    assert (await caller.updates(chat, sent.body["id"]))[:2] == writing
    assert (await caller.creates(BO)).status == 201


async def test_a_colleague_puts_up_and_takes_away_a_wall(asked: Colleague, stub: StubBot) -> None:
    """Who has blocked the bot can change their mind."""
    asked.is_behind(Wall.BLOCKED)
    await asked.says("start")
    assert stub.refused == [403]
    asked.is_behind(None)
    await asked.says("start")
    assert asked.sees_one_card().heading == "Support"


async def test_a_fault_waits_for_its_person_and_its_kind(
    caller: Caller, connector: Connector, directory: Directory, chat: str
) -> None:
    """Others get through meanwhile."""
    team = directory.team("Makers", ADA, BO)
    directory.installed.add(team.id)
    other = directory.personal_chat(BO).id
    connector.fails_next(503, for_=BO, kind="send", code="ServiceUnavailable")
    connector.fails_next(500, kind="roster")
    connector.plans(Fault(418), aim=lambda call: call.body.get("text") == "Tea")
    assert (await caller.sends(chat)).status == 201
    assert (await caller.creates(BO)).status == 201
    assert (await caller.sends(other))[:2] == (503, "ServiceUnavailable")
    assert (await caller.sends(other)).status == 201
    assert (await caller.sends(chat, {"type": "message", "text": "Tea"})).status == 418
    assert (await caller.roster(team.id)).status == 500
    assert (await caller.roster(team.id)).status == 200


@pytest.mark.parametrize("though_delivered", [False, True])
async def test_an_answer_may_never_come(
    caller: Caller, connector: Connector, chat: str, *, though_delivered: bool
) -> None:
    """The bot has to give up; whether the message is there it cannot know."""
    connector.hangs_next(though_delivered=though_delivered)
    with pytest.raises(TimeoutError):
        await caller.sends(chat, timeout=IMPATIENT)
    assert len(connector.messages) == though_delivered
    assert [request.status for request in connector.requests] == [0]
    assert (await caller.sends(chat)).status == 201


@pytest.mark.parametrize("though_delivered", [False, True])
async def test_a_connection_may_break(
    caller: Caller, connector: Connector, chat: str, *, though_delivered: bool
) -> None:
    """Before or after the message has arrived."""
    connector.drops_next(though_delivered=though_delivered)
    with pytest.raises(ClientConnectionError):
        await caller.sends(chat)
    assert len(connector.messages) == though_delivered
    assert (await caller.sends(chat)).status == 201


async def test_a_slow_service_answers_in_the_end(caller: Caller, connector: Connector, chat: str) -> None:
    """Too late for the impatient, and many wait at the same time."""
    connector.latency = 0.2
    with pytest.raises(TimeoutError):
        await caller.sends(chat, timeout=IMPATIENT)
    answers = await asyncio.gather(*(caller.sends(chat) for _ in range(5)))
    assert [answer.status for answer in answers] == [201] * 5


async def test_bad_weather_is_the_same_for_the_same_seed(
    caller: Caller, connector: Connector, chat: str
) -> None:
    """A failing test can be run again; about the asked-for share goes wrong."""
    connector.is_limited = False
    kinds = (Fault(429, retry_after=0), Fault(503, though_delivered=True))

    async def statuses(seed: int) -> list[int]:
        connector.fails_at_random(0.3, seed, kinds)
        return [(await caller.sends(chat)).status for _ in range(100)]

    first, again, other = await statuses(7), await statuses(7), await statuses(8)
    assert first == again != other
    assert set(first) == {201, 429, 503}
    assert 15 <= 100 - first.count(201) <= 45


async def test_a_throttled_request_uses_up_no_fault(caller: Caller, connector: Connector, chat: str) -> None:
    """What the limits refuse never comes as far as the fault."""
    connector.limits = Limits(lambda: 0.0)
    for _ in range(7):
        await caller.sends(chat)
    connector.fails_next(500)
    assert (await caller.sends(chat)).status == 429
    connector.is_limited = False
    assert (await caller.sends(chat)).status == 500
