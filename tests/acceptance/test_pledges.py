"""Promises: made from a result, asked about on the day, kept, and seen by the team."""

import datetime as dt
import json
import re
from typing import Any

import pytest

from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import finishes, has_the_app
from tests.acceptance.directory import Team
from tests.acceptance.faults import Fault
from tests.acceptance.ledger import comes_true, rows
from tests.acceptance.running import on_both_databases
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE, a_team, all_answer, sends
from tests.acceptance.teams import Colleague, Teams

pytestmark = pytest.mark.usefixtures("clock")

HALFWAY = ("Repeatable", "Repeatable", "Repeatable", "Initial", "Initial", "Initial", "Initial")
"""Three of seven have reached 200; one more makes the stage."""

EVENTS = "Hold trainings, hackathons and lunch sessions"
NASTY = "**No** [money](https://evil.example)\n- \0<at>all</at>"


def told(database_url: str) -> list[tuple[str, dict[str, Any]]]:
    """What channels are told of pledges: kind and facts, in the order it happened."""
    found = rows(
        database_url,
        "select kind, facts from news where id like 'pledge-%' order by at, id",
    )
    return [(kind, json.loads(facts)) for kind, facts in found]


async def comes_to_be_told(database_url: str, kind: str) -> dict[str, Any]:
    await comes_true(lambda: kind in dict(told(database_url)))
    return dict(told(database_url))[kind]


def asked(person: Colleague) -> int:
    """How many questions about promises this person got."""
    return sum("Is it done?" in message.body for message in person.messages_in(person.place))


async def pledges(person: Colleague, what: str = EVENTS, **how: object) -> Seen:
    """Begins at a result or at opportunities, and promises one of them."""
    await person.presses(f"Pledge: {what}")
    await person.fills(dict(how), press="Pledge it")
    return person.sees_one_card()


