"""What is told of surveys to an operator: numbers that agree with the ledger, and what lies too long."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from bot.telemetry.measures import BACKLOG, CHECKS, ENGINE_JOBS, INVITATIONS, SENDS
from jobs.sending import Sender
from tests.acceptance.clock import Clock
from tests.acceptance.collector import Collector, attributes_of
from tests.acceptance.directory import Wall
from tests.acceptance.ledger import comes_true, kept, messages_of, sending_ends
from tests.acceptance.running import on_both_databases
from tests.acceptance.surveys import a_crowd, a_team, answers, rehearses, sends
from tests.acceptance.teams import Teams
from tests.everything import tables

WORDS = "the words of an error"


@pytest.fixture
def more_settings(exported: dict[str, Any]) -> dict[str, Any]:
    return exported


@on_both_databases
async def test_sends_add_up_with_the_ledger(collector: Collector, teams: Teams, database_url: str) -> None:
    """Delivered, refused and unknown are what is kept; what was repeated is counted apart."""
    team, lead = a_crowd(teams, 30)
    people = team.members
    for number in (3, 4, 5):
        teams.directory.walls[people[number]] = Wall.BLOCKED
    await rehearses(lead, name="Autumn check")
    teams.connector.fails_next(502, kind="send", for_=people[10])
    teams.connector.fails_next(503, kind="send", for_=people[11], though_delivered=True)
    teams.connector.fails_next(412, times=2, kind="send", for_=people[12])
    await lead.presses("Send to 30 people")
    await sending_ends(database_url)

    states = kept(teams, team, database_url)
    await collector.will(lambda: collector.number(INVITATIONS, state="delivered") == states["delivered"])
    assert collector.counted(INVITATIONS, "state") == states
    assert (states["delivered"], states["unknown"], states["refused"]) == (25, 2, 3)
    to_people = {
        one: collector.number(SENDS, operation="send", result=one) for one in SENDS.attributes["result"]
    }
    opened = collector.number(SENDS, operation="open", result="refused")
    assert to_people["sent"] == states["delivered"]
    assert to_people["unknown"] == states["unknown"]
    assert to_people["refused"] + opened == states["refused"]
    assert to_people["later"] == 2
    assert sum(to_people.values()) == teams.connector.count("POST", "/conversations/a:")


async def test_a_survey_in_numbers(collector: Collector, teams: Teams, database_url: str) -> None:
    """How many have started and finished; each part of the sending has a span, with its calls in it."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    await sending_ends(database_url)
    first, second = teams.everybody_in(team)[:2]
    await answers(first)
    await second.presses("I make apps or flows")
    await collector.will(lambda: collector.counted(CHECKS, "state") == {"started": 2, "finished": 1})
    await collector.will(lambda: collector.spans_of("job", job="part"))
    await collector.will(lambda: collector.knows(ENGINE_JOBS))
    [part] = collector.spans_of("job", job="part", part=0)  # type: ignore[arg-type]  # a number is one too
    within = [one for one in collector.spans if one.parent_span_id == part.span_id]
    assert Counter(one.name for one in within) == {"teams open": 6, "teams send": 6}
    survey = attributes_of(part.attributes)["maturity_coach.survey"]
    assert survey == tables(database_url)["surveys"][0]["id"]


async def test_work_that_fails(collector: Collector, teams: Teams, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its span is marked, and says nothing of why: that is in the log."""
    failed = asyncio.Event()

    async def fails(*_: object) -> None:
        failed.set()
        raise OSError(WORDS)

    monkeypatch.setattr(Sender, "plan_round", fails)
    _, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    await failed.wait()
    await collector.will(lambda: collector.spans_of("job", job="round"))

    assert collector.spans_of("job", job="round")[0].status.code == Status.STATUS_CODE_ERROR
    assert WORDS.encode() not in b"".join(collector.bodies)


async def test_what_is_overdue(collector: Collector, teams: Teams, clock: Clock, database_url: str) -> None:
    """Letters that Teams does not take grow older; once they are sent, nothing is overdue."""
    team, lead = a_crowd(teams, 12)
    await rehearses(lead, name="Autumn check")
    async with teams.connector.holds_back() as first_request:
        sending = asyncio.create_task(lead.presses("Send to 12 people"))
        assert await first_request()
        await comes_true(lambda: any(one["state"] == "sending" for one in tables(database_url)["rounds"]))
        clock.moves(hours=2)
        await collector.will(lambda: collector.number(BACKLOG, kind="letter") == 2 * 3600)
    await sending
    await sending_ends(database_url)
    await collector.will(lambda: collector.number(BACKLOG) == 0)

    assert messages_of(teams, team) == 12
    assert all(collector.knows(BACKLOG, kind=one) for one in BACKLOG.attributes["kind"])
