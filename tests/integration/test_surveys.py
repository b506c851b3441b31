"""What storage promises about surveys, their ledger and their checks, on both databases."""

import asyncio
import datetime as dt
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from assessment.model import Level, Person, Role
from assessment.survey import Delivery, Exclusion, Member, Phase, Plan, Reach, Refusal, Survey, Team
from assessment.team import Group, Tallies
from storage.checks import Given
from storage.conversations import Conversation
from storage.database import Database, open_database
from storage.deliveries import Letter, Round
from storage.surveys import Home, Post
from tests.integration.answers import record

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TENANT = "6f1c0c1e-0000-4000-8000-000000000001"
TEAM = Team(TENANT, "19:team@thread.tacv2", "Contoso CoE")
HOME = Home(TEAM, "https://smba.trafficmanager.net/teams/", "28:bot")
LEAD = Person(TENANT, "a0000000-0000-4000-8000-00000000000a")
SECRET = "5e" * 32
INVITATION = Round("1" * 32, 0)
NOTHING = Tallies(None, None, None)


def draft(number: int = 1, team: Team = TEAM, *, anonymous: bool = True) -> Survey:
    return Survey(
        id=str(number) * 32,
        team=team,
        channel_id=team.id,
        plan=Plan("Autumn", "2021-10", anonymous, 5, (3, 5), dt.date(2026, 12, 7)),
        zone="Europe/London",
        closes_at=NOW + 14 * DAY,
        phase=Phase.DRAFT,
        asked_by=LEAD,
        asked_by_name="Ada Lovelace",
        opened_at=None,
        closed_at=None,
        counted=False,
        stopped=False,
        secret=None,
    )


def person(number: int) -> Person:
    return Person(TENANT, f"b0000000-0000-4000-8000-{number:012d}")


def member(number: int) -> Member:
    return Member(f"29:{number}", person(number).object_id, f"Person {number}", is_guest=False)


async def drafted(database: Database, *surveys: Survey) -> None:
    """Drafts whose teams are counted."""
    for survey in surveys or (draft(),):
        await database.surveys.plan(survey, NOW)
        await counts(database, survey)


async def counts(database: Database, survey: Survey, *members: Member) -> None:
    """Has read who is in the team."""
    await database.surveys.begin_counting(survey, "count")
    await database.deliveries.replace_roster(survey, "count", pages(*members))
    await database.surveys.counted(survey, "count", NOW)


async def pages(*members: Member, size: int = 2) -> AsyncIterator[Sequence[Member]]:
    for start in range(0, len(members), size):
        yield members[start : start + size]


async def opened(database: Database, people: int = 3, *, anonymous: bool = True) -> Survey:
    """An open survey whose invitation is planned."""
    survey = draft(anonymous=anonymous)
    await database.surveys.remember_team(HOME)
    await database.surveys.plan(survey, NOW)
    await counts(database, survey, *map(member, range(people)))
    assert await database.surveys.open(survey, SECRET if anonymous else None, [NOW + 3 * DAY], NOW)
    assert await database.deliveries.begin(INVITATION)
    await database.deliveries.begin_sending(INVITATION, NOW)
    return await stored(database, survey)


async def stored(database: Database, survey: Survey) -> Survey:
    found = await database.surveys.get(survey.id)
    assert found is not None
    return found


async def letters(database: Database, survey: Survey, part: int = 0) -> list[Letter]:
    return await database.deliveries.waiting(survey, INVITATION, part, NOW)


async def finish(database: Database, survey: Survey, who: Person, role: Role = Role.MAKER) -> None:
    check = await database.checks.open_in(survey, who, NOW)
    check = await database.checks.set_role(check, role)
    check = await record(
        database.checks, survey.respondent(who), check, "support", Level.DEFINED, "activity", NOW
    )
    await database.checks.finish(check, NOW)


# Surveys


async def test_a_draft_is_read_as_it_was_planned(database: Database) -> None:
    """A plan comes back as it was written, and can be planned anew."""
    await database.surveys.plan(draft(), NOW)
    assert await database.surveys.get(draft().id) == draft()

    other = replace(draft(), plan=replace(draft().plan, name="Winter", reminder_days=()))
    await database.surveys.plan(other, NOW)
    assert await database.surveys.get(draft().id) == other


