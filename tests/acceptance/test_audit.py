"""What an admin finds in the log of what leads did."""

import json
import logging
from typing import Any

import pytest

from dialogs.audit import AUDIT
from tests.acceptance.directory import Person, Team
from tests.acceptance.ledger import sending_ends
from tests.acceptance.news import all_at_once
from tests.acceptance.running import RunningBot
from tests.acceptance.scheduling import schedules
from tests.acceptance.surveys import HERE, a_team, rehearses
from tests.acceptance.teams import Colleague, Teams
from tests.acceptance.test_pledges import EVENTS, a_surveyed_team, pledges
from tests.acceptance.test_survey_export import closed
from tests.acceptance.workbooks import exported

ADA, DI = "Ada Lovelace", "Di Caprio"
FIELDS = {"tenant", "person", "action", "object", "team", "outcome"}


@pytest.fixture
def more_settings() -> dict[str, Any]:
    return {"coe_leads": tuple(Person(one).aad_object_id for one in (ADA, DI)), "second_lead_above": 5}


@pytest.fixture(autouse=True)
def trail(caplog: pytest.LogCaptureFixture) -> "Trail":
    caplog.set_level(logging.INFO, AUDIT)
    return Trail(caplog)


class Trail:
    """The lines so far."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    @property
    def acts(self) -> list[dict[str, str]]:
        return [json.loads(one.getMessage()) for one in self._caplog.records if one.name == AUDIT]

    def of(self, colleague: Colleague) -> list[tuple[str, str]]:
        """What somebody did, and what came of it."""
        found = [one for one in self.acts if one["person"] == colleague.person.aad_object_id]
        return [(one["action"], one["outcome"]) for one in found]


def a_team_of_leads(teams: Teams) -> tuple[Team, Colleague, Colleague, Colleague]:
    """A team; Ada and Di, who lead, and Bo, who does not, in its channel."""
    team, ada = a_team(teams)
    everybody = teams.everybody_in(team)
    return team, ada, everybody[3].in_channel(team), everybody[1].in_channel(team)


async def test_a_survey_from_its_plan_to_its_end(teams: Teams, trail: Trail, database_url: str) -> None:
    """Each act with who did it and what came of it; all about one survey have its id."""
    team, ada, di, bo = a_team_of_leads(teams)
    await rehearses(ada, name="Autumn check")
    await ada.presses("Ask a second lead (6 people)")
    await ada.presses("Agree, and send to 6 people")
    await ada.all_devices_show_it()
    await bo.presses("Agree, and send to 6 people", on=ada.forwards(ada.last_card(), to=bo))
    await di.presses("Agree, and send to 6 people")
    await sending_ends(database_url)
    await ada.says(f"{HERE} remind")
    await ada.presses("Close survey", on=ada.card_with("Survey: Autumn check"))
    await ada.presses("Close now")

    assert trail.of(ada) == [
        ("survey", "done"),
        ("survey-rehearse", "done"),
        ("survey-send", "second-lead-asked"),
        ("survey-send", "refused"),
        ("remind", "refused"),
        ("survey-ask-close", "done"),
        ("survey-close", "done"),
    ]
    assert trail.of(di) == [("survey-send", "done")]
    assert trail.of(bo) == [("survey-send", "not-a-lead")]
    assert all(one.keys() == FIELDS and one["team"] == team.id for one in trail.acts)
    assert len({one["object"] for one in trail.acts if one["object"]}) == 1


async def test_what_else_leads_do(teams: Teams, trail: Trail) -> None:
    """Schedules and what a channel is told of."""
    _, ada, _, bo = a_team_of_leads(teams)
    await schedules(ada, name="Winter check")
    await all_at_once(ada)
    await bo.says(f"{HERE} schedule")

    assert trail.of(ada) == [
        ("schedule", "done"),
        ("schedule-new", "done"),
        ("schedule-preview", "done"),
        ("schedule-save", "done"),
        ("news", "done"),
        ("news-save", "done"),
    ]
    assert trail.of(bo) == [("schedule", "not-a-lead")]


async def test_nothing_of_what_people_wrote_is_in_it(teams: Teams, trail: Trail) -> None:
    """Neither names nor texts nor answers; what others do about themselves is not in it at all."""
    _, ada, _, bo = a_team_of_leads(teams)
    await rehearses(ada, name="Secret plan")
    await bo.says(f"{HERE} start")
    await bo.says(f"{HERE} close")

    assert trail.of(bo) == [("close", "not-a-lead")]
    written = json.dumps(trail.acts)
    assert not [word for word in ("Secret", "Ada", "Bo", "Contoso") if word in written]


async def test_what_is_filled_in_wrongly_is_told_apart(teams: Teams, trail: Trail) -> None:
    """A plan without a name is no plan."""
    _, ada, _, _ = a_team_of_leads(teams)
    await ada.says(f"{HERE} survey")
    await ada.presses("Show what will happen", inputs={"name": " "}, validate=False)

    assert trail.of(ada)[-1] == ("survey-rehearse", "mistaken")


class TestPledges:
    """Whoever leads may pledge in somebody's name."""

    @pytest.fixture
    def more_settings(self) -> dict[str, Any]:
        return {"coe_leads": (Person(ADA).aad_object_id,)}

    async def test_what_is_pledged_for_others(self, teams: Teams, trail: Trail) -> None:
        """A lead pledges in somebody's name; what people pledge and drop for themselves is not in it."""
        team, lead, bo = await a_surveyed_team(teams)
        cy = teams.everybody_in(team)[2]
        await pledges(bo)
        await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
        await lead.presses("Pledge it", inputs={"who": cy.person.aad_object_id})
        await cy.says("pledges")
        await cy.presses(f"Drop: {EVENTS}")
        await cy.fills(press="Drop it", reason="Not mine")

        assert [one for one in trail.of(lead) if one[0].startswith("pledge")] == [("pledge-make", "done")]
        assert trail.of(bo) == trail.of(cy) == []


class TestExports:
    """A workbook of a named survey holds what people answered."""

    @pytest.fixture
    def more_settings(self) -> dict[str, Any]:
        return {"coe_leads": (Person(ADA).aad_object_id,)}

    async def test_who_took_a_workbook_is_known(self, teams: Teams, bot: RunningBot, trail: Trail) -> None:
        """The request for it is a line like any other."""
        _, lead, at_home = await closed(teams, answers="Named")
        await exported(lead, at_home, bot)

        assert trail.of(lead)[-1] == ("survey-export", "done")
