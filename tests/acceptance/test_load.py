"""More comes at once than there is room for, or more of one person than their share."""

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from aiohttp import ClientSession, TCPConnector

from bot.overload import ASKING_TEAMS, AT_WORK, COME_BACK_AFTER, WAITING
from bot.serving import open_as_many_files_as_allowed
from cards.presses import Start, encode
from tests.acceptance.colleagues import begins, finishes, has_the_app
from tests.acceptance.directory import crowd
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.ledger import comes_true
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.seen import Seen
from tests.acceptance.teams import Colleague, Teams
from tests.everything import tables

Json = dict[str, Any]

TOO_MANY = 100
"""People beyond those that a room holds."""


@dataclass(frozen=True)
class Answer:
    """`again_after` is in seconds, where the bot names a wait."""

    status: int
    again_after: str | None


class Burst:
    """Activities of different people that are all sent at once, each on a connection of its own."""

    def __init__(self, session: ClientSession, bot: KillableBot, activities: Sequence[Json]) -> None:
        self._session = session
        self._url = bot.url
        self.activities = list(activities)
        self.answers: dict[int, Answer] = {}
        self._news = asyncio.Condition()
        self._sent = [asyncio.create_task(self._sends(number)) for number in range(len(activities))]

    def people(self, status: int) -> set[str]:
        """The object ids of those who got this answer."""
        return {
            self.activities[number]["from"]["aadObjectId"]
            for number, answer in self.answers.items()
            if answer.status == status
        }

    async def has_answers(self, many: int) -> None:
        async with asyncio.timeout(60), self._news:
            await self._news.wait_for(lambda: len(self.answers) >= many)

    async def is_answered(self) -> None:
        async with asyncio.timeout(60):
            await asyncio.gather(*self._sent)

    async def is_sent_again(self) -> None:
        """What was turned away comes again, a few at a time, as Teams delivers again what got a 5xx."""
        left = [number for number, answer in self.answers.items() if answer.status == 503]
        for start in range(0, len(left), AT_WORK):
            await asyncio.gather(*(self._sends(number) for number in left[start : start + AT_WORK]))

    async def asks(self, path: str) -> int:
        async with self._session.get(f"{self._url}{path}") as response:
            return response.status

    async def _sends(self, number: int) -> None:
        url = f"{self._url}/api/messages"
        async with self._session.post(url, json=self.activities[number]) as response:
            await response.read()
            answer = Answer(response.status, response.headers.get("Retry-After"))
        async with self._news:
            self.answers[number] = answer
            self._news.notify_all()


@contextmanager
def nothing_is_written(url: str) -> Iterator[None]:
    """Somebody else has the database for themselves until the block ends."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as file:
            file.execute("begin immediate")
            yield
            file.execute("rollback")
        return
    with psycopg.connect(url) as server:
        server.execute("lock table checks in exclusive mode")
        yield
        server.rollback()


def kept(url: str) -> list[str]:
    """Whose checks there are."""
    return sorted(row["person_id"] for row in tables(url, "checks")["checks"])


def start_pressed(colleague: Colleague) -> Json:
    """A press that needs no card before it."""
    return colleague.writer.execute({"data": encode(Start())}, {}, Seen({}, "1", colleague.place.id))


class TestMoreThanThereIsRoomFor:
    """The bot is a process of its own, with the usual limits."""

    @pytest.fixture
    async def bot(self, replicas: Replicas) -> KillableBot:
        open_as_many_files_as_allowed()
        return await replicas[0].starts(LOG_LEVEL="WARNING")

    @pytest.fixture
    async def burst_of(self, bot: KillableBot) -> AsyncIterator[Callable[[Sequence[Json]], Burst]]:
        async with ClientSession(connector=TCPConnector(limit=0)) as session:
            yield lambda activities: Burst(session, bot, activities)

    @on_both_databases
    async def test_presses_beyond_it_are_turned_away_and_taken_later(
        self,
        teams: Teams,
        bot: KillableBot,
        database_url: str,
        burst_of: Callable[[Sequence[Json]], Burst],
    ) -> None:
        """The database stands still: a press is kept once and answered, or told to come again."""
        people = [has_the_app(teams, one.name) for one in crowd(AT_WORK + WAITING + TOO_MANY)]
        with nothing_is_written(database_url):
            burst = burst_of([start_pressed(one) for one in people])
            await burst.has_answers(TOO_MANY)
            assert burst.people(503)
            assert await burst.asks("/healthz") == 200
        await burst.is_answered()

        assert set(burst.answers.values()) == {Answer(200, None), Answer(503, str(COME_BACK_AFTER))}
        assert len(burst.people(200)) >= AT_WORK
        assert kept(database_url) == sorted(burst.people(200))
        assert bot.log.count("too much came at once") < 10

        await burst.is_sent_again()
        assert set(burst.answers.values()) == {Answer(200, None)}
        assert kept(database_url) == sorted(one.person.aad_object_id for one in people)

    async def test_while_teams_hangs_presses_are_answered(
        self,
        teams: Teams,
        database_url: str,
        burst_of: Callable[[Sequence[Json]], Burst],
    ) -> None:
        """So many who typed wait for Teams and take nobody's place; the others are served later."""
        teams.connector.is_limited = False
        people = [has_the_app(teams, one.name) for one in crowd(ASKING_TEAMS + TOO_MANY)]
        ada = has_the_app(teams, "Ada Lovelace")
        async with teams.connector.holds_back():
            burst = burst_of([one.writer.message("start") for one in people])
            await burst.has_answers(TOO_MANY)
            await comes_true(lambda: teams.connector.arrived + len(burst.answers) >= len(people))
            assert teams.connector.arrived <= ASKING_TEAMS
            assert [await burst.asks(path) for path in ("/healthz", "/readyz")] == [200, 200]
            assert (await teams.door.deliver(start_pressed(ada))).card_problem is None
        await burst.is_answered()

        assert set(burst.answers.values()) == {Answer(200, None), Answer(503, str(COME_BACK_AFTER))}
        assert set(kept(database_url)) == burst.people(200) | {ada.person.aad_object_id}
        await burst.is_sent_again()
        assert len(burst.people(200)) == len(people)
        assert [len(teams.connector.messages_in(one.place)) for one in people] == [1] * len(people)


