"""A person in front of the Agents Playground: types, presses, picks, looks, and keeps what was seen."""

import re
from pathlib import Path
from typing import Self

from playwright.async_api import Locator, Page, Route, expect

SCREENSHOTS = Path(__file__).resolve().parents[2] / "artefacts/screenshots"
PHONE_CARD = 320
"""Pixels for a card on a phone that is 390 wide: less the avatar and the margins."""
OPENS_WITHIN = 60_000
"""Milliseconds for the Playground's page, which is several megabytes of script."""
PATIENCE = 20_000
"""Milliseconds until a button or an answer that does not come fails the test."""
expect.set_options(timeout=PATIENCE)
SOONER_OR_LATER = 30_000
"""Milliseconds for what the bot does by itself: it edits a card at most once in ten seconds."""
EXPORT = "/exports/"
"""In the addresses of workbooks."""
ON_THIS_MACHINE = re.compile(r"^(https?://localhost[:/]|data:|blob:)")


class Chat:
    """The conversation that is open, seen from its newest card."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._is_channel = False

    @classmethod
    async def opens(cls, page: Page, url: str) -> Self:
        """Open the Playground, which at once tells the bot that the app was installed."""
        page.set_default_timeout(PATIENCE)
        await page.route(lambda address: not ON_THIS_MACHINE.match(address), _refuse)
        await page.goto(url, timeout=OPENS_WITHIN)
        chat = cls(page)
        await chat._makes_room()
        return chat

    @property
    def card(self) -> Locator:
        """The newest card: a chat grows downward, a channel upward."""
        cards = self._page.locator(".ac-adaptiveCard")
        return cards.first if self._is_channel else cards.last

    async def installs_again(self) -> None:
        """Send one more installationUpdate from the Playground's menu."""
        await self._page.get_by_role("button", name="Mock an Activity").click()
        await self._page.get_by_text("Install application", exact=True).click()
        dialog = self._page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Send activity").click()
        await expect(dialog).to_have_count(0)

    async def is_on_a_phone(self) -> None:
        """Give cards the width that Teams leaves them on a phone; the Playground itself knows no phones."""
        await self._page.add_style_tag(content=f".ac-preview-panel {{ width: {PHONE_CARD}px }}")

    async def goes_to(self, place: str) -> None:
        await self._page.get_by_role("treeitem", name=place).click()

    async def returns_to(self, channel: str) -> None:
        """Look again at a channel in which something was posted."""
        await self.goes_to(channel)
        self._is_channel = True

    async def goes_home(self) -> None:
        await self.goes_to("Personal Chat")
        self._is_channel = False

    async def says(self, words: str) -> None:
        box = self._page.locator("[data-lexical-editor]")
        await box.press_sequentially(words)
        await box.press("Enter")

    async def posts(self, words: str) -> None:
        """Begin a thread in a channel by mentioning the bot."""
        self._is_channel = True
        box = self._page.locator("[data-lexical-editor]").first
        await box.press_sequentially("@Mat")
        offered = self._page.get_by_role("listbox", name="Typeahead menu")
        await offered.get_by_role("menuitem", name="Maturity Coach").click()
        await box.press_sequentially(f" {words}")
        await self._page.get_by_role("button", name="Post").click()

    async def fills(self, **fields: str) -> None:
        """Type into fields, each under the beginning of its label, over what stands there."""
        for label, words in fields.items():
            field = self.card.get_by_label(re.compile(f"^{label.replace('_', ' ')}", re.IGNORECASE))
            await field.click()
            await field.press("ControlOrMeta+A")
            await field.press_sequentially(words)
            await field.press("Tab")

    async def presses(self, button: str) -> None:
        await self.card.get_by_role("button", name=button, exact=True).click()

    async def presses_beside(self, button: str, what: str) -> None:
        """Press one of several buttons with the same title: the one that speaks of this."""
        await self.card.get_by_title(f"{button}: {what}", exact=True).click()

    async def picks(self, answer: str) -> None:
        await self.card.get_by_role("radio", name=re.compile(f"^{re.escape(answer)}")).click()

    async def selects(self, option: str, *, under: str | None = None) -> None:
        """Pick from a list that folds out; under its label, where there are several."""
        await self.card.get_by_role("combobox", name=under).click()
        await self._page.get_by_role("option", name=option, exact=True).click()

    async def sees_card(self, heading: str, *, messages: int) -> None:
        """The newest card has this heading, and the bot has sent so many messages here."""
        await expect(self.card.get_by_role("heading").first).to_have_text(heading)
        await expect(self._page.locator(".ac-adaptiveCard")).to_have_count(messages)

    async def sees(self, *words: str) -> None:
        """Each of these stands on the newest card."""
        for each in words:
            await expect(self.card).to_contain_text(each)

    async def sees_below(self, heading: str, *words: str, keeping: str) -> None:
        """An older card has this heading, and these words stand on it; a picture of it is kept."""
        card = self._page.locator(".ac-adaptiveCard").filter(
            has=self._page.get_by_role("heading", name=heading)
        )
        for each in words:
            await expect(card).to_contain_text(each)
        await card.screenshot(path=SCREENSHOTS / f"{keeping}.png", animations="disabled")

    async def will_see(self, *words: str) -> None:
        """Each of these comes to stand on the newest card, without anything being pressed."""
        for each in words:
            await expect(self.card).to_contain_text(each, timeout=SOONER_OR_LATER)

    async def sees_picked(self, answer: str) -> None:
        await expect(self.card.get_by_role("radio", name=re.compile(f"^{re.escape(answer)}"))).to_be_checked()

    async def sees_line(self, *names: str) -> None:
        """A line of each of these names is drawn on the newest card."""
        for each in names:
            await expect(self.card.get_by_text(each, exact=True).first).to_be_visible()
        await expect(self.card.locator("svg path").first).to_be_visible()

    async def sees_link(self, name: str, url: str) -> None:
        await expect(self.card.get_by_role("link", name=name)).to_have_attribute("href", url)

    async def sees_no_sideways_scrolling(self) -> None:
        """Nothing on the card is wider than the card."""
        assert await self.card.evaluate("card => card.scrollWidth <= card.clientWidth")

    async def downloads(self, button: str) -> tuple[str, bytes]:
        """Under which name a browser saves the file behind a button that opens an address, and the file."""
        async with self._page.context.expect_event("request", lambda one: EXPORT in one.url) as asked:
            await self.card.get_by_role("link", name=button).click()
        answer = await self._page.request.get((await asked.value).url)
        assert answer.ok
        return answer.headers["content-disposition"], await answer.body()

    async def fits(self, name: str) -> None:
        """Nothing on the newest card is wider than the card, of which a picture is kept."""
        await self.sees_no_sideways_scrolling()
        await self.keeps(name)

    async def keeps(self, name: str) -> None:
        """Keep a picture of the newest card."""
        await self.card.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")

    async def keeps_the_window(self, name: str) -> None:
        """Keep a picture of the whole conversation."""
        await self._page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")

    async def _makes_room(self) -> None:
        """Fold in the log, which would leave the cards too little width."""
        await self._page.get_by_title("Toggle Log Panel").click()


async def _refuse(route: Route) -> None:
    """The Playground asks a content network for fonts; it does well without."""
    await route.abort()
