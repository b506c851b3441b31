"""A survey as a card: the plan's rehearsal, the progress, the result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from assessment.model import Person
from assessment.respect import Limits
from assessment.survey import Numbers, Phase, Reach, Survey
from assessment.team import Change, TeamResult, change, team_result
from cards.elements import Card, Notice
from cards.survey_progress import progress_card
from cards.survey_setup import awaiting_card, cancelled_card, rehearsal_card
from cards.team_result import spread_card, team_result_card
from content.loading import Content
from content.model import Edition
from storage.deliveries import Deliveries
from storage.surveys import Record, Surveys


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decides about surveys."""

    may_lead: Callable[[Person], bool]
    second_lead_above: int
    """People; a larger team is asked only once a second lead agrees."""
    requests_per_second: float
    """How fast Teams is called."""
    limits: Limits
    """When people are written to."""

    def needs_second(self, reach: Reach) -> bool:
        """Whether a second lead has to agree."""
        return reach.people > self.second_lead_above


class SurveyViews:
    """Shows what is stored, and changes nothing."""

    def __init__(self, content: Content, surveys: Surveys, deliveries: Deliveries, rules: Rules) -> None:
        self._content = content
        self._texts = content.texts
        self._surveys = surveys
        self._deliveries = deliveries
        self._rules = rules

    async def now(self, survey: Survey, at: dt.datetime, notice: Notice | None = None) -> Card:
        """Where a survey is."""
        survey = await self._surveys.get(survey.id) or survey
        match survey.phase:
            case Phase.DRAFT:
                return await self._rehearsal(survey, notice)
            case Phase.AWAITING:
                reach = await self._deliveries.reach(survey)
                return awaiting_card(self._texts, survey, reach, notice=notice)
            case Phase.OPEN | Phase.CLOSING:
                return self.progress(survey, await self._deliveries.numbers_at(survey, at), at, notice=notice)
            case Phase.CLOSED:
                return await self.result(survey)
            case Phase.CANCELLED:
                return cancelled_card(self._texts, survey)

    def progress(
        self, survey: Survey, numbers: Numbers, at: dt.datetime, *, notice: Notice | None = None
    ) -> Card:
        """How a survey fills up."""
        # Of those who wait some have a chat already: two calls each is the most it can take.
        on_the_way = numbers.waiting - numbers.held
        left = 2 * on_the_way / self._rules.requests_per_second if on_the_way else None
        return progress_card(self._texts, survey, numbers, at, seconds_left=left, notice=notice)

    async def ended(self, survey: Survey, at: dt.datetime) -> Card:
        """What a closed survey came to in numbers, with the way to its result."""
        record, result, _ = await self.outcome(survey)
        return progress_card(self._texts, record.survey, record.numbers, at, resultless=result is None)

    async def result(self, survey: Survey) -> Card:
        """The team's result of a closed survey."""
        record, result, moved = await self.outcome(survey)
        return team_result_card(
            self._texts, self.edition(survey), record.survey, record.numbers, result, moved
        )

    async def spread(self, survey: Survey) -> Card:
        """How the answers of a closed survey spread; the result where too few answered."""
        record, result, _ = await self.outcome(survey)
        if result is None:
            return await self.result(survey)
        return spread_card(self._texts, self.edition(survey), record.survey, result)

    async def outcome(self, survey: Survey) -> tuple[Record, TeamResult | None, Change | None]:
        """What is kept of a closed survey, the team's result, and what changed since the one before."""
        record = await self._surveys.record(survey)
        earlier = await self._surveys.closed_before(record.survey)
        order = self.edition(survey).order
        result = team_result(record.tallies, order)
        before = next((found for one in earlier if (found := team_result(one.tallies, order))), None)
        return record, result, change(result, before) if result and before else None

    def edition(self, survey: Survey) -> Edition:
        """The edition a survey asks in. The start of the bot made sure that it is there."""
        return self._content.editions[survey.plan.edition]

    async def _rehearsal(self, survey: Survey, notice: Notice | None) -> Card:
        reach = await self._deliveries.reach(survey)
        return rehearsal_card(
            self._texts,
            self.edition(survey),
            survey,
            reach,
            reach.requests / self._rules.requests_per_second,
            limits=self._rules.limits,
            needs_second=self._rules.needs_second(reach),
            notice=notice,
        )
