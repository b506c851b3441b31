"""What a button says when it is pressed: one type per button, one encoder, one parser, a version.

Nothing else knows the JSON keys. A card's inputs arrive merged into the same object, so an input has the
name of the field it fills.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from assessment.model import Answer, Level, Role, parse_answer
from cards.news_presses import NewsPress
from cards.pledge_presses import PledgePress
from cards.privacy_presses import PrivacyPress
from cards.respect_presses import RespectPress
from cards.schedule_presses import SchedulePress
from cards.survey_presses import InvitationPress, LeadPress
from cards.trend_presses import TrendPress

VERSION = 1
"""Raised when a field changes its meaning; cards of another version are answered with a fresh one."""

_CONFIG = ConfigDict(extra="forbid")

CheckId = Annotated[str, Field(pattern=r"^([0-9a-f]{32}\.)?[0-9a-f]{32}$")]
"""A check's id; of a check in a survey it begins with the survey's."""
QuestionId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
GivenAnswer = Annotated[
    Answer | None, BeforeValidator(lambda given: parse_answer(_text(given)) if given else None)
]
GivenLevel = Annotated[
    Level | None, BeforeValidator(lambda given: Level(int(_text(given))) if given else None)
]


class UnknownPress(ValueError):
    """The data of a press is not one of ours, or of another version."""


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a check, or go on with the open one."""

    __pydantic_config__ = _CONFIG

    do: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class PickRole:
    """Say how one looks at Power Platform."""

    __pydantic_config__ = _CONFIG

    check: CheckId
    role: Role
    do: Literal["role"] = "role"


@dataclass(frozen=True, slots=True)
class GiveAnswer:
    """Next: answer a question; `answer` is None where nothing was picked."""

    __pydantic_config__ = _CONFIG

    check: CheckId
    question: QuestionId
    answer: GivenAnswer = None
    do: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class GoBack:
    """Back: show the question before this one."""

    __pydantic_config__ = _CONFIG

    check: CheckId
    question: QuestionId
    do: Literal["back"] = "back"


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop for now."""

    __pydantic_config__ = _CONFIG

    check: CheckId
    do: Literal["pause"] = "pause"


@dataclass(frozen=True, slots=True)
class ShowResult:
    """Show a check's result."""

    __pydantic_config__ = _CONFIG

    check: CheckId
    do: Literal["result"] = "result"


@dataclass(frozen=True, slots=True)
class ShowLift:
    """Show what would lift a check's result to the next stage."""

    __pydantic_config__ = _CONFIG

    check: CheckId
    do: Literal["lift"] = "lift"


@dataclass(frozen=True, slots=True)
class ShowOpportunities:
    """Show the opportunities of a stage; of the person's own where none is named."""

    __pydantic_config__ = _CONFIG

    stage: GivenLevel = None
    do: Literal["opportunities"] = "opportunities"


@dataclass(frozen=True, slots=True)
class ShowAnswers:
    """Show the answers of a check."""

    __pydantic_config__ = _CONFIG

    check: CheckId
    do: Literal["answers"] = "answers"


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """Ask one question of a check again; None where nothing was picked."""

    __pydantic_config__ = _CONFIG

    check: CheckId
    question: QuestionId | None = None
    do: Literal["change"] = "change"


CheckPress = PickRole | GiveAnswer | GoBack | Pause | ShowResult | ShowLift | ShowAnswers | ChangeAnswer
"""A press on one check, which has to be the presser's own."""

Press = (
    Start
    | ShowOpportunities
    | CheckPress
    | LeadPress
    | InvitationPress
    | NewsPress
    | PledgePress
    | PrivacyPress
    | RespectPress
    | SchedulePress
    | TrendPress
)

_PRESS: TypeAdapter[Press] = TypeAdapter(
    Annotated[Press, Field(discriminator="do")],
    # By the first press: it takes as long as a tenth of the bot's start.
    config=ConfigDict(defer_build=True),
)


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError("inputs and data are text")  # noqa: TRY004 - pydantic takes no TypeError
    return given


def encode(press: Press) -> dict[str, Any]:
    """The data a button carries; a field that is None is left to the card's input of the same name."""
    given = ((name, getattr(press, name)) for name in press.__match_args__)
    return {"v": VERSION} | {name: str(value) for name, value in given if value is not None}


def parse(data: object) -> Press:
    """Read what Teams sent back. Raises UnknownPress for anything we did not write."""
    if not isinstance(data, dict) or data.get("v") != VERSION:
        raise UnknownPress("no press of this version")
    try:
        return _PRESS.validate_python(
            {key: value for key, value in data.items() if key not in {"v", "msteams"}}
        )
    except ValidationError as error:
        raise UnknownPress(f"{error.error_count()} fields are wrong") from None