async def a_surveyed_team(teams: Teams) -> tuple[Team, Colleague, Colleague]:
    """A team with a result, its lead in the channel, and a member who has just done their own check."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    await all_answer(teams, team, HALFWAY)
    await lead.will_see("Contoso CoE is at Level 100 Initial", within=20)
    bo = teams.everybody_in(team)[1]
    await finishes(bo, HALFWAY)
    return team, lead, bo


async def pledges_automation(bo: Colleague, **how: object) -> Seen:
    """Promises the only statement of the next level of Automation."""
    await bo.presses("What lifts me to 200")
    await bo.presses("Pledge one of these: Automation")
    await bo.fills(dict(how), press="Pledge it")
    return bo.sees_one_card()


# The stories


@on_both_databases
async def test_from_a_result_to_a_kept_promise(ada: Colleague, clock: Clock) -> None:
    """A promise that only its owner hears of: made, asked about four weeks later, done."""
    await finishes(ada, HALFWAY)
    await ada.presses(f"Pledge: {EVENTS}")
    form = ada.sees_one_card()
    assert form.value_of("By when?") == "2026-12-21"
    assert "Nobody else hears of it." in form.text
    await ada.presses("Pledge it")
    assert "Dec 21, 2026" in ada.sees_one_card().text

    clock.moves(days=27, hours=23)
    await ada.says("pledges")
    assert EVENTS in ada.sees_one_card().text
    clock.moves(hours=1)
    question = await ada.will_see("Is it done?", within=20)
    assert question.heading == f"Is it done? {EVENTS}"
    assert question.buttons == ["Done", "More time until …", "Dropped because …"]
    await ada.presses("Done")
    assert ada.sees_one_card().heading == "✓ Kept, thank you"
    await ada.all_devices_show_it()
    await ada.says("pledges")
    assert f"✓ Kept on Dec 21, 2026: **{EVENTS}**" in ada.sees_one_card().text


@on_both_databases
async def test_a_statement_that_is_met_moves_the_team(teams: Teams, clock: Clock, database_url: str) -> None:
    """Done asks the one statement again; yes moves the working picture, and the channel is told of it."""
    team, lead, bo = await a_surveyed_team(teams)
    made = await pledges_automation(bo, tell="Contoso CoE")
    assert "The channel of Contoso CoE hears of it" in made.text
    facts = await comes_to_be_told(database_url, "pledge-made")
    assert facts["name"] == "Bo Diddley"

    clock.moves(days=28)
    await bo.will_see("Is it done?", within=20)
    await bo.presses("Done")
    assert bo.sees_one_card().heading == "Is this true today?"
    await bo.presses("Yes, it is true")
    kept = bo.sees_one_card().text
    assert "**Automation** moves up, from 100 Initial to 200 Repeatable" in kept
    assert "your team is at Level 200 Repeatable in its working picture" in kept

    news = await lead.in_channel(team).will_see(
        "Automation: up from 100 Initial to 200 Repeatable", within=20
    )
    assert "Bo Diddley kept a pledge" in news.text
    assert "is true now" not in news.text
    assert "pledge-kept" not in dict(told(database_url))
    await lead.in_channel(team).says(f"{HERE} pledges")
    seen = lead.sees_one_card().text
    assert "Working picture: **Level 200 Repeatable**" in seen
    assert "Automation: up from 100 to 200" in seen
    assert "Bo Diddley, on Dec 21, 2026" in seen


async def test_the_only_statement_is_not_asked_for(teams: Teams) -> None:
    """Where a level has one statement the form says it; where it has several they are to choose from."""
    _, _, bo = await a_surveyed_team(teams)
    await bo.presses("What lifts me to 200")
    await bo.presses("Pledge one of these: Automation")
    form = bo.sees_one_card()
    assert "Automation: Work around apps follows standard steps but is done by hand." in form.text
    assert "Which one of these" not in form.text
    await bo.says("result")
    await bo.presses("What lifts me to 200")
    await bo.presses("Pledge one of these: Support")
    assert "Which one of these do you pledge? (Support)" in bo.last_card().text


async def test_a_statement_that_is_not_met_yet_gets_more_time(teams: Teams, clock: Clock) -> None:
    """Nothing moves, and the owner says until when."""
    team, lead, bo = await a_surveyed_team(teams)
    await pledges_automation(bo, tell="Contoso CoE")
    clock.moves(days=28)
    await bo.will_see("Is it done?", within=20)
    await bo.presses("Done")
    await bo.presses("Not yet")
    assert bo.sees_one_card().heading == "Until when?"
    await bo.fills(press="Ask me then", due=dt.date(2027, 1, 11))
    assert "Jan 11, 2027" in bo.sees_one_card().text
    await lead.in_channel(team).says(f"{HERE} pledges")
    assert "Working picture: **Level 100 Initial**" in lead.sees_one_card().text

    clock.moves_to(dt.datetime(2027, 1, 11, 9, tzinfo=dt.UTC))
    await bo.will_see("Is it done?", within=20)


async def test_no_answer(teams: Teams, clock: Clock, database_url: str) -> None:
    """Three questions, a week apart; after the first week the channel is told, once."""
    *_, bo = await a_surveyed_team(teams)
    await pledges_automation(bo, tell="Contoso CoE")
    clock.moves(days=28)
    for number in (1, 2, 3):
        await comes_true(lambda number=number: asked(bo) == number)  # type: ignore[misc]
        clock.moves(days=6, hours=23)
        await bo.says("help")
        assert asked(bo) == number
        clock.moves(hours=1)
    await comes_true(lambda: rows(database_url, "select ask_at from pledges") == [(None,)])

    assert asked(bo) == 3
    assert [kind for kind, _ in told(database_url)] == ["pledge-made", "pledge-overdue"]
    await bo.says("pledges")
    assert "Overdue since Dec 21, 2026" in bo.sees_one_card().text
    await bo.presses("Done: Automation")
    await bo.presses("Yes, it is true")
    assert await comes_to_be_told(database_url, "moved-up")


@on_both_databases
async def test_dropped_in_words_that_are_shown_and_never_obeyed(
    ada: Colleague, clock: Clock, database_url: str
) -> None:
    """What somebody writes as a reason is plain text, for them alone."""
    await finishes(ada, HALFWAY)
    await pledges(ada)
    clock.moves(days=28)
    await ada.will_see("Is it done?", within=20)
    await ada.presses("Dropped because …")
    await ada.presses("Drop it", validate=False)
    assert "Say in a few words why" in ada.sees_one_card().text
    await ada.fills(press="Drop it", reason=NASTY)

    card = ada.sees_one_card()
    assert card.heading == "Dropped"
    assert card.links == []
    assert r"\*\*No\*\*" in card.text
    assert "\n- " not in card.text
    await ada.all_devices_show_it()
    clock.moves(days=60)
    await ada.says("pledges")
    card = ada.sees_one_card()
    assert card.links == []
    assert r"\*\*No\*\*" in card.text
    assert rows(database_url, "select times_asked from pledges") == [(1,)]


# The form


@pytest.mark.parametrize("due", ["2026-11-22", "2027-11-25", "0001-01-01", "soon", ""])
async def test_a_day_that_cannot_be(ada: Colleague, due: str, database_url: str) -> None:
    """The form comes back with what is wrong; nothing is kept."""
    await finishes(ada, HALFWAY)
    await ada.presses(f"Pledge: {EVENTS}")
    await ada.presses("Pledge it", inputs={"due": due}, validate=False)

    form = ada.sees_one_card()
    assert form.errors == ["⚠ Pick a day from today on, within a year."]
    assert EVENTS in form.text
    assert rows(database_url, "select id from pledges") == []


async def test_a_wrong_form_keeps_what_was_filled_in(teams: Teams) -> None:
    """Who hears of it, and which statement."""
    _, _, bo = await a_surveyed_team(teams)
    await bo.presses("What lifts me to 200")
    await bo.presses("Pledge one of these: Support")
    statement = bo.last_card().choices[1]
    await bo.fills(
        {"tell": "The channel of Contoso CoE too", "item": statement, "due": "2026-11-01"}, press="Pledge it"
    )

    form = bo.sees_one_card()
    assert form.errors
    assert form.chosen == statement
    assert form.value_of("tell") != "me"


async def test_pressed_twice_it_is_one_promise(ada: Colleague, database_url: str) -> None:
    """A double tap makes one."""
    await finishes(ada, HALFWAY)
    await ada.presses(f"Pledge: {EVENTS}")
    await ada.presses("Pledge it", twice=True)
    assert len(rows(database_url, "select id from pledges")) == 1


async def test_the_same_again_shows_what_is_open(ada: Colleague, database_url: str) -> None:
    """And lets its owner set another day; kept or dropped, it can be promised anew."""
    await finishes(ada, HALFWAY)
    await pledges(ada)
    await ada.says("result")
    again = await pledges(ada, due=dt.date(2026, 12, 30))
    assert again.heading == "This is pledged already"
    assert "Already pledged by Ada Lovelace, until Dec 21, 2026." in again.text
    assert again.value_of("By when?") == "2026-12-30"
    await ada.presses("Change the day")
    assert "Dec 30, 2026" in ada.sees_one_card().text
    assert rows(database_url, "select state, due_on from pledges") == [("open", "2026-12-30")]

    await ada.says("pledges")
    await ada.presses(f"Done: {EVENTS}")
    await ada.says("result")
    assert (await pledges(ada)).heading == "✓ Pledged"


async def test_the_same_again_in_the_channel(teams: Teams, database_url: str) -> None:
    """What is open is shown there, and so is the new day, with the way back to the result."""
    team, _, _ = await a_surveyed_team(teams)
    cy = teams.everybody_in(team)[2].in_channel(team)
    result = cy.card_with("Contoso CoE is at Level 100")
    await cy.presses(f"Pledge: {EVENTS}", on=result)
    await cy.presses("Pledge it")
    await cy.presses("Back to the team's result")
    await cy.presses(f"Pledge: {EVENTS}")
    await cy.presses("Pledge it")
    assert "Already pledged by Cy Twombly" in cy.sees_one_card().text
    await cy.fills(press="Change the day", due=dt.date(2020, 1, 1))
    assert "Pick a day from today on" in cy.sees_one_card().errors[0]
    await cy.fills(press="Ask me then", due=dt.date(2027, 1, 11))
    assert "Jan 11, 2027" in cy.sees_one_card().text
    await cy.presses("Back to the team's result")
    assert cy.sees_one_card().heading == "Contoso CoE is at Level 100 Initial"
    assert rows(database_url, "select due_on from pledges") == [("2027-01-11",)]


async def test_a_lead_hears_that_somebody_has_it_open(teams: Teams, database_url: str) -> None:
    """But the day is their colleague's to change."""
    team, lead, _ = await a_surveyed_team(teams)
    cy = teams.everybody_in(team)[2].in_channel(team)
    await cy.presses(f"Pledge: {EVENTS}", on=cy.card_with("Contoso CoE is at Level 100"))
    await cy.presses("Pledge it")
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it", inputs={"who": cy.person.aad_object_id})
    card = lead.sees_one_card()
    assert "Already pledged by Cy Twombly" in card.text
    assert card.buttons == ["Back to the team's result"]
    assert len(rows(database_url, "select id from pledges")) == 1


