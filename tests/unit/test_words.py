"""What people type: exact words and their synonyms, in step with what the Teams app offers."""

import json
from pathlib import Path

import pytest

from assessment.model import Level, NoLevel, Role
from content.loading import load
from dialogs.words import IN_GROUP_CHAT, IN_TEAM, LEADING, OF_LEADS, OF_TEAM, PERSONAL, Vocabulary

CONTENT = load()
EDITION = CONTENT.editions["2021-10"]
VOCABULARY = Vocabulary(CONTENT.texts)
MANIFEST = Path(__file__).parents[2] / "manifest/manifest.json"


@pytest.mark.parametrize(
    "scope, known", [("personal", PERSONAL), ("team", IN_TEAM), ("groupChat", IN_GROUP_CHAT)]
)
def test_the_manifest_offers_the_words_the_bot_knows(scope: str, known: tuple[str, ...]) -> None:
    """Each command of the Teams app means itself to the bot, and as many are there as a list takes."""
    lists = json.loads(MANIFEST.read_text("utf-8"))["bots"][0]["commandLists"]
    [offered] = [one["commands"] for one in lists if scope in one["scopes"]]

    meant = [VOCABULARY.meaning(one["title"]) for one in offered]
    assert meant == [one for one in known if one in meant]
    assert len(meant) == min(len(known), 10)


@pytest.mark.parametrize("typed", ["start", "START", " Start. ", "start!", "check  again", "Continue"])
def test_case_space_and_a_full_stop_do_not_matter(typed: str) -> None:
    """A phone's capital and full stop mean the same word."""
    assert VOCABULARY.meaning(typed) == "start"


@pytest.mark.parametrize(
    "typed, meaning",
    [("Not now", "not-now"), ("later", "not-now"), ("Not me.", "not-me"), ("wrong person", "not-me")],
)
def test_the_ways_out_of_an_invitation_can_be_typed(typed: str, meaning: str) -> None:
    """As its buttons say them, and in other words."""
    assert VOCABULARY.meaning(typed) == meaning


def test_a_lead_has_everybodys_words_and_their_own() -> None:
    """Each once."""
    assert sorted([*PERSONAL, *OF_LEADS]) == sorted({*PERSONAL, *LEADING, *OF_TEAM})


@pytest.mark.parametrize("typed", ["", "starts", "please start", "start the check now", "st art", "0", "six"])
def test_anything_else_means_nothing(typed: str) -> None:
    """No word is guessed from a part of a sentence."""
    assert VOCABULARY.meaning(typed) is None
    assert VOCABULARY.answer(typed, EDITION) is None


@pytest.mark.parametrize("level", Level)
def test_a_level_can_be_typed_in_three_ways(level: Level) -> None:
    """Its place, its number, its name."""
    for typed in (str(level // 100), str(int(level)), EDITION.stages[level].name):
        assert VOCABULARY.answer(typed, EDITION) is level


def test_no_answer_is_a_command_too() -> None:
    """A level's name, a number or a role never collides with a word that does something else."""
    names = [stage.name.lower() for stage in EDITION.stages.values()]

    assert not {VOCABULARY.meaning(one) for one in [*names, "1", "5", "100", "500"]} - {None}


def test_each_role_and_each_no_level_has_words() -> None:
    """What a button can say can be typed."""
    texts = CONTENT.texts
    assert all(VOCABULARY.role(texts(f"role.names.{one}")) is one for one in Role)
    assert all(VOCABULARY.answer(texts(f"answer.{one}"), EDITION) is one for one in NoLevel)


def test_commands_have_a_description_and_the_word_itself() -> None:
    """Help shows the first word of each list, which is the command's own name."""
    commands = (*PERSONAL, *IN_TEAM)
    assert all(
        CONTENT.texts.words[one][0] == one.replace("-", " ") and CONTENT.texts(f"command.{one}")
        for one in commands
    )
