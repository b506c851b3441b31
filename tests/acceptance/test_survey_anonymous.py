"""Anonymous means it: whoever has everything that is left of a survey learns nobody's answers."""

import hashlib
import hmac
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from assessment.model import Level, NoLevel, Role
from content.loading import load
from tests.acceptance.clock import Clock
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.ledger import comes_true, reminded, sending_ends
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE, PEOPLE, a_team, answers, is_asked, sends
from tests.acceptance.teams import Colleague, Teams
from tests.acceptance.workbooks import address_at, book_of, downloaded, exported

Row = dict[str, Any]
Tables = dict[str, list[Row]]

MAKER, COE, IT = "I make apps or flows", "CoE team or admin", "IT or pro developer"
LEVELS = ("Initial", "Repeatable", "Defined", "Capable", "Efficient")
DISCIPLINES = frozenset(one for edition in load().editions.values() for one in edition.disciplines)
ANSWERED = frozenset(map(str, (*Level, *NoLevel, *Role))) | DISCIPLINES


def tables_of(database_url: str) -> Tables:
    """Every row of every table, the engine's too, in the order in which they are stored."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(path_of(database_url))) as file:
            file.row_factory = sqlite3.Row
            names = [name for (name,) in file.execute("select name from sqlite_master where type = 'table'")]
            return {name: [dict(row) for row in file.execute(_all_of(f'"{name}"'))] for name in names}
    listed = (
        "select format('%I.%I', table_schema, table_name) as name from information_schema.tables "
        "where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
    )
    with psycopg.connect(database_url, row_factory=dict_row) as server:
        names = [row["name"] for row in server.execute(listed)]
        return {
            name.removeprefix("public."): server.execute(_all_of(name).encode()).fetchall() for name in names
        }


def _all_of(table: str) -> str:
    return f"select * from {table}"  # noqa: S608 - the database's own names


def path_of(database_url: str) -> Path:
    return Path(database_url.removeprefix("sqlite:///"))


def rows_in(tables: Tables) -> Iterator[tuple[str, list[str]]]:
    """Each row as the name of its table and its cells in words."""
    for name, rows in tables.items():
        for row in rows:
            yield name, [_words(cell) for cell in row.values()]


def _words(cell: object) -> str:
    return bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)


async def closes(lead: Colleague, name: str, *, sees: str) -> Seen:
    """Has a survey closed by hand, and waits for what is posted about it."""
    await lead.presses("Close survey", on=lead.card_with(f"Survey: {name}"))
    await lead.presses("Close now")
    return await lead.will_see(sees, within=30)


async def answer_to(colleague: Colleague, teams: Teams, on: Seen, do: str, **data: str) -> str:
    """The card, as JSON, that answers a press of a button that the card may not even have."""
    action = {"type": "Action.Execute", "verb": do, "data": {"v": 1, "do": do, **data}}
    reply = await teams.door.deliver(colleague.writer.execute(action, {}, on))
    assert not reply.card_problem
    return reply.body


@dataclass(frozen=True)
class Aftermath:
    """A survey that five of six people have finished, and that was closed by hand."""

    invited: Tables
    """Once everybody had the invitation, and nobody had pressed anything."""
    answered: Tables
    after: Tables
    lead: Colleague
    at_home: Colleague
    """The lead, in their own chat."""
    finished: list[Colleague]

    @property
    def ties(self) -> set[str]:
        """What tied people to their answers while the survey was open."""
        [secret] = [str(row["secret"]) for row in self.answered["surveys"]]
        checks = self.answered["checks"]
        assert len(checks) == len(self.finished), "the test has to know what to look for"
        pseudonyms = {str(row["person_id"]) for row in checks}
        return {secret} | pseudonyms | {str(row["id"]).rpartition(".")[2] for row in checks}

    @property
    def identities(self) -> set[str]:
        """What those who finished are called, but for the lead, who stands in the survey as such."""
        people = [one for one in self.finished if one.person != self.lead.person]
        ids = {word for one in people for word in (one.person.aad_object_id, one.person.id, one.place.id)}
        return ids | {one.person.name for one in people}


class TestWhatIsLeft:
    """An attack with all that there is after the closing: tables, files, log, cards and workbook."""

    @pytest.fixture
    async def bot(self, replicas: Replicas) -> KillableBot:
        return await replicas[0].starts(LOG_LEVEL="DEBUG")

    @pytest.fixture
    async def aftermath(self, teams: Teams, database_url: str) -> Aftermath:
        team, lead = a_team(teams)
        everybody = teams.everybody_in(team)
        await sends(lead, name="Autumn check")
        for one in everybody:
            await is_asked(one)
        await sending_ends(database_url)
        invited = tables_of(database_url)
        finished = [everybody[number] for number in (4, 2, 5, 0, 3)]
        for one, level, role in zip(finished, LEVELS, (MAKER, COE, IT, MAKER, COE), strict=True):
            await answers(one, (level,) * 7, role)
        answered = tables_of(database_url)
        await closes(lead, "Autumn check", sees="Contoso CoE is at")
        return Aftermath(invited, answered, tables_of(database_url), lead, everybody[0], finished)

    @on_both_databases
    async def test_no_row_ties_an_answer_to_a_person(self, aftermath: Aftermath) -> None:
        """No answer is left and no key; a row with somebody's name says nothing that people answer."""
        assert aftermath.answered["answers"], "the test has to see answers while they are there"
        assert not aftermath.after["checks"]
        assert not aftermath.after["answers"]
        for table, cells in rows_in(aftermath.after):
            whole = " ".join(cells)
            assert not [one for one in aftermath.ties if one in whole], table
            if any(one in whole for one in aftermath.identities):
                assert not ANSWERED & {*cells}, table
                assert not [one for one in DISCIPLINES if one in whole], table

    @on_both_databases
    async def test_nothing_that_is_left_makes_a_pseudonym(self, aftermath: Aftermath) -> None:
        """Whatever is left, tried as a key on everybody, gives nothing that stood beside an answer."""
        words = {
            word for _, cells in rows_in(aftermath.after) for word in re.findall(r"\w+", " ".join(cells))
        }
        keys = {b"", *(bytes.fromhex(word) for word in words if re.fullmatch(r"([0-9a-f]{2}){8,}", word))}
        people = [one.person for one in aftermath.finished]
        named = [f"{one.tenant_id}/{one.aad_object_id}".encode() for one in people]
        made = {hmac.digest(key, one, hashlib.sha256).hex() for key in keys for one in named}

        [secret] = [str(row["secret"]) for row in aftermath.answered["surveys"]]
        with_it = {hmac.digest(bytes.fromhex(secret), one, hashlib.sha256).hex() for one in named}
        assert with_it <= aftermath.ties, "the attack has to work as long as the secret is there"
        assert not made & aftermath.ties

    @on_both_databases
    async def test_no_row_tells_who_started_when(self, aftermath: Aftermath) -> None:
        """The rows that name people stand as, and in the order in which, they stood before any press."""
        for table in ("recipients", "deliveries", "conversations", "contacts"):
            assert aftermath.after[table] == aftermath.invited[table], table

    async def test_no_file_keeps_what_was_deleted(self, aftermath: Aftermath, database_url: str) -> None:
        """Neither the database file nor its log has the secret, a pseudonym or a check in a freed page."""
        files = list(path_of(database_url).parent.iterdir())

        def held() -> list[str]:
            every = b"".join(file.read_bytes() for file in files)
            return [one for one in aftermath.ties if one.encode() in every or bytes.fromhex(one) in every]

        assert {file.suffix for file in files} >= {".db", ".db-wal"}
        await comes_true(lambda: not held())

    @on_both_databases
    async def test_the_log_knows_nobody(self, aftermath: Aftermath, bot: KillableBot) -> None:
        """Even at its most talkative the bot names nobody who answered, no key and no pseudonym."""
        assert " DEBUG " in bot.log, "the test has to look at a talkative log"
        assert not [one for one in aftermath.ties | aftermath.identities if one in bot.log]

    async def test_cards_and_workbook_name_nobody(self, aftermath: Aftermath, bot: KillableBot) -> None:
        """Neither the channel nor the workbook says who has answered, and there is no sheet of answers."""
        lead, at_home = aftermath.lead, aftermath.at_home
        await lead.says(f"{HERE} results")
        await lead.presses("Spread per discipline")
        shown = [str(lead.last_card().card)]
        await lead.presses("Back to the result")
        book = await exported(lead, at_home, bot)
        shown += [str(lead.last_card().card), str(book)]
        shown += [message.body for message in lead.messages_in(lead.place)]

        for text in shown:
            assert not [one for one in aftermath.ties | aftermath.identities if one in text]
        assert list(book) == ["Summary", "Disciplines", "Distribution", "Deliveries"]


