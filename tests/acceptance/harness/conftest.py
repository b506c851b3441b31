"""A stub in the place of the bot, and Ada in front of its question."""

from collections.abc import Callable

import pytest
from aiohttp import web

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
