"""The editions that come with the bot: nothing of the model is lost, and an edition of one's own works."""

import re
from collections.abc import Iterator

import pytest

from assessment.model import Level
from assessment.scoring import lift, standing
from content.loading import CONTENT, Content, load
from content.model import Edition, Link, LinkState

EXAMPLE = "example-two-disciplines"

COUNTS = {
    #                             100 200 300 400 500
    "strategy-and-vision":        (4, 2, 3, 3, 4),
    "business-value":             (2, 2, 3, 2, 3),
    "admin-and-governance":       (2, 4, 6, 6, 2),
    "support":                    (2, 2, 2, 3, 2),
    "nurture-and-citizen-makers": (2, 3, 4, 6, 4),
    "automation":                 (1, 1, 3, 3, 3),
    "fusion-teams":               (2, 2, 3, 3, 2),
}  # fmt: skip
"""How many statements the model of 2021 makes for each discipline and level."""

LEARN = "https://learn.microsoft.com/power-platform/guidance"

ADDRESSES = {
    Level.INITIAL: [
        "https://aka.ms/powerappsdemos",
        f"{LEARN}/adoption/hackathons",
        f"{LEARN}/adoption/in-a-day#lunch-and-learn",
        f"{LEARN}/adoption/champions",
        f"{LEARN}/adoption/roles",
    ],
    Level.REPEATABLE: [
        f"{LEARN}/adoption/dlp-strategy",
        f"{LEARN}/coe/core-components#dlp-editor-v2",
        f"{LEARN}/adoption/onboard-makers",
    ],
    Level.DEFINED: [
        f"{LEARN}/adoption/environment-strategy",
        f"{LEARN}/adoption/environment-strategy#factors-that-influence-provisioning",
        f"{LEARN}/adoption/show-and-tell",
    ],
    Level.CAPABLE: [
        f"{LEARN}/coe/core-components#app-catalog",
        f"{LEARN}/adoption/reusable",
        f"{LEARN}/adoption/coe",
    ],
    Level.EFFICIENT: [
        f"{LEARN}/coe/use-innovationbacklog",
        f"{LEARN}/coe/almaccelerator-components",
        "https://aka.ms/powerplatformstories",
    ],
}
"""The links of the page of October 2021, in its order."""

NOT_CURRENT = {
    "https://aka.ms/powerappsdemos": (LinkState.RETIRED, f"{LEARN}/adoption/in-a-day"),
    f"{LEARN}/coe/core-components#dlp-editor-v2": (
        LinkState.RENAMED,
        f"{LEARN}/coe/core-components#dlp-impact-analysis",
    ),
    f"{LEARN}/adoption/environment-strategy#factors-that-influence-provisioning": (
        LinkState.RETIRED,
        f"{LEARN}/adoption/support-strategy",
    ),
    f"{LEARN}/coe/core-components#app-catalog": (LinkState.RETIRED, None),
    f"{LEARN}/coe/use-innovationbacklog": (
        LinkState.RETIRED,
        f"{LEARN}/adoption/business-value-methods#business-value-toolkit",
    ),
    f"{LEARN}/coe/almaccelerator-components": (LinkState.RETIRED, f"{LEARN}/adoption/alm"),
}
"""The links that newer documentation dropped or renamed, with where each leads now."""


@pytest.fixture(scope="module")
def content() -> Content:
    return load()


@pytest.fixture(scope="module")
def seed(content: Content) -> Edition:
    return content.editions["2021-10"]


@pytest.fixture(scope="module")
def example(content: Content) -> Edition:
    return content.editions[EXAMPLE]


def links_of_opportunities(edition: Edition, level: Level) -> Iterator[Link]:
    for one in edition.opportunities_at(level):
        yield from one.links


def links_of_statements(edition: Edition) -> Iterator[Link]:
    for discipline in edition.disciplines.values():
        for level in discipline.levels.values():
            for statement in level.statements:
                yield from statement.links


def test_the_five_stages_have_the_names_of_the_model(seed: Edition) -> None:
    """100 to 500 are Initial, Repeatable, Defined, Capable and Efficient."""
    assert {int(level): stage.name for level, stage in seed.stages.items()} == {
        100: "Initial",
        200: "Repeatable",
        300: "Defined",
        400: "Capable",
        500: "Efficient",
    }


def test_every_opportunity_of_the_page_is_there(seed: Edition) -> None:
    """The fifteen cells of the page are sixteen opportunities, as one cell holds two."""
    assert [len(seed.opportunities_at(level)) for level in Level] == [3, 3, 3, 4, 3]
    assert len(seed.opportunities) == 16


