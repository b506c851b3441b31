"""What Teams' connector accepts from a bot, and what it answers when it refuses."""

import json
from typing import Any

from tests.card_rules import LARGEST_CARD, broken_rules
from tests.card_shape import CARD_TYPE

Json = dict[str, Any]

TEXTS = frozenset(
    {
        "type", "id", "timestamp", "localTimestamp", "localTimezone", "expiration", "serviceUrl", "channelId",
        "textFormat", "attachmentLayout", "topicName", "locale", "text", "speak", "inputHint", "summary",
        "action", "replyToId", "label", "valueType", "name", "code", "importance", "deliveryMode", "callerId",
    }
)  # fmt: skip
OBJECTS = frozenset(
    {"from", "recipient", "conversation", "suggestedActions", "channelData", "relatesTo", "semanticAction"}
)
LISTS = frozenset(
    {
        "membersAdded", "membersRemoved", "reactionsAdded", "reactionsRemoved", "attachments", "entities",
        "listenFor", "textHighlights",
    }
)  # fmt: skip
SHAPES: dict[str, type[Any]] = {
    **dict.fromkeys(TEXTS, str),
    **dict.fromkeys(OBJECTS, dict),
    **dict.fromkeys(LISTS, list),
    "historyDisclosed": bool,
    "value": object,
}
SENDABLE = frozenset({"message", "typing"})


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body = {"error": {"code": code, "message": message}}


def check_activity(activity: Any, conversation_id: str) -> Json:
    """The activity, if Teams takes it to that conversation."""
    if not isinstance(activity, dict):
        raise Refusal(400, "BadSyntax", "the body is no activity")
    _check_shape(activity)
    if activity.get("type") not in SENDABLE:
        raise Refusal(400, "BadArgument", f"an activity of type {activity.get('type')!r} cannot be sent")
    named = (activity.get("conversation") or {}).get("id", conversation_id)
    if named != conversation_id:
        raise Refusal(400, "BadArgument", f"the activity names {named}, its address {conversation_id}")
    if activity["type"] == "message":
        _check_message(activity)
    return activity


def _check_shape(activity: Json) -> None:
    # Teams drops a field that it does not know; here a misspelt one must not pass in silence.
    for key, value in activity.items():
        if key not in SHAPES:
            raise Refusal(400, "BadSyntax", f"an activity has no field {key!r}")
        if value is not None and not isinstance(value, SHAPES[key]):
            raise Refusal(400, "BadSyntax", f"{key!r} is no {SHAPES[key].__name__}")


def _check_message(activity: Json) -> None:
    size = len(json.dumps(activity, separators=(",", ":"), ensure_ascii=False).encode())
    if size > LARGEST_CARD + 2048:  # the envelope around the largest card
        raise Refusal(413, "MessageSizeTooBig", f"the message has {size} bytes")
    attachments = activity.get("attachments") or []
    if not attachments and not (activity.get("text") or "").strip():
        raise Refusal(400, "BadArgument", "the message is empty")
    for attachment in attachments:
        _check_attachment(attachment)


def _check_attachment(attachment: Any) -> None:
    if not isinstance(attachment, dict) or attachment.get("contentType") != CARD_TYPE:
        raise Refusal(400, "BadArgument", f"an attachment is no {CARD_TYPE}")
    card = attachment.get("content")
    if not isinstance(card, dict):
        raise Refusal(400, "BadArgument", "the card is no object")
    size = len(json.dumps(card, separators=(",", ":"), ensure_ascii=False).encode())
    if size > LARGEST_CARD:
        raise Refusal(413, "MessageSizeTooBig", f"the card has {size} bytes")
    broken = broken_rules(card)
    if broken:
        raise Refusal(400, "BadArgument", "the card breaks our rules: " + "; ".join(broken))
