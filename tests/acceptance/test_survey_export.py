"""The workbook of a closed survey on its way to a lead: by a link in local mode, else into their OneDrive."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web

from app import create_app
from bot.settings import Settings
from cards.presses import encode
from cards.survey_presses import ExportSurvey
from tests.acceptance.activity_rules import FILE_CONSENT, FILE_INFO
from tests.acceptance.connector import Connector
from tests.acceptance.device import Door
from tests.acceptance.directory import HOME_TENANT, Directory, Person, Team
from tests.acceptance.killable import UNHURRIED
from tests.acceptance.ledger import sending_ends
from tests.acceptance.running import RunningBot
from tests.acceptance.surveys import HERE, a_team, answers, is_asked, sends
from tests.acceptance.teams import Colleague, Teams
from tests.acceptance.tokens import Issuer
from tests.acceptance.workbooks import address_at, book_of, downloaded, exported

ADA = "Ada Lovelace"
NAMES = ("Summary", "Disciplines", "Distribution", "Deliveries")


async def closed(teams: Teams, **plan: object) -> tuple[Team, Colleague, Colleague]:
    """A survey that everybody has finished: the team, its lead at the result, and the lead at home."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check", **plan)
    for person in teams.everybody_in(team):
        await answers(person)
    await lead.will_see("Contoso CoE is at", within=20)
    await lead.says(f"{HERE} results")
    return team, lead, teams.everybody_in(team)[0]


