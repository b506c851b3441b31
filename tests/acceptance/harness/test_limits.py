"""The stand-in lets a bot call as often as Teams does, and keeps a record of each call too many."""

from collections.abc import Awaitable, Callable

import pytest

from tests.acceptance.connector import Connector
from tests.acceptance.directory import Directory, crowd
from tests.acceptance.harness.caller import ADA, Answer, Caller
from tests.acceptance.limits import Limits
from tests.acceptance.teams import Colleague


class Seconds:
    """A clock for the limits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(connector: Connector) -> Seconds:
    seconds = Seconds()
    connector.limits = Limits(seconds)
    return seconds


async def welcome(call: Callable[[], Awaitable[Answer]]) -> int:
    """How many calls are taken before the first 429."""
    for number in range(1000):
        if (await call()).status == 429:
            return number
    raise AssertionError("there is no limit")


async def test_seven_messages_a_second_in_a_chat(
    caller: Caller, connector: Connector, chat: str, seconds: Seconds
) -> None:
    """Sends, replies and updates count together; the eighth is told when to come again."""
    sent = await caller.sends(chat)
    for _ in range(3):
        await caller.updates(chat, sent.body["id"])
        await caller.replies(chat, sent.body["id"])
    seconds.now += 0.5
    refused = await caller.sends(chat)
    assert refused[:2] == (429, "Throttled")
    assert refused.retry_after == "1"
    assert len(connector.messages) == 4
    assert [str(one) for one in connector.violations] == [f"writing in {chat}: more than 7 in 1 s"]
    seconds.now += 0.5
    assert (await caller.sends(chat)).status == 201


async def test_eight_in_two_seconds_and_sixty_in_thirty(caller: Caller, chat: str, seconds: Seconds) -> None:
    """Slower than seven a second may be too fast for longer."""
    assert await welcome(lambda: caller.sends(chat)) == 7
    seconds.now += 1
    assert await welcome(lambda: caller.sends(chat)) == 1
    seconds.now += 2

    async def four_a_second() -> Answer:
        seconds.now += 0.26
        return await caller.sends(chat)

    assert await welcome(four_a_second) == 52


async def test_threads_of_a_channel_count_together(
    caller: Caller, directory: Directory, seconds: Seconds
) -> None:
    """Seven posts in a channel are seven, each in a thread of its own or not."""
    assert seconds()
    team = directory.team("Makers", ADA)
    directory.installed.add(team.id)
    assert await welcome(lambda: caller.posts(team.id)) == 7
    assert (await caller.sends(f"{team.id};messageid=1")).status == 429


async def test_fifty_requests_a_second_for_a_tenant(
    caller: Caller, connector: Connector, directory: Directory, seconds: Seconds
) -> None:
    """Whomever they are for; what is refused does not count again."""
    people = crowd(60)
    team = directory.team("Makers", *people)
    directory.installed.add(team.id)
    answers = [(await caller.creates(person)).status for person in people]
    assert answers == [201] * 50 + [429] * 10
    assert connector.largest_second() == 60
    assert str(connector.violations[0]).endswith("more than 50 in 1 s")
    seconds.now += 1
    assert (await caller.creates(people[0])).status == 201
    assert connector.largest_second() == 60


async def test_fourteen_pages_a_second_of_a_roster(
    caller: Caller, directory: Directory, seconds: Seconds
) -> None:
    """Reading is allowed twice as often as writing."""
    assert seconds()
    team = directory.team("Makers", ADA)
    directory.installed.add(team.id)
    assert await welcome(lambda: caller.roster(team.id)) == 14


async def test_limits_can_be_lifted(caller: Caller, connector: Connector, chat: str) -> None:
    """A load test may want to see how fast a bot is; the largest second is counted all the same."""
    connector.limits = Limits(Seconds())
    connector.is_limited = False
    assert {(await caller.sends(chat)).status for _ in range(70)} == {201}
    assert connector.largest_second() == 70
    assert not connector.violations


async def test_a_persons_own_acts_make_room_in_their_chat(
    asked: Colleague, connector: Connector, seconds: Seconds
) -> None:
    """A test presses faster than a person: what the bot answers to each act is judged by itself."""
    assert seconds()
    for _ in range(20):
        await asked.says("again")
        assert asked.sees_one_card().heading == "Support"
    assert not connector.violations