async def test_what_is_open_cannot_be_planned_anew(database: Database) -> None:
    """Once people are asked, nobody changes what they were told."""
    survey = await opened(database)
    await database.surveys.plan(replace(draft(), plan=replace(draft().plan, is_anonymous=False)), NOW)

    assert await stored(database, survey) == survey


async def test_two_leads_who_open_at_once(database: Database, replica: Database) -> None:
    """One of them does."""
    await drafted(database)
    both = (one.surveys.open(draft(), SECRET, [], NOW) for one in (database, replica))

    assert sorted(await asyncio.gather(*both)) == [False, True]


async def test_what_is_not_counted_is_not_opened(database: Database) -> None:
    """Nobody is sent to while it is not known who is in the team."""
    await drafted(database)
    await database.surveys.plan(draft(), NOW)

    assert not await database.surveys.open(draft(), SECRET, [], NOW)


async def test_two_processes_count_at_once(database: Database, replica: Database) -> None:
    """The one that began last knows everybody; the other neither adds nor takes anybody away."""
    await database.surveys.plan(draft(), NOW)
    await database.surveys.begin_counting(draft(), "first")
    await replica.surveys.begin_counting(draft(), "second")
    everybody = [member(number) for number in range(6)]
    await replica.deliveries.replace_roster(draft(), "second", pages(*everybody))
    await database.deliveries.replace_roster(draft(), "first", pages(*everybody[:2]))
    await database.surveys.counted(draft(), "first", NOW)
    assert not (await stored(database, draft())).counted

    await replica.surveys.counted(draft(), "second", NOW)
    assert (await stored(database, draft())).counted
    assert await database.deliveries.reach(draft()) == Reach(6, 0, {})


async def test_all_done_counts_whom_a_reminder_reached(database: Database) -> None:
    """Who got the app after the invitation was refused is waited for, or has finished, like everybody."""
    survey, ledger = await opened(database, 2), database.deliveries
    refused, delivered = await letters(database, survey)
    for letter, state in ((refused, Delivery.REFUSED), (delivered, Delivery.DELIVERED)):
        await ledger.claim(letter, "a", "replica", NOW)
        await ledger.settle(letter, "a", state, NOW, reason="not-installed" if letter is refused else "")
    await database.surveys.remind_by_hand(survey, NOW + DAY, NOW)
    [reminder] = [one for one in await ledger.due_rounds(NOW + DAY) if one.number]
    assert await ledger.begin(reminder)
    await ledger.plan(survey, reminder, NOW + DAY, leave_out=set())
    await ledger.begin_sending(reminder, NOW)
    for letter in await ledger.waiting(survey, reminder, 0, NOW):
        await ledger.claim(letter, "b", "replica", NOW)
        await ledger.settle(letter, "b", Delivery.DELIVERED, NOW)
    await finish(database, survey, refused.person)
    assert not (await ledger.numbers(survey)).all_done

    await finish(database, survey, delivered.person)
    assert (await ledger.numbers(survey)).all_done


async def test_no_check_begins_in_a_closed_survey(database: Database) -> None:
    """Who presses in the moment of closing leaves nothing behind."""
    survey = await opened(database)
    await database.surveys.begin_closing(survey, NOW)
    with pytest.raises(LookupError):
        await database.checks.open_in(survey, person(1), NOW)


async def test_one_survey_a_team(database: Database, replica: Database) -> None:
    """Of two surveys of one team, opened at once, one is; another team has its own."""
    other_team = draft(3, replace(TEAM, id="19:other@thread.tacv2"))
    await drafted(database, draft(1), draft(2), other_team)
    both = (on.surveys.open(one, SECRET, [], NOW) for on, one in ((database, draft(1)), (replica, draft(2))))

    assert sorted(await asyncio.gather(*both)) == [False, True]
    assert await database.surveys.open(other_team, SECRET, [], NOW)
    assert len(await database.surveys.under_way(TENANT)) == 2


