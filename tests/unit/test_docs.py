"""What the pages in docs/ say is what the code does."""

import datetime as dt
import json
import re
import tomllib
from pathlib import Path

import pytest

from assessment.model import parse_answer
from assessment.respect import Limits, Wishes, next_moment
from assessment.scoring import Lift, Standing, lift, standing
from content.loading import load
from dialogs.words import PERSONAL
from scripts.package import PLACEHOLDERS
from tests.tables import section, table

ROOT = Path(__file__).parents[2]
DOCS = {one.name: one.read_text("utf-8") for one in sorted((ROOT / "docs").glob("*.md"))}
PAGES = {
    name: (ROOT / name).read_text("utf-8")
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
} | {f"docs/{name}": text for name, text in DOCS.items()}

DISCIPLINES = tuple("ABCDEFG")
SHORT = {"?": "dont-know", "n/a": "not-applicable"}
EXAMPLES = table(section(DOCS["scoring.md"], "Examples"))


def stands(example: list[str]) -> Standing:
    """The standing of an example's answers."""
    cells = zip(DISCIPLINES, example, strict=False)
    return standing({one: parse_answer(SHORT.get(cell, cell)) for one, cell in cells}, DISCIPLINES)


def told(up: Lift | None) -> str:
    """A lift as the table writes it."""
    return f"{int(up.target)}: {up.needed} of {' '.join(up.nearest)}" if up else "none"


@pytest.mark.parametrize("example", EXAMPLES, ids=[one[-1] for one in EXAMPLES])
def test_an_example_of_the_scoring_page_comes_out_as_it_says(example: list[str]) -> None:
    """Stage, complete stage, what holds it back and the lift of each example are what the rules give."""
    found = stands(example)
    stage, complete, held_back_by, way_up = example[7:11]

    assert stage == (str(int(found.stage)) if found.stage else "none")
    assert complete == (str(int(found.complete_stage)) if found.complete_stage else "none")
    assert held_back_by == (" ".join(found.held_back_by) or "none")
    assert way_up == told(lift(found))


@pytest.mark.parametrize("example", table(section(DOCS["respect.md"], "Examples")), ids="; ".join)
def test_an_example_of_the_respect_page_comes_out_as_it_says(example: list[str]) -> None:
    """A message goes at the moment that the page says."""
    wanted, written, sent = example
    before = [_moment(one) for one in written.split(",") if one.strip()]

    assert next_moment(_moment(wanted), Wishes(dt.UTC), before, Limits()) == _moment(sent)


def _moment(told: str) -> dt.datetime:
    """A moment as the page writes it, with the day of the week."""
    return dt.datetime.strptime(told.strip(), "%a %Y-%m-%d %H:%M").replace(tzinfo=dt.UTC)


def test_every_dependency_has_a_reason() -> None:
    """Nothing is installed that docs/decisions.md does not explain."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = [re.split(r"[\[<>=]", one)[0] for one in wanted]
    names += json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]

    assert [one for one in names if f"`{one}`" not in DOCS["decisions.md"]] == []


def test_every_reason_is_for_something_that_is_installed() -> None:
    """A dependency that was dropped leaves the page with it."""
    page = DOCS["decisions.md"]
    lists = section(page, "What the bot runs on") + section(page, "What developers need besides")
    installed = (ROOT / "pyproject.toml").read_text("utf-8") + (ROOT / "package.json").read_text("utf-8")
    heads = re.findall(r"^- ((?:`[^`]+`(?: \([^)]*\))?(?:, )?)+)", lists, re.MULTILINE)
    named = [name for head in heads for name in re.findall(r"`([^`]+)`", head)]

    assert named, "no dependency found on the page"
    assert [one for one in named if f'"{one}' not in installed] == []


def test_the_teams_app_page_explains_every_placeholder() -> None:
    """Whoever packages the app reads on the page what `make package` would ask for."""
    rows = table(section(DOCS["teams-app.md"], "Placeholders"))

    assert rows == [[f"`{name}`", meaning] for name, meaning in PLACEHOLDERS.items()]


def test_the_import_rule_on_the_page_is_the_one_that_is_checked() -> None:
    """docs/architecture.md shows the layers of import-linter."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    [layers] = [one["layers"] for one in contracts if one["type"] == "layers"]

    assert f"`{' <- '.join([*reversed(layers), 'app.py'])}`" in DOCS["architecture.md"]


def test_the_architecture_page_names_every_room() -> None:
    """A new folder of code does not stay unexplained."""
    rooms = {row[0].strip("`").rstrip("/") for row in table(section(DOCS["architecture.md"], "The rooms"))}
    folders = {one.parent.name for one in ROOT.glob("*/__init__.py")}

    assert folders <= rooms
    assert all((ROOT / one).exists() for one in rooms)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_between_pages_leads_somewhere(page: str) -> None:
    """No page sends its reader to a file or a heading that is not there."""
    for target, anchor in re.findall(r"(?<!!)\[[^\]]*\]\((?!https?:)([^)#]*)#?([^)]*)\)", PAGES[page]):
        file = (ROOT / page).parent / target if target else ROOT / page
        headings = re.findall(r"^#+ (.*)", file.read_text("utf-8"), re.MULTILINE)

        assert not anchor or anchor in {one.lower().replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    """Paths of the project in a page follow the files when these move."""
    rooms = "assessment|benchmarks|bot|cards|content|dialogs|jobs|manifest|scripts|storage|tests"
    named = re.findall(rf"`((?:{rooms})/[\w./-]*)`", PAGES[page])

    assert [one for one in named if not (ROOT / one).exists()] == []


def test_the_steps_for_a_new_command_name_its_four_places() -> None:
    """CONTRIBUTING.md leads to every file that knows the commands."""
    steps = section(PAGES["CONTRIBUTING.md"], "Adding a command")

    for place in ("content/texts/en.yaml", "dialogs/words.py", "dialogs/check.py", "manifest/manifest.json"):
        assert f"`{place}`" in steps
    assert all(load().texts.words[one] for one in PERSONAL)
