"""What a team's channel is told: in time, together, and once."""

import datetime as dt
from typing import Any

import pytest

from assessment.news import NewsKind, Preference
from cards.news_presses import SaveNews, ShowNews
from cards.presses import Press, encode
from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import has_the_app
from tests.acceptance.directory import HOME_TENANT, Person, Team
from tests.acceptance.ledger import comes_true, execute, rows
from tests.acceptance.news import all_at_once, end_as, happens, headings, states
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.surveys import HERE, a_team, answers, rehearses, sends
from tests.acceptance.teams import Colleague, Teams

pytestmark = pytest.mark.usefixtures("clock")

ADA = Person("Ada Lovelace").aad_object_id
OTHER_TENANT = "11111111-2222-4333-8444-555555555555"
NOVEMBER_30 = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
"""The Monday after the first day of each test, which is a Monday too, at nine."""

STARTED = "Survey started: Autumn check"
HALF = "Half have finished: Autumn check"
THREE_QUARTERS = "Three quarters have finished: Autumn check"


async def known(lead: Colleague) -> None:
    """The bot knows the team."""
    await lead.says(f"{HERE} help")


# Surveys


@on_both_databases
async def test_the_start_of_a_survey_waits_for_monday(
    teams: Teams, clock: Clock, database_url: str, bot: RunningBot
) -> None:
    """Told on the next Monday at nine, and once, also over a restart."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    await end_as(database_url, waiting=1)
    clock.moves_to(NOVEMBER_30 - dt.timedelta(minutes=1))
    await happens(database_url, team, clock(), NewsKind.MOVED_UP, discipline="Support")
    await lead.will_see("Support: one step further", within=20)
    assert STARTED not in headings(lead)
    clock.moves(minutes=1)
    card = await lead.will_see(STARTED, within=20)
    assert "Ada Lovelace asks 6 people, each in their own chat with me." in card.text
    assert "Open until Dec 7, 2026." in card.text

    await bot.restarts()
    await happens(database_url, team, clock(), NewsKind.MOVED_UP, "2", discipline="Automation")
    await lead.will_see("Automation: one step further", within=20)
    assert headings(lead).count(STARTED) == 1


@on_both_databases
@pytest.mark.parametrize("more_settings", [{"keep_deliveries_days": 30}])
async def test_a_survey_that_outlives_what_is_kept(teams: Teams, clock: Clock, database_url: str) -> None:
    """Old news are deleted, but for those of a survey that is still open: nothing is told again."""
    team, lead = a_team(teams)
    await all_at_once(lead)
    await sends(lead, name="Autumn check", answers="Named", closes=dt.date(2027, 3, 1))
    people = teams.everybody_in(team)
    for person in people[:3]:
        await answers(person)
    await lead.will_see(HALF, within=20)
    await happens(database_url, team, clock(), NewsKind.MOVED_UP, "old", discipline="Support")
    await end_as(database_url, sent=3)
    clock.moves(days=31)
    await comes_true(lambda: "moved-up:old" not in states(database_url))
    for number in range(3):
        await happens(database_url, team, clock(), NewsKind.MOVED_UP, f"{number}", discipline=f"No. {number}")
        await lead.will_see(f"No. {number}: one step further", within=20)
        clock.moves(hours=1)
    await answers(people[3])
    await answers(people[4])
    await lead.will_see(THREE_QUARTERS, within=20)

    told = [one for one in headings(lead) if "Autumn check" in one and "Survey: " not in one]
    assert told == [STARTED, HALF, THREE_QUARTERS]


async def test_news_that_cannot_be_read(teams: Teams, clock: Clock, database_url: str) -> None:
    """One that nobody understands is left out of the digest, and the channel gets the rest."""
    team, lead = a_team(teams)
    await known(lead)
    made = NewsKind.PLEDGE_MADE
    for number, name in enumerate(("Bo Diddley", "Cy Twombly", "Di Caprio")):
        await happens(database_url, team, clock(), made, str(number), name=name, what="Name an owner")
    execute(database_url, "update news set kind = 'of a later version' where id = 'pledge-made:1'")
    clock.moves_to(NOVEMBER_30)

    digest = await lead.will_see("Bo Diddley", within=20)
    assert [name in digest.text for name in ("Bo Diddley", "Cy Twombly", "Di Caprio")] == [True, False, True]
    await end_as(database_url, sent=2, unreadable=1)


async def test_a_digest_bundles_what_happened(teams: Teams, clock: Clock, database_url: str) -> None:
    """One card, grouped; of a pledge that was made and kept only that it was kept."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check", answers="Named")
    for person in teams.everybody_in(team)[:3]:
        await answers(person)
    await end_as(database_url, waiting=2)
    clock.moves(days=1)
    made, kept = NewsKind.PLEDGE_MADE, NewsKind.PLEDGE_KEPT
    await happens(database_url, team, clock(), made, "1", name="Bo Diddley", what="Name an owner")
    await happens(database_url, team, clock(), made, "2", name="Cy Twombly", what="Meet", due_on="2026-12-24")
    await happens(database_url, team, clock(), kept, "1", name="Bo Diddley", what="Name an owner")
    clock.moves_to(NOVEMBER_30)

    digest = await lead.will_see("News of Contoso CoE", within=20)
    lines = digest.text.split("\n")
    assert [one for one in lines if not one.startswith("-")] == [
        "News of Contoso CoE", "Pledges kept", "New pledges", "Surveys",
    ]  # fmt: skip
    assert "- **Bo Diddley:** “Name an owner”" in lines
    assert "- **Cy Twombly:** “Meet” Due on Dec 24, 2026." in lines
    assert lines[-2].startswith(f"- **{HALF}.** 3 of the 6 people I could reach. Open until")
    assert lines[-1] == f"- **{STARTED}.** Ada Lovelace asks 6 people, each in their own chat with me."
    await end_as(database_url, sent=4, stale=1)


