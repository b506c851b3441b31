"""When somebody is asked about a promise, and what a kept one says of the team."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.model import Level, Person
from assessment.pledges import (
    BETWEEN_QUESTIONS,
    MOST_QUESTIONS,
    Pledge,
    PledgeState,
    after_message,
    is_given_up,
    question_at,
    working_picture,
)
from assessment.scoring import Standing
from assessment.survey import Delivery
from content.loading import load
from dialogs.pictures import statements_of

VIENNA = ZoneInfo("Europe/Vienna")
TUESDAY = dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)
ADA = Person("tenant", "ada")
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
EDITION = load().editions["2021-10"]
STATEMENTS = {one: statements_of(EDITION, one) for one in EDITION.order}
ALL_IDS = [one for levels in STATEMENTS.values() for its in levels.values() for one in its]

A_PLEDGE = Pledge(
    id="1",
    owner=ADA,
    owner_name="Ada",
    made_by=ADA,
    made_by_name="Ada",
    team=None,
    channel_id=None,
    edition="2021-10",
    discipline=None,
    item="one",
    what="One",
    due_on=dt.date(2026, 3, 31),
    zone="Europe/Vienna",
    made_at=TUESDAY,
)

zones = st.sampled_from(["Europe/Vienna", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Apia", "UTC"]).map(
    ZoneInfo
)
moments = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)).map(  # noqa: DTZ001 - made aware next
    lambda one: one.replace(tzinfo=dt.UTC)
)
levels = st.dictionaries(st.sampled_from(EDITION.order), st.sampled_from(Level))
some_met = st.sets(st.sampled_from(ALL_IDS))


# The question


def test_on_the_morning_of_the_day() -> None:
    """At nine where the owner is, in summer as in winter."""
    assert question_at(dt.date(2026, 3, 31), VIENNA, TUESDAY).isoformat() == "2026-03-31T07:00:00+00:00"
    assert question_at(dt.date(2026, 3, 27), VIENNA, TUESDAY).isoformat() == "2026-03-27T08:00:00+00:00"


def test_not_on_the_day_on_which_it_was_promised() -> None:
    """What is promised for today is asked about tomorrow."""
    assert question_at(TUESDAY.date(), VIENNA, TUESDAY).isoformat() == "2026-03-04T08:00:00+00:00"


@settings(deadline=None)
@given(moments, st.integers(0, 400), zones, st.integers(0, 30))
def test_never_twice_in_a_week(now: dt.datetime, days: int, zone: ZoneInfo, ago: int) -> None:
    """Whatever day is set, the question before is a week ago by then, and the day has begun."""
    due, asked_at = (now + days * DAY).astimezone(zone).date(), now - ago * DAY
    at = question_at(due, zone, now, asked_at)
    assert at >= asked_at + WEEK
    assert at.astimezone(zone).date() >= due
    assert at > now


def test_after_a_message() -> None:
    """A week after a question; after telling, on the day, or a week later where that is too soon."""
    assert after_message(A_PLEDGE, VIENNA, TUESDAY) == TUESDAY + WEEK
    untold = replace(A_PLEDGE, times_asked=-1, unanswered=-1)
    assert after_message(untold, VIENNA, TUESDAY) == dt.datetime(2026, 3, 31, 7, tzinfo=dt.UTC)
    assert after_message(replace(untold, due_on=TUESDAY.date()), VIENNA, TUESDAY) == TUESDAY + WEEK


@pytest.mark.parametrize(
    "change, overdue",
    [
        ({}, True),
        ({"unanswered": 0}, False),
        ({"asked_at": TUESDAY - WEEK + DAY}, False),
        ({"outcome": Delivery.REFUSED}, False),
        ({"outcome": Delivery.UNKNOWN}, True),
        ({"outcome": Delivery.SENDING}, False),
        ({"state": PledgeState.KEPT}, False),
    ],
)
def test_overdue_is_what_was_asked_a_week_ago_and_not_answered(
    change: dict[str, object], overdue: bool
) -> None:
    """Not what was answered, is closed, or was perhaps never asked: a process died, or Teams refused it."""
    asked = replace(
        A_PLEDGE, unanswered=1, times_asked=1, asked_at=TUESDAY - WEEK, outcome=Delivery.DELIVERED
    )
    assert replace(asked, **change).is_overdue(TUESDAY) is overdue  # type: ignore[arg-type]


def test_who_does_not_answer_is_left_alone() -> None:
    """After three questions; any answer starts the count anew."""
    assert [is_given_up(replace(A_PLEDGE, unanswered=number)) for number in range(5)] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert MOST_QUESTIONS * BETWEEN_QUESTIONS == 3 * WEEK


# The working picture


@settings(deadline=None)
@given(levels, some_met)
def test_nothing_is_ever_lowered(surveyed: dict[str, Level], met: set[str]) -> None:
    """And what has no level gets none."""
    picture = working_picture(surveyed, STATEMENTS, met)
    assert picture.keys() == surveyed.keys()
    assert all(picture[one] >= level for one, level in surveyed.items())


@settings(deadline=None)
@given(levels, some_met, some_met)
def test_keeping_more_never_takes_anything_away(
    surveyed: dict[str, Level], met: set[str], more: set[str]
) -> None:
    """With more statements met, each discipline and the stage stand as high or higher."""
    before, after = (working_picture(surveyed, STATEMENTS, one) for one in (met, met | more))
    assert all(after[one] >= level for one, level in before.items())
    stages = [Standing(one, len(EDITION.order)).stage for one in (before, after)]
    assert (stages[0] or 0) <= (stages[1] or 0)


@settings(deadline=None)
@given(levels, some_met)
def test_a_level_is_reached_exactly_by_all_its_statements(surveyed: dict[str, Level], met: set[str]) -> None:
    """Every level between the survey's and the picture's is met in full, and the one above is not."""
    for one, level in working_picture(surveyed, STATEMENTS, met).items():
        raised = [its for its in Level if surveyed[one] < its <= level]
        assert all(set(STATEMENTS[one][its]) <= met for its in raised)
        assert level.next is None or not set(STATEMENTS[one][level.next]) <= met


def test_step_by_step() -> None:
    """A level above does not count before the one between is met; then both are reached at once."""
    first, second = STATEMENTS["automation"][Level.REPEATABLE], STATEMENTS["automation"][Level.DEFINED]
    surveyed = {"automation": Level.INITIAL}
    assert working_picture(surveyed, STATEMENTS, second) == surveyed
    assert working_picture(surveyed, STATEMENTS, first) == {"automation": Level.REPEATABLE}
    assert working_picture(surveyed, STATEMENTS, [*first, *second]) == {"automation": Level.DEFINED}
