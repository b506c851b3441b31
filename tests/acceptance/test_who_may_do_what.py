"""Who may do what: every word and every button, by each kind of person who may not, or tampered with."""

import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from cards.news_presses import NewsPress
from cards.pledge_presses import (
    AskToDrop,
    DropPledge,
    LeavePledge,
    MakePledge,
    PledgePress,
    PromiseOpportunity,
    PromiseStatement,
    SetDay,
    ShowPledges,
)
from cards.presses import CheckPress, Press, ShowOpportunities, Start, UnknownPress, encode, parse
from cards.privacy_presses import PrivacyPress
from cards.respect_presses import RespectPress
from cards.schedule_presses import (
    EditSchedule,
    NewSchedule,
    PreviewSchedule,
    SaveSchedule,
    SchedulePress,
    ShowSchedules,
    UnfoldSchedule,
)
from cards.survey_presses import InvitationPress, LeadPress
from cards.trend_presses import TrendPress
from content.loading import load
from dialogs.audit import AUDIT
from dialogs.words import LEADING
from tests.acceptance.colleagues import finishes, has_the_app
from tests.acceptance.directory import HOME_TENANT, Person, Team
from tests.acceptance.every_button import EVERY_PRESS, Ids, example
from tests.acceptance.ledger import sending_ends
from tests.acceptance.scheduling import schedules
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE, a_team, answers, rehearses, sends
from tests.acceptance.teams import Colleague, Teams
from tests.everything import KEYS, tables

Json = dict[str, Any]
Kept = dict[str, list[Json]]

ADA, MALLORY = "Ada Lovelace", "Mallory Archer"
ELSEWHERE = "11111111-2222-4333-8444-555555555555"

REFUSED = "This is for CoE leads"
STALE = "I don't know this card any more"
NOT_ASKED = "This survey did not ask you"
NOBODY = "I can't tell who you are"

OF_LEADS = LeadPress | SchedulePress | NewsPress

FORMS = MakePledge | SetDay | PreviewSchedule | EditSchedule | UnfoldSchedule | SaveSchedule
"""What is filled in there and not known, or another's, counts as not filled in."""

OWN = "own"
"""What is allowed: it is about who presses, and changes no row but theirs."""

OF_TEAMS = ("teams", "rounds", "digests")

CONTENT = ("Ada", "Bo Diddley", "Autumn", "Winter check", "No budget", "backlog", "Fabrikam", "Contoso")
"""What nobody finds in a log: people's names, and what they typed."""


@dataclass(frozen=True)
class Actor:
    """Somebody who presses, where they do it, and the kind of person they are."""

    who: Colleague
    kind: str

    @property
    def is_in_the_team(self) -> bool:
        return self.kind.endswith("in the team's channel")

    @property
    def is_in_a_channel(self) -> bool:
        return self.who.place.kind == "channel"


@dataclass(frozen=True)
class World:
    """One of everything, of Ada's; and what others have, to be put in its place."""

    teams: Teams
    database_url: str
    team: Team
    ada: Colleague
    bo: Colleague
    mallory: Colleague
    ids: Ids
    of_others: Json

    def kept(self) -> Kept:
        """All rows about people and teams, but for what sending and looking changes by itself."""
        return tables(self.database_url, *KEYS, *OF_TEAMS)

    def chats_of_others(self, actor: Actor) -> int:
        """How many messages there are outside of where the actor is."""
        own = {actor.who.place.id, self.home(actor).place.id}
        return sum(
            one.conversation_id.partition(";")[0] not in own for one in self.teams.connector.messages.values()
        )

    def home(self, actor: Actor) -> Colleague:
        return Colleague(
            self.teams,
            actor.who.person,
            self.teams.directory.personal_chat(actor.who.person),
            actor.who._device,
        )

    async def tries(self, actor: Actor, data: object) -> str:
        """All that the actor gets to see of a press with such data, on a card that is not the bot's."""
        home = self.home(actor).place
        seen = len(self.teams.connector.messages_in(home))
        on = Seen({}, "1700000000000", actor.who.place.id)
        activity = actor.who.writer.execute({"verb": "x"}, {}, on)
        activity["value"]["action"]["data"] = data
        reply = await self.teams.door.deliver(activity)
        assert reply.status == 200, reply
        assert "went wrong" not in reply.body
        return "\n".join([reply.body, *(one.body for one in self.teams.connector.messages_in(home)[seen:])])


