"""What storage promises about checks and answers, on both databases."""

import asyncio
import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from assessment.check import ROLE, Check
from assessment.model import Level, NoLevel, Person, Role
from storage.checks import Given
from storage.database import Database, backend_for, open_database
from storage.migrating import engine
from tests.integration.answers import record

ROOT = Path(__file__).parents[2]
EDITION = "2021-10"
NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=90)
ADA = Person("6f1c0c1e-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-00000000000a")
BOB = Person(ADA.tenant_id, "b0000000-0000-4000-8000-00000000000b")


async def test_new_check(database: Database) -> None:
    """A new check has no role and no answers, and starts now."""
    check = await database.checks.open(ADA, EDITION, NOW)

    assert (check.edition, check.role, check.revisiting) == (EDITION, None, None)
    assert (check.answers, check.given_by) == ({}, {})
    assert (check.started_at, check.finished_at) == (NOW, None)


async def test_open_again(database: Database) -> None:
    """An open check is taken up again, with the edition and the start it has."""
    first = await database.checks.open(ADA, EDITION, NOW)

    assert await database.checks.open(ADA, "2030-01", LATER) == first


async def test_open_after_finish(database: Database) -> None:
    """After a finished check the next one is new, and is the latest."""
    finished = await database.checks.finish(await database.checks.open(ADA, EDITION, NOW), NOW)

    check = await database.checks.open(ADA, EDITION, NOW)

    assert check.id != finished.id
    assert await database.checks.latest(ADA) == check


async def test_open_at_once(database: Database, replica: Database) -> None:
    """Starts that reach several replicas at once make one check."""
    checks = await asyncio.gather(
        *(one.checks.open(ADA, EDITION, NOW) for one in (database, replica) for _ in range(10))
    )

    assert len({check.id for check in checks}) == 1


async def test_people_apart(database: Database) -> None:
    """Each person has a check of their own, and nobody sees another's."""
    ada = await database.checks.open(ADA, EDITION, NOW)
    bob = await database.checks.open(BOB, EDITION, NOW)

    assert ada.id != bob.id
    assert await database.checks.get(ADA, ada.id) == ada
    assert await database.checks.get(ADA, bob.id) is None


async def test_tenants_apart(database: Database) -> None:
    """The same object id in another tenant is another person."""
    ada = await database.checks.open(ADA, EDITION, NOW)
    foreigner = Person("ffffffff-0000-4000-8000-000000000009", ADA.object_id)

    assert await database.checks.latest(foreigner) is None
    assert await database.checks.get(foreigner, ada.id) is None


async def test_ids_in_any_case(database: Database) -> None:
    """A person is the same however the service spells their ids."""
    check = await database.checks.open(ADA, EDITION, NOW)

    assert await database.checks.latest(Person(ADA.tenant_id.upper(), ADA.object_id.upper())) == check


async def test_nothing_yet(database: Database) -> None:
    """Who never started has no check, no history, and asks for no edition."""
    assert await database.checks.latest(ADA) is None
    assert await database.checks.get(ADA, "never-made") is None
    assert await database.checks.finished(ADA) == []
    assert await database.checks.editions() == set()


async def test_every_answer(database: Database) -> None:
    """Each answer comes back as it was given, with the activity that gave it."""
    given = {f"discipline-{one}": one for one in (*Level, *NoLevel)}
    check = await database.checks.open(ADA, EDITION, NOW)

    for discipline, answer in given.items():
        check = await record(database.checks, ADA, check, discipline, answer, f"of {discipline}", NOW)

    assert check.answers == given
    assert check.given_by == {discipline: f"of {discipline}" for discipline in given}
    assert await database.checks.get(ADA, check.id) == check


async def test_record_twice(database: Database) -> None:
    """The same answer twice is one answer."""
    check = await database.checks.open(ADA, EDITION, NOW)

    once = await record(database.checks, ADA, check, "vision", Level.DEFINED, "tap", NOW)

    assert await record(database.checks, ADA, check, "vision", Level.DEFINED, "tap", NOW) == once


async def test_last_answer_counts(database: Database, replica: Database) -> None:
    """Of two answers to one question the one written last stands, wherever it came in."""
    check = await database.checks.open(ADA, EDITION, NOW)
    await record(database.checks, ADA, check, "vision", Level.EFFICIENT, "first", NOW)

    check = await record(replica.checks, ADA, check, "vision", NoLevel.DONT_KNOW, "second", NOW)

    assert (check.answers, check.given_by) == ({"vision": NoLevel.DONT_KNOW}, {"vision": "second"})


