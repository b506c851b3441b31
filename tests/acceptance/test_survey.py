"""A survey from the lead's first word to the team's result, as everybody in Teams sees it."""

import pytest

from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import begins
from tests.acceptance.directory import Person
from tests.acceptance.running import on_both_databases
from tests.acceptance.surveys import HERE, PEOPLE, a_team, all_answer, answers, is_asked, rehearses, sends
from tests.acceptance.teams import Teams

pytestmark = pytest.mark.usefixtures("clock")

ADA = Person("Ada Lovelace").aad_object_id


@on_both_databases
async def test_a_survey_from_the_first_word_to_the_result(teams: Teams) -> None:
    """The lead asks, everybody answers in their own chat, and the channel gets the team's stage."""
    team, lead = a_team(teams)

    await lead.says(f"{HERE} survey")
    assert lead.sees_one_card().heading == "Set up a survey"
    await lead.fills(press="Show what will happen", name="Autumn check")
    rehearsal = lead.sees_one_card()
    assert rehearsal.heading == "What will happen: Autumn check"
    assert "6 people in Contoso CoE" in rehearsal.text
    assert "Ada Lovelace asks everybody in Contoso CoE" in rehearsal.text
    await lead.presses("Send to 6 people")
    assert "6 in all" in lead.last_card().text

    await all_answer(teams, team)
    result = await lead.will_see("Contoso CoE is at Level 300 Defined", within=20)
    assert "6 of the 6 people asked finished (100%)" in result.text


async def test_an_invitation_says_who_asks_for_what_and_until_when(teams: Teams) -> None:
    """And whether it is anonymous."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")

    bo = teams.everybody_in(team)[1]
    card = await is_asked(bo)
    assert card.heading == "Autumn check"
    assert "Ada Lovelace asks everybody in Contoso CoE" in card.text
    assert "Anonymous:" in card.text
    assert "Open until Dec 7, 2026." in card.text
    assert "Not now" in card.buttons
    assert "Not me" in card.buttons


async def test_a_survey_leaves_the_own_check_alone(teams: Teams, clock: Clock) -> None:
    """Who is in the middle of their own check keeps it, and typed answers go to the one touched last."""
    team, lead = a_team(teams)
    bo = teams.everybody_in(team)[1]
    teams.directory.installed.add(bo.place.app_home)
    await begins(bo)
    await bo.picks("Defined")
    await sends(lead)
    invitation = await is_asked(bo)
    clock.moves(minutes=1)
    await bo.presses("CoE team or admin", on=invitation)
    assert bo.sees_one_card().heading.startswith("Question 1 of 7")
    clock.moves(minutes=1)
    await bo.says("4")
    assert bo.sees_one_card().heading.startswith("Question 2 of 7")
    await bo.says("4")
    assert bo.sees_one_card().heading.startswith("Question 3 of 7")

    await bo.says("start")
    own = bo.sees_one_card()
    assert own.heading.startswith("Question 2 of 7")
    assert "Survey" not in own.text


async def test_a_result_needs_enough_people(teams: Teams) -> None:
    """Below the smallest group nothing of what was answered is shown."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    for person in teams.everybody_in(team)[:4]:
        await answers(person)
    await lead.presses("Close survey", on=lead.card_with("Survey: Autumn check"))
    assert "4 of 6 have finished" in lead.last_card().text
    await lead.presses("Close now")

    result = await lead.will_see("too few answers for a result", within=20)
    assert "300" not in result.text


async def test_a_survey_closes_by_itself(teams: Teams, clock: Clock) -> None:
    """After its last day, and not before."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    for person in teams.everybody_in(team)[:5]:
        await answers(person)
    clock.moves(days=15)

    result = await lead.will_see("Contoso CoE is at Level 300 Defined", within=20)
    assert "5 of the 6 people asked finished (83%)" in result.text
    late = teams.everybody_in(team)[5]
    await late.presses("I make apps or flows", on=await is_asked(late))
    assert "is closed" in late.sees_one_card().heading


async def test_the_channel_sees_it_fill_up(teams: Teams) -> None:
    """One card, edited in place, whose numbers add up."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    for person in teams.everybody_in(team)[:3]:
        await answers(person)

    card = await lead.will_see("3 of 6 finished", within=20)
    assert len(lead.messages_in(lead.place)) == 1
    assert "6 in all" in card.text


