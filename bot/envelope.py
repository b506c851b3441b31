"""The body of a request, checked and turned into botbuilder's `Activity`.

msrest reads an activity by walking tables of its 60 fields, which takes longer than a whole answer to it;
here one validator checks the fields this bot reads, and the others are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Self, TypeVar

import orjson
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount, Entity
from pydantic import Field, TypeAdapter, ValidationError

_T = TypeVar("_T")

DEEPEST = 100
"""Lists and objects within each other; Teams nests a dozen, Python gives up at a thousand."""

Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f]+$")]
Parts = Annotated[list[dict[str, Any]], Field(max_length=500)]


@dataclass(frozen=True, slots=True)
class _Account:
    id: Text
    name: str | None = None
    object_id: Annotated[Text | None, Field(alias="aadObjectId")] = None


@dataclass(frozen=True, slots=True)
class _Conversation:
    id: Text
    kind: Annotated[str | None, Field(alias="conversationType")] = None
    tenant: Annotated[Text | None, Field(alias="tenantId")] = None


@dataclass(frozen=True, slots=True)
class _Envelope:
    type: Text
    service_url: Annotated[Text, Field(alias="serviceUrl")]
    channel_id: Annotated[Text, Field(alias="channelId")]
    conversation: _Conversation
    recipient: _Account
    sender: Annotated[_Account, Field(alias="from")]
    id: Text | None = None
    text: str | None = None
    name: str | None = None
    action: str | None = None
    value: Any = None
    zone: Annotated[str | None, Field(alias="localTimezone")] = None
    reply_to: Annotated[Text | None, Field(alias="replyToId")] = None
    channel_data: Annotated[Any, Field(alias="channelData")] = None
    entities: Parts | None = None
    members: Annotated[list[_Account] | None, Field(alias="membersAdded", max_length=500)] = None


_ENVELOPE = TypeAdapter(_Envelope)


def activity_in(body: bytes) -> Activity:
    """The activity in a request's body. Raises ValueError, in words for the sender."""
    try:
        said = orjson.loads(body)
        # To count is cheap, and hardly any activity has so many; what is deep has at least as many.
        if body.count(b"{") + body.count(b"[") > DEEPEST and _is_too_deep(said):
            raise ValueError("the body is nested too deeply")
        return _activity(_ENVELOPE.validate_python(said))
    except orjson.JSONDecodeError:
        raise ValueError("the body is not JSON") from None
    except ValidationError as error:
        places = sorted({".".join(map(str, one["loc"])) or "the body" for one in error.errors()})
        raise ValueError(f"no activity: missing or wrong {', '.join(places)}") from None


def _is_too_deep(said: object) -> bool:
    level: list[object] = [said]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return False
    return True


def _inside(one: object) -> Iterable[object]:
    match one:
        case dict():
            return one.values()
        case list():
            return one
    return ()


class _Kept:
    """botbuilder copies who speaks and where for each reply; nobody changes them, so they are no copies."""

    def __copy__(self) -> Self:
        return self


class _ChannelAccount(_Kept, ChannelAccount):
    pass


class _ConversationAccount(_Kept, ConversationAccount):
    pass


def _activity(said: _Envelope) -> Activity:
    where = said.conversation
    return _made(
        Activity,
        type=said.type,
        id=said.id,
        service_url=said.service_url,
        channel_id=said.channel_id,
        conversation=_made(
            _ConversationAccount, id=where.id, conversation_type=where.kind, tenant_id=where.tenant
        ),
        recipient=_account(said.recipient),
        from_property=_account(said.sender),
        text=said.text,
        name=said.name,
        action=said.action,
        value=said.value,
        local_timezone=said.zone,
        reply_to_id=said.reply_to,
        channel_data=said.channel_data,
        entities=None if said.entities is None else [_entity(one) for one in said.entities],
        members_added=None if said.members is None else [_account(one) for one in said.members],
    )


def _account(said: _Account) -> ChannelAccount:
    return _made(_ChannelAccount, id=said.id, name=said.name, aad_object_id=said.object_id)


def _entity(said: dict[str, Any]) -> Entity:
    entity = _made(Entity, type=said.get("type"))
    entity.additional_properties = {name: value for name, value in said.items() if name != "type"}
    return entity


def _made(kind: type[_T], **fields: Any) -> _T:
    """One of botbuilder's values. Its annotations do not say that every field may be None."""
    return kind(**fields)