async def test_a_survey_that_was_not_opened_has_no_rounds(database: Database) -> None:
    """Opening is all or nothing."""
    await drafted(database, draft(1), draft(2))
    await database.surveys.open(draft(1), SECRET, [], NOW)
    assert not await database.surveys.open(draft(2), SECRET, [NOW], NOW)

    assert await database.deliveries.due_rounds(NOW) == [INVITATION]


async def test_the_way_of_a_survey(database: Database) -> None:
    """Each step is taken once, and none before its turn."""
    surveys, survey = database.surveys, draft()
    await drafted(database)
    assert not await surveys.begin_closing(survey, NOW)
    assert await surveys.ask_second(survey, LEAD, "Ada Lovelace")
    assert not await surveys.ask_second(survey, LEAD, "Ada Lovelace")
    assert (await stored(database, survey)).phase is Phase.AWAITING
    assert await surveys.open(survey, SECRET, [], NOW)
    assert not await surveys.cancel(survey)
    assert await surveys.begin_closing(survey, NOW + DAY)
    assert not await surveys.begin_closing(survey, NOW + 2 * DAY)
    numbers = await database.deliveries.numbers(survey)
    assert not await surveys.close(survey)
    await surveys.keep_result(survey, numbers, NOTHING)
    assert await surveys.close(survey)
    assert not await surveys.close(survey)

    after = await stored(database, survey)
    assert (after.phase, after.opened_at, after.closed_at) == (Phase.CLOSED, NOW, NOW + DAY)
    assert after.secret is None


async def test_what_is_kept_of_a_closed_survey(database: Database) -> None:
    """Numbers and tallies come back as they were."""
    survey = await opened(database)
    await database.surveys.begin_closing(survey, NOW)
    numbers = await database.deliveries.numbers(survey)
    kept = Tallies(Group(7, {"support": {Level.DEFINED: 5, Level.INITIAL: 2}}), None, None)
    await database.surveys.keep_result(survey, numbers, kept)
    await database.surveys.keep_result(survey, numbers, NOTHING)  # again, after a crash
    await database.surveys.close(survey)

    [record] = await database.surveys.closed(TENANT)
    assert (record.numbers, record.tallies) == (numbers, kept)


async def test_at_most_one_reminder_a_day(database: Database, replica: Database) -> None:
    """Of two leads who press at once, one reminds; the next day somebody may again.

    A planned reminder that is begun again, after a crash, is still the same one.
    """
    survey = await opened(database)
    both = (one.surveys.remind_by_hand(survey, NOW + DAY, NOW) for one in (database, replica))
    assert sorted(await asyncio.gather(*both)) == [False, True]

    assert not await database.surveys.remind_by_hand(survey, NOW + 1.5 * DAY, NOW + 0.5 * DAY)
    for _ in range(2):
        assert await database.surveys.remind(survey, NOW + 2 * DAY, NOW + DAY, is_planned=True)


async def test_teams(database: Database) -> None:
    """A team keeps the name it once had, and is gone when the app is."""
    await database.surveys.remember_team(HOME)
    await database.surveys.remember_team(replace(HOME, team=replace(TEAM, name=""), bot_id="28:new"))
    assert await database.surveys.homes(TENANT.upper()) == [replace(HOME, bot_id="28:new")]

    await database.surveys.forget_team(TEAM, NOW)
    assert await database.surveys.home(TEAM) is None


async def test_posts(database: Database, replica: Database) -> None:
    """A post is claimed once; an edit once a pause, and only for something new."""
    survey = await opened(database)
    both = (one.surveys.claim_post(survey, "result") for one in (database, replica))
    assert sorted(await asyncio.gather(*both)) == [False, True]
    assert await database.surveys.post(survey, "result") is None

    post = Post("19:team;messageid=1", "1")
    await database.surveys.keep_post(survey, "progress", post)
    assert await database.surveys.post(survey, "progress") == post
    assert not await database.surveys.claim_edit(survey, "progress", "new", dt.timedelta(seconds=10))
    assert await database.surveys.claim_edit(survey, "progress", "new", dt.timedelta(0))
    assert not await database.surveys.claim_edit(survey, "progress", "new", dt.timedelta(0))
    assert await database.surveys.editable("progress", dt.timedelta(seconds=10)) == set()
    assert await database.surveys.editable("progress", dt.timedelta(0)) == {survey.id}


