"""What the buttons of a survey say: to leads, and to the people who are asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from assessment.model import Role

_CONFIG = ConfigDict(extra="forbid")

SurveyId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
BEYOND_ANY = 1_000_000
"""No number that anybody is asked for is as large."""

TeamId = Annotated[str, Field(min_length=1, max_length=200)]
Line = Annotated[str, Field(max_length=200)]
"""What somebody typed; the dialog says what is wrong with it, since the person can mend it."""


def _day(given: object) -> object:
    """A date as Input.Date sends it; anything else is as good as none."""
    try:
        return dt.date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None


def _whole(given: object) -> object:
    """A whole number as Input.Number sends it, such as "5" or "5.0"; anything else is as good as none."""
    try:
        number = float(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return int(number) if number is not None and number.is_integer() and abs(number) < BEYOND_ANY else None


Day = Annotated[dt.date | None, BeforeValidator(_day)]
Whole = Annotated[int | None, BeforeValidator(_whole)]


@dataclass(frozen=True, slots=True)
class SetUpSurvey:
    """Begin a survey, or go back to the plan of a draft."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId | None = None
    do: Literal["survey-plan"] = "survey-plan"


@dataclass(frozen=True, slots=True)
class Rehearse:
    """Keep a plan and show whom it would reach. All but the survey may come from the card's inputs."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    team: TeamId | None = None
    name: Line | None = None
    closes: Day = None
    answers: Literal["anonymous", "named"] | None = None
    smallest: Whole = None
    first_reminder: Whole = None
    second_reminder: Whole = None
    edition: Line | None = None
    do: Literal["survey-rehearse"] = "survey-rehearse"


@dataclass(frozen=True, slots=True)
class ShowRehearsal:
    """Look at a rehearsal again."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-rehearsal"] = "survey-rehearsal"


@dataclass(frozen=True, slots=True)
class SendToMe:
    """Send the invitation to the lead alone."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-to-me"] = "survey-to-me"


@dataclass(frozen=True, slots=True)
class SendSurvey:
    """Send the invitation to everybody; of a large team, once a second lead agrees."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-send"] = "survey-send"


@dataclass(frozen=True, slots=True)
class CancelSurvey:
    """Drop a survey that was not sent."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-cancel"] = "survey-cancel"


@dataclass(frozen=True, slots=True)
class ShowProgress:
    """Show where a survey is now."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-status"] = "survey-status"


@dataclass(frozen=True, slots=True)
class RemindNow:
    """Remind those who have not finished."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-remind"] = "survey-remind"


@dataclass(frozen=True, slots=True)
class AskToStop:
    """Show what stopping now means."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-ask-stop"] = "survey-ask-stop"


@dataclass(frozen=True, slots=True)
class StopSending:
    """Send no more invitations and reminders."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-stop"] = "survey-stop"


@dataclass(frozen=True, slots=True)
class AskToClose:
    """Show what closing now means."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-ask-close"] = "survey-ask-close"


@dataclass(frozen=True, slots=True)
class CloseSurvey:
    """Close a survey now."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-close"] = "survey-close"


@dataclass(frozen=True, slots=True)
class ShowTeamResult:
    """Show the result of a closed survey."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-result"] = "survey-result"


@dataclass(frozen=True, slots=True)
class ShowSpread:
    """Show how the answers of a closed survey spread in each discipline."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-spread"] = "survey-spread"


@dataclass(frozen=True, slots=True)
class ExportSurvey:
    """Get a closed survey as a workbook, in the lead's own chat."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["survey-export"] = "survey-export"


@dataclass(frozen=True, slots=True)
class TakeSurvey:
    """Begin to answer a survey, with one's role; without one, look at the invitation again."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    role: Role | None = None
    do: Literal["invitation"] = "invitation"


@dataclass(frozen=True, slots=True)
class NotNow:
    """Be asked again later; where it does not say when, be asked when."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    until: Literal["tomorrow", "next-week"] | None = None
    do: Literal["not-now"] = "not-now"


@dataclass(frozen=True, slots=True)
class NotMe:
    """Say that one is not the right person to ask."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["not-me"] = "not-me"


LeadPress = (
    SetUpSurvey
    | Rehearse
    | ShowRehearsal
    | SendToMe
    | SendSurvey
    | CancelSurvey
    | ShowProgress
    | RemindNow
    | AskToStop
    | StopSending
    | AskToClose
    | CloseSurvey
    | ShowTeamResult
    | ShowSpread
    | ExportSurvey
)
"""A press that only leads may make, wherever the card is."""

InvitationPress = TakeSurvey | NotNow | NotMe
"""A press of somebody who was asked."""
