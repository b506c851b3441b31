"""A chaos run finds what may not be: its own eyes, held against what they have to see."""

import json
import random
from typing import Any, cast

import pytest

from tests.acceptance.connector import Connector
from tests.acceptance.device import Door
from tests.acceptance.directory import Directory
from tests.acceptance.teams import Teams
from tests.chaos.evidence import Answers, doubled, lost, unfinished
from tests.chaos.logs import unexplained
from tests.chaos.people import Answerer
from tests.chaos.storm import AWAY, Blow

ADA = "b5d3e4f0-0000-5000-8000-000000000001"
NOON = 1_764_500_400.0
"""2025-11-30T11:00:00Z."""


@pytest.fixture
def ada() -> Answerer:
    teams = Teams(Directory(), Connector(Directory()), Door(cast("Any", None), ""))
    return Answerer(teams, teams.colleague("Ada Lovelace"), random.Random(1))


def test_an_answer_that_is_gone_or_another_one_is_lost() -> None:
    """What was confirmed last has to be there."""
    confirmed = {("c", "one"): "300", ("c", "two"): "400", ("c", "three"): "500"}

    assert lost(confirmed, {("c", "one"): "300", ("c", "two"): "100"}) == [("c", "two"), ("c", "three")]


def test_a_check_that_nobody_saw_is_a_second_one(ada: Answerer) -> None:
    """Of the people who answered, or in a survey, whoever's pseudonym it has; not of anybody else."""
    ada.memory.checks = {"a", "s.a"}
    whose = {"a": ada.colleague.person.aad_object_id, "b": ada.colleague.person.aad_object_id}
    kept = Answers({}, whose | {"s.a": "x", "s.b": "y", "c": ADA}, frozenset())

    assert doubled([ada], kept) == ["b", "s.b"]


def test_a_result_of_a_check_that_is_open_is_found(ada: Answerer) -> None:
    """Who saw a result has finished."""
    ada.memory.finished = {"a", "b"}

    assert unfinished([ada], Answers({}, {}, frozenset({"a"}))) == ["b"]


@pytest.mark.parametrize(
    "said, at, found",
    [
        ("sqlite3.OperationalError: database is locked", "2025-11-30T11:00:05+00:00", 0),
        ("sqlite3.OperationalError: database is locked", "2025-11-30T11:05:00+00:00", 1),
        ("KeyError: 'answer'", "2025-11-30T11:00:05+00:00", 1),
    ],
)
def test_only_a_database_that_is_away_explains_an_error(said: str, at: str, found: int) -> None:
    """An error of another kind, or of another time, is a finding."""
    record = {"time": at, "level": "ERROR", "logger": "bot.handler", "message": "turn failed"}
    log = json.dumps(record | {"exception": f"Traceback (most recent call last):\n{said}"})

    assert unexplained([log], [Blow(AWAY, NOON, NOON + 10)]).total() == found


def test_what_is_no_record_is_found_unless_the_start_says_why() -> None:
    """A trace of the interpreter is nothing that an operator should see."""
    record = json.dumps(
        {"time": "2025-11-30T11:00:05+00:00", "level": "INFO", "logger": "app", "message": "m"}
    )
    blows = [Blow(AWAY, NOON, NOON + 10)]
    sentence = "Maturity Coach cannot start. The database cannot be used: connection refused"
    trace = "Traceback (most recent call last):\nsqlite3.OperationalError: disk is full"

    assert unexplained([f"{record}\n{sentence}"], blows).total() == 0
    assert unexplained([f"{record}\n{trace}"], blows).total() == 1