async def test_the_people_picker_begins_with_oneself(teams: Teams, database_url: str) -> None:
    """By the Entra object id, which is what Teams shows somebody by; without it, oneself too."""
    _, lead, _ = await a_surveyed_team(teams)
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    assert lead.sees_one_card().value_of("who") == lead.person.aad_object_id
    await lead.fills({"who": None}, press="Pledge it")
    assert "Ada Lovelace" in lead.sees_one_card().text
    assert rows(database_url, "select person_name from pledges") == [("Ada Lovelace",)]


async def test_from_the_result_in_the_channel(teams: Teams, database_url: str) -> None:
    """Whoever is in the channel may promise; the form says who sees it, and there is a way back."""
    team, _, _ = await a_surveyed_team(teams)
    cy = teams.everybody_in(team)[2].in_channel(team)
    await cy.presses(f"Pledge: {EVENTS}", on=cy.card_with("Contoso CoE is at Level 100"))
    assert "The channel of Contoso CoE sees it with" in cy.sees_one_card().text
    await cy.presses("Pledge it")
    assert "Cy Twombly" in cy.sees_one_card().text
    await cy.presses("Back to the team's result")
    assert cy.sees_one_card().heading == "Contoso CoE is at Level 100 Initial"

    facts = await comes_to_be_told(database_url, "pledge-made")
    assert (facts["name"], facts["what"], facts["due_on"]) == ("Cy Twombly", EVENTS, "2026-12-21")
    assert rows(database_url, "select channel_id from pledges") == [(team.id,)]


