"""A survey from the lead's first word to the team's result, as everybody in Teams sees it."""

import logging

import pytest

from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import ANSWERS, begins, finishes, has_the_app
from tests.acceptance.directory import Person
from tests.acceptance.ledger import sending_ends
from tests.acceptance.running import on_both_databases
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE, PEOPLE, a_team, all_answer, answers, is_asked, rehearses, sends
from tests.acceptance.teams import Colleague, Teams

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
    await bo.presses("Go on with my own check")
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
    """On day 3, and on the first working day from day 5 on."""
    team, lead = a_team(teams)
    await sends(lead)
    bo, cy = teams.everybody_in(team)[1:3]
    await answers(bo)
    await is_asked(cy)
    clock.moves(days=3, minutes=1)
    await cy.will_see("Reminder:", within=20)
    await answers(cy)
    clock.moves(days=4)  # day 5 is a Saturday, so that they hear of it on Monday
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
    assert "Rehearsal: only you see this." in (await is_asked(ada)).text
    await ada.presses("I make apps or flows")

    assert ada.sees_one_card().heading == "This was a rehearsal"
    assert bo.messages_in(bo.place) == []


async def test_no_reminder_twice_a_day(teams: Teams, clock: Clock) -> None:
    """Who was reminded by hand yesterday afternoon is not reminded by the plan this morning."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    bo = teams.everybody_in(team)[1]
    await is_asked(bo)
    clock.moves(days=2, hours=8)
    await lead.presses("Remind now", on=lead.card_with("Survey: Autumn check"))
    await bo.will_see("Reminder:", within=20)
    clock.moves(hours=16)
    await lead.presses("Remind now", on=lead.card_with("Survey: Autumn check"))
    assert "less than a day ago" in lead.card_with("Survey: Autumn check").text
    clock.moves(days=4)
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


# Words beside an invitation

MAKER = "I make apps or flows"


async def bo_is_asked(
    teams: Teams, name: str = "Autumn check", **plan: object
) -> tuple[Colleague, Colleague]:
    """The lead of a survey, and somebody whom it has just asked."""
    team, lead = a_team(teams)
    await sends(lead, name=name, **plan)
    bo = teams.everybody_in(team)[1]
    await is_asked(bo)
    return lead, bo


async def asked_which(bo: Colleague) -> Seen:
    """Types `start`, and has to say which check is meant."""
    await bo.says("start")
    card = bo.sees_one_card()
    assert card.heading == "A survey waits for you"
    return card


@on_both_databases
async def test_start_asks_which_check_while_a_survey_waits(teams: Teams) -> None:
    """One press leads to the survey's invitation, which is answered there."""
    _, bo = await bo_is_asked(teams)
    card = await asked_which(bo)
    assert "“Autumn check”, asked by Ada Lovelace in Contoso CoE, waits" in card.text
    assert "until Dec 7, 2026" in card.text
    assert card.buttons == ["Answer for the survey", "Do my own check"]
    await bo.presses("Answer for the survey", twice=True)
    assert "Ada Lovelace asks everybody" in bo.sees_one_card().text
    await bo.presses(MAKER)

    assert bo.sees_one_card().heading.startswith("Question 1 of 7")
    assert "Survey “Autumn check”" in bo.last_card().text


async def test_start_leads_back_into_a_survey_that_was_begun(teams: Teams) -> None:
    """At the first question that is open there."""
    _, bo = await bo_is_asked(teams)
    await bo.presses(MAKER)
    await bo.picks("Defined")
    await asked_which(bo)
    await bo.presses("Answer for the survey")

    assert bo.sees_one_card().heading.startswith("Question 2 of 7")
    assert "Survey “Autumn check”" in bo.last_card().text


async def test_the_own_check_is_one_press_away_from_a_survey(teams: Teams) -> None:
    """It is begun, or gone on with, apart from the survey."""
    _, bo = await bo_is_asked(teams)
    await asked_which(bo)
    await bo.presses("Do my own check")
    await bo.presses(MAKER)
    await bo.picks("Defined")
    assert (await asked_which(bo)).buttons == ["Answer for the survey", "Go on with my own check"]
    await bo.presses("Go on with my own check")

    assert bo.sees_one_card().heading.startswith("Question 2 of 7")
    assert "Survey" not in bo.last_card().text


async def test_start_in_a_channel_asks_in_the_own_chat(teams: Teams) -> None:
    """Nobody in the channel learns whom a survey waits for."""
    team, lead = a_team(teams)
    bo = teams.everybody_in(team)[1]
    await sends(lead, name="Autumn check")
    await is_asked(bo)
    await bo.in_channel(team).says(f"{HERE} start")

    assert (await bo.will_see("A survey waits for you")).buttons[0] == "Answer for the survey"
    assert "waits" not in "".join(message.body for message in lead.messages_in(lead.place))


@pytest.mark.parametrize("then", ["finished", "declined", "closed"])
async def test_start_is_the_own_check_where_no_survey_waits(teams: Teams, then: str) -> None:
    """Who has finished or said "Not me" is not asked again, and nobody is once it is closed."""
    lead, bo = await bo_is_asked(teams)
    before = await asked_which(bo)
    match then:
        case "finished":
            await answers_from_here(bo)
        case "declined":
            await bo.says("not me")
        case "closed":
            await closes(lead)
    await bo.says("start")
    assert bo.sees_one_card().heading == "How do you work with Power Platform?"

    await bo.presses("Answer for the survey", on=before)
    headings = {
        "finished": "You are at Level 300 Defined",
        "declined": "Autumn check",
        "closed": "“Autumn check” is closed",
    }
    assert bo.sees_one_card().heading == headings[then]


