"""What is kept of promises, and that their owners are asked once, whatever happens to whoever asks."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import cast
from uuid import uuid4

import pytest

from assessment.model import Level, Person, Role
from assessment.pledges import Pledge, PledgeState
from assessment.respect import Limits
from assessment.survey import Delivery, Member, Plan, Survey, Team
from assessment.survey import Phase as SurveyPhase
from assessment.team import tallies
from cards.elements import Card
from content.loading import load
from dialogs.news import Newsroom
from dialogs.pictures import Pictures
from dialogs.respect import Respect
from dialogs.tidings import Tidings
from jobs.asking import Asker
from jobs.notes import LEASE
from jobs.pacer import Pacer
from jobs.port import Outcome, Refused, RetryAfter, Sent, Unknown
from storage.conversations import Conversation
from storage.database import Database
from storage.pledges import Pledges
from storage.surveys import NOBODY, Home, Post
from tests.integration.flaky import fails_afterwards, fails_twice
from tests.integration.mortal import Died, Life, MortalDatabase

CONTENT = load()
EDITION = CONTENT.editions["2021-10"]
TUESDAY = dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
ADA, BO, CY = Person("tenant", "ada"), Person("tenant", "bo"), Person("tenant", "cy")
TEAM = Team("tenant", "19:coe", "Contoso CoE")
CHAT = Conversation("a:ada", "https://example.org")
[STATEMENT] = EDITION.disciplines["automation"].levels[Level.REPEATABLE].statements


@dataclass
class ToldPort:
    """A Teams that answers as it is told, and notes what it was sent."""

    answers: list[Outcome] = field(default_factory=list)
    cards: list[tuple[str, str]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    hangs: asyncio.Event | None = None

    async def send_card(self, home: Conversation, card: Card) -> Outcome:
        self.cards.append((home.id, card["body"][0]["text"]))
        if self.hangs:
            self.hangs.set()
            await asyncio.Event().wait()
        return self.answers.pop(0) if self.answers else Sent("1")

    async def edit_card(self, service_url: str, post: Post, card: Card) -> Outcome:
        raise AssertionError((service_url, post, card))

    async def open_chat(self, service_url: str, bot_id: str, tenant_id: str, member_id: str) -> Outcome:
        assert (service_url, bot_id, tenant_id) == ("https://example.org", "28:bot", "tenant")
        self.opened.append(member_id)
        return Sent(f"a:{member_id}")

    async def post_card(self, home: Home, channel_id: str, card: Card) -> Outcome | Post:
        raise AssertionError((home, channel_id, card))


def tidings(database: Database) -> Tidings:
    pictures = Pictures(CONTENT, database.surveys, database.pledges)
    return Tidings(CONTENT, Newsroom(database.news), pictures, database.pledges)


def asker(
    database: Database, port: ToldPort, clock: Callable[[], dt.datetime], pacer: Pacer | None = None
) -> Asker:
    return Asker(
        CONTENT.texts,
        database,
        port,
        pacer or Pacer(database.pacing),
        respect=Respect(database.contacts, Limits()),
        tidings=tidings(database),
        clock=clock,
    )


async def looks(database: Database, port: ToldPort, at: dt.datetime) -> None:
    await asker(database, port, lambda: at).look()


def a_pledge(**change: object) -> Pledge:
    usual = Pledge(
        id=uuid4().hex,
        owner=ADA,
        owner_name="Ada",
        made_by=ADA,
        made_by_name="Ada",
        team=TEAM,
        channel_id="19:coe",
        edition="2021-10",
        discipline="automation",
        item=STATEMENT.id,
        what=STATEMENT.text,
        due_on=TUESDAY.date(),
        zone="UTC",
        made_at=TUESDAY - WEEK,
        ask_at=TUESDAY,
    )
    return replace(usual, **change)  # type: ignore[arg-type]


async def made(database: Database, **change: object) -> Pledge:
    pledge = a_pledge(**change)
    await database.conversations.remember(ADA, CHAT)
    await database.pledges.make(pledge)
    return pledge


async def now_is(database: Database, pledge: Pledge) -> Pledge:
    found = await database.pledges.get(pledge.id)
    assert found is not None
    return found


async def news(database: Database) -> list[str]:
    async with database._connect() as connection:
        cursor = await connection.execute("select id from news order by at, id")
        return [row[0].partition(":")[0] for row in await cursor.fetchall()]


async def kinds_of_news(database: Database) -> list[str]:
    async with database._connect() as connection:
        cursor = await connection.execute("select kind from news order by at, id")
        return [kind for (kind,) in await cursor.fetchall()]


# What is kept


async def test_a_promise_is_kept_as_it_was_made(database: Database) -> None:
    """And making it again changes nothing."""
    pledge = await made(database)
    assert await now_is(database, pledge) == pledge
    await database.pledges.make(replace(pledge, what="something else", owner=BO))
    assert await now_is(database, pledge) == pledge


async def test_one_of_a_kind_is_open(database: Database, replica: Database) -> None:
    """Of many who promise the same for one owner and team at once, one is kept, and all hear of it."""
    pledges = [a_pledge() for _ in range(6)]
    kept = await asyncio.gather(
        *(one.pledges.make(pledge) for one, pledge in zip((database, replica) * 3, pledges, strict=True))
    )
    assert len({one.id for one in kept}) == 1
    assert [one.id for one in await database.pledges.of_person(ADA)] == [kept[0].id]

    await database.pledges.drop(kept[0], "no", TUESDAY)
    again = a_pledge()
    assert (await database.pledges.make(again)).id == again.id


@pytest.mark.parametrize(
    "other",
    [
        {"owner": BO},
        {"team": None, "channel_id": None},
        {"team": Team("tenant", "19:other", "Others"), "channel_id": "19:other"},
        {"item": "another"},
        {"discipline": None},
        {"edition": "2020"},
    ],
)
async def test_what_differs_is_open_beside_it(database: Database, other: dict[str, object]) -> None:
    """Another owner, team or thing."""
    await made(database)
    beside = a_pledge(**other)
    assert await database.pledges.make(beside) == beside


async def test_nobody_hears_of_what_somebody_promised_to_themselves(database: Database) -> None:
    """A lead who promises the same in their name, for no channel either, makes one of their own.

    So does every other lead: none of them reads what another one has made.
    """
    alone = {"team": None, "channel_id": None}
    await made(database, **alone)
    of_lead = a_pledge(**alone, made_by=BO, made_by_name="Bo")
    assert await database.pledges.make(of_lead) == of_lead
    assert (await database.pledges.make(a_pledge(**alone, made_by=Person("TENANT", "Bo")))).id == of_lead.id
    of_another = a_pledge(**alone, made_by=CY, made_by_name="Cy")
    assert await database.pledges.make(of_another) == of_another


async def test_leads_who_are_forgotten_are_in_nobodys_way(database: Database) -> None:
    """What two of them pledged in one name stays open for its owner, and each may be forgotten."""
    alone = {"team": None, "channel_id": None}
    both = [await made(database, **alone, made_by=one) for one in (BO, CY)]
    for lead in (BO, CY):
        await database.privacy.forget(lead, TUESDAY)
    assert {one.id for one in await database.pledges.of_person(ADA)} == {one.id for one in both}
    again = a_pledge(**alone, made_by=BO)
    assert await database.pledges.make(again) == again


async def test_lists_begin_with_what_is_open(database: Database) -> None:
    """By its day; then the rest, of a team only what was kept lately."""
    later = await made(database, item="later", due_on=(TUESDAY + DAY).date())
    sooner = await made(database)
    old, kept, dropped = [await made(database, item=one) for one in ("old", "kept", "dropped")]
    await made(database, owner=BO, team=None, channel_id=None)
    await database.pledges.keep(old, TUESDAY - 2 * DAY, is_met=None)
    await database.pledges.keep(kept, TUESDAY, is_met=None)
    await database.pledges.drop(dropped, "no", TUESDAY + DAY)

    mine = await database.pledges.of_person(Person("TENANT", "Ada"))
    assert [one.id for one in mine] == [one.id for one in (sooner, later, dropped, kept, old)]
    its = await database.pledges.of_team(TEAM, TUESDAY - DAY)
    assert [one.id for one in its] == [one.id for one in (sooner, later, kept)]


async def test_closed_once(database: Database, replica: Database) -> None:
    """Of many who close it at once, one does, and nothing opens it again."""
    pledge = await made(database)
    closing = [
        call
        for one in (database, replica) * 3
        for call in (one.pledges.keep(pledge, TUESDAY, is_met=True), one.pledges.drop(pledge, "no", TUESDAY))
    ]
    assert (await asyncio.gather(*closing)).count(True) == 1
    closed = await now_is(database, pledge)
    assert not await database.pledges.put_off(pledge, TUESDAY.date(), TUESDAY)
    assert await now_is(database, pledge) == closed
    assert closed.ask_at is None


async def test_more_time_counts_questions_anew(database: Database) -> None:
    """It is an answer; the questions' own numbers go on."""
    pledge = await made(database)
    await looks(database, ToldPort(), TUESDAY)
    await database.pledges.put_off(pledge, dt.date(2026, 4, 1), TUESDAY + 4 * WEEK)
    after = await now_is(database, pledge)
    assert (after.due_on, after.ask_at, after.unanswered, after.times_asked) == (
        dt.date(2026, 4, 1),
        TUESDAY + 4 * WEEK,
        0,
        1,
    )


