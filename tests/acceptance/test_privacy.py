"""What the bot keeps about a person: shown to them alone, given as a file, and forgotten on their word."""

import json
from pathlib import Path
from typing import Any

import pytest

from assessment.model import Person as Somebody
from cards.presses import encode
from cards.privacy_presses import ForgetMe, GetMyData, PrivacyPress, ShowMyData
from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import begins, finishes, has_the_app
from tests.acceptance.ledger import comes_true, invited, messages_of, sending_ends
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE, a_team, answers, is_asked, sends
from tests.acceptance.teams import Colleague, Teams
from tests.acceptance.workbooks import data_of
from tests.everything import promise, rows_with, tables

pytestmark = pytest.mark.usefixtures("clock")


async def press(teams: Teams, colleague: Colleague, on: Seen, one: PrivacyPress) -> str:
    """What answers a press that the card may not even have."""
    action = {"type": "Action.Execute", "verb": one.do, "data": encode(one)}
    return (await teams.door.deliver(colleague.writer.execute(action, {}, on))).body


def about(database_url: str, *people: Colleague) -> list[tuple[str, dict[str, Any]]]:
    """The rows in which one of these people stands."""
    words = [
        word
        for one in people
        for word in (one.person.aad_object_id, one.person.id, one.place.id, one.person.name)
    ]
    return rows_with(tables(database_url), *words)


async def lives(teams: Teams, database_url: str, clock: Clock) -> tuple[Colleague, Colleague, Colleague]:
    """A team in which everybody was in every state; its lead, and Bo and Cy, of whom one is forgotten."""
    team, lead = a_team(teams)
    everybody = teams.everybody_in(team)
    bo, cy = everybody[1:3]
    for one in (bo, cy):
        teams.directory.installed.add(one.place.app_home)
        await finishes(one)
        await begins(one)
        await one.picks("Defined")
    for name, kind in (("Named check", "Named"), ("Anonymous check", "Anonymous")):
        await sends(lead, name=name, answers=kind)
        for one in everybody:
            await answers(one)
        await lead.will_see(f"“{name}”", within=20)
        clock.moves(days=1)
    await sends(lead, name="Open check")
    for one in (bo, cy):
        await answers(one)
    await sending_ends(database_url)
    for number, one in enumerate((bo, cy)):
        promise(
            database_url, Somebody(one.person.tenant_id, one.person.aad_object_id), one.person.name, number
        )
    return lead, bo, cy


@on_both_databases
async def test_a_person_sees_all_and_is_forgotten_whole(
    teams: Teams, bot: RunningBot, clock: Clock, database_url: str
) -> None:
    """From "my data" to "I have forgotten you", and a colleague who did the same loses nothing."""
    lead, bo, cy = await lives(teams, database_url, clock)
    await bo.says("my data")
    card = bo.sees_one_card()
    assert "not finished, with 1 answer" in card.text
    assert (
        "“Named check” in Contoso CoE, with your name on the list of people asked. Named: 7 answers"
        in card.text
    )
    assert "your answers are nobody's any more" in card.text
    assert "7 answers of yours are kept under a pseudonym" in card.text
    assert "By Dec 1, 2026: Write it down" in card.text
    held = await data_of(bo, bot)
    assert [len(held[name]) for name in ("checks", "answers", "recipients", "pledges")] == [4, 22, 3, 1]
    for word in (cy.person.name, cy.person.aad_object_id, cy.place.id):
        assert word not in json.dumps(held)

    others = about(database_url, cy)
    await bo.says("forget me")
    question = bo.sees_one_card()
    for asked in ("4 checks", "22 answers", "1 pledge of yours", "your time zone"):
        assert asked in question.text
    assert "nobody's already" in question.text
    await bo.presses("Delete everything about me")
    answer = bo.sees_one_card()
    assert answer.heading == "I have forgotten you"
    for told in (
        "4 checks deleted",
        "22 answers deleted",
        "your name taken off 3 lists of people asked",
        "1 pledge deleted",
    ):
        assert told in answer.text
    assert about(database_url, bo) == []
    assert about(database_url, cy) == others
    await lead.will_see("1 of 6 finished", within=20)
    await shows_open(lead)


async def shows_open(lead: Colleague) -> None:
    """The open survey counts who is forgotten as somebody who said no, and everybody as invited."""
    await lead.says(f"{HERE} status")
    card = lead.last_card()
    assert "Said “Not me”\n1" in card.text
    assert "6 in all" in card.text


