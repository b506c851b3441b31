"""Whether the bot may write to somebody now, by itself, and when it may if not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from assessment.model import Person
from assessment.respect import Limits, Wishes, next_moment
from storage.contacts import Contacts, Known
from storage.turns import Decision

Claim = Callable[[dt.datetime, Known], Awaitable[bool]]
"""Counts a message of now to somebody of whom this is known; false where it is not to be sent."""

TURN_LASTS = dt.timedelta(minutes=5)
"""How long somebody whose turn it was may be written to. Then it is decided anew, since it may be night."""

LONGEST_HOLD = dt.timedelta(days=1)
"""How long a message is held back before it is looked at again: wishes and time zones change meanwhile."""


class Respect:
    """The rules of `assessment.respect`, for one person or for many."""

    def __init__(self, contacts: Contacts, limits: Limits) -> None:
        self._contacts = contacts
        self._limits = limits

    async def moment(self, person: Person, now: dt.datetime, usual: dt.tzinfo) -> dt.datetime | None:
        """When the bot may write to a person next, from `now` on; None where never.

        `usual` is the time zone of somebody who has not told theirs.
        """
        return self._moment(now, await self._contacts.known(person, now, usual))

    async def turn(
        self,
        person: Person,
        occasion: str,
        now: dt.datetime,
        usual: dt.tzinfo,
        *,
        claim: Claim | None = None,
    ) -> bool:
        """Take the turn to write to a person now: true once for an occasion, and only while it is allowed.

        `claim` counts the message in place of what usually does.
        """
        known = await self._contacts.known(person, now, usual)
        if any(one.occasion == occasion for one in known.written) or self._moment(now, known) != now:
            return False
        if claim:
            return await claim(now, known)
        return await self._contacts.claim(person, occasion, now, known)

    def decide(self, known: Mapping[Person, Known], occasion: str, now: dt.datetime) -> Decision:
        """Whose turn it is for a message to many; whoever has had it for too long has to have it anew."""
        kept, dropped, refused = set[Person](), set[Person](), set[Person]()
        claimed: dict[Person, Known] = {}
        held: dict[Person, dt.datetime] = {}
        for person, one in known.items():
            others = replace(one, written=tuple(each for each in one.written if each.occasion != occasion))
            had = [each.at for each in one.written if each.occasion == occasion]
            moment = self._moment(now, others)
            if moment is None:
                refused.add(person)
            elif moment > now:
                held[person] = held_until(moment, now)
            elif had and now - had[0] <= TURN_LASTS:
                kept.add(person)
            else:
                claimed[person] = others
            if had and person not in kept:
                dropped.add(person)
        return Decision(now, frozenset(kept), frozenset(dropped), claimed, held, frozenset(refused))

    def is_good(self, turn: dt.datetime, now: dt.datetime, wishes: Wishes) -> bool:
        """Whether a person whose turn came a moment ago may still be written to, whatever else they got."""
        return now - turn <= TURN_LASTS and next_moment(now, wishes, (), self._limits) == now

    async def still(self, person: Person, occasion: str, now: dt.datetime, usual: dt.tzinfo) -> bool:
        """Whether it is still right to send somebody what they have the turn for, by what they wish now."""
        known = await self._contacts.known(person, now, usual)
        return person in self.decide({person: known}, occasion, now).kept

    def _moment(self, now: dt.datetime, known: Known) -> dt.datetime | None:
        return next_moment(now, known.wishes, (one.at for one in known.written), self._limits)


def held_until(moment: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """When to look again at a message that may go at `moment`; None is never."""
    longest = now + LONGEST_HOLD
    return min(moment or longest, longest)