@pytest.mark.parametrize("level", Level)
def test_every_link_of_the_page_is_kept(seed: Edition, level: Level) -> None:
    """Each stage's opportunities lead to the very addresses of the page, in its order."""
    assert [link.url for link in links_of_opportunities(seed, level)] == ADDRESSES[level]


def test_what_became_of_the_links_is_told(seed: Edition) -> None:
    """Six links were renamed or retired since; five of them have a successor, and the others are current."""
    links = [link for level in Level for link in links_of_opportunities(seed, level)]

    assert len(links) == 17
    assert {
        link.url: (link.state, link.successor and link.successor.url)
        for link in links
        if link.state is not LinkState.CURRENT
    } == NOT_CURRENT


def test_every_statement_of_the_model_is_there(seed: Edition) -> None:
    """Seven disciplines in the model's order make 101 statements, level by level."""
    counts = {
        one.id: tuple(len(level.statements) for level in one.levels.values())
        for one in seed.disciplines.values()
    }

    assert list(counts.items()) == list(COUNTS.items())
    assert sum(map(sum, counts.values())) == 101


def test_a_page_has_one_fate_wherever_it_is_linked(seed: Edition) -> None:
    """A statement's link to a page that an opportunity calls retired is retired too."""
    fates = {
        link.url: (link.state, link.successor)
        for level in Level
        for link in links_of_opportunities(seed, level)
    }

    for link in links_of_statements(seed):
        assert fates.get(link.url, (link.state, link.successor)) == (link.state, link.successor), link.url


def test_everything_in_an_edition_has_its_order(seed: Edition) -> None:
    """Disciplines are asked in the order of edition.yaml, levels and stages rise, and so do opportunities."""
    assert seed.order == tuple(COUNTS)
    assert list(seed.stages) == list(Level)
    assert all(list(one.levels) == list(Level) for one in seed.disciplines.values())
    assert [one.stage for one in seed.opportunities] == sorted(one.stage for one in seed.opportunities)


@pytest.mark.parametrize("edition", ["2021-10", EXAMPLE])
def test_titles_of_opportunities_are_short(content: Content, edition: str) -> None:
    """A title has at most eight words, so that it fits a line on a phone."""
    for one in content.editions[edition].opportunities:
        assert len(one.title.split()) <= 8, one.title


def test_the_worked_example_is_told_apart_from_the_model(example: Edition) -> None:
    """The example is an edition of its own: its name, its two disciplines, its words for the stages."""
    assert example.id == EXAMPLE
    assert example.order == ("app-quality", "skills")
    assert example.stages[Level.DEFINED].name == "Shared standard"
    assert example.published.isoformat() == "2026-02-02"


def test_only_the_worked_example_is_no_edition_to_ask_with(content: Content) -> None:
    """It says of itself that it is an example; an edition that says nothing is none."""
    assert [one.id for one in content.editions.values() if one.example] == [EXAMPLE]


def test_a_whole_check_can_be_scored_with_the_worked_example(example: Edition) -> None:
    """Answers to its disciplines lead to a stage, a complete stage, the way up, and opportunities."""
    stands = standing({"app-quality": Level.CAPABLE, "skills": Level.REPEATABLE}, example.order)

    up = lift(stands)

    assert (stands.stage, stands.complete_stage) == (Level.REPEATABLE, Level.REPEATABLE)
    assert up is not None
    assert (up.target, up.nearest) == (Level.DEFINED, ("skills",))
    assert [one.id for one in example.opportunities_at(Level.REPEATABLE)] == ["write-down-team-habits"]
    assert [one.id for one in example.disciplines["skills"].levels[up.target].statements] == [
        "common-training"
    ]


def test_every_sample_of_the_page_stands_in_the_worked_example() -> None:
    """docs/editions.md shows what the files of the example really say."""
    page = (CONTENT.parent / "docs/editions.md").read_text("utf-8")
    samples = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    files = [path.read_text("utf-8") for path in (CONTENT / "editions" / EXAMPLE).rglob("*.yaml")]

    assert len(samples) == 5
    assert [one for one in samples if not any(one in file for file in files)] == []


def test_the_page_names_every_link_state() -> None:
    """docs/editions.md explains each state a link can have."""
    page = (CONTENT.parent / "docs/editions.md").read_text("utf-8")

    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(LinkState)