@pytest.mark.parametrize("anonymous", ["Anonymous", "Named"])
async def test_while_it_is_open_nobody_sees_who_has_finished(teams: Teams, anonymous: str) -> None:
    """Progress, reminder and the question before closing count people, and name none."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check", answers=anonymous)
    bo, cy = teams.everybody_in(team)[1:3]
    await answers(bo)
    await is_asked(cy)
    await cy.presses("Not me")
    cards = []
    for word in ("status", "remind", "close"):
        await lead.says(f"{HERE} {word}")
        cards.append(lead.last_card().card)

    people = [one.person for one in (bo, cy)]
    hidden = [word for one in people for word in (one.name, one.id, one.aad_object_id)]
    bodies = [message.body for message in lead.messages_in(lead.place)]
    for text in (*map(str, cards), *bodies):
        assert not [one for one in hidden if one in text]


async def test_below_the_smallest_group_nothing_is_shown(
    teams: Teams, bot: RunningBot, database_url: str
) -> None:
    """On no card, not even by a button that this result does not have, in no cell, and in no row."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    for person in teams.everybody_in(team)[:4]:
        await answers(person, ("Efficient",) * 7)
    result = await closes(lead, "Autumn check", sees="too few answers")
    survey = tables_of(database_url)["surveys"][0]

    for do in ("survey-spread", "survey-result", "survey-status", "survey-rehearsal"):
        answer = await answer_to(lead, teams, result, do, survey=survey["id"])
        assert "too few answers" in answer
        assert "Efficient" not in answer
    await answer_to(lead, teams, result, "survey-export", survey=survey["id"])
    offer = await teams.everybody_in(team)[0].will_see("as an Excel workbook")
    book = book_of(await downloaded(address_at(bot, offer)))
    assert len(book["Disciplines"]) == len(book["Distribution"]) == 1
    assert "500" not in survey["tallies"]


