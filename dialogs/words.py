"""What people type, and what it means: an exact word or a listed synonym, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from assessment.model import Answer, Level, NoLevel, Role
from content.model import Edition
from content.texts import Texts, plain

ABOUT_ME = ("my-data", "forget-me")
"""The commands about what the bot keeps of a person."""

PERSONAL = ("start", "result", "opportunities", "history", "pledges", "reminders", *ABOUT_ME, "help")
"""The commands of a personal chat, in the order that help and the manifest list them."""

LEADING = ("survey", "status", "remind", "close", "results", "schedule", "news")
"""The commands of CoE leads, in a team channel or in their own chat."""

OF_TEAM = ("trend",)
"""The commands of everybody in a team channel, and of CoE leads in their own chat."""

OF_LEADS = (*LEADING, *OF_TEAM)
"""The commands that leads have in their own chat besides everybody's."""

IN_TEAM = ("start", *LEADING, *OF_TEAM, "pledges", "help")
"""The commands of a team channel."""

IN_GROUP_CHAT = ("start", "help")
"""The commands of a group chat."""

EDITIONS_KEPT = 50
"""Whose levels are named once: more than there are in all languages."""


class Vocabulary:
    """The words of one language and the level names of an edition, looked up by what was typed."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._meanings = {said: key for key, words in texts.words.items() for said in words}

    def meaning(self, text: str) -> str | None:
        """The key of the word that was typed, such as "start" or "dont-know"; None for anything else."""
        return self._meanings.get(plain(text))

    def answer(self, text: str, edition: Edition) -> Answer | None:
        """The answer that was typed: 1 to 5, 100 to 500, a level as cards call it, or why there is none."""
        meaning = self.meaning(text)
        if meaning in list(NoLevel):
            return NoLevel(meaning)
        return _levels(self._texts, edition).get(plain(text))

    def role(self, text: str) -> Role | None:
        """The role that was typed."""
        meaning = self.meaning(text)
        return Role(meaning) if meaning in list(Role) else None


@lru_cache(EDITIONS_KEPT)
def _levels(texts: Texts, edition: Edition) -> Mapping[str, Level]:
    """What a level may be called: its place, its number, its name, and both together."""
    return {said: level for level in Level for said in _names(texts, edition, level)}


def _names(texts: Texts, edition: Edition, level: Level) -> list[str]:
    name = edition.stages[level].name
    together = (texts(f"level.{form}", level=level, name=name) for form in ("short", "name"))
    return [str(level // 100), str(level), *map(plain, (name, *together))]