# Others


async def test_a_lead_promises_in_somebody_elses_name(teams: Teams, clock: Clock, database_url: str) -> None:
    """That person is told once, by whom and what, and "Not me" drops it."""
    team, lead, bo = await a_surveyed_team(teams)
    cy = teams.everybody_in(team)[2]
    before = len(cy.messages_in(cy.place))
    clock.moves(days=1)  # the survey wrote to them today
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it", inputs={"who": cy.person.aad_object_id})
    assert "Cy Twombly" in lead.sees_one_card().text
    card = await cy.will_see("Ada Lovelace pledged something in your name", within=20)
    assert EVENTS in card.text
    assert len(cy.messages_in(cy.place)) == before + 1
    await cy.presses("Not me")
    assert cy.sees_one_card().heading == "Dropped"

    clock.moves(days=28)
    await bo.says("help")
    assert rows(database_url, "select state, reason from pledges") == [("dropped", "Not me")]
    assert asked(cy) == 0


async def test_the_channel_hears_after_the_person(teams: Teams, clock: Clock, database_url: str) -> None:
    """What a lead promised in somebody's name stands in no channel before that person was told."""
    team, lead, bo = await a_surveyed_team(teams)
    cy, lead = teams.everybody_in(team)[2], lead.in_channel(team)
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it", inputs={"who": cy.person.aad_object_id})
    assert "After that, the channel of Contoso CoE hears of it" in lead.sees_one_card().text
    # The survey wrote to them today, so they are told tomorrow.
    await comes_true(lambda: rows(database_url, "select 1 from pledges where held_until > made_at") != [])
    assert told(database_url) == []
    await bo.in_channel(team).says(f"{HERE} pledges")
    assert EVENTS not in bo.in_channel(team).sees_one_card().text

    clock.moves(days=1)
    await cy.will_see("Ada Lovelace pledged something in your name", within=20)
    assert (await comes_to_be_told(database_url, "pledge-made"))["name"] == "Cy Twombly"
    await bo.in_channel(team).says(f"{HERE} pledges")
    assert re.search(f"Cy Twombly, by .*: .*{EVENTS}", bo.in_channel(team).sees_one_card().text)


