"""Activities going out: messages that carry one card, and answers to invokes."""

from __future__ import annotations

from typing import Any, Self

from botbuilder.core import InvokeResponse
from botbuilder.schema import Activity, ActivityTypes, Attachment, ChannelAccount

from cards.elements import Card, plain

CARD_TYPE = "application/vnd.microsoft.card.adaptive"


class _Outgoing(Activity):
    """An activity on its way out. botbuilder sends a deep copy; each of these is sent once, so it is none."""

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        return self


def card_activity(card: Card) -> Activity:
    """A message of one card; its first line is what a notification shows."""
    return _Outgoing(
        type=ActivityTypes.message,
        summary=plain(card["fallbackText"]),
        attachments=[Attachment(content_type=CARD_TYPE, content=card)],
    )


def invoke_answer(card: Card) -> Activity:
    """The answer to a press: the card that replaces the pressed one."""
    return _invoke_response(200, {"statusCode": 200, "type": CARD_TYPE, "value": card})


def invoke_refusal(message: str) -> Activity:
    """The answer to an invoke that the bot does not offer."""
    error = {"code": "BadRequest", "message": message}
    return _invoke_response(
        400, {"statusCode": 400, "type": "application/vnd.microsoft.error", "value": error}
    )


def invoke_done() -> Activity:
    """The answer to an invoke that wants nothing shown."""
    return _invoke_response(200, {})


def as_json(activity: Activity) -> dict[str, Any]:
    """An outgoing activity as Teams' JSON: the fields this bot uses, without msrest's slow serialiser."""
    fields = {
        "type": activity.type,
        "summary": activity.summary,
        "replyToId": activity.reply_to_id,
        "from": _account(activity.from_property),
        "recipient": _account(activity.recipient),
        "conversation": activity.conversation and {"id": activity.conversation.id},
        "attachments": [
            {"contentType": one.content_type, "content": one.content} for one in activity.attachments or []
        ],
    }
    return {name: value for name, value in fields.items() if value}


def _account(account: ChannelAccount | None) -> dict[str, str] | None:
    return {"id": account.id, "name": account.name or ""} if account else None


def _invoke_response(status: int, body: dict[str, Any]) -> Activity:
    return _Outgoing(type=ActivityTypes.invoke_response, value=InvokeResponse(status=status, body=body))
