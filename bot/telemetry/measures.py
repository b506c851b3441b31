"""What is measured: each metric, with all values that its attributes may have. None is about anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from assessment.survey import Delivery
from bot.handler import Ending
from storage.overview import KINDS

REFUSALS = {
    400: "malformed",
    401: "invalid-token",
    403: "not-allowed",
    413: "too-large",
    415: "unsupported",
    429: "too-much",
    503: "keys-unavailable",
}
"""Why the door lets somebody not in, by the status it answers with."""

OVERLOADED = "overloaded"
"""The door's other 503, which says when to come again."""

INCOMING = ("invalid-token", "not-allowed", "keys-unavailable")
"""The refusals that are about who somebody is."""

OTHERWISE = ("abandoned", "failed")
"""Who asked hung up; or something went wrong that no turn answers for."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric."""

    name: str
    unit: str
    kind: Literal["counter", "histogram", "gauge"]
    meaning: str
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)


TURNS = Measure(
    "maturity_coach.turn.duration",
    "s",
    "histogram",
    "How long a turn took, from the request to its answer; its count is the number of turns",
    {
        "kind": ("message", "press", "file", "installation", "other"),
        "outcome": (*get_args(Ending), *REFUSALS.values(), OVERLOADED, *OTHERWISE),
    },
)
SENDS = Measure(
    "maturity_coach.sends",
    "{call}",
    "counter",
    "Calls that bring something to Teams, by what is known of them; one that is repeated counts again",
    {
        "operation": ("send", "reply", "update", "open", "post", "upload"),
        "result": ("sent", "later", "refused", "unknown"),
    },
)
AUTH_FAILURES = Measure(
    "maturity_coach.auth.failures",
    "{failure}",
    "counter",
    "Requests that were not let in, and tokens of the bot that Entra did not give or Teams did not take",
    {"reason": (*INCOMING, "no-own-token", "own-token-refused")},
)
INVITATIONS = Measure(
    "maturity_coach.survey.invitations",
    "{invitation}",
    "gauge",
    "Invitations of all open surveys; the states add up to everybody invited",
    {"state": tuple(Delivery)},
)
CHECKS = Measure(
    "maturity_coach.survey.checks",
    "{check}",
    "gauge",
    "People who have started the check of an open survey, and how many of them have finished it",
    {"state": ("started", "finished")},
)
BACKLOG = Measure(
    "maturity_coach.backlog.age",
    "s",
    "gauge",
    "For how long the oldest of each kind has been due and not sent; 0 where nothing is",
    {"kind": KINDS},
)
ENGINE_JOBS = Measure(
    "maturity_coach.engine.jobs", "{job}", "gauge", "Jobs of the engine that wait or run, of all replicas"
)

MEASURES = (TURNS, SENDS, AUTH_FAILURES, INVITATIONS, CHECKS, BACKLOG, ENGINE_JOBS)

TURN_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 15.0)
"""Seconds. An answer is due within 5; Teams gives up on a press after about 10, on a message after 15."""