# The ledger


async def test_reach(database: Database) -> None:
    """People once each, with those whose chat is known, and why others are left out."""
    survey = draft()
    await database.surveys.plan(survey, NOW)
    await database.conversations.remember(person(1), Conversation("a:1", HOME.service_url))
    guest = replace(member(8), is_guest=True)
    nobody = replace(member(9), object_id=None)
    bot = Member("28:other", None, "Other bot", is_guest=False)
    roster = [member(1), member(2), member(1), guest, nobody, bot]
    await counts(database, survey, *roster)

    excluded = {Exclusion.GUEST: 1, Exclusion.NO_ADDRESS: 1, Exclusion.BOT: 1}
    assert await database.deliveries.reach(survey) == Reach(2, 1, excluded)
    assert await database.deliveries.is_asked(survey, person(2))
    assert not await database.deliveries.is_asked(survey, person(8))
    assert not await database.deliveries.is_asked(survey, person(3))

    await counts(database, survey, member(5))
    assert await database.deliveries.reach(survey) == Reach(1, 0, {})


async def test_a_round_in_parts(database: Database) -> None:
    """Everybody has one row, in a part of a hundred."""
    survey = await opened(database, 250)
    assert await database.deliveries.waiting_parts(INVITATION, NOW) == [0, 1, 2]
    found = [letter for part in range(3) for letter in await letters(database, survey, part)]
    assert {letter.person for letter in found} == {person(number) for number in range(250)}
    assert len(found) == 250
    assert (await database.deliveries.numbers(survey)).invited == 250


async def test_a_letter_is_claimed_once(database: Database, replica: Database) -> None:
    """Of two processes one gets it; asking again with the same claim, after a lost answer, is no second."""
    survey = await opened(database, 1)
    [letter] = await letters(database, survey)
    claims = [
        one.deliveries.claim(letter, name, name, NOW) for one, name in ((database, "a"), (replica, "b"))
    ]
    won = await asyncio.gather(*claims)
    assert sorted(won) == [False, True]

    winner = "a" if won[0] else "b"
    assert await database.deliveries.claim(letter, winner, winner, NOW)
    assert await letters(database, survey) == []


async def test_the_states_of_letters_add_up(database: Database) -> None:
    """Everybody is in exactly one state; what is settled stays so, but unknown may turn out well."""
    survey, ledger = await opened(database, 6), database.deliveries
    states = [Delivery.DELIVERED, Delivery.REFUSED, Delivery.UNKNOWN]
    found = await letters(database, survey)
    for letter, state in zip(found, states, strict=False):
        await ledger.claim(letter, "c", "replica", NOW)
        await ledger.settle(letter, "c", state, NOW, reason="blocked" if state == "refused" else "")
    await ledger.claim(found[3], "d", "replica", NOW)
    await ledger.settle(found[0], "c", Delivery.REFUSED, NOW, reason="gone")
    await ledger.settle(found[4], "c", Delivery.DELIVERED, NOW)  # never claimed

    numbers = await ledger.numbers(survey)
    assert (numbers.delivered, numbers.unknown, numbers.waiting) == (1, 1, 3)
    assert numbers.refused == {Refusal.BLOCKED: 1}
    assert numbers.invited == 6

    await ledger.settle(found[2], "c", Delivery.DELIVERED, NOW)
    assert (await ledger.numbers(survey)).unknown == 0


async def test_a_process_that_died(database: Database) -> None:
    """What it had claimed is unknown, and nobody sends it again."""
    survey, ledger = await opened(database, 3), database.deliveries
    mine, other, _ = await letters(database, survey)
    await ledger.claim(mine, "a", "dead", NOW)
    await ledger.claim(other, "b", "alive", NOW)
    await ledger.lose("dead", "the bot stopped", NOW)

    assert not await ledger.claim(mine, "c", "alive", NOW)
    numbers = await ledger.numbers(survey)
    assert (numbers.unknown, numbers.waiting) == (1, 2)


