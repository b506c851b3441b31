"""What people wish of the bot, and when it has written to them by itself.

A message that the bot begins is counted before it is sent, under the occasion it is for. Each has a place of
its own on its day, so that of two processes that write at once only one gets the last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from assessment.model import Person
from assessment.respect import WEEK, Wishes
from storage.backend import Connect
from storage.columns import key, milliseconds, moment

REMEMBERED = dt.timedelta(days=WEEK + 1)
"""How far back messages count. A day more than a week, for the zones' sake."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A message that the bot began."""

    occasion: str
    """What it was for, such as "survey:<id>:<round>" or "pledge:<id>:<number>"."""
    at: dt.datetime
    day: str
    """As the person's time zone of then had it; it stays when they travel on."""
    slot: int
    """Its place on that day, from 1."""


@dataclass(frozen=True, slots=True)
class Known:
    """One person's wishes, and what the bot wrote to them within the time that counts."""

    wishes: Wishes
    written: tuple[Contact, ...]


class Contacts:
    """Every statement commits by itself before its method returns; repeating a change is harmless."""

    def __init__(self, sql: Any, connect: Connect) -> None:
        self._sql = sql
        self._connect = connect

    async def wishes(self, person: Person, usual: dt.tzinfo) -> Wishes:
        """What a person wishes; `usual` is the zone of who has never told theirs."""
        async with self._connect() as connection:
            row = await self._sql.wishes(connection, **key(person))
        return wishes_of(*(row or ("", None, None)), usual=usual)

    async def remember_zone(self, person: Person, zone: str) -> None:
        """Keep a person's time zone, by its IANA name; nothing is written when that is known already."""
        await self._change(self._sql.remember_zone, person, zone=zone)

    async def wait_until(self, person: Person, not_before: dt.datetime | None) -> None:
        """Write nothing to a person until then; None takes that back."""
        at = None if not_before is None else milliseconds(not_before)
        await self._change(self._sql.wait_until, person, not_before=at)

    async def be_silent(self, person: Person, since: dt.datetime | None) -> None:
        """Never write to a person again; None takes that back."""
        await self._change(self._sql.be_silent, person, since=None if since is None else milliseconds(since))

    async def written(self, person: Person, since: dt.datetime) -> list[Contact]:
        """What the bot wrote to a person by itself after `since`, latest first."""
        async with self._connect() as connection:
            rows = self._sql.written(connection, since=milliseconds(since), **key(person))
            return [Contact(occasion, moment(at), day, slot) async for occasion, at, day, slot in rows]

    async def known(self, person: Person, now: dt.datetime, usual: dt.tzinfo) -> Known:
        """What decides whether the bot may write to a person now."""
        wishes = await self.wishes(person, usual)
        return Known(wishes, tuple(await self.written(person, now - REMEMBERED)))

    async def claim(self, person: Person, occasion: str, now: dt.datetime, known: Known) -> bool:
        """Count a message of now, before it is sent; false where it is counted, or another one goes first."""
        return await self._change(self._sql.claim, person, **row_of(occasion, now, known)) == 1

    async def give_back(self, person: Person, occasion: str) -> None:
        """Do not count what was surely not sent."""
        await self._change(self._sql.give_back, person, occasion=occasion)

    async def take_back(self, person: Person, occasion: str, at: dt.datetime) -> None:
        """Do not count what was counted at that time and surely not sent; what others counted stays."""
        await self._change(self._sql.take_back, person, occasion=occasion, at=milliseconds(at))

    async def forget(self, before: dt.datetime) -> None:
        """Drop what was written before then."""
        async with self._connect() as connection:
            await self._sql.forget(connection, before=milliseconds(before))

    async def _change(self, statement: Any, person: Person, **values: object) -> int:
        async with self._connect() as connection:
            changed: int = await statement(connection, **values, **key(person))
            return changed


def wishes_of(zone: str, not_before: int | None, silent_since: int | None, *, usual: dt.tzinfo) -> Wishes:
    """A row of the table `wishes`."""
    return Wishes(
        zone=ZoneInfo(zone) if zone else usual,
        not_before=None if not_before is None else moment(not_before),
        wants_nothing=silent_since is not None,
    )


def row_of(occasion: str, now: dt.datetime, known: Known) -> dict[str, str | int]:
    """What counts a message of now: the first place on its day that is free, as far as is known.

    So all who decide by the same knowledge want the same place, and one of them gets it.
    """
    day = now.astimezone(known.wishes.zone).date().isoformat()
    slot = _first_free(one.slot for one in known.written if one.day == day)
    return {"day": day, "slot": slot, "occasion": occasion, "at": milliseconds(now)}


def _first_free(slots: Iterable[int]) -> int:
    taken = set(slots)
    return next(slot for slot in count(1) if slot not in taken)
