"""What Teams' connector accepts from a bot, and what it answers when it refuses."""

import json
from functools import lru_cache
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

FILE_CONSENT = "application/vnd.microsoft.teams.card.file.consent"
FILE_INFO = "application/vnd.microsoft.teams.card.file.info"
FILE_SHAPES: dict[str, dict[str, type[Any]]] = {
    FILE_CONSENT: {"description": str, "sizeInBytes": int, "acceptContext": dict, "declineContext": dict},
    FILE_INFO: {"uniqueId": str, "fileType": str},
}


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body = {"error": {"code": code, "message": message}}


def check_activity(activity: Any, conversation_id: str, *, is_personal: bool) -> Json:
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
        _check_message(activity, is_personal=is_personal)
    return activity


def _check_shape(activity: Json) -> None:
    # Teams drops a field that it does not know; here a misspelt one must not pass in silence.
    for key, value in activity.items():
        if key not in SHAPES:
            raise Refusal(400, "BadSyntax", f"an activity has no field {key!r}")
        if value is not None and not isinstance(value, SHAPES[key]):
            raise Refusal(400, "BadSyntax", f"{key!r} is no {SHAPES[key].__name__}")


def _check_message(activity: Json, *, is_personal: bool) -> None:
    size = len(json.dumps(activity, separators=(",", ":"), ensure_ascii=False).encode())
    if size > LARGEST_CARD + 2048:  # the envelope around the largest card
        raise Refusal(413, "MessageSizeTooBig", f"the message has {size} bytes")
    attachments = activity.get("attachments") or []
    if not attachments and not (activity.get("text") or "").strip():
        raise Refusal(400, "BadArgument", "the message is empty")
    for attachment in attachments:
        _check_attachment(attachment, is_personal=is_personal)


def _check_attachment(attachment: Any, *, is_personal: bool) -> None:
    kind = attachment.get("contentType") if isinstance(attachment, dict) else None
    if kind not in {CARD_TYPE, *FILE_SHAPES}:
        raise Refusal(400, "BadArgument", f"an attachment is no {CARD_TYPE}, nor about a file")
    content = attachment.get("content")
    if not isinstance(content, dict):
        raise Refusal(400, "BadArgument", "the card is no object")
    if kind == CARD_TYPE:
        _check_card(content)
    else:
        _check_file(attachment, FILE_SHAPES[kind], is_personal=is_personal)


def _check_card(card: Json) -> None:
    told = json.dumps(card, separators=(",", ":"), ensure_ascii=False)
    size = len(told.encode())
    if size > LARGEST_CARD:
        raise Refusal(413, "MessageSizeTooBig", f"the card has {size} bytes")
    broken = _broken_rules(told)
    if broken:
        raise Refusal(400, "BadArgument", "the card breaks our rules: " + "; ".join(broken))


@lru_cache(maxsize=1024)
def _broken_rules(card: str) -> tuple[str, ...]:
    return tuple(broken_rules(json.loads(card)))


def _check_file(attachment: Json, shape: dict[str, type[Any]], *, is_personal: bool) -> None:
    if not is_personal:
        raise Refusal(400, "BadArgument", "a bot offers files in personal chats only")
    needed = ("name", "contentUrl") if attachment["contentType"] == FILE_INFO else ("name",)
    for key in needed:
        if not str(attachment.get(key) or "").strip():
            raise Refusal(400, "BadArgument", f"the file has no {key}")
    content = attachment["content"]
    if content.keys() != shape.keys():
        raise Refusal(400, "BadArgument", f"a file has {sorted(shape)}, not {sorted(content)}")
    for key, kind in shape.items():
        if not isinstance(content[key], kind) or isinstance(content[key], bool):
            raise Refusal(400, "BadArgument", f"{key!r} of the file is no {kind.__name__}")
    if content.get("sizeInBytes", 1) <= 0:
        raise Refusal(400, "BadArgument", "the file is empty")