async def test_who_is_forgotten_is_left_alone_and_may_come_back(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """No reminder comes, old cards lead nowhere, and a new check begins as the first did."""
    team, lead = a_team(teams)
    await sends(lead, name="Open check")
    bo = teams.everybody_in(team)[1]
    invitation = await is_asked(bo)
    await sending_ends(database_url)
    await bo.says("forget me")
    await bo.presses("Delete everything about me")
    await bo.all_devices_show_it()
    before = len(bo.messages_in(bo.place))
    clock.moves(days=4)
    await comes_true(lambda: messages_of(teams, team) >= 11 + before - 1)
    assert len(bo.messages_in(bo.place)) == before

    await bo.presses("I make apps or flows", on=invitation)
    assert bo.sees_one_card().heading == "This survey did not ask you"
    await finishes(bo)
    assert bo.last_card().heading == "You are at Level 300 Defined"
    assert len(invited(teams, bo.person)) > 0


async def test_nothing_is_deleted_without_the_confirmation(ada: Colleague, database_url: str) -> None:
    """Neither by the word nor by keeping it."""
    await finishes(ada)
    before = about(database_url, ada)
    await ada.says("forget me")
    await ada.presses("Keep it")
    assert ada.sees_one_card().heading == "I keep it"
    await ada.all_devices_show_it()

    assert about(database_url, ada) == before


async def test_a_double_tap_forgets_once(teams: Teams, ada: Colleague, database_url: str) -> None:
    """The second finds nothing left, and says so."""
    await finishes(ada)
    await ada.says("forget me")
    question = ada.last_card()
    await ada.presses("Delete everything about me", on=question)
    assert "1 check deleted" in ada.sees_one_card().text
    await ada.all_devices_show_it()

    assert "There was nothing left to delete." in await press(teams, ada, question, ForgetMe())
    assert about(database_url, ada) == []
    await ada.says("my data")
    assert "Nothing so far." in ada.last_card().text


async def test_an_old_client_leaves_no_trace_either(ada: Colleague, database_url: str) -> None:
    """Its press is a message, and not even the chat it came from is remembered."""
    ada.uses_an_old_client()
    await begins(ada)
    await ada.says("forget me")
    await ada.presses("Delete everything about me")

    assert ada.last_card().heading == "I have forgotten you"
    assert about(database_url, ada) == []


async def test_nobody_gets_what_is_another_s(teams: Teams, ada: Colleague, bo: Colleague) -> None:
    """Whoever presses on somebody's forwarded card sees their own, and deletes nothing of anybody's."""
    await finishes(ada)
    await finishes(bo)
    await ada.says("my data")
    hers = ada.last_card()
    team = teams.team("Contoso", ada.person, bo.person)
    teams.directory.installed.add(team.id)
    there = bo.in_channel(team)
    copy = ada.forwards(hers, there)
    body = await press(teams, there, copy, ShowMyData())
    assert ada.person.aad_object_id not in body
    assert "This belongs in our own chat" in body
    own = await bo.will_see("What I keep about you")
    assert ada.person.aad_object_id not in own.text
    assert bo.person.aad_object_id in own.text

    await press(teams, there, copy, ForgetMe())
    assert (await bo.will_see("Shall I forget you?")).heading
    for one in (ada, bo):
        await one.says("result")
        assert one.last_card().heading == "You are at Level 300 Defined"


@pytest.mark.parametrize("more", [{"person": "x"}, {"object_id": "x"}, {"tenant_id": "x"}])
async def test_a_press_names_nobody(teams: Teams, ada: Colleague, more: dict[str, str]) -> None:
    """One that does is none of ours."""
    await ada.says("my data")
    for one in (ShowMyData(), GetMyData(), ForgetMe()):
        action = {"type": "Action.Execute", "verb": one.do, "data": encode(one) | more}
        reply = await teams.door.deliver(ada.writer.execute(action, {}, ada.last_card()))
        assert "I don't know this card any more" in reply.body


async def test_typed_in_a_channel_it_is_answered_in_the_own_chat(teams: Teams, ada: Colleague) -> None:
    """Nobody else sees what is kept."""
    team = teams.team("Contoso", ada.person)
    teams.directory.installed.add(team.id)
    there = ada.in_channel(team)
    await there.says(f"{HERE} my data")

    assert there.sees_one_card().heading == "This belongs in our own chat"
    await ada.will_see("What I keep about you")


async def test_what_is_forgotten_is_in_no_file(ada: Colleague, database_url: str) -> None:
    """Neither in a freed page of the database nor in its log."""
    await finishes(ada)
    folder = Path(database_url.removeprefix("sqlite:///")).parent
    id_ = ada.person.aad_object_id.encode()
    assert any(id_ in file.read_bytes() for file in folder.iterdir())
    await ada.says("forget me")
    await ada.presses("Delete everything about me")

    assert not any(id_ in file.read_bytes() for file in folder.iterdir())


async def test_an_unfinished_check_goes_by_itself(ada: Colleague, clock: Clock, database_url: str) -> None:
    """Ninety days after the last answer, and the person begins anew."""
    await begins(ada)
    await ada.picks("Defined")
    clock.moves(days=89)
    await ada.says("start")
    assert ada.sees_one_card().heading.startswith("Question 2 of 7")
    clock.moves(days=2)
    await comes_true(lambda: not tables(database_url)["checks"])
    await ada.says("start")

    assert ada.sees_one_card().heading == "How do you work with Power Platform?"


async def test_a_year_later_a_survey_names_nobody(teams: Teams, clock: Clock, database_url: str) -> None:
    """Who was asked and what they answered by name is gone; the team's result stays."""
    team, lead = a_team(teams)
    bo = teams.everybody_in(team)[1]
    await sends(lead, name="Named check", answers="Named")
    for one in teams.everybody_in(team):
        await answers(one)
    await lead.will_see("Contoso CoE is at Level 300 Defined", within=20)
    clock.moves(days=366)
    await comes_true(lambda: not tables(database_url)["recipients"])
    assert {name for name, _ in about(database_url, bo)} == {"conversations", "wishes"}

    await lead.says(f"{HERE} results")
    assert "6 of the 6 people asked finished (100%)" in lead.last_card().text


@pytest.fixture
def ada(teams: Teams) -> Colleague:
    return has_the_app(teams, "Ada Lovelace")
