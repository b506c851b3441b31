"""Good input to begin with, and pieces that are odd in a way of their own."""

from typing import Any

from content.loading import CONTENT
from tests.acceptance.every_button import Ids

ACTIVITY: dict[str, Any] = {
    "type": "message",
    "id": "1",
    "serviceUrl": "https://smba.trafficmanager.net/emea/",
    "channelId": "msteams",
    "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": "t"},
    "recipient": {"id": "28:bot", "name": "Coach"},
    "from": {"id": "29:1", "name": "Ada", "aadObjectId": "ada"},
    "channelData": {"tenant": {"id": "t"}, "team": {"id": "19:t", "name": "Team"}},
    "entities": [{"type": "mention", "mentioned": {"id": "28:bot"}, "text": "<at>Coach</at>"}],
    "text": "<at>Coach</at> start",
    "value": {"v": 1, "do": "start"},
    "localTimezone": "Europe/Vienna",
    "replyToId": "2",
    "membersAdded": [{"id": "28:bot"}],
}

IDS = Ids("1" * 32, "2" * 32, "3" * 32, "4" * 32, "19:team@thread.tacv2", "5" * 32, "6" * 32)

TYPED = ("start", "level 200", "2", "not me", "I\u2019m a maker", "\u06f3")

CONTENT_FILES = tuple(sorted(CONTENT.glob("editions/2021-10/**/*.yaml")))

ODD_YAML = (
    "&a [*a]", "*a", "&a", "!!int x", "!!python/object:os.system x", "!!binary ===", "0b_", "0x_",
    "9" * 5000, "? [a]\n: b", "[" * 3000, "{" * 3000, "- " * 500, ".inf", ".nan", "1:2:3", "2021-13-45",
    "~", "\t", "\x00", "\ufeff", "%YAML 9.9\n---", "---\n---", "|\n", ">", "'", '"', ": :", "<<: 5",
    "\u2028", "#", "yes", "{}", "[]",
)  # fmt: skip
"""Pieces of YAML that are odd in a way of their own."""
