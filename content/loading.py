"""Reading the content folder: check everything, then freeze it.

    content = load()

A mistake in the files stops the start: `ContentError` lists each with file, line, key and the fix.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assessment.model import Level
from content.model import (
    Discipline,
    DisciplineFile,
    Edition,
    EditionFile,
    Link,
    LinkState,
    OpportunitiesFile,
    Opportunity,
    Stage,
    StagesFile,
    Statement,
)
from content.texts import Texts
from content.yaml_source import ContentError, Shape, Source, Steps

CONTENT = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Content:
    """All that people can edit: the editions by id, and the words the bot says."""

    editions: Mapping[str, Edition]
    texts: Texts


def load(folder: Path = CONTENT, language: str = "en") -> Content:
    """Read and check every edition and the texts of a language.

    Raises ContentError, naming every mistake found, not only the first.
    """
    mistakes: list[str] = []
    editions: dict[str, Edition] = {}
    for path in sorted(one for one in (folder / "editions").iterdir() if one.is_dir()):
        try:
            editions[path.name] = load_edition(path, folder)
        except ContentError as error:
            mistakes += error.mistakes
    try:
        texts = Texts.load(folder / "texts" / f"{language}.yaml", folder)
    except ContentError as error:
        raise ContentError([*mistakes, *error.mistakes]) from error
    if mistakes:
        raise ContentError(mistakes)
    return Content(editions, texts)


def load_edition(path: Path, root: Path | None = None) -> Edition:
    """Read one edition's folder; its name is the edition's id. Raises ContentError."""
    files = _Files.read(path, root or path.parent)
    mistakes = list(files.mistakes())
    if mistakes:
        raise ContentError(mistakes)
    head = files.head
    return Edition(
        id=path.name,
        name=head.name,
        published=head.published,
        source=head.source,
        stages={one.level: one for one in files.stages},
        opportunities=files.opportunities,
        disciplines={
            one: Discipline(one, file.name, file.question, {its.level: its for its in file.levels})
            for one, (_, file) in files.disciplines.items()
        },
    )


@dataclass(frozen=True, slots=True)
class _Files:
    """An edition's files, each right in itself, with what only shows when they are read together."""

    head: EditionFile
    head_source: Source
    stages: tuple[Stage, ...]
    stages_source: Source
    opportunities: tuple[Opportunity, ...]
    opportunities_source: Source
    disciplines: Mapping[str, tuple[Source, DisciplineFile]]
    folder: Path

    @classmethod
    def read(cls, path: Path, root: Path) -> _Files:
        mistakes: list[str] = []

        def parsed(name: str, shape: type[Shape]) -> tuple[Source, Shape] | None:
            try:
                source = Source.read(path / name, root)
                return source, source.parse(shape)
            except ContentError as error:
                mistakes.extend(error.mistakes)
                return None

        head = parsed("edition.yaml", EditionFile)
        stages = parsed("stages.yaml", StagesFile)
        opportunities = parsed("opportunities.yaml", OpportunitiesFile)
        named = head[1].disciplines if head else ()
        disciplines = {one: parsed(f"disciplines/{one}.yaml", DisciplineFile) for one in named}
        if not (head and stages and opportunities) or mistakes:
            raise ContentError(mistakes)
        return cls(
            head[1],
            head[0],
            stages[1].stages,
            stages[0],
            opportunities[1].opportunities,
            opportunities[0],
            {one: both for one, both in disciplines.items() if both},
            path / "disciplines",
        )

    def mistakes(self) -> Iterator[str]:
        yield from _unless_all_five([one.level for one in self.stages], self.stages_source, "stages")
        for source, file in self.disciplines.values():
            yield from _unless_all_five([one.level for one in file.levels], source, "levels")
        yield from self._unlisted_disciplines()
        yield from self._stages_without_opportunity()
        yield from self._repeated_ids()
        yield from self._links_without_sense()

    def _unlisted_disciplines(self) -> Iterator[str]:
        for one in sorted({path.stem for path in self.folder.glob("*.yaml")} - set(self.head.disciplines)):
            yield self.head_source.mistake(
                ["disciplines"], f"`disciplines` leaves out {one}; list it or delete disciplines/{one}.yaml"
            )
        for one, times in Counter(self.head.disciplines).items():
            if times > 1:
                yield self.head_source.mistake(["disciplines"], f"`disciplines` has {one} twice; remove one")

    def _stages_without_opportunity(self) -> Iterator[str]:
        for level in sorted(set(Level) - {one.stage for one in self.opportunities}):
            yield self.opportunities_source.mistake(
                ["opportunities"], f"`opportunities` has none for stage {level}; add at least one"
            )

    def _repeated_ids(self) -> Iterator[str]:
        seen: dict[str, str] = {}
        for source, steps, one in [*self._opportunity_ids(), *self._statement_ids()]:
            here = f"{source.name}:{source.line(steps)}"
            if (first := seen.setdefault(one, here)) != here:
                yield source.mistake(steps, f"`id` is {one}, as at {first}; give one of them another id")

    def _opportunity_ids(self) -> Iterator[tuple[Source, Steps, str]]:
        for index, one in enumerate(self.opportunities):
            yield self.opportunities_source, ["opportunities", index, "id"], one.id

    def _statement_ids(self) -> Iterator[tuple[Source, Steps, str]]:
        for source, steps, statement in self._statements():
            yield source, [*steps, "id"], statement.id

    def _statements(self) -> Iterator[tuple[Source, Steps, Statement]]:
        for source, file in self.disciplines.values():
            for at, level in enumerate(file.levels):
                for index, statement in enumerate(level.statements):
                    yield source, ["levels", at, "statements", index], statement

    def _links_without_sense(self) -> Iterator[str]:
        for source, steps, link in self._links():
            if link.state is LinkState.RENAMED and link.successor is None:
                yield source.mistake(steps, "`state` is renamed; say where to under `successor`")
            if link.state is LinkState.CURRENT and link.successor is not None:
                yield source.mistake(steps, "`successor` is set on a current link; make it renamed or retired")

    def _links(self) -> Iterator[tuple[Source, Steps, Link]]:
        for at, opportunity in enumerate(self.opportunities):
            for index, link in enumerate(opportunity.links):
                yield self.opportunities_source, ["opportunities", at, "links", index], link
        for source, steps, statement in self._statements():
            for index, link in enumerate(statement.links):
                yield source, [*steps, "links", index], link


def _unless_all_five(levels: Sequence[Level], source: Source, key: str) -> Iterator[str]:
    if list(levels) != list(Level):
        has = ", ".join(str(int(one)) for one in levels) or "none"
        yield source.mistake([key], f"`{key}` has {has}; list 100, 200, 300, 400 and 500, once each, in that order")
