"""The activities that Teams sends to a bot, field by field."""

import html
from datetime import UTC, datetime
from typing import Any

from tests.acceptance.directory import BOT_NAME, Conversation, Directory, Person
from tests.acceptance.drive import Upload
from tests.acceptance.seen import Seen

Json = dict[str, Any]

MENTION = f"<at>{BOT_NAME}</at>"


class Writer:
    """Writes what one person does in one place, as Teams would tell the bot."""

    def __init__(self, directory: Directory, service_url: str, person: Person, place: Conversation) -> None:
        self._directory = directory
        self._service_url = service_url
        self._person = person
        self._place = place

    def message(self, words: str) -> Json:
        activity = self._activity("message", text=words, textFormat="plain")
        if self._place.kind == "channel":  # every new post opens a thread
            activity["conversation"]["id"] += f";messageid={activity['id']}"
        if f"@{BOT_NAME}" in words:
            activity["text"] = words.replace(f"@{BOT_NAME}", MENTION)
            mentioned = {"type": "mention", "mentioned": self._directory.bot, "text": MENTION}
            activity["entities"].append(mentioned)
            shown = html.escape(words).replace(f"@{BOT_NAME}", f"<span>{BOT_NAME}</span>")
            activity["attachments"] = [{"contentType": "text/html", "content": f"<div>{shown}</div>"}]
        return activity

    def execute(self, action: Json, inputs: Json, card: Seen) -> Json:
        """A press of an Action.Execute: an invoke that wants a card back."""
        pressed = {"type": "Action.Execute", "verb": action.get("verb", "")}
        pressed |= {"id": action["id"]} if "id" in action else {}
        pressed["data"] = {**(action.get("data") or {}), **inputs}
        value = {"action": pressed, "trigger": "manual", "authentication": None, "state": None}
        return self._beside(card, self._activity("invoke", name="adaptiveCard/action", value=value))

    def submit(self, action: Json, inputs: Json, card: Seen) -> Json:
        """A press of an Action.Submit: a message without words that carries the data."""
        value = {**(action.get("data") or {}), **inputs}
        return self._beside(card, self._activity("message", value=value))

    def file_consent(self, offer: Json, message_id: str, upload: Upload | None) -> Json:
        """The answer to an offered file: where to put it, or that it is not wanted."""
        taken = upload is not None
        value: Json = {"type": "fileUpload", "action": "accept" if taken else "decline"}
        value["context"] = offer["acceptContext" if taken else "declineContext"]
        value |= {"uploadInfo": upload.info} if upload is not None else {}
        activity = self._activity("invoke", name="fileConsent/invoke", value=value)
        return activity | {"replyToId": message_id}

    def member_added(self) -> Json:
        """This person has joined the team."""
        return self._members_changed("membersAdded", "teamMemberAdded")

    def member_removed(self) -> Json:
        """This person has left the team."""
        return self._members_changed("membersRemoved", "teamMemberRemoved")

    def app_added(self) -> tuple[Json, Json]:
        """The two activities that an installation brings, at about the same time."""
        update = self._activity("installationUpdate", action="add")
        members = [{"id": self._directory.bot["id"]}]
        added = self._activity("conversationUpdate", membersAdded=members)
        if self._place.kind == "channel":
            added["channelData"]["eventType"] = "teamMemberAdded"
        return update, added

    def app_removed(self) -> Json:
        return self._activity("installationUpdate", action="remove")

    def _members_changed(self, key: str, event: str) -> Json:
        changed = self._activity("conversationUpdate", **{key: [self._sender()]})
        changed["channelData"]["eventType"] = event
        return changed

    def _activity(self, kind: str, **more: Any) -> Json:
        id_ = self._directory.new_activity_id()
        now = datetime.now(UTC)
        return {
            "type": kind,
            "id": id_,
            "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "localTimestamp": now.isoformat(timespec="milliseconds"),
            "localTimezone": self._person.zone,
            "serviceUrl": self._service_url,
            "channelId": "msteams",
            "from": self._sender(),
            "conversation": self._conversation(),
            "recipient": self._directory.bot,
            "locale": self._person.locale,
            "entities": [self._client()],
            "channelData": self._channel_data(),
        } | more

    def _sender(self) -> Json:
        person = self._person
        told = {"id": person.id, "name": person.name}
        return told | ({"aadObjectId": person.aad_object_id} if person.aad_object_id else {})

    def _client(self) -> Json:
        locale = self._person.locale
        told = {"locale": locale, "country": locale[-2:], "platform": "Web", "timezone": self._person.zone}
        return {"type": "clientInfo", **told}

    def _beside(self, card: Seen, activity: Json) -> Json:
        activity["conversation"]["id"] = card.conversation_id
        return activity | {"replyToId": card.message_id}

    def _conversation(self) -> Json:
        place = self._place
        told: Json = {"id": place.id, "conversationType": place.kind, "tenantId": place.tenant_id}
        if place.kind != "personal":
            told |= {"isGroup": True, "name": place.name}
        return told

    def _channel_data(self) -> Json:
        told: Json = {"tenant": {"id": self._person.tenant_id}}
        team = self._place.team
        if team is not None:
            told |= {"team": {"id": team.id, "name": team.name}, "channel": {"id": self._place.id}}
            told |= {"teamsTeamId": team.id, "teamsChannelId": self._place.id}
        return told
