"""What was stored about people a moment ago, so that not every turn of theirs stores it again."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict

from assessment.model import Person

PEOPLE = 10_000
"""People kept in mind; with more than that at once, some things are stored more often than need be."""

FRESH = dt.timedelta(minutes=10)
"""After this it is stored again, since another replica may have stored something else, or dropped it."""


class Familiar:
    """A comfort of one process; the database stays what counts."""

    def __init__(self) -> None:
        self._known: OrderedDict[Person, dict[str, tuple[object, dt.datetime]]] = OrderedDict()

    def is_new(self, person: Person, what: str, value: object, now: dt.datetime) -> bool:
        """Whether this was not the value that was kept lately."""
        known, since = self._known.get(person, {}).get(what, (None, now))
        return known != value or not now - FRESH < since <= now

    def keep(self, person: Person, what: str, value: object, now: dt.datetime) -> None:
        """The value is stored; who is longest without a change makes room."""
        self._known.setdefault(person, {})[what] = (value, now)
        if len(self._known) > PEOPLE:
            self._known.popitem(last=False)

    def forget(self, person: Person) -> None:
        """Nothing about the person is stored any more."""
        self._known.pop(person, None)
