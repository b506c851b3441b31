"""What is kept about a person is shown whole, is forgotten whole, and goes by itself when it is old."""

import datetime as dt
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assessment.model import Level, Person
from assessment.privacy import Forgotten, Retention, would_go
from assessment.survey import Delivery, Numbers, Survey
from storage.conversations import Conversation
from storage.database import Database, open_database
from storage.privacy import AT_ONCE, TABLES
from tests.everything import KEYS, Row, add, keyed, promise, rows_with, tables
from tests.integration.answers import record
from tests.integration.test_surveys import (
    DAY,
    LEAD,
    NOTHING,
    NOW,
    SECRET,
    TEAM,
    TENANT,
    counts,
    draft,
    finish,
    letters,
    member,
    opened,
    person,
    stored,
)

ADA, BOB = person(0), person(1)
NAMES = {ADA: "Person 0", BOB: "Person 1"}
NUMBERS = Numbers(0, 3, {}, 0, 0, 0, 3, 3)

PERSONAL_COLUMNS = {
    "checks": {"person_id"},
    "contacts": {"person_id"},
    "conversations": {"person_id"},
    "deliveries": {"person_id"},
    "pledges": {"person_id", "person_name", "made_by", "made_by_name"},
    "recipients": {"person_id", "member_id", "name"},
    "schedules": {"lead_id", "lead_name"},
    "surveys": {"lead_id", "lead_name"},
    "wishes": {"person_id"},
}
"""Each is handled by storage/sql/privacy.sql, and a test below forgets a row of it."""

NOBODYS_NAMES = {("teams", "name"), ("surveys", "name")} | {
    (table, "team_name") for table in ("surveys", "pledges", "schedules")
}


@dataclass(frozen=True)
class Scene:
    """Ada and Bob did the same, each in every state there is."""

    url: str
    open_: Survey
    anonymous: Survey
    named: Survey


async def uses_the_bot(database: Database, one: Person) -> None:
    chat = Conversation(f"a:1{one.object_id}", "https://smba.trafficmanager.net/emea/")
    await database.conversations.remember(one, chat)
    await database.conversations.welcome(TENANT, chat.id, NOW)
    for at in (NOW, NOW + DAY):
        check = await database.checks.open(one, "2021-10", at)
        await record(database.checks, one, check, "vision", Level.DEFINED, "tap", at)
        if at == NOW:
            await database.checks.finish(check, at)


async def ends(database: Database, survey: Survey) -> Survey:
    """Closes as closing does."""
    await database.surveys.begin_closing(survey, NOW)
    await database.surveys.keep_result(survey, NUMBERS, NOTHING)
    if survey.plan.is_anonymous:
        await database.checks.delete_in(survey)
    await database.surveys.close(survey)
    return await stored(database, survey)


async def asks(database: Database, number: int, *, anonymous: bool) -> Survey:
    survey = draft(number, replace(TEAM, id=f"19:{number}"), anonymous=anonymous)
    await database.surveys.plan(survey, NOW)
    await counts(database, survey, *map(member, range(3)))
    assert await database.surveys.open(survey, SECRET if anonymous else None, [], NOW)
    survey = await stored(database, survey)
    for one in (ADA, BOB):
        await finish(database, survey, one)
    return survey


@pytest.fixture
async def scene(database: Database, database_url: str) -> Scene:
    for one in (ADA, BOB):
        await uses_the_bot(database, one)
    open_ = await opened(database)
    for one in (ADA, BOB):
        await finish(database, open_, one)
    anonymous = await ends(database, await asks(database, 2, anonymous=True))
    named = await ends(database, await asks(database, 3, anonymous=False))
    planned = draft(4, replace(TEAM, id="19:4"))
    await database.surveys.plan(planned, NOW)
    await counts(database, planned, *map(member, range(3)))
    for number, one in enumerate((ADA, BOB)):
        promise(database_url, one, NAMES[one], number)
    return Scene(database_url, open_, anonymous, named)


async def test_every_column_with_a_person_is_known(sqlite_url: str) -> None:
    """A migration that adds one fails here, until showing and forgetting know it."""
    async with open_database(sqlite_url):
        columns = columns_in(Path(sqlite_url.removeprefix("sqlite:///")))
    speaks = re.compile(r"person|lead|member|owner|user|author|who|(^|_)(by|name)(_|$)")
    found = {one for one in columns if speaks.search(one[1])} - NOBODYS_NAMES

    assert found == {(table, column) for table, its in PERSONAL_COLUMNS.items() for column in its}
    assert PERSONAL_COLUMNS.keys() <= KEYS.keys() == set(TABLES) - {"pledges_for_others"}