# Asking


async def test_replicas_ask_once(database: Database, replica: Database) -> None:
    """However many look at the same moment."""
    pledge, port = await made(database), ToldPort()
    await asyncio.gather(*(looks(one, port, TUESDAY) for one in (database, replica) * 3))
    assert len(port.cards) == 1
    asked = await now_is(database, pledge)
    assert (asked.outcome, asked.asked_at, asked.ask_at) == (Delivery.DELIVERED, TUESDAY, TUESDAY + WEEK)
    assert [one.occasion for one in await database.contacts.written(ADA, TUESDAY - DAY)] == [
        f"pledge:{pledge.id}:1"
    ]


async def dies_while_teams_has_it(database: Database) -> None:
    dying = ToldPort(hangs=asyncio.Event())
    assert dying.hangs is not None
    looking = asyncio.create_task(looks(database, dying, TUESDAY))
    await dying.hangs.wait()
    await is_stopped(looking)


async def test_dead_between_claim_and_send(database: Database, replica: Database) -> None:
    """Nobody asks that question again; the next one comes a week later."""
    pledge = await made(database)
    await dies_while_teams_has_it(database)
    assert (await now_is(database, pledge)).outcome is Delivery.SENDING

    port = ToldPort()
    for days in range(7):
        await looks(replica, port, TUESDAY + days * DAY)
    assert port.cards == []
    assert (await now_is(database, pledge)).outcome is Delivery.UNKNOWN
    await looks(replica, port, TUESDAY + WEEK)
    assert len(port.cards) == 1