@on_both_databases
async def test_everything_at_once(teams: Teams, database_url: str) -> None:
    """Start, half and three quarters, as they happen, each once."""
    team, lead = a_team(teams)
    await all_at_once(lead)
    await sends(lead, name="Autumn check", answers="Named")
    await lead.will_see(STARTED, within=20)
    people = teams.everybody_in(team)
    for person in people[:3]:
        await answers(person)
    await lead.will_see("3 of the 6 people I could reach", within=20)
    for person in people[3:5]:
        await answers(person)
    await lead.will_see("5 of the 6 people I could reach", within=20)

    assert [one for one in headings(lead) if "Autumn check" in one and "Survey: " not in one] == [
        STARTED, HALF, THREE_QUARTERS,
    ]  # fmt: skip
    await end_as(database_url, sent=3)


async def test_few_of_an_anonymous_survey_are_not_told_of(teams: Teams, database_url: str) -> None:
    """Before enough have finished to hide each of them the channel is told of no share."""
    team, lead = a_team(teams)
    await all_at_once(lead)
    await sends(lead, name="Autumn check")
    for person in teams.everybody_in(team)[:4]:
        await answers(person)
    await lead.will_see("4 of 6 finished", within=20)
    await answers(teams.everybody_in(team)[4])
    await lead.will_see(THREE_QUARTERS, within=20)

    assert HALF not in headings(lead)
    assert [id_.split(":")[0] for id_ in states(database_url)].count("half") == 1


async def test_what_the_channel_has_just_seen_does_not_ring_twice(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """A survey from the lead's own chat posts its card to the channel: its start then waits for Monday."""
    team, channel = a_team(teams)
    lead = teams.everybody_in(team)[0]
    await all_at_once(channel)
    await lead.says("survey")
    await lead.fills(press="Show what will happen", name="Autumn check", team="Contoso CoE")
    await lead.presses("Send to 6 people")
    await channel.will_see("Survey: Autumn check", within=20)
    await end_as(database_url, waiting=1)
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, name="Bo Diddley")
    await channel.will_see("Bo Diddley made a pledge", within=20)
    assert STARTED not in headings(channel)

    clock.moves_to(NOVEMBER_30)
    await channel.will_see(STARTED, within=20)


async def test_the_last_two_days(teams: Teams, clock: Clock) -> None:
    """At nine on the last day but one, with how many are missing."""
    team, lead = a_team(teams)
    await all_at_once(lead)
    await sends(lead, name="Autumn check", answers="Named")
    for person in teams.everybody_in(team)[:2]:
        await answers(person)
    clock.moves_to(dt.datetime(2026, 12, 6, 9, tzinfo=dt.UTC))

    card = await lead.will_see("Closing soon: Autumn check", within=20)
    assert "4 people have not finished yet." in card.text
    assert "Open until Dec 7, 2026." in card.text


