"""Whether the bot may write to somebody now, by itself, and when it may if not."""

from __future__ import annotations

import datetime as dt

from assessment.model import Person
from assessment.respect import Limits, next_moment
from storage.contacts import Contacts, Known


class Respect:
    """The rules of `assessment.respect` for one person at a time."""

    def __init__(self, contacts: Contacts, limits: Limits) -> None:
        self._contacts = contacts
        self._limits = limits

    async def moment(self, person: Person, now: dt.datetime, usual: dt.tzinfo) -> dt.datetime | None:
        """When the bot may write to a person next, from `now` on; None where never.

        `usual` is the time zone of somebody who has not told theirs.
        """
        return self._moment(now, await self._contacts.known(person, now, usual))

    async def turn(self, person: Person, occasion: str, now: dt.datetime, usual: dt.tzinfo) -> bool:
        """Take the turn to write to a person now: true once for an occasion, and only while it is allowed."""
        known = await self._contacts.known(person, now, usual)
        if any(one.occasion == occasion for one in known.written) or self._moment(now, known) != now:
            return False
        return await self._contacts.claim(person, occasion, now, known)

    def _moment(self, now: dt.datetime, known: Known) -> dt.datetime | None:
        return next_moment(now, known.wishes, (one.at for one in known.written), self._limits)
