"""What a person can answer, and the five levels an answer can name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Level(IntEnum):
    """A maturity level; `Level.DEFINED >= Level.REPEATABLE`. Names as in the model's 2021 edition."""

    INITIAL = 100
    REPEATABLE = 200
    DEFINED = 300
    CAPABLE = 400
    EFFICIENT = 500

    @property
    def next(self) -> Level | None:
        """The level above, or None at the top."""
        return None if self is Level.EFFICIENT else Level(self + 100)


FLOOR = Level.INITIAL
"""Level-100 statements describe absence, so everybody has reached 100."""


class NoLevel(StrEnum):
    """An answer that names no level and counts in no stage."""

    DONT_KNOW = "dont-know"
    NOT_APPLICABLE = "not-applicable"


Answer = Level | NoLevel
"""What is stored for one discipline: "at least this is true today", or why there is no level."""


def parse_answer(text: str) -> Answer:
    """Read an answer back from the form `str()` wrote it in, such as "300" or "dont-know".

    Raises ValueError for anything else.
    """
    return Level(int(text)) if text.isascii() and text.isdigit() else NoLevel(text)


class Role(StrEnum):
    """How a person looks at Power Platform; asked once per check."""

    MAKER = "maker"
    COE = "coe"
    IT = "it"
    SPONSOR = "sponsor"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is: their Entra tenant and object id, never their name."""

    tenant_id: str
    object_id: str
