"""Surveys, the teams that can have one, and the posts about them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assessment.model import Person, parse_answer
from assessment.survey import Numbers, Phase, Plan, Refusal, Survey, Team
from assessment.team import Group, Tallies
from storage.backend import Connections
from storage.columns import guid, key, milliseconds, moment
from storage.contacts import Known, row_of
from storage.errors import RAISED

Row = tuple[Any, ...]

FIRST = 0
"""The number of a survey's first round. The others are numbered by the millisecond they are due."""

INVITATION = "invitation"
REMINDER = "reminder"
"""A reminder of the plan."""
REMINDER_BY_HAND = "reminder-by-hand"

PROGRESS = "progress"
"""The card in the channel that shows how a survey goes."""

PART = 100
"""People in one part of a round: enough that the engine's own rows do not count. The first part has half as
many, so that a replica's parts do not end at the same moment and leave it with nothing to send."""

LATEST = 200

MILLISECOND = dt.timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Home:
    """A team, and how the bot reaches it."""

    team: Team
    service_url: str
    bot_id: str
    """What the bot is called there, such as 28:..."""


@dataclass(frozen=True, slots=True)
class Record:
    """A survey with what is kept of it once it is closed: its numbers then, and what was answered."""

    survey: Survey
    numbers: Numbers
    tallies: Tallies


@dataclass(frozen=True, slots=True)
class Post:
    """A message of the bot in a survey's channel."""

    conversation_id: str
    activity_id: str

    @property
    def begins_its_thread(self) -> bool:
        """Whether it was posted by itself, and so told everybody in the channel; not as an answer."""
        return self.conversation_id.endswith(f";messageid={self.activity_id}")