async def test_two_devices(database: Database, replica: Database) -> None:
    """Answers from two devices at once to different questions are all kept."""
    questions = [f"question-{number}" for number in range(20)]
    check = await database.checks.open(ADA, EDITION, NOW)

    await asyncio.gather(
        *(
            record(device.checks, ADA, check, question, Level.CAPABLE, question, NOW)
            for question, device in zip(questions, [database, replica] * 10, strict=True)
        )
    )

    latest = await database.checks.latest(ADA)
    assert latest is not None
    assert latest.answers == dict.fromkeys(questions, Level.CAPABLE)


async def test_crowd(database: Database, replica: Database) -> None:
    """Many people answering through two replicas at once get in nobody's way."""
    people = [Person(ADA.tenant_id, f"person-{number}") for number in range(40)]

    async def answer(one: Database, person: Person) -> int:
        check = await one.checks.open(person, EDITION, NOW)
        for discipline in ("vision", "support", "automation"):
            check = await record(one.checks, person, check, discipline, Level.DEFINED, discipline, NOW)
        return len(check.answers)

    replicas = [database, replica] * 20
    answered = await asyncio.gather(*(answer(*each) for each in zip(replicas, people, strict=True)))

    assert answered == [3] * 40


async def test_file_shared_with_another_program(sqlite_url: str) -> None:
    """Nothing fails when another connection writes to the SQLite file while people read and answer."""
    async with open_database(sqlite_url) as database:
        check = await database.checks.open(ADA, EDITION, NOW)
        for number in range(7):
            check = await record(database.checks, ADA, check, f"question-{number}", Level.DEFINED, "tap", NOW)
        engine = asyncio.create_task(asyncio.to_thread(write_elsewhere, sqlite_url))

        async def read() -> None:
            while not engine.done():
                assert await database.checks.latest(ADA) == check

        async def answer() -> None:
            while not engine.done():
                await record(database.checks, ADA, check, "question-0", Level.DEFINED, "tap", NOW)

        await asyncio.gather(engine, *(read() for _ in range(8)), *(answer() for _ in range(3)))


def write_elsewhere(url: str) -> None:
    with engine(backend_for(url)).execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for number in range(300):
            row = ("tenant", str(number), number)
            connection.exec_driver_sql("insert into welcomes values (?, ?, ?)", row)


async def test_role(database: Database) -> None:
    """The role is kept, and asking for it again is over once it is given."""
    check = await database.checks.open(ADA, EDITION, NOW)
    check = await database.checks.revisit(check, ROLE)

    check = await database.checks.set_role(check, Role.COE)

    assert (check.role, check.revisiting) == (Role.COE, None)


async def test_role_while_elsewhere(database: Database) -> None:
    """Giving the role from an old card does not move the person from the question they went back to."""
    check = await database.checks.revisit(await database.checks.open(ADA, EDITION, NOW), "vision")

    assert (await database.checks.set_role(check, Role.MAKER)).revisiting == "vision"


async def test_an_answer_moves_nobody(database: Database) -> None:
    """Where somebody goes on who had gone back to a question is decided elsewhere."""
    check = await database.checks.revisit(await database.checks.open(ADA, EDITION, NOW), "vision")

    for question in ("support", "vision"):
        assert (
            await record(database.checks, ADA, check, question, Level.DEFINED, "tap", NOW)
        ).revisiting == "vision"


@pytest.mark.parametrize(
    "others", [Person(ADA.tenant_id, "somebody-else"), Person("another-tenant", ADA.object_id)]
)
async def test_nobody_answers_for_somebody_else(database: Database, others: Person) -> None:
    """An answer to a check that is not the person's own is not kept."""
    check = await record(
        database.checks,
        ADA,
        await database.checks.open(ADA, EDITION, NOW),
        "vision",
        Level.DEFINED,
        "tap",
        NOW,
    )

    assert (
        await database.checks.record(
            others, check.id, Given("vision", Level.EFFICIENT, "tap", NOW), [EDITION]
        )
        is None
    )
    assert await database.checks.latest(ADA) == check


@pytest.mark.parametrize("editions", [[], ["2021"], ["10"], ["another", "2021-1", "2021-100"]])
async def test_a_question_of_another_edition(database: Database, editions: list[str]) -> None:
    """An answer to a question that the check's edition does not have is not kept."""
    check = await database.checks.open(ADA, EDITION, NOW)

    assert (
        await database.checks.record(ADA, check.id, Given("vision", Level.EFFICIENT, "tap", NOW), editions)
        is None
    )
    assert await database.checks.latest(ADA) == check
    given = Given("vision", Level.EFFICIENT, "tap", NOW)
    assert await database.checks.record(ADA, check.id, given, [*editions, EDITION])


