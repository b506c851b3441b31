"""What a team's channel is told about, and when. The rules are the project's own and stand in docs/news.md.

The facts of a piece of news are what its words need. All of them may be missing, and then so is what the
words would say about them. Whatever people typed is kept as they typed it; cards show it as it is.

| Kind | Facts |
|---|---|
| STARTED | survey (its name), by (the lead's name), people (how many are asked), closes_on |
| HALF, THREE_QUARTERS | survey, finished (people), people (how many can be reached), closes_on |
| TWO_DAYS_LEFT | survey, missing (people who have not finished), closes_on |
| MOVED_UP | discipline (its name), from, to, stage_from, stage_to, met, of (statements), name, what |
| PLEDGE_MADE, PLEDGE_OVERDUE | name (whose it is), what, due_on |
| PLEDGE_KEPT | name, what, met, of |
| REMINDER | text (the lead's own words), by (the lead's name) |

`closes_on` and `due_on` are days such as "2026-12-07". Levels and stages are what a card calls them, such as
"300 Defined", or a number such as 300. The other numbers are whole. MOVED_UP tells of a discipline, of a
stage, or of both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from assessment.pledges import Pledge, PledgeState
from assessment.survey import Numbers, Phase, Plan, Survey, Team

MORNING = dt.time(9)
WEEK = dt.timedelta(days=7)

OUT_OF_DATE = dt.timedelta(days=14)
"""After which no news is told any more: the bot was down, or Teams took nothing for so long."""

SHORTEST = dt.timedelta(days=4)
"""How long a survey runs at least whose last two days are told of; a shorter one has hardly begun by then."""


class NewsKind(StrEnum):
    """An occasion to tell a channel something."""

    STARTED = "started"
    HALF = "half"
    THREE_QUARTERS = "three-quarters"
    TWO_DAYS_LEFT = "two-days-left"
    MOVED_UP = "moved-up"
    """The team's stage, or its level of a discipline."""
    PLEDGE_MADE = "pledge-made"
    PLEDGE_KEPT = "pledge-kept"
    PLEDGE_OVERDUE = "pledge-overdue"
    REMINDER = "reminder"
    """A lead's schedule says that it is time."""


class Preference(StrEnum):
    """What a lead wants their channel told at once; the rest waits for Monday's digest."""

    ALL_AT_ONCE = "all-at-once"
    MOVES_AT_ONCE = "moves-at-once"
    ALL_ON_MONDAY = "all-on-monday"


PUNCTUAL = frozenset({NewsKind.REMINDER})
"""Has its own date, which a lead chose."""

MOVES = frozenset({NewsKind.MOVED_UP})

WHILE_OPEN = frozenset({NewsKind.STARTED, NewsKind.HALF, NewsKind.THREE_QUARTERS, NewsKind.TWO_DAYS_LEFT})
"""News of a survey that nobody needs once it is closed."""

WHILE_PLEDGED = frozenset({NewsKind.PLEDGE_MADE, NewsKind.PLEDGE_OVERDUE})
"""News of a pledge that are not true any more once it is kept or dropped."""

KEPT = frozenset({NewsKind.PLEDGE_KEPT, NewsKind.MOVED_UP})
"""How a channel is told that a pledge was kept; the second where that moved its team."""

OUTDONE = {
    NewsKind.HALF: frozenset({NewsKind.THREE_QUARTERS}),
    NewsKind.PLEDGE_MADE: KEPT,
    NewsKind.PLEDGE_OVERDUE: KEPT,
}
"""What need not be told where the later news of the same survey or pledge is told with it."""


@dataclass(frozen=True, slots=True)
class News:
    """One occasion, told once."""

    id: str
    """Names the occasion, such as "half:<survey id>"; what is added again under it changes nothing."""
    kind: NewsKind
    team: Team
    channel_id: str
    at: dt.datetime
    facts: Mapping[str, str | int]
    """What its words need, as the head of this module says."""

    @property
    def subject(self) -> str:
        """What it is about: the id of the survey or pledge, which is the second part of its own."""
        return self.id.split(":")[1]


def overdue_id(pledge: Pledge) -> str:
    """Names the occasion that a pledge is overdue: one for each day it was due."""
    return f"{NewsKind.PLEDGE_OVERDUE}:{pledge.id}:{pledge.due_on}"


