"""A lead who starts a survey over HTTP, press by press, as Teams would tell the bot."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from tests.acceptance.activities import Writer
from tests.acceptance.directory import Directory, Person
from tests.acceptance.form import filled_in
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE

Json = dict[str, Any]


@dataclass(frozen=True)
class Rehearsal:
    """A survey that is ready to be sent."""

    card: Seen
    seconds: float
    """From the press to the whole roster known, with all the presses that took."""

    @property
    def forecast(self) -> str:
        """How long sending takes, in the card's words."""
        titled = (part for part in _facts(self.card.card) if part.get("title") == "Sending takes")
        return str(next(titled)["value"])


class Lead:
    """In the General channel of a team."""

    def __init__(self, session: ClientSession, bot: str, connector: str) -> None:
        directory = Directory()
        person = Person("Ada Lovelace")
        place = directory.channel(directory.team("Contoso CoE", person), "General")
        self._writer = Writer(directory, connector, person, place)
        self._session = session
        self._bot = f"{bot}/api/messages"
        self._connector = connector

    async def rehearses(self) -> Rehearsal:
        """Type `survey`, plan it as usual, and wait until it is known whom it reaches."""
        await self._tells(self._writer.message(f"{HERE} survey"))
        card = await self._last_card()
        begun = time.monotonic()
        card = await self._presses(card, "Show what will happen")
        while "Look again" in card.buttons:
            await asyncio.sleep(1)
            card = await self._presses(card, "Look again")
        return Rehearsal(card, time.monotonic() - begun)

    async def sends(self, rehearsal: Rehearsal) -> float:
        """Press Send. Returns the instant of the press."""
        title = next(
            title for title in rehearsal.card.buttons if title.startswith("Send to") and title[8].isdigit()
        )
        pressed = time.monotonic()
        await self._presses(rehearsal.card, title)
        return pressed

    async def _presses(self, card: Seen, title: str) -> Seen:
        button = card.button(title)
        inputs = filled_in(card, {}) if button.get("associatedInputs") != "none" else {}
        answer = await self._tells(self._writer.execute(button, inputs, card))
        return Seen(answer["value"], card.message_id, card.conversation_id)

    async def _tells(self, activity: Json) -> Json:
        async with self._session.post(self._bot, json=activity) as response:
            response.raise_for_status()
            return (await response.json() if response.content_type == "application/json" else None) or {}

    async def _last_card(self) -> Seen:
        async with self._session.get(f"{self._connector}channel") as response:
            last = (await response.json())[-1]
        return Seen(last["card"], last["id"], last["conversation"])


def _facts(value: Any) -> list[Json]:
    if isinstance(value, list):
        return [found for one in value for found in _facts(one)]
    if not isinstance(value, dict):
        return []
    return [*value.get("facts", []), *_facts(list(value.values()))]
