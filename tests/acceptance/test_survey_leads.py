"""What leads do with surveys, and that nobody else does it."""

import datetime as dt
import re
import sqlite3
from contextlib import closing
from typing import Any, get_args

import pytest

from assessment.model import Role
from cards.elements import verbatim
from cards.presses import PickRole, encode
from cards.survey_presses import (
    AskToClose,
    AskToStop,
    CancelSurvey,
    CloseSurvey,
    ExportSurvey,
    InvitationPress,
    LeadPress,
    NotMe,
    NotNow,
    Rehearse,
    RemindNow,
    SendSurvey,
    SendToMe,
    SetUpSurvey,
    ShowProgress,
    ShowRehearsal,
    ShowSpread,
    ShowTeamResult,
    StopSending,
    TakeSurvey,
)
from tests.acceptance.clock import Clock
from tests.acceptance.connector import Connector
from tests.acceptance.directory import HOME_TENANT, Person, Team, crowd
from tests.acceptance.ledger import sending_ends
from tests.acceptance.running import on_both_databases
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE, a_team, answers, is_asked, rehearses, sends
from tests.acceptance.teams import Colleague, Teams

ADA, DI, MALLORY = "Ada Lovelace", "Di Caprio", "Mallory Archer"
OTHER_TENANT = "11111111-2222-4333-8444-555555555555"

REFUSED = "This is for CoE leads"
STALE = "I don't know this card any more"
WORDS = ("survey", "status", "remind", "close", "results", "news")

Stored = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """Ada and Di may lead; so may Mallory, who is of another tenant that may use the bot too."""
    leads = tuple(Person(name).aad_object_id for name in (ADA, DI, MALLORY))
    return {"coe_leads": leads, "allowed_tenants": (HOME_TENANT, OTHER_TENANT)}


def lead_presses(survey: str, team: str) -> dict[type[LeadPress], LeadPress]:
    """One of each button that leads have, for one survey."""
    simple = (
        SetUpSurvey, ShowRehearsal, SendToMe, SendSurvey, CancelSurvey, ShowProgress, RemindNow, AskToStop,
        StopSending, AskToClose, CloseSurvey, ShowTeamResult, ShowSpread, ExportSurvey,
    )  # fmt: skip
    presses: dict[type[LeadPress], LeadPress] = {one: one(survey) for one in simple}
    return presses | {Rehearse: a_plan(survey, team)}


def a_plan(survey: str, team: str, name: str = "Taken over") -> Rehearse:
    return Rehearse(survey, team=team, name=name, answers="named", edition="2021-10")


def invitation_presses(survey: str) -> dict[type[InvitationPress], InvitationPress]:
    return {TakeSurvey: TakeSurvey(survey), NotNow: NotNow(survey, "tomorrow"), NotMe: NotMe(survey)}


def stored(database_url: str) -> Stored:
    """What is kept of surveys, but for what sending them and looking at them changes by itself."""
    queries = {
        "surveys": "select * from surveys order by id",
        "recipients": "select * from recipients order by survey_id, person_id",
        "rounds": "select survey_id, number, kind from rounds order by survey_id, number",
        "checks": "select * from checks order by id",
        "answers": "select * from answers order by check_id, discipline",
    }
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
        return {name: file.execute(query).fetchall() for name, query in queries.items()}


def survey_id(database_url: str) -> str:
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
        [(found,)] = file.execute("select id from surveys").fetchall()
    return str(found)


async def tries(colleague: Colleague, teams: Teams, data: object, on: Seen) -> str:
    """Presses a button with such data, though no card may have it; the card that answers, as JSON."""
    action = {"type": "Action.Execute", "verb": "tried", "data": data}
    activity = colleague.writer.execute(action | {"data": {}}, {}, on)
    activity["value"]["action"]["data"] = data
    reply = await teams.door.deliver(activity)
    assert not reply.card_problem
    assert "went wrong" not in reply.body
    return reply.body