class TestOnePerson:
    """Ada's client is stuck, or a script is behind it."""

    @pytest.fixture
    def more_settings(self) -> Json:
        return {"TURNS_A_MINUTE": "300"}

    @pytest.fixture
    def press(self, bot: RunningBot, teams: Teams) -> Callable[[Json], Awaitable[Answer]]:
        async def sends(activity: Json) -> Answer:
            url = f"{bot.url}/api/messages"
            async with teams.door.session.post(url, json=activity) as response:
                return Answer(response.status, response.headers.get("Retry-After"))

        return sends

    async def test_one_client_does_not_take_the_bot(
        self,
        ada: Colleague,
        bo: Colleague,
        database_url: str,
        press: Callable[[Json], Awaitable[Answer]],
    ) -> None:
        """Ada hammers and is slowed down, Bo is answered as ever, and so is Ada after a moment."""
        await begins(ada)
        card = ada.last_card()
        part, _ = card.input_with("Defined")
        levels = itertools.cycle(choice["value"] for choice in part["choices"])

        def an_answer() -> Json:
            return ada.writer.execute(card.button("Next"), {part["id"]: next(levels)}, card)

        presses = [an_answer() for _ in range(200)]
        hammering = asyncio.gather(*map(press, presses))
        await finishes(bo)
        answers = await hammering

        assert {one.status for one in answers} == {200, 429}
        assert all(one.again_after is not None for one in answers if one.status == 429)
        taken = {one["id"] for one, answer in zip(presses, answers, strict=True) if answer.status == 200}
        [hers] = [row for row in tables(database_url, "answers")["answers"] if row["activity_id"] in taken]
        assert len(tables(database_url, "answers")["answers"]) == 1 + 7
        last = await self.is_taken_at_last(an_answer, press)
        stored = {row["activity_id"] for row in tables(database_url, "answers")["answers"]}
        assert last["id"] in stored
        assert hers["activity_id"] not in stored

    async def is_taken_at_last(
        self, an_answer: Callable[[], Json], press: Callable[[Json], Awaitable[Answer]]
    ) -> Json:
        """The first answer that is taken, by somebody who waits as long as the bot says."""
        async with asyncio.timeout(30):
            while True:
                answer = await press(sent := an_answer())
                if answer.again_after is None:
                    assert answer.status == 200
                    return sent
                await asyncio.sleep(float(answer.again_after))

    async def test_an_admin_adds_the_app_to_many_teams(
        self, ada: Colleague, press: Callable[[Json], Awaitable[Answer]]
    ) -> None:
        """What Teams tells of that is nothing that Ada says, and comes once only."""
        answers = [await press(ada.writer.app_added()[1]) for _ in range(40)]

        assert {one.status for one in answers} == {200}

    async def test_quick_fingers_never_meet_it(self, ada: Colleague) -> None:
        """Two whole checks in a row, as fast as a machine taps."""
        await finishes(ada)
        await finishes(ada)

        assert ada.last_card().heading == "You are at Level 300 Defined"
