"""The stand-in tells who is in a team as Teams does: page by page, with what a roster says of each person."""

import pytest

from tests.acceptance.directory import Directory, Person, Team, crowd
from tests.acceptance.harness.caller import ADA, BO, Caller
from tests.acceptance.harness.stub_bot import StubBot
from tests.acceptance.teams import Colleague, Teams


@pytest.fixture
def team(directory: Directory) -> Team:
    """Ada and 1199 others, with the app."""
    team = directory.team("Makers", ADA, *crowd(1199), channels=("General", "Ideas"))
    directory.installed.add(team.id)
    return team


@pytest.mark.parametrize("asked, given", [(None, 200), ("1", 50), ("300", 300), ("9999", 500)])
async def test_a_page_has_its_bounds(caller: Caller, team: Team, asked: str | None, given: int) -> None:
    """200 people where no size is named, and never fewer than 50 nor more than 500."""
    page = await caller.roster(team.id, **({"pageSize": asked} if asked else {}))
    assert len(page.body["members"]) == given


async def test_all_pages_together_are_the_team(caller: Caller, team: Team, directory: Directory) -> None:
    """Each page but the last has a token for the next, and everybody comes once; a channel knows as much."""
    page = await caller.roster(directory.channel(team, "Ideas").id, pageSize="500")
    members = page.body["members"]
    while token := page.body.get("continuationToken"):
        page = await caller.roster(team.id, pageSize="500", continuationToken=token)
        members += page.body["members"]
    assert [member["id"] for member in members] == [person.id for person in team.members]


async def test_what_a_roster_is_not_asked(caller: Caller, team: Team, directory: Directory) -> None:
    """Tokens of nowhere or of another team, sizes that are none, unknown teams, and teams without the app."""
    other = directory.team("Movers", BO, *crowd(60))
    token = (await caller.roster(team.id)).body["continuationToken"]
    directory.installed.add(other.id)
    for query in ({"continuationToken": "made-up"}, {"continuationToken": token}, {"pageSize": "many"}):
        assert (await caller.roster(other.id, **query))[:2] == (400, "BadArgument")
    assert (await caller.roster("19:nowhere"))[:2] == (404, "ConversationNotFound")
    directory.installed.discard(other.id)
    assert (await caller.roster(other.id))[:2] == (403, "BotNotInConversationRoster")


async def test_a_token_has_to_be_quoted(caller: Caller, team: Team) -> None:
    """A bot that pastes it into the address as it is gets nothing."""
    token = (await caller.roster(team.id)).body["continuationToken"]
    pasted = f"v3/conversations/{team.id}/pagedmembers?continuationToken={token}"
    assert (await caller.calls("GET", pasted)).status == 400


async def test_what_a_roster_says_of_people(caller: Caller, directory: Directory) -> None:
    """Newer and older names of the Entra object id, guests, people without an account, and other bots."""
    old = Person("Old Payload", object_id_keys=("objectId",))
    new = Person("New Payload", object_id_keys=("aadObjectId",))
    guest = Person("Gus Visitor", role="guest")
    nobody = Person("No Account", object_id_keys=())
    bot = Person("Weather", is_bot=True)
    team = directory.team("Makers", ADA, old, new, guest, nobody, bot)
    directory.installed.add(team.id)
    told = (await caller.roster(team.id)).body["members"]
    assert told[0] == {
        "id": ADA.id,
        "name": "Ada Lovelace",
        "givenName": "Ada",
        "surname": "Lovelace",
        "aadObjectId": ADA.aad_object_id,
        "objectId": ADA.aad_object_id,
        "email": "ada.lovelace@contoso.example",
        "userPrincipalName": "ada.lovelace@contoso.example",
        "tenantId": ADA.tenant_id,
        "userRole": "user",
    }
    ids = [{key for key in one if key.casefold().endswith("objectid")} for one in told[1:]]
    assert ids == [
        {"objectId"},
        {"aadObjectId"},
        {"aadObjectId", "objectId"},
        set(),
        {"aadObjectId", "objectId"},
    ]
    assert told[3]["userRole"] == "guest"
    assert "#EXT#" in told[3]["userPrincipalName"]
    assert told[5]["id"].startswith("28:")
    assert (await caller.creates(bot))[:2] == (403, "ForbiddenOperationException")