async def gets_to(phase: str, teams: Teams, lead: Colleague, team: Team, database_url: str) -> str:
    """Has a survey that is in this phase and named Autumn check; its id."""
    card = await rehearses(lead, name="Autumn check")
    if phase != "draft":
        await lead.presses(next(title for title in card.buttons if title[-6:] == "people"))
        await sending_ends(database_url)
    if phase == "closed":
        for person in teams.everybody_in(team)[:5]:
            await answers(person)
        await lead.presses("Close survey", on=lead.card_with("Survey: Autumn check"))
        await lead.presses("Close now")
        await lead.will_see("Contoso CoE is at", within=20)
    return survey_id(database_url)


# Nobody else


@pytest.mark.parametrize("word", WORDS)
async def test_the_words_are_for_leads(teams: Teams, database_url: str, word: str) -> None:
    """In the channel and in their own chat everybody else gets a friendly refusal, and nothing happens."""
    team, lead = a_team(teams)
    await gets_to("open", teams, lead, team, database_url)
    bo = teams.everybody_in(team)[1]
    await is_asked(bo)
    before = stored(database_url)
    for place, said in ((bo, word), (bo.in_channel(team), f"{HERE} {word}")):
        await place.says(said)
        assert place.sees_one_card().heading == REFUSED
        assert place.sees_one_card().buttons == ["Take me to my check"]

    assert stored(database_url) == before


@pytest.mark.parametrize("phase", ["draft", "open", "closed"])
async def test_each_button_of_leads_is_for_leads(teams: Teams, database_url: str, phase: str) -> None:
    """Whatever the card and the survey's phase: a refusal, and neither row nor message changes."""
    team, lead = a_team(teams)
    survey = await gets_to(phase, teams, lead, team, database_url)
    bo = teams.everybody_in(team)[1].in_channel(team)
    presses = lead_presses(survey, team.id)
    assert presses.keys() == {*get_args(LeadPress)}, "a button that this test does not know"
    before, said = stored(database_url), teams.connector.count("POST")
    for press in (*presses.values(), SetUpSurvey()):
        assert REFUSED in await tries(bo, teams, encode(press), lead.last_card())

    assert stored(database_url) == before
    assert teams.connector.count("POST") == said


async def test_a_forwarded_card_is_for_leads_too(teams: Teams, database_url: str) -> None:
    """Who gets the rehearsal from a lead cannot send it."""
    team, lead = a_team(teams)
    card = await rehearses(lead, name="Autumn check")
    bo = teams.everybody_in(team)[1]
    copy = lead.forwards(card, to=bo)
    before = stored(database_url)
    await bo.presses("Send to 6 people", on=copy)

    assert bo.last_card().heading == REFUSED
    assert stored(database_url) == before


@pytest.mark.parametrize("phase", ["draft", "open", "closed"])
async def test_another_tenants_lead_cannot_touch_a_survey(
    teams: Teams, database_url: str, phase: str
) -> None:
    """Who knows its id learns nothing of it and changes nothing, by no button of a lead or an invitation."""
    team, lead = a_team(teams)
    survey = await gets_to(phase, teams, lead, team, database_url)
    await has_a_team_elsewhere(teams)
    mallory = teams.colleague(MALLORY, tenant_id=OTHER_TENANT)
    await mallory.says("help")
    before = stored(database_url)
    guessed = PickRole(f"{survey}.{'0' * 32}", Role.COE)
    for press in (*lead_presses(survey, team.id).values(), *invitation_presses(survey).values(), guessed):
        answer = await tries(mallory, teams, encode(press), mallory.last_card())
        assert STALE in answer, press
        assert "Autumn" not in answer
        assert "Contoso CoE" not in answer

    assert stored(database_url) == before


async def has_a_team_elsewhere(teams: Teams) -> tuple[Colleague, Seen]:
    """A lead of another tenant in their own channel, and a card there."""
    mallory = teams.colleague(MALLORY, tenant_id=OTHER_TENANT)
    team = teams.team("Fabrikam CoE", mallory)
    teams.directory.installed |= {team.id, mallory.place.app_home}
    channel = mallory.in_channel(team)
    await channel.says(f"{HERE} survey")
    return channel, channel.sees_one_card()


@pytest.mark.parametrize("word", ["status", "remind", "close"])
async def test_another_tenants_lead_sees_no_survey(teams: Teams, database_url: str, word: str) -> None:
    """Their words are about their own tenant."""
    team, lead = a_team(teams)
    await gets_to("open", teams, lead, team, database_url)
    mallory, _ = await has_a_team_elsewhere(teams)
    await mallory.says(f"{HERE} {word}")

    assert mallory.sees_one_card().heading == "No survey is open"