@pytest.mark.parametrize("days", [0, 20])
async def test_owner_promises_what_a_lead_did(
    teams: Teams, clock: Clock, database_url: str, days: int
) -> None:
    """Before they were told, or where they never are: then they know, and their channel hears of it."""
    team, lead, bo = await a_surveyed_team(teams)
    await bo.says("reminders")
    await bo.presses("Stop reminding me")
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it", inputs={"who": bo.person.aad_object_id})
    assert told(database_url) == []

    clock.moves(days=days)
    await bo.says("result")
    again = await pledges(bo, tell="Contoso CoE")
    assert again.heading == "This is pledged already"
    assert (await comes_to_be_told(database_url, "pledge-made"))["name"] == "Bo Diddley"
    assert rows(database_url, "select times_asked, unanswered from pledges") == [(0, 0)]
    clock.moves(days=7)
    channel = lead.in_channel(team)
    await comes_true(lambda: any("Bo Diddley made a pledge" in card.text for card in channel.cards()))


async def test_what_somebody_refuses_their_channel_never_hears(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """Also where they found it by themselves, before they were told."""
    team, lead, _ = await a_surveyed_team(teams)
    cy = teams.everybody_in(team)[2]
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it", inputs={"who": cy.person.aad_object_id})
    await cy.says("pledges")
    await cy.presses(f"Drop: {EVENTS}")
    await cy.fills(press="Drop it", reason="Not mine")
    clock.moves(days=1)
    await comes_true(lambda: rows(database_url, "select untold from pledges") == [(0,)])
    assert told(database_url) == []


async def test_somebody_whose_name_nobody_knows(teams: Teams, database_url: str) -> None:
    """The lead is asked for it once; what is known is not asked again."""
    _, lead, _ = await a_surveyed_team(teams)
    zoe = has_the_app(teams, "Zoe")
    await zoe.says("help")
    result = lead.card_with("Contoso CoE is at Level 100")
    await lead.presses(f"Pledge: {EVENTS}", on=result)
    await lead.presses("Pledge it", inputs={"who": zoe.person.aad_object_id})
    assert lead.sees_one_card().errors == ["⚠ Write the name of who does it, in at most 80 characters."]
    await lead.fills({"What is their name?": "Zoe Saldana"}, press="Pledge it")
    assert "Zoe Saldana" in lead.sees_one_card().text
    assert rows(database_url, "select person_name from pledges") == [("Zoe Saldana",)]

    await lead.presses("Back to the team's result")
    spoken = [str(one.get("tooltip", "")) for one in lead.sees_one_card().actions]
    await lead.presses(next(one for one in spoken if one.startswith("Pledge: ") and EVENTS not in one))
    await lead.presses("Pledge it", inputs={"who": zoe.person.aad_object_id})
    assert lead.sees_one_card().heading == "✓ Pledged"


@pytest.mark.parametrize("who", ["11111111-2222-3333-4444-555555555555", "everybody", "me; drop table"])
async def test_somebody_whom_the_bot_does_not_know(teams: Teams, who: str, database_url: str) -> None:
    """The form says so, and nothing is kept."""
    _, lead, _ = await a_surveyed_team(teams)
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it", inputs={"who": who})
    assert "I can't reach that person yet" in lead.sees_one_card().errors[0]
    assert rows(database_url, "select id from pledges") == []


@pytest.mark.parametrize("more_settings", [{"coe_leads": ("5b0b6d0a-0000-4000-8000-000000000000",)}])
async def test_only_leads_name_somebody_else(teams: Teams, ada: Colleague, database_url: str) -> None:
    """Nobody else is offered it, and who sends it all the same gets nowhere."""
    bo = has_the_app(teams, "Bo Diddley")
    await bo.says("help")
    await finishes(ada, HALFWAY)
    await ada.presses(f"Pledge: {EVENTS}")
    form = ada.sees_one_card()
    assert [one["id"] for one in form.inputs] == ["due"]
    form.button("Pledge it")["data"]["who"] = bo.person.aad_object_id
    form.button("Pledge it")["fallback"]["data"]["who"] = bo.person.aad_object_id
    await ada.presses("Pledge it", on=form)
    assert ada.sees_one_card().heading == "I don't know this card any more"
    assert rows(database_url, "select id from pledges") == []


async def test_somebody_elses_press(
    teams: Teams, ada: Colleague, bo: Colleague, clock: Clock, database_url: str
) -> None:
    """A question that was forwarded does nothing for who is not its owner, nor for another tenant."""
    await finishes(ada, HALFWAY)
    await pledges(ada)
    clock.moves(days=28)
    question = await ada.will_see("Is it done?", within=20)
    stranger = has_the_app(teams, "Ada Lovelace", tenant_id="a3c1b5a0-7a51-4c6e-9d8e-0c1f6d2b9e11")
    for other in (bo, stranger):
        copy = ada.forwards(question, other)
        for title in ("Done", "More time until …", "Dropped because …"):
            await other.presses(title, on=copy)
            assert other.sees_one_card().heading == "I don't know this card any more"
    assert rows(database_url, "select state from pledges") == [("open",)]


async def test_a_lead_drops_what_will_not_happen(teams: Teams, database_url: str) -> None:
    """In the team's channel; why is for who promised it."""
    team, lead, bo = await a_surveyed_team(teams)
    await pledges_automation(bo, tell="Contoso CoE")
    lead = lead.in_channel(team)
    await lead.says(f"{HERE} pledges")
    await lead.picks("Automation", press="Drop")
    await lead.fills(press="Drop it", reason="The team was closed")
    assert "Nothing is open." in lead.sees_one_card().text
    assert rows(database_url, "select state, reason from pledges") == [("dropped", "The team was closed")]
    await bo.says("pledges")
    assert "The team was closed" in bo.sees_one_card().text


# Trouble


async def test_tampered_doubles(ada: Colleague, database_url: str) -> None:
    """A discipline without a level, or a level without a discipline, makes no other thing of the same one."""
    await finishes(ada, HALFWAY)
    for more in ({"discipline": "automation"}, {"discipline": "anything"}, {"level": "200"}):
        await ada.says("result")
        await ada.presses(f"Pledge: {EVENTS}")
        form = ada.sees_one_card()
        pledge_it = form.button("Pledge it")
        for where in (pledge_it, pledge_it["fallback"]):
            where["data"] |= more
        await ada.presses("Pledge it", on=form)
    assert rows(database_url, "select id from pledges") == []


async def test_done_on_two_devices_at_once(teams: Teams, clock: Clock, database_url: str) -> None:
    """Both see that it is kept, and the channel is told once."""
    team, lead, _ = await a_surveyed_team(teams)
    await lead.in_channel(team).presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it")
    ada = teams.everybody_in(team)[0]
    clock.moves(days=28)
    question = await ada.will_see("Is it done?", within=20)
    await ada.presses("Done", on=question, twice=True)
    await ada.presses("Done", on=question)
    assert ada.sees_one_card().heading == "✓ Kept, thank you"
    assert [kind for kind, _ in told(database_url)] == ["pledge-made", "pledge-kept"]


async def test_teams_does_not_take_it_now(
    teams: Teams, ada: Colleague, clock: Clock, database_url: str
) -> None:
    """It is tried again later, and counts once."""
    await finishes(ada, HALFWAY)
    await pledges(ada)
    teams.connector.plans(Fault(429, retry_after=0), aim=lambda call: call.person == ada.person)
    clock.moves(days=28)
    await comes_true(lambda: rows(database_url, "select times_asked, unanswered from pledges") == [(0, 0)])
    sent = teams.connector.requests
    await teams.connector.wait_until(lambda: any(one.status == 429 for one in sent), within=20)
    await comes_true(lambda: rows(database_url, "select occasion from contacts") == [])
    assert asked(ada) == 0
    clock.moves(minutes=10)
    await ada.will_see("Is it done?", within=20)
    assert asked(ada) == 1
    assert len(rows(database_url, "select occasion from contacts")) == 1


async def test_a_question_whose_fate_is_unknown_is_not_sent_again(
    teams: Teams, ada: Colleague, clock: Clock, database_url: str
) -> None:
    """A lost answer of Teams leads to no second message within the week."""
    await finishes(ada, HALFWAY)
    await pledges(ada)
    teams.connector.plans(Fault(503, though_delivered=True), aim=lambda call: call.person == ada.person)
    clock.moves(days=28)
    await comes_true(lambda: rows(database_url, "select outcome from pledges") == [("unknown",)])
    clock.moves(days=6, hours=23)
    await ada.says("help")
    assert asked(ada) == 1


async def test_not_at_night_and_not_at_weekends(ada: Colleague, clock: Clock, database_url: str) -> None:
    """A promise for a Saturday is asked about on Monday morning."""
    await finishes(ada, HALFWAY)
    await pledges(ada, due="2026-11-28")
    clock.moves_to(dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC))
    held = "select held_until from pledges where held_until is not null"
    await comes_true(lambda: len(rows(database_url, held)) == 1)
    assert asked(ada) == 0
    clock.moves_to(dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC))
    await ada.will_see("Is it done?", within=20)


