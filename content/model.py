"""The shape of an edition: what the YAML files say, frozen.

`content.loading` checks the files against these types, and `content.schema` writes the JSON Schema that
editors use from the same types, so the two cannot drift apart.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo

from assessment.check import ROLE
from assessment.model import Level

STRICT = ConfigDict(extra="forbid")

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ADDRESS = r"^https://[^\s()]+$"

Id = Annotated[
    str,
    Field(
        pattern=ID,
        max_length=60,
        description="Lower-case words joined by hyphens. Answers refer to it, so never change it.",
    ),
]
# The longest content these allow still makes cards within Teams' 28 KB; tests/unit/test_cards.py holds it.
Name = Annotated[str, Field(min_length=1, max_length=80)]
Sentence = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(min_length=1, max_length=600)]
Url = Annotated[str, Field(pattern=ADDRESS, max_length=300)]


class LinkState(StrEnum):
    """What became of a page since the edition was published."""

    CURRENT = "current"
    RENAMED = "renamed"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Successor:
    """The page that took over from a renamed or retired one."""

    __pydantic_config__ = STRICT

    title: Name
    url: Url


@dataclass(frozen=True, slots=True)
class Link:
    """A page worth reading, as the edition named it."""

    __pydantic_config__ = STRICT

    title: Name
    url: Url
    """Absolute, https."""
    state: LinkState = LinkState.CURRENT
    """What became of the page since."""
    successor: Successor | None = None
    """Where to go instead, for a renamed or retired page that has an heir."""

    def __post_init__(self) -> None:
        if self.state is LinkState.RENAMED and self.successor is None:
            raise ValueError("`state` is renamed; say where to under `successor`")
        if self.state is LinkState.CURRENT and self.successor is not None:
            raise ValueError("`successor` is set on a current link; make its `state` renamed or retired")


Links = Annotated[tuple[Link, ...], Field(max_length=3)]


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five levels, and what it means for Power Platform."""

    __pydantic_config__ = STRICT

    level: Level
    name: Name
    meaning: Words
    """Two or three sentences that a maker understands."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One thing worth doing at a stage."""

    __pydantic_config__ = STRICT

    id: Id
    stage: Level
    """The stage at which it is shown."""
    title: Name
    """Starts with a verb, at most eight words."""
    text: Words
    links: Links = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One characteristic the model ascribes to a level of a discipline."""

    __pydantic_config__ = STRICT

    id: Id
    text: Sentence
    links: Links = ()


@dataclass(frozen=True, slots=True)
class LevelOfDiscipline:
    """What is true of a discipline at one level."""

    __pydantic_config__ = STRICT

    level: Level
    answer: Sentence
    """The level as a person would say it in the check: one plain sentence or two."""
    statements: Annotated[tuple[Statement, ...], Field(min_length=1, max_length=7)]


_Parts = TypeVar("_Parts", tuple[Stage, ...], tuple[LevelOfDiscipline, ...])


def _all_five(parts: _Parts, info: ValidationInfo) -> _Parts:
    has = [one.level for one in parts]
    if has != list(Level):
        raise ValueError(
            f"`{info.field_name}` has {', '.join(map(str, has)) or 'none'}; "
            "list 100, 200, 300, 400 and 500, once each, in that order"
        )
    return parts


MOST_PER_STAGE = 5


def _some_per_stage(opportunities: tuple[Opportunity, ...]) -> tuple[Opportunity, ...]:
    number = Counter(one.stage for one in opportunities)
    if many := sorted(level for level in Level if number[level] > MOST_PER_STAGE):
        stages = ", ".join(map(str, many))
        raise ValueError(f"`opportunities` has more than {MOST_PER_STAGE} for stage {stages}; keep the best")
    if missing := sorted(set(Level) - {one.stage for one in opportunities}):
        stages = ", ".join(map(str, missing))
        raise ValueError(f"`opportunities` has none for stage {stages}; add at least one")
    return opportunities


def _distinct(disciplines: tuple[str, ...]) -> tuple[str, ...]:
    if ROLE in disciplines:
        raise ValueError(f"`disciplines` lists {ROLE}, the name of the question about roles; rename it")
    if twice := [one for one, times in Counter(disciplines).items() if times > 1]:
        raise ValueError(f"`disciplines` lists {', '.join(twice)} twice; remove one")
    return disciplines


@dataclass(frozen=True, slots=True)
class DisciplineFile:
    """`disciplines/<id>.yaml`: an area the model looks at, with its question and its five levels."""

    __pydantic_config__ = STRICT

    name: Name
    question: Sentence
    levels: Annotated[tuple[LevelOfDiscipline, ...], AfterValidator(_all_five)]
    """All five, from 100 to 500."""


@dataclass(frozen=True, slots=True)
class StagesFile:
    """`stages.yaml`: the five levels, from 100 to 500."""

    __pydantic_config__ = STRICT

    stages: Annotated[tuple[Stage, ...], AfterValidator(_all_five)]


@dataclass(frozen=True, slots=True)
class OpportunitiesFile:
    """`opportunities.yaml`: what is worth doing, stage by stage, in the order it is shown."""

    __pydantic_config__ = STRICT

    opportunities: Annotated[tuple[Opportunity, ...], AfterValidator(_some_per_stage)]


@dataclass(frozen=True, slots=True)
class EditionFile:
    """`edition.yaml`: what the edition is, and the disciplines in the order they are asked."""

    __pydantic_config__ = STRICT

    name: Sentence
    """As it stands under each result."""
    published: dt.date
    """A day such as 2021-10-31."""
    source: Url
    """Where the model was published."""
    disciplines: Annotated[tuple[Id, ...], Field(min_length=1, max_length=12), AfterValidator(_distinct)]
    """Each id names a file under `disciplines/`."""
    example: bool = False
    """Whether it is there to copy from: such an edition is not offered for surveys."""


@dataclass(frozen=True, slots=True)
class Discipline:
    """One area the model looks at."""

    id: str
    name: str
    question: str
    levels: Mapping[Level, LevelOfDiscipline]


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """A version of the model: its folder's name is its id. There is one of each, so it may be a key."""

    id: str
    name: str
    published: dt.date
    source: str
    stages: Mapping[Level, Stage]
    opportunities: tuple[Opportunity, ...]
    disciplines: Mapping[str, Discipline]
    """By id, in the order they are asked."""
    example: bool = False
    """Whether it is there to copy from, and not offered for surveys."""

    @property
    def order(self) -> tuple[str, ...]:
        """The ids of the disciplines, in the order they are asked."""
        return tuple(self.disciplines)

    def opportunity(self, id_: str) -> Opportunity | None:
        """The opportunity with this id."""
        return next((one for one in self.opportunities if one.id == id_), None)

    def opportunities_at(self, level: Level) -> tuple[Opportunity, ...]:
        """What is worth doing at a stage."""
        return tuple(one for one in self.opportunities if one.stage is level)
