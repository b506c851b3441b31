"""What a date of a schedule brings: a survey to begin, or words for the channel."""

from __future__ import annotations

import datetime as dt
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from assessment.news import News, NewsKind
from assessment.schedules import RepeatedSurvey, Schedule
from assessment.survey import Survey
from content.texts import Texts
from dialogs.launch import draft
from storage.columns import milliseconds


def occasion(schedule: Schedule) -> str:
    """Names the date that comes next, the same in every process: "<schedule>:<milliseconds>"."""
    if schedule.next_at is None:
        raise ValueError("a schedule that is not active has no next date")
    return f"{schedule.id}:{milliseconds(schedule.next_at)}"


def gone_occasion(schedule: Schedule) -> str:
    """Names what a lead is told when a schedule's team is gone, for each time that it is."""
    if schedule.gone_at is None:
        raise ValueError("the schedule's team is not gone")
    return f"schedule:{schedule.id}:gone:{milliseconds(schedule.gone_at)}"


def survey_for(texts: Texts, schedule: Schedule, what: RepeatedSurvey, now: dt.datetime) -> Survey:
    """The survey of a schedule's next date, as a draft that begins today."""
    zone = ZoneInfo(schedule.zone)
    name = texts("schedule.survey_name", name=what.name, date=texts.date(now, zone))
    return draft(
        uuid5(NAMESPACE_URL, occasion(schedule)).hex,
        what.plan(name, now.astimezone(zone).date()),
        zone,
        team=schedule.team,
        channel_id=schedule.channel_id,
        lead=schedule.lead,
        lead_name=schedule.lead_name,
    )


def reminder(schedule: Schedule, words: str, now: dt.datetime) -> News:
    """What a plain reminder says."""
    return _told("reminder", schedule, words, now)


def skipped(
    texts: Texts, schedule: Schedule, what: RepeatedSurvey, *, other: Survey, now: dt.datetime
) -> News:
    """That a survey was left out, since the team is not done with another one."""
    words = texts("schedule.told.skipped", name=what.name, other=other.plan.name)
    return _told("skipped", schedule, words, now)


def nobody_to_ask(texts: Texts, schedule: Schedule, what: RepeatedSurvey, now: dt.datetime) -> News:
    """That a survey was left out, since it would reach nobody."""
    return _told("skipped", schedule, texts("schedule.told.nobody", name=what.name), now)


def lead_is_gone(texts: Texts, schedule: Schedule, now: dt.datetime) -> News:
    """That a schedule is paused, since its lead is none any more."""
    name = schedule.what.name if isinstance(schedule.what, RepeatedSurvey) else schedule.what.text
    lead = schedule.lead_name or texts("survey.a_lead")
    return _told("paused", schedule, texts("schedule.told.paused", name=name, lead=lead), now)


def _told(what: str, schedule: Schedule, words: str, now: dt.datetime) -> News:
    """Told on its own date, like every reminder; `words` hold what people typed, not made safe for a card."""
    return News(
        id=f"{what}:{occasion(schedule)}",
        kind=NewsKind.REMINDER,
        team=schedule.team,
        channel_id=schedule.channel_id,
        at=now,
        facts={"text": words},
    )
