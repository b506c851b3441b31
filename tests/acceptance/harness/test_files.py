"""A file goes from a bot to a person as in Teams: offered, agreed to, brought to the drive, shown."""

from typing import Any

import pytest
from aiohttp import ClientSession
from yarl import URL

from tests.acceptance.activity_rules import FILE_CONSENT, FILE_INFO
from tests.acceptance.connector import Connector
from tests.acceptance.directory import Directory
from tests.acceptance.drive import PIECE
from tests.acceptance.harness.caller import ADA, Caller
from tests.acceptance.harness.stub_bot import StubBot
from tests.acceptance.teams import Colleague

Json = dict[str, Any]


def offer(**changes: Any) -> Json:
    content = {
        "description": "All answers",
        "sizeInBytes": 5,
        "acceptContext": {"n": 1},
        "declineContext": {},
    }
    attachment = {"contentType": FILE_CONSENT, "name": "answers.csv", "content": content | changes}
    return {"type": "message", "attachments": [attachment]}


def shown(info: Json, **changes: Any) -> Json:
    content = {"uniqueId": info["uniqueId"], "fileType": info["fileType"]}
    named = {"contentType": FILE_INFO, "contentUrl": info["contentUrl"], "name": info["name"]} | changes
    return {"type": "message", "attachments": [named | {"content": content}]}


async def puts(url: str, data: bytes, content_range: str, **headers: str) -> int:
    address = URL(url, encoded=True)
    usual = {"Content-Range": content_range, "Content-Type": "application/octet-stream"}
    async with (
        ClientSession() as session,
        session.put(address, data=data, headers=usual | headers) as response,
    ):
        return response.status


@pytest.fixture
async def info(asked: Colleague, stub: StubBot) -> Json:
    """Where Ada wants the offered file."""
    stub.messages = [offer()]
    await asked.says("export")
    await asked.accepts_the_file()
    upload_info: Json = stub.heard[-1]["value"]["uploadInfo"]
    return upload_info


async def test_agreeing_tells_the_bot_where_to_put_it(asked: Colleague, stub: StubBot, info: Json) -> None:
    """The invoke carries the offer's context and the place, and names the message of the offer."""
    heard = stub.heard[-1]
    assert (heard["type"], heard["name"]) == ("invoke", "fileConsent/invoke")
    assert heard["value"] | {"uploadInfo": info} == {
        "type": "fileUpload",
        "action": "accept",
        "context": {"n": 1},
        "uploadInfo": info,
    }
    assert heard["replyToId"] == asked.messages_in(asked.place)[-1].id
    assert info.keys() == {"contentUrl", "name", "uploadUrl", "uniqueId", "fileType"}
    assert (info["name"], info["fileType"]) == ("answers.csv", "csv")


async def test_declining_tells_the_bot_so(asked: Colleague, stub: StubBot) -> None:
    """There is no place for the file then."""
    stub.messages = [offer()]
    await asked.says("export")
    await asked.declines_the_file()
    assert stub.heard[-1]["value"] == {"type": "fileUpload", "action": "decline", "context": {}}


async def test_a_file_that_was_brought_is_shown(
    asked: Colleague, stub: StubBot, connector: Connector, info: Json
) -> None:
    """The bytes are kept, and the person sees the file."""
    assert await puts(info["uploadUrl"], b"a,b\n1", "bytes 0-4/5") == 201
    [upload] = connector.uploaded
    assert (upload.name, upload.data) == ("answers.csv", b"a,b\n1")
    stub.messages = [shown(info)]
    await asked.says("and?")
    assert asked.sees_one_file() is upload


async def test_pieces_come_in_order(info: Json, connector: Connector) -> None:
    """Each but the last is a multiple of 320 KiB, and the next goes on where the last one ended."""
    url, total = info["uploadUrl"], PIECE + 3
    assert await puts(url, b"x" * 100, f"bytes 0-99/{total}") == 400
    assert await puts(url, b"end", f"bytes {PIECE}-{total - 1}/{total}") == 416
    assert await puts(url, b"x" * PIECE, f"bytes 0-{PIECE - 1}/{total}") == 202
    assert not connector.uploaded
    assert await puts(url, b"end", f"bytes {PIECE}-{total - 1}/{total + 1}") == 416
    assert await puts(url, b"end", f"bytes {PIECE}-{total - 1}/{total}") == 201
    assert len(connector.uploaded[0].data) == total
    assert await puts(url, b"end", f"bytes {PIECE}-{total - 1}/{total}") == 416


@pytest.mark.parametrize(
    "content_range, headers, status",
    [
        ("bytes 0-4/5", {"Authorization": "Bearer the-bots-own"}, 401),
        ("", {}, 400),
        ("bytes 0-5/6", {}, 400),
        ("bytes 0-4/4", {}, 400),
    ],
)
async def test_what_the_drive_refuses(
    connector: Connector, info: Json, content_range: str, headers: dict[str, str], status: int
) -> None:
    """The bot's own token has no place there, and the range has to be right; the refusal is on record."""
    assert await puts(info["uploadUrl"], b"a,b\n1", content_range, **headers) == status
    assert connector.refusals[-1].status == status
    assert not connector.uploaded


async def test_an_upload_needs_the_whole_address(info: Json) -> None:
    """The address is the secret, its query with it."""
    assert await puts(info["uploadUrl"].partition("?")[0], b"a,b\n1", "bytes 0-4/5") == 404


@pytest.mark.parametrize(
    "message",
    [
        offer(sizeInBytes="5"),
        offer(sizeInBytes=0),
        offer(description=None),
        offer(surprise=1),
        {"type": "message", "attachments": [{"contentType": FILE_CONSENT, "content": {}, "name": "a.csv"}]},
        {"type": "message", "attachments": [offer()["attachments"][0] | {"name": " "}]},
        shown({"uniqueId": "1", "fileType": "csv", "contentUrl": "", "name": "a.csv"}),
        shown({"uniqueId": "1", "fileType": "csv", "contentUrl": "https://example.org/a", "name": "a.csv"}),
    ],
)
async def test_a_malformed_file_is_refused(caller: Caller, chat: str, message: Json) -> None:
    """An offer needs its name, size and contexts; a file that is shown has to be on the drive."""
    assert (await caller.sends(chat, message))[:2] == (400, "BadArgument")


async def test_files_are_for_personal_chats(caller: Caller, directory: Directory, chat: str) -> None:
    """Elsewhere Teams takes no offer from a bot."""
    team = directory.team("Makers", ADA)
    directory.installed.add(team.id)
    assert (await caller.sends(chat, offer())).status == 201
    assert (await caller.sends(team.id, offer()))[:2] == (400, "BadArgument")


async def test_an_offer_is_no_card(asked: Colleague, stub: StubBot) -> None:
    """Who waits for a card is not given a file, and the card above it stays the last one."""
    stub.messages = [offer()]
    await asked.says("export")
    assert asked.last_card().heading == "Support"
    with pytest.raises(AssertionError, match="one card"):
        asked.sees_one_card()
