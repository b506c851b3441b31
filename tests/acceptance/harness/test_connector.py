"""The stand-in connector refuses what Teams refuses, with Teams' status and error code."""

from typing import Any

import pytest
from aiohttp import ClientSession

from tests.acceptance.connector import Connector
from tests.acceptance.directory import Directory
from tests.acceptance.harness.caller import ADA, BO, HELLO, Caller
from tests.acceptance.harness.stub_bot import card_message, question
from tests.acceptance.tokens import Issuer


async def test_what_is_sent_is_kept_as_text(caller: Caller, connector: Connector, chat: str) -> None:
    """Each message gets an id; an update changes the message and keeps its id."""
    sent = await caller.sends(chat, card_message(question()))
    other = await caller.sends(chat)
    updated = await caller.updates(chat, sent.body["id"], {"type": "message", "text": "Done"})
    assert (sent.status, updated.status) == (201, 200)
    assert updated.body["id"] == sent.body["id"] != other.body["id"]
    assert [message.activity["text"] for message in connector.messages.values()] == ["Done", "Hello"]
    assert connector.count("POST") == 2


async def test_typing_is_no_message(caller: Caller, connector: Connector, chat: str) -> None:
    """That the bot types is noticed, and leaves nothing in the chat."""
    assert (await caller.sends(chat, {"type": "typing"})).status == 201
    assert connector.typed == [chat]
    assert not connector.messages


@pytest.mark.parametrize(
    "activity, code",
    [
        ([HELLO], "BadSyntax"),
        ({"text": "no type"}, "BadArgument"),
        ({"type": "invoke"}, "BadArgument"),
        (HELLO | {"text": 5}, "BadSyntax"),
        (HELLO | {"reply_to_id": "1"}, "BadSyntax"),
        (HELLO | {"conversation": {"id": "elsewhere"}}, "BadArgument"),
        ({"type": "message", "text": " "}, "BadArgument"),
        ({"type": "message", "attachments": [{"contentType": "text/html", "content": "Hi"}]}, "BadArgument"),
        (card_message(question(version="1.6")), "BadArgument"),
    ],
)
async def test_a_malformed_activity_is_refused(caller: Caller, chat: str, activity: Any, code: str) -> None:
    """What Teams could not read or show is answered with 400."""
    answer = await caller.sends(chat, activity)
    assert (answer.status, answer.code) == (400, code)


async def test_too_large_a_message_is_refused(caller: Caller, chat: str) -> None:
    """The words count as much as a card does."""
    answer = await caller.sends(chat, {"type": "message", "text": "x" * 40_000})
    assert (answer.status, answer.code) == (413, "MessageSizeTooBig")


async def test_what_does_not_exist_is_not_found(caller: Caller, chat: str) -> None:
    """Unknown conversations, activities and addresses are told apart."""
    assert (await caller.sends("a:unknown"))[:2] == (404, "ConversationNotFound")
    assert (await caller.updates(chat, "12"))[:2] == (404, "ActivityNotFoundInConversation")
    assert (await caller.calls("POST", "v3/nowhere", json={})).status == 404


async def test_an_activity_of_another_chat_is_not_found(
    caller: Caller, directory: Directory, chat: str
) -> None:
    """An id counts only in its own conversation."""
    directory.installed.add(BO.id)
    sent = await caller.sends(chat)
    answer = await caller.updates(directory.personal_chat(BO).id, sent.body["id"])
    assert answer[:2] == (404, "ActivityNotFoundInConversation")


async def test_a_bot_speaks_only_where_it_is_installed(caller: Caller, directory: Directory) -> None:
    """Without the app in it a chat is closed."""
    answer = await caller.sends(directory.personal_chat(ADA).id)
    assert answer[:2] == (403, "BotNotInConversationRoster")


async def test_a_chat_is_created_once(caller: Caller, chat: str) -> None:
    """The same person always gets the same chat."""
    first, second = await caller.creates(ADA), await caller.creates(ADA)
    assert (first.status, first.body["id"], second.body["id"]) == (201, chat, chat)


async def test_a_chat_needs_the_app_or_a_common_team(caller: Caller, directory: Directory, chat: str) -> None:
    """Whoever neither has the app nor is in a team that has it cannot be written to."""
    team = directory.team("Makers", ADA, BO)
    assert (await caller.creates(BO))[:2] == (403, "ForbiddenOperationException")
    directory.installed.add(team.id)
    created = await caller.creates(BO)
    assert created.status == 201
    assert (await caller.sends(created.body["id"])).status == 201
    assert chat != created.body["id"]