async def test_released_and_stopped(database: Database) -> None:
    """What was surely not sent waits again; after a stop nothing waits, whatever comes back."""
    survey, ledger = await opened(database, 3), database.deliveries
    first, second, third = await letters(database, survey)
    await ledger.claim(first, "a", "replica", NOW)
    await ledger.release(first, "a", NOW)
    assert len(await letters(database, survey)) == 3

    await ledger.claim(second, "b", "replica", NOW)
    assert await database.surveys.stop(survey, NOW)
    await ledger.release(second, "b", NOW)
    assert not await ledger.claim(third, "c", "replica", NOW)
    assert (await ledger.numbers(survey)).stopped == 3
    assert await ledger.due_rounds(NOW + 9 * DAY) == []


async def test_rounds_that_are_due(database: Database) -> None:
    """A reminder comes in its time; of several that were missed the last one is enough."""
    survey, ledger = draft(), database.deliveries
    await drafted(database)
    await database.surveys.open(survey, SECRET, [NOW + 3 * DAY, NOW + 5 * DAY], NOW)
    invitation, first, second = await ledger.due_rounds(NOW + 6 * DAY)
    assert await ledger.due_rounds(NOW) == [invitation]
    assert await ledger.kind_of(second) == ("reminder", NOW + 5 * DAY)

    await ledger.skip_missed(survey, NOW + 6 * DAY)
    assert not await ledger.begin(first)
    assert await ledger.begin(second)
    assert await ledger.begin(second)  # again, after a crash
    assert await ledger.begin_sending(second, NOW) == []
    assert not await ledger.begin(second)


async def test_who_is_left_out_of_a_reminder(database: Database) -> None:
    """Those who finished, declined, asked for later, or wait for their invitation get none."""
    survey, ledger = await opened(database, 6), database.deliveries
    for letter in await letters(database, survey):
        if letter.person != person(5):  # who has not even been invited yet
            await ledger.claim(letter, "claim", "replica", NOW)
            await ledger.settle(letter, "claim", Delivery.DELIVERED, NOW)
    await finish(database, survey, person(0))
    await ledger.decline(survey, person(1), declined=True)
    await ledger.put_off(survey, person(2), NOW + 7 * DAY, NOW)
    assert await database.surveys.remind_by_hand(survey, NOW + 2 * DAY, NOW + DAY)
    [reminder] = [one for one in await ledger.due_rounds(NOW + 2 * DAY) if one.number]
    assert await ledger.begin(reminder)
    finished = await database.checks.finished_in(survey)
    await ledger.plan(survey, reminder, NOW + 2 * DAY, leave_out=finished)
    await ledger.begin_sending(reminder, NOW)

    found = await ledger.waiting(survey, reminder, 0, NOW)
    assert {letter.person for letter in found} == {person(3), person(4)}


async def test_who_is_reached_by_a_reminder_only(database: Database) -> None:
    """Those whose invitation was refused and whose reminder was not, each once."""
    survey, ledger = await opened(database, 3), database.deliveries
    outcomes = [[Delivery.DELIVERED, Delivery.REFUSED, Delivery.REFUSED]]
    outcomes += [[Delivery.DELIVERED, Delivery.DELIVERED, Delivery.REFUSED]] * 2
    for days, states in enumerate(outcomes):
        now = NOW + 2 * days * DAY
        if days:
            assert await database.surveys.remind_by_hand(survey, now, now - DAY)
            reminder = max(await ledger.due_rounds(now), key=lambda one: one.number)
            assert await ledger.begin(reminder)
            await ledger.plan(survey, reminder, now, leave_out=set())
            await ledger.begin_sending(reminder, now)
        found = await ledger.waiting(survey, reminder, 0, now) if days else await letters(database, survey)
        for letter, state in zip(found, states, strict=True):
            await ledger.claim(letter, "c", "replica", now)
            await ledger.settle(letter, "c", state, now, reason="blocked" if state == "refused" else "")
        await ledger.end(found[0].round)

    assert (await ledger.numbers(survey)).reached_later == 1