# Wishes


async def says_reminders(person: Colleague) -> str:
    """What is on the card, in one line."""
    await person.says("reminders")
    return " ".join(person.last_card().text.replace("\u202f", " ").split())


@on_both_databases
async def test_reminders_names_the_next_question(ada: Colleague) -> None:
    """With the first moment at which it may come, for a Saturday on Monday morning; none once it is done."""
    await finishes(ada, HALFWAY)
    await pledges(ada, due="2026-11-28")
    question = (
        f"Nov 30, 2026, 8:00 AM, at the earliest: the question whether what you pledged is done: {EVENTS}"
    )
    assert question in await says_reminders(ada)
    await ada.says("pledges")
    await ada.presses(f"Done: {EVENTS}")
    assert "the question" not in await says_reminders(ada)


async def test_reminders_names_no_question_that_never_comes(ada: Colleague, clock: Clock) -> None:
    """Asked three times without an answer: those are told, and nothing is planned."""
    await finishes(ada, HALFWAY)
    await pledges(ada)
    clock.moves(days=28)
    for number in (1, 2, 3):
        await comes_true(lambda number=number: asked(ada) == number)  # type: ignore[misc]
        planned = await says_reminders(ada)
        assert ("at the earliest" in planned) is (number < 3)
        assert f"Dec 21, 2026: the question whether what you pledged is done: {EVENTS}" in planned
        clock.moves(days=7)