def columns_in(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as file:
        names = [name for (name,) in file.execute("select name from sqlite_master where type = 'table'")]
        return {
            (name, column[1]) for name in names for column in file.execute(f'pragma table_info("{name}")')
        }


async def test_all_of_a_person_is_held(scene: Scene, database: Database) -> None:
    """Every row with the person's id, and those under their pseudonym, but no survey's secret."""
    held = await database.privacy.held(Person(ADA.tenant_id.upper(), ADA.object_id.upper()))
    shown = {name: len(rows) for name, rows in held.tables.items()}

    assert shown == {
        "checks": 4,
        "answers": 4,
        "recipients": 4,
        "deliveries": 3,
        "wishes": 1,
        "contacts": 1,
        "pledges": 1,
        "pledges_for_others": 0,
        "news": 2,
        "surveys": 0,
        "schedules": 1,
        "conversations": 1,
        "welcomes": 1,
    }
    with_her = rows_with(tables(scene.url), ADA.object_id, NAMES[ADA])
    assert {name for name, _ in with_her} <= {name for name, number in shown.items() if number}
    assert sum(name == "recipients" for name, _ in with_her) == 4
    assert SECRET not in str(held)
    assert BOB.object_id not in str(held)
    assert NAMES[BOB] not in str(held)


async def test_nothing_of_a_person_is_left(scene: Scene, database: Database) -> None:
    """In no row of no table; and what was deleted is told in numbers."""
    respondent = scene.open_.respondent(ADA).object_id
    gone = await database.privacy.forget(ADA, NOW)

    assert rows_with(tables(scene.url), ADA.object_id, NAMES[ADA], "29:0", respondent) == []
    assert gone == Forgotten(
        checks=4,
        answers=4,
        lists=4,
        letters=1,
        contacts=1,
        wishes=1,
        pledges=1,
        news=1,
        schedules=1,
        unnamed=1,
        chats=1,
    )
    assert (await database.privacy.held(ADA)).is_nothing


async def does_everything(scene: Scene, database: Database) -> None:
    """Ada leads a survey, has pledged in Bob's name, and there is news of every kind and state."""
    promise(scene.url, BOB, NAMES[BOB], 7, made_by=ADA, by_name=NAMES[ADA])
    hers = replace(draft(5, replace(TEAM, id="19:5")), asked_by=ADA, asked_by_name=NAMES[ADA])
    await database.surveys.plan(hers, NOW)
    row: Row = {"tenant_id": TENANT, "team_id": "t", "channel_id": "t", "at": 1, "due_at": 1, "changed_at": 1}
    said, led, told = f'{{"text":"{NAMES[ADA]}"}}', f'{{"survey":"S","by":"{NAMES[ADA]}"}}', "{}"
    for id_, state, facts in (
        ("pledge-overdue:pledge-0:2026-12-01", "sent", told),
        ("pledge-kept:pledge-0", "unknown", told),
        ("paused:schedule-0:1", "waiting", said),
        ("paused:schedule-0:2", "sent", told),
        (f"started:{hers.id}", "sending", led),
        (f"half:{hers.id}", "waiting", '{"survey":"by"}'),
        ("reminder:schedule-0:2", "sent", told),
        ("pledge-overdue:pledge-01:2026-12-01", "waiting", '{"name":"Nobody we know"}'),
    ):
        add(scene.url, "news", [row | {"id": id_, "kind": "started", "state": state, "facts": facts}])


async def test_what_is_shown_is_what_is_forgotten(scene: Scene, database: Database) -> None:
    """Each row that is deleted or changed was shown with whatever is changed in it, and no other row was."""
    await does_everything(scene, database)
    before, held = keyed(tables(scene.url)), await database.privacy.held(ADA)
    gone, shown = await database.privacy.forget(ADA, NOW + DAY), keyed(held.tables)
    after = keyed(tables(scene.url))

    touched = {key: row for key, row in before.items() if row != after.get(key)}
    assert shown.keys() == touched.keys()
    assert {table for table, *_ in touched} == KEYS.keys()
    assert ("news", "paused:schedule-0:2") not in touched, "it was told, and names nobody any more"
    for key, row in touched.items():
        now = after.get(key)
        changed = (
            {name for name in row if row[name] != now[name]} if now else PERSONAL_COLUMNS.get(key[0], set())
        )
        assert changed <= shown[key].keys()
    assert gone == would_go(held)
    assert rows_with(tables(scene.url), ADA.object_id, NAMES[ADA]) == []


async def test_who_pledged_for_somebody_sees_no_more_than_that(scene: Scene, database: Database) -> None:
    """What became of it, and why it was dropped, is the owner's."""
    promise(scene.url, BOB, NAMES[BOB], 7, made_by=ADA, by_name=NAMES[ADA])
    pledge = await database.pledges.get("pledge-7")
    assert pledge
    await database.pledges.drop(pledge, "Too ill to do it", NOW)
    held = await database.privacy.held(ADA)

    [shown] = held.tables["pledges_for_others"]
    assert (shown["item"], shown["person_name"]) == ("Write it down", NAMES[BOB])
    assert "Too ill" not in str(held)
    assert "dropped" not in str(held)
    assert BOB.object_id not in str(held)


async def test_a_colleague_stays_byte_for_byte(scene: Scene, database: Database) -> None:
    """And so does everything that is about nobody."""
    before = tables(scene.url)
    hers = [str(row) for _, row in rows_with(before, ADA.object_id, NAMES[ADA])]
    await database.privacy.forget(ADA, NOW + DAY)
    after = tables(scene.url)

    words = (BOB.object_id, NAMES[BOB], scene.open_.respondent(BOB).object_id)
    assert rows_with(before, *words) == rows_with(after, *words)
    for name in ("teams", "surveys", "rounds", "posts", "paces", "digests"):
        assert [row for row in before[name] if str(row) not in hers] == after[name]


async def test_it_can_be_repeated(scene: Scene, database: Database, replica: Database) -> None:
    """A second time there is nothing, and no number moves."""
    await database.privacy.forget(ADA, NOW)
    before = tables(scene.url)

    assert (await replica.privacy.forget(ADA, NOW + DAY)).is_nothing
    assert tables(scene.url) == before


async def test_half_of_it_never_happens(
    scene: Scene, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the last statement fails, nothing was deleted."""
    before = tables(scene.url)

    async def fails(*_: object, **__: object) -> int:
        raise ConnectionError("the server is gone")

    monkeypatch.setattr(database.privacy._sql, "forget_conversations", fails)
    with pytest.raises(ConnectionError):
        await database.privacy.forget(ADA, NOW)
    assert tables(scene.url) == before


@pytest.mark.parametrize(
    "state, refused, numbers",
    [
        (Delivery.WAITING, 0, (2, 0, 0, 1)),
        (Delivery.SENDING, 1, (2, 0, 1, 0)),
        (Delivery.DELIVERED, 1, (2, 1, 0, 0)),
        (Delivery.UNKNOWN, 1, (2, 0, 1, 0)),
    ],
)
async def test_the_numbers_of_an_open_survey_add_up(
    database: Database, state: Delivery, refused: int, numbers: tuple[int, int, int, int]
) -> None:
    """Who could have answered counts as declined; whose letter waited counts as not sent; none is lost."""
    survey = await opened(database)
    [letter] = [one for one in await letters(database, survey) if one.person == ADA]
    if state is not Delivery.WAITING:
        assert await database.deliveries.claim(letter, "claim", "replica", NOW)
    if state not in {Delivery.WAITING, Delivery.SENDING}:
        await database.deliveries.settle(letter, "claim", state, NOW)
        await finish(database, survey, ADA)
    await database.privacy.forget(ADA, NOW)
    now = await database.deliveries.numbers(survey)

    assert now.invited == 3
    assert (now.waiting, now.delivered, now.unknown, now.stopped) == numbers
    assert (now.declined, now.started, now.finished) == (refused, 0, 0)


async def test_a_survey_still_waits_for_the_others(database: Database) -> None:
    """Somebody who was not written to and is forgotten takes nobody else's place among the finished."""
    survey = await opened(database)
    await database.privacy.forget(ADA, NOW)
    for letter in await letters(database, survey):
        assert await database.deliveries.claim(letter, "claim", "replica", NOW)
        await database.deliveries.settle(letter, "claim", Delivery.DELIVERED, NOW)
    await finish(database, survey, BOB)
    assert not (await database.deliveries.numbers(survey)).all_done

    await finish(database, survey, person(2))
    assert (await database.deliveries.numbers(survey)).all_done


async def test_no_reminder_goes_to_the_forgotten(database: Database) -> None:
    """Their place on the list is reminded of nothing."""
    survey = await opened(database)
    for letter in await letters(database, survey):
        await database.deliveries.claim(letter, "c", "replica", NOW)
        await database.deliveries.settle(letter, "c", Delivery.DELIVERED, NOW)
    await database.privacy.forget(ADA, NOW)
    [reminder] = await database.deliveries.due_rounds(NOW + 4 * DAY)
    assert await database.deliveries.begin(reminder)
    await database.deliveries.plan(survey, reminder, NOW + 4 * DAY, leave_out=set())
    now = NOW + 4 * DAY
    parts = await database.deliveries.begin_sending(reminder, now)
    waiting = [
        one for part in parts for one in await database.deliveries.waiting(survey, reminder, part, now)
    ]

    assert {one.member_id for one in waiting} == {"29:1", "29:2"}


async def test_what_is_on_its_way_is_not_taken_back(database: Database) -> None:
    """Who was sending finds the row no more, and brings no name back."""
    survey = await opened(database)
    [letter] = [one for one in await letters(database, survey) if one.person == ADA]
    assert await database.deliveries.claim(letter, "claim", "replica", NOW)
    await database.privacy.forget(ADA, NOW)
    await database.deliveries.settle(letter, "claim", Delivery.DELIVERED, NOW)
    await database.deliveries.release(letter, "claim", NOW)

    now = await database.deliveries.numbers(survey)
    assert (now.waiting, now.delivered, now.unknown) == (2, 0, 1)


async def test_who_led_stays_no_name(scene: Scene, database: Database, database_url: str) -> None:
    """What a lead set up goes on without them, told to the channel too, and others' pledges as well."""
    promise(database_url, BOB, NAMES[BOB], 7, made_by=LEAD, by_name="Ada Lovelace")
    gone = await database.privacy.forget(LEAD, NOW)

    assert gone == Forgotten(surveys=4, pledges_for_others=1)
    assert rows_with(tables(scene.url), LEAD.object_id, "Ada Lovelace") == []
    assert len(tables(scene.url)["pledges"]) == 3


async def test_another_tenant_is_another_person(scene: Scene, database: Database) -> None:
    """The same object id elsewhere is nobody here."""
    before = tables(scene.url)
    other = Person("6f1c0c1e-0000-4000-8000-000000000002", ADA.object_id)

    assert (await database.privacy.held(other)).is_nothing
    assert (await database.privacy.forget(other, NOW)).is_nothing
    assert tables(scene.url) == before


@pytest.mark.usefixtures("scene")
async def test_unfinished_checks_go_by_themselves(database: Database) -> None:
    """Ninety days after the last answer, not after the beginning; what is finished stays."""
    check = await database.checks.latest(ADA)
    assert check
    later = NOW + DAY + dt.timedelta(days=90)
    await record(database.checks, ADA, check, "support", Level.DEFINED, "tap", NOW + 5 * DAY)
    await database.privacy.tidy(Retention(), later + DAY)
    assert not (await database.checks.latest(ADA) or check).finished_at
    assert (await database.checks.latest(BOB) or check).finished_at

    await database.privacy.tidy(Retention(), later + 5 * DAY)
    assert (await database.checks.latest(ADA) or check).finished_at
    assert len(await database.checks.finished(ADA)) == 1


async def test_an_open_survey_keeps_its_unfinished_checks(database: Database) -> None:
    """For as long as it asks; then they go."""
    survey = await opened(database, anonymous=False)
    await database.checks.open_in(survey, ADA, NOW)
    await database.privacy.tidy(Retention(), NOW + 300 * DAY)
    assert await database.checks.latest(survey.respondent(ADA))

    await ends(database, survey)
    await database.privacy.tidy(Retention(), NOW + 300 * DAY)
    assert await database.checks.latest(survey.respondent(ADA)) is None


async def test_a_year_after_a_survey_nobody_is_named(scene: Scene, database: Database) -> None:
    """Its lists, its deliveries and named answers are gone, its numbers stay; an open one keeps all."""
    await database.privacy.tidy(Retention(), NOW + 364 * DAY)
    assert len((await database.privacy.held(ADA)).tables["recipients"]) == 4

    before = await database.surveys.closed(TENANT)
    assert await database.privacy.tidy(Retention(), NOW + 366 * DAY)
    held = (await database.privacy.held(ADA)).tables
    assert [row["survey_id"] for row in held["recipients"]] == [scene.open_.id]
    assert [row["survey_id"] for row in held["deliveries"]] == [scene.open_.id]
    assert {row["survey_id"] for row in held["checks"]} == {"", scene.open_.id}
    assert await database.surveys.closed(TENANT) == before
    assert (await database.deliveries.numbers(scene.open_)).invited == 3


async def test_old_contacts_go(scene: Scene, database: Database) -> None:
    """A year after the message."""
    await database.privacy.tidy(Retention(), NOW + 360 * DAY)
    assert len(tables(scene.url)["contacts"]) == 2
    await database.privacy.tidy(Retention(), NOW + 366 * DAY)
    assert not tables(scene.url)["contacts"]


@pytest.mark.parametrize(
    "over",
    [
        "update surveys set phase = 'closed'",
        "update pledges set state = 'kept'",
        "update schedules set state = 'ended'",
    ],
)
async def test_what_was_told_goes_when_it_is_over(database: Database, database_url: str, over: str) -> None:
    """What may bring an occasion again keeps what it was told of; then that goes, the rest long before."""
    survey = await opened(database)
    promise(database_url, BOB, NAMES[BOB], 1)
    ids = {f"half:{survey.id}", "pledge-overdue:pledge-1:2026-12-01", "reminder:schedule-1:1"}
    there: Row = {"tenant_id": TENANT, "team_id": "t", "channel_id": "t", "kind": "half", "facts": "{}"}
    told: Row = {"at": 1, "due_at": 1, "state": "sent", "changed_at": 1}
    add(database_url, "news", [there | told | {"id": one} for one in (*ids, "half:gone", "old")])
    await run(database, "update news set state = 'sent'")
    await run(database, "update schedules set state = 'active'")
    await database.privacy.tidy(Retention(), NOW)
    assert {row["id"] for row in tables(database_url)["news"]} == ids | {"pledge-made:pledge-1"}

    await run(database, over)
    await database.privacy.tidy(Retention(), NOW)
    subject = over.split()[1].removesuffix("s")
    left = {row["id"] for row in tables(database_url)["news"]}
    assert {one.split(":")[1] for one in left} == {survey.id, "pledge-1", "schedule-1"} - {
        survey.id if subject == "survey" else f"{subject}-1"
    }


async def test_a_kept_pledge_that_is_still_to_be_told(database: Database, database_url: str) -> None:
    """A process died after it told the channel, and before that was written down: it is not told again."""
    promise(database_url, BOB, NAMES[BOB], 1)
    await run(database, "update news set state = 'sent'")
    await run(database, "update pledges set state = 'kept', untold = 1")
    await database.privacy.tidy(Retention(), NOW)

    assert "pledge-made:pledge-1" in {row["id"] for row in tables(database_url)["news"]}


async def run(database: Database, statement: str) -> None:
    async with database.privacy._connect() as connection:
        await connection.execute(statement)


async def test_settings_say_how_long(scene: Scene, database: Database) -> None:
    await database.privacy.tidy(Retention(5 * DAY, 10 * DAY), NOW + 12 * DAY)
    found = tables(scene.url)

    assert {row["survey_id"] for row in found["recipients"]} == {scene.open_.id}
    assert len([one for one in found["checks"] if one["finished_at"] is None]) == 0


async def test_much_that_is_old_goes_in_steps(database: Database, database_url: str) -> None:
    """However much there is, none of it stays, and each statement is short."""
    number = AT_ONCE + 7
    old: Row = {"tenant_id": "t", "edition": "e", "started_at": 1}
    add(database_url, "checks", [old | {"id": str(one), "person_id": f"p{one}"} for one in range(number)])

    assert await database.privacy.tidy(Retention(), NOW) == number
    assert await database.privacy.tidy(Retention(), NOW) == 0
