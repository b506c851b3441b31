"""One whole check, taken over HTTP and written down, so that very many people can take it after."""

from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import ClientSession

from benchmarks.load import ACTIVITY, CHECK, PERSON
from cards.presses import Start, encode
from content.loading import Content
from tests.acceptance.activities import Writer
from tests.acceptance.directory import Conversation, Directory
from tests.acceptance.directory import Person as Colleague
from tests.acceptance.form import filled_in
from tests.acceptance.seen import Seen

Json = dict[str, Any]

FIRST_CARD = "1763900000001"


@dataclass(frozen=True)
class Scripts:
    """What people say, turn by turn."""

    invoke: list[str]
    """Start, a role, and each answer, all by pressing buttons."""
    message: list[str]
    """The same, typed."""
    card: bytes
    """A question, as large as most of the cards are."""

    def of(self, kind: str) -> list[str]:
        return self.invoke if kind == "invoke" else self.message


async def recorded(bot: str, connector: str, content: Content, edition: str) -> Scripts:
    """Take a check with buttons, and write down what was said; the typed one says the same in words."""
    ada, directory = Colleague("Ada Lovelace"), Directory()
    place = directory.personal_chat(ada)
    writer = Writer(directory, f"{connector}/", ada, place)
    bodies, cards = [], []
    async with ClientSession() as session:
        activity = writer.execute({"data": encode(Start())}, {}, Seen({}, FIRST_CARD, place.id))
        while activity is not None:
            bodies.append(activity)
            async with session.post(f"{bot}/api/messages", json=activity) as response:
                response.raise_for_status()
                answer = await response.json()
            card = Seen(answer["value"], FIRST_CARD, place.id)
            cards.append(card)
            activity = _next(writer, content, card, len(bodies))
    order = content.editions[edition].order
    if len(bodies) != len(order) + 2:
        raise ValueError(f"a check of {len(order)} questions took {len(bodies)} turns")
    typed = ["start", content.texts.words["maker"][0], *(str(_level(n)) for n in range(2, len(bodies)))]
    check = bodies[-1]["value"]["action"]["data"]["check"]
    return Scripts(
        invoke=[_template(one, ada, place, check) for one in bodies],
        message=[_template(writer.message(words), ada, place, check) for words in typed],
        card=orjson.dumps(cards[len(cards) // 2].card),
    )


def _level(turn: int) -> int:
    """Different answers, so that there is something to say about them."""
    return turn % 5 + 1


def _next(writer: Writer, content: Content, card: Seen, turn: int) -> Json | None:
    """The press that goes on from a card; None where the check is finished."""
    following = content.texts("button.next")
    if following in card.buttons:
        choices = card.inputs[0]["choices"]
        inputs = filled_in(card, {card.inputs[0]["id"]: choices[_level(turn) - 1]["value"]})
        return writer.execute(card.button(following), inputs, card)
    role = content.texts("role.names.maker")
    return writer.execute(card.button(role), {}, card) if role in card.buttons else None


def _template(activity: Json, person: Colleague, place: Conversation, check: str) -> str:
    """What anybody says where this person has said that."""
    text = orjson.dumps(activity).decode()
    for said, stands_for in {
        person.aad_object_id: f"00000000-0000-4000-8000-{PERSON.decode()}",
        person.id: f"29:1{PERSON.decode()}",
        place.id: f"a:1{PERSON.decode()}",
        check: CHECK.decode(),
        f'"id":"{activity["id"]}"': f'"id":"{ACTIVITY.decode()}"',
    }.items():
        text = text.replace(said, stands_for)
    return text
