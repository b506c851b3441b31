"""What people type, and what it means: an exact word or a listed synonym, never a guess."""

from __future__ import annotations

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
        return {said: level for level in Level for said in self._levels(edition, level)}.get(plain(text))

    def role(self, text: str) -> Role | None:
        """The role that was typed."""
        meaning = self.meaning(text)
        return Role(meaning) if meaning in list(Role) else None

    def _levels(self, edition: Edition, level: Level) -> list[str]:
        """What a level may be called: its place, its number, its name, and both together."""
        name = edition.stages[level].name
        together = (self._texts(f"level.{form}", level=level, name=name) for form in ("short", "name"))
        return [str(level // 100), str(level), *map(plain, (name, *together))]
