"""How a lead plans a survey: set it up, rehearse it, and send it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from unicodedata import category
from uuid import uuid4
from zoneinfo import ZoneInfo

from assessment.survey import Phase, Plan, Survey, Team
from assessment.team import SMALLEST_GROUP
from cards.elements import Card, Notice
from cards.invitation import invitation_card
from cards.survey_presses import Rehearse
from cards.survey_setup import counting_card, setup_card
from cards.survey_talk import no_team_card, under_way_card
from content.loading import Content
from dialogs.launch import Launch, Rosters, draft
from dialogs.survey_views import Rules, SurveyViews
from dialogs.turn import Outcome, Reply, RosterUnavailable, Visit
from storage.database import Database
from storage.surveys import Home

USUAL_DAYS = 14
USUAL_GROUP = 5
USUAL_REMINDERS = (3, 5)
LONGEST_DAYS = 366
LARGEST_GROUP = 1000
LONGEST_NAME = 80
MOST_TEAMS = 100
"""To pick one of on a card; a survey of any other is set up in the team's own channel."""

ROSTER_WITHIN = 3.0
"""Seconds; a pressed button has to be answered within five."""


class Planning:
    """Takes a lead from an empty plan to a survey that is being sent."""

    def __init__(
        self,
        content: Content,
        database: Database,
        rosters: Rosters,
        views: SurveyViews,
        *,
        edition: str,
        rules: Rules,
        launch: Launch,
    ) -> None:
        self._content = content
        self._texts = content.texts
        self._surveys = database.surveys
        self._deliveries = database.deliveries
        self._rosters = rosters
        self._views = views
        self._edition = edition
        self._rules = rules
        self._launch = launch
        self._countings: dict[str, asyncio.Task[None]] = {}

    async def set_up(self, visit: Visit) -> Reply:
        """An empty plan; or the survey that the team has already."""
        team = await self.named(visit.channel.home) if visit.channel else None
        if team is None and not await self._surveys.homes(visit.person.tenant_id):
            return Reply(no_team_card(self._texts, "survey"))
        if team and (other := await self._launch.other_under_way(team)):
            return Reply(under_way_card(self._texts, other))
        return Reply(await self._plan_card(visit, self._usual(visit), uuid4().hex, team))

    async def change(self, visit: Visit, survey: Survey) -> Reply:
        """The plan of a draft again."""
        return Reply(await self._plan_card(visit, survey.plan, survey.id, survey.team))

    async def rehearse(self, visit: Visit, press: Rehearse) -> Reply:
        """Keep a plan, count whom it reaches, and show that; or say what is wrong with it."""
        home = await self._home(visit, press)
        plan = self._plan_in(visit, press)
        mistakes = self._mistakes(visit, press, plan, home)
        if home is None or mistakes:
            team = home.team if home else None
            card = await self._plan_card(visit, plan, press.survey, team, mistakes=mistakes)
            return Reply(card, outcome="mistaken")
        survey = _draft(visit, press.survey, plan, home)
        await self._surveys.plan(survey, visit.at)
        self._countings.pop(survey.id, None)  # of the plan before
        return await self.rehearsal(visit, await self._surveys.get(survey.id) or survey)

    async def rehearsal(self, visit: Visit, survey: Survey, notice: Notice | None = None) -> Reply:
        """Whom a draft would reach; of a very large team the lead looks again a little later."""
        if counting := await self._counting(visit, survey):
            done, _ = await asyncio.wait([counting], timeout=ROSTER_WITHIN)
            if not done:
                return Reply(counting_card(self._texts, survey))
            if isinstance(error := counting.exception(), RosterUnavailable):
                mistake = self._texts("survey.mistake.roster", reason=error)
                card = await self._plan_card(visit, survey.plan, survey.id, survey.team, mistakes=[mistake])
                return Reply(card, outcome="refused")
            counting.result()
        return Reply(await self._views.now(survey, visit.at, notice), settled=True)

    async def send_to_lead(self, visit: Visit, survey: Survey) -> Reply:
        """Send the invitation to the lead alone; its buttons save nothing yet."""
        reply = await self.rehearsal(visit, survey, Notice(self._texts("survey.notice.sent_to_me")))
        card = invitation_card(self._texts, self._views.edition(survey), survey, rehearsal=True)
        return Reply(reply.card, at_home=card)

    async def send(self, visit: Visit, survey: Survey) -> Reply:
        """Open the survey; of a large team only with a second lead."""
        reach = await self._deliveries.reach(survey)
        if not (survey.counted and reach.people):
            return replace(await self.rehearsal(visit, survey), outcome="refused")
        if other := await self._launch.other_under_way(survey.team, than=survey):
            return Reply(under_way_card(self._texts, other), outcome="refused")
        if survey.closes_at <= visit.at:
            return await self._too_late(visit, survey)
        notice: Notice | None = None
        outcome: Outcome = "second-lead-asked"
        if self._rules.needs_second(reach) and survey.phase is Phase.DRAFT:
            await self._surveys.ask_second(survey, visit.person, visit.name)
        elif self._rules.needs_second(reach) and _is_asker(visit, survey):
            notice = Notice(self._texts("survey.refusal.second_must_be_other"), is_refusal=True)
            outcome = "refused"
        else:
            await self._open(visit, survey)
            # The channel's card is edited within seconds, when the first numbers are known.
            return Reply(await self._views.now(survey, visit.at))
        return Reply(await self._views.now(survey, visit.at, notice), settled=True, outcome=outcome)

    async def _too_late(self, visit: Visit, survey: Survey) -> Reply:
        """The plan's last day has passed: another one is needed, and of what waits for a lead a new plan."""
        await self._surveys.cancel(survey)
        mistakes = [self._texts("survey.mistake.closes")]
        plan = replace(survey.plan, closes_on=self._usual(visit).closes_on)
        card = await self._plan_card(visit, plan, uuid4().hex, survey.team, mistakes=mistakes)
        return Reply(card, outcome="refused")

    async def cancel(self, visit: Visit, survey: Survey) -> Reply:
        """Drop a survey that was not sent."""
        await self._surveys.cancel(survey)
        return Reply(await self._views.now(survey, visit.at), settled=True)

    async def _open(self, visit: Visit, survey: Survey) -> None:
        is_here = visit.channel is not None and visit.channel.id == survey.channel_id
        await self._launch.open(survey, visit.at, progress=visit.pressed if is_here else None)

    async def _counting(self, visit: Visit, survey: Survey) -> asyncio.Task[None] | None:
        """The reading of the roster, begun now where it is not going on; None once it is known."""
        if survey.counted or survey.phase is not Phase.DRAFT:
            return None
        if survey.id not in self._countings:
            counting = asyncio.create_task(self._launch.count(survey, visit.at))
            self._countings[survey.id] = counting
            counting.add_done_callback(lambda done: self._counted(survey, done))
        return self._countings[survey.id]

    def _counted(self, survey: Survey, counting: asyncio.Task[None]) -> None:
        if self._countings.get(survey.id) is counting:
            del self._countings[survey.id]

    # Plans

    def _usual(self, visit: Visit) -> Plan:
        today = visit.at.astimezone(visit.zone).date()
        return Plan(
            name=self._texts("survey.usual_name", date=self._texts.date(visit.at, visit.zone)),
            edition=self._edition,
            is_anonymous=True,
            smallest_group=USUAL_GROUP,
            reminder_days=USUAL_REMINDERS,
            closes_on=today + dt.timedelta(days=USUAL_DAYS),
        )

    def _plan_in(self, visit: Visit, press: Rehearse) -> Plan:
        """The plan as it was filled in; what is missing or wrong is named by `_mistakes`."""
        usual = self._usual(visit)
        reminders = {day for day in (press.first_reminder, press.second_reminder) if day is not None}
        return Plan(
            name=one_line(press.name or ""),
            edition=press.edition or self._edition,
            is_anonymous=press.answers != "named",
            smallest_group=usual.smallest_group if press.smallest is None else press.smallest,
            reminder_days=tuple(sorted(reminders)),
            closes_on=press.closes or usual.closes_on,
        )

    def _mistakes(self, visit: Visit, press: Rehearse, plan: Plan, home: Home | None) -> list[str]:
        """What the lead has to mend, in their words."""
        open_days = (plan.closes_on - visit.at.astimezone(visit.zone).date()).days
        closes_well = press.closes is not None and 1 <= open_days <= LONGEST_DAYS
        last_reminder = open_days if closes_well else LONGEST_DAYS
        wrong = {
            "team": home is None,
            "name": not 0 < len(plan.name) <= LONGEST_NAME,
            "closes": not closes_well,
            "smallest": press.smallest is None or not SMALLEST_GROUP <= plan.smallest_group <= LARGEST_GROUP,
            "reminders": any(not 1 <= day <= last_reminder for day in plan.reminder_days),
            "edition": plan.edition not in self._content.editions,
        }
        return [self._texts(f"survey.mistake.{what}") for what, is_wrong in wrong.items() if is_wrong]

    def editions(self, chosen: str) -> Mapping[str, str]:
        """The editions to choose from, ids with names: the one that is chosen, and all but the examples."""
        known = self._content.editions.values()
        return {one.id: one.name for one in known if not one.example or one.id == chosen}

    async def named(self, home: Home) -> Team:
        """A channel's team with its name, which Teams does not tell with every message."""
        known = await self._surveys.home(home.team)
        name = known.team.name if known else ""
        if not name:
            with suppress(TimeoutError):
                name = await asyncio.wait_for(self._rosters.team_name(home), ROSTER_WITHIN)
        named = replace(home, team=replace(home.team, name=name))
        await self._surveys.remember_team(named)
        return named.team

    async def _home(self, visit: Visit, press: Rehearse) -> Home | None:
        """The team a plan is for: the one of the channel, or the one that was picked."""
        homes = await self._surveys.homes(visit.person.tenant_id)
        return next((home for home in homes if home.team.id == press.team), None)

    async def _plan_card(
        self, visit: Visit, plan: Plan, survey_id: str, team: Team | None, *, mistakes: Sequence[str] = ()
    ) -> Card:
        homes = [] if team else await self._surveys.homes(visit.person.tenant_id)
        return setup_card(
            self._texts,
            plan,
            survey_id,
            team=team,
            teams=[home.team for home in homes[:MOST_TEAMS]],
            editions=self.editions(plan.edition),
            mistakes=mistakes,
        )


def _draft(visit: Visit, survey_id: str, plan: Plan, home: Home) -> Survey:
    zone = visit.zone if isinstance(visit.zone, ZoneInfo) else ZoneInfo("UTC")
    is_here = visit.channel is not None and visit.channel.home.team.id == home.team.id
    return draft(
        survey_id,
        plan,
        zone,
        team=home.team,
        channel_id=visit.channel.id if visit.channel and is_here else home.team.id,
        lead=visit.person,
        lead_name=visit.name,
    )


def one_line(typed: str) -> str:
    """What was typed, without line breaks and other control characters, which not every database takes."""
    if not typed.isprintable():
        typed = "".join(" " if category(one) == "Cc" else one for one in typed)
    return " ".join(typed.split())


def _is_asker(visit: Visit, survey: Survey) -> bool:
    return survey.asked_by.object_id.lower() == visit.person.object_id.lower()
