"""A stub in the place of the bot, Ada in front of its question, and a caller of the connector."""

from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession, web

from tests.acceptance.connector import Connector
from tests.acceptance.directory import Directory
from tests.acceptance.harness.caller import ADA, BO, Caller
from tests.acceptance.harness.stub_bot import StubBot, card_answer, card_message, question
from tests.acceptance.teams import Colleague


@pytest.fixture
def stub() -> StubBot:
    stub = StubBot()
    stub.messages = [card_message(question())]
    stub.answer = card_answer(question("Automation"))
    return stub


@pytest.fixture
def make_app(stub: StubBot) -> Callable[[], web.Application]:
    return stub.app


@pytest.fixture
async def asked(ada: Colleague) -> Colleague:
    """Ada, with a question in front of her."""
    await ada.installs_the_app()
    await ada.says("start")
    return ada


@pytest.fixture
async def caller(connector: Connector) -> AsyncIterator[Caller]:
    async with ClientSession() as session:
        yield Caller(connector, session)


@pytest.fixture
def chat(directory: Directory) -> str:
    """Ada's personal chat, with the app installed; Bo is known, and has it not."""
    directory.installed.add(ADA.id)
    directory.knows(BO)
    return directory.personal_chat(ADA).id
