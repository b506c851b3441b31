"""The bot with two promises broken on purpose: a run that finds nothing wrong with it is blind.

`python -m tests.chaos --broken` runs it. What is broken, and what finds it:

- an answer that replaces an earlier one is confirmed and not kept: a confirmed answer is lost;
- every tenth invitation that was delivered counts as not sent, and is sent again: somebody is invited twice.
"""

import datetime as dt
import itertools
import runpy
from collections.abc import Iterable
from unittest.mock import patch

from assessment.check import Check
from assessment.model import Person
from assessment.survey import Delivery
from storage.checks import Checks, Given
from storage.deliveries import Deliveries, Letter

record, settle = Checks.record, Deliveries.settle
delivered = itertools.count()


async def keeps_the_first(
    checks: Checks, person: Person, check_id: str, given: Given, editions: Iterable[str]
) -> Check | None:
    """In place of `Checks.record`."""
    check = await checks.get(person, check_id)
    if check is not None and given.discipline in check.answers:
        return check
    return await record(checks, person, check_id, given, editions)


async def sends_again(
    deliveries: Deliveries, letter: Letter, claim: str, state: Delivery, now: dt.datetime, *, reason: str = ""
) -> None:
    """In place of `Deliveries.settle`."""
    if state is Delivery.DELIVERED and next(delivered) % 10 == 0:
        await deliveries.release(letter, claim, now)
    else:
        await settle(deliveries, letter, claim, state, now, reason=reason)


if __name__ == "__main__":
    with patch.object(Checks, "record", keeps_the_first), patch.object(Deliveries, "settle", sends_again):
        runpy.run_module("tests.acceptance.bot_with_clock", run_name="__main__")
