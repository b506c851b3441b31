"""Who of a part of a round may be written to now; the others wait, or are left alone for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from assessment.model import Person
from assessment.respect import Wishes
from assessment.survey import Survey
from dialogs.respect import Respect
from jobs.patience import persist
from storage.database import Database
from storage.deliveries import Letter
from storage.turns import occasion_of


@dataclass(frozen=True, slots=True)
class Turn:
    """When it was decided that some letters may go, and by what wishes of their people."""

    letters: tuple[Letter, ...]
    at: dt.datetime
    wishes: Mapping[Person, Wishes]


class Courtesy:
    """Asks for turns, and gives back those that came to nothing."""

    def __init__(self, database: Database, respect: Respect, *, clock: Callable[[], dt.datetime]) -> None:
        self._turns = database.turns
        self._contacts = database.contacts
        self._respect = respect
        self._clock = clock

    async def turn(self, survey: Survey, letters: Sequence[Letter], part: int) -> Turn:
        """The letters of a part, of which there is one at least, that may go now.

        Who has to wait is written down with the first moment, and who wants nothing as refused. Somebody whom
        another process writes to at this very instant is decided about at a later look.
        """
        now = self._clock()
        known = await persist(lambda: self._turns.known(survey, letters, part, now))
        decision = self._respect.decide(known, occasion_of(letters[0].round), now)
        granted = await persist(lambda: self._turns.settle(survey, letters, part, decision))
        allowed = granted & (decision.kept | decision.claimed.keys())
        wishes = {person: one.wishes for person, one in known.items()}
        return Turn(tuple(one for one in letters if one.person in allowed), now, wishes)

    def is_good(self, turn: Turn, letter: Letter) -> bool:
        """Whether a letter whose turn came may still go."""
        return self._respect.is_good(turn.at, self._clock(), turn.wishes[letter.person])

    async def still(self, survey: Survey, letter: Letter) -> bool:
        """Whether a letter may still go after a long wait: its person may have said no."""
        occasion, zone = occasion_of(letter.round), ZoneInfo(survey.zone)
        return await persist(lambda: self._respect.still(letter.person, occasion, self._clock(), zone))

    async def give_back(self, letter: Letter) -> None:
        """Do not count a letter that was surely not sent."""
        await persist(lambda: self._contacts.give_back(letter.person, occasion_of(letter.round)))