async def test_reminders_names_what_others_pledged(teams: Teams, clock: Clock) -> None:
    """Until the person was told of it, that is what is planned, and by whom it was pledged."""
    team, lead, _ = await a_surveyed_team(teams)
    cy = teams.everybody_in(team)[2]
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it", inputs={"who": cy.person.aad_object_id})
    told_first = f"what Ada Lovelace pledged in your name: {EVENTS}"
    assert f"Nov 24, 2026, 8:00 AM, at the earliest: {told_first}" in await says_reminders(cy)
    clock.moves_to(dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC))
    await cy.will_see("pledged something in your name", within=20)
    card = await says_reminders(cy)
    assert f"Nov 24, 2026: {told_first}" in card
    assert "Dec 21, 2026, 9:00 AM, at the earliest: the question" in card


def held(database_url: str) -> bool:
    """Whether the bot has looked at a promise and put the question off."""
    return bool(rows(database_url, "select id from pledges where held_until is not null"))


@on_both_databases
async def test_a_wish_that_is_taken_back_brings_the_question_at_once(
    ada: Colleague, clock: Clock, database_url: str
) -> None:
    """Due while its owner wanted to hear nothing before March, it comes when they think again."""
    await finishes(ada, HALFWAY)
    await pledges(ada)
    await ada.says("reminders")
    await ada.fills({"until": "2027-03-01"}, press="Nothing before this day")
    clock.moves(days=28)
    await comes_true(lambda: held(database_url))
    assert "Mar 1, 2027, 8:00 AM, at the earliest: the question" in await says_reminders(ada)
    assert asked(ada) == 0

    await ada.presses("You may write to me again")
    await ada.will_see("Is it done?", within=20)