class Surveys:
    """Every change is one statement or one transaction; a change that comes too late changes nothing."""

    def __init__(self, sql: Any, rounds: Any, contacts: Any, connections: Connections) -> None:
        self._sql = sql
        self._rounds = rounds
        self._contacts = contacts
        self._connect = connections.connect
        self._transaction = connections.transaction

    # Teams

    async def remember_team(self, home: Home) -> None:
        """Keep that a team has the app; a name that is not known now does not replace one that was."""
        row = {"name": home.team.name, "service_url": home.service_url, "bot_id": home.bot_id}
        async with self._connect() as connection:
            await self._sql.remember_team(connection, **_key(home.team), **row)

    async def forget_team(self, team: Team, now: dt.datetime) -> None:
        """Drop a team that the app was removed from; nothing more is sent to its people."""
        for survey in await self.running():
            if _key(survey.team) == _key(team):
                await self.stop(survey, now)
        async with self._connect() as connection:
            await self._sql.forget_team(connection, **_key(team))

    async def homes(self, tenant_id: str) -> list[Home]:
        """The teams of a tenant that have the app, by name."""
        async with self._connect() as connection:
            rows = [row async for row in self._sql.teams(connection, tenant_id=guid(tenant_id))]
        return [Home(Team(guid(tenant_id), id_, name), url, bot) for id_, name, url, bot in rows]

    async def home(self, team: Team) -> Home | None:
        """How a team is reached; None where it does not have the app."""
        homes = await self.homes(team.tenant_id)
        return next((one for one in homes if one.team.id == team.id), None)

    # Surveys

    async def plan(self, survey: Survey, now: dt.datetime) -> None:
        """Keep a draft, in place of what it was before; what is no draft any more stays as it is."""
        plan = survey.plan
        async with self._connect() as connection:
            await self._sql.plan(
                connection,
                id=survey.id,
                **_key(survey.team),
                team_name=survey.team.name,
                channel_id=survey.channel_id,
                name=plan.name,
                edition=plan.edition,
                anonymous=int(plan.is_anonymous),
                smallest_group=plan.smallest_group,
                reminder_days=json.dumps(plan.reminder_days),
                closes_on=plan.closes_on.isoformat(),
                zone=survey.zone,
                closes_at=milliseconds(survey.closes_at),
                lead_id=guid(survey.asked_by.object_id),
                lead_name=survey.asked_by_name,
                now=milliseconds(now),
            )

    async def get(self, survey_id: str) -> Survey | None:
        """The survey with this id, of whatever tenant."""
        found = await self._read(self._sql.get, id=survey_id)
        return found[0].survey if found else None

    async def under_way(self, tenant_id: str) -> list[Survey]:
        """The surveys of a tenant that are not over, newest first."""
        found = await self._read(self._sql.under_way, tenant_id=guid(tenant_id))
        return [one.survey for one in found]

    async def closed(self, tenant_id: str) -> list[Record]:
        """The closed surveys of a tenant, newest first; of very many the latest."""
        return await self._read(self._sql.closed, tenant_id=guid(tenant_id), most=LATEST)

    async def closed_of(self, team: Team) -> list[Record]:
        """The closed surveys of a team, newest first; of very many the latest."""
        return await self._read(self._sql.closed_of, **_key(team), most=LATEST)

    async def record(self, survey: Survey) -> Record:
        """A survey with what is kept of it."""
        [record] = await self._read(self._sql.get, id=survey.id)
        return record

    async def closed_before(self, survey: Survey) -> list[Record]:
        """The team's closed surveys in the same edition that were opened before this one, latest first."""
        opened_at = milliseconds(survey.opened_at) if survey.opened_at else 0
        values = {"edition": survey.plan.edition, "opened_at": opened_at, "most": LATEST}
        return await self._read(self._sql.closed_before, **_key(survey.team), **values)

    async def just_closed(self, since: dt.datetime) -> list[Survey]:
        """The surveys that were closed after `since`."""
        found = await self._read(self._sql.just_closed, since=milliseconds(since))
        return [one.survey for one in found]

    async def editions(self) -> set[str]:
        """The editions that surveys ask in, or asked."""
        async with self._connect() as connection:
            return {edition async for (edition,) in self._sql.editions(connection)}

    async def running(self) -> list[Survey]:
        """All surveys that are open or being closed."""
        return [one.survey for one in await self._read(self._sql.running)]

    async def asking(self, person: Person) -> list[Survey]:
        """The open surveys that ask this person."""
        tenant_id, person_id = guid(person.tenant_id), guid(person.object_id)
        found = await self._read(self._sql.asking, tenant_id=tenant_id, person_id=person_id)
        return [one.survey for one in found]

    async def inviting(self, person: Person) -> list[Survey]:
        """The open surveys whose invitation this person has or will get and did not decline, newest first."""
        tenant_id, person_id = guid(person.tenant_id), guid(person.object_id)
        found = await self._read(self._sql.inviting, tenant_id=tenant_id, person_id=person_id)
        return [one.survey for one in found]

    async def begin_counting(self, survey: Survey, counting: str) -> None:
        """Have `counting` read the roster of a draft; whoever did before does it no more."""
        await self._change(self._sql.begin_counting, id=survey.id, counting=counting)

    async def counted(self, survey: Survey, counting: str, now: dt.datetime) -> None:
        """Keep that `counting` has read the whole roster of a draft, until it is planned anew."""
        await self._change(self._sql.counted, id=survey.id, counting=counting, now=milliseconds(now))

    async def ask_second(self, survey: Survey, lead: Person, name: str) -> bool:
        """Have a draft of `lead` wait for a second one; false where it is none or the team has a survey."""
        values = {"id": survey.id, "lead_id": guid(lead.object_id), "lead_name": name}
        async with self._connect() as connection:
            return await _unless_taken(self._sql.ask_second(connection, **values))

    async def open(
        self,
        survey: Survey,
        secret: str | None,
        reminders: Iterable[dt.datetime],
        now: dt.datetime,
        *,
        progress: Post | None = None,
    ) -> bool:
        """Open a survey, with an invitation for everybody on its roster, and reminders.

        `progress` is the card in the channel that shows how it goes, where there is one. False where the
        survey is open already or not counted, or another survey of the team is open.
        """
        at = milliseconds(now)
        rounds = [(FIRST, INVITATION, at)]
        rounds += [(due, REMINDER, due) for due in map(milliseconds, reminders)]
        async with self._transaction() as connection:
            opened = await _unless_taken(self._sql.open(connection, id=survey.id, secret=secret, now=at))
            for number, kind, due in rounds if opened else ():
                await self._rounds.add_round(
                    connection, survey_id=survey.id, number=number, kind=kind, due_at=due
                )
            if opened:
                await self._rounds.invite_all(connection, survey_id=survey.id, size=PART, now=at)
            if opened and progress:
                await self._sql.keep_post(connection, **_post(survey, PROGRESS, progress))
            return opened

    async def take_part(self, survey: Survey, person: Person) -> None:
        """Forget that somebody said "not me": they have answered after all."""
        values = {"survey_id": survey.id, "person_id": guid(person.object_id), "declined": 0}
        await self._change(self._rounds.decline, **values)

    async def cancel(self, survey: Survey) -> bool:
        """Drop a survey that was not opened."""
        return await self._change(self._sql.cancel, id=survey.id)

    async def stop(self, survey: Survey, now: dt.datetime) -> bool:
        """Send nothing more; false where it was stopped before."""
        return await self._end(self._sql.stop, survey, now)

    async def remind(
        self, survey: Survey, due_at: dt.datetime, since: dt.datetime, *, is_planned: bool = False
    ) -> bool:
        """Take the turn to remind at `due_at`; false where the last was after `since`, or nothing is open.

        A planned reminder that is begun again after a crash keeps its turn.
        """
        due = milliseconds(due_at)
        times = {"now": due, "since": milliseconds(since), "kept": due if is_planned else None}
        return await self._change(self._sql.remind, id=survey.id, **times)

    async def remind_by_hand(self, survey: Survey, now: dt.datetime, since: dt.datetime) -> bool:
        """Have those who have not finished reminded; false where somebody wrote to them after `since`."""
        due = milliseconds(now)
        async with self._transaction() as connection:
            turns = await self._sql.remind(
                connection, id=survey.id, now=due, since=milliseconds(since), kept=None
            )
            if turns:
                row = {"number": due, "kind": REMINDER_BY_HAND, "due_at": due}
                await self._rounds.add_round(connection, survey_id=survey.id, **row)
            return bool(turns)

    async def begin_closing(self, survey: Survey, now: dt.datetime) -> bool:
        """Count no more answers and send nothing more; false where that was done before."""
        return await self._end(self._sql.begin_closing, survey, now)

    async def _end(self, statement: Any, survey: Survey, now: dt.datetime) -> bool:
        """Take a step after which nothing is sent; what waits is marked so, also what came back since."""
        at = milliseconds(now)
        async with self._transaction() as connection:
            changed: int = await statement(connection, id=survey.id, now=at)
            await self._rounds.stop_rounds(connection, survey_id=survey.id)
            await self._rounds.stop_deliveries(connection, survey_id=survey.id, now=at)
            return changed == 1

    async def has_result(self, survey: Survey) -> bool:
        """Whether the answers of a survey were counted."""
        async with self._connect() as connection:
            return any([row[21] is not None async for row in self._sql.get(connection, id=survey.id)])

    async def keep_result(self, survey: Survey, numbers: Numbers, tallies: Tallies) -> None:
        """Keep the result of a survey that is being closed, once, and destroy the secret."""
        texts = {"numbers": _numbers_text(numbers), "tallies": _tallies_text(tallies)}
        await self._change(self._sql.keep_result, id=survey.id, **texts)

    async def close(self, survey: Survey) -> bool:
        """Take the last step; false where that was done before, or there is no result."""
        return await self._change(self._sql.close, id=survey.id)

    # Posts

    async def claim_post(self, survey: Survey, kind: str) -> bool:
        """Take the turn to post; false where somebody did before."""
        return await self._change(self._sql.claim_post, survey_id=survey.id, kind=kind)

    async def forget_post(self, survey: Survey, kind: str) -> None:
        """Give back the turn to post of something that was surely not posted."""
        await self._change(self._sql.forget_post, survey_id=survey.id, kind=kind)

    async def owe(self, survey: Survey, kind: str, due_at: dt.datetime) -> None:
        """Have something told to the lead from then on; once that was asked for, nothing changes any more."""
        await self._change(self._sql.owe, survey_id=survey.id, kind=kind, due_at=milliseconds(due_at))

    async def owed(self, kind: str, now: dt.datetime) -> list[Survey]:
        """The surveys of which something is to be told to the lead now, longest waiting first."""
        return [one.survey for one in await self._read(self._sql.owed, kind=kind, now=milliseconds(now))]

    async def take_owed(self, survey: Survey, kind: str, now: dt.datetime, until: dt.datetime) -> bool:
        """Have it to oneself until then to tell the lead; false where others came first."""
        times = {"now": milliseconds(now), "until": milliseconds(until)}
        return await self._change(self._sql.take_owed, survey_id=survey.id, kind=kind, **times)

    async def begin_owed(  # noqa: PLR0917 - each of a type of its own, but for two times
        self, survey: Survey, kind: str, taken: dt.datetime, occasion: str, now: dt.datetime, known: Known
    ) -> bool:
        """Count a message of now to the lead, to whom nothing is owed then; false where something changed.

        Both are kept or neither. Only by who has taken it until `taken`, and while the lead is the same.
        """
        lead, its = key(survey.asked_by), {"survey_id": survey.id}
        async with self._transaction() as connection:
            if not await self._contacts.claim(connection, **lead, **row_of(occasion, now, known)):
                return False
            if await self._sql.lead_by(connection, **its, **lead) and await self._sql.begin_owed(
                connection, **its, kind=kind, taken=milliseconds(taken)
            ):
                return True
            await self._contacts.give_back(connection, **lead, occasion=occasion)
            return False

    async def take_back_owed(  # noqa: PLR0917 - each of a type of its own, but for two times
        self, survey: Survey, kind: str, taken: dt.datetime, occasion: str, begun_at: dt.datetime
    ) -> None:
        """Have it owed as before the message that was begun at that time, and surely not sent."""
        lead, begun = key(survey.asked_by), milliseconds(begun_at)
        async with self._transaction() as connection:
            if await self._contacts.take_back(connection, **lead, occasion=occasion, at=begun):
                until = milliseconds(taken)
                await self._sql.owe_again(connection, survey_id=survey.id, kind=kind, taken=until)

    async def put_off_owed(
        self, survey: Survey, kind: str, taken: dt.datetime, due_at: dt.datetime | None
    ) -> None:
        """Have it told at another time; None once that is done, or cannot be.

        Only by who has taken it until `taken`.
        """
        values = {"taken": milliseconds(taken), "due_at": _milliseconds(due_at)}
        state = "settled" if due_at is None else "owed"
        await self._change(self._sql.put_off_owed, survey_id=survey.id, kind=kind, state=state, **values)

    async def keep_post(self, survey: Survey, kind: str, post: Post) -> None:
        """Keep where a post is."""
        await self._change(self._sql.keep_post, **_post(survey, kind, post))

    async def post(self, survey: Survey, kind: str) -> Post | None:
        """A post, if it was sent."""
        async with self._connect() as connection:
            row = await self._sql.post(connection, survey_id=survey.id, kind=kind)
        return Post(*row[1:]) if row and row[0] == "sent" else None

    async def was_posted(self, survey: Survey, kind: str) -> bool:
        """Whether somebody posted it, or took the turn to."""
        async with self._connect() as connection:
            return await self._sql.post(connection, survey_id=survey.id, kind=kind) is not None

    async def editable(self, kind: str, pause: dt.timedelta) -> set[str]:
        """The surveys whose post was not edited for so long."""
        async with self._connect() as connection:
            rows = self._sql.editable(connection, kind=kind, pause=pause // MILLISECOND)
            return {survey_id async for (survey_id,) in rows}

    async def claim_edit(self, survey: Survey, kind: str, shown: str, pause: dt.timedelta) -> bool:
        """Take the turn to edit a post; false where it shows this already, or was edited within the pause."""
        return await self._change(
            self._sql.edit_post,
            survey_id=survey.id,
            kind=kind,
            shown=shown,
            pause=pause // MILLISECOND,
        )

    async def _change(self, statement: Any, **values: object) -> bool:
        async with self._connect() as connection:
            changed: int = await statement(connection, **values)
            return changed == 1

    async def _read(self, statement: Any, **values: object) -> list[Record]:
        async with self._connect() as connection:
            return [_record(row) async for row in statement(connection, **values)]


def _post(survey: Survey, kind: str, post: Post) -> dict[str, str]:
    sent = {"conversation_id": post.conversation_id, "activity_id": post.activity_id, "state": "sent"}
    return {"survey_id": survey.id, "kind": kind} | sent


def _key(team: Team) -> dict[str, str]:
    return {"tenant_id": guid(team.tenant_id), "team_id": team.id}


async def _unless_taken(statement: Any) -> bool:
    """Whether a statement changed its row; the team's other survey, opened at the same moment, forbids it."""
    try:
        changed: int = await statement
    except RAISED.conflicts:
        return False
    return changed == 1


def _record(row: Row) -> Record:
    """What one row says; before a survey is closed nothing is kept of it yet."""
    id_, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest, days = row[:10]
    closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at, stopped_at, secret = row[
        10:20
    ]
    survey = Survey(
        id=id_,
        team=Team(tenant_id, team_id, team_name),
        channel_id=channel_id,
        plan=Plan(
            name=name,
            edition=edition,
            is_anonymous=bool(anonymous),
            smallest_group=smallest,
            reminder_days=tuple(json.loads(days)),
            closes_on=dt.date.fromisoformat(closes_on),
        ),
        zone=zone,
        closes_at=moment(closes_at),
        phase=Phase(phase),
        asked_by=Person(tenant_id, lead_id),
        asked_by_name=lead_name,
        opened_at=_moment(opened_at),
        closed_at=_moment(closed_at),
        counted=row[22] is not None,
        stopped=stopped_at is not None,
        secret=secret,
    )
    return Record(survey, _numbers(row[20]), _tallies(row[21]))


def _milliseconds(at: dt.datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def _moment(value: int | None) -> dt.datetime | None:
    return None if value is None else moment(value)


def _numbers_text(numbers: Numbers) -> str:
    counted = ("waiting", "delivered", "unknown", "stopped", "declined", "started", "finished")
    refused = {str(reason): people for reason, people in numbers.refused.items()}
    return json.dumps({name: getattr(numbers, name) for name in counted} | {"refused": refused})


def _numbers(text: str | None) -> Numbers:
    if text is None:
        return NOBODY
    data = json.loads(text)
    refused = {Refusal(reason): people for reason, people in data.pop("refused").items()}
    return Numbers(refused=refused, **data)


NOBODY = Numbers(waiting=0, delivered=0, refused={}, unknown=0, stopped=0, declined=0, started=0, finished=0)

GROUPS = ("everybody", "leaders", "makers")


def _tallies_text(tallies: Tallies) -> str:
    return json.dumps({name: _group_data(getattr(tallies, name)) for name in GROUPS})


def _group_data(group: Group | None) -> dict[str, Any] | None:
    if group is None:
        return None
    counts = {
        discipline: {str(answer): people for answer, people in counted.items()}
        for discipline, counted in group.counts.items()
    }
    return {"people": group.people, "counts": counts}


def _tallies(text: str | None) -> Tallies:
    data = {} if text is None else json.loads(text)
    return Tallies(**{name: _group(data.get(name)) for name in GROUPS})


def _group(data: Mapping[str, Any] | None) -> Group | None:
    if data is None:
        return None
    counts = {
        discipline: {parse_answer(answer): people for answer, people in counted.items()}
        for discipline, counted in data["counts"].items()
    }
    return Group(data["people"], counts)