async def answered(address: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(address) as response:
        return response.status, await response.text()


class TestByLink:
    """Local mode: a link in the lead's own chat, for minutes."""

    async def test_the_link_leads_to_the_workbook(self, teams: Teams, bot: RunningBot) -> None:
        """It is a file that opens, named like the survey, with what the result's card shows."""
        _, lead, at_home = await closed(teams)
        await lead.presses("Export to Excel")
        offer = await at_home.will_see("“Autumn check” as an Excel workbook")
        assert "10 minutes" in offer.text
        async with ClientSession() as session, session.get(address_at(bot, offer)) as response:
            assert response.status == 200
            assert (
                response.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            )
            assert response.content_disposition
            assert response.content_disposition.filename == "Autumn check.xlsx"
            book = book_of(await response.read())

        summary = dict(row for row in book["Summary"] if len(row) == 2)
        assert summary["Stage"] == "Level 300 Defined"
        assert summary["Finished"] == "6"
        assert [row[1] for row in book["Disciplines"]] == ["300", "200", "300", "200", "400", "200", "300"]

    async def test_an_anonymous_workbook_has_no_answers(self, teams: Teams, bot: RunningBot) -> None:
        """There is not even a sheet for them."""
        _, lead, at_home = await closed(teams)

        assert tuple(await exported(lead, at_home, bot)) == NAMES

    async def test_a_named_workbook_has_the_answers(self, teams: Teams, bot: RunningBot) -> None:
        """One row for each person, as the invitation had said."""
        team, lead, at_home = await closed(teams, answers="Named")
        book = await exported(lead, at_home, bot)

        assert tuple(book) == (*NAMES, "Answers")
        levels = ["300", "200", "300", "200", "400", "200", "300"]
        names = sorted(one.person.name for one in teams.everybody_in(team))
        assert book["Answers"] == [[name, "I make apps or flows", *levels] for name in names]

    async def test_the_link_ends(
        self, teams: Teams, bot: RunningBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After its minutes it says so, and gives no file."""
        _, lead, at_home = await closed(teams)
        monkeypatch.setattr("bot.exports.MINUTES", 0)
        await lead.presses("Export to Excel")
        status, words = await answered(address_at(bot, await at_home.will_see("as an Excel workbook")))

        assert status == 410
        assert "for a new one" in words

    async def test_a_changed_link_leads_nowhere(self, teams: Teams, bot: RunningBot) -> None:
        """Whatever character is another, missing or added."""
        _, lead, at_home = await closed(teams)
        await lead.presses("Export to Excel")
        address = address_at(bot, await at_home.will_see("as an Excel workbook"))
        start = address.rindex("/") + 1
        for place in range(start, len(address), 7):
            other = "A" if address[place] != "A" else "B"
            assert (await answered(address[:place] + other + address[place + 1 :]))[0] == 404
        for changed in (
            address[:-1],
            address + "A",
            address + "%3D",
            address[:start] + "x",
            address + "%C3%A9",
        ):
            assert (await answered(changed))[0] == 404

    async def test_a_link_ends_with_its_process(self, teams: Teams, bot: RunningBot) -> None:
        """What was signed before a restart is not signed any more."""
        _, lead, at_home = await closed(teams)
        await lead.presses("Export to Excel")
        address = address_at(bot, await at_home.will_see("as an Excel workbook"))
        await downloaded(address)
        await bot.restarts()

        assert (await answered(address))[0] == 404

    async def test_an_open_survey_has_no_workbook(self, teams: Teams, database_url: str) -> None:
        """A press that no card offers shows where the survey is, and brings no link."""
        team, lead = a_team(teams)
        await sends(lead, name="Autumn check")
        await sending_ends(database_url)
        at_home = teams.everybody_in(team)[0]
        await is_asked(at_home)
        refresh = lead.card_with("Survey: Autumn check").button("Refresh")
        press = encode(ExportSurvey(refresh["data"]["survey"]))
        action = {"type": "Action.Execute", "verb": press["do"], "data": press}
        activity = lead.writer.execute(action, {}, lead.last_card())
        reply = await teams.door.deliver(activity)

        assert "Survey: Autumn check" in reply.body
        assert len(at_home.messages_in(at_home.place)) == 1


class TestByConsent:
    """With an app id: Teams asks the lead, and the file goes to their OneDrive."""

    @pytest.fixture
    def more_settings(self, issuer: Issuer) -> dict[str, Any]:
        return {
            "app_id": issuer.app_id,
            "app_password": "a secret",
            "app_type": "SingleTenant",
            "app_tenant_id": HOME_TENANT,
            "service_hosts": ("127.0.0.1",),
            "coe_leads": (Person(ADA).aad_object_id,),
        }

    @pytest.fixture
    async def connector(self, directory: Directory) -> AsyncIterator[Connector]:
        async with Connector(directory, {TOKEN}) as running:
            yield running

    @pytest.fixture
    def make_app(
        self, database_url: str, more_settings: dict[str, Any], issuer: Issuer
    ) -> Callable[[], web.Application]:
        settings = Settings(host="127.0.0.1", database_url=database_url, **(UNHURRIED | more_settings))
        assert issuer.app_id == settings.app_id
        return lambda: create_app(settings, credentials=_Credentials())

    @pytest.fixture
    async def teams(
        self, directory: Directory, connector: Connector, bot: RunningBot, issuer: Issuer
    ) -> AsyncIterator[Teams]:
        directory.bot_app_id = issuer.app_id
        async with ClientSession() as session:
            teams = Teams(directory, connector, Door(session, f"{bot.url}/api/messages", issuer.token()))
            yield teams
            teams.nothing_went_wrong_unseen()

    async def test_an_accepted_file_is_brought(self, teams: Teams, connector: Connector) -> None:
        """The bytes that were announced go to the place that Teams gave, and the chat shows the file."""
        _, lead, at_home = await closed(teams)
        await lead.presses("Export to Excel")
        offer = await offered(teams, at_home)
        assert offer["name"] == "Autumn check.xlsx"
        await at_home.accepts_the_file()
        await connector.wait_until(lambda: bool(connector.uploaded))

        [upload] = connector.uploaded
        assert len(upload.data) == offer["content"]["sizeInBytes"]
        assert tuple(book_of(upload.data)) == NAMES
        await connector.wait_until(lambda: bool(files_in(at_home)))
        assert at_home.sees_one_file() is upload

    async def test_a_declined_file_is_not_brought(self, teams: Teams, connector: Connector) -> None:
        """A word says so, with the way back."""
        _, lead, at_home = await closed(teams)
        await lead.presses("Export to Excel")
        await offered(teams, at_home)
        await at_home.declines_the_file()
        card = await at_home.will_see("Not saved: Autumn check")

        assert card.buttons == ["Back to the result"]
        assert not connector.uploaded

    async def test_the_channel_gets_no_file(self, teams: Teams) -> None:
        """What was asked for there is offered in the lead's own chat alone."""
        _, lead, at_home = await closed(teams)
        await lead.presses("Export to Excel")
        await offered(teams, at_home)

        assert lead.last_card().heading == "The workbook is in our own chat"
        assert FILE_CONSENT not in str([one.body for one in lead.messages_in(lead.place)])

    async def test_a_file_is_for_leads(self, teams: Teams, connector: Connector) -> None:
        """Somebody else gets no offer, and cannot accept one by what a lead's says."""
        team, lead, at_home = await closed(teams)
        bo = teams.everybody_in(team)[1]
        await bo.in_channel(team).presses("Export to Excel", on=lead.last_card())
        assert bo.in_channel(team).last_card().heading == "This is for CoE leads"
        await lead.presses("Export to Excel")
        offer = await offered(teams, at_home)
        upload = connector.drive.expects(offer["name"])
        await teams.door.deliver(bo.writer.file_consent(offer["content"], "1", upload))
        await bo.will_see("I don't know this card any more")

        assert not connector.uploaded
        assert FILE_CONSENT not in str([one.body for one in bo.messages_in(bo.place)])

    @pytest.mark.parametrize(
        "context",
        [None, {}, {"survey": "0" * 32, "v": 1}, {"survey": ["x"], "v": 1}, {"survey": "x", "v": 2}],
    )
    async def test_an_answer_to_no_offer_brings_nothing(
        self, teams: Teams, connector: Connector, context: object
    ) -> None:
        """An unknown survey, another version or nonsense: a card that says so, and no upload."""
        _, lead, at_home = await closed(teams)
        await lead.presses("Export to Excel")
        offer = await offered(teams, at_home)
        upload = connector.drive.expects(offer["name"])
        activity = at_home.writer.file_consent(offer["content"], "1", upload)
        activity["value"]["context"] = context
        await teams.door.deliver(activity)
        await at_home.will_see("I don't know this card any more")

        assert not connector.uploaded

    async def test_there_is_no_link(self, bot: RunningBot) -> None:
        """The address of local mode leads nowhere."""
        assert (await answered(f"{bot.url}/exports/anything"))[0] == 404


TOKEN = "the bot's own token"


class _Credentials:
    async def token(self) -> str:
        return TOKEN


async def offered(teams: Teams, at_home: Colleague) -> dict[str, Any]:
    """The offer of a file in somebody's own chat, once it is there."""

    def found() -> list[dict[str, Any]]:
        every = [message.activity.get("attachments") or [] for message in at_home.messages_in(at_home.place)]
        return [one for ones in every for one in ones if one["contentType"] == FILE_CONSENT]

    await teams.connector.wait_until(lambda: bool(found()))
    return found()[-1]


def files_in(at_home: Colleague) -> list[str]:
    return [one.body for one in at_home.messages_in(at_home.place) if FILE_INFO in one.body]
