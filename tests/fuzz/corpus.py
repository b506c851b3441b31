"""Good activities to begin with: all that Teams sends in a story that uses every command and every button."""

import json
from dataclasses import dataclass, field
from typing import Any

from cards.presses import encode
from content.loading import load
from tests.acceptance.colleagues import finishes, has_the_app
from tests.acceptance.device import Door, Reply
from tests.acceptance.directory import Team
from tests.acceptance.every_button import EVERY_PRESS, Ids, example
from tests.acceptance.scheduling import schedules
from tests.acceptance.surveys import HERE, a_team, answers, is_asked, sends
from tests.acceptance.teams import Colleague, Teams
from tests.everything import tables

Json = dict[str, Any]


@dataclass(frozen=True)
class RecordingDoor(Door):
    """Keeps what it delivers."""

    delivered: list[Json] = field(default_factory=list)

    async def deliver(self, activity: Json) -> Reply:
        self.delivered.append(json.loads(json.dumps(activity)))
        return await super().deliver(activity)


async def recorded(teams: Teams, door: RecordingDoor, database_url: str) -> list[Json]:
    """A story in which there is one of everything, then every word and every button in every place."""
    team, lead = a_team(teams)
    ada, bo, cy = teams.everybody_in(team)[:3]
    for one in (ada, bo, cy):
        await one.installs_the_app()
    await finishes(bo)
    await sends(lead, name="Closed check", answers="Named")
    for one in teams.everybody_in(team):
        await answers(one)
    await lead.will_see("Contoso CoE is at", within=30)
    await schedules(lead)
    await sends(lead, name="Open check")
    await is_asked(cy)
    door.delivered.extend(_unsent(teams, team, lead, bo, ids_in(database_url)))
    return [one for one in door.delivered if one.get("channelId") == "msteams"]


def ids_in(database_url: str) -> Ids:
    """What a story has left behind to press on."""
    found = tables(database_url)
    surveys = {row["name"]: row["id"] for row in found["surveys"]}
    return Ids(
        survey=surveys["Open check"],
        closed=surveys["Closed check"],
        check=next(row["id"] for row in found["checks"] if not row["survey_id"]),
        schedule=found["schedules"][0]["id"],
        team=found["teams"][0]["team_id"],
        pledge="ab" * 16,
        who=found["recipients"][0]["person_id"],
    )


def _unsent(teams: Teams, team: Team, lead: Colleague, bo: Colleague, ids: Ids) -> list[Json]:
    """Every word and every button, at home and in the channel, by lead and maker."""
    stranger = has_the_app(teams, "Zoe Stranger")
    places = (lead, bo, bo.in_channel(team), stranger, teams.everybody_in(team)[0])
    words = [f"{HERE} {said}" for listed in load().texts.words.values() for said in listed[:1]]
    said = [one.writer.message(word) for one in places for word in (*words, f"{HERE} 300", f"{HERE} what?")]
    card = lead.last_card()
    pressed = []
    for one in places:
        for kind in EVERY_PRESS:
            action = {"verb": "x", "data": encode(example(kind, ids))}
            pressed += [one.writer.execute(action, {}, card), one.writer.submit(action, {}, card)]
    upload = teams.connector.drive.expects("Closed check.xlsx")
    contexts = ({"survey": ids.closed, "v": 1}, {"mine": "data", "v": 1})
    offers = [{"acceptContext": one, "declineContext": one} for one in contexts]
    taken = [
        one.writer.file_consent(offer, card.message_id, place)
        for one in places
        for offer in offers
        for place in (upload, None)
    ]
    return [*said, *pressed, *taken, *lead.writer.app_added(), lead.writer.app_removed()]