async def test_asked_again_later(database: Database) -> None:
    """Who said "not now" gets a round of their own, when they wished; asking twice is once."""
    survey, ledger = await opened(database, 3), database.deliveries
    for _ in range(2):
        await ledger.put_off(survey, person(1), NOW + DAY, NOW)
    await ledger.put_off(survey, person(2), NOW + DAY, NOW)
    [later] = [one for one in await ledger.due_rounds(NOW + DAY) if one.number]

    assert await ledger.begin(later)
    parts = await ledger.begin_sending(later, NOW)
    waiting = [letter for part in parts for letter in await ledger.waiting(survey, later, part, NOW)]
    assert sorted(letter.person.object_id for letter in waiting) == [
        person(number).object_id for number in (1, 2)
    ]
    assert (await ledger.numbers(survey)).invited == 3


async def test_who_changes_their_mind_is_asked_once(database: Database) -> None:
    """Tomorrow, then next week: only next week, and no planned reminder in the day after."""
    survey, ledger = await opened(database, 1), database.deliveries
    await ledger.put_off(survey, person(0), NOW + DAY, NOW)
    await ledger.put_off(survey, person(0), NOW + 2.5 * DAY, NOW)
    for one in await ledger.due_rounds(NOW + 3 * DAY):
        assert await ledger.begin(one)
        kind, _ = await ledger.kind_of(one)
        if kind == "reminder":
            await ledger.plan(survey, one, NOW + 3 * DAY, leave_out=set())
        parts = await ledger.begin_sending(one, NOW)
        waiting = [letter for part in parts for letter in await ledger.waiting(survey, one, part, NOW)]
        assert len(waiting) == (one.number == round((NOW + 2.5 * DAY).timestamp() * 1000))


async def test_a_round_ends_when_nothing_waits(database: Database) -> None:
    """Not before."""
    survey, ledger = await opened(database, 1), database.deliveries
    [letter] = await letters(database, survey)
    await ledger.claim(letter, "a", "replica", NOW)
    await ledger.end(INVITATION)
    assert await ledger.sending_rounds() == [INVITATION]

    await ledger.settle(letter, "a", Delivery.DELIVERED, NOW)
    await ledger.end(INVITATION)
    assert await ledger.sending_rounds() == []


async def test_silent_processes(database: Database) -> None:
    """Only those that have not been heard of for so long."""
    await database.deliveries.beat("a")
    assert await database.deliveries.silent(dt.timedelta(minutes=1)) == []
    assert await database.deliveries.silent(dt.timedelta(minutes=-1)) == ["a"]

    await database.deliveries.bury("a")
    assert await database.deliveries.silent(dt.timedelta(minutes=-1)) == []


async def test_who_was_not_reached(database: Database) -> None:
    """By name, with the reason."""
    survey, ledger = await opened(database, 3), database.deliveries
    first, second, _ = await letters(database, survey)
    for letter, state, reason in (
        (first, Delivery.REFUSED, "not-installed"),
        (second, Delivery.DELIVERED, ""),
    ):
        await ledger.claim(letter, "a", "replica", NOW)
        await ledger.settle(letter, "a", state, NOW, reason=reason)

    assert await ledger.unreached(survey) == [("Person 0", "refused", "not-installed")]


# Checks in surveys


@pytest.mark.parametrize("anonymous", [True, False])
async def test_a_check_in_a_survey_is_one_of_its_own(database: Database, *, anonymous: bool) -> None:
    """It is taken up again by the same person, and neither sees nor disturbs their own check."""
    survey = await opened(database, anonymous=anonymous)
    own = await database.checks.open(person(1), "2021-10", NOW)
    check = await database.checks.open_in(survey, person(1), NOW)
    shouted = Person(TENANT.upper(), person(1).object_id.upper())

    assert await database.checks.open_in(survey, shouted, NOW + DAY) == check
    assert check.id.startswith(f"{survey.id}.")
    assert await database.checks.latest(person(1)) == own
    assert await database.checks.get(survey.respondent(person(1)), check.id) == check
    assert await database.checks.get(person(1), check.id) is None
    assert await database.checks.get(survey.respondent(person(2)), check.id) is None


