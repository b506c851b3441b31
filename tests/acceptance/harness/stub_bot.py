"""A bot with hand-made answers, to try the harness itself."""

import asyncio
from typing import Any

from aiohttp import ClientSession, web
from yarl import URL

from tests.card_shape import CARD_TYPE

Json = dict[str, Any]


def text(words: str, **changes: Any) -> Json:
    return {"type": "TextBlock", "text": words, "wrap": True} | changes


def button(title: str, **changes: Any) -> Json:
    same = {"title": title, "data": {"press": title}} | changes
    submit = {"type": "Action.Submit", **same}
    return {"type": "Action.Execute", "verb": "press", **same, "fallback": submit}


def question(heading: str = "Support", *more: Json, **changes: Any) -> Json:
    """A card with a question, Next and Back."""
    levels = [("Initial", "100"), ("Repeatable", "200"), ("Defined", "300")]
    choices = {
        "type": "Input.ChoiceSet",
        "id": "level",
        "style": "expanded",
        "label": "What is true today?",
        "isRequired": True,
        "errorMessage": "Choose one",
        "choices": [{"title": title, "value": value} for title, value in levels],
    }
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "lang": "en",
        "fallbackText": heading,
        "body": [text(heading, style="heading"), choices, *more],
        "actions": [button("Next"), button("Back", associatedInputs="none")],
    } | changes


def card_message(card: Json, **changes: Any) -> Json:
    return {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": card}]} | changes


def card_answer(card: Json, **changes: Any) -> Json:
    return {"statusCode": 200, "type": CARD_TYPE, "value": card} | changes


class StubBot:
    """Sends `messages` for each message that it hears, and answers each press with `answer`.

    With `update` set it updates the card that was pressed, as a bot must for an old client.
    """

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self.messages: list[Json] = []
        self.answer: Any = None
        self.status = 200
        self.update: Json | None = None
        self.refused: list[int] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/messages", self._hears)
        return app

    async def _hears(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.heard.append(activity)
        if activity["type"] == "message":
            await self.speaks_to(activity)
        body = self.answer if activity["type"] == "invoke" else None
        return web.json_response(body, status=self.status)

    async def speaks_to(self, heard: Json) -> None:
        chat = f"{heard['serviceUrl']}v3/conversations/{heard['conversation']['id']}/activities"
        async with ClientSession() as session:
            if self.update is not None and "value" in heard:
                await self._requests(session, "PUT", f"{chat}/{heard['replyToId']}", self.update)
                return
            await asyncio.gather(*(self._requests(session, "POST", chat, said) for said in self.messages))

    async def _requests(self, session: ClientSession, method: str, url: str, body: Json) -> None:
        async with session.request(method, URL(url), json=body) as response:
            if response.status >= 400:
                self.refused.append(response.status)