async def test_what_is_out_of_date_is_not_told(teams: Teams, clock: Clock, database_url: str) -> None:
    """The survey was closed before Monday: nobody needs to know that it had begun."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    await end_as(database_url, waiting=1)
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, name="Bo Diddley")
    await lead.presses("Close survey", on=lead.card_with("Survey: Autumn check"))
    await lead.presses("Close now")
    await lead.will_see("too few answers", within=20)
    clock.moves_to(NOVEMBER_30)
    await lead.will_see("Bo Diddley made a pledge", within=20)

    assert STARTED not in headings(lead)
    await end_as(database_url, sent=1, stale=1)


async def test_the_bot_was_away_for_weeks(
    teams: Teams, clock: Clock, database_url: str, bot: RunningBot
) -> None:
    """What is older than two weeks is told no more, the rest at once."""
    team, lead = a_team(teams)
    await known(lead)
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, "old", name="Bo Diddley")
    await happens(database_url, team, clock() + dt.timedelta(days=3), NewsKind.PLEDGE_MADE, "new", name="Cy")
    await bot.__aexit__()
    clock.moves(days=15)
    await bot.__aenter__()

    await lead.will_see("Cy made a pledge", within=20)
    await end_as(database_url, sent=1, stale=1)


@on_both_databases
async def test_a_move_is_told_at_once(teams: Teams, clock: Clock, database_url: str, bot: RunningBot) -> None:
    """After the second survey's result: what is higher than in the first, and nothing that is lower."""
    team, lead = a_team(teams)
    before = ("Repeatable",) * 6 + ("Capable",)
    now = ("Defined",) * 5 + ("Repeatable", "Initial")
    await is_closed_with(teams, team, lead, before)
    assert not any("moved up" in one for one in headings(lead))
    clock.moves(days=1)
    await is_closed_with(teams, team, lead, now)

    card = await lead.will_see("Contoso CoE moved up", within=20)
    lines = card.text.split("\n")
    assert "- **The team's stage:** up from 200 Repeatable to 300 Defined." in lines
    assert len([one for one in lines if "up from 200 Repeatable to 300 Defined." in one]) == 6
    await bot.restarts()
    await happens(database_url, team, clock(), NewsKind.MOVED_UP, discipline="Else")
    await lead.will_see("Else: one step further", within=20)
    assert headings(lead).count("Contoso CoE moved up") == 1


async def is_closed_with(teams: Teams, team: Team, lead: Colleague, given: tuple[str, ...]) -> None:
    """A survey of the team in which everybody gives the same answers."""
    await sends(lead, name=f"Of {given[0]}")
    for person in teams.everybody_in(team):
        await person.will_see(f"Of {given[0]}", within=20)
        await answers(person, given)
    await lead.will_see("Contoso CoE is at", within=20)


# In bad weather


async def test_teams_takes_it_later(teams: Teams, clock: Clock, database_url: str) -> None:
    """After 429 it is tried again when Teams says so, together with what came meanwhile; and told once."""
    team, lead = a_team(teams)
    await all_at_once(lead)
    teams.connector.fails_next(429, retry_after=90, kind="post")
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, name="Bo Diddley")
    await comes_true(lambda: any(one.status == 429 for one in teams.connector.requests))
    await end_as(database_url, waiting=1)
    clock.moves(seconds=89)
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, "2", name="Cy Twombly")
    await lead.will_see("Cy Twombly made a pledge", within=20)
    assert "Bo Diddley made a pledge" not in headings(lead)
    clock.moves(seconds=1)

    await lead.will_see("Bo Diddley made a pledge", within=20)
    assert len(lead.messages_in(lead.place)) == 3


@pytest.mark.parametrize(
    "status, though_delivered, state",
    [(503, True, "unknown"), (503, False, "unknown"), (403, False, "refused"), (404, False, "refused")],
)
async def test_what_may_have_been_told_is_never_told_again(
    teams: Teams, clock: Clock, database_url: str, *, status: int, though_delivered: bool, state: str
) -> None:
    """Nobody knows, or Teams does not want it: the next piece of news comes alone."""
    team, lead = a_team(teams)
    await all_at_once(lead)
    teams.connector.fails_next(status, kind="post", though_delivered=though_delivered)
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, name="Bo Diddley")
    await end_as(database_url, **{state: 1})
    clock.moves(days=8)
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, "2", name="Cy Twombly")
    await lead.will_see("Cy Twombly made a pledge", within=20)

    assert headings(lead).count("Bo Diddley made a pledge") == int(though_delivered)


async def test_a_channel_without_the_app(teams: Teams, clock: Clock, database_url: str) -> None:
    """Is not written to, neither then nor when the app is back."""
    team, lead = a_team(teams)
    await all_at_once(lead)
    await lead.uninstalls_the_app()
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, name="Bo Diddley")
    await end_as(database_url, refused=1)
    assert teams.connector.count("POST", "/v3/conversations") == len(lead.messages_in(lead.place))
    await lead.installs_the_app()
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, "2", name="Cy Twombly")

    await lead.will_see("Cy Twombly made a pledge", within=20)
    assert "Bo Diddley made a pledge" not in headings(lead)


