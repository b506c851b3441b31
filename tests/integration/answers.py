"""Answers as a dialog keeps them."""

from __future__ import annotations

import datetime as dt

from assessment.check import Check
from assessment.model import Answer, Person
from storage.checks import Checks, Given


async def record(
    checks: Checks,
    person: Person,
    check: Check,
    discipline: str,
    answer: Answer,
    activity_id: str,
    now: dt.datetime,
) -> Check:
    """Keep an answer in somebody's own check, which surely is there."""
    kept = await checks.record(person, check.id, Given(discipline, answer, activity_id, now), [check.edition])
    assert kept is not None
    return kept
