"""The shape of an edition: what the YAML files say, frozen.

`content.loading` checks the files against these types, and `content.schema` writes the JSON Schema that
editors use from the same types, so the two cannot drift apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from assessment.model import Level

_STRICT = ConfigDict(extra="forbid", use_attribute_docstrings=True)

Id = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=60,
        description="A stable id in lower-case words joined by hyphens. Answers refer to it: never change it.",
    ),
]
Words = Annotated[str, Field(min_length=1, max_length=600)]
Url = Annotated[str, Field(pattern=r"^https://[^\s()]+$", max_length=300)]


class LinkState(StrEnum):
    """What became of a page since the edition was published."""

    CURRENT = "current"
    RENAMED = "renamed"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Successor:
    """The page that took over from a renamed or retired one."""

    __pydantic_config__ = _STRICT

    title: Words
    url: Url


@dataclass(frozen=True, slots=True)
class Link:
    """A page worth reading, as the edition named it."""

    __pydantic_config__ = _STRICT

    title: Words
    url: Url
    """Absolute, https."""
    state: LinkState = LinkState.CURRENT
    successor: Successor | None = None
    """Where to go instead, for a renamed or retired page that has an heir."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five levels, and what it means for Power Platform."""

    __pydantic_config__ = _STRICT

    level: Level
    name: Words
    meaning: Words
    """Two or three sentences that a maker understands."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One thing worth doing at a stage."""

    __pydantic_config__ = _STRICT

    id: Id
    stage: Level
    title: Words
    """Starts with a verb, at most eight words."""
    text: Words
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One characteristic the model ascribes to a level of a discipline."""

    __pydantic_config__ = _STRICT

    id: Id
    text: Words
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelOfDiscipline:
    """What is true of a discipline at one level."""

    __pydantic_config__ = _STRICT

    level: Level
    answer: Words
    """The level as a person would say it in the check: one plain sentence or two."""
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class DisciplineFile:
    """`disciplines/<id>.yaml`: an area the model looks at, with its question and its five levels."""

    __pydantic_config__ = _STRICT

    name: Words
    question: Words
    levels: tuple[LevelOfDiscipline, ...]
    """All five, from 100 to 500."""


@dataclass(frozen=True, slots=True)
class StagesFile:
    """`stages.yaml`: the five levels, from 100 to 500."""

    __pydantic_config__ = _STRICT

    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class OpportunitiesFile:
    """`opportunities.yaml`: what is worth doing, stage by stage, in the order it is shown."""

    __pydantic_config__ = _STRICT

    opportunities: tuple[Opportunity, ...]


@dataclass(frozen=True, slots=True)
class EditionFile:
    """`edition.yaml`: what the edition is, and the disciplines in the order they are asked."""

    __pydantic_config__ = _STRICT

    name: Words
    published: dt.date
    source: Url
    """Where the model was published."""
    disciplines: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Each id names a file under `disciplines/`."""


@dataclass(frozen=True, slots=True)
class Discipline:
    """One area the model looks at."""

    id: str
    name: str
    question: str
    levels: Mapping[Level, LevelOfDiscipline]


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of the model: its folder's name is its id."""

    id: str
    name: str
    published: dt.date
    source: str
    stages: Mapping[Level, Stage]
    opportunities: tuple[Opportunity, ...]
    disciplines: Mapping[str, Discipline]
    """By id, in the order they are asked."""

    @property
    def order(self) -> tuple[str, ...]:
        """The ids of the disciplines, in the order they are asked."""
        return tuple(self.disciplines)

    def opportunities_at(self, level: Level) -> tuple[Opportunity, ...]:
        """What is worth doing at a stage."""
        return tuple(one for one in self.opportunities if one.stage is level)