async def answers_from_here(bo: Colleague) -> None:
    await bo.presses("Answer for the survey")
    await bo.presses(MAKER)
    for answer in ANSWERS:
        await bo.picks(answer)
    await bo.all_devices_show_it()


async def closes(lead: Colleague) -> None:
    await lead.presses("Close survey", on=lead.card_with("Survey: Autumn check"))
    await lead.presses("Close now")
    await lead.will_see("too few answers", within=20)


async def test_of_two_surveys_start_and_words_mean_the_newest(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """And then the other one."""
    team, lead = a_team(teams)
    bo = teams.everybody_in(team)[1]
    await sends(lead, name="First")
    await sending_ends(database_url)
    clock.moves(days=1)  # nobody hears of two on one day
    other = teams.team("Fabrikam CoE", *teams.everybody_in(team)[:3])
    teams.directory.installed.add(other.id)
    await sends(teams.everybody_in(team)[0].in_channel(other), name="Second")
    await bo.will_see("in Fabrikam CoE", within=20)
    assert "“Second”" in (await asked_which(bo)).text
    await bo.says("not me")
    assert "“Second”" in bo.sees_one_card().text

    assert "“First”" in (await asked_which(bo)).text


@pytest.mark.parametrize("typed", ["maker", "I make apps or flows", "Admin", "rather not say"])
async def test_a_role_can_be_typed_to_an_invitation(teams: Teams, typed: str) -> None:
    """As its buttons: the survey's first question follows."""
    _, bo = await bo_is_asked(teams)
    await bo.says(typed)

    assert bo.sees_one_card().heading.startswith("Question 1 of 7")
    assert "Survey “Autumn check”" in bo.last_card().text


async def test_a_role_answers_the_own_check_that_asks_for_it(teams: Teams) -> None:
    """The survey goes on waiting."""
    _, bo = await bo_is_asked(teams)
    await asked_which(bo)
    await bo.presses("Do my own check")
    await bo.says("maker")
    assert bo.sees_one_card().heading.startswith("Question 1 of 7")
    assert "Survey" not in bo.last_card().text

    await bo.says("maker")
    assert "Survey “Autumn check”" in bo.sees_one_card().text


async def test_a_role_changes_no_survey_that_was_begun(teams: Teams) -> None:
    """It brings help, like all that is no answer to the open question; gone back to, the role is asked."""
    _, bo = await bo_is_asked(teams)
    await bo.says("maker")
    await bo.says("admin")
    assert "You are at question 1 of 7" in bo.sees_one_card().text
    await bo.says("back")
    assert bo.sees_one_card().heading == "How do you work with Power Platform?"
    await bo.says("admin")

    assert bo.sees_one_card().heading.startswith("Question 1 of 7")


async def test_not_me_can_be_typed(teams: Teams) -> None:
    """It stops all reminders, as the button does."""
    lead, bo = await bo_is_asked(teams)
    await bo.says("Not me.")
    assert bo.sees_one_card().heading == "Thank you for telling me"
    assert bo.last_card().buttons == ["It is me after all"]
    await lead.says(f"{HERE} status")
    assert "Said “Not me”\n1" in lead.last_card().text


async def test_not_now_can_be_typed(teams: Teams) -> None:
    """The card asks when; in a check that was begun it means a pause."""
    _, bo = await bo_is_asked(teams)
    await bo.says("not now")
    assert bo.sees_one_card().heading == "When shall I ask again?"
    await bo.presses("Answer now")
    await bo.presses(MAKER)
    await bo.says("not now")

    assert bo.sees_one_card().heading == "Paused, and saved"


@pytest.mark.parametrize("typed", ["maker", "not me", "not now"])
async def test_without_an_invitation_its_words_bring_help(teams: Teams, typed: str) -> None:
    """Nothing is guessed."""
    bo = has_the_app(teams, "Bo Diddley")
    await bo.says(typed)

    assert "I did not understand that." in bo.sees_one_card().text


@pytest.mark.parametrize("kept", ["Anonymous", "Named"])
@on_both_databases
async def test_result_shows_what_was_finished_last(teams: Teams, clock: Clock, kept: str) -> None:
    """Also of a survey, for as long as that is open; its buttons work, and the own checks stay apart."""
    team, lead = a_team(teams)
    bo = teams.everybody_in(team)[1]
    teams.directory.installed.add(bo.place.app_home)
    await finishes(bo, ("Initial",) * 7)
    clock.moves(minutes=1)
    await sends(lead, name="Autumn check", answers=kept)
    await answers(bo)
    await bo.all_devices_show_it()
    assert "Type “result” to see it again" in bo.last_card().text
    clock.moves(minutes=1)
    await bo.says("result")
    assert bo.sees_one_card().heading == "You are at Level 300 Defined"
    assert "Survey “Autumn check”" in bo.last_card().text
    await bo.presses("My answers")
    assert bo.sees_one_card().heading == "Your answers"
    await bo.says("opportunities")
    assert bo.sees_one_card().heading == "What to do at Level 300 Defined"
    await bo.says("history")
    assert "300" not in bo.sees_one_card().text

    await closes(lead)
    await bo.says("result")
    assert bo.sees_one_card().heading == "You are at Level 100 Initial"


async def test_opening_a_survey_is_logged_once(teams: Teams, caplog: pytest.LogCaptureFixture) -> None:
    """By its id: neither its name nor anybody's."""
    with caplog.at_level(logging.INFO):
        lead, _ = await bo_is_asked(teams)
        await lead.says(f"{HERE} status")

    [line] = [one.getMessage() for one in caplog.records if one.getMessage().endswith("is open")]
    assert "Autumn" not in line
    assert "Ada" not in line
