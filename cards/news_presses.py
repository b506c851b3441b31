"""What the buttons say with which a lead chooses how a team's channels are told news."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict

from assessment.news import Preference
from cards.survey_presses import TeamId

_CONFIG = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class ShowNews:
    """Show how a team is told; which one may come from the card's input."""

    __pydantic_config__ = _CONFIG

    team: TeamId | None = None
    do: Literal["news"] = "news"


@dataclass(frozen=True, slots=True)
class SaveNews:
    """Have a team told differently; how comes from the card's input."""

    __pydantic_config__ = _CONFIG

    team: TeamId
    preference: Preference | None = None
    do: Literal["news-save"] = "news-save"


NewsPress = ShowNews | SaveNews
"""A press that only leads may make."""