@pytest.mark.parametrize(
    "more, status",
    [
        ({"tenantId": "another"}, 403),
        ({"members": []}, 400),
        ({"isGroup": True}, 400),
        ({"members": [{"id": "29:nobody"}]}, 403),
    ],
)
async def test_a_chat_is_for_one_known_person(
    caller: Caller, chat: str, more: dict[str, Any], status: int
) -> None:
    """A bot creates no groups and reaches no strangers."""
    assert chat
    assert (await caller.creates(ADA, **more)).status == status


async def test_a_post_in_a_channel_opens_a_thread(caller: Caller, directory: Directory) -> None:
    """The thread's id is in the answer, and replies go there."""
    team = directory.team("Makers", ADA, channels=("General", "Ideas"))
    directory.installed.add(team.id)
    channel = directory.channel(team, "Ideas")
    created = await caller.posts(channel.id)
    assert created.body["id"] == f"{channel.id};messageid={created.body['activityId']}"
    assert (await caller.sends(created.body["id"])).status == 201


async def test_a_message_to_the_channel_itself_opens_a_thread_too(
    caller: Caller, connector: Connector, directory: Directory
) -> None:
    """It can be updated by the channel and by the thread, and what is sent to the thread stays there."""
    team = directory.team("Makers", ADA)
    directory.installed.add(team.id)
    sent = await caller.sends(team.id)
    thread = f"{team.id};messageid={sent.body['id']}"
    assert connector.messages[sent.body["id"]].conversation_id == thread
    reply = await caller.sends(thread)
    assert connector.messages[reply.body["id"]].conversation_id == thread
    for place in (team.id, thread):
        assert (await caller.updates(place, sent.body["id"])).status == 200


async def test_a_post_needs_a_channel_that_exists(caller: Caller, directory: Directory, chat: str) -> None:
    """Neither an unknown channel, nor a chat, nor one where the app is not, and never without its words."""
    team = directory.team("Makers", BO)
    assert (await caller.posts("19:nowhere@thread.tacv2"))[:2] == (404, "ConversationNotFound")
    assert (await caller.posts(chat))[:2] == (400, "BadArgument")
    assert (await caller.posts(team.id))[:2] == (403, "BotNotInConversationRoster")
    directory.installed.add(team.id)
    assert (await caller.posts(team.id, None))[:2] == (400, "BadArgument")
    assert (await caller.posts(team.id)).status == 201


async def test_only_json_is_read(caller: Caller, chat: str) -> None:
    """Another content type is 415, and text that is not JSON is 400."""
    path = f"v3/conversations/{chat}/activities"
    text = {"Content-Type": "text/plain"}
    json = {"Content-Type": "application/json; charset=utf-8"}
    assert (await caller.calls("POST", path, data="{}", headers=text)).status == 415
    assert (await caller.calls("POST", path, data="{", headers=json)).status == 400


async def test_a_script_of_faults_is_followed(caller: Caller, connector: Connector, chat: str) -> None:
    """The asked-for faults come first, in order; some of them after the message has arrived."""
    connector.fails_next(429, retry_after=2)
    connector.fails_next(502, though_delivered=True)
    assert [(await caller.sends(chat)).status for _ in range(3)] == [429, 502, 201]
    assert len(connector.messages) == 2
    assert connector.count() == 3


async def test_a_connector_with_locks_wants_a_token(directory: Directory, chat: str) -> None:
    """Only a token that the Entra endpoint issued opens it."""
    with Issuer("app") as issuer:
        async with (
            Connector(directory, trusted_tokens=issuer.issued) as locked,
            ClientSession() as session,
        ):
            caller = Caller(locked, session)
            assert (await caller.sends(chat)).status == 401
            token = await _token_of(session, issuer)
            assert (await caller.sends(chat, headers={"Authorization": f"Bearer {token}"})).status == 201
            assert (await caller.sends(chat, headers={"Authorization": "Bearer made-up"})).status == 401


async def _token_of(session: ClientSession, issuer: Issuer) -> str:
    async with session.post(f"{issuer.login_url}/oauth2/v2.0/token", data={}) as response:
        return str((await response.json())["access_token"])