async def test_who_comes_and_goes(teams: Teams, ada: Colleague, bo: Colleague, caller: Caller) -> None:
    """Joining and leaving change the roster, and who may be written to."""
    team = teams.team("Makers", ada)
    eve = teams.colleague("Eve")
    await ada.in_channel(team).installs_the_app()
    await eve.joins(team)
    await bo.joins(team)
    assert teams.everybody_in(team) == [ada, eve, bo]
    assert (await caller.creates(eve.person)).status == 201
    await eve.leaves(team)
    bo.leaves_the_company()
    assert [one["name"] for one in (await caller.roster(team.id)).body["members"]] == ["Ada Lovelace"]
    assert (await caller.sends(eve.place.id))[:2] == (403, "BotNotInConversationRoster")
    assert (await caller.creates(bo.person))[:2] == (403, "ForbiddenOperationException")
    assert (await caller.sends(bo.place.id))[:2] == (404, "ConversationNotFound")


async def test_the_bot_hears_of_members(teams: Teams, ada: Colleague, stub: StubBot) -> None:
    """Teams tells of a newcomer and of somebody who left, where the app is in the team."""
    team, eve = teams.team("Makers", ada), teams.colleague("Eve")
    await eve.joins(team)
    await eve.leaves(team)
    assert not stub.heard
    await ada.in_channel(team).installs_the_app()
    await eve.joins(team)
    await eve.leaves(team)
    joined, left = stub.heard[-2:]
    assert joined["membersAdded"][0]["aadObjectId"] == eve.person.aad_object_id
    assert left["membersRemoved"][0]["id"] == eve.person.id
    events = [heard["channelData"]["eventType"] for heard in (joined, left)]
    assert events == ["teamMemberAdded", "teamMemberRemoved"]
    assert joined["channelData"]["team"]["id"] == team.id


async def test_who_has_no_account_says_so_by_silence(
    teams: Teams, stub: StubBot, directory: Directory
) -> None:
    """An activity of theirs names no Entra object id, as in a meeting with guests."""
    nobody = teams.colleague("No Account", object_id_keys=())
    directory.installed.add(nobody.person.id)
    await nobody.says("start")
    assert "aadObjectId" not in stub.heard[-1]["from"]


async def test_a_roster_that_was_begun_goes_on_as_it_was(
    caller: Caller, team: Team, directory: Directory
) -> None:
    """Whoever leaves between two pages makes nobody else disappear."""
    first = await caller.roster(team.id, pageSize="500")
    directory.leaves_the_company(team.members[10])
    second = await caller.roster(team.id, continuationToken=first.body["continuationToken"])
    assert second.body["members"][0]["name"] == "Maker 500"


async def test_a_team_tells_its_name(caller: Caller, team: Team, directory: Directory, chat: str) -> None:
    """Only a team has one, and only the app in it may ask."""
    told = (await caller.calls("GET", f"v3/teams/{team.id}")).body
    assert (told["id"], told["name"], told["memberCount"]) == (team.id, "Makers", 1200)
    for other in (directory.channel(team, "Ideas").id, chat):
        assert (await caller.calls("GET", f"v3/teams/{other}"))[:2] == (404, "ConversationNotFound")
    directory.installed.discard(team.id)
    assert (await caller.calls("GET", f"v3/teams/{team.id}"))[:2] == (403, "BotNotInConversationRoster")


def test_a_crowd_gets_its_ids_when_they_are_asked_for(directory: Directory) -> None:
    """A hundred thousand people are made at once, and known all the same."""
    people = crowd(100_000)
    team = directory.team("Everybody", ADA, *people)
    assert not any("id" in vars(person) for person in people)
    assert people[-1] in team
    assert directory.person(people[-1].id) is people[-1]
