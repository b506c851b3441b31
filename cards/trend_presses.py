"""What the buttons around a team's trend say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict

from cards.survey_presses import SurveyId

_CONFIG = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class ShowTrend:
    """Show how the results of a closed survey's team follow each other."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["trend"] = "trend"


@dataclass(frozen=True, slots=True)
class LeaveTrend:
    """Go back from the trend to the result of a closed survey."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["trend-back"] = "trend-back"


TrendPress = ShowTrend | LeaveTrend
"""A press of a lead, or of anybody in the survey's own team."""