async def test_another_tenants_team_cannot_be_asked(teams: Teams, database_url: str) -> None:
    """Its id is as good as none."""
    team, lead = a_team(teams)
    await lead.says(f"{HERE} help")
    mallory, card = await has_a_team_elsewhere(teams)
    answer = await tries(mallory, teams, encode(a_plan("a" * 32, team.id)), card)

    assert "Pick the team that you want to ask." in answer
    assert "Contoso CoE" not in answer
    assert not stored(database_url)["surveys"]


ODD_SURVEYS: tuple[object, ...] = (
    "0" * 32,
    "",
    "x",
    "0" * 33,
    "A" * 32,
    f"{'0' * 32}\n",
    "0" * 100_000,
    5,
    None,
    True,
    [],
    {},
)


@pytest.mark.parametrize("do", ["survey-send", "survey-close", "survey-export", "invitation", "not-now"])
@on_both_databases
async def test_a_survey_that_is_none_is_a_stale_card(teams: Teams, do: str) -> None:
    """Unknown, misspelt, huge, or no text at all."""
    team, _ = a_team(teams)
    lead = teams.everybody_in(team)[0]
    await lead.says("help")
    for odd in ODD_SURVEYS:
        data = {"v": 1, "do": do, "survey": odd}
        assert STALE in await tries(lead, teams, data, lead.last_card()), odd
        assert STALE in await tries(lead, teams, data | {"v": 2}, lead.last_card()), odd


@pytest.mark.parametrize(
    "wrong",
    [
        {"v": 2},
        {"v": "1"},
        {"do": ["survey-rehearse"]},
        {"do": "survey-explode"},
        {"name": ["Autumn"]},
        {"name": "x" * 100_000},
        {"team": "x" * 100_000},
        {"team": {"id": 1}},
        {"edition": []},
        {"answers": "public"},
        {"phase": "open"},
        {"secret": "00"},
    ],
)
@on_both_databases
async def test_a_plan_that_no_card_makes_is_a_stale_card(teams: Teams, wrong: dict[str, Any]) -> None:
    """Wrong types, huge texts, and fields that are nobody's to set."""
    team, lead = a_team(teams)
    card = await rehearses(lead, name="Autumn check")
    good = encode(a_plan("a" * 32, team.id))

    assert STALE in await tries(lead, teams, good | wrong, card)


@on_both_databases
async def test_a_name_keeps_no_control_characters(teams: Teams) -> None:
    """No database and no workbook takes each of them."""
    _, lead = a_team(teams)
    await rehearses(lead)
    await lead.presses("Change")
    await lead.presses("Show what will happen", inputs={"name": "Autumn\x00\x01\x1b \x7fcheck"})

    assert lead.sees_one_card().heading == "What will happen: Autumn check"


# A second lead


class TestSecondLead:
    """Above SECOND_LEAD_ABOVE one lead alone sends nothing."""

    @pytest.fixture
    def more_settings(self) -> dict[str, Any]:
        return {"coe_leads": tuple(Person(one).aad_object_id for one in (ADA, DI)), "second_lead_above": 5}

    async def test_the_first_lead_cannot_agree(self, teams: Teams) -> None:
        """Not by the button, and not by the one of before."""
        team, lead = a_team(teams)
        rehearsal = await rehearses(lead, name="Autumn check")
        await lead.presses("Ask a second lead (6 people)")
        assert lead.last_card().heading == "A second lead is needed: Autumn check"
        await lead.presses("Agree, and send to 6 people")
        [refusal] = lead.last_card().errors
        assert "another CoE lead has to agree" in refusal
        answer = await tries(lead, teams, rehearsal.button("Ask a second lead")["data"], lead.last_card())

        assert "another CoE lead has to agree" in answer
        assert [one.messages_in(one.place) for one in teams.everybody_in(team)] == [[]] * 6

    async def test_the_second_lead_sends(self, teams: Teams) -> None:
        """Who did not ask agrees, and everybody is asked."""
        team, lead = a_team(teams)
        await rehearses(lead, name="Autumn check")
        await lead.presses("Ask a second lead (6 people)")
        await lead.all_devices_show_it()
        di = teams.everybody_in(team)[3].in_channel(team)
        await di.presses("Agree, and send to 6 people")

        assert di.last_card().heading == "Survey: Autumn check"
        for one in teams.everybody_in(team):
            await is_asked(one)

    async def test_nobody_else_agrees(self, teams: Teams) -> None:
        """A colleague who is no lead gets the refusal."""
        team, lead = a_team(teams)
        await rehearses(lead, name="Autumn check")
        await lead.presses("Ask a second lead (6 people)")
        await lead.all_devices_show_it()
        bo = teams.everybody_in(team)[1].in_channel(team)
        await bo.presses("Agree, and send to 6 people")

        assert bo.last_card().heading == REFUSED
        assert bo.messages_in(teams.everybody_in(team)[1].place) == []


