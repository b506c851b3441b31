"""How levels, answers and disciplines are called on a card."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.model import Answer, Level, NoLevel
from content.model import Discipline, Edition
from content.texts import Texts


def level_name(texts: Texts, edition: Edition, level: Level) -> str:
    """A level by number and name: "Level 300 Defined"."""
    return texts("level.name", level=level, name=edition.stages[level].name)


def answer_name(texts: Texts, edition: Edition, answer: Answer) -> str:
    """An answer in a few words: "300 Defined", "I don't know"."""
    if isinstance(answer, NoLevel):
        return texts(f"answer.{answer}")
    return texts("level.short", level=answer, name=edition.stages[answer].name)


def answer_title(texts: Texts, edition: Edition, discipline: Discipline, answer: Answer) -> str:
    """An answer as the question offers it: the level's name, then what it means for this discipline."""
    if isinstance(answer, NoLevel):
        return texts(f"answer.{answer}")
    return texts("answer.level", name=edition.stages[answer].name, answer=discipline.levels[answer].answer)


def discipline_names(texts: Texts, edition: Edition, disciplines: Iterable[str]) -> str:
    """Disciplines as a list in prose: "Support, Automation, and Fusion Teams"."""
    return texts.join(edition.disciplines[one].name for one in disciplines)
