"""How a lead has things happen again and again: surveys that begin by themselves, and plain reminders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo

from assessment.schedules import (
    Often,
    PlainReminder,
    RepeatedSurvey,
    Schedule,
    State,
    Weekday,
    habit_of,
    rule_of,
)
from assessment.survey import Team
from assessment.team import SMALLEST_GROUP
from cards.elements import Notice
from cards.schedule_presses import (
    AskToDelete,
    ChangeSchedule,
    DeleteSchedule,
    Kind,
    NewSchedule,
    PauseSchedule,
    PreviewSchedule,
    ResumeSchedule,
    SaveSchedule,
    SchedulePress,
    ShowSchedules,
    Terms,
    UnfoldSchedule,
)
from cards.schedules import (
    LONGEST_NAME,
    LONGEST_OPEN,
    LONGEST_TEXT,
    ask_to_delete_card,
    preview_card,
    schedule_card,
    schedule_form,
    schedules_card,
)
from cards.survey_talk import no_team_card
from content.loading import Content
from dialogs.planning import (
    LARGEST_GROUP,
    MOST_TEAMS,
    USUAL_DAYS,
    USUAL_GROUP,
    USUAL_REMINDERS,
    Planning,
    one_line,
)
from dialogs.recurrence import BadRule, checked, dates_of, zone_called
from dialogs.survey_views import Rules
from dialogs.turn import Outcome, Reply, Visit, not_a_lead, stale
from storage.database import Database
from storage.surveys import Home

DATES_SHOWN = 5
MOST_SCHEDULES = 10
"""Of one team."""
USUAL_WEEKDAY: Weekday = "MO"
USUAL_TIME = dt.time(9)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Read:
    """A form as it was understood."""

    what: RepeatedSurvey | PlainReminder
    home: Home | None
    schedule: Schedule | None
    """None where something is missing or wrong."""
    dates: Sequence[dt.datetime]
    mistakes: Sequence[str]


class ScheduleDialog:
    """Answers leads alone. Every change is committed before its reply; repeating one is harmless."""

    def __init__(
        self, content: Content, database: Database, planning: Planning, *, edition: str, rules: Rules
    ) -> None:
        self._content = content
        self._texts = content.texts
        self._schedules = database.schedules
        self._surveys = database.surveys
        self._planning = planning
        self._edition = edition
        self._rules = rules

    async def said(self, visit: Visit) -> Reply:
        """Answer the word `schedule`."""
        if not self._rules.may_lead(visit.person):
            return not_a_lead(self._texts)
        return await self._list(visit)

    async def pressed(self, visit: Visit, press: SchedulePress) -> Reply:
        """Answer a press on a schedule's card, wherever the card has got to."""
        if not self._rules.may_lead(visit.person):
            return not_a_lead(self._texts)
        if isinstance(press, ShowSchedules):
            return await self._list(visit)
        if isinstance(press, NewSchedule):
            return await self._form(visit, self._usual(visit, press.kind))
        schedule = await self._schedules.get(press.schedule)
        if schedule and schedule.team.tenant_id != visit.person.tenant_id.lower():
            return stale(self._texts)
        if isinstance(press, Terms):
            return await self._filled_in(visit, press, schedule)
        if schedule is None:
            is_done = isinstance(press, DeleteSchedule)
            return await self._deleted(visit) if is_done else stale(self._texts)
        return await self._pressed_on(visit, press, schedule)

    async def _filled_in(self, visit: Visit, press: Terms, before: Schedule | None) -> Reply:
        match press:
            case PreviewSchedule():
                return await self._preview(visit, press, before)
            case SaveSchedule():
                return await self._save(visit, press, before)
            case _:
                return await self._form(visit, press, unfolded=isinstance(press, UnfoldSchedule))

    async def _pressed_on(self, visit: Visit, press: SchedulePress, schedule: Schedule) -> Reply:
        match press:
            case ChangeSchedule():
                return await self._form(visit, terms_of(schedule))
            case PauseSchedule():
                await self._schedules.pause(schedule)
                return await self._show(visit, schedule.id, self._done("paused"))
            case ResumeSchedule():
                return await self._go_on(visit, schedule)
            case AskToDelete():
                return Reply(ask_to_delete_card(self._texts, schedule))
            case DeleteSchedule():
                await self._schedules.delete(schedule)
                return await self._deleted(visit)
            case _:
                return await self._show(visit, schedule.id)

    async def _deleted(self, visit: Visit) -> Reply:
        return await self._list(visit, self._done("deleted"), settled=True)

    async def _list(self, visit: Visit, notice: Notice | None = None, *, settled: bool = False) -> Reply:
        """What is scheduled for the channel's team, or in the own chat for all teams."""
        team = await self._planning.named(visit.channel.home) if visit.channel else None
        found = await self._schedules.of_tenant(visit.person.tenant_id)
        if team is None and not found and not await self._surveys.homes(visit.person.tenant_id):
            return Reply(no_team_card(self._texts, "schedule"))
        here = [one for one in found if team is None or one.team.id == team.id]
        card = schedules_card(self._texts, here, team=team, notice=notice)
        return Reply(card, settled=settled, outcome=_outcome(notice))

    async def _show(self, visit: Visit, schedule_id: str, notice: Notice | None = None) -> Reply:
        schedule = await self._schedules.get(schedule_id)
        if schedule is None:
            return stale(self._texts)
        is_active = schedule.state is State.ACTIVE
        dates = dates_of(schedule, visit.at, DATES_SHOWN) if is_active else []
        card = schedule_card(self._texts, schedule, dates, notice=notice)
        return Reply(card, settled=notice is not None, outcome=_outcome(notice))

    async def _form(
        self, visit: Visit, filled: Terms, mistakes: Sequence[str] = (), *, unfolded: bool = False
    ) -> Reply:
        """The form as it was filled in, with what is to be mended."""
        home = await self._home(visit, filled)
        homes = [] if home else await self._surveys.homes(visit.person.tenant_id)
        if home is None and not homes:
            return Reply(no_team_card(self._texts, "schedule"))
        what = self._what(filled)
        chosen = what.edition if isinstance(what, RepeatedSurvey) else self._edition
        return Reply(
            schedule_form(
                self._texts,
                filled,
                what,
                self._planning.editions(chosen),
                team=home.team if home else None,
                teams=[one.team for one in homes[:MOST_TEAMS]],
                mistakes=mistakes,
                unfolded=unfolded,
            ),
            outcome="mistaken" if mistakes else "done",
        )

    async def _preview(self, visit: Visit, filled: Terms, before: Schedule | None) -> Reply:
        """The dates it would have, or what is wrong with it."""
        read = await self._read(visit, filled, before)
        if read.schedule is None:
            return await self._form(visit, filled, read.mistakes)
        return Reply(preview_card(self._texts, read.schedule, read.dates, filled))

    async def _save(self, visit: Visit, filled: Terms, before: Schedule | None) -> Reply:
        read = await self._read(visit, filled, before)
        if read.schedule is None:
            return await self._form(visit, filled, read.mistakes)
        if before is None and await self._is_full(read.schedule.team):
            words = self._texts.count("schedule.refusal.too_many", MOST_SCHEDULES)
            return await self._list(visit, Notice(words, is_refusal=True))
        await self._schedules.save(read.schedule, visit.at)
        return await self._show(visit, read.schedule.id, self._done("saved"))

    async def _is_full(self, team: Team) -> bool:
        found = await self._schedules.of_tenant(team.tenant_id)
        return sum(one.team.id == team.id for one in found) >= MOST_SCHEDULES

    async def _go_on(self, visit: Visit, schedule: Schedule) -> Reply:
        """From the next date on, in the name of who says so."""
        if schedule.state is State.ACTIVE:
            return await self._show(visit, schedule.id)
        if await self._surveys.home(schedule.team) is None:
            return await self._show(visit, schedule.id, self._refused("team_gone"))
        dates = dates_of(schedule, visit.at, 1)
        if not dates:
            return await self._show(visit, schedule.id, self._refused("over"))
        await self._schedules.go_on(schedule, visit.person, visit.name, dates[0])
        return await self._show(visit, schedule.id, self._done("going_on"))

    def _done(self, what: str) -> Notice:
        return Notice(self._texts(f"schedule.notice.{what}"))

    def _refused(self, why: str) -> Notice:
        return Notice(self._texts(f"schedule.refusal.{why}"), is_refusal=True)

    # Forms

    def _usual(self, visit: Visit, kind: Kind) -> Terms:
        """A form that nobody has touched."""
        first, second = USUAL_REMINDERS
        usual = Terms(
            uuid4().hex,
            kind,
            team=visit.channel.home.team.id if visit.channel else None,
            often=Often.QUARTER,
            weekday=USUAL_WEEKDAY,
            at=USUAL_TIME,
            zone=visit.zone.key if isinstance(visit.zone, ZoneInfo) else "UTC",
        )
        if kind == "reminder":
            return replace(usual, text=self._texts("schedule.usual_text"))
        return replace(
            usual,
            name=self._texts("schedule.usual_name"),
            days=USUAL_DAYS,
            first_reminder=first,
            second_reminder=second,
            answers="anonymous",
            smallest=USUAL_GROUP,
            edition=self._edition,
        )

    def _what(self, filled: Terms) -> RepeatedSurvey | PlainReminder:
        """What was filled in; what is missing or wrong is named by `_mistakes`."""
        if filled.kind == "reminder":
            return PlainReminder(one_line(filled.text or ""))
        days = {day for day in (filled.first_reminder, filled.second_reminder) if day is not None}
        return RepeatedSurvey(
            name=one_line(filled.name or ""),
            edition=filled.edition or self._edition,
            is_anonymous=filled.answers != "named",
            smallest_group=USUAL_GROUP if filled.smallest is None else filled.smallest,
            reminder_days=tuple(sorted(days)),
            days_open=USUAL_DAYS if filled.days is None else filled.days,
        )

    async def _read(self, visit: Visit, filled: Terms, before: Schedule | None) -> _Read:
        """A form as a schedule with its first dates, or with what is wrong with it."""
        home, what = await self._home(visit, filled), self._what(filled)
        zone = zone_called((filled.zone or "").strip())
        mistakes = [*self._mistakes(filled, what), *([] if zone else [self._texts("schedule.mistake.zone")])]
        rule, flaw = self._rule(filled)
        mistakes += [flaw] if flaw else []
        if home is None:
            mistakes.insert(0, self._texts("schedule.mistake.team"))
        if mistakes or home is None or zone is None or filled.at is None:
            return _Read(what, home, None, [], mistakes)
        schedule = Schedule(
            id=filled.schedule,
            team=home.team,
            channel_id=_channel(visit, home, before),
            what=what,
            rule=rule,
            starts=dt.datetime.combine(_first_day(visit, zone, rule, before), filled.at),
            zone=zone.key,
            ends_on=filled.ends,
            lead=visit.person,
            lead_name=visit.name,
            state=State.ACTIVE,
            halt=None,
            next_at=None,
        )
        dates = dates_of(schedule, visit.at, DATES_SHOWN)
        mistakes = self._mistakes_in(schedule, dates)
        if mistakes:
            return _Read(what, home, None, [], mistakes)
        return _Read(what, home, replace(schedule, next_at=dates[0]), dates, [])

    def _mistakes(self, filled: Terms, what: RepeatedSurvey | PlainReminder) -> list[str]:
        """What the lead has to mend, in their words."""
        wrong = {"at": filled.at is None}
        if not filled.rule:
            wrong |= {"often": filled.often is None, "weekday": filled.weekday is None}
        if isinstance(what, PlainReminder):
            wrong |= {"text": not 0 < len(what.text) <= LONGEST_TEXT}
            return [self._texts(f"schedule.mistake.{one}") for one, is_wrong in wrong.items() if is_wrong]
        wrong |= {
            "name": not 0 < len(what.name) <= LONGEST_NAME,
            "days": filled.days is None or not 1 <= what.days_open <= LONGEST_OPEN,
        }
        of_survey = {
            "smallest": filled.smallest is None or not SMALLEST_GROUP <= what.smallest_group <= LARGEST_GROUP,
            "reminders": any(not 1 <= day <= what.days_open for day in what.reminder_days),
            "edition": what.edition not in self._content.editions,
        }
        return [
            *(self._texts(f"schedule.mistake.{one}") for one, is_wrong in wrong.items() if is_wrong),
            *(self._texts(f"survey.mistake.{one}") for one, is_wrong in of_survey.items() if is_wrong),
        ]

    def _rule(self, filled: Terms) -> tuple[str, str | None]:
        """The rule that was filled in or picked, and what is wrong with it."""
        if filled.rule:
            try:
                return checked(filled.rule), None
            except BadRule as bad:
                return "", self._texts(f"schedule.mistake.rule.{bad.flaw}")
        return rule_of(filled.often or Often.QUARTER, filled.weekday or USUAL_WEEKDAY), None

    def _mistakes_in(self, schedule: Schedule, dates: Sequence[dt.datetime]) -> list[str]:
        """What is wrong with dates that are well-formed by themselves."""
        if not dates:
            endless = dates_of(
                replace(schedule, ends_on=None), schedule.starts.replace(tzinfo=dt.UTC) - DAY, 1
            )
            return [self._texts("schedule.mistake.ends" if endless else "schedule.mistake.rule.never")]
        if isinstance(schedule.what, RepeatedSurvey):
            # It is open to the end of its last day.
            apart = min((later - one for one, later in pairwise(dates)), default=None)
            if apart is not None and apart < (schedule.what.days_open + 1) * DAY:
                return [self._texts.count("schedule.mistake.overlap", max(apart.days - 1, 1))]
        return []

    async def _home(self, visit: Visit, filled: Terms) -> Home | None:
        """The team a schedule is for, where it has the app."""
        homes = await self._surveys.homes(visit.person.tenant_id)
        return next((home for home in homes if home.team.id == filled.team), None)