async def a_world(teams: Teams, database_url: str) -> World:
    """Two tenants; in Ada's a survey that is open, one that is closed, a schedule, a check, and promises."""
    team, lead = a_team(teams)
    ada, bo = teams.everybody_in(team)[:2]
    mallory = teams.colleague(MALLORY, tenant_id=ELSEWHERE)
    fabrikam = teams.team("Fabrikam CoE", mallory)
    teams.directory.installed |= {fabrikam.id, mallory.place.app_home, ada.place.app_home, bo.place.app_home}
    for one in (ada, bo):
        await finishes(one)
    await sends(lead, name="Closed check", answers="Named")
    for one in teams.everybody_in(team):
        await answers(one)
    await lead.will_see("Contoso CoE is at", within=20)
    await schedules(lead, name="Winter check")
    await sends(lead, name="Autumn check")
    await sending_ends(database_url)
    away = mallory.in_channel(fabrikam)
    await rehearses(away, name="Fabrikam check")
    await schedules(away, name="Fabrikam schedule")
    for one, pledge in ((ada, "ab" * 16), (bo, "cd" * 16)):
        due = (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).date()
        data = encode(MakePledge(pledge, "2021-10", item="nurture-champions", due=due, who="me", tell="me"))
        action = {"verb": "x", "data": data}
        await teams.door.deliver(one.writer.execute(action, {}, Seen({}, "1", one.place.id)))
    teams.connector.is_limited = False  # from now on people are quicker than Teams allows
    found = tables(database_url)
    surveys = {row["name"]: row["id"] for row in found["surveys"]}
    checks = {row["person_id"]: row["id"] for row in found["checks"] if not row["survey_id"]}
    plans = {row["team_id"]: row["id"] for row in found["schedules"]}
    assert {row["id"] for row in found["pledges"]} == {"ab" * 16, "cd" * 16}
    ids = Ids(
        survey=surveys["Autumn check"],
        closed=surveys["Closed check"],
        check=checks[ada.person.aad_object_id],
        schedule=plans[team.id],
        team=team.id,
        pledge="ab" * 16,
        who=teams.everybody_in(team)[4].person.aad_object_id,
    )
    of_others = {
        "survey": surveys["Fabrikam check"],
        "check": checks[bo.person.aad_object_id],
        "pledge": "cd" * 16,
        "schedule": plans[fabrikam.id],
        "team": fabrikam.id,
        "tell": fabrikam.id,
        "edition": "2099-01",
        "question": "no-such-question",
        "discipline": "no-such-discipline",
        "item": "no-such-item",
        "who": str(uuid.UUID(int=7)),
    }
    return World(teams, database_url, team, ada, bo, mallory, ids, of_others)


async def actors(world: World) -> list[Actor]:
    """Everybody who may not, each known to the bot already."""
    teams, team = world.teams, world.team
    zoe = has_the_app(teams, "Zoe Newcomer")
    gus = has_the_app(teams, "Gus Guest", role="guest")
    nora = has_the_app(teams, "Nora None", object_id_keys=(), role="guest")
    for one in (zoe, gus):
        await one.joins(team)
        await one.says("help")
    other = teams.team("Northwind", zoe)
    teams.directory.installed.add(other.id)
    for place in (zoe.in_channel(other), world.mallory.in_channel(teams.directory.teams[1])):
        await place.says(f"{HERE} help")
    await world.mallory.says("help")
    await world.bo.says("help")
    return [
        Actor(zoe, "maker"),
        Actor(zoe.in_channel(team), "maker in the team's channel"),
        Actor(zoe.in_channel(other), "maker in another team's channel, with a card forwarded"),
        Actor(gus, "guest"),
        Actor(gus.in_channel(team), "guest in the team's channel"),
        Actor(nora, "guest without an Entra account"),
        Actor(world.bo, "colleague"),
        Actor(world.mallory, "lead of another tenant"),
        Actor(world.mallory.in_channel(teams.directory.teams[1]), "lead of another tenant in their channel"),
    ]


