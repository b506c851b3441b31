"""What befalls a letter between its claim and its sending, on both databases."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from assessment.respect import Limits
from cards.elements import Card
from dialogs.respect import Respect
from jobs.courtesy import Courtesy
from jobs.pacer import Pacer
from jobs.port import Outcome, Port, Sent
from jobs.sending import Sender
from storage.conversations import Conversation
from storage.database import Database
from storage.deliveries import Deliveries
from tests.integration.test_scheduling import CONTENT, NoPacer
from tests.integration.test_surveys import DAY, INVITATION, NOW, opened, person, stored

MORNING_AFTER = NOW + DAY
"""An invitation that was held overnight: it is looked up whether it is needed still."""


@dataclass
class Teams:
    """Takes every card."""

    chats: list[Conversation] = field(default_factory=list)

    async def send_card(self, home: Conversation, _: Card) -> Outcome:
        self.chats.append(home)
        return Sent("message")


def sender(database: Database, teams: Teams) -> Sender:
    def clock() -> dt.datetime:
        return MORNING_AFTER

    courtesy = Courtesy(database, Respect(database.contacts, Limits()), clock=clock)
    port, pacer = cast("Port", teams), cast("Pacer", NoPacer())
    return Sender(CONTENT, database, port, pacer, courtesy=courtesy, replica="one", clock=clock)


async def test_who_is_about_to_be_invited_as_the_survey_closes_is_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent, it is kept as not sent, and it is not one of the messages they had that day."""
    survey, teams = await opened(database, people=2), Teams()
    for number in range(2):
        chat = Conversation(f"chat {number}", "https://smba.trafficmanager.net/teams/")
        await database.conversations.remember(person(number), chat)
    claim = Deliveries.claim

    async def is_closed_meanwhile(deliveries: Deliveries, *what: Any) -> bool:
        is_claimed = await claim(deliveries, *what)
        await database.surveys.begin_closing(survey, MORNING_AFTER)
        return is_claimed

    monkeypatch.setattr(Deliveries, "claim", is_closed_meanwhile)
    await sender(database, teams).send_part(survey.id, INVITATION.number, 0)

    assert teams.chats == []
    numbers = await database.deliveries.numbers_at(await stored(database, survey), MORNING_AFTER)
    assert (numbers.delivered, numbers.waiting, numbers.stopped) == (0, 0, 2)
    for number in range(2):
        assert await database.contacts.written(person(number), NOW) == []


async def test_who_is_invited_the_morning_after_is(database: Database) -> None:
    """Else the test above says nothing."""
    survey, teams = await opened(database, people=1), Teams()
    await database.conversations.remember(
        person(0), Conversation("chat", "https://smba.trafficmanager.net/teams/")
    )
    await sender(database, teams).send_part(survey.id, INVITATION.number, 0)

    assert [one.id for one in teams.chats] == ["chat"]
    assert len(await database.contacts.written(person(0), NOW)) == 1
