"""The words the bot says, by key: everything a person reads that is not the model itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from content.yaml_source import ContentError, Source

PLACEHOLDERS = frozenset(
    """
    answer answered bar date discipline edition hindrance level link name names next now number of
    questions reached reference stage successor target then top
    """.split()  # noqa: SIM905 - they read better than one to a line
)
"""Every name that some text may have in braces."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's words. Keys are dotted paths into `texts/<language>.yaml`."""

    locale: Locale
    by_key: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    """What people may type for a command or an answer: the word itself, then its synonyms."""

    @classmethod
    def load(cls, path: Path, relative_to: Path) -> Texts:
        """Read a language's file. Raises ContentError."""
        source = Source.read(path, relative_to)
        data: dict[str, Any] = dict(source.data) if isinstance(source.data, dict) else {}
        words = data.pop("words", {})
        mistakes = [*_mistakes_in_words(words, source), *_mistakes_in_texts(data, source)]
        if mistakes:
            raise ContentError(mistakes)
        return cls(
            Locale.parse(path.stem, sep="-"),
            dict(_flat(data)),
            {key: tuple(str(one) for one in said) for key, said in words.items()},
        )

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its {placeholders} filled. Raises KeyError for an unknown key or value."""
        return self.by_key[key].format_map(values)

    def count(self, key: str, number: int, /, **values: object) -> str:
        """The text for a number: `key.one`, `key.other` and so on, by the language's plural rule."""
        form = self.locale.plural_form(number)
        return self(f"{key}.{form if f'{key}.{form}' in self.by_key else 'other'}", number=number, **values)

    def join(self, names: Iterable[str]) -> str:
        """Names as a list in prose: "Support, Automation and Fusion Teams"."""
        return format_list(list(names), locale=self.locale)

    def date(self, moment: dt.datetime, zone: dt.tzinfo) -> str:
        """A day as people write it: "Nov 23, 2026"."""
        return format_date(moment.astimezone(zone), locale=self.locale)


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _mistakes_in_texts(data: Mapping[str, Any], source: Source) -> Iterator[str]:
    for key, value in _flat(data):
        path = key.split(".")
        if not isinstance(value, str) or not value.strip():
            shown = "empty" if value is None else repr(value)
            yield source.mistake(path, f"`{key}` is {shown}; put text there")
            continue
        try:
            names = {name for _, name, _, _ in Formatter().parse(value) if name is not None}
        except ValueError as error:
            yield source.mistake(path, f"`{key}` has a broken placeholder ({error}); write {{name}}")
            continue
        for one in sorted(names - PLACEHOLDERS):
            yield source.mistake(path, f"`{key}` has {{{one}}}, which nothing fills in; correct the name")


def _mistakes_in_words(words: object, source: Source) -> Iterator[str]:
    if not isinstance(words, dict) or not words:
        yield source.mistake(["words"], "`words` is missing; list what people may type for each command")
        return
    meaning: dict[str, str] = {}
    for key, said in words.items():
        if not _is_list_of_words(said):
            yield source.mistake(["words", key], f"`{key}` is {said!r}; write a list of words in quotes")
            continue
        for one in said:
            if one != one.lower():
                yield source.mistake(["words", key], f"`{one}` has capitals; write it in lower case")
            if meaning.setdefault(one, key) != key:
                yield source.mistake(["words", key], f"`{one}` also means `{meaning[one]}`; keep it in one")


def _is_list_of_words(said: object) -> bool:
    return isinstance(said, list) and bool(said) and all(isinstance(one, str) and one.strip() for one in said)
