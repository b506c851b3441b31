"""The files that people take away, and what is in them."""

import json
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from aiohttp import ClientSession
from yarl import URL

from tests.acceptance.killable import KillableBot
from tests.acceptance.running import RunningBot
from tests.acceptance.seen import Seen
from tests.acceptance.teams import Colleague

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

Book = dict[str, list[list[str]]]
"""Each sheet's rows by the sheet's name, without the header and without empty cells."""


def book_of(file: bytes) -> Book:
    """What is in a workbook. Raises what zipfile or the XML parser raise for one that is broken."""
    with ZipFile(BytesIO(file)) as parts:
        assert parts.testzip() is None
        every = {name: _parsed(parts.read(name)) for name in parts.namelist()}
    strings = ["".join(one.itertext()) for one in every["xl/sharedStrings.xml"]]
    names = [one.attrib["name"] for one in every["xl/workbook.xml"].iter(f"{MAIN}sheet")]
    pages = [every[f"xl/worksheets/sheet{number}.xml"] for number, _ in enumerate(names, start=1)]
    return {name: _rows(page, strings)[1:] for name, page in zip(names, pages, strict=True)}


def _parsed(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314 - the bot's own file


def _rows(page: ET.Element, strings: list[str]) -> list[list[str]]:
    return [[_value(cell, strings) for cell in row] for row in page.iter(f"{MAIN}row")]


def _value(cell: ET.Element, strings: list[str]) -> str:
    value = cell.findtext(f"{MAIN}v", "")
    return strings[int(value)] if cell.get("t") == "s" else value


def address_at(bot: RunningBot | KillableBot, offer: Seen) -> str:
    """Where the link of an offer leads; the port of a bot in a test is not the one that it was told."""
    return bot.url + URL(offer.links[-1].url).path


async def downloaded(address: str) -> bytes:
    async with ClientSession() as session, session.get(address) as response:
        assert response.status == 200
        return await response.read()


async def exported(lead: Colleague, at_home: Colleague, bot: RunningBot | KillableBot) -> Book:
    """The workbook of the result that the lead looks at, by the link of local mode."""
    await lead.presses("Export to Excel")
    return book_of(await downloaded(address_at(bot, await at_home.will_see("as an Excel workbook"))))


async def data_of(person: Colleague, bot: RunningBot | KillableBot) -> dict[str, Any]:
    """The file that `my data` offers, by the link of local mode."""
    await person.says("my data")
    await person.presses("Get it as a file", on=person.card_with("What I keep about you"))
    offer = await person.will_see("Everything I keep about you, as a file")
    async with ClientSession() as session, session.get(address_at(bot, offer)) as response:
        assert response.status == 200
        assert response.content_type == "application/json"
        assert response.content_disposition
        assert response.content_disposition.filename == "my-data.json"
        found: dict[str, Any] = json.loads(await response.read())
        return found
