"""What is kept about people: how long, and what is left of it when somebody wishes to be forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from assessment.model import Person

Row = Mapping[str, str | int | dt.datetime | None]
"""One row as it is stored, by the names of its columns; moments in UTC."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what names people is kept."""

    unfinished: dt.timedelta = dt.timedelta(days=90)
    """A check, after it was last answered."""
    deliveries: dt.timedelta = dt.timedelta(days=365)
    """Who was asked and written to, after the survey is over or the message was sent."""


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that is kept about one person."""

    person: Person
    tables: Mapping[str, Sequence[Row]]
    """Name of the table to the rows that are about the person; those without rows are there too."""

    @property
    def is_nothing(self) -> bool:
        """Whether there is no row at all."""
        return not any(self.tables.values())


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted about one person, in rows; or where their name and id were taken out."""

    checks: int = 0
    answers: int = 0
    lists: int = 0
    """Lists of people asked by a survey that held the name."""
    letters: int = 0
    """Messages that were waiting to be sent."""
    contacts: int = 0
    wishes: int = 0
    pledges: int = 0
    news: int = 0
    """About the person's pledges, or that a schedule of theirs is paused."""
    surveys: int = 0
    """They go on, like the next three, and do not say any more who made them."""
    schedules: int = 0
    pledges_for_others: int = 0
    unnamed: int = 0
    """News that waits to be told and named who leads."""
    chats: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing."""
        return not any(getattr(self, one.name) for one in fields(self))


def would_go(held: Held) -> Forgotten:
    """What forgetting the person would come to, were it done at the moment at which this was read."""
    tables = held.tables
    going_on = sum(bool(one["goes_on"]) for one in tables["news"])
    return Forgotten(
        checks=len(tables["checks"]),
        answers=len(tables["answers"]),
        lists=len(tables["recipients"]),
        letters=sum(one["state"] == "waiting" for one in tables["deliveries"]),
        contacts=len(tables["contacts"]),
        wishes=len(tables["wishes"]),
        pledges=len(tables["pledges"]),
        news=len(tables["news"]) - going_on,
        surveys=len(tables["surveys"]),
        schedules=len(tables["schedules"]),
        pledges_for_others=len(tables["pledges_for_others"]),
        unnamed=going_on,
        chats=len(tables["conversations"]),
    )