@pytest.mark.parametrize(
    "leaders, makers, others, are_compared",
    [
        (3, 3, 0, True),
        (3, 3, 3, True),
        (3, 3, 1, False),
        (3, 3, 2, False),
        (2, 4, 0, False),
        (4, 2, 3, False),
    ],
)
async def test_leaders_beside_makers(
    teams: Teams, bot: RunningBot, leaders: int, makers: int, others: int, are_compared: bool
) -> None:
    """They are shown only where both groups are large enough, and nobody else can be had by taking away."""
    roles = [COE] * leaders + [MAKER] * makers + [IT] * others
    team, lead = a_team(teams, tuple(f"Member {number}" for number, _ in enumerate(roles)))
    everybody = teams.everybody_in(team)
    await sends(lead, name="Autumn check", smallest=3)
    for person, role in zip(everybody, roles, strict=True):
        await answers(person, ("Capable" if role == COE else "Initial",) * 7, role)
    result = await lead.will_see("Contoso CoE is at", within=30)

    book = await exported(lead, everybody[0], bot)
    assert ("leaders 400, makers 100" in result.text) is are_compared
    sides = {tuple(row[6:8]) for row in book["Disciplines"]}
    assert sides == ({("400", "100")} if are_compared else {("not shown", "not shown")})


async def test_what_a_few_said_cannot_be_had_by_taking_away(teams: Teams, bot: RunningBot) -> None:
    """Where one of six named no level, neither card nor workbook says what they said instead."""
    team, lead = a_team(teams)
    everybody = teams.everybody_in(team)
    await sends(lead, name="Autumn check")
    for person in everybody:
        strange = person is everybody[3]
        await answers(person, ("Does not apply" if strange else "Capable", *["Capable"] * 6))
    await lead.will_see("Contoso CoE is at", within=30)
    await lead.presses("Spread per discipline", on=lead.card_with("Contoso CoE is at"))
    assert "does not apply" not in lead.last_card().text
    await lead.presses("Back to the result")
    book = await exported(lead, everybody[0], bot)

    first, *others = book["Distribution"]
    assert first[-2:] == ["not shown", "not shown"]
    assert {tuple(row[-2:]) for row in others} == {("0", "0")}


@on_both_databases
async def test_whom_the_bot_counts_as_written_to_tells_nothing(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """Who was reminded and who had finished look the same after the closing, and all are spared."""
    team, lead = a_team(teams)
    everybody = teams.everybody_in(team)
    await sends(lead, name="Autumn check")
    for person in everybody[:2]:
        await answers(person)
    await sending_ends(database_url)
    clock.moves(days=3, minutes=1)
    await comes_true(lambda: all(reminded(teams, one.person) for one in everybody[2:]))
    assert of_people(tables_of(database_url)) != 1, "the test has to see who was reminded while it is there"
    await closes(lead, "Autumn check", sees="too few answers")

    after = tables_of(database_url)
    assert of_people(after) == 1
    days = [row["day"] for row in after["contacts"] if row["person_id"] == everybody[0].person.aad_object_id]
    assert sorted(days) == ["2026-11-23", "2026-11-26"]


def of_people(tables: Tables) -> int:
    """How many kinds of people there are, by when they count as written to, and under what occasion."""
    found: dict[str, set[tuple[str, str, int]]] = {}
    for row in tables["contacts"]:
        when = row["at"] if row["occasion"].startswith("a-survey") else 0
        found.setdefault(row["person_id"], set()).add((row["day"], row["occasion"], when))
    return len({frozenset(one) for one in found.values()})


async def test_a_second_survey_shows_no_more_than_its_own_rule_allows(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """With one person fewer, and so too few, there is no result and no change since the last one."""
    team, lead = a_team(teams, PEOPLE[:5])
    everybody = teams.everybody_in(team)
    await sends(lead, name="Autumn check")
    for person in everybody:
        await answers(person, ("Capable",) * 7)
    await lead.will_see("Contoso CoE is at", within=30)
    clock.moves(days=1)
    await sends(lead, name="Winter check")
    for person in everybody[:4]:
        await answers(person, ("Repeatable",) * 7)
    await closes(lead, "Winter check", sees="too few answers")

    await lead.says(f"{HERE} results")
    latest = lead.last_card()
    assert latest.heading == "Contoso CoE: too few answers for a result"
    assert "Since the last survey" not in latest.text
    assert "Repeatable" not in latest.text
    assert "Capable" not in latest.text
    assert [
        row["tallies"] for row in tables_of(database_url)["surveys"] if row["name"] == "Winter check"
    ] == ['{"everybody": null, "leaders": null, "makers": null}']