async def test_the_database_goes_away_amid_the_count(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the count and could not say so, nor take it back at once: the question comes later, once."""
    monkeypatch.setattr("jobs.patience.FIRST_PAUSE", 0.01)
    pledge, port = await made(database), ToldPort()
    with monkeypatch.context() as patch:
        patch.setattr(Pledges, "begin", fails_afterwards(Pledges.begin))
        patch.setattr(Pledges, "take_back", fails_twice(Pledges.take_back))
        await looks(database, port, TUESDAY)
    assert port.cards == []
    assert await now_is(database, pledge) == pledge
    for number in range(1, 9):
        await looks(database, port, TUESDAY + number * LEASE)
    assert len(port.cards) == 1


async def test_killed_at_any_step_while_teams_takes_nothing(database: Database) -> None:
    """Only who died after the count and before all of it was taken back has perhaps not told the owner."""
    unsent = 0
    for last_step in range(1, 60):
        pledge = await made(
            database,
            item=f"{last_step}",
            made_by=BO,
            made_by_name="Bo",
            times_asked=-1,
            due_on=TUESDAY.date() + WEEK,
        )
        mortal, survived = cast("Database", MortalDatabase(database, Life(last_step))), True
        busy, pacer, port = ToldPort([RetryAfter(None)]), Pacer(database.pacing), ToldPort()
        try:
            await asker(mortal, busy, lambda: TUESDAY, pacer)._take_up(await now_is(database, pledge))
        except Died:
            survived = False
        for at in (TUESDAY, TUESDAY + LEASE):
            await looks(database, port, at)
        assert len(port.cards) <= 1
        unsent += not port.cards
        if survived:
            assert unsent == 2
            return
        await database.pledges.drop(pledge, "", TUESDAY)
        async with database._connect() as connection:
            await connection.execute("delete from contacts")
    raise AssertionError("telling does not end")


async def test_what_is_answered_while_teams_is_called_stays_so(database: Database) -> None:
    """Teams does not take the message, which does not count; the promise is not asked about again."""
    pledge, taken = await made(database), TUESDAY + LEASE
    known = await database.contacts.known(ADA, TUESDAY, dt.UTC)
    occasion = f"pledge:{pledge.id}:1"
    assert await database.pledges.take(pledge, TUESDAY, taken)
    assert await database.pledges.begin(pledge, taken, occasion, TUESDAY, known, TUESDAY + WEEK)
    await database.pledges.keep(pledge, TUESDAY, is_met=True)
    kept = await now_is(database, pledge)
    await database.pledges.take_back(pledge, taken, occasion, TUESDAY)
    assert await now_is(database, pledge) == kept
    assert await database.contacts.written(ADA, TUESDAY - DAY) == []


class PausedPacer(Pacer):
    """The turns of one tenant do not come while the test lasts."""

    def __init__(self, database: Database, tenant_id: str = "tenant") -> None:
        super().__init__(database.pacing)
        self._paused = tenant_id
        self.waits = asyncio.Event()

    async def turn(self, tenant_id: str) -> None:
        if tenant_id == self._paused:
            self.waits.set()
            await asyncio.Event().wait()
        await super().turn(tenant_id)


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_dead_while_it_waits_for_its_turn(database: Database, replica: Database, how: str) -> None:
    """It has claimed nothing; a few minutes later somebody else asks the question."""
    pledge, pacer = await made(database), PausedPacer(database)
    looking = asyncio.create_task(asker(database, ToldPort(), lambda: TUESDAY, pacer).look())
    await pacer.waits.wait()
    if how == "stopped":
        await is_stopped(looking)
    waiting = await now_is(database, pledge)
    assert (waiting.times_asked, waiting.outcome) == (0, None)
    assert await database.contacts.written(ADA, TUESDAY - DAY) == []
    port = ToldPort()
    await looks(replica, port, TUESDAY)
    assert port.cards == []
    await looks(replica, port, TUESDAY + LEASE)
    assert len(port.cards) == 1
    await is_stopped(looking)


async def is_stopped(looking: "asyncio.Task[None]") -> None:
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


async def test_who_was_too_slow_asks_no_more(database: Database, replica: Database) -> None:
    """Its time was up, and another process has asked: a process that stood still finds that out in time."""
    pledge, port = await made(database), ToldPort()

    async def stands_still() -> None:
        await looks(replica, port, TUESDAY + LEASE)

    await asker(database, port, lambda: TUESDAY, cast("Pacer", Delay(stands_still))).look()
    assert len(port.cards) == 1
    assert (await now_is(database, pledge)).outcome is Delivery.DELIVERED
    assert len(await database.contacts.written(ADA, TUESDAY - DAY)) == 1


async def test_the_database_goes_away_before_it_is_sent(database: Database) -> None:
    """Nothing was claimed, so the question comes a few minutes later."""
    await made(database)
    port = ToldPort()

    async def fails() -> None:
        raise OSError("the database is away")

    await asker(database, port, lambda: TUESDAY, cast("Pacer", Delay(fails))).look()
    await looks(database, port, TUESDAY + LEASE)
    assert len(port.cards) == 1


async def test_a_question_is_begun_and_counted_or_neither(database: Database) -> None:
    """Where the day's last place was taken meanwhile, or the promise is not the same any more."""
    pledge = await made(database)
    known = await database.contacts.known(ADA, TUESDAY, dt.UTC)

    async def begun(until: dt.datetime) -> bool:
        occasion = f"pledge:{pledge.id}:1"
        return await database.pledges.begin(pledge, until, occasion, TUESDAY, known, TUESDAY + WEEK)

    taken = TUESDAY + LEASE
    assert await database.pledges.take(pledge, TUESDAY, taken)
    assert not await database.pledges.take(pledge, TUESDAY, taken)
    assert not await begun(taken - SECOND)
    assert await database.contacts.written(ADA, TUESDAY - DAY) == []
    assert await database.contacts.claim(ADA, "survey:1:0", TUESDAY, known)
    assert not await begun(taken)
    assert await now_is(database, pledge) == pledge
    await database.contacts.give_back(ADA, "survey:1:0")
    assert await begun(taken)
    await database.pledges.take_back(pledge, taken, f"pledge:{pledge.id}:1", TUESDAY)
    assert await now_is(database, pledge) == pledge
    assert await database.contacts.written(ADA, TUESDAY - DAY) == []


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is kept waiting is put off at once."""
    monkeypatch.setattr("jobs.patience.SOON", 0.05)


@pytest.mark.usefixtures("patience")
async def test_a_paused_tenant_keeps_nobody_else_waiting(database: Database) -> None:
    """Teams lets nothing go to one tenant: the looks go on, others are asked, and it is asked afterwards."""
    cy = Person("other", "cy")
    paused = await made(database)
    await database.conversations.remember(cy, Conversation("a:cy", "https://example.org"))
    port = ToldPort()
    looking = asker(database, port, lambda: TUESDAY, PausedPacer(database))
    async with asyncio.timeout(20):
        await looking.look()
        await made(database, owner=cy, made_by=cy, team=None, channel_id=None)
        await looking.look()
    assert [chat for chat, _ in port.cards] == ["a:cy"]
    put_off = await now_is(database, paused)
    assert (put_off.times_asked, put_off.ask_at) == (0, TUESDAY)
    assert await database.pledges.due(TUESDAY + LEASE - SECOND, 9) == []
    await looks(database, port, TUESDAY + LEASE)
    assert [chat for chat, _ in port.cards] == ["a:cy", "a:ada"]


async def test_each_tenant_has_its_turn(database: Database) -> None:
    """However much one of them has to be asked."""
    for minutes in range(3):
        await made(database, ask_at=TUESDAY - dt.timedelta(minutes=9 - minutes))
    cy = Person("other", "cy")
    late = await made(database, owner=cy, made_by=cy, team=None, channel_id=None)
    assert late.id in [one.id for one in await database.pledges.due(TUESDAY, 2)]


async def test_two_promises_of_one_day(database: Database) -> None:
    """The second waits for the next working day, and is looked at only then."""
    await made(database)
    await made(database, item="another")
    port = ToldPort()
    for _ in range(3):
        await looks(database, port, TUESDAY)
    await looks(database, port, TUESDAY + LEASE)
    assert len(port.cards) == 1
    waiting = sorted(one.ask_at for one in await database.pledges.of_person(ADA) if one.ask_at)
    assert waiting == [TUESDAY, TUESDAY + WEEK]
    morning = TUESDAY + DAY - dt.timedelta(hours=1)
    assert await database.pledges.due(morning - SECOND, 9) == []
    assert len(await database.pledges.due(morning, 9)) == 1
    await looks(database, port, TUESDAY + DAY)
    assert len(port.cards) == 2


async def test_who_wants_nothing_is_not_asked(database: Database) -> None:
    """It is looked again the next day, what is never asked is never overdue, and the date stays as it is."""
    pledge, port = await made(database), ToldPort()
    await database.contacts.be_silent(ADA, TUESDAY)
    for days in range(30):
        await looks(database, port, TUESDAY + days * DAY)
    assert port.cards == []
    assert (await now_is(database, pledge)).ask_at == TUESDAY
    assert await database.pledges.due(TUESDAY + 30 * DAY - SECOND, 9) == []
    assert "pledge-overdue" not in await news(database)


@pytest.mark.parametrize(
    "answer, outcome, counted",
    [
        (Sent("1"), Delivery.DELIVERED, 1),
        (Unknown("lost"), Delivery.UNKNOWN, 1),
        (Refused(403, "ConversationBlockedByUser"), Delivery.REFUSED, 0),
        (RetryAfter(None), None, 0),
        (RetryAfter(0), None, 0),
    ],
)
async def test_every_outcome_is_kept(
    database: Database, answer: Outcome, outcome: Delivery | None, counted: int
) -> None:
    """What was surely not sent does not count as written to the person."""
    pledge, port = await made(database), ToldPort([answer])
    await looks(database, port, TUESDAY)
    after = await now_is(database, pledge)
    assert after.outcome == outcome
    assert len(await database.contacts.written(ADA, TUESDAY - DAY)) == counted
    assert after.ask_at == (TUESDAY if outcome is None else TUESDAY + WEEK)
    assert after.times_asked == (0 if outcome is None else 1)


@dataclass
class Delay:
    """Teams is busy: before a message may go, this happens."""

    happens: Callable[[], Awaitable[None]]

    async def turn(self, _: str) -> None:
        await self.happens()


@pytest.mark.parametrize("happening", ["night", "peace", "kept"])
async def test_what_happened_while_teams_was_busy_counts(database: Database, happening: str) -> None:
    """Nobody is asked at night, against their wish, or about what is done, however long the wait was."""
    pledge, port, now = await made(database), ToldPort(), [TUESDAY]

    async def happens() -> None:
        match happening:
            case "night":
                now[0] = TUESDAY.replace(hour=22)
            case "peace":
                await database.contacts.be_silent(ADA, TUESDAY)
            case _:
                await database.pledges.keep(pledge, TUESDAY, is_met=None)

    await asker(database, port, lambda: now[0], cast("Pacer", Delay(happens))).look()

    assert port.cards == []
    assert await database.contacts.written(ADA, TUESDAY - DAY) == []


async def test_who_blocked_the_bot_is_left_alone_in_the_end(database: Database) -> None:
    """After three tries; the channel does not hear that it is overdue, since nobody was asked."""
    pledge = await made(database)
    port = ToldPort([Refused(403, "ConversationBlockedByUser")] * 9)
    for weeks in range(6):
        await looks(database, port, TUESDAY + weeks * WEEK)
    assert len(port.cards) == 3
    assert (await now_is(database, pledge)).ask_at is None
    assert await news(database) == ["pledge-made"]


async def test_a_chat_that_is_gone_is_opened_anew(database: Database) -> None:
    """By the roster of the last survey that asked the owner."""
    await made(database)
    await an_open_survey(database)
    port = ToldPort([Refused(404, "ConversationNotFound")])
    await looks(database, port, TUESDAY)
    await looks(database, port, TUESDAY + LEASE)
    assert [chat for chat, _ in port.cards] == ["a:ada", "a:29:ada"]
    assert port.opened == ["29:ada"]


async def test_told_first_what_somebody_else_promised(database: Database) -> None:
    """Then asked on the day, and not within a week of being told."""
    pledge = await made(database, made_by=BO, made_by_name="Bo", times_asked=-1)
    port = ToldPort()
    for days in range(7):
        await looks(database, port, TUESDAY + days * DAY)
    assert [words for _, words in port.cards] == ["Bo pledged something in your name"]
    await looks(database, port, TUESDAY + WEEK)
    assert port.cards[1][1].startswith("Is it done?")
    occasions = [one.occasion for one in await database.contacts.written(ADA, TUESDAY - DAY)]
    assert occasions == [f"pledge:{pledge.id}:{number}" for number in (1, 0)]


# News


async def test_somebody_elses_promise_is_told_once_its_owner_knows(database: Database) -> None:
    """Not while nobody told them, nor while it is on its way; also once Teams refused to tell them."""
    pledge = await made(database, made_by=BO, made_by_name="Bo", times_asked=-1)
    assert await database.pledges.untold(9) == []
    await tidings(database).tell(pledge)
    taken, known = TUESDAY + LEASE, await database.contacts.known(ADA, TUESDAY, dt.UTC)
    assert await database.pledges.take(pledge, TUESDAY, taken)
    assert await database.pledges.begin(pledge, taken, "pledge:1:0", TUESDAY, known, TUESDAY + WEEK)
    on_its_way = await now_is(database, pledge)
    await tidings(database).tell(on_its_way)
    assert (await database.pledges.untold(9), await news(database)) == ([], [])

    await database.pledges.settle(pledge, Delivery.REFUSED)
    [untold] = await database.pledges.untold(9)
    await tidings(database).tell(untold)
    assert await news(database) == ["pledge-made"]
    assert await database.pledges.untold(9) == []


async def test_dead_while_telling_what_somebody_else_promised(database: Database, replica: Database) -> None:
    """The owner may have heard of it: their channel and their team's list do too, ten minutes later."""
    pledge = await made(database, made_by=BO, made_by_name="Bo", times_asked=-1, due_on=TUESDAY.date() + WEEK)
    await dies_while_teams_has_it(database)
    port = ToldPort()
    for minutes in (1, 9):
        await looks(replica, port, TUESDAY + dt.timedelta(minutes=minutes))
    assert not (await now_is(database, pledge)).is_known_to_owner
    assert await news(database) == []
    for minutes in (11, 12):
        await looks(replica, port, TUESDAY + dt.timedelta(minutes=minutes))
    assert (await now_is(database, pledge)).is_known_to_owner
    assert await news(database) == ["pledge-made"]
    assert port.cards == []


async def test_an_outcome_that_comes_late_is_kept(database: Database) -> None:
    """The database was away for longer than it takes to call a message lost."""
    pledge = await made(database)
    await dies_while_teams_has_it(database)
    await database.pledges.lose_old(TUESDAY + SECOND)
    await database.pledges.settle(pledge, Delivery.DELIVERED)
    assert (await now_is(database, pledge)).outcome is Delivery.DELIVERED


async def test_what_somebody_did_says_their_name(database: Database) -> None:
    """The latest that is known; "" for nobody that ever did anything."""
    assert await database.pledges.name_of(BO) == ""
    await made(database, made_by=BO, made_by_name="Bo")
    assert await database.pledges.name_of(Person("TENANT", "Bo")) == "Bo"
    await made(database, owner=BO, owner_name="Bo Diddley", made_at=TUESDAY)
    assert await database.pledges.name_of(BO) == "Bo Diddley"


async def test_what_a_dead_process_did_not_tell_is_told(database: Database, replica: Database) -> None:
    """The change was kept and its process died; the next look of anybody tells it, once."""
    pledge = await made(database)
    await database.pledges.keep(pledge, TUESDAY, is_met=True)
    await asyncio.gather(*(looks(one, ToldPort(), TUESDAY) for one in (database, replica)))
    assert await news(database) == ["pledge-made", "pledge-kept"]
    assert await database.pledges.untold(9) == []


async def test_kept_while_it_is_being_told_that_it_was_made(database: Database) -> None:
    """Then that it was kept is still to be told."""
    pledge = await made(database)
    await database.pledges.keep(pledge, TUESDAY, is_met=None)
    await database.pledges.told(pledge)
    assert [one.id for one in await database.pledges.untold(9)] == [pledge.id]


async def test_without_a_channel_nobody_hears_of_it(database: Database) -> None:
    """Neither made nor kept nor overdue."""
    pledge, port = await made(database, team=None, channel_id=None), ToldPort()
    for weeks in range(4):
        await looks(database, port, TUESDAY + weeks * WEEK)
    await database.pledges.keep(pledge, TUESDAY + 4 * WEEK, is_met=True)
    await looks(database, port, TUESDAY + 4 * WEEK)
    assert await news(database) == []


# The working picture


def a_survey() -> Survey:
    return Survey(
        id=uuid4().hex,
        team=TEAM,
        channel_id="19:coe",
        plan=Plan(
            "Check",
            "2021-10",
            is_anonymous=False,
            smallest_group=3,
            reminder_days=(),
            closes_on=TUESDAY.date(),
        ),
        zone="UTC",
        closes_at=TUESDAY + DAY,
        phase=SurveyPhase.DRAFT,
        asked_by=BO,
        asked_by_name="Bo",
        opened_at=None,
        closed_at=None,
        counted=False,
        stopped=False,
        secret=None,
    )


async def an_open_survey(database: Database) -> Survey:
    survey = a_survey()
    await database.surveys.remember_team(Home(TEAM, "https://example.org", "28:bot"))
    await database.surveys.plan(survey, TUESDAY - DAY)
    await database.surveys.begin_counting(survey, "c")

    async def pages() -> AsyncIterator[list[Member]]:
        yield [Member("29:ada", "ada", "Ada", is_guest=False)]

    await database.deliveries.replace_roster(survey, "c", pages())
    await database.surveys.counted(survey, "c", TUESDAY - DAY)
    assert await database.surveys.open(survey, None, [], TUESDAY - DAY)
    return survey


async def a_closed_survey(database: Database, *, at: dt.datetime, level: Level = Level.INITIAL) -> None:
    """Everybody of three found every discipline at one level."""
    survey = await an_open_survey(database)
    answers = [(Role.MAKER, one, level, 3) for one in EDITION.order]
    await database.surveys.begin_closing(survey, at)
    await database.surveys.keep_result(survey, NOBODY, tallies(answers, {Role.MAKER: 3}, 3))
    assert await database.surveys.close(survey)


async def test_a_met_statement_raises_its_discipline(database: Database) -> None:
    """Only since the last survey, only of the team, and only when it is true."""
    await a_closed_survey(database, at=TUESDAY)
    pictures = Pictures(CONTENT, database.surveys, database.pledges)
    before = await made(database)
    await database.pledges.keep(before, TUESDAY - DAY, is_met=True)
    await database.pledges.keep(await made(database), TUESDAY + DAY, is_met=None)
    private = await made(database, team=None, channel_id=None)
    await database.pledges.keep(private, TUESDAY + DAY, is_met=True)
    picture = await pictures.of(TEAM)
    assert picture is not None
    assert picture.now == picture.surveyed
    assert await pictures.step(await now_is(database, before)) is None

    pledge = await made(database)
    await database.pledges.keep(pledge, TUESDAY + DAY, is_met=True)
    picture = await pictures.of(TEAM)
    assert picture is not None
    assert picture.now.levels["automation"] is Level.REPEATABLE
    step = await pictures.step(await now_is(database, pledge))
    assert step is not None
    assert (step.was, step.now, step.met, step.of) == (Level.INITIAL, Level.REPEATABLE, 1, 1)


async def test_a_part_of_a_level_counts_and_does_not_move(database: Database) -> None:
    """The channel hears how many of how many are met."""
    await a_closed_survey(database, at=TUESDAY)
    statement = EDITION.disciplines["support"].levels[Level.REPEATABLE].statements[0]
    pledge = await made(database, discipline="support", item=statement.id)
    await database.pledges.keep(pledge, TUESDAY + DAY, is_met=True)
    kept = await now_is(database, pledge)
    step = await Pictures(CONTENT, database.surveys, database.pledges).step(kept)
    assert step is not None
    assert (step.moved, step.counted, step.met, step.of) == (False, Level.REPEATABLE, 1, 2)
    await tidings(database).tell(kept)
    assert await news(database) == ["pledge-made", "pledge-kept"]


async def test_a_move_is_told_once(database: Database) -> None:
    """Not again with what was kept before it, however often that is looked at."""
    await a_closed_survey(database, at=TUESDAY)
    kept = []
    for days, one in enumerate(EDITION.disciplines["support"].levels[Level.REPEATABLE].statements, 1):
        pledge = await made(database, discipline="support", item=one.id)
        await database.pledges.keep(pledge, TUESDAY + days * DAY, is_met=True)
        kept.append(await now_is(database, pledge))
        await tidings(database).tell(kept[-1])
    told = await kinds_of_news(database)
    assert sorted(told) == ["moved-up", "pledge-kept", "pledge-made", "pledge-made"]

    for pledge in kept:
        await tidings(database).tell(pledge)
    assert await kinds_of_news(database) == told


async def test_the_same_statement_moves_its_discipline_once(database: Database) -> None:
    """Also where two keep it in the same moment."""
    await a_closed_survey(database, at=TUESDAY)
    pictures = Pictures(CONTENT, database.surveys, database.pledges)
    both = [await made(database), await made(database, owner=BO)]
    for one in both:
        await database.pledges.keep(one, TUESDAY + DAY, is_met=True)
    steps = [await pictures.step(await now_is(database, one)) for one in both]
    assert sorted(step.moved for step in steps if step) == [False, True]
    assert [(step.now, step.met, step.of) for step in steps if step] == [(Level.REPEATABLE, 1, 1)] * 2


async def test_without_a_survey_there_is_no_picture(database: Database) -> None:
    """And a kept statement is news all the same."""
    pledge = await made(database)
    await database.pledges.keep(pledge, TUESDAY, is_met=True)
    pictures = Pictures(CONTENT, database.surveys, database.pledges)
    assert await pictures.of(TEAM) is None
    assert await pictures.step(await now_is(database, pledge)) is None
    assert (await now_is(database, pledge)).state is PledgeState.KEPT