def is_out_of_date(news: News, now: dt.datetime, about: Survey | Pledge | None) -> bool:
    """Whether nobody needs to be told any more.

    `about` is the survey or pledge that it is about, as it is now; None where that is gone.
    """
    if news.at <= now - OUT_OF_DATE:
        return True
    if news.kind in WHILE_OPEN:
        return not isinstance(about, Survey) or about.phase is not Phase.OPEN or about.closes_at <= now
    return news.kind in WHILE_PLEDGED and not (isinstance(about, Pledge) and _is_true(news, about))


def _is_true(news: News, pledge: Pledge) -> bool:
    """Whether a pledge is still as it was when it was made, or overdue, on that day."""
    is_same_day = news.kind is not NewsKind.PLEDGE_OVERDUE or news.id == overdue_id(pledge)
    return pledge.state is PledgeState.OPEN and is_same_day


def worth_telling(together: Iterable[News]) -> list[News]:
    """Of what is told together, all that nothing else outdoes; newest first, and by id what came at once."""
    by_id = sorted(together, key=lambda one: one.id)
    newest = sorted(by_id, key=lambda one: one.at, reverse=True)
    told = {(one.kind, one.subject) for one in newest}
    return [
        one
        for one in newest
        if not any((kind, one.subject) in told for kind in OUTDONE.get(one.kind, frozenset()))
    ]


def milestones(survey: Survey, numbers: Numbers, now: dt.datetime) -> list[NewsKind]:
    """What there is to tell of an open survey besides its result, by what is known of it now.

    Of an anonymous one nobody is told that half have finished before these are enough to hide each of them.
    """
    found = [NewsKind.STARTED]
    if _may_be_told(numbers.finished, survey.plan) and not numbers.all_done:
        shares = {NewsKind.HALF: 2 / 4, NewsKind.THREE_QUARTERS: 3 / 4}
        found += [kind for kind, share in shares.items() if numbers.finished >= share * numbers.expected > 0]
    if survey.closes_at - (survey.opened_at or now) >= SHORTEST and now >= _last_two_days(survey):
        found.append(NewsKind.TWO_DAYS_LEFT)
    return found


def _last_two_days(survey: Survey) -> dt.datetime:
    """When they begin for people who work: nobody's phone rings at midnight."""
    last_but_one = survey.plan.closes_on - dt.timedelta(days=1)
    return dt.datetime.combine(last_but_one, MORNING, ZoneInfo(survey.zone))


def survey_facts(kind: NewsKind, survey: Survey, numbers: Numbers) -> dict[str, str | int]:
    """What is told of an open survey. How many of an anonymous one are missing is not, where they are few."""
    facts: dict[str, str | int] = {
        "survey": survey.plan.name,
        "closes_on": survey.plan.closes_on.isoformat(),
    }
    missing = max(numbers.expected - numbers.finished, 0)
    match kind:
        case NewsKind.STARTED:
            facts |= {"people": numbers.invited}
            if survey.asked_by_name:
                facts |= {"by": survey.asked_by_name}
        case NewsKind.TWO_DAYS_LEFT if missing and _may_be_told(missing, survey.plan):
            facts |= {"missing": missing}
        case NewsKind.HALF | NewsKind.THREE_QUARTERS:
            facts |= {"finished": numbers.finished, "people": numbers.expected}
    return facts


def _may_be_told(people: int, plan: Plan) -> bool:
    return not plan.is_anonymous or people >= plan.smallest_group


def next_digest(now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The next Monday at 09:00 in a zone, in that zone; never `now` itself."""
    return _next_monday(now.astimezone(zone))


def due(kind: NewsKind, at: dt.datetime, preference: Preference, zone: dt.tzinfo) -> dt.datetime:
    """When a channel is told of what happened `at`: then, or on the next Monday at 09:00 in its zone."""
    at_once = {
        Preference.ALL_AT_ONCE: frozenset(NewsKind),
        Preference.MOVES_AT_ONCE: MOVES | PUNCTUAL,
        Preference.ALL_ON_MONDAY: PUNCTUAL,
    }
    return at if kind in at_once[preference] else next_digest(at, zone).astimezone(dt.UTC)


def _next_monday(local: dt.datetime) -> dt.datetime:
    """Monday at 09:00 after a moment, in the same zone."""
    monday = local.date() - dt.timedelta(days=local.weekday())
    morning = dt.datetime.combine(monday, MORNING, local.tzinfo)
    return morning if local < morning else dt.datetime.combine(monday + WEEK, MORNING, local.tzinfo)