def terms_of(schedule: Schedule) -> Terms:
    """A schedule as its form shows it."""
    habit = habit_of(schedule.rule)
    often, weekday = habit or (Often.QUARTER, USUAL_WEEKDAY)
    terms = Terms(
        schedule.id,
        "survey" if isinstance(schedule.what, RepeatedSurvey) else "reminder",
        team=schedule.team.id,
        often=often,
        weekday=weekday,
        rule=None if habit else schedule.rule,
        at=schedule.starts.time(),
        zone=schedule.zone,
        ends=schedule.ends_on,
    )
    what = schedule.what
    if isinstance(what, PlainReminder):
        return replace(terms, text=what.text)
    first, second = (*what.reminder_days, None, None)[:2]
    return replace(
        terms,
        name=what.name,
        days=what.days_open,
        first_reminder=first,
        second_reminder=second,
        answers="anonymous" if what.is_anonymous else "named",
        smallest=what.smallest_group,
        edition=what.edition,
    )


def _outcome(notice: Notice | None) -> Outcome:
    return "refused" if notice and notice.is_refusal else "done"


def _channel(visit: Visit, home: Home, before: Schedule | None) -> str:
    """Where the team sees it: where it was set up, or else in its General channel."""
    if before and before.team.id == home.team.id:
        return before.channel_id
    is_here = visit.channel is not None and visit.channel.home.team.id == home.team.id
    return visit.channel.id if visit.channel and is_here else home.team.id


def _first_day(visit: Visit, zone: ZoneInfo, rule: str, before: Schedule | None) -> dt.date:
    """Today; where its rule stays as it was, the day from which that has counted."""
    if before and before.rule == rule:
        return before.starts.date()
    return visit.at.astimezone(zone).date()
