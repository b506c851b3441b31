"""How people promise what they will do, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from assessment.model import Person
from assessment.pledges import LONGEST_DAYS, USUAL_DAYS, Pledge, PledgeState, question_at
from assessment.survey import Phase, Survey
from cards.elements import Notice
from cards.pledge import (
    already_pledged_card,
    closed_pledge_card,
    drop_pledge_card,
    more_time_card,
    pledge_question_card,
    pledged_card,
    put_off_card,
    statement_question_card,
)
from cards.pledge_form import LONGEST_NAME, Form, pledge_form_card
from cards.pledge_lists import my_pledges_card, team_pledges_card
from cards.pledge_presses import (
    ME,
    AskToDrop,
    DropPledge,
    LeavePledge,
    MakePledge,
    PledgePress,
    PromiseOpportunity,
    PromiseStatement,
    PutOff,
    RefusePledge,
    SayDone,
    SayWhether,
    SetDay,
    ShowPledges,
)
from content.loading import Content
from content.model import Edition, Statement
from dialogs.pictures import Pictures
from dialogs.planning import one_line
from dialogs.survey_views import SurveyViews
from dialogs.tidings import Tidings
from dialogs.turn import Channel, Reply, Visit, not_a_lead, stale
from storage.database import Database
from storage.pledges import Place

LATELY = dt.timedelta(days=60)
"""How long a kept promise stays on its team's list."""

LATER = dt.timedelta(days=14)
"""What is proposed to who needs more time."""


class _Foreign(Exception):
    """A press about something that is not the presser's, or not there."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a form is about, once it is clear that the presser may promise it."""

    edition: Edition
    opportunity: str | None
    """The words of the opportunity; None for one of the statements."""
    statements: Sequence[Statement] = ()
    discipline_id: str | None = None
    discipline: str = ""
    """The discipline's name."""


