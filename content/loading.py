"""Reading the content folder: check everything, then freeze it.

    content = load()

A mistake in the files stops the start: `ContentError` lists each with file, line, key and the fix.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from assessment.model import Level
from content.model import (
    Discipline,
    DisciplineFile,
    Edition,
    EditionFile,
    OpportunitiesFile,
    Stage,
    StagesFile,
)
from content.texts import Texts, plain
from content.yaml_source import ContentError, Mistakes, Shape, Source

CONTENT = Path(__file__).parent

EDITION = TypeAdapter(EditionFile)
STAGES = TypeAdapter(StagesFile)
OPPORTUNITIES = TypeAdapter(OpportunitiesFile)
DISCIPLINE = TypeAdapter(DisciplineFile)


@dataclass(frozen=True, slots=True)
class Content:
    """All that people can edit: the editions by id, and the words the bot says."""

    editions: Mapping[str, Edition]
    texts: Texts


def load(folder: Path = CONTENT, language: str = "en") -> Content:
    """Read and check every edition and the texts of every language, of which one is returned.

    Raises ContentError, naming every mistake found, not only the first.
    """
    mistakes = Mistakes()
    languages = _languages(folder, language, mistakes)
    words = {one for texts in languages.values() for said in texts.words.values() for one in said}
    editions: dict[str, Edition] = {}
    for path in sorted(one for one in (folder / "editions").iterdir() if one.is_dir()):
        with mistakes:
            editions[path.name] = load_edition(path, folder, words)
    mistakes.stop()
    return Content(editions, languages[language])


def load_edition(path: Path, root: Path | None = None, words: Collection[str] = ()) -> Edition:
    """Read one edition's folder; its name is the edition's id. Raises ContentError.

    The words are what people type for something else, so that no stage may have them as its name.
    """
    folder = _Folder(path, root or path.parent)
    head = folder.read("edition.yaml", EDITION)
    stages = folder.read("stages.yaml", STAGES)
    opportunities = folder.read("opportunities.yaml", OPPORTUNITIES)
    there = sorted(one.stem for one in path.glob("disciplines/*.yaml"))
    disciplines = {one: file for one in there if (file := folder.read(f"disciplines/{one}.yaml", DISCIPLINE))}
    if head:
        folder.mistakes += _wrongly_listed(head.disciplines, there, folder.sources["edition.yaml"])
    if stages:
        folder.mistakes += _wrongly_named(stages.stages, words, folder.sources["stages.yaml"])
    folder.mistakes += _repeated_ids(folder.sources.values())
    folder.mistakes += _not_read((path, path / "disciplines"), root or path.parent)
    if folder.mistakes or not (head and stages and opportunities):
        raise ContentError(folder.mistakes)
    return Edition(
        id=path.name,
        name=head.name,
        published=head.published,
        source=head.source,
        stages={one.level: one for one in stages.stages},
        opportunities=opportunities.opportunities,
        disciplines={one: _discipline(one, disciplines[one]) for one in head.disciplines},
        example=head.example,
    )


def _languages(folder: Path, wanted: str, mistakes: Mistakes) -> dict[str, Texts]:
    """Every language that is there, and the wanted one."""
    languages: dict[str, Texts] = {}
    for one in sorted({wanted, *(path.stem for path in folder.glob("texts/*.yaml"))}):
        with mistakes:
            languages[one] = Texts.load(folder / "texts" / f"{one}.yaml", folder)
    mistakes += _not_read([folder / "texts"], folder)
    return languages


class _Folder:
    """An edition's files as they are read, and what is wrong with them."""

    def __init__(self, path: Path, root: Path) -> None:
        self.sources: dict[str, Source] = {}
        self.mistakes = Mistakes()
        self._path = path
        self._root = root

    def read(self, name: str, shape: TypeAdapter[Shape]) -> Shape | None:
        """A file as a value of that shape; None where it has mistakes, which are noted."""
        with self.mistakes:
            self.sources[name] = Source.read(self._path / name, self._root)
            return self.sources[name].parse(shape)
        return None


def _discipline(name: str, file: DisciplineFile) -> Discipline:
    return Discipline(name, file.name, file.question, {one.level: one for one in file.levels})


def _wrongly_listed(listed: Sequence[str], there: Sequence[str], head: Source) -> Iterator[str]:
    for at, one in enumerate(listed):
        if one not in there:
            yield head.mistake(
                ["disciplines", at], f"`disciplines` lists {one}; add disciplines/{one}.yaml or remove it"
            )
    for one in there:
        if one not in listed:
            yield head.mistake(
                ["disciplines"], f"`disciplines` leaves out {one}; list it or delete disciplines/{one}.yaml"
            )


def _wrongly_named(stages: Iterable[Stage], words: Collection[str], source: Source) -> Iterator[str]:
    """Stage names that nobody could type as an answer."""
    levels: dict[str, Level] = {}
    for at, stage in enumerate(stages):
        typed = plain(stage.name)
        if wrong := _untypeable(stage.name, words):
            yield source.mistake(["stages", at, "name"], f"`name` is {stage.name!r}, {wrong}")
        elif levels.setdefault(typed, stage.level) != stage.level:
            yield source.mistake(
                ["stages", at, "name"],
                f"`name` is {stage.name!r}, as at level {levels[typed]}; give one of them another name",
            )


def _untypeable(name: str, words: Collection[str]) -> str | None:
    """Why nobody can type a name as an answer, and what to do."""
    typed = plain(name)
    if typed != name.lower():
        return f"but is understood as {typed!r} when people type it; write it with the same signs"
    if typed in words:
        return "which people type for something else (`words` in the texts); choose another name"
    return "which people type as a number; choose a name with letters" if typed.isdecimal() else None


def _not_read(folders: Iterable[Path], root: Path) -> Iterator[str]:
    for path in (one for folder in folders for one in sorted(folder.glob("*.yml"))):
        yield f"{path.relative_to(root).as_posix()}: the bot reads .yaml files; rename to {path.stem}.yaml"


def _repeated_ids(sources: Iterable[Source]) -> Iterator[str]:
    first: dict[str, str] = {}
    for source in sources:
        for one, place in source.every("id"):
            if one in first:
                yield f"{place}: `id` is {one}, as at {first[one]}; give one of them another id"
            first.setdefault(one, place)
