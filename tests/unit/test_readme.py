"""What the README and docs/settings.md say is what the code does: settings, commands, words people type."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.settings import Settings
from content.loading import load
from dialogs.words import IN_GROUP_CHAT, IN_TEAM, LEADING, PERSONAL
from tests.tables import section, table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SETTINGS_PAGE = (ROOT / "docs/settings.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PAGES = ("README.md", "CONTRIBUTING.md", *(f"docs/{one.name}" for one in (ROOT / "docs").glob("*.md")))

SETTINGS = {str(one.alias): one for one in Settings.model_fields.values()}
TARGETS = dict(re.findall(r"^([a-z]+):.*## (.*)", MAKEFILE, re.MULTILINE))
TEXTS = load().texts


def written(default: Any) -> str:
    """A setting's default as the page shows it."""
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    values = value if isinstance(value, tuple) else [value]
    return ", ".join(f"`{one}`" for one in values if one != "")


def choices(field: FieldInfo) -> Iterator[str]:
    """What a setting may be, where only a few words are right."""
    return (one for one in get_args(field.annotation) if isinstance(one, str))


def described() -> dict[str, list[str]]:
    """The rows of the settings table by the name of the setting."""
    return {row[0].strip("`"): row for row in table(section(SETTINGS_PAGE, "Settings"))}


def test_the_table_has_every_setting_and_no_other() -> None:
    """A setting is not added, renamed or dropped without its page."""
    assert list(described()) == list(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_described_as_it_is(name: str) -> None:
    """Default, meaning and choices of a setting are those of the code."""
    _, default, meaning = described()[name]
    field = SETTINGS[name]

    assert default == written(field.default)
    assert meaning.startswith(str(field.description))
    assert all(f"`{one}`" in meaning for one in choices(field))


def test_every_make_target_is_explained_in_the_makefiles_own_words() -> None:
    """The table of commands is the list that `make help` shows."""
    rows = table(section(README, "All commands"))

    assert rows == [[f"`make {name}`", meaning] for name, meaning in TARGETS.items()]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_make_target_that_is_not_there(page: str) -> None:
    """Whoever copies a `make` command from a page finds that it works."""
    named = set(re.findall(r"`make ([a-z]+)", (ROOT / page).read_text("utf-8")))

    assert named <= set(TARGETS)


def test_every_command_word_can_be_tried() -> None:
    """The README lists the words that the bot lists in its help, in the same order."""
    words = [row[0] for row in table(section(README, "Try it"))]

    assert words == [f"`{TEXTS.words[one][0]}`" for one in PERSONAL]


def test_the_words_of_a_channel_are_named() -> None:
    """In public the bot offers fewer words, and the README says which, and what becomes of the others."""
    public = " and ".join(f"`{TEXTS.words[one][0]}`" for one in IN_GROUP_CHAT)
    *others, last = (f"`{TEXTS.words[one][0]}`" for one in PERSONAL if one not in IN_TEAM)
    said = " ".join(section(README, "Try it").split())

    assert f"it offers {public} there" in said
    assert f"{', '.join(others)} and {last} work there as well" in said


def test_every_word_of_a_lead_is_named() -> None:
    """What a CoE lead can type is in a table of its own, in the order of the help."""
    words = [row[0] for row in table(section(README, "Ask a team"))]

    assert words == [f"`{TEXTS.words[one][0]}`" for one in LEADING]


def test_the_words_that_answer_a_question_are_named() -> None:
    """An open question can be answered by typing, and the README says how."""
    said = section(README, "Try it")

    for key in ("dont-know", "not-applicable", "back", "pause"):
        assert f"`{TEXTS.words[key][0]}`" in said
