"""What was done with the words and buttons of leads, for an admin to read: who, what, with what outcome.

One line each on the logger `audit`, with the same fields always. It is a log and no table, so that nobody
who can write to the database, nor `forget me`, takes a line back; how long lines stay is the log's matter.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import get_args

from assessment.model import Person
from cards.news_presses import NewsPress
from cards.pledge_presses import ME, AskToDrop, DropPledge, MakePledge
from cards.presses import Press
from cards.schedule_presses import SchedulePress
from cards.survey_presses import LeadPress
from dialogs.turn import Outcome, Visit

AUDIT = "audit"
"""The logger's name."""

_log = logging.getLogger(AUDIT)

OF_LEADS = frozenset(get_args(LeadPress | SchedulePress | NewsPress))
"""The types of what only leads may press."""

OBJECTS = ("survey", "schedule", "pledge", "team")
"""What a button is about: the first of these that it names."""


@dataclass(slots=True)
class Act:
    """One line. It has ids, and never a name, a text or an answer."""

    tenant: str
    person: str
    """The Entra object id of who did it, or tried to."""
    action: str
    """What the button or the word is called in the code, such as "survey-send" or "remind"."""
    object: str
    """The id of the survey, schedule, pledge or team it is about; "" for a word."""
    team: str
    """The id of the team in whose channel it was done; "" elsewhere."""
    outcome: Outcome | str = "failed"


@contextmanager
def audited(person: Person, action: str, thing: str = "", team: str = "") -> Iterator[Act]:
    """Write a line when the block ends; it has failed unless the block sets another outcome."""
    act = Act(person.tenant_id.lower(), person.object_id.lower(), action, thing, team)
    try:
        yield act
    finally:
        fields = asdict(act)
        _log.info("%s", json.dumps(fields), extra={"audit": fields})


def is_of_leads(visit: Visit, press: Press) -> bool:
    """Whether a press does what only leads may do."""
    match press:
        case MakePledge(who=who):
            return who is not None and who != ME and who.lower() != visit.person.object_id.lower()
        case AskToDrop(pledge=str()) | DropPledge():
            return visit.channel is not None
    return type(press) in OF_LEADS


def object_of(press: Press) -> str:
    """What a press is about."""
    named = (getattr(press, one, None) for one in OBJECTS)
    return next((str(one) for one in named if one), "")