# The plan

NOVEMBER_23 = dt.date(2026, 11, 23)
PLAN = {"name": "Herbst", "smallest": "7", "answers": "named", "closes": "2026-12-03", "first_reminder": "2"}


@pytest.mark.parametrize(
    "entry, value, mistake",
    [
        ("name", "", "Give the survey a name"),
        ("name", "   ", "Give the survey a name"),
        ("name", "x" * 81, "Give the survey a name"),
        ("closes", "2026-11-22", "Pick a last day"),
        ("closes", "2026-11-23", "Pick a last day"),
        ("closes", "2028-01-01", "Pick a last day"),
        ("closes", "soon", "Pick a last day"),
        ("smallest", "2", "Fewer than 3 would give people away"),
        ("smallest", "-5", "Fewer than 3 would give people away"),
        ("smallest", "1001", "Fewer than 3 would give people away"),
        ("smallest", "4.5", "Fewer than 3 would give people away"),
        ("first_reminder", "0", "Choose reminder days"),
        ("second_reminder", "11", "Choose reminder days"),
        ("team", "19:nowhere@thread.tacv2", "Pick the team"),
    ],
)
async def test_a_mistake_is_named_and_the_rest_stays(
    teams: Teams, clock: Clock, database_url: str, entry: str, value: str, mistake: str
) -> None:
    """Nothing is planned, and nobody has to fill in anything twice."""
    team, lead = a_team(teams)
    await lead.says(f"{HERE} help")
    at_home = teams.everybody_in(team)[0]
    await at_home.says("survey")
    assert clock().date() == NOVEMBER_23
    inputs = {**PLAN, "team": team.id, entry: value}
    await at_home.presses("Show what will happen", inputs=inputs, validate=False)

    card = at_home.sees_one_card()
    [error] = card.errors
    assert mistake in error
    assert {name: card.value_of(name) for name in PLAN if name != entry} == {
        name: kept for name, kept in PLAN.items() if name != entry
    }
    assert not stored(database_url)["surveys"]


ODD_NAMES = (
    "[Free money](https://evil.example)",
    "**Bold** _plain_ `code` ~~no~~",
    "<at>Everyone</at> & https://evil.example",
    'He said "now", \\"later\\"',
    '{"type": "AdaptiveCard", "body": []}',
    "# 1. - ${name} {{DATE(2026)}} {name}",
)


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_a_name_is_shown_as_it_is(teams: Teams, database_url: str, name: str) -> None:
    """Of the survey, its team and its lead: no link, no mention, no markdown in other people's cards."""
    members = [teams.colleague(who) for who in (ADA, "Bo Diddley", "Cy Twombly")]
    team = teams.team(name, *members)
    teams.directory.installed.add(team.id)
    lead, bo = members[0].in_channel(team), members[1]
    await rehearses(lead, name=name)
    await lead.presses("Send to 3 people")
    invitation = await is_asked(bo)
    await sending_ends(database_url)

    for card in (invitation, lead.last_card()):
        assert card.heading.endswith(verbatim(name))
        assert not [link for link in card.links if "evil" in link.url]
    assert f"asks everybody in {verbatim(name)} where" in invitation.text
    for message in (*bo.messages_in(bo.place), *lead.messages_in(lead.place)):
        assert not message.activity.get("entities")
        assert "text" not in message.activity