async def test_a_finished_check_in_a_survey_is_not_begun_again(database: Database) -> None:
    """One person, one voice."""
    survey = await opened(database)
    await finish(database, survey, person(1))
    again = await database.checks.open_in(survey, person(1), NOW + DAY)

    assert again.finished_at == NOW
    numbers = await database.deliveries.numbers(survey)
    assert (numbers.started, numbers.finished) == (1, 1)


async def test_what_a_survey_adds_up_to(database: Database) -> None:
    """Finished checks by role, discipline and answer; the rest is not counted."""
    survey = await opened(database, 4)
    for number, role in enumerate((Role.MAKER, Role.MAKER, Role.COE)):
        await finish(database, survey, person(number), role)
    check = await database.checks.open_in(survey, person(3), NOW)
    await record(
        database.checks, survey.respondent(person(3)), check, "support", Level.EFFICIENT, "activity", NOW
    )
    answers, finished = await database.checks.tally(survey)

    assert sorted(answers) == [
        (Role.COE, "support", Level.DEFINED, 1),
        (Role.MAKER, "support", Level.DEFINED, 2),
    ]
    assert finished == {Role.MAKER: 2, Role.COE: 1}


async def test_nobody_waits_for_the_counting(sqlite_url: str) -> None:
    """A survey is counted and its answers read beside what chats do, on the connection that these share."""
    held = threading.Event()
    async with open_database(sqlite_url) as database, asyncio.timeout(20):
        survey = await opened(database, anonymous=False)
        await finish(database, survey, person(2))
        async with database._connect() as shared:
            await shared.create_function("wait", 0, held.wait)
            chat = asyncio.create_task(shared.execute_fetchall("select wait()"))
            try:
                answers, _ = await database.checks.tally(survey)
                named = await database.checks.named_answers(survey)
                numbers = await database.deliveries.numbers(survey)
                assert not chat.done()
            finally:
                held.set()
            await chat

    assert len(answers) == len(named) == numbers.finished == 1


async def test_a_named_survey_knows_names(database: Database) -> None:
    """An anonymous one finds none."""
    survey = await opened(database, anonymous=False)
    await finish(database, survey, person(2))

    assert await database.checks.named_answers(survey) == [("Person 2", Role.MAKER, "support", Level.DEFINED)]


async def test_the_checks_of_a_survey_are_deleted(database: Database) -> None:
    """All of them, with their answers, and no others; an answer that comes too late says so."""
    survey = await opened(database)
    own = await database.checks.open(person(1), "2021-10", NOW)
    late = await database.checks.open_in(survey, person(2), NOW)
    await finish(database, survey, person(1))
    await database.checks.delete_in(survey)

    assert await database.checks.tally(survey) == ([], {})
    assert await database.checks.latest(person(1)) == own
    given = Given("support", Level.INITIAL, "activity", NOW)
    assert await database.checks.record(survey.respondent(person(2)), late.id, given, [late.edition]) is None


async def test_which_surveys_ask_a_person(database: Database) -> None:
    """Open ones that have them on the roster."""
    survey = await opened(database)
    assert await database.surveys.asking(person(1)) == [survey]
    assert await database.surveys.asking(person(7)) == []

    await database.surveys.begin_closing(survey, NOW)
    assert await database.surveys.asking(person(1)) == []


async def test_a_check_comes_with_whether_a_survey_asks(database: Database) -> None:
    """By one statement, as a typed answer needs it; where there is no check, a survey may always ask."""
    survey = await opened(database)
    checks, edition = database.checks, survey.plan.edition
    assert await checks.latest_and_asked(person(1)) == (None, True)

    of_asked, of_other = [await checks.open(person(one), edition, NOW) for one in (1, 7)]
    assert await checks.latest_and_asked(person(1)) == (of_asked, True)
    assert await checks.latest_and_asked(person(7)) == (of_other, False)

    await database.surveys.begin_closing(survey, NOW)
    assert await checks.latest_and_asked(person(1)) == (of_asked, False)
