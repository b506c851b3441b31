"""A team's way over several surveys, as everybody in its channel sees it."""

import json

import pytest

from cards.presses import encode
from cards.trend_presses import LeaveTrend, ShowTrend
from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import ANSWERS, finishes, has_the_app
from tests.acceptance.directory import Person
from tests.acceptance.ledger import comes_true
from tests.acceptance.running import on_both_databases
from tests.acceptance.surveys import HERE, PEOPLE, a_team, answers, sends
from tests.acceptance.teams import Colleague, Teams

ADA = Person("Ada Lovelace").aad_object_id

LOWER = ("Repeatable", "Repeatable", "Defined", "Initial", "Capable", "Repeatable", "Repeatable")
"""The stage is 200."""


async def surveyed(
    lead: Colleague, people: list[Colleague], name: str, given: tuple[str, ...], news: str = ""
) -> None:
    """The team is asked, these people answer, and the channel has the result, and what is told of it."""
    await sends(lead, name=name)
    for person in people:
        await answers(person, given)
    if len(people) < len(PEOPLE):
        await lead.presses("Close survey", on=lead.card_with(f"Survey: {name}"))
        await lead.presses("Close now")
    await lead.will_see(f"“{name}”", within=20)
    await comes_true(lambda: "Closed on" in lead.card_with(f"Survey: {name}").text)
    await comes_true(lambda: not news or any(news in card.text for card in lead.cards()))


@on_both_databases
@pytest.mark.usefixtures("database_url")
async def test_the_channel_sees_how_the_stage_moves(teams: Teams, clock: Clock) -> None:
    """Two surveys months apart are a line, in words too; one in between with too few answers is hidden."""
    team, lead = a_team(teams)
    bo = teams.everybody_in(team)[1].in_channel(team)
    await surveyed(lead, teams.everybody_in(team), "Summer check", LOWER)
    await bo.says(f"{HERE} trend")
    first = bo.sees_one_card()
    assert "On Nov 23, 2026 the stage was 200 Repeatable. It is the first result" in first.text
    assert "A line begins once" in first.text

    clock.moves(days=91)
    await surveyed(lead, teams.everybody_in(team)[:3], "Autumn check", LOWER)
    clock.moves(days=91)
    await surveyed(lead, teams.everybody_in(team), "Winter check", ANSWERS, "moved up")
    await bo.says(f"{HERE} trend")
    card = bo.sees_one_card()
    assert "the stage was 300 Defined, up from 200 Repeatable on Nov 23, 2026." in card.text
    assert "Support from 100 to 200" in card.text
    assert "Hidden, since fewer than 5 people finished: “Autumn check”" in card.text
    [chart] = [one for one in card.card["body"] if one["type"] == "Chart.Line"]
    assert [one["y"] for one in chart["data"][0]["values"]] == [200, 300]


async def test_the_result_leads_to_the_trend_and_back(teams: Teams, clock: Clock) -> None:
    """With a button, for everybody in the channel, though other buttons of a result are for leads."""
    team, lead = a_team(teams)
    await surveyed(lead, teams.everybody_in(team), "Summer check", LOWER)
    clock.moves(days=91)
    await surveyed(lead, teams.everybody_in(team), "Winter check", ANSWERS, "moved up")
    bo = teams.everybody_in(team)[1].in_channel(team)
    result = bo.card_with("Contoso CoE is at Level 300")
    await bo.presses("Trend", on=result)
    shown = bo.card_with("Contoso CoE: stages over time")
    assert shown.message_id == result.message_id
    await bo.presses("Back to the result", on=shown)

    assert bo.card_with("Contoso CoE is at Level 300 Defined").message_id == result.message_id


@pytest.mark.parametrize("more_settings", [{"coe_leads": (ADA,)}])
async def test_a_lead_picks_a_team_in_their_own_chat(teams: Teams) -> None:
    """Somebody who leads nothing asks in the team's channel instead."""
    lead = None
    for name in ("Contoso CoE", "Fabrikam"):
        team, lead = a_team(teams, name=name)
        await surveyed(lead, teams.everybody_in(team), f"Check of {name}", ANSWERS)
    assert lead
    ada, bo = teams.everybody_in(team)[:2]
    await ada.says("trend")
    assert ada.sees_one_card().heading == "Which survey?"
    await ada.presses("Check of Fabrikam (Fabrikam)")
    assert ada.last_card().heading == "Fabrikam: stages over time"

    await bo.says("trend")
    assert bo.sees_one_card().heading == "This is for CoE leads"


async def test_before_there_is_anything_to_show(teams: Teams) -> None:
    """A lead hears how to add the bot to a team, and then gets the way to a first survey."""
    team, lead = a_team(teams)
    ada = teams.everybody_in(team)[0]
    await ada.says("trend")
    card = ada.sees_one_card()
    assert card.heading == "I know no team yet"
    assert "Then type **trend** again" in card.text
    await lead.says(f"{HERE} trend")
    assert lead.sees_one_card().buttons == ["Set up a survey"]
    await lead.presses("Set up a survey")
    assert lead.sees_one_card().heading == "Set up a survey"
    await sends(lead)
    await lead.says(f"{HERE} trend")
    assert lead.sees_one_card().buttons == ["Show the survey"]
    await lead.presses("Show the survey")
    assert "finished" in lead.sees_one_card().text


@pytest.mark.parametrize("more_settings", [{"coe_leads": (ADA,)}])
async def test_another_team_sees_nothing(teams: Teams) -> None:
    """A press that names another team's survey is unknown, in a channel as in an own chat."""
    team, lead = a_team(teams)
    await surveyed(lead, teams.everybody_in(team), "Summer check", ANSWERS)
    survey = lead.card_with("Contoso CoE is at").button("Trend")["data"]["survey"]
    mallory = has_the_app(teams, "Mallory")
    other = teams.team("Fabrikam", mallory.person)
    teams.directory.installed.add(other.id)
    await mallory.in_channel(other).says(f"{HERE} trend")
    nothing = mallory.in_channel(other).sees_one_card()
    assert (nothing.heading, nothing.buttons) == ("No result yet", ["Start the check"])

    await mallory.says("help")
    for place in (mallory, mallory.in_channel(other)):
        for press in (ShowTrend(survey), LeaveTrend(survey), ShowTrend("0" * 32)):
            action = {"type": "Action.Execute", "verb": press.do, "data": encode(press)}
            reply = await teams.door.deliver(place.writer.execute(action, {}, place.last_card()))
            assert "I don't know this card any more" in json.dumps(reply.body)
            assert "Contoso" not in reply.body


async def test_an_own_history_has_a_line(ada: Colleague, clock: Clock) -> None:
    """From the second finished check on, with the same in words."""
    await finishes(ada, LOWER)
    await ada.says("history")
    assert "Chart.Line" not in str(ada.sees_one_card().card)
    clock.moves(days=91)
    await finishes(ada)
    await ada.says("history")

    [chart] = [one for one in ada.sees_one_card().card["body"] if one["type"] == "Chart.Line"]
    assert [one["y"] for one in chart["data"][0]["values"]] == [200, 300]
    told = [one["value"] for one in chart["fallback"]["facts"]]
    assert told == [
        "Stage: 200 Repeatable. Complete stage: 100 Initial.",
        "Stage: 300 Defined. Complete stage: 200 Repeatable.",
    ]