# What leads choose


@on_both_databases
async def test_a_lead_sees_and_chooses_how_the_channel_is_told(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """What waits follows the choice at once; everybody sees it, and it is there the next time."""
    team, lead = a_team(teams)
    await known(lead)
    await happens(database_url, team, clock(), NewsKind.PLEDGE_MADE, name="Bo Diddley")
    await lead.says(f"{HERE} news")
    card = lead.sees_one_card()
    assert card.heading == "News in the channel"
    assert "I tell Contoso CoE at once what moved up" in card.text
    assert "Mon, Nov 30, at 9:00\u202fAM (Europe/London)" in card.text
    assert "News that waits for it\n1" in card.text
    assert card.chosen == "What moved up at once, the rest on Monday at 9:00"

    await lead.fills(press="Save", preference="Everything at once")
    assert "✓ Saved" in lead.last_card().text
    assert "I tell Contoso CoE everything as soon as it happens." in lead.last_card().text
    assert "Next digest" not in lead.last_card().text
    await lead.will_see("Bo Diddley made a pledge", within=20)
    await lead.says(f"{HERE} news")
    assert lead.sees_one_card().chosen == "Everything at once"


async def test_a_lead_chooses_in_their_own_chat(teams: Teams, database_url: str) -> None:
    """Of which team, where several have the app; with one it is clear."""
    team, channel = a_team(teams)
    lead = teams.everybody_in(team)[0]
    await lead.says("news")
    assert lead.sees_one_card().heading == "I know no team yet"
    assert "Then type **news** again" in lead.sees_one_card().text
    await lead.says("schedule")
    assert "Then type **schedule** again" in lead.sees_one_card().text
    await known(channel)
    await lead.says("news")
    assert "Contoso CoE" in lead.sees_one_card().text
    other = teams.team("Fabrikam CoE", lead)
    teams.directory.installed.add(other.id)
    await rehearses(lead.in_channel(other))
    await lead.says("news")
    assert lead.sees_one_card().choices == ["Contoso CoE", "Fabrikam CoE"]
    await lead.fills(press="Show", team="Fabrikam CoE")
    assert "Fabrikam CoE" in lead.sees_one_card().text
    await lead.fills(press="Save", preference="Everything on Monday at 9:00")

    assert rows(database_url, "select team_id, preference, zone from digests") == [
        (other.id, "all-on-monday", "Europe/London")
    ]


LEAD = {"coe_leads": (ADA, Person("Mallory Archer", OTHER_TENANT).aad_object_id)}


@pytest.mark.parametrize("more_settings", [LEAD | {"allowed_tenants": (HOME_TENANT, OTHER_TENANT)}])
async def test_only_leads_choose(teams: Teams, database_url: str) -> None:
    """Neither with the word, nor with a button, nor from another tenant, nor with made-up data."""
    team, lead = a_team(teams)
    bo = teams.everybody_in(team)[1]
    mallory = has_the_app(teams, "Mallory Archer", tenant_id=OTHER_TENANT)
    await all_at_once(lead)
    before = rows(database_url, "select * from digests")
    for place, said in ((bo, "news"), (bo.in_channel(team), f"{HERE} news")):
        await place.says(said)
        assert place.sees_one_card().heading == "This is for CoE leads"
    await mallory.says("start")
    await bo.says("start")
    attacks: list[Press] = [ShowNews(), ShowNews(team.id), SaveNews(team.id, Preference.ALL_ON_MONDAY)]
    for press in attacks:
        assert "This is for CoE leads" in await tries(teams, bo, encode(press))
    for press in attacks[1:]:
        assert "I don't know this card any more" in await tries(teams, mallory, encode(press))
        wrong = encode(press) | {"team": "19:nobody"}
        assert "I don't know this card any more" in await tries(teams, lead, wrong)

    assert rows(database_url, "select * from digests") == before


async def tries(teams: Teams, colleague: Colleague, data: dict[str, Any]) -> str:
    """Presses a button with such data, though no card has it; the card that answers, as JSON."""
    action = {"type": "Action.Execute", "verb": "tried", "data": data}
    reply = await teams.door.deliver(colleague.writer.execute(action, {}, colleague.last_card()))
    assert not reply.card_problem
    return reply.body
