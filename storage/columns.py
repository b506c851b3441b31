"""How values of the domain are written in columns."""

from __future__ import annotations

import datetime as dt

from assessment.model import Person

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


def milliseconds(moment: dt.datetime) -> int:
    """A moment as milliseconds since 1970, UTC. Raises TypeError for one without a time zone."""
    return (moment - _EPOCH) // _MILLISECOND


def moment(milliseconds: int) -> dt.datetime:
    """The moment that `milliseconds` wrote, in UTC."""
    return _EPOCH + milliseconds * _MILLISECOND


def guid(text: str) -> str:
    """An Entra id in the one spelling that is stored; the services do not agree on upper and lower case."""
    return text.lower()


def key(person: Person) -> dict[str, str]:
    """What a person's rows are found by."""
    return {"tenant_id": guid(person.tenant_id), "person_id": guid(person.object_id)}