class PledgeDialog:
    """Every change is committed before its reply, and repeating one changes nothing."""

    def __init__(
        self,
        content: Content,
        database: Database,
        views: SurveyViews,
        pictures: Pictures,
        *,
        tidings: Tidings,
    ) -> None:
        self._content = content
        self._texts = content.texts
        self._pledges = database.pledges
        self._surveys = database.surveys
        self._conversations = database.conversations
        self._contacts = database.contacts
        self._views = views
        self._pictures = pictures
        self._tidings = tidings

    async def said(self, visit: Visit) -> Reply:
        """One's own promises; in a team's channel those of the team."""
        return await self._of_team(visit, visit.channel) if visit.channel else await self._mine(visit)

    async def pressed(self, visit: Visit, press: PledgePress) -> Reply:
        """Answer a press about a promise, once it is clear that it is the presser's to make."""
        try:
            return await self._pressed(visit, press)
        except _Foreign:
            return replace(stale(self._texts), public=visit.channel is not None)

    async def _pressed(self, visit: Visit, press: PledgePress) -> Reply:
        match press:
            case PromiseOpportunity() | PromiseStatement():
                return await self._begin(visit, press)
            case MakePledge():
                return await self._make(visit, press)
            case LeavePledge(survey_id):
                survey = await self._seen_survey(visit, survey_id)
                return Reply(await self._views.result(survey), public=True)
            case ShowPledges():
                return await self._mine(visit)
            case AskToDrop(None):
                return await self.said(visit)
            case AskToDrop(pledge_id) | DropPledge(pledge_id) if visit.channel:
                return await self._drop_as_lead(visit, visit.channel, str(pledge_id), press)
            case _:
                return await self._about_own(visit, press)

    # Making one

    async def _begin(self, visit: Visit, press: PromiseOpportunity | PromiseStatement) -> Reply:
        if isinstance(press, PromiseOpportunity):
            blank = MakePledge(uuid4().hex, press.edition, press.survey, item=press.item)
        else:
            blank = MakePledge(uuid4().hex, press.edition, discipline=press.discipline, level=press.level)
        today = visit.at.astimezone(visit.zone).date()
        blank = replace(blank, due=today + dt.timedelta(days=USUAL_DAYS))
        return await self._form(visit, blank, [])

    async def _form(self, visit: Visit, press: MakePledge, mistakes: Sequence[str]) -> Reply:
        subject = self._subject(press)
        survey = await self._seen_survey(visit, press.survey) if press.survey else None
        other = await self._other(visit, press)
        today = visit.at.astimezone(visit.zone).date()
        form = Form(
            press=press,
            what=subject.opportunity,
            due_on=press.due or today + dt.timedelta(days=USUAL_DAYS),
            statements=subject.statements,
            discipline=subject.discipline,
            places=[one.team for one in await self._pledges.places(visit.person)],
            channel=survey.team if survey else None,
            may_name_others=visit.leads,
            is_asked=visit.channel is not None or await self._is_asked(visit),
            me=visit.person.object_id,
            other=other and (other[0].object_id, other[1] or self._texts("pledge.somebody")),
            asks_name=other is not None and not other[1],
        )
        card = pledge_form_card(self._texts, form, mistakes)
        return Reply(card, public=visit.channel is not None, outcome="mistaken" if mistakes else "done")

    async def _is_asked(self, visit: Visit) -> bool:
        """Whether the bot may ask the one who speaks, by itself."""
        return not (await self._contacts.wishes(visit.person, visit.zone)).wants_nothing

    def _subject(self, press: MakePledge) -> _Subject:
        """What is promised. Raises _Foreign for what no edition has, and what no card says."""
        edition = self._content.editions.get(press.edition)
        if edition is None or (press.discipline is None) is not (press.level is None):
            raise _Foreign
        if press.discipline is None or press.level is None:
            opportunity = edition.opportunity(press.item or "")
            if opportunity is None:
                raise _Foreign
            return _Subject(edition, opportunity.title)
        discipline = edition.disciplines.get(press.discipline)
        if discipline is None:
            raise _Foreign
        statements = discipline.levels[press.level].statements
        if press.item and press.item not in {one.id for one in statements}:
            raise _Foreign
        return _Subject(edition, None, statements, press.discipline, discipline.name)

    async def _seen_survey(self, visit: Visit, survey_id: str) -> Survey:
        """A closed survey whose result the presser may see. Raises _Foreign for any other."""
        survey = await self._surveys.get(survey_id)
        if (
            survey is None
            or survey.phase is not Phase.CLOSED
            or survey.team.tenant_id != visit.person.tenant_id.lower()
        ):
            raise _Foreign
        if visit.leads or (visit.channel and visit.channel.home.team.id == survey.team.id):
            return survey
        if survey.team.id not in {one.team.id for one in await self._pledges.places(visit.person)}:
            raise _Foreign
        return survey

    async def _make(self, visit: Visit, press: MakePledge) -> Reply:
        subject = self._subject(press)
        mistakes = [*self._mistakes(visit, press, subject)]
        owner, name = visit.person, visit.name
        if press.who not in {None, ME} and not _is(visit.person, press.who):
            if not visit.leads:
                raise _Foreign
            if other := await self._other(visit, press):
                typed = one_line(press.name or "")
                owner, name = other[0], other[1] or typed
                if not other[1] and not 0 < len(typed) <= LONGEST_NAME:
                    mistakes.append(self._texts("pledge.mistake.name"))
            else:
                mistakes.append(self._texts("pledge.mistake.who_unknown"))
        place = await self._place(visit, press)
        if mistakes or press.due is None or press.item is None:
            return await self._form(visit, press, mistakes)
        zone = await self._zone(owner, visit)
        is_own = owner == visit.person
        made = await self._pledges.make(
            Pledge(
                id=press.pledge,
                owner=owner,
                owner_name=name,
                made_by=visit.person,
                made_by_name=visit.name,
                team=place.team if place else None,
                channel_id=place.channel_id if place else None,
                edition=subject.edition.id,
                discipline=subject.discipline_id,
                item=press.item,
                what=subject.opportunity or self._sentence(subject, press.item),
                due_on=press.due,
                zone=zone.key,
                made_at=visit.at,
                ask_at=question_at(press.due, zone, visit.at) if is_own else visit.at,
                times_asked=0 if is_own else -1,
            )
        )
        mine, in_public = _same(made.owner, visit.person), visit.channel is not None
        if made.id != press.pledge:
            if mine and made.is_to_be_told:
                await self._make_known(visit, made)
            card = already_pledged_card(self._texts, made, press.due, press.survey, mine=mine)
            return Reply(card, public=in_public)
        if not _same(made.made_by, visit.person):
            raise _Foreign
        await self._tidings.tell(made)
        return Reply(pledged_card(self._texts, made, press.survey, mine=mine), public=in_public)

    async def _make_known(self, visit: Visit, pledge: Pledge) -> None:
        """Take what a lead pledged in the presser's name as known to them: they have just promised it too."""
        zone = await self._zone(pledge.owner, visit)
        await self._pledges.make_known(pledge, question_at(pledge.due_on, zone, visit.at))
        now = await self._pledges.get(pledge.id) or pledge
        await self._tidings.tell(now, heard_at=visit.at)

    def _sentence(self, subject: _Subject, item: str) -> str:
        [words] = [one.text for one in subject.statements if one.id == item]
        return self._texts("pledge.statement", discipline=subject.discipline, statement=words)

    def _mistakes(self, visit: Visit, press: MakePledge, subject: _Subject) -> list[str]:
        mistakes = [] if self._is_possible(visit, press.due) else [self._texts("pledge.mistake.due")]
        if subject.statements and press.item is None:
            mistakes.append(self._texts("pledge.mistake.item"))
        return mistakes

    def _is_possible(self, visit: Visit, due: dt.date | None) -> bool:
        """Whether a day is today or later, and within a year."""
        today = visit.at.astimezone(visit.zone).date()
        return due is not None and today <= due <= today + dt.timedelta(days=LONGEST_DAYS)

    async def _place(self, visit: Visit, press: MakePledge) -> Place | None:
        """Whose channel hears of it: the one of the result, or the one that was picked."""
        if press.survey:
            survey = await self._seen_survey(visit, press.survey)
            return Place(survey.team, survey.channel_id)
        if press.tell in {None, ME}:
            return None
        for place in await self._pledges.places(visit.person):
            if place.team.id == press.tell:
                return place
        raise _Foreign

    async def _other(self, visit: Visit, press: MakePledge) -> tuple[Person, str] | None:
        """Somebody else whom a lead names, and their name, "" where nobody knows it; None for a stranger."""
        if not visit.leads or press.who in {None, ME} or _is(visit.person, press.who):
            return None
        try:
            person = Person(visit.person.tenant_id, str(UUID(press.who)))
        except ValueError:
            return None
        known = await self._pledges.on_a_roster(person)
        if known is None and not await self._conversations.of(person):
            return None
        return person, (known.name if known else "") or await self._pledges.name_of(person)

    async def _zone(self, owner: Person, visit: Visit) -> ZoneInfo:
        """The zone in which a day is meant: the owner's, else that of who promises."""
        own = visit.zone if owner == visit.person else None
        zone = own or (await self._contacts.wishes(owner, visit.zone)).zone
        return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")

    # What became of it

    async def _own(self, visit: Visit, pledge_id: str) -> Pledge:
        """A promise of the presser. Raises _Foreign for anybody else's."""
        pledge = await self._pledges.get(pledge_id)
        if pledge is None or not _same(pledge.owner, visit.person):
            raise _Foreign
        return pledge

    async def _about_own(self, visit: Visit, press: PledgePress) -> Reply:
        pledge = await self._own(visit, str(getattr(press, "pledge", "")))
        if pledge.state is not PledgeState.OPEN:
            return await self._closed(pledge)
        match press:
            case SayDone() if pledge.discipline:
                return Reply(statement_question_card(self._texts, pledge))
            case SayDone() | SayWhether(met="yes"):
                return await self._keep(visit, pledge)
            case SayWhether():
                return await self._more_time(visit, pledge, Notice(self._texts("pledge.more_time.not_yet")))
            case PutOff():
                return await self._more_time(visit, pledge)
            case SetDay():
                return await self._put_off(visit, pledge, press)
        return await self._about_dropping(visit, pledge, press)

    async def _about_dropping(self, visit: Visit, pledge: Pledge, press: PledgePress) -> Reply:
        match press:
            case RefusePledge() if pledge.in_anothers_name:
                return await self._drop(visit, pledge, self._texts("pledge.drop.not_me"), mine=True)
            case DropPledge(_, reason):
                return await self._drop(visit, pledge, reason, mine=True)
            case AskToDrop():
                return Reply(drop_pledge_card(self._texts, pledge, mine=True))
        return Reply(pledge_question_card(self._texts, pledge))

    async def _keep(self, visit: Visit, pledge: Pledge) -> Reply:
        """Close it as kept; of a statement the owner has said that it is true."""
        await self._pledges.keep(pledge, visit.at, is_met=True if pledge.discipline else None)
        return await self._closed(pledge)

    async def _closed(self, pledge: Pledge) -> Reply:
        """What became of a promise that is closed; whatever its channel was not told yet, it is told now."""
        now = await self._pledges.get(pledge.id) or pledge
        if now.state is PledgeState.KEPT:
            await self._tidings.tell(now)
        step = await self._pictures.step(now)
        edition = self._content.editions[now.edition]
        return Reply(closed_pledge_card(self._texts, now, edition, step), settled=True)

    async def _more_time(
        self, visit: Visit, pledge: Pledge, notice: Notice | None = None, survey: str | None = None
    ) -> Reply:
        usual = visit.at.astimezone(visit.zone).date() + LATER
        is_asked = await self._is_asked(visit)
        card = more_time_card(self._texts, pledge, usual, notice, is_asked=is_asked, survey=survey)
        return Reply(card, public=visit.channel is not None)

    async def _put_off(self, visit: Visit, pledge: Pledge, press: SetDay) -> Reply:
        """Another day. In a channel only who pressed sees it, in place of the team's result."""
        due = press.due
        if due is None or not self._is_possible(visit, due):
            refusal = Notice(self._texts("pledge.mistake.due"), is_refusal=True)
            return await self._more_time(visit, pledge, refusal, press.survey)
        zone = await self._zone(pledge.owner, visit)
        await self._pledges.put_off(pledge, due, question_at(due, zone, visit.at, pledge.asked_at))
        now = await self._pledges.get(pledge.id) or pledge
        if now.state is not PledgeState.OPEN:
            return await self._closed(now)
        in_public = visit.channel is not None
        card = put_off_card(self._texts, now, press.survey, is_asked=await self._is_asked(visit))
        return Reply(card, public=in_public, settled=not in_public)

    async def _drop_as_lead(
        self, visit: Visit, channel: Channel, pledge_id: str, press: PledgePress
    ) -> Reply:
        """A lead closes a promise of the team in whose channel they are."""
        if not visit.leads:
            return replace(not_a_lead(self._texts), public=True)
        pledge = await self._pledges.get(pledge_id)
        if pledge is None or pledge.team is None or pledge.state is not PledgeState.OPEN:
            raise _Foreign
        team = channel.home.team
        if (pledge.team.tenant_id, pledge.team.id) != (team.tenant_id.lower(), team.id):
            raise _Foreign
        if isinstance(press, DropPledge):
            reply = await self._drop(visit, pledge, press.reason, mine=False)
            return replace(reply, public=True)
        return Reply(drop_pledge_card(self._texts, pledge, mine=False), public=True)

    async def _drop(self, visit: Visit, pledge: Pledge, reason: str | None, *, mine: bool) -> Reply:
        why = one_line(reason or "")
        if not why:
            refusal = Notice(self._texts("pledge.mistake.reason"), is_refusal=True)
            return Reply(drop_pledge_card(self._texts, pledge, refusal, mine=mine), outcome="mistaken")
        await self._pledges.drop(pledge, why, visit.at)
        if mine:
            return await self._closed(pledge)
        return await self.said(visit)

    # Lists

    async def _mine(self, visit: Visit) -> Reply:
        pledges = await self._pledges.of_person(visit.person)
        is_asked = await self._is_asked(visit)
        return Reply(my_pledges_card(self._texts, pledges, visit.at, is_asked=is_asked))

    async def _of_team(self, visit: Visit, channel: Channel) -> Reply:
        home = await self._surveys.home(channel.home.team) or channel.home
        card = team_pledges_card(
            self._texts,
            home.team.name,
            [
                one
                for one in await self._pledges.of_team(home.team, visit.at - LATELY)
                if one.is_known_to_owner
            ],
            await self._pictures.of(home.team),
            visit.at,
            may_drop=visit.leads,
        )
        return Reply(card, public=True)


def _is(person: Person, object_id: str | None) -> bool:
    return object_id is not None and person.object_id.lower() == object_id.lower()


def _same(one: Person, other: Person) -> bool:
    """Whether it is the same person; the services do not agree on upper and lower case."""
    return one.tenant_id.lower() == other.tenant_id.lower() and _is(one, other.object_id)