async def test_the_same_word_in_the_own_chat(teams: Teams) -> None:
    """A lead may also begin in their own chat; the channel then gets the progress."""
    team, _ = a_team(teams)
    lead = teams.everybody_in(team)[0]
    await lead.in_channel(team).says(f"{HERE} help")
    await lead.says("survey")
    await lead.fills(press="Show what will happen", name="Autumn check", team="Contoso CoE")
    await lead.presses("Send to 6 people")

    await lead.in_channel(team).will_see("Survey: Autumn check", within=20)
    assert len(PEOPLE) == len([await is_asked(one) for one in teams.everybody_in(team)])


async def test_one_survey_a_team(teams: Teams) -> None:
    """A second one is refused with a pointer to the first."""
    _, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    await lead.says(f"{HERE} survey")

    refusal = await lead.will_see("One survey at a time")
    assert "Autumn check" in refusal.text
    assert refusal.buttons == ["Show the survey"]


async def test_not_now(teams: Teams, clock: Clock) -> None:
    """Who is asked again tomorrow is asked again tomorrow, once."""
    team, lead = a_team(teams)
    await sends(lead)
    bo = teams.everybody_in(team)[1]
    await is_asked(bo)
    await bo.presses("Not now")
    await bo.presses("Tomorrow")
    assert "Tue, Nov 24, at 9:00" in bo.sees_one_card().text
    clock.moves(days=1)

    assert (await bo.will_see("Reminder:", within=20)).heading
    assert len(bo.messages_in(bo.place)) == 2


async def test_not_me(teams: Teams, clock: Clock) -> None:
    """Who says so is not reminded; they may change their mind."""
    team, lead = a_team(teams)
    await sends(lead)
    bo, cy = teams.everybody_in(team)[1:3]
    await is_asked(bo)
    await bo.presses("Not me")
    assert bo.sees_one_card().heading == "Thank you for telling me"
    clock.moves(days=3, minutes=1)
    await cy.will_see("Reminder:", within=20)
    assert len(bo.messages_in(bo.place)) == 1

    await bo.presses("It is me after all")
    await bo.presses("I make apps or flows")
    assert bo.sees_one_card().heading.startswith("Question 1 of 7")


async def test_reminders_go_to_those_who_have_not_finished(teams: Teams, clock: Clock) -> None:
    """On day 3 and day 5."""
    team, lead = a_team(teams)
    await sends(lead)
    bo, cy = teams.everybody_in(team)[1:3]
    await answers(bo)
    await is_asked(cy)
    clock.moves(days=3, minutes=1)
    await cy.will_see("Reminder:", within=20)
    await answers(cy)
    clock.moves(days=2)
    others = teams.everybody_in(team)[3:]
    await teams.connector.wait_until(
        lambda: all(len(one.messages_in(one.place)) == 3 for one in others), within=20
    )

    assert [len(one.messages_in(one.place)) for one in others] == [3, 3, 3]
    assert [len(one.messages_in(one.place)) for one in (bo, cy)] == [1, 2]


async def test_rehearsal_reaches_nobody(teams: Teams) -> None:
    """Until the lead sends it, nobody gets anything; only the lead may get a sample, which saves nothing."""
    team, lead = a_team(teams)
    await rehearses(lead, name="Autumn check")
    await lead.presses("Send to me first")
    ada, bo = teams.everybody_in(team)[:2]
    await is_asked(ada)
    await ada.presses("I make apps or flows")

    assert ada.sees_one_card().heading == "This was a rehearsal"
    assert bo.messages_in(bo.place) == []


async def test_no_reminder_twice_a_day(teams: Teams, clock: Clock) -> None:
    """Who was reminded by hand yesterday evening is not reminded by the plan this morning."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    bo = teams.everybody_in(team)[1]
    await is_asked(bo)
    clock.moves(days=2, hours=12)
    await lead.presses("Remind now", on=lead.card_with("Survey: Autumn check"))
    await bo.will_see("Reminder:", within=20)
    clock.moves(hours=14)
    await lead.presses("Remind now", on=lead.card_with("Survey: Autumn check"))
    assert "less than a day ago" in lead.card_with("Survey: Autumn check").text
    clock.moves(days=2)
    await teams.connector.wait_until(lambda: len(bo.messages_in(bo.place)) > 2, within=20)

    assert len(bo.messages_in(bo.place)) == 3


@pytest.mark.parametrize("more_settings", [{"coe_leads": (ADA,)}])
async def test_an_old_client_leaves_the_channels_card_alone(teams: Teams) -> None:
    """Somebody who may not press gets a word of their own; what everybody sees stays."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    bo = teams.everybody_in(team)[1].in_channel(team).uses_an_old_client()
    await bo.presses("Close survey", on=await bo.will_see("Survey: Autumn check"))

    assert bo.last_card().heading == "This is for CoE leads"
    assert lead.card_with("Survey: Autumn check").heading == "Survey: Autumn check"
