"""News while three processes look for them, and some are killed: told once, or not at all."""

import pytest

from assessment.news import NewsKind
from tests.acceptance.clock import SharedClock
from tests.acceptance.killable import Replicas
from tests.acceptance.ledger import comes_true
from tests.acceptance.news import end_as, happens, headings, states
from tests.acceptance.surveys import HERE, a_team
from tests.acceptance.teams import Teams

pytestmark = pytest.mark.parametrize("database_url", ["postgresql_url"], indirect=True)

TAKEN_OVER = 40
"""Seconds within which what a dead process had claimed is known to be lost."""


@pytest.fixture
async def bot(replicas: Replicas, shared_clock: SharedClock) -> Replicas:
    assert shared_clock().hour == 9
    return await replicas.start(LOG_LEVEL="INFO")


async def test_three_replicas_tell_each_thing_once(
    teams: Teams, shared_clock: SharedClock, database_url: str
) -> None:
    """Of many at once, whichever of them sees it first; also by the time at which the next thing is told."""
    team, lead = a_team(teams)
    await lead.says(f"{HERE} help")
    for number in range(12):
        await happens(
            database_url,
            team,
            shared_clock(),
            NewsKind.MOVED_UP,
            str(number),
            discipline=f"No. {number} of them",
        )
    await end_as(database_url, sent=12)
    shared_clock.moves(days=1)
    await happens(database_url, team, shared_clock(), NewsKind.MOVED_UP, "later", discipline="A day later")
    await lead.will_see("A day later: one step further", within=30)

    told = "\n".join(card.text for card in lead.cards())
    assert [told.count(f"No. {number} of them") for number in range(12)] == [1] * 12


async def test_killed_while_telling(
    teams: Teams, replicas: Replicas, shared_clock: SharedClock, database_url: str
) -> None:
    """All die as Teams is being called: what was in flight is unknown, the next goes out, none twice."""
    team, lead = a_team(teams)
    await lead.says(f"{HERE} help")
    teams.connector.hangs_next(kind="post", though_delivered=True)
    await happens(database_url, team, shared_clock(), NewsKind.MOVED_UP, discipline="Support")
    await comes_true(lambda: "Support: one step further" in headings(lead))
    assert set(states(database_url).values()) == {"sending"}
    for one in replicas.bots:
        await one.is_killed()
    await happens(database_url, team, shared_clock(), NewsKind.MOVED_UP, "2", discipline="Automation")
    await replicas[0].starts()
    await comes_true(lambda: "unknown" in states(database_url).values(), within=TAKEN_OVER)
    await end_as(database_url, sent=1, unknown=1)

    assert headings(lead).count("Support: one step further") == 1
    assert headings(lead).count("Automation: one step further") == 1