async def test_revisiting_called_off(database: Database) -> None:
    """A person who went back can go on without answering."""
    check = await database.checks.revisit(await database.checks.open(ADA, EDITION, NOW), "vision")

    assert (await database.checks.revisit(check, None)).revisiting is None


async def test_finish_twice(database: Database) -> None:
    """A check that is finished keeps its time; answers can still change."""
    check = await database.checks.finish(await database.checks.open(ADA, EDITION, NOW), NOW)

    check = await record(database.checks, ADA, check, "vision", Level.CAPABLE, "changed", LATER)
    check = await database.checks.finish(check, LATER)

    assert check.finished_at == NOW
    assert check.answers == {"vision": Level.CAPABLE}


async def test_history(database: Database) -> None:
    """The history is the finished checks with their answers, newest first."""
    history: list[Check] = []
    for days, level in enumerate(Level):
        now = NOW + dt.timedelta(days=days)
        check = await database.checks.open(ADA, EDITION, now)
        for discipline in ("vision", "support"):
            await record(database.checks, ADA, check, discipline, level, discipline, now)
        history.insert(0, await database.checks.finish(check, now))
    await database.checks.open(ADA, EDITION, LATER)

    assert await database.checks.finished(ADA) == history


async def test_latest_may_be_finished(database: Database) -> None:
    """When no check is open, the latest is the finished one that was started last."""
    for now in (NOW, LATER):
        last = await database.checks.finish(await database.checks.open(ADA, EDITION, now), now)

    assert await database.checks.latest(ADA) == last


async def test_editions(database: Database) -> None:
    """The editions in use are those of all checks, open and finished."""
    await database.checks.finish(await database.checks.open(ADA, EDITION, NOW), NOW)
    await database.checks.open(ADA, "ours", NOW)
    await database.checks.open(BOB, "ours", NOW)

    assert await database.checks.editions() == {EDITION, "ours"}


async def test_moments(database: Database) -> None:
    """A moment is kept to the millisecond and comes back in UTC, whatever zone it was given in."""
    paris = dt.timezone(dt.timedelta(hours=1))
    now = (NOW + dt.timedelta(microseconds=123_999)).astimezone(paris)

    check = await database.checks.open(ADA, EDITION, now)

    assert check.started_at == NOW + dt.timedelta(milliseconds=123)
    assert check.started_at.tzinfo is dt.UTC


async def test_moment_without_zone(database: Database) -> None:
    """A moment without a time zone is refused, not guessed at."""
    with pytest.raises(TypeError):
        await database.checks.open(ADA, EDITION, NOW.replace(tzinfo=None))


async def test_check_that_is_gone(database: Database) -> None:
    """A change to a check that is no longer stored says so."""
    check = await database.checks.open(ADA, EDITION, NOW)
    async with database._connect() as connection:
        await connection.execute("delete from checks")

    with pytest.raises(LookupError, match=f"check {check.id} is no longer stored"):
        await database.checks.finish(check, NOW)


async def test_survives_a_restart(database_url: str) -> None:
    """An open check goes on where it was after the bot was stopped and started."""
    async with open_database(database_url) as database:
        check = await database.checks.set_role(await database.checks.open(ADA, EDITION, NOW), Role.IT)
        before = await record(database.checks, ADA, check, "vision", Level.DEFINED, "tap", NOW)

    async with open_database(database_url) as database:
        assert await database.checks.open(ADA, EDITION, LATER) == before


ANSWER_AND_WAIT = """
import asyncio, sys
from tests.integration.answers import record
from tests.integration.test_checks import ADA, EDITION, NOW, Level, open_database

async def main(url):
    async with open_database(url) as database:
        check = await database.checks.open(ADA, EDITION, NOW)
        await record(database.checks, ADA, check, "vision", Level.DEFINED, "tap", NOW)
        print("recorded", flush=True)
        sys.stdin.read()

asyncio.run(main(sys.argv[1]))
"""


async def test_survives_a_kill(database_url: str) -> None:
    """An answer that was recorded is there when the process is killed the moment after."""
    with subprocess.Popen(  # noqa: ASYNC220 - nothing else runs in this loop
        [sys.executable, "-c", ANSWER_AND_WAIT, database_url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as bot:
        assert bot.stdout is not None
        assert bot.stdout.readline() == b"recorded\n"
        bot.kill()

    async with open_database(database_url) as database:
        check = await database.checks.latest(ADA)
        assert check is not None
        assert check.answers == {"vision": Level.DEFINED}
