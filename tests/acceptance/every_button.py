"""One example of every button that the code knows; a new one without an example fails."""

import datetime as dt
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_args

from assessment.model import Level, Role
from assessment.news import Preference
from assessment.schedules import Often
from cards.presses import Press

EVERY_PRESS: tuple[type[Any], ...] = get_args(Press)
"""The types of all buttons, from where the parser takes them."""


@dataclass(frozen=True)
class Ids:
    """What there is to press on; `survey` is an open one."""

    survey: str
    closed: str
    check: str
    schedule: str
    team: str
    pledge: str
    who: str


def example(kind: type[Any], ids: Ids) -> Press:
    """A press of this kind as a card sends it, inputs and all. KeyError for a field that nobody knows yet."""
    filled = _filled(ids)
    if kind.__module__.endswith(("pledge_presses", "trend_presses")):
        filled["survey"] = ids.closed
    if "discipline" in {one.name for one in fields(kind)}:
        filled["item"] = None
    given = {one.name: filled[one.name] for one in fields(kind) if one.name != "do"}
    missing = {one.name for one in fields(kind) if one.default is MISSING}
    assert not {name for name in missing if given[name] is None}, kind
    press: Press = kind(**given)
    return press


def _filled(ids: Ids) -> dict[str, Any]:
    """What the fields of buttons and inputs may hold, by name."""
    return {
        "survey": ids.survey,
        "check": ids.check,
        "schedule": ids.schedule,
        "team": ids.team,
        "pledge": ids.pledge,
        "who": ids.who,
        "tell": "me",
        "role": Role.COE,
        "question": "automation",
        "answer": Level.DEFINED,
        "stage": Level.CAPABLE,
        "until": None,
        "edition": "2021-10",
        "item": "nurture-champions",
        "discipline": "automation",
        "level": Level.REPEATABLE,
        "met": "yes",
        "reason": "No budget for it",
        "due": dt.date(2027, 1, 11),
        "name": "Winter check",
        "closes": dt.date(2027, 1, 11),
        "answers": "named",
        "smallest": 5,
        "first_reminder": 3,
        "second_reminder": 5,
        "kind": "survey",
        "often": Often.MONTH,
        "weekday": "TU",
        "rule": None,
        "at": dt.time(9),
        "zone": "Europe/London",
        "ends": None,
        "days": 14,
        "text": "Look at the backlog",
        "preference": Preference.ALL_ON_MONDAY,
    }
