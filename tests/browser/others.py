"""The others of the make-believe team: the Playground draws no chat of theirs, so they press by HTTP."""

import asyncio
import json

from playwright.async_api import Page, WebSocket

from tests.acceptance.seen import Json, Seen

NOT_IN_THIS_CHAT = 400
ARRIVES_WITHIN_SECONDS = 20
BOT = "User Application"
"""What the Playground's log calls it."""


class Others:
    """All but the person at the window."""

    def __init__(self, page: Page, url: str) -> None:
        """Listen to the Playground's log, which tells what is sent to chats that it does not draw."""
        self._page = page
        self._url = url
        self._chats: dict[str, str] = {}
        self._sent: dict[str, Json] = {}
        self._heard = asyncio.Event()
        page.on("websocket", self._listen)

    async def called(self, name: str, *, asked_with: str) -> "Other":
        """Somebody of the team, in front of the newest card in their own chat with this heading."""
        member = f"29:{name.lower()}"
        async with asyncio.timeout(ARRIVES_WITHIN_SECONDS):
            while member not in self._chats or len(self._headed(asked_with)) < len(self._chats):
                self._heard.clear()
                await self._heard.wait()
        return Other(self._page, self._url, member, self._chats[member], self._headed(asked_with))

    @property
    def chats(self) -> dict[str, str]:
        """The chats that the bot has opened, under the ids of the members."""
        return dict(self._chats)

    def _headed(self, heading: str) -> dict[str, Json]:
        newest_first = sorted(self._sent, key=int, reverse=True)
        return {one: self._sent[one] for one in newest_first if Seen(self._sent[one]).heading == heading}

    def _listen(self, stream: WebSocket) -> None:
        stream.on("framereceived", lambda frame: self._hear(json.loads(frame)))

    def _hear(self, frame: Json) -> None:
        entry = frame.get("log", {})
        body = entry.get("request", {}).get("body", {})
        if entry.get("activityName") == "createConversation":
            chat = entry["response"]["body"]["id"]
            self._chats |= {member["id"]: chat for member in body.get("members", [])}
        elif entry.get("from") == BOT and "messageId" in entry and "conversationId" not in entry:
            for attachment in body.get("attachments", []):
                self._sent.setdefault(entry["messageId"], attachment["content"])  # not what edits it later
        self._heard.set()


class Other:
    """One of them. The log does not tell which chat a card went to; it is the one that takes their press."""

    def __init__(self, page: Page, url: str, member: str, chat: str, cards: dict[str, Json]) -> None:
        self._page = page
        self._url = url
        self._member = member
        self._chat = chat
        self._cards = cards
        self.card = Seen(next(iter(cards.values())))

    async def presses(self, title: str, **inputs: str) -> None:
        """Press a button; the answer is the card that they have before them then."""
        action = self.card.button(title)
        press = {"type": "Action.Execute", "verb": action["verb"], "data": {**action["data"], **inputs}}
        for message in self._cards:
            answer = await self._page.request.post(
                f"{self._url}/_conversation/v1/invoke",
                data={
                    "name": "adaptiveCard/action",
                    "from": {"id": self._member},
                    "conversation": {"id": self._chat},
                    "replyToId": message,
                    "value": {"action": press},
                },
            )
            if answer.status != NOT_IN_THIS_CHAT:
                self.card = Seen((await answer.json())["value"])
                self._cards = {message: self.card.card}
                return
        raise AssertionError(f"{self._member} has no card with {title}")

    async def picks(self, choice: str) -> None:
        """Pick an answer and press Next."""
        part, value = self.card.input_with(choice)
        await self.presses("Next", **{part["id"]: value})

    async def answers(self, *given: str, role: str) -> None:
        """Answer the invitation from beginning to end."""
        await self.presses(role)
        for choice in given:
            await self.picks(choice)
