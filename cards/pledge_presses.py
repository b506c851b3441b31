"""What the buttons of a promise say: to who makes one, and to who owns it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from assessment.model import Level
from cards.survey_presses import Day, Line, SurveyId, TeamId

_CONFIG = ConfigDict(extra="forbid")

PledgeId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
ContentId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
"""Of an edition, or of something in it."""
WhoId = Annotated[str, Field(max_length=100)]
"""What a people picker sends: the Entra object id of one person."""
Reason = Annotated[str, Field(max_length=1000)]

ME = "me"
"""The choice of oneself, as the owner of a promise or as the only one who hears of it."""


def _level(given: object) -> object:
    """A level as a button sends it."""
    return Level(int(given)) if isinstance(given, str) and len(given) == 3 else given  # noqa: PLR2004 - digits


StatementLevel = Annotated[Level, BeforeValidator(_level)]


@dataclass(frozen=True, slots=True)
class PromiseOpportunity:
    """Begin to promise an opportunity; `survey` is the one whose result shows it to a team."""

    __pydantic_config__ = _CONFIG

    edition: ContentId
    item: ContentId
    survey: SurveyId | None = None
    do: Literal["pledge-opportunity"] = "pledge-opportunity"


@dataclass(frozen=True, slots=True)
class PromiseStatement:
    """Begin to promise one of the statements of a discipline's level."""

    __pydantic_config__ = _CONFIG

    edition: ContentId
    discipline: ContentId
    level: StatementLevel
    do: Literal["pledge-statement"] = "pledge-statement"


@dataclass(frozen=True, slots=True)
class MakePledge:
    """Promise it. All that is None may come from the card's inputs."""

    __pydantic_config__ = _CONFIG

    pledge: PledgeId
    edition: ContentId
    survey: SurveyId | None = None
    discipline: ContentId | None = None
    level: StatementLevel | None = None
    item: ContentId | None = None
    who: WhoId | None = None
    name: Line | None = None
    due: Day = None
    tell: TeamId | None = None
    do: Literal["pledge-make"] = "pledge-make"


@dataclass(frozen=True, slots=True)
class LeavePledge:
    """Go back to the result that a team's promise was about to be made from."""

    __pydantic_config__ = _CONFIG

    survey: SurveyId
    do: Literal["pledge-leave"] = "pledge-leave"


@dataclass(frozen=True, slots=True)
class ShowPledges:
    """Show one's own promises."""

    __pydantic_config__ = _CONFIG

    do: Literal["pledges"] = "pledges"


@dataclass(frozen=True, slots=True)
class SayDone:
    """Say that it is done; of a statement it is asked next whether it is true."""

    __pydantic_config__ = _CONFIG

    pledge: PledgeId
    do: Literal["pledge-done"] = "pledge-done"


@dataclass(frozen=True, slots=True)
class SayWhether:
    """Say whether the statement is true today."""

    __pydantic_config__ = _CONFIG

    pledge: PledgeId
    met: Literal["yes", "not-yet"]
    do: Literal["pledge-met"] = "pledge-met"


@dataclass(frozen=True, slots=True)
class PutOff:
    """Be asked until when more time is needed."""

    __pydantic_config__ = _CONFIG

    pledge: PledgeId
    do: Literal["pledge-more-time"] = "pledge-more-time"


@dataclass(frozen=True, slots=True)
class SetDay:
    """Ask on another day, which comes from the card's input; `survey` is whose result to go back to."""

    __pydantic_config__ = _CONFIG

    pledge: PledgeId
    survey: SurveyId | None = None
    due: Day = None
    do: Literal["pledge-day"] = "pledge-day"


@dataclass(frozen=True, slots=True)
class AskToDrop:
    """Be asked why it is dropped. The promise may come from the card's input."""

    __pydantic_config__ = _CONFIG

    pledge: PledgeId | None = None
    do: Literal["pledge-ask-drop"] = "pledge-ask-drop"


@dataclass(frozen=True, slots=True)
class DropPledge:
    """Drop it; the reason comes from the card's input."""

    __pydantic_config__ = _CONFIG

    pledge: PledgeId
    reason: Reason | None = None
    do: Literal["pledge-drop"] = "pledge-drop"


@dataclass(frozen=True, slots=True)
class RefusePledge:
    """Say "not me" to what somebody else promised in one's name."""

    __pydantic_config__ = _CONFIG

    pledge: PledgeId
    do: Literal["pledge-not-me"] = "pledge-not-me"


PledgePress = (
    PromiseOpportunity
    | PromiseStatement
    | MakePledge
    | LeavePledge
    | ShowPledges
    | SayDone
    | SayWhether
    | PutOff
    | SetDay
    | AskToDrop
    | DropPledge
    | RefusePledge
)
"""A press about a promise."""