# Whom it reaches


async def test_who_cannot_be_asked_is_counted_with_the_reason(teams: Teams, database_url: str) -> None:
    """Guests, people without an address and bots stand in the rehearsal, and are never written to."""
    ada, bo = teams.colleague(ADA), teams.colleague("Bo Diddley")
    strangers = (
        Person("Gus Guest", role="guest"),
        Person("Gwen Guest", role="guest"),
        Person("Nora None", object_id_keys=()),
        Person("Polly Bot", is_bot=True),
    )
    team = teams.team("Contoso CoE", ada, bo, *strangers)
    teams.directory.installed.add(team.id)
    lead = ada.in_channel(team)
    rehearsal = await rehearses(lead, name="Autumn check")
    assert "2 people in Contoso CoE" in rehearsal.text
    for told in ("2 guests:", "1 person whose work account I can't see", "1 bot."):
        assert told in rehearsal.text
    await lead.presses("Send to 2 people")
    await sending_ends(database_url)

    opened = [request for request in teams.connector.requests if request.kind == "open"]
    assert len(opened) == 2
    assert not [one for one in strangers if lead.messages_in(teams.directory.personal_chat(one))]
    assert not teams.connector.refusals


async def test_a_roster_that_is_refused_says_what_to_do(teams: Teams) -> None:
    """The plan stays, with what Teams said and what to look at; later the same press works."""
    _, lead = a_team(teams)
    await lead.says(f"{HERE} survey")
    teams.connector.fails_next(403, code="BotNotInConversationRoster", kind="roster")
    await lead.fills(press="Show what will happen", name="Autumn check", smallest=4)
    card = lead.sees_one_card()

    [error] = card.errors
    assert "403 BotNotInConversationRoster" in error
    assert "Look whether I am still in the team; if I am, try again in a few minutes." in error
    assert card.value_of("smallest") == "4"
    await lead.presses("Show what will happen")
    assert lead.last_card().heading == "What will happen: Autumn check"


async def test_who_came_later_is_told_so(teams: Teams, database_url: str) -> None:
    """Somebody in the team who was not on the roster when it was sent is not asked, and answers nothing."""
    team, lead = a_team(teams)
    await gets_to("open", teams, lead, team, database_url)
    late, bo = teams.colleague("Late Comer"), teams.everybody_in(team)[1]
    await late.joins(team)
    copy = bo.forwards(await is_asked(bo), to=late)
    before = stored(database_url)
    await late.presses("I make apps or flows", on=copy)

    assert late.last_card().heading == "This survey did not ask you"
    assert stored(database_url) == before


@pytest.mark.parametrize("button", ["I make apps or flows", "Not now", "Not me"])
async def test_an_invitation_outlives_its_survey(teams: Teams, database_url: str, button: str) -> None:
    """Each of its buttons says that it is over, and keeps nothing."""
    team, lead = a_team(teams)
    flo = teams.everybody_in(team)[5]
    await gets_to("closed", teams, lead, team, database_url)
    before = stored(database_url)
    await flo.presses(button, on=await is_asked(flo))

    assert flo.sees_one_card().heading == "“Autumn check” is closed"
    assert stored(database_url) == before


# Words and buttons


async def test_the_words_do_what_the_buttons_do(teams: Teams, database_url: str) -> None:
    """`status`, `close` and `results` answer with the card of their button."""
    team, lead = a_team(teams)
    await gets_to("open", teams, lead, team, database_url)
    await lead.says(f"{HERE} status")
    status = lead.last_card()
    await lead.presses("Refresh", on=status)
    assert lead.last_card().card == status.card
    await lead.presses("Close survey")
    asked = lead.last_card()
    await lead.says(f"{HERE} close")
    assert lead.last_card().card == asked.card
    for person in teams.everybody_in(team)[1:]:
        await answers(person)
    await lead.presses("Close now")
    posted = await lead.will_see("Contoso CoE is at", within=20)
    await lead.says(f"{HERE} results")

    assert lead.last_card().card == posted.card


