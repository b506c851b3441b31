"""What the buttons say with which people decide when the bot may write to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict

from cards.survey_presses import Day

_CONFIG = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class NothingBefore:
    """Hear nothing before a day, which comes from the card's input; None where none was picked."""

    __pydantic_config__ = _CONFIG

    until: Day = None
    do: Literal["nothing-before"] = "nothing-before"


@dataclass(frozen=True, slots=True)
class StopReminding:
    """Hear nothing any more."""

    __pydantic_config__ = _CONFIG

    do: Literal["stop-reminding"] = "stop-reminding"


@dataclass(frozen=True, slots=True)
class WriteAgain:
    """Take back every wish to hear nothing."""

    __pydantic_config__ = _CONFIG

    do: Literal["write-again"] = "write-again"


RespectPress = NothingBefore | StopReminding | WriteAgain
"""A press that is about the presser alone."""
