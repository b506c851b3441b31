"""What the buttons of a schedule say; only leads may press them, wherever the card is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field

from assessment.schedules import Often, Weekday
from cards.survey_presses import Day, Line, TeamId, Whole

_CONFIG = ConfigDict(extra="forbid")

ScheduleId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Words = Annotated[str, Field(max_length=1000)]
"""What somebody typed; the dialog says where it is too long."""
Kind = Literal["survey", "reminder"]


def _time(given: object) -> object:
    """A time as Input.Time sends it; anything else is as good as none."""
    try:
        return dt.time.fromisoformat(given).replace(tzinfo=None) if isinstance(given, str) else None
    except ValueError:
        return None


Time = Annotated[dt.time | None, BeforeValidator(_time)]


@dataclass(frozen=True, slots=True)
class ShowSchedules:
    """Show all schedules, of the channel's team or of every team."""

    __pydantic_config__ = _CONFIG

    do: Literal["schedules"] = "schedules"


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """Set a schedule up."""

    __pydantic_config__ = _CONFIG

    kind: Kind
    do: Literal["schedule-new"] = "schedule-new"


@dataclass(frozen=True, slots=True)
class ShowSchedule:
    """Show one schedule, with its next dates."""

    __pydantic_config__ = _CONFIG

    schedule: ScheduleId
    do: Literal["schedule"] = "schedule"


@dataclass(frozen=True, slots=True)
class ChangeSchedule:
    """Show the form of a schedule again."""

    __pydantic_config__ = _CONFIG

    schedule: ScheduleId
    do: Literal["schedule-change"] = "schedule-change"


@dataclass(frozen=True, slots=True)
class PauseSchedule:
    """Let a schedule bring nothing for now."""

    __pydantic_config__ = _CONFIG

    schedule: ScheduleId
    do: Literal["schedule-pause"] = "schedule-pause"


@dataclass(frozen=True, slots=True)
class ResumeSchedule:
    """Have a schedule come round again, from now on."""

    __pydantic_config__ = _CONFIG

    schedule: ScheduleId
    do: Literal["schedule-go-on"] = "schedule-go-on"


@dataclass(frozen=True, slots=True)
class AskToDelete:
    """Show what deleting means."""

    __pydantic_config__ = _CONFIG

    schedule: ScheduleId
    do: Literal["schedule-ask-delete"] = "schedule-ask-delete"


@dataclass(frozen=True, slots=True)
class DeleteSchedule:
    """Drop a schedule."""

    __pydantic_config__ = _CONFIG

    schedule: ScheduleId
    do: Literal["schedule-delete"] = "schedule-delete"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a lead fills in. All but the schedule and its kind may come from the card's inputs."""

    schedule: ScheduleId
    kind: Kind
    team: TeamId | None = None
    often: Often | None = None
    weekday: Weekday | None = None
    rule: Words | None = None
    at: Time = None
    zone: Line | None = None
    ends: Day = None
    name: Line | None = None
    days: Whole = None
    first_reminder: Whole = None
    second_reminder: Whole = None
    answers: Literal["anonymous", "named"] | None = None
    smallest: Whole = None
    edition: Line | None = None
    text: Words | None = None


@dataclass(frozen=True, slots=True)
class PreviewSchedule(Terms):
    """Show the next dates, before anything is saved."""

    __pydantic_config__ = _CONFIG

    do: Literal["schedule-preview"] = "schedule-preview"


@dataclass(frozen=True, slots=True)
class EditSchedule(Terms):
    """Go back to the form as it was filled in."""

    __pydantic_config__ = _CONFIG

    do: Literal["schedule-edit"] = "schedule-edit"


@dataclass(frozen=True, slots=True)
class UnfoldSchedule(Terms):
    """Show the form as it was filled in, with what few people need."""

    __pydantic_config__ = _CONFIG

    do: Literal["schedule-more"] = "schedule-more"


@dataclass(frozen=True, slots=True)
class SaveSchedule(Terms):
    """Keep the schedule."""

    __pydantic_config__ = _CONFIG

    do: Literal["schedule-save"] = "schedule-save"


Said = TypeVar("Said", bound=Terms)


def with_terms(press: type[Said], terms: Terms) -> Said:
    """A press that carries all that was filled in."""
    return press(**{one.name: getattr(terms, one.name) for one in fields(Terms)})


SchedulePress = (
    ShowSchedules
    | NewSchedule
    | ShowSchedule
    | ChangeSchedule
    | PauseSchedule
    | ResumeSchedule
    | AskToDelete
    | DeleteSchedule
    | PreviewSchedule
    | EditSchedule
    | UnfoldSchedule
    | SaveSchedule
)
"""A press that only leads may make, wherever the card is."""
