"""What leads do with schedules in many tests, and what came of it."""

import datetime as dt
import re
from typing import Any

from tests.acceptance.ledger import rows
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE
from tests.acceptance.teams import Colleague


async def previews(lead: Colleague, what: str = "Repeat a survey", **terms: object) -> Seen:
    """Types `schedule`, fills in the form, and looks at the dates, or at what is to be mended."""
    await lead.says(f"{HERE} schedule" if lead.place.kind == "channel" else "schedule")
    await lead.presses(what)
    await lead.fills({"zone": "Europe/London", **terms}, press="Show the next dates")
    return lead.last_card()


async def schedules(lead: Colleague, what: str = "Repeat a survey", **terms: object) -> Seen:
    """Has something scheduled."""
    await previews(lead, what, **terms)
    await lead.presses("Save")
    assert "✓ Saved." in lead.last_card().text
    return lead.last_card()


def stored(database_url: str) -> list[dict[str, Any]]:
    names = ("id", "state", "halt", "next_at", "lead_name", "rule", "plan")
    found = rows(database_url, f"select {', '.join(names)} from schedules order by made_at, id")  # noqa: S608 - a constant
    return [dict(zip(names, row, strict=True)) for row in found]


def next_at(database_url: str) -> dt.datetime:
    [one] = stored(database_url)
    return dt.datetime.fromtimestamp(one["next_at"] / 1000, dt.UTC)


def told(reader: Colleague) -> list[str]:
    """What reminders in a channel say, oldest first."""
    cards = [card.text for card in reader.cards() if card.heading == "A reminder"]
    return [re.sub(r"[\\\u2060]", "", words.partition("\n")[2]) for words in cards]


def surveys(database_url: str) -> list[tuple[str, str]]:
    return [
        (name, phase)
        for name, phase in rows(database_url, "select name, phase from surveys order by planned_at")
    ]