async def test_the_word_close_closes_nothing_by_itself(teams: Teams, database_url: str) -> None:
    """It asks first; who keeps it open keeps it."""
    team, lead = a_team(teams)
    await gets_to("open", teams, lead, team, database_url)
    before = stored(database_url)
    await lead.says(f"{HERE} close")
    assert "0 of 6 have finished" in lead.sees_one_card().text
    await lead.presses("Keep it open")

    assert lead.last_card().heading == "Survey: Autumn check"
    assert stored(database_url) == before


async def test_a_reminder_at_most_once_a_day(teams: Teams, clock: Clock, database_url: str) -> None:
    """By word or by button, one day has one; the next day there may be another."""
    team, lead = a_team(teams)
    await lead.says(f"{HERE} survey")
    await lead.fills(press="Show what will happen", first_reminder=None, second_reminder=None)
    await lead.presses("Send to 6 people")
    await sending_ends(database_url)
    bo, cy = teams.everybody_in(team)[1:3]
    await answers(cy)
    clock.moves(hours=25)
    await lead.says(f"{HERE} remind")
    lead.card_with("Reminding those who have not finished")
    await bo.will_see("Reminder:", within=20)
    clock.moves(hours=20)
    await lead.presses("Remind now")
    [refusal] = lead.last_card().errors
    assert refusal.startswith("⚠ Not reminded: I wrote to them less than a day ago.")
    clock.moves(hours=5)
    await lead.presses("Remind now")
    assert "Reminding those" in lead.last_card().text
    await teams.connector.wait_until(lambda: len(bo.messages_in(bo.place)) == 3, within=20)

    assert len(bo.messages_in(bo.place)) == 3
    assert len(cy.messages_in(cy.place)) == 1


@pytest.mark.parametrize(
    "word, then",
    [
        ("status", "Survey: Second"),
        ("remind", "Survey: Second"),
        ("close", "Close “Second” now?"),
    ],
)
async def test_of_several_surveys_the_lead_picks(
    teams: Teams, database_url: str, word: str, then: str
) -> None:
    """In their own chat; in a channel its own team's is meant."""
    team, lead = a_team(teams)
    await sends(lead, name="First")
    other = teams.team("Fabrikam CoE", *teams.everybody_in(team)[:3])
    teams.directory.installed.add(other.id)
    elsewhere = teams.everybody_in(team)[0].in_channel(other)
    await sends(elsewhere, name="Second")
    await sending_ends(database_url)
    at_home = teams.everybody_in(team)[0]
    await at_home.says(word)
    card = at_home.sees_one_card()
    assert card.heading == "Which survey?"
    assert card.buttons == ["Second (Fabrikam CoE)", "First (Contoso CoE)"]
    await at_home.presses("Second")
    assert [card.heading for card in at_home.cards()].count(then) == 1

    await lead.says(f"{HERE} status")
    assert lead.sees_one_card().heading == "Survey: First"


async def test_of_several_results_the_lead_picks(teams: Teams, database_url: str) -> None:
    """In their own chat, one for each team."""
    team, lead = a_team(teams)
    other = teams.team("Fabrikam CoE", *teams.everybody_in(team)[:3])
    teams.directory.installed.add(other.id)
    at_home = teams.everybody_in(team)[0]
    for place, name in ((lead, "First"), (at_home.in_channel(other), "Second")):
        await sends(place, name=name)
        await sending_ends(database_url)
        await place.presses("Close survey", on=place.card_with(f"Survey: {name}"))
        await place.presses("Close now")
        await place.will_see("too few answers for a result", within=20)
    await at_home.says("results")
    assert set(at_home.sees_one_card().buttons) == {"First (Contoso CoE)", "Second (Fabrikam CoE)"}
    await at_home.presses("First")

    assert at_home.last_card().heading == "Contoso CoE: too few answers for a result"


