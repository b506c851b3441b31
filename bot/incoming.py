"""What an activity from Teams says: who, where, and the words without the bot's own name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from botbuilder.schema import Activity

from assessment.model import Person
from assessment.survey import Team
from dialogs.planning import one_line
from dialogs.turn import Channel, Visit
from storage.conversations import Conversation
from storage.surveys import Home, Post

LONGEST_ID = 1000
LONGEST_NAME = 300
"""Signs; Teams and Entra allow a team 256 and a person as many. What is longer is cut."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said or pressed."""

    tenant_id: str
    conversation: Conversation
    is_personal: bool
    greeting_id: str
    """What is greeted once: the team for a channel, else the conversation."""
    channel: Channel | None
    """None outside of teams."""


def tenant_of(activity: Activity) -> str:
    """The tenant an activity comes from; "" where it does not say, or says two different ones."""
    data = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    named = {_id_of(data.get("tenant")).lower(), (activity.conversation.tenant_id or "").lower()} - {""}
    return named.pop() if len(named) == 1 else ""


def _id_of(said: object) -> str:
    """The id of a tenant or a team; "" where something stands there that Teams never sends."""
    found = said.get("id") if isinstance(said, dict) else None
    return found if isinstance(found, str) and len(found) <= LONGEST_ID and found.isprintable() else ""


def _name(said: object) -> str:
    """What somebody or something is called, as one line that every database takes."""
    return one_line(said[:LONGEST_NAME]) if isinstance(said, str) else ""


def place_of(activity: Activity) -> Place:
    """Where an activity comes from."""
    channel = _channel_of(activity)
    without_thread = activity.conversation.id.partition(";")[0]
    return Place(
        tenant_id=tenant_of(activity),
        conversation=Conversation(activity.conversation.id, activity.service_url),
        is_personal=activity.conversation.conversation_type == "personal",
        greeting_id=channel.home.team.id if channel else without_thread,
        channel=channel,
    )


def _channel_of(activity: Activity) -> Channel | None:
    data = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    team = data.get("team")
    if not isinstance(team, dict) or not (team_id := _id_of(team)):
        return None
    home = Home(
        Team(tenant_of(activity), team_id, _name(team.get("name"))),
        service_url=activity.service_url,
        bot_id=activity.recipient.id,
    )
    return Channel(home, activity.conversation.id.partition(";")[0])


def visit_of(activity: Activity, place: Place, person: Person, at: dt.datetime) -> Visit:
    """Who came, from where, and what they pressed."""
    pressed = Post(activity.conversation.id, activity.reply_to_id) if activity.reply_to_id else None
    return Visit(
        person=person,
        activity_id=activity.id or "",
        at=at,
        zone=zone_of(activity),
        name=_name(activity.from_property.name),
        channel=place.channel,
        pressed=pressed,
        in_own_chat=place.is_personal,
    )


def person_of(activity: Activity) -> Person | None:
    """Who an activity comes from; None for somebody without an Entra account, such as a meeting's guest."""
    tenant_id, object_id = tenant_of(activity), activity.from_property.aad_object_id
    return Person(tenant_id, object_id) if tenant_id and object_id else None


def sender_of(activity: Activity) -> tuple[str, str]:
    """Whoever sent an activity, with an Entra account or without."""
    sender = activity.from_property
    return tenant_of(activity), sender.aad_object_id or sender.id


def words_of(activity: Activity) -> str:
    """What was typed, without the mention of the bot that a channel needs."""
    text = activity.text or ""
    for entity in activity.entities or []:
        more = entity.additional_properties
        mentioned = more.get("mentioned")
        if (
            entity.type == "mention"
            and isinstance(mentioned, dict)
            and mentioned.get("id") == activity.recipient.id
        ):
            named = more.get("text")
            text = text.replace(named, "") if isinstance(named, str) else text
    return text.strip()


def zone_of(activity: Activity) -> dt.tzinfo:
    """The sender's time zone; UTC where Teams does not name one we know."""
    return zone_named(activity.local_timezone or "") or dt.UTC


def zone_named(name: str) -> dt.tzinfo | None:
    """A time zone by its IANA name; None where there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
