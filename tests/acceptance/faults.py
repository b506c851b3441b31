"""What goes wrong between a bot and Teams, as a test asks for it."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.acceptance.directory import Person

Json = dict[str, Any]

CallKind = Literal["open", "post", "send", "update", "roster", "team", ""]
"""A chat opened, a new thread in a channel, any other message, a change of one; a roster or a team read."""


@dataclass(frozen=True)
class Call:
    """What a request of the bot is about; `person` is whose chat is opened or written to."""

    kind: CallKind
    conversation_id: str
    tenant_id: str
    person: Person | None
    body: Json


@dataclass(frozen=True)
class Fault:
    """`though_delivered` stores the message all the same.

    What `hangs` is never answered; what `drops` loses its connection instead of an answer.
    """

    status: int = 0
    retry_after: float | None = None
    though_delivered: bool = False
    code: str = ""
    how: Literal["answers", "hangs", "drops"] = "answers"


WEATHER = (
    Fault(429, retry_after=0),
    Fault(412),
    Fault(502),
    Fault(503, though_delivered=True),
    Fault(how="drops"),
    Fault(how="drops", though_delivered=True),
)
"""What a service of this size has on a bad day."""


@dataclass
class Faults:
    """Those asked for come first, in order, each for the next call that it is aimed at."""

    happened: Counter[Fault] = field(default_factory=Counter)
    _planned: list[tuple[Fault, Callable[[Call], bool]]] = field(default_factory=list)
    _share: float = 0
    _kinds: Sequence[Fault] = ()
    _chance: random.Random = field(default_factory=random.Random)

    def plan(self, fault: Fault, times: int, aim: Callable[[Call], bool]) -> None:
        self._planned += [(fault, aim)] * times

    def come_at_random(self, share: float, seed: int, kinds: Sequence[Fault]) -> None:
        self._share, self._kinds, self._chance = share, kinds, random.Random(seed)

    def next_for(self, call: Call) -> Fault | None:
        fault = self._next_for(call)
        if fault is not None:
            self.happened[fault] += 1
        return fault

    def _next_for(self, call: Call) -> Fault | None:
        for number, (fault, aim) in enumerate(self._planned):
            if aim(call):
                del self._planned[number]
                return fault
        return self._chance.choice(self._kinds) if self._chance.random() < self._share else None