async def test_stopped_sending_leaves_the_rest_unsent(
    teams: Teams, connector: Connector, database_url: str
) -> None:
    """What was not sent is called so, the numbers add up, and nothing follows."""
    ada = teams.colleague(ADA)
    team = teams.team("Contoso CoE", ada, *crowd(99))
    teams.directory.installed.add(team.id)
    lead = ada.in_channel(team)
    await rehearses(lead, name="Autumn check")
    connector.latency = 0.05
    await lead.presses("Send to 100 people")
    await connector.wait_until(lambda: invitations(connector, team) >= 10, within=20)
    await lead.presses("Stop sending")
    await lead.presses("Stop")
    assert "Stopped" in lead.last_card().text
    await sending_ends(database_url)
    await lead.presses("Refresh")

    facts = dict(fact for part in lead.last_card().card["body"] for fact in _facts(part))
    sent = invitations(connector, team)
    assert sent < 100
    counted = {name: int(re.sub(r"\D", "", number)) for name, number in facts.items() if name in COUNTED}
    assert counted == {"Delivered": sent, "Not sent": 100 - sent, "Invited": 100}
    assert "Remind now" not in lead.last_card().buttons


async def test_stop_sending_asks_back(teams: Teams, connector: Connector) -> None:
    """The press itself stops nothing; who goes on sees the survey, which goes on."""
    ada = teams.colleague(ADA)
    team = teams.team("Contoso CoE", ada, *crowd(99))
    teams.directory.installed.add(team.id)
    lead = ada.in_channel(team)
    await rehearses(lead, name="Autumn check")
    connector.latency = 0.2
    await lead.presses("Send to 100 people")
    await connector.wait_until(lambda: invitations(connector, team) >= 5, within=20)
    await lead.presses("Stop sending")
    asked = lead.last_card()
    assert asked.heading == "Stop sending “Autumn check”?"
    assert re.search(r"\d+ people have not been written to yet. If you stop, they are not asked", asked.text)
    assert asked.buttons == ["Stop", "Go on sending"]
    await lead.presses("Go on sending")
    assert lead.last_card().heading == "Survey: Autumn check"
    connector.latency = 0.0

    await connector.wait_until(lambda: invitations(connector, team) == 100, within=20)
    assert invitations(connector, team) == 100


async def test_who_was_not_written_to_before_the_stop_begins_their_own_check(
    teams: Teams, connector: Connector, database_url: str
) -> None:
    """For them there is no survey, though it is open for others."""
    ada = teams.colleague(ADA)
    team = teams.team("Contoso CoE", ada, *crowd(99))
    teams.directory.installed.add(team.id)
    lead = ada.in_channel(team)
    await rehearses(lead, name="Autumn check")
    connector.latency = 0.2
    await lead.presses("Send to 100 people")
    await connector.wait_until(lambda: invitations(connector, team) >= 5, within=20)
    await lead.presses("Stop sending")
    await lead.presses("Stop")
    connector.latency = 0.0
    await sending_ends(database_url)
    left_out = next(one for one in teams.everybody_in(team) if not connector.messages_in(one.place))
    await left_out.says("start")

    assert left_out.sees_one_card().heading == "How do you work with Power Platform?"


async def test_a_stopped_survey_is_not_stopped_again(teams: Teams, database_url: str) -> None:
    """Who has the button still, on an older card, sees that it was stopped."""
    team, lead = a_team(teams)
    await gets_to("open", teams, lead, team, database_url)
    progress = lead.last_card()
    await lead.presses("Stop sending")
    assert "Everybody has been written to" in lead.last_card().text
    await lead.presses("Stop")
    await lead.presses("Stop sending", on=progress)

    assert "Sending was stopped." in lead.last_card().text
    assert "Stop sending" not in lead.last_card().buttons


async def test_help_lists_the_words_of_leads_for_leads(teams: Teams) -> None:
    """In their own chat, whatever brought the help; others read of their own words only."""
    team, _ = a_team(teams)
    ada, bo = teams.everybody_in(team)[:2]
    for typed in ("help", "what?"):
        for person, knows_them in ((ada, True), (bo, False)):
            await person.says(typed)
            listed = person.sees_one_card().text
            assert {word for word in WORDS if f"**{word}**" in listed} == (
                set(WORDS) if knows_them else set()
            )
            assert "**history**" in listed


COUNTED = ("Delivered", "On the way", "Not delivered", "Unknown", "Not sent", "Invited")


def invitations(connector: Connector, team: Team) -> int:
    chats = map(connector.directory.personal_chat, team.members)
    return sum(bool(connector.messages_in(chat)) for chat in chats)


def _facts(part: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fact["title"], fact["value"]) for fact in part.get("facts", [])]
