"""One person's check: its answers so far, and which question is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment.model import Answer, Role

ROLE = "role"
"""The question before the disciplines. Questions are named by discipline id, or by this."""


@dataclass(frozen=True, slots=True)
class Check:
    """A person's check as it is stored; a new value after each answer."""

    id: str
    edition: str
    role: Role | None
    answers: Mapping[str, Answer]
    """Discipline id to answer."""
    given_by: Mapping[str, str]
    """Discipline id to the activity that gave its answer; by this a message delivered twice is known."""
    revisiting: str | None
    """The question the person went back to, until it is answered again."""
    started_at: dt.datetime
    finished_at: dt.datetime | None
    """When the last open discipline was answered; later changes do not move it."""


def open_question(check: Check, disciplines: Sequence[str]) -> str | None:
    """The question the person is at: the one gone back to, else the first unanswered one.

    None where all is answered. A finished check has no open question: its answers are changed by buttons.
    """
    if check.finished_at:
        return None
    if check.revisiting in (ROLE, *disciplines):
        return check.revisiting
    if check.role is None:
        return ROLE
    return next((one for one in disciplines if one not in check.answers), None)


def question_before(question: str, disciplines: Sequence[str]) -> str:
    """The question Back leads to; the first one leads to itself."""
    order = [ROLE, *disciplines]
    return order[max(0, order.index(question) - 1)]


def question_after(question: str, disciplines: Sequence[str]) -> str | None:
    """The question that follows; None after the last."""
    order = [ROLE, *disciplines]
    following = order.index(question) + 1
    return order[following] if following < len(order) else None
