"""The bot and the Agents Playground as `make run` starts them, and somebody who sits in front of them."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.acceptance.clock import SharedClock
from tests.browser.chat import Chat
from tests.browser.others import Others
from tests.browser.serving import Ports, serving

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
DESK = (1280, 2400)
"""Tall, so that the longest card fits on one screenshot."""


@pytest.fixture
def chromium() -> str:
    for name in CHROMIUM:
        if found := shutil.which(name):
            return found
    missing = "There is no Chromium on this machine. On Debian and Ubuntu: apt-get install chromium"
    if os.environ.get("CI"):
        pytest.fail(f"{missing} (CI may not go without the browser test)")
    pytest.skip(missing)


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    # Playwright gives each browser a new, empty user data folder.
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture
def screen() -> tuple[int, int]:
    """Width and height; a phone's: `@pytest.mark.parametrize("screen", [PHONE])`."""
    return DESK


@pytest.fixture
def clock() -> SharedClock | None:
    """None: the bot looks at the machine's. A module whose tests move the time has one of its own."""
    return None


@dataclass(frozen=True, slots=True)
class Window:
    """A browser's window, still empty, the address of the Playground, and who else will be heard there."""

    page: Page
    url: str
    others: Others


@pytest.fixture
async def window(
    browser: Browser, screen: tuple[int, int], tmp_path: Path, clock: SharedClock | None
) -> AsyncIterator[Window]:
    # The browser comes first: where it is missing, nothing else has to be started.
    async with serving(tmp_path, Ports.free(), clock) as url:
        width, height = screen
        page = await browser.new_page(viewport={"width": width, "height": height})
        yield Window(page, url, Others(page, url))
        await page.close()


@pytest.fixture
def others(window: Window) -> Others:
    """The rest of the team."""
    return window.others


@pytest.fixture
async def chat(window: Window) -> Chat:
    """A person's first look at the Playground, which installs the app."""
    return await Chat.opens(window.page, window.url)