def expected(actor: Actor, press: Press) -> str:  # noqa: C901, PLR0911 - a table
    """What this person gets for pressing Ada's button. A button without a row has none, and fails."""
    is_foreign = actor.kind.startswith("lead of another tenant")
    if actor.kind == "guest without an Entra account":
        return NOBODY
    match press:
        case ShowSchedules() | NewSchedule():
            return OWN if is_foreign else REFUSED
        case _ if isinstance(press, OF_LEADS):
            return STALE if is_foreign else REFUSED
        case _ if isinstance(press, InvitationPress):
            return OWN if actor.kind == "colleague" else STALE if is_foreign else NOT_ASKED
        case ShowPledges() | PromiseStatement():
            return OWN
        case PromiseOpportunity() | LeavePledge():
            # They show the team's result, to the team.
            return OWN if actor.is_in_the_team or actor.kind == "colleague" else STALE
        case AskToDrop() | DropPledge() if actor.is_in_a_channel:
            return STALE if is_foreign else REFUSED
        case _ if isinstance(press, TrendPress):
            return OWN if actor.is_in_the_team else STALE
        case _ if isinstance(press, CheckPress | PledgePress):
            return STALE
        case _ if isinstance(press, Start | ShowOpportunities | PrivacyPress | RespectPress):
            return OWN
    raise AssertionError(f"{type(press).__name__} has no row in this table")


def is_audited(actor: Actor, press: Press) -> bool:
    """Whether an admin finds it in the audit trail; of who has no account nothing is known to write there."""
    if actor.kind == "guest without an Entra account":
        return False
    in_a_channel = actor.is_in_a_channel and isinstance(press, AskToDrop | DropPledge)
    return isinstance(press, OF_LEADS | MakePledge) or in_a_channel


def only_own_rows(before: Kept, after: Kept, actor: Actor, world: World) -> bool:
    """Whether no row that came, went or changed is somebody else's, or a team's."""
    people = {one for team in world.teams.directory.teams for one in team.members}
    others = {one.aad_object_id for one in people - {actor.who.person}} - {""}
    others |= {row["id"] for row in before["checks"] if any(one in row["person_id"] for one in others)}
    changed = {
        name: [row for row in (*rows, *after[name]) if (row in rows) is not (row in after[name])]
        for name, rows in before.items()
    }
    of_teams = any(changed[name] for name in OF_TEAMS)
    return not of_teams and not any(
        one in str(row) for rows in changed.values() for row in rows for one in others
    )


class Log:
    """What was logged since the last look."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        self._records = caplog.records
        self._seen = 0

    def since(self) -> list[logging.LogRecord]:
        new, self._seen = self._records[self._seen :], len(self._records)
        return [one for one in new if one.name.startswith(("audit", "bot", "dialogs"))]


def says_no(records: Sequence[logging.LogRecord]) -> bool:
    """Whether a line says that something was refused, and none says what or whose it was."""
    lines = [one.getMessage() for one in records]
    outcomes = ("unknown", "refused", "not-a-lead")
    return any(one in line for one in outcomes for line in lines) and not has_content(lines)


def has_content(lines: Sequence[str]) -> bool:
    return any(word in line for word in CONTENT for line in lines)


@pytest.fixture
def more_settings() -> Json:
    """Ada may lead; so may Mallory, who is of another tenant that may use the bot too."""
    leads = tuple(Person(name).aad_object_id for name in (ADA, MALLORY))
    return {"coe_leads": leads, "allowed_tenants": (HOME_TENANT, ELSEWHERE)}


@pytest.fixture(autouse=True)
def nobody_waits_for_the_playground(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.door.PLAYGROUND_DRAWS_WITHIN", 0)


async def test_each_button_for_each_who_may_not(
    teams: Teams, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Refused, with nothing changed, sent or told, and a line in the log that says no more than that."""
    world, log, wrong = await a_world(teams, database_url), Log(caplog), []
    presses = [example(kind, world.ids) for kind in EVERY_PRESS]
    for actor in await actors(world):
        after, messages = world.kept(), world.chats_of_others(actor)
        for press in presses:
            before = after
            log.since()
            seen, wanted = await world.tries(actor, encode(press)), expected(actor, press)
            after, told = world.kept(), log.since()
            if wanted == OWN:
                good = only_own_rows(before, after, actor, world) and not has_content(
                    [one.getMessage() for one in told]
                )
            else:
                good = wanted in seen and after == before and says_no(told) and "Autumn" not in seen
            good &= sum(one.name == AUDIT for one in told) == is_audited(actor, press)
            if not good or world.chats_of_others(actor) != messages:
                wrong.append(f"{actor.kind}: {press}: {wanted}")
    assert wrong == []