@on_both_databases
async def test_another_day_is_when_the_question_comes(
    ada: Colleague, clock: Clock, database_url: str
) -> None:
    """Nothing before March, then nothing before Tuesday: it comes on Tuesday morning, no sooner."""
    await finishes(ada, HALFWAY)
    await pledges(ada)
    await ada.says("reminders")
    await ada.fills({"until": "2027-03-01"}, press="Nothing before this day")
    clock.moves(days=28)
    await comes_true(lambda: held(database_url))
    await ada.says("reminders")
    await ada.fills({"until": "2026-12-22"}, press="Nothing before this day")
    clock.moves_to(dt.datetime(2026, 12, 22, 7, 59, tzinfo=dt.UTC))
    await comes_true(lambda: held(database_url))
    assert asked(ada) == 0
    clock.moves_to(dt.datetime(2026, 12, 22, 8, tzinfo=dt.UTC))
    await ada.will_see("Is it done?", within=20)


async def test_stop_and_again_ask_nobody_twice_in_a_week(
    ada: Colleague, clock: Clock, database_url: str
) -> None:
    """Nor before the day that was agreed: only what held the question back is gone."""
    await finishes(ada, HALFWAY)
    await pledges(ada)
    for days, number in ((28, 1), (7, 2)):
        await ada.says("stop reminding me")
        await ada.says("you may write to me again")
        clock.moves(days=days - 1, hours=23)
        await ada.says("help")
        assert asked(ada) == number - 1
        clock.moves(hours=1)
        await comes_true(lambda number=number: asked(ada) == number)  # type: ignore[misc]

    await ada.says("stop reminding me")
    clock.moves(days=8)
    await comes_true(lambda: held(database_url))
    assert asked(ada) == 2
    await ada.says("you may write to me again")
    await comes_true(lambda: asked(ada) == 3)


NOT_ASKED = "You said that I shall not write to you by myself"


async def test_who_said_stop_reads_that_they_are_not_asked(ada: Colleague) -> None:
    """On the form, on the list, and when they take more time; and how to change it, after which they are."""
    await finishes(ada, HALFWAY)
    await ada.says("stop reminding me")
    await ada.says("result")
    await ada.presses(f"Pledge: {EVENTS}")
    form = ada.last_card()
    assert NOT_ASKED in form.text
    assert "type reminders" in form.text.replace("*", "")
    assert "I ask whether" not in form.text
    await ada.presses("Pledge it")
    await ada.says("pledges")
    assert NOT_ASKED in ada.last_card().text
    await ada.presses(f"More time: {EVENTS}")
    assert "Ask me then" not in ada.last_card().buttons
    await ada.fills(press="Set this day", due=dt.date(2027, 1, 11))
    card = ada.last_card().text
    assert "It is to be done by Jan 11, 2027 now." in card
    assert NOT_ASKED in card
    assert "I'll ask" not in card

    await ada.says("reminders")
    await ada.presses("You may write to me again")
    assert "Jan 11, 2027, 9:00" in ada.last_card().text
    await ada.says("pledges")
    assert NOT_ASKED not in ada.last_card().text
    await ada.presses(f"More time: {EVENTS}")
    assert "Ask me then" in ada.last_card().buttons


async def test_nobody_else_reads_that_somebody_said_stop(teams: Teams) -> None:
    """The form in the channel, and what a lead reads who pledges in their name, say what holds for all."""
    team, lead, bo = await a_surveyed_team(teams)
    await bo.says("stop reminding me")
    here = bo.in_channel(team)
    await here.presses(f"Pledge: {EVENTS}", on=here.card_with("Contoso CoE is at Level 100"))
    form = here.card_with("Make a pledge").text
    assert NOT_ASKED not in form
    assert "not at all after “stop reminding me”" in form
    await here.presses("Back to the team's result")
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it", inputs={"who": bo.person.aad_object_id})
    assert "as soon as I may write to them" in lead.last_card().text
