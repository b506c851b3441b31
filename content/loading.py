"""Reading the content folder: check everything, then freeze it.

    content = load()

A mistake in the files stops the start: `ContentError` lists each with file, line, key and the fix.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from content.model import Discipline, DisciplineFile, Edition, EditionFile, OpportunitiesFile, StagesFile
from content.texts import Texts
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
    """Read and check every edition and the texts of a language.

    Raises ContentError, naming every mistake found, not only the first.
    """
    mistakes = Mistakes()
    editions: dict[str, Edition] = {}
    for path in sorted(one for one in (folder / "editions").iterdir() if one.is_dir()):
        with mistakes:
            editions[path.name] = load_edition(path, folder)
    with mistakes:
        texts = Texts.load(folder / "texts" / f"{language}.yaml", folder)
    mistakes.stop()
    return Content(editions, texts)


def load_edition(path: Path, root: Path | None = None) -> Edition:
    """Read one edition's folder; its name is the edition's id. Raises ContentError."""
    folder = _Folder(path, root or path.parent)
    head = folder.read("edition.yaml", EDITION)
    stages = folder.read("stages.yaml", STAGES)
    opportunities = folder.read("opportunities.yaml", OPPORTUNITIES)
    there = sorted(one.stem for one in path.glob("disciplines/*.yaml"))
    disciplines = {one: file for one in there if (file := folder.read(f"disciplines/{one}.yaml", DISCIPLINE))}
    if head:
        folder.mistakes += _wrongly_listed(head.disciplines, there, folder.sources["edition.yaml"])
    folder.mistakes += _repeated_ids(folder.sources.values())
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
    )


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


def _repeated_ids(sources: Iterable[Source]) -> Iterator[str]:
    first: dict[str, str] = {}
    for source in sources:
        for one, place in source.every("id"):
            if one in first:
                yield f"{place}: `id` is {one}, as at {first[one]}; give one of them another id"
            first.setdefault(one, place)