async def test_each_word_for_each_who_may_not(
    teams: Teams, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Leads' words are refused; of the others none changes or shows what is another's."""
    world, log, wrong = await a_world(teams, database_url), Log(caplog), []
    for actor in await actors(world):
        after, messages = world.kept(), world.chats_of_others(actor)
        for key, listed in load().texts.words.items():
            before = after
            log.since()
            place = actor.who.place
            cards = len(teams.connector.messages_in(place))
            reply = await teams.door.deliver(actor.who.writer.message(f"{HERE} {listed[0]}"))
            seen = "\n".join(one.body for one in teams.connector.messages_in(place)[cards:])
            is_foreign = actor.kind.startswith("lead of another tenant")
            after = world.kept()
            good = reply.status == 200 and only_own_rows(before, after, actor, world)
            if actor.kind == "guest without an Entra account":
                good &= NOBODY in seen
            elif key in LEADING and not is_foreign:
                good &= REFUSED in seen and says_no(log.since())
            elif not actor.is_in_the_team and actor.kind != "colleague":
                good &= "Autumn" not in seen and ADA not in seen
            if not good or world.chats_of_others(actor) != messages:
                wrong.append(f"{actor.kind}: {key}: {seen[:200]}")
    assert wrong == []


WRONG: tuple[Any, ...] = (5, ["x"], {"a": "b"}, "x" * 100_000, "\u0000")


async def test_each_button_with_tampered_data(
    teams: Teams, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Even a lead gets a stale card for what no card says, and nothing changes."""
    world, log, wrong = await a_world(teams, database_url), Log(caplog), []
    actor, before, tried = Actor(world.ada, "lead"), world.kept(), 0
    for kind in EVERY_PRESS:
        good = encode(example(kind, world.ids))
        names = [one.name for one in fields(kind) if one.name != "do"]
        forged: list[object] = [good | {name: odd} for name in names for odd in WRONG]
        forged += [good | {"v": version} for version in (0, 2, "1", None)]
        forged += [good | {"do": "x"}, good | {"extra": "1"}, list(good)]
        for data in forged:
            if is_a_press(data):
                continue  # an input that is as good as empty
            tried += 1
            log.since()
            seen = await world.tries(actor, data)
            if STALE not in seen or not says_no(log.since()):
                wrong.append(str(data)[:200])
        if world.kept() != before:
            wrong.append(f"a forged {kind.__name__} changed something")
    assert wrong == []
    assert tried > 800


async def test_each_button_with_what_is_anothers(
    teams: Teams, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Another tenant's survey, another person's check, another edition, a question that is none."""
    world, log, wrong = await a_world(teams, database_url), Log(caplog), []
    for actor in (Actor(world.ada, "lead"), Actor(world.ada.in_channel(world.team), "lead in the channel")):
        after, messages = world.kept(), world.chats_of_others(actor)
        for kind in EVERY_PRESS:
            press = example(kind, world.ids)
            for name in {one.name for one in fields(kind)} & world.of_others.keys():
                before = after
                seen = await world.tries(actor, encode(replace(press, **{name: world.of_others[name]})))
                after = world.kept()
                told = log.since()
                if (
                    not (isinstance(press, FORMS) or says_no(told))
                    or not only_own_rows(before, after, actor, world)
                    or world.chats_of_others(actor) != messages
                    or "Fabrikam" in seen
                    or "Bo Diddley" in seen
                    or has_content([one.getMessage() for one in told])
                ):
                    wrong.append(f"{actor.kind}: {press} with another {name}")
    assert wrong == []


def is_a_press(data: object) -> bool:
    try:
        parse(data)
    except UnknownPress:
        return False
    return True
