"""People who live through a year as chance has it, and bots that look at each of its moments.

What Teams is given to bring to somebody is held, in that very moment, against what is known here of them.
"""

import asyncio
import contextlib
import datetime as dt
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Self, cast
from zoneinfo import ZoneInfo

import orjson
import pytest

from assessment.model import Person
from assessment.pledges import MOST_QUESTIONS
from assessment.privacy import Retention
from assessment.respect import Limits
from assessment.survey import Member, Team
from bot.watching import Unwatched
from dialogs.survey_views import Rules
from jobs import work
from jobs.pacer import Pacer
from jobs.port import Outcome, Port, Sent
from jobs.starting import NotReady
from jobs.watch import Watch
from storage.conversations import Conversation
from storage.database import RAISED, Database
from storage.surveys import Home, Post
from tests.integration.test_scheduling import CONTENT, NoPacer, means_of
from tests.integration.test_surveys import member

BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
WEEK = 7 * DAY
LOOKS_EVERY = 13 * HOUR
"""No part of a day, so that all hours come."""

REMINDERS = 2
"""Of each survey."""


@dataclass
class Somebody:
    """What the test knows of a person."""

    person: Person
    zone: str
    is_silent: bool = False
    not_before: dt.datetime | None = None
    got: list[dt.datetime] = field(default_factory=list)
    done_with: set[str] = field(default_factory=set)
    """The ids of surveys and pledges of which they must hear no more."""
    of_survey: Counter[str] = field(default_factory=Counter)
    asked: dict[str, list[dt.datetime]] = field(default_factory=dict)

    def may_get_one(self, now: dt.datetime) -> None:
        """Fails where a rule is broken by a message of now."""
        zone = ZoneInfo(self.zone)
        here = now.astimezone(zone)
        assert not self.is_silent, here
        assert self.not_before is None or now >= self.not_before, here
        assert here.weekday() < 5, here
        assert 8 <= here.hour < 18, here
        days = [one.astimezone(zone).date() for one in self.got]
        assert here.date() not in days, here
        firsts = [here.date() - back * DAY for back in range(7)]
        assert all(sum(first <= day < first + WEEK for day in days) < 3 for first in firsts), here


class TeamsStub:
    """Brings everything, if it may be brought."""

    def __init__(self, teams: Sequence[tuple[Team, Sequence[int]]], people: Sequence[Somebody]) -> None:
        self.now = BEGIN
        self.posts: list[str] = []
        self.pledges: dict[str, Person] = {}
        self._teams = {team.id: members for team, members in teams}
        self._people = {f"a:29:{number}": one for number, one in enumerate(people)}

    def clock(self) -> dt.datetime:
        return self.now

    async def roster(self, home: Home) -> AsyncIterator[Sequence[Member]]:
        yield [member(number) for number in self._teams[home.team.id]]

    async def team_name(self, _: Home) -> str:
        return ""

    async def open_chat(self, _: str, __: str, ___: str, member_id: str) -> Outcome:
        return Sent(f"a:{member_id}")

    async def edit_card(self, _: str, post: Post, __: dict[str, Any]) -> Outcome:
        return Sent(post.activity_id)

    async def post_card(self, _: Home, channel_id: str, card: dict[str, Any]) -> Post:
        self.posts.append(orjson.dumps(card).decode())
        return Post(channel_id, str(len(self.posts)))

    async def send_card(self, home: Conversation, card: dict[str, Any]) -> Outcome:
        who, text = self._people[home.id], orjson.dumps(card).decode()
        who.may_get_one(self.now)
        who.got.append(self.now)
        [about] = set(re.findall(r"\b[0-9a-f]{32}\b", text))
        assert about not in who.done_with, "about what they are done with"
        if about not in self.pledges:
            who.of_survey[about] += 1
            assert who.of_survey[about] <= 1 + REMINDERS, "reminded again and again"
            return Sent(str(len(who.got)))
        assert self.pledges[about] == who.person
        before = who.asked.setdefault(about, [])
        assert all(self.now - one >= WEEK for one in before), "twice in a week"
        before.append(self.now)
        assert len(before) <= 1 + MOST_QUESTIONS, "asked again and again"
        return Sent(str(len(who.got)))


class EngineStub:
    """Does each job at once, and leaves alone what is being done."""

    def __init__(self, _url: str, _replica: str, jobs: Any, *, running: set[str]) -> None:
        self._jobs = jobs
        self._running = running

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def unfinished(self, prefix: str) -> set[str]:
        return {one for one in self._running if one.startswith(prefix)}

    async def length(self) -> int:
        return len(self._running)

    async def start(self, name: str, id_: str, *args: Any) -> None:
        if id_ in self._running:
            return
        self._running.add(id_)
        try:
            await self._jobs[name](*args)
        except NotReady:
            # Two schedules of a team had the same date.
            await self._jobs[name](*args)
        finally:
            self._running.discard(id_)

    async def forget(self, _: dt.datetime) -> None: ...


class Eyes(Watch):
    """Looks when it is told to, as often as the year has such moments."""

    every: ClassVar[list["Eyes"]]

    @contextlib.asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        self.every.append(self)
        yield

    async def look(self) -> None:
        for habit in (self._look, *self._habits):
            # SQLite's log cannot be emptied while the other one reads.
            with contextlib.suppress(*RAISED.unavailable):
                await habit()


def looking(patch: pytest.MonkeyPatch) -> list[Eyes]:
    """Have bots do their jobs only as they look; all that begin to work from now on."""
    engine = partial(EngineStub, running=set())
    patch.setattr(work, "Watch", Eyes)
    patch.setattr(work, "_engine_class", lambda: engine)
    patch.setattr(Eyes, "every", [], raising=False)
    return Eyes.every


def working(database: Database, teams: TeamsStub) -> contextlib.AbstractAsyncContextManager[None]:
    """All jobs of one process, put together as in production."""
    return work.working(
        "",
        CONTENT,
        database,
        means=means_of(database, teams, Rules(lambda _: True, 500, 47.5, Limits())),
        port=cast("Port", teams),
        pacer=cast("Pacer", NoPacer()),
        nudged=asyncio.Event(),
        retention=Retention(),
        clock=teams.clock,
        onlooker=Unwatched(),
    )
